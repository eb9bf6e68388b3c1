"""One open step at the right: what it is, what the customer was told, what the outside says, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.cards import pair
from azpost_desk.gui.kit.labels import BigAmount, Label, StatePill
from azpost_desk.gui.kit.words import Say, follow, language, phrase, plain
from azpost_desk.gui.screens.recovery import form as decide
from azpost_desk.gui.screens.recovery.actions import ASK_KEY, MAIN_KEY, OTHER_KEY
from azpost_desk.gui.screens.recovery.table import about_words, state_of

if TYPE_CHECKING:
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.recovery import Unfinished


class StepPanel(QFrame):
    """Instead of the basket.

    Attributes:
        main, other: the acts of the step; their keys are the screen's.
        ask: what does the centre say now.
        open_record: where the step's record stands.
    """

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        # It belongs to its screen until the frame puts it at the right.
        self.hide()
        self._session = session
        self.step: Unfinished | None = None
        self.setProperty("role", "side")
        self.title = Label("recovery.screen.none", "section", wrap=True)
        self._pill = StatePill(parent=self)
        self._about = Label("recovery.screen.none_hint", "muted", wrap=True)
        self.amount = BigAmount("")
        self._facts = QVBoxLayout()
        self._facts.setSpacing(0)
        self._todo = Label("", "body", wrap=True)
        self.main = Button("", MAIN_KEY, role="primary", bind=False)
        self.other = Button("", OTHER_KEY, bind=False)
        self.open_record = Button("recovery.screen.open_record", hint=plain("Enter"), role="quiet")
        self.ask = Button("recovery.screen.ask", ASK_KEY, role="quiet", bind=False)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        for widget in (self.title, self._pill, self._about, self.amount):
            column.addWidget(widget)
        column.addLayout(self._facts)
        column.addWidget(self._todo)
        column.addStretch()
        for button in (self.main, self.other, self.open_record, self.ask):
            column.addWidget(button)
        follow(self, lambda: self.show_step(self.step))

    def show_step(self, step: Unfinished | None) -> None:
        """Show a step, or the hint when there is none."""
        self.step = step
        while self._facts.count():
            item = self._facts.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        self.amount.setVisible(step is not None and step.amount is not None)
        self.open_record.setVisible(step is not None and decide.found(step) is not None)
        for button, act in zip(
            (self.main, self.other), decide.acts_of(step) if step else ("", ""), strict=True
        ):
            allowed = bool(act) and self._session.may(decide.permission_of(act))
            button.setVisible(allowed)
            if act:
                button.say(f"recovery.do.{act}")
        if step is None:
            self.title.say("recovery.screen.none")
            self._pill.show_state("", "neutral")
            self._about.say("recovery.screen.none_hint")
            self._todo.say("")
            return
        self.title.say(f"recovery.sort.{step.sort}")
        self._pill.show_state(f"recovery.state.{step.state}", state_of(step))
        self._about.say(about_words(step))
        self.amount.say(f"recovery.amount.{_direction(step)}")
        self.amount.show_amount(step.amount)
        for words, value in _facts(step):
            self._facts.addWidget(pair(words, value))
        if step.told:
            self._facts.addWidget(
                Label(phrase("recovery.screen.told", words=phrase(step.told)), "body", wrap=True)
            )
        self._todo.say(f"recovery.todo.{step.sort}")


def _direction(step: Unfinished) -> str:
    return "owed" if step.sort == "refund" else "sum"


def _facts(step: Unfinished) -> list[tuple[Say, Say]]:
    texts = language().texts
    rows: list[tuple[Say, Say]] = [("recovery.screen.since", plain(texts.moment(step.since_ms)))]
    if step.contact:
        rows.append(("recovery.screen.contact", plain(step.contact)))
    if step.more:
        rows.append(("recovery.screen.more", plain(str(step.more))))
    if step.says:
        rows.append(("recovery.screen.says", phrase(f"recovery.says.{step.says}")))
    return rows
