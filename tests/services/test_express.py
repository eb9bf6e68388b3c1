"""Express items accepted and scanned: every scan recorded, the reason why one is not taken said exactly."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.mail.scanning import events_at
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Person
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol import news as tidings
from azpost_desk.services.express import AcceptItem
from azpost_desk.services.scan_items import ScanItem
from azpost_desk.texts import Texts
from tests.services.counters import CLERK, MORNING_MS, OTHER_CLERK, SUPERVISOR, Stand, approval
from tests.storage.desks import documents, piece

FROM = Person(name="Əliyev Vüqar", phone="050 123 45 67", address="Nizami 5, m. 12")
TO = Person(name="Quliyeva Leyla", address="Füzuli 1", postcode="1000")
ITEM = item_number("EE", 876_543)


def accept(weight_grams: int = 750, **changed: object) -> AcceptItem:
    values: dict[str, object] = {"sender": FROM, "addressee": TO, "weight_grams": weight_grams}
    return AcceptItem(**{**values, "service": "ems", **changed})  # type: ignore[arg-type]


def taken_by(name: str, relation: str = "self", document: str = "AZE AA1234567") -> dict[str, str]:
    """What is said with a delivery, signed on paper."""
    return {"signatory": name, "relation": relation, "document": document, "signed": "paper"}


def scan(stand: Stand, raw: str, event: str = "EMG", by: object = CLERK, **more: str) -> tuple[str, str]:
    """(verdict, key's last word); that it was recorded is checked each time."""
    before = stand.records()
    answer = stand.desk.tracking.scan(ScanItem(raw, event, **more), by)  # type: ignore[arg-type]
    assert stand.records() == before + 1
    for language in ("az", "ru", "en"):
        assert Texts(language).t(answer.key, **answer.facts)
    return answer.verdict, answer.key.removeprefix("express.scan.")


def test_a_price_is_the_first_step_and_each_begun_one_after(stand: Stand) -> None:
    [price] = stand.desk.express.prices("AZ1000", 1_001)
    assert (price.price, price.vat, price.office.name) == (azn(700), azn(107), "Bakı 1")
    with pytest.raises(Refused, match="E-011"):
        stand.desk.express.prices("1000", 30_001)
    with pytest.raises(Refused, match="E-002"):
        stand.desk.express.prices("9999", 100)


def test_an_item_is_accepted_off_line_with_a_number_of_the_desks_range(stand: Stand) -> None:
    stand.line.online = False
    line = stand.desk.express.accept(accept(), CLERK).lines[0].line
    assert isinstance(line, ops.ItemAccepted)
    assert (line.number, line.amount_qapik, line.postcode) == (item_number("EE", 10_000), 600, "AZ1000")
    paid = stand.pay(1_000)
    assert paid.change == azn(400)
    [event] = stand.desk.tracking.timeline(line.number)
    assert (event.event, event.here) == ("EMA", True)
    [settlement] = stand.bodies(ops.Settlement)
    assert "Leyla" not in ops.encode(settlement).decode()
    assert scan(stand, line.number, "EMG") == ("misrouted", "misrouted")


def test_a_redirected_item_says_where_it_is_sent_on_to(stand: Stand) -> None:
    scan(stand, ITEM, "EMG")

    def told(state: str, at_ms: int) -> None:
        order = tidings.ItemOrder(
            order="o", number=ITEM, kind="redirect", state=state, at_ms=at_ms, to="1000"
        )
        stand.books.store_news([piece(800 + at_ms, "item.order", order)], 1)

    told("open", 1)
    assert scan(stand, ITEM, "EMI", **taken_by("Quliyev Rauf")) == ("stopped", "stopped_redirect_to")
    answer = stand.desk.tracking.scan(ScanItem(ITEM, "EDG"), CLERK)
    assert "Bakı 1" in Texts("az").t(answer.key, **answer.facts)
    # Done, or its scan was taken back: the latest word counts, whichever came last.
    told("open", 5)
    told("done", 3)
    assert scan(stand, ITEM, "EDH")[0] == "stopped"
    told("done", 6)
    assert scan(stand, ITEM, "EDH") == ("saved", "saved")


def test_a_number_comes_from_a_range_of_its_own_product(stand: Stand) -> None:
    told = tidings.Codes(epoch=1, transfer_codes=(), item_prefix="CP", item_first=1, item_last=9)
    stand.books.store_news([piece(500, "codes", told)], 1)
    # Parcels stand before express mail in the alphabet.
    line = stand.desk.express.accept(accept(), CLERK).lines[0].line
    assert isinstance(line, ops.ItemAccepted)
    assert line.number == item_number("EE", 10_000)
    row = replace(documents()["tariffs"].express[0], indicator="EZ")  # type: ignore[attr-defined]
    stand.change_tariffs(express=(row,))
    with pytest.raises(Refused, match="E-030"):
        stand.desk.express.accept(accept(), CLERK)


def test_a_label_printed_beforehand_is_the_items_number_once_and_the_reserve_only_when_needed(
    stand: Stand,
) -> None:
    def told(position: int, epoch: int, prefix: str, first: int, sort: str) -> None:
        codes = tidings.Codes(
            epoch=epoch, item_prefix=prefix, item_first=first, item_last=first + 9, item_sort=sort
        )
        stand.books.store_news([piece(position, "codes", codes)], 1)

    def accepted(label: str = "") -> str:
        line = stand.desk.express.accept(accept(label=label), CLERK).lines[-1].line
        assert isinstance(line, ops.ItemAccepted)
        return line.number

    def refused(label: str) -> str:
        with pytest.raises(Refused) as no:
            accepted(label)
        return no.value.code

    with stand.books.reading() as books:
        left = books.item_numbers_left()
    told(500, 1, "EE", 501, "roll")
    told(501, 1, "EE", 701, "reserve")
    told(502, 1, "CP", 101, "roll")
    # Of the machine before: a new epoch continues no old range, on paper neither.
    told(503, 7, "EE", 901, "roll")
    with stand.books.reading() as books:
        assert books.item_numbers_left() == left
    label = item_number("EE", 505)
    # In any order, and paid or not never twice.
    assert [accepted(label), accepted(item_number("EE", 502)), accepted()] == [
        label,
        item_number("EE", 502),
        item_number("EE", 10_000),
    ]
    basket = stand.desk.baskets.current()
    assert basket is not None
    for planned in basket.lines:
        stand.desk.baskets.void(CLERK, planned.line.operation)
    assert refused(label) == "E-151"
    assert {refused(item_number("EE", serial)) for serial in (500, 511, 901, 10_001)} == {"E-150"}
    assert refused(item_number("EE", 505, "TR")) == "E-150"
    assert refused(item_number("CP", 101)) == "E-153"
    reserve = item_number("EE", 703)
    assert refused(reserve) == "E-152"
    # An item that others have seen already is no new one.
    seen = item_number("EE", 506)
    assert scan(stand, seen) == ("saved", "saved")
    assert refused(seen) == "E-151"

    told(504, 1, "EZ", 701, "reserve")
    tariff = documents()["tariffs"].express[0]  # type: ignore[attr-defined]
    stand.change_tariffs(express=(replace(tariff, indicator="EZ"),))
    assert refused("") == "E-030"
    assert accepted(item_number("EZ", 703)) == item_number("EZ", 703)


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"sender": replace(FROM, address=" ")}, "E-001", "sender.address"),
        ({"sender": replace(FROM, phone="")}, "E-001", "sender.phone"),
        ({"addressee": replace(TO, postcode="")}, "E-001", "addressee.postcode"),
        ({"addressee": replace(TO, postcode="12")}, "I-005", "addressee.postcode"),
        ({"addressee": replace(TO, postcode="9999")}, "E-002", "addressee.postcode"),
        ({"addressee": replace(TO, name="Leyla")}, "I-009", "addressee.name"),
        ({"service": "pigeon"}, "E-003", "service"),
        ({"weight_grams": 0}, "E-010", "weight"),
    ],
)
def test_nothing_missing_is_accepted_and_no_number_is_lost_by_it(
    stand: Stand, changed: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(Refused, match=code) as refused:
        stand.desk.express.accept(accept(**changed), CLERK)
    assert refused.value.field == field
    with stand.books.reading() as books:
        assert books.item_numbers_left() == 1_000


def test_an_item_lives_by_its_scans_until_it_is_delivered(stand: Stand) -> None:
    assert scan(stand, ITEM, "EMG") == ("saved", "saved")
    assert scan(stand, f"]C0{ITEM.lower()}", "EDG") == ("saved", "saved")
    assert scan(stand, ITEM, "EMH") == ("refused", "reason_missing")
    assert scan(stand, ITEM, "EMH", reason="absent") == ("refused", "measure_missing")
    assert scan(stand, ITEM, "EMH", reason="aliens", measure="held") == ("refused", "reason_missing")
    # What the addressee refuses neither waits nor is tried again.
    assert scan(stand, ITEM, "EMH", reason="refused", measure="card_left") == ("refused", "goes_back")
    assert scan(stand, ITEM, "EMH", reason="refused", measure="aliens") == ("refused", "measure_missing")
    assert scan(stand, ITEM, "EMH", reason="absent", measure="card_left") == ("saved", "saved")
    assert scan(stand, ITEM, "EMI") == ("refused", "relation_missing")
    assert scan(stand, ITEM, "EMI", relation="self") == ("refused", "signatory_missing")
    assert scan(stand, ITEM, "EMI", **taken_by("Quliyev Rauf")) == ("saved", "saved")
    assert scan(stand, ITEM, "EDG") == ("refused", "ended")
    assert [event.event for event in stand.desk.tracking.timeline(ITEM)] == ["EMG", "EDG", "EMH", "EMI"]
    delivered = stand.bodies(ops.ItemScanned)[-1]
    assert isinstance(delivered, ops.ItemScanned)
    assert len(delivered.signatory) == 64


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "empty"),
        ("ABC", "length"),
        ("EE12345678", "length"),
        ("0123456789012", "format"),
        ("1234", "not_announced"),
    ],
)
def test_a_scan_that_is_no_item_says_why(stand: Stand, raw: str, reason: str) -> None:
    assert scan(stand, raw) == ("refused", reason)
    [refused] = stand.bodies(ops.ScanRefused)
    assert isinstance(refused, ops.ScanRefused)
    assert (refused.raw, refused.reason) == (raw, reason)


def test_a_wrong_digit_is_named_with_the_right_one(stand: Stand) -> None:
    right = int(ITEM[10])
    wrong = f"{ITEM[:10]}{(right + 1) % 10}{ITEM[11:]}"
    answer = stand.desk.tracking.scan(ScanItem(wrong, "EMG"), CLERK)
    assert (answer.verdict, answer.facts) == ("refused", {"number": wrong, "expected": right})


def test_a_second_scan_says_by_whom_and_when(stand: Stand) -> None:
    scan(stand, ITEM)
    stand.clock.pass_ms(120_000)
    answer = stand.desk.tracking.scan(ScanItem(ITEM, "EMG"), OTHER_CLERK)
    assert answer.verdict == "already"
    assert (answer.facts["by"], answer.facts["at_ms"]) == (CLERK.name, MORNING_MS)


def announced(stand: Stand, position: int, number: str) -> None:
    event = tidings.ItemEvent(number=number, event="EMC", office="1000", at_ms=MORNING_MS, postcode="AZ5002")
    stand.books.store_news([piece(position, "item.event", event)], 1)


def test_four_last_digits_find_an_announced_item_or_ask_which(stand: Stand) -> None:
    first, second = item_number("EE", 1_234), item_number("EE", 900_000_00 // 10)
    announced(stand, 100, first)
    assert scan(stand, first[7:11]) == ("saved", "saved")
    announced(stand, 101, second)
    twin = next(
        number
        for number in (item_number("CP", serial) for serial in range(0, 99_999_999, 1))
        if number[7:11] == second[7:11]
    )
    announced(stand, 102, twin)
    answer = stand.desk.tracking.scan(ScanItem(second[7:11], "EMG"), CLERK)
    assert (answer.verdict, set(answer.choices)) == ("choose", {second, twin})


def test_the_last_scan_is_taken_back_within_a_minute_by_whom_it_was_made(stand: Stand) -> None:
    scan(stand, ITEM)
    with pytest.raises(Refused, match="E-040"):
        stand.desk.tracking.void_last(OTHER_CLERK)
    stand.clock.pass_ms(60_000)
    stand.desk.tracking.void_last(CLERK)
    assert [event.voided for event in stand.desk.tracking.timeline(ITEM)] == [True]
    with pytest.raises(Refused, match="E-040"):
        stand.desk.tracking.void_last(CLERK)
    assert scan(stand, ITEM) == ("saved", "saved")
    stand.clock.pass_ms(60_001)
    with pytest.raises(Refused, match="E-040"):
        stand.desk.tracking.void_last(CLERK)


def test_later_a_supervisor_takes_it_back(stand: Stand) -> None:
    recorded = stand.desk.tracking.scan(ScanItem(ITEM, "EMG"), CLERK).recorded
    stand.clock.pass_ms(3_600_000)
    void = stand.desk.tracking.void
    with pytest.raises(Refused, match="S-012"):
        void(recorded.operation, "op-1", "səhv", CLERK, None)
    void(recorded.operation, "op-1", "səhv", CLERK, approval("op-1", SUPERVISOR))
    with pytest.raises(Refused, match="E-042"):
        void(recorded.operation, "op-2", "səhv", CLERK, approval("op-2", SUPERVISOR))
    with pytest.raises(Refused, match="E-041"):
        void("no such scan", "op-3", "səhv", CLERK, approval("op-3", SUPERVISOR))


def test_events_of_other_places_are_not_scanned_here(stand: Stand) -> None:
    with pytest.raises(Refused, match="E-020"):
        stand.desk.tracking.scan(ScanItem(ITEM, "EMC"), CLERK)
    for event in events_at(("office",)):
        assert Texts("az").t(event.text_key)
