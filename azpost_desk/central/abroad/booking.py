"""Into the centre's own book, in order: what was decided about money abroad while no writer was at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central.storage.database import one
from azpost_desk.domain import operations as ops

if TYPE_CHECKING:
    from azpost_desk.central.book import Book
    from azpost_desk.central.storage.database import Connection

_LOCK: Final = 0x61627264
_AT_ONCE: Final = 200


def note(conn: Connection, body: ops.Body) -> None:
    """Have a record written into the book, in the transaction that makes it true."""
    kind, _ = ops.kind_of(body)
    conn.execute("insert into abroad_to_book (kind, body) values (%s, %s)", (kind, ops.encode(body)))


def write(conn: Connection, book: Book) -> int:
    """Write what waits; gives how many records. Each is written once, by whichever process comes first."""
    if not one(conn, "select exists (select from abroad_to_book)")[0]:
        # Asked at every look: nobody is waited for where nothing waits.
        return 0
    with conn.transaction():
        conn.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
        waiting = conn.execute(
            "select entry, kind, body from abroad_to_book order by entry limit %s", (_AT_ONCE,)
        ).fetchall()
        for _, kind, body in waiting:
            book.append(conn, ops.decode(kind, 1, body))
        conn.execute("delete from abroad_to_book where entry = any(%s)", ([row[0] for row in waiting],))
    return len(waiting)
