"""After a restore of the centre nothing goes to a partner before it is known what may have gone (M0-10).

What was under way is unknown from then on, and what had not left yet is asked about before it leaves: the
lost hours may have sent it, under the very same names (M0-2). No order, return, refund or pay-out is made for
a partner until every desk has spoken and a statement of the partner reaches beyond the restore, or two people
have said that all it has of the lost hours was read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central import grants
from azpost_desk.central.abroad import agreements, arriving, moving
from azpost_desk.central.doubts import two_people
from azpost_desk.central.storage.database import one
from azpost_desk.domain import operations as ops
from azpost_desk.domain.days import calendar_day
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from azpost_desk.central.book import Book
    from azpost_desk.central.storage.database import Connection

# What an answer says while it is not known: ask again (the domestic claim has the same code).
NOT_READY: Final = "T-016"
_NOT_LEFT: Final = ["queued", "waiting_funds", "held", "frozen"]
_MAY_BE_THERE: Final = ["leaving", "sent", "accepted"]
_NOT_BACK: Final = ["unpayable", "held", "frozen", "available", "waiting_funds"]
_MAY_BE_BACK: Final = ["return_leaving", "return_sent"]


def look(conn: Connection, now_ms: int) -> bool:
    """Mark what a new epoch makes uncertain, once for each epoch; whether one had begun."""
    epoch = one(conn, "select epoch from centre")[0]
    known = one(conn, "select epoch from abroad_epoch for update")[0]
    if known >= epoch:
        return False
    conn.execute("update abroad_out set ask_first = true where state = any(%s)", (_NOT_LEFT,))
    conn.execute("update abroad_in set ask_first = true where state = any(%s)", (_NOT_BACK,))
    for (transfer,) in conn.execute(
        "select transfer from abroad_out where state = any(%s) order by transfer", (_MAY_BE_THERE,)
    ).fetchall():
        found = moving.lock(conn, transfer)
        if found is not None:
            moving.move(conn, found, "silent", now_ms)
            _ask_now(conn, "abroad_out", transfer, now_ms)
    for (transfer,) in conn.execute(
        "select transfer from abroad_in where state = any(%s) order by transfer", (_MAY_BE_BACK,)
    ).fetchall():
        came = arriving.lock(conn, transfer)
        if came is not None:
            arriving.move(conn, came, "silent", now_ms)
            _ask_now(conn, "abroad_in", transfer, now_ms)
    conn.execute("update abroad_epoch set epoch = %s", (epoch,))
    return True


def _ask_now(conn: Connection, table: str, transfer: str, now_ms: int) -> None:
    conn.execute(
        f"update {table} set attempts = greatest(attempts, 1), unanswered = greatest(unanswered, 1),"
        " next_ms = %s where transfer = %s".encode(),
        (now_ms, transfer),
    )


def may_leave(conn: Connection, partner: str) -> bool:
    """Whether anything may be made for a partner now: an order, a return, a refund, a pay-out."""
    epoch, opened_ms = one(conn, "select epoch, epoch_opened_ms from centre")
    if epoch == 1:
        return True
    return grants.all_have_spoken(conn) and (
        _has_statement_since(conn, partner, opened_ms) or _is_said_read(conn, partner, epoch)
    )


def is_of_lost_hours(conn: Connection, recorded_ms: int) -> bool:
    """Whether a record that is brought forward now may have been so before a restore, too."""
    epoch, opened_ms = one(conn, "select epoch, epoch_opened_ms from centre")
    return bool(epoch > 1 and recorded_ms < opened_ms)


def _has_statement_since(conn: Connection, partner: str, opened_ms: int) -> bool:
    row = conn.execute(
        "select 1 from partner_statements where partner = %s and final and taken_ms >= %s and until >= %s"
        " limit 1",
        (partner, opened_ms, calendar_day(opened_ms)),
    ).fetchone()
    return row is not None


def _is_said_read(conn: Connection, partner: str, epoch: int) -> bool:
    row = conn.execute(
        "select 1 from abroad_partners where partner = %s and read_epoch = %s", (partner, epoch)
    ).fetchone()
    return row is not None


def say_read(
    conn: Connection, book: Book, partner: str, people: tuple[str, str], evidence: str, now_ms: int
) -> None:
    """Two people have read a partner's list and account of the lost hours.

    Raises:
        Refused: X-044, X-047, A-010 no such partner, A-092 nothing was restored.
    """
    two_people(*people, evidence)
    if agreements.partners(conn, now_ms).find(partner) is None:
        raise Refused("A-010", partner=partner)
    with conn.transaction():
        epoch = one(conn, "select epoch from centre")[0]
        if epoch == 1:
            raise Refused("A-092")
        said = ops.PartnerRead(
            partner=partner,
            centre_epoch=epoch,
            first_person=people[0].strip(),
            second_person=people[1].strip(),
            evidence=evidence.strip(),
        )
        book.append(conn, said)
        conn.execute(
            "insert into abroad_partners (partner, read_epoch) values (%s, %s)"
            " on conflict (partner) do update set read_epoch = excluded.read_epoch",
            (partner, epoch),
        )
