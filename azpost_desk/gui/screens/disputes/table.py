"""Columns of the disputes and cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.money import Money
from azpost_desk.gui.kit.named import case_words
from azpost_desk.gui.kit.tables import Column
from azpost_desk.gui.kit.words import Say, language, phrase

if TYPE_CHECKING:
    from azpost_desk.gui.kit.labels import State
    from azpost_desk.gui.screens.disputes.form import Row, Standing

STATES: Final[dict[Standing, State]] = {
    "open": "warn",
    "overdue": "bad",
    "answered": "good",
    "escalated": "warn",
    "closed": "neutral",
    "case": "warn",
}


def dispute_columns() -> list[Column[Row]]:
    """Number, what, its value, how it stands, until when, how old."""
    key = "disputes.screen.column."
    return [
        Column(f"{key}number", lambda row: row.number, 132),
        Column(f"{key}what", what_words),
        Column(f"{key}value", value_words, 104, align="right"),
        Column(f"{key}state", lambda row: standing_words(row), 140, state=lambda row: STATES[row.standing]),
        Column(f"{key}due", lambda row: language().texts.date(row.due) if row.due else "", 112),
        Column(f"{key}age", lambda row: language().texts.number(row.age_days), 60, align="right"),
    ]


def what_words(row: Row) -> Say:
    """The disputed figure, or what the program found: its pill says that it is a case."""
    if row.what:
        return phrase(f"dispute.figure.{row.what}")
    return case_words(row.reason)


def value_words(row: Row) -> str:
    """The figure as the books said it."""
    texts = language().texts
    if row.value is None:
        return ""
    if not isinstance(row.value, Money):
        return texts.number(row.value)
    # A count may stand above it in this very column: a sum says that it is one.
    return texts.money(row.value)


def standing_words(row: Row) -> Say:
    """How it stands, in a pill."""
    return phrase(f"disputes.screen.standing.{row.standing}")
