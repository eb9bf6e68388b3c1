"""Exporting the branch's own evidence: which days, with or without personal data, where the file goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.cards import Sheet
from azpost_desk.gui.kit.dialogs import ask_where_to_save
from azpost_desk.gui.kit.fields import Choice, ChoiceField, DateField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.theme import GAP_WIDE
from azpost_desk.gui.kit.words import phrase, plain, refusal
from azpost_desk.gui.work.runner import Lane, Operation
from azpost_desk.services.evidence import ExportEvidence

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from azpost_desk.domain.refusals import Refused
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.evidence import Exported


class EvidenceSheet(Sheet):
    """Esc leaves everything as it is.

    Signals:
        exported(object): Path; the file is written.
    """

    exported = Signal(object)

    def __init__(self, over: QWidget, session: Session, today: dt.date) -> None:
        super().__init__(over, "history.screen.evidence.title", side="right", width_px=440)
        self._session, self._path = session, None
        self.first = DateField("history.screen.evidence.first", name="first_day", latest=today)
        self.last = DateField("history.screen.evidence.last", name="last_day", latest=today)
        for field in (self.first, self.last):
            field.set_date(today)
        choices = [Choice("", "history.screen.evidence.without")]
        if session.may(Permission.SEE_REPORTS):
            choices.append(Choice("personal", "history.screen.evidence.with"))
        self.personal = ChoiceField(
            "history.screen.evidence.personal", choices, name="personal", optional=True
        )
        self.main = PrimaryButton("history.screen.evidence.make", hint=plain("Enter"))
        self.form = Form(self.main)
        self.form.add(self.first, self.last, self.personal)
        self._trouble = Label("", "body", wrap=True)
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_WIDE)
        about = Label("history.screen.evidence.words", "hint", wrap=True)
        for widget in (about, self.first, self.last, self.personal, self._trouble, self.main):
            column.addWidget(widget)
        column.addStretch()
        self.body.addWidget(self.form)
        self.main.clicked.connect(self._on_main)
        self.form.escaped.connect(lambda _dirty: self.close_sheet())

    def start(self) -> None:
        """Open at the first day."""
        self.open(self.first.editor)

    def _on_main(self) -> None:
        first, last = self.first.date(), self.last.date()
        if not self.form.verify() or first is None or last is None:
            return
        command = ExportEvidence(first.isoformat(), last.isoformat(), self.personal.text() == "personal")
        evidence, by = self._session.services.evidence, self._session.by
        Operation(self.main, lambda: evidence.export(command, by)).changes("journal").succeeded(
            self._on_made
        ).refused(self._on_refused).start()

    def _on_made(self, made: Exported) -> None:
        path = ask_where_to_save(self, "history.screen.evidence.where", made.name, "Evidence (*.azev)")
        if path is None:
            return

        def written(_bytes: int) -> None:
            self._on_written(path)

        # A stick may be slow: never on the main thread.
        Operation(self.main, lambda: path.write_bytes(made.content)).succeeded(written).start(Lane.NETWORK)

    def _on_written(self, path: Path) -> None:
        self.close_sheet()
        self._session.notice(phrase("history.screen.evidence.done", file=plain(path.name)), "good")
        self.exported.emit(path)

    def _on_refused(self, error: Refused) -> None:
        if not self.form.show_refusal(error):
            self._trouble.say(refusal(error), "bad")
