"""Grants whose holder is lost: resolved one by one by two people, put right when the truth comes late.

A resolution is an act in the centre's book. A late record of the lost desk that confirms it clears the
doubtful account; one that shows a second payment goes to the post's risk account, never to a clerk
(PROTOCOL.md 5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central import freed
from azpost_desk.central.exceptions import list_exception
from azpost_desk.central.messaging import events
from azpost_desk.central.news import tell
from azpost_desk.domain import operations as ops
from azpost_desk.domain.moves import GRANT, TRANSFER, move
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.typed import is_said
from azpost_desk.protocol.news import GrantQuestion, TransferEvent

if TYPE_CHECKING:
    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.book import Book
    from azpost_desk.central.storage.database import Connection

PAID: Final = "paid"
NOT_PAID: Final = "not_paid"
RESOLVED: Final = {"resolved_paid": PAID, "resolved_not_paid": NOT_PAID}
_ENDS_BY: Final = {"pay": "paid", "refund": "refunded", "reverse": "reversed"}
_ENDED: Final = frozenset(_ENDS_BY.values())


def two_people(first_person: str, second_person: str, evidence: str) -> None:
    """Refuse with X-044 unless two different people act, with X-047 without evidence."""
    if not is_said(first_person) or not is_said(second_person) or first_person == second_person:
        raise Refused("X-044")
    if not is_said(evidence):
        raise Refused("X-047")


def resolve(
    conn: Connection,
    book: Book,
    grant: str,
    outcome: str,
    people: tuple[str, str],
    evidence: str,
    now_ms: int,
) -> str:
    """Decide what became of a grant in doubt; gives the state of its transfer from now on.

    Raises:
        Refused: X-044, X-047, X-051 the grant is not in doubt.
    """
    two_people(*people, evidence)
    with conn.transaction():
        row = conn.execute(
            "select thing, purpose, grants.amount, holder, holder_epoch, grants.state, transfers.state,"
            " transfers.desk from grants join transfers on transfer = thing"
            ' where "grant" = %s for update',
            (grant,),
        ).fetchone()
        if row is None or row[5] != "in_doubt":
            raise Refused("X-051", grant=grant)
        thing, purpose, amount, holder, holder_epoch, _, state, sender = row
        act = ops.DoubtResolved(
            grant=grant,
            thing=thing,
            purpose=purpose,
            outcome=outcome,
            amount_qapik=amount,
            desk=holder,
            epoch=holder_epoch,
            first_person=people[0],
            second_person=people[1],
            evidence=evidence.strip(),
        )
        record = book.append(conn, act).hash.hex()
        after = move(TRANSFER, state, _ENDS_BY[purpose] if outcome == PAID else "released")
        conn.execute(
            'update grants set state = %s, ended_by = %s where "grant" = %s',
            (move(GRANT, row[5], f"resolved_{outcome}"), record, grant),
        )
        conn.execute(
            "update transfers set state = %s, ended_by = %s where transfer = %s", (after, record, thing)
        )
        if after == "available":
            after = freed.free(conn, thing, now_ms)
            if after != "available":
                return after
        event = TransferEvent(transfer=thing, state=after, office=holder.partition("-")[0], at_ms=now_ms)
        tell(conn, event, [sender], now_ms)
        events.transfer_paid(conn, thing, now_ms)
    return after


def surfaced(
    conn: Connection, written: AcceptedRecord, grant: str, resolved: str, event: str, amount: int, now_ms: int
) -> None:
    """The holder's own record came after all, about a grant that had been resolved without it."""
    thing, purpose = _of_grant(conn, grant)
    if event in ("released", "changed", "recalled"):
        if resolved == "resolved_paid":
            _except(conn, written, "doubt_contradicted", thing, now_ms)
        return
    if event != _ENDS_BY[purpose]:
        _except(conn, written, "grant_for_other", thing, now_ms)
        return
    conn.execute(
        "insert into doubt_findings values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
        (grant, thing, event, amount, written.desk, written.hash, resolved, now_ms),
    )
    state = _state(conn, thing)
    if resolved == "resolved_not_paid":
        if state == "available":
            freed.overtaken(conn, thing, now_ms)
        elif state in ("reserved", "returning"):
            for live, holder in conn.execute(
                "select \"grant\", holder from grants where thing = %s and state = 'open'", (thing,)
            ).fetchall():
                # It is paid already: whoever holds it now must not pay it again.
                tell(conn, GrantQuestion(grant=live, thing=thing), [holder], now_ms)
        _except(conn, written, "paid_in_doubt", thing, now_ms)


def settle(conn: Connection, book: Book, now_ms: int) -> int:
    """Book what late records showed of resolved grants; gives how many. Its own transaction.

    What another desk still holds waits: paid there it is a double payment, released it is not.
    """
    with conn.transaction():
        found = conn.execute(
            'select "grant", thing, event, amount, desk, record, resolved from doubt_findings'
            " where not settled order by found_ms for update skip locked"
        ).fetchall()
        settled = 0
        for grant, thing, event, amount, desk, record, resolved in found:
            state = _state(conn, thing)
            if resolved == "resolved_not_paid" and state not in _ENDED:
                continue
            confirmed = resolved == "resolved_paid"
            act = ops.DoubtSettled(
                grant=grant,
                thing=thing,
                outcome="confirmed" if confirmed else "double",
                amount_qapik=amount,
                desk=desk,
                record=record,
            )
            book.append(conn, act)
            conn.execute(
                'update grants set state = %s, ended_by = %s where "grant" = %s',
                (move(GRANT, resolved, event if confirmed else "doubled"), record, grant),
            )
            conn.execute('update doubt_findings set settled = true where "grant" = %s', (grant,))
            settled += 1
    return settled


def _of_grant(conn: Connection, grant: str) -> tuple[str, str]:
    row = conn.execute('select thing, purpose from grants where "grant" = %s', (grant,)).fetchone()
    if row is None:
        raise LookupError(grant)
    return row[0], row[1]


def _state(conn: Connection, thing: str) -> str:
    row = conn.execute("select state from transfers where transfer = %s for update", (thing,)).fetchone()
    return str(row[0]) if row else ""


def _except(conn: Connection, written: AcceptedRecord, reason: str, about: str, now_ms: int) -> None:
    list_exception(conn, written.desk, written.epoch, written.sequence, reason, now_ms, about)
