"""Names and keys of what can be done while scanning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.screens import Action

if TYPE_CHECKING:
    from collections.abc import Callable

EVENT_KEY: Final = "Ctrl+E"
VOID_KEY: Final = "Ctrl+Z"
CHARGE_KEY: Final = "Ctrl+D"
IRREGULAR_KEY: Final = "Ctrl+G"
AMEND_KEY: Final = "Ctrl+M"


def actions(
    choose_event: Callable[[], object],
    void: Callable[[], object],
    charge: Callable[[], object],
    irregular: Callable[[], object],
    amend: Callable[[], object],
) -> list[Action]:
    """All acts of the screen."""
    return [
        Action("tracking.screen.take", "tracking.screen.take", "Enter", Permission.SCAN),
        Action(
            "tracking.screen.change_event",
            "tracking.screen.change_event",
            EVENT_KEY,
            Permission.SCAN,
            choose_event,
        ),
        Action("tracking.screen.void", "tracking.screen.void", VOID_KEY, Permission.SCAN, void),
        Action(
            "tracking.screen.take_charge", "tracking.screen.take_charge", CHARGE_KEY, Permission.SELL, charge
        ),
        Action(
            "tracking.screen.irregular.do",
            "tracking.screen.irregular.do",
            IRREGULAR_KEY,
            Permission.SCAN,
            irregular,
        ),
        Action("tracking.screen.amend.do", "tracking.screen.amend.do", AMEND_KEY, Permission.SELL, amend),
        Action("tracking.screen.back", "tracking.screen.back", "Esc"),
    ]
