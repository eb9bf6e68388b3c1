"""A place to sign on the screen: takes the strokes of a pen, finger or mouse and draws them as ink.

The ink is black on white in every theme: what is kept looks as it did to whoever signed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygon
from PySide6.QtWidgets import QWidget

from azpost_desk.domain.mail.proof import POINTS_MAX, Signature
from azpost_desk.gui.kit.words import Say, follow, say
from azpost_desk.gui.work.guards import guarded

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent

_SIZE: Final = QSize(360, 140)
_INK_PX: Final = 3


class SignaturePad(QWidget):
    """Signed with a pen, a finger or the mouse; Delete or Backspace begins anew.

    Signals:
        changed(): a stroke was ended, or all were taken away.
    """

    changed = Signal()

    def __init__(self, words: Say, width_px: int = _SIZE.width()) -> None:
        super().__init__()
        self.setProperty("role", "signature")
        self.setFixedSize(width_px, _SIZE.height())
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._strokes: list[list[QPoint]] = []
        self._is_down = False
        follow(self, lambda: self.setAccessibleName(say(words)))

    def signature(self) -> Signature | None:
        """What stands here; None when nobody has signed."""
        strokes = tuple(
            tuple(side for point in stroke for side in (point.x(), point.y()))
            for stroke in self._strokes
            if len(stroke) > 1
        )
        return Signature(self.width(), self.height(), strokes) if strokes else None

    def restore(self, signature: Signature) -> None:
        """Show what was drawn before: nobody signs again because of a slip elsewhere."""
        self._strokes = [
            [QPoint(x, y) for x, y in zip(stroke[::2], stroke[1::2], strict=True)]
            for stroke in signature.strokes
        ]
        self.update()
        self.changed.emit()

    def clear(self) -> None:
        """Take every stroke away."""
        self._strokes.clear()
        self._is_down = False
        self.update()
        self.changed.emit()

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A stroke begins."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._is_down = True
            self._strokes.append([])
            self._add(event.position().toPoint())

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """It goes on."""
        if self._is_down:
            self._add(event.position().toPoint())

    @guarded
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """It ends; a point alone is a dot."""
        if self._is_down:
            self._is_down = False
            self._add(event.position().toPoint(), ends=True)
            self.changed.emit()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete and Backspace begin anew; every other key is the form's."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.clear()
        else:
            super().keyPressEvent(event)

    @guarded
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ink."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(Qt.GlobalColor.white))
        painter.setPen(QPen(QColor(Qt.GlobalColor.gray), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.drawLine(12, self.height() - 28, self.width() - 12, self.height() - 28)
        _ink(painter, self._strokes)

    def _add(self, point: QPoint, *, ends: bool = False) -> None:
        stroke = self._strokes[-1]
        inside = QPoint(min(max(point.x(), 0), self.width() - 1), min(max(point.y(), 0), self.height() - 1))
        is_dot = ends and len(stroke) == 1
        if (is_dot or not stroke or stroke[-1] != inside) and self._points() < POINTS_MAX:
            stroke.append(inside)
        self.update()

    def _points(self) -> int:
        return sum(map(len, self._strokes))


def picture(signature: Signature) -> bytes:
    """A signature as PNG, black on white."""
    image = QImage(signature.width_px, signature.height_px, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    _ink(
        painter,
        [
            [QPoint(x, y) for x, y in zip(stroke[::2], stroke[1::2], strict=True)]
            for stroke in signature.strokes
        ],
    )
    painter.end()
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(content.data())


def _ink(painter: QPainter, strokes: list[list[QPoint]]) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(
        QPen(
            QColor(Qt.GlobalColor.black), _INK_PX, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap,
            Qt.PenJoinStyle.RoundJoin,
        )
    )  # fmt: skip
    for stroke in strokes:
        painter.drawPolyline(QPolygon(stroke))
