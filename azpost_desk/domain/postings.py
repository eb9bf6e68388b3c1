"""Posting rules, frozen: each (kind, version) has one rule, and a released rule never changes.

A rule is a pure function of the record. Lines post gross against the clearing account, tenders clear it, so
every line balances by itself and its reversal is its exact opposite. What a line posts its product says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain import (
    postings_abroad,
    postings_cash,
    postings_incoming,
    postings_qr,
    postings_statements,
    products,
)
from azpost_desk.domain.delivery_moves import BORNE
from azpost_desk.domain.ledger import Posting, checked, negated
from azpost_desk.domain.money import Money
from azpost_desk.domain.products.abroad import PURPOSES as ABROAD_PURPOSES
from azpost_desk.domain.products.base import pair

Rule = Callable[[str, str, Any], list[Posting]]
"""(desk, operation id of the record, body) → postings."""


_TENDER_ACCOUNT: Final = {"cash": chart.TILL, "card": chart.CARD_RECEIVABLE, "qr": chart.QR_RECEIVABLE}


def _settlement(desk: str, operation: str, body: ops.Settlement) -> list[Posting]:
    """Per line it balances against clearing; the tenders close clearing to zero as one operation of their
    own.
    """
    result = [posting for line in body.lines for posting in products.postings_of(line)]
    for tender in body.tenders:
        sub = desk if tender.tender == "cash" else ""
        result += pair(
            tender.operation, (_TENDER_ACCOUNT[tender.tender], sub), (chart.CLEARING, ""), tender.amount_qapik
        )
    return result


def _till_closed(desk: str, operation: str, body: ops.TillClosed) -> list[Posting]:
    """What was counted becomes the balance; the difference goes to the holder's surplus or shortage
    account.
    """
    if body.difference_qapik >= 0:
        return pair(operation, (chart.TILL, desk), (chart.SURPLUS, body.holder), body.difference_qapik)
    return pair(operation, (chart.SHORTAGE, body.holder), (chart.TILL, desk), -body.difference_qapik)


def _safe_supplied(desk: str, operation: str, body: ops.SafeSupplied) -> list[Posting]:
    return pair(operation, (chart.SAFE, desk), (chart.HEADQUARTERS, ""), body.amount_qapik)


def _cash_moved(desk: str, operation: str, body: ops.CashMoved) -> list[Posting]:
    safe, till = (chart.SAFE, desk), (chart.TILL, desk)
    debit, credit = (till, safe) if body.direction == "to_till" else (safe, till)
    return pair(operation, debit, credit, body.amount_qapik)


_PLACES: Final = {"safe": chart.SAFE, "till": chart.TILL}


def _remittance_issued(desk: str, operation: str, body: ops.RemittanceIssued) -> list[Posting]:
    place = (_PLACES[body.from_place], desk)
    return pair(operation, (chart.TRANSIT, body.remittance), place, body.amount_qapik)


def _remittance_accepted(desk: str, operation: str, body: ops.RemittanceAccepted) -> list[Posting]:
    place = (_PLACES[body.to_place], desk)
    return pair(operation, place, (chart.TRANSIT, body.remittance), body.amount_qapik)


def _payment_resolved(desk: str, operation: str, body: ops.PaymentResolved) -> list[Posting]:
    """A refusal turns what was collected, and the fee, into a debt to the customer; that it was delivered
    after all turns it back; nothing else moves money.
    """
    sign = {"refused": 1, ops.RETURNED: 1, ops.DELIVERED_AFTER_ALL: -1}.get(body.outcome, 0)
    if not sign:
        return []
    amount, fee = sign * body.amount_qapik, sign * body.fee_qapik
    return [
        Posting(operation, chart.BILLS_COLLECTED, body.biller, Money(amount)),
        Posting(operation, chart.FEES, body.service, Money(fee)),
        Posting(operation, chart.REFUNDS_PAYABLE, body.biller, Money(-amount - fee)),
    ]


def _payment_delivered(desk: str, operation: str, body: ops.PaymentDelivered) -> list[Posting]:
    return pair(
        operation, (chart.BILLS_COLLECTED, body.biller), (chart.BILLS_DUE, body.biller), body.amount_qapik
    )


def _payment_returned(desk: str, operation: str, body: ops.PaymentReturned) -> list[Posting]:
    """What was due to the budget is its payer's again, whose desk turns it into a debt of the post."""
    due, collected = (chart.BILLS_DUE, body.biller), (chart.BILLS_COLLECTED, body.biller)
    return pair(operation, due, collected, body.amount_qapik)


def _payment_claimed(desk: str, operation: str, body: ops.PaymentClaimed) -> list[Posting]:
    return pair(
        operation, (chart.BILLER_CLAIMS, body.biller), (chart.BILLS_DUE, body.biller), body.amount_qapik
    )


def _payment_claim_ended(desk: str, operation: str, body: ops.PaymentClaimEnded) -> list[Posting]:
    """What the biller gives back it takes off what it is due; what it never gives back the post has lost."""
    against = (chart.RISK, body.desk) if body.outcome == BORNE else (chart.BILLS_DUE, body.biller)
    return pair(operation, against, (chart.BILLER_CLAIMS, body.biller), body.amount_qapik)


def _bills_settled(desk: str, operation: str, body: ops.BillsSettled) -> list[Posting]:
    due, settled = (chart.BILLS_DUE, body.biller), (chart.BILLS_SETTLED, body.biller)
    return pair(operation, due, settled, body.amount_qapik)


def _bills_commissioned(desk: str, operation: str, body: ops.BillsCommissioned) -> list[Posting]:
    claim, earned = (chart.BILLER_COMMISSION, body.biller), (chart.BILLER_COMMISSION_EARNED, body.biller)
    return pair(operation, claim, earned, body.commission_qapik)


def _correction_accepted(desk: str, operation: str, body: ops.CorrectionAccepted) -> list[Posting]:
    """No cash moves: a difference leaves its holder's account, to headquarters or against its counterpart."""
    surplus, shortage = (chart.SURPLUS, body.holder), (chart.SHORTAGE, body.holder)
    debit, credit = {
        "surplus_cleared": (surplus, (chart.HEADQUARTERS, "")),
        "shortage_cleared": ((chart.HEADQUARTERS, ""), shortage),
        "difference_explained": (surplus, shortage),
    }[body.sort]
    return pair(operation, debit, credit, body.amount_qapik)


def _doubt_resolved(desk: str, operation: str, body: ops.DoubtResolved) -> list[Posting]:
    """What a lost desk paid is no longer owed to the customer; its till shows it when its record comes."""
    if body.outcome != "paid":
        return []
    return pair(operation, (_owed(body.purpose), ""), (chart.DOUBTFUL, body.desk), body.amount_qapik)


def _owed(purpose: str) -> str:
    """The account of what a grant of this purpose pays off."""
    return chart.ABROAD_PAYABLE if purpose in ABROAD_PURPOSES else chart.TRANSFERS_PAYABLE


def _doubt_settled(desk: str, operation: str, body: ops.DoubtSettled) -> list[Posting]:
    """The late record took it off what is owed a second time: that is put right, at whose cost it says."""
    account = chart.DOUBTFUL if body.outcome == "confirmed" else chart.RISK
    return pair(operation, (account, body.desk), (chart.TRANSFERS_PAYABLE, ""), body.amount_qapik)


def _transfer_unclaimed(desk: str, operation: str, body: ops.TransferUnclaimed) -> list[Posting]:
    return pair(operation, (chart.TRANSFERS_PAYABLE, ""), (chart.UNCLAIMED, ""), body.amount_qapik)


def _transfer_reclaimed(desk: str, operation: str, body: ops.TransferReclaimed) -> list[Posting]:
    return pair(operation, (chart.UNCLAIMED, ""), (chart.TRANSFERS_PAYABLE, ""), body.amount_qapik)


def _contested_judged(desk: str, operation: str, body: ops.ContestedJudged) -> list[Posting]:
    """The contested record's own postings, or their opposite where it had counted before."""
    if body.posted == (body.decision == "confirmed"):
        return []
    judged = ops.decode(body.kind, body.version, body.body.encode())
    moved = list(postings(body.desk, body.operation, body.kind, body.version, judged))
    return negated(moved, operation) if body.posted else moved


RULES: Final[dict[tuple[str, int], Rule]] = {
    ("settlement", 1): _settlement,
    ("till.closed", 1): _till_closed,
    ("safe.supplied", 1): _safe_supplied,
    ("cash.moved", 1): _cash_moved,
    ("remittance.issued", 1): _remittance_issued,
    ("remittance.accepted", 1): _remittance_accepted,
    ("payment.resolved", 1): _payment_resolved,
    ("payment.delivered", 1): _payment_delivered,
    ("payment.returned", 1): _payment_returned,
    ("payment.claimed", 1): _payment_claimed,
    ("payment.claim_ended", 1): _payment_claim_ended,
    ("bills.settled", 1): _bills_settled,
    ("bills.commissioned", 1): _bills_commissioned,
    ("correction.accepted", 1): _correction_accepted,
    **postings_cash.RULES,
    **postings_abroad.RULES,
    **postings_statements.RULES,
    **postings_incoming.RULES,
    **postings_qr.RULES,
    ("doubt.resolved", 1): _doubt_resolved,
    ("doubt.settled", 1): _doubt_settled,
    ("contested.judged", 1): _contested_judged,
    ("transfer.unclaimed", 1): _transfer_unclaimed,
    ("transfer.reclaimed", 1): _transfer_reclaimed,
}


def postings(desk: str, operation: str, kind: str, version: int, body: ops.Body) -> tuple[Posting, ...]:
    """The postings of a record; none for kinds that move no money.

    Raises:
        Unbalanced: the rule is wrong; the caller stops.
    """
    rule = RULES.get((kind, version))
    return checked(rule(desk, operation, body)) if rule else ()
