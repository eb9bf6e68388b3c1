"""What a customer asks the centre about their money: one sheet, prefilled, whose Enter asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.cards import Sheet
from azpost_desk.gui.kit.fields import TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.words import Say, language, phrase, refusal
from azpost_desk.gui.work.runner import Operation
from azpost_desk.services.disputes import WORDS_CHARACTERS_MAX

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.domain.refusals import Refused
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.disputes import Raised


class EnquirySheet(Sheet):
    """What the customer says, prefilled with what they mostly say; Esc leaves everything as it is."""

    def __init__(
        self,
        session: Session,
        over: QWidget,
        about: Say,
        words: str,
        work: Callable[[str], Raised],
        title: str = "abroad.enquiry.open",
        what: str = "abroad.enquiry.what",
    ) -> None:
        super().__init__(over, title, width_px=640)
        self._session, self._work = session, work
        self.words = TextField("abroad.enquiry.words", name="words", max_length=WORDS_CHARACTERS_MAX)
        self.words.fill(language().say(words))
        self.go = PrimaryButton(title, hint="transfers.screen.enter")
        self.form = Form(self.go)
        self.form.add(self.words)
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        for part in (Label(about, "strong", wrap=True), Label(what, "body", wrap=True)):
            column.addWidget(part)
        column.addWidget(self.words)
        column.addWidget(self.go)
        self.body.addWidget(self.form)
        self.form.escaped.connect(lambda _dirty: self.close_sheet())
        self.go.clicked.connect(self._on_go)
        self.closed.connect(self.deleteLater)

    def start(self) -> None:
        """Open at the words, which one key replaces and Enter takes."""
        self.open(self.words.editor)

    def _on_go(self) -> None:
        if not self.form.verify():
            return
        words = self.words.text()
        Operation(self.go, lambda: self._work(words)).holding(self).changes(
            "disputes", "journal", "paper"
        ).succeeded(self._done).refused(self._refused).start()

    def _done(self, raised: Raised) -> None:
        self.close_sheet()
        words = phrase("abroad.enquiry.done", number=raised.number, due=raised.due)
        self._session.notice(words, "good")

    def _refused(self, no: Refused) -> None:
        if self.form.show_refusal(no):
            return
        self.close_sheet()
        self._session.notice(refusal(no), "bad", no.code)
