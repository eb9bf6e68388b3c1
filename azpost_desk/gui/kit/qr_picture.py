"""A QR code on the screen: takes a text, paints its modules black on white, whole pixels, in every theme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from azpost_desk.documents import qr
from azpost_desk.gui.work.guards import guarded

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

_MODULE_PX_MIN: Final = 3


class QrPicture(QWidget):
    """As wide as it is told, as high; a telephone reads it whatever the colours around it are."""

    def __init__(self, width_px: int) -> None:
        super().__init__()
        self._modules: qr.Matrix = ()
        self._width_px = width_px
        self.setFixedSize(width_px, width_px)
        self.hide()

    def show_text(self, text: str) -> None:
        """Paint this text; nothing for none."""
        self._modules = qr.matrix(text) if text else ()
        self.setVisible(bool(text))
        self.update()

    @property
    def is_readable(self) -> bool:
        """Whether a module is wide enough for a telephone held over the counter."""
        return self._module_px() >= _MODULE_PX_MIN

    def _module_px(self) -> int:
        return self._width_px // (len(self._modules) + 2 * qr.QUIET) if self._modules else 0

    @guarded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(Qt.GlobalColor.white))
        side = self._module_px()
        start = (self._width_px - side * len(self._modules)) // 2
        for y, row in enumerate(self._modules):
            for x, is_dark in enumerate(row):
                if is_dark:
                    at = QRect(start + x * side, start + y * side, side, side)
                    painter.fillRect(at, QColor(Qt.GlobalColor.black))
