"""Names and keys of what can be done with rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.screens import Action

if TYPE_CHECKING:
    from collections.abc import Callable

VOID_KEY: Final = "Ctrl+Z"


def actions(void: Callable[[], object]) -> list[Action]:
    """All acts of the screen."""
    return [
        Action("rounds.screen.begin", "rounds.screen.begin", "Enter", Permission.SCAN),
        Action("rounds.screen.void", "rounds.screen.void", VOID_KEY, Permission.SCAN, void),
        Action("rounds.screen.to_list", "rounds.screen.to_list", "Esc"),
    ]
