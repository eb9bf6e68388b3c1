"""Bills in words: the biller's name and the subscriber."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain import papers
from azpost_desk.domain.catalogue import Billers, name_in
from azpost_desk.domain.lines import NoticePaid, PaymentAccepted, PaymentRefunded
from azpost_desk.domain.money import azn
from azpost_desk.domain.papers import Say
from azpost_desk.domain.people import Account
from azpost_desk.services.lines.base import LineWords, named

if TYPE_CHECKING:
    from azpost_desk.services.lines.base import Place


def _name(place: Place, line: PaymentAccepted | PaymentRefunded) -> str:
    biller = place.books.document(Billers, place.date).find(line.biller)
    return (biller and name_in(biller.names, place.language)) or line.biller


def _accepted(place: Place, line: PaymentAccepted) -> papers.ReceiptLine:
    account = place.attached(line, "account", Account)
    details = (Say("papers.line.subscriber", (("account", account.account),)),) if account else ()
    return papers.ReceiptLine(
        _name(place, line), azn(line.amount_qapik), details, fee=azn(line.fee_qapik), state=Say(line.told)
    )


def _notice(place: Place, line: NoticePaid) -> papers.ReceiptLine:
    """What it is for and by which notice; that it is confirmed is said on the statement only (MC-10)."""
    account = place.attached(line, "account", Account)
    number = (Say("papers.line.notice", (("number", account.account),)),) if account else ()
    details = (
        *number,
        name_in(line.authority, place.language),
        Say("papers.line.budget_code", (("code", line.budget_code),)),
    )
    title = name_in(line.purpose, place.language)
    return papers.ReceiptLine(
        title, azn(line.amount_qapik), details, fee=azn(line.fee_qapik), state=Say(line.told)
    )


BILLS: Final = (
    LineWords[NoticePaid](
        line=NoticePaid,
        receipt=_notice,
        about=lambda place, line: (
            f"{name_in(line.purpose, place.language)} {named(place, line, 'account')}".strip()
        ),
    ),
    LineWords[PaymentAccepted](
        line=PaymentAccepted,
        receipt=_accepted,
        about=lambda place, line: f"{_name(place, line)} {named(place, line, 'account')}".strip(),
    ),
    LineWords[PaymentRefunded](
        line=PaymentRefunded,
        receipt=lambda _place, line: papers.ReceiptLine(
            Say("papers.line.payment_refunded"), azn(-line.amount_qapik)
        ),
        about=_name,
    ),
)
