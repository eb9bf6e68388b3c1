"""Fields: amounts, PINs, telephones, dates, scans and choices, each knowing how its value is typed.

A field never lets a scan in by itself: `azpost_desk.gui.kit.scanner` keeps scans away, and fields with
``scans`` (``never`` for amounts, ``secret`` for PINs) are guarded more strictly there.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.identifiers import EXAMPLES, check_phone
from azpost_desk.domain.names import fold
from azpost_desk.gui.kit.acts import acts
from azpost_desk.gui.kit.amount_field import AmountField
from azpost_desk.gui.kit.field_frame import Check, Field, TextField, writes
from azpost_desk.gui.kit.theme import Theme, figures, pixmap
from azpost_desk.gui.kit.words import Say, plain, say
from azpost_desk.gui.work.guards import guarded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QPaintEvent

__all__ = [
    "AmountField",
    "Check",
    "Choice",
    "ChoiceField",
    "DateField",
    "Field",
    "PhoneField",
    "PinField",
    "ScanField",
    "TextField",
    "choice",
    "choices_of",
    "read_date",
]


# What stands before the name of a choice (see `ChoiceField._line_of`).
_NUMBER: Final = re.compile(r"^[1-9]  ")


class PinField(TextField):
    """A PIN or password: never shown, never taken from a scan, cleared by `take`."""

    scans = "secret"
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
        super().__init__(
            words,
            name=name,
            hint=hint,
            optional=optional,
            placeholder="kit.phone.example",
            max_length=24,
            parent=parent,
        )
        self.example = plain(EXAMPLES["phone"])

    def number(self) -> str:
        """The number in international form without blanks, or nothing when it is not (yet) one."""
        return check_phone(self.text()).value or ""

    def verify(self) -> bool:
        """Refuse what is no telephone number."""
        if not super().verify():
            return False
        if not self.is_empty() and not self.number():
            self.set_error("kit.phone.wrong", with_example=True)
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
        self.example = plain("23.11.2026")

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
            self.set_error("kit.date.wrong", with_example=True)
        elif (self.earliest and day < self.earliest) or (self.latest and day > self.latest):
            self.set_error("kit.date.outside")
        return not self._error

    def _tidy(self) -> None:
        day = self.date()
        if day is not None:
            self._line.setText(f"{day:%d.%m.%Y}")


def read_date(typed: str) -> dt.date | None:
    """The date a person meant: day, month, year, with any signs between or none. Two-digit years are 20xx."""
    parts = re.findall(r"[0-9]+", typed)
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
        if not self.verify():
            return
        self.clear()
        if typed:
            acts().began.emit(self)
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
        self._box.named.connect(self._pick)
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

    def choices(self) -> tuple[Choice, ...]:
        """What is offered now."""
        return tuple(self._choices)

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

    def takes(self, typed: str) -> bool:
        """Whether this digit or letter names a choice."""
        return row_named(self._box, typed) >= 0

    def _pick(self, row: int) -> None:
        self._box.setCurrentIndex(row)
        self._on_edited()

    @staticmethod
    def _line_of(number: int, choice: Choice) -> str:
        return f"{number}  {say(choice.words)}" if number <= 9 else say(choice.words)

    def _retranslate(self) -> None:
        super()._retranslate()
        for row, choice in enumerate(self._choices):
            self._box.setItemText(row, self._line_of(row + 1, choice))


class _Box(QComboBox):
    named = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumContentsLength(8)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    @guarded
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

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = event.text()
        if writes(event) and row_named(self, text) < 0:
            # Names no choice: the field that waits for it takes it, or it is said (see lost_keys).
            event.ignore()
        elif writes(event):
            self.named.emit(row_named(self, text))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.ignore()
        else:
            super().keyPressEvent(event)


def row_named(box: QComboBox, typed: str) -> int:
    """The row a digit names by its place, or a letter by the next name that begins so; -1 none."""
    if is_digits(typed):
        return int(typed) - 1 if 1 <= int(typed) <= box.count() else -1
    if not typed.isalpha():
        # A digit of another script would be folded into one of ours.
        return -1
    order = (at % box.count() for at in range(box.currentIndex() + 1, box.currentIndex() + 1 + box.count()))
    begins = fold(typed)
    names = ((row, fold(_NUMBER.sub("", box.itemText(row)))) for row in order)
    return next((row for row, name in names if begins and name.startswith(begins)), -1)


def choices_of(values: Sequence[str], prefix: str) -> list[Choice]:
    """Choices whose words are the keys ``<prefix><value>``; the prefix ends with its dot."""
    return [Choice(value, f"{prefix}{value}") for value in values]


def choice(value: str, text: str) -> Choice:
    """A choice that is called the same in every language (an office, a person)."""
    return Choice(value, plain(text))
