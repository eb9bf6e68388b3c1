"""Posting rules of partners' statements: the partner's account moves with each entry, and with nothing else.

A funding was posted there when two people sent it: its entry only confirms it, and what they clear as one
leaves the account again, for it stands on it twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations_statements as said
from azpost_desk.domain.ledger import Posting
from azpost_desk.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Callable

ACCOUNTS: Final = {
    said.TRANSIT: chart.PARTNER_TRANSIT,
    said.SUSPENSE: chart.SUSPENSE,
    said.DISPUTED: chart.PARTNER_DISPUTED,
    said.FUNDING: chart.PARTNER,
}


def _booked(_desk: str, operation: str, body: said.PartnerBooked) -> list[Posting]:
    if body.against == said.FUNDING:
        return []
    booked = Money(body.booked_minor, body.currency)
    return [
        Posting(operation, chart.PARTNER, body.partner, booked),
        Posting(operation, ACCOUNTS[body.against], body.partner, -booked),
    ]


def _cleared(_desk: str, operation: str, body: said.PartnerItemCleared) -> list[Posting]:
    item = Money(body.item_minor, body.currency)
    return [
        Posting(operation, ACCOUNTS[body.against], body.partner, item),
        Posting(operation, ACCOUNTS[body.target], body.partner, -item),
    ]


RULES: Final[dict[tuple[str, int], Callable[[str, str, Any], list[Posting]]]] = {
    ("partner.booked", 1): _booked,
    ("partner.item_cleared", 1): _cleared,
}
