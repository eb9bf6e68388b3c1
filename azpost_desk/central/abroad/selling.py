"""Transfers abroad as desks sold them, brought forward: checked against the quote, kept for the partner.

One waits for two people instead, and stands on the exceptions list, when its quote is not the centre's own,
was used already or had run out (money-out.md MA-1, MA-2), when its chain, time or allowance leaves a doubt
(central.exposure), when its sender sends more than one person may, at home and abroad together (MA-30), or
when somebody may be on a watch list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central import exposure, laundering, limits, screening
from azpost_desk.central.abroad import agreements, booking, funds, moving, restored
from azpost_desk.central.exceptions import list_exception
from azpost_desk.central.gateways.abroad import uetr_of
from azpost_desk.central.registry.reference import newest
from azpost_desk.central.storage.database import one
from azpost_desk.domain import aml
from azpost_desk.domain.abroad.moves import ABROAD_OUT, NOT_GONE
from azpost_desk.domain.catalogue import WatchState
from azpost_desk.domain.exchange import as_fraction, manat_for
from azpost_desk.domain.money import Money
from azpost_desk.domain.people import AbroadParties, Person
from azpost_desk.protocol.abroad import words_of
from azpost_desk.protocol.keys import is_signed

if TYPE_CHECKING:
    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain import operations as ops
    from azpost_desk.domain.lines import AbroadSent

# A tender begun in time may end so much later (M0-7): a card, a wallet that is counted twice.
ENGAGED_MS: Final = 10 * 60_000


def sold(conn: Connection, written: AcceptedRecord, line: AbroadSent, now_ms: int) -> None:
    """A transfer abroad was accepted from its sender: the deal stands from this record on (MA-22)."""
    shown = written.attachments.get(f"{line.operation}:parties_abroad", b"")
    try:
        parties = msgspec.json.decode(shown, type=AbroadParties)
    except (msgspec.DecodeError, UnicodeDecodeError):
        _except(conn, written, "no_parties", line.transfer, now_ms)
        return
    base = _base_qapik(line)
    if not _insert(conn, written, line, shown, base):
        _except(conn, written, "transfer_known", line.transfer, now_ms)
        return
    row = moving.lock(conn, line.transfer)
    if row is None:
        raise LookupError(line.transfer)
    booking.note(conn, row.deal(row.sent_ms))
    reasons = _why_held(conn, written, line, parties, now_ms)
    for why in reasons:
        _except(conn, written, why, line.transfer, now_ms)
    if reasons:
        moving.move(conn, row, "suspected", now_ms)
    else:
        enqueue(conn, row, now_ms)


def enqueue(conn: Connection, row: moving.Out, now_ms: int) -> str:
    """Keep a queued transfer's funds and say when it leaves; short of funds it waits (MA-5)."""
    partner = agreements.partners(conn, now_ms).find(row.partner)
    if partner is None or not (
        row.firm or funds.make_firm(conn, partner, row.currency, row.arrives, waits=False)
    ):
        return moving.move(conn, row, "short", now_ms)
    leaves_ms = max(now_ms, row.terms().quoted_ms + row.terms().grace_minutes * 60_000)
    conn.execute(
        "update abroad_out set firm = true, next_ms = %s where transfer = %s", (leaves_ms, row.transfer)
    )
    moving.tell_desk(conn, row.transfer, now_ms)
    return row.state


def funded(conn: Connection, partner: str, currency: str, now_ms: int) -> int:
    """Give what has arrived at a partner to those that wait for it, the oldest first; how many now leave."""
    agreed = agreements.partners(conn, now_ms).find(partner)
    waiting = conn.execute(
        "select transfer from abroad_out where partner = %s and currency = %s and state = 'waiting_funds'"
        " order by sent_ms, desk, epoch, sequence, transfer",
        (partner, currency),
    ).fetchall()
    count = 0
    for (transfer,) in waiting:
        row = moving.lock(conn, transfer)
        if row is None or agreed is None:
            continue
        if not funds.make_firm(conn, agreed, currency, row.arrives, waits=True):
            break
        moving.move(conn, row, "funded", now_ms)
        conn.execute(
            "update abroad_out set firm = true, next_ms = %s where transfer = %s", (now_ms, transfer)
        )
        count += 1
    return count


def reversed_line(
    conn: Connection, written: AcceptedRecord, _undone: ops.LineReversed, line: AbroadSent, now_ms: int
) -> None:
    """A sale was undone at its desk, which it may only before the centre heard of it: nothing has left."""
    row = moving.lock(conn, line.transfer)
    own = row is not None and row.desk == written.desk and row.terms_bytes == words_of(line.terms)
    if row is None or not own or row.state not in NOT_GONE or row.attempts:
        _except(conn, written, "reversed_without_grant", line.transfer, now_ms)
        return
    moving.undone(conn, row, now_ms)


def stop_asked(conn: Connection, written: AcceptedRecord, body: ops.AbroadStopAsked, now_ms: int) -> None:
    """The sender wants it back: cancelled while it has not left, afterwards a recall (MA-7, MA-11).

    The row's lock decides: whoever releases it to the partner holds the same one.
    """
    row = moving.lock(conn, body.transfer)
    if row is None:
        _except(conn, written, "transfer_elsewhere", body.transfer, now_ms)
    elif row.attempts == 0 and (row.state, "cancelled") in ABROAD_OUT:
        moving.move(conn, row, "cancelled", now_ms, reason=body.reason)
    elif row.recall == "" and row.state in ("leaving", "sent", "unknown", "accepted", "settled"):
        conn.execute(
            "update abroad_out set recall = 'asked', recall_ms = %s, next_ms = %s where transfer = %s",
            (now_ms, now_ms, body.transfer),
        )
        moving.tell_desk(conn, body.transfer, now_ms)
    else:
        moving.tell_desk(conn, body.transfer, now_ms)


def _insert(conn: Connection, written: AcceptedRecord, line: AbroadSent, shown: bytes, base: int) -> bool:
    terms = line.terms
    values = {
        "transfer": line.transfer,
        "desk": written.desk,
        "epoch": written.epoch,
        "sequence": written.sequence,
        "hash": bytes.fromhex(written.hash),
        "acknowledged": written.header.acknowledged,
        "sent_ms": written.header.recorded_ms,
        "partner": terms.partner,
        "corridor": terms.corridor,
        "currency": terms.currency,
        "arrives": terms.arrives_minor,
        "amount": terms.amount_qapik,
        "fee": terms.fee_qapik,
        "base": base,
        "refund_fee": terms.fee_returned,
        "terms": words_of(terms),
        "purpose": line.purpose,
        "parties": shown,
        "state": ABROAD_OUT["", "sold"],
        "ask_first": restored.is_of_lost_hours(conn, written.header.recorded_ms),
        "state_ms": written.header.recorded_ms,
        "uetr": uetr_of(line.transfer),
        "receipt": written.body.receipt,
    }
    names = ", ".join(values)
    places = ", ".join(f"%({name})s" for name in values)
    new = conn.execute(
        f"insert into abroad_out ({names}) values ({places}) on conflict do nothing"
        " returning transfer".encode(),
        values,
    ).fetchone()
    return new is not None


def _base_qapik(line: AbroadSent) -> int:
    """What the sale is worth at the source's own rate: the spread is our trading result."""
    terms = line.terms
    rate = as_fraction(terms.base_rate)
    if rate is None:
        return terms.amount_qapik
    return manat_for(Money(terms.arrives_minor, terms.currency), rate, "half_up").minor


def _why_held(
    conn: Connection, written: AcceptedRecord, line: AbroadSent, parties: AbroadParties, now_ms: int
) -> list[str]:
    terms = line.terms
    reasons, settings = exposure.doubts(conn, written, "abroad", line.transfer, terms.amount_qapik)
    lists = newest(conn, WatchState) or WatchState()
    suspected = [
        screening.must_wait(conn, line.transfer, who, lists, settings, now_ms)
        for who in moving.people_of(parties)
    ]
    more = {
        "strange_quote": not _is_ours(conn, written, line),
        "quote_used": not _use(conn, line),
        "quote_expired": written.header.recorded_ms > terms.stands_ms + ENGAGED_MS,
        screening.UNDER_REVIEW: any(suspected),
        "over_limit": _is_over_limit(conn, written, line, parties),
    }
    return reasons + [reason for reason, is_so in more.items() if is_so]


def _is_over_limit(
    conn: Connection, written: AcceptedRecord, line: AbroadSent, parties: AbroadParties
) -> bool:
    """Whether it is more than its sender may send; its movement is noted. Its own quote is used up by now."""
    at_ms = written.header.recorded_ms
    known = laundering.known(conn, at_ms)
    amount_qapik = line.terms.amount_qapik
    is_over = limits.is_over(conn, known, parties.sender, amount_qapik, at_ms)
    people = parties.sender, Person(name=parties.receiver.latin)
    laundering.note(conn, known, (aml.SENT, line.transfer, amount_qapik, written.branch), people, at_ms)
    return is_over


def _is_ours(conn: Connection, written: AcceptedRecord, line: AbroadSent) -> bool:
    """Whether the centre signed these very terms for this chain."""
    public = one(conn, "select public from centre_keys where purpose = 'grants'")[0]
    try:
        signature = bytes.fromhex(line.signature)
    except ValueError:
        return False
    holder = (line.terms.desk, line.terms.epoch) == (written.desk, written.epoch)
    return holder and is_signed(public, words_of(line.terms), signature)


def _use(conn: Connection, line: AbroadSent) -> bool:
    """Use the quote up; False when another transfer did. One the centre has forgotten is used by it now."""
    terms = line.terms
    conn.execute(
        "insert into abroad_quotes values (%s, %s, %s, %s, %s, %s, %s, %s, %s, null) on conflict do nothing",
        (
            terms.quote,
            terms.desk,
            terms.epoch,
            terms.partner,
            terms.currency,
            terms.arrives_minor,
            terms.stands_ms,
            words_of(terms),
            line.signature.encode(),
        ),
    )
    used = conn.execute(
        "update abroad_quotes set used_by = %s where quote = %s and (used_by is null or used_by = %s)"
        " returning quote",
        (line.transfer, terms.quote, line.transfer),
    ).fetchone()
    return used is not None


def _except(conn: Connection, written: AcceptedRecord, reason: str, about: str, now_ms: int) -> None:
    list_exception(conn, written.desk, written.epoch, written.sequence, reason, now_ms, about)
