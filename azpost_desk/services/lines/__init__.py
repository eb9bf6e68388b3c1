"""What people read of each product: one module for each, its lines in `WORDS`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from azpost_desk.domain import papers
from azpost_desk.domain.lines import LineReversed
from azpost_desk.domain.papers import Say
from azpost_desk.services.lines.abroad import ABROAD
from azpost_desk.services.lines.bills import BILLS
from azpost_desk.services.lines.charges import CHARGES
from azpost_desk.services.lines.express import EXPRESS
from azpost_desk.services.lines.goods import GOODS
from azpost_desk.services.lines.transfers import TRANSFERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.domain.lines import AnyLine, Sold
    from azpost_desk.services.lines.base import LineWords, Place, Sheet

WORDS: Final[dict[type, LineWords[Any]]] = {
    one.line: one for one in (*GOODS, *BILLS, *TRANSFERS, *EXPRESS, *ABROAD, *CHARGES)
}


def words_of(line: Sold) -> LineWords[Any]:
    """How a line is told; every line that can be sold has words (a test compares)."""
    return WORDS[type(line)]


def receipt_line(place: Place, line: AnyLine) -> papers.ReceiptLine:
    """A line as it stands on the receipt; a reversal as the opposite of its original, with the reason."""
    if not isinstance(line, LineReversed):
        return words_of(line).receipt(place, line)
    undone = words_of(line.original).receipt(place, line.original)
    reason = Say("papers.line.reason", (("reason", line.reason),))
    return papers.ReceiptLine(
        undone.title, -undone.amount, (reason,), fee=-undone.fee if undone.fee else None
    )


def about(place: Place, line: AnyLine) -> str:
    """Whom or what a line is about; "" when that was erased by rule."""
    if isinstance(line, LineReversed):
        return f"{line.original_receipt} {about(place, line.original)}".strip()
    return words_of(line).about(place, line)


def own_paper(place: Place, line: AnyLine, sheet: Sheet) -> papers.Paper | None:
    """The paper a line has beside the receipt; None when it has none, or what it needs was erased."""
    return None if isinstance(line, LineReversed) else words_of(line).paper(place, line, sheet)


def notices(lines: Sequence[AnyLine]) -> tuple[papers.Words, ...]:
    """The advice at the foot of a receipt: of each sort of line once, the first one speaks."""
    said: dict[type, papers.Words] = {}
    for line in lines:
        if not isinstance(line, LineReversed) and type(line) not in said:
            said[type(line)] = words_of(line).notice(line)
    return (*(words for words in said.values() if words), Say("papers.notice.keep_receipt"))
