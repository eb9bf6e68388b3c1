"""Statements of paid notices: the payer can have one again at any time, once the portal has confirmed.

In: the desk's books, where the portal's word has come (which queues the first one, storage.news). Out: a
print job, the first an original and each later one a copy, and its paper. Before that there is none (MC-10).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Billers
from azpost_desk.domain.money import azn
from azpost_desk.domain.papers_notices import StatementPaper
from azpost_desk.domain.people import Account
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.services.lines.base import Place
from azpost_desk.services.print_jobs import copy_of, is_made

if TYPE_CHECKING:
    from azpost_desk.domain.papers import PaperHead
    from azpost_desk.services.counter import Counter
    from azpost_desk.services.ports import Reading
    from azpost_desk.services.views import PaidLine, PrintJob

PAPER: Final = "statement"


@dataclass(frozen=True, slots=True)
class Statements:
    """Printing them again."""

    counter: Counter

    def print_one(self, payment: str) -> None:
        """Queue the statement of one notice; again it is a copy.

        Raises:
            Refused: P-031 not paid at this desk, P-052 no notice, P-051 not confirmed yet (`reason`).
        """
        with self.counter.books.writing() as books:
            known = books.payment(payment)
            if known is None:
                raise Refused("P-031")
            if _notice(books, payment) is None:
                raise Refused("P-052")
            if known.state != "confirmed" or not known.provider_reference:
                raise Refused("P-051", reason=known.state)
            books.queue_paper(PAPER, payment, "copy" if is_made(books, PAPER, payment) else "original")


def _notice(books: Reading, payment: str) -> ops.NoticePaid | None:
    stored = books.paid_line(payment)
    line = stored.line if stored is not None else None
    return line if isinstance(line, ops.NoticePaid) else None


def statement_paper(books: Reading, head: PaperHead, stored: PaidLine, job: PrintJob) -> StatementPaper:
    """The statement that a print job names.

    Raises:
        Trouble: D-020 no confirmed notice is in the books.
    """
    line, known = stored.line, books.payment(job.key)
    if not isinstance(line, ops.NoticePaid) or known is None or not known.provider_reference:
        raise Trouble("D-020")
    sale = books.entry(stored.recorded.operation)
    place = Place(books, stored.recorded.operation, "az", head.business_day.isoformat())
    account = place.attached(line, "account", Account)
    portal = books.document(Billers, place.date).find(line.biller)
    return StatementPaper(
        head=head,
        number=stored.receipt,
        portal=portal.names if portal else {"az": line.biller},
        central_number=known.provider_reference,
        notice=account.account if account else "",
        payer=account.holder if account else "",
        authority=line.authority,
        purpose=line.purpose,
        budget_code=line.budget_code,
        amount=azn(line.amount_qapik),
        fee=azn(line.fee_qapik),
        confirmed_ms=known.changed_ms,
        record_mark=stored.recorded.mark,
        copy=copy_of(books, job),
        language=str(getattr(sale.body, "language", "")) if sale is not None else "",
    )
