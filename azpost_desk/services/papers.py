"""Paper drawn from committed rows: what a print job's paper says, and the queue that prints it.

Printing never changes money: a job is queued in the transaction of its record, tried afterwards, and tried
again; a copy and the duplicate of one that never came out are counted apart.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import operations as ops
from azpost_desk.domain import papers, reports_bodies
from azpost_desk.domain.catalogue import Branch, Tariffs
from azpost_desk.domain.certificates import read_certificate
from azpost_desk.domain.electronic import Electronic, electronic
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.papers import Say
from azpost_desk.domain.products import due_qapik
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.services import cash_papers
from azpost_desk.services.bag_labels import PAPER as BAG_PAPER
from azpost_desk.services.bag_labels import bag_label
from azpost_desk.services.customs_forms import PAPER as CUSTOMS_PAPER
from azpost_desk.services.customs_forms import acceptance_of, customs_paper
from azpost_desk.services.enquiries import PAPER as ENQUIRY_PAPER
from azpost_desk.services.enquiries import enquiry_paper
from azpost_desk.services.lines import notices, own_paper, receipt_line
from azpost_desk.services.lines.base import Place, Sheet
from azpost_desk.services.number_slips import PAPER as NUMBER_PAPER
from azpost_desk.services.number_slips import number_paper
from azpost_desk.services.print_jobs import Came, copy_of, number_of
from azpost_desk.services.receptacle_labels import PAPER as RECEPTACLE_PAPER
from azpost_desk.services.receptacle_labels import receptacle_label
from azpost_desk.services.slip_papers import slip_paper
from azpost_desk.services.slips import PAPER
from azpost_desk.services.statements import PAPER as STATEMENT_PAPER
from azpost_desk.services.statements import statement_paper

if TYPE_CHECKING:
    from azpost_desk.services.counter import Counter, Officer
    from azpost_desk.services.ports import Reading
    from azpost_desk.services.views import Entry, PaidLine, PrintJob

Printer = Callable[[papers.Paper | bytes, str], Came | None]
"""Prints one paper (a value, or a stored report's bytes) named by its sort; raises Trouble("D-…")."""

TRIES_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class Papers:
    """What a paper says, and getting it onto paper."""

    counter: Counter

    def receipt(self, number: str, copy: papers.CopyState) -> papers.ReceiptPaper:
        """The receipt of a stored settlement.

        Raises:
            Refused: B-040 no such receipt.
        """
        with self.counter.books.reading() as books:
            entry = books.settlement(number)
            if entry is None or not isinstance(entry.body, ops.Settlement):
                raise Refused("B-040", receipt=number)
            body = entry.body
            return papers.ReceiptPaper(
                head=_head(books, entry),
                number=body.receipt,
                lines=tuple(receipt_line(_place(books, entry), line) for line in body.lines),
                total_due=azn(sum(due_qapik(line) for line in body.lines)),
                tenders=tuple(_tender(tender) for tender in body.tenders),
                record_mark=entry.recorded.mark,
                cash_given=azn(body.cash_given_qapik) if body.cash_given_qapik else None,
                change=azn(body.change_qapik) if body.change_qapik else None,
                copy=copy,
                reversal_of=next(
                    (x.original_receipt for x in body.lines if isinstance(x, ops.LineReversed)), None
                ),
                notices=notices(body.lines),
                language=body.language,
            )

    def of_job(self, job: PrintJob) -> papers.Paper | bytes:
        """What a print job prints; a closed report, and what was signed electronically, is its stored bytes.

        Printed again these are marked too: nobody gets a second original of what was signed.

        Raises:
            Trouble: D-020 the job names nothing that is in the books.
        """
        if job.paper == "receipt":
            with self.counter.books.reading() as books:
                copy = copy_of(books, job)
            return self.receipt(job.key, copy)
        with self.counter.books.reading() as books:
            signed = books.signed_paper(job.paper, job.key)
            if signed is not None:
                return _stored(signed, copy_of(books, job))
            if job.paper == "report":
                content = books.closed_report(job.key)
                if content is None:
                    raise Trouble("D-020")
                return _stored(content, copy_of(books, job))
            if job.paper in (PAPER, ENQUIRY_PAPER, BAG_PAPER, RECEPTACLE_PAPER):
                return _of_record(books, job)
            if job.paper in ("cash_move", "till_close"):
                return _cash_paper(books, job)
            if job.paper == "certificate":
                return _certificate(books, job)
            if job.paper == "cash_act":
                return _cash_act(books, job)
            is_form = job.paper == CUSTOMS_PAPER
            line = books.paid_line(acceptance_of(books, job.key) if is_form else job.key)
            if line is None:
                raise Trouble("D-020")
            if job.paper in (NUMBER_PAPER, STATEMENT_PAPER, CUSTOMS_PAPER):
                return _later_paper(books, line, job)
            return _line_paper(books, line, copy_of(books, job))

    def waiting(self) -> list[PrintJob]:
        """Jobs that are not on paper yet, oldest first."""
        with self.counter.books.reading() as books:
            return books.print_jobs(("waiting", "printing", "failed"))

    def print_next(self, printer: Printer) -> PrintJob | None:
        """Try the oldest waiting job; what comes of it is stored, and comes back with its place.

        None when nothing waits.
        """
        with self.counter.books.reading() as books:
            jobs = books.print_jobs(("waiting",))
        if not jobs:
            return None
        return self._try(jobs[0], printer)

    def retry(self, job: PrintJob, by: Officer) -> None:
        """Put a job that failed back into the queue as the duplicate of one that never came out; counted."""
        with self.counter.books.writing() as books:
            if job.paper == "receipt":
                count = books.reprints(job.key, "duplicate") + 1
                books.append(
                    ops.PaperReprinted(receipt=job.key, sort="duplicate", count=count),
                    actor=by.officer,
                    operation=self.counter.new_id(),
                )
            books.move_print_job(job.job, "replaced")
            books.queue_paper(job.paper, job.key, "duplicate")

    def copy(self, receipt: str, by: Officer) -> None:
        """Print a receipt again, marked COPY and counted.

        Raises:
            Refused: B-040 no such receipt.
        """
        with self.counter.books.writing() as books:
            if books.settlement(receipt) is None:
                raise Refused("B-040", receipt=receipt)
            count = books.reprints(receipt, "copy") + 1
            books.append(
                ops.PaperReprinted(receipt=receipt, sort="copy", count=count),
                actor=by.officer,
                operation=self.counter.new_id(),
            )
            books.queue_paper("receipt", receipt, "copy")

    def again(self, receipt: str, by: Officer) -> None:
        """Print a receipt again, whatever came of it: the duplicate of one that never came out, else a copy.

        Raises:
            Refused: B-040 no such receipt.
        """
        jobs = [job for job in self.waiting() if job.paper == "receipt" and job.key == receipt]
        failed = next((job for job in jobs if job.state == "failed"), None)
        if failed is not None:
            self.retry(failed, by)
        else:
            self.copy(receipt, by)

    def _try(self, job: PrintJob, printer: Printer) -> PrintJob:
        # Said before it is tried: after a power cut in the middle nobody knows what came out, so the job is
        # offered again as a duplicate (U-02), and one that cannot be drawn does not block those behind it.
        with self.counter.books.writing() as books:
            books.move_print_job(job.job, "printing")
        state, trouble, came = "failed", "", Came()
        try:
            came = printer(self.of_job(job), job.paper) or came
            state = "sent" if came.way == "sent" else "printed"
        except Trouble as problem:
            trouble = problem.code
        with self.counter.books.writing() as books:
            books.move_print_job(job.job, state, trouble)
            number = number_of(books, job)
        return replace(job, state=state, trouble=trouble, number=number, way=came.way, place=came.place)


def _head(books: Reading, entry: Entry) -> papers.PaperHead:
    date = (
        next((day.date for day in books.days() if day.number == entry.recorded.day), "") or books.day().date
    )
    branch = books.document(Branch, date)
    officer = books.officer(entry.recorded.actor)
    return papers.PaperHead(
        office=branch.name,
        address=branch.address,
        voen=branch.voen,
        desk=str(books.desk().number),
        business_day=dt.date.fromisoformat(date),
        recorded_at=entry.recorded.recorded_ms,
        clerk=officer.name if officer else entry.recorded.actor,
        demo=not books.document(Tariffs, date).approved,
    )


def _tender(tender: ops.Tender) -> papers.Tender:
    kinds: dict[str, papers.TenderKind] = {"cash": "cash", "card": "card", "qr": "qr"}
    return papers.Tender(kinds[tender.tender], azn(tender.amount_qapik))


def _place(books: Reading, entry: Entry) -> Place:
    # Whatever a customer takes or signs is in one language: that of their receipt.
    spoken = entry.body.language if isinstance(entry.body, ops.Settlement) else ""
    return Place(books, entry.recorded.operation, spoken, books.day().date)


def _line_paper(books: Reading, stored: PaidLine, copy: papers.CopyState) -> papers.Paper:
    entry = books.entry(stored.recorded.operation)
    if entry is None:
        raise Trouble("D-020")
    sheet = Sheet(_head(books, entry), stored.receipt, stored.recorded.mark, copy)
    paper = own_paper(_place(books, entry), stored.line, sheet)
    if paper is None:
        raise Trouble("D-020")
    return paper


def _stored(content: bytes, copy: papers.CopyState) -> papers.Paper | bytes:
    return content if copy.kind == "original" else papers.StoredPaper(content, copy)


def _of_record(books: Reading, job: PrintJob) -> papers.Paper:
    """A slip, or the label of a bag or receptacle, that is named by its own record."""
    entry = books.entry(job.key)
    if entry is None:
        raise Trouble("D-020")
    if job.paper == ENQUIRY_PAPER:
        return enquiry_paper(books, _head(books, entry), entry, job)
    if job.paper == BAG_PAPER:
        return bag_label(books, _head(books, entry), entry, copy_of(books, job))
    if job.paper == RECEPTACLE_PAPER:
        return receptacle_label(books, _head(books, entry), entry, copy_of(books, job))
    return slip_paper(books, _head(books, entry), entry, job, copy_of(books, job))


def _later_paper(books: Reading, stored: PaidLine, job: PrintJob) -> papers.Paper:
    """A paper of a line beside its own: drawn from what came after its sale, or from its declaration."""
    entry = books.entry(stored.recorded.operation)
    if entry is None:
        raise Trouble("D-020")
    head = _head(books, entry)
    if job.paper == CUSTOMS_PAPER:
        return customs_paper(books, stored, head, copy_of(books, job))
    if job.paper == STATEMENT_PAPER:
        return statement_paper(books, head, stored, job)
    return number_paper(books, head, stored, job)


def _pieces(sheet: dict[str, int]) -> tuple[papers.CountedPieces, ...]:
    return tuple(papers.CountedPieces(Money(int(d)), number) for d, number in sheet.items())


def _cash_paper(books: Reading, job: PrintJob) -> papers.Paper:
    entry = books.entry(job.key)
    if entry is None:
        raise Trouble("D-020")
    head = _head(books, entry)
    signatures = (
        papers.SignatureLine(Say("papers.sign.handed_over"), ""),
        papers.SignatureLine(Say("papers.sign.received"), ""),
    )
    number = entry.recorded.mark
    match entry.body:
        case ops.CashMoved() as moved:
            till = Say("papers.cash_move.till", (("desk", books.desk().number),))
            ends = (Say("papers.cash_move.safe"), till)
            source, target = ends if moved.direction == "to_till" else ends[::-1]
            return papers.CashMovePaper(
                head=head,
                number=number,
                title=Say(f"papers.cash_move.{moved.purpose}"),
                source=source,
                target=target,
                amount=azn(moved.amount_qapik),
                counts=_pieces(moved.pieces),
                signatures=signatures,
                record_mark=entry.recorded.mark,
                copy=copy_of(books, job),
            )
        case ops.TillClosed() as closed:
            return replace(_till_close(books, head, entry, closed), copy=copy_of(books, job))
        case _:
            raise Trouble("D-020")


def _certificate(books: Reading, job: PrintJob) -> papers.CertificatePaper:
    entry, code = books.entry(job.key), books.certificate(job.key)
    read = read_certificate(code)
    if entry is None or read is None:
        raise Trouble("D-020")
    return papers.CertificatePaper(
        head=_head(books, entry),
        number=f"{read.says.epoch}/{read.says.sequence}",
        says=read.says,
        record_mark=entry.recorded.mark,
        code=code,
        copy=copy_of(books, job),
    )


def _cash_act(books: Reading, job: PrintJob) -> papers.Paper:
    entry = books.entry(job.key)
    if entry is None:
        raise Trouble("D-020")
    return cash_papers.cash_act(books, _head(books, entry), entry, copy_of(books, job))


def _till_close(
    books: Reading, head: papers.PaperHead, entry: Entry, closed: ops.TillClosed
) -> papers.TillClosePaper:
    flow = [
        p.amount.minor
        for kind, p in books.posted(entry.recorded.day)
        if (p.account, p.sub) == ("1020", closed.till) and kind != "till.closed"
    ]
    return papers.TillClosePaper(
        head=head,
        number=entry.recorded.mark,
        till=Say("papers.till.name", (("desk", books.desk().number),)),
        opening=books.till_before(entry.recorded.day),
        money_in=azn(sum(x for x in flow if x > 0)),
        money_out=azn(-sum(x for x in flow if x < 0)),
        expected=azn(closed.expected_qapik),
        counted=azn(closed.counted_qapik),
        difference=azn(closed.difference_qapik),
        counts=_pieces(closed.pieces),
        signatures=(
            papers.SignatureLine(Say("papers.sign.counted"), head.clerk),
            papers.SignatureLine(Say("papers.sign.witnessed"), ""),
        ),
        record_mark=entry.recorded.mark,
        electronic=_electronic_until(books, entry),
    )


def _electronic_until(books: Reading, close: Entry) -> Electronic:
    """What was paid without cash on the day of a close before it: a later copy says the same."""
    last = (close.recorded.epoch, close.recorded.sequence)
    bodies = [
        one.body
        for one in books.entries(close.recorded.day, limit=1_000_000)
        if (one.recorded.epoch, one.recorded.sequence) < last
    ]
    return electronic(reports_bodies.figures(bodies, 0))
