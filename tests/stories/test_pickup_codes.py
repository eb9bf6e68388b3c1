"""Orxan is told by text message that his item lies in Bakı 10, and fetches it with six digits, off line."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain.days import BAKU_OFFSET_MS
from azpost_desk.programs.desk_parts import Argon2
from azpost_desk.services.scan_items import ScanItem
from tests.services.test_express import taken_by
from tests.stories.test_express import accept, states
from tests.stories.test_messages import network as network
from tests.stories.test_messages import place as place
from tests.stories.town import DAY_MS, ORXAN

if TYPE_CHECKING:
    from azpost_desk.rehearsal.text_messages import SandboxSms
    from azpost_desk.services.tracking import Tracking
    from tests.stories.test_messages import MessagingTown
    from tests.stories.town import Seat

MINUTE_MS, HOUR_MS = 60_000, 3_600_000


@pytest.fixture
def counter(baku: Seat) -> Tracking:
    """The scans of Bakı 10, which check codes as a real desk does."""
    return dataclasses.replace(baku.services.tracking, hasher=Argon2())


def scan(place: MessagingTown, seat: Seat, counter: Tracking, number: str, event: str, **more: str) -> str:
    place.clock.pass_ms(MINUTE_MS)
    return counter.scan(ScanItem(number, event, **more), seat.clerk).key.rpartition(".")[2]


def arrived(place: MessagingTown, ganja: Seat, baku: Seat, counter: Tracking) -> str:
    """An item for Orxan is scanned in at Bakı 10 and everybody has heard of it; its number."""
    number = accept(ganja, 500)
    place.sync()
    assert scan(place, baku, counter, number, "EMG") == "saved"
    place.sync()
    return number


def codes(network: SandboxSms) -> list[str]:
    """The codes that left, in order."""
    found = [re.search(r"Kod ([0-9]{6}):", one.text) for one in network.kept.values()]
    return [one[1] for one in found if one]


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


TAKEN = {"relation": "self", "signed": "paper"}


def test_told_by_message_and_fetched_with_the_code_off_line(
    place: MessagingTown, network: SandboxSms, ganja: Seat, baku: Seat, counter: Tracking
) -> None:
    number = arrived(place, ganja, baku, counter)
    [told] = network.kept.values()
    assert (told.to, f"…{number[7:11]} " in told.text) == (ORXAN.phone, True)
    [code] = codes(network)
    assert place.states() == [("item_arrived", "delivered")]
    baku.go_offline()
    assert scan(place, baku, counter, number, "EMI", code=another(code), **TAKEN) == "wrong_code"
    assert scan(place, baku, counter, number, "EMI", code=code, **TAKEN) == "saved"
    baku.go_online()
    place.sync()
    assert states(place, number, ganja, baku) == {("delivered", "person")}
    assert place.ask("select state, hash, wrong from pickup_codes") == [("void", "", 1)]
    # Neither the journals nor the centre hold what was told him.
    for seat in (ganja, baku):
        with seat.books.reading() as books:
            assert all(code.encode() not in record.body for record, _ in books.records())
    assert place.ask("select facts from messages where kind = 'item_arrived'") == [("",)]


def test_said_wrongly_three_times_a_document_is_shown(
    place: MessagingTown, network: SandboxSms, ganja: Seat, baku: Seat, counter: Tracking
) -> None:
    number = arrived(place, ganja, baku, counter)
    [code] = codes(network)
    for _ in range(3):
        assert scan(place, baku, counter, number, "EMI", code=another(code), **TAKEN) == "wrong_code"
    assert scan(place, baku, counter, number, "EMI", code=code, **TAKEN) == "code_locked"
    place.sync()
    assert place.ask("select state, wrong from pickup_codes") == [("standing", 3)]
    assert scan(place, baku, counter, number, "EMI", **taken_by("Hüseynov Orxan")) == "saved"
    place.sync()
    assert states(place, number, ganja, baku) == {("delivered", "person")}


def test_an_arrival_taken_back_at_night_takes_its_notice_back(
    place: MessagingTown, network: SandboxSms, ganja: Seat, baku: Seat, counter: Tracking
) -> None:
    """Scanned at 22:00: the message waits for the morning, and the mistake is found before."""
    number = accept(ganja, 500)
    place.sync()
    of_day_ms = (place.clock.utc_ms() + BAKU_OFFSET_MS) % DAY_MS
    place.clock.pass_ms(22 * HOUR_MS - of_day_ms)
    assert scan(place, baku, counter, number, "EMG") == "saved"
    place.sync()
    assert place.states() == [("item_arrived", "created")]
    counter.void_last(baku.clerk)
    place.sync()
    assert place.states() == [("item_arrived", "withdrawn")]
    place.clock.pass_ms(11 * HOUR_MS)
    place.sync()
    assert network.kept == {}
    assert scan(place, baku, counter, number, "EMI", code="000000", **TAKEN) == "no_code"
