"""Money that a basket has before it is settled: an approved card, a paid code; what is asked freezes it.

In: the books. Out: what was asked for a basket and how a settlement carries it. Nobody adds to, takes from or
pays a basket whose customer is at a terminal or looks at a code (money-out.md MC-2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain import operations as ops
from azpost_desk.domain.qr import basket_digest
from azpost_desk.domain.qr_moves import OPEN
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.giving_back import (
    CARD_OPEN,
    CARD_UNDER_WAY,
    CodeReturn,
)
from azpost_desk.services.qr_views import QR, QrStep
from azpost_desk.services.views import CardStep

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from azpost_desk.services.giving_back import WayBack
    from azpost_desk.services.ports import Reading, Writing

Step = CardStep | QrStep
Tendered = Step | CodeReturn


def require_free(books: Reading, basket: str) -> None:
    """Refuse with B-050 what would change a basket that is being paid electronically."""
    at_terminal = any(one.basket == basket for one in books.card_steps(CARD_UNDER_WAY))
    if at_terminal or books.of(QR).steps(OPEN, basket):
        raise Refused("B-050")


def require_known(books: Reading, basket: str) -> None:
    """Refuse with B-050 to pay a basket while nobody knows what a card or a code did."""
    asked = books.of(QR).steps(("asked",), basket)
    if asked or any(one.basket == basket for one in books.card_steps(CARD_OPEN)):
        raise Refused("B-050")


def tendered(books: Reading, basket: str) -> Step | None:
    """What was approved or paid for this basket and is carried by no settlement yet."""
    cards = (one for one in books.card_steps(("approved",)) if one.basket == basket)
    return next(cards, None) or next(iter(books.of(QR).steps(("paid",), basket)), None)


def as_tender(step: Tendered | None, basket: str, lines: Sequence[ops.AnyLine]) -> ops.Tender | None:
    """How the settlement carries it; what goes back is negative.

    Raises:
        Refused: Q-024 a code was paid for another basket than these lines are.
    """
    match step:
        case None:
            return None
        case CodeReturn():
            return ops.Tender(operation=step.tender, tender="qr", amount_qapik=-step.amount.minor)
        case QrStep():
            if step.digest != basket_digest(basket, lines):
                raise Refused("Q-024")
            return ops.Tender(operation=step.tender, tender="qr", amount_qapik=step.amount.minor)
        case CardStep():
            sign = -1 if step.refunds else 1
            return ops.Tender(operation=step.tender, tender="card", amount_qapik=sign * step.amount.minor)


def returned_by_code(
    books: Writing, by: str, new_id: Callable[[], str], way: WayBack | None
) -> CodeReturn | None:
    """What of a giving back goes to the payer of a code, recorded within the caller's transaction; None when
    nothing of it came so. The centre sends it: no line is needed, and no cash leaves the till for it.
    """
    if way is None or way.code is None or not way.electronic.minor:
        return None
    back = CodeReturn(way.code, new_id(), way.electronic, way.undone)
    body = ops.QrReturned(
        request=way.code.request, tender=back.tender, amount_qapik=back.amount.minor, undone=way.undone
    )
    books.append(body, actor=by, operation=new_id())
    return back
