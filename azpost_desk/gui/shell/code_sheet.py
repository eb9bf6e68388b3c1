"""A payment code of no biller of the day: takes its fields, shows whom it pays, how much, until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain.money import azn
from azpost_desk.gui.kit.cards import Sheet, pair
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.words import plain, written

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from azpost_desk.domain.azqr import Azqr


class CodeSheet(Sheet):
    """Reads only: what this desk cannot take money for is said, so that nobody tries."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over, "frame.kind.azqr", side="right", width_px=420, leave="kit.words.close")
        self._rows: list[QWidget] = []
        self.body.addStretch()

    def show_code(self, code: Azqr) -> None:
        """Show what it says."""
        self.say(plain(code.payee) if code.payee else "frame.kind.azqr")
        for row in self._rows:
            self.body.removeWidget(row)
            row.deleteLater()
        self._rows = _rows(code)
        for at, row in enumerate(self._rows):
            self.body.insertWidget(at, row)
        self.open()


def _rows(code: Azqr) -> list[QWidget]:
    if code.amount_qapik is not None:
        rows = [pair("frame.azqr.amount", written("money", azn(code.amount_qapik)))]
    else:
        rows = [pair("frame.azqr.amount", "frame.azqr.amount_open")]
    told = {"city": code.city, "reference": code.reference}
    rows += [pair(f"frame.azqr.{name}", plain(value)) for name, value in told.items() if value]
    if code.expires_ms is not None:
        rows.append(pair("frame.azqr.until", written("moment", code.expires_ms)))
    rows.append(Label("frame.azqr.no_biller" if code.is_merchant else "frame.azqr.payers", "hint", wrap=True))
    return rows
