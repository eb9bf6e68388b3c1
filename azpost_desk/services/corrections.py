"""The centre proposes, the branch decides: corrections taken up by an own operation or declined with words;
and what the centre did or read of this desk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Words
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Permission
from azpost_desk.domain.typed import is_said
from azpost_desk.services.counter import Counter, Officer, attach, open_day

if TYPE_CHECKING:
    from azpost_desk.services.ports import Reading
    from azpost_desk.services.views import Recorded
    from azpost_desk.services.views_recovery import CentreAct, Proposal

ANSWERS: Final = ("declined", "disputed")


@dataclass(frozen=True, slots=True)
class Corrections:
    """Proposals of the centre at this desk. Nothing of them is booked before the branch says so."""

    counter: Counter

    def proposals(self) -> list[Proposal]:
        """All of them with what became of them, newest first."""
        with self.counter.books.reading() as books:
            return books.proposals()

    def acts(self) -> list[CentreAct]:
        """What the centre did or read of this desk, newest first."""
        with self.counter.books.reading() as books:
            return books.centre_acts()

    def accept(self, by: Officer, proposal: str) -> Recorded:
        """Take a proposal up by an own operation, once; its postings move no cash.

        Raises:
            Refused: S-010, C-001, G-090 no such proposal, G-091 it is answered, G-092 the holder's account
                does not hold as much (`left`).
        """
        by.may(Permission.CLOSE_DAY)
        with self.counter.books.writing() as books:
            open_day(books)
            known = _open(books, proposal)
            left = _left(books, known)
            if known.amount.minor > left:
                raise Refused("G-092", left=azn(max(left, 0)))
            recorded = books.append(
                ops.CorrectionAccepted(
                    proposal=known.proposal,
                    sort=known.sort,
                    amount_qapik=known.amount.minor,
                    holder=known.holder,
                ),
                actor=by.officer,
                operation=self.counter.new_id(),
            )
        self.counter.line.wake()
        return recorded

    def decline(self, by: Officer, proposal: str, answer: str, words: str) -> Recorded:
        """Say no, or that it is disputed, with words; the centre shows both.

        Raises:
            Refused: S-010, G-090, G-091, G-093 without words.
        """
        by.may(Permission.CLOSE_DAY)
        if not is_said(words):
            raise Refused("G-093", field="words")
        if answer not in ANSWERS:
            raise ValueError(answer)
        operation = self.counter.new_id()
        said = attach(operation, "words", Words(words=words.strip()))
        with self.counter.books.writing() as books:
            known = _open(books, proposal)
            recorded = books.append(
                ops.CorrectionDeclined(proposal=known.proposal, answer=answer, words=said.commitment()),
                actor=by.officer,
                operation=operation,
                attachments=(said,),
            )
        self.counter.line.wake()
        return recorded


def _open(books: Reading, proposal: str) -> Proposal:
    known = next((one for one in books.proposals() if one.proposal == proposal), None)
    if known is None:
        raise Refused("G-090")
    if known.state != "open":
        raise Refused("G-091", reason=known.state)
    return known


def _left(books: Reading, known: Proposal) -> int:
    """How much of the holder's surplus and shortage a correction of this sort may take, qəpik."""
    surplus = -books.balance(chart.SURPLUS, known.holder).minor
    shortage = books.balance(chart.SHORTAGE, known.holder).minor
    return {
        "surplus_cleared": surplus,
        "shortage_cleared": shortage,
        "difference_explained": min(surplus, shortage),
    }[known.sort]
