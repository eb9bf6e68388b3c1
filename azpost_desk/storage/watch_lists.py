"""The desk's copy of the watch lists, carried over piece by piece (protocol.watch): no records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from azpost_desk.domain.catalogue import ListState, WatchState
from azpost_desk.domain.refusals import Trouble
from azpost_desk.domain.watch_lists import Listed
from azpost_desk.protocol.watch import ListAsked
from azpost_desk.storage import tables as t

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from azpost_desk.protocol.watch import ListTold

_ENTRY: Final = msgspec.json.Decoder(Listed)


def wanted(connection: Connection) -> ListAsked | None:
    """What to ask the centre for: the first list of which it has told another version than the one here."""
    documents = t.documents.c
    content = connection.execute(
        select(documents.content).where(documents.name == "watch").order_by(documents.version.desc()).limit(1)
    ).scalar()
    if content is None:
        return None
    for told in msgspec.json.decode(content, type=WatchState).lists:
        row = connection.execute(select(t.watch_lists).where(t.watch_lists.c.source == told.source)).first()
        if row is None:
            return ListAsked(source=told.source)
        if (row.version, row.as_of_ms) != (told.version, told.as_of_ms):
            return ListAsked(**row._mapping)
    return None


def keep(connection: Connection, asked: ListAsked, told: ListTold) -> bool:
    """Take one piece, in the caller's transaction; whether there is reason to ask on at once.

    Raises:
        Trouble: L-004 the piece does not answer what was asked, or holds what is no entry of that list.
    """
    if not told.version:
        return False
    if not told.begun and (told.version, told.as_of_ms) != (asked.towards, asked.towards_ms):
        raise Trouble("L-004", detail="list")
    entries = t.watch_entries.c
    of_list = entries.source == asked.source
    if told.begun:
        # What is not told again is taken away when all has come, not before.
        connection.execute(update(t.watch_entries).where(of_list).values(stale=int(told.whole)))
    _put(connection, asked.source, told)
    if told.gone:
        connection.execute(delete(t.watch_entries).where(of_list, entries.id.in_(told.gone)))
    if told.more:
        start = ListAsked(source=asked.source) if told.whole else asked
        way = msgspec.structs.replace(start, towards=told.version, towards_ms=told.as_of_ms, after=told.after)
        _set(connection, way)
        return True
    connection.execute(delete(t.watch_entries).where(of_list, entries.stale == 1))
    count = connection.execute(select(func.count()).select_from(t.watch_entries).where(of_list)).scalar()
    if count != told.entries:
        # Something is missing or too much: all of it once more, with the next exchange.
        _set(connection, ListAsked(source=asked.source))
        return False
    _set(connection, ListAsked(source=asked.source, version=told.version, as_of_ms=told.as_of_ms))
    return True


def _put(connection: Connection, source: str, told: ListTold) -> None:
    rows = []
    for content in told.put:
        try:
            entry = _ENTRY.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError) as fault:
            raise Trouble("L-004", detail="list") from fault
        if entry.source != source:
            raise Trouble("L-004", detail="list")
        rows.append({"source": source, "id": entry.id, "stale": 0, "content": content})
    if not rows:
        return
    wanted_ids = [row["id"] for row in rows]
    entries = t.watch_entries.c
    connection.execute(delete(t.watch_entries).where(entries.source == source, entries.id.in_(wanted_ids)))
    connection.execute(insert(t.watch_entries), rows)


def _set(connection: Connection, way: ListAsked) -> None:
    values = msgspec.structs.asdict(way)
    connection.execute(
        upsert(t.watch_lists).values(values).on_conflict_do_update(index_elements=["source"], set_=values)
    )


def entries_of(connection: Connection) -> list[Listed]:
    """Every entry this desk screens by; of a list that is under way also what is not told again yet."""
    kept = select(t.watch_entries.c.content).order_by(t.watch_entries.c.source, t.watch_entries.c.id)
    return [_ENTRY.decode(content) for content in connection.execute(kept).scalars()]


def ways(connection: Connection) -> tuple[tuple[str, int, int, int], ...]:
    """(list, version here, imported at, version on its way or 0) of each copy."""
    lists = t.watch_lists.c
    rows = connection.execute(
        select(lists.source, lists.version, lists.as_of_ms, lists.towards).order_by(lists.source)
    )
    return tuple((row.source, row.version, row.as_of_ms, row.towards) for row in rows)


def copy_of(connection: Connection) -> WatchState:
    """The lists that stand here whole."""
    entries = t.watch_entries.c
    counted = connection.execute(select(entries.source, func.count()).group_by(entries.source))
    counts = {source: int(count) for source, count in counted}
    return WatchState(
        lists=tuple(
            ListState(source=source, version=version, entries=counts.get(source, 0), as_of_ms=as_of_ms)
            for source, version, as_of_ms, _ in ways(connection)
            if version
        )
    )
