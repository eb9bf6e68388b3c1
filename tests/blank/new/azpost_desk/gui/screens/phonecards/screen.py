"""Ctrl Alt P: a phone card by its number and amount, into the basket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.cards import heading
from azpost_desk.gui.kit.screens import Screen

if TYPE_CHECKING:
    from azpost_desk.gui.kit.screens import Session


class PhonecardScreen(Screen):
    """A card that was scanned opens here."""

    name = "phonecards"
    place = 55
    opens = ("phonecard",)
    words = "phonecards.title"
    icon = "store"
    key = "Ctrl+Alt+P"
    permission = Permission.SELL

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        column = QVBoxLayout(self)
        head, _title, _below = heading("phonecards.title", "phonecards.hint")
        column.addWidget(head)
