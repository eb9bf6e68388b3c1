"""Words on the screen: labels, pills of state, the big amount, rules and icons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QBoxLayout, QFrame, QLabel, QSizePolicy, QWidget

from azpost_desk.gui.kit.theme import Theme, dress, figures, follow_theme, pixmap
from azpost_desk.gui.kit.words import Say, follow, language, phrase, say
from azpost_desk.gui.work.guards import guarded

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from azpost_desk.domain.money import Money

State = Literal["good", "warn", "bad", "neutral"]
Role = Literal[
    "body",
    "title",
    "section",
    "strong",
    "small",
    "label",
    "hint",
    "caption",
    "muted",
    "big",
    "huge",
    "brand",
    "pill",
]
Tone = Literal["", "good", "warn", "bad", "accent", "muted"]


class Label(QLabel):
    """A sentence that follows the language.

    `role` is its size and weight: ``title`` of a screen, ``section`` of a card, ``label`` above a field,
    ``hint`` below it, ``body``, ``strong``, ``small``, ``muted``, ``big`` and ``huge`` for figures.
    """

    def __init__(
        self, words: Say = "", role: Role = "body", *, wrap: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._words = words
        self.setWordWrap(wrap)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        if role in ("big", "huge"):
            self.setFont(figures(Theme.current().size(role), bold=True))
        follow(self, self._retranslate)

    @property
    def words(self) -> Say:
        """What it says, whatever the language."""
        return self._words

    def say(self, words: Say, tone: Tone = "") -> None:
        """Say something else, in the colour of `tone`; the words must carry the meaning without it."""
        self._words = words
        dress(self, tone=tone)
        self._retranslate()

    def _retranslate(self) -> None:
        self.setText(say(self._words))


class DataLabel(Label):
    """Data (a name, a date) that may have less room than it needs: an ellipsis, the whole in the tooltip.

    Words are never cut like this; they wrap.
    """

    _LEAST_PX = 48

    @guarded
    def minimumSizeHint(self) -> QSize:
        """Room for the first letters."""
        whole = super().minimumSizeHint()
        return QSize(min(whole.width(), self._LEAST_PX), whole.height())

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        """The tooltip says what does not fit."""
        super().resizeEvent(event)
        self._explain()

    @guarded
    def paintEvent(self, _event: QPaintEvent) -> None:
        """The text, or as much of it as fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        fitting = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), self.alignment(), fitting)
        painter.end()

    def _retranslate(self) -> None:
        super()._retranslate()
        self._explain()

    def _explain(self) -> None:
        need = self.fontMetrics().horizontalAdvance(self.text())
        self.setToolTip(self.text() if need > self.width() else "")


class StatePill(Label):
    """A state in a word or two on its colour: ``good``, ``warn``, ``bad`` or ``neutral``."""

    def __init__(self, words: Say = "", state: State = "neutral", parent: QWidget | None = None) -> None:
        super().__init__(words, "pill", parent=parent)
        self.setProperty("state", state)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._hide_empty()

    def show_state(self, words: Say, state: State) -> None:
        """Show another state; without words the pill is hidden."""
        self.say(words)
        dress(self, state=state)
        self._hide_empty()

    @guarded
    def changeEvent(self, event: QEvent) -> None:
        """Without a parent it would be a window of its own: it shows itself once it stands somewhere."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ParentChange:
            self._hide_empty()

    def _hide_empty(self) -> None:
        if self.parentWidget() is not None:
            self.setVisible(bool(self._words))


class BigAmount(QWidget):
    """What the customer pays or gets: the largest thing on the screen, with its name to the left.

    `size` is ``huge`` for the sum to pay, ``big`` for change and fee, ``body`` for lesser lines.
    """

    def __init__(
        self,
        words: Say,
        amount: Money | None = None,
        size: Literal["huge", "big", "body"] = "huge",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name = Label(words, "body", wrap=True)
        self._figure = QLabel()
        self._figure.setProperty("role", size if size != "body" else "strong")
        self._figure.setFont(figures(Theme.current().size(size), bold=True))
        self._figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self._name, 1)
        self._row.addWidget(self._figure)
        self.amount = amount
        follow(self, self._retranslate)

    def show_amount(self, amount: Money | None, tone: Tone = "") -> None:
        """Show another amount; None leaves the place empty."""
        self.amount = amount
        dress(self._figure, tone=tone)
        self._retranslate()

    def say(self, words: Say, tone: Tone = "") -> None:
        """Call the amount something else."""
        self._name.say(words, tone)
        self._retranslate()

    def resize_figure(self, size: Literal["huge", "big"]) -> None:
        """Another size: beside a sum that matters more now this one steps back."""
        dress(self._figure, role=size)
        self._figure.setFont(figures(Theme.current().size(size), bold=True))
        self._retranslate()

    def text(self) -> str:
        """The amount as it is written."""
        return self._figure.text()

    def _retranslate(self) -> None:
        self._figure.setText(language().texts.money(self.amount) if self.amount is not None else "")
        self.setAccessibleName(f"{say(self._name.words)} {self._figure.text()}".strip())
        self._turn()

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        """A sum too long to stand beside its name stands below it: figures are never clipped."""
        super().resizeEvent(event)
        self._turn()

    @guarded
    def minimumSizeHint(self) -> QSize:
        """Room for the figure; the name gives way."""
        return QSize(self._figure.sizeHint().width(), super().minimumSizeHint().height())

    def _turn(self) -> None:
        name = QFontMetrics(self._name.font()).horizontalAdvance(self._name.text())
        beside = name + 12 + self._figure.sizeHint().width() <= self.width() or not self._figure.text()
        way = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if self._row.direction() is not way:
            self._row.setDirection(way)


class IconLabel(QLabel):
    """A Lucide icon in a colour of the theme; `words` is what it means, for those who cannot see it."""

    def __init__(
        self,
        name: str,
        token: str = "muted",
        size_px: int = 20,
        words: Say = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name, self._token, self._size_px = name, token, size_px
        if words:
            follow(self, lambda: self.setAccessibleName(say(words)))
        follow_theme(self, self._redraw)

    def show_icon(self, name: str, token: str) -> None:
        """Show another icon."""
        self._name, self._token = name, token
        self._redraw()

    def _redraw(self) -> None:
        self.setPixmap(pixmap(self._name, self._token, self._size_px))


def rule(strong: bool = False) -> QFrame:
    """A thin line between parts; `strong` above a sum."""
    line = QFrame()
    line.setProperty("role", "strong-rule" if strong else "rule")
    line.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return line


class ProgressLine(QWidget):
    """How far long work has come: what, how many of how many, and a bar. Hidden until `show_progress`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from PySide6.QtWidgets import QProgressBar, QVBoxLayout

        self._words = Label("", "small")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._words)
        column.addWidget(self._bar)
        self.hide()

    def show_progress(self, words: Say, at: int, of: int) -> None:
        """`at` of `of` are done; `of` 0 means that nobody knows how many."""
        self._bar.setRange(0, of)
        self._bar.setValue(at)
        self._words.say(phrase("kit.progress", what=say(words), at=at, of=of) if of else words)
        self._bar.setAccessibleName(self._words.text())
        self.show()

    def finish(self) -> None:
        """The work is done: go away."""
        self.hide()
