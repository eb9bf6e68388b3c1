"""Cash between a branch and the cash centre, on a real centre: bags both ways, what is missing, who paid."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from azpost_desk.central import bags
from azpost_desk.central.book import Book
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Person
from azpost_desk.domain.refusals import Refused
from azpost_desk.programs.central import main
from azpost_desk.services.cash_bags import Seal
from azpost_desk.services.cash_counts import MakeGood
from azpost_desk.services.counter import Approval
from tests.stories.town import GANJA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.central.storage.database import Connection
    from tests.stories.town import Seat, Town

DESK = f"{GANJA}-1"
COLLECTOR = Person(name="Rzayev Kamal", document="INK-4411")


@contextmanager
def cash_centre(place: Town) -> Iterator[tuple[Connection, Book, int]]:
    """The cash centre at work, with a writer of its own."""
    book = Book(place.dsn, place.clock)
    try:
        with place.centre.database.connection() as conn:
            yield conn, book, place.clock.utc_ms()
    finally:
        book.close()


def country(place: Town, account: str) -> int:
    return int(place.ask("select coalesce(sum(minor), 0) from postings where account = %s", account)[0][0])


def test_a_bag_of_the_centre_is_announced_received_and_known_at_both_ends(place: Town, ganja: Seat) -> None:
    safe = ganja.balance("1010", DESK)
    with cash_centre(place) as (conn, book, now_ms):
        bags.dispatch(conn, book, DESK, "pl-7", {10_000: 80}, now_ms)
        with pytest.raises(Refused, match="C-041"):
            bags.dispatch(conn, book, DESK, "PL-7", {10_000: 80}, now_ms)
        with pytest.raises(Refused, match="X-043"):
            bags.dispatch(conn, book, "9999-1", "PL-8", {10_000: 80}, now_ms)
    ganja.sync()
    assert ganja.services.bags.awaited("PL-7").announced == azn(800_000)
    assert country(place, "1030") == 800_000
    ganja.services.bags.receive(ganja.manager, "PL-7", {10_000: 80})
    assert ganja.balance("1010", DESK) == safe + 800_000
    ganja.sync()
    assert place.ask("select state, counted from bags") == [("received", 800_000)]
    assert country(place, "1030") == 0
    with pytest.raises(Refused, match="C-044") as refused:
        ganja.services.bags.receive(ganja.manager, "PL-7", {10_000: 80})
    assert refused.value.facts["officer"] == ganja.manager.name


def test_what_a_bag_lacks_stays_in_transit_until_the_centre_resolves_it_in_its_own_book(
    place: Town, ganja: Seat
) -> None:
    with cash_centre(place) as (conn, book, now_ms):
        bags.dispatch(conn, book, DESK, "PL-7", {10_000: 80}, now_ms)
    ganja.sync()
    operation = ganja.services.counter.new_id()
    consent = Approval(ganja.supervisor.officer, ganja.supervisor.role, operation)
    ganja.services.bags.receive_short(ganja.manager, "PL-7", {10_000: 79}, operation, consent)
    ganja.sync()
    assert place.ask("select state, amount - counted from bags") == [("differs", 10_000)]
    assert country(place, "1030") == 10_000
    records = ganja.books.head()[1]
    with cash_centre(place) as (conn, book, now_ms):
        for first, second, reason, code in (("a", "a", "r", "X-044"), ("a", "b", " ", "X-045")):
            with pytest.raises(Refused, match=code):
                bags.resolve(conn, book, "PL-7", "lost", first, second, reason, now_ms)
        assert bags.resolve(conn, book, "PL-7", "lost", "a", "b", "seal was broken", now_ms) == 10_000
        with pytest.raises(Refused, match="C-046"):
            bags.resolve(conn, book, "PL-7", "lost", "a", "b", "again", now_ms)
    ganja.sync()
    assert country(place, "1030") == 0
    assert country(place, "1091") == 10_000
    # The centre wrote into its own book; the branch heard of it and wrote nothing.
    assert ganja.books.head()[1] == records
    with ganja.books.reading() as books:
        assert [one.state for one in books.bags()] == ["resolved"]


def test_a_branchs_bag_goes_to_the_centre_and_what_is_found_in_it_comes_back_as_news(
    place: Town, ganja: Seat
) -> None:
    services = ganja.services
    for number in ("PL-1", "PL-2"):
        services.bags.seal(ganja.manager, Seal(number, "cash", azn(20_000), {10_000: 2}))
        services.bags.hand_over(ganja.manager, number, COLLECTOR)
    with cash_centre(place) as (conn, book, now_ms), pytest.raises(Refused, match="C-043"):
        # The bag was quicker than its record: nothing is booked that no branch has said.
        bags.take_in(conn, book, "PL-1", {10_000: 2}, now_ms)
    ganja.sync()
    with cash_centre(place) as (conn, book, now_ms):
        assert bags.take_in(conn, book, "PL-1", {10_000: 2}, now_ms) == 0
        with pytest.raises(Refused, match="C-046"):
            bags.take_in(conn, book, "PL-1", {10_000: 2}, now_ms)
        with pytest.raises(Refused, match="C-024"):
            bags.take_in(conn, book, "PL-2", {10_000: 1}, now_ms)
        assert bags.take_in(conn, book, "PL-2", {10_000: 1}, now_ms, "KM-9") == 10_000
        assert bags.resolve(conn, book, "PL-2", "found", "a", "b", "under the table", now_ms) == 10_000
    ganja.sync()
    with ganja.books.reading() as books:
        assert {one.number: (one.state, one.act) for one in books.bags()} == {
            "PL-1": ("taken_in", ""),
            "PL-2": ("resolved", "KM-9"),
        }
    assert country(place, "1030") == 0
    assert country(place, "1091") == 0


def test_a_remittance_names_who_counted_it_in_at_both_desks(place: Town, ganja: Seat) -> None:
    second = place.seat(f"{GANJA}-2")
    ganja.services.tills.issue(ganja.clerk, f"{GANJA}-2", "till", {10_000: 2})
    assert [one.state for one in ganja.services.tills.unaccepted()] == ["issued"]
    place.sync()
    [cash] = second.services.tills.unaccepted()
    second.services.tills.accept(second.clerk, cash.remittance, {10_000: 2})
    with pytest.raises(Refused, match="C-026") as refused:
        second.services.tills.accept(second.clerk, cash.remittance, {10_000: 2})
    assert refused.value.facts == {"officer": second.clerk.name, "at_ms": place.clock.utc_ms()}
    place.sync()
    assert ganja.services.tills.unaccepted() == []
    with ganja.books.reading() as books:
        [known] = books.remittances(("accepted",))
    assert known.accepted_by == second.clerk.officer


def test_the_centre_lists_bags_differences_and_what_was_paid_with_own_money(
    place: Town, ganja: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--dsn", place.dsn, "dispatch-bag", DESK, "PL-7", "10000=80", "500=2"]) == 0
    assert main(["--dsn", place.dsn, "dispatch-bag", DESK, "PL-8", "7=1"]) == 1
    assert main(["--dsn", place.dsn, "dispatch-bag", DESK, "PL-8", "much"]) == 1
    close = ganja.services.tills.close(ganja.clerk, {10_000: 9, 100: 98}).recorded.operation
    ganja.services.tills.open(ganja.clerk)
    operation = ganja.services.counter.new_id()
    consent = Approval(ganja.supervisor.officer, ganja.supervisor.role, operation)
    command = MakeGood(close, {100: 2}, "wrong_change", "Müştəriyə artıq verdim.")
    ganja.services.counts.make_good(ganja.clerk, command, operation, consent)
    ganja.services.bags.seal(ganja.manager, Seal("PL-1", "cash", azn(20_000), {10_000: 2}))
    ganja.sync()
    capsys.readouterr()
    assert main(["--dsn", place.dsn, "take-in-bag", "PL-1", "10000=1", "--discrepancy-act", "KM-1"]) == 0
    assert main(["--dsn", place.dsn, "resolve-bag", "PL-1", "lost", "a", "b", "seal broken"]) == 0
    assert capsys.readouterr().out.split() == ["10000", "10000"]
    assert main(["--dsn", place.dsn, "bags"]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert {row[0]: (row[1], row[4]) for row in rows} == {
        "PL-7": ("in", "announced"),
        "PL-1": ("out", "resolved"),
    }
    assert main(["--dsn", place.dsn, "made-good"]) == 0
    [paid] = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert paid[:6] == [
        DESK, ganja.clerk.officer, ganja.supervisor.officer, "200", "wrong_change", "Müştəriyə artıq verdim.",
    ]  # fmt: skip
    assert main(["--dsn", place.dsn, "till-counts"]) == 0
    [count] = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert count == [DESK, "till.closed", ganja.clerk.officer, ganja.clerk.officer, "99800", "100000", "-200"]


def test_a_machine_that_replaces_another_knows_its_bags(place: Town, ganja: Seat) -> None:
    """One sealed, one received: the new machine knows both, and does not receive the second again."""
    with cash_centre(place) as (conn, book, now_ms):
        bags.dispatch(conn, book, DESK, "PL-7", {10_000: 80}, now_ms)
    ganja.sync()
    ganja.services.bags.receive(ganja.manager, "PL-7", {10_000: 80})
    ganja.services.bags.seal(ganja.manager, Seal("PL-1", "cash", azn(20_000), {10_000: 2}))
    ganja.sync()
    ganja.go_offline()
    place.seats.remove(ganja)
    ganja.books.close()
    place.folder = place.folder / "new"
    fresh = place.seat(DESK, float_qapik=0)
    fresh.sync()
    with fresh.books.reading() as books:
        assert {one.number: one.state for one in books.bags()} == {"PL-7": "received", "PL-1": "sealed"}
    with pytest.raises(Refused, match="C-044"):
        fresh.services.bags.awaited("PL-7")
