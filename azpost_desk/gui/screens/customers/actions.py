"""Names and keys of what can be done with a customer's file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.screens import Action

if TYPE_CHECKING:
    from collections.abc import Callable

SEND_KEY: Final = "Ctrl+S"
ITEM_KEY: Final = "Ctrl+E"
NOTE_KEY: Final = "Ctrl+N"


def actions(
    send: Callable[[], object], item: Callable[[], object], note: Callable[[], object]
) -> list[Action]:
    """All acts of the screen."""
    return [
        Action("customers.screen.again", "customers.screen.again", "Enter", Permission.SELL),
        Action("customers.screen.send", "customers.screen.send", SEND_KEY, Permission.SELL, send),
        Action("customers.screen.item", "customers.screen.item", ITEM_KEY, Permission.SELL, item),
        Action("customers.screen.note", "customers.screen.note", NOTE_KEY, Permission.SELL, note),
    ]
