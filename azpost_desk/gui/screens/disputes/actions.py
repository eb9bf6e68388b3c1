"""Names and keys of what can be done with a dispute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.gui.kit.screens import Action

if TYPE_CHECKING:
    from collections.abc import Callable

OPEN_KEY: Final = "Ctrl+O"
ESCALATE_KEY: Final = "Ctrl+G"
CLOSE_KEY: Final = "Ctrl+E"
SLIP_KEY: Final = "Ctrl+P"


def actions(
    record: Callable[[], object],
    escalate: Callable[[], object],
    close: Callable[[], object],
    slip: Callable[[], object],
) -> list[Action]:
    """All acts of the screen."""
    return [
        Action("disputes.screen.open", "disputes.screen.open", OPEN_KEY, None, record),
        Action("disputes.screen.escalate", "disputes.screen.escalate", ESCALATE_KEY, None, escalate),
        Action("disputes.screen.close", "disputes.screen.close", CLOSE_KEY, None, close),
        Action("abroad.enquiry.slip", "abroad.enquiry.slip", SLIP_KEY, None, slip),
    ]
