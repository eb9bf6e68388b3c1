"""What a desk records of bills and notices beside their sale: what became of them, whose list was opened."""

from __future__ import annotations

from typing import Final

from azpost_desk.domain.bodies import Body

DELIVERED_AFTER_ALL: Final = "delivered_after_all"
"""Two people found that the biller has what it had refused: the customer is owed nothing any more."""


RETURNED: Final = "returned"
"""The authority gave a paid notice's money back: it is owed to the payer, the post's fee is not."""


class PaymentResolved(Body, frozen=True):
    """What became of a bill at the biller: confirmed, refused, unknown, delivered after all or returned.
    Refused and returned make a debt to the customer, delivered after all undoes it.
    """

    payment: str
    biller: str
    outcome: str
    amount_qapik: int
    fee_qapik: int
    service: str
    provider_reference: str = ""
    reason: str = ""


class NoticesSearched(Body, frozen=True):
    """Somebody's whole list of notices was looked for at a portal, `by` their FİN or VÖEN; whose, and which
    document was shown, is an erasable attachment.
    """

    portal: str
    by: str
    notice_search: str


BODIES: Final[dict[tuple[str, int], type[Body]]] = {
    ("payment.resolved", 1): PaymentResolved,
    ("notices.searched", 1): NoticesSearched,
}
