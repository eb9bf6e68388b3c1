"""D-05: a desk burns with 40 grants: lost by the word of two people, each grant resolved."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.central import doubts
from azpost_desk.central.book import Book
from azpost_desk.central.registry import lost
from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.records import Header
from tests.stories.machines import dies, salvaged
from tests.stories.town import ORXAN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.services.views import Transfer
    from tests.stories.town import Seat, Town

GRANTS = 40
PEOPLE = ("auditor-1", "director-2")


@contextmanager
def acting(place: Town) -> Iterator[tuple[object, Book]]:
    book = Book(place.dsn, place.clock)
    with place.centre.database.connection() as conn:
        yield conn, book
    book.close()


def declared_lost(place: Town, desk: str) -> list[str]:
    with acting(place) as (conn, book):
        lost.declare(conn, desk, PEOPLE[0], "fire", "police report 12", place.clock.utc_ms())
        place.clock.pass_ms(lost.WAIT_MS)
        return lost.confirm(conn, book, desk, PEOPLE[1], place.clock.utc_ms())


def resolved(place: Town, transfer: str, outcome: str) -> str:
    with acting(place) as (conn, book):
        grant = next(one.grant for one in lost.doubted(conn) if one.thing == transfer)
        evidence = "receipt shown by the customer"
        state = doubts.resolve(conn, book, grant, outcome, PEOPLE, evidence, place.clock.utc_ms())
    place.centre.settle()
    return state


def balance(place: Town, account: str) -> int:
    return int(place.ask("select coalesce(sum(minor), 0) from postings where account = %s", account)[0][0])


def settled(place: Town) -> list[str]:
    """Outcomes of the centre's acts about late records, in its own book."""
    rows = place.ask("select header, body from journal where desk like 'centre-%%' order by desk, sequence")
    kinds = [(msgspec.json.decode(header, type=Header).kind, body) for header, body in rows]
    return [ops.decode(kind, 1, body).outcome for kind, body in kinds if kind == "doubt.settled"]


@pytest.fixture
def burning(place: Town, ganja: Seat, baku: Seat) -> tuple[Town, Seat, Seat, list[Transfer]]:
    """Bakı holds 40 grants, three of which it pays out off line before the fire."""
    sent = [ganja.send_money(1_000 + number) for number in range(GRANTS)]
    ganja.sync()
    grants = [baku.ask_for(one.code, 1_000 + number).grant for number, one in enumerate(sent)]
    baku.sync()
    baku.go_offline()
    for grant in grants[:3]:
        baku.transfers.plan_payout(grant, ORXAN, baku.clerk)
        baku.pay()
    dies(baku)
    return place, ganja, baku, sent


def test_forty_grants_are_in_doubt_and_resolved_one_by_one(
    burning: tuple[Town, Seat, Seat, list[Transfer]],
) -> None:
    place, ganja, baku, sent = burning
    with acting(place) as (conn, book):
        now_ms = place.clock.utc_ms()
        with pytest.raises(Refused, match="X-047"):
            lost.declare(conn, "1010-1", PEOPLE[0], "fire", " ", now_ms)
        with pytest.raises(Refused, match="X-048"):
            lost.confirm(conn, book, "1010-1", PEOPLE[1], now_ms)
        lost.declare(conn, "1010-1", PEOPLE[0], "fire", "police report 12", now_ms)
        with pytest.raises(Refused, match="X-049"):
            lost.confirm(conn, book, "1010-1", PEOPLE[1], now_ms)
        with pytest.raises(Refused, match="X-044"):
            lost.confirm(conn, book, "1010-1", PEOPLE[0], now_ms + lost.WAIT_MS)
    assert len(declared_lost(place, "1010-1")) == GRANTS
    assert {place.state(one.transfer) for one in sent} == {"in_doubt"}
    with pytest.raises(Refused, match="T-015"):
        ganja.ask_for(sent[5].code, 1_005)
    with acting(place) as (conn, book):
        grant = lost.doubted(conn)[0].grant
        for people in ((PEOPLE[0], PEOPLE[0]), ("", PEOPLE[1])):
            with pytest.raises(Refused, match="X-044"):
                doubts.resolve(conn, book, grant, "paid", people, "x", place.clock.utc_ms())
    for number, one in enumerate(sent):
        assert resolved(place, one.transfer, "paid" if number < 3 else "not_paid") == (
            "paid" if number < 3 else "available"
        )
    with acting(place) as (conn, book):
        assert lost.doubted(conn) == []
    # What the burnt desk paid is off the customers' money, and on its doubtful account.
    assert balance(place, "1085") == -(1_000 + 1_001 + 1_002)
    ganja.pay_out(sent[5].code, 1_005)
    ganja.sync()
    assert place.state(sent[5].transfer) == "paid"

    # The burnt disk can be read in part after all: it confirms what was resolved, and clears the account.
    assert salvaged(place, baku.folder).records > 0
    assert balance(place, "1085") == 0
    assert settled(place) == ["confirmed"] * 3
    assert balance(place, "5010") == 0


def test_a_double_payment_that_comes_to_light_is_the_posts_risk_never_the_clerks(
    burning: tuple[Town, Seat, Seat, list[Transfer]],
) -> None:
    place, ganja, baku, sent = burning
    declared_lost(place, "1010-1")
    for one in sent:
        resolved(place, one.transfer, "not_paid")
    ganja.pay_out(sent[0].code, 1_000)
    held = ganja.ask_for(sent[1].code, 1_001)
    ganja.sync()
    owed = balance(place, "2010")
    salvaged(place, baku.folder)
    # The first was paid at both, the second is in a hand that may still pay it, the third only there.
    assert settled(place) == ["double"]
    assert balance(place, "5010") == 1_000
    assert balance(place, "1090") == 0
    # The old desk's three records took 30.03 off what is owed, the centre's book put 10.00 back.
    assert balance(place, "2010") == owed + 1_001 + 1_002
    assert [place.state(one.transfer) for one in sent[:3]] == ["paid", "reserved", "paid"]
    with pytest.raises(Refused, match="T-014"):
        ganja.ask_for(sent[2].code, 1_002)
    # Given back unpaid it is paid, not free.
    ganja.transfers.release(held.grant, ganja.clerk, "the centre asks for it")
    ganja.sync()
    assert place.state(sent[1].transfer) == "paid"
    assert balance(place, "5010") == 1_000


def test_a_desk_that_speaks_is_not_lost(place: Town, baku: Seat) -> None:
    with acting(place) as (conn, book):
        lost.declare(conn, "1010-1", PEOPLE[0], "fire", "rumour", place.clock.utc_ms())
        place.clock.pass_ms(lost.WAIT_MS // 2)
        baku.sync()
        place.clock.pass_ms(lost.WAIT_MS)
        with pytest.raises(Refused, match="X-050"):
            lost.confirm(conn, book, "1010-1", PEOPLE[1], place.clock.utc_ms())
