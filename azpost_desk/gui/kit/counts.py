"""The count sheet: how many of each note and coin, with line sums and the total."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from azpost_desk.domain.cash import COINS_QAPIK, NOTES_QAPIK, Pieces, counted, tidy
from azpost_desk.domain.money import Money
from azpost_desk.gui.kit.labels import BigAmount, Label, rule
from azpost_desk.gui.kit.theme import GAP, GAP_SMALL, MARGIN, Theme, dress, figures
from azpost_desk.gui.kit.words import follow, language, phrase, plain, say
from azpost_desk.gui.work.guards import guarded

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from azpost_desk.gui.kit.words import Say

BUNDLE_PIECES: Final = 100
"""A sealed bundle of notes holds a hundred pieces."""
_TYPED: Final = re.compile(r"([0-9]{1,5})|(?:([0-9]{1,3})[bB](?:[+ ]?([0-9]{1,4}))?)")
_COUNT_PX: Final = 72


def read_count(typed: str) -> int | None:
    """Pieces a person typed: ``14``; ``2b`` two sealed bundles; ``2b+14`` or ``2b14`` bundles and loose ones.

    Nothing typed is no piece; None when it is no count.
    """
    if not typed.strip():
        return 0
    match = _TYPED.fullmatch(typed.strip())
    if match is None:
        return None
    if match[1]:
        return int(match[1])
    return int(match[2]) * BUNDLE_PIECES + int(match[3] or 0)


class DenominationSheet(QWidget):
    """Counts by denomination, notes left and coins right; digits, then Enter or Down for the next line.

    In blind mode the expected sum is never shown, nor any difference: who counts must not know what to find.

    Signals:
        changed(): a count changed.
        finished(): Enter was pressed on the last line and everything typed is a count.
        escaped(): Esc was pressed.
    """

    changed = Signal()
    finished = Signal()
    escaped = Signal()

    def __init__(
        self,
        *,
        blind: bool = False,
        expected: Money | None = None,
        hint: Say = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.blind = blind
        self._expected = expected
        self._rows: list[_Row] = []
        sides = QHBoxLayout()
        sides.setSpacing(MARGIN)
        sides.addLayout(self._side("kit.count.notes", NOTES_QAPIK))
        sides.addLayout(self._side("kit.count.coins", COINS_QAPIK))
        self._total = BigAmount("kit.count.total", Money(0), "big")
        self._expects = BigAmount("kit.count.expected", expected, "body")
        self._difference = BigAmount("kit.count.difference", None, "body")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(sides)
        self._words: Say = hint or "kit.count.hint"
        self._hint = Label(self._words, "hint", wrap=True)
        column.addWidget(self._hint)
        column.addWidget(rule(strong=True))
        column.addWidget(self._total)
        column.addWidget(self._expects)
        column.addWidget(self._difference)
        self.setFocusProxy(self._rows[0].line)
        self._recount()

    def pieces(self) -> dict[int, int]:
        """Pieces by denomination in qəpik, without empty rows; what cannot be read counts as nothing."""
        return tidy({row.denomination: read_count(row.line.text()) or 0 for row in self._rows})

    def total(self) -> Money:
        """The sum counted."""
        return counted(self.pieces())

    def is_readable(self) -> bool:
        """Whether every line holds a count or nothing."""
        return all(read_count(row.line.text()) is not None for row in self._rows)

    def is_untouched(self) -> bool:
        """Whether nothing stands in any line, not even a zero."""
        return not any(row.line.text().strip() for row in self._rows)

    def set_pieces(self, pieces: Pieces) -> None:
        """Write a count (a draft, a supply proposed by the safe)."""
        for row in self._rows:
            number = pieces.get(row.denomination, 0)
            row.line.setText(str(number) if number else "")
        self._recount()

    def set_expected(self, expected: Money | None) -> None:
        """What the book expects; shown only when not blind."""
        self._expected = expected
        self._recount()

    def clear(self) -> None:
        """Empty every line."""
        self.set_pieces({})

    def line(self, denomination_qapik: int) -> QLineEdit:
        """The line of a denomination. Raises KeyError."""
        for row in self._rows:
            if row.denomination == denomination_qapik:
                return row.line
        raise KeyError(denomination_qapik)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Down go on, Up goes back, Esc leaves."""
        step = {Qt.Key.Key_Return: 1, Qt.Key.Key_Enter: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        here = next((at for at, row in enumerate(self._rows) if row.line.hasFocus()), -1)
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif (
            event.key() in step and here >= 0 and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self._go(here, step[Qt.Key(event.key())], event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter))
        else:
            super().keyPressEvent(event)

    def _go(self, here: int, step: int, entered: bool) -> None:
        if entered and read_count(self._rows[here].line.text()) is None:
            return
        target = here + step
        if 0 <= target < len(self._rows):
            self._rows[target].line.setFocus(Qt.FocusReason.TabFocusReason)
            self._rows[target].line.selectAll()
        elif entered and self.is_readable():
            self.finished.emit()

    def _side(self, words: str, denominations: tuple[int, ...]) -> QVBoxLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(GAP_SMALL)
        for at, name in enumerate((words, "kit.count.pieces", "kit.count.sum")):
            head = Label(name, "label")
            side = Qt.AlignmentFlag.AlignLeft if at == 0 else Qt.AlignmentFlag.AlignRight
            head.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(head, 0, at)
        for denomination in denominations:
            row = _Row(denomination, self)
            row.line.textChanged.connect(self._recount)
            below = grid.rowCount()
            for at, widget in enumerate((row.name, row.line, row.sum)):
                grid.addWidget(widget, below, at)
            self._rows.append(row)
        grid.setColumnStretch(2, 1)
        column = QVBoxLayout()
        column.addLayout(grid)
        column.addStretch()
        return column

    def _recount(self) -> None:
        for row in self._rows:
            row.show_sum()
        if self.is_readable():
            self._hint.say(self._words)
        else:
            self._hint.say("kit.count.wrong", "bad")
        total = self.total()
        self._total.show_amount(total)
        open_book = not self.blind and self._expected is not None
        self._expects.setVisible(open_book)
        self._difference.setVisible(open_book)
        if open_book and self._expected is not None:
            difference = total - self._expected
            self._expects.show_amount(self._expected)
            self._difference.show_amount(difference, "bad" if difference else "good")
        self.changed.emit()


class _Row:
    """One denomination: its name, the count typed, the sum."""

    def __init__(self, denomination: int, parent: QWidget) -> None:
        self.denomination = denomination
        name = f"{denomination // 100} ₼" if denomination >= 100 else f"0,{denomination:02d} ₼"
        self.name = Label(plain(name), "strong", parent=parent)
        self.name.setFont(figures(Theme.current().size("body"), bold=True))
        self.line = QLineEdit(parent)
        self.line.setProperty("role", "count")
        self.line.setProperty("scans", "never")
        self.line.setFixedWidth(_COUNT_PX)
        self.line.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.line.setFont(figures(Theme.current().size("body")))
        self.sum = QLabel(parent)
        self.sum.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.sum.setFont(figures(Theme.current().size("body")))
        follow(self.line, lambda: self.line.setAccessibleName(say(phrase("kit.count.row", value=name))))

    def show_sum(self) -> None:
        """The line's sum, or what is wrong with it."""
        number = read_count(self.line.text())
        dress(self.line, state="bad" if number is None else "")
        self.line.setToolTip(say("kit.count.wrong") if number is None else "")
        self.line.setAccessibleDescription(self.line.toolTip())
        self.sum.setText(language().texts.amount(Money(number * self.denomination)) if number else "")
