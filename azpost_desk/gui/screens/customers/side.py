"""Beside a customer's work: whom they send to, each with a digit, and what officers wrote about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from azpost_desk.gui.kit.buttons import Button, PrimaryButton
from azpost_desk.gui.kit.cards import Candidate, NameList, Sheet
from azpost_desk.gui.kit.fields import TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.rows import FactRows
from azpost_desk.gui.kit.theme import GAP_WIDE
from azpost_desk.gui.kit.words import phrase, plain, refusal
from azpost_desk.gui.screens.customers.actions import NOTE_KEY
from azpost_desk.gui.work.runner import Operation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.domain.refusals import Refused
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.views import KnownReceiver
    from azpost_desk.services.views_customers import NoteSeen


class CustomerPanel(QFrame):
    """The side of the file; hidden until it is shown in its place."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self.setProperty("role", "side")
        self.known = NameList("customers.screen.receivers.empty")
        self.note = Button("customers.screen.note", NOTE_KEY, bind=False)
        self._rows = FactRows(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(Label("customers.screen.receivers", "section"))
        column.addWidget(self.known)
        column.addWidget(Label("customers.screen.notes", "section"))
        column.addWidget(self._rows.page, 1)
        column.addWidget(self.note)
        self.show_file((), ())

    def show_file(self, receivers: Sequence[KnownReceiver], notes: Sequence[NoteSeen]) -> None:
        """Show these; an empty list says what comes here."""
        self.known.offer([Candidate(plain(one.name), plain(one.phone), one) for one in receivers])
        self.show_notes(notes)

    def show_notes(self, notes: Sequence[NoteSeen]) -> None:
        """The remarks, newest first."""
        rows = []
        for one in notes:
            told = phrase("customers.screen.note_by", said_ms=one.at_ms, officer=plain(one.officer))
            rows += [Label(plain(one.remark), "body", wrap=True), Label(told, "hint", wrap=True)]
        self._rows.show_rows(rows or [Label("customers.screen.notes.empty", "muted", wrap=True)])


class NoteSheet(Sheet):
    """One remark about a customer, in the officer's own words.

    Signals:
        noted(): it is on the disk.
    """

    noted = Signal()

    def __init__(self, over: QWidget, session: Session, customer: str) -> None:
        super().__init__(over, "customers.note.title", side="right", width_px=480)
        self._session, self._customer = session, customer
        self.remark = TextField("customers.note.remark", name="remark", hint="customers.note.hint")
        self.main = PrimaryButton("customers.note.do", hint=plain("Enter"))
        self.form = Form(self.main)
        self.form.add(self.remark)
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_WIDE)
        for widget in (Label("customers.note.what", "body", wrap=True), self.remark, self.main):
            column.addWidget(widget)
        column.addStretch()
        self.body.addWidget(self.form)
        self.form.escaped.connect(lambda _dirty: self.close_sheet())
        self.main.clicked.connect(self._on_main)

    def _on_main(self) -> None:
        if not self.form.verify():
            return
        customers, by = self._session.services.customers, self._session.by
        customer, remark = self._customer, self.remark.text()
        Operation(self.main, lambda: customers.note(customer, remark, by)).holding(self).changes(
            "journal"
        ).succeeded(lambda _none: self._on_noted()).refused(self._on_refused).start()

    def _on_noted(self) -> None:
        self.close_sheet()
        self.noted.emit()

    def _on_refused(self, error: Refused) -> None:
        if not self.form.show_refusal(error):
            self.remark.set_error(refusal(error))
