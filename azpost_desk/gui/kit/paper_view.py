"""A paper looked at before or after it is printed: PDF bytes, page under page, as wide as there is room."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtPdf import QPdfDocument, QPdfPageRenderer
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.gui.kit.words import Say, follow, say


class PaperView(QWidget):
    """Shows one paper; nothing of it is written anywhere. `name` is what a screen reader calls it.

    Attributes:
        pages: the paper shown, empty before the first.
    """

    def __init__(self, name: Say, parent: QWidget) -> None:
        super().__init__(parent)
        # Children go in the order they came: the paper before what it is read from, and before its view.
        self.pages = QPdfDocument(self)
        self._buffer = QBuffer(self)
        view = QPdfView(self)
        view.setPageMode(QPdfView.PageMode.MultiPage)
        view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        view.setDocument(self.pages)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(view)
        self.setFocusProxy(view)
        self._is_drawn = True
        # The view draws beside the window's thread, a moment after it was asked to paint.
        drawing = view.findChild(QPdfPageRenderer)
        if drawing is None:
            raise RuntimeError("this Qt draws the pages of a view in a way nobody here knows")
        drawing.pageRendered.connect(self._on_drawn)
        follow(view, lambda: view.setAccessibleName(say(name)))

    def is_drawn(self) -> bool:
        """Whether the paper is seen, or there is none: until then its place is grey."""
        return self._is_drawn

    def _on_drawn(self, *_page: object) -> None:
        self._is_drawn = True

    def show_content(self, content: bytes) -> None:
        """Show these bytes instead; none is an empty place."""
        self.pages.close()
        self._buffer.close()
        self._is_drawn = not content
        if not content:
            return
        self._buffer.setData(QByteArray(content))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self.pages.load(self._buffer)
