"""What Enter and Esc mean in a form: to the next empty field, then the main act; back without losing work."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from azpost_desk.gui.kit.acts import acts
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.field_frame import writes
from azpost_desk.gui.work.guards import guarded

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractButton

    from azpost_desk.domain.refusals import Refused
    from azpost_desk.gui.kit.fields import Field


class Form(QWidget):
    """A part of a screen with fields in reading order and one main button.

    Enter checks the field and goes to the next one that is empty, passing by what the program has filled.
    When none is left ahead every fault is shown and it goes to the first, else it presses the main button.
    The button itself acts no sooner, by mouse or by a key; what the program has yet to bring it waits for.
    While the program is bringing whoever stands here (`hold`), keys wait for the field it then leads to.

    Signals:
        escaped(bool): Esc was pressed; True when a person has typed something since `mark_clean`.
        edited(): a person changed any field.
    """

    escaped = Signal(bool)
    edited = Signal()

    def __init__(self, main: QAbstractButton | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.main = main
        self.dirty = False
        self._known: list[Field] = []
        self._led: tuple[Field, int] | None = None
        self._held: list[str] | None = None
        if isinstance(main, Button):
            main.ask_first(self.verify)

    @property
    def fields(self) -> list[Field]:
        """The fields in the order they were made known, which is the reading order."""
        return list(self._known)

    def add(self, *fields: Field) -> None:
        """Make fields known, in reading order. They are placed by the screen's own layout."""
        for field in fields:
            self._known.append(field)
            field.edited.connect(self._on_edited)

    def field(self, name: str) -> Field:
        """The field called `name`. Raises KeyError."""
        for field in self._known:
            if field.name == name:
                return field
        raise KeyError(name)

    def values(self) -> dict[str, str]:
        """What stands in each field: the draft kept when the clerk goes to another screen."""
        return {field.name: field.text() for field in self._known}

    def restore(self, values: dict[str, str]) -> None:
        """Write a draft back."""
        for field in self._known:
            field.put(values.get(field.name, ""))

    def clear(self) -> None:
        """Empty every field."""
        for field in self._known:
            field.clear()
        self.mark_clean()

    def mark_clean(self) -> None:
        """What stands here is safe elsewhere: Esc need not ask."""
        self.dirty = False

    def show_refusal(self, refused: Refused, *, looked_up: bool = False) -> bool:
        """Show it beside its field and go there; False when it names no field of this form.

        What a look-up found out (`looked_up`) fetches nobody back who has gone on by themselves.
        """
        for field in self._known:
            if field.name == refused.field and not field.isHidden():
                field.set_error(refused)
                if not looked_up or self.follows(field):
                    field.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return False

    def verify(self) -> bool:
        """Check every field, required ones for being empty too; show what is wrong and go to the first."""
        wrong: Field | None = None
        for field in self._known:
            if field.isHidden() or not field.isEnabled():
                continue
            if not field.verify_last():
                wrong = wrong or field
        if wrong is not None:
            wrong.setFocus(Qt.FocusReason.OtherFocusReason)
        return wrong is None

    def focus_first(self) -> None:
        """Go to the first field that waits for the person."""
        target = next((field for field in self._known if field.is_empty() and not field.is_skipped()), None)
        if target is None and self._known:
            target = self._known[0]
        if target is not None:
            self.lead(target)

    def lead(self, target: Field) -> None:
        """Go to a field because the program says so; a look-up may go on from there (`follows`)."""
        held, self._held = self._held or [], None
        self._led = (target, target.edits)
        target.setFocus(Qt.FocusReason.TabFocusReason)
        for text in held:
            if self._held is None:
                self._type(text)
            else:
                # One of these keys began another wait: the rest belongs to what that one brings.
                self._held.append(text)

    def hold(self) -> None:
        """The program brings somebody and will lead on from there: what is typed until then waits for it."""
        self._held = []
        # As in an amount, to which it may be led: a burst is no hand's.
        self.setProperty("scans", "never")
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def release(self) -> None:
        """Nobody was brought, or it led nowhere: what was typed goes where a person begins."""
        if self._held is not None and self.hasFocus():
            self.focus_first()
        self._held = None

    def _type(self, text: str) -> None:
        """A key that waited. Not through the scanner's filter: it has let it pass already."""
        if text == "\r":
            self.advance()
            return
        here = next((field for field in self._known if field.editor.hasFocus()), None)
        if here is not None:
            key = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, text)
            here.editor.event(key)

    def follows(self, *asked: Field) -> bool:
        """Whether a look-up may move the focus: it is where the program led it, or in `asked`, with nothing
        typed there since; or it stands nowhere.
        """
        focus = QApplication.focusWidget()
        here = next((field for field in self._known if field.editor is focus), None)
        if here is None:
            return focus in (None, self) or not focus.isVisible() or focus.isAncestorOf(self)
        return (here, here.edits) == self._led or (here in asked and here.is_untouched())

    def go_on(self, *asked: Field) -> None:
        """After a look-up for `asked`: to the first field that waits, unless the person is elsewhere."""
        if self.follows(*asked):
            self.focus_first()

    def advance(self) -> None:
        """What Enter does; also for screens that fill a field from a scan."""
        here = next((i for i, field in enumerate(self._known) if field.editor.hasFocus()), -1)
        if here >= 0 and not self._known[here].leave():
            return
        waiting = [
            (i, field) for i, field in enumerate(self._known) if field.is_empty() and not field.is_skipped()
        ]
        ahead = next((field for i, field in waiting if i > here), None)
        behind = next((field for i, field in waiting if i <= here and not field.optional), None)
        if ahead is not None:
            self.lead(ahead)
        elif behind is not None and behind.is_awaited():
            self.lead(behind)
        elif behind is not None:
            # The end was tried: what is wrong is shown at once, not one fault a press.
            self.verify()
        elif self.main is None and 0 <= here < len(self._known) - 1:
            # Nothing is pressed at the end: on to the next field, though something stands there.
            self.lead(self._known[here + 1])
        elif self.main is not None and self.main.isEnabled():
            self.main.click()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Esc; everything else goes on to the screen."""
        if self._held is not None and self.hasFocus() and self._keeps(event):
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & _ACTING:
            # A key held down is one press: it must not run ahead of what it has not shown yet. An Enter that
            # has led elsewhere already (a sheet over this form, the list under a search) fetches nobody back.
            if not event.isAutoRepeat() and not self._was_left():
                self.advance()
        elif event.key() == Qt.Key.Key_Escape:
            acts().began.emit(self)
            self.escaped.emit(self.dirty)
        else:
            super().keyPressEvent(event)

    def _was_left(self) -> bool:
        focus = QApplication.focusWidget()
        if focus is None or focus is self:
            return False
        # A list takes its own Enter: what comes here while it has the focus is the one that led there.
        return isinstance(focus, QAbstractItemView) or not self.isAncestorOf(focus)

    def _keeps(self, event: QKeyEvent) -> bool:
        """Whether the key waits for the field that the program is about to lead to."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & _ACTING
        # A blank presses nothing here, and stands between two words that are being typed.
        if self._held is None or not (enter or writes(event) or event.text() == " "):
            return False
        if not event.isAutoRepeat():
            self._held.append("\r" if enter else event.text())
        return True

    @guarded
    def focusOutEvent(self, event: QFocusEvent) -> None:
        """No burst is a hand's while keys wait; in a field its own guard counts."""
        super().focusOutEvent(event)
        self.setProperty("scans", None)

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        """The tab order is the reading order; Qt takes it only once all stand in one window."""
        super().showEvent(event)
        placed = [field.editor for field in self._known if field.window() is self.window()]
        for before, behind in pairwise(placed):
            QWidget.setTabOrder(before, behind)

    @guarded
    def event(self, event: QEvent) -> bool:
        """Esc belongs to the form in hand before any window-wide shortcut."""
        override = event.type() is QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def _on_edited(self) -> None:
        if not self.dirty:
            acts().resumed.emit()
        self.dirty = True
        self.edited.emit()


_ACTING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
