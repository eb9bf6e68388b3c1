"""What the paper of a signed slip says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azpost_desk.domain.money import Money
    from azpost_desk.domain.papers import CopyState, CountedPieces, PaperHead, SignatureLine, Words


@dataclass(frozen=True, slots=True)
class SlipPaper:
    """A remittance or a close on its way to another desk of the branch.

    Attributes:
        title: what it is.
        source, target: the desk that signed, the only desk that may take it.
        amount: the cash handed over; of a close, what lay in the till.
        counts: pieces by denomination, none for a close.
        code: the text of the QR code.
        hint: what the desk that gets it does with it.
    """

    head: PaperHead
    number: str
    title: Words
    source: Words
    target: Words
    amount_title: Words
    amount: Money
    counts: tuple[CountedPieces, ...]
    code: str
    hint: Words
    signatures: tuple[SignatureLine, ...]
    record_mark: str
    copy: CopyState
