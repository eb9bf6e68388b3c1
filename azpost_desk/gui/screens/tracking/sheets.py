"""Several announced items end in the digits that were typed: which one, asked while the next scans wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal

from azpost_desk.domain.item_numbers import printed_item_number
from azpost_desk.gui.kit.cards import Candidate, NameList, Sheet
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.words import Say, plain

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_WIDTH_PX: Final = 420


class ChooseSheet(Sheet):
    """Several announced items end in the digits typed: which one.

    Signals:
        picked(str): the whole number.
    """

    picked = Signal(str)

    def __init__(self, over: QWidget, choices: tuple[str, ...], why: Say) -> None:
        super().__init__(over, "tracking.screen.choose", side="right", width_px=_WIDTH_PX)
        self.names = NameList()
        self.names.offer([Candidate(plain(printed_item_number(one)), "", one) for one in choices])
        self.names.picked.connect(self.picked.emit)
        self.body.addWidget(Label(why, "body", wrap=True))
        self.body.addWidget(self.names)
        self.body.addStretch()
