"""How long a transfer waits for its receiver, and then for its sender.

An available transfer that nobody claimed in time goes back: only its sender can have it from then on, at the
office that took it. What the sender does not fetch either is kept apart as unclaimed, and is still theirs.
Each step is one transaction, recorded in the centre's book; a transfer that somebody holds is never touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central.news import tell
from azpost_desk.central.registry.reference import newest
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Settings
from azpost_desk.domain.moves import TRANSFER
from azpost_desk.protocol.news import TransferEvent

if TYPE_CHECKING:
    from azpost_desk.central.book import Book
    from azpost_desk.central.storage.database import Connection

_DAY_MS: Final = 24 * 3_600_000
_AT_ONCE: Final = 500


def run(conn: Connection, book: Book, now_ms: int) -> int:
    """Move on what is due; how many transfers. Safe to run beside itself and after an interruption."""
    settings = newest(conn, Settings) or Settings()
    return _expire(conn, book, settings.transfer_days_max, now_ms) + _set_apart(
        conn, book, settings.refund_days_max, now_ms
    )


def _expire(conn: Connection, book: Book, days: int, now_ms: int) -> int:
    due = conn.execute(
        "select transfer from transfers where state = 'available' and greatest(sent_ms, let_go_ms) < %s"
        " order by sent_ms limit %s",
        (now_ms - days * _DAY_MS, _AT_ONCE),
    ).fetchall()
    moved = 0
    for (transfer,) in due:
        with conn.transaction():
            row = conn.execute(
                "select sent_ms, desk from transfers where transfer = %s and state = 'available'"
                " for update skip locked",
                (transfer,),
            ).fetchone()
            if row is None:
                # Somebody has just been granted it.
                continue
            book.append(conn, ops.TransferExpired(transfer=transfer, sent_ms=row[0], days=days))
            _move(conn, transfer, row[1], TRANSFER["available", "expired"], now_ms)
            moved += 1
    return moved


def _set_apart(conn: Connection, book: Book, days: int, now_ms: int) -> int:
    due = conn.execute(
        "select transfer from transfers where state = 'returned' and state_ms < %s"
        " order by state_ms limit %s",
        (now_ms - days * _DAY_MS, _AT_ONCE),
    ).fetchall()
    moved = 0
    for (transfer,) in due:
        with conn.transaction():
            row = conn.execute(
                "select amount, desk from transfers where transfer = %s and state = 'returned'"
                " for update skip locked",
                (transfer,),
            ).fetchone()
            if row is None:
                continue
            book.append(conn, ops.TransferUnclaimed(transfer=transfer, amount_qapik=row[0], days=days))
            _move(conn, transfer, row[1], TRANSFER["returned", "unclaimed"], now_ms)
            moved += 1
    return moved


def _move(conn: Connection, transfer: str, desk: str, after: str, now_ms: int) -> None:
    conn.execute(
        "update transfers set state = %s, state_ms = %s where transfer = %s", (after, now_ms, transfer)
    )
    tell(conn, TransferEvent(transfer=transfer, state=after, office="", at_ms=now_ms), [desk], now_ms)
