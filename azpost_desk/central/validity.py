"""The validity of a transfer: not fetched in time, its money is the sender's, later kept apart as unclaimed.

An available transfer that nobody claimed in time goes back: only its sender can have it from then on, at the
office that took it. What the sender does not fetch either is kept apart as unclaimed, and is still theirs.
Each step is one transaction, recorded in the centre's book; a transfer that somebody holds is never touched.
What was to go abroad and is owed to its sender waits by its corridor's term.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central.abroad import unclaimed
from azpost_desk.central.news import tell
from azpost_desk.central.registry.reference import newest
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Settings
from azpost_desk.domain.moves import TRANSFER, move
from azpost_desk.protocol.news import TransferEvent

if TYPE_CHECKING:
    from azpost_desk.central.book import Book
    from azpost_desk.central.storage.database import Connection

_DAY_MS: Final = 24 * 3_600_000
_AT_ONCE: Final = 500


# (the state it must be in; since when that counts; the event that moves it)
_EXPIRED: Final = ("available", "greatest(sent_ms, let_go_ms)", "expired")
_UNCLAIMED: Final = ("returned", "state_ms", "unclaimed")


def run(conn: Connection, book: Book, now_ms: int) -> int:
    """Move on what is due; how many transfers. Safe to run beside itself and after an interruption."""
    settings = newest(conn, Settings) or Settings()
    total = 0
    for what, days in ((_EXPIRED, settings.transfer_days_max), (_UNCLAIMED, settings.refund_days_max)):
        while moved := _sweep(conn, book, what, days, now_ms):
            total += moved
    return total + unclaimed.run(conn, settings, now_ms)


def _sweep(conn: Connection, book: Book, what: tuple[str, str, str], days: int, now_ms: int) -> int:
    state, since, event = what
    before_ms = now_ms - days * _DAY_MS
    is_due = f"state = %s and {since} < %s"
    due = conn.execute(
        f"select transfer from transfers where {is_due} order by {since} limit %s".encode(),
        (state, before_ms, _AT_ONCE),
    ).fetchall()
    moved = 0
    for (transfer,) in due:
        with conn.transaction():
            row = conn.execute(
                "select sent_ms, amount, desk from transfers"
                f" where transfer = %s and {is_due} for update skip locked".encode(),
                (transfer, state, before_ms),
            ).fetchone()
            if row is None:
                # Somebody has just been granted it.
                continue
            sent_ms, amount_qapik, desk = row
            if event == "expired":
                book.append(conn, ops.TransferExpired(transfer=transfer, sent_ms=sent_ms, days=days))
            else:
                kept = ops.TransferUnclaimed(transfer=transfer, amount_qapik=amount_qapik, days=days)
                book.append(conn, kept)
            after = move(TRANSFER, state, event)
            conn.execute(
                "update transfers set state = %s, state_ms = %s where transfer = %s",
                (after, now_ms, transfer),
            )
            told = TransferEvent(transfer=transfer, state=after, office="", at_ms=now_ms)
            tell(conn, told, [desk], now_ms)
            moved += 1
    return moved
