"""The screen an officer begins on after signing in: unfinished work, the till, or the first service."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.gui.kit.screens import Session


def first_place(session: Session, rail: Iterable[str]) -> str:
    """The screen to begin with; asks the books, so never on the main thread.

    After a bad end, while something outside is not finished, that comes first, once. Then the till's screen
    while day or till are not open, else the first service of the rail.
    """
    recovery = session.services.recovery
    if not session.recovery_shown and recovery.shows_itself():
        session.recovery_shown = True
        return "recovery"
    return next(iter(rail), "") if session.services.standing.is_selling() else "tills"
