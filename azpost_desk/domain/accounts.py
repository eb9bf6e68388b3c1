"""The chart of accounts, the same in every book: desks' and the centre's.

Customers' money (20xx) is kept apart from the post's own (UPU postal payment services regulations,
chapter 11: ring-fencing of users' funds). A book is one chain's postings; the country is the sum of all
books.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Side(Enum):
    """Whose money an account speaks of."""

    CASH = "cash"
    CLAIM = "claim"
    CUSTOMERS = "customers"
    OWN = "own"
    CLEARING = "clearing"


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the chart.

    Attributes:
        number: four digits.
        name: text key suffix (`account.<name>`).
        side: whose money it is.
        sub: what the sub-account names (a desk, a biller, a service), or "" when it has none.
        service: the service of the catalogue whose sales alone post here, or "".
    """

    number: str
    name: str
    side: Side
    sub: str = ""
    service: str = ""


SAFE: Final = "1010"
TILL: Final = "1020"
TRANSIT: Final = "1030"
CARD_RECEIVABLE: Final = "1040"
QR_RECEIVABLE: Final = "1045"
RAIL: Final = "1047"
PARTNER: Final = "1050"
PARTNER_TRANSIT: Final = "1055"
PARTNER_DISPUTED: Final = "1057"
COMMISSION_CLAIM: Final = "1058"
POSITION: Final = "1060"
POSITION_MANAT: Final = "1061"
BILLER_CLAIMS: Final = "1070"
BILLER_COMMISSION: Final = "1071"
DOUBTFUL: Final = "1085"
SHORTAGE: Final = "1090"
BAG_DIFFERENCES: Final = "1091"
CLEARING: Final = "1099"
TRANSFERS_PAYABLE: Final = "2010"
ABROAD_PAYABLE: Final = "2015"
ABROAD_DUE: Final = "2016"
INCOMING_PAYABLE: Final = "2017"
BILLS_COLLECTED: Final = "2030"
BILLS_DUE: Final = "2035"
BILLS_SETTLED: Final = "2036"
CHARGES_COLLECTED: Final = "2040"
UNCLAIMED: Final = "2050"
SUSPENSE: Final = "2080"
VAT_PAYABLE: Final = "2060"
REFUNDS_PAYABLE: Final = "2070"
SURPLUS: Final = "2090"
HEADQUARTERS: Final = "3000"
COMMISSION_DUE: Final = "3050"
FEES: Final = "4010"
GOODS_SOLD: Final = "4020"
EXPRESS_SOLD: Final = "4030"
TRADING: Final = "4060"
REVALUATION: Final = "4065"
COMMISSION_EARNED: Final = "4070"
BILLER_COMMISSION_EARNED: Final = "4075"
RISK: Final = "5010"
COMMISSION_COST: Final = "5020"

CHART: Final = {
    account.number: account
    for account in (
        Account(SAFE, "safe", Side.CASH, "desk"),
        Account(TILL, "till", Side.CASH, "desk"),
        # Cash that left one place and is not yet accepted by another: the id of the remittance or bag tells
        # which.
        Account(TRANSIT, "transit", Side.CASH, "remittance"),
        Account(CARD_RECEIVABLE, "card_receivable", Side.CLAIM, "acquirer"),
        # Taken by code at desks (debit) and come by the rail for it (credit): zero once both have spoken.
        Account(QR_RECEIVABLE, "qr_receivable", Side.CLAIM),
        # Our money on the instant rail; the centre's book only.
        Account(RAIL, "rail", Side.CLAIM, "rail"),
        # Our money with a partner abroad, and what has left for it and is not on its statement yet.
        Account(PARTNER, "partner", Side.CLAIM, "partner"),
        Account(PARTNER_TRANSIT, "partner_transit", Side.CLAIM, "partner"),
        # Taken by a partner a second time, or not ours: a claim on it, nobody here pays for it (MA-17).
        Account(PARTNER_DISPUTED, "partner_disputed", Side.CLAIM, "partner"),
        # What was sold of a currency and not yet bought (debit), and the manat it stands for (credit).
        Account(POSITION, "position", Side.OWN, "currency"),
        Account(POSITION_MANAT, "position_manat", Side.OWN, "currency"),
        # A biller has it and its customer was paid back; the centre's book only.
        Account(BILLER_CLAIMS, "biller_claims", Side.CLAIM, "biller"),
        # What a lost desk paid out by evidence, until its own late record shows it: the centre's book only.
        Account(DOUBTFUL, "doubtful", Side.CLAIM, "desk"),
        Account(SHORTAGE, "shortage", Side.OWN, "officer"),
        # What a bag lacked when it arrived, after the centre has judged it: borne by the post, by no clerk.
        Account(BAG_DIFFERENCES, "bag_differences", Side.OWN, "bag"),
        # Zero after every settlement: lines post against it gross, tenders clear it.
        Account(CLEARING, "clearing", Side.CLEARING),
        Account(TRANSFERS_PAYABLE, "transfers_payable", Side.CUSTOMERS, service="transfers"),
        # Taken to be paid abroad, or to be paid out here from there, in manat; the centre turns one currency
        # into the other.
        Account(ABROAD_PAYABLE, "abroad_payable", Side.CUSTOMERS, service="abroad"),
        Account(ABROAD_DUE, "abroad_due", Side.CUSTOMERS, "partner"),
        # Come from abroad for a receiver here, in its own currency until it is granted.
        Account(INCOMING_PAYABLE, "incoming_payable", Side.CUSTOMERS, "partner"),
        Account(BILLS_COLLECTED, "bills_collected", Side.CUSTOMERS, "biller", "payments"),
        Account(BILLS_DUE, "bills_due", Side.CUSTOMERS, "biller"),
        # In a settlement, gross, until a bank carries it to the biller.
        Account(BILLS_SETTLED, "bills_settled", Side.CUSTOMERS, "biller"),
        # Duty for customs and cash on delivery for senders, taken before an item was handed over.
        Account(CHARGES_COLLECTED, "charges_collected", Side.CUSTOMERS, "charge", "charges"),
        # Transfers that neither receiver nor sender fetched in time; theirs all the same.
        Account(UNCLAIMED, "unclaimed", Side.CUSTOMERS),
        # Money of a partner that fits nothing; out of it only by two people's act (MA-21).
        Account(SUSPENSE, "suspense", Side.CUSTOMERS, "partner"),
        Account(VAT_PAYABLE, "vat_payable", Side.OWN),
        Account(REFUNDS_PAYABLE, "refunds_payable", Side.CUSTOMERS, "biller", "payments"),
        Account(SURPLUS, "surplus", Side.OWN, "officer"),
        Account(HEADQUARTERS, "headquarters", Side.OWN),
        Account(FEES, "fees", Side.OWN, "service"),
        Account(GOODS_SOLD, "goods_sold", Side.OWN, service="goods"),
        Account(EXPRESS_SOLD, "express_sold", Side.OWN, "service", "express"),
        # The spread of the day's deals, apart from what the open position gains or loses by the rate.
        Account(TRADING, "trading", Side.OWN, "currency"),
        Account(REVALUATION, "revaluation", Side.OWN, "currency"),
        # What carrying a transfer costs us or brings us, and who owes it until its invoice is paid: the
        # post's own, each side apart.
        Account(COMMISSION_CLAIM, "commission_claim", Side.OWN, "partner"),
        Account(COMMISSION_DUE, "commission_due", Side.OWN, "partner"),
        Account(COMMISSION_EARNED, "commission_earned", Side.OWN, "partner"),
        Account(COMMISSION_COST, "commission_cost", Side.OWN, "partner"),
        # What a biller owes the post for its settled bills, never taken off what it is due.
        Account(BILLER_COMMISSION, "biller_commission", Side.OWN, "biller"),
        Account(BILLER_COMMISSION_EARNED, "biller_commission_earned", Side.OWN, "biller"),
        # Paid twice because a desk was lost: the post's own loss, never a clerk's.
        Account(RISK, "risk", Side.OWN, "desk"),
    )
}
