"""Names and keys of what can be done with what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.screens import Action

if TYPE_CHECKING:
    from collections.abc import Callable

COPY_KEY: Final = "Ctrl+P"
REVERSE_KEY: Final = "Ctrl+Shift+Del"
EVIDENCE_KEY: Final = "Ctrl+Shift+E"


def actions(
    copy: Callable[[], object], reverse: Callable[[], object], evidence: Callable[[], object]
) -> list[Action]:
    """All acts of the screen."""
    return [
        Action("history.screen.copy", "history.screen.copy", COPY_KEY, Permission.SELL, copy),
        Action(
            "history.screen.reverse", "history.screen.reverse", REVERSE_KEY, Permission.REVERSE_LINE, reverse
        ),
        Action("history.screen.evidence", "history.screen.evidence", EVIDENCE_KEY, Permission.SELL, evidence),
    ]
