"""A code for the basket: what the customer scans, how long it stands, and the acts that lead on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.qr_picture import QrPicture
from azpost_desk.gui.kit.words import Say, phrase
from azpost_desk.gui.shell.register import FRAME_KEYS

if TYPE_CHECKING:
    from azpost_desk.services.qr import Shown
    from azpost_desk.services.qr_views import QrStep

# The panel's width but its margins.
_PICTURE_PX: Final = 284


class CodeState(QWidget):
    """Shown only while a request for money by code is open for the basket in hand.

    Signals:
        look_wanted(): ask the centre again what became of it.
        close_wanted(): nobody shall pay it any more.
        take_wanted(): late money pays this basket after all, by the customer's word.
        back_wanted(): what came goes back to its payer.
        abandon_wanted(): two people free the basket although nobody knows.
    """

    look_wanted = Signal()
    close_wanted = Signal()
    take_wanted = Signal()
    back_wanted = Signal()
    abandon_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._words = Label("", "strong", wrap=True)
        self._picture = QrPicture(_PICTURE_PX)
        self._left = Label("", "hint", wrap=True)
        self._look = Button("frame.basket.qr_look", FRAME_KEYS["frame.keys.qr"], role="primary")
        self._take = Button("frame.basket.qr_take", FRAME_KEYS["frame.keys.qr"], role="primary")
        self._close = Button("frame.basket.qr_close", FRAME_KEYS["frame.keys.qr_back"], role="quiet")
        self._back = Button("frame.basket.qr_back", FRAME_KEYS["frame.keys.qr_back"], role="quiet")
        self.abandon = Button("frame.basket.qr_abandon", role="quiet")
        wishes = (
            (self._look, self.look_wanted),
            (self._take, self.take_wanted),
            (self._close, self.close_wanted),
            (self._back, self.back_wanted),
            (self.abandon, self.abandon_wanted),
        )
        self._buttons = [button for button, _ in wishes]
        for button, wanted in wishes:
            button.clicked.connect(wanted.emit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._words)
        column.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignHCenter)
        for widget in (self._left, *self._buttons):
            column.addWidget(widget)
        self._code = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hide()

    @property
    def code(self) -> str:
        """The text that the customer scans now, "" while none is shown."""
        return self._code

    @property
    def leads(self) -> bool:
        """Whether it shows the act that leads on."""
        return not self.isHidden() and not (self._look.isHidden() and self._take.isHidden())

    def focus(self) -> None:
        """To the act that leads on."""
        # A shown code is closed by its own key alone: Enter here must not take it from a customer's eyes.
        leads_on = next((one for one in (self._look, self._take) if one.isVisible()), self)
        leads_on.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_waiting(self, words: Say) -> None:
        """The centre is being asked; what was shown stays, so that a customer goes on reading it."""
        self._words.say(words, "accent")
        for button in self._buttons:
            button.hide()
        self.show()

    def show_step(self, step: QrStep | None, shown: Shown | None = None) -> None:
        """Show what is known of it; None hides all of it."""
        self.setVisible(step is not None)
        self._code = shown.code if shown is not None and step is not None and step.state == "asked" else ""
        self._picture.show_text(self._code)
        self._left.setVisible(bool(self._code))
        if step is None:
            return
        asked, paid, late = (step.state == one for one in ("asked", "paid", "late"))
        if paid:
            self._words.say(phrase("frame.basket.qr_paid", amount=step.amount), "good")
        elif late:
            self._words.say(phrase("frame.basket.qr_late", amount=step.amount), "warn")
        elif self._code:
            self._words.say(phrase("frame.basket.qr_shown", amount=step.amount), "accent")
        else:
            self._words.say("frame.basket.qr_unknown", "bad")
        self._look.setVisible(asked and not self._code)
        self._close.setVisible(asked)
        # Nobody is asked to decide while the customer only has to scan.
        self.abandon.setVisible(asked and not self._code)
        self._take.setVisible(late)
        self._back.setVisible(paid or late)

    def show_left(self, left_ms: int) -> None:
        """How long the code stands yet."""
        minutes, seconds = divmod(max(0, left_ms) // 1000, 60)
        self._left.say(phrase("frame.basket.qr_left", minutes=minutes, seconds=f"{seconds:02}"))
