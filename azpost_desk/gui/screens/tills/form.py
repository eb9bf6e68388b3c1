"""What may be done with the day, the till and the safe now, what stands in the way, and doing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain import cash
from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Permission

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azpost_desk.services.counter import Officer
    from azpost_desk.services.desk import DeskServices
    from azpost_desk.services.standing import TillNow
    from azpost_desk.services.views import Recorded

OPEN_DAY: Final = "open_day"
OPEN_TILL: Final = "open_till"
CLOSE_TILL: Final = "close_till"
TAKE: Final = "take"
DROP: Final = "drop"
SUPPLY_SAFE: Final = "supply_safe"
ISSUE: Final = "issue"
ACCEPT: Final = "accept"
STOCK: Final = "stock"
HAND_OVER: Final = "hand_over"
CASH: Final = "cash"

# Only who may, sees the act at all; where the day or the till forbids it, the screen says why.
PERMISSIONS: Final = {
    OPEN_DAY: Permission.OPEN_DAY,
    OPEN_TILL: Permission.HOLD_TILL,
    CLOSE_TILL: Permission.HOLD_TILL,
    TAKE: Permission.HOLD_TILL,
    DROP: Permission.HOLD_TILL,
    SUPPLY_SAFE: Permission.KEEP_SAFE,
    ISSUE: Permission.HOLD_TILL,
    ACCEPT: Permission.HOLD_TILL,
    STOCK: Permission.HOLD_TILL,
    HAND_OVER: Permission.HOLD_TILL,
    CASH: Permission.HOLD_TILL,
}
_WITH_SAFE: Final = (TAKE, DROP, SUPPLY_SAFE)
_WITH_TILL: Final = (CLOSE_TILL, HAND_OVER, TAKE, DROP, ISSUE, ACCEPT)
COUNTS: Final = (CLOSE_TILL, HAND_OVER)
"""Acts that end the holder's time at the till by a blind count."""


def obstacle(act: str, now: TillNow, by: Officer) -> Refused | None:
    """What stands in the way of an act, in the words the use case itself would refuse with."""
    opened = now.day.state == "open"
    if act == OPEN_DAY:
        if opened:
            return Refused("C-002", date=now.day.date)
        return Refused("C-003", last=now.day.date) if now.day.date >= now.proposed else None
    if act == CASH:
        return None
    if not opened:
        return Refused("C-001")
    if act == OPEN_TILL:
        return Refused("C-012") if now.is_held else None
    if act in _WITH_TILL and not now.is_held:
        return Refused("C-010")
    if act in _WITH_TILL and now.till.holder != by.officer:
        return Refused("C-011", holder=now.holder)
    if now.is_counted and act in _WITH_TILL and act not in COUNTS:
        return Refused("C-013")
    if act in _WITH_SAFE and now.safe is None:
        return Refused("C-023")
    return None


def sheet_in_words(pieces: Mapping[int, int]) -> str:
    """A count sheet in one line, as the other desk announced it: ``100 × 2 · 5 × 3``, manat."""
    parts = []
    for denomination, number in cash.tidy(pieces).items():
        manat, qapik = divmod(denomination, 100)
        parts.append(f"{manat if manat else f'0,{qapik:02}'} × {number}")
    return " · ".join(parts)


def read_quantity(typed: str) -> int:
    """Pieces handed into the stock; a minus takes them out again.

    Raises:
        Refused: B-032 for what is no whole number, and for zero.
    """
    digits = typed.strip().removeprefix("-")
    if not is_digits(digits) or not int(digits):
        raise Refused("B-032", field="quantity")
    return int(typed)


def record(
    desk: DeskServices,
    by: Officer,
    act: str,
    now: TillNow,
    values: Mapping[str, str],
    pieces: Mapping[int, int],
) -> Recorded:
    """Do an act with what was typed (`values` by field name) and counted.

    Raises:
        Refused: as the use case behind the act says.
    """
    tills = desk.tills
    match act:
        case "open_day":
            # Where nothing is red the day opens at once; a red line asks the manager for a reason first.
            return desk.preflight.open_day(by, now.proposed, scanned_ms=int(values.get("scanned_ms", "0")))
        case "open_till":
            return tills.open(by)
        case "take":
            # The first cash of an empty till is its float, whatever comes later is a supply.
            return tills.move(by, "to_till", "supply" if now.till.balance else "float", pieces)
        case "drop":
            return tills.move(by, "to_safe", "drop", pieces)
        case "supply_safe":
            return tills.supply_safe(by, values["document"], pieces)
        case "issue":
            return tills.issue(by, values["desk"], values.get("place", "till"), pieces)
        case "accept":
            return tills.accept(by, values["remittance"], pieces)
        case "stock":
            quantity = read_quantity(values["quantity"])
            return tills.stock(by, values["article"], quantity, values["document"])
        case _:
            raise ValueError(act)


def age(now_ms: int, at_ms: int) -> tuple[str, dict[str, int]]:
    """How long something waits: key of the sentence and its numbers, by minutes, hours or days."""
    minutes = max(0, now_ms - at_ms) // 60_000
    hours, days = minutes // 60, minutes // (24 * 60)
    if days:
        return "tills.screen.age.days", {"days": days, "hours": hours % 24}
    if hours:
        return "tills.screen.age.hours", {"hours": hours, "minutes": minutes % 60}
    return "tills.screen.age.minutes", {"minutes": minutes}
