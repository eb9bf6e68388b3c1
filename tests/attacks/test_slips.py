"""Slips that somebody would like this desk to believe: each refused by its own code, the books unmoved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol import slips
from azpost_desk.protocol.messages import News
from azpost_desk.protocol.news import RemittanceNews
from azpost_desk.storage import tables as t
from tests.services.counters import CLERK, MANAGER, SUPERVISOR
from tests.services.paper import (
    FIGURES,
    NEIGHBOUR,
    QAPIK,
    SHEET,
    STRANGER,
    close,
    head,
    remittance,
    signed,
    tell,
    tell_key,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.services.counters import Stand


def reads(stand: Stand, slip: slips.Slip, code: str) -> Callable[[], object]:
    """Reading a slip where it belongs."""
    if isinstance(slip, slips.CloseSlip):
        return lambda: stand.desk.slips.announce_close(MANAGER, code)
    return lambda: stand.desk.slips.announce(CLERK, code)


def refused(act: Callable[[], object], code: str) -> None:
    with pytest.raises(Refused) as told:
        act()
    assert told.value.code == code


def cases(stand: Stand) -> list[str]:
    return [one.reason for one in stand.bodies(ops.CaseRaised) if isinstance(one, ops.CaseRaised)]


def news_of(slip: slips.RemittanceSlip, **changed: object) -> RemittanceNews:
    told = RemittanceNews(
        remittance=slip.id(),
        from_desk=slip.from_desk,
        to_desk=slip.to_desk,
        amount_qapik=slip.amount_qapik,
        pieces={str(value): number for value, number in slip.pieces},
        at_ms=slip.at_ms,
    )
    return msgspec.structs.replace(told, **changed)


def every_table(stand: Stand) -> list[object]:
    with stand.books.writing() as books:
        return [[tuple(row) for row in books.connection.execute(table.select())] for table in t.DERIVED]


@pytest.mark.parametrize("make", [remittance, close])
@pytest.mark.parametrize(
    ("changed", "key", "code"),
    [
        ({"branch": "1010"}, NEIGHBOUR, "C-161"),
        ({"from_desk": "1010-2"}, NEIGHBOUR, "C-161"),
        ({"to_desk": "2002-3"}, NEIGHBOUR, "C-162"),
        ({"from_desk": "2002-9"}, NEIGHBOUR, "C-163"),
        ({"epoch": 3}, NEIGHBOUR, "C-163"),
        ({"epoch": 1}, STRANGER, "C-164"),
        ({}, STRANGER, "C-165"),
    ],
)
def test_a_slip_this_desk_must_not_believe(
    stand: Stand, make: Callable[..., slips.Slip], changed: dict[str, object], key: object, code: str
) -> None:
    """Chain 1 of the neighbour was replaced, chain 2 is its present one."""
    tell_key(stand.books, STRANGER, epoch=1, state="replaced")
    tell_key(stand.books, epoch=2)
    before = every_table(stand)
    slip = make(**({"epoch": 2} | changed))
    refused(reads(stand, slip, signed(slip, key)), code)  # type: ignore[arg-type]
    assert every_table(stand) == before


def test_a_slip_of_the_old_machine_is_refused_once_its_replacement_is_known(stand: Stand) -> None:
    """The end of the old key was never told: that a later chain exists is enough."""
    tell_key(stand.books, epoch=1)
    code = signed(remittance(epoch=1))
    tell_key(stand.books, STRANGER, epoch=2)
    refused(lambda: stand.desk.slips.announce(CLERK, code), "C-164")


@pytest.mark.parametrize("state", ["replaced", "lost", "forked"])
def test_a_revoked_key_signs_nothing_any_more_and_never_comes_back(stand: Stand, state: str) -> None:
    tell_key(stand.books)
    tell_key(stand.books, state=state)
    tell_key(stand.books)
    tell(stand.books, "desk.head", head(public_key=NEIGHBOUR.public()))
    refused(lambda: stand.desk.slips.announce(CLERK, signed(remittance())), "C-164")


def test_news_cannot_put_another_key_in_the_place_of_a_known_one(stand: Stand) -> None:
    tell_key(stand.books)
    tell_key(stand.books, STRANGER)
    tell(stand.books, "desk.head", head(public_key=STRANGER.public()))
    refused(lambda: stand.desk.slips.announce(CLERK, signed(remittance(), STRANGER)), "C-165")
    assert cases(stand) == ["another key of a chain"] * 2


@pytest.mark.parametrize(
    "pieces", [((500, 1), (1_000, 3)), ((7, 100),), ((1_000, 3), (500, -1)), (), ((500, 2**40), (1_000, 2))]
)
def test_a_sheet_that_nobody_can_count_is_no_slip(stand: Stand, pieces: tuple[tuple[int, int], ...]) -> None:
    tell_key(stand.books)
    refused(lambda: stand.desk.slips.announce(CLERK, signed(remittance(pieces=pieces))), "C-160")


@pytest.mark.parametrize("code", ["", "AZM", "AZD" + "A" * 90 + "0000", "2002-1"])
def test_what_is_no_slip_is_said_to_be_none(stand: Stand, code: str) -> None:
    refused(lambda: stand.desk.slips.announce(CLERK, code), "C-160")
    refused(lambda: stand.desk.slips.announce_close(MANAGER, code), "C-160")


def test_a_close_is_no_remittance_and_a_remittance_no_close(stand: Stand) -> None:
    tell_key(stand.books)
    refused(lambda: stand.desk.slips.announce(CLERK, signed(close())), "C-160")
    refused(lambda: stand.desk.slips.announce_close(MANAGER, signed(remittance())), "C-160")


def test_who_may_not_see_the_report_reads_no_close(stand: Stand) -> None:
    tell_key(stand.books)
    refused(lambda: stand.desk.slips.announce_close(CLERK, signed(close())), "S-010")


def test_a_slip_is_of_no_use_a_second_time(stand: Stand) -> None:
    tell_key(stand.books)
    slip = remittance()
    code = signed(slip)
    stand.desk.slips.announce(CLERK, code)
    stand.desk.tills.accept(CLERK, slip.id(), dict(SHEET))
    refused(lambda: stand.desk.slips.announce(CLERK, code), "C-166")
    refused(lambda: stand.desk.tills.accept(CLERK, slip.id(), dict(SHEET)), "C-026")
    assert stand.till_qapik() == 20_000 + QAPIK


def test_a_second_slip_of_the_same_cash_over_another_sum_is_a_case(stand: Stand) -> None:
    """Even the neighbour itself cannot change what it has said."""
    tell_key(stand.books)
    slip = remittance()
    stand.desk.slips.announce(CLERK, signed(slip))
    more = msgspec.structs.replace(slip, pieces=((1_000, 9),), amount_qapik=9_000)
    refused(lambda: stand.desk.slips.announce(CLERK, signed(more)), "C-167")
    (awaited,) = stand.desk.tills.awaited()
    assert awaited.amount.minor == QAPIK
    assert cases(stand) == ["slip differs"]


def test_news_that_contradicts_a_slip_is_a_case_and_changes_no_sum(stand: Stand) -> None:
    tell_key(stand.books)
    slip = remittance()
    stand.desk.slips.announce(CLERK, signed(slip))
    tell(stand.books, "remittance", news_of(slip, pieces={"1000": 9}, amount_qapik=9_000))
    (awaited,) = stand.desk.tills.awaited()
    assert awaited.amount.minor == QAPIK
    assert cases(stand) == ["cash that differs from what is known of it"]


def test_a_slip_that_contradicts_news_is_a_case_and_changes_no_sum(stand: Stand) -> None:
    tell_key(stand.books)
    slip = remittance()
    tell(stand.books, "remittance", news_of(slip, pieces={"1000": 9}, amount_qapik=9_000))
    refused(lambda: stand.desk.slips.announce(CLERK, signed(slip)), "C-167")
    (awaited,) = stand.desk.tills.awaited()
    assert awaited.amount.minor == 9_000


OTHER = msgspec.structs.replace(FIGURES, till_closing_qapik=999)


@pytest.mark.parametrize(
    ("told", "is_case"),
    [
        (head(), False),
        (head(sequence=41, hash="41"), False),
        # The centre tells of a later head before it has brought the close forward: that is no contradiction.
        (head(sequence=41, hash="41", state="open", figures=msgspec.Raw(b"null")), False),
        (head(sequence=39, hash="39", state="open", figures=msgspec.Raw(b"null")), False),
        (head(hash="another"), True),
        (head(OTHER), True),
        (head(OTHER, sequence=41), True),
    ],
)
def test_news_beside_a_close_on_paper(stand: Stand, told: object, is_case: bool) -> None:
    tell_key(stand.books)
    stand.desk.slips.announce_close(SUPERVISOR, signed(close()))
    tell(stand.books, "desk.head", told)  # type: ignore[arg-type]
    assert len(stand.bodies(ops.CaseRaised)) == is_case
    report = stand.desk.reports.interim(MANAGER)
    assert report.missing == ()
    assert [one.counted_qapik for one in report.tills if one.number == 2] == [100]


@pytest.mark.parametrize("different", [close(OTHER), close(hash=bytes(32))])
def test_a_close_on_paper_that_contradicts_the_centre_is_a_case(
    stand: Stand, different: slips.CloseSlip
) -> None:
    tell(stand.books, "desk.head", head())
    refused(lambda: stand.desk.slips.announce_close(MANAGER, signed(different)), "C-168")
    assert len(stand.bodies(ops.CaseRaised)) == 1
    assert stand.desk.slips.announce_close(MANAGER, signed(close())).known


def test_a_head_from_a_centre_that_knows_no_keys_is_still_a_head(stand: Stand) -> None:
    """The field came later: without it nothing is learned, nothing is refused."""
    words = msgspec.json.decode(msgspec.json.encode(head()))
    del words["public_key"]
    told = News(stand.books.news_position() + 1, "desk.head", msgspec.json.encode(words))
    stand.books.store_news([told], 1)
    refused(lambda: stand.desk.slips.announce(CLERK, signed(remittance())), "C-163")
    assert stand.desk.reports.interim(MANAGER).missing == ()
    assert stand.bodies(ops.CaseRaised) == []
