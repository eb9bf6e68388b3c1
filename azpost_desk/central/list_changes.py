"""What changed on a watch list since the version a desk has, in pieces that a poor line can carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.protocol.watch import ListAsked, ListTold

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection

# [design] Packed some 10 kB: eight seconds at 9.6 kbit/s, and other news gets its turn in between.
PIECE_BYTES_MAX: Final = 32 * 1024
_PIECE_ROWS_MAX: Final = 500

# Entries as of one version, new or changed since another; and ids that went and did not come back. One row
# for each id, in an order that no collation changes.
_CHANGES: Final = """
    select id collate "C" as id, content from watch_entries
     where source = %(source)s and first <= %(towards)s and first > %(have)s
       and (gone is null or gone > %(towards)s) and id collate "C" > %(after)s
    union all
    select id collate "C", null from watch_entries as old
     where source = %(source)s and first <= %(have)s and gone > %(have)s and gone <= %(towards)s
       and id collate "C" > %(after)s and not exists (
           select 1 from watch_entries as now where now.source = old.source and now.id = old.id
              and now.first <= %(towards)s and (now.gone is null or now.gone > %(towards)s))
     order by 1 limit %(rows)s
"""


def told(conn: Connection, question: ListAsked) -> ListTold:
    """The next piece for a desk; nothing in it when the desk has the newest version."""
    source = question.source
    newest = conn.execute(
        "select version, imported_ms, entries from watch_lists where source = %s"
        " order by version desc limit 1",
        (source,),
    ).fetchone()
    if newest is None:
        return ListTold()
    have = question.version if _known(conn, source, question.version, question.as_of_ms) else 0
    # The centre may have been restored to before: then neither the version nor the way is its own.
    under_way = _known(conn, source, question.towards, question.towards_ms)
    goes_on = under_way is not None and (have > 0 or question.version == 0)
    version, as_of_ms, entries = under_way if goes_on and under_way is not None else newest
    after = question.after if goes_on else ""
    facts = {
        "source": source,
        "have": have,
        "towards": version,
        "after": after,
        "rows": _PIECE_ROWS_MAX + 1,
    }
    rows = conn.execute(_CHANGES, facts).fetchall()
    put, gone, last, taken = [], [], after, 0
    size = 0
    for number, content in rows[:_PIECE_ROWS_MAX]:
        size += len(content or b"") + len(number)
        if taken and size > PIECE_BYTES_MAX:
            break
        if content is None:
            gone.append(number)
        else:
            put.append(bytes(content))
        last, taken = number, taken + 1
    return ListTold(
        version=version,
        as_of_ms=as_of_ms,
        entries=entries,
        whole=have == 0,
        begun=not after,
        put=tuple(put),
        gone=tuple(gone),
        after=last,
        more=taken < len(rows),
    )


def _known(conn: Connection, source: str, version: int, as_of_ms: int) -> tuple[int, int, int] | None:
    """Version, when imported (UTC ms) and number of entries, if that version is this centre's own."""
    row = conn.execute(
        "select version, imported_ms, entries from watch_lists"
        " where source = %s and version = %s and imported_ms = %s",
        (source, version, as_of_ms),
    ).fetchone()
    return None if row is None else (int(row[0]), int(row[1]), int(row[2]))
