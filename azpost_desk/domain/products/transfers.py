"""The rules of domestic transfers: sent, paid out under a grant, paid back to the sender under a grant."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from azpost_desk.domain import accounts as chart
from azpost_desk.domain.ledger import Posting
from azpost_desk.domain.lines import Terms, TransferPaid, TransferRefunded, TransferSent
from azpost_desk.domain.money import Money
from azpost_desk.domain.people import Parties, Person
from azpost_desk.domain.products.base import LineRule, Product, Reversal, pair

# What the customer is told while it waits for the line to the centre.
TRANSFER_WAITS: Final = "transfers.told.waiting"
# The grant was used: what becomes of the transfer the centre decides (PROTOCOL.md 5).
_NEVER: Final = Reversal(when="never", code="T-041")


def _sent(line: TransferSent) -> list[Posting]:
    return [
        Posting(line.operation, chart.CLEARING, "", Money(line.amount_qapik + line.fee_qapik)),
        Posting(line.operation, chart.TRANSFERS_PAYABLE, "", Money(-line.amount_qapik)),
        Posting(line.operation, chart.FEES, "transfers", Money(-line.fee_qapik)),
    ]


def _paid(line: TransferPaid) -> list[Posting]:
    return pair(line.operation, (chart.TRANSFERS_PAYABLE, ""), (chart.CLEARING, ""), line.amount_qapik)


def _refunded(line: TransferRefunded) -> list[Posting]:
    return [
        Posting(line.operation, chart.TRANSFERS_PAYABLE, "", Money(line.amount_qapik)),
        Posting(line.operation, chart.FEES, "transfers", Money(line.fee_returned_qapik)),
        Posting(line.operation, chart.CLEARING, "", Money(-line.amount_qapik - line.fee_returned_qapik)),
    ]


def _is_sent_soundly(line: TransferSent) -> bool:
    # The transfer is known by the operation that made it.
    is_named = line.transfer == line.operation
    is_quoted = line.terms is None or _are_terms_sound(line.terms, line.fee_qapik)
    return is_named and is_quoted and line.amount_qapik > 0 and line.fee_qapik >= 0


def _are_terms_sound(terms: Terms, fee_qapik: int) -> bool:
    """The extras are parts of the fee, and a quote ends after it began."""
    extras = terms.extras_qapik.values()
    return (
        0 < terms.quoted_ms < terms.stands_ms
        and all(extra >= 0 for extra in extras)
        and sum(extras) <= fee_qapik
        and terms.available_ms >= 0
    )


def _is_paid_back_soundly(line: TransferRefunded) -> bool:
    whole = line.amount_qapik + line.fee_returned_qapik
    is_paid = line.amount_qapik > 0 and line.fee_returned_qapik >= 0
    return is_paid and line.is_agreed and line.in_cash_qapik <= whole


TRANSFERS: Final = Product(
    service="transfers",
    licensed=True,
    is_paid_outside=True,
    rules=(
        LineRule[TransferSent](
            line=TransferSent,
            due_qapik=lambda line: line.amount_qapik + line.fee_qapik,
            postings=_sent,
            is_sound=_is_sent_soundly,
            exposed_qapik=lambda line: line.amount_qapik,
            groups={"parties": Parties},
            papers=("application",),
            reversal=Reversal(when="until_offered", code="T-040"),
            off_line=lambda line: replace(line, offline=True, told=TRANSFER_WAITS),
        ),
        LineRule[TransferPaid](
            line=TransferPaid,
            due_qapik=lambda line: -line.amount_qapik,
            postings=_paid,
            is_sound=lambda line: line.amount_qapik > 0,
            exposed_qapik=lambda _line: 0,
            groups={"receiver": Person},
            papers=("voucher",),
            reversal=_NEVER,
            once=lambda line: ("grant", line.grant),
        ),
        LineRule[TransferRefunded](
            line=TransferRefunded,
            due_qapik=lambda line: -line.amount_qapik - line.fee_returned_qapik,
            postings=_refunded,
            is_sound=_is_paid_back_soundly,
            exposed_qapik=lambda _line: 0,
            groups={"receiver": Person},
            papers=("voucher",),
            reversal=_NEVER,
            once=lambda line: ("grant", line.grant),
            gives_back=lambda line: line.transfer,
        ),
    ),
)
