"""A-04: what moves money out beyond its allowance, too late or from an ended chain waits for two people."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.central import held
from azpost_desk.central.exposure import LATE_MS
from azpost_desk.central.registry import branches, reference
from azpost_desk.domain.catalogue import Settings
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol import questions
from azpost_desk.protocol.old_chains import Salvage
from azpost_desk.services.goods import SellGoods
from tests.central.desks import SimDesk
from tests.stories.machines import code_for
from tests.stories.town import MOBILE, PHONE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.stories.town import Seat, Town

ALLOWANCE_QAPIK = 25_000
HOUR_MS = 3_600_000
PEOPLE = ("auditor-1", "director-2")


def allow(place: Town, **qapik: int) -> None:
    with place.centre.database.transaction() as conn:
        settings = reference.newest(conn, Settings)
        allowances = {**settings.allowances_qapik, **qapik}
        changed = msgspec.structs.replace(settings, allowances_qapik=allowances)
        reference.publish(conn, changed, place.clock.utc_ms())


@pytest.fixture
def desk(place: Town) -> Callable[[str], SimDesk]:
    """A desk that does what a thief wants, in place of the one of this name."""
    allow(place, payments=ALLOWANCE_QAPIK, transfers=ALLOWANCE_QAPIK)

    def enrolled(name: str) -> SimDesk:
        made = SimDesk(place.centre.url, place.clock)  # type: ignore[arg-type]
        made.enrol(code_for(place, name))
        made.exchange()
        return made

    return enrolled


def taken(place: Town, desk: SimDesk, count: int, qapik: int) -> list[str]:
    """Bills taken and pushed; their ids."""
    bills = [desk.take_bill(PHONE, amount_qapik=qapik, biller=MOBILE).operation for _ in range(count)]
    assert desk.exchange().ack is not None
    place.centre.settle()
    return bills


def states(place: Town, bills: list[str]) -> list[str]:
    found = dict(place.ask("select payment, state from payments where payment = any(%s)", bills))
    return [found[one] for one in bills]


def reasons(place: Town, thing: str) -> set[str]:
    return {row[0] for row in place.ask("select reason from exceptions where about = %s", thing)}


@contextmanager
def deciding(place: Town) -> Iterator[Callable[..., str]]:
    def decide(
        thing: str, decision: str, people: tuple[str, str] = PEOPLE, evidence: str = "slips and camera"
    ) -> str:
        with place.centre.database.connection() as conn:
            now_ms = place.clock.utc_ms()
            return held.decide(conn, place.centre._book, thing, decision, people, evidence, now_ms)

    yield decide
    place.centre.settle()


def test_bills_beyond_the_allowance_are_not_delivered_before_two_people_say_so(
    place: Town, desk: Callable[[str], SimDesk]
) -> None:
    thief = desk("2002-1")
    bills = taken(place, thief, 30, 10_000)
    # What the desk might have done off line goes, and nothing beyond it.
    assert states(place, bills) == ["confirmed"] * 2 + ["held"] * 28
    assert len(place.provider.paid) == 2
    assert reasons(place, bills[2]) == {"beyond_allowance"}
    with place.centre.database.connection() as conn:
        waiting = held.waiting(conn)
    assert [(one.transfer, one.service, one.reasons) for one in waiting] == [
        (one, "payments", ["beyond_allowance"]) for one in sorted(bills[2:])
    ]
    with deciding(place) as decide:
        for people, evidence, code in (
            ((PEOPLE[0], PEOPLE[0]), "x", "X-044"),
            (PEOPLE, " ", "X-047"),
        ):
            with pytest.raises(Refused, match=code):
                decide(bills[2], held.LET_GO, people, evidence)
        with pytest.raises(Refused, match="X-080"):
            decide("nothing", held.LET_GO)
        for decision in (held.LET_BACK, "reversed", "refunded"):
            with pytest.raises(Refused, match="X-081"):
                decide(bills[2], decision)
        assert decide(bills[2], held.LET_GO) == "accepted"
        assert decide(bills[3], held.REJECTED) == "owed"
        with pytest.raises(Refused, match="X-081"):
            decide(bills[3], held.LET_GO)
    assert states(place, bills[:5]) == ["confirmed"] * 3 + ["owed", "held"]
    assert len(place.provider.paid) == 3
    thief.exchange()
    told = {one["payment"]: one["outcome"] for one in thief.told("payment.result")}
    assert told[bills[3]] == "refused"
    # Heard from the centre, the desk has its allowance again.
    assert states(place, taken(place, thief, 1, 20_000)) == ["confirmed"]


def test_old_and_backdated_bills_wait(place: Town, desk: Callable[[str], SimDesk]) -> None:
    seat = desk("2002-1")
    late = seat.take_bill(PHONE, amount_qapik=500, biller=MOBILE).operation
    place.clock.pass_ms(LATE_MS + HOUR_MS)
    seat.exchange()
    sold = place.clock.now_ms
    place.clock.now_ms -= HOUR_MS
    back = seat.take_bill(PHONE, amount_qapik=500, biller=MOBILE)
    place.clock.now_ms = sold
    seat.exchange()
    place.centre.settle()
    assert states(place, [late, back.operation]) == ["held", "held"]
    assert reasons(place, late) == {"too_late"}
    assert reasons(place, back.operation) == {"older_than_acknowledgement"}
    assert place.provider.paid == {}


def test_late_records_of_a_replaced_machine_move_nothing_out(
    place: Town, desk: Callable[[str], SimDesk]
) -> None:
    old = desk("2002-1")
    with place.centre.database.transaction() as conn:
        codes = branches.give_codes(conn, "2002-1", 1, place.clock.utc_ms())
    desk("2002-1")
    bill = old.take_bill(PHONE, amount_qapik=500, biller=MOBILE).operation
    sent = old.send(codes[0], 1_000)
    batch = old.batch()
    assert batch is not None
    answer = old.post(questions.SALVAGE.path, Salvage(version=1, desk="2002-1", epoch=1, batch=batch))
    assert answer.status_code == 200
    place.centre.settle()
    assert (states(place, [bill]), place.state(sent)) == (["held"], "held")
    assert reasons(place, bill) == {"ended_chain"}
    assert "ended_chain" in reasons(place, sent)
    assert place.provider.paid == {}
    with deciding(place) as decide:
        decide(bill, held.LET_GO)
        decide(sent, held.LET_GO)
    assert (states(place, [bill]), place.state(sent)) == (["confirmed"], "available")


def test_at_the_counter_every_service_is_bound_by_its_allowance(place: Town, baku: Seat) -> None:
    shop = baku.services.shop
    baku.services.tills.stock(baku.clerk, "S060", 50, "N-1")
    shelf = next(one for one in shop.shelf() if one.left)
    allow(place, goods=2 * shelf.article.price_qapik)
    baku.sync()
    baku.go_offline()
    shop.sell(SellGoods(shelf.article.sku, 2), baku.clerk)
    baku.pay(2 * shelf.article.price_qapik)
    shop.sell(SellGoods(shelf.article.sku, 1), baku.clerk)
    with pytest.raises(Refused, match="L-020"):
        baku.pay(shelf.article.price_qapik)
    baku.go_online()
    baku.pay(shelf.article.price_qapik)
