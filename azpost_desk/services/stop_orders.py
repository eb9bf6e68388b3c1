"""Stop orders at a desk: which one forbids an event with an item, up to when this desk has heard of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain.catalogue import Offices
from azpost_desk.domain.mail.moves import moved_by
from azpost_desk.domain.mail.orders import stopping

if TYPE_CHECKING:
    from azpost_desk.services.counter import Counter
    from azpost_desk.services.ports import Reading


def orders_known_ms(counter: Counter) -> int:
    """Up to when this desk knows which stop orders stand, UTC ms.

    Off line it is when the centre was heard last: a program started anew knows no more than the one before.
    While news of days come in piece by piece, nobody knows whether an order is in those still to come.
    """
    state = counter.line.state()
    return counter.line.trusted_ms() if state.online and not state.is_behind else state.heard_ms


def why_stopped(
    books: Reading, number: str, event: str, measure: str
) -> tuple[str, dict[str, object]] | None:
    """The order that forbids an event: the reason and facts for its sentence; None when none does."""
    orders = books.item_orders(number)
    kind = stopping(list(orders), moved_by(event, measure))
    if not kind:
        return None
    order = orders[kind]
    facts: dict[str, object] = {"at_ms": order.at_ms}
    if not order.to_office:
        return f"stopped_{kind}", facts
    office = books.document(Offices, books.day().date).find(order.to_office)
    return f"stopped_{kind}_to", {**facts, "office": office.name if office else order.to_office}
