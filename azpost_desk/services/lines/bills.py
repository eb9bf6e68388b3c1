"""Bills in words: the biller's name and the subscriber."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain import papers
from azpost_desk.domain.catalogue import Billers
from azpost_desk.domain.lines import PaymentAccepted, PaymentRefunded
from azpost_desk.domain.money import azn
from azpost_desk.domain.papers import Say
from azpost_desk.domain.people import Account
from azpost_desk.services.lines.base import LineWords, named

if TYPE_CHECKING:
    from azpost_desk.services.lines.base import Place


def _name(place: Place, line: PaymentAccepted | PaymentRefunded) -> str:
    biller = place.books.document(Billers, place.date).find(line.biller)
    return biller.names.get(place.language, line.biller) if biller else line.biller


def _accepted(place: Place, line: PaymentAccepted) -> papers.ReceiptLine:
    account = place.attached(line, "account", Account)
    details = (Say("papers.line.subscriber", (("account", account.account),)),) if account else ()
    return papers.ReceiptLine(
        _name(place, line), azn(line.amount_qapik), details, fee=azn(line.fee_qapik), state=Say(line.told)
    )


BILLS: Final = (
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
