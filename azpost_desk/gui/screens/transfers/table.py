"""The columns of the transfers sent here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.transfer_codes import shown_transfer_code
from azpost_desk.gui.kit.tables import Column
from azpost_desk.gui.kit.words import Say, language

if TYPE_CHECKING:
    from azpost_desk.gui.kit.labels import State
    from azpost_desk.services.views import Transfer

_STATES: Final[dict[str, State]] = {
    "available": "neutral",
    "reserved": "warn",
    "paid": "good",
    "held": "warn",
    "in_doubt": "warn",
    "refunded": "neutral",
    "reversed": "neutral",
    "closed": "bad",
    "rejected": "bad",
    "returned": "warn",
    "returning": "warn",
    "returning_in_doubt": "warn",
    "unclaimed": "warn",
}


def state_words(state: str) -> Say:
    """What a transfer's state is called."""
    return f"transfers.screen.state.{state}"


def columns() -> list[Column[Transfer]]:
    """Time, code, receiver, amount, fee, state, receipt."""
    return [
        Column("transfers.screen.sent.time", lambda one: language().texts.time(one.sent_ms), 64),
        Column("transfers.screen.sent.code", lambda one: shown_transfer_code(one.code), 128),
        Column("transfers.screen.sent.receiver", lambda one: one.receiver),
        Column("transfers.screen.amount", lambda one: language().texts.money(one.amount), 112, "right"),
        Column("transfers.screen.sent.fee", lambda one: language().texts.money(one.fee), 84, "right"),
        Column(
            "transfers.screen.state",
            lambda one: language().say(state_words(one.state)),
            150,
            state=lambda one: _STATES.get(one.state, "neutral"),
        ),
    ]
