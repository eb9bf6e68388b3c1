"""What stands beside the scans: what is expected here, what waits too long, and taking the last scan back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from azpost_desk.domain.item_numbers import printed_item_number
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.labels import Label, rule
from azpost_desk.gui.kit.words import follow, language, phrase, plain
from azpost_desk.gui.screens.tracking.actions import VOID_KEY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.gui.kit.labels import Tone
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.services.keeping import Term

# More numbers than anybody reads; how many there are stands above them.
_SHOWN_AT_MOST: Final = 100
# Under what is expected: enough to go to the shelf with.
_TERMS_AT_MOST: Final = 5


class SidePanel(QFrame):
    """Instead of the basket: nothing is sold while items are scanned.

    Attributes:
        void: the button that takes the last scan back; its key is the screen's.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        # It belongs to its screen until the frame puts it at the right.
        self.hide()
        self.setProperty("role", "side")
        self._count = Label("", "huge")
        self._numbers = Label("", "body", wrap=True)
        self._numbers.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.due_back, self.ends_soon = (Label("", "body", wrap=True) for _ in range(2))
        self.orders = Label("", "muted", wrap=True)
        self._orders_ms = 0
        follow(self, lambda: self.show_orders(self._orders_ms))
        self.void = Button("tracking.screen.void", VOID_KEY, bind=False)
        inner = QWidget()
        inner.setProperty("role", "scrolled")
        holder = QVBoxLayout(inner)
        holder.setContentsMargins(0, 0, 0, 0)
        holder.addWidget(self._numbers)
        holder.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(Label("tracking.screen.expected_here", "section"))
        column.addWidget(self._count)
        column.addWidget(rule())
        column.addWidget(scroll, 1)
        column.addWidget(self.due_back)
        column.addWidget(self.ends_soon)
        column.addWidget(self.orders)
        column.addWidget(Label("tracking.screen.void_hint", "hint", wrap=True))
        column.addWidget(self.void)
        self.show_expected(())
        self.show_terms(())

    def show_orders(self, known_ms: int) -> None:
        """Say up to when stop orders are known here: what came after is not."""
        self._orders_ms = known_ms
        at = plain(language().texts.moment(known_ms)) if known_ms else plain("")
        self.orders.say(phrase("tracking.screen.orders", at=at) if known_ms else "")

    def show_terms(self, terms: Sequence[Term]) -> None:
        """Show what has waited too long, and what will soon: number and last day."""
        shown_as: tuple[tuple[str, Label, Tone], ...] = (
            ("due_back", self.due_back, "bad"),
            ("ends_soon", self.ends_soon, "warn"),
        )
        for stands, label, tone in shown_as:
            found = [one for one in terms if one.stands == stands]
            label.setVisible(bool(found))
            shown = "\n".join(
                f"{printed_item_number(one.number)} · {language().texts.date(one.kept.last_day)}"
                for one in found[:_TERMS_AT_MOST]
            )
            left = len(found) - _TERMS_AT_MOST
            numbers = phrase("tracking.screen.and_more", numbers=plain(shown), count=left)
            label.say(
                phrase(
                    f"tracking.screen.{stands}",
                    count=len(found),
                    numbers=numbers if left > 0 else plain(shown),
                ),
                tone,
            )

    def show_expected(self, numbers: Sequence[str]) -> None:
        """Show what is announced to this office and not seen yet."""
        self._count.say(plain(str(len(numbers))))
        if not numbers:
            self._numbers.say("tracking.screen.nothing_expected", "muted")
            return
        shown = "\n".join(printed_item_number(one) for one in numbers[:_SHOWN_AT_MOST])
        left = len(numbers) - _SHOWN_AT_MOST
        if left > 0:
            self._numbers.say(phrase("tracking.screen.and_more", numbers=plain(shown), count=left))
        else:
            self._numbers.say(plain(shown))


def counter(figure: Label, words: Say) -> QWidget:
    """A figure of the day over what it counts."""
    widget = QWidget()
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    figure.setAlignment(Qt.AlignmentFlag.AlignCenter)
    below = Label(words, "small", wrap=True)
    below.setAlignment(Qt.AlignmentFlag.AlignCenter)
    column.addStretch()
    column.addWidget(figure)
    column.addWidget(below)
    return widget
