"""Names and keys of what the manager can do with staff."""

from __future__ import annotations

from typing import Final

from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.screens import Action

RESET_KEY: Final = "Ctrl+N"
PRIVACY_KEY: Final = "Ctrl+D"


def actions() -> list[Action]:
    """All acts of the screen; the buttons bind their keys themselves."""
    return [
        Action("staff.screen.reset", "staff.screen.reset", RESET_KEY, Permission.RESET_PIN),
        Action("staff.privacy", "staff.privacy", PRIVACY_KEY, Permission.KEEP_PRIVACY),
    ]
