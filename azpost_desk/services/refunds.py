"""What the post owes customers: refused bills, each with its age and whom to call, until it is paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from azpost_desk.domain.catalogue import Billers, name_in
from azpost_desk.domain.people import Account

if TYPE_CHECKING:
    from azpost_desk.domain.money import Money
    from azpost_desk.services.counter import Counter
    from azpost_desk.services.ports import Reading


@dataclass(frozen=True, slots=True)
class Owed:
    """A refused bill that is not given back yet.

    Attributes:
        amount: what goes back, the fee with it.
        contact: the payer's phone as asked at the bill; "" when none was given or it was erased by rule.
        since_ms: when the refusal came.
    """

    payment: str
    biller: str
    account: str
    amount: Money
    contact: str
    since_ms: int
    receipt: str


@dataclass(frozen=True, slots=True)
class Refunds:
    """Reads only; what is owed is given back by `Payments.refund`."""

    counter: Counter

    def owed(self, language: str = "az") -> list[Owed]:
        """What is owed, the oldest first."""
        with self.counter.books.reading() as books:
            return owed_now(books, language)


def owed_now(books: Reading, language: str) -> list[Owed]:
    """As `Refunds.owed`, within one look."""
    refused = sorted(books.payments(("refused",)), key=lambda one: one.changed_ms)
    return [
        Owed(
            one.payment,
            biller_name(books, one.biller, language),
            one.account,
            one.amount + one.fee,
            contact_of(books, one.payment),
            one.changed_ms,
            one.receipt,
        )
        for one in refused
    ]


def biller_name(books: Reading, biller: str, language: str) -> str:
    """What a biller is called; its number when it is no longer served."""
    known = books.document(Billers, books.day().date).find(biller)
    return (known and name_in(known.names, language)) or biller


def contact_of(books: Reading, payment: str) -> str:
    """The payer's phone beside the account of a bill; "" when there is none (any more)."""
    content = books.attachment(payment, "account")
    try:
        return msgspec.json.decode(content, type=Account).contact if content else ""
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
