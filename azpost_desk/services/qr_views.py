"""What a desk knows of its requests for money by code, as values, and the token under which the books read
them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from azpost_desk.services.reads import Reads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.domain.money import Money


@dataclass(frozen=True, slots=True)
class QrStep:
    """One request; states of domain.qr_moves.AT_DESK.

    Attributes:
        tender: under which a settlement carries its money.
        returned: what of it has gone back already.
        digest: of the basket that it pays.
        reason: why it closed, as the rail or the centre says it.
    """

    request: str
    basket: str
    tender: str
    amount: Money
    returned: Money
    digest: str
    officer: str
    state: str
    reason: str
    asked_ms: int
    changed_ms: int


class QrReads(Protocol):
    """What the books know of money by code."""

    def step(self, request: str) -> QrStep | None:
        """The request with this id."""

    def steps(self, states: Sequence[str] = (), basket: str = "") -> list[QrStep]:
        """Those in one of these states (of all), of this basket (of all), the newest first."""

    def returned_beside(self, request: str, undone: str) -> Money:
        """What of a request's money went back for other lines than this one."""

    def paid_for(self, tenders: Sequence[str]) -> QrStep | None:
        """The request that one of these tenders of a settlement carries."""


QR: Final = Reads[QrReads]("qr")
