"""Names and keys of what can be done with day, till and safe."""

from __future__ import annotations

from typing import Final

from azpost_desk.gui.kit.screens import Action
from azpost_desk.gui.screens.tills import cash_form, form

# The buttons bind these themselves: a hidden or disabled one does nothing.
# None is a letter that a scanner uses for a control character (Ctrl+B, C, J, M).
KEYS: Final = {
    form.OPEN_DAY: "Ctrl+D",
    form.OPEN_TILL: "Ctrl+O",
    form.CLOSE_TILL: "Ctrl+E",
    form.TAKE: "Ctrl+Up",
    form.DROP: "Ctrl+Down",
    form.SUPPLY_SAFE: "Ctrl+S",
    form.ISSUE: "Ctrl+G",
    form.ACCEPT: "Ctrl+H",
    form.STOCK: "Ctrl+N",
    form.HAND_OVER: "Ctrl+W",
    form.CASH: "Ctrl+R",
}


def words(act: str) -> str:
    """The key of an act's name."""
    return f"tills.screen.act.{act}"


def actions() -> list[Action]:
    """All acts of the screen."""
    return [Action(words(act), words(act), key, form.PERMISSIONS[act]) for act, key in KEYS.items()]


def cash_actions() -> list[Action]:
    """All acts of the page of bags, counts and notes."""
    return [
        Action(words(act), words(act), key, cash_form.PERMISSIONS[act]) for act, key in cash_form.KEYS.items()
    ]
