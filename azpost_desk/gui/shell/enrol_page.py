"""The first start: the desk introduces itself to the centre with its one-time code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.fields import TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.words import plain, refusal
from azpost_desk.gui.work.runner import Lane, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.domain.refusals import Refused, Trouble

# What is wrong with the address is said beside it.
ADDRESS_CODES: Final = frozenset({"L-021", "L-023", "L-024", "L-025", "L-026", "L-027", "L-028"})


class EnrolPage(QWidget):
    """Centre's address and one-time code; the code works once.

    Signals:
        enrolled(): the desk has its books; the program opens them.
    """

    enrolled = Signal()

    def __init__(self, enrol: Callable[[str, str], None], url: str) -> None:
        super().__init__()
        self._enrol = enrol
        self._go = PrimaryButton("frame.enrol.go", hint=plain("Enter"))
        self._go.clicked.connect(self._on_go)
        self._form = Form(self._go)
        self._url = TextField("frame.enrol.url", name="url", hint="frame.enrol.url_hint")
        self._code = TextField("frame.enrol.code", name="code", hint="frame.enrol.code_hint")
        if url:
            self._url.fill(url)
        self._trouble = Label("", "body", wrap=True)
        inner = QVBoxLayout(self._form)
        inner.setContentsMargins(0, 0, 0, 0)
        for field in (self._url, self._code):
            inner.addWidget(field)
        self._form.add(self._url, self._code)
        panel = QFrame()
        panel.setProperty("role", "card")
        panel.setFixedWidth(480)
        column = QVBoxLayout(panel)
        column.setContentsMargins(32, 28, 32, 28)
        column.setSpacing(12)
        column.addWidget(Label("frame.brand", "brand"))
        column.addWidget(Label("frame.enrol.title", "title"))
        column.addWidget(Label("frame.enrol.why", "muted", wrap=True))
        column.addWidget(self._form)
        column.addWidget(self._trouble)
        column.addWidget(self._go)
        whole = QVBoxLayout(self)
        whole.addStretch()
        # Between stretches, not aligned: an aligned panel is not asked how high its wrapped words make it.
        middle = QHBoxLayout()
        middle.addStretch()
        middle.addWidget(panel)
        middle.addStretch()
        whole.addLayout(middle)
        whole.addStretch()
        self._form.focus_first()

    def _on_go(self) -> None:
        if not self._form.verify():
            return
        url, code, enrol = self._url.text(), self._code.text(), self._enrol
        self._trouble.say("")
        Operation(self._go, lambda: enrol(url, code)).succeeded(lambda _none: self.enrolled.emit()).refused(
            self._on_refused
        ).trouble(self._on_trouble).start(Lane.NETWORK)

    def _on_refused(self, error: Refused) -> None:
        if not self._form.show_refusal(error):
            self._trouble.say(refusal(error), "bad")

    def _on_trouble(self, error: Trouble) -> None:
        if error.code in ADDRESS_CODES:
            self._url.set_error(refusal(error))
            self._url.setFocus()
        else:
            self._trouble.say(refusal(error), "bad")
