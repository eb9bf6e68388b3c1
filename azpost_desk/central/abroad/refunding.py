"""The right to pay an owed transfer back: one entitlement, one grant at a time, at any office (M0-1).

A grant of it stands in the same table as every other grant and ends by a record of its holder; a grant of a
lost desk is in doubt until two people have said what became of it (PROTOCOL.md 5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central import grants, screening
from azpost_desk.central.abroad import moving
from azpost_desk.central.book import new_id
from azpost_desk.central.doubts import two_people
from azpost_desk.central.exceptions import list_exception
from azpost_desk.central.registry.reference import newest
from azpost_desk.central.storage.database import one
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Settings, WatchState
from azpost_desk.domain.moves import GRANT
from azpost_desk.domain.moves import move as step
from azpost_desk.domain.names import near_name, same_person_name
from azpost_desk.domain.people import Parties
from azpost_desk.domain.products.abroad import REFUND as PURPOSE
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.keys import is_signed
from azpost_desk.protocol.messages import Grant, Signed, TransferClaimed, grant_of

if TYPE_CHECKING:
    from azpost_desk.central.abroad.moving import Out
    from azpost_desk.central.book import Book
    from azpost_desk.central.grants import Claimant
    from azpost_desk.central.keys import CentreKeys
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.central.written import Written
    from azpost_desk.domain.lines import AbroadRefunded
    from azpost_desk.protocol.messages import TransferClaim

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
    conn.execute(
        "select pg_advisory_xact_lock(hashtextextended(%s, 0))",
        (f"claim {who.desk}/{who.epoch} {question.request}",),
    )
    request = (who.desk, who.epoch, question.request)
    row = conn.execute(
        "select thing, words, signature from grants where holder = %s and holder_epoch = %s and request = %s",
        request,
    ).fetchone()
    if row is not None:
        found = moving.lock(conn, row[0])
        known = Signed(words=row[1], signature=row[2])
        return _granted(found, known) if found else TransferClaimed(code=NOTHING_FITS)
    missed = conn.execute(
        "select answer from missed_claims where desk = %s and epoch = %s and request = %s", request
    ).fetchone()
    if missed is not None:
        return msgspec.json.decode(missed[0], type=TransferClaimed)
    answer = _judged(conn, book, keys, who, question, now_ms)
    if answer.grant is None:
        conn.execute(
            "insert into missed_claims values (%s, %s, %s, %s)", (*request, msgspec.json.encode(answer))
        )
    return answer


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
    if found.state != "owed":
        return TransferClaimed(code=_CODES.get(found.state, NOT_OWED))
    # Whoever takes a refund is looked for that day (MA-13); of a listed person nothing is said (M0-12).
    people = Parties(code="", sender=sender, receiver=sender)
    lists = newest(conn, WatchState) or WatchState()
    settings = newest(conn, Settings) or Settings()
    if found.listed or screening.must_wait(conn, found.transfer, people, lists, settings, now_ms):
        conn.execute("update abroad_out set listed = true where transfer = %s", (found.transfer,))
        list_exception(conn, found.desk, found.epoch, found.sequence, "under_review", now_ms, found.transfer)
        return TransferClaimed(code=BEING_CHECKED)
    return _give(conn, book, keys, who, question, found, now_ms)


def _meant(conn: Connection, question: TransferClaim) -> Out | None:
    """The transfer asked about, its row locked: by its id, or by the number of the receipt it was sold with.

    Of several on one receipt that which is owed comes first: each is asked for in its turn.
    """
    if not question.code:
        return moving.lock(conn, question.transfer)
    row = conn.execute(
        "select transfer from abroad_out where receipt = %s order by state <> 'owed', transfer limit 1",
        (question.code,),
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
    number, previous, ended_by, origin, fee, fee_back = one(
        conn,
        "select grants + 1, last_grant, ended_by, hash, fee, refund_fee from abroad_out where transfer = %s",
        (found.transfer,),
    )
    grant = Grant(
        centre_epoch=one(conn, "select epoch from centre")[0],
        grant=new_id(now_ms),
        thing=found.transfer,
        purpose=PURPOSE,
        number=number,
        previous=previous,
        ended_by=ended_by,
        origin=origin.hex(),
        holder=who.desk,
        holder_epoch=who.epoch,
        request=question.request,
        amount_qapik=found.amount + (fee if fee_back else 0),
        time_ms=now_ms,
        fee_qapik=fee if fee_back else 0,
    )
    signed = keys.sign_grant(grant)
    grants.keep(conn, grant, signed)
    moving.move(conn, found, "granted", now_ms)
    conn.execute(
        "update abroad_out set grants = %s, last_grant = %s where transfer = %s",
        (number, grant.grant, found.transfer),
    )
    issued = ops.GrantIssued(
        grant=grant.grant,
        thing=grant.thing,
        purpose=grant.purpose,
        number=number,
        desk=grant.holder,
        previous=previous,
    )
    book.append(conn, issued)
    return _granted(found, signed)


def refunded(conn: Connection, written: Written, line: AbroadRefunded, now_ms: int) -> None:
    """The holder of a grant gave the money back to the sender."""
    found = moving.lock(conn, line.transfer)
    paid = line.amount_qapik + line.fee_returned_qapik
    grant = _held(conn, written, line.grant, line.transfer)
    fits = found is not None and line.amount_qapik == found.amount
    if found is None or grant is None or not fits or grant[1] != paid:
        _except(
            conn, written, "grant_not_held" if grant is None else "grant_for_other", line.transfer, now_ms
        )
    elif grant[0] not in ("open", "in_doubt"):
        _except(conn, written, "grant_ended", line.transfer, now_ms)
    else:
        _end(conn, written, line.grant, line.transfer, "refunded")
        moving.move(conn, found, "refunded", now_ms)


def refund_reversed(
    conn: Connection, written: Written, _undone: ops.LineReversed, line: AbroadRefunded, now_ms: int
) -> None:
    """A refund was undone, which no counter may: a case for finance."""
    _except(conn, written, "refund_reversed", line.transfer, now_ms)


def released(conn: Connection, written: Written, body: ops.GrantReleased, now_ms: int) -> bool:
    """The holder gives a grant back unused; False when the grant is not for a transfer abroad."""
    found = moving.lock(conn, body.thing)
    if found is None:
        return False
    grant = _held(conn, written, body.grant, body.thing)
    if grant is None or grant[0] not in ("open", "in_doubt"):
        reason = "grant_not_held" if grant is None else "grant_ended"
        _except(conn, written, reason, body.thing, now_ms)
    else:
        _end(conn, written, body.grant, body.thing, "released")
        moving.move(conn, found, "released", now_ms)
    return True


def stored(conn: Connection, written: Written, body: ops.GrantStored, now_ms: int) -> bool:
    """A desk shows a grant that a restored centre has forgotten (D-03); False when it is of another sort."""
    found = moving.lock(conn, body.thing)
    if found is None:
        return False
    if conn.execute('select from grants where "grant" = %s', (body.grant,)).fetchone() is not None:
        return True
    words, signature = bytes.fromhex(body.words), bytes.fromhex(body.signature)
    public = one(conn, "select public from centre_keys where purpose = 'grants'")[0]
    grant = grant_of(words) if is_signed(public, words, signature) else None
    mine = grant is not None and (grant.holder, grant.holder_epoch) == (written.desk, written.epoch)
    if grant is None or not mine or found.state != "owed":
        _except(conn, written, "strange_grant", body.grant, now_ms)
        return True
    grants.keep(conn, grant, Signed(words=words, signature=signature))
    moving.move(conn, found, "granted", now_ms)
    conn.execute(
        "update abroad_out set grants = %s, last_grant = %s where transfer = %s",
        (grant.number, grant.grant, grant.thing),
    )
    return True


def doubt(conn: Connection) -> int:
    """What a chain that has ended held to be paid back is in doubt, as its grant is; how many are so now."""
    held = conn.execute(
        'select transfer from abroad_out join grants on "grant" = last_grant'
        " where abroad_out.state = 'refunding' and grants.state = 'in_doubt'"
    ).fetchall()
    for (thing,) in held:
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
    two_people(*people, evidence)
    doubt(conn)
    row = conn.execute(
        'select thing, holder, holder_epoch, state from grants where "grant" = %s for update', (grant,)
    ).fetchone()
    found = moving.lock(conn, row[0]) if row else None
    if row is None or found is None or row[3] != "in_doubt":
        raise Refused("X-051", grant=grant)
    act = ops.DoubtResolved(
        grant=grant,
        thing=found.transfer,
        purpose=PURPOSE,
        outcome=outcome,
        # The fee is the post's own: only what the sender is owed stands in doubt.
        amount_qapik=found.amount,
        desk=row[1],
        epoch=row[2],
        first_person=people[0],
        second_person=people[1],
        evidence=evidence.strip(),
    )
    record = book.append(conn, act).hash.hex()
    conn.execute(
        'update grants set state = %s, ended_by = %s where "grant" = %s',
        (step(GRANT, row[3], f"resolved_{outcome}"), record, grant),
    )
    conn.execute("update abroad_out set ended_by = %s where transfer = %s", (record, found.transfer))
    return moving.move(conn, found, "refunded" if outcome == "paid" else "released", now_ms)


def is_for_abroad(conn: Connection, grant: str) -> bool:
    """Whether a grant pays a transfer abroad back."""
    row = conn.execute('select purpose from grants where "grant" = %s', (grant,)).fetchone()
    return row is not None and row[0] == PURPOSE


def _held(conn: Connection, written: Written, grant: str, thing: str) -> tuple[str, int] | None:
    """(state, qəpik) of a grant of this chain for this thing, its row locked."""
    row = conn.execute(
        'select state, amount from grants where "grant" = %s and thing = %s and holder = %s'
        " and holder_epoch = %s and purpose = %s for update",
        (grant, thing, written.desk, written.epoch, PURPOSE),
    ).fetchone()
    return (row[0], row[1]) if row else None


def _end(conn: Connection, written: Written, grant: str, thing: str, event: str) -> None:
    state = one(conn, 'select state from grants where "grant" = %s', (grant,))[0]
    conn.execute(
        'update grants set state = %s, ended_by = %s where "grant" = %s',
        (step(GRANT, state, event), written.hash, grant),
    )
    conn.execute("update abroad_out set ended_by = %s where transfer = %s", (written.hash, thing))


def _granted(found: Out, signed: Signed) -> TransferClaimed:
    return TransferClaimed(grant=signed, parties=found.parties_bytes, sent_ms=found.written_ms)


def _except(conn: Connection, written: Written, reason: str, about: str, now_ms: int) -> None:
    list_exception(conn, written.desk, written.epoch, written.sequence, reason, now_ms, about)
