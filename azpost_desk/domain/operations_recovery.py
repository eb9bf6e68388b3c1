"""Kinds of records around a break: where a line's input came from, what was found unfinished, what the centre
proposed and how the branch answered, what the manager saw before the day began.

The rules of operations hold here too: whole qəpik, no personal data and no free text (words lie in
attachments, a body holds their commitment), and a released (kind, version) never changes.
"""

from __future__ import annotations

from typing import Final

import msgspec

from azpost_desk.domain.bodies import Body


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of a body that stands in a list."""


class BasketSources(Body, frozen=True):
    """How each line of a settlement came in, where not all came in the same way (H-08).

    `sources`: operation of the line → keys or scan. It stands in the transaction of its settlement; where all
    lines came in one way, the header of the settlement says it.
    """

    basket: str
    sources: dict[str, str]


class FoundStep(Part, frozen=True):
    """An outside step that was open when the program began again."""

    sort: str
    thing: str
    since_ms: int


class RecoveryFound(Body, frozen=True):
    """The last program ended without closing; its actor is never a person.

    `open_steps` outside steps were open; `steps` names them, the oldest first, as far as a record goes.
    """

    ended_after: str
    open_steps: int
    steps: tuple[FoundStep, ...]


class GrantKept(Body, frozen=True):
    """The holder answers the centre's question: the grant stays here, for a reason of the list."""

    grant: str
    thing: str
    reason: str


class PreflightLine(Part, frozen=True):
    """One line of the look before the day: its name and good, warn or bad."""

    name: str
    state: str


class DayPreflight(Body, frozen=True):
    """What the manager saw before the day began. `words` commits to the reason given for red lines."""

    date: str
    lines: tuple[PreflightLine, ...]
    consented: tuple[str, ...] = ()
    words: str = ""


class CorrectionAccepted(Body, frozen=True):
    """The branch takes up a proposal of the centre by its own operation; once.

    Sorts: surplus_cleared and shortage_cleared (against headquarters), difference_explained (a surplus and a
    shortage of one holder that belong together).
    """

    proposal: str
    sort: str
    amount_qapik: int
    holder: str


class CorrectionDeclined(Body, frozen=True):
    """The branch does not take up a proposal: `answer` is declined or disputed, `words` commits to why."""

    proposal: str
    answer: str
    words: str


class CorrectionProposed(Body, frozen=True):
    """Centre: a correction was proposed to a desk; `digest` is the SHA-256 of what was told to it."""

    proposal: str
    desk: str
    sort: str
    amount_qapik: int
    holder: str
    digest: str


class DeskTouched(Body, frozen=True):
    """Centre: somebody there did or read something of this desk. `act` is a word of the list, `who` a staff
    id or account name of the centre.
    """

    desk: str
    act: str
    who: str
    digest: str


CORRECTION_SORTS: Final = ("surplus_cleared", "shortage_cleared", "difference_explained")
KEPT_REASONS: Final = ("customer_here", "customer_called", "checking")

BODIES: Final[dict[tuple[str, int], type[Body]]] = {
    ("basket.sources", 1): BasketSources,
    ("recovery.found", 1): RecoveryFound,
    ("grant.kept", 1): GrantKept,
    ("day.preflight", 1): DayPreflight,
    ("correction.accepted", 1): CorrectionAccepted,
    ("correction.declined", 1): CorrectionDeclined,
    ("correction.proposed", 1): CorrectionProposed,
    ("desk.touched", 1): DeskTouched,
}
CENTRE_KINDS: Final = frozenset({"correction.proposed", "desk.touched"})
