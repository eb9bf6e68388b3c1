"""A card under way for the basket: what is known of it, and the one act that leads on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.words import Say, phrase
from azpost_desk.gui.shell.register import FRAME_KEYS

if TYPE_CHECKING:
    from azpost_desk.services.views import CardStep


class CardState(QWidget):
    """Shown only while a card is under way.

    Signals:
        ask_wanted(str): ask the terminal what became of this step.
        back_wanted(str): the approved card gets its money back.
    """

    ask_wanted = Signal(str)
    back_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._step: CardStep | None = None
        self._words = Label("", "strong", wrap=True)
        self._ask = Button("frame.basket.card_ask", FRAME_KEYS["frame.keys.card"], role="primary")
        self._back = Button("frame.basket.card_back", FRAME_KEYS["frame.keys.card_back"], role="quiet")
        self._ask.clicked.connect(lambda: self._step and self.ask_wanted.emit(self._step.step))
        self._back.clicked.connect(lambda: self._step and self.back_wanted.emit(self._step.step))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (self._words, self._ask, self._back):
            column.addWidget(widget)
        self.show_step(None)

    @property
    def step(self) -> CardStep | None:
        """The step shown."""
        return self._step

    @property
    def leads(self) -> bool:
        """Whether it shows the act that leads on."""
        return not self.isHidden() and not self._ask.isHidden()

    def focus(self) -> None:
        """To the act that leads on."""
        (self._ask if self._ask.isVisible() else self._back).setFocus()

    def show_waiting(self, words: Say = "frame.basket.card_waits") -> None:
        """The customer stands at the terminal."""
        self._words.say(words, "accent")
        self._ask.hide()
        self._back.hide()
        self.show()

    def show_step(self, step: CardStep | None) -> None:
        """Show what is known; None hides all of it."""
        self._step = step
        self.setVisible(step is not None)
        if step is None:
            return
        approved = step.state == "approved"
        if approved:
            self._words.say(phrase("frame.basket.card_approved", amount=step.amount), "good")
        else:
            self._words.say("frame.basket.card_unknown", "bad")
        self._ask.setVisible(step.state in ("asked", "unknown"))
        self._back.setVisible(step.state in ("approved", "reversing"))
