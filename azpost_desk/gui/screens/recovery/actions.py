"""Names and keys of what can be done with what is not finished."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.gui.kit.screens import Action

if TYPE_CHECKING:
    from collections.abc import Callable

OPEN, ACTS = "open", "acts"
MODES: Final = {OPEN: "Ctrl+1", ACTS: "Ctrl+2"}
ASK_KEY: Final = "Ctrl+R"
MAIN_KEY: Final = "Ctrl+G"
OTHER_KEY: Final = "Ctrl+D"


def actions(
    show: Callable[[str], object],
    ask: Callable[[], object],
    main: Callable[[], object],
    other: Callable[[], object],
) -> list[Action]:
    """All acts of the screen."""
    return [
        *(
            Action(f"recovery.screen.mode.{mode}", f"recovery.screen.mode.{mode}", key, None, _to(show, mode))
            for mode, key in MODES.items()
        ),
        Action("recovery.screen.ask", "recovery.screen.ask", ASK_KEY, None, ask),
        Action("recovery.screen.main", "recovery.screen.main", MAIN_KEY, None, main),
        Action("recovery.screen.other", "recovery.screen.other", OTHER_KEY, None, other),
    ]


def _to(show: Callable[[str], object], mode: str) -> Callable[[], object]:
    return lambda: show(mode)
