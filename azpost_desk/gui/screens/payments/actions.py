"""Names and keys of what can be done with bills."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.screens import Action

if TYPE_CHECKING:
    from collections.abc import Callable

TAKE: Final = "take"
TODAY: Final = "today"
NOTICE: Final = "notice"
STATEMENT: Final = "notices.statement.print"
STATEMENT_KEY: Final = "Ctrl+P"
REFUND: Final = "notices.refund.open"
REFUND_KEY: Final = "Ctrl+B"
MODES: Final = {TAKE: "Ctrl+1", TODAY: "Ctrl+2", NOTICE: "Ctrl+3"}


def mode_words(mode: str) -> str:
    """The key of a mode's name."""
    return f"payments.screen.mode.{mode}"


def actions(show_mode: Callable[[str], object]) -> list[Action]:
    """All acts of the screen."""
    modes = [
        Action(mode_words(mode), mode_words(mode), key, Permission.SELL, partial(show_mode, mode))
        for mode, key in MODES.items()
    ]
    statement = Action(STATEMENT, STATEMENT, STATEMENT_KEY, Permission.SELL)
    refund = Action(REFUND, REFUND, REFUND_KEY, Permission.SELL)
    return [
        *modes,
        statement,
        refund,
        Action("payments.screen.add", "payments.screen.add", "Enter", Permission.SELL),
    ]
