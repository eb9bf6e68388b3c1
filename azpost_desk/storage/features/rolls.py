"""Rolls of labels printed beforehand: registered ranges and taken numbers, read from their tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from azpost_desk.domain.item_numbers import item_number
from azpost_desk.services.rolls import Roll, RollReads
from azpost_desk.storage.tables_kept import item_numbers, item_ranges

if TYPE_CHECKING:
    from sqlalchemy import Connection

_R = item_ranges.c
_N = item_numbers.c


class Reads(RollReads):
    """What the use cases read of these tables, on the connection of their transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rolls(self, epoch: int) -> list[Roll]:
        wanted = select(item_ranges).where(_R.epoch == epoch, _R.sort != "").order_by(_R.prefix, _R.first)
        rows = self._connection.execute(wanted).all()
        return [Roll(row.prefix, row.first, row.last, row.sort) for row in rows]

    def numbers_taken(self, roll: Roll) -> set[str]:
        # Check digit and country stand behind the serial: between these two lie the numbers of the roll.
        ends = item_number(roll.prefix, roll.first), item_number(roll.prefix, roll.last)
        wanted = select(_N.number).where(_N.number.between(*ends))
        return set(self._connection.execute(wanted).scalars())

    def numbers_left(self, epoch: int, indicator: str) -> int:
        mine = (_R.epoch == epoch) & (_R.sort == "") & _R.prefix.startswith(indicator)
        left = select(func.sum(_R.last - _R.next + 1)).where(mine)
        return int(self._connection.execute(left).scalar() or 0)
