"""Buttons that show their key; one primary act per screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter, QWidget

from azpost_desk.gui.kit.acts import acts
from azpost_desk.gui.kit.theme import Theme, dress, follow_theme, pixmap
from azpost_desk.gui.kit.words import Say, follow, phrase, say
from azpost_desk.gui.work.guards import guarded

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QMouseEvent

ButtonRole = Literal["plain", "primary", "danger", "quiet", "rail"]
_GAP = 8
_PAD = 16
# A name with less room than this is not written at all: the rail of a narrow screen shows icon and key.
_LEAST_NAME = 24


class Button(QPushButton):
    """An act with its name and its key drawn beside it.

    `key` (``"F10"``, ``"Ctrl+P"``) is drawn as a hint and, unless `bind` is False, pressing it anywhere in
    the window presses the button. `hint` is drawn instead of the key (for Enter, which the form handles).
    """

    def __init__(
        self,
        words: Say,
        key: str = "",
        *,
        hint: Say = "",
        role: ButtonRole = "plain",
        icon: str = "",
        bind: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._words, self._key, self._hint, self._icon = words, key, hint, icon
        self._role = role
        self._busy = False
        self._may_act: Callable[[], bool] | None = None
        self.setProperty("role", role)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        # Connected first, so that it is told before the act does anything.
        self.clicked.connect(lambda: acts().began.emit(self))
        if key and bind:
            # Not the button's own shortcut: that clicks a tenth of a second later, for show.
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(self.click)
        follow(self, self._retranslate)
        follow_theme(self, self.update)

    @property
    def key(self) -> str:
        """The key that presses it."""
        return self._key

    def say(self, words: Say, hint: Say | None = None) -> None:
        """Call the act something else, and show another hint where given."""
        self._words = words
        if hint is not None:
            self._hint = hint
        self._retranslate()

    def become(self, role: ButtonRole) -> None:
        """Matter more or less than before: of several acts that can lead on only one is the main one."""
        if role != self._role:
            self._role = role
            dress(self, role=role)
            self.updateGeometry()

    def ask_first(self, may_act: Callable[[], bool]) -> None:
        """Ask whether the act may begin whenever it is pressed, however that is: a form shows its faults."""
        self._may_act = may_act

    @guarded
    def click(self) -> None:
        """Press it, when it may be pressed and its act may begin."""
        if self.isEnabled() and (self._may_act is None or self._may_act()):
            super().click()

    def set_busy(self, busy: bool) -> None:
        """Show that the act is under way."""
        self._busy = busy
        self._retranslate()

    def hint_text(self) -> str:
        """What is drawn beside the name."""
        return say(self._hint) if self._hint else self._key.replace("+", " ")

    @guarded
    def sizeHint(self) -> QSize:
        """Wide enough for the name and the key hint."""
        width = self._name_width() + 2 * (_GAP if self._role == "quiet" else _PAD) + 4
        if hint := self.hint_text():
            width += _GAP + QFontMetrics(self._hint_font()).horizontalAdvance(hint)
        if self._icon:
            width += 20 + _GAP
        return QSize(width, max(super().sizeHint().height(), 36))

    @guarded
    def minimumSizeHint(self) -> QSize:
        """Never clip the name."""
        return QSize(72, self.sizeHint().height()) if self._role == "rail" else self.sizeHint()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses a button that has the focus, as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
            return
        super().keyPressEvent(event)

    @guarded
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A press of the mouse acts as Enter does; one that was drawn away acts not at all."""
        if self._may_act is None or event.button() is not Qt.MouseButton.LeftButton or not self.isDown():
            super().mouseReleaseEvent(event)
        else:
            self.setDown(False)
            event.accept()
            self.click()

    @guarded
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space acts as Enter does."""
        if self._may_act is None or event.key() != Qt.Key.Key_Space or not self.isDown():
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat():
            self.setDown(False)
            self.click()

    @guarded
    def paintEvent(self, _event: QPaintEvent) -> None:
        """The style's button, then icon, name and hint by hand."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        self._paint_words(painter)
        painter.end()

    def _paint_words(self, painter: QPainter) -> None:
        hint, hint_font = self.hint_text(), self._hint_font()
        hint_width = QFontMetrics(hint_font).horizontalAdvance(hint)
        icon_width = 20 + _GAP if self._icon else 0
        whole = self._name_width() + icon_width + (_GAP + hint_width if hint else 0)
        rail = self._role == "rail"
        left = 13 if rail else max(_GAP, (self.width() - whole) // 2)
        token = self._text_token()
        if self._icon:
            painter.drawPixmap(left, (self.height() - 20) // 2, pixmap(self._icon, token))
        painter.setPen(Theme.current().color(token))
        painter.setFont(self._name_font())
        at = self.width() - hint_width - 13 if rail else left + whole - hint_width
        room = at - _GAP // 2 - left - icon_width if rail and hint else self._name_width() + 2
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        if not rail or room >= _LEAST_NAME:
            fitting = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
            painter.drawText(QRect(left + icon_width, 0, room, self.height()), middle, fitting)
        painter.setPen(Theme.current().color(self._hint_token()))
        painter.setFont(hint_font)
        painter.drawText(QRect(at, 0, hint_width + 2, self.height()), middle, hint)

    def _text_token(self) -> str:
        if not self.isEnabled():
            return "disabled"
        if self._role == "rail":
            return "on_accent_soft" if self.isChecked() else "text"
        return {"primary": "on_accent", "danger": "bad"}.get(self._role, "on_accent_soft")

    def _hint_token(self) -> str:
        if not self.isEnabled():
            return "disabled"
        return "on_accent_muted" if self._role == "primary" else "muted"

    def _name_font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(15 if self._role == "primary" else Theme.current().size("body"))
        font.setBold(self._role not in ("quiet", "rail") or self.isChecked())
        return font

    def _hint_font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(Theme.current().size("small"))
        font.setBold(False)
        return font

    def _name_width(self) -> int:
        font = self._name_font()
        if self._role == "rail":
            font.setBold(True)
        return QFontMetrics(font).horizontalAdvance(self.text())

    def _retranslate(self) -> None:
        # An ampersand in a name would be taken for a mnemonic; names here have none.
        self.setText(say(phrase("kit.busy")) if self._busy else say(self._words))
        self.setAccessibleName(self.text())
        if self._role == "rail":
            self.setToolTip(self.text())
        self.updateGeometry()


class PrimaryButton(Button):
    """The main act of a screen. The form presses it by Enter after the last field."""

    def __init__(self, words: Say, key: str = "", *, hint: Say = "", parent: QWidget | None = None) -> None:
        super().__init__(words, key, hint=hint, role="primary", parent=parent)


class PillButton(QPushButton):
    """A state pill that opens something (the queue behind the line's state)."""

    def __init__(self, words: Say, state: str = "neutral", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.setProperty("role", "pill")
        self.setProperty("state", state)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        follow(self, self._retranslate)

    def show_state(self, words: Say, state: str) -> None:
        """Show another state."""
        self._words = words
        dress(self, state=state)
        self._retranslate()

    def _retranslate(self) -> None:
        self.setText(say(self._words))
        self.setAccessibleName(self.text())
