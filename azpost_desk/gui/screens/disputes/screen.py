"""Ctrl+J: disputes and cases of this desk with their clock; opened, ended, taken further."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.domain.operations_disputes import ENQUIRIES
from azpost_desk.gui.kit.cards import heading
from azpost_desk.gui.kit.screens import Action, Screen, Session
from azpost_desk.gui.kit.tables import Table
from azpost_desk.gui.kit.theme import GAP_WIDE
from azpost_desk.gui.kit.words import follow
from azpost_desk.gui.screens.disputes import actions, form
from azpost_desk.gui.screens.disputes.sheets import ActSheet
from azpost_desk.gui.screens.disputes.side import DisputePanel
from azpost_desk.gui.screens.disputes.table import dispute_columns
from azpost_desk.gui.work.runner import Operation, Runner
from azpost_desk.services.views import Found

if TYPE_CHECKING:
    from azpost_desk.gui.screens.disputes.form import Row

_WATCHED = frozenset({"disputes", "journal", "news"})


class DisputesScreen(Screen):
    """A figure is disputed where it stands (till close, history, report); here is what became of it."""

    name = "disputes"
    place = 100
    words = "disputes.screen.name"
    icon = "scale"
    key = "Ctrl+J"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.sheet: ActSheet | None = None
        self._pick = ""
        head, _title, _below = heading("disputes.screen.title", "disputes.screen.hint")
        self.table: Table[Row] = Table(
            dispute_columns(), name="disputes.screen.title", empty="disputes.screen.empty"
        )
        self.panel = DisputePanel(session, self)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GAP_WIDE)
        whole.addWidget(head)
        whole.addWidget(self.table, 1)
        self.table.moved.connect(self._on_moved)
        self.table.chosen.connect(lambda _row: self.open_record())
        self.panel.record.clicked.connect(self.open_record)
        self.panel.escalate.clicked.connect(lambda: self.begin("escalate"))
        self.panel.close_it.clicked.connect(lambda: self.begin("close"))
        self.panel.slip.clicked.connect(self.print_slip)
        Runner.current().changed.connect(self._on_changed)
        follow(self, lambda: self.panel.show_opened(self.panel.opened))

    # --- the frame's side ------------------------------------------------------------------------------

    def actions_here(self) -> list[Action]:
        """See `Screen`."""
        further, end = (lambda: self.begin("escalate")), (lambda: self.begin("close"))
        return actions.actions(self.open_record, further, end, self.print_slip)

    def side(self) -> QWidget:
        """See `Screen`."""
        return self.panel

    def enter(self, argument: object = None) -> None:
        """Read anew; a number that was found elsewhere is picked."""
        self._pick = argument.key if isinstance(argument, Found) else ""
        self.refresh()
        if self.sheet is None:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def is_dirty(self) -> bool:
        """See `Screen`."""
        return self.sheet is not None and self.sheet.form.dirty

    # --- showing ------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read disputes and cases again."""
        disputes = self.session.services.disputes
        Operation(self, lambda: form.rows(disputes.listed())).succeeded(self._show).start()

    def _show(self, rows: list[Row]) -> None:
        self.table.show_records(rows)
        at = next((at for at, row in enumerate(rows) if row.number == self._pick), 0)
        if rows and (self._pick or self.table.current() is None):
            self.table.view.selectRow(at)
        self._pick = ""
        self._on_moved(self.table.current())

    def _on_moved(self, row: Row | None) -> None:
        if row is None:
            self.panel.show_opened(None)
            return
        services = self.session.services
        Operation(self, lambda: form.opened(services, row)).succeeded(self.panel.show_opened).start()

    def _on_changed(self, topics: frozenset[str]) -> None:
        if topics & _WATCHED and self.isVisible() and self.session.officer is not None:
            self.refresh()

    # --- acts --------------------------------------------------------------------------------------------

    def open_record(self) -> None:
        """The record the figure stands on, in the history."""
        row = self.table.current()
        if row is None or not row.opens:
            self.session.notice("disputes.screen.no_record", "warn")
            return
        self.session.open("history", Found("receipt", row.opens, row.opens, ""))

    def print_slip(self) -> None:
        """The customer's slip of an enquiry, with the answer once there is one."""
        row = self.table.current()
        if row is None or row.what not in ENQUIRIES:
            self.session.notice("abroad.enquiry.not_one", "warn")
            return
        enquiries = self.session.services.enquiries

        def done(_none: None) -> None:
            self.session.notice("abroad.enquiry.printing", "good")

        Operation(self, lambda: enquiries.print_one(row.number)).changes("paper").succeeded(done).start()

    def begin(self, act: str) -> None:
        """Ask for what an act needs; the service says who may."""
        row, by = self.table.current(), self.session.by
        allowed = form.may_close(row, by) if act == "close" else form.may_escalate(row, by)
        if row is None or not allowed:
            self.session.notice(f"disputes.screen.refused.{act}", "warn")
            return
        self.sheet = ActSheet(self, self.session, row, act)
        self.sheet.closed.connect(self._on_sheet_closed)
        self.sheet.done.connect(lambda: self.session.notice(f"disputes.screen.done.{act}", "good"))
        self.sheet.start()

    def _on_sheet_closed(self) -> None:
        sheet, self.sheet = self.sheet, None
        if sheet is not None:
            sheet.deleteLater()
