"""The frame every field stands in: label above, editor, hint or error below; and the plain line of text."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from azpost_desk.domain.lengths import characters_max
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.typed import one_line
from azpost_desk.gui.kit.labels import IconLabel, Label
from azpost_desk.gui.kit.theme import dress
from azpost_desk.gui.kit.words import Say, follow, phrase, refusal, say
from azpost_desk.gui.work.guards import guarded

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QMouseEvent

Check = Callable[[str], object]
"""Looks at a typed text and raises `Refused` when it cannot be right."""


def writes(event: QKeyEvent) -> bool:
    """Whether the key writes a letter, a digit or a sign; a blank presses and marks, and writes nothing."""
    both = event.modifiers() & _COMMANDS
    text = event.text()
    return bool(text.strip()) and text.isprintable() and both in (Qt.KeyboardModifier.NoModifier, _COMMANDS)


class Field(QWidget):
    """The frame of every field: label, editor, tick, and below it the hint or the error sentence.

    Attributes:
        name: the field's name in its form; `Refused.field` finds it by this.
        optional: whether it may stay empty.
        filled: the program put the value there; Enter skips the field until a person changes it.
        awaited: the program is reckoning what goes in here; nobody is accused of leaving it empty.
        edits: how often a person has changed the value; a look-up fills only what is still as it was.
        example: what would be right; said with each fault of how the value is written.
        last_check: what is looked at only at the end of the form, where leaving the field may mean a search.

    Signals:
        edited(): a person changed the value.
        changed(): the value changed, by a person or the program.
        left(): the focus left after a change, or Enter was pressed, and the value passed its check.
    """

    edited = Signal()
    changed = Signal()
    left = Signal()

    def __init__(
        self,
        words: Say,
        *,
        name: str,
        hint: Say = "",
        optional: bool = False,
        check: Check | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.name = name
        self.optional = optional
        self.filled = self.awaited = False
        self.edits = 0
        self.example: Say = ""
        self.last_check: Check | None = None
        self._words, self._hint, self._check = words, hint, check
        self._label = Label(words, "label", parent=self)
        self._below = Label(hint, "hint", wrap=True, parent=self)
        self._below.setVisible(bool(hint))
        self._tick = IconLabel("check", "good", 16, parent=self)
        self._tick.hide()
        self._error: Say = ""
        self._stale = False

    def _frame(self, editor: QWidget) -> None:
        """Put `editor` between label and hint. Called once by the subclass."""
        self._editor = editor
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self._label)
        head.addStretch()
        head.addWidget(self._tick)
        column.addLayout(head)
        column.addWidget(editor)
        column.addWidget(self._below)
        # Room left over goes below: label and editor stay where the eye has them.
        column.addStretch()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._label.setBuddy(editor)
        self.setFocusProxy(editor)
        editor.installEventFilter(self)
        follow(self, self._retranslate)

    @property
    def editor(self) -> QWidget:
        """The widget that has the focus when this field is being filled in."""
        return self._editor

    def text(self) -> str:
        """What stands in the field, trimmed."""
        raise NotImplementedError

    def put(self, text: str) -> None:
        """Write `text` as if nobody had: neither `filled` nor `edited`. For clearing and for drafts."""
        raise NotImplementedError

    def fill(self, text: str) -> None:
        """The program writes `text`: Enter skips the field from now on, until a person changes it."""
        self.put(text)
        self.filled = bool(text)
        self._dress()

    def clear(self) -> None:
        """Empty, without error or tick."""
        self.put("")
        self.filled = False
        self.set_ok(False)
        self.clear_error()

    def is_empty(self) -> bool:
        """Whether nothing stands in the field."""
        return not self.text()

    def is_skipped(self) -> bool:
        """Whether Enter passes by: hidden, disabled, read only or filled by the program."""
        return self.isHidden() or not self.isEnabled() or self.filled

    def is_awaited(self) -> bool:
        """Whether the program has yet to bring what is put in here."""
        return self.awaited

    def verify_last(self) -> bool:
        """As `verify`, at the end of the form: with `last_check`, and a required field may not be empty."""
        if not self.verify():
            return False
        if self.is_empty():
            right = self.optional or self.is_awaited()
            if not right:
                self.set_error("kit.required", with_example=True)
            return right
        if self.last_check is not None:
            try:
                self.last_check(self.text())
            except Refused as no:
                self.set_error(no)
                return False
        return True

    def verify(self) -> bool:
        """Check what stands there and show the sentence if it cannot be right. An empty field passes.

        A refusal shown before is forgotten: the same value may be right by now.
        """
        self.clear_error()
        if self._check is not None and not self.is_empty():
            try:
                self._check(self.text())
            except Refused as no:
                self.set_error(no)
                return False
        return True

    def set_error(self, error: Refused | Say, *, with_example: bool = False) -> None:
        """Show in one sentence what is wrong and what to do; gone when a person changes the value.

        `with_example`, or a refusal of how the value is written, adds what would be right.
        """
        if isinstance(error, Refused):
            with_example = with_example or error.code.startswith(_OF_WRITING)
            error = refusal(error)
        self._error = exemplified(error, self.example) if with_example else error
        self._below.say(self._error, "bad")
        self._below.show()
        self.set_ok(False)
        self._dress()
        self._retranslate()

    def clear_error(self) -> None:
        """Show the hint again."""
        if self._error:
            self._error = ""
            self._below.say(self._hint)
        self._below.setVisible(bool(self._hint))
        self._dress()
        self._retranslate()

    def error_text(self) -> str:
        """The error sentence shown, or nothing."""
        return say(self._error)

    def set_hint(self, hint: Say, tone: str = "") -> None:
        """Show another hint below the field (a found customer, a computed place), e.g. in tone ``good``."""
        self._hint = hint
        if not self._error:
            self._below.say(hint, "good" if tone == "good" else "warn" if tone == "warn" else "")
            self._below.setVisible(bool(hint))
        self._retranslate()

    def set_ok(self, ok: bool) -> None:
        """Show or hide the tick: somebody has checked the value against something."""
        self._tick.setVisible(ok)

    def _on_edited(self) -> None:
        self.filled = False
        self.edits += 1
        self._stale = True
        self.set_ok(False)
        self.clear_error()
        self.edited.emit()
        self.changed.emit()

    def _dress(self) -> None:
        dress(self._editor, state="bad" if self._error else "filled" if self.filled else "")

    def _retranslate(self) -> None:
        self._editor.setAccessibleName(say(self._words))
        self._editor.setAccessibleDescription(say(self._error or self._hint))

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the focus leave the editor."""
        if watched is self._editor and event.type() is QEvent.Type.FocusOut:
            self.leave()
        return super().eventFilter(watched, event)

    def is_untouched(self) -> bool:
        """Whether a person has done nothing here since the field was left the last time."""
        return not self._stale

    def leave(self) -> bool:
        """What happens when the person is done here: tidy, check, tell. False when it cannot be right."""
        if not self._stale:
            return True
        self._tidy()
        if not self.verify():
            return False
        self._stale = False
        self.left.emit()
        return True

    def _tidy(self) -> None:
        """Write the value the usual way (grouped figures, a phone's blanks)."""


class TextField(Field):
    """One line of text."""

    _ROLE = ""

    def __init__(
        self,
        words: Say,
        *,
        name: str,
        hint: Say = "",
        optional: bool = False,
        check: Check | None = None,
        placeholder: Say = "",
        max_length: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, name=name, hint=hint, optional=optional, check=check, parent=parent)
        self._line = _Line()
        # Unless its screen wants it shorter, a field holds what the services take. Qt would cut a paste
        # without a word: it stands whole here, and is refused.
        self.length_max = characters_max(name) if max_length is None else max_length
        if self._ROLE:
            self._line.setProperty("role", self._ROLE)
        self._line.textEdited.connect(self._on_typed)
        self._frame(self._line)
        if placeholder:
            follow(self, lambda: self._line.setPlaceholderText(say(placeholder)))

    @property
    def line(self) -> QLineEdit:
        """The line edit."""
        return self._line

    def text(self) -> str:
        """What stands in the field, trimmed."""
        return self._line.text().strip()

    def verify(self) -> bool:
        """Refuse what is longer than the field holds (G-014), then ask the check."""
        return super().verify() and not self._is_too_long()

    def _on_typed(self, text: str) -> None:
        cleaned = self._cleaned(text)
        if cleaned != text:
            before = self._cleaned(text[: self._line.cursorPosition()])
            self._line.setText(cleaned)
            self._line.setCursorPosition(len(before))
        self._on_edited()
        self._is_too_long()

    def _cleaned(self, text: str) -> str:
        """What of a typed or pasted text the field takes."""
        return one_line(text)

    def _is_too_long(self) -> bool:
        if len(self._line.text()) <= self.length_max:
            return False
        self.set_error(Refused("G-014", field=self.name, limit=self.length_max))
        return True

    def put(self, text: str) -> None:
        """See `Field.put`."""
        if text != self._line.text():
            self._line.setText(text)
            self._line.setCursorPosition(0 if len(text) > 30 else len(text))
            self.clear_error()
            self.changed.emit()

    def fill(self, text: str) -> None:
        """See `Field.fill`; whoever stands here already replaces it by typing."""
        super().fill(text)
        if text and self._line.hasFocus():
            self._line.selectAll()

    def is_search(self) -> bool:
        """Whether it only looks for something: Esc empties it, a letter on the list comes here."""
        return self.name.rpartition(".")[2] in _SEARCHES

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc empties a search first."""
        if (
            watched is self._line
            and isinstance(event, QKeyEvent)
            and event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
            and event.key() == Qt.Key.Key_Escape
            and self.is_search()
            and self._line.text()
        ):
            if event.type() is QEvent.Type.KeyPress:
                self.clear()
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def is_skipped(self) -> bool:
        """A read-only line is passed by."""
        return super().is_skipped() or self._line.isReadOnly()

    def set_read_only(self, read_only: bool) -> None:
        """Whether it only shows (a fee, a total)."""
        self._line.setReadOnly(read_only)
        self._line.setFocusPolicy(Qt.FocusPolicy.NoFocus if read_only else Qt.FocusPolicy.StrongFocus)


class _Line(QLineEdit):
    """A line whose text is selected when it is reached, however that is, so that typing replaces it.

    Where nothing was typed Ctrl Z is the screen's: it takes the last scan back.
    """

    def __init__(self) -> None:
        super().__init__()
        self._clicked = False

    @guarded
    def event(self, event: QEvent) -> bool:
        override = event.type() is QEvent.Type.ShortcutOverride
        is_undo = override and isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Undo)
        if is_undo and not self.isUndoAvailable():
            event.ignore()
            return False
        return super().event(event)

    @guarded
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._clicked = event.reason() is Qt.FocusReason.MouseFocusReason
        if event.reason() not in _NOT_REACHED:
            self.selectAll()

    @guarded
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        # The press of a mouse puts the cursor somewhere; a part that was drawn over stays the part.
        if self._clicked and not self.hasSelectedText():
            self.selectAll()
        self._clicked = False


def exemplified(wrong: Say, example: Say) -> Say:
    """The sentence with its example, unless it gives that by itself."""
    if not example or say(example) in say(wrong):
        return wrong
    # A key by itself would be taken for the words.
    first, second = (phrase(one) if isinstance(one, str) else one for one in (wrong, example))
    return phrase("kit.wrong", wrong=first, example=second)


_COMMANDS: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
_SEARCHES: Final = ("search", "find")
# Refusals that speak of how a value is written: identifiers, amounts, lengths, weights, accounts.
_OF_WRITING: Final = ("I-", "G-012", "G-014", "E-010", "P-001")
# The window or a menu came and went: the clerk was here all the time. A click is seen when it is released.
_NOT_REACHED: Final = frozenset({
    Qt.FocusReason.MouseFocusReason,
    Qt.FocusReason.ActiveWindowFocusReason,
    Qt.FocusReason.PopupFocusReason,
})  # fmt: skip
