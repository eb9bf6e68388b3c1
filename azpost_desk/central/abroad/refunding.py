"""The right to pay an owed transfer back: one entitlement, one grant at a time, at any office (M0-1).

A grant of it stands in the same table as every other grant and ends by a record of its holder; a grant of a
lost desk is in doubt until two people have said what became of it (PROTOCOL.md 5).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from azpost_desk.central import screening
from azpost_desk.central.abroad import granting, listing, moving, restored
from azpost_desk.central.exceptions import list_exception
from azpost_desk.central.registry.reference import newest
from azpost_desk.central.storage.database import one
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Settings, WatchState
from azpost_desk.domain.names import near_name, same_person_name
from azpost_desk.domain.products.abroad import REFUND as PURPOSE
from azpost_desk.domain.refunds import CASH, brought, parts
from azpost_desk.protocol.messages import TransferClaimed
from azpost_desk.protocol.records import header_of

if TYPE_CHECKING:
    from azpost_desk.central.abroad.moving import Out
    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.book import Book
    from azpost_desk.central.grants import Claimant
    from azpost_desk.central.keys import CentreKeys
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.lines import AbroadRefunded
    from azpost_desk.protocol.messages import Signed, TransferClaim

TABLE: Final = "abroad_out"
NOTHING_FITS: Final = "T-010"
NEAR_MISS: Final = "T-013"
HELD_ELSEWHERE: Final = "T-015"
PAID_BACK: Final = "T-014"
NOT_OWED: Final = "A-050"
BEING_CHECKED: Final = "T-018"
_CODES: Final = {
    "refunding": HELD_ELSEWHERE,
    "refund_in_doubt": HELD_ELSEWHERE,
    "refunded": PAID_BACK,
    "held": BEING_CHECKED,
    "frozen": BEING_CHECKED,
}


def claim(
    conn: Connection, book: Book, keys: CentreKeys, who: Claimant, question: TransferClaim, now_ms: int
) -> TransferClaimed:
    """The grant, or the code why not. The same request gets the same answer, however often it comes."""
    if not question.request or question.purpose != PURPOSE:
        return TransferClaimed(code=NOTHING_FITS)

    def again(thing: str, signed: Signed) -> TransferClaimed:
        found = moving.lock(conn, thing)
        return _granted(found, signed) if found else TransferClaimed(code=NOTHING_FITS)

    judged = partial(_judged, conn, book, keys, who, question, now_ms)
    return granting.once(conn, who, question, judged, again)


def _judged(
    conn: Connection, book: Book, keys: CentreKeys, who: Claimant, question: TransferClaim, now_ms: int
) -> TransferClaimed:
    found = _meant(conn, question)
    if found is None:
        return TransferClaimed(code=NOTHING_FITS)
    sender = found.parties().sender
    if not same_person_name(question.sender, sender.name):
        near = near_name(question.sender, sender.name)
        return TransferClaimed(code=NEAR_MISS if near else NOTHING_FITS)
    if not restored.may_leave(conn, found.partner):
        return TransferClaimed(code=restored.NOT_READY)
    if found.state not in moving.OWED:
        return TransferClaimed(code=BEING_CHECKED if found.listed else _CODES.get(found.state, NOT_OWED))
    # Whoever takes a refund is looked for that day (MA-13); of a listed person nothing is said (M0-12).
    people = moving.people_of(found.parties())
    if found.listed or screening.are_suspected(conn, found.transfer, people, now_ms):
        listing.mark_listed(conn, found, now_ms)
        list_exception(conn, found.desk, found.epoch, found.sequence, "under_review", now_ms, found.transfer)
        return TransferClaimed(code=BEING_CHECKED)
    lists = newest(conn, WatchState) or WatchState()
    if lists.is_too_old(now_ms, newest(conn, Settings) or Settings()):
        return TransferClaimed(code=BEING_CHECKED)
    return _give(conn, book, keys, who, question, found, now_ms)


def _meant(conn: Connection, question: TransferClaim) -> Out | None:
    """The transfer asked about, its row locked: by its id, or by the number of the receipt it was sold with.

    Of several on one receipt that which is owed comes first: each is asked for in its turn.
    """
    if not question.code:
        return moving.lock(conn, question.transfer)
    row = conn.execute(
        "select transfer from abroad_out where receipt = %s order by state <> all(%s), transfer limit 1",
        (question.code, list(moving.OWED)),
    ).fetchone()
    return moving.lock(conn, row[0]) if row else None


def _give(
    conn: Connection,
    book: Book,
    keys: CentreKeys,
    who: Claimant,
    question: TransferClaim,
    found: Out,
    now_ms: int,
) -> TransferClaimed:
    origin, fee, fee_back = one(
        conn, "select hash, fee, refund_fee from abroad_out where transfer = %s", (found.transfer,)
    )
    fee = fee if fee_back else 0
    wanted = granting.GrantTerms(
        thing=found.transfer,
        purpose=PURPOSE,
        origin=origin.hex(),
        amount_qapik=found.amount + fee,
        fee_qapik=fee,
        tenders=_not_cash(conn, found, found.amount + fee),
    )
    _, signed = granting.give(conn, book, keys, who, question.request, wanted, TABLE, now_ms)
    moving.move(conn, found, "granted", now_ms)
    return _granted(found, signed)


def _not_cash(conn: Connection, found: Out, refund_qapik: int) -> dict[str, int]:
    """What of a refund had not come in cash, as the record of the sale says (money-out.md M0-9).

    At most: what went back for other lines of the receipt only its own desk knows, and then one consent too
    many is asked for, never one too few.
    """
    row = conn.execute(
        "select header, body from journal where desk = %s and epoch = %s and sequence = %s and accepted",
        (found.desk, found.epoch, found.sequence),
    ).fetchone()
    if row is None:
        return {}
    header = header_of(bytes(row[0]))
    sale = ops.decode(header.kind, header.version, bytes(row[1]))
    if not isinstance(sale, ops.Settlement):
        return {}
    back = parts(brought(sale), {}, refund_qapik)
    return {name: qapik for name, qapik in back.items() if name != CASH}


def refunded(conn: Connection, written: AcceptedRecord, line: AbroadRefunded, now_ms: int) -> None:
    """The holder of a grant gave the money back to the sender."""
    found = moving.lock(conn, line.transfer)
    paid = line.amount_qapik + line.fee_returned_qapik
    grant = granting.held(conn, written, line.grant, line.transfer, PURPOSE)
    fits = found is not None and line.amount_qapik == found.amount
    if found is None or grant is None or not fits or grant[1] != paid:
        _except(
            conn, written, "grant_not_held" if grant is None else "grant_for_other", line.transfer, now_ms
        )
    elif grant[0] not in granting.LIVE:
        _except(conn, written, "grant_ended", line.transfer, now_ms)
    else:
        granting.end(conn, written.hash, line.grant, line.transfer, TABLE, "refunded")
        moving.move(conn, found, "refunded", now_ms)


def refund_reversed(
    conn: Connection, written: AcceptedRecord, _undone: ops.LineReversed, line: AbroadRefunded, now_ms: int
) -> None:
    """A refund was undone, which no counter may: a case for finance."""
    _except(conn, written, "refund_reversed", line.transfer, now_ms)


def released(conn: Connection, written: AcceptedRecord, body: ops.GrantReleased, now_ms: int) -> bool:
    """The holder gives a grant back unused; False when the grant is not for a transfer abroad."""
    found = moving.lock(conn, body.thing)
    if found is None:
        return False
    grant = granting.held(conn, written, body.grant, body.thing, PURPOSE)
    if grant is None or grant[0] not in granting.LIVE:
        reason = "grant_not_held" if grant is None else "grant_ended"
        _except(conn, written, reason, body.thing, now_ms)
    else:
        granting.end(conn, written.hash, body.grant, body.thing, TABLE, "released")
        moving.move(conn, found, "released", now_ms)
    return True


def stored(conn: Connection, written: AcceptedRecord, body: ops.GrantStored, now_ms: int) -> bool:
    """A desk shows a grant that a restored centre has forgotten (D-03); False when it is of another sort."""
    found = moving.lock(conn, body.thing)
    if found is None:
        return False
    if granting.is_known(conn, body.grant):
        return True
    if found.state not in moving.OWED or granting.shown(conn, written, body, TABLE) is None:
        _except(conn, written, "strange_grant", body.grant, now_ms)
        return True
    moving.move(conn, found, "granted", now_ms)
    return True


def doubt(conn: Connection) -> int:
    """What a chain that has ended held to be paid back is in doubt, as its grant is; how many are so now."""
    held = granting.in_doubt(conn, TABLE, "refunding")
    for thing in held:
        found = moving.lock(conn, thing)
        if found is not None:
            moving.move(conn, found, "doubted", found.state_ms, silent=True)
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
    """Two people say what became of a grant in doubt; gives the state then.

    Raises:
        Refused: X-044, X-047, X-051 the grant is not in doubt.
    """
    doubt(conn)

    def owed_qapik(thing: str, _granted_qapik: int) -> int:
        # The fee is the post's own: only what the sender is owed stands in doubt.
        return int(one(conn, "select amount from abroad_out where transfer = %s", (thing,))[0])

    thing = granting.resolve(conn, book, grant, outcome, people, evidence, TABLE, owed_qapik)
    found = moving.lock(conn, thing)
    if found is None:
        raise LookupError(thing)
    return moving.move(conn, found, "refunded" if outcome == "paid" else "released", now_ms)


def _granted(found: Out, signed: Signed) -> TransferClaimed:
    return TransferClaimed(grant=signed, parties=found.parties_bytes, sent_ms=found.written_ms)


def _except(conn: Connection, written: AcceptedRecord, reason: str, about: str, now_ms: int) -> None:
    list_exception(conn, written.desk, written.epoch, written.sequence, reason, now_ms, about)
