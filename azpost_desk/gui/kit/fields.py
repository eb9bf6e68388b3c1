"""Fields: label above, editor, hint or error beside it; each knows what Enter and a program's value mean.

A field never lets a scan in by itself: `azpost_desk.gui.kit.scanner` keeps scans away, and fields with
``scans = "never"`` (amounts, PINs) are guarded more strictly there.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from azpost_desk.domain.identifiers import check_phone
from azpost_desk.domain.money import Money, parse_amount
from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit.labels import IconLabel, Label
from azpost_desk.gui.kit.theme import Theme, dress, figures, pixmap
from azpost_desk.gui.kit.words import Say, follow, plain, refusal, say

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QPaintEvent

Check = Callable[[str], object]
"""Looks at a typed text and raises `Refused` when it cannot be right."""


class Field(QWidget):
    """The frame of every field: label, editor, tick, and below it the hint or the error sentence.

    Attributes:
        name: the field's name in its form; `Refused.field` finds it by this.
        optional: whether it may stay empty.
        filled: the program put the value there; Enter skips the field until a person changes it.

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
        self.filled = False
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

    def set_error(self, error: Refused | Say) -> None:
        """Show in one sentence what is wrong and what to do; gone when a person changes the value."""
        self._error = refusal(error) if isinstance(error, Refused) else error
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

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the focus leave the editor."""
        if watched is self._editor and event.type() is QEvent.Type.FocusOut:
            self.leave()
        return super().eventFilter(watched, event)

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
        max_length: int = 200,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, name=name, hint=hint, optional=optional, check=check, parent=parent)
        self._line = _Line()
        self._line.setMaxLength(max_length)
        if self._ROLE:
            self._line.setProperty("role", self._ROLE)
        self._line.textEdited.connect(lambda _text: self._on_edited())
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

    def put(self, text: str) -> None:
        """See `Field.put`."""
        if text != self._line.text():
            self._line.setText(text)
            self._line.setCursorPosition(0 if len(text) > 30 else len(text))
            self.clear_error()
            self.changed.emit()

    def is_skipped(self) -> bool:
        """A read-only line is passed by."""
        return super().is_skipped() or self._line.isReadOnly()

    def set_read_only(self, read_only: bool) -> None:
        """Whether it only shows (a fee, a total)."""
        self._line.setReadOnly(read_only)
        self._line.setFocusPolicy(Qt.FocusPolicy.NoFocus if read_only else Qt.FocusPolicy.StrongFocus)


class _Line(QLineEdit):
    """A line whose text is selected when the keyboard comes to it, so that typing replaces it."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()


class AmountField(TextField):
    """An amount of money: typed as ``1.234,50``, ``1234,5`` or ``1234.5``; right-aligned, even figures.

    What cannot be part of an amount is not taken at all, and scans never reach it.
    """

    scans = "never"
    _KEPT = re.compile(r"[^0-9.,\- ₼]")

    def __init__(
        self,
        words: Say,
        *,
        name: str,
        currency: str = "AZN",
        hint: Say = "",
        optional: bool = False,
        big: bool = False,
        check: Callable[[Money], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, name=name, hint=hint, optional=optional, max_length=24, parent=parent)
        self.currency = currency
        self._check_money = check
        self._line.setProperty("role", "amount-big" if big else "amount")
        self._line.setProperty("scans", self.scans)
        self._line.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._line.setFont(figures(Theme.current().size("big" if big else "body"), bold=True))
        self._line.textEdited.connect(self._drop_foreign)

    def money(self) -> Money | None:
        """The amount, or None when the field is empty or holds no amount."""
        try:
            return parse_amount(self.text(), self.currency) if self.text() else None
        except Refused:
            return None

    def set_money(self, amount: Money | None) -> None:
        """The program writes an amount; see `fill`. None empties the field."""
        self.fill("" if amount is None else self._written(amount))

    def verify(self) -> bool:
        """Refuse what is no amount (G-012), then ask the check of this field."""
        if not super().verify():
            return False
        if self.is_empty():
            return True
        try:
            amount = parse_amount(self.text(), self.currency)
            if self._check_money is not None:
                self._check_money(amount)
        except Refused as no:
            self.set_error(no)
            return False
        return True

    def _written(self, amount: Money) -> str:
        # Always the Azerbaijani way, whatever the language on the screen: what is typed is read back this
        # way, and 1,234 must not mean two different amounts on one desk.
        whole, _, part = str(abs(amount.decimal())).partition(".")
        groups = re.sub(r"(?<=\d)(?=(\d{3})+$)", ".", whole)
        return ("-" if amount.minor < 0 else "") + groups + ("," + part if part else "")

    def _drop_foreign(self, text: str) -> None:
        kept = self._KEPT.sub("", text)
        if kept != text:
            at = self._line.cursorPosition() - (len(text) - len(kept))
            self._line.setText(kept)
            self._line.setCursorPosition(max(at, 0))

    def _tidy(self) -> None:
        amount = self.money()
        if amount is not None and self._written(amount) != self._line.text():
            self._line.setText(self._written(amount))


class PinField(TextField):
    """A PIN or password: never shown, never taken from a scan, cleared by `take`."""

    scans = "never"
    _ROLE = "pin"

    def __init__(
        self,
        words: Say,
        *,
        name: str = "pin",
        hint: Say = "",
        max_length: int = 64,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, name=name, hint=hint, max_length=max_length, parent=parent)
        self._line.setEchoMode(QLineEdit.EchoMode.Password)
        self._line.setProperty("scans", self.scans)
        hints = Qt.InputMethodHint
        self._line.setInputMethodHints(
            hints.ImhSensitiveData | hints.ImhHiddenText | hints.ImhNoPredictiveText
        )

    def text(self) -> str:
        """The secret as typed; blanks count."""
        return self._line.text()

    def take(self) -> str:
        """The secret, leaving the field empty."""
        secret = self._line.text()
        self.clear()
        return secret


class PhoneField(TextField):
    """A telephone number; left as ``+994 50 212 33 44``. `number()` is what is stored."""

    def __init__(
        self,
        words: Say,
        *,
        name: str = "phone",
        hint: Say = "",
        optional: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, name=name, hint=hint, optional=optional, max_length=24, parent=parent)

    def number(self) -> str:
        """The number in international form without blanks, or nothing when it is not (yet) one."""
        return check_phone(self.text()).value or ""

    def verify(self) -> bool:
        """Refuse what is no telephone number."""
        if not super().verify():
            return False
        if not self.is_empty() and not self.number():
            self.set_error("kit.phone.wrong")
            return False
        return True

    def _tidy(self) -> None:
        number = self.number()
        if number.startswith("+994") and len(number) == 13:
            self._line.setText(f"+994 {number[4:6]} {number[6:9]} {number[9:11]} {number[11:]}")


class DateField(TextField):
    """A date as dd.mm.yyyy; ``23112026`` and ``23.11.26`` are understood and written out.

    `earliest` and `latest` bound it (both days allowed).
    """

    def __init__(
        self,
        words: Say,
        *,
        name: str,
        hint: Say = "",
        optional: bool = False,
        earliest: dt.date | None = None,
        latest: dt.date | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            words,
            name=name,
            hint=hint,
            optional=optional,
            placeholder="kit.date.form",
            max_length=10,
            parent=parent,
        )
        self.earliest, self.latest = earliest, latest

    def date(self) -> dt.date | None:
        """The date, or None when the field is empty or holds none."""
        return read_date(self.text())

    def set_date(self, day: dt.date | None) -> None:
        """The program writes a date; see `fill`."""
        self.fill("" if day is None else f"{day:%d.%m.%Y}")

    def verify(self) -> bool:
        """Refuse what is no date, or one outside its bounds."""
        if not super().verify():
            return False
        if self.is_empty():
            return True
        day = self.date()
        if day is None:
            self.set_error("kit.date.wrong")
        elif (self.earliest and day < self.earliest) or (self.latest and day > self.latest):
            self.set_error("kit.date.outside")
        return not self._error

    def _tidy(self) -> None:
        day = self.date()
        if day is not None:
            self._line.setText(f"{day:%d.%m.%Y}")


def read_date(typed: str) -> dt.date | None:
    """The date a person meant: day, month, year, with any signs between or none. Two-digit years are 20xx."""
    parts = re.findall(r"\d+", typed)
    if len(parts) == 1 and len(parts[0]) in (6, 8):
        parts = [parts[0][:2], parts[0][2:4], parts[0][4:]]
    if len(parts) != 3 or len(parts[2]) not in (2, 4):
        return None
    day, month, year = (int(part) for part in parts)
    try:
        return dt.date(year + 2000 if len(parts[2]) == 2 else year, month, day)
    except ValueError:
        return None


class ScanField(TextField):
    """The large line of a scan screen: shows the last scan, takes a number typed by hand.

    Signals:
        entered(str): Enter was pressed on a typed text; the field is left empty.
    """

    entered = Signal(str)
    _ROLE = "scan"

    def __init__(
        self, words: Say, *, name: str = "scan", hint: Say = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(
            words, name=name, hint=hint, placeholder="kit.scan.ready", max_length=120, parent=parent
        )
        self._line.setFont(figures(Theme.current().size("scan")))
        self._line.returnPressed.connect(self._enter)

    def show_scan(self, value: str) -> None:
        """Show the last scan large, selected: the next typed key replaces it."""
        self.put(value)
        self._line.selectAll()

    def _enter(self) -> None:
        typed = self.text()
        self.clear()
        if typed:
            self.entered.emit(typed)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: `value` is what the form keeps, `words` what is read."""

    value: str
    words: Say


class ChoiceField(Field):
    """One of a few: a digit picks by position, a letter by name, arrows by order; F4 opens the list."""

    def __init__(
        self,
        words: Say,
        choices: Sequence[Choice] = (),
        *,
        name: str,
        hint: Say = "",
        optional: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, name=name, hint=hint, optional=optional, parent=parent)
        self._choices: list[Choice] = []
        self._box = _Box()
        self._box.digit_typed.connect(self._pick_digit)
        self._box.activated.connect(lambda _row: self._on_edited())
        self._frame(self._box)
        self.set_choices(choices)

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Offer these instead; what was chosen stays if it is still there, else nothing is chosen."""
        chosen = self.text()
        self._choices = list(choices)
        self._box.clear()
        for number, choice in enumerate(self._choices, start=1):
            self._box.addItem(self._line_of(number, choice), choice.value)
        self._box.setCurrentIndex(next((i for i, c in enumerate(self._choices) if c.value == chosen), -1))

    def text(self) -> str:
        """The value of the choice made, or nothing."""
        value = self._box.currentData()
        return value if isinstance(value, str) else ""

    def put(self, text: str) -> None:
        """See `Field.put`; `text` is the value of a choice."""
        if text != self.text():
            self._box.setCurrentIndex(next((i for i, c in enumerate(self._choices) if c.value == text), -1))
            self.clear_error()
            self.changed.emit()

    def _pick_digit(self, digit: int) -> None:
        if 1 <= digit <= len(self._choices):
            self._box.setCurrentIndex(digit - 1)
            self._on_edited()

    @staticmethod
    def _line_of(number: int, choice: Choice) -> str:
        return f"{number}  {say(choice.words)}" if number <= 9 else say(choice.words)

    def _retranslate(self) -> None:
        super()._retranslate()
        for row, choice in enumerate(self._choices):
            self._box.setItemText(row, self._line_of(row + 1, choice))


class _Box(QComboBox):
    digit_typed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumContentsLength(8)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def paintEvent(self, _event: QPaintEvent) -> None:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self.fontMetrics().elidedText(
            self.currentText(), Qt.TextElideMode.ElideRight, self.width() - 44
        )
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.drawPixmap(self.width() - 24, (self.height() - 16) // 2, pixmap("chevron-down", "muted", 16))
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().isdigit():
            self.digit_typed.emit(int(event.text()))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.ignore()
        else:
            super().keyPressEvent(event)


def choices_of(values: Sequence[str], prefix: str) -> list[Choice]:
    """Choices whose words are the keys ``<prefix>.<value>``."""
    return [Choice(value, f"{prefix}.{value}") for value in values]


def choice(value: str, text: str) -> Choice:
    """A choice that is called the same in every language (an office, a person)."""
    return Choice(value, plain(text))
