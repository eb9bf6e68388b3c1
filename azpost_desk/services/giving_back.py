"""What of a line goes back to a card, and by whose word it is cash instead: the books are asked each time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain import operations as ops
from azpost_desk.domain.lines.base import GivenBack
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.products import due_qapik, gives_back
from azpost_desk.domain.refunds import CASH, brought, parts
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.messages import grant_of
from azpost_desk.services.grants import OPEN_DAYS_MAX
from azpost_desk.services.qr_views import QR
from azpost_desk.services.views import CardStep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.services.ports import Reading
    from azpost_desk.services.qr_views import QrStep
    from azpost_desk.services.views import PaidLine

# A step at the terminal in one of these states: what it did is found out before anything else is paid.
CARD_OPEN: Final = ("asked", "unknown", "reversing")
CARD_UNDER_WAY: Final = (*CARD_OPEN, "approved")
# A grant that is held longer than a question may stay open is looked for in all that is there.
_EVER_DAYS: Final = 36_500
# Steps of a giving back that the card has, or may have: what is not known counts as gone.
_GONE: Final = ("asked", "unknown", "approved", "settled")


@dataclass(frozen=True, slots=True)
class WayBack:
    """Where the money of a line goes.

    Attributes:
        undone: the operation of the line that was paid.
        electronic: what of it had not come in cash.
        card, code: the step of the card, or the request by code, that paid it; None where this desk knows
            of none.
    """

    undone: str
    electronic: Money
    card: CardStep | None
    code: QrStep | None = None


@dataclass(frozen=True, slots=True)
class CodeReturn:
    """So much of what a code brought goes back to its payer, for the line `undone`; `tender` carries it."""

    step: QrStep
    tender: str
    amount: Money
    undone: str


def card_of(books: Reading, receipt: str) -> CardStep | None:
    """The card that paid a part of this receipt, None when all was cash."""
    body = _settlement(books, receipt)
    carried = {tender.operation for tender in body.tenders if tender.tender == "card"} if body else set()
    return next((one for one in books.card_steps() if one.tender in carried), None)


def code_of(books: Reading, receipt: str) -> QrStep | None:
    """The request by code that paid a part of this receipt, None when nothing of it came so."""
    body = _settlement(books, receipt)
    carried = [tender.operation for tender in body.tenders if tender.tender == "qr"] if body else []
    return books.of(QR).paid_for(carried) if carried else None


def undoing(books: Reading, line: PaidLine) -> WayBack:
    """Where the money of a paid line goes when it is undone (PROTOCOL.md 3)."""
    share = _share(books, line, due_qapik(line.line))
    receipt = line.receipt
    return WayBack(line.line.operation, share, card_of(books, receipt), code_of(books, receipt))


def way_back(books: Reading, line: ops.AnyLine) -> WayBack | None:
    """Where the money of a line that gives back goes; None for every other line."""
    undone = gives_back(line)
    if not undone:
        return None
    paid = books.paid_line(undone)
    if paid is None:
        return WayBack(undone, _told_by_grant(books, line), None)
    share = _share(books, paid, -due_qapik(line))
    return WayBack(undone, share, card_of(books, paid.receipt), code_of(books, paid.receipt))


def _told_by_grant(books: Reading, line: ops.AnyLine) -> Money:
    """What had not come in cash of what another desk sold: the centre says so in the grant."""
    grant = getattr(line, "grant", "")
    for days in (OPEN_DAYS_MAX, _EVER_DAYS):
        for entry in books.grant_entries(days):
            if isinstance(entry.body, ops.GrantStored) and entry.body.grant == grant:
                return azn(sum(grant_of(bytes.fromhex(entry.body.words)).tenders.values()))
    return azn(0)


def step_back(books: Reading, line: ops.AnyLine) -> CardStep | None:
    """The giving back at the terminal that was begun for a line and has not ended."""
    undone = gives_back(line)
    steps = books.card_steps(CARD_UNDER_WAY) if undone else ()
    return next((one for one in steps if one.refunds and one.basket == undone), None)


def agreed_in_cash(line: ops.AnyLine, cash: Money, approver: str, reason: str) -> ops.AnyLine:
    """The line with who agreed to hand `cash` out although it had come by card, and why."""
    if not isinstance(line, GivenBack):
        raise Refused("B-004")
    agreed: ops.AnyLine = msgspec.structs.replace(
        line, in_cash_qapik=cash.minor, approved_by=approver, reason=reason
    )
    return agreed


def as_it_came(books: Reading, lines: Sequence[ops.AnyLine], card: object) -> None:
    """Refuse a basket that gives back in cash what a card has paid, without a second person.

    `card` is what the terminal has given back already, or what pays instead.

    Raises:
        Refused: B-026 it goes to a card and does not stand alone, B-027 it was paid by card, B-028 another
            sum goes back to the card now than was agreed to.
    """
    way = to_card(books, lines)
    wanted = way.electronic if way is not None else azn(0)
    is_back = isinstance(card, CodeReturn) or (isinstance(card, CardStep) and card.refunds)
    given = card.amount if is_back and isinstance(card, CardStep | CodeReturn) else azn(0)
    if given != wanted:
        raise Refused("B-027", amount=wanted)


def to_card(books: Reading, lines: Sequence[ops.AnyLine]) -> WayBack | None:
    """What of these lines goes back to a card, or cannot in cash; None when all of it may.

    Raises:
        Refused: B-026 it does not stand alone, B-028 another sum than was agreed to in cash.
    """
    found: list[WayBack] = []
    for line in lines:
        way = way_back(books, line)
        agreed = line.in_cash_qapik if isinstance(line, GivenBack) else 0
        if way is None or (not agreed and not way.electronic.minor):
            continue
        if not agreed:
            found.append(way)
        elif azn(agreed) != way.electronic:
            raise Refused("B-028", amount=way.electronic)
    if found and len(lines) > 1:
        raise Refused("B-026", amount=azn(sum(way.electronic.minor for way in found)))
    return found[0] if found else None


def _share(books: Reading, paid: PaidLine, refund_qapik: int) -> Money:
    """What of so much of a paid line had not come in cash and is not given back yet."""
    body = _settlement(books, paid.receipt)
    if body is None or refund_qapik <= 0:
        return azn(0)
    electronic = {name: qapik for name, qapik in brought(body).items() if name != CASH}
    if not electronic:
        return azn(0)
    share = parts(electronic, _gone(books, paid, body), refund_qapik)
    return azn(sum(qapik for name, qapik in share.items() if name != CASH))


def _gone(books: Reading, paid: PaidLine, body: ops.Settlement) -> dict[str, int]:
    """What of card and code has gone back for other lines of the same receipt, cash instead of it counted."""
    operation = paid.line.operation
    beside = {line.operation for line in body.lines} - {operation}
    card, code = card_of(books, paid.receipt), code_of(books, paid.receipt)
    to_card = sum(
        one.amount.minor
        for one in books.card_steps(_GONE)
        if card is not None and one.refunds == card.step and one.basket != operation
    )
    in_cash = sum(
        line.in_cash_qapik
        for line in (books.given_back(operation) if beside else ())
        if isinstance(line, GivenBack) and gives_back(line) in beside
    )
    by_code = books.of(QR).returned_beside(code.request, operation).minor if code else 0
    return {"card": to_card + in_cash, "qr": by_code + in_cash}


def _settlement(books: Reading, receipt: str) -> ops.Settlement | None:
    entry = books.settlement(receipt)
    return entry.body if entry is not None and isinstance(entry.body, ops.Settlement) else None
