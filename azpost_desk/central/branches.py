"""What the desks of a branch learn of each other: where each stands, its closed day, cash on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central.exceptions import list_exception
from azpost_desk.central.news import tell
from azpost_desk.central.storage.database import one
from azpost_desk.domain.moves import DAY, REMITTANCE, befores, move
from azpost_desk.protocol.news import DeskHead, RemittanceNews

if TYPE_CHECKING:
    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain import operations as ops

# The desk's own record says where its day stands, whatever was heard of it before.
_OPEN: Final = move(DAY, "", "opened")


def day_opened(conn: Connection, written: AcceptedRecord, body: ops.DayOpened) -> None:
    """A desk's business day began."""
    conn.execute(
        "update desks set date = %s, state = %s, figures = 'null', hours = '' where desk = %s",
        (body.date, _OPEN, written.desk),
    )


def day_closed(conn: Connection, written: AcceptedRecord, body: ops.DayClosed) -> None:
    """A desk's business day ended, with the figures of its report and its hours."""
    conn.execute(
        "update desks set date = %s, state = %s, figures = %s, hours = %s where desk = %s",
        (body.date, move(DAY, _OPEN, "closed"), _json(body.figures), body.hours.encode(), written.desk),
    )


def _json(figures: str) -> bytes:
    """The figures as JSON: as they stand when they are, else as a JSON string."""
    try:
        msgspec.json.decode(figures)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return msgspec.json.encode(figures)
    return figures.encode()


def tell_head(conn: Connection, desk: str, epoch: int, now_ms: int) -> None:
    """Tell the other desks of the branch where this one stands."""
    branch, number, date, state, figures, hours = one(
        conn, "select branch, number, date, state, figures, hours from desks where desk = %s", (desk,)
    )
    sequence, digest, recorded_ms, received_ms, public_key = one(
        conn,
        "select sequence, hash, recorded_ms, received_ms, public_key from chain_heads"
        " where desk = %s and epoch = %s",
        (desk, epoch),
    )
    others = conn.execute(
        "select desk from desks where branch = %s and desk <> %s and epoch > 0", (branch, desk)
    ).fetchall()
    head = DeskHead(
        desk=desk,
        number=number,
        epoch=epoch,
        sequence=sequence,
        hash=digest.hex(),
        recorded_ms=recorded_ms,
        received_ms=received_ms,
        date=date,
        state=state,
        figures=msgspec.Raw(figures),
        public_key=public_key,
        hours=hours.decode(),
    )
    tell(conn, head, [row[0] for row in others], now_ms)


def remittance_issued(
    conn: Connection, written: AcceptedRecord, body: ops.RemittanceIssued, now_ms: int
) -> None:
    """Cash left a desk: the one it is addressed to hears of it."""
    issued = move(REMITTANCE, "", "issued")
    new = conn.execute(
        "insert into remittances values (%s, %s, %s, %s, %s, %s, null)"
        " on conflict do nothing returning remittance",
        (body.remittance, written.desk, body.to_desk, body.amount_qapik, issued, written.header.recorded_ms),
    ).fetchone()
    if new is None:
        known = one(
            conn,
            "select from_desk, to_desk, amount, state from remittances where remittance = %s",
            (body.remittance,),
        )
        if known != (written.desk, body.to_desk, body.amount_qapik, "accepted"):
            _except(conn, written, "remittance_differs", body.remittance, now_ms)
        return
    on_its_way = RemittanceNews(
        remittance=body.remittance,
        from_desk=written.desk,
        to_desk=body.to_desk,
        amount_qapik=body.amount_qapik,
        pieces=body.pieces,
        at_ms=written.header.recorded_ms,
    )
    tell(conn, on_its_way, [body.to_desk], now_ms)


def remittance_accepted(
    conn: Connection, written: AcceptedRecord, body: ops.RemittanceAccepted, now_ms: int
) -> None:
    """Cash arrived; it may be heard of before it was issued, and both orders are good."""
    # Without one that was issued, by the same event.
    [(after, before)] = befores(REMITTANCE, "accepted").items()
    row = conn.execute(
        "insert into remittances values (%s, %s, %s, %s, %s, %s, %s)"
        " on conflict (remittance) do update set state = %s, accepted_ms = excluded.accepted_ms"
        " where remittances.state = any(%s) and remittances.to_desk = excluded.to_desk"
        " and remittances.amount = excluded.amount returning remittance",
        (
            body.remittance,
            body.from_desk,
            written.desk,
            body.amount_qapik,
            move(REMITTANCE, "", "accepted"),
            written.header.recorded_ms,
            written.header.recorded_ms,
            after,
            before,
        ),
    ).fetchone()
    if row is None:
        _except(conn, written, "remittance_differs", body.remittance, now_ms)
        return
    counted = RemittanceNews(
        remittance=body.remittance,
        from_desk=body.from_desk,
        to_desk=written.desk,
        amount_qapik=body.amount_qapik,
        pieces=body.pieces,
        at_ms=written.header.recorded_ms,
        state="accepted",
        by=written.header.actor,
    )
    # The desk that gave it out waits for the word; a machine that replaces this one must not count it again.
    tell(conn, counted, [written.desk, body.from_desk], now_ms)


def _except(conn: Connection, written: AcceptedRecord, reason: str, about: str, now_ms: int) -> None:
    list_exception(conn, written.desk, written.epoch, written.sequence, reason, now_ms, about)
