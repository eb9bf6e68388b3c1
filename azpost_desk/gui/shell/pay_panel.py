"""Paying the basket: digits are what the customer gave, the change stands at once, only Enter pays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QEvent, QObject, Qt, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QVBoxLayout, QWidget

from azpost_desk.domain.cash import quick_notes
from azpost_desk.domain.money import Money, azn
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.fields import AmountField
from azpost_desk.gui.kit.labels import BigAmount, Label
from azpost_desk.gui.kit.words import Say, follow, phrase, plain, say, written
from azpost_desk.gui.shell.register import FRAME_KEYS
from azpost_desk.gui.work.guards import guarded

if TYPE_CHECKING:
    from azpost_desk.domain.refusals import Refused

# Where money goes back to; "" where this desk cannot send it.
Way = Literal["card", "code", ""]
# Its key is no printable one and no Enter: a scanner cannot press it.
_SURE_KEY: Final = "Shift+F10"
# From here on two stand beside each other, no longer three; two rows are enough.
_LONG_FROM: Final = azn(90_000)
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PayPanel(QWidget):
    """What the customer gives, or what is handed to the customer.

    Nothing typed and Enter is the exact sum. Up and Down step through the notes that make sense. A card has
    its own key with Ctrl and never the focus. When the post pays there is nothing to type: Enter pays.

    Signals:
        given(Money): so much cash was given; nothing when the post pays.
        confirmed(Money): the same, although it was asked back.
        card_chosen(Money | None): this part, or all of it, goes on a card.
        code_chosen(Money | None): this part, or all of it, is paid by a code on the screen.
        left(): back to the basket; nothing happened.
        back_chosen(): what a card or a code had paid goes back to it.
        cash_chosen(): it shall be cash all the same, which a second person agrees to first.
    """

    given = Signal(object)
    confirmed = Signal(object)
    card_chosen = Signal(object)
    code_chosen = Signal(object)
    left = Signal()
    back_chosen = Signal()
    cash_chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("scans", "pays")
        follow(self, lambda: self.setAccessibleName(say("frame.basket.cash_given")))
        self._due = azn(0)
        self._asked = azn(0)
        self._held = False
        self._returns = self._goes_back = False
        self._typed = ""
        self._notes: tuple[Money, ...] = ()
        self.amount = AmountField("frame.basket.cash_given", name="given", big=True)
        self.amount.line.setProperty("scans", "pays")
        self.amount.line.installEventFilter(self)
        # Of the line itself: what a scanner left there is taken away without a hand.
        self.amount.line.textChanged.connect(lambda _text: self._on_typed())
        self.amount.changed.connect(self._on_typed)
        self.change = BigAmount("frame.basket.change")
        self._row: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._pay = Button("frame.basket.pay", hint=plain("Enter"), role="primary")
        self._pay.clicked.connect(self._on_pay)
        self._pay.installEventFilter(self)
        self._sure = Button(phrase("frame.basket.sure", amount=azn(0)), _SURE_KEY)
        self._sure.clicked.connect(lambda: self.confirmed.emit(self._asked))
        self.card = Button(phrase("frame.basket.card", amount=azn(0)), FRAME_KEYS["frame.keys.card"])
        self.card.clicked.connect(lambda: self._on_electronic(self.card_chosen))
        self.code = Button(phrase("frame.basket.qr", amount=azn(0)), FRAME_KEYS["frame.keys.qr"])
        self.code.clicked.connect(lambda: self._on_electronic(self.code_chosen))
        self.cash = Button("frame.basket.cash_instead", FRAME_KEYS["frame.keys.card_back"])
        self.cash.clicked.connect(self.cash_chosen.emit)
        self.rest = Label("", "body", wrap=True)
        back = Button("frame.basket.back", hint=plain("Esc"), role="quiet")
        back.clicked.connect(self.left.emit)
        for button in (self._sure, self.card, self.code, self.cash, back):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        # Electronic first: card and code stand before the cash and its notes, and Enter stays cash.
        cash = (self.amount, self.change, self.rest, self._pay, self._sure, self.cash, back)
        column = (self.card, self.code, *cash)
        for widget in column:
            self._column.addWidget(widget)
        self._sure.hide()

    def offer(self, due: Money, card: bool = False, why: Say = "", code: bool = False) -> None:
        """Ask what the customer gave for `due`; when the post pays, say what to hand over.

        With `card` or `code` the sum, or the part of it that is typed, may be paid so; `why` says what may
        not be.
        """
        self._due, self._returns = due, False
        self.rest.say(why)
        self.rest.setVisible(bool(why) and due.minor > 0)
        self.cash.hide()
        takes = due.minor > 0
        self._notes = quick_notes(due)[1 : 6 if due < _LONG_FROM else 5] if takes else ()
        self._show_notes()
        self.card.say(phrase("frame.basket.card", amount=due))
        self.card.setVisible(card and takes)
        self.code.say(phrase("frame.basket.qr", amount=due))
        self.code.setVisible(code and takes)
        self.amount.setVisible(takes)
        self.change.setVisible(takes)
        self.amount.clear()
        self.amount.set_hint(phrase("frame.basket.given_hint", amount=due) if takes else "")
        self._pay.say("frame.basket.pay" if takes else phrase("frame.basket.hand_out", amount=-due))
        if due.minor == 0:
            self._pay.say("frame.basket.nothing_due")
        self._on_typed()
        (self.amount if takes else self._pay).setFocus(Qt.FocusReason.OtherFocusReason)

    def offer_back(self, electronic: Money, rest: Money, way: Way) -> None:
        """Say that `electronic` of what is handed out came by card or code: Enter gives it back there.

        Where it cannot go back there Enter asks for the second person; nothing here hands out cash.
        """
        self.offer(-electronic - rest)
        self._returns, self._goes_back = True, bool(way)
        back = phrase(f"frame.basket.to.{way}", amount=electronic) if way else "frame.basket.cash_instead"
        self._pay.say(back)
        self.cash.setVisible(bool(way))
        in_cash = phrase("frame.basket.rest_in_cash", amount=rest)
        self.rest.say(in_cash if way else "frame.basket.no_card")
        self.rest.setVisible(rest.minor > 0 or not way)

    def hold(self, held: bool) -> None:
        """While the basket is being paid no second key may pay."""
        self._held = held
        for button in (self.card, self.code, self.cash, self._sure):
            button.setDisabled(held)

    def show_refusal(self, error: Refused) -> None:
        """The sum was not taken: why, beside it."""
        self.amount.set_error(error)

    def ask_back(self, given: Money, words: Say) -> None:
        """So much change comes out of `given` that it is rather a slip: only another key takes it."""
        self._asked = given
        self._sure.say(phrase("frame.basket.sure", amount=given))
        self._show_asked(True)
        self.amount.set_error(words)

    def _show_asked(self, asked: bool) -> None:
        """The question takes the place of the notes."""
        self._sure.setVisible(asked)
        if self._row is not None:
            self._row.setVisible(not asked)

    def _show_notes(self) -> None:
        """The notes to touch; on the keyboard Up and Down step through them."""
        if self._row is not None:
            self._column.removeWidget(self._row)
            self._row.hide()
            self._row.deleteLater()
            self._row = None
        if not self._notes:
            return
        # The panel's width is known, so the places are: nothing moves once it is seen.
        self._row = QWidget()
        grid = QGridLayout(self._row)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        beside = 3 if self._due < _LONG_FROM else 2
        for at, note in enumerate(self._notes):
            button = Button(written("amount", note))
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked=False, given=note: self._put(given))
            grid.addWidget(button, at // beside, at % beside)
        self._column.insertWidget(self._column.indexOf(self.amount) + 1, self._row)

    def _put(self, given: Money | None) -> None:
        """A sum is proposed: it is selected, so that a digit replaces it."""
        self.amount.set_money(given)
        self.amount.setFocus(Qt.FocusReason.OtherFocusReason)
        self.amount.line.selectAll()

    def _step(self, on: bool) -> None:
        """On to the next larger note, or back; before the first one it is the exact sum."""
        here = self.amount.money() or self._due
        if on:
            beyond = [note for note in self._notes if note > here]
            self._put(beyond[0] if beyond else self.amount.money())
        else:
            below = [note for note in self._notes if note < here]
            self._put(below[-1] if below else None)

    def _on_typed(self) -> None:
        """The change of what stands in the field now; nothing there is the exact sum."""
        self._show_asked(False)
        # A paste that was refused changes nothing in the end: what was said of it stays.
        before, self._typed = self._typed, self.amount.line.text()
        if self._typed != before:
            self.amount.clear_error()
        given = self._due if self.amount.is_empty() else self.amount.money()
        if given is None or self.amount.is_refused():
            self.change.say("frame.basket.change")
            self.change.show_amount(None)
        elif given < self._due:
            self.change.say("frame.basket.missing", "bad")
            self.change.show_amount(self._due - given, "bad")
        else:
            self.change.say("frame.basket.change")
            self.change.show_amount(given - self._due, "good")

    def _on_pay(self) -> None:
        if self._held:
            return
        if self._returns:
            (self.back_chosen if self._goes_back else self.cash_chosen).emit()
        elif self._due.minor <= 0:
            self.given.emit(azn(0))
        elif self.amount.verify():
            # A paste that was refused left nothing behind, which is not "exact".
            self.given.emit(self._due if self.amount.is_empty() else self.amount.money())

    def _on_electronic(self, chosen: SignalInstance) -> None:
        """All of it, or what was typed."""
        if self._held or not self.amount.verify():
            return
        chosen.emit(self.amount.money())

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The line knows figures; the keys that step, pay and leave are the panel's. Space never pays."""
        if not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if watched is self._pay:
            return event.key() == Qt.Key.Key_Space
        if event.type() is QEvent.Type.ShortcutOverride and event.modifiers() & _CTRL:
            # On Windows Ctrl Y would be the line's own "do again" instead of the card.
            event.ignore()
            return event.key() == Qt.Key.Key_Y
        if event.type() is QEvent.Type.KeyPress:
            return self._pressed(event)
        return super().eventFilter(watched, event)

    @guarded
    def focusNextPrevChild(self, _forward: bool) -> bool:
        """Tab stays among what the customer gave and the button: figures typed next go nowhere else."""
        here = self.amount.line.hasFocus() or not self.amount.isVisible()
        (self._pay if here else self.amount).setFocus(Qt.FocusReason.TabFocusReason)
        return True

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._pressed(event):
            return
        typed = event.text().isprintable() and event.text() and not event.modifiers() & _COMMANDS
        if typed and self.amount.isVisible() and not self.amount.line.hasFocus():
            # No typed figure is lost because the button had the focus.
            self.amount.setFocus(Qt.FocusReason.OtherFocusReason)
            QApplication.sendEvent(self.amount.line, event)
            return
        super().keyPressEvent(event)

    def _pressed(self, event: QKeyEvent) -> bool:
        """Whether the key was one of the panel's own."""
        key = event.key()
        if key in _ENTER:
            if not event.isAutoRepeat() and not event.modifiers() & _CTRL:
                self._on_pay()
                return True
            return event.isAutoRepeat()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            if self.amount.isVisible():
                self._step(key == Qt.Key.Key_Down)
            return True
        if key == Qt.Key.Key_Escape:
            self.left.emit()
            return True
        return False


_CTRL: Final = Qt.KeyboardModifier.ControlModifier
_COMMANDS: Final = _CTRL | Qt.KeyboardModifier.AltModifier
