"""The number a partner gave for a transfer sold here: whose slip is still to be printed, and the slip.

In: the desk's books, where the centre's word has brought the number. Out: a print job, the first an original
and each later one a copy, and its paper. The number stands on that paper and nowhere else (MA-18).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.abroad.corridors import Corridors
from azpost_desk.domain.abroad.moves import UNDER_WAY
from azpost_desk.domain.papers_abroad import NumberPaper
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.services.abroad_views import ABROAD
from azpost_desk.services.print_jobs import copy_of, is_made

if TYPE_CHECKING:
    from azpost_desk.domain.papers import PaperHead
    from azpost_desk.services.abroad_views import AbroadTransfer
    from azpost_desk.services.counter import Counter
    from azpost_desk.services.ports import Reading
    from azpost_desk.services.views import PaidLine, PrintJob

PAPER: Final = "abroad_number"
# In these its receiver may still come for it.
_TO_COLLECT: Final = (*UNDER_WAY, "settled")


@dataclass(frozen=True, slots=True)
class NumberSlips:
    """What came and is on no paper yet, and putting it there."""

    counter: Counter

    def waiting(self) -> list[AbroadTransfer]:
        """Transfers sold here whose number has come and was never printed, the newest first."""
        with self.counter.books.reading() as books:
            known = books.of(ABROAD).transfers(_TO_COLLECT)
            return [one for one in known if one.receipt and one.number and not _is_printed(books, one)]

    def print_one(self, transfer: str) -> None:
        """Queue the slip of one transfer; again it is a copy.

        Raises:
            Refused: A-051 not sold at this desk, A-055 its number has not come.
        """
        with self.counter.books.writing() as books:
            one = books.of(ABROAD).transfer(transfer)
            if one is None or not one.receipt:
                raise Refused("A-051")
            if not one.number:
                raise Refused("A-055")
            books.queue_paper(PAPER, transfer, "copy" if _is_printed(books, one) else "original")


def _is_printed(books: Reading, one: AbroadTransfer) -> bool:
    return is_made(books, PAPER, one.transfer)


def number_paper(books: Reading, head: PaperHead, stored: PaidLine, job: PrintJob) -> NumberPaper:
    """The slip that a print job names.

    Raises:
        Trouble: D-020 the number is in the books no more.
    """
    one = books.of(ABROAD).transfer(job.key)
    if one is None or not one.number or one.terms is None:
        raise Trouble("D-020")
    try:
        corridor = books.document(Corridors, head.business_day.isoformat()).find(one.terms.corridor)
    except Trouble as none_yet:
        if none_yet.code != "G-050":
            raise
        corridor = None
    sale = books.entry(stored.recorded.operation)
    return NumberPaper(
        head=head,
        number=stored.receipt,
        receiver=one.receiver,
        country=corridor.country_names if corridor else {"az": one.country},
        arrives=one.arrives,
        is_exact=one.terms.is_exact,
        secret=one.number,
        record_mark=stored.recorded.mark,
        copy=copy_of(books, job),
        language=str(getattr(sale.body, "language", "")) if sale is not None else "",
    )
