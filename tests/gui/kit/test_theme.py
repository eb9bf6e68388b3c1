"""The promises of the tokens: contrast, the grid, figures of one width, one sheet per theme."""

from __future__ import annotations

import re
from string import Template
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QColor, QFontMetrics, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from azpost_desk import places
from azpost_desk.gui.kit import theme
from azpost_desk.gui.kit.labels import IconLabel
from azpost_desk.gui.kit.theme import THEMES, Theme, figures, icon, pixmap, sheet, tokens

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

if TYPE_CHECKING:
    from PySide6.QtCore import QByteArray
    from PySide6.QtWidgets import QApplication

PAIRS = [tuple(pair) for pair in tokens()["pairs"]["on"]]


def luminance(colour: str) -> float:
    """Relative luminance after WCAG 2."""
    parts = [channel / 255 for channel in QColor(colour).getRgb()[:3]]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(theme_name: str, front: str, back: str) -> float:
    colours = tokens()[theme_name]
    light, dark = sorted((luminance(colours[front]), luminance(colours[back])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize(("front", "back"), PAIRS)
def test_every_pair_of_words_and_ground_reads_well(name: str, front: str, back: str) -> None:
    assert contrast(name, front, back) >= 4.5


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize(("front", "back"), [tuple(pair) for pair in tokens()["pairs"]["edge"]])
def test_where_the_focus_is_can_be_seen(name: str, front: str, back: str) -> None:
    assert contrast(name, front, back) >= 3


def test_all_themes_have_the_same_tokens() -> None:
    assert len({frozenset(tokens()[name]) for name in THEMES}) == 1


@pytest.mark.parametrize("name", THEMES)
def test_the_sheet_has_every_token_and_no_colour_of_its_own(name: str) -> None:
    assert "$" not in sheet(name)
    for template in places.themes().glob("*.qss"):
        text = re.sub(r"/\*.*?\*/", "", template.read_text("utf-8"), flags=re.DOTALL)
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b", text), f"{template.name} names a colour"
        assert set(Template(text).get_identifiers()) <= set(tokens()[name]) | set(tokens()["size"])


def test_spaces_lie_on_the_grid() -> None:
    half = tokens()["size"]["unit"] // 2
    assert [gap % half for gap in (theme.GAP_SMALL, theme.GAP, theme.GAP_WIDE, theme.MARGIN)] == [0] * 4


def test_what_a_finger_touches_is_large_enough() -> None:
    assert tokens()["size"]["control"] >= 36


@pytest.mark.parametrize("bold", [False, True])
def test_figures_have_one_width_and_the_manat_is_there(bold: bool) -> None:
    metrics = QFontMetrics(figures(14, bold))
    assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1
    assert all(metrics.inFontUcs4(ord(char)) for char in "₼əƏğĞıİöşçüЯ→·-")


def test_the_theme_changes_live(qapp: QApplication, qtbot: QtBot) -> None:
    shown = IconLabel("check", "text")
    qtbot.addWidget(shown)
    before = shown.pixmap().toImage()
    Theme.apply(qapp, "dark")
    assert shown.pixmap().toImage() != before
    assert shown.styleSheet() == sheet("dark")
    Theme.apply(qapp, "light")
    assert shown.pixmap().toImage() == before


@pytest.mark.parametrize("path", sorted(places.icons().glob("*.svg")), ids=lambda path: path.stem)
def test_every_icon_is_drawn_in_the_colour_asked_for(path: Path) -> None:
    image = pixmap(path.stem, "accent").toImage()
    accent = Theme.current().color("accent")
    inked = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    assert any(colour.alpha() > 200 and colour.rgb() == accent.rgb() for colour in inked)
    assert not icon(path.stem).isNull()


def test_an_icon_is_drawn_once_in_each_colour_and_stays_as_it_was_drawn(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[object] = []

    class Counted(QSvgRenderer):
        def __init__(self, content: QByteArray) -> None:
            super().__init__(content)
            drawn.append(content)

    monkeypatch.setattr(theme, "QSvgRenderer", Counted)
    QPixmapCache.clear()
    first = pixmap("search", "accent")
    as_drawn = first.toImage()
    first.fill(QColor("red"))
    second = pixmap("search", "accent")
    assert second.toImage() == as_drawn
    assert second.devicePixelRatio() == 2.0
    assert len(drawn) == 1
    assert pixmap("search", "bad").toImage() != as_drawn
    assert pixmap("search", "accent", 24).toImage().size() != as_drawn.size()
    assert len(drawn) == 3
