"""Photos: a JPEG or PNG file that a person chose becomes a small bare JPEG; shown again as a picture.

The picture is decoded, drawn anew and encoded by us: what else the file held (place, camera, words) stays
behind. Slow: belongs off the main thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QPixmap

from azpost_desk.domain.mail.irregularities import FILE_BYTES_MAX, is_photo, picture_kind
from azpost_desk.domain.refusals import Refused
from azpost_desk.files import content_of
from azpost_desk.gui.kit.labels import Label

if TYPE_CHECKING:
    from pathlib import Path

# A torn corner or a broken seal is seen at this; each pair is the longer side and the quality tried in turn.
_TRIED: Final = ((1600, 75), (1280, 70), (1024, 65), (800, 60), (640, 50))
# Beyond this a file says sizes that no telephone takes, and decoding it would take the counter's memory.
_PIXELS_MAX: Final = 60_000_000


def photo_from(path: Path) -> bytes:
    """The photo in a file as it is kept.

    Raises:
        Refused: E-160 it cannot be opened, E-161 it is too large, E-162 it is no JPEG and no PNG, E-163 its
            picture cannot be read.
    """
    try:
        is_large = path.stat().st_size > FILE_BYTES_MAX
        content = b"" if is_large else content_of(path, FILE_BYTES_MAX)
    except (OSError, ValueError):
        raise Refused("E-160", field="photo") from None
    if is_large:
        raise Refused("E-161", field="photo", limit=FILE_BYTES_MAX // 1_000_000)
    return photo_of(content)


def photo_of(content: bytes) -> bytes:
    """The picture in these bytes as it is kept.

    Raises:
        Refused: E-162, E-163 as `photo_from`.
    """
    kind = picture_kind(content)
    if not kind:
        raise Refused("E-162", field="photo")
    image = _decoded(content, kind)
    for side_px, quality in _TRIED:
        written = _encoded(image, side_px, quality)
        if is_photo(written):
            return written
    raise Refused("E-163", field="photo")


class PhotoView(Label):
    """A kept photo at most as large as its place, read out by the words beside it."""

    def __init__(self, width_px: int, height_px: int) -> None:
        super().__init__("", "body")
        self._room = QSize(width_px, height_px)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def show_photo(self, content: bytes) -> None:
        """Show it."""
        picture = QPixmap()
        picture.loadFromData(content)
        kept = Qt.AspectRatioMode.KeepAspectRatio
        smooth = Qt.TransformationMode.SmoothTransformation
        ratio = self.devicePixelRatioF()
        fitted = picture.scaled(self._room * ratio, kept, smooth)
        fitted.setDevicePixelRatio(ratio)
        self.setPixmap(fitted)


def _decoded(content: bytes, kind: str) -> QImage:
    held = QByteArray(content)
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    # What its first bytes say and nothing else is tried: no other decoder is let near the file.
    reader = QImageReader(buffer, QByteArray(kind.lower().encode()))
    reader.setDecideFormatFromContent(False)
    reader.setAutoTransform(True)
    size = reader.size()
    if not size.isValid() or size.width() * size.height() > _PIXELS_MAX:
        raise Refused("E-163", field="photo")
    longest_px = _TRIED[0][0]
    if max(size.width(), size.height()) > longest_px:
        reader.setScaledSize(size.scaled(longest_px, longest_px, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        raise Refused("E-163", field="photo")
    return image


def _encoded(image: QImage, side_px: int, quality: int) -> bytes:
    """Drawn on a sheet of our own, which holds no words and no colour profile of the file."""
    size = image.size()
    if max(size.width(), size.height()) > side_px:
        size = size.scaled(side_px, side_px, Qt.AspectRatioMode.KeepAspectRatio)
    sheet = QImage(size.expandedTo(QSize(1, 1)), QImage.Format.Format_RGB32)
    sheet.fill(Qt.GlobalColor.white)
    painter = QPainter(sheet)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(sheet.rect(), image)
    painter.end()
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    sheet.save(buffer, "JPEG", quality)  # type: ignore[call-overload]
    return bytes(content.data())
