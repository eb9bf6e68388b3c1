"""The columns of the rounds and of the items of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.item_numbers import printed_item_number
from azpost_desk.gui.kit.tables import Column
from azpost_desk.gui.kit.words import language, phrase, plain

if TYPE_CHECKING:
    from azpost_desk.gui.kit.labels import State
    from azpost_desk.gui.screens.rounds.form import ItemOfRound
    from azpost_desk.services.rounds import RoundNow

_STATES: Final[dict[str, State]] = {"": "neutral", "planned": "neutral", "delivered": "good", "lost": "bad"}


def round_columns() -> list[Column[RoundNow]]:
    """Who, where it stands, how many, since when."""
    return [
        Column("rounds.screen.column.courier", lambda one: plain(one.courier), 220),
        Column(
            "rounds.screen.column.state",
            lambda one: phrase(f"rounds.screen.state.{'overdue' if one.is_overdue else one.round.state}"),
            140,
            state=lambda one: "bad" if one.is_overdue else "neutral",
        ),
        Column("rounds.screen.column.items", lambda one: plain(str(len(one.round.outcomes))), 90, "right"),
        Column(
            "rounds.screen.column.since",
            lambda one: language().texts.moment(one.round.signed_ms or one.round.begun_ms),
        ),
    ]


def item_columns() -> list[Column[ItemOfRound]]:
    """Number and what became of it."""
    return [
        Column("rounds.screen.column.item", lambda one: plain(printed_item_number(one.number)), 220),
        Column(
            "rounds.screen.column.outcome",
            lambda one: phrase(f"rounds.screen.outcome.{one.outcome or 'open'}"),
            state=lambda one: _STATES.get(one.outcome, "warn"),
        ),
    ]
