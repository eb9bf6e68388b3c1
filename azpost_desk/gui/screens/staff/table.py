"""Columns of the officers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.gui.kit.tables import Column
from azpost_desk.gui.kit.words import language, phrase

if TYPE_CHECKING:
    from azpost_desk.gui.kit.labels import State
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.gui.screens.staff.form import Row, Standing

_STATES: Final[dict[Standing, State]] = {"works": "good", "wrong": "warn", "locked": "bad"}


def officer_columns() -> list[Column[Row]]:
    """Number, name, role, and whether they can sign in."""
    return [
        Column("staff.screen.officer", lambda row: row.officer, 110),
        Column("staff.screen.name", lambda row: row.name),
        Column("staff.screen.role", lambda row: phrase(f"staff.role.{row.role}"), 170),
        Column("staff.screen.standing", _standing, 250, state=lambda row: _STATES[row.standing]),
    ]


def _standing(row: Row) -> Say:
    if row.standing == "locked":
        return phrase("staff.screen.standing.locked", time=language().texts.time(row.locked_until_ms))
    if row.standing == "wrong":
        return phrase("staff.screen.standing.wrong", tries=row.wrong_tries)
    return phrase("staff.screen.standing.works")
