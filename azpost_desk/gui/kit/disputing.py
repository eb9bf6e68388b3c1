"""Disputing a figure, from wherever it stands: which one, in whose words; it stops nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.cards import Sheet
from azpost_desk.gui.kit.fields import Choice, ChoiceField, TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.theme import GAP_WIDE
from azpost_desk.gui.kit.words import phrase, plain, refusal
from azpost_desk.gui.work.runner import Operation
from azpost_desk.services.disputes import WORDS_CHARACTERS_MAX, Figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.domain.money import Money
    from azpost_desk.domain.refusals import Refused
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.services.disputes import Raised

DISPUTE_KEY: Final = "Ctrl+D"


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as the screen shows it; the dispute takes its value from the books."""

    figure: Figure
    value: Money | int


class DisputeSheet(Sheet):
    """Which figure, and the officer's own words. Esc leaves everything as it is.

    Signals:
        raised(object): services.disputes.Raised; the record is on the disk.
    """

    raised = Signal(object)

    def __init__(self, over: QWidget, session: Session, figures: Sequence[Shown]) -> None:
        super().__init__(over, "dispute.sheet.title", side="right", width_px=480)
        self._session = session
        self._figures = {f"{one.figure.figure} {one.figure.about}": one.figure for one in figures}
        choices = [Choice(f"{one.figure.figure} {one.figure.about}", _written(one)) for one in figures]
        self.figure = ChoiceField("dispute.sheet.figure", choices, name="figure")
        self.words = TextField(
            "dispute.sheet.words",
            name="words",
            hint="dispute.sheet.words_hint",
            max_length=WORDS_CHARACTERS_MAX,
        )
        self.main = PrimaryButton("dispute.sheet.do", hint=plain("Enter"))
        self.form = Form(self.main)
        self.form.add(self.figure, self.words)
        self._trouble = Label("", "body", wrap=True)
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_WIDE)
        for widget in (
            Label("dispute.sheet.what", "body", wrap=True),
            self.figure,
            self.words,
            self._trouble,
            self.main,
        ):
            column.addWidget(widget)
        column.addStretch()
        self.body.addWidget(self.form)
        self.form.escaped.connect(lambda _dirty: self.close_sheet())
        self.main.clicked.connect(self._on_main)
        if choices:
            self.figure.fill(choices[0].value)

    def start(self) -> None:
        """Open at the words: the figure the sheet was asked for stands there already."""
        self.open(self.words.line)

    def _on_main(self) -> None:
        figure = self._figures.get(self.figure.text())
        if not self.form.verify() or figure is None:
            return
        disputes, by, words = self._session.services.disputes, self._session.by, self.words.text()
        Operation(self.main, lambda: disputes.raise_dispute(by, figure, words)).holding(self).changes(
            "journal", "disputes"
        ).succeeded(self._on_raised).refused(self._on_refused).start()

    def _on_raised(self, done: Raised) -> None:
        self.close_sheet()
        self._session.notice(phrase("dispute.sheet.done", number=done.number, due=done.due), "good")
        self.raised.emit(done)

    def _on_refused(self, error: Refused) -> None:
        if not self.form.show_refusal(error):
            self._trouble.say(refusal(error), "bad")


def _written(one: Shown) -> Say:
    figure = phrase(f"dispute.figure.{one.figure.figure}")
    return phrase("dispute.sheet.choice", figure=figure, value=one.value)


def ask_dispute(over: QWidget, session: Session, figures: Sequence[Shown]) -> DisputeSheet:
    """Open the sheet over a screen; it goes away by itself."""
    sheet = DisputeSheet(over, session, figures)
    sheet.closed.connect(sheet.deleteLater)
    sheet.start()
    return sheet
