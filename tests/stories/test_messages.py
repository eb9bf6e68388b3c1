"""Leyla buys advice with her transfer, and leaves a number with a bill: she is told once, or somebody is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.central.app import Centre
from azpost_desk.central.gateways.sms_json import JsonSms
from azpost_desk.central.registry import reference
from azpost_desk.domain.messages import SMS
from azpost_desk.domain.money import azn
from azpost_desk.domain.quotes import ADVICE, QuoteOptions
from azpost_desk.rehearsal.text_messages import SMS_KEY, SandboxSms
from azpost_desk.rehearsal.town import TARIFFS
from azpost_desk.services.payments import PayBill
from azpost_desk.services.transfers import SendTransfer
from tests.stories.test_erasure import six_years_later
from tests.stories.town import LEYLA, MOBILE, ORXAN, PHONE, Town, town

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from azpost_desk.rehearsal.providers import SandboxProvider
    from azpost_desk.services.views import Transfer
    from tests.stories.town import Seat

INVALID_ACCOUNT = 5  # fatal in the provider protocol
ADVISED = QuoteOptions(extras=frozenset({ADVICE}))


class MessagingTown(Town):
    """The town, its centre reaching people over a sandbox network; advice is sold."""

    def __init__(self, dsn: str, folder: Path, provider: SandboxProvider, network: SandboxSms) -> None:
        self.network = network
        super().__init__(dsn, folder, provider)
        with self.centre.database.transaction() as conn:
            sold = msgspec.structs.replace(TARIFFS, version="advice", transfer_extras_qapik={ADVICE: 50})
            reference.publish(conn, sold, self.clock.utc_ms())

    def _centre(self) -> Centre:
        made = super()._centre()
        sms = JsonSms(self.network.url, SMS_KEY, connect_s=2, answer_s=2)
        return Centre(
            self.dsn, clock=self.clock, billers=made._billers, carriers={SMS: sms}, connections_max=12
        )

    def states(self) -> list[tuple[str, str]]:
        return [
            (kind, state)
            for kind, state in self.ask("select kind, state from messages order by made_ms, epoch, sequence")
        ]


@pytest.fixture
def network() -> Iterator[SandboxSms]:
    with SandboxSms() as network:
        yield network


@pytest.fixture
def place(postgres: str, tmp_path: Path, network: SandboxSms) -> Iterator[MessagingTown]:
    def found(dsn: str, folder: Path, provider: SandboxProvider) -> MessagingTown:
        return MessagingTown(dsn, folder, provider, network)

    with town(postgres, tmp_path, found) as made:
        yield made


def send_advised(seat: Seat) -> Transfer:
    """250.00 with advice of its payment."""
    basket = seat.transfers.send(
        SendTransfer(LEYLA, ORXAN, azn(25_000), "family", wanted=ADVISED), seat.clerk
    )
    operation = basket.lines[-1].line.operation
    seat.pay(25_000 + seat.transfers.quote(azn(25_000), wanted=ADVISED).fee.minor)
    with seat.books.reading() as look:
        sent = look.transfer(operation)
    assert sent is not None
    return sent


def test_the_sender_gets_one_message_however_often_the_centre_restarts_and_is_forgotten_in_time(
    place: MessagingTown, network: SandboxSms, ganja: Seat, baku: Seat
) -> None:
    network.fail_next("answer_lost")
    sent, plain = send_advised(ganja), ganja.send_money()
    place.sync()
    baku.pay_out(sent.code)
    baku.pay_out(plain.code)
    place.sync()
    assert place.states() == [("transfer_paid", "failed_for_now")]
    for _ in range(2):
        place.restart()
        place.clock.pass_ms(60_000)
        place.sync()
    assert place.states() == [("transfer_paid", "delivered")]
    [told] = network.kept.values()
    assert (told.to, "250,00" in told.text) == (LEYLA.phone, True)
    assert [method for method, _ in network.requests] == ["PUT", "GET"]
    six_years_later(place, ganja, baku)
    assert place.ask("select state, contact, facts from messages") == [("delivered", "", "")]


def test_a_payer_whose_number_is_no_good_is_somebodys_task(
    place: MessagingTown, network: SandboxSms, ganja: Seat
) -> None:
    """Refused twice by the biller: one payer hears so, the other's number does not exist."""
    place.provider.fail_next("result", code=INVALID_ACCOUNT, account=PHONE, times=2)
    bills = []
    for contact, fault in (("+994501234567", "error_500"), ("+994559876543", "refused")):
        network.fail_next(fault)  # type: ignore[arg-type]
        bill = PayBill(MOBILE, PHONE, azn(2_000), contact=contact)
        bills.append(ganja.services.payments.pay(bill, ganja.clerk).lines[-1].line.operation)
        ganja.pay(2_020)
        ganja.sync()
    assert [ganja.bill(one) for one in bills] == ["refused", "refused"]
    assert place.states() == [("refund_ready", "failed_for_now"), ("refund_ready", "failed")]
    assert place.ask("select reason, owner from exceptions") == [("message_failed", "operations")]
    place.clock.pass_ms(60_000)
    place.sync()
    assert place.states() == [("refund_ready", "delivered"), ("refund_ready", "failed")]
    [told] = network.kept.values()
    assert (told.to, "20,20" in told.text) == ("+994501234567", True)
