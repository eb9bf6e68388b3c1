"""The columns of the history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.gui.kit.tables import Column
from azpost_desk.gui.kit.words import Say, language, phrase, plain, say
from azpost_desk.gui.screens.history.form import what

if TYPE_CHECKING:
    from azpost_desk.domain.money import Money
    from azpost_desk.gui.kit.labels import State
    from azpost_desk.services.history import Done

STATES: Final[dict[str, State]] = {"reversed": "warn", "partly": "warn", "reversal": "neutral"}


def columns() -> list[Column[Done]]:
    """Time, receipt, what, in, out, officer, state."""
    key = "history.screen.column."
    return [
        Column(f"{key}time", lambda one: language().texts.time(one.at_ms), 66),
        Column(f"{key}receipt", lambda one: one.receipt, 108),
        Column(f"{key}what", what_words),
        Column(f"{key}in", lambda one: _amount(one.into), 92, "right"),
        Column(f"{key}out", lambda one: _amount(one.out), 92, "right"),
        Column(f"{key}officer", lambda one: plain(one.officer), 112),
        Column(
            f"{key}state", lambda one: state_words(one.state), 100, state=lambda one: STATES.get(one.state)
        ),
    ]


def what_words(done: Done) -> Say:
    """``Transfer: Quliyeva Leyla +2``."""
    key, more = what(done)
    words: Say = phrase("history.screen.what", what=phrase(key), about=done.about) if done.about else key
    return plain(f"{say(words)} +{more}" if more else say(words))


def state_words(state: str) -> Say:
    """What a state is called; nothing for what simply stands."""
    return phrase(f"history.screen.state.{state}") if state else ""


def _amount(amount: Money | None) -> str:
    return language().texts.amount(amount) if amount else ""
