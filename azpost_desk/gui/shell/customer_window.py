"""The customer's window on a second screen: what is in the basket, what it costs, the code, the change.

In: what the counter's panel shows, told by its signals. Out: words in the customer's own language. Names,
numbers and addresses of people are never on it: whoever stands behind reads it too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from azpost_desk.domain.baskets import to_pay
from azpost_desk.domain.money import Money
from azpost_desk.domain.products import due_qapik
from azpost_desk.gui.kit.labels import Label, rule
from azpost_desk.gui.kit.qr_picture import QrPicture
from azpost_desk.gui.kit.theme import Theme
from azpost_desk.gui.kit.words import language, plain
from azpost_desk.texts import Texts

if TYPE_CHECKING:
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.shell.frame import Frame
    from azpost_desk.services.baskets import Paid
    from azpost_desk.services.views import Basket, PlannedLine

_CODE_PX: Final = 420
# More do not fit beside the sum; how many others there are is said.
_LINES_MAX: Final = 8


class CustomerWindow(QWidget):
    """Follows one frame at a time; between customers, and while nobody is signed in, it greets."""

    def __init__(self) -> None:
        super().__init__()
        # The program ends with the counter's window, and every key is the counter's.
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setWindowFlags(
            Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowDoesNotAcceptFocus
        )
        self._basket: Basket | None = None
        self._words = Texts(language().code)
        self._lines = QVBoxLayout()
        self._title = Label("", "title")
        self._sum_of = Label("", "big")
        self._sum = Label("", "huge")
        self._hint = Label("", "title", wrap=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._code = QrPicture(_CODE_PX)
        self._left = QWidget()
        left = QVBoxLayout(self._left)
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(self._title)
        left.addWidget(rule(strong=True))
        left.addLayout(self._lines)
        left.addStretch()
        right = QVBoxLayout()
        right.addStretch()
        for widget in (self._sum_of, self._sum, self._code):
            right.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        right.addWidget(self._hint)
        right.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(48, 48, 48, 48)
        row.setSpacing(48)
        row.addWidget(self._left, 3)
        row.addLayout(right, 2)
        Theme.current().clothe(self)
        self.greet()

    def open_beside(self, counter: QWidget) -> bool:
        """Fill the screen on which the counter's window is not; False where there is no other."""
        others = [one for one in QGuiApplication.screens() if one is not counter.screen()]
        if not others:
            return False
        self.setGeometry(others[0].geometry())
        self.showFullScreen()
        return True

    def follow(self, frame: Frame, session: Session) -> None:
        """Show what this frame's panel shows from now on, while somebody is signed in."""
        panel = frame.basket
        panel.shown.connect(self.show_basket)
        panel.paid.connect(self.show_paid)
        panel.code.changed.connect(lambda: self.show_code(panel.code.state.code))

        def left() -> None:
            if session.officer is None:
                self.greet()

        session.officer_changed.connect(left)

    def greet(self) -> None:
        """Nobody is served."""
        self._basket = None
        self._words = Texts(language().code)
        self._show([], "customer.welcome", None)

    def show_basket(self, basket: Basket | None) -> None:
        """The lines by their names alone, and the sum; what was paid last stays until then."""
        if basket is None or not basket.lines:
            if self._basket is not None:
                self.greet()
            return
        self._basket = basket
        self._words = Texts(basket.language or language().code)
        due = to_pay([planned.line for planned in basket.lines])
        words = "customer.to_pay" if due.minor >= 0 else "customer.you_get"
        self._show(list(basket.lines), words, Money(abs(due.minor)))

    def show_code(self, text: str) -> None:
        """The code to scan with the bank's application; none for no text."""
        self._code.show_text(text)
        self._hint.say(plain(self._words.t("customer.scan")) if text else "")

    def show_paid(self, paid: Paid) -> None:
        """Paid: the change, or nothing to give back."""
        self._basket = None
        change = paid.change if paid.change.minor > 0 else None
        self._show([], "customer.change" if change is not None else "customer.paid", change)
        self._hint.say(plain(self._words.t("customer.thanks")))

    def _show(self, lines: list[PlannedLine], words: str, amount: Money | None) -> None:
        while self._lines.count():
            item = self._lines.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                # At once: the next customer must not see it for a moment.
                widget.hide()
                widget.deleteLater()
        for planned in lines[:_LINES_MAX]:
            self._lines.addWidget(_line(planned, self._words))
        if len(lines) > _LINES_MAX:
            more = self._words.t("customer.more", count=len(lines) - _LINES_MAX)
            self._lines.addWidget(Label(plain(more), "title"))
        self._title.say(plain(self._words.t("customer.title")) if lines else "")
        # Without a basket there is one thing to read: it stands in the middle.
        self._left.setVisible(bool(lines))
        self._sum_of.say(plain(self._words.t(words)))
        self._sum.say(plain(self._words.money(amount)) if amount is not None else "")
        self._sum.setVisible(amount is not None)
        self.show_code("")


def _line(planned: PlannedLine, words: Texts) -> QWidget:
    """One service and its price."""
    row = QWidget()
    columns = QHBoxLayout(row)
    columns.setContentsMargins(0, 4, 0, 4)
    title = planned.titles.get(words.language, planned.title)
    columns.addWidget(Label(plain(title), "title", wrap=True), 1)
    columns.addWidget(Label(plain(words.amount(Money(due_qapik(planned.line)))), "title"))
    return row
