"""Money over the border: from the counter through the centre to a partner that is not ours, and back."""

from __future__ import annotations

import dataclasses
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from azpost_desk.central.abroad import agreements, releasing
from azpost_desk.central.app import Centre
from azpost_desk.central.gateways.abroad import uetr_of
from azpost_desk.central.storage.database import connect
from azpost_desk.devices.card_terminals import EcrTerminal
from azpost_desk.domain import accounts as chart
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.people import Person, ReceiverAbroad
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Role
from azpost_desk.programs.desk import report_press
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.rehearsal import abroad_town
from azpost_desk.rehearsal.terminals import SandboxTerminal
from azpost_desk.services import counter
from azpost_desk.services.abroad import SendAbroad
from azpost_desk.services.abroad_views import ABROAD, AbroadTransfer
from azpost_desk.services.baskets import Paid
from azpost_desk.services.desk import desk_services
from tests.services.counters import PlainHasher
from tests.stories.town import BAKU, GANJA, LEYLA, Seat, Town, town

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from azpost_desk.rehearsal.partners import SandboxPartner
    from azpost_desk.rehearsal.providers import SandboxProvider

MINUTE_MS = 60_000
NINO = ReceiverAbroad(name="Нино Беридзе", latin="Beridze Nino", country="GE", town="Tbilisi")


class Border(Town):
    """The town with partners abroad on real sockets; the centre signs with `key`."""

    def __init__(
        self,
        dsn: str,
        folder: Path,
        provider: SandboxProvider,
        partners: dict[str, SandboxPartner],
        key: SigningKey,
    ) -> None:
        self.partners, self.key = partners, key
        super().__init__(dsn, folder, provider)
        with self.centre.database.transaction() as conn:
            abroad_town.agree(conn, self.centre._book, (GANJA, BAKU), self.clock.utc_ms())

    def _centre(self) -> Centre:
        reached = abroad_town.reached(self.partners, self.key, seconds=2)
        return Centre(self.dsn, clock=self.clock, partners=reached, connections_max=12)

    def take_cards(self) -> None:
        """Every corridor may be paid by card from now on."""
        ways = tuple(replace(one, tenders=("cash", "card")) for one in abroad_town.CORRIDORS.corridors)
        with self.centre.database.transaction() as conn:
            said = replace(abroad_town.CORRIDORS, version="demo-2", corridors=ways)
            agreements.publish(conn, said, self.clock.utc_ms())

    @property
    def tbilisi(self) -> SandboxPartner:
        return self.partners["tbilisi"]

    def later(self, minutes: int) -> None:
        self.clock.now_ms += minutes * MINUTE_MS
        self.sync()


@pytest.fixture
def border(postgres: str, tmp_path: Path) -> Iterator[Border]:
    key = SigningKey.new()
    with ExitStack() as stack:
        partners = {name: stack.enter_context(one) for name, one in abroad_town.sandboxes(key).items()}
        yield stack.enter_context(town(postgres, tmp_path, partial(Border, partners=partners, key=key)))


def send(seat: Seat, tetri: int = 50_000, sender: Person = LEYLA, *, card: bool = False) -> str:
    """Quoted, agreed to and paid, in cash or by card; the transfer's id."""
    abroad = seat.services.abroad
    quote = abroad.quote("GE-CASH", "arrives", Money(tetri, "GEL"), seat.clerk)
    command = SendAbroad(quote, sender, "Mammadova Leyla", NINO, "FAMI", "keys", "Ganja", "Javad Khan 5")
    basket = abroad.send(command, seat.clerk)
    if card:
        assert isinstance(seat.services.cards.purchase(seat.clerk, basket.basket), Paid)
    else:
        seat.pay(quote.terms.total_qapik)
    return basket.lines[-1].line.operation


def known(seat: Seat, transfer: str) -> AbroadTransfer:
    with seat.books.reading() as look:
        found = look.of(ABROAD).transfer(transfer)
    assert found is not None
    return found


def terminal_sum(sent: AbroadTransfer) -> int:
    """All that its sender paid, qəpik."""
    assert sent.terms is not None
    return sent.terms.total_qapik


def state(seat: Seat, transfer: str) -> str:
    return known(seat, transfer).state


def test_five_hundred_lari_go_to_tbilisi_and_the_counter_hears_of_it(border: Border) -> None:
    ganja = border.seat(f"{GANJA}-1")
    transfer = send(ganja)
    border.sync()
    # Within the grace minutes nothing leaves.
    assert (state(ganja, transfer), border.tbilisi.received) == ("queued", [])
    border.later(11)
    paid = border.tbilisi.payments[uetr_of(transfer)]
    assert (paid.amount, paid.receiver) == (Money(50_000, "GEL"), "Beridze Nino")
    assert state(ganja, transfer) == "accepted"
    terms = known(ganja, transfer).terms
    assert terms is not None
    # Told at the sale: this partner gives the number once it has accepted (MA-18).
    assert (terms.number_follows, known(ganja, transfer).number) == (True, paid.number)
    border.tbilisi.settle(uetr_of(transfer))
    border.later(1)
    assert state(ganja, transfer) == "settled"
    border.tbilisi.say(uetr_of(transfer), "ACCC")
    border.later(1)
    assert state(ganja, transfer) == "paid"
    country = border.ask("select sum(minor) from postings where account = %s", chart.ABROAD_PAYABLE)
    assert country == [(0,)]


def test_what_the_partner_refuses_is_paid_back_once_at_any_office(border: Border) -> None:
    ganja, baku = border.seat(f"{GANJA}-1"), border.seat(f"{BAKU}-1")
    before = baku.till_qapik()
    border.tbilisi.fail_next("reject", code="AC04")
    transfer = send(ganja)
    border.sync()
    border.later(11)
    assert (state(ganja, transfer), known(ganja, transfer).reason) == ("owed", "AC04")
    with pytest.raises(Refused, match="T-010"):
        baku.services.abroad.claim_refund(transfer, "Əliyev Vüqar", baku.clerk)
    claimed = baku.services.abroad.claim_refund(transfer, LEYLA.name, baku.clerk)
    with pytest.raises(Refused, match="T-015"):
        ganja.services.abroad.claim_refund(transfer, LEYLA.name, ganja.clerk)
    with pytest.raises(Refused, match="T-022"):
        baku.services.abroad.plan_refund(
            claimed.grant, replace(LEYLA, name="Əliyeva Nigar Rauf qızı"), baku.clerk
        )
    baku.services.abroad.plan_refund(claimed.grant, LEYLA, baku.clerk)
    baku.pay()
    terms = known(ganja, transfer).terms
    assert terms is not None
    assert before - baku.till_qapik() == terms.total_qapik
    border.sync()
    assert state(ganja, transfer) == "refunded"
    assert border.ask("select sum(minor) from postings where account = %s", chart.ABROAD_PAYABLE) == [(0,)]
    with pytest.raises(Refused, match="T-014"):
        ganja.services.abroad.claim_refund(transfer, LEYLA.name, ganja.clerk)


def test_a_desk_that_did_not_sell_it_pays_back_by_the_receipt_and_the_senders_document(
    border: Border,
) -> None:
    """Two desks of two branches: the number finds it, the name guards it, a retry is one grant."""
    ganja, baku = border.seat(f"{GANJA}-1"), border.seat(f"{BAKU}-1")
    before = baku.till_qapik()
    border.tbilisi.fail_next("reject", code="AC04")
    transfer = send(ganja)
    receipt, terms = known(ganja, transfer).receipt, known(ganja, transfer).terms
    assert terms is not None
    border.sync()
    abroad = baku.services.abroad
    with pytest.raises(Refused, match="A-050"):
        abroad.claim_refund_by_receipt(receipt, LEYLA.name, baku.clerk)
    border.later(11)
    for number, name, code in (
        ("12", LEYLA.name, "A-054"),
        ("999999-000001", LEYLA.name, "T-010"),
        (receipt, "Əliyev Vüqar", "T-010"),
    ):
        with pytest.raises(Refused, match=code):
            abroad.claim_refund_by_receipt(number, name, baku.clerk)
    claimed = abroad.claim_refund_by_receipt(receipt, LEYLA.name, baku.clerk)
    assert (claimed.transfer, claimed.amount) == (transfer, azn(terms.total_qapik))
    assert abroad.claim_refund_by_receipt(receipt, LEYLA.name, baku.clerk) == claimed
    with pytest.raises(Refused, match="T-015"):
        ganja.services.abroad.claim_refund(transfer, LEYLA.name, ganja.clerk)
    with pytest.raises(Refused, match="T-022"):
        abroad.plan_refund(claimed.grant, replace(LEYLA, name="Əliyeva Nigar Rauf qızı"), baku.clerk)
    abroad.plan_refund(claimed.grant, LEYLA, baku.clerk)
    baku.pay()
    border.sync()
    assert before - baku.till_qapik() == terms.total_qapik
    assert state(ganja, transfer) == "refunded"
    with pytest.raises(Refused, match="T-014"):
        abroad.claim_refund_by_receipt(receipt, LEYLA.name, baku.clerk)


def test_what_a_card_paid_comes_back_to_it_where_it_was_sold_and_elsewhere_with_a_second_person(
    border: Border,
) -> None:
    """Two transfers by card and one in cash come back: the grant says how each had been paid."""
    border.take_cards()
    ganja, baku = border.seat(f"{GANJA}-1"), border.seat(f"{BAKU}-1")
    with SandboxTerminal() as terminal:
        part = EcrTerminal(*terminal.address, purchase_ms=2_000, query_ms=2_000)
        at = dataclasses.replace(ganja.services.counter, terminal=part)
        ganja.services = desk_services(at, PlainHasher(), report_press(lambda: "az"))
        there, here, by_cash = send(ganja, card=True), send(ganja, card=True), send(ganja)
        for transfer in (there, here, by_cash):
            ganja.services.abroad.stop(transfer, "wrong receiver", ganja.clerk)
        border.sync()
        held = {
            one: baku.services.abroad.claim_refund(one, LEYLA.name, baku.clerk).grant
            for one in (there, by_cash)
        }
        # At another office: not in cash by one person, and no terminal there knows of the card.
        basket = baku.services.abroad.plan_refund(held[there], LEYLA, baku.clerk)
        line = basket.lines[0]
        before = baku.till_qapik()
        assert (line.electronic_qapik, line.is_to_card) == (terminal_sum(known(ganja, there)), False)
        with pytest.raises(Refused, match="B-027"):
            baku.pay()
        with pytest.raises(Refused, match="B-029"):
            baku.services.cards.pay_back(baku.clerk, basket.basket)
        agreed = counter.Approval(baku.manager.officer, Role.MANAGER, line.line.operation)
        baku.services.baskets.agree_to_cash(baku.clerk, line.line.operation, "the card is lost", agreed)
        baku.pay()
        assert before - baku.till_qapik() == line.electronic_qapik
        # What had come in cash asks nobody.
        baku.services.abroad.plan_refund(held[by_cash], LEYLA, baku.clerk)
        baku.pay()
        # Where it was sold it goes back to the card.
        claimed = ganja.services.abroad.claim_refund(here, LEYLA.name, ganja.clerk)
        basket = ganja.services.abroad.plan_refund(claimed.grant, LEYLA, ganja.clerk)
        before = ganja.till_qapik()
        ganja.services.cards.pay_back(ganja.clerk, basket.basket)
        assert ganja.till_qapik() == before
        assert sorted(terminal.charged.values()) == [0, line.electronic_qapik]
    border.sync()
    assert [state(ganja, one) for one in (there, here, by_cash)] == ["refunded"] * 3
    assert border.ask("select reason from exceptions") == []


@pytest.mark.parametrize("fault", ["never", "slow", "garbage", "forged"])
def test_a_lost_or_false_answer_is_asked_about_and_the_partner_debits_once(
    border: Border, fault: str
) -> None:
    ganja = border.seat(f"{GANJA}-1")
    border.tbilisi.fail_next(fault)  # type: ignore[arg-type]
    transfer = send(ganja)
    border.sync()
    border.later(11)
    assert state(ganja, transfer) in ("unknown", "queued", "accepted")
    border.later(5)
    assert state(ganja, transfer) == "accepted"
    border.tbilisi.settle(uetr_of(transfer))
    border.later(1)
    assert state(ganja, transfer) == "settled"
    assert [one.amount for one in border.tbilisi.entries] == [Money(-50_000, "GEL")]


def test_what_the_partner_took_and_forgot_leaves_once_more(border: Border) -> None:
    ganja = border.seat(f"{GANJA}-1")
    border.tbilisi.fail_next("lose")
    transfer = send(ganja)
    border.sync()
    border.later(11)
    border.later(15)
    border.later(15)
    assert state(ganja, transfer) == "accepted"
    assert len(border.tbilisi.payments) == 1


def test_a_sender_who_thinks_again_in_time_has_everything_back(border: Border) -> None:
    ganja = border.seat(f"{GANJA}-1")
    before = ganja.till_qapik()
    transfer = send(ganja)
    ganja.services.abroad.stop(transfer, "wrong receiver", ganja.clerk)
    border.sync()
    assert state(ganja, transfer) == "owed"
    border.later(30)
    assert border.tbilisi.received == []
    claimed = ganja.services.abroad.claim_refund(transfer, LEYLA.name, ganja.clerk)
    ganja.services.abroad.plan_refund(claimed.grant, LEYLA, ganja.clerk)
    ganja.pay()
    border.sync()
    assert (ganja.till_qapik(), state(ganja, transfer)) == (before, "refunded")


def test_a_recall_brings_it_back_only_with_the_money(border: Border) -> None:
    ganja = border.seat(f"{GANJA}-1")
    transfer = send(ganja)
    border.sync()
    border.later(11)
    border.tbilisi.settle(uetr_of(transfer))
    border.later(1)
    border.tbilisi.fail_next("recall", code="CNCL")
    ganja.services.abroad.stop(transfer, "wrong receiver", ganja.clerk)
    border.sync()
    border.later(1)
    assert (state(ganja, transfer), known(ganja, transfer).recall) == ("settled", "agreed")
    border.tbilisi.give_back(uetr_of(transfer))
    border.later(1)
    assert state(ganja, transfer) == "owed"


def test_a_centre_that_dies_between_storing_and_handing_over_asks_first(border: Border) -> None:
    ganja = border.seat(f"{GANJA}-1")
    transfer = send(ganja)
    border.sync()

    def store_and_die() -> None:
        rails = abroad_town.reached(border.partners, border.key)
        border.clock.now_ms += 11 * MINUTE_MS
        with connect(border.dsn) as conn, conn.transaction():
            due = releasing.take_due(conn, dict(rails), ["tbilisi"], border.clock.utc_ms())
        assert due is not None
        assert due.act is releasing.Act.HAND

    border.restart(store_and_die)
    border.sync()
    # Whether it left nobody knows: as long as the attempt is leased, nothing is done.
    assert border.tbilisi.received == []
    border.later(4)
    border.later(5)
    # It never arrived: the partner says so, and takes the same document then.
    asked, handed, *more = border.tbilisi.received
    assert (b"FIToFIPmtStsReq" in asked, b"FIToFICstmrCdtTrf" in handed) == (True, True)
    assert [b"FIToFICstmrCdtTrf" in one for one in more] == [False] * len(more)
    assert state(ganja, transfer) == "accepted"
    border.tbilisi.settle(uetr_of(transfer))
    border.later(1)
    assert state(ganja, transfer) == "settled"
    assert [one.amount for one in border.tbilisi.entries] == [Money(-50_000, "GEL")]


def test_without_the_line_nothing_is_sold_abroad(border: Border) -> None:
    from azpost_desk.domain.refusals import Trouble

    ganja = border.seat(f"{GANJA}-1")
    ganja.go_offline()
    with pytest.raises(Trouble, match="L-001"):
        ganja.services.abroad.quote("GE-CASH", "paid", azn(50_000), ganja.clerk)
    ganja.go_online()


def test_a_customer_asks_where_it_is_the_partner_is_asked_once_and_the_counter_has_the_answer(
    border: Border,
) -> None:
    ganja = border.seat(f"{GANJA}-1")
    transfer = send(ganja)
    border.sync()
    border.later(11)
    uetr = uetr_of(transfer)
    border.tbilisi.settle(uetr)
    border.later(1)
    assert state(ganja, transfer) == "settled"
    made = ganja.services.enquiries.open_sent(transfer, "Alan pulu almayıb", ganja.clerk)
    waiting = "select owner, about, due, ended_ms = 0 from exceptions where reason = 'abroad_enquiry'"
    border.sync()
    # The partner's own answer to a true question over its rail; settled is not "the receiver has it" (MA-9).
    asked = ganja.services.enquiries.of_sent(transfer)
    assert asked is not None
    assert (asked.dispute, asked.state, asked.answer) == (made.number, "answered", "under_way")
    assert border.ask(waiting) == [("operations", made.number, made.due, False)]
    before = border.ask("select asked, next_ms from abroad_out")
    assert (before[0][0], before[0][1]) == (1, None)
    border.later(60)
    assert border.ask("select asked, next_ms from abroad_out") == before
    # Not content with it: taken further, and answered anew.
    ganja.services.disputes.escalate(ganja.clerk, made.number, "answer", "Pul hələ yoxdur")
    border.tbilisi.say(uetr, "ACCC")
    border.sync()
    border.later(1)
    again = ganja.services.enquiries.of_sent(transfer)
    assert again is not None
    assert (again.state, again.answer, state(ganja, transfer)) == ("answered", "received", "paid")
