"""F11: every step that is not finished outside, what was told, what the outside says and the act to take; and
what the centre did or read of this desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.screens import Action, Screen
from azpost_desk.gui.kit.tables import Table
from azpost_desk.gui.kit.theme import GAP
from azpost_desk.gui.kit.words import counted_phrase, follow, language, phrase, refusal
from azpost_desk.gui.screens.recovery import actions
from azpost_desk.gui.screens.recovery import form as decide
from azpost_desk.gui.screens.recovery.answering import DeclineSheet, KeepSheet
from azpost_desk.gui.screens.recovery.side import StepPanel
from azpost_desk.gui.screens.recovery.table import act_columns, open_columns
from azpost_desk.gui.work.runner import Lane, Operation, Runner

if TYPE_CHECKING:
    from azpost_desk.domain.refusals import Refused, Trouble
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.recovery import Unfinished
    from azpost_desk.services.views import Basket
    from azpost_desk.services.views_recovery import CentreAct

_WATCHED = frozenset(
    {"language", "basket", "till", "day", "journal", "payments", "transfers", "paper", "news", "line"}
)


class RecoveryScreen(Screen):
    """Shown by itself after a bad end; at any time by F11."""

    name = "recovery"
    place = 90
    words = "recovery.screen.name"
    icon = "triangle-alert"
    key = "F11"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.mode = actions.OPEN
        clock = session.services.counter.clock
        self.table: Table[Unfinished] = Table(
            open_columns(clock.utc_ms), name="recovery.screen.title.open", empty="recovery.screen.empty"
        )
        self.acts: Table[CentreAct] = Table(
            act_columns(), name="recovery.screen.title.acts", empty="recovery.screen.acts_empty"
        )
        self.panel = StepPanel(session, self)
        self.sheet: KeepSheet | DeclineSheet | None = None
        self._title = Label("", "title")
        self._below = Label("", "muted", wrap=True)
        self._tabs = {
            mode: Button(f"recovery.screen.mode.{mode}", key, role="rail", bind=False)
            for mode, key in actions.MODES.items()
        }
        self._pages = QStackedWidget()
        self._build()
        self._connect()
        self.show_mode(self.mode)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(GAP)
        head.addWidget(self._title)
        head.addStretch()
        for mode, tab in self._tabs.items():
            tab.setCheckable(True)
            tab.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            tab.clicked.connect(lambda _checked=False, mode=mode: self.show_mode(mode))
            head.addWidget(tab)
        self._pages.addWidget(self.table)
        self._pages.addWidget(self.acts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self._below)
        column.addWidget(self._pages, 1)

    def _connect(self) -> None:
        self.table.moved.connect(self.panel.show_step)
        self.table.chosen.connect(self._open_record)
        self.panel.main.clicked.connect(self.main_act)
        self.panel.other.clicked.connect(self.other_act)
        self.panel.ask.clicked.connect(self.ask)
        self.panel.open_record.clicked.connect(lambda: self._open_record(self.panel.step))
        Runner.current().changed.connect(self._on_changed)
        follow(self, self._retitle)

    # --- the frame's side ------------------------------------------------------------------------------

    def actions_here(self) -> list[Action]:
        """See `Screen`."""
        return actions.actions(self.show_mode, self.ask, self.main_act, self.other_act)

    def side(self) -> QWidget:
        """See `Screen`."""
        return self.panel

    def enter(self, argument: object = None) -> None:
        """See `Screen`."""
        self.reload()
        (self.table if self.mode == actions.OPEN else self.acts).view.setFocus()

    # --- reading ---------------------------------------------------------------------------------------

    def show_mode(self, mode: str) -> None:
        """Show what is open, or what the centre did."""
        self.mode = mode
        self._pages.setCurrentIndex(list(actions.MODES).index(mode))
        for other, tab in self._tabs.items():
            tab.setChecked(other == mode)
        self._retitle()
        if self.session.officer is not None:
            self.reload()

    def reload(self) -> None:
        """Read again."""
        services, code = self.session.services, language().code
        if self.mode == actions.ACTS:
            Operation(self, services.corrections.acts).succeeded(self.acts.show_records).start()
        else:
            Operation(self, lambda: services.recovery.unfinished(code)).succeeded(self._on_read).start()

    def ask(self) -> None:
        """What does the centre say now? A question: nothing is sent, paid or given by it."""
        recovery, code = self.session.services.recovery, language().code
        Operation(self.panel.ask, lambda: recovery.asked_now(code)).succeeded(self._on_asked).trouble(
            self._on_trouble
        ).start(Lane.NETWORK)

    def _on_asked(self, steps: list[Unfinished]) -> None:
        self._on_read(steps)
        self.session.notice("recovery.screen.asked", "good")

    def _on_read(self, steps: list[Unfinished]) -> None:
        self.table.show_records(steps)
        if steps and not self.table.view.selectionModel().hasSelection():
            self.table.view.selectRow(0)
        self.panel.show_step(self.table.current() if steps else None)
        self._retitle()

    def _retitle(self) -> None:
        self._title.say(f"recovery.screen.title.{self.mode}")
        records = self.table.rows.records
        count = len(records) + sum(one.more for one in records)
        if self.mode == actions.ACTS:
            self._below.say("recovery.screen.acts_hint")
        elif count:
            self._below.say(counted_phrase("recovery.screen.count", count))
        else:
            self._below.say("recovery.screen.nothing")

    def _on_changed(self, topics: frozenset[str]) -> None:
        if topics & _WATCHED and self.isVisible() and self.session.officer is not None:
            self.reload()

    # --- acting ----------------------------------------------------------------------------------------

    def main_act(self) -> None:
        """The main act of the chosen step."""
        self._act(0)

    def other_act(self) -> None:
        """The other act of the chosen step."""
        self._act(1)

    def _act(self, which: int) -> None:
        step = self.panel.step
        if step is None or self.mode != actions.OPEN:
            return
        act = decide.acts_of(step)[which]
        if not act or not self.session.may(decide.permission_of(act)):
            return
        if act == decide.KEEP:
            self._show(KeepSheet(self, self.session, step.thing))
        elif act == decide.DECLINE:
            self._show(DeclineSheet(self, self.session, step.thing))
        elif act == decide.COUNT_IN:
            self.session.open("tills")
        else:
            self._do(act, step)

    def _show(self, sheet: KeepSheet | DeclineSheet) -> None:
        self.sheet = sheet
        sheet.done.connect(self._on_answered)
        sheet.closed.connect(sheet.deleteLater)
        sheet.start() if isinstance(sheet, DeclineSheet) else sheet.open(sheet.reasons)

    def _on_answered(self) -> None:
        self.session.notice("recovery.screen.answered", "good")
        self.reload()

    def _do(self, act: str, step: Unfinished) -> None:
        services, by = self.session.services, self.session.by
        lane = Lane.NETWORK if act in decide.SLOW else Lane.DATABASE
        Operation(self.panel.main, lambda: decide.do(services, by, act, step)).holding(
            self.panel.other
        ).changes(*decide.CHANGES).succeeded(lambda basket: self._on_done(act, basket)).refused(
            self._on_refused
        ).trouble(self._on_trouble).start(lane)

    def _on_done(self, act: str, basket: Basket | None) -> None:
        if basket is not None:
            self.session.basket_changed.emit(basket)
        if act == decide.PRINT:
            self.session.paper_waits.emit()
        self.session.notice(f"recovery.done.{act}", "good")
        self.reload()

    def _on_refused(self, error: Refused) -> None:
        # The centre's no ends a question too: the list is shorter then.
        self.session.notice(refusal(error), "warn", error.code)
        self.reload()

    def _on_trouble(self, trouble: Trouble) -> None:
        self.session.notice(phrase("recovery.screen.no_answer", why=refusal(trouble)), "warn", trouble.code)

    def _open_record(self, step: Unfinished | None) -> None:
        answer = decide.found(step) if step is not None else None
        if answer is not None:
            self.session.open(decide.PLACES[answer.kind], answer)
