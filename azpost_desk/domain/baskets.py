"""A customer's basket: what its lines cost, what must be true to pay it, the settlement that pays it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.products import due_qapik, gives_back, is_paid_by
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.typed import is_said

if TYPE_CHECKING:
    from collections.abc import Sequence

LINES_MAX: Final = 100
# Change of a whole note of two hundred: the customer would have given a note for nothing. Rather a slip.
CHANGE_QAPIK_USUAL: Final = 20_000
# What a counter can take, the first one first where several are named.
_AT_A_COUNTER: Final = ("cash", "card", "qr")


def to_pay(lines: Sequence[ops.AnyLine]) -> Money:
    """Net of all lines: positive from the customer, negative to the customer."""
    return azn(sum(due_qapik(line) for line in lines))


def tenders_for(lines: Sequence[ops.AnyLine]) -> tuple[str, ...]:
    """What a counter may take for these lines together: a tender pays the basket, not one line of it."""
    return tuple(one for one in _AT_A_COUNTER if all(is_paid_by(line, one) for line in lines))


def not_with(lines: Sequence[ops.AnyLine], tender: str) -> Refused | None:
    """B-052 with what may be used instead, when a line forbids this tender (money-out.md MA-19)."""
    allowed = tenders_for(lines)
    return None if tender in allowed else Refused("B-052", reason=next(iter(allowed), ""))


def on_card(lines: Sequence[ops.AnyLine], card: Money) -> None:
    """Refuse with B-051 a card amount that is nothing, or more than is due: a pay-out is never on a card.

    Only what undoes or gives back lines that a card paid goes back to it, as a negative amount.
    """
    due = to_pay(lines).minor
    undone = all(isinstance(line, ops.LineReversed) or gives_back(line) for line in lines)
    if not (0 < card.minor <= due or (undone and due <= card.minor < 0)):
        raise Refused("B-051", due=azn(max(due, 0)))


def change(lines: Sequence[ops.AnyLine], given: Money, card: Money | None = None) -> Money:
    """What goes back over the counter when `given` is handed in beside what is on the card.

    Raises:
        Refused: B-010 when it is not enough, B-011 when money is given although the post pays.
    """
    due = to_pay(lines) - (card or azn(0))
    if due.minor <= 0:
        if given.minor:
            raise Refused("B-011")
        return -due
    if given < due:
        raise Refused("B-010", missing=due - given)
    return given - due


def needs_second_look(given: Money, back: Money) -> bool:
    """Whether so much change comes out of what was `given` that the figure must be asked back."""
    return given.minor > 0 and back.minor >= CHANGE_QAPIK_USUAL


def settle(
    basket: str,
    receipt: str,
    lines: Sequence[ops.AnyLine],
    tender_operation: str,
    given: Money,
    language: str,
    card: ops.Tender | None = None,
) -> ops.Settlement:
    """The settlement of a basket paid in cash, or with a card that the terminal has approved and the rest in
    cash.

    Raises:
        Refused: B-001 empty, B-002 too many lines, B-010 / B-011 by `change`, B-051 by `on_card`, B-052 what
            is paid in cash may not be. Of a card that was asked when the tender was: it stands (M0-7).
    """
    if not lines:
        raise Refused("B-001")
    if len(lines) > LINES_MAX:
        raise Refused("B-002", limit=LINES_MAX)
    paid = azn(card.amount_qapik) if card else azn(0)
    if card is not None:
        on_card(lines, paid)
    back = change(lines, given, paid)
    net = to_pay(lines).minor - paid.minor
    tenders: tuple[ops.Tender, ...] = (card,) if card is not None else ()
    if net > 0 and (refused := not_with(lines, "cash")):
        raise refused
    if net:
        tenders += (ops.Tender(operation=tender_operation, tender="cash", amount_qapik=net),)
    return ops.Settlement(
        basket=basket,
        receipt=receipt,
        lines=tuple(lines),
        tenders=tenders,
        cash_given_qapik=given.minor,
        change_qapik=back.minor,
        language=language,
    )


def is_sound(body: ops.Settlement) -> bool:
    """Whether tenders pay the lines exactly and change agrees: what the centre asks of every settlement."""
    due = sum(due_qapik(line) for line in body.lines)
    paid = sum(tender.amount_qapik for tender in body.tenders)
    cash = sum(tender.amount_qapik for tender in body.tenders if tender.tender == "cash")
    ids = [line.operation for line in body.lines] + [tender.operation for tender in body.tenders]
    return (
        due == paid
        and body.cash_given_qapik >= 0
        and body.change_qapik >= 0
        and body.cash_given_qapik - body.change_qapik == cash
        and len(set(ids)) == len(ids)
    )


def reverse(
    original: ops.AnyLine, operation: str, receipt: str, reason: str, approved_by: str, grant: str = ""
) -> ops.LineReversed:
    """The reversal of a line, built from the original as it stands in the journal.

    Raises:
        Refused: B-020 for the reversal of a reversal, B-021 without a reason.
    """
    if isinstance(original, ops.LineReversed):
        raise Refused("B-020")
    if not is_said(reason):
        raise Refused("B-021", field="reason")
    return ops.LineReversed(
        operation=operation,
        original=original,
        original_receipt=receipt,
        reason=reason.strip(),
        approved_by=approved_by,
        grant=grant,
    )
