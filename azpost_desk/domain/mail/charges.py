"""Money that is due before an item is handed over: its events in, duty and cash on delivery out.

What an event says is due is due until its item goes back: the sender owes neither. Of several assessments by
customs the last one counts. Source: mail.md 2, Delivery.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.lines.charges import COD, DUTY
from azpost_desk.domain.mail.moves import is_back

if TYPE_CHECKING:
    from azpost_desk.domain.mail.history import Life

# What becomes of money that a desk took: given back before its item was handed over, or paid on.
CHARGE: Final[dict[tuple[str, str], str]] = {
    ("", "taken"): "taken",
    ("taken", "undone"): "undone",
    ("taken", "settled"): "settled",
}
_SAID_BY: Final = {"EMA": COD, "EDC": DUTY}


@dataclass(frozen=True, slots=True)
class Charge:
    """Money due for an item: `event` is the id of the event that says so."""

    kind: str
    event: str
    amount_qapik: int


def charges(life: Life) -> tuple[Charge, ...]:
    """What is due before this item is handed over, paid or not; nothing on its way back."""
    if is_back(life.state):
        return ()
    found: dict[str, Charge] = {}
    for event, _state in life.way():
        if kind := _SAID_BY.get(event.code):
            found[kind] = Charge(kind, event.id, event.due_qapik)
    return tuple(one for one in found.values() if one.amount_qapik > 0)
