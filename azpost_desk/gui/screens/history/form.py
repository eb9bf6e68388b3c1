"""What the history decides: which operations a typed text means, what may be asked to be reversed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.money import Money, parse_amount
from azpost_desk.domain.names import fold
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.disputes import AMOUNT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.services.history import Detail, Done, DoneLine


_TIME: Final = re.compile("([0-9]{1,2})[:.]?([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure by its word, and the operation it stands on."""

    figure: str
    operation: str


def matching(operations: Iterable[Done], typed: str) -> list[Done]:
    """Those whose receipt, amount, name or officer has every word typed; all of them for no text."""
    words = typed.split()
    return [one for one in operations if all(_has(one, word) for word in words)]


def _has(done: Done, word: str) -> bool:
    if word in done.receipt or word in done.about:
        return True
    amount = _amount(word)
    if amount is not None and amount in (done.into, done.out):
        return True
    key = fold(word)
    return bool(key) and key in fold(f"{done.about} {done.officer}")


def _amount(word: str) -> Money | None:
    try:
        return parse_amount(word, "AZN")
    except Refused:
        return None


def reversible(detail: Detail) -> list[DoneLine]:
    """The lines that may be asked for: not undone yet, no undoing themselves. The rule is the service's."""
    if detail.done.state == "reversal":
        return []
    return [line for line in detail.lines if not line.paid.reversed_by]


def disputable(detail: Detail) -> list[Shown]:
    """The figures of an operation that can be disputed: those of a count, or its sum."""
    done = detail.done
    if done.sort == "till_closed":
        names = ("till.difference", "till.counted", "till.expected")
        return [Shown(name, done.operation) for name in names]
    return [Shown(AMOUNT, done.operation)] if done.into or done.out else []


def read_minutes(typed: str) -> int:
    """Minutes after midnight of ``14:05``, ``14.05`` or ``1405``.

    Raises:
        Refused: I-011 when it is no time of day.
    """
    match = _TIME.fullmatch(typed.strip())
    hours, minutes = (int(part) for part in match.groups()) if match else (24, 0)
    if hours > 23 or minutes > 59:
        raise Refused("I-011", field="time")
    return hours * 60 + minutes


def key_of(done: Done) -> str:
    """What `History.opened` opens: the receipt's own sale also for a copy that was printed of it."""
    return done.receipt or done.operation


def what(done: Done) -> tuple[str, int]:
    """(key of the words, how many more lines there are): a sale is called after its first line."""
    if done.kinds:
        return f"history.screen.kind.{done.kinds[0]}", len(done.kinds) - 1
    return f"history.screen.sort.{done.sort}", 0
