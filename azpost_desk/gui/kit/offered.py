"""Things said before that may be said again: a button each, picked by its digit in their field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from azpost_desk.domain.digits import is_digits
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.theme import GAP
from azpost_desk.gui.kit.words import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

OFFERED_MAX: Final = 9
_IN_A_LINE: Final = 3
# Three beside each other fit a counter's screen.
_SHOWN_CHARACTERS: Final = 26


class Offered(QWidget):
    """Things to pick by a digit in the field they belong to; hidden while there are none.

    Signals:
        picked(object): the value of the one meant.
    """

    picked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._values: list[object] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP // 2)
        self.hide()

    def offer(self, named: Sequence[tuple[str, object]]) -> None:
        """Offer these, at most `OFFERED_MAX`."""
        while (item := self._grid.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self._values = [value for _, value in named[:OFFERED_MAX]]
        for at, (name, value) in enumerate(named[:OFFERED_MAX]):
            chip = Button(plain(_short(name)), hint=plain(str(at + 1)), role="quiet")
            chip.setToolTip(name)
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.clicked.connect(lambda _checked=False, one=value: self.picked.emit(one))
            self._grid.addWidget(chip, at // _IN_A_LINE, at % _IN_A_LINE, Qt.AlignmentFlag.AlignLeft)
        self.show_again()

    def show_again(self) -> None:
        """Offer what was offered before."""
        self.setVisible(bool(self._values))

    def takes(self, typed: str) -> bool:
        """Whether `typed` has picked one of them: neither a name nor a good begins with a digit alone."""
        if is_digits(typed) and 1 <= int(typed) <= len(self._values):
            self.picked.emit(self._values[int(typed) - 1])
            return True
        self.setVisible(bool(self._values) and not typed)
        return False


def _short(name: str) -> str:
    return name if len(name) <= _SHOWN_CHARACTERS else f"{name[: _SHOWN_CHARACTERS - 1]}…"
