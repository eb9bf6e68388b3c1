"""A biller that speaks JSON: what its echo has to say, what its key and its "not found" are worth (MC-11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.central.gateways.bill_json import JsonBiller
from azpost_desk.central.gateways.billers import Confirmed, Unknown
from azpost_desk.domain.delivery_moves import DELIVERED
from azpost_desk.domain.money import azn
from azpost_desk.rehearsal.json_providers import BILLER_KEY, JsonProvider
from azpost_desk.rehearsal.providers import DEMO_BILLERS
from tests.central.bill_office import ACCOUNT, BILLER, Office

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.central.desks import ManualClock

NOW = 1_795_000_000_000


@pytest.fixture
def provider() -> Iterator[JsonProvider]:
    with JsonProvider(DEMO_BILLERS) as provider:
        yield provider


@pytest.fixture
def office(postgres: str, clock: ManualClock, provider: JsonProvider) -> Iterator[Office]:
    from azpost_desk.central.checking import check

    biller = client(provider, clock)
    office = Office(postgres, clock, provider, connected=False, portals={BILLER: biller})
    yield office
    office.centre.stop()
    assert [verdict.broken for verdict in check(postgres) if not verdict.ok] == []


def client(provider: JsonProvider, clock: ManualClock | None = None, key: str = BILLER_KEY) -> JsonBiller:
    now_ms = clock.utc_ms if clock else lambda: NOW
    return JsonBiller(provider.url, key, now_ms=now_ms, service=BILLER, connect_s=2, answer_s=2)


def paid(provider: JsonProvider) -> int:
    """How often a payment was sent."""
    return sum(form["command"] == "pay" for form in provider.requests)


def test_the_key_travels_in_a_header_and_the_same_content_with_it(provider: JsonProvider) -> None:
    biller = client(provider)
    assert isinstance(biller.pay(7, ACCOUNT, azn(1_050), NOW), Confirmed)
    said = {"command": "pay", "txn_id": "7", "account": ACCOUNT, "sum": "10.50", "prv_id": BILLER}
    assert provider.requests == [said | {"paid_ms": str(NOW)}]


def test_an_echo_about_another_account_is_an_incident_whatever_it_says(provider: JsonProvider) -> None:
    biller = client(provider)
    provider.echoed_account = "1099999999"
    for outcome in (biller.pay(7, ACCOUNT, azn(500), NOW), biller.status(7, ACCOUNT, azn(500), NOW)):
        assert outcome == Unknown("wrong_account")
        assert outcome.incident
    assert biller.check(ACCOUNT) == Unknown("wrong_account")
    provider.echoed_account = ""
    assert isinstance(biller.status(7, ACCOUNT, azn(500), NOW), Confirmed)


def test_a_wrong_key_is_no_word_about_the_money(provider: JsonProvider) -> None:
    biller = client(provider, key="another")
    assert biller.pay(7, ACCOUNT, azn(500), NOW) == Unknown("http_status", "401")
    assert biller.check(ACCOUNT) == Unknown("http_status", "401")


def test_not_found_seconds_after_a_time_out_says_nothing(office: Office, provider: JsonProvider) -> None:
    provider.lose_sight()
    line = office.pay()
    office.later(15)  # asked: not found, and so soon that says nothing
    assert office.row(line.operation) == ("unknown", 2)
    assert paid(provider) == 1
    provider.arrive()
    office.later(60)
    assert office.row(line.operation)[0] == "confirmed"
    assert (paid(provider), len(provider.register())) == (1, 1)


def test_not_found_after_the_waiting_time_is_sent_again_under_the_same_key(
    office: Office, provider: JsonProvider
) -> None:
    provider.lose_sight()
    line = office.pay()
    office.later(15)
    office.later(120)
    assert office.row(line.operation)[0] == "confirmed"
    keys = [form["txn_id"] for form in provider.requests if form["command"] == "pay"]
    assert len(keys) == 2
    assert len(set(keys)) == 1
    provider.arrive()  # the first one after all: the same payment
    assert len(provider.register()) == 1


def test_past_the_life_of_its_key_only_people_find_out(office: Office, provider: JsonProvider) -> None:
    provider.fail_next("answer_lost")
    line = office.pay()
    provider.forget()
    office.later(25 * 3_600)
    assert (office.row(line.operation)[0], paid(provider)) == ("unproven", 1)
    assert office.reasons() == ["biller_key_over"]
    assert office.results() == [(line.operation, "unknown")]
    office.later(48 * 3_600)
    assert paid(provider) == 1
    assert office.decide(line.operation, DELIVERED) == "confirmed"


def test_a_question_is_still_answered_past_the_life_of_a_key(office: Office, provider: JsonProvider) -> None:
    provider.fail_next("answer_lost")
    line = office.pay()
    office.later(25 * 3_600)
    assert (office.row(line.operation)[0], paid(provider)) == ("confirmed", 1)


def test_an_echo_that_is_not_ours_is_looked_into_and_asked_again(
    office: Office, provider: JsonProvider
) -> None:
    provider.echoed_account = "1099999999"
    line = office.pay()
    assert (office.row(line.operation)[0], office.reasons()) == ("unknown", ["biller_wrong_account"])
    provider.echoed_account = ""
    office.later(60)
    assert office.row(line.operation)[0] == "confirmed"
