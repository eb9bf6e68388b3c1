"""Whom a sender sent to before: a button each, picked by its digit in the field of the receiver's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from azpost_desk.domain.digits import is_digits
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.theme import GAP
from azpost_desk.gui.kit.words import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

RECEIVERS_AT_MOST = 9
_IN_A_LINE = 3


class LastReceivers(QWidget):
    """The buttons; hidden while there are none, and once a name is typed.

    Signals:
        picked(int): the position (from 0) of the one meant.
    """

    picked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP // 2)
        self.hide()

    def show_names(self, names: Sequence[str]) -> None:
        """Offer these, at most `RECEIVERS_AT_MOST`."""
        while (item := self._grid.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.deleteLater()
        self._count = len(names)
        for at, name in enumerate(names):
            chip = Button(plain(name), hint=plain(str(at + 1)), role="quiet")
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.clicked.connect(lambda _checked=False, one=at: self.picked.emit(one))
            self._grid.addWidget(chip, at // _IN_A_LINE, at % _IN_A_LINE, Qt.AlignmentFlag.AlignLeft)
        self.setVisible(bool(names))

    def takes(self, typed: str) -> bool:
        """Whether `typed`, in the field of the name, has picked one of them.

        No name begins with a digit: a digit alone picks.
        """
        if is_digits(typed) and 1 <= int(typed) <= self._count:
            self.picked.emit(int(typed) - 1)
            return True
        self.setVisible(bool(self._count) and not typed)
        return False
