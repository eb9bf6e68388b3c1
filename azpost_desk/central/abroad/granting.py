"""What every grant over money abroad has in common: answered once, ended by its holder, cleared up by two.

Grants of every purpose stand in one table; each thing's own table (`abroad_out`, `abroad_in`) keeps the last
grant and the record that ended it (PROTOCOL.md 5).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central import grants
from azpost_desk.central.book import new_id
from azpost_desk.central.doubts import two_people
from azpost_desk.central.storage.database import one
from azpost_desk.domain import operations as ops
from azpost_desk.domain.moves import GRANT
from azpost_desk.domain.moves import move as step
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.keys import is_signed
from azpost_desk.protocol.messages import Grant, Signed, TransferClaimed, grant_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.book import Book
    from azpost_desk.central.grants import Claimant
    from azpost_desk.central.keys import CentreKeys
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.protocol.messages import TransferClaim

# A record of its holder may still end these.
LIVE: Final = ("open", "in_doubt")


@dataclass(frozen=True, slots=True)
class GrantTerms:
    """What a new grant is over: `origin` names the record or message that made the thing.

    The last six are of `protocol.messages.Grant`.
    """

    thing: str
    purpose: str
    origin: str
    amount_qapik: int
    fee_qapik: int = 0
    arrived_minor: int = 0
    currency: str = ""
    rate: str = ""
    rate_id: int = 0
    stands_ms: int = 0
    tenders: dict[str, int] = field(default_factory=dict)


def once(
    conn: Connection,
    who: Claimant,
    question: TransferClaim,
    judged: Callable[[], TransferClaimed],
    again: Callable[[str, Signed], TransferClaimed],
) -> TransferClaimed:
    """The answer to a request: `judged` the first time, the same ever after, however often it comes.

    Args:
        again: the answer with a grant that was given for it (thing, signed words).
    """
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
        return again(row[0], Signed(words=row[1], signature=row[2]))
    missed = conn.execute(
        "select answer from missed_claims where desk = %s and epoch = %s and request = %s", request
    ).fetchone()
    if missed is not None:
        return msgspec.json.decode(missed[0], type=TransferClaimed)
    answer = judged()
    if answer.grant is None:
        conn.execute(
            "insert into missed_claims values (%s, %s, %s, %s)", (*request, msgspec.json.encode(answer))
        )
    return answer


def give(
    conn: Connection,
    book: Book,
    keys: CentreKeys,
    who: Claimant,
    request: str,
    wanted: GrantTerms,
    table: str,
    now_ms: int,
) -> tuple[Grant, Signed]:
    """The next grant over a thing whose row (in `table`) is locked, kept, and told to the centre's book."""
    number, previous, ended_by = one(
        conn, f"select grants + 1, last_grant, ended_by from {table} where transfer = %s", (wanted.thing,)
    )
    grant = Grant(
        centre_epoch=one(conn, "select epoch from centre")[0],
        grant=new_id(now_ms),
        number=number,
        previous=previous,
        ended_by=ended_by,
        holder=who.desk,
        holder_epoch=who.epoch,
        request=request,
        time_ms=now_ms,
        **{name: getattr(wanted, name) for name in GrantTerms.__dataclass_fields__},
    )
    signed = keys.sign_grant(grant)
    grants.keep(conn, grant, signed)
    _is_last(conn, grant, table)
    issued = ops.GrantIssued(
        grant=grant.grant,
        thing=grant.thing,
        purpose=grant.purpose,
        number=number,
        desk=grant.holder,
        previous=previous,
    )
    book.append(conn, issued)
    return grant, signed


def shown(conn: Connection, written: AcceptedRecord, body: ops.GrantStored, table: str) -> Grant | None:
    """The grant that a desk shows a centre which has forgotten it (D-03), kept; None when not its own."""
    words, signature = bytes.fromhex(body.words), bytes.fromhex(body.signature)
    public = one(conn, "select public from centre_keys where purpose = 'grants'")[0]
    grant = grant_of(words) if is_signed(public, words, signature) else None
    if grant is None or (grant.holder, grant.holder_epoch) != (written.desk, written.epoch):
        return None
    grants.keep(conn, grant, Signed(words=words, signature=signature))
    _is_last(conn, grant, table)
    return grant


def is_known(conn: Connection, grant: str) -> bool:
    """Whether the centre has it."""
    return conn.execute('select from grants where "grant" = %s', (grant,)).fetchone() is not None


def purpose_of(conn: Connection, grant: str) -> str:
    """What a grant is for, "" when there is none."""
    row = conn.execute('select purpose from grants where "grant" = %s', (grant,)).fetchone()
    return str(row[0]) if row else ""


def held(
    conn: Connection, written: AcceptedRecord, grant: str, thing: str, purpose: str
) -> tuple[str, int] | None:
    """(state, qəpik) of a grant of this chain for this thing, its row locked."""
    row = conn.execute(
        'select state, amount from grants where "grant" = %s and thing = %s and holder = %s'
        " and holder_epoch = %s and purpose = %s for update",
        (grant, thing, written.desk, written.epoch, purpose),
    ).fetchone()
    return (row[0], row[1]) if row else None


def end(conn: Connection, record: str, grant: str, thing: str, table: str, event: str) -> None:
    """A grant ends by a record (its hash)."""
    state = one(conn, 'select state from grants where "grant" = %s', (grant,))[0]
    conn.execute(
        'update grants set state = %s, ended_by = %s where "grant" = %s',
        (step(GRANT, state, event), record, grant),
    )
    conn.execute(f"update {table} set ended_by = %s where transfer = %s".encode(), (record, thing))


def in_doubt(conn: Connection, table: str, state: str) -> list[str]:
    """The things in `state` whose last grant is in doubt: its chain has ended."""
    rows = conn.execute(
        f'select transfer from {table} join grants on "grant" = last_grant'
        f" where {table}.state = %s and grants.state = 'in_doubt'".encode(),
        (state,),
    ).fetchall()
    return [row[0] for row in rows]


def resolve(
    conn: Connection,
    book: Book,
    grant: str,
    outcome: str,
    people: tuple[str, str],
    evidence: str,
    table: str,
    owed_qapik: Callable[[str, int], int],
) -> str:
    """Two people say what became of a grant in doubt; gives the thing, whose own state is the caller's.

    Args:
        owed_qapik: of (thing, what the grant is over), what stands in doubt.

    Raises:
        Refused: X-044, X-047, X-051 the grant is not in doubt.
    """
    two_people(*people, evidence)
    row = conn.execute(
        "select thing, holder, holder_epoch, state, purpose, amount from grants"
        ' where "grant" = %s for update',
        (grant,),
    ).fetchone()
    if row is None or row[3] != "in_doubt":
        raise Refused("X-051", grant=grant)
    thing, holder, holder_epoch, _, purpose, amount = row
    act = ops.DoubtResolved(
        grant=grant,
        thing=thing,
        purpose=purpose,
        outcome=outcome,
        amount_qapik=owed_qapik(thing, amount),
        desk=holder,
        epoch=holder_epoch,
        first_person=people[0],
        second_person=people[1],
        evidence=evidence.strip(),
    )
    end(conn, book.append(conn, act).hash.hex(), grant, thing, table, f"resolved_{outcome}")
    return str(thing)


def _is_last(conn: Connection, grant: Grant, table: str) -> None:
    conn.execute(
        f"update {table} set grants = %s, last_grant = %s where transfer = %s".encode(),
        (grant.number, grant.grant, grant.thing),
    )
