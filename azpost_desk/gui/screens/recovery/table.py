"""Columns of what is not finished, and of the centre's acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.gui.kit.tables import Column
from azpost_desk.gui.kit.words import Say, language, phrase
from azpost_desk.gui.screens.recovery.form import days_old

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.gui.kit.labels import State
    from azpost_desk.services.recovery import Unfinished
    from azpost_desk.services.views_recovery import CentreAct


def age_words(since_ms: int, now_ms: int) -> Say:
    """How long it has been so."""
    unit, number = days_old(since_ms, now_ms)
    return phrase(f"recovery.screen.age.{unit}", count=number)


def state_of(one: Unfinished) -> State:
    """Red for what is owed or overdue, amber for what is on its way."""
    return "bad" if one.overdue else "warn"


def open_columns(now_ms: Callable[[], int]) -> list[Column[Unfinished]]:
    """What, about, amount, age, state, and what the outside says."""
    key = "recovery.screen.column."
    return [
        Column(f"{key}what", lambda one: phrase(f"recovery.sort.{one.sort}"), 168),
        Column(f"{key}about", lambda one: one.about),
        Column(
            f"{key}amount",
            lambda one: language().texts.money(one.amount) if one.amount is not None else "",
            104,
            "right",
        ),
        Column(f"{key}age", lambda one: age_words(one.since_ms, now_ms()), 88),
        Column(f"{key}state", lambda one: phrase(f"recovery.state.{one.state}"), 206, state=state_of),
    ]


def act_columns() -> list[Column[CentreAct]]:
    """When, what, about, who, why."""
    key = "recovery.screen.column."
    return [
        Column(f"{key}time", lambda one: language().texts.moment(one.at_ms), 142),
        Column(f"{key}act", lambda one: phrase(f"recovery.act.{one.act}"), 230),
        Column(f"{key}about", lambda one: one.about[:24], 150),
        Column(f"{key}who", lambda one: one.who, 120),
        Column(f"{key}why", lambda one: one.why),
    ]
