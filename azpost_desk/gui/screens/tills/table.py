"""Columns of the till screen and of bags and counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.gui.kit.tables import Column
from azpost_desk.gui.kit.words import language, phrase
from azpost_desk.gui.screens.tills import form

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.gui.kit.labels import State
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.services.views import Remittance
    from azpost_desk.services.views_cash import Bag, Count


def unaccepted_columns(now_ms: Callable[[], int]) -> list[Column[Remittance]]:
    """Who has to count it in, since when, how long it waits, how much."""

    def waits(one: Remittance) -> Say:
        key, numbers = form.age(now_ms(), one.at_ms)
        return phrase(key, **numbers)

    def between(one: Remittance) -> Say:
        if one.state == "announced":
            return phrase("tills.screen.unaccepted.from", desk=one.from_desk)
        return phrase("tills.screen.unaccepted.to", desk=one.to_desk)

    return [
        Column("tills.screen.unaccepted.what", between),
        Column("tills.screen.unaccepted.age", waits, 130),
        Column(
            "tills.screen.awaited.amount", lambda one: language().texts.money(one.amount), 130, align="right"
        ),
    ]


_BAG_STATES: dict[str, State] = {
    "sealed": "warn",
    "on_its_way": "neutral",
    "announced": "warn",
    "differs": "bad",
    "taken_in": "good",
    "received": "good",
    "resolved": "good",
}


def bag_columns() -> list[Column[Bag]]:
    """Number, where it goes, what is in it, how much, where it stands."""

    def state(bag: Bag) -> Say:
        if bag.state == "differs":
            return phrase("cash.screen.bag.state.differs", amount=bag.missing)
        return phrase(f"cash.screen.bag.state.{bag.state}")

    return [
        Column("cash.screen.bag.number", lambda bag: bag.number),
        Column("cash.screen.bag.direction", lambda bag: phrase(f"cash.screen.bag.{bag.direction}"), 130),
        Column("cash.screen.bag.sort", lambda bag: phrase(f"cash.bag.sort.{bag.sort}"), 140),
        Column("cash.screen.bag.amount", lambda bag: language().texts.money(bag.announced), 130, "right"),
        Column("cash.screen.bag.at", lambda bag: language().texts.moment(bag.changed_ms), 140),
        Column("cash.screen.bag.state", state, 160, state=lambda bag: _BAG_STATES.get(bag.state)),
    ]


def count_columns(name_of: Callable[[str], str]) -> list[Column[Count]]:
    """When, which sort of count, whose till, what it came to."""

    def difference(count: Count) -> str:
        return "–" if count.sort == "set_aside" else language().texts.money(count.difference)

    return [
        Column("cash.screen.count.at", lambda count: language().texts.moment(count.at_ms), 140),
        Column("cash.screen.count.sort", lambda count: phrase(f"report.count.{count.sort}"), 160),
        Column("cash.screen.count.holder", lambda count: name_of(count.holder)),
        Column("cash.screen.count.difference", difference, 100, "right"),
    ]
