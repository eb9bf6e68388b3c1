"""Thresholds and patterns of money laundering: pure rules over what one person sent and received.

Sources. Cash of 20,000 AZN or more, at once or linked, is reported [source: fiu.az, page for postal
enterprises that make transfers; txtreport.com 2022-12-16 on the AML law]. No public rule says what is linked,
nor which patterns count: the windows and numbers here are the operator's to set [design].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from azpost_desk.domain.catalogue import MoneyLaundering

DAY_MS: Final = 24 * 3_600_000
SENT: Final = "sent"
RECEIVED: Final = "received"
SINGLE, LINKED, JUST_BELOW = "single", "linked", "just_below"
ONE_TO_MANY, MANY_TO_ONE = "one_to_many", "many_to_one"
BRANCHES, IN_AND_OUT = "branches", "in_and_out"


@dataclass(frozen=True, slots=True)
class Movement:
    """One transfer as one side of it sees it.

    Attributes:
        direction: ``sent`` by the subject, or ``received`` (paid out to them).
        other: what the person on the other side is known by.
    """

    transfer: str
    direction: str
    amount_qapik: int
    at_ms: int
    branch: str
    other: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that was met: by these transfers, of this sum, within so many days (0: at once)."""

    rule: str
    transfers: tuple[str, ...]
    total_qapik: int
    days: int


def findings(now: Movement, before: Sequence[Movement], rules: MoneyLaundering) -> list[Finding]:
    """What the newest movement of a person completes, together with their earlier ones (any order).

    A rule is met by the movement that completes it, so that nothing is found twice for an older one.
    """
    found = [
        _single(now, rules),
        _linked(now, before, rules),
        _just_below(now, before, rules),
        _many(now, before, rules),
        _branches(now, before, rules),
        _in_and_out(now, before, rules),
    ]
    return [one for one in found if one is not None]


def _within(now: Movement, before: Iterable[Movement], days: int, direction: str) -> list[Movement]:
    """`now` and what happened in the days before it, in one direction, oldest first; `now` comes last."""
    since_ms = now.at_ms - days * DAY_MS
    earlier = [
        one
        for one in before
        if one.direction == direction and since_ms < one.at_ms <= now.at_ms and one.transfer != now.transfer
    ]
    return [*sorted(earlier, key=lambda one: (one.at_ms, one.transfer)), now]


def _finding(rule: str, moved: Sequence[Movement], days: int) -> Finding:
    total = sum(one.amount_qapik for one in moved)
    return Finding(rule, tuple(one.transfer for one in moved), total, days)


def _single(now: Movement, rules: MoneyLaundering) -> Finding | None:
    return _finding(SINGLE, [now], 0) if now.amount_qapik >= rules.threshold_qapik else None


def _linked(now: Movement, before: Sequence[Movement], rules: MoneyLaundering) -> Finding | None:
    """Each below the threshold, together at or above it, in the shortest of the windows."""
    if now.amount_qapik >= rules.threshold_qapik:
        return None
    for days in sorted(rules.linked_days):
        moved = _within(now, before, days, now.direction)
        small = [one for one in moved if one.amount_qapik < rules.threshold_qapik]
        if sum(one.amount_qapik for one in small) >= rules.threshold_qapik:
            return _finding(LINKED, small, days)
    return None


def _just_below(now: Movement, before: Sequence[Movement], rules: MoneyLaundering) -> Finding | None:
    """A series a little under the threshold."""
    least = rules.threshold_qapik * rules.just_below_percent // 100
    days = max(rules.linked_days, default=0)
    moved = [
        one
        for one in _within(now, before, days, now.direction)
        if least <= one.amount_qapik < rules.threshold_qapik
    ]
    return (
        _finding(JUST_BELOW, moved, days) if now in moved and len(moved) >= rules.just_below_count else None
    )


def _many(now: Movement, before: Sequence[Movement], rules: MoneyLaundering) -> Finding | None:
    """One sends to many, or many to one."""
    moved = _within(now, before, rules.many_days, now.direction)
    if len({one.other for one in moved}) < rules.many_people:
        return None
    return _finding(ONE_TO_MANY if now.direction == SENT else MANY_TO_ONE, moved, rules.many_days)


def _branches(now: Movement, before: Sequence[Movement], rules: MoneyLaundering) -> Finding | None:
    """Sums that one branch would have asked about, carried to several in a day."""
    moved = _within(now, before, 1, now.direction)
    apart = len({one.branch for one in moved}) >= rules.branches_count
    total = sum(one.amount_qapik for one in moved)
    return _finding(BRANCHES, moved, 1) if apart and total >= rules.branches_qapik_min else None


def _in_and_out(now: Movement, before: Sequence[Movement], rules: MoneyLaundering) -> Finding | None:
    """What came in goes out again at once, nearly whole."""
    if now.direction != SENT:
        return None
    *received, _ = _within(now, before, 1, RECEIVED)
    for one in reversed(received):
        if one.amount_qapik * rules.in_and_out_percent <= now.amount_qapik * 100 <= one.amount_qapik * 100:
            return _finding(IN_AND_OUT, [one, now], 1)
    return None
