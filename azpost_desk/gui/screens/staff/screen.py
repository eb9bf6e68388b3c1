"""Ctrl+U: the officers of the branch, and a new PIN for one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.buttons import Button, PrimaryButton
from azpost_desk.gui.kit.cards import Sheet, heading
from azpost_desk.gui.kit.fields import PinField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.screens import Action, Screen, Session
from azpost_desk.gui.kit.tables import Table
from azpost_desk.gui.kit.theme import GAP, GAP_WIDE
from azpost_desk.gui.kit.words import phrase, plain, refusal
from azpost_desk.gui.screens.staff import actions, form
from azpost_desk.gui.screens.staff.privacy import PrivacySheet
from azpost_desk.gui.screens.staff.table import officer_columns
from azpost_desk.gui.work.runner import Lane, Operation
from azpost_desk.services.views import Found

if TYPE_CHECKING:
    from azpost_desk.gui.screens.staff.form import Row


class StaffScreen(Screen):
    """Everybody who may sign in here; Enter on a name gives a new PIN."""

    name = "staff"
    place = 110
    words = "staff.screen.title"
    icon = "users"
    key = "Ctrl+U"
    permission = Permission.RESET_PIN

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._pick = ""
        self.sheet: PinSheet | None = None
        head, _title, _below = heading("staff.screen.title", "staff.screen.hint")
        self.officers: Table[Row] = Table(
            officer_columns(), name="staff.screen.title", empty="staff.screen.empty"
        )
        self.officers.chosen.connect(lambda _row: self._on_reset())
        self.reset = Button("staff.screen.reset", actions.RESET_KEY, icon="lock")
        self.reset.clicked.connect(self._on_reset)
        self.privacy: PrivacySheet | None = None
        self.look = Button("staff.privacy", actions.PRIVACY_KEY)
        self.look.clicked.connect(self._on_privacy)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GAP_WIDE)
        whole.addWidget(head)
        whole.addWidget(self.officers)
        acts = QHBoxLayout()
        acts.setSpacing(GAP_WIDE)
        acts.addWidget(self.reset)
        acts.addWidget(self.look)
        acts.addStretch()
        whole.addLayout(acts)
        whole.addStretch()

    def actions_here(self) -> list[Action]:
        """See `Screen.actions_here`."""
        return actions.actions()

    def enter(self, argument: object = None) -> None:
        """Read the officers again; one that was found elsewhere is picked."""
        self._pick = argument.key if isinstance(argument, Found) else ""
        self.reload()
        if self.sheet is None:
            self.officers.setFocus(Qt.FocusReason.OtherFocusReason)

    def is_dirty(self) -> bool:
        """See `Screen.is_dirty`."""
        return self.sheet is not None and self.sheet.form.dirty

    def reload(self) -> None:
        """Read who may sign in and who is locked out."""
        staff, clock = self.session.services.staff, self.session.services.counter.clock
        Operation(self, lambda: form.rows(staff.officers(), clock.utc_ms())).succeeded(self._show).start()

    def _show(self, rows: list[Row]) -> None:
        self.officers.show_records(rows)
        self.officers.fit_height()
        at = next((at for at, row in enumerate(rows) if row.officer == self._pick), 0)
        if rows and (self._pick or self.officers.current() is None):
            self.officers.view.selectRow(at)
        self._pick = ""

    def _on_reset(self) -> None:
        row = self.officers.current()
        if row is None or self.sheet is not None:
            return
        self.sheet = PinSheet(self, row, own=row.officer == self.session.by.officer)
        self.sheet.main.clicked.connect(lambda: self._do(row))
        self.sheet.closed.connect(self._on_sheet_closed)
        self.sheet.open((self.sheet.old or self.sheet.pin).line)

    def _on_privacy(self) -> None:
        if self.privacy is None and self.sheet is None:
            self.privacy = PrivacySheet(self, self.session)
            self.privacy.closed.connect(self._on_privacy_closed)
            self.privacy.ask()

    def _on_privacy_closed(self) -> None:
        if self.privacy is not None:
            self.privacy.deleteLater()
            self.privacy = None

    def _on_sheet_closed(self) -> None:
        if self.sheet is not None:
            self.sheet.deleteLater()
            self.sheet = None

    def _do(self, row: Row) -> None:
        sheet = self.sheet
        if sheet is None or not sheet.form.verify():
            return
        try:
            pin = form.new_pin(sheet.pin.text(), sheet.again.text())
        except Refused as no:
            sheet.again.clear()
            sheet.form.show_refusal(no)
            return
        staff, by = self.session.services.staff, self.session.by
        old = sheet.old.take() if sheet.old is not None else None

        def change() -> None:
            if old is None:
                staff.reset_pin(by, row.officer, pin)
            else:
                staff.choose_pin(by.officer, old, pin)

        Operation(sheet.main, change).holding(sheet).refused(self._on_refused).succeeded(
            lambda _none: self._on_done(row)
        ).changes("staff").start(Lane.NETWORK)

    def _on_refused(self, error: Refused) -> None:
        old = self.sheet.old if self.sheet is not None else None
        if old is not None and error.code in ("S-001", "S-002"):
            # It is the old one that was wrong.
            old.set_error(error)
            old.setFocus()
        elif self.sheet is None or not self.sheet.form.show_refusal(error):
            self.session.notice(refusal(error), "bad", error.code)

    def _on_done(self, row: Row) -> None:
        if self.sheet is not None:
            self.sheet.close_sheet()
        self.session.notice(phrase("staff.screen.done", name=row.name), "good")
        self.reload()


class PinSheet(Sheet):
    """A new PIN for one officer, typed twice by the two who are standing there; the own one with the old."""

    def __init__(self, over: QWidget, row: Row, *, own: bool = False) -> None:
        super().__init__(over, phrase("staff.screen.sheet", name=row.name))
        self.old = PinField("staff.screen.old", name="old", max_length=12) if own else None
        self.pin = PinField("staff.screen.pin", hint="staff.screen.pin_hint", max_length=12)
        self.again = PinField("staff.screen.again", name="again", max_length=12)
        self.main = PrimaryButton("staff.screen.reset", hint=plain("Enter"))
        self.form = Form(self.main)
        fields = [field for field in (self.old, self.pin, self.again) if field is not None]
        self.form.add(*fields)
        self.form.escaped.connect(lambda _dirty: self.close_sheet())
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        for widget in (*fields, self.main):
            column.addWidget(widget)
        self.body.addWidget(self.form)
