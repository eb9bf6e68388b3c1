"""Notices at a counter: the sum is the portal's, its word is seconds old, and nobody reads a neighbour's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain import papers
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import NoticeSearch
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.services.notices import Found, PayNotice
from azpost_desk.services.payments import PayBill
from tests.fakes.portal import NOTICE, NUMBER, PORTAL, portal_at
from tests.services.counters import CLERK, SENDER, Stand

if TYPE_CHECKING:
    from azpost_desk.domain.notices import Notice

pytestmark = pytest.mark.fast


@pytest.fixture
def at(stand: Stand) -> Stand:
    return portal_at(stand)


def find(at: Stand, typed: str = NUMBER) -> Found:
    return at.desk.state_notices.find(PORTAL, typed, CLERK)


def plan(at: Stand, found: Found | None = None, qapik: int | None = None) -> ops.NoticePaid:
    found = found or find(at)
    amount = None if qapik is None else azn(qapik)
    basket = at.desk.state_notices.pay(PayNotice(found, found.notices[0], amount), CLERK)
    line = basket.lines[-1].line
    assert isinstance(line, ops.NoticePaid)
    return line


def changed(**values: object) -> tuple[Notice, ...]:
    return (msgspec.structs.replace(NOTICE, **values),)


def test_what_the_portal_says_is_what_is_paid_and_the_receipt_says_taken_not_confirmed(at: Stand) -> None:
    line = plan(at, find(at, " eb2026 000123 "))
    assert (line.amount_qapik, line.fee_qapik, line.budget_code, line.version) == (4_000, 50, "142321", "1")
    before = at.till_qapik()
    paid = at.pay(5_000)
    assert at.till_qapik() == before + 4_050
    [known] = at.desk.payments.taken()
    assert (known.biller, known.account, known.state) == (PORTAL, NUMBER, "accepted")
    receipt = at.desk.papers.receipt(paid.receipt, papers.ORIGINAL)
    [told] = receipt.lines
    assert (told.title, told.state) == ("Cərimə", papers.Say("papers.receipt.state.taken_unconfirmed"))


def test_a_portal_stands_among_no_billers_whose_sum_is_typed(at: Stand) -> None:
    payments = at.desk.payments
    assert PORTAL not in {one.biller for group in payments.groups() for one in group.billers}
    assert payments.search("portal") == payments.search(PORTAL) == []
    with pytest.raises(Refused, match="P-002"):
        payments.pay(PayBill(PORTAL, NUMBER, azn(1)), CLERK)
    assert [one.biller for one in at.desk.state_notices.portals()] == [PORTAL]


@pytest.mark.parametrize("typed", ["", "EB1", "EB２026000123", "EB202600012٣"])
def test_what_is_no_number_is_refused_with_an_example_and_nobody_is_asked(at: Stand, typed: str) -> None:
    with pytest.raises(Refused, match="P-060") as no:
        find(at, typed)
    assert no.value.facts["example"] == NUMBER
    assert at.line.sought == []


def test_the_portal_says_nothing_or_has_nothing(at: Stand) -> None:
    with pytest.raises(Refused, match="P-067"):
        find(at, "EB2026999999")
    at.line.notices["EB2026999999"] = None
    with pytest.raises(Refused, match="P-066"):
        find(at, "EB2026999999")
    at.line.online = False
    with pytest.raises(Trouble, match="L-001"):
        find(at)


def test_mc_10_a_search_by_fin_needs_the_persons_own_document_and_is_recorded_first(at: Stand) -> None:
    fin = SENDER.fin
    at.line.notices[fin] = (NOTICE,)
    with pytest.raises(Refused, match="P-064"):
        find(at, fin)
    with pytest.raises(Refused, match="P-065"):
        at.desk.state_notices.find(PORTAL, "7AB2CD3", CLERK, SENDER)
    assert (at.line.sought, at.bodies(ops.NoticesSearched)) == ([], [])
    at.line.online = False
    with pytest.raises(Trouble):
        at.desk.state_notices.find(PORTAL, fin, CLERK, SENDER)
    # Recorded although nothing was answered: who asked and whose it was cannot be hidden by a cut line.
    [looked] = at.bodies(ops.NoticesSearched)
    assert isinstance(looked, ops.NoticesSearched)
    assert (looked.portal, looked.by) == (PORTAL, "fin")
    at.line.online = True
    assert at.desk.state_notices.find(PORTAL, fin, CLERK, SENDER).notices == (NOTICE,)
    with at.books.reading() as books:
        operation = books.entries(books.day().number, limit=1)[0].recorded.operation
        content = books.attachment(operation, f"{operation}:notice_search")
    assert content is not None
    kept = msgspec.json.decode(content, type=NoticeSearch)
    assert (kept.value, kept.shown.name) == (fin, SENDER.name)


def test_mc_9_part_only_where_the_notice_says_so(at: Stand) -> None:
    with pytest.raises(Refused, match="P-062"):
        plan(at, qapik=1_000)
    at.line.notices[NUMBER] = changed(least_qapik=1_000)
    for qapik in (999, 4_001):
        with pytest.raises(Refused, match="P-063"):
            plan(at, qapik=qapik)
    assert plan(at, qapik=1_000).amount_qapik == 1_000


@pytest.mark.parametrize("state", ["paid", "withdrawn", "being_paid", "new word"])
def test_what_is_not_open_is_not_taken(at: Stand, state: str) -> None:
    at.line.notices[NUMBER] = changed(state=state)
    with pytest.raises(Refused, match="P-061"):
        plan(at)


def test_mc_9_the_same_notice_stands_once_in_all_baskets_however_it_was_found(at: Stand) -> None:
    plan(at)
    at.line.notices[SENDER.fin] = (NOTICE,)
    again = at.desk.state_notices.find(PORTAL, SENDER.fin, CLERK, SENDER)
    with pytest.raises(Refused, match="B-006"):
        plan(at, again)


def test_mc_7_the_portal_is_asked_again_when_the_tender_is_asked_too_late(at: Stand) -> None:
    line = plan(at)
    at.clock.now_ms += 121_000
    with pytest.raises(Refused, match="P-068"):
        at.pay(5_000)
    basket = at.desk.state_notices.refresh(CLERK)
    assert basket is not None
    [fresh] = [one.line for one in basket.lines]
    assert isinstance(fresh, ops.NoticePaid)
    assert (fresh.operation, fresh.checked_ms) == (line.operation, at.clock.now_ms)
    at.pay(5_000)
    # Nothing in hand, nothing to ask.
    asked = len(at.line.sought)
    assert at.desk.state_notices.refresh(CLERK) is None
    assert len(at.line.sought) == asked


@pytest.mark.parametrize("ahead_ms", [-3_600_000, -119_000, 119_000, 3_600_000])
def test_mc_7_a_portals_word_is_as_old_here_as_it_is_however_far_the_centres_clock(
    at: Stand, ahead_ms: int
) -> None:
    at.line.ahead_ms = ahead_ms
    line = plan(at)
    at.clock.now_ms += 119_000
    assert at.desk.state_notices.refresh(CLERK) is None
    at.clock.now_ms += 2_000
    with pytest.raises(Refused, match="P-068"):
        at.pay(5_000)
    assert at.desk.state_notices.refresh(CLERK) is not None
    # The desk's time is set right, an hour back: a word of "later" is no fresher for it.
    at.clock.now_ms -= 3_600_000
    with pytest.raises(Refused, match="P-068"):
        at.pay(5_000)
    assert at.desk.state_notices.refresh(CLERK) is not None
    at.pay(5_000)
    [taken] = at.desk.payments.taken()
    assert taken.payment == line.operation


def test_a_find_that_is_too_old_makes_no_line(at: Stand) -> None:
    found = find(at)
    at.clock.now_ms += 121_000
    with pytest.raises(Refused, match="P-068"):
        plan(at, found)


@pytest.mark.parametrize(
    ("now", "code"),
    [
        ({"version": "2", "amount_qapik": 5_000}, "P-069"),
        # A portal that forgets to count its versions.
        ({"amount_qapik": 5_000}, "P-069"),
        ({"version": "2"}, "P-069"),
        ({"least_qapik": 4_001, "amount_qapik": 5_000}, "P-063"),
        ({"state": "paid"}, "P-061"),
        ({"notice": "another"}, "P-061"),
    ],
)
def test_mc_8_what_changed_before_the_tender_is_told_and_nothing_is_paid(
    at: Stand, now: dict[str, object], code: str
) -> None:
    line = plan(at)
    at.clock.now_ms += 121_000
    at.line.notices[NUMBER] = changed(**now)
    with pytest.raises(Refused, match=code):
        at.desk.state_notices.refresh(CLERK)
    with pytest.raises(Refused, match="P-068"):
        at.pay(5_000)
    assert at.desk.baskets.void(CLERK, line.operation).lines == ()


def test_mc_8_of_a_part_it_is_said_what_is_due_and_no_sum_that_it_was(at: Stand) -> None:
    at.line.notices[NUMBER] = changed(least_qapik=1_000)
    plan(at, qapik=1_500)
    at.clock.now_ms += 121_000
    at.line.notices[NUMBER] = changed(least_qapik=1_000, version="2", amount_qapik=5_000)
    with pytest.raises(Refused, match="P-069") as no:
        at.desk.state_notices.refresh(CLERK)
    assert (no.value.facts["reason"], no.value.facts["now"]) == ("terms", azn(5_000))


def test_a_number_that_the_portal_writes_with_spaces_is_asked_for_without_them(at: Stand) -> None:
    at.line.notices[NUMBER] = changed(number="EB 2026 000123")
    plan(at)
    at.clock.now_ms += 121_000
    assert at.desk.state_notices.refresh(CLERK) is not None


def test_a_notice_is_never_taken_off_line_not_even_at_the_last_moment(at: Stand) -> None:
    found = find(at)
    at.line.online = False
    with pytest.raises(Refused, match="P-005"):
        plan(at, found)
    at.line.online = True
    plan(at, found)
    at.line.online = False
    with pytest.raises(Refused, match="P-005"):
        at.pay(5_000)
