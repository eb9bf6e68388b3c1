"""The basket's panel after paying: receipt, sums, the transfer's number large, print again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.domain.transfer_codes import shown_transfer_code
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.words import Say, phrase, plain
from azpost_desk.gui.shell.register import FRAME_KEYS

if TYPE_CHECKING:
    from azpost_desk.services.baskets import Paid


class PaidState(QWidget):
    """The customer before: it stays until the next one's first line.

    Signals:
        again_wanted(str): print the receipt of this number again.
    """

    again_wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._receipt = ""
        self._sum = Label("", "strong", wrap=True)
        self._words = Label("", "muted", wrap=True)
        self._paper = Label("", "hint", wrap=True)
        self._paper.hide()
        self._codes = QVBoxLayout()
        self._codes.setSpacing(2)
        self.again = Button("frame.basket.print_again", FRAME_KEYS["frame.keys.print_again"], role="quiet")
        # The next act is the next customer's: the focus never stands here.
        self.again.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.again.clicked.connect(lambda: self.again_wanted.emit(self._receipt))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._sum)
        column.addWidget(self._words)
        column.addLayout(self._codes)
        column.addWidget(self._paper)
        column.addWidget(self.again)
        self.hide()

    def show_paper(self, words: Say) -> None:
        """Where its papers went."""
        self._paper.say(words)
        self._paper.show()

    def show_paid(self, paid: Paid) -> None:
        """Show a settlement that is on the disk."""
        self._receipt = paid.receipt
        self._sum.say(phrase("frame.basket.paid_sum", amount=paid.to_pay))
        self._sum.setVisible(paid.to_pay.minor > 0)
        words = "frame.basket.paid" if paid.given.minor else "frame.basket.paid_nothing"
        self._words.say(phrase(words, receipt=paid.receipt, given=paid.given))
        self._paper.hide()
        self.forget_codes()
        for code in paid.codes:
            self._codes.addWidget(Label("frame.basket.transfer_number", "label"))
            self._codes.addWidget(Label(plain(shown_transfer_code(code)), "huge"))
        self.show()

    def forget_codes(self) -> None:
        """A number is as good as money: it stands no longer than its customer."""
        while self._codes.count():
            item = self._codes.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
