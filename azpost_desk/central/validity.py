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


# (what is due, oldest first; the state it must still be in; the event that moves it)
_EXPIRED: Final = (
    "select transfer from transfers where state = 'available' and greatest(sent_ms, let_go_ms) < %s"
    " order by sent_ms limit %s",
    "available",
    "expired",
)
_UNCLAIMED: Final = (
    "select transfer from transfers where state = 'returned' and state_ms < %s order by state_ms limit %s",
    "returned",
    "unclaimed",
)


def run(conn: Connection, book: Book, now_ms: int) -> int:
    """Move on what is due; how many transfers. Safe to run beside itself and after an interruption."""
    settings = newest(conn, Settings) or Settings()
    total = 0
    for what, days in ((_EXPIRED, settings.transfer_days_max), (_UNCLAIMED, settings.refund_days_max)):
        while moved := _sweep(conn, book, what, days, now_ms):
            total += moved
    return total


def _sweep(conn: Connection, book: Book, what: tuple[str, str, str], days: int, now_ms: int) -> int:
    query, state, event = what
    due = conn.execute(query.encode(), (now_ms - days * _DAY_MS, _AT_ONCE)).fetchall()
    moved = 0
    for (transfer,) in due:
        with conn.transaction():
            row = conn.execute(
                "select sent_ms, amount, desk from transfers where transfer = %s and state = %s"
                " for update skip locked",
                (transfer, state),
            ).fetchone()
            if row is None:
                # Somebody has just been granted it.
                continue
            sent_ms, amount_qapik, desk = row
            if event == "expired":
                book.append(conn, ops.TransferExpired(transfer=transfer, sent_ms=sent_ms, days=days))
            else:
                unclaimed = ops.TransferUnclaimed(transfer=transfer, amount_qapik=amount_qapik, days=days)
                book.append(conn, unclaimed)
            after = TRANSFER[state, event]
            conn.execute(
                "update transfers set state = %s, state_ms = %s where transfer = %s",
                (after, now_ms, transfer),
            )
            told = TransferEvent(transfer=transfer, state=after, office="", at_ms=now_ms)
            tell(conn, told, [desk], now_ms)
            moved += 1
    return moved
