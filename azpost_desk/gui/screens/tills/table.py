"""Columns of the cash announced to this desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.gui.kit.tables import Column
from azpost_desk.gui.kit.words import language

if TYPE_CHECKING:
    from azpost_desk.services.views import Remittance


def awaited_columns() -> list[Column[Remittance]]:
    """When it was handed out, by which desk, how much."""
    return [
        Column("tills.screen.awaited.at", lambda one: language().texts.moment(one.at_ms), 150),
        Column("tills.screen.awaited.desk", lambda one: one.from_desk),
        Column(
            "tills.screen.awaited.amount", lambda one: language().texts.money(one.amount), 150, align="right"
        ),
    ]
