"""The columns of the scans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.gui.kit.named import event_words
from azpost_desk.gui.kit.tables import Column
from azpost_desk.gui.kit.words import language, phrase, plain

if TYPE_CHECKING:
    from azpost_desk.gui.kit.labels import State
    from azpost_desk.gui.screens.tracking.form import Seen

STATES: Final[dict[str, State]] = {
    "saved": "good",
    "already": "warn",
    "choose": "warn",
    "voided": "neutral",
}


def state_of(seen: Seen) -> State:
    """The colour that goes with a verdict's words."""
    return STATES.get(seen.verdict, "bad")


def columns() -> list[Column[Seen]]:
    """Item, event, time, result."""
    return [
        Column("tracking.screen.column.item", lambda one: plain(one.printed()), 200),
        Column("tracking.screen.column.event", lambda one: event_words(one.event), 210),
        Column("tracking.screen.column.time", lambda one: language().texts.seconds_time(one.at_ms), 90),
        Column(
            "tracking.screen.column.result",
            lambda one: phrase(f"tracking.screen.result.{one.result}"),
            state=state_of,
        ),
    ]
