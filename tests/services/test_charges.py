"""Duty and cash on delivery: in the basket before an item is handed over, once, on line and off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import item_number, printed_item_number
from azpost_desk.domain.lines import ChargePaid
from azpost_desk.domain.lines.charges import DUE_QAPIK_MAX
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol import news as tidings
from azpost_desk.services.scan_items import ScanItem
from tests.services.counters import CLERK, SUPERVISOR, approval
from tests.services.test_express import accept, scan, taken_by
from tests.services.test_mail_events import becomes
from tests.storage.desks import piece

if TYPE_CHECKING:
    from azpost_desk.services.views import PaidLine
    from tests.services.counters import Stand

ITEM = item_number("EE", 876_543)
OTHER = item_number("EE", 876_544)
TAKEN = taken_by("Quliyev Rauf")


def announced(stand: Stand, number: str = ITEM, due_qapik: int = 2_500, serial: int = 0) -> None:
    """An item on which cash on delivery stands is on its way here."""
    event = tidings.ItemEvent(
        number=number,
        event="EMA",
        office="1000",
        at_ms=1,
        postcode="AZ5002",
        operation=f"{number}-ema",
        desk="1000-1",
        epoch=1,
        sequence=1 + serial,
        due_qapik=due_qapik,
    )
    stand.books.store_news([piece(900 + serial, "item.event", event)], 1)


def paid_qapik(stand: Stand) -> list[tuple[str, str, int]]:
    sales = [body for body in stand.bodies(ops.Settlement) if isinstance(body, ops.Settlement)]
    lines = [line for body in sales for line in body.lines]
    return [(one.number, one.kind, one.amount_qapik) for one in lines if isinstance(one, ChargePaid)]


@pytest.mark.parametrize("online", [True, False])
def test_nothing_is_handed_over_before_its_money(stand: Stand, online: bool) -> None:
    stand.line.online = online
    announced(stand)
    scan(stand, ITEM, "EMG")
    assert scan(stand, ITEM, "EMI", **TAKEN) == ("refused", "charge_due")
    # It may go out, be tried and lie there: only handing over waits for the money.
    assert scan(stand, ITEM, "EDH") == ("saved", "saved")
    [line] = stand.desk.charges.take(printed_item_number(ITEM), CLERK).lines
    assert isinstance(line.line, ChargePaid)
    assert (line.line.kind, line.line.amount_qapik) == ("cod", 2_500)
    with pytest.raises(Refused, match="E-132"):
        stand.desk.charges.take(ITEM, CLERK)
    # In the basket it is not paid yet.
    assert scan(stand, ITEM, "EMI", **TAKEN) == ("refused", "charge_due")
    stand.pay(3_000)
    assert paid_qapik(stand) == [(ITEM, "cod", 2_500)]
    assert scan(stand, ITEM, "EMI", **TAKEN) == ("saved", "saved")
    with pytest.raises(Refused, match="E-132"):
        stand.desk.charges.take(ITEM, CLERK)
    with stand.books.reading() as books:
        assert books.balance("2040", "cod").minor == -2_500


def test_undone_it_is_due_again_and_delivered_it_is_not_undone(stand: Stand) -> None:
    announced(stand)
    scan(stand, ITEM, "EMG")
    undo(stand, take(stand))
    assert scan(stand, ITEM, "EMI", **TAKEN) == ("refused", "charge_due")
    stored = take(stand)
    assert scan(stand, ITEM, "EMI", **TAKEN) == ("saved", "saved")
    with pytest.raises(Refused, match="E-139"):
        undo(stand, stored)


def test_what_goes_back_or_is_stopped_is_not_paid_for(stand: Stand) -> None:
    announced(stand)
    scan(stand, ITEM, "EMG")
    order = tidings.ItemOrder(order="o", number=ITEM, kind="court", state="open", at_ms=1)
    stand.books.store_news([piece(980, "item.order", order)], 1)
    with pytest.raises(Refused, match="E-134"):
        stand.desk.charges.take(ITEM, CLERK)
    lifted = tidings.ItemOrder(order="o", number=ITEM, kind="court", state="lifted", at_ms=2)
    stand.books.store_news([piece(981, "item.order", lifted)], 1)
    assert scan(stand, ITEM, "EDX", reason="refused", measure="returned") == ("saved", "saved")
    for typed, code in ((ITEM, "E-132"), (OTHER, "E-132"), ("EE123", "I-007")):
        with pytest.raises(Refused, match=code):
            stand.desk.charges.take(typed, CLERK)


def test_off_line_only_the_desk_that_took_it_in_takes_the_money(stand: Stand) -> None:
    announced(stand)
    with stand.books.reading() as books:
        branch = books.desk().branch
    other = tidings.ItemEvent(
        number=ITEM,
        event="EMG",
        office=branch,
        at_ms=2,
        operation="emg",
        desk=f"{branch}-9",
        epoch=1,
        sequence=1,
        postcode="AZ5002",
    )
    stand.books.store_news([piece(950, "item.event", other)], 1)
    stand.line.online = False
    with pytest.raises(Refused, match="E-133"):
        stand.desk.charges.take(ITEM, CLERK)
    stand.line.online = True
    take(stand)
    stand.line.online = False
    assert scan(stand, ITEM, "EMI", **TAKEN) == ("refused", "charge_elsewhere")
    # Without money on it any desk hands it over: it is where it is.
    announced(stand, OTHER, 0, 1)
    assert scan(stand, OTHER, "EMI", **TAKEN) == ("saved", "saved")


def test_a_courier_brings_the_money_before_it_is_written_down(stand: Stand) -> None:
    announced(stand)
    scan(stand, ITEM, "EMG")
    scan(stand, ITEM, "EDG")
    assert scan(stand, ITEM, "EMI", **TAKEN) == ("refused", "charge_due")
    take(stand)
    assert scan(stand, ITEM, "EMI", **TAKEN) == ("saved", "saved")


def test_customs_say_how_much_or_that_nothing_is_due(stand: Stand) -> None:
    becomes(stand, "exchange")
    scan(stand, ITEM, "EMD")
    scan(stand, ITEM, "EDB")

    def say(reason: str, duty_qapik: int) -> str:
        command = ScanItem(ITEM, "EDC", reason=reason, duty_qapik=duty_qapik)
        return stand.desk.tracking.scan(command, CLERK).key.rpartition(".")[2]

    assert say("duty_due", 0) == "duty_missing"
    assert say("duty_due", DUE_QAPIK_MAX + 1) == "duty_missing"
    assert say("no_duty", 100) == "duty_missing"
    assert say("duty_due", 1_250) == "saved"
    assert stand.desk.charges.due(ITEM).amount_qapik == 1_250


def test_cash_on_delivery_is_said_at_the_acceptance(stand: Stand) -> None:
    with pytest.raises(Refused, match="E-135"):
        stand.desk.express.accept(accept(cod_qapik=DUE_QAPIK_MAX + 1), CLERK)
    line = stand.desk.express.accept(accept(cod_qapik=4_200), CLERK).lines[0].line
    assert isinstance(line, ops.ItemAccepted)
    stand.pay(1_000)
    assert stand.desk.charges.due(line.number).amount_qapik == 4_200


@pytest.mark.parametrize("due_qapik", [-1, DUE_QAPIK_MAX + 1])
def test_news_of_an_impossible_charge_change_nothing(stand: Stand, due_qapik: int) -> None:
    announced(stand, due_qapik=due_qapik)
    assert stand.desk.tracking.timeline(ITEM) == []


def take(stand: Stand) -> PaidLine:
    """What is due is paid; its line."""
    basket = stand.desk.charges.take(ITEM, CLERK)
    stand.pay(2_500)
    with stand.books.reading() as books:
        stored = books.paid_line(basket.lines[0].line.operation)
    assert stored is not None
    return stored


def undo(stand: Stand, stored: PaidLine) -> None:
    operation = f"undo-{stand.records()}"
    stand.desk.baskets.reverse(CLERK, stored, operation, "yanlış", approval(operation))


def heard(stand: Stand, event: str, serial: int, measure: str = "") -> None:
    """Another desk of this office scanned the item."""
    with stand.books.reading() as books:
        branch = books.desk().branch
    told = tidings.ItemEvent(
        number=ITEM,
        event=event,
        office=branch,
        at_ms=2**41,
        measure=measure,
        operation=f"heard-{serial}",
        desk=f"{branch}-9",
        epoch=1,
        sequence=serial,
        postcode="AZ5002",
    )
    stand.books.store_news([piece(960 + serial, "item.event", told)], 1)


def test_a_charge_lies_in_one_basket_and_a_parked_one_is_such_a_basket(stand: Stand) -> None:
    announced(stand)
    scan(stand, ITEM, "EMG")
    parked = stand.desk.charges.take(ITEM, CLERK)
    stand.desk.parking.park(CLERK, parked.basket)
    with pytest.raises(Refused, match="B-006"):
        stand.desk.charges.take(ITEM, CLERK)
    assert stand.desk.baskets.current() is None


def test_a_basket_that_waited_takes_no_money_for_what_went_back(stand: Stand) -> None:
    announced(stand)
    scan(stand, ITEM, "EMG")
    [line] = stand.desk.charges.take(ITEM, CLERK).lines
    assert scan(stand, ITEM, "EDX", reason="refused", measure="returned") == ("saved", "saved")
    with pytest.raises(Refused, match="E-171"):
        stand.pay(2_500)
    assert paid_qapik(stand) == []
    # Nobody is left with a basket that cannot be paid.
    assert stand.desk.baskets.void(CLERK, line.line.operation).lines == ()


def test_what_another_desk_handed_over_is_paid_for_by_nobody_more(stand: Stand) -> None:
    announced(stand)
    heard(stand, "EMG", 1)
    stand.desk.charges.take(ITEM, CLERK)
    heard(stand, "EMI", 2)
    with pytest.raises(Refused, match="E-171"):
        stand.pay(2_500)
    stand.desk.baskets.hand_over(SUPERVISOR, None)
    with pytest.raises(Refused, match="E-170"):
        stand.desk.charges.take(ITEM, CLERK)


def test_nobody_pays_where_another_office_delivers(stand: Stand) -> None:
    line = stand.desk.express.accept(accept(cod_qapik=4_200), CLERK).lines[0].line
    assert isinstance(line, ops.ItemAccepted)
    stand.pay(1_000)
    with pytest.raises(Refused, match="E-170"):
        stand.desk.charges.take(line.number, CLERK)


def test_money_for_what_an_authority_took_is_given_back(stand: Stand) -> None:
    announced(stand)
    scan(stand, ITEM, "EMG")
    stored = take(stand)
    heard(stand, "EMH", 3, "handed_over")
    assert stand.desk.tracking.known(ITEM).state == "ended"
    undo(stand, stored)
    with stand.books.reading() as books:
        assert books.balance("2040", "cod").minor == 0
