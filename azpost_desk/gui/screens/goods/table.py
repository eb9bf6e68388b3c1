"""Columns of the shelf."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.gui.kit.tables import Column
from azpost_desk.gui.kit.words import language

if TYPE_CHECKING:
    from azpost_desk.gui.screens.goods.form import Row


def shelf_columns() -> list[Column[Row]]:
    """The digit that picks it, what it is, its price, how many are left."""
    return [
        Column("goods.screen.digit", lambda row: str(row.position or ""), 48),
        Column("goods.screen.article", lambda row: row.name),
        Column("goods.screen.price", lambda row: language().texts.money(row.price), 120, align="right"),
        Column("goods.screen.left", lambda row: language().texts.number(row.left), 100, align="right"),
    ]
