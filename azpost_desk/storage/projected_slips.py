"""Projections of paper between desks and of consents from the centre: keys, closes by slip, approvals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec
from sqlalchemy import insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from azpost_desk.domain import reports
from azpost_desk.storage import tables as t
from azpost_desk.storage.projecting import StoredRecord, happens_once

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from azpost_desk.domain import operations as ops
    from azpost_desk.protocol.news import DeskHead


def learn_key(connection: Connection, desk: str, epoch: int, public_key: str, state: str) -> bool:
    """Keep the key of a chain; False when another one is known for it. A key that ended stays ended."""
    k = t.desk_keys.c
    this = (k.desk == desk) & (k.epoch == epoch)
    known = connection.execute(select(t.desk_keys).where(this)).first()
    if known is None:
        connection.execute(
            insert(t.desk_keys), {"desk": desk, "epoch": epoch, "public_key": public_key, "state": state}
        )
        return True
    if known.public_key != public_key:
        return False
    if known.state == "active" != state:
        connection.execute(update(t.desk_keys).where(this).values(state=state))
    return True


# --- closes -----------------------------------------------------------------------------------------------


def close_announced(connection: Connection, written: StoredRecord, body: ops.CloseAnnounced) -> None:
    """A close on paper counts for the branch as the centre's word on it does."""
    happens_once(connection, "close", f"{body.desk} {body.date}", written)
    figures = body.figures.encode()
    connection.execute(
        insert(t.slip_closes),
        {
            "desk": body.desk,
            "date": body.date,
            "epoch": body.epoch,
            "sequence": body.sequence,
            "hash": body.hash,
            "figures": figures,
        },
    )
    values = {
        "number": body.number,
        "epoch": body.epoch,
        "sequence": body.sequence,
        "hash": body.hash,
        "received_ms": written.header.recorded_ms,
        "state": "closed",
        "figures": figures,
        "hours": "",
    }
    o = t.other_desks.c
    newer = (o.epoch < body.epoch) | ((o.epoch == body.epoch) & (o.sequence < body.sequence))
    connection.execute(
        upsert(t.other_desks)
        .values(desk=body.desk, date=body.date, **values)
        .on_conflict_do_update(index_elements=["desk", "date"], set_=values, where=newer)
    )


def against_slip(connection: Connection, told: DeskHead) -> Literal["", "known", "differs"]:
    """What news of a desk is beside the slip of its close: news indeed, nothing new, or a contradiction.

    At the slip's place in the chain its hash stands, and whoever says that the day is closed gives its
    figures. The centre may tell of a later head while it has not brought the close forward yet: nothing new.
    """
    s = t.slip_closes.c
    slip = connection.execute(select(t.slip_closes).where(s.desk == told.desk, s.date == told.date)).first()
    if slip is None:
        return ""
    place, known = (told.epoch, told.sequence), (slip.epoch, slip.sequence)
    if place == known and told.hash != slip.hash:
        return "differs"
    if told.state == "closed" and not same_figures(bytes(told.figures), slip.figures):
        return "differs"
    return "known" if place <= known or told.state != "closed" else ""


def add_untold(connection: Connection, told: DeskHead) -> None:
    """A slip has no room for hours, nor for how baskets were paid: the centre's word on the same close brings
    both.
    """
    if told.state != "closed":
        return
    o = t.other_desks.c
    same = (o.desk == told.desk, o.date == told.date, o.epoch == told.epoch, o.sequence == told.sequence)
    connection.execute(update(t.other_desks).where(*same).values(_untold(told)))


def _untold(told: DeskHead) -> dict[str, object]:
    figures = {"figures": bytes(told.figures)}
    return {**figures, "hours": told.hours} if told.hours else {**figures}


def same_figures(one: bytes, other: bytes) -> bool:
    """Whether two writings of a day's figures are the same day, in all that both of them tell."""
    try:
        return reports.differences(reports.decode(one), reports.decode(other)) == []
    except (msgspec.DecodeError, UnicodeDecodeError):
        return one == other


# --- approvals --------------------------------------------------------------------------------------------


def approval_asked(connection: Connection, written: StoredRecord, body: ops.ApprovalAsked) -> None:
    """A question to the centre, waiting for its answer."""
    connection.execute(
        insert(t.approvals),
        {
            "request": written.header.operation,
            "operation": body.operation,
            "subject": body.subject,
            "amount_qapik": body.amount_qapik,
            "asker": body.asker,
            "way": body.way,
            "attempt": body.attempt,
            "challenge": body.challenge,
            "state": "waiting",
            "approver": "",
            "reason": "",
            "epoch": written.header.epoch,
            "asked_ms": written.header.recorded_ms,
        },
    )


def approval_given(connection: Connection, written: StoredRecord, body: ops.ApprovalGiven) -> None:
    """One consent per operation, whichever way it came."""
    happens_once(connection, "approval", body.operation, written)
    _answered(connection, body, "given")


def approval_refused(connection: Connection, written: StoredRecord, body: ops.ApprovalRefused) -> None:
    """The question is closed."""
    _answered(connection, body, "refused")


def approval_locked(connection: Connection, written: StoredRecord, body: ops.ApprovalLocked) -> None:
    """The challenge takes no response any more."""
    _move(connection, body.request, state="locked")


def _answered(connection: Connection, body: ops.ApprovalGiven | ops.ApprovalRefused, state: str) -> None:
    _move(connection, body.request, state=state, approver=body.approver, reason=getattr(body, "reason", ""))


def _move(connection: Connection, request: str, **values: Any) -> None:
    connection.execute(update(t.approvals).where(t.approvals.c.request == request).values(**values))
