"""What the rail says: kept as it came, then applied once; money that settles no request goes back whole.

In: messages of the rail. Out: requests that are paid, credits in the centre's book, money on its way back. A
credit is one thing by the rail's reference, however often it is told (money-out.md MC-3).
"""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING, Final

import psycopg

from azpost_desk.central import grants
from azpost_desk.central.exceptions import list_exception
from azpost_desk.central.gateways.abroad import Silent, Unfit
from azpost_desk.central.gateways.instant import BackStatus, Credit, Declined
from azpost_desk.central.instant import backs, payers, things
from azpost_desk.domain import operations as ops
from azpost_desk.domain.qr_moves import REQUEST
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.central.book import Book
    from azpost_desk.central.gateways.instant import Rail, Said
    from azpost_desk.central.keys import CentreKeys
    from azpost_desk.central.storage.database import Connection, Database
    from azpost_desk.domain.days import Clock

_log = logging.getLogger(__name__)
_AT_ONCE: Final = 50
APPLIED: Final = "applied"
WAITS: Final = "waits"
RAIL: Final = "rail"
WRONG_SUM: Final = "wrong_sum"


def keep(conn: Connection, documents: Iterable[bytes], now_ms: int) -> None:
    """Keep verbatim bytes, once each; a repeat of old bytes changes nothing."""
    for raw in documents:
        conn.execute(
            "insert into rail_messages (digest, raw, received_ms) values (%s, %s, %s) on conflict do nothing",
            (hashlib.sha256(raw).digest(), raw, now_ms),
        )


def fetch(database: Database, book: Book, keys: CentreKeys, clock: Clock, rail: Rail) -> bool | Silent:
    """Take what the rail has for us: kept here before the rail is told that we have it."""
    found = rail.fetch()
    if isinstance(found, Silent):
        apply_waiting(database, book, keys, clock, rail)
        return found
    if found:
        with database.transaction() as conn:
            keep(conn, (raw for _, raw in found), clock.utc_ms())
        rail.fetched([number for number, _ in found])
    return apply_waiting(database, book, keys, clock, rail) > 0


def apply_waiting(database: Database, book: Book, keys: CentreKeys, clock: Clock, rail: Rail) -> int:
    """Apply what is kept and was not applied yet; gives how many messages were."""
    with database.transaction() as conn:
        waiting = conn.execute(
            # What waits for a desk to speak is looked at again, but never before what is new.
            "select message, raw from rail_messages where not applied"
            " order by outcome = %s, message limit %s for update skip locked",
            (WAITS, _AT_ONCE),
        ).fetchall()
        done = len(waiting)
        for message, raw in waiting:
            now_ms = clock.utc_ms()
            try:
                with conn.transaction():
                    outcome = _apply(conn, book, keys, rail.read(raw), now_ms)
            except (psycopg.IntegrityError, psycopg.DataError, Refused):
                # One message that the tables do not take must not stop the ones behind it.
                _log.exception("message %d of the rail could not be applied", message)
                outcome = "strange"
            waits = outcome == WAITS
            done -= waits
            if outcome not in (APPLIED, WAITS):
                list_exception(conn, RAIL, 0, message, "rail_word", now_ms, outcome)
            conn.execute(
                "update rail_messages set applied = %s, outcome = %s where message = %s",
                (not waits, outcome, message),
            )
    return done


def book_credits(conn: Connection, book: Book) -> int:
    """Every credit stands in the centre's book, once; how many do now."""
    rows = conn.execute(
        "update qr_credits set booked = true where not booked returning reference, amount,"
        " coalesce((select request from qr_requests where qr_requests.rail_id = qr_credits.rail_id), '')"
    ).fetchall()
    for reference, amount, request in rows:
        book.append(conn, ops.QrCredited(reference=reference, request=request, amount_qapik=amount))
    return len(rows)


def _apply(
    conn: Connection, book: Book, keys: CentreKeys, said: tuple[Said, ...] | Unfit, now_ms: int
) -> str:
    if isinstance(said, Unfit):
        return f"unfit {said.why}"
    outcome = APPLIED
    for one in said:
        match one:
            case Credit():
                outcome = _credit(conn, keys, one, now_ms) or outcome
                if outcome == WAITS:
                    # One of it waits: all of it is told again then, and what was applied changes nothing.
                    return WAITS
            case Declined(request=rail_id, reason=reason):
                known = things.lock(conn, "rail_id = %s", rail_id)
                if known is None:
                    outcome = "declined what is not ours"
                elif (known.state, "declined") in REQUEST:
                    things.tell_desk(
                        conn, things.move(conn, known, "declined", now_ms, reason=reason), now_ms
                    )
            case BackStatus():
                outcome = backs.heard(conn, book, one, now_ms) or outcome
    return outcome


def _credit(conn: Connection, keys: CentreKeys, credit: Credit, now_ms: int) -> str:
    """A credit settles the request that asked for exactly it, or goes back; "" when it was understood."""
    known = things.lock(conn, "rail_id = %s", credit.request)
    if not (grants.all_have_spoken(conn) if known is None else grants.has_spoken(conn, known.desk)):
        # After a restore: whose it is, and what the desk has heard of it since, it has still to say (M0-10).
        return WAITS
    place = (credit.reference, credit.request, credit.amount.minor, credit.account, credit.payer)
    new = conn.execute(
        "insert into qr_credits (reference, rail_id, amount, account, payer, at_ms, received_ms)"
        " values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing returning reference",
        (*place, credit.at_ms, now_ms),
    ).fetchone()
    if new is None:
        told = (credit.request, credit.amount.minor, credit.account)
        before = conn.execute(
            # What our own word had proven came without its payer: told again, it can go back to somebody.
            "update qr_credits set account = case when account = '' then %s else account end,"
            " payer = case when account = '' then %s else payer end where reference = %s"
            " returning rail_id, amount, account",
            (credit.account, credit.payer, credit.reference),
        ).fetchone()
        same = before in (told, (*told[:2], payers.FORGOTTEN))
        return "" if same else f"another credit under {credit.reference}"
    if known is None or known.reference:
        # For nobody, or for a request that another credit has paid already.
        backs.owe(conn, credit.reference, credit.amount.minor, now_ms)
        return ""
    if credit.amount.minor != known.amount:
        moved = things.move(conn, known, WRONG_SUM, now_ms, reason=WRONG_SUM, reference=credit.reference)
        backs.owe(conn, credit.reference, credit.amount.minor, now_ms)
        things.tell_desk(conn, moved, now_ms)
        return ""
    _pay(conn, keys, known, credit.reference, now_ms)
    return ""


def _pay(conn: Connection, keys: CentreKeys, known: things.Request, reference: str, now_ms: int) -> None:
    """The exact first credit: it pays what is still waited for, else it waits for the clerk's word (MC-3)."""
    conn.execute("update qr_requests set reference = %s where request = %s", (reference, known.request))
    paid = things.lock(conn, "request = %s", known.request)
    if paid is None or (paid.state, "paid") not in REQUEST:
        backs.owe(conn, reference, known.amount, now_ms)
        return
    if REQUEST[paid.state, "paid"] == "late":
        things.tell_desk(conn, things.move(conn, paid, "paid", now_ms), now_ms)
        return
    things.tell_desk(conn, things.confirm(conn, keys, paid, "paid", now_ms), now_ms)
