"""Papers about cash that two people sign: bags, acts, hand-overs, counts, reports of suspect notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azpost_desk.domain.money import Money
    from azpost_desk.domain.papers_head import CopyState, PaperHead, SignatureLine, Words


@dataclass(frozen=True, slots=True)
class ComparedPieces:
    """Pieces of one denomination: `announced` is None where nothing was announced."""

    denomination: Money
    counted: int
    announced: int | None = None


@dataclass(frozen=True, slots=True)
class ReportCount:
    """A count of a till in the daily report.

    Attributes:
        sort: close, hand-over, surprise count, or a count set aside (which ended nothing).
        at: moment, UTC in milliseconds.
        expected, difference: None for a count set aside.
        made_good: paid by the holder since.
        surprise: counted by somebody else without warning.
    """

    sort: Words
    at: int
    holder: str
    counted_by: str
    counted: Money
    expected: Money | None
    difference: Money | None
    made_good: Money
    surprise: bool = False


@dataclass(frozen=True, slots=True)
class CashActPaper:
    """One act about cash on A4.

    Attributes:
        number: number of the act, the bag or the report as shown.
        facts: name and value, in reading order.
        counts: by denomination, largest first; empty when no money is counted.
        amount: what was counted together; None when no money is counted.
        notice: a sentence nobody may overlook, "" for none.
        record_mark: ten characters of the record's hash.
    """

    head: PaperHead
    number: str
    title: Words
    facts: tuple[tuple[Words, Words], ...]
    counts: tuple[ComparedPieces, ...]
    amount: Money | None
    notice: Words
    signatures: tuple[SignatureLine, ...]
    record_mark: str
    copy: CopyState
