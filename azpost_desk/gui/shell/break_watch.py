"""After a break of the line: what is not finished outside is said once, with the key that lists it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from azpost_desk.gui.kit.words import counted_phrase
from azpost_desk.gui.work.runner import Operation

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from azpost_desk.gui.kit.notices import NoticeStrip
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.ports import Line
    from azpost_desk.services.recovery import Unfinished

# What waits for the line alone is answered by the line alone; these wait for a person.
_FOR_A_PERSON: Final = frozenset({"request", "question", "centre_grant", "proposal"})
_SAID: Final = "recovery.after_break"


class BreakWatch(QObject):
    """Looks at the line whenever it moves."""

    def __init__(self, over: QWidget, session: Session, line: Line, notices: NoticeStrip) -> None:
        super().__init__(over)
        self._over, self._session, self._line, self._notices = over, session, line, notices
        self._was_online = True

    def look(self) -> None:
        """Say what waits for a person, when the line has just come back."""
        online = self._line.state().online
        is_back, self._was_online = online and not self._was_online, online
        if is_back or self._notices.says(_SAID):
            recovery = self._session.services.recovery
            Operation(self._over, recovery.unfinished).succeeded(self._tell).start()

    def _tell(self, steps: list[Unfinished]) -> None:
        waiting = [one for one in steps if one.overdue or one.sort in _FOR_A_PERSON]
        if not waiting:
            self._notices.end(_SAID)
        else:
            self._notices.show_notice(
                counted_phrase(_SAID, len(waiting)),
                "warn",
                act="recovery.screen.name",
                callback=lambda: self._session.open("recovery"),
                key="F11",
            )
