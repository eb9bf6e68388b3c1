"""The line of a charge on an item: duty or cash on delivery, taken before it is handed over."""

from __future__ import annotations

from typing import Final

from azpost_desk.domain.lines.base import Line

COD: Final = "cod"
DUTY: Final = "duty"
KINDS: Final = (COD, DUTY)
# More than this is no item's: a slip of the hand, or somebody who tries what goes.
DUE_QAPIK_MAX: Final = 10_000_000


class ChargePaid(Line, frozen=True, tag="charge.paid"):
    """A charge was paid.

    Attributes:
        number: of the item.
        kind: of KINDS.
        event: the id of the event that says it is due.
    """

    number: str
    kind: str
    event: str
    amount_qapik: int
