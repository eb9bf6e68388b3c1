"""Colours, spaces, fonts and icons from one file of tokens; the only place that sets a style sheet."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from string import Template
from typing import TYPE_CHECKING, ClassVar, Final
from weakref import WeakSet

import shiboken6
from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPalette, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from azpost_desk import places

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication, QWidget

THEMES: Final = ("light", "dark", "contrast")
FAMILY: Final = "Noto Sans"

# The grid of every screen, px: margins and gaps are one of these.
GAP_SMALL: Final = 4
GAP: Final = 8
GAP_WIDE: Final = 16
MARGIN: Final = 24


@lru_cache(maxsize=1)
def tokens() -> dict[str, dict[str, object]]:
    """The tokens as they stand in ``resources/themes/tokens.toml``."""
    with (places.themes() / "tokens.toml").open("rb") as file:
        return tomllib.load(file)


@lru_cache(maxsize=1)
def load_fonts() -> None:
    """Make our own Noto Sans known to Qt; the common fonts of Windows have no ₼."""
    for path in sorted((places.fonts()).glob("*.ttf")):
        if QFontDatabase.addApplicationFont(str(path)) < 0:
            raise RuntimeError(f"the font {path.name} cannot be read")


def figures(size_px: int, bold: bool = False) -> QFont:
    """The face for amounts and numbers: figures of one width, so that columns of money line up."""
    font = QFont(FAMILY)
    font.setPixelSize(size_px)
    font.setBold(bold)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


class Theme(QObject):
    """The theme in force.

    Signals:
        changed(): another theme is in force; painters repaint, icons are drawn again.
    """

    changed = Signal()
    _current: ClassVar[Theme | None] = None

    def __init__(self, name: str = "light", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self._windows: WeakSet[QWidget] = WeakSet()

    @classmethod
    def current(cls) -> Theme:
        """The window's one theme."""
        if cls._current is None or not shiboken6.isValid(cls._current):
            cls._current = Theme()
        return cls._current

    @classmethod
    def apply(cls, app: QApplication, name: str = "light") -> Theme:
        """Dress the whole program in ``light``, ``dark`` or ``contrast``; live, as often as wanted."""
        load_fonts()
        theme = cls.current()
        theme.name = name
        font = QFont(FAMILY)
        font.setPixelSize(theme.size("body"))
        app.setStyle("Fusion")
        app.setFont(font)
        app.setPalette(theme._palette())
        for window in [one for one in theme._windows if shiboken6.isValid(one)]:
            window.setStyleSheet(sheet(name))
        theme.changed.emit()
        return theme

    def clothe(self, window: QWidget) -> None:
        """Give a window, built or not, the style sheet of this theme and of every later one.

        A sheet of the whole application would be asked again for every widget each time one of those around
        it finds its place: a screen took 380 ms to build that takes 160 so.
        """
        self._windows.add(window)
        if window.styleSheet() != sheet(self.name):
            window.setStyleSheet(sheet(self.name))

    def color(self, token: str) -> QColor:
        """A colour by its token, e.g. ``accent`` or ``good_soft``."""
        return QColor(str(tokens()[self.name][token]))

    def size(self, token: str) -> int:
        """A size in px by its token, e.g. ``body`` or ``control``."""
        value = tokens()["size"][token]
        assert isinstance(value, int)
        return value

    def _palette(self) -> QPalette:
        palette = QPalette()
        roles = QPalette.ColorRole
        for role, token in {
            roles.Window: "ground",
            roles.WindowText: "text",
            roles.Base: "surface",
            roles.Text: "text",
            roles.AlternateBase: "sunken",
            roles.Button: "surface",
            roles.ButtonText: "text",
            roles.Highlight: "accent",
            roles.HighlightedText: "on_accent",
            roles.ToolTipBase: "surface",
            roles.ToolTipText: "text",
            roles.PlaceholderText: "muted",
            roles.Mid: "line",
            roles.Link: "on_accent_soft",
            roles.Accent: "accent",
        }.items():
            palette.setColor(role, self.color(token))
        for role in (roles.WindowText, roles.Text, roles.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.color("disabled"))
        return palette


@lru_cache(maxsize=len(THEMES))
def sheet(name: str) -> str:
    """The style sheet of a theme: the numbered templates filled in. An unknown token is a KeyError."""
    values = {key: str(value) for key, value in tokens()[name].items()}
    values |= {key: str(value) for key, value in tokens()["size"].items()}
    templates = sorted((places.themes()).glob("[0-9]*.qss"))
    text = "\n".join(template.read_text("utf-8") for template in templates)
    # A comment may name a token without meaning it.
    return Template(re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)).substitute(values)


def dress(widget: QWidget, **properties: str | bool) -> None:
    """Set style properties (``role="primary"``, ``state="bad"``) and let the style sheet see them at once."""
    if all(widget.property(name) == value for name, value in properties.items()):
        return
    for name, value in properties.items():
        widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


def follow_theme(owner: QObject, redraw: Callable[[], None]) -> None:
    """Call `redraw` now and whenever the theme changes, as long as `owner` lives."""
    current = Theme.current()

    def again() -> None:
        if shiboken6.isValid(owner):
            redraw()

    def forget() -> None:
        if shiboken6.isValid(current):
            current.changed.disconnect(again)

    current.changed.connect(again)
    owner.destroyed.connect(forget)
    redraw()


@cache
def _svg(name: str) -> str:
    return (places.icons() / f"{name}.svg").read_text("utf-8")


def pixmap(name: str, token: str = "text", size_px: int = 20, ratio: float = 2.0) -> QPixmap:
    """A Lucide icon drawn in a colour of the theme in force, sharp up to `ratio` device pixels per px."""
    colour = Theme.current().color(token).name()
    # A button asks for its icon whenever it is painted; Qt keeps what was drawn, as long as it has room.
    known = f"azpost {name} {colour} {size_px} {ratio}"
    kept = QPixmap()
    if QPixmapCache.find(known, kept):
        return kept
    renderer = QSvgRenderer(QByteArray(_svg(name).replace("currentColor", colour).encode()))
    picture = QPixmap(QSize(round(size_px * ratio), round(size_px * ratio)))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(picture.rect()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    QPixmapCache.insert(known, picture)
    return picture


def icon(name: str, token: str = "text", size_px: int = 20) -> QIcon:
    """A Lucide icon in the colour `token` (greyed when disabled). Draw it again when the theme changes."""
    result = QIcon(pixmap(name, token, size_px))
    result.addPixmap(pixmap(name, "disabled", size_px), QIcon.Mode.Disabled)
    return result
