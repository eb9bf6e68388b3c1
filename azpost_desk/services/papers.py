"""Paper drawn from committed rows: what a print job's paper says, and the queue that prints it.

Printing never changes money: a job is queued in the transaction of its record, tried afterwards, and tried
again; a copy and the duplicate of one that never came out are counted apart.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain import operations as ops
from azpost_desk.domain import papers
from azpost_desk.domain.catalogue import Billers, Branch, Goods, Offices, Tariffs
from azpost_desk.domain.certificates import read_certificate
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.papers import Say
from azpost_desk.domain.people import Account, Addresses, Parties, Person
from azpost_desk.domain.products import GROUPS, due_qapik
from azpost_desk.domain.quotes import EXTRAS
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.services import cash_papers
from azpost_desk.services.print_jobs import Came, copy_of, number_of
from azpost_desk.services.slip_papers import slip_paper
from azpost_desk.services.slips import PAPER

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
                lines=tuple(_receipt_line(books, entry, line, body.language) for line in body.lines),
                total_due=azn(sum(due_qapik(line) for line in body.lines)),
                tenders=tuple(_tender(tender) for tender in body.tenders),
                record_mark=entry.recorded.mark,
                cash_given=azn(body.cash_given_qapik) if body.cash_given_qapik else None,
                change=azn(body.change_qapik) if body.change_qapik else None,
                copy=copy,
                reversal_of=next(
                    (x.original_receipt for x in body.lines if isinstance(x, ops.LineReversed)), None
                ),
                notices=_notices(body),
                language=body.language,
            )

    def of_job(self, job: PrintJob) -> papers.Paper | bytes:
        """What a print job prints; a closed report, and what was signed electronically, is its stored bytes.

        Raises:
            Trouble: D-020 the job names nothing that is in the books.
        """
        if job.paper == "receipt":
            return self.receipt(job.key, self._copy_state(job))
        with self.counter.books.reading() as books:
            signed = books.signed_paper(job.paper, job.key)
            if signed is not None:
                return signed
            if job.paper == "report":
                content = books.closed_report(job.key)
                if content is None:
                    raise Trouble("D-020")
                return content
            if job.paper == PAPER:
                entry = books.entry(job.key)
                if entry is None:
                    raise Trouble("D-020")
                return slip_paper(books, _head(books, entry), entry, job, copy_of(books, job))
            if job.paper in ("cash_move", "till_close"):
                return _cash_paper(books, job)
            if job.paper == "certificate":
                return _certificate(books, job)
            if job.paper == "cash_act":
                return _cash_act(books, job)
            line = books.paid_line(job.key)
            if line is None:
                raise Trouble("D-020")
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

    def _copy_state(self, job: PrintJob) -> papers.CopyState:
        if job.sort == "original":
            return papers.CopyState()
        with self.counter.books.reading() as books:
            count = books.reprints(job.key, job.sort)
        return papers.CopyState("copy" if job.sort == "copy" else "duplicate", count)


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


def _notices(body: ops.Settlement) -> tuple[papers.Words, ...]:
    notices: list[papers.Words] = []
    if any(isinstance(line, ops.TransferSent) for line in body.lines):
        notices.append(Say("papers.notice.code_secret"))
    item = next((line for line in body.lines if isinstance(line, ops.ItemAccepted)), None)
    if item is not None:
        notices.append(Say("papers.notice.track", (("item", _spaced(item.number)),)))
    notices.append(Say("papers.notice.keep_receipt"))
    return tuple(notices)


def _group(books: Reading, entry_operation: str, line: str, group: str) -> object | None:
    """An attachment's value; None when it was erased by rule."""
    content = books.attachment(entry_operation, f"{line}:{group}")
    return None if content is None else msgspec.json.decode(content, type=GROUPS[group])


def _receipt_line(books: Reading, entry: Entry, line: ops.AnyLine, language: str) -> papers.ReceiptLine:
    date = books.day().date
    record = entry.recorded.operation
    match line:
        case ops.GoodsSold():
            article = books.document(Goods, date).find(line.sku)
            name = article.names.get(language, line.sku) if article else line.sku
            detail = Say("papers.line.pieces", (("count", line.quantity), ("price", azn(line.price_qapik))))
            return papers.ReceiptLine(name, azn(line.amount_qapik), (detail,))
        case ops.PaymentAccepted():
            biller = books.document(Billers, date).find(line.biller)
            account = _group(books, record, line.operation, "account")
            details: tuple[papers.Words, ...] = ()
            if isinstance(account, Account):
                details = (Say("papers.line.subscriber", (("account", account.account),)),)
            name = biller.names.get(language, line.biller) if biller else line.biller
            return papers.ReceiptLine(
                name, azn(line.amount_qapik), details, fee=azn(line.fee_qapik), state=Say(line.told)
            )
        case ops.TransferSent():
            parties = _group(books, record, line.operation, "parties")
            code = parties.code if isinstance(parties, Parties) else None
            receiver = parties.receiver.name if isinstance(parties, Parties) else ""
            return papers.ReceiptLine(
                Say("papers.line.transfer_sent"),
                azn(line.amount_qapik),
                (Say("papers.line.to", (("name", receiver),)),) if receiver else (),
                fee=azn(line.fee_qapik),
                code=code,
                state=Say("papers.receipt.state.waiting_line") if line.offline else None,
            )
        case ops.TransferPaid():
            return papers.ReceiptLine(Say("papers.line.transfer_paid"), azn(-line.amount_qapik))
        case ops.TransferRefunded():
            return papers.ReceiptLine(
                Say("papers.line.transfer_refunded"),
                azn(-line.amount_qapik),
                fee=azn(-line.fee_returned_qapik),
            )
        case ops.PaymentRefunded():
            return papers.ReceiptLine(Say("papers.line.payment_refunded"), azn(-line.amount_qapik))
        case ops.ItemAccepted():
            weight = Say(
                "papers.line.item", (("number", _spaced(line.number)), ("weight_grams", line.weight_grams))
            )
            return papers.ReceiptLine(
                Say(f"express.service.{line.service}"), azn(line.amount_qapik), (weight,)
            )
        case ops.LineReversed():
            undone = _receipt_line(books, entry, line.original, language)
            reason = Say("papers.line.reason", (("reason", line.reason),))
            return papers.ReceiptLine(
                undone.title, -undone.amount, (reason,), fee=-undone.fee if undone.fee else None
            )


def _spaced(number: str) -> str:
    """An item number as people read it, 2-3-3-3-2."""
    return f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:11]} {number[11:]}"


def _line_paper(books: Reading, stored: PaidLine, copy: papers.CopyState) -> papers.Paper:
    entry = books.entry(stored.recorded.operation)
    if entry is None:
        raise Trouble("D-020")
    head = _head(books, entry)
    line, record = stored.line, stored.recorded.operation
    # Whatever a customer takes or signs is in one language: that of their receipt.
    spoken = entry.body.language if isinstance(entry.body, ops.Settlement) else ""
    match line:
        case ops.TransferSent():
            parties = _group(books, record, line.operation, "parties")
            if isinstance(parties, Parties):
                paper = _application(books, head, stored.receipt, line, parties, copy)
                return replace(paper, language=spoken)
        case ops.TransferPaid() | ops.TransferRefunded():
            receiver = _group(books, record, line.operation, "receiver")
            if isinstance(receiver, Person):
                return replace(_voucher(books, head, stored, line, receiver, copy), language=spoken)
        case ops.ItemAccepted():
            addresses = _group(books, record, line.operation, "addresses")
            if isinstance(addresses, Addresses):
                service = _express_name(books, head.business_day.isoformat(), line, spoken or "az")
                return replace(_label(head, line, addresses, copy, service), language=spoken)
        case ops.GoodsSold() | ops.PaymentAccepted() | ops.PaymentRefunded() | ops.LineReversed():
            # The receipt is all the paper they have.
            pass
    raise Trouble("D-020")


def _person(person: Person) -> papers.PaperPerson:
    document: papers.Words = person.document
    if person.document and person.document_kind:
        document = Say(f"papers.document.{person.document_kind}", (("number", person.document),))
    return papers.PaperPerson(person.name, document, person.fin, person.phone, person.address)


def _application(
    books: Reading,
    head: papers.PaperHead,
    receipt: str,
    line: ops.TransferSent,
    parties: Parties,
    copy: papers.CopyState,
) -> papers.ApplicationPaper:
    office = books.document(Offices, head.business_day.isoformat()).find(line.office) if line.office else None
    extras = line.terms.extras_qapik if line.terms else {}
    return papers.ApplicationPaper(
        head=head,
        number=receipt,
        sender=_person(parties.sender),
        receiver=_person(parties.receiver),
        amount=azn(line.amount_qapik),
        fee=azn(line.fee_qapik - sum(extras.values())),
        extras=tuple((Say(f"papers.extra.{name}"), azn(extras[name])) for name in EXTRAS if name in extras),
        total=azn(line.amount_qapik + line.fee_qapik),
        paid_from_ms=line.terms.available_ms if line.terms else 0,
        payout=office.name if office else Say("papers.application.any_office"),
        purpose=Say(f"transfers.purpose.{line.purpose}"),
        copy=copy,
    )


def _voucher(
    books: Reading,
    head: papers.PaperHead,
    stored: PaidLine,
    line: ops.TransferPaid | ops.TransferRefunded,
    receiver: Person,
    copy: papers.CopyState,
) -> papers.VoucherPaper:
    known = books.transfer(line.transfer)
    amount = azn(line.amount_qapik)
    if isinstance(line, ops.TransferRefunded):
        amount = amount + azn(line.fee_returned_qapik)
    return papers.VoucherPaper(
        head=head,
        number=stored.receipt,
        code=known.code if known else "",
        sender=papers.PaperPerson(known.sender if known else ""),
        receiver=_person(receiver),
        amount=amount,
        sent_at=known.office if known else "",
        record_mark=stored.recorded.mark,
        refund=isinstance(line, ops.TransferRefunded),
        copy=copy,
    )


def _block(person: Person) -> papers.AddressBlock:
    return papers.AddressBlock(
        person.name, person.address, person.postcode, person.settlement, phone=person.phone
    )


def _express_name(books: Reading, date: str, line: ops.ItemAccepted, language: str) -> str:
    """What the tariff calls the service; a service that left the tariff keeps its word."""
    rows = books.document(Tariffs, date).express
    return next((row.names[language] for row in rows if row.service == line.service), line.service)


def _label(
    head: papers.PaperHead,
    line: ops.ItemAccepted,
    addresses: Addresses,
    copy: papers.CopyState,
    service: str,
) -> papers.LabelPaper:
    return papers.LabelPaper(
        head=head,
        item=line.number,
        sender=_block(addresses.sender),
        addressee=_block(addresses.addressee),
        weight_grams=line.weight_grams,
        service=service,
        copy=copy,
    )


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
    )
