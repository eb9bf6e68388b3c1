"""Folds the whole journal again: postings and projections must come out as they are stored."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from azpost_desk.domain import operations as ops
from azpost_desk.domain.postings import postings as posted
from azpost_desk.protocol.messages import News
from azpost_desk.protocol.records import Record
from azpost_desk.storage import engine
from azpost_desk.storage import tables as t
from azpost_desk.storage.news import UNUSABLE, act
from azpost_desk.storage.old_epochs import project_old
from azpost_desk.storage.projecting import StoredRecord, add_to_balances, posting_rows
from azpost_desk.storage.projections import project

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection, Table

    from azpost_desk.storage.desk import OpenDesk

_LOG: Final = logging.getLogger(__name__)

Rows = dict[str, list[tuple[Any, ...]]]


def rebuild(desk: OpenDesk) -> list[str]:
    """Fold the whole journal again, inside the caller's transaction.

    Returns:
        Names of the tables whose rows were not what the journal says; empty when all was right. Postings are
        never replaced (they are written once): a difference there is for the check to explain.
    """
    stored, again = folded_again(desk)
    return sorted(name for name in stored if stored[name] != again[name])


def rebuild_after(desk: OpenDesk, before: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """As `rebuild`, after a migration: what differs in the tables and columns that there were `before`.

    What the migration added is filled by this very folding.
    """
    stored, again = folded_again(desk)
    different = []
    for name in sorted(stored.keys() & before.keys()):
        columns = [one.name for one in t.TABLES.tables[name].columns if one.name != "id"]
        places = [place for place, column in enumerate(columns) if column in before[name]]
        here, there = ([tuple(row[at] for at in places) for row in rows[name]] for rows in (stored, again))
        if Counter(here) != Counter(there):
            different.append(name)
    if different:
        _LOG.warning("folded again after the migration, these were not as the journal says: %s", different)
    return tuple(different)


def folded_again(desk: OpenDesk) -> tuple[Rows, Rows]:
    """(rows as they were, rows as the journal gives them) of every derived table and of the postings."""
    connection = desk.connection
    stored = rows_of(connection)
    for table in reversed(t.DERIVED):
        if stored[table.name]:
            engine.raw(connection).execute(f"DELETE FROM {table.name}")
    return stored, folded(desk)


def folded(desk: OpenDesk) -> Rows:
    """Rows as the journal gives them, of books whose derived tables are still empty."""
    ledger = _replay(desk)
    return rows_of(desk.connection) | {t.postings.name: ledger}


def _replay(desk: OpenDesk) -> list[tuple[Any, ...]]:
    connection = desk.connection
    news = _news(connection)
    waiting = next(news, None)
    attached = _attached(connection)
    beside = next(attached, None)
    ledger: list[tuple[Any, ...]] = []
    present = 0
    for row in connection.execute(select(t.journal).order_by(t.journal.c.id)).all():
        # News that acted before this record acts before it again.
        while waiting is not None and waiting[0] < row.id:
            _act_again(desk, waiting[1])
            waiting = next(news, None)
        header = Record(row.header, row.body, row.previous, row.hash).header()
        body = ops.decode(header.kind, header.version, row.body)
        slots: dict[str, bytes] = {}
        # Those of a record that is not there are passed over: the check names them.
        while beside is not None and beside[0] <= row.id:
            if beside[0] == row.id:
                slots[beside[1]] = beside[2]
            beside = next(attached, None)
        written = StoredRecord(row.id, header, body, slots)
        rule = posted(header.desk, header.operation, header.kind, header.version, body)
        rows = posting_rows(row.id, header.day, rule)
        ledger += [tuple(one.values()) for one in rows]
        add_to_balances(connection, rows)
        if row.epoch < desk.enrolled.epoch:
            project_old(connection, written, late=row.epoch < present)
        else:
            project(connection, written)
        present = max(present, row.epoch)
    while waiting is not None:
        _act_again(desk, waiting[1])
        waiting = next(news, None)
    return ledger


def _attached(connection: Connection) -> Iterator[tuple[int, str, bytes]]:
    """What is left of the attachments, in the order of their records: one look at the table, not one each."""
    a = t.attachments.c
    wanted = select(a.record, a.slot, a.content).where(a.content.is_not(None)).order_by(a.record)
    for row in connection.execute(wanted):
        yield row.record, row.slot, row.content


def _act_again(desk: OpenDesk, news: News) -> None:
    try:
        act(desk.connection, desk, news)
    except UNUSABLE:
        # It did nothing the first time either; its case stands in the journal.
        return


def _news(connection: Connection) -> Iterator[tuple[int, News]]:
    n = t.news.c
    for row in connection.execute(select(t.news).order_by(n.after_record, n.centre_epoch, n.position)).all():
        yield row.after_record, News(row.position, row.kind, row.payload)


def rows_of(connection: Connection) -> Rows:
    """Derived tables and postings as sorted rows; a number that only counts rows says nothing."""
    holds = engine.filled(connection, tuple(_READ))
    result: Rows = {}
    for name, statement in _READ.items():
        # By the driver itself: whoever folds wants the values as they lie in the file.
        rows = engine.raw(connection).execute(statement).fetchall() if name in holds else []
        result[name] = rows if name == t.postings.name else sorted(rows)
    return result


def _selected(table: Table) -> str:
    columns = ", ".join(column.name for column in table.columns if column.name != "id")
    return f"SELECT {columns} FROM {table.name}"


# Most of them are empty at most counters: only what holds a row is asked for it.
_READ: Final = {table.name: _selected(table) for table in (*t.DERIVED, t.postings)}
