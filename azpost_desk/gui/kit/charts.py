"""Charts drawn by hand: stacked bars by hour or service, and the timeline of an item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from azpost_desk.gui.kit.theme import Theme, figures, follow_theme
from azpost_desk.gui.kit.words import Say, follow, phrase, say
from azpost_desk.gui.work.guards import guarded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from azpost_desk.gui.kit.labels import State


_SERIES: Final = ("series_1", "series_2", "series_3", "series_4")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label below and one value per series, in the order of the series; none negative."""

    label: Say
    values: tuple[int, ...]


class BarChart(QWidget):
    """Stacked bars with their sums above and the names of the series in a legend.

    The table beside it shows the same figures; a screen reader gets them in the description.
    `written` writes a value (a count, or an amount by `texts.amount`).
    """

    def __init__(
        self, words: Say, written: Callable[[int], str] = str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._words, self._written = words, written
        self._series: tuple[Say, ...] = ()
        self._bars: tuple[Bar, ...] = ()
        self.setMinimumHeight(120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        follow(self, self._describe)
        follow_theme(self, self.update)

    def show_bars(self, series: Sequence[Say], bars: Sequence[Bar]) -> None:
        """Show these; at most four series."""
        if len(series) > len(_SERIES) or any(len(bar.values) != len(series) for bar in bars):
            raise ValueError("one value per series, at most four")
        self._series, self._bars = tuple(series), tuple(bars)
        self._describe()

    @guarded
    def sizeHint(self) -> QSize:
        """Qt."""
        return QSize(480, 136)

    @guarded
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = Theme.current()
        painter.setFont(figures(11))
        highest = max((sum(bar.values) for bar in self._bars), default=0)
        if not highest:
            painter.setPen(theme.color("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, say("kit.chart.empty"))
            painter.end()
            return
        self._paint_legend(painter)
        slot = self.width() / len(self._bars)
        floor = self.height() - 20
        room = floor - 40
        for at, bar in enumerate(self._bars):
            left = at * slot + min(4, slot / 8)
            width = slot - 2 * min(4, slot / 8)
            top = self._paint_bar(painter, bar, QRectF(left, floor - room, width, room), highest)
            painter.setPen(theme.color("muted"))
            below = QRectF(at * slot, floor + 3, slot, 17)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self._fitting(say(bar.label), slot))
            if total := sum(bar.values):
                above = QRectF(at * slot, top - 16, slot, 14)
                painter.drawText(
                    above, Qt.AlignmentFlag.AlignCenter, self._fitting(self._written(total), slot)
                )
        painter.setPen(theme.color("line_strong"))
        painter.drawLine(QPointF(0, floor + 0.5), QPointF(self.width(), floor + 0.5))
        painter.end()

    def _paint_bar(self, painter: QPainter, bar: Bar, room: QRectF, highest: int) -> float:
        """The parts from the floor up; returns the top edge."""
        top = room.bottom()
        for at, value in enumerate(bar.values):
            height = room.height() * value / highest
            if height:
                painter.fillRect(
                    QRectF(room.left(), top - height, room.width(), height),
                    Theme.current().color(_SERIES[at]),
                )
            top -= height
            if height > 2:
                # A thin gap tells the parts apart without colour.
                painter.fillRect(QRectF(room.left(), top, room.width(), 1), Theme.current().color("surface"))
        return top

    def _paint_legend(self, painter: QPainter) -> None:
        if len(self._series) < 2:
            return
        theme = Theme.current()
        metrics = QFontMetrics(painter.font())
        left = 0
        for token, words in zip(_SERIES, self._series, strict=False):
            painter.fillRect(QRect(left, 4, 10, 10), theme.color(token))
            painter.setPen(theme.color("muted"))
            width = metrics.horizontalAdvance(say(words))
            painter.drawText(QRect(left + 15, 0, width + 4, 18), Qt.AlignmentFlag.AlignVCenter, say(words))
            left += width + 32

    def _fitting(self, text: str, width: float) -> str:
        metrics = QFontMetrics(figures(11))
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(width))

    def _describe(self) -> None:
        self.setAccessibleName(say(self._words))
        rows = []
        for bar in self._bars:
            parts = (
                say(phrase("kit.chart.part", series=say(name), value=self._written(value)))
                for name, value in zip(self._series, bar.values, strict=True)
            )
            rows.append(say(phrase("kit.chart.row", label=say(bar.label), values=", ".join(parts))))
        self.setAccessibleDescription("; ".join(rows) or say("kit.chart.empty"))
        self.setToolTip("\n".join(rows))
        self.update()


@dataclass(frozen=True, slots=True)
class Step:
    """One event of an item: what, where and when (already written), and how it stands."""

    title: Say
    detail: Say = ""
    when: str = ""
    state: State = "neutral"


class Timeline(QWidget):
    """Events of an item, newest first, on a line; the newest is filled."""

    _ROW = 48

    def __init__(self, words: Say, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._steps: tuple[Step, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        follow(self, self._describe)
        follow_theme(self, self.update)

    def show_steps(self, steps: Sequence[Step]) -> None:
        """Show these, newest first."""
        self._steps = tuple(steps)
        self.setMinimumHeight(len(self._steps) * self._ROW)
        self._describe()

    @guarded
    def sizeHint(self) -> QSize:
        """Qt."""
        return QSize(280, max(1, len(self._steps)) * self._ROW)

    @guarded
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for at, step in enumerate(self._steps):
            self._paint_step(painter, at, step)
        painter.end()

    def _paint_step(self, painter: QPainter, at: int, step: Step) -> None:
        theme = Theme.current()
        top, newest = at * self._ROW, at == 0
        centre = QPointF(10, top + 12)
        if at + 1 < len(self._steps):
            painter.setPen(QPen(theme.color("line_strong"), 2))
            painter.drawLine(QPointF(10, top + 19), QPointF(10, top + self._ROW + 5))
        tone = theme.color("accent" if step.state == "neutral" else step.state)
        painter.setPen(QPen(tone, 2))
        painter.setBrush(tone if newest else theme.color("surface"))
        painter.drawEllipse(centre, 6, 6)
        painter.setFont(figures(12))
        when_width = QFontMetrics(painter.font()).horizontalAdvance(step.when) + 4
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(theme.color("muted"))
        when = QRect(self.width() - when_width, top, when_width, 24)
        painter.drawText(when, middle | Qt.AlignmentFlag.AlignRight, step.when)
        below = QRect(28, top + 22, self.width() - 28, 18)
        painter.drawText(below, middle, self._fitting(painter, say(step.detail), below.width()))
        painter.setFont(figures(theme.size("body"), bold=newest))
        painter.setPen(theme.color("text"))
        title = QRect(28, top, self.width() - 36 - when_width, 24)
        painter.drawText(title, middle, self._fitting(painter, say(step.title), title.width()))

    @staticmethod
    def _fitting(painter: QPainter, text: str, width: int) -> str:
        return QFontMetrics(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, width)

    def _describe(self) -> None:
        self.setAccessibleName(say(self._words))
        lines = (f"{step.when} {say(step.title)} {say(step.detail)}".strip() for step in self._steps)
        self.setAccessibleDescription("; ".join(lines))
        self.update()
