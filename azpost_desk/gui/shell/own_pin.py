"""An own PIN instead of one that somebody else gave: typed twice on the sign-in page, by keyboard alone."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.fields import PinField
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.words import plain, refusal


class OwnPin(QWidget):
    """Why, the two fields, and the button that goes on.

    Signals:
        chosen(str): the same PIN was typed twice.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._why = Label(refusal(Refused("S-006")), "hint", wrap=True)
        self.first = PinField("frame.sign_in.own", name="own", hint="frame.sign_in.own_hint", max_length=12)
        self.again = PinField("frame.sign_in.again", name="again", max_length=12)
        self.main = PrimaryButton("frame.sign_in.choose", hint=plain("Enter"))
        self.first.line.returnPressed.connect(self.again.setFocus)
        self.again.line.returnPressed.connect(self._on_main)
        self.main.clicked.connect(self._on_main)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for widget in (self._why, self.first, self.again, self.main):
            column.addWidget(widget)

    def start(self) -> None:
        """Empty, and the keyboard in the first field."""
        self.first.clear()
        self.again.clear()
        self.show()
        self.first.setFocus()

    def refuse(self, error: Refused) -> None:
        """Said beside the first field; both are typed anew."""
        self.start()
        self.first.set_error(error)

    def _on_main(self) -> None:
        if not self.main.isEnabled():
            return
        first, second = self.first.take(), self.again.take()
        if first != second or not first:
            self.refuse(Refused("S-005"))
            return
        self.chosen.emit(first)
