"""What is scanned at which office: the events of its kind, and what has to be said with each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Branch
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.mail.moves import EVENTS, LOCAL
from azpost_desk.domain.mail.proof import Proof, Signature
from azpost_desk.domain.mail.scanning import EVENTS_AT, event_here, events_at
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol import news as tidings
from azpost_desk.services.scan_items import ScanItem
from azpost_desk.texts import Texts
from tests.services.counters import CLERK
from tests.services.test_express import scan, taken_by
from tests.storage.desks import piece

if TYPE_CHECKING:
    from tests.services.counters import Stand

ITEM = item_number("EE", 876_543)
S9 = "AZBAKATRISTAAEN60001001010045"


def becomes(stand: Stand, *kinds: str) -> None:
    """The centre says what is done with mail here."""
    with stand.books.reading() as books:
        branch = books.document(Branch, books.day().date)
    told = tidings.Reference(
        name="branch",
        version=9,
        valid_from="2026-01-01",
        content=msgspec.Raw(msgspec.json.encode(msgspec.structs.replace(branch, mail=kinds))),
    )
    stand.books.store_news([piece(700, "reference", told)], 1)


def test_every_event_is_scanned_somewhere_and_every_word_has_its_sentence() -> None:
    here = events_at(EVENTS_AT)
    assert {one.code for one in here} - set(LOCAL) == set(EVENTS)
    for language in ("az", "ru", "en"):
        texts = Texts(language)
        for event in here:
            assert texts.has(event.text_key), event
            for need in event.needs:
                assert texts.has(f"express.scan.{need}_missing"), need
                for word in event.offers(need):
                    assert texts.has(f"express.{need}.{word}"), word


def test_an_office_scans_the_events_of_its_kind_and_no_others(stand: Stand) -> None:
    assert [one.code for one in stand.desk.tracking.events_here()][:3] == ["EMA", "EMG", "EDG"]
    with pytest.raises(Refused, match="E-020"):
        stand.desk.tracking.scan(ScanItem(ITEM, "EMD"), CLERK)
    becomes(stand, "exchange", "sorting")
    codes = [one.code for one in stand.desk.tracking.events_here()]
    assert (codes[0], codes[-2:]) == ("EMD", ["EDD", "EDE"])
    assert scan(stand, ITEM, "EMD") == ("saved", "saved")
    with pytest.raises(Refused, match="E-020"):
        stand.desk.tracking.scan(ScanItem(ITEM, "EDG"), CLERK)
    # A kind that only a newer program knows adds nothing.
    assert events_at(("office", "drone")) == events_at(("office",))


def test_through_customs_with_a_reason_each_time(stand: Stand) -> None:
    becomes(stand, "exchange")
    assert scan(stand, ITEM, "EMD") == ("saved", "saved")
    assert scan(stand, ITEM, "EDB") == ("saved", "saved")
    assert scan(stand, ITEM, "EME") == ("refused", "reason_missing")
    assert scan(stand, ITEM, "EME", reason="absent") == ("refused", "reason_missing")
    assert scan(stand, ITEM, "EME", reason="invoice") == ("saved", "saved")
    assert scan(stand, ITEM, "EDC", reason="invoice") == ("refused", "reason_missing")
    assert scan(stand, ITEM, "EDC", reason="no_duty") == ("saved", "saved")
    with stand.books.reading() as books:
        life = books.item_lives(ITEM)[-1]
    assert (life.state, life.custody) == ("inward", "desk")


def test_an_item_without_advance_data_is_handled_at_the_hub_and_does_not_leave_it(stand: Stand) -> None:
    becomes(stand, "exchange")
    assert scan(stand, ITEM, "EMB") == ("saved", "saved")

    def told(state: str, at_ms: int) -> None:
        order = tidings.ItemOrder(order="o", number=ITEM, kind="advance", state=state, at_ms=at_ms)
        stand.books.store_news([piece(800 + at_ms, "item.order", order)], 1)

    told("open", 1)
    left = {"receptacle": S9, "signatory": "Quliyev Rauf"}
    assert scan(stand, ITEM, "EMC", **left) == ("stopped", "stopped_advance")
    assert scan(stand, ITEM, "EXA") == ("saved", "saved")
    assert scan(stand, ITEM, "EMC", **left) == ("stopped", "stopped_advance")
    told("lifted", 2)
    assert scan(stand, ITEM, "EMC", **left) == ("saved", "saved")


@pytest.mark.parametrize(
    ("event", "label", "verdict"),
    [
        ("EMC", S9, "saved"),
        ("EMC", f" {S9[:10].lower()} {S9[10:]}", "saved"),
        ("EMC", "BAG-000123", "refused"),
        ("EMC", S9[:-1], "refused"),
        ("EMF", "bag-000123", "saved"),
        ("EMF", "x", "refused"),
        ("EMF", "kisə 7", "refused"),
    ],
)
def test_a_hand_over_says_in_what_and_to_whom(stand: Stand, event: str, label: str, verdict: str) -> None:
    becomes(stand, "exchange")
    scan(stand, ITEM, "EMD" if event == "EMF" else "EMB")
    assert scan(stand, ITEM, event, receptacle=label) == (
        ("refused", "signatory_missing") if verdict == "saved" else ("refused", "receptacle_missing")
    )
    answer = scan(stand, ITEM, event, receptacle=label, signatory="Quliyev Rauf")
    assert answer[0] == verdict
    if verdict == "saved":
        body = stand.bodies(ops.ItemScanned)[-1]
        assert isinstance(body, ops.ItemScanned)
        assert body.receptacle == "".join(label.split()).upper()
        # Who took it over is personal data: the record holds its commitment.
        assert len(body.signatory) == 64
        assert stand.desk.tracking.timeline(ITEM)[-1].detail == body.receptacle


@pytest.mark.parametrize(
    ("until", "verdict"),
    [("2026-11-23", "saved"), ("2026-11-22", "refused"), ("23.11.2026", "refused"), ("2026-W48", "refused")],
)
def test_held_until_a_day_that_has_not_passed(stand: Stand, until: str, verdict: str) -> None:
    scan(stand, ITEM, "EMG")
    assert scan(stand, ITEM, "EDF", reason="customer_request", until=until)[0] == verdict


def test_sent_back_or_given_up_by_the_measure(stand: Stand) -> None:
    for serial, measure, state in ((1, "returned", "inland.back"), (2, "ended", "ended")):
        number = item_number("EE", 700_000 + serial)
        scan(stand, number, "EMG")
        assert scan(stand, number, "EDX", reason="refused", measure=measure) == ("saved", "saved")
        with stand.books.reading() as books:
            assert books.item_lives(number)[-1].state == state
    assert event_here("EDX").measures == ("returned", "ended")


SIGNED = Signature(360, 140, ((20, 20, 100, 100),))


@pytest.mark.parametrize(
    ("before", "said", "verdict"),
    [
        # At a counter something is shown, at the door only by whoever is not the addressee.
        ("EMG", {"document": ""}, "document_missing"),
        ("EMG", {}, "saved"),
        ("EDG", {"document": ""}, "saved"),
        ("EDG", {"relation": "neighbour", "document": ""}, "document_missing"),
        ("EDG", {"relation": "neighbour"}, "saved"),
        ("EDG", {"relation": "cat"}, "relation_missing"),
        ("EMG", {"signed": ""}, "signed_missing"),
        ("EMG", {"signed": "screen"}, "signed_missing"),
        ("EMG", {"signed": "screen", "signature": SIGNED}, "saved"),
        ("EMG", {"signed": "screen", "signature": Signature(360, 140, ())}, "signed_missing"),
        ("EMG", {"signed": "screen", "signature": Signature(360, 140, ((1, 2, 3),))}, "signed_missing"),
        ("EMG", {"signed": "screen", "signature": Signature(360, 140, ((1, 2, 360, 3),))}, "signed_missing"),
        ("EMG", {"signed": "screen", "signature": SIGNED, "picture": bytes(40_000)}, "signed_missing"),
    ],
)
def test_what_a_delivery_is_proven_by(
    stand: Stand, before: str, said: dict[str, object], verdict: str
) -> None:
    for event in dict.fromkeys(("EMG", before)):
        scan(stand, ITEM, event)
    command = ScanItem(ITEM, "EMI", **taken_by("Quliyev Rauf") | said)  # type: ignore[arg-type]
    answer = stand.desk.tracking.scan(command, CLERK)
    assert answer.key == f"express.scan.{verdict}"


def test_four_digits_find_an_item_and_never_hand_it_over(stand: Stand) -> None:
    event = tidings.ItemEvent(number=ITEM, event="EMF", office="1000", at_ms=1, postcode="AZ5002")
    stand.books.store_news([piece(701, "item.event", event)], 1)
    assert scan(stand, ITEM[7:11], "EMI", **taken_by("Quliyev Rauf")) == ("refused", "whole_label")
    assert scan(stand, ITEM, "EMI", **taken_by("Quliyev Rauf")) == ("saved", "saved")


def test_a_proof_lies_beside_the_record_and_never_in_it(stand: Stand) -> None:
    said: dict[str, object] = taken_by("Quliyev Rauf") | {"signed": "screen", "signature": SIGNED}
    command = ScanItem(ITEM, "EMI", **said)  # type: ignore[arg-type]
    recorded = stand.desk.tracking.scan(command, CLERK).recorded
    body = stand.bodies(ops.ItemScanned)[-1]
    assert isinstance(body, ops.ItemScanned)
    assert {len(body.signatory), len(body.proof)} == {64}
    assert b"AA1234567" not in msgspec.json.encode(body)
    with stand.books.reading() as books:
        kept = books.attachment(recorded.operation, "proof")
    assert kept is not None
    assert msgspec.json.decode(kept, type=Proof) == Proof("AZE AA1234567", SIGNED)
    assert stand.books.check().is_sound
