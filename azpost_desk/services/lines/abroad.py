"""Money over the border in words: the receipt, the agreement that is signed, the voucher of a refund."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain import papers
from azpost_desk.domain.lines import AbroadRefunded, AbroadSent
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.papers import Say
from azpost_desk.domain.people import AbroadParties, Person
from azpost_desk.services.abroad_views import ABROAD as READS
from azpost_desk.services.lines.base import LineWords, named, paper_person

if TYPE_CHECKING:
    from azpost_desk.services.lines.base import Place, Sheet


def _sent(place: Place, line: AbroadSent) -> papers.ReceiptLine:
    parties = place.attached(line, "parties_abroad", AbroadParties)
    arrives = Money(line.terms.arrives_minor, line.terms.currency)
    details = [Say("papers.line.arrives", (("arrives", arrives), ("country", line.terms.country)))]
    if parties:
        details.insert(0, Say("papers.line.to", (("name", parties.receiver.latin),)))
    return papers.ReceiptLine(
        Say("papers.line.abroad_sent"),
        azn(line.terms.amount_qapik),
        tuple(details),
        fee=azn(line.terms.fee_qapik),
        state=Say(line.told),
    )


def _voucher(place: Place, line: AbroadRefunded, sheet: Sheet) -> papers.Paper | None:
    receiver = place.attached(line, "receiver", Person)
    if receiver is None:
        return None
    known = place.books.of(READS).transfer(line.transfer)
    return papers.VoucherPaper(
        head=sheet.head,
        number=sheet.receipt,
        code="",
        sender=papers.PaperPerson(known.sender if known else ""),
        receiver=paper_person(receiver),
        amount=azn(line.amount_qapik + line.fee_returned_qapik),
        sent_at="",
        record_mark=sheet.mark,
        refund=True,
        copy=sheet.copy,
        language=place.language,
    )


def _whom(place: Place, line: AbroadSent) -> str:
    parties = place.attached(line, "parties_abroad", AbroadParties)
    return parties.receiver.latin if parties else ""


ABROAD: Final = (
    LineWords[AbroadSent](
        line=AbroadSent,
        receipt=_sent,
        about=_whom,
        notice=lambda _line: Say("papers.notice.abroad"),
    ),
    LineWords[AbroadRefunded](
        line=AbroadRefunded,
        receipt=lambda _place, line: papers.ReceiptLine(
            Say("papers.line.abroad_refunded"), azn(-line.amount_qapik), fee=azn(-line.fee_returned_qapik)
        ),
        about=lambda place, line: named(place, line, "receiver"),
        paper=_voucher,
    ),
)
