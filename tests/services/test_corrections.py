"""Corrections of the centre are proposals: nothing is booked until the branch does it by an own operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol import news as tidings
from tests.services.counters import CLERK, MANAGER, Stand
from tests.storage.desks import piece

if TYPE_CHECKING:
    from collections.abc import Iterator

HOLDER = CLERK.officer
_POSITIONS: Iterator[int] = iter(range(900, 10_000))


def proposed(stand: Stand, sort: str, amount_qapik: int, name: str = "p-1", reason: str = "found") -> str:
    told = tidings.CorrectionProposal(
        proposal=name, sort=sort, amount_qapik=amount_qapik, holder=HOLDER, reason=reason,
        evidence="bag 17", who="hq", at_ms=stand.clock.utc_ms(),
    )  # fmt: skip
    stand.books.store_news([piece(next(_POSITIONS), "correction.proposal", told)], 1)
    return name


def counted(stand: Stand, more_qapik: int) -> None:
    """The clerk's till is closed with a difference, and opened again."""
    qapik = stand.till_qapik() + more_qapik
    pieces = {}
    for value in (10_000, 100, 1):
        pieces[value], qapik = divmod(qapik, value)
    stand.desk.tills.close(CLERK, pieces)
    stand.desk.tills.open(CLERK)


def balance(stand: Stand, account: str, sub: str = HOLDER) -> int:
    with stand.books.reading() as books:
        return books.balance(account, sub).minor


def test_news_of_a_proposal_books_nothing(stand: Stand) -> None:
    counted(stand, -500)
    before = stand.records()
    proposed(stand, "shortage_cleared", 500)
    assert stand.records() == before
    assert balance(stand, chart.SHORTAGE) == 500
    assert [one.state for one in stand.desk.corrections.proposals()] == ["open"]
    assert [one.sort for one in stand.desk.recovery.unfinished()] == ["proposal"]


@pytest.mark.parametrize(
    ("sort", "differences", "surplus", "shortage", "headquarters"),
    [
        ("shortage_cleared", (-500,), 0, 200, 300),
        ("surplus_cleared", (500,), -200, 0, -300),
        ("difference_explained", (-500, 500), -200, 200, 0),
    ],
)
def test_an_accepted_proposal_is_an_own_operation_of_the_branch(
    stand: Stand, sort: str, differences: tuple[int, ...], surplus: int, shortage: int, headquarters: int
) -> None:
    for one in differences:
        counted(stand, one)
    before, till = balance(stand, chart.HEADQUARTERS, ""), stand.till_qapik()
    stand.desk.corrections.accept(MANAGER, proposed(stand, sort, 300))
    assert (balance(stand, chart.SURPLUS), balance(stand, chart.SHORTAGE)) == (surplus, shortage)
    assert balance(stand, chart.HEADQUARTERS, "") - before == headquarters
    assert stand.till_qapik() == till
    report = stand.desk.reports.interim(MANAGER)
    assert report.differences == ()
    assert [one.state for one in stand.desk.corrections.proposals()] == ["accepted"]


def test_a_proposal_is_answered_once(stand: Stand) -> None:
    counted(stand, -500)
    name = proposed(stand, "shortage_cleared", 200)
    stand.desk.corrections.accept(MANAGER, name)
    for again in (
        lambda: stand.desk.corrections.accept(MANAGER, name),
        lambda: stand.desk.corrections.decline(MANAGER, name, "declined", "no"),
    ):
        with pytest.raises(Refused, match="G-091"):
            again()
    assert balance(stand, chart.SHORTAGE) == 300


def test_words_of_a_second_news_do_not_exchange_what_was_read(stand: Stand) -> None:
    proposed(stand, "shortage_cleared", 200)
    proposed(stand, "surplus_cleared", 99_999)
    assert [(one.sort, one.amount.minor) for one in stand.desk.corrections.proposals()] == [
        ("shortage_cleared", 200)
    ]


def test_more_than_lies_there_is_not_cleared(stand: Stand) -> None:
    counted(stand, -500)
    for sort in ("shortage_cleared", "surplus_cleared", "difference_explained"):
        with pytest.raises(Refused, match="G-092"):
            stand.desk.corrections.accept(MANAGER, proposed(stand, sort, 501, name=sort))


def test_only_the_manager_answers(stand: Stand) -> None:
    name = proposed(stand, "shortage_cleared", 1)
    with pytest.raises(Refused, match="S-010"):
        stand.desk.corrections.accept(CLERK, name)
    with pytest.raises(Refused, match="S-010"):
        stand.desk.corrections.decline(CLERK, name, "declined", "no")


@pytest.mark.parametrize("answer", ["declined", "disputed"])
def test_a_no_needs_words_and_the_words_stand_in_no_body(stand: Stand, answer: str) -> None:
    name = proposed(stand, "shortage_cleared", 500)
    with pytest.raises(Refused, match="G-093"):
        stand.desk.corrections.decline(MANAGER, name, answer, "  ")
    stand.desk.corrections.decline(MANAGER, name, answer, "Həsənov bilmir")
    assert [one.state for one in stand.desk.corrections.proposals()] == [answer]
    assert b"bilmir" not in ops.encode(stand.bodies(ops.CorrectionDeclined)[0])


@pytest.mark.parametrize(
    ("sort", "amount_qapik", "reason"),
    [("settlement", 100, "x"), ("shortage_cleared", -100, "x"), ("shortage_cleared", 100, "")],
)
def test_a_strange_proposal_becomes_a_case(stand: Stand, sort: str, amount_qapik: int, reason: str) -> None:
    proposed(stand, sort, amount_qapik, reason=reason)
    assert stand.desk.corrections.proposals() == []
    assert len(stand.bodies(ops.CaseRaised)) == 1


def test_what_the_centre_did_or_read_is_listed(stand: Stand) -> None:
    act = tidings.CentreAct(
        act_id="a-1", act="records_read", who="auditor", why="case 7", at_ms=5, about="journal"
    )
    stand.books.store_news([piece(next(_POSITIONS), "centre.act", act)], 1)
    [one] = stand.desk.corrections.acts()
    assert (one.act, one.who, one.why, one.at_ms) == ("records_read", "auditor", "case 7", 5)
