"""Columns of what a search of all years found, and of an officer's differences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.gui.kit.tables import Column
from azpost_desk.gui.kit.words import Say, language, phrase, plain
from azpost_desk.gui.screens.history.table import STATES, state_words, what_words
from azpost_desk.services.history import kinds

if TYPE_CHECKING:
    from azpost_desk.domain.money import Money
    from azpost_desk.services.searching import FoundDone, Moved


def found_columns() -> list[Column[FoundDone]]:
    """Day, time, receipt, what, how much (out with its minus), state; who is shown when it is opened."""
    key = "history.screen.column."
    return [
        Column("records.column.day", lambda one: language().texts.date(one.date) if one.date else "", 100),
        Column(f"{key}time", lambda one: language().texts.time(one.done.at_ms), 60),
        Column(f"{key}receipt", lambda one: one.done.receipt, 108),
        Column(f"{key}what", lambda one: what_words(one.done)),
        Column("records.column.amount", _moved, 108, "right"),
        Column(
            f"{key}state",
            lambda one: state_words(one.done.state),
            110,
            state=lambda one: STATES.get(one.done.state),
        ),
    ]


def moved_columns() -> list[Column[Moved]]:
    """Day, what, counted, expected, surplus, shortage, what stands after it."""
    key = "records.column."
    return [
        Column(f"{key}day", lambda one: language().texts.date(one.date) if one.date else "", 100),
        Column(f"{key}what", _sort),
        Column(f"{key}counted", lambda one: _amount(one.counted), 110, "right"),
        Column(f"{key}expected", lambda one: _amount(one.expected), 110, "right"),
        Column(f"{key}surplus", lambda one: _amount(one.surplus), 100, "right"),
        Column(f"{key}shortage", lambda one: _amount(one.shortage), 100, "right"),
        Column(f"{key}balance", lambda one: language().texts.amount(one.balance), 110, "right"),
    ]


def _moved(one: FoundDone) -> str:
    texts = language().texts
    done = one.done
    return texts.amount(-done.out) if done.out else texts.amount(done.into) if done.into else ""


def _sort(one: Moved) -> Say:
    sort = kinds().get(one.sort)
    return phrase(f"history.screen.sort.{sort}") if sort else plain(one.sort)


def _amount(amount: Money | None) -> str:
    return language().texts.amount(amount) if amount else ""
