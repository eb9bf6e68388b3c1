"""What came after a day was closed: how much waits, the supplements made of it, and making the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.fields import Choice, ChoiceField
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.theme import GAP_WIDE
from azpost_desk.gui.kit.words import phrase, refusal
from azpost_desk.gui.screens.reports.actions import SUPPLEMENT_KEY
from azpost_desk.gui.work.runner import Operation

if TYPE_CHECKING:
    from azpost_desk.domain.refusals import Refused
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.views import Recorded


class SupplementBar(QWidget):
    """Under a closed day's report: which of its documents is shown, and what has come since.

    Signals:
        chosen(bytes): the stored bytes of the document to show.
    """

    chosen = Signal(bytes)

    def __init__(self, session: Session, date: str, report: bytes) -> None:
        super().__init__()
        self._session, self._date, self._report = session, date, report
        self.document = ChoiceField("supplement.document", [_report()], name="document")
        self.document.fill("0")
        self.waiting = Label("", "hint", wrap=True)
        self.issue = Button("supplement.issue", SUPPLEMENT_KEY, bind=False)
        self.issue.setEnabled(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP_WIDE)
        row.addWidget(self.document, 1)
        row.addWidget(self.waiting, 2)
        row.addWidget(self.issue)
        self.document.changed.connect(self._on_document)
        self.issue.clicked.connect(self._on_issue)
        self.refresh()

    def refresh(self) -> None:
        """Ask again what waits and what was made."""
        supplements, by, date = self._session.services.supplements, self._session.by, self._date
        Operation(self, lambda: (len(supplements.waiting(by, date)), supplements.made(by, date))).succeeded(
            self._show
        ).start()

    def _show(self, found: tuple[int, tuple[int, ...]]) -> None:
        waiting, made = found
        shown = self.document.text()
        self.document.set_choices(
            [_report(), *(Choice(str(n), phrase("supplement.numbered", number=n)) for n in made)]
        )
        self.document.fill(shown or "0")
        self.waiting.say(phrase("supplement.waiting", count=waiting) if waiting else "supplement.nothing")
        self.issue.setEnabled(bool(waiting) and self._session.may(Permission.CLOSE_DAY))

    def _on_document(self) -> None:
        number = int(self.document.text() or 0)
        if not number:
            self.chosen.emit(self._report)
            return
        supplements, by, date = self._session.services.supplements, self._session.by, self._date
        Operation(self, lambda: supplements.stored(by, date, number)).succeeded(self.chosen.emit).start()

    def _on_issue(self) -> None:
        services, by, date = self._session.services, self._session.by, self._date
        Operation(self.issue, lambda: services.supplements.issue(by, date, services.press)).changes(
            "journal"
        ).succeeded(self._on_issued).refused(self._on_refused).start()

    def _on_issued(self, _recorded: Recorded) -> None:
        self._session.notice("supplement.issued", "good")
        self.refresh()

    def _on_refused(self, error: Refused) -> None:
        self.waiting.say(refusal(error), "bad")


def _report() -> Choice:
    return Choice("0", "supplement.report")
