"""What the statement of a paid notice says: drawn from the portal's confirmation and from nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from azpost_desk.domain.papers_head import ORIGINAL, CopyState, PaperHead

if TYPE_CHECKING:
    from azpost_desk.domain.catalogue import Names
    from azpost_desk.domain.money import Money


@dataclass(frozen=True, slots=True)
class StatementPaper:
    """The statement receipt of one notice (money-out.md MC-10); facts/money.md 2.3 says what it must hold.

    Attributes:
        number: of the receipt of the sale, whose `head` and mark these are.
        portal: who runs the portal.
        central_number: the unique number the portal gave the payment.
        notice: the notice's number; `payer` as the portal names them, masked.
        amount: what the budget got; `fee` is the post's.
        confirmed_ms: when the portal's word came to this desk (UTC ms).
        language: the customer's, "" for the one of the office.
    """

    head: PaperHead
    number: str
    portal: Names
    central_number: str
    notice: str
    payer: str
    authority: Names
    purpose: Names
    budget_code: str
    amount: Money
    fee: Money
    confirmed_ms: int
    record_mark: str
    copy: CopyState = ORIGINAL
    language: str = ""
