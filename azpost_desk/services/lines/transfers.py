"""Transfers in words: the code and the receiver, the application that is signed, the voucher of a pay-out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain import papers
from azpost_desk.domain.catalogue import Offices
from azpost_desk.domain.lines import TransferPaid, TransferRefunded, TransferSent
from azpost_desk.domain.money import azn
from azpost_desk.domain.papers import Say
from azpost_desk.domain.people import Parties, Person
from azpost_desk.domain.quotes import EXTRAS
from azpost_desk.services.lines.base import LineWords, named, paper_person

if TYPE_CHECKING:
    from azpost_desk.services.lines.base import Place, Sheet


def _sent(place: Place, line: TransferSent) -> papers.ReceiptLine:
    parties = place.attached(line, "parties", Parties)
    receiver = parties.receiver.name if parties else ""
    return papers.ReceiptLine(
        Say("papers.line.transfer_sent"),
        azn(line.amount_qapik),
        (Say("papers.line.to", (("name", receiver),)),) if receiver else (),
        fee=azn(line.fee_qapik),
        code=parties.code if parties else None,
        state=Say("papers.receipt.state.waiting_line") if line.offline else None,
    )


def _application(place: Place, line: TransferSent, sheet: Sheet) -> papers.Paper | None:
    parties = place.attached(line, "parties", Parties)
    if parties is None:
        return None
    date = sheet.head.business_day.isoformat()
    office = place.books.document(Offices, date).find(line.office) if line.office else None
    extras = line.terms.extras_qapik if line.terms else {}
    return papers.ApplicationPaper(
        head=sheet.head,
        number=sheet.receipt,
        sender=paper_person(parties.sender),
        receiver=paper_person(parties.receiver),
        amount=azn(line.amount_qapik),
        fee=azn(line.fee_qapik - sum(extras.values())),
        extras=tuple((Say(f"papers.extra.{name}"), azn(extras[name])) for name in EXTRAS if name in extras),
        total=azn(line.amount_qapik + line.fee_qapik),
        paid_from_ms=line.terms.available_ms if line.terms else 0,
        payout=office.name if office else Say("papers.application.any_office"),
        purpose=Say(f"transfers.purpose.{line.purpose}"),
        copy=sheet.copy,
        language=place.language,
    )


def _voucher(place: Place, line: TransferPaid | TransferRefunded, sheet: Sheet) -> papers.Paper | None:
    receiver = place.attached(line, "receiver", Person)
    if receiver is None:
        return None
    known = place.books.transfer(line.transfer)
    amount = azn(line.amount_qapik)
    if isinstance(line, TransferRefunded):
        amount = amount + azn(line.fee_returned_qapik)
    return papers.VoucherPaper(
        head=sheet.head,
        number=sheet.receipt,
        code=known.code if known else "",
        sender=papers.PaperPerson(known.sender if known else ""),
        receiver=paper_person(receiver),
        amount=amount,
        sent_at=known.office if known else "",
        record_mark=sheet.mark,
        refund=isinstance(line, TransferRefunded),
        copy=sheet.copy,
        language=place.language,
    )


def _about_receiver(place: Place, line: TransferPaid | TransferRefunded) -> str:
    return named(place, line, "receiver")


TRANSFERS: Final = (
    LineWords[TransferSent](
        line=TransferSent,
        receipt=_sent,
        about=lambda place, line: named(place, line, "parties"),
        paper=_application,
        notice=lambda _line: Say("papers.notice.code_secret"),
    ),
    LineWords[TransferPaid](
        line=TransferPaid,
        receipt=lambda _place, line: papers.ReceiptLine(
            Say("papers.line.transfer_paid"), azn(-line.amount_qapik)
        ),
        about=_about_receiver,
        paper=_voucher,
    ),
    LineWords[TransferRefunded](
        line=TransferRefunded,
        receipt=lambda _place, line: papers.ReceiptLine(
            Say("papers.line.transfer_refunded"), azn(-line.amount_qapik), fee=azn(-line.fee_returned_qapik)
        ),
        about=_about_receiver,
        paper=_voucher,
    ),
)
