"""Transfers as the centre sees them, brought forward by what desks recorded.

A transfer becomes available when its record was accepted here. It is held instead, and stands on the
exceptions list, when something about its sending needs a person (PROTOCOL.md 7):

- its code was not given to this desk and epoch,
- its chain, its time or its desk's allowance leaves a doubt (central.exposure),
- its sender goes beyond what one person may send in a day or a month, over all branches,
- its sender or receiver may be on a watch list, or the lists are too old to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central import doubts, exposure, freed, grants, laundering, limits, screening
from azpost_desk.central.exceptions import list_exception
from azpost_desk.central.messaging import events
from azpost_desk.central.news import tell
from azpost_desk.central.registry import code_series, supply
from azpost_desk.central.sold import sold_line
from azpost_desk.central.storage.database import one
from azpost_desk.domain import aml
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import WatchState
from azpost_desk.domain.moves import GRANT, TRANSFER, move
from azpost_desk.domain.people import Parties, Person
from azpost_desk.protocol.keys import is_signed
from azpost_desk.protocol.messages import Signed, grant_of
from azpost_desk.protocol.news import TransferEvent

if TYPE_CHECKING:
    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.storage.database import Connection


def sent(conn: Connection, written: AcceptedRecord, line: ops.TransferSent, now_ms: int) -> None:
    """A transfer was accepted from its sender."""
    shown = written.attachments.get(f"{line.operation}:parties", b"")
    try:
        parties = msgspec.json.decode(shown, type=Parties)
    except (msgspec.DecodeError, UnicodeDecodeError):
        _except(conn, written, "no_parties", line.transfer, now_ms)
        return
    new = conn.execute(
        "insert into transfers (transfer, code, state, amount, office, parties, desk, epoch, sequence, hash,"
        " acknowledged, sent_ms, available_ms)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " on conflict do nothing returning transfer",
        (
            line.transfer,
            parties.code,
            move(TRANSFER, "", "sent"),
            line.amount_qapik,
            line.office or "",
            shown,
            written.desk,
            written.epoch,
            written.sequence,
            bytes.fromhex(written.hash),
            written.header.acknowledged,
            written.header.recorded_ms,
            line.terms.available_ms if line.terms else 0,
        ),
    ).fetchone()
    if new is None:
        _except(conn, written, "transfer_known", line.transfer, now_ms)
        return
    reasons = _why_held(conn, written, line, parties, now_ms)
    supply.used_code(conn, written.desk, parties.code, now_ms)
    if not reasons:
        return
    after = move(TRANSFER, "available", "suspected")
    conn.execute("update transfers set state = %s where transfer = %s", (after, line.transfer))
    for why in reasons:
        _except(conn, written, why, line.transfer, now_ms)
    _tell(conn, line.transfer, after, written, now_ms)


_ABOUT_A_SEND: Final = """
    select
        exists (select from transfer_codes where code = %(code)s and desk = %(desk)s and epoch = %(epoch)s),
        (select content from reference where name = 'watch' order by version desc limit 1)
"""


def _why_held(
    conn: Connection, written: AcceptedRecord, line: ops.TransferSent, parties: Parties, now_ms: int
) -> list[str]:
    """Every reason why a person must look at a transfer just written down; its movements are noted."""
    reasons, settings = exposure.doubts(conn, written, "transfers", line.transfer, line.amount_qapik)
    about = {"code": parties.code, "desk": written.desk, "epoch": written.epoch}
    is_given, document = one(conn, _ABOUT_A_SEND, about)
    lists = msgspec.json.decode(document, type=WatchState) if document else WatchState()
    more = {
        "strange_code": not is_given
        and not code_series.adopt(conn, written.desk, written.epoch, parties.code),
        screening.UNDER_REVIEW: screening.must_wait(conn, line.transfer, parties, lists, settings, now_ms),
        "over_limit": _is_over_limit(conn, written, line, parties),
    }
    return reasons + [reason for reason, is_so in more.items() if is_so]


def _is_over_limit(
    conn: Connection, written: AcceptedRecord, line: ops.TransferSent, parties: Parties
) -> bool:
    at_ms = written.header.recorded_ms
    known = laundering.known(conn, at_ms)
    is_over = limits.is_over(conn, known, parties.sender, line.amount_qapik, at_ms)
    people = parties.sender, parties.receiver
    laundering.note(conn, known, (aml.SENT, line.transfer, line.amount_qapik, written.branch), people, at_ms)
    return is_over


def paid_out(
    conn: Connection, written: AcceptedRecord, line: ops.TransferPaid | ops.TransferRefunded, now_ms: int
) -> None:
    """The holder of a grant handed the money out: to the receiver, or back to the sender."""
    event = "paid" if isinstance(line, ops.TransferPaid) else "refunded"
    if isinstance(line, ops.TransferRefunded) and not _is_fee_taken(conn, line):
        _except(conn, written, "grant_for_other", line.transfer, now_ms)
        return
    purpose = "pay" if event == "paid" else "refund"
    about = (line.transfer, purpose, line.amount_qapik)
    if _end_grant(conn, written, line.grant, about, event, now_ms) and event == "paid":
        _note_received(conn, written, line)
        events.transfer_paid(conn, line.transfer, now_ms)


def _note_received(
    conn: Connection, written: AcceptedRecord, line: ops.TransferPaid | ops.TransferRefunded
) -> None:
    """Who took the money, as their document says, for the rules over what a person receives."""
    sent = one(conn, "select parties from transfers where transfer = %s", (line.transfer,))[0]
    try:
        taker = msgspec.json.decode(written.attachments.get(f"{line.operation}:receiver", b""), type=Person)
        sender = msgspec.json.decode(sent, type=Parties).sender
    except (msgspec.DecodeError, UnicodeDecodeError):
        # Erased by rule, or not sent along: the payment stands all the same.
        return
    at_ms = written.header.recorded_ms
    moved = aml.RECEIVED, line.transfer, line.amount_qapik, written.branch
    laundering.note(conn, laundering.known(conn, at_ms), moved, (taker, sender), at_ms)


def _is_fee_taken(conn: Connection, line: ops.TransferRefunded) -> bool:
    """Whether the fee that is given back was taken when the transfer was sent."""
    sent = _as_sent(conn, line.transfer)
    return sent is not None and line.fee_returned_qapik in (0, sent.fee_qapik)


def _as_sent(conn: Connection, transfer: str) -> ops.TransferSent | None:
    """The transfer's line as its sender's desk wrote it."""
    row = conn.execute(
        "select desk, epoch, sequence from transfers where transfer = %s", (transfer,)
    ).fetchone()
    line = sold_line(conn, row[0], row[1], row[2], transfer) if row else None
    return line if isinstance(line, ops.TransferSent) else None


def sending_reversed(
    conn: Connection, written: AcceptedRecord, undone: ops.LineReversed, line: ops.TransferSent, now_ms: int
) -> None:
    """A transfer was undone where it was sent: under a grant, or never offered to the centre before."""
    if undone.grant:
        about = (line.transfer, "reverse", line.amount_qapik)
        _end_grant(conn, written, undone.grant, about, "reversed", now_ms)
        return
    # Never offered to the centre when it was undone, so nobody else can hold it.
    row = _lock(conn, line.transfer)
    if row is None or row != ("available", written.desk) or _as_sent(conn, line.transfer) != line:
        _except(conn, written, "reversed_without_grant", line.transfer, now_ms)
    else:
        _move(conn, line.transfer, "reversed", written, now_ms)


def payout_reversed(
    conn: Connection, written: AcceptedRecord, _undone: ops.LineReversed, line: ops.TransferPaid, now_ms: int
) -> None:
    """A pay-out was undone: that never revives the grant, the centre decides (PROTOCOL.md 5)."""
    row = _lock(conn, line.transfer)
    if row is None or (row[0], "payout_reversed") not in TRANSFER:
        _except(conn, written, "transfer_elsewhere", line.transfer, now_ms)
    else:
        _move(conn, line.transfer, "payout_reversed", written, now_ms)
        _except(conn, written, "payout_reversed", line.transfer, now_ms)


def refund_reversed(
    conn: Connection,
    written: AcceptedRecord,
    _undone: ops.LineReversed,
    line: ops.TransferRefunded,
    now_ms: int,
) -> None:
    """A refund was undone, which no counter may: a case for finance."""
    _except(conn, written, "refund_reversed", line.transfer, now_ms)


def released(conn: Connection, written: AcceptedRecord, body: ops.GrantReleased, now_ms: int) -> None:
    """The holder gives a grant back unused."""
    _end_grant(conn, written, body.grant, (body.thing, "", -1), "released", now_ms)


def changed(conn: Connection, written: AcceptedRecord, body: ops.TransferChanged, now_ms: int) -> None:
    """Its sender changed it under a grant of the sending branch: receiver, office, or back to themselves."""
    shown = written.attachments.get(f"{written.header.operation}:parties", b"")
    try:
        parties = msgspec.json.decode(shown, type=Parties)
    except (msgspec.DecodeError, UnicodeDecodeError):
        _except(conn, written, "no_parties", body.transfer, now_ms)
        return
    row = conn.execute("select amount from transfers where transfer = %s", (body.transfer,)).fetchone()
    event = "recalled" if body.sort == "recall" else "changed"
    about = (body.transfer, "refund", row[0] if row else 0)
    if not _end_grant(conn, written, body.grant, about, event, now_ms):
        return
    if body.sort == "office":
        conn.execute("update transfers set office = %s where transfer = %s", (body.office, body.transfer))
    elif body.sort == "receiver":
        # Only the receiver: whoever claims it says the sender's name as it was written at the sending.
        kept = one(conn, "select parties from transfers where transfer = %s", (body.transfer,))[0]
        now = msgspec.structs.replace(msgspec.json.decode(kept, type=Parties), receiver=parties.receiver)
        conn.execute(
            "update transfers set parties = %s where transfer = %s",
            (msgspec.json.encode(now), body.transfer),
        )
        screening.forget_receiver(conn, body.transfer)
        # Any desk of the sending branch may have changed it: the new receiver is screened all the same.
        now_free = _lock(conn, body.transfer)
        if now_free is not None and now_free[0] == "available":
            freed.free(conn, body.transfer, now_ms)


def stored(conn: Connection, written: AcceptedRecord, body: ops.GrantStored, now_ms: int) -> None:
    """A desk shows a grant it holds: news only to a centre that was restored to a time before it (D-03)."""
    # A row without columns is an empty tuple: there, and yet false.
    if conn.execute('select from grants where "grant" = %s', (body.grant,)).fetchone() is not None:
        return
    words, signature = bytes.fromhex(body.words), bytes.fromhex(body.signature)
    public = one(conn, "select public from centre_keys where purpose = 'grants'")[0]
    row = _lock(conn, body.thing)
    if not is_signed(public, words, signature) or row is None:
        _except(conn, written, "strange_grant", body.grant, now_ms)
        return
    grant = grant_of(words)
    if (grant.holder, grant.holder_epoch) != (written.desk, written.epoch) or row[0] != "available":
        _except(conn, written, "strange_grant", body.grant, now_ms)
        return
    grants.keep(conn, grant, Signed(words=words, signature=signature))
    conn.execute(
        "update transfers set state = %s, grants = %s, last_grant = %s where transfer = %s",
        (move(TRANSFER, row[0], "granted"), grant.number, grant.grant, grant.thing),
    )


def _end_grant(
    conn: Connection,
    written: AcceptedRecord,
    grant: str,
    about: tuple[str, str, int],
    event: str,
    now_ms: int,
) -> bool:
    """End a grant by a record of its holder; anything else stays without effect on the exceptions list.

    Gives whether it took effect.
    """
    transfer, purpose, amount = about
    state = _lock(conn, transfer)
    row = conn.execute(
        "select thing, purpose, amount, holder, holder_epoch, state from grants"
        ' where "grant" = %s for update',
        (grant,),
    ).fetchone()
    holder = (written.desk, written.epoch)
    if row is None or state is None or row[0] != transfer or row[3:5] != holder:
        _except(conn, written, "grant_not_held", transfer, now_ms)
    elif row[5] in doubts.RESOLVED:
        doubts.surfaced(conn, written, grant, row[5], event, row[2], now_ms)
    elif row[5] not in ("open", "in_doubt") or (state[0], event) not in TRANSFER:
        _except(conn, written, "grant_ended", transfer, now_ms)
    elif event != "released" and (row[1], row[2]) != (purpose, amount):
        _except(conn, written, "grant_for_other", transfer, now_ms)
    else:
        ended = move(GRANT, row[5], event)
        conn.execute(
            'update grants set state = %s, ended_by = %s where "grant" = %s', (ended, written.hash, grant)
        )
        conn.execute("update transfers set ended_by = %s where transfer = %s", (written.hash, transfer))
        _move(conn, transfer, event, written, now_ms)
        return True
    return False


def _lock(conn: Connection, transfer: str) -> tuple[str, str] | None:
    """State and sending desk of a transfer, its row locked."""
    row = conn.execute(
        "select state, desk from transfers where transfer = %s for update", (transfer,)
    ).fetchone()
    return (row[0], row[1]) if row else None


def _move(conn: Connection, transfer: str, event: str, written: AcceptedRecord, now_ms: int) -> None:
    state, desk = one(conn, "select state, desk from transfers where transfer = %s", (transfer,))
    after = move(TRANSFER, state, event)
    if after == "available":
        if freed.free(conn, transfer, now_ms) != after:
            return
    else:
        conn.execute(
            "update transfers set state = %s, state_ms = %s where transfer = %s", (after, now_ms, transfer)
        )
    if desk != written.desk:
        _tell(conn, transfer, after, written, now_ms, desk)


def _tell(
    conn: Connection, transfer: str, state: str, written: AcceptedRecord, now_ms: int, desk: str = ""
) -> None:
    event = TransferEvent(
        transfer=transfer, state=state, office=written.branch, at_ms=written.header.recorded_ms
    )
    tell(conn, event, [desk or written.desk], now_ms)


def _except(conn: Connection, written: AcceptedRecord, reason: str, about: str, now_ms: int) -> None:
    list_exception(conn, written.desk, written.epoch, written.sequence, reason, now_ms, about)
