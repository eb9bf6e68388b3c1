"""The columns of the payments taken here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.gui.kit.tables import Column
from azpost_desk.gui.kit.words import language

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.gui.kit.labels import State
    from azpost_desk.services.views import Payment

_STATES: Final[dict[str, State]] = {
    "accepted": "neutral",
    "sent": "neutral",
    "confirmed": "good",
    "refused": "bad",
    "unknown": "warn",
    "refunded": "neutral",
    "reversed": "neutral",
}


def columns(name_of: Callable[[str], str]) -> list[Column[Payment]]:
    """Time, biller, account, amount, fee, state; `name_of` says what a biller is called."""
    return [
        Column("payments.screen.time", lambda one: language().texts.moment(one.accepted_ms), 142),
        Column("payments.screen.biller", lambda one: name_of(one.biller)),
        Column("payments.screen.account", lambda one: one.account, 130),
        Column("payments.screen.amount", lambda one: language().texts.money(one.amount), 104, "right"),
        Column("payments.screen.today.fee", lambda one: language().texts.money(one.fee), 76, "right"),
        Column(
            "payments.screen.state",
            lambda one: language().say(f"payments.screen.state.{one.state}"),
            160,
            state=lambda one: _STATES.get(one.state, "neutral"),
        ),
    ]
