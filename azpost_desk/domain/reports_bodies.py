"""Second report routine: the day's figures derived from the bodies alone, by rules written apart.

It imports neither the posting rules nor the chart of accounts nor the first routine, so that one wrong rule
cannot be wrong in both (a planted wrong posting must make them disagree).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from azpost_desk.domain import operations as ops
from azpost_desk.domain.lines import AbroadPaid, AbroadRefunded, AbroadSent, ChargePaid
from azpost_desk.domain.reports import Baskets, Figures, Flow, ServiceFigures

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(slots=True)
class _Row:
    count: int = 0
    money_in: int = 0
    money_out: int = 0
    income: int = 0


@dataclass(slots=True)
class _Place:
    """Cash movements of a place."""

    count: int = 0
    money_in: int = 0
    money_out: int = 0

    def move(self, qapik: int) -> None:
        if qapik:
            self.count += 1
            self.money_in += max(qapik, 0)
            self.money_out += max(-qapik, 0)

    def flow(self) -> Flow:
        return Flow(count=self.count, in_qapik=self.money_in, out_qapik=self.money_out)


@dataclass(slots=True)
class _Day:
    services: dict[str, _Row] = field(default_factory=dict)
    tenders: dict[str, _Place] = field(default_factory=dict)
    till: _Place = field(default_factory=_Place)
    safe: _Place = field(default_factory=_Place)
    opening: int | None = None
    surplus: int = 0
    shortage: int = 0
    vat: int = 0
    refunds: int = 0
    receipts: int = 0
    made_good: int = 0
    paid: dict[str, int] = field(default_factory=dict)

    def settled(self, cash: int, other: list[int]) -> None:
        """A basket was paid: `cash` and the `other` tenders, negative what went out."""
        moved = [qapik for qapik in (cash, *other) if qapik]
        if not moved:
            return
        if max(moved) < 0:
            names = ["out"]
        elif max(other, default=0) > 0:
            names = ["electronic"] if cash else ["electronic", "no_cash"]
        else:
            names = ["cash_only"]
        for name in names:
            self.paid[name] = self.paid.get(name, 0) + 1

    def sell(self, service: str, customers: int, income: int, vat: int) -> None:
        """`customers`: money held for others, negative when it goes out; `income`: the post's own."""
        if not (customers or income):
            # What was given free moves no money: the ledger knows nothing of it either.
            return
        row = self.services.setdefault(service, _Row())
        row.count += 1
        row.money_in += max(customers, 0)
        row.money_out += max(-customers, 0)
        row.income += income
        self.vat += vat


def _effect(line: ops.AnyLine) -> tuple[str, int, int, int]:
    """(service, customers' money, own income, VAT in it) of a line, qəpik; a reversal turns every sign."""
    if isinstance(line, ops.LineReversed):
        service, customers, income, vat = _effect(line.original)
        return service, -customers, -income, -vat
    match line:
        case ops.TransferSent():
            return "transfers", line.amount_qapik, line.fee_qapik, 0
        case ops.TransferPaid():
            return "transfers", -line.amount_qapik, 0, 0
        case ops.TransferRefunded():
            return "transfers", -line.amount_qapik, -line.fee_returned_qapik, 0
        case ops.PaymentAccepted():
            return "payments", line.amount_qapik, line.fee_qapik, 0
        case ops.PaymentRefunded():
            return "payments", -line.amount_qapik, 0, 0
        case ops.ItemAccepted():
            return "express", 0, line.amount_qapik, line.vat_qapik
        case ChargePaid():
            return "charges", line.amount_qapik, 0, 0
        case AbroadSent() | AbroadRefunded() | AbroadPaid():
            return "abroad", *_over_the_border(line), 0
        case ops.GoodsSold():
            return "goods", 0, line.amount_qapik, line.vat_qapik


def _over_the_border(line: AbroadSent | AbroadRefunded | AbroadPaid) -> tuple[int, int]:
    match line:
        case AbroadSent():
            return line.terms.amount_qapik, sum(line.terms.fees_qapik.values())
        case AbroadRefunded():
            return -line.amount_qapik, -line.fee_returned_qapik
        case AbroadPaid():
            return -line.amount_qapik, 0


def _settle(day: _Day, body: ops.Settlement) -> None:
    day.receipts += 1
    for line in body.lines:
        day.sell(*_effect(line))
    for tender in body.tenders:
        if tender.amount_qapik:
            day.tenders.setdefault(tender.tender, _Place()).move(tender.amount_qapik)
    day.till.move(body.cash_given_qapik - body.change_qapik)
    other = [one.amount_qapik for one in body.tenders if one.tender != "cash"]
    day.settled(body.cash_given_qapik - body.change_qapik, other)


def _note(day: _Day, body: ops.Body) -> None:
    match body:
        case ops.Settlement():
            _settle(day, body)
        case ops.TillOpened():
            if day.opening is None:
                day.opening = body.balance_qapik
        case ops.TillClosed() | ops.TillHandedOver():
            day.till.move(body.counted_qapik - body.expected_qapik)
            day.surplus += max(body.difference_qapik, 0)
            day.shortage += max(-body.difference_qapik, 0)
        case ops.SafeSupplied() | ops.BagReceived() | ops.BagDiffered():
            day.safe.move(body.amount_qapik)
        case ops.BagSealed():
            day.safe.move(-body.amount_qapik)
        case ops.DifferenceMadeGood():
            day.till.move(body.amount_qapik)
            day.made_good += body.amount_qapik
        case ops.CashMoved():
            sign = 1 if body.direction == "to_till" else -1
            day.till.move(sign * body.amount_qapik)
            day.safe.move(-sign * body.amount_qapik)
        case ops.RemittanceIssued():
            (day.safe if body.from_place == "safe" else day.till).move(-body.amount_qapik)
        case ops.RemittanceAccepted():
            (day.safe if body.to_place == "safe" else day.till).move(body.amount_qapik)
        case _:
            _note_beside_cash(day, body)


def _note_beside_cash(day: _Day, body: ops.Body) -> None:
    """What moves no cash and yet stands among the figures."""
    match body:
        case ops.PaymentResolved(outcome="refused" | "returned"):
            day.refunds += body.amount_qapik + body.fee_qapik
        case ops.PaymentResolved(outcome="delivered_after_all"):
            day.refunds -= body.amount_qapik + body.fee_qapik
        case ops.CorrectionAccepted():
            # What was cleared or explained leaves the holder's account: less surplus, less shortage.
            day.surplus -= body.amount_qapik * (body.sort != "shortage_cleared")
            day.shortage -= body.amount_qapik * (body.sort != "surplus_cleared")
        case _:
            pass


def figures(bodies: Iterable[ops.Body], till_opening_qapik: int) -> Figures:
    """The day's figures.

    Args:
        bodies: of all records of the day in journal order.
        till_opening_qapik: used only when no till was opened that day; else the opening record says it.
    """
    day = _Day()
    for body in bodies:
        _note(day, body)
    opening = till_opening_qapik if day.opening is None else day.opening
    return Figures(
        services={
            name: ServiceFigures(
                count=row.count, in_qapik=row.money_in, out_qapik=row.money_out, income_qapik=row.income
            )
            for name, row in sorted(day.services.items())
        },
        tenders={kind: place.flow() for kind, place in sorted(day.tenders.items())},
        till=day.till.flow(),
        safe=day.safe.flow(),
        till_opening_qapik=opening,
        till_closing_qapik=opening + day.till.money_in - day.till.money_out,
        surplus_qapik=day.surplus,
        shortage_qapik=day.shortage,
        vat_qapik=day.vat,
        refunds_owed_qapik=day.refunds,
        operations=sum(row.count for row in day.services.values()),
        receipts=day.receipts,
        made_good_qapik=day.made_good,
        baskets=Baskets(**day.paid),
    )
