"""The lines of bills: one taken for a biller, and one given back that the biller refused."""

from __future__ import annotations

from azpost_desk.domain.lines.base import GivenBack, Line


class PaymentAccepted(Line, frozen=True, tag="payment.accepted"):
    """A bill: the post owes its delivery to the biller. `account` is the commitment of the subscriber
    number.
    """

    biller: str
    service: str
    amount_qapik: int
    fee_qapik: int
    tariff: str
    account: str
    told: str


class PaymentRefunded(GivenBack, frozen=True, kw_only=True, tag="payment.refunded", omit_defaults=True):
    """What the biller refused, given back to the customer: amount and fee."""

    payment: str
    biller: str
    amount_qapik: int
