"""What is said of a print job: what people call its paper by, which copy it is, what became of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from azpost_desk.domain import operations as ops
from azpost_desk.domain import papers
from azpost_desk.services.mail_bags_views import BAGS
from azpost_desk.services.views import PrintJob

if TYPE_CHECKING:
    from azpost_desk.services.ports import Reading


@dataclass(frozen=True, slots=True)
class Came:
    """What became of a paper and where it is: a printer's place or a file's name.

    ``sent`` is where no printer ever says what came out of it: then nobody is told that it is printed.
    """

    way: Literal["printed", "sent", "saved"] = "printed"
    place: str = ""


def number_of(books: Reading, job: PrintJob) -> str:
    """What people call a paper by: receipt, item, bag or day; else the mark of its record."""
    if job.paper in ("receipt", "report"):
        return job.key
    line = books.paid_line(job.key)
    if line is not None:
        return line.line.number if isinstance(line.line, ops.ItemAccepted) else line.receipt
    entry = books.entry(job.key)
    if entry is not None and isinstance(entry.body, ops.DisputeRaised):
        return entry.body.dispute
    if entry is not None and isinstance(entry.body, ops.MailBagClosed):
        bag = books.of(BAGS).bag(entry.body.bag)
        return bag.number if bag is not None else entry.recorded.mark
    if entry is not None and isinstance(entry.body, ops.ReceptacleClosed):
        return entry.body.s9
    return entry.recorded.mark if entry is not None else ""


def copy_of(books: Reading, job: PrintJob) -> papers.CopyState:
    """The paper itself, its n-th copy, or the n-th for one that never came out.

    Copies of receipts are recorded: theirs are counted back from the last one, whose number is in the books.
    """
    if job.sort == "original":
        return papers.CopyState()
    number = books.prints_until(job)
    if job.paper == "receipt":
        behind = books.prints_until(replace(job, job=_LAST)) - number
        number = books.reprints(job.key, job.sort) - behind
    return papers.CopyState("copy" if job.sort == "copy" else "duplicate", number)


def is_made(books: Reading, paper: str, key: str) -> bool:
    """Whether a print job of this paper was ever made."""
    return books.prints_until(PrintJob(_LAST, paper, key, "original", "", 0, "", 0)) > 0


def copies_made(books: Reading, paper: str, key: str) -> int:
    """How often a paper was printed again, as a copy or for one that did not come out."""
    sorts = ("copy", "duplicate")
    return sum(books.prints_until(PrintJob(_LAST, paper, key, sort, "", 0, "", 0)) for sort in sorts)


_LAST: Final = 2**62
