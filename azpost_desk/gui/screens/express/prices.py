"""Services side by side with price and time, one of them chosen: by a digit, by arrows, by touch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from azpost_desk.domain.digits import is_digits
from azpost_desk.gui.kit.fields import Field
from azpost_desk.gui.kit.labels import IconLabel, Label
from azpost_desk.gui.kit.theme import dress
from azpost_desk.gui.kit.words import counted_phrase, phrase, say, translated
from azpost_desk.gui.work.guards import guarded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QMouseEvent

    from azpost_desk.services.express import Price


class ServiceField(Field):
    """The choice among the services that an item may go by."""

    def __init__(self) -> None:
        super().__init__("express.screen.service", name="service")
        self._cards = _Cards()
        self._cards.picked.connect(self._on_picked)
        self._frame(self._cards)

    def offer(self, prices: Sequence[Price]) -> None:
        """Show these; what was chosen stays chosen while it is among them."""
        chosen = self.text()
        self._cards.offer(prices)
        self._cards.choose(chosen)
        self.clear_error()

    def price(self) -> Price | None:
        """What the chosen service costs."""
        return self._cards.chosen

    def is_awaited(self) -> bool:
        """See `Field`; until the prices are there nothing can be chosen."""
        return not self._cards.prices

    def text(self) -> str:
        """The service chosen, or nothing."""
        return self._cards.chosen.service if self._cards.chosen else ""

    def put(self, text: str) -> None:
        """See `Field.put`; `text` is a service offered."""
        if text != self.text():
            self._cards.choose(text)
            self.clear_error()
            self.changed.emit()

    def clear(self) -> None:
        """Nothing is offered any more."""
        self._cards.offer(())
        super().clear()
        self.changed.emit()

    def is_skipped(self) -> bool:
        """There is nothing to choose before postcode and weight are known."""
        return super().is_skipped() or not self._cards.prices

    def _on_picked(self, service: str) -> None:
        self._cards.choose(service)
        self._on_edited()

    def _retranslate(self) -> None:
        super()._retranslate()
        if not self._error:
            # The prices are told too: a screen reader says what a sighted clerk reads.
            self._cards.setAccessibleDescription(self._cards.told())


class _Cards(QWidget):
    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(76)
        self.prices: list[Price] = []
        self.chosen: Price | None = None
        self._cards: list[_Card] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._none = Label("express.screen.service_hint", "muted", wrap=True)
        self._row.addWidget(self._none, 1)
        self._row.addStretch()

    def offer(self, prices: Sequence[Price]) -> None:
        for card in self._cards:
            self._row.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.prices = list(prices)
        self.chosen = None
        self._cards = []
        self._none.setVisible(not self.prices)
        for digit, price in enumerate(self.prices, start=1):
            card = _Card(digit, price)
            card.touched.connect(self.picked.emit)
            self._row.insertWidget(self._row.count() - 2, card)
            self._cards.append(card)

    def choose(self, service: str) -> None:
        self.chosen = next((one for one in self.prices if one.service == service), None)
        for card in self._cards:
            card.show_chosen(card.price is self.chosen)

    def told(self) -> str:
        return "; ".join(card.told() for card in self._cards)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        at = self.prices.index(self.chosen) if self.chosen in self.prices else -1
        if is_digits(event.text()):
            at = int(event.text()) - 1
        elif event.key() == Qt.Key.Key_Right:
            at = min(at + 1, len(self.prices) - 1)
        elif event.key() == Qt.Key.Key_Left:
            at = max(at - 1, 0)
        else:
            super().keyPressEvent(event)
            return
        if 0 <= at < len(self.prices):
            self.picked.emit(self.prices[at].service)


class _Card(QFrame):
    touched = Signal(str)

    def __init__(self, digit: int, price: Price) -> None:
        super().__init__()
        self.price = price
        self.setProperty("role", "notice")
        self.setMinimumWidth(150)
        self._tick = IconLabel("check", "on_accent_soft", 16)
        self._name = phrase("kit.candidate", number=digit, title=translated(price.names))
        self._days = counted_phrase("express.screen.days", price.days)
        head = QHBoxLayout()
        head.addWidget(Label(self._name, "strong"))
        head.addStretch()
        head.addWidget(self._tick)
        self._amount = Label(phrase("express.screen.price", amount=price.price), "section")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 12, 6)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self._amount)
        column.addWidget(Label(self._days, "hint"))
        self.show_chosen(False)

    def show_chosen(self, chosen: bool) -> None:
        self._tick.setVisible(chosen)
        dress(self, state="neutral" if chosen else "")

    def told(self) -> str:
        return f"{say(self._name)} {self._amount.text()} {say(self._days)}"

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.touched.emit(self.price.service)
        super().mousePressEvent(event)
