"""I-13, money over the border: positions are their deals, and what is owed abroad is what the states say.

Fed with the centre's whole book and, from beside it, how each transfer stands; a deal is dealt, taken back,
settled and returned in turn, each at its own figures (money-out.md MA-22, MA-32). Chains of several writers
follow one another and not the clock, so that only the end of the book is judged.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.folds import Broken, Fact, Fold
from azpost_desk.domain.money import Money
from azpost_desk.domain.postings import postings as posted_by_rule

if TYPE_CHECKING:
    from azpost_desk.domain.operations_abroad import (
        AbroadDealt,
        AbroadReclaimed,
        AbroadReturned,
        AbroadSettled,
        AbroadTakenBack,
        AbroadUnclaimed,
    )

    _Step = AbroadDealt | AbroadTakenBack | AbroadSettled | AbroadReturned | AbroadUnclaimed | AbroadReclaimed

Book = tuple[str, str, str]
"""(account, sub-account, currency)."""

_POSITIONS: Final = (chart.POSITION, chart.POSITION_MANAT)
_OWED: Final = (chart.ABROAD_DUE, chart.INCOMING_PAYABLE)
_COMMISSIONS: Final = (chart.COMMISSION_CLAIM, chart.COMMISSION_DUE)
_WATCHED: Final = (*_POSITIONS, *_OWED, *_COMMISSIONS)
HOME: Final = Money(0).currency
_STEPS: Final = (
    ops.AbroadDealt,
    ops.AbroadTakenBack,
    ops.AbroadSettled,
    ops.AbroadReturned,
    ops.AbroadUnclaimed,
    ops.AbroadReclaimed,
)
_UNCLAIMED: Final = "unclaimed"
# In these the deal is undone, whatever the partner has; `Standing.dealt` says it of those not named.
UNDONE: Final = ("owed", "refunding", "refund_in_doubt", "unclaimed", "refunded", "claimed", "reversed")


@dataclass(frozen=True, slots=True)
class Standing:
    """How one transfer abroad stands: its deal is in force, the partner has taken its money."""

    partner: str
    currency: str
    arrives_minor: int
    state: str
    dealt: bool
    settled: bool

    @property
    def owed_minor(self) -> int:
        """What we still owe abroad for it; below zero is a claim on the partner."""
        is_dealt = self.dealt and self.state not in UNDONE
        return self.arrives_minor * (is_dealt - self.settled)


@dataclass(frozen=True, slots=True)
class Coming:
    """How one transfer from abroad stands: manat are owed for it already, or it went back."""

    partner: str
    currency: str
    minor: int
    bought: bool
    returned: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the book: every transfer out and in, what is decided and not in the book yet.

    `commissions` are those that stand, transfer by transfer, summed by account, partner and currency.
    """

    transfers: dict[str, Standing] = field(default_factory=dict)
    incoming: dict[str, Coming] = field(default_factory=dict)
    waiting: tuple[ops.Body, ...] = ()
    commissions: dict[Book, int] = field(default_factory=dict)


class Abroad(Fold):
    """I-13: see the module."""

    id = "I-13"

    def __init__(self, beside: Beside) -> None:
        super().__init__()
        self._beside = beside
        self._books: Counter[Book] = Counter()
        self._deals: Counter[Book] = Counter()
        self._steps: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._bought: Counter[str] = Counter()
        self._figures: dict[str, tuple[object, ...]] = {}

    def take(self, fact: Fact, body: ops.Body | None) -> None:
        if not isinstance(body, _STEPS) and not any(one.account in _WATCHED for one in fact.postings):
            return
        self.verdict.checked += 1
        moved: Counter[Book] = Counter()
        sums: Counter[str] = Counter()
        for one in fact.postings:
            moved[one.account, one.sub, one.currency] += one.minor
            sums[one.currency] += one.minor
        for currency, minor in sums.items():
            if minor:
                self.verdict.fault(fact, f"a deal does not balance: {minor} {currency}")
        self._books.update(moved)
        deal = _deal(body)
        if deal is None:
            deal = {book: minor for book, minor in moved.items() if book[0] in _POSITIONS}
            self._needs_both(fact, deal)
        self._deals.update(deal)
        self._count(fact, body)

    def end(self) -> None:
        for book in sorted(self._books.keys() | self._deals.keys()):
            if book[0] in _POSITIONS and self._books[book] != self._deals[book]:
                self._wrong(f"{_named(book)} is {self._books[book]}, its deals come to {self._deals[book]}")
        for body in self._beside.waiting:
            kind, version = ops.kind_of(body)
            for one in posted_by_rule("", "waiting", kind, version, body):
                self._books[one.account, one.sub, one.amount.currency] += one.amount.minor
            self._count(None, body)
        for transfer in sorted(self._beside.transfers.keys() | self._steps.keys()):
            self._stands(transfer, self._beside.transfers.get(transfer))
        for transfer in sorted(self._beside.incoming.keys() | self._bought.keys()):
            self._came(transfer, self._beside.incoming.get(transfer))
        owed: Counter[Book] = Counter()
        for standing in self._beside.transfers.values():
            owed[chart.ABROAD_DUE, standing.partner, standing.currency] -= standing.owed_minor
        for coming in self._beside.incoming.values():
            if not (coming.bought or coming.returned):
                owed[chart.INCOMING_PAYABLE, coming.partner, coming.currency] -= coming.minor
        self._commissioned()
        for book in sorted(owed.keys() | {one for one in self._books if one[0] in _OWED}):
            if self._books[book] != owed[book]:
                self._wrong(f"{_named(book)} is {self._books[book]}, the transfers' states say {owed[book]}")

    def _commissioned(self) -> None:
        told = self._beside.commissions
        for book in sorted(told.keys() | {one for one in self._books if one[0] in _COMMISSIONS}):
            if self._books[book] != told.get(book, 0):
                self._wrong(f"{_named(book)} is {self._books[book]}, the transfers earn {told.get(book, 0)}")

    def _needs_both(self, fact: Fact, deal: dict[Book, int]) -> None:
        """A position and the manat it stands for move together, against each other."""
        for currency in {sub for _, sub, _ in deal}:
            foreign = deal.get((chart.POSITION, currency, currency), 0)
            manat = deal.get((chart.POSITION_MANAT, currency, "AZN"), 0)
            if foreign * manat > 0 or (foreign == 0) != (manat == 0):
                self.verdict.fault(fact, f"the position in {currency} and its manat do not move together")

    def _count(self, fact: Fact | None, body: ops.Body | None) -> None:
        if isinstance(body, _STEPS):
            self._step(fact, body)
        elif isinstance(body, (ops.IncomingBought, ops.IncomingUnbought)):
            self._bought[body.transfer] += 1 if isinstance(body, ops.IncomingBought) else -1

    def _came(self, transfer: str, coming: Coming | None) -> None:
        if coming is None:
            self._wrong(f"transfer {transfer} was bought and came from nowhere")
        elif self._bought[transfer] != coming.bought:
            self._wrong(f"transfer {transfer} has {self._bought[transfer]} purchases open in the book")

    def _step(self, fact: Fact | None, body: _Step) -> None:
        self._steps[body.transfer][type(body).__name__] += 1
        if not isinstance(body, (ops.AbroadDealt, ops.AbroadTakenBack)):
            return
        figures = (body.partner, body.currency, body.arrives_minor, body.amount_qapik, body.base_qapik)
        if self._figures.setdefault(body.transfer, figures) != figures and fact is not None:
            self.verdict.fault(fact, f"transfer {body.transfer} is dealt and taken back at other figures")

    def _stands(self, transfer: str, standing: Standing | None) -> None:
        steps = self._steps[transfer]
        dealt = steps["AbroadDealt"] - steps["AbroadTakenBack"]
        settled = steps["AbroadSettled"] - steps["AbroadReturned"]
        if standing is None:
            self._wrong(f"transfer {transfer} is in the book and nowhere else")
            return
        is_dealt = standing.dealt and standing.state not in UNDONE
        if (dealt, settled) != (is_dealt, standing.settled):
            self._wrong(
                f"transfer {transfer} is {standing.state}, the book has {dealt} deals of it open"
                f" and {settled} settlements"
            )
        kept = steps["AbroadUnclaimed"] - steps["AbroadReclaimed"]
        if kept != (standing.state == _UNCLAIMED):
            self._wrong(f"transfer {transfer} is {standing.state}, the book keeps it apart {kept} times")

    def _wrong(self, why: str) -> None:
        self.verdict.broken.append(Broken("*", 0, why))


def _deal(body: ops.Body | None) -> dict[Book, int] | None:
    """What a record does to a position by its own words; None when it is no deal this page knows."""
    match body:
        case ops.AbroadTakenBack():
            return _at(body.currency, -body.arrives_minor, body.base_qapik)
        case ops.AbroadDealt():
            return _at(body.currency, body.arrives_minor, -body.base_qapik)
        case ops.IncomingBought() if body.currency != HOME:
            return _at(body.currency, -body.bought_minor, body.base_qapik)
        case ops.IncomingUnbought() if body.currency != HOME:
            return _at(body.currency, body.bought_minor, -body.base_qapik)
        case ops.IncomingBought() | ops.IncomingUnbought():
            return {}
        case ops.PositionRevalued():
            return {
                (chart.POSITION_MANAT, body.currency, HOME): body.revalued_qapik - body.manat_qapik,
            }
        case ops.PartnerFunded():
            return _at(body.currency, -body.funded_minor, body.paid_qapik)
        case _:
            return None


def _at(currency: str, minor: int, qapik: int) -> dict[Book, int]:
    return {(chart.POSITION, currency, currency): minor, (chart.POSITION_MANAT, currency, "AZN"): qapik}


def _named(book: Book) -> str:
    account, sub, currency = book
    return f"{chart.CHART[account].name} {sub} in {currency}"
