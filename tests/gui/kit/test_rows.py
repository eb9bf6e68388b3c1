"""Rows of a side panel: new ones stand at once where the old ones did, and the keyboard stops at none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.rows import FactRows
from azpost_desk.gui.kit.words import plain

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def seen(rows: FactRows) -> list[str]:
    return [one.text() for one in rows.findChildren(Label) if one.isVisibleTo(rows)]


def test_new_rows_take_the_place_of_the_old_at_once(qtbot: QtBot) -> None:
    rows = FactRows(4)
    qtbot.addWidget(rows.page)
    rows.page.resize(200, 120)
    rows.page.show()
    rows.show_rows([Label(plain("before"), "body"), Label(plain("also before"), "body")])
    assert seen(rows) == ["before", "also before"]
    rows.show_rows([Label(plain("after"), "body")])
    assert seen(rows) == ["after"]
    rows.show_rows(())
    assert seen(rows) == []
    assert rows.page.focusPolicy() == Qt.FocusPolicy.NoFocus
    rows.show_rows(Label(plain(f"row {number}"), "body") for number in range(40))
    qtbot.waitUntil(lambda: rows.page.verticalScrollBar().maximum() > 0)
    assert not rows.page.horizontalScrollBar().isVisible()
