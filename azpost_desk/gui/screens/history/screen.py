"""The day's operations (F9): found by typing, opened at the right, copied, reversed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.cards import heading
from azpost_desk.gui.kit.disputing import Shown, ask_dispute
from azpost_desk.gui.kit.fields import TextField
from azpost_desk.gui.kit.flow import Flow
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.screens import Action, Screen
from azpost_desk.gui.kit.tables import Table
from azpost_desk.gui.kit.theme import GAP
from azpost_desk.gui.kit.words import language, phrase, refusal
from azpost_desk.gui.screens.history import actions, records
from azpost_desk.gui.screens.history import form as decide
from azpost_desk.gui.screens.history.certificate import CertificateSheet
from azpost_desk.gui.screens.history.detail import DetailPanel
from azpost_desk.gui.screens.history.evidence import EvidenceSheet
from azpost_desk.gui.screens.history.reversing import ReverseSheet
from azpost_desk.gui.screens.history.table import columns
from azpost_desk.gui.work.runner import Operation, Runner
from azpost_desk.services.disputes import Figure
from azpost_desk.services.views import Found

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.domain.refusals import Refused
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.baskets import Paid
    from azpost_desk.services.certificates import Seen
    from azpost_desk.services.explaining import Explained
    from azpost_desk.services.history import Detail, Done

_WATCHED = frozenset({"language", "journal", "till", "day", "papers"})


class HistoryScreen(Screen):
    """F9. A receipt of the one box opens here, of another day too."""

    name = "history"
    place = 80
    opens = (
        "receipt",
        "certificate",
    )
    words = "history.screen.name"
    icon = "history"
    key = "F9"
    permission = Permission.SELL

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._done: list[Done] = []
        self._wanted = ""
        self.sheet: ReverseSheet | EvidenceSheet | CertificateSheet | None = None
        self.search = TextField(
            "history.screen.search", name="search", hint="history.screen.search_hint", optional=True
        )
        self.table: Table[Done] = Table(columns(), name="history.screen.title", empty="history.screen.empty")
        self.panel = DetailPanel(self)
        self.form = Form()
        self.form.add(self.search)
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.evidence = Button("history.screen.evidence", actions.EVIDENCE_KEY, bind=False)
        column.addWidget(heading("history.screen.title")[0])
        column.addWidget(self.search)
        column.addWidget(self._beyond())
        column.addWidget(self.table, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.form)
        self._connect()

    def _beyond(self) -> QWidget:
        """What looks beyond the day."""
        buttons: list[QWidget] = []
        acts = (
            ("records.search", actions.YEARS_KEY, self.years),
            ("records.then", actions.THEN_KEY, self.then),
            ("records.statement", actions.STATEMENT_KEY, self.statement),
        )
        for words, key, act in acts:
            button = Button(words, key, bind=False)
            button.clicked.connect(act)
            buttons.append(button)
        return Flow((*buttons, self.evidence), GAP)

    def _connect(self) -> None:
        self.search.changed.connect(self._filter)
        self.search.line.returnPressed.connect(self._on_search)
        self.form.escaped.connect(lambda _dirty: self._clear_search())
        self.table.moved.connect(self._on_moved)
        self.table.chosen.connect(self._on_moved)
        self.panel.copy.clicked.connect(self.copy)
        self.panel.reverse.clicked.connect(self.reverse)
        self.panel.dispute.clicked.connect(self.dispute)
        self.panel.explain.clicked.connect(self.explain)
        self.evidence.clicked.connect(self.export)
        Runner.current().changed.connect(self._on_changed)

    # --- the frame's side ------------------------------------------------------------------------------

    def actions_here(self) -> list[Action]:
        """See `Screen`."""
        return actions.actions(
            self.copy,
            self.reverse,
            self.dispute,
            self.explain,
            self.years,
            self.then,
            self.statement,
            self.export,
        )

    def side(self) -> QWidget:
        """See `Screen`."""
        return self.panel

    def enter(self, argument: object = None) -> None:
        """See `Screen`."""
        if isinstance(argument, Found) and argument.kind == "receipt":
            self._wanted = argument.key
            self.search.clear()
        elif isinstance(argument, Found) and argument.kind == "certificate":
            self._look_at(argument.key)
        self.refresh()
        self.search.setFocus()

    # --- the list ----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the day again."""
        history = self.session.services.history
        code = language().code
        Operation(self, lambda: history.today(code)).succeeded(self._show).start()

    def _show(self, done: list[Done]) -> None:
        self._done = done
        self._filter()
        wanted, self._wanted = self._wanted, ""
        if wanted:
            at = next((i for i, one in enumerate(done) if one.receipt == wanted and one.kinds), -1)
            if at >= 0:
                self.table.view.selectRow(at)
            self._open(wanted)
        elif self.panel.detail is not None:
            self._open(decide.key_of(self.panel.detail.done))

    def _filter(self) -> None:
        self.table.show_records(decide.matching(self._done, self.search.text()))

    def _on_search(self) -> None:
        """Enter opens what was found: the sale whose receipt was typed, else the newest."""
        found, typed = self.table.rows.records, self.search.text()
        if found:
            at = next((at for at, one in enumerate(found) if one.receipt == typed and one.kinds), 0)
            self.table.view.selectRow(at)
            self.table.setFocus()

    def _clear_search(self) -> None:
        self.search.clear()
        self.search.setFocus()

    def _on_moved(self, done: Done | None) -> None:
        if done is not None:
            self._open(decide.key_of(done))

    def _open(self, key: str) -> None:
        history, code = self.session.services.history, language().code
        Operation(self, lambda: history.opened(key, code)).succeeded(self._on_opened).refused(
            self._refused
        ).start()

    def _on_opened(self, detail: Detail) -> None:
        self.panel.show_detail(detail)

    def _on_changed(self, topics: frozenset[str]) -> None:
        if topics & _WATCHED and self.isVisible() and self.session.officer is not None:
            self.refresh()

    # --- acts --------------------------------------------------------------------------------------------

    def copy(self) -> None:
        """Print the receipt again, marked COPY and counted."""
        detail = self.panel.detail
        if detail is None or not detail.lines:
            self.session.notice("history.screen.choose_first", "warn")
            return
        papers, by, receipt = self.session.services.papers, self.session.by, detail.done.receipt

        def queued(_none: None) -> None:
            self.session.paper_waits.emit()
            self.session.notice(phrase("history.screen.copied", number=receipt), "good")
            self.refresh()

        Operation(self.panel.copy, lambda: papers.copy(receipt, by)).succeeded(queued).refused(
            self._refused
        ).start()

    def reverse(self) -> None:
        """Undo a line of what is opened; the service says what may not be undone."""
        detail = self.panel.detail
        lines = decide.reversible(detail) if detail is not None else []
        if detail is None or not lines:
            self.session.notice("history.screen.nothing_to_reverse", "warn")
            return
        self.sheet = ReverseSheet(self, self.session, detail.done.receipt, lines)
        self.sheet.reversed_line.connect(self._on_reversed)
        self.sheet.closed.connect(self._on_sheet_closed)
        self.sheet.start()

    # --- differences, disputes, all years ----------------------------------------------------------------

    def dispute(self) -> None:
        """Dispute a figure of what is opened."""
        detail = self.panel.detail
        figures = decide.disputable(detail) if detail is not None else []
        if not figures:
            self.session.notice("history.screen.choose_first", "warn")
            return
        disputes = self.session.services.disputes

        def named() -> list[Shown]:
            found = [disputes.named(Figure(one.figure, one.operation)) for one in figures]
            return [Shown(one.figure, azn(one.value)) for one in found]

        Operation(self.panel.dispute, named).succeeded(
            lambda shown: ask_dispute(self, self.session, shown)
        ).refused(self._refused).start()

    def explain(self) -> None:
        """What may explain the recorded count that is opened."""
        detail, code = self.panel.detail, language().code
        if detail is None or detail.done.sort != "till_closed":
            self.session.notice("explain.choose_close", "warn")
            return
        explaining, operation = self.session.services.explaining, detail.done.operation

        def told(language_code: str) -> Explained:
            return explaining.of_close(operation, language_code)

        Operation(self.panel.explain, lambda: told(code)).succeeded(
            lambda explained: records.show(records.CausesSheet(self, explained, told), self._open)
        ).refused(self._refused).start()

    def years(self) -> None:
        """Search all own records of all years."""
        self._with_officers(lambda known: records.SearchSheet(self, self.session, known))

    def then(self) -> None:
        """The till as it stood at any minute."""
        records.show(records.ThenSheet(self, self.session), self._open)

    def statement(self) -> None:
        """Surplus and shortage of an officer."""
        self._with_officers(lambda known: records.StatementSheet(self, self.session, known))

    def _with_officers(self, made: Callable[[list[tuple[str, str]]], records.RecordsSheet]) -> None:
        Operation(self, self.session.services.records.officers).succeeded(
            lambda known: records.show(made(known), self._open)
        ).start()

    def export(self) -> None:
        """The branch's own evidence of any days, as a file."""
        days = self.session.services.days

        def opened(date: str) -> None:
            self.sheet = sheet = EvidenceSheet(self, self.session, dt.date.fromisoformat(date))
            sheet.closed.connect(self._on_sheet_closed)
            sheet.start()

        Operation(self.evidence, days.proposed).succeeded(opened).start()

    def _look_at(self, code: str) -> None:
        certificates = self.session.services.certificates

        def seen(certificate: Seen) -> None:
            self.sheet = sheet = CertificateSheet(self, certificate)
            sheet.closed.connect(self._on_sheet_closed)
            sheet.open()

        Operation(self, lambda: certificates.look(code)).succeeded(seen).refused(self._refused).start()

    def _on_sheet_closed(self) -> None:
        sheet, self.sheet = self.sheet, None
        if sheet is not None:
            sheet.deleteLater()

    def _on_reversed(self, paid: Paid) -> None:
        self.session.paper_waits.emit()
        back = Money(abs(paid.to_pay.minor))
        key = "history.screen.reversed_back" if paid.to_pay.minor < 0 else "history.screen.reversed_taken"
        self.session.notice(phrase(key, amount=back, receipt=paid.receipt), "good")
        self.refresh()

    def _refused(self, error: Refused) -> None:
        self.session.notice(refusal(error), "bad", error.code)
