"""Numbers of partners abroad that have come and are on no paper: said until the second slip is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.gui.kit.standing import StandingNotice
from azpost_desk.gui.kit.words import Say, phrase, plain
from azpost_desk.gui.work.runner import Operation

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.abroad_views import AbroadTransfer

TOPICS: Final = frozenset({"news", "paper", "transfers"})
# More receipts than these nobody reads in a sentence.
_NAMED_MAX: Final = 3


class NumberWatch(StandingNotice):
    """Which receipts wait for their second slip; the numbers themselves are never shown (MA-18)."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent)
        self._session = session

    def look(self) -> None:
        """Read again what has come."""
        Operation(self, self._session.services.numbers.waiting).succeeded(self._show).start()

    def _show(self, waiting: list[AbroadTransfer]) -> None:
        receipts = ", ".join(one.receipt for one in waiting[:_NAMED_MAX])
        more = " …" if len(waiting) > _NAMED_MAX else ""
        words: Say = phrase("frame.number_came", receipts=plain(receipts + more)) if waiting else ""
        self.stand(words)
