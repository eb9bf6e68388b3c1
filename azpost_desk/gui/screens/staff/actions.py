"""Names and keys of what the manager can do with staff."""

from __future__ import annotations

from typing import Final

from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.screens import Action

RESET_KEY: Final = "Ctrl+N"


def actions() -> list[Action]:
    """All acts of the screen; the button binds its key itself."""
    return [Action("staff.screen.reset", "staff.screen.reset", RESET_KEY, Permission.RESET_PIN)]
