"""The price of a transfer before its sender agrees: fee, extras, total, and when it can be paid out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.lines import Terms
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.tariffs import amount_within, applying, fee

if TYPE_CHECKING:
    from azpost_desk.domain.catalogue import FeeRule, Tariffs

EXPRESS: Final = "express"
DELIVERY: Final = "delivery"
ADVICE: Final = "advice"
# What can be added to a transfer, in the order screens and papers name it.
EXTRAS: Final = (EXPRESS, DELIVERY, ADVICE)
_HOUR_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class QuoteOptions:
    """What the sender asks for beside the amount.

    Attributes:
        extras: of EXTRAS: paid out at once, carried to the receiver's door, the sender told when it is paid.
        to: ``cash`` or ``account``.
        customer: ``person`` or ``organisation``.
    """

    extras: frozenset[str] = frozenset()
    to: str = "cash"
    customer: str = "person"


PLAIN: Final = QuoteOptions()


@dataclass(frozen=True, slots=True)
class Moment:
    """When a quote is made: business day (ISO), UTC ms, and how long it stands."""

    date: str
    now_ms: int
    stands_minutes: int


@dataclass(frozen=True, slots=True)
class Quote:
    """What a transfer costs and when it can be paid out.

    Attributes:
        amount: what the receiver gets.
        fee: the whole fee, with the extras.
        total: what the sender pays.
        tariff: the version it was reckoned by.
        rule: the row that was applied, None when there are no fees.
        extras: what each added service costs.
        named: whose figure was fixed: ``receiver`` or ``sender``.
        available_ms: not paid out before (UTC ms); 0 = as soon as the centre knows of it.
        quoted_ms: when it was made (UTC ms).
        stands_ms: until when it stands (UTC ms).
    """

    amount: Money
    fee: Money
    total: Money
    tariff: str
    rule: FeeRule | None
    quoted_ms: int = 0
    stands_ms: int = 0
    extras: dict[str, Money] = field(default_factory=dict)
    named: str = "receiver"
    available_ms: int = 0

    def terms(self) -> Terms:
        """As it is written down with the transfer."""
        return Terms(
            quoted_ms=self.quoted_ms,
            stands_ms=self.stands_ms,
            named=self.named,
            available_ms=self.available_ms,
            extras_qapik={name: self.extras[name].minor for name in EXTRAS if name in self.extras},
        )

    def same_price(self, other: Quote) -> bool:
        """Whether `other` asks and brings the same, whenever it was made."""
        return (self.amount, self.fee, self.extras) == (other.amount, other.fee, other.extras)


def extras_of(tariffs: Tariffs, wanted: QuoteOptions) -> dict[str, Money]:
    """What the added services cost.

    Raises:
        Refused: T-060 one of them (the field) is not sold.
    """
    prices = tariffs.transfer_extras_qapik
    missing = next((name for name in sorted(wanted.extras) if name not in prices), None)
    if missing is not None:
        raise Refused("T-060", field=missing, reason=missing)
    return {name: azn(prices[name]) for name in EXTRAS if name in wanted.extras}


def quoted(tariffs: Tariffs, figure: Money, wanted: QuoteOptions, at: Moment, *, paid: bool) -> Quote:
    """The quote for `figure`, which is what the receiver gets or, with `paid`, what the sender hands over.

    Raises:
        Refused: T-001 no amount, T-002 above the limit, T-060, G-040 no row covers the amount.
    """
    extras = extras_of(tariffs, wanted)
    extra = azn(sum(price.minor for price in extras.values()))
    rules = applying(tariffs.transfer_fees, to=wanted.to, customer=wanted.customer, partner="", date=at.date)
    amount = amount_within(rules, figure - extra) if paid else figure
    if amount.minor <= 0:
        raise Refused("T-001", field="amount")
    if tariffs.transfer_qapik_max and amount.minor > tariffs.transfer_qapik_max:
        raise Refused("T-002", field="amount", limit=azn(tariffs.transfer_qapik_max))
    whole = fee(rules, amount) + extra
    rule = next((row for row in rules if row.amount_qapik_from <= amount.minor <= row.amount_qapik_to), None)
    waits = tariffs.transfer_ordinary_hours and EXPRESS not in wanted.extras
    return Quote(
        amount=amount,
        fee=whole,
        total=amount + whole,
        tariff=tariffs.version,
        rule=rule,
        quoted_ms=at.now_ms,
        stands_ms=at.now_ms + at.stands_minutes * 60_000,
        extras=extras,
        named="sender" if paid else "receiver",
        available_ms=at.now_ms + tariffs.transfer_ordinary_hours * _HOUR_MS if waits else 0,
    )
