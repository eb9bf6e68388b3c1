"""The file of an item at the centre, read: the events that are kept of a number in, its lives out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.rows import namedtuple_row

from azpost_desk.domain.mail.history import Life, Told, lives, until_of

if TYPE_CHECKING:
    from typing import Any

    from azpost_desk.central.storage.database import Connection


def known(conn: Connection, number: str) -> tuple[Life, ...]:
    """The items under a number, oldest first; none that nobody has heard of."""
    found = rows(conn, number)
    return lives(told(row) for row in found) if found else ()


def lock(conn: Connection, number: str) -> None:
    """Whoever folds an item after this sees every event of it that was committed before."""
    conn.execute("select from items where number = %s for update", (number,))


def rows(conn: Connection, number: str) -> list[Any]:
    """Its events as they are kept."""
    with conn.cursor(row_factory=namedtuple_row) as cursor:
        return cursor.execute(
            "select * from item_events where number = %s order by at_ms, operation", (number,)
        ).fetchall()


def told(row: Any) -> Told:
    """One of them as a history is folded from."""
    return Told(
        row.operation,
        row.event,
        row.office,
        row.at_ms,
        row.desk,
        row.epoch,
        row.sequence,
        row.measure,
        row.answers,
        row.voided,
        until_of(row.event, row.detail),
        row.due_qapik,
    )
