"""Names and keys of what can be done with transfers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.screens import Action

if TYPE_CHECKING:
    from collections.abc import Callable

SEND: Final = "send"
PAY_OUT: Final = "pay_out"
SENT_HERE: Final = "sent_here"
SENT_ABROAD: Final = "sent_abroad"
MODES: Final = {SEND: "Ctrl+1", PAY_OUT: "Ctrl+2", SENT_HERE: "Ctrl+3", SENT_ABROAD: "Ctrl+4"}
STOP_KEY: Final = "Ctrl+B"
NUMBER_KEY: Final = "Ctrl+N"
ENQUIRY_KEY: Final = "Ctrl+S"
RELEASE_KEY: Final = "Ctrl+G"
# Where the manat of a grant stand no more.
AGAIN_KEY: Final = "Ctrl+R"
CHANGE_KEY: Final = "Ctrl+E"
AHEAD_KEY: Final = "Ctrl+R"
GIVE_BACK_KEY: Final = "Ctrl+Shift+R"
COUNTRY_KEY: Final = "Alt+0"
EXTRA_KEYS: Final = {"express": "Alt+1", "delivery": "Alt+2", "advice": "Alt+3"}


def mode_words(mode: str) -> str:
    """The key of a mode's name."""
    return f"transfers.screen.mode.{mode}"


def actions(
    show_mode: Callable[[str], object], release: Callable[[], object], country: Callable[[], object]
) -> list[Action]:
    """All acts of the screen."""
    modes = [
        Action(mode_words(mode), mode_words(mode), key, Permission.SELL, partial(show_mode, mode))
        for mode, key in MODES.items()
    ]
    extras = [
        Action(f"transfers.screen.extra.{extra}", f"transfers.screen.extra.{extra}", key, Permission.SELL)
        for extra, key in EXTRA_KEYS.items()
    ]
    return [
        *modes,
        Action("abroad.screen.country", "abroad.screen.country", COUNTRY_KEY, Permission.SELL, country),
        *extras,
        Action("transfers.screen.change.open", "transfers.screen.change.open", CHANGE_KEY, Permission.SELL),
        Action("abroad.sent.stop", "abroad.sent.stop", STOP_KEY, Permission.SELL),
        Action("abroad.sent.number_slip", "abroad.sent.number_slip", NUMBER_KEY, Permission.SELL),
        Action("abroad.enquiry.open", "abroad.enquiry.open", ENQUIRY_KEY, Permission.SELL),
        Action("transfers.screen.ahead.take", "transfers.screen.ahead.take", AHEAD_KEY, Permission.SELL),
        Action("transfers.screen.ahead.back", "transfers.screen.ahead.back", GIVE_BACK_KEY, Permission.SELL),
        Action("transfers.screen.add", "transfers.screen.add", "Enter", Permission.SELL),
        Action("transfers.screen.release", "transfers.screen.release", RELEASE_KEY, Permission.SELL, release),
    ]
