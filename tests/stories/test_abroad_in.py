"""Money from over the border: from a partner that is not ours through the centre to the counter, or back."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from azpost_desk.central.abroad import agreements, returning
from azpost_desk.central.storage.database import connect
from azpost_desk.domain import accounts as chart
from azpost_desk.domain.money import Money
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.rehearsal import abroad_town
from azpost_desk.rehearsal.partner_sends import SendsHere
from azpost_desk.rehearsal.partner_statements import AccountThere
from azpost_desk.services.incoming import ClaimIncoming
from tests.stories.test_abroad import MINUTE_MS, Border
from tests.stories.town import BAKU, GANJA, LEYLA, Seat, town

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from azpost_desk.rehearsal.partner_sends import Sent
    from azpost_desk.rehearsal.partners import Entry
    from azpost_desk.services.grants import Claimed


class Coming(Border):
    """The border with customers of Tbilisi who send to receivers here."""

    def later(self, minutes: int) -> None:
        super().later(minutes)
        self.centre.settle()

    @property
    def sends(self) -> SendsHere:
        if not hasattr(self, "_sends"):
            self._sends = SendsHere(self.tbilisi)
            self._account = AccountThere(self.tbilisi, abroad_town.ACCOUNT, "GEL")
        return self._sends

    def credited(self, *_orders: Sent) -> None:
        """The statement of a day with what the orders brought."""
        self._account.close_day("2026-11-30")
        self.later(1)

    def switch_sending(self, *, on: bool) -> None:
        with self.centre.database.transaction() as conn:
            agreements.turn(conn, "tbilisi", agreements.SENDING, self.clock.utc_ms(), on=on, why="x")


@pytest.fixture
def border(postgres: str, tmp_path: Path) -> Iterator[Coming]:
    key = SigningKey.new()
    with ExitStack() as stack:
        partners = {name: stack.enter_context(one) for name, one in abroad_town.sandboxes(key).items()}
        yield stack.enter_context(town(postgres, tmp_path, partial(Coming, partners=partners, key=key)))


def taken_back(border: Coming, order: Sent) -> list[Entry]:
    return [one for one in border.tbilisi.entries if one.uetr == order.uetr and one.amount.minor < 0]


def came(seat: Seat, order: Sent, tetri: int = 10_000) -> Claimed:
    command = ClaimIncoming("GE-IN", order.number, Money(tetri, "GEL"), "Nino Beridze")
    return seat.services.incoming.claim(command, seat.clerk)


def standing(border: Coming, order: Sent) -> str:
    ((state,),) = border.ask("select state from abroad_in where uetr = %s", order.uetr)
    return str(state)


def test_a_hundred_lari_from_tbilisi_are_paid_in_manat_at_any_office(border: Coming) -> None:
    ganja, baku = border.seat(f"{GANJA}-1"), border.seat(f"{BAKU}-1")
    order = border.sends.send(Money(10_000, "GEL"), "Mammadova Leyla")
    border.later(1)
    before = ganja.till_qapik()
    claimed = came(ganja, order)
    with pytest.raises(Refused, match="T-015"):
        came(baku, order)
    with pytest.raises(Refused, match="T-022"):
        ganja.services.incoming.plan_payout(
            claimed.grant, replace(LEYLA, name="Əliyeva Nigar Rauf qızı"), ganja.clerk
        )
    ganja.services.incoming.plan_payout(claimed.grant, LEYLA, ganja.clerk)
    ganja.pay()
    assert before - ganja.till_qapik() == claimed.amount.minor == 6_221
    border.later(1)
    assert (standing(border, order), order.told) == ("paid", ["ACSP", "ACCC"])
    with pytest.raises(Refused, match="T-014"):
        came(baku, order)
    assert border.ask("select sum(minor) from postings where account = %s", chart.ABROAD_PAYABLE) == [(0,)]
    assert border.ask("select sum(minor) from postings where account = %s", chart.INCOMING_PAYABLE) == [(0,)]


def test_told_twice_and_recalled_while_a_desk_holds_it_the_holder_comes_first(border: Coming) -> None:
    ganja = border.seat(f"{GANJA}-1")
    order = border.sends.send(Money(10_000, "GEL"), "Mammadova Leyla")
    border.sends.send(Money(10_000, "GEL"), "Mammadova Leyla", number=order.number, again=order.uetr)
    border.later(1)
    claimed = came(ganja, order)
    border.sends.want_back(order)
    border.later(1)
    assert (standing(border, order), order.recall) == ("reserved", "")
    ganja.services.incoming.plan_payout(claimed.grant, LEYLA, ganja.clerk)
    ganja.pay()
    border.later(1)
    assert (standing(border, order), order.recall) == ("paid", "RJCR")
    assert border.ask("select count(*) from abroad_in") == [(1,)]


@pytest.mark.parametrize("fault", ["never", "slow", "garbage", "forged", "no_answer"])
def test_what_goes_back_is_taken_back_once_whatever_the_line_does(border: Coming, fault: str) -> None:
    order = border.sends.send(Money(10_000, "GEL"), "Mammadova Leyla", number="no number of ours")
    border.later(1)
    assert standing(border, order) == "unpayable"
    border.tbilisi.fail_next(fault)  # type: ignore[arg-type]
    border.credited(order)
    for _ in range(6):
        border.later(12)
    assert (standing(border, order), order.returned) == ("returned", True)
    assert len(taken_back(border, order)) == 1


def test_the_centre_dies_between_storing_a_return_and_handing_it_over(border: Coming) -> None:
    order = border.sends.send(Money(10_000, "GEL"), "Mammadova Leyla", number="no number of ours")
    border.switch_sending(on=False)
    border.credited(order)
    assert standing(border, order) == "unpayable"

    def store_and_die() -> None:
        """One turn of what the centre does, cut off before the bytes leave."""
        rails = abroad_town.reached(border.partners, border.key)
        border.clock.now_ms += 15 * MINUTE_MS
        with connect(border.dsn) as conn, conn.transaction():
            now_ms = border.clock.utc_ms()
            agreements.turn(conn, "tbilisi", agreements.SENDING, now_ms, on=True, why="")
            due = returning.take_due(conn, dict(rails), ["tbilisi"], border.clock.utc_ms())
        assert due is not None
        assert due.act is returning.Act.HAND

    border.restart(store_and_die)
    for _ in range(6):
        border.later(12)
    assert (standing(border, order), order.returned) == ("returned", True)
    assert len(taken_back(border, order)) == 1


def test_ma_26_manat_that_ran_out_are_asked_for_anew_at_the_rate_of_now(border: Coming) -> None:
    ganja = border.seat(f"{GANJA}-1")
    order = border.sends.send(Money(10_000, "GEL"), "Mammadova Leyla")
    border.later(1)
    first = came(ganja, order)
    border.later(16)
    with pytest.raises(Refused, match="A-073"):
        ganja.services.incoming.plan_payout(first.grant, LEYLA, ganja.clerk)
    again = ganja.services.incoming.renew(first.grant, ganja.clerk)
    assert again.grant != first.grant
    ganja.services.incoming.plan_payout(again.grant, LEYLA, ganja.clerk)
    ganja.pay()
    border.later(1)
    assert standing(border, order) == "paid"
