"""What a branch may sell is a dated fact from the centre: no licence, no sale, and the refusal says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.transfer_codes import transfer_code
from azpost_desk.services.counter import may_sell
from azpost_desk.services.payments import PayBill
from tests.stories.town import BAKU, DAY_MS, ELECTRICITY, METER

if TYPE_CHECKING:
    from tests.stories.town import Seat, Town


def test_without_a_dated_licence_nothing_is_sold(place: Town) -> None:
    """Bakı's licences ended yesterday: neither transfers nor bills; goods and express need none."""
    for service in ("transfers", "payments"):
        place.license(service, "2026-11-22")
    baku = place.seat(f"{BAKU}-1")
    with pytest.raises(Refused, match="G-031") as refused:
        baku.send_money()
    assert refused.value.facts["service"] == "transfers"
    with pytest.raises(Refused, match="G-031"):
        baku.ask_for(transfer_code("123456789"))
    with pytest.raises(Refused, match="G-031"):
        baku.services.payments.pay(PayBill(ELECTRICITY, METER, azn(1_000)), baku.clerk)
    assert baku.services.baskets.current() is None
    with baku.books.reading() as look:
        may_sell(look, baku.clerk, "express")
    assert place.ask("select count(*) from transfers") == [(0,)]


def test_a_licence_that_ends_today_holds_today_and_not_tomorrow(place: Town) -> None:
    place.license("transfers", "2026-11-23")
    baku = place.seat(f"{BAKU}-1")
    baku.send_money()
    basket = baku.services.payments.pay(PayBill(ELECTRICITY, METER, azn(1_000)), baku.clerk)
    baku.services.baskets.void(baku.clerk, basket.lines[0].line.operation)
    baku.close_day()
    place.clock.pass_ms(DAY_MS)
    baku.open("2026-11-24")
    with pytest.raises(Refused, match="G-031"):
        baku.send_money()
    baku.take_bill(1_000)


def test_a_licence_withdrawn_at_noon_stops_the_next_sale(place: Town, baku: Seat) -> None:
    baku.send_money()
    place.license("transfers", "2026-11-22")
    baku.sync()
    with pytest.raises(Refused, match="G-031"):
        baku.send_money()


@pytest.mark.parametrize("service", ["loans", "deposits"])
def test_loans_and_deposits_have_no_legal_basis(ganja: Seat, service: str) -> None:
    with ganja.books.reading() as look, pytest.raises(Refused, match="G-030") as refused:
        may_sell(look, ganja.clerk, service)
    assert refused.value.facts["service"] == service
