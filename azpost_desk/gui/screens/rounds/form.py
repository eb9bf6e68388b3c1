"""What the screen of rounds decides: what a key makes of an item that came back, how a count is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.mail.rounds import handed_in
from azpost_desk.domain.mail.scanning import event_here
from azpost_desk.services.guarded_items import ASK_BY_PHONE
from azpost_desk.services.scan_items import ScanItem

if TYPE_CHECKING:
    from azpost_desk.services.rounds import RoundNow
    from azpost_desk.services.tracking import Scanned

_TRIED: Final = event_here("EMH")
DELIVERED: Final = event_here("EMI")
OUT: Final = event_here("EDG")
REASONS: Final = _TRIED.reasons
# The tenth reason has the digit after nine.
_DIGITS: Final = "1234567890"
COUNTED_MAX: Final = 9_999
Tone = Literal["good", "refused", "already", "elsewhere", "stop"]
TONES: Final[dict[str, Tone]] = {
    "saved": "good",
    "already": "already",
    "misrouted": "elsewhere",
    "stopped": "stop",
}


@dataclass(frozen=True, slots=True)
class ItemOfRound:
    """One line of the list."""

    number: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Asked:
    """An item that came back and of which nothing is said yet; `reason` once it was tried for one."""

    number: str
    reason: str = ""

    def key(self, text: str) -> ScanItem | Asked | None:
        """What a typed digit makes of it: the next question, the scan, or nothing."""
        at = _DIGITS.find(text) if len(text) == 1 else -1
        if not self.reason:
            return Asked(self.number, REASONS[at]) if 0 <= at < len(REASONS) else None
        if 0 <= at < len(self.measures):
            return ScanItem(self.number, "EMH", reason=self.reason, measure=self.measures[at])
        return None

    @property
    def measures(self) -> tuple[str, ...]:
        """What may have been done, for this reason."""
        return _TRIED.measures_after(self.reason)

    def delivered(self) -> ScanItem:
        """To the addressee, who signed the courier's list."""
        return ScanItem(self.number, "EMI", relation="self", signed="paper")

    def to_another(self) -> ScanItem:
        """To somebody else: who, and what they showed, is still to be said."""
        return ScanItem(self.number, "EMI", signed="paper")

    def untried(self) -> ScanItem:
        """Brought back as it went."""
        return ScanItem(self.number, "back")

    def lost(self) -> ScanItem:
        """Not to be found."""
        return ScanItem(self.number, "lost")


def is_to_ask(answer: Scanned) -> bool:
    """Whether it goes into the round once somebody has said by telephone that nothing stops it."""
    return answer.key.rpartition(".")[2] == ASK_BY_PHONE


def items_of(now: RoundNow) -> list[ItemOfRound]:
    """The list, what nobody has said anything of first; before it goes out nothing is asked of it."""
    if now.round.state == "planned":
        return [ItemOfRound(number, "planned") for number in now.round.outcomes]
    rows = [ItemOfRound(number, outcome) for number, outcome in now.round.outcomes.items()]
    return sorted(rows, key=lambda one: bool(one.outcome))


def expected(now: RoundNow) -> int:
    """How many the hand count must come to."""
    outcomes = dict(now.round.outcomes)
    return handed_in(outcomes) if now.round.state == "out" else len(outcomes)


def read_count(typed: str) -> int | None:
    """A hand count; None for what is none."""
    text = typed.strip()
    return int(text) if is_digits(text) and int(text) <= COUNTED_MAX else None
