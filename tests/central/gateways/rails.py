"""The instant rail's connector before a sandbox rail: a request, money to send back, and what is heard."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from azpost_desk.central.gateways.abroad import Told
from azpost_desk.central.gateways.instant import (
    Back,
    PayRequest,
    Registered,
    rail_id,
)
from azpost_desk.central.gateways.iso20022 import check_message
from azpost_desk.central.gateways.iso_instant import InstantRail, Payee
from azpost_desk.central.gateways.iso_rules import RULES_INSTANT, broken_rules
from azpost_desk.central.gateways.iso_wire import Channel
from azpost_desk.domain.money import azn
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.rehearsal.instant_rail import PAYER, PAYER_ACCOUNT, SandboxRail

if TYPE_CHECKING:
    from azpost_desk.central.gateways.instant import Rail, Said

RAIL, OURS = "NABZAZ2C", "AZPOAZ22"
NOW = 1_795_000_000_000
PAYEE = Payee("Azərpoçt MMC", "Bakı", "AZ1000", "9402", "AZ12AZPO00000000000000000001", OURS)
REQUEST = PayRequest(rail_id("request", "r-1"), azn(1_250), NOW + 300_500)
BACK = Back(rail_id("back", "b-1"), "T00000001", azn(1_250), PAYER_ACCOUNT, PAYER, NOW)
OUR_KEY = SigningKey.new()


class Hands:
    """A clock that is set by hand."""

    now_ms = NOW


def rail_to(sandbox: SandboxRail, key: SigningKey = OUR_KEY, **changed: object) -> InstantRail:
    channel = Channel(sandbox.url, OURS, sandbox.key.public(), RAIL, answer_s=5)
    return InstantRail(replace(channel, **changed), key, PAYEE)  # type: ignore[arg-type]


def registered(rail: Rail, request: PayRequest = REQUEST) -> str:
    told = rail.register(request)
    assert isinstance(told, Registered)
    return told.code


def understood(rail: Rail, document: bytes) -> tuple[Said, ...]:
    assert check_message(document).valid
    assert broken_rules(document, RULES_INSTANT) == ()
    said = rail.read(document)
    assert isinstance(said, tuple)
    return said


def waiting(rail: Rail) -> list[Said]:
    """What waits for us, taken and told to be kept."""
    found = rail.fetch()
    assert isinstance(found, tuple)
    rail.fetched([number for number, _ in found])
    assert rail.fetch() == ()
    return [said for _, one in found for said in understood(rail, one)]


def sent_back(rail: Rail, back: Back = BACK) -> list[Said]:
    """What the rail says at once of money that goes back."""
    told = rail.hand(rail.give_back(back))
    assert isinstance(told, Told)
    return [said for one in told.documents for said in understood(rail, one)]
