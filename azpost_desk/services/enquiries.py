"""A customer asks where money abroad is: an enquiry with number, term and slip, answered by the centre.

In: a transfer sold here, or the number a receiver said and was refused for. Out: a dispute of its own kind
(`operations_disputes.ENQUIRIES`), due by the days of its corridor or way in, and what the customer takes.
The number a receiver says stays in the request that was recorded for it (MA-18).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain import operations as ops
from azpost_desk.domain.abroad.corridors import Corridors, pick_up_number
from azpost_desk.domain.days import BusinessDay, days_after
from azpost_desk.domain.operations_disputes import (
    ENQUIRIES,
    ENQUIRY_COMING,
    ENQUIRY_SENT,
    REFUND_ASKED,
    figure_of,
)
from azpost_desk.domain.papers_abroad import EnquiryPaper
from azpost_desk.domain.papers_head import Say
from azpost_desk.domain.people import Account
from azpost_desk.domain.products.abroad import PAYOUT
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol.messages import TransferClaim
from azpost_desk.services.abroad_views import ABROAD
from azpost_desk.services.disputes import OPEN, Figure, Named, date_of, hash_of, said_words
from azpost_desk.services.grants import OPEN_DAYS_MAX
from azpost_desk.services.print_jobs import copy_of, is_made

if TYPE_CHECKING:
    from azpost_desk.domain.papers_head import PaperHead
    from azpost_desk.services.counter import Counter, Officer
    from azpost_desk.services.disputes import Disputes, Raised
    from azpost_desk.services.ports import Reading, Writing
    from azpost_desk.services.views import Dispute, Entry, PrintJob

PAPER: Final = "abroad_enquiry"


@dataclass(frozen=True, slots=True)
class Enquiries:
    """Opening an enquiry, and its slip."""

    counter: Counter
    disputes: Disputes

    def open_sent(self, transfer: str, words: str, by: Officer) -> Raised:
        """Ask the centre where a transfer that was sold here is; its slip is queued.

        Raises:
            Refused: A-051 not sold at this desk, A-093 asked already (`dispute`, `due`), D-102 no words,
                D-103 too many.
        """
        said = said_words(words)
        with self.counter.books.writing() as books:
            one = books.of(ABROAD).transfer(transfer)
            sale = books.paid_line(transfer)
            entry = books.entry(sale.recorded.operation) if sale else None
            if one is None or one.terms is None or entry is None:
                raise Refused("A-051")
            corridor = _corridors(books).find(one.terms.corridor)
            figure = Figure(ENQUIRY_SENT, transfer)
            named = Named(figure, date_of(books, entry), one.amount.minor, "qapik", (hash_of(books, entry),))
            raised = self._raise(books, by, named, said, corridor.enquiry_days if corridor else 0)
        self.counter.line.wake()
        return raised

    def open_coming(self, number: str, words: str, by: Officer) -> Raised:
        """Ask the centre about money that somebody came for by its number and did not get here.

        Raises:
            Refused: A-094 nobody asked for this number here, A-093, D-102, D-103.
        """
        said = said_words(words)
        with self.counter.books.writing() as books:
            found = _asked(books, pick_up_number(number))
            if found is None:
                raise Refused("A-094", field="code")
            entry, question = found
            way = _corridors(books).find_in(question.way)
            figure = Figure(ENQUIRY_COMING, entry.recorded.operation)
            unit = way.currency if way else ""
            record = (hash_of(books, entry),)
            named = Named(figure, date_of(books, entry), question.figure_minor, unit, record)
            raised = self._raise(books, by, named, said, way.enquiry_days if way else 0)
        self.counter.line.wake()
        return raised

    def open_refund(self, payment: str, words: str, by: Officer) -> Raised:
        """Ask for the money of a paid notice: the authority decides, the centre answers (MC-10).

        Raises:
            Refused: P-031 not paid at this desk, P-052 no notice, P-053 not confirmed, P-054 asked already
                (`dispute`, `due`), D-102 no words, D-103 too many.
        """
        said = said_words(words)
        with self.counter.books.writing() as books:
            known, sale = books.payment(payment), books.paid_line(payment)
            entry = books.entry(sale.recorded.operation) if sale else None
            if known is None or sale is None or entry is None:
                raise Refused("P-031")
            if not isinstance(sale.line, ops.NoticePaid):
                raise Refused("P-052")
            if known.state != "confirmed":
                raise Refused("P-053")
            asked = (
                one for one in books.disputes(OPEN) if (one.figure, one.about) == (REFUND_ASKED, payment)
            )
            if (one := next(asked, None)) is not None:
                raise Refused("P-054", dispute=one.dispute, due=one.due)
            figure = Figure(REFUND_ASKED, payment)
            record = (hash_of(books, entry),)
            named = Named(figure, date_of(books, entry), known.amount.minor, "qapik", record)
            raised = self._write(books, by, named, said, 0)
        self.counter.line.wake()
        return raised

    def of_sent(self, transfer: str) -> Dispute | None:
        """The last enquiry about a transfer sold here, None when nobody asked."""
        with self.counter.books.reading() as books:
            asked = (one for one in books.disputes() if (one.figure, one.about) == (ENQUIRY_SENT, transfer))
            return next(asked, None)

    def print_one(self, number: str) -> None:
        """Queue the slip of an enquiry, with its answer once there is one; again it is a copy.

        Raises:
            Refused: D-104 no such enquiry.
        """
        with self.counter.books.writing() as books:
            one = books.dispute(number)
            if one is None or one.figure not in ENQUIRIES:
                raise Refused("D-104", dispute=number)
            is_again = is_made(books, PAPER, one.operation)
            books.queue_paper(PAPER, one.operation, "copy" if is_again else "original")

    def _raise(self, books: Writing, by: Officer, named: Named, said: str, days: int) -> Raised:
        open_already = (one for one in books.disputes(OPEN) if _same(books, one, named.figure))
        if (one := next(open_already, None)) is not None:
            raise Refused("A-093", dispute=one.dispute, due=one.due)
        return self._write(books, by, named, said, days)

    def _write(self, books: Writing, by: Officer, named: Named, said: str, days: int) -> Raised:
        due = days_after(BusinessDay(self.counter.today()), days or _DAYS)
        raised = self.disputes.raise_named(books, by, named, said, due)
        books.queue_paper(PAPER, raised.recorded.operation, "original")
        return raised


# [design] Where the corridor it was sold by is no more.
_DAYS: Final = 10


def enquiry_paper(books: Reading, head: PaperHead, entry: Entry, job: PrintJob) -> EnquiryPaper:
    """The slip that a print job names.

    Raises:
        Trouble: D-020 there is no such enquiry in the books.
    """
    body = entry.body
    one = books.dispute(body.dispute) if isinstance(body, ops.DisputeRaised) else None
    if one is None or one.figure not in ENQUIRIES:
        raise Trouble("D-020")
    receipt, name, country, language = _ABOUT[one.figure](books, one)
    said = figure_of(one.value, one.unit)
    return EnquiryPaper(
        head=head,
        number=one.dispute,
        receipt=receipt,
        title=Say(_TITLES.get(one.figure, "papers.abroad_enquiry.title")),
        person=(Say(_NAMED.get(one.figure, "papers.sender")), name),
        country=country,
        amount=None if isinstance(said, int) else said,
        due=dt.date.fromisoformat(one.due),
        answer=(Say(f"dispute.answer.{one.answer}"), one.answer_words) if one.answer else None,
        record_mark=entry.recorded.mark,
        copy=copy_of(books, job),
        language=language,
    )


def _sent(books: Reading, one: Dispute) -> tuple[str, str, dict[str, str], str]:
    sent, sale = books.of(ABROAD).transfer(one.about), books.paid_line(one.about)
    if sent is None or sent.terms is None or sale is None:
        raise Trouble("D-020")
    corridor = _corridors(books).find(sent.terms.corridor)
    entry = books.entry(sale.recorded.operation)
    names = corridor.country_names if corridor else {"az": sent.country}
    return sale.receipt, sent.receiver, names, str(getattr(entry.body, "language", "")) if entry else ""


def _coming(books: Reading, one: Dispute) -> tuple[str, str, dict[str, str], str]:
    question = _question(books, one.about)
    way = _corridors(books).find_in(question.way) if question else None
    return "", question.sender if question else "", way.country_names if way else {}, ""


def _refund(books: Reading, one: Dispute) -> tuple[str, str, dict[str, str], str]:
    sale = books.paid_line(one.about)
    if sale is None:
        raise Trouble("D-020")
    entry = books.entry(sale.recorded.operation)
    content = books.attachment(sale.recorded.operation, f"{one.about}:account")
    number = msgspec.json.decode(content, type=Account).account if content else ""
    return sale.receipt, number, {}, str(getattr(entry.body, "language", "")) if entry else ""


_ABOUT: Final = {ENQUIRY_SENT: _sent, ENQUIRY_COMING: _coming, REFUND_ASKED: _refund}
_TITLES: Final = {REFUND_ASKED: "papers.notice_refund.title"}
_NAMED: Final = {ENQUIRY_SENT: "papers.receiver", REFUND_ASKED: "papers.statement.notice"}


def _asked(books: Reading, number: str) -> tuple[Entry, TransferClaim] | None:
    """The last request for a grant by this number, and its words."""
    for entry in books.grant_entries(OPEN_DAYS_MAX):
        if isinstance(entry.body, ops.GrantRequested) and entry.body.purpose == PAYOUT:
            question = _question(books, entry.recorded.operation)
            if question is not None and number and question.code == number:
                return entry, question
    return None


def _question(books: Reading, request: str) -> TransferClaim | None:
    words = books.attachment(request, "question")
    return msgspec.json.decode(words, type=TransferClaim) if words else None


def _same(books: Reading, one: Dispute, figure: Figure) -> bool:
    """Whether an open enquiry is about the same money, by whatever request it was asked for."""
    if one.figure != figure.figure:
        return False
    if one.about == figure.about or one.figure != ENQUIRY_COMING:
        return one.about == figure.about
    before, now = _question(books, one.about), _question(books, figure.about)
    return before is not None and now is not None and (before.way, before.code) == (now.way, now.code)


def _corridors(books: Reading) -> Corridors:
    try:
        return books.document(Corridors, books.day().date)
    except Trouble as none_yet:
        if none_yet.code != "G-050":
            raise
        return Corridors()
