"""The right to pay out what came from abroad: asked for by its number, one grant at a time, manat fixed.

The receiver names number, sum and sender as at home; five wrong tries have it looked at. The grant fixes the
manat at the rate of that moment and undoes the purchase at the same figures when it comes back unused; only
its holder's record ends it (money-out.md MA-26, PROTOCOL.md 5).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central import guessing, laundering
from azpost_desk.central.abroad import agreements, arriving, booking, granting, receiving, restored
from azpost_desk.central.exceptions import list_exception
from azpost_desk.domain import aml
from azpost_desk.domain.abroad.corridors import pick_up_number
from azpost_desk.domain.abroad.moves import ABROAD_IN
from azpost_desk.domain.money import azn
from azpost_desk.domain.names import near_name, same_person_name
from azpost_desk.domain.people import Person
from azpost_desk.domain.products.abroad import PAYOUT
from azpost_desk.protocol.messages import TransferClaimed

if TYPE_CHECKING:
    from azpost_desk.central.abroad.arriving import In
    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.book import Book
    from azpost_desk.central.grants import Claimant
    from azpost_desk.central.keys import CentreKeys
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain import operations as ops
    from azpost_desk.domain.lines import AbroadPaid
    from azpost_desk.protocol.messages import Signed, TransferClaim

NOTHING_FITS: Final = "T-010"
DIFFERS: Final = "T-011"
NEAR_MISS: Final = "T-013"
BEING_CHECKED: Final = "T-018"
NO_RATE: Final = "A-012"
TOO_MANY_MISSES: Final = "T-072"
NOT_PAYABLE_YET: Final = "A-070"
GOES_BACK: Final = "A-071"
PAUSED: Final = "A-072"
_CODES: Final = {
    "reserved": "T-015",
    "in_doubt": "T-015",
    "paid": "T-014",
    "received": NOT_PAYABLE_YET,
    "waiting_funds": NOT_PAYABLE_YET,
    "held": BEING_CHECKED,
    "frozen": BEING_CHECKED,
}
TRIES_MAX: Final = 5
# [design] As long as a quote stands: a document is copied down and manat are counted in it.
STANDS_MS: Final = 15 * 60_000
# A line planned in time may be settled so much later (M0-7).
_ENGAGED_MS: Final = 10 * 60_000
_TABLE: Final = arriving.TABLE


def claim(
    conn: Connection, book: Book, keys: CentreKeys, who: Claimant, question: TransferClaim, now_ms: int
) -> TransferClaimed:
    """The grant, or the code why not. The same request gets the same answer, however often it comes."""
    if not question.request or question.purpose != PAYOUT:
        return TransferClaimed(code=NOTHING_FITS)
    wait_ms = guessing.free_from_ms(conn, who.desk, who.epoch, now_ms)
    if wait_ms:
        # Nothing was looked at: the same request may be asked again.
        return TransferClaimed(code=TOO_MANY_MISSES, ready_ms=wait_ms)

    def again(thing: str, signed: Signed) -> TransferClaimed:
        found = arriving.lock(conn, thing)
        return _granted(found, signed) if found else TransferClaimed(code=NOTHING_FITS)

    judged = partial(_judged, conn, book, keys, who, question, now_ms)
    return granting.once(conn, who, question, judged, again)


def _judged(
    conn: Connection, book: Book, keys: CentreKeys, who: Claimant, question: TransferClaim, now_ms: int
) -> TransferClaimed:
    found = arriving.lock_asked(conn, question.way, pick_up_number(question.code))
    if found is None:
        guessing.missed(conn, who.desk, who.epoch, now_ms)
        return TransferClaimed(code=NOTHING_FITS)
    return _missed(conn, who, question, found, now_ms) or _given(
        conn, book, keys, who, question, found, now_ms
    )


def _missed(
    conn: Connection, who: Claimant, question: TransferClaim, found: In, now_ms: int
) -> TransferClaimed | None:
    """Whether the claimant knows what only the right one knows; None when all of it fits."""
    named = found.promised or found.amount
    sender = found.people().sender.name
    if question.figure_minor == named and found.wrong_tries < TRIES_MAX:
        if same_person_name(question.sender, sender):
            return None
        if near_name(question.sender, sender):
            return TransferClaimed(code=NEAR_MISS)
    guessing.missed(conn, who.desk, who.epoch, now_ms)
    tries = found.wrong_tries + 1
    conn.execute("update abroad_in set wrong_tries = %s where transfer = %s", (tries, found.transfer))
    if tries >= TRIES_MAX:
        # It waits for people from now on; what a desk holds already its holder may pay.
        arriving.move(conn, found, "suspected", now_ms, task=guessing.REASON)
        return TransferClaimed(code=BEING_CHECKED)
    return TransferClaimed(code=DIFFERS, tries_left=TRIES_MAX - tries)


def _given(
    conn: Connection,
    book: Book,
    keys: CentreKeys,
    who: Claimant,
    question: TransferClaim,
    found: In,
    now_ms: int,
) -> TransferClaimed:
    if not restored.may_leave(conn, found.partner):
        return TransferClaimed(code=restored.NOT_READY)
    if found.state != "available":
        return TransferClaimed(code=_CODES.get(found.state, GOES_BACK))
    if not agreements.is_open(conn, found.partner, agreements.PAYOUT):
        return TransferClaimed(code=PAUSED)
    # Whoever takes money is looked for that day, by the lists of that day (MA-13).
    if receiving.is_suspected(conn, found, now_ms):
        arriving.move(conn, found, "suspected", now_ms, task="under_review")
        return TransferClaimed(code=BEING_CHECKED)
    agreed = agreements.agreed(conn, now_ms)
    way = agreed.corridors.find_in(found.way)
    priced = arriving.priced(found, way, agreed, now_ms + STANDS_MS, now_ms) if way else None
    if priced is None:
        return TransferClaimed(code=NO_RATE)
    named = azn(found.promised) if found.promised else found.sum
    wanted = granting.GrantTerms(
        thing=found.transfer,
        purpose=PAYOUT,
        origin=found.content.hex(),
        amount_qapik=priced.amount_qapik,
        arrived_minor=named.minor,
        currency=named.currency,
        rate=priced.rate,
        rate_id=priced.rate_id,
        stands_ms=priced.stands_ms,
    )
    grant, signed = granting.give(conn, book, keys, who, question.request, wanted, _TABLE, now_ms)
    if found.bought_for != arriving.PROMISED:
        book.append(conn, arriving.bought(found, grant.grant, priced))
        arriving.keep_bought(conn, found, grant.grant, priced)
    arriving.move(conn, found, "granted", now_ms)
    return _granted(found, signed)


def paid(conn: Connection, written: AcceptedRecord, line: AbroadPaid, now_ms: int) -> None:
    """The holder of a grant handed the money out to the receiver."""
    found = arriving.lock(conn, line.transfer)
    grant = granting.held(conn, written, line.grant, line.transfer, PAYOUT)
    if found is None or grant is None:
        _except(conn, written, "grant_not_held", line.transfer, now_ms)
    elif grant[0] not in granting.LIVE or (found.state, "paid") not in ABROAD_IN:
        _except(conn, written, "grant_ended", line.transfer, now_ms)
    elif grant[1] != line.amount_qapik:
        _except(conn, written, "grant_for_other", line.transfer, now_ms)
    else:
        granting.end(conn, written.hash, line.grant, line.transfer, _TABLE, "paid")
        arriving.move(conn, found, "paid", now_ms)
        receiving.answer_recall(conn, found, receiving.REFUSED, receiving.PAID_ALREADY, now_ms)
        _note_received(conn, written, line, found)
        if line.stands_ms and line.stands_ms + _ENGAGED_MS < written.header.recorded_ms:
            # The money has left the till at a rate that stood no more: the post's, and somebody asks why.
            _except(conn, written, "incoming_late", line.transfer, now_ms)


def _note_received(conn: Connection, written: AcceptedRecord, line: AbroadPaid, found: In) -> None:
    """Who took the money, as their document says, for the rules over what a person receives (MA-30)."""
    try:
        taker = msgspec.json.decode(written.attachments.get(f"{line.operation}:receiver", b""), type=Person)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # Erased by rule, or not sent along: the payment stands all the same.
        return
    at_ms = written.header.recorded_ms
    moved = aml.RECEIVED, line.transfer, line.amount_qapik, written.branch
    people = taker, found.people().sender
    laundering.note(conn, laundering.known(conn, at_ms), moved, people, at_ms)


def payout_reversed(
    conn: Connection, written: AcceptedRecord, _undone: ops.LineReversed, line: AbroadPaid, now_ms: int
) -> None:
    """A pay-out was undone, which no counter may: the centre decides."""
    found = arriving.lock(conn, line.transfer)
    if found is not None:
        arriving.move(conn, found, "payout_reversed", now_ms)
    _except(conn, written, "payout_reversed", line.transfer, now_ms)


def released(conn: Connection, written: AcceptedRecord, body: ops.GrantReleased, now_ms: int) -> bool:
    """The holder gives a grant back unused; False when the grant is not for what came from abroad."""
    found = arriving.lock(conn, body.thing)
    if found is None:
        return False
    grant = granting.held(conn, written, body.grant, body.thing, PAYOUT)
    if grant is None or grant[0] not in granting.LIVE:
        reason = "grant_not_held" if grant is None else "grant_ended"
        _except(conn, written, reason, body.thing, now_ms)
        return True
    granting.end(conn, written.hash, body.grant, body.thing, _TABLE, "released")
    looked_at = found.recall == "asked" or found.must_wait or found.wrong_tries >= TRIES_MAX
    event = "released_under_recall" if looked_at and found.state == "reserved" else "released"
    task = "incoming_recalled" if found.recall == "asked" else "under_review" if looked_at else ""
    arriving.move(conn, found, event, now_ms, task=task)
    return True


def stored(conn: Connection, written: AcceptedRecord, body: ops.GrantStored, now_ms: int) -> bool:
    """A desk shows a grant that a restored centre has forgotten (D-03); False when it is of another sort."""
    found = arriving.lock(conn, body.thing)
    if found is None:
        return False
    if granting.is_known(conn, body.grant):
        return True
    grant = granting.shown(conn, written, body, _TABLE) if found.state == "available" else None
    if grant is None:
        _except(conn, written, "strange_grant", body.grant, now_ms)
        return True
    agreed = agreements.agreed(conn, now_ms)
    way = agreed.corridors.find_in(found.way)
    priced = arriving.priced(found, way, agreed, grant.stands_ms, grant.time_ms) if way else None
    base = priced.base_qapik if priced else grant.amount_qapik
    fixed = arriving.Bought(grant.amount_qapik, base, grant.rate, grant.rate_id, grant.stands_ms)
    if found.bought_for != arriving.PROMISED:
        booking.note(conn, arriving.bought(found, grant.grant, fixed))
        arriving.keep_bought(conn, found, grant.grant, fixed)
    arriving.move(conn, found, "granted", now_ms)
    return True


def doubt(conn: Connection, now_ms: int) -> int:
    """What a chain that has ended held to pay out is in doubt, as its grant is; how many are so now."""
    held = granting.in_doubt(conn, _TABLE, "reserved")
    for thing in held:
        found = arriving.lock(conn, thing)
        if found is not None:
            arriving.move(conn, found, "doubted", now_ms)
    return len(held)


def resolved(
    conn: Connection,
    book: Book,
    grant: str,
    outcome: str,
    people: tuple[str, str],
    evidence: str,
    now_ms: int,
) -> str:
    """Two people say what became of a grant in doubt; gives the state then. Raises: as `granting.resolve`."""
    doubt(conn, now_ms)
    thing = granting.resolve(
        conn, book, grant, outcome, people, evidence, _TABLE, lambda _thing, granted_qapik: granted_qapik
    )
    found = arriving.lock(conn, thing)
    if found is None:
        raise LookupError(thing)
    return arriving.move(conn, found, "paid" if outcome == "paid" else "released", now_ms)


def _granted(found: In, signed: Signed) -> TransferClaimed:
    return TransferClaimed(grant=signed, parties=found.parties, sent_ms=found.received_ms)


def _except(conn: Connection, written: AcceptedRecord, reason: str, about: str, now_ms: int) -> None:
    list_exception(conn, written.desk, written.epoch, written.sequence, reason, now_ms, about)
