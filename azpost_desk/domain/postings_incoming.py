"""Posting rules of money that comes from abroad in the centre's book; each balances in every currency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from azpost_desk.domain import accounts as chart
from azpost_desk.domain.ledger import Posting, negated
from azpost_desk.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.domain.operations_incoming import (
        IncomingBought,
        IncomingMatched,
        IncomingReceived,
        IncomingReturned,
        IncomingUnbought,
    )


def _received(_desk: str, operation: str, body: IncomingReceived) -> list[Posting]:
    return _with_partner(operation, body.partner, Money(body.received_minor, body.currency))


def _returned(_desk: str, operation: str, body: IncomingReturned) -> list[Posting]:
    return _with_partner(operation, body.partner, Money(-body.returned_minor, body.currency))


def _with_partner(operation: str, partner: str, came: Money) -> list[Posting]:
    """What the partner's statement has yet to show, and what is owed for it."""
    return [
        Posting(operation, chart.PARTNER_TRANSIT, partner, came),
        Posting(operation, chart.INCOMING_PAYABLE, partner, -came),
    ]


def _bought(_desk: str, operation: str, body: IncomingBought | IncomingUnbought) -> list[Posting]:
    foreign = Money(body.bought_minor, body.currency)
    owed = [
        Posting(operation, chart.INCOMING_PAYABLE, body.partner, foreign),
        Posting(operation, chart.ABROAD_PAYABLE, "", Money(-body.amount_qapik)),
    ]
    if body.currency == Money(0).currency:
        # Manat are owed as manat: nothing was dealt in.
        return owed
    return [
        *owed,
        Posting(operation, chart.POSITION, body.currency, -foreign),
        Posting(operation, chart.POSITION_MANAT, body.currency, Money(body.base_qapik)),
        Posting(operation, chart.TRADING, body.currency, Money(body.amount_qapik - body.base_qapik)),
    ]


def _unbought(desk: str, operation: str, body: IncomingUnbought) -> list[Posting]:
    return negated(_bought(desk, operation, body), operation)


def _matched(_desk: str, operation: str, body: IncomingMatched) -> list[Posting]:
    came = Money(body.matched_minor, body.currency)
    return [
        Posting(operation, chart.SUSPENSE, body.partner, came),
        Posting(operation, chart.PARTNER_TRANSIT, body.partner, -came),
    ]


RULES: Final[dict[tuple[str, int], Callable[[str, str, Any], list[Posting]]]] = {
    ("incoming.received", 1): _received,
    ("incoming.bought", 1): _bought,
    ("incoming.unbought", 1): _unbought,
    ("incoming.returned", 1): _returned,
    ("incoming.matched", 1): _matched,
}
