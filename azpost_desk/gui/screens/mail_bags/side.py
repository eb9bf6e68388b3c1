"""What stands beside the bags: those on their way here, from where, and how many items they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from azpost_desk.gui.kit.labels import Label, rule
from azpost_desk.gui.kit.words import follow, phrase, plain, say
from azpost_desk.gui.screens.mail_bags.table import printed_bag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.gui.screens.mail_bags.form import BagRow

# More than anybody reads; how many there are stands above them.
_SHOWN_AT_MOST: Final = 100


class ExpectedPanel(QFrame):
    """Instead of the basket: nothing is sold while bags are scanned."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        # It belongs to its screen until the frame puts it at the right.
        self.hide()
        self.setProperty("role", "side")
        self.count = Label("", "huge")
        self.bags = Label("", "body", wrap=True)
        self.bags.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._shown: Sequence[BagRow] = ()
        inner = QWidget()
        inner.setProperty("role", "scrolled")
        holder = QVBoxLayout(inner)
        holder.setContentsMargins(0, 0, 0, 0)
        holder.addWidget(self.bags)
        holder.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(Label("mail_bags.screen.expected", "section"))
        column.addWidget(self.count)
        column.addWidget(rule())
        column.addWidget(scroll, 1)
        column.addWidget(Label("mail_bags.screen.expected_hint", "hint", wrap=True))
        follow(self, lambda: self.show_expected(self._shown))

    def show_expected(self, rows: Sequence[BagRow]) -> None:
        """Show what is on its way here."""
        self._shown = rows
        self.count.say(plain(str(len(rows))))
        if not rows:
            self.bags.say("mail_bags.screen.nothing_expected", "muted")
            return
        shown = "\n".join(
            f"{printed_bag(one.number)}\n"
            + say(phrase("mail_bags.screen.expected_one", office=one.place, count=one.items or 0))
            for one in rows[:_SHOWN_AT_MOST]
        )
        left = len(rows) - _SHOWN_AT_MOST
        numbers = plain(shown)
        self.bags.say(
            phrase("tracking.screen.and_more", numbers=numbers, count=left) if left > 0 else numbers
        )
