"""Columns of what is not finished, and of the centre's acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.gui.kit.named import desk_words
from azpost_desk.gui.kit.tables import Column
from azpost_desk.gui.kit.words import Say, language, phrase, plain
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


def about_words(one: Unfinished) -> Say:
    """Whom or what a step is about: a desk and a paper by their names."""
    if one.paper:
        paper: Say = phrase(f"history.screen.paper.{one.paper}")
        return phrase("frame.queue.numbered", paper=paper, number=one.about) if one.about else paper
    return desk_words(one.about) if one.sort == "remittance" else plain(one.about)


def state_of(one: Unfinished) -> State:
    """Red for what is owed or overdue, amber for what is on its way."""
    return "bad" if one.overdue else "warn"


def open_columns(now_ms: Callable[[], int]) -> list[Column[Unfinished]]:
    """What, about, amount, age, state, and what the outside says."""
    key = "recovery.screen.column."
    return [
        Column(f"{key}what", lambda one: phrase(f"recovery.sort.{one.sort}"), 168),
        Column(f"{key}about", about_words),
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
    """When, what, who, why."""
    key = "recovery.screen.column."
    return [
        Column(f"{key}time", lambda one: language().texts.moment(one.at_ms), 142),
        Column(f"{key}act", lambda one: phrase(f"recovery.act.{one.act}"), 230),
        Column(f"{key}who", lambda one: one.who, 120),
        Column(f"{key}why", lambda one: one.why),
    ]
