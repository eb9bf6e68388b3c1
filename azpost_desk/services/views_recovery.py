"""What the screens of recovery read: baskets set aside, the centre's questions, proposals and acts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azpost_desk.domain.money import Money
    from azpost_desk.services.views import Basket


@dataclass(frozen=True, slots=True)
class Parked:
    """A basket set aside at `parked_ms`: nothing of it is sold."""

    basket: Basket
    parked_ms: int


@dataclass(frozen=True, slots=True)
class GrantAsked:
    """The centre asks for a grant that is held here. `answer` is why it is kept, "" while unanswered."""

    grant: str
    thing: str
    asked_ms: int
    answer: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A correction that the centre proposes; `state` is open, accepted, declined or disputed."""

    proposal: str
    sort: str
    amount: Money
    holder: str
    reason: str
    evidence: str
    who: str
    at_ms: int
    state: str


@dataclass(frozen=True, slots=True)
class CentreAct:
    """Something that somebody at the centre did or read of this desk."""

    act: str
    who: str
    why: str
    about: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class DocumentDate:
    """A reference document in force: which version, valid since when (ISO)."""

    name: str
    version: int
    valid_from: str
