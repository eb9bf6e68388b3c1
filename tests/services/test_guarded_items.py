"""Items of value and in person: code and document, no other hand, news of orders that is not old."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.mail.guarded import IN_PERSON, VALUE, guarded
from azpost_desk.domain.mail.history import history
from azpost_desk.domain.mail.prices import AdvanceDemand, MailAbroad
from azpost_desk.domain.mail.proof import Proof
from azpost_desk.protocol import news as tidings
from azpost_desk.services.express import AcceptItem
from azpost_desk.services.scan_items import ScanItem
from tests.services.counters import CLERK
from tests.services.test_express import scan, taken_by
from tests.services.test_labels import FROM, HERE
from tests.services.test_mail_events import S9, becomes
from tests.storage.desks import piece

if TYPE_CHECKING:
    from tests.services.counters import Stand

INSURED = item_number("VA", 876_543)
PERSONAL = item_number("EE", 876_545)
PLAIN = item_number("EE", 876_546)
HOUR_MS = 3_600_000
TAKEN = taken_by("Quliyev Rauf")
BOTH = pytest.mark.parametrize("number", [INSURED, PERSONAL])


def here(stand: Stand, number: str, desk: str = "") -> None:
    """It came to this office, taken in at this desk or at another one of it."""
    branch = stand.books.identity().branch
    sent = tidings.ItemEvent(
        number=number, event="EMA", office="1000", at_ms=1, postcode="AZ5002", operation=f"{number}-ema",
        desk="1000-1", epoch=1, sequence=1, reason=IN_PERSON if number == PERSONAL else "",
    )  # fmt: skip
    stand.books.store_news([piece(900, "item.event", sent)], 1)
    if not desk:
        assert scan(stand, number, "EMG") == ("saved", "saved")
        return
    came = msgspec.structs.replace(
        sent, event="EMG", office=branch, at_ms=2, operation=f"{number}-emg", desk=desk, reason=""
    )
    stand.books.store_news([piece(901, "item.event", came)], 1)


def tell_code(stand: Stand, number: str) -> None:
    branch = stand.books.identity().branch
    told = tidings.ItemCode(
        number=number, code="id", office=branch, state="standing", at_ms=1, hash="$argon2id$402917"
    )
    stand.books.store_news([piece(950, "item.code", told)], 1)


@BOTH
def test_a_code_alone_is_not_enough_and_the_document_comes_with_it(stand: Stand, number: str) -> None:
    here(stand, number)
    tell_code(stand, number)
    said = {"relation": "self", "signed": "paper", "code": "402917"}
    assert scan(stand, number, "EMI", **said) == ("refused", "document_too")
    assert scan(stand, number, "EMI", **said, document="AZE AA1234567") == ("saved", "saved")


def test_in_person_forbids_another_person_and_value_does_not(stand: Stand) -> None:
    for number in (PERSONAL, INSURED):
        here(stand, number)
    for relation in ("family", "authorised"):
        other = TAKEN | {"relation": relation}
        assert scan(stand, PERSONAL, "EMI", **other) == ("refused", "in_person_only")
    assert scan(stand, INSURED, "EMI", **TAKEN | {"relation": "family"}) == ("saved", "saved")
    # Its sender, to whom it goes back, may send somebody.
    assert scan(stand, PERSONAL, "EDX", reason="refused", measure="returned") == ("saved", "saved")
    with stand.books.reading() as books:
        life = books.item_lives(PERSONAL)[-1]
    assert guarded(PERSONAL, life, [f"{PERSONAL}-ema"]) == frozenset()


@BOTH
def test_with_old_news_of_stop_orders_somebody_answers_by_telephone_first(stand: Stand, number: str) -> None:
    here(stand, number)
    stand.line.online, stand.line.heard_ms = False, stand.line.trusted_ms() - 24 * HOUR_MS
    known_ms = stand.line.heard_ms = stand.line.heard_ms - 1
    assert scan(stand, number, "EMI", **TAKEN) == ("refused", "ask_by_phone")
    assert scan(stand, number, "EMI", **TAKEN, asked="Məmmədova Nigar") == ("saved", "saved")
    body = stand.bodies(ops.ItemScanned)[-1]
    assert isinstance(body, ops.ItemScanned)
    assert (body.asked, body.orders_ms) == (True, known_ms)
    # Who answered lies beside the record, not in it.
    assert b"Nigar" not in msgspec.json.encode(body)
    with stand.books.reading() as books:
        events = books.item_events(number)
        kept = books.attachment(events[-1].operation, "proof")
    assert kept is not None
    assert msgspec.json.decode(kept, type=Proof).asked == "Məmmədova Nigar"


@pytest.mark.parametrize("nobody", ["\u200b", "\u202e", "\0", "\ud800", " \u2060 "])
def test_what_nobody_can_read_names_nobody_and_is_no_document(stand: Stand, nobody: str) -> None:
    here(stand, INSURED)
    for part, reason in (("signatory", "signatory_missing"), ("document", "document_missing")):
        assert scan(stand, INSURED, "EMI", **TAKEN | {part: nobody}) == ("refused", reason)
    stand.line.online, stand.line.heard_ms = False, 1
    assert scan(stand, INSURED, "EMI", **TAKEN, asked=nobody) == ("refused", "ask_by_phone")
    stand.line.online = True
    tell_code(stand, INSURED)
    coded = {"relation": "self", "signed": "paper", "code": "402917", "document": nobody}
    assert scan(stand, INSURED, "EMI", **coded) == ("refused", "document_too")


def test_news_of_a_time_that_is_still_to_come_are_old_ones(stand: Stand) -> None:
    here(stand, INSURED)
    stand.line.online, stand.line.heard_ms = False, stand.line.trusted_ms() + 5 * 365 * 24 * HOUR_MS
    assert scan(stand, INSURED, "EMI", **TAKEN) == ("refused", "ask_by_phone")


def test_a_line_that_still_brings_the_news_of_days_makes_them_no_younger(stand: Stand) -> None:
    here(stand, INSURED)
    stand.line.is_behind, stand.line.heard_ms = True, stand.line.trusted_ms() - 30 * HOUR_MS
    assert scan(stand, INSURED, "EMI", **TAKEN) == ("refused", "ask_by_phone")
    stand.line.is_behind = False
    assert scan(stand, INSURED, "EMI", **TAKEN) == ("saved", "saved")


def test_nothing_leaves_a_hub_by_news_of_a_time_that_is_still_to_come(stand: Stand) -> None:
    becomes(stand, "exchange")
    demands(stand, "TR")
    stand.line.online, stand.line.heard_ms = False, stand.line.trusted_ms() + 5 * 365 * 24 * HOUR_MS
    assert scan(stand, PLAIN, "EMB") == ("saved", "saved")
    left = {"receptacle": S9, "signatory": "Quliyev Rauf"}
    assert scan(stand, PLAIN, "EMC", **left) == ("stopped", "advance_unheard")


def test_an_acceptance_by_a_clock_that_is_ahead_says_in_person_all_the_same(stand: Stand) -> None:
    branch = stand.books.identity().branch
    for at, (event, office, desk) in enumerate(
        [("EMG", branch, f"{branch}-9"), ("EMA", "1000", "1000-1")], start=1
    ):
        told = tidings.ItemEvent(
            number=PERSONAL, event=event, office=office, at_ms=at * HOUR_MS, operation=event, desk=desk,
            epoch=1, sequence=1, reason=IN_PERSON if event == "EMA" else "",
        )  # fmt: skip
        stand.books.store_news([piece(900 + at, "item.event", told)], 1)
    with stand.books.reading() as books:
        life = books.item_lives(PERSONAL)[-1]
    assert [one.mark for one in life.steps] == ["", "contradiction"]
    other = TAKEN | {"relation": "family"}
    assert scan(stand, PERSONAL, "EMI", **other) == ("refused", "in_person_only")
    # A sale that was undone says nothing of the item that got the number instead.
    voided = history(replace(one.event, voided=one.event.code == "EMA") for one in life.steps)
    assert guarded(PERSONAL, voided, ["EMA"]) == frozenset()


def test_news_within_the_limit_and_any_other_item_need_no_telephone(stand: Stand) -> None:
    for number in (INSURED, PLAIN):
        here(stand, number)
    stand.line.online, stand.line.heard_ms = False, stand.line.trusted_ms() - 24 * HOUR_MS
    assert scan(stand, INSURED, "EMI", **TAKEN) == ("saved", "saved")
    stand.line.heard_ms = 1
    assert scan(stand, PLAIN, "EMI", **TAKEN) == ("saved", "saved")


@BOTH
def test_off_line_only_the_desk_that_took_it_in_hands_it_over(stand: Stand, number: str) -> None:
    here(stand, number, desk=f"{stand.books.identity().branch}-9")
    stand.line.online, stand.line.heard_ms = False, stand.line.trusted_ms()
    assert scan(stand, number, "EMI", **TAKEN) == ("refused", "guarded_elsewhere")
    stand.line.online = True
    assert scan(stand, number, "EMI", **TAKEN) == ("saved", "saved")


def test_an_item_sold_as_in_person_says_so_in_its_acceptance(stand: Stand) -> None:
    wanted = replace(AcceptItem(FROM, HERE, 400, "ems"), in_person=True)
    line = stand.desk.express.accept(wanted, CLERK).lines[-1].line
    assert isinstance(line, ops.ItemAccepted)
    assert line.in_person
    stand.pay(10_000)
    [event] = stand.desk.tracking.timeline(line.number)
    assert (event.event, event.reason) == ("EMA", IN_PERSON)
    assert scan(stand, line.number, "EMG") == ("saved", "saved")
    assert scan(stand, line.number, "EMI", **TAKEN | {"relation": "family"}) == ("refused", "in_person_only")
    assert stand.books.rebuild() == []


def test_value_is_what_the_number_says() -> None:
    assert guarded(INSURED, history(()), ()) == {VALUE}
    assert guarded(PLAIN, history(()), ()) == frozenset()


def demands(stand: Stand, *countries: str) -> None:
    """The centre says which countries demand advance data."""
    prices = MailAbroad(
        version="1", advance=tuple(AdvanceDemand(country=one, valid_from="2026-01-01") for one in countries)
    )
    content = msgspec.Raw(msgspec.json.encode(prices))
    told = tidings.Reference(name="mail_abroad", version=9, valid_from="2026-01-01", content=content)
    stand.books.store_news([piece(710, "reference", told)], 1)


def test_a_hub_with_old_news_lets_nothing_leave_before_somebody_answers_and_says_what_it_knew(
    stand: Stand,
) -> None:
    becomes(stand, "exchange")
    left = {"receptacle": S9, "signatory": "Quliyev Rauf"}
    stand.line.online, stand.line.heard_ms = False, stand.line.trusted_ms() - 24 * HOUR_MS - 1
    assert scan(stand, PLAIN, "EMB") == ("saved", "saved")
    demands(stand, "TR")
    answer = stand.desk.tracking.scan(ScanItem(PLAIN, "EMC", **left), CLERK)  # type: ignore[arg-type]
    assert (answer.verdict, answer.key) == ("stopped", "express.scan.advance_unheard")
    # What is known to lack it does not leave, whoever answers.
    order = tidings.ItemOrder(order="o", number=PLAIN, kind="advance", state="open", at_ms=1)
    stand.books.store_news([piece(720, "item.order", order)], 1)
    assert scan(stand, PLAIN, "EMC", **left, asked="Nigar") == ("stopped", "stopped_advance")
    stand.books.store_news(
        [piece(721, "item.order", msgspec.structs.replace(order, state="lifted", at_ms=2))], 1
    )
    assert scan(stand, PLAIN, "EMC", **left, asked="Nigar") == ("saved", "saved")
    body = stand.bodies(ops.ItemScanned)[-1]
    assert isinstance(body, ops.ItemScanned)
    assert (body.asked, body.orders_ms) == (True, stand.line.heard_ms)


@pytest.mark.parametrize(("countries", "age_hours"), [((), 500), (("TR",), 24)])
def test_nobody_is_asked_where_no_country_demands_data_or_the_news_are_fresh(
    stand: Stand, countries: tuple[str, ...], age_hours: int
) -> None:
    becomes(stand, "exchange")
    assert scan(stand, PLAIN, "EMB") == ("saved", "saved")
    demands(stand, *countries)
    stand.line.online, stand.line.heard_ms = False, stand.line.trusted_ms() - age_hours * HOUR_MS
    assert scan(stand, PLAIN, "EMC", receptacle=S9, signatory="Quliyev Rauf") == ("saved", "saved")


@BOTH
def test_no_desk_makes_an_item_its_own_by_laying_it_where_it_is_fetched(stand: Stand, number: str) -> None:
    here(stand, number, desk=f"{stand.books.identity().branch}-9")
    stand.line.online, stand.line.heard_ms = False, stand.line.trusted_ms()
    assert scan(stand, number, "EDH") == ("saved", "saved")
    assert scan(stand, number, "EMI", **TAKEN) == ("refused", "guarded_elsewhere")
    # Sent on and come back it is taken in anew, by whoever scans it first.
    assert scan(stand, number, "EMH", reason="moved", measure="forwarded") == ("saved", "saved")
    assert scan(stand, number, "EMG") == ("saved", "saved")
    assert scan(stand, number, "EMI", **TAKEN) == ("saved", "saved")
