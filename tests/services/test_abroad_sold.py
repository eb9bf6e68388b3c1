"""Money over the border at a counter: sold by the centre's price, and whom a customer sent to before."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.people import ReceiverAbroad
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.services.abroad import SendAbroad
from tests.fakes.abroad import STANDS_MS, abroad_at
from tests.services.counters import CLERK, SENDER, Stand, ended, stand_at_work

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NINO = ReceiverAbroad(name="Nino Beridze", latin="Beridze Nino", country="GE", town="Tbilisi")


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    made = stand_at_work(tmp_path / "desk")
    yield made
    ended(made)


def send(stand: Stand, receiver: ReceiverAbroad = NINO) -> SendAbroad:
    quote = stand.desk.abroad.quote("GE-CASH", "arrives", Money(50_000, "GEL"), CLERK)
    command = SendAbroad(quote, SENDER, "Aliyev Vugar", receiver, "FAMI", "keys", "Sumgait", "Nizami 5")
    stand.desk.abroad.send(command, CLERK)
    return command


def test_a_customers_receivers_abroad_are_known_again(stand: Stand) -> None:
    """Each once, the newest first, in the country meant, with the Latin forms that were agreed to."""
    abroad_at(stand)
    davit = replace(NINO, name="Davit Lomidze", latin="Lomidze Davit")
    for receiver in (NINO, davit, NINO):
        send(stand, receiver)
        stand.pay(40_000)
        stand.clock.now_ms += 60_000
    (file,) = stand.desk.customers.find("5ZK9XYZ")
    known = stand.desk.abroad.receivers(file.customer, "GE")
    assert [one.receiver for one in known] == [NINO, davit]
    assert (known[0].sender_latin, known[0].sender_town_latin) == ("Aliyev Vugar", "Sumgait")
    assert stand.desk.abroad.receivers(file.customer, "KZ") == []
    assert stand.desk.abroad.receivers("somebody else", "GE") == []


def test_a_price_is_the_centres_and_runs_out(stand: Stand) -> None:
    prices = abroad_at(stand)
    quote = stand.desk.abroad.quote("GE-CASH", "arrives", Money(50_000, "GEL"), CLERK)
    # 500 lari at 0.6271 manat are 313.55 manat.
    assert (azn(quote.terms.total_qapik), quote.arrives) == (azn(31_855), Money(50_000, "GEL"))
    paid = stand.desk.abroad.quote("GE-CASH", "paid", azn(31_855), CLERK)
    assert paid.arrives == Money(50_000, "GEL")
    stand.clock.now_ms += STANDS_MS + 1
    with pytest.raises(Refused, match="A-041"):
        stand.desk.abroad.send(SendAbroad(quote, SENDER, "Aliyev Vugar", NINO, "FAMI"), CLERK)
    prices.says_no = "A-013"
    with pytest.raises(Refused, match="A-013"):
        stand.desk.abroad.quote("GE-CASH", "arrives", Money(50_000, "GEL"), CLERK)
    stand.line.online = False
    with pytest.raises(Trouble, match="L-001"):
        stand.desk.abroad.quote("GE-CASH", "arrives", Money(50_000, "GEL"), CLERK)


def test_above_the_threshold_the_travel_rule_asks_when_the_sender_was_born(stand: Stand) -> None:
    """MA-14: at the sale, not after it was paid: a message without it must not leave."""
    abroad_at(stand)
    quote = stand.desk.abroad.quote("GE-CASH", "arrives", Money(300_000, "GEL"), CLERK)
    command = SendAbroad(quote, SENDER, "Aliyev Vugar", NINO, "FAMI", "keys", "Sumgait", "Nizami 5")
    with pytest.raises(Refused) as refused:
        stand.desk.abroad.send(command, CLERK)
    assert (refused.value.code, refused.value.field) == ("A-028", "sender.born")
    basket = stand.desk.abroad.send(dataclasses.replace(command, sender_born="1980-02-29"), CLERK)
    assert len(basket.lines) == 1
