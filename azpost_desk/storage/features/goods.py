"""Goods at a desk: the till's stock follows what is sold and undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy.dialects.sqlite import insert as upsert

from azpost_desk.domain.lines import GoodsSold
from azpost_desk.storage import tables as t
from azpost_desk.storage.features.base import LineCarrier

if TYPE_CHECKING:
    from sqlalchemy import Connection


def move_stock(connection: Connection, sku: str, by: int) -> None:
    """Goods into (positive) or out of the till's stock."""
    connection.execute(
        upsert(t.stock)
        .values(sku=sku, quantity=by)
        .on_conflict_do_update(index_elements=["sku"], set_={"quantity": t.stock.c.quantity + by})
    )


GOODS: Final = (
    LineCarrier[GoodsSold](
        line=GoodsSold,
        sold=lambda connection, _written, line, _receipt: move_stock(connection, line.sku, -line.quantity),
        undone=lambda connection, _written, line, _undone: move_stock(connection, line.sku, line.quantity),
        number=lambda line: line.sku,
    ),
)
