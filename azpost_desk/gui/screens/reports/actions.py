"""Names and keys of what can be done with the day's report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.disputing import DISPUTE_KEY
from azpost_desk.gui.kit.screens import Action

if TYPE_CHECKING:
    from collections.abc import Callable

PRINT_KEY: Final = "Ctrl+P"
CLOSE_KEY: Final = "Ctrl+E"
PAST_KEY: Final = "Ctrl+O"
SUPPLEMENT_KEY: Final = "Ctrl+N"
SIGN_KEY: Final = "Ctrl+G"


def actions(past: Callable[[], object], dispute: Callable[[], object]) -> list[Action]:
    """All acts of the screen; the buttons bind their keys themselves."""
    return [
        Action("reports.screen.print", "reports.screen.print", PRINT_KEY, Permission.SEE_REPORTS),
        Action("reports.screen.close", "reports.screen.close", CLOSE_KEY, Permission.CLOSE_DAY),
        Action("reports.signing.open", "reports.signing.open", SIGN_KEY, Permission.SEE_REPORTS),
        Action("reports.screen.past", "reports.screen.past", PAST_KEY, Permission.SEE_REPORTS, past),
        Action("dispute.act", "dispute.act", DISPUTE_KEY, Permission.SEE_REPORTS, dispute),
    ]
