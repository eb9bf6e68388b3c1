"""Cash and closes between two desks of a branch without a line: on paper, signed, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

import msgspec
import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.reports import Baskets
from azpost_desk.protocol import slips
from azpost_desk.storage import tables as t
from tests.storage.desks import DATE
from tests.stories.town import GANJA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Table

    from tests.stories.town import Seat, Town

B = TypeVar("B", bound=ops.Body)
PIECES = {10_000: 2, 500: 3}
QAPIK = 21_500


@pytest.fixture
def two(place: Town) -> Iterator[tuple[Seat, Seat]]:
    """Both desks of Gəncə 2, open, who know each other's keys; the first has money."""
    first, second = place.seat(f"{GANJA}-1"), place.seat(f"{GANJA}-2", float_qapik=0)
    second.open()
    first.services.tills.supply_safe(first.manager, "Q-18", {500: 10})
    first.services.tills.move(first.clerk, "to_till", "supply", {500: 10})
    place.sync()
    return first, second


def code(seat: Seat) -> str:
    """What the newest slip of this desk says."""
    with seat.books.reading() as look:
        jobs = [one for one in look.print_jobs() if one.paper == "slip"]
        return look.slip(jobs[-1].key)


def issue(first: Seat) -> str:
    first.services.tills.issue(first.clerk, f"{GANJA}-2", "till", PIECES)
    return code(first)


def cases(seat: Seat) -> list[str]:
    return [one.reason for one in bodies(seat, ops.CaseRaised)]


def bodies(seat: Seat, kind: type[B]) -> list[B]:
    with seat.books.reading() as books:
        heads = [(record.header(), record.body) for record, _ in books.records()]
    every = [ops.decode(head.kind, head.version, body) for head, body in heads]
    return [one for one in every if isinstance(one, kind)]


def rows(seat: Seat, table: Table) -> list[tuple[object, ...]]:
    with seat.books.writing() as books:
        return [tuple(row) for row in books.connection.execute(table.select())]


def heads(seat: Seat) -> list[dict[str, object]]:
    """What is known of the other desks, but for when it was heard and how baskets were paid."""
    with seat.books.writing() as books:
        found = [dict(row._mapping) for row in books.connection.execute(t.other_desks.select())]
    for row in found:
        row.pop("received_ms")
        row["figures"] = {**(msgspec.json.decode(row["figures"]) or {}), "baskets": None}
    return found


def exceptions(place: Town) -> list[str]:
    return [row[0] for row in place.ask("select reason from exceptions order by exception")]


def test_cash_crosses_the_room_without_a_line_and_is_accepted_once(
    place: Town, two: tuple[Seat, Seat]
) -> None:
    first, second = two
    first.go_offline()
    second.go_offline()
    slip = issue(first)
    announced = second.services.slips.announce(second.clerk, slip)
    assert (announced.amount.minor, announced.pieces, announced.state) == (QAPIK, PIECES, "announced")
    # Scanned again before it is counted: the same thing, no second record.
    assert second.services.slips.announce(second.clerk, slip) == announced
    assert len(bodies(second, ops.RemittanceAnnounced)) == 1
    second.services.tills.accept(second.clerk, announced.remittance, PIECES)
    assert second.till_qapik() == QAPIK
    with pytest.raises(Refused, match="C-166"):
        second.services.slips.announce(second.clerk, slip)
    # The receiver's records reach the centre first, then the issuer's: accepted once all the same.
    second.go_online()
    first.go_online()
    place.sync()
    assert second.till_qapik() == QAPIK
    assert second.services.tills.awaited() == []
    state = place.ask("select state, amount from remittances where remittance = %s", announced.remittance)
    assert state == [("accepted", QAPIK)]
    assert exceptions(place) == []
    assert cases(first) == cases(second) == []


def test_announced_by_news_first_the_slip_adds_nothing(place: Town, two: tuple[Seat, Seat]) -> None:
    first, second = two
    slip = issue(first)
    place.sync()
    (awaited,) = second.services.tills.awaited()
    assert second.services.slips.announce(second.clerk, slip) == awaited
    assert bodies(second, ops.RemittanceAnnounced) == []
    second.services.tills.accept(second.clerk, awaited.remittance, PIECES)
    with pytest.raises(Refused, match="C-166"):
        second.services.slips.announce(second.clerk, slip)
    place.sync()
    assert exceptions(place) == []


def test_announced_by_slip_first_the_news_adds_nothing(place: Town, two: tuple[Seat, Seat]) -> None:
    first, second = two
    second.go_offline()
    slip = issue(first)
    second.services.slips.announce(second.clerk, slip)
    before = rows(second, t.remittances)
    first.sync()
    second.go_online()
    assert rows(second, t.remittances) == before
    assert cases(second) == []


def test_a_day_closed_without_a_line_counts_by_its_slip_and_news_of_it_changes_nothing(
    place: Town, two: tuple[Seat, Seat]
) -> None:
    manager, away = two
    away.go_offline()
    manager.go_offline()
    away.close_day()
    told = manager.services.slips.announce_close(manager.manager, code(away))
    assert (told.desk, told.date, told.known) == (f"{GANJA}-2", DATE, False)
    report = manager.services.reports.interim(manager.manager)
    assert report.missing == ()
    assert report.branch.baskets is msgspec.UNSET
    assert [till.state for till in report.tills if till.number == 2] == ["closed"]
    with manager.books.reading() as books:
        entry = next(one for one in books.entries(1) if isinstance(one.body, ops.CloseAnnounced))
    assert entry.source == "slip"
    assert manager.services.slips.announce_close(manager.manager, code(away)).known
    before = heads(manager)
    away.go_online()
    manager.go_online()
    place.sync()
    assert heads(manager) == before
    # Only how its baskets were paid did not stand on paper.
    counted = manager.services.reports.interim(manager.manager).branch.baskets
    assert isinstance(counted, Baskets)
    assert manager.services.slips.announce_close(manager.manager, code(away)).known
    assert exceptions(place) == []
    assert cases(manager) == []


def test_a_day_closed_on_line_prints_no_slip(two: tuple[Seat, Seat]) -> None:
    _, second = two
    second.close_day()
    with second.books.reading() as books:
        assert [one.paper for one in books.print_jobs()].count("slip") == 0


def test_a_new_neighbour_knows_the_keys_of_the_branch_and_they_know_its_own(place: Town) -> None:
    first = place.seat(f"{GANJA}-1", float_qapik=0)
    second = place.seat(f"{GANJA}-2", float_qapik=0)
    place.sync()
    for seat, other in ((first, second), (second, first)):
        with seat.books.reading() as books:
            key = books.desk_key(other.name, 1)
            assert key is not None
            assert (key.public_key, key.state) == (other.books.signing_key().public(), "active")


def test_a_slip_of_a_replaced_machine_is_refused_by_the_neighbours(
    place: Town, two: tuple[Seat, Seat]
) -> None:
    first, second = two
    slip = issue(first)
    first.kill()
    place.seats.remove(first)
    _key, told = place.introduce(f"{GANJA}-1")
    assert told.epoch == 2
    place.centre.settle()
    second.sync()
    with pytest.raises(Refused, match="C-164"):
        second.services.slips.announce(second.clerk, slip)


def test_the_centre_finds_a_slip_that_its_signer_never_signed(place: Town, two: tuple[Seat, Seat]) -> None:
    """A hostile desk writes into its own journal that cash was announced to it, and of whom."""
    first, second = two
    slip = issue(first)
    read = slips.read_code(slip).slip
    assert isinstance(read, slips.RemittanceSlip)
    other = msgspec.structs.replace(read, remittance=UUID(second.new_id()).bytes)
    forged = slips.write_code(other, second.books.signing_key().sign(slips.words_of(other)))
    for code, claimed in ((forged, other), (slip, other)):
        body = ops.RemittanceAnnounced(
            remittance=claimed.id(),
            from_desk=claimed.from_desk,
            from_epoch=claimed.epoch,
            from_sequence=claimed.sequence,
            mark=claimed.mark.hex(),
            pieces={str(value): number for value, number in claimed.pieces},
            amount_qapik=claimed.amount_qapik,
            at_ms=claimed.at_ms,
            slip=code,
        )
        with second.books.writing() as books:
            books.append(body, actor=second.clerk.officer, operation=second.new_id(), source="slip")
    place.sync()
    assert exceptions(place) == ["strange_slip"] * 2


def test_the_centre_finds_a_close_on_paper_that_is_not_the_one_in_the_journal(
    place: Town, two: tuple[Seat, Seat]
) -> None:
    """The desk that closed told its neighbour one thing and the centre another."""
    manager, away = two
    away.go_offline()
    away.close_day()
    read = slips.read_code(code(away)).slip
    assert isinstance(read, slips.CloseSlip)
    lie = msgspec.structs.replace(read, hash=bytes(32))
    told = slips.write_code(lie, away.books.signing_key().sign(slips.words_of(lie)))
    manager.services.slips.announce_close(manager.manager, told)
    manager.sync()
    assert exceptions(place) == []
    away.go_online()
    place.sync()
    assert exceptions(place) == ["slip_differs"]
    assert set(cases(manager)) == {"a close that differs from its slip", "exception slip_differs"}


def test_a_machine_that_replaces_the_one_that_counted_cannot_use_the_slip_again(
    place: Town, two: tuple[Seat, Seat]
) -> None:
    first, second = two
    slip = issue(first)
    remittance = second.services.slips.announce(second.clerk, slip).remittance
    second.services.tills.accept(second.clerk, remittance, PIECES)
    place.sync()
    second.kill()
    place.seats.remove(second)
    place.folder = place.folder / "new machine"
    replaced = place.seat(f"{GANJA}-2", float_qapik=0)
    place.sync()
    replaced.services.days.open(replaced.manager, DATE)
    with pytest.raises(Refused, match="C-166"):
        replaced.services.slips.announce(replaced.clerk, slip)
    assert replaced.services.tills.awaited() == []
    assert exceptions(place) == []
