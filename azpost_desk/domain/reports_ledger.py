"""First report routine: the day's figures folded from the stored postings alone.

It never looks into a body; the second routine (reports_bodies) never looks at a posting. They share nothing
but the shape of the result.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from azpost_desk.domain import accounts as chart
from azpost_desk.domain.reports import Baskets, Figures, Flow, ServiceFigures

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.domain.ledger import Posting

_CUSTOMERS = (
    chart.TRANSFERS_PAYABLE,
    chart.ABROAD_PAYABLE,
    chart.BILLS_COLLECTED,
    chart.REFUNDS_PAYABLE,
    chart.CHARGES_COLLECTED,
)
_SERVICE_OF = {number: account.service for number, account in chart.CHART.items() if account.service}
_TENDER_OF = {chart.TILL: "cash", chart.CARD_RECEIVABLE: "card", chart.QR_RECEIVABLE: "qr"}


def _service_of(postings: list[Posting]) -> str | None:
    """The service an operation sold, by the account only that service uses; None for a tender."""
    for posting in postings:
        if posting.account in _SERVICE_OF:
            return _SERVICE_OF[posting.account]
    return None


def _flow(amounts: Iterable[int]) -> Flow:
    every = [amount for amount in amounts if amount]
    return Flow(
        count=len(every),
        in_qapik=sum(amount for amount in every if amount > 0),
        out_qapik=-sum(amount for amount in every if amount < 0),
    )


def _row(operations: list[list[Posting]]) -> ServiceFigures:
    """One service's row from its operations: clearing says what was due, the customers' accounts whose it
    is.
    """
    money_in = money_out = income = 0
    for postings in operations:
        owed = sum(-p.amount.minor for p in postings if p.account in _CUSTOMERS)
        due = sum(p.amount.minor for p in postings if p.account == chart.CLEARING)
        money_in += max(owed, 0)
        money_out += max(-owed, 0)
        income += due - owed
    return ServiceFigures(count=len(operations), in_qapik=money_in, out_qapik=money_out, income_qapik=income)


def _baskets(operations: Iterable[list[Posting]]) -> Baskets:
    """How baskets were paid, from the postings of settlements in their order: a basket ends where its tenders
    have brought clearing back to zero.
    """
    electronic = no_cash = cash_only = out = due = 0
    paid: list[tuple[str, int]] = []
    for postings in operations:
        due += sum(p.amount.minor for p in postings if p.account == chart.CLEARING)
        paid += [
            (_TENDER_OF[p.account], p.amount.minor)
            for p in postings
            if p.account in _TENDER_OF and p.amount.minor and _service_of(postings) is None
        ]
        if due:
            continue
        given = {kind for kind, minor in paid if minor > 0}
        electronic += bool(given - {"cash"})
        no_cash += bool(given) and not any(kind == "cash" for kind, _ in paid)
        cash_only += given == {"cash"}
        out += bool(paid) and not given
        paid = []
    return Baskets(electronic=electronic, no_cash=no_cash, cash_only=cash_only, out=out)


def figures(desk: str, day: Iterable[tuple[str, Posting]], till_opening_qapik: int, receipts: int) -> Figures:
    """The day's figures.

    Args:
        desk: sub-account of this desk's till and safe.
        day: (kind of record, posting) of the day in journal order.
        till_opening_qapik: the till's balance in the ledger before the day.
        receipts: number of settlement records of the day.
    """
    rows = list(day)
    sold: dict[str, list[Posting]] = defaultdict(list)
    for kind, posting in rows:
        if kind == "settlement":
            sold[posting.operation].append(posting)
    by_service: dict[str, list[list[Posting]]] = defaultdict(list)
    by_tender: dict[str, list[int]] = defaultdict(list)
    for postings in sold.values():
        service = _service_of(postings)
        if service:
            by_service[service].append(postings)
        else:
            for posting in postings:
                if posting.account in _TENDER_OF:
                    by_tender[_TENDER_OF[posting.account]].append(posting.amount.minor)
    till = [p.amount.minor for _, p in rows if (p.account, p.sub) == (chart.TILL, desk)]
    safe = [p.amount.minor for _, p in rows if (p.account, p.sub) == (chart.SAFE, desk)]

    def credited(account: str, kind: str | None = None) -> int:
        return -sum(p.amount.minor for k, p in rows if p.account == account and kind in (None, k))

    return Figures(
        services={service: _row(operations) for service, operations in sorted(by_service.items())},
        tenders={tender: _flow(amounts) for tender, amounts in sorted(by_tender.items())},
        till=_flow(till),
        safe=_flow(safe),
        till_opening_qapik=till_opening_qapik,
        till_closing_qapik=till_opening_qapik + sum(till),
        surplus_qapik=credited(chart.SURPLUS),
        # What was paid back later does not make the shortage smaller.
        shortage_qapik=-credited(chart.SHORTAGE) + credited(chart.SHORTAGE, "difference.made_good"),
        vat_qapik=credited(chart.VAT_PAYABLE),
        refunds_owed_qapik=credited(chart.REFUNDS_PAYABLE, "payment.resolved"),
        operations=sum(len(operations) for operations in by_service.values()),
        receipts=receipts,
        made_good_qapik=credited(chart.SHORTAGE, "difference.made_good"),
        baskets=_baskets(sold.values()),
    )
