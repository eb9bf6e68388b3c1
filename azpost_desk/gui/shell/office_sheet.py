"""A post office that was asked for: where it is, when it is open, what goes there, and two keys to begin.

In: what the desk knows of an office. Out: the screen that sends money or an item there, filled in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.cards import Sheet, pair
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.words import counted_phrase, phrase, plain
from azpost_desk.services.views import Found

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.services.finding import OfficeFacts


class OfficeSheet(Sheet):
    """Reads only; Enter or F2 sends money there, F4 accepts an item for it."""

    def __init__(self, over: QWidget, session: Session) -> None:
        super().__init__(over, "frame.kind.office", side="right", width_px=420, leave="kit.words.close")
        self._session = session
        self._rows: list[QWidget] = []
        self._found: Found | None = None
        self.money = Button("frame.office.send_money", "F2", role="primary", bind=False)
        self.item = Button("frame.office.send_item", "F4", bind=False)
        self.money.clicked.connect(lambda: self._begin("transfers"))
        self.item.clicked.connect(lambda: self._begin("express"))
        self.body.addStretch()
        self.body.addWidget(self.money)
        self.body.addWidget(self.item)

    def show_office(self, facts: OfficeFacts, screens: Sequence[str]) -> None:
        """Show it; `screens` are those of the officer at the counter."""
        office = facts.office
        self._found = Found("office", office.code, office.name, office.postcode)
        self.say(plain(office.name))
        for row in self._rows:
            self.body.removeWidget(row)
            row.deleteLater()
        self._rows = _rows(facts)
        for at, row in enumerate(self._rows):
            self.body.insertWidget(at, row)
        self.money.setVisible("transfers" in screens)
        self.item.setVisible("express" in screens)
        self.open(self.money if "transfers" in screens else None)

    def _begin(self, screen: str) -> None:
        found = self._found
        self.close_sheet()
        self._session.open(screen, found)


def _rows(facts: OfficeFacts) -> list[QWidget]:
    office = facts.office
    rows: list[QWidget] = [Label("frame.office.here", "hint")] if facts.is_here else []
    told = {"postcode": office.postcode, "code": office.code, "address": office.address,
            "phone": office.phone, "hours": office.hours}  # fmt: skip
    rows += [pair(f"frame.office.{name}", plain(value)) for name, value in told.items() if value]
    rows.append(Label("frame.office.services", "section"))
    rows.append(pair("frame.office.transfer", "frame.office.paid_there"))
    for one in facts.express:
        time = counted_phrase("express.screen.days", one.days)
        price: Say = phrase("frame.office.from", total=one.total, time=time)
        rows.append(pair(plain(one.name), price))
    return rows
