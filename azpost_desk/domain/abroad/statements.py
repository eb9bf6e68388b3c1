"""A partner's statement of our account with it: whether it foots and continues, and what each entry is of.

In: what a camt.053 or camt.054 says, whatever the rail. Out: a reason why it moves nothing, or its booked
entries, each under the key by which it counts once, cut into shares that are matched by references only
(money-out.md MA-20, MB-5). Sums are smallest units; what was credited to us is above zero.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

# It is kept and read again when what lies before it has come.
HOLE: Final = "hole"
NOT_FOOTING, NOT_CONTINUING, BACKWARDS = "not_footing", "not_continuing", "backwards"


@dataclass(frozen=True, slots=True)
class Share:
    """One transaction behind an entry, by the references it gives; `minor` 0 when it names no sum."""

    minor: int
    uetr: str = ""
    end_to_end: str = ""
    instruction: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: `reference` is the account servicer's, "" when it gives none; what is not booked informs."""

    minor: int
    reference: str
    booked_on: str
    is_booked: bool = True
    is_reversal: bool = False
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, or (`is_final` False) a notice without balances that a statement will confirm.

    Attributes:
        account: ours with the partner, as it names it.
        number: the partner's running number of statements.
        until: ISO date of the closing balance.
    """

    account: str
    id: str
    number: int
    currency: str
    is_final: bool
    entries: tuple[Entry, ...]
    opening: int = 0
    closing: int = 0
    until: str = ""

    def why_not(self, last: tuple[int, int] | None) -> str:
        """Why it moves nothing, "" when it counts; `last` is number and closing balance of the one before."""
        if not self.is_final:
            return ""
        if self.opening + sum(one.minor for one in self.entries if one.is_booked) != self.closing:
            return NOT_FOOTING
        if last is None:
            return ""
        if self.number <= last[0]:
            return BACKWARDS
        if self.number > last[0] + 1:
            return HOLE
        return "" if self.opening == last[1] else NOT_CONTINUING

    def booked(self) -> Iterator[tuple[str, Entry]]:
        """Each booked entry with its key: the servicer's reference, else what it says and its place."""
        equal: Counter[str] = Counter()
        for one in self.entries:
            if not one.is_booked:
                continue
            first = one.shares[0].end_to_end if one.shares else ""
            key = one.reference or f"{one.booked_on} {one.minor} {first}"
            key += " reversal" if one.is_reversal else ""
            equal[key] += 1
            yield (key if equal[key] == 1 else f"{key} ({equal[key]})"), one


def shares_of(entry: Entry) -> tuple[Share, ...]:
    """What is behind an entry, only if it sums exactly; else the whole of it, which refers to nothing."""
    match entry.shares:
        case (one,) if one.minor in (0, entry.minor):
            return (replace(one, minor=entry.minor),)
        case (_, _, *_) if sum(one.minor for one in entry.shares) == entry.minor and all(
            one.minor for one in entry.shares
        ):
            return entry.shares
    return (Share(entry.minor),)
