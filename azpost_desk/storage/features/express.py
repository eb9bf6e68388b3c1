"""Express items at a desk: an acceptance is the first event of an item's timeline, its reversal the last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.lines import ItemAccepted
from azpost_desk.domain.people import Addresses
from azpost_desk.storage import people
from azpost_desk.storage import projected_items as items
from azpost_desk.storage.features import labels
from azpost_desk.storage.features.base import LineCarrier, Named

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from azpost_desk.domain.lines import LineReversed
    from azpost_desk.storage.projecting import StoredRecord


def _accepted(connection: Connection, written: StoredRecord, line: ItemAccepted, receipt: str) -> None:
    items.accepted(connection, written, line)
    labels.accepted(connection, written, line, receipt)


def _undone(connection: Connection, written: StoredRecord, line: ItemAccepted, undone: LineReversed) -> None:
    items.handed_back(connection, written, line.number, undone.operation)
    labels.undone(connection, written, line)


def _remember(connection: Connection, line: ItemAccepted, named: Named) -> None:
    block = people.read(named.attached.get(f"{line.operation}:addresses"), Addresses)
    if block and named.is_wanted(block.sender):
        people.remember(connection, block.sender, named.at_ms)


EXPRESS: Final = (
    LineCarrier[ItemAccepted](
        line=ItemAccepted,
        sold=_accepted,
        undone=_undone,
        remember=_remember,
        number=lambda line: line.number,
    ),
)
