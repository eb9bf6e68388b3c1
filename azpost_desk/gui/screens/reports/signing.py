"""Signing the papers of a closed day with a card or file: which, how they stand, the PIN, the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.buttons import Button, PrimaryButton
from azpost_desk.gui.kit.cards import Sheet
from azpost_desk.gui.kit.dialogs import ask_where_to_save
from azpost_desk.gui.kit.fields import PinField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.tables import Column, Table
from azpost_desk.gui.kit.theme import GAP, GAP_WIDE
from azpost_desk.gui.kit.words import language, phrase, plain, refusal
from azpost_desk.gui.screens.reports import actions, form
from azpost_desk.gui.work.runner import Lane, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.domain.refusals import Refused, Trouble
    from azpost_desk.domain.signatures import Standing
    from azpost_desk.gui.kit.labels import State
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.services.signatures import PaperState
    from azpost_desk.services.views import Recorded

STATES: Final[dict[Standing, State]] = {
    "unsigned": "neutral",
    "signed": "good",
    "unknown_issuer": "warn",
    "broken": "bad",
}


class SigningSheet(Sheet):
    """The papers of one day and the PIN of the card. The PIN leaves the field only towards the card.

    Signals:
        print_asked(object): the bytes of the chosen paper, as they are kept.
    """

    print_asked = Signal(object)

    def __init__(self, over: QWidget, session: Session, date: str) -> None:
        super().__init__(over, phrase("reports.signing.title", date=date), width_px=760)
        self._session, self._date = session, date
        self.papers: Table[PaperState] = Table(
            paper_columns(), name="reports.signing", empty="reports.signing.empty", card=False
        )
        self.papers.view.selectionModel().currentRowChanged.connect(lambda *_: self._on_row())
        self.pin = PinField("reports.signing.pin", hint="reports.signing.pin_hint")
        self.main = PrimaryButton("reports.signing.sign", hint=plain("Enter"))
        self.main.clicked.connect(self._on_sign)
        self.form = Form(self.main)
        self.form.add(self.pin)
        self.form.escaped.connect(lambda _dirty: self.close_sheet())
        self.print_again = Button("reports.signing.print", actions.PRINT_KEY, bind=False, icon="printer")
        self.print_again.clicked.connect(lambda: self._with_content(self.print_asked.emit))
        self._save = Button("reports.signing.save", "Ctrl+S", bind=False)
        self._save.clicked.connect(lambda: self._with_content(self._on_save))
        self._said = Label("", "body", wrap=True)
        self._said.hide()
        self._build()

    def _build(self) -> None:
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.pin)
        column.addWidget(self.main)
        row = QHBoxLayout()
        row.setSpacing(GAP_WIDE)
        row.addWidget(self.print_again)
        row.addWidget(self._save)
        row.addStretch()
        self.body.addWidget(Label("reports.signing.hint", "hint", wrap=True))
        self.body.addWidget(self.papers)
        self.body.addWidget(self._said)
        self.body.addWidget(self.form)
        self.body.addLayout(row)
        self.form.hide()

    def ask(self) -> None:
        """Read how the papers stand, then open."""
        self._read(lambda: self.open(self.pin.line if self.form.isVisibleTo(self) else self.papers.view))

    def _read(self, then: Callable[[], object] | None = None) -> None:
        signatures, by, date = self._session.services.signatures, self._session.by, self._date

        def show(papers: list[PaperState]) -> None:
            self.papers.show_records(papers)
            self.papers.fit_height(6)
            at = next((at for at, one in enumerate(papers) if one.standing == "unsigned"), 0)
            if papers:
                self.papers.view.selectRow(at)
            self._on_row()
            self._place_panel()
            if then is not None:
                then()

        Operation(self, lambda: signatures.of_day(by, date)).succeeded(show).start(Lane.NETWORK)

    def _on_row(self) -> None:
        paper = self.papers.current()
        may = self._session.may(Permission.SIGN_PAPERS)
        mine = paper is not None and self._session.by.name in paper.signed_by
        self.form.setVisible(may and paper is not None and not mine and paper.standing != "broken")
        for button in (self.print_again, self._save):
            button.setEnabled(paper is not None and paper.standing in ("signed", "unknown_issuer"))

    def _on_sign(self) -> None:
        paper = self.papers.current()
        if paper is None or not self.form.verify():
            return
        self._said.hide()
        signatures, by, pin = self._session.services.signatures, self._session.by, self.pin.take()
        Operation(self.main, lambda: signatures.sign(by, paper.paper, paper.key, pin)).holding(
            self
        ).succeeded(lambda done: self._on_signed(paper, done)).refused(self._on_refused).trouble(
            self._on_trouble
        ).changes("paper").start(Lane.NETWORK)

    def _on_signed(self, paper: PaperState, _recorded: Recorded) -> None:
        name = language().texts.t(form.paper_word(paper.paper))
        self._say(phrase("reports.signing.done", name=name), "good")
        self._read(lambda: self.papers.view.setFocus(Qt.FocusReason.OtherFocusReason))

    def _on_refused(self, error: Refused) -> None:
        if not self.form.show_refusal(error):
            self._say(refusal(error), "bad")
        self.pin.setFocus(Qt.FocusReason.TabFocusReason)

    def _on_trouble(self, trouble: Trouble) -> None:
        self._say(refusal(trouble), "bad")
        self.pin.setFocus(Qt.FocusReason.TabFocusReason)

    def _say(self, words: Say, tone: State) -> None:
        self._said.say(words, "good" if tone == "good" else "bad")
        self._said.show()
        self._place_panel()

    def _with_content(self, use: Callable[[bytes], object]) -> None:
        paper = self.papers.current()
        if paper is None:
            return
        signatures, by = self._session.services.signatures, self._session.by
        Operation(self, lambda: signatures.content(by, paper.paper, paper.key)).succeeded(use).trouble(
            self._on_trouble
        ).start(Lane.NETWORK)

    def _on_save(self, content: bytes) -> None:
        path = ask_where_to_save(self, "reports.signing.save", f"{self._date}-signed.pdf")
        if path is not None:
            path.write_bytes(content)


def paper_columns() -> list[Column[PaperState]]:
    """Which paper, how its signature stands, who signed it and when."""

    def by(one: PaperState) -> Say:
        if not one.signed_by:
            return plain("")
        return plain(f"{', '.join(one.signed_by)} · {language().texts.moment(one.at_ms)}")

    return [
        Column("reports.signing.paper", lambda one: phrase(form.paper_word(one.paper)), 180),
        Column(
            "reports.signing.state",
            lambda one: phrase(f"reports.signing.state.{one.standing}"),
            230,
            state=lambda one: STATES[one.standing],
        ),
        Column("reports.signing.by", by),
    ]
