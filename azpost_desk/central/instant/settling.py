"""What desks recorded of money by code: a settlement uses a paid request once, the rest goes back.

In: tenders of settlements, records that give money up or back. Out: the request's state, money on its way
back, exceptions for what no confirmation stands behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central import approvals, keys
from azpost_desk.central.doubts import two_people
from azpost_desk.central.exceptions import list_exception
from azpost_desk.central.instant import backs, things
from azpost_desk.domain import operations as ops
from azpost_desk.domain.delivery_moves import DELIVERED
from azpost_desk.domain.moves import move
from azpost_desk.domain.qr import basket_digest
from azpost_desk.domain.qr_moves import REQUEST
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.instant import paid_of
from azpost_desk.protocol.keys import is_signed

if TYPE_CHECKING:
    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.book import Book
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.protocol.instant import QrPaid

UNPAID: Final = "qr_unpaid"
IN_DOUBT: Final = "qr_in_doubt"
# Two people's words: what it paid for was handed over, or it goes back to whoever paid it.
DECISIONS: Final = {DELIVERED: "judged_settled", "let_back": "judged_owed"}


def tendered(conn: Connection, written: AcceptedRecord, body: ops.Settlement, now_ms: int) -> None:
    """The tenders by code of a settlement: each uses what the centre has confirmed, or is a case."""
    for tender in body.tenders:
        if tender.tender != "qr":
            continue
        if tender.amount_qapik < 0:
            fits = backs.carried(conn, tender.operation, -tender.amount_qapik, now_ms)
        else:
            fits = _uses(conn, written, body, tender, now_ms)
        if not fits:
            list_exception(
                conn, written.desk, written.epoch, written.sequence, UNPAID, now_ms, tender.operation
            )


def _uses(
    conn: Connection, written: AcceptedRecord, body: ops.Settlement, tender: ops.Tender, now_ms: int
) -> bool:
    """Whether exactly this basket was paid for by this chain, and not settled before (MC-1)."""
    known = things.lock(conn, "desk = %s and tender = %s", written.desk, tender.operation)
    if known is None or (known.state, "settled") not in REQUEST:
        return False
    found = (written.epoch, body.basket, tender.amount_qapik, basket_digest(body.basket, body.lines))
    if found != (known.epoch, known.basket, known.amount, known.digest):
        return False
    things.move(conn, known, "settled", now_ms)
    return True


def asked(conn: Connection, written: AcceptedRecord, body: ops.QrAsked, now_ms: int) -> None:
    """A desk asked for a code: where the question never came here, or a restore has lost it, there is a row
    now, so that money that comes for it finds whose it is (M0-2, M0-10).
    """
    header = written.header
    wanted = things.Asked(
        header.operation,
        written.desk,
        written.epoch,
        body.basket,
        body.tender,
        body.digest,
        body.amount_qapik,
    )
    state = move(REQUEST, move(REQUEST, "", "asked"), "silent")
    things.make(conn, wanted, state, "", things.until_ms(conn, header.recorded_ms), now_ms)


def answered(conn: Connection, written: AcceptedRecord, body: ops.QrAnswered, now_ms: int) -> None:
    """What the desk heard from us and a restore may have lost: our word for money is proof of it; what the
    desk was told is over nobody waits for, and what still comes for it is late.
    """
    known = things.lock(conn, "desk = %s and request = %s", written.desk, body.request)
    if body.outcome != "paid":
        if known is not None:
            over = "closed" if (known.state, "closed") in REQUEST else "close_asked"
            things.move(conn, known, over, now_ms, reason=body.reason)
        return
    if known is not None and known.words:
        return
    paid = _confirmed(conn, body)
    if known is None or paid is None or (paid.request, paid.digest) != (known.request, known.digest):
        list_exception(conn, written.desk, written.epoch, written.sequence, UNPAID, now_ms, body.request)
        return
    conn.execute(
        "insert into qr_credits (reference, rail_id, amount, account, payer, at_ms, received_ms)"
        " values (%s, %s, %s, '', '', %s, %s) on conflict do nothing",
        (paid.reference, known.rail_id, known.amount, paid.time_ms, now_ms),
    )
    words, signature = bytes.fromhex(body.words), bytes.fromhex(body.signature)
    for event in ("paid", "taken"):
        # What had come late was taken by the clerk's key: only then we gave our word for it (MC-3).
        if (known.state, event) in REQUEST:
            proof = {"reference": paid.reference, "words": words, "signature": signature}
            known = things.move(conn, known, event, now_ms, **proof)


def _confirmed(conn: Connection, body: ops.QrAnswered) -> QrPaid | None:
    """The confirmation in a record, when it is this centre's."""
    try:
        words, signature = bytes.fromhex(body.words), bytes.fromhex(body.signature)
        paid = paid_of(words)
    except (ValueError, msgspec.DecodeError):
        return None
    return paid if is_signed(keys.load(conn, 0).grants.public(), words, signature) else None


def given_up(conn: Connection, written: AcceptedRecord, body: ops.QrGivenUp, now_ms: int) -> None:
    """The desk will not use it: what came goes back, and what may still come will."""
    known = things.lock(conn, "desk = %s and request = %s", written.desk, body.request)
    operation = written.header.operation
    if body.approved_by:
        approvals.used(conn, written, body.request, body.approved_by, now_ms, known.amount if known else 0)
        if known is None:
            # The question never came here: no rail has heard of it, and nobody was shown a code.
            return
    if known is not None and (known.state, "given_up") in REQUEST:
        things.move(conn, known, "given_up", now_ms, reason="given_up")
        backs.owe(conn, known.reference, known.amount, now_ms)
        return
    if known is not None and (known.state, "abandoned") in REQUEST:
        # Whatever the desk knew of it, it will settle nothing: what still comes goes back, nobody waits.
        things.move(conn, known, "abandoned", now_ms, reason="abandoned")
        is_known = bool(body.approved_by)
    else:
        is_known = known is not None and known.state == "owed"
    if not is_known:
        list_exception(conn, written.desk, written.epoch, written.sequence, UNPAID, now_ms, operation)


def returned(conn: Connection, written: AcceptedRecord, body: ops.QrReturned, now_ms: int) -> None:
    """A part of what settled a basket goes back, never more than all of it (MC-6)."""
    known = things.lock(conn, "desk = %s and request = %s", written.desk, body.request)
    left = 0
    if known is not None and known.state == "settled":
        left = known.amount - backs.returned_qapik(conn, known.reference)
    if known is None or not 0 < body.amount_qapik <= left:
        list_exception(conn, written.desk, written.epoch, written.sequence, UNPAID, now_ms, body.request)
        return
    made_for = f"part {written.desk} {body.tender}"
    backs.owe(conn, known.reference, body.amount_qapik, now_ms, made_for=made_for, tender=body.tender)


def doubt(conn: Connection, now_ms: int) -> int:
    """What a chain that has ended was told is paid is in doubt; how many are so now (MC-5)."""
    rows = conn.execute(
        "select request from qr_requests join chain_heads using (desk, epoch)"
        " where qr_requests.state in ('paid', 'late') and chain_heads.state <> 'active'"
    ).fetchall()
    for (request,) in rows:
        known = things.lock(conn, "request = %s", request)
        if known is not None:
            things.move(conn, known, "desk_lost", now_ms)
            list_exception(conn, known.desk, known.epoch, 0, IN_DOUBT, now_ms, request)
    return len(rows)


def is_request(conn: Connection, thing: str) -> bool:
    """Whether a thing is a request for money by code."""
    return conn.execute("select from qr_requests where request = %s", (thing,)).fetchone() is not None


def decide(
    conn: Connection,
    book: Book,
    request: str,
    decision: str,
    people: tuple[str, str],
    evidence: str,
    now_ms: int,
) -> str:
    """Two people say what became of money in doubt; gives its state from now on.

    Raises:
        Refused: X-080 no such request, X-081 its state allows no such decision, X-044 to X-047 who and why.
    """
    two_people(*people, evidence)
    known = things.lock(conn, "request = %s", request)
    if known is None:
        raise Refused("X-080", transfer=request)
    event = DECISIONS.get(decision, "")
    if (known.state, event) not in REQUEST:
        raise Refused("X-081", state=known.state)
    judged = ops.QrJudged(
        request=request,
        amount_qapik=known.amount,
        decision=decision,
        first_person=people[0].strip(),
        second_person=people[1].strip(),
        evidence=evidence.strip(),
    )
    book.append(conn, judged)
    moved = things.move(conn, known, event, now_ms, reason=decision)
    if moved.state == "owed":
        backs.owe(conn, known.reference, known.amount, now_ms)
    return moved.state
