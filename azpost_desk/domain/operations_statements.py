"""Records of the centre's own book about partners' statements: what they booked, what two people cleared.

A statement's entry moves the partner's account; against what, says what it was matched with by references
(money-out.md MA-20, MA-32). Sums are smallest units of `currency`; what came to us is above zero.
"""

from __future__ import annotations

from typing import Final

from azpost_desk.domain.bodies import Body

TRANSIT: Final = "transit"
SUSPENSE: Final = "suspense"
DISPUTED: Final = "disputed"
FUNDING: Final = "funding"


class PartnerBooked(Body, frozen=True):
    """Centre: a share of an entry on a partner's statement or notice.

    Attributes:
        entry: the key by which it counts once; `share` from 1.
        against: transit (of `transfer`), suspense, disputed, or funding, which the book has had before.
    """

    partner: str
    currency: str
    account: str
    statement: str
    entry: str
    share: int
    booked_minor: int
    against: str
    transfer: str = ""


class PartnerItemCleared(Body, frozen=True):
    """Centre: two people said what an open item is: it leaves `against` for `target` (`name`)."""

    partner: str
    currency: str
    item: int
    item_minor: int
    against: str
    target: str
    name: str
    first_person: str
    second_person: str
    evidence: str


BODIES: Final[dict[tuple[str, int], type[Body]]] = {
    ("partner.booked", 1): PartnerBooked,
    ("partner.item_cleared", 1): PartnerItemCleared,
}
CENTRE_KINDS: Final = frozenset(kind for kind, _ in BODIES)
