"""Erasure: salt and bytes of attachments become nothing, and so does everything that was folded from them.

After it the projections are exactly what `rebuild` makes of the attachments that are left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from azpost_desk.domain import operations as ops
from azpost_desk.storage import features
from azpost_desk.storage import tables as t
from azpost_desk.storage.projected_words import keep_words_again
from azpost_desk.storage.reading_privacy import named_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from azpost_desk.services import views


def empty(connection: Connection, personal: Sequence[views.Personal]) -> None:
    """Erase these attachments inside the caller's transaction."""
    # Freed pages are overwritten: an encrypted file is no excuse for keeping what was erased.
    connection.exec_driver_sql("PRAGMA secure_delete=ON")
    a = t.attachments.c
    affected: set[str] = set()
    records: set[int] = set()
    for one in personal:
        row = connection.execute(select(a.content, a.record).where(a.slot == one.slot)).one()
        affected |= named_in(one.group, row.content)
        records.add(row.record)
        connection.execute(update(t.attachments).where(a.slot == one.slot).values(salt=None, content=None))
        _blank(connection, one.slot.partition(":")[0], one.group)
    _fold_customers_again(connection, affected)
    keep_words_again(connection, records)


def _blank(connection: Connection, operation: str, group: str) -> None:
    """What a line's own projections told of a person."""
    blank = features.BLANKED.get(group)
    if blank is not None:
        blank(connection, operation)


def _fold_customers_again(connection: Connection, affected: set[str]) -> None:
    """The files of these customers from the records that still name them."""
    if not affected:
        return
    for table in (t.customers, t.customer_names, t.receivers):
        connection.execute(delete(table).where(table.c.customer.in_(affected)))
    j, a = t.journal.c, t.attachments.c
    wanted = (
        select(j.id, j.recorded_ms, j.kind, j.body, a.slot, a.content)
        .join(t.attachments, a.record == j.id)
        .where(a.content.is_not(None), j.kind == "settlement")
        .order_by(j.id, a.slot)
    )
    records: dict[int, tuple[int, bytes, dict[str, bytes]]] = {}
    for row in connection.execute(wanted):
        if named_in(row.slot.partition(":")[2], row.content) & affected:
            records.setdefault(row.id, (row.recorded_ms, row.body, {}))[2][row.slot] = row.content
    for recorded_ms, body_bytes, attached in records.values():
        body: ops.Settlement = ops.decode("settlement", 1, body_bytes)
        for line in body.lines:
            features.remember(connection, line, attached, recorded_ms, affected)
