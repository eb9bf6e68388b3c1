"""D-07: a cloned machine makes two valid tails: both kept, records judged one by one."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.central import contested
from azpost_desk.central.book import Book
from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.messages import Sent
from azpost_desk.protocol.records import Header
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.vault import FileVault
from tests.stories.machines import dies, replaced, supplied
from tests.stories.town import Seat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from azpost_desk.central.contested import Contested
    from tests.stories.town import Town

PEOPLE = ("auditor-1", "director-2")


def waiting(place: Town) -> list[Contested]:
    with place.centre.database.connection() as conn:
        return contested.waiting(conn)


@contextmanager
def judging(place: Town) -> Iterator[Callable[..., None]]:
    book = Book(place.dsn, place.clock)

    def judge(one: Contested, decision: str, evidence: str = "slip and camera") -> None:
        with place.centre.database.connection() as conn:
            where = one.desk, one.epoch, one.sequence
            now_ms = place.clock.utc_ms()
            contested.decide(conn, book, where, one.hash, decision, PEOPLE, evidence, now_ms)

    yield judge
    book.close()
    place.centre.settle()


def cloned(place: Town, seat: Seat, folder: Path) -> Seat:
    seat.kill()
    shutil.copytree(seat.folder, folder)
    seat.reopen()
    return Seat(place, DeskBooks.open(folder, place.clock, keep=FileVault(folder)), place.clock)


def till_of(place: Town, desk: str) -> int:
    wanted = "select coalesce(sum(minor), 0) from postings where account = '1020' and sub = %s"
    return int(place.ask(wanted, desk)[0][0])


def test_both_tails_are_kept_and_the_second_is_judged_record_by_record(
    place: Town, ganja: Seat, baku: Seat, tmp_path: Path
) -> None:
    twin = cloned(place, baku, tmp_path / "twin")
    baku.take_bill(2_000)
    baku.sync()
    twin.go_offline()
    sent = twin.send_money(25_000)
    twin.take_bill(1_700)
    own = dict(twin.holds())
    twin.road.up()
    twin.line._step()
    assert twin.line.state().stopped == "L-006"
    twin.close()
    place.centre.settle()
    baku.line._step()
    assert baku.line.state().stopped == "L-006"
    dies(baku)

    tail = waiting(place)
    assert {bytes.fromhex(one.hash) for one in tail} == set(own.values()) - set(baku_holds(place).values())
    assert [one.kind for one in tail] == ["settlement", "settlement"]
    assert place.ask("select count(*) from transfers where transfer = %s", sent.transfer) == [(0,)]

    fresh, done = replaced(place, "1010-1", baku.folder)
    assert (done.epoch, done.aside) == (2, None)
    supplied(place, fresh)
    till = till_of(place, "1010-1")
    with judging(place) as judge:
        with pytest.raises(Refused, match="X-047"):
            judge(tail[0], "confirmed", " ")
        judge(tail[0], "confirmed")
        judge(tail[1], "rejected")
        with pytest.raises(Refused, match="X-054"):
            judge(tail[0], "rejected")
    assert waiting(place) == []
    # Confirmed: the money counts in the centre's book, and the receiver can have it.
    assert place.state(sent.transfer) == "available"
    fee = ganja.transfers.quote(sent.amount).fee.minor
    assert till_of(place, "1010-1") == till + 25_000 + fee
    ganja.pay_out(sent.code)
    fresh.sync()
    with fresh.books.reading() as look:
        cases = [
            one.body.reason for one in look.entries(look.day().number) if isinstance(one.body, ops.CaseRaised)
        ]
    assert {"contested confirmed", "contested rejected"} <= set(cases)


def baku_holds(place: Town) -> dict[tuple[int, int], bytes]:
    return place.holds("1010-1", [1])


def test_a_record_that_counted_on_both_tails_is_not_counted_twice(
    place: Town, baku: Seat, tmp_path: Path
) -> None:
    """The clone was made in the middle of a sync: one sale is in both tails under one operation id."""
    twin = cloned(place, baku, tmp_path / "twin")
    baku.take_bill(2_000)
    baku.sync()
    twin.go_offline()
    twin.take_bill(1_700)
    twin.road.up()
    twin.line._step()
    twin.close()
    [one] = waiting(place)
    with place.centre.database.transaction() as conn:
        # As if its operation had come in on the other tail before.
        wanted = "select record from contested where hash = %s"
        row = conn.execute(wanted, (bytes.fromhex(one.hash),)).fetchone()
        assert row is not None
        sent = msgspec.msgpack.decode(row[0], type=Sent)
        operation = msgspec.json.decode(sent.header, type=Header).operation
        conn.execute("insert into operation_ids values ('1010-1', %s, 'x')", (operation,))
    with judging(place) as judge:
        with pytest.raises(Refused, match="X-056"):
            judge(one, "confirmed")
        judge(one, "rejected")
    dies(baku)
    fresh, _ = replaced(place, "1010-1", baku.folder)
    supplied(place, fresh)
