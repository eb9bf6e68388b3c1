"""The columns of the bags that lie here and of the items of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.item_numbers import printed_item_number
from azpost_desk.gui.kit.tables import Column
from azpost_desk.gui.kit.words import language, phrase, plain

if TYPE_CHECKING:
    from azpost_desk.gui.kit.labels import State
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.gui.screens.mail_bags.form import BagRow, ItemOfBag

_STATES: Final[dict[str, State]] = {
    "sealed": "good",
    "opened": "warn",
    "astray": "bad",
    "resealed": "bad",
    "short": "bad",
    "damaged": "bad",
}
_ITEMS: Final[dict[str, State]] = {"in": "good", "found": "good", "surplus": "bad", "listed": "warn"}


def printed_bag(number: str) -> str:
    """A bag's number in groups, as its label has it."""
    return " ".join((number[:3], number[3:7], number[7:11], number[11:]))


def bag_columns() -> list[Column[BagRow]]:
    """Number, where to or from, how it stands, how many, since when."""
    return [
        Column("mail_bags.screen.column.number", lambda one: plain(printed_bag(one.number)), 190),
        Column("mail_bags.screen.column.place", _place),
        Column(
            "mail_bags.screen.column.state",
            lambda one: phrase(f"mail_bags.screen.state.{one.state}"),
            150,
            state=lambda one: _STATES.get(one.state, "neutral"),
        ),
        Column(
            "mail_bags.screen.column.items",
            lambda one: plain("–" if one.items is None else str(one.items)),
            80,
            "right",
        ),
        Column(
            "mail_bags.screen.column.since", lambda one: plain(language().texts.moment(one.since_ms)), 150
        ),
    ]


def _place(one: BagRow) -> Say:
    if not one.place:
        return plain("–")
    return phrase(f"mail_bags.screen.{'goes_to' if one.is_own else 'comes_from'}", office=plain(one.place))


def item_columns() -> list[Column[ItemOfBag]]:
    """Number and how it stands to the list."""
    return [
        Column("mail_bags.screen.column.item", lambda one: plain(printed_item_number(one.number)), 220),
        Column(
            "mail_bags.screen.column.stands",
            lambda one: phrase(f"mail_bags.screen.item.{one.stands}"),
            state=lambda one: _ITEMS[one.stands],
        ),
    ]
