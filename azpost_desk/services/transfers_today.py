"""The open day for who sends money: offices, purposes, prices, ways abroad, or why nothing may be sold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from azpost_desk.domain.abroad.corridors import Corridors
from azpost_desk.domain.catalogue import Offices, Settings, Tariffs
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.quotes import EXTRAS
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.abroad import SERVICE as ABROAD
from azpost_desk.services.abroad import corridors_of
from azpost_desk.services.counter import may_sell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azpost_desk.domain.abroad.corridors import Corridor, WayIn
    from azpost_desk.services.counter import Counter, Officer
    from azpost_desk.services.ports import Reading


@dataclass(frozen=True, slots=True)
class TransfersToday:
    """What stands on the open day.

    Attributes:
        online: whether the centre is reached now.
        blocked: why nothing may be sold now.
        extras: what each service that can be added costs.
        corridors, ways_in: the ways abroad and from there.
    """

    offices: Offices
    purposes: tuple[str, ...]
    online: bool
    blocked: Refused | None = None
    extras: Mapping[str, Money] = field(default_factory=dict)
    corridors: tuple[Corridor, ...] = ()
    ways_in: tuple[WayIn, ...] = ()


def transfers_today(counter: Counter, by: Officer) -> TransfersToday:
    """The facts of the day; `blocked` holds the refusal when this officer may not sell transfers now."""
    online = counter.line.state().online
    with counter.books.reading() as books:
        try:
            may_sell(books, by, "transfers")
        except Refused as no:
            return TransfersToday(Offices(), (), online, no)
        date, abroad = books.day().date, _abroad(books, by)
        prices = books.document(Tariffs, date).transfer_extras_qapik
        return TransfersToday(
            books.document(Offices, date),
            books.document(Settings, date).purposes,
            online,
            extras={extra: azn(prices[extra]) for extra in EXTRAS if extra in prices},
            corridors=abroad.shown(),
            ways_in=tuple(one for one in abroad.ways_in if one.can_be_shown()),
        )


def _abroad(books: Reading, by: Officer) -> Corridors:
    """The ways abroad and from there that this branch may sell and pay by today."""
    try:
        may_sell(books, by, ABROAD)
    except Refused:
        return Corridors()
    return corridors_of(books)
