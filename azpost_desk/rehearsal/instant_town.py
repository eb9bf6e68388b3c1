"""The demo's instant rail: who is paid on it, how the centre reaches it, a payer who pays what stands open.

Demonstration data: account, payer and the rail's wire are invented; a real rail's profile is not public.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central.abroad.releasing import OUR_BIC
from azpost_desk.central.gateways.iso_instant import InstantRail, Payee
from azpost_desk.central.gateways.iso_wire import Channel
from azpost_desk.rehearsal.instant_rail import SandboxRail

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.protocol.keys import SigningKey
    from azpost_desk.rehearsal.signed_sandbox import Answer
    from azpost_desk.services.counter import Officer
    from azpost_desk.services.desk import DeskServices

RAIL_BIC: Final = "CBARAZ2X"
# How long a code stands on the demo's screens.
QR_MINUTES: Final = 5
PAYEE: Final = Payee(
    name="Azerpocht MMC",
    city="Baku",
    postcode="AZ1000",
    category="9402",
    iban="AZ12AZPO00000000000000000001",
    bic=OUR_BIC,
)


def sandbox(key: SigningKey, now_ms: Callable[[], int]) -> SandboxRail:
    """The rail on a loopback port; `key` is ours."""
    return SandboxRail(RAIL_BIC, OUR_BIC, key.public(), PAYEE, now_ms)


def reached(rail: SandboxRail, key: SigningKey, *, seconds: float = 10) -> InstantRail:
    """The centre's connector to it."""
    channel = Channel(
        url=rail.url,
        our_bic=OUR_BIC,
        partner_key=rail.key.public(),
        bic=RAIL_BIC,
        connect_s=seconds,
        answer_s=seconds,
    )
    return InstantRail(channel, key, PAYEE)


class EagerRail(SandboxRail):
    """A rail on which every request is paid as soon as it is there."""

    def answer(self, method: str, path: str, signature: str, body: bytes) -> Answer:
        """Serve the call, then let the customer scan."""
        answered = super().answer(method, path, signature, body)
        if method == "PUT":
            for request in self.open_requests():
                self.pay(request.id)
        return answered


def eager(key: SigningKey, now_ms: Callable[[], int]) -> EagerRail:
    """The rail of a rehearsal without people."""
    return EagerRail(RAIL_BIC, OUR_BIC, key.public(), PAYEE, now_ms)


def end_codes(services: DeskServices, by: Officer, settle: Callable[[], object]) -> None:
    """A start that finds money by code: what its customer paid settles the basket in hand, or goes back."""
    settle()
    for step in services.qr.under_way():
        if step.state == "asked":
            services.qr.look(step.request)
    basket = services.baskets.current()
    for step in services.qr.under_way():
        if step.state == "asked":
            # The question never arrived, and now it never will.
            services.qr.close(step.request)
        elif basket is not None and basket.basket == step.basket and step.state == "paid":
            services.qr.settle(by, step.request)
        else:
            services.qr.give_up(by, step.request, "recovery")
