"""Names and keys of what can be done with goods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.screens import Action

if TYPE_CHECKING:
    from collections.abc import Callable

SEARCH_KEY: Final = "Ctrl+F"


def actions(search: Callable[[], object]) -> list[Action]:
    """All acts of the screen."""
    return [
        Action("goods.screen.pick", "goods.screen.pick", "1", Permission.SELL),
        Action("goods.screen.add", "goods.screen.add", "Enter", Permission.SELL),
        Action("goods.screen.search", "goods.screen.search", SEARCH_KEY, Permission.SELL, search),
    ]
