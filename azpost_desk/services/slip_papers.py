"""A slip as a paper value, from the record of its cash and the code signed with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain import operations as ops
from azpost_desk.domain import papers, reports
from azpost_desk.domain.catalogue import Branch
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.papers import Say
from azpost_desk.domain.papers_slips import SlipPaper
from azpost_desk.domain.refusals import Trouble

if TYPE_CHECKING:
    from azpost_desk.services.ports import Reading
    from azpost_desk.services.views import Entry, PrintJob


def slip_paper(
    books: Reading, head: papers.PaperHead, entry: Entry, job: PrintJob, copy: papers.CopyState
) -> SlipPaper:
    """The paper of a remittance or a close.

    Raises:
        Trouble: D-020 no slip was signed with this record.
    """
    code, body = books.slip(job.key), entry.body
    here = _desk(books.desk().number)
    match body:
        case ops.RemittanceIssued() if code:
            handed = papers.SignatureLine(Say("papers.sign.handed_over"), head.clerk)
            return SlipPaper(
                head=head,
                number=entry.recorded.mark,
                title=Say("papers.slip.remittance"),
                source=here,
                target=_desk(int(body.to_desk.rpartition("-")[2])),
                amount_title=Say("papers.cash_move.moved"),
                amount=azn(body.amount_qapik),
                counts=tuple(
                    papers.CountedPieces(Money(int(denomination)), number)
                    for denomination, number in body.pieces.items()
                ),
                code=code,
                hint=Say("papers.slip.remittance_hint"),
                signatures=(handed, papers.SignatureLine(Say("papers.sign.received"), "")),
                record_mark=entry.recorded.mark,
                copy=copy,
            )
        case ops.DayClosed() if code:
            return SlipPaper(
                head=head,
                number=entry.recorded.mark,
                title=Say("papers.slip.close"),
                source=here,
                target=_desk(books.document(Branch, body.date).safe_desk),
                amount_title=Say("papers.slip.till_closing"),
                amount=azn(reports.decode(body.figures).till_closing_qapik),
                counts=(),
                code=code,
                hint=Say("papers.slip.close_hint"),
                signatures=(),
                record_mark=entry.recorded.mark,
                copy=copy,
            )
        case _:
            raise Trouble("D-020")


def _desk(number: int) -> Say:
    return Say("papers.slip.desk", (("number", number),))
