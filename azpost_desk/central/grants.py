"""Grants: the right of one desk to handle what exists once (PROTOCOL.md 5).

A claim must name code, amount and sender rightly; the patronymic does not matter and a near miss in the name
is no try, but the fifth wrong try closes the code. A grant is numbered per transfer, names the one before and
the record that ended it, is recorded in the centre's own book and lives until a record of its holder ends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central import ahead, guessing
from azpost_desk.central.book import new_id
from azpost_desk.central.news import tell
from azpost_desk.central.storage.database import one
from azpost_desk.domain import operations as ops
from azpost_desk.domain.moves import GRANT, TRANSFER, arrive, move
from azpost_desk.domain.names import near_name, same_person_name
from azpost_desk.domain.people import Parties
from azpost_desk.protocol.messages import Grant, Signed, TransferClaim, TransferClaimed
from azpost_desk.protocol.news import GrantQuestion, TransferEvent

if TYPE_CHECKING:
    from azpost_desk.central.book import Book
    from azpost_desk.central.keys import CentreKeys
    from azpost_desk.central.storage.database import Connection

TRIES_MAX: Final = 5
PURPOSES: Final = frozenset({"pay", "refund", "reverse"})
NOTHING_FITS: Final = "T-010"
DIFFERS: Final = "T-011"
CLOSED: Final = "T-012"
NEAR_MISS: Final = "T-013"
PAID: Final = "T-014"
HELD_ELSEWHERE: Final = "T-015"
NOT_READY: Final = "T-016"
OTHER_OFFICE: Final = "T-017"
HELD_BACK: Final = "T-018"
PAID_LATER: Final = "T-064"
SENT_BACK: Final = "T-068"
# Only the sender can have these.
GONE_BACK: Final = frozenset({"returned", "unclaimed"})
NO_ROOM: Final = "T-065"
TOO_MANY_MISSES: Final = "T-072"
# Nobody who holds the paper is told so; CLOSED is the answer to the fifth.
MISSES: Final = frozenset({NOTHING_FITS, DIFFERS, CLOSED})
STATE_CODES: Final = {
    "paid": PAID,
    "refunded": PAID,
    "reserved": HELD_ELSEWHERE,
    "in_doubt": HELD_ELSEWHERE,
    "closed": CLOSED,
    "returning": SENT_BACK,
    "returning_in_doubt": SENT_BACK,
}


# Answers that a record still waiting to be brought forward could change.
MAY_CHANGE: Final = frozenset({NOTHING_FITS, HELD_ELSEWHERE, NOT_READY, SENT_BACK})
# A transfer is changed by the chain that sent it (known by its code before the transfer is known) and by the
# one that holds it; what is asked for by its id alone may have been sent, or be held, in the asker's own
# branch. After a restore everything that a chain held until it spoke again is waited for (_is_sure).
_OLD_WORK: Final = """
    select work.desk, work.epoch from work join chain_heads using (desk, epoch), centre
    where centre.epoch > 1 and work.first <= chain_heads.spoke_sequence
"""
_WAITING_FOR: Final = f"""
    select desk, epoch from work where (desk, epoch) in (
        select desk, epoch from transfer_codes where code = %(code)s
        union select desk, epoch from transfers where transfer = %(transfer)s or code = %(code)s
        union select holder, holder_epoch from grants join transfers on transfer = thing
            where grants.state = 'open' and (transfer = %(transfer)s or code = %(code)s)
        union select chain_heads.desk, chain_heads.epoch from chain_heads join desks using (desk)
            where branch = %(branch)s and %(code)s = ''
    )
    union {_OLD_WORK}
"""


@dataclass(frozen=True, slots=True)
class Claimant:
    """The chain that asks, and its branch."""

    desk: str
    epoch: int
    branch: str


@dataclass(frozen=True, slots=True)
class _Transfer:
    """A transfer with its row locked."""

    transfer: str
    code: str
    state: str
    amount: int
    office: str
    parties: bytes
    desk: str
    epoch: int
    sequence: int
    hash: bytes
    sent_ms: int
    available_ms: int
    wrong_tries: int
    grants: int
    last_grant: str
    ended_by: str

    def people(self) -> Parties:
        """Who sent it to whom."""
        return msgspec.json.decode(self.parties, type=Parties)


_COLUMNS: Final = ", ".join(_Transfer.__dataclass_fields__)


Chains = tuple[tuple[str, int], ...]
"""Chains by desk and epoch."""


def claim(
    conn: Connection,
    book: Book,
    keys: CentreKeys,
    who: Claimant,
    question: TransferClaim,
    now_ms: int,
    *,
    may_wait: bool = False,
) -> tuple[TransferClaimed, Chains]:
    """The grant, or the T-code why not. The same request gets the same answer, however often it comes.

    A copy of a refused request that dawdled on the way must not reserve a transfer for a desk that has its
    answer already: refusals are remembered too. But none is true while records wait that it depends on: with
    `may_wait` the chains are given whose records they are, nothing is remembered, and the caller brings them
    forward and asks again; without, the answer is that it is not ready.
    """
    if question.purpose not in PURPOSES or not question.request:
        return TransferClaimed(code=NOTHING_FITS), ()
    # Two copies of one request on two connections: the second waits and finds the first one's answer.
    conn.execute(
        "select pg_advisory_xact_lock(hashtextextended(%s, 0))",
        (f"claim {who.desk}/{who.epoch} {question.request}",),
    )
    again = _answered(conn, who, question)
    if again is not None:
        return again, ()
    wait_ms = guessing.free_from_ms(conn, who.desk, who.epoch, now_ms) if question.code else 0
    if wait_ms:
        # Nothing was looked at: the same request may be asked again.
        return TransferClaimed(code=TOO_MANY_MISSES, ready_ms=wait_ms), ()
    # Looked at before the judgement: what is brought forward between the two makes the answer no older.
    waiting = _waiting_for(conn, who, question)
    answer = _judge(conn, book, keys, who, question, now_ms)
    if answer.code in MAY_CHANGE and waiting:
        if may_wait:
            return answer, waiting
        answer = TransferClaimed(code=NOT_READY)
    if question.code and answer.code in MISSES:
        guessing.missed(conn, who.desk, who.epoch, now_ms)
    if answer.grant is None:
        conn.execute(
            "insert into missed_claims values (%s, %s, %s, %s)",
            (who.desk, who.epoch, question.request, msgspec.json.encode(answer)),
        )
    return answer, ()


def _waiting_for(conn: Connection, who: Claimant, question: TransferClaim) -> Chains:
    about = {
        "code": question.code,
        "transfer": question.transfer,
        "branch": who.branch,
    }
    return tuple((desk, epoch) for desk, epoch in conn.execute(_WAITING_FOR.encode(), about).fetchall())


def _judge(
    conn: Connection, book: Book, keys: CentreKeys, who: Claimant, question: TransferClaim, now_ms: int
) -> TransferClaimed:
    transfer = _find(conn, question)
    if transfer is None:
        return TransferClaimed(code=NOTHING_FITS)
    return (
        _missed(conn, who, question, transfer, now_ms)
        or _refused(conn, who, question, transfer, now_ms)
        or _give(conn, book, keys, who, question, transfer, now_ms)
    )


def _answered(conn: Connection, who: Claimant, question: TransferClaim) -> TransferClaimed | None:
    request = (who.desk, who.epoch, question.request)
    missed = conn.execute(
        "select answer from missed_claims where desk = %s and epoch = %s and request = %s", request
    ).fetchone()
    if missed:
        return msgspec.json.decode(missed[0], type=TransferClaimed)
    row = conn.execute(
        "select thing, words, signature from grants where holder = %s and holder_epoch = %s and request = %s",
        request,
    ).fetchone()
    if row is None:
        return None
    transfer = _locked(conn, "transfer", row[0])
    return None if transfer is None else _granted(transfer, Signed(words=row[1], signature=row[2]))


def _find(conn: Connection, question: TransferClaim) -> _Transfer | None:
    if question.purpose == "pay" and not _is_ahead(question):
        return _locked(conn, "code", question.code)
    return _locked(conn, "transfer", question.transfer)


def _is_ahead(question: TransferClaim) -> bool:
    """Whether it is reserved ahead of its receiver: no code is known yet."""
    return question.purpose == "pay" and not question.code and bool(question.transfer)


def _locked(conn: Connection, column: str, value: str) -> _Transfer | None:
    row = conn.execute(
        f"select {_COLUMNS} from transfers where {column} = %s for update".encode(), (value,)
    ).fetchone()
    return _Transfer(*row) if row else None


def _missed(
    conn: Connection, who: Claimant, question: TransferClaim, transfer: _Transfer, now_ms: int
) -> TransferClaimed | None:
    """Whether the claimant knows what only the right one knows; None when all of it fits."""
    if _is_ahead(question):
        named = transfer.office == who.branch and question.amount_qapik == transfer.amount
        return None if named else TransferClaimed(code=NOTHING_FITS)
    if question.purpose != "pay":
        at_home = one(conn, "select branch from desks where desk = %s", (transfer.desk,))[0] == who.branch
        same = question.amount_qapik == transfer.amount
        # A reversal undoes a line of the very desk that wrote it.
        fits = same and (at_home if question.purpose == "refund" else transfer.desk == who.desk)
        return None if fits else TransferClaimed(code=NOTHING_FITS)
    if transfer.wrong_tries >= TRIES_MAX:
        return TransferClaimed(code=CLOSED, tries_left=0)
    sender = transfer.people().sender.name
    same_amount = question.amount_qapik == transfer.amount
    if same_amount and same_person_name(question.sender, sender):
        return None
    if same_amount and near_name(question.sender, sender):
        return TransferClaimed(code=NEAR_MISS)
    return _count_try(conn, who, transfer, now_ms)


def _count_try(conn: Connection, who: Claimant, transfer: _Transfer, now_ms: int) -> TransferClaimed:
    tries = transfer.wrong_tries + 1
    closes = tries >= TRIES_MAX
    state = arrive(TRANSFER, transfer.state, "closed") if closes else transfer.state
    conn.execute(
        "update transfers set wrong_tries = %s, state = %s where transfer = %s",
        (tries, state, transfer.transfer),
    )
    # What a desk holds closes when it gives it back (transfers): until then its holder may pay.
    if state == "closed" != transfer.state:
        event = TransferEvent(transfer=transfer.transfer, state="closed", office=who.branch, at_ms=now_ms)
        tell(conn, event, [transfer.desk], now_ms)
    return TransferClaimed(code=CLOSED if closes else DIFFERS, tries_left=TRIES_MAX - tries)


def _refused(
    conn: Connection, who: Claimant, question: TransferClaim, transfer: _Transfer, now_ms: int
) -> TransferClaimed | None:
    """Whether the transfer may be handled here and now."""
    if question.purpose == "pay" and transfer.office not in ("", who.branch):
        return TransferClaimed(code=OTHER_OFFICE, office=transfer.office)
    if transfer.state in GONE_BACK:
        if question.purpose == "pay":
            return TransferClaimed(code=SENT_BACK)
    elif transfer.state != "available":
        live = conn.execute(
            "select holder, \"grant\" from grants where thing = %s and state = 'open'", (transfer.transfer,)
        ).fetchone()
        if live and live[0] != who.desk:
            # Somebody stands at a counter and wants it: the holder is asked, never overruled.
            asked = GrantQuestion(grant=live[1], thing=transfer.transfer, at_ms=now_ms)
            tell(conn, asked, [live[0]], now_ms)
        return TransferClaimed(
            code=STATE_CODES.get(transfer.state, HELD_BACK), holder=live[0] if live else ""
        )
    if not _is_sure(conn, transfer):
        return TransferClaimed(code=NOT_READY)
    # The sender may take it back at any time; only the receiver waits for what was agreed on.
    if question.purpose == "pay" and now_ms < transfer.available_ms:
        return TransferClaimed(code=PAID_LATER, ready_ms=transfer.available_ms)
    if _is_ahead(question):
        count, qapik = ahead.room_left(conn, who.desk, who.epoch, who.branch)
        if not count or transfer.amount > qapik:
            return TransferClaimed(code=NO_ROOM)
    return None


def _is_sure(conn: Connection, transfer: _Transfer) -> bool:
    """Whether nobody can hold a grant that the centre has forgotten in a restore (PROTOCOL.md 4).

    A transfer sent after its chain had spoken in the present epoch of the centre is new. An older one waits
    until every chain that could hold it has shown all its records, and they are brought forward.
    """
    epoch = one(conn, "select epoch from centre")[0]
    spoke_epoch, spoke_sequence = one(
        conn,
        "select spoke_epoch, spoke_sequence from chain_heads where desk = %s and epoch = %s",
        (transfer.desk, transfer.epoch),
    )
    if spoke_epoch == epoch and transfer.sequence > spoke_sequence:
        return True
    return all_have_spoken(conn)


def all_have_spoken(conn: Connection) -> bool:
    """Whether every chain has shown, in the centre's present epoch, all it may hold from before (D-03)."""
    epoch = one(conn, "select epoch from centre")[0]
    silent = one(
        conn,
        "select exists (select from chain_heads join desks using (desk)"
        f" where chain_heads.state <> 'lost' and spoke_epoch < %s) or exists ({_OLD_WORK})",
        (epoch,),
    )[0]
    return epoch == 1 or not silent


def has_spoken(conn: Connection, desk: str) -> bool:
    """Whether every chain of this desk has shown what it may hold from before, as `all_have_spoken`."""
    silent = one(
        conn,
        "select exists (select from chain_heads, centre where desk = %s and state <> 'lost'"
        " and spoke_epoch < centre.epoch and centre.epoch > 1)"
        f" or exists (select from ({_OLD_WORK}) as old where old.desk = %s)",
        (desk, desk),
    )[0]
    return not silent


def _give(
    conn: Connection,
    book: Book,
    keys: CentreKeys,
    who: Claimant,
    question: TransferClaim,
    transfer: _Transfer,
    now_ms: int,
) -> TransferClaimed:
    grant = Grant(
        centre_epoch=one(conn, "select epoch from centre")[0],
        grant=new_id(now_ms),
        thing=transfer.transfer,
        purpose=question.purpose,
        number=transfer.grants + 1,
        previous=transfer.last_grant,
        ended_by=transfer.ended_by,
        origin=transfer.hash.hex(),
        holder=who.desk,
        holder_epoch=who.epoch,
        request=question.request,
        amount_qapik=transfer.amount,
        time_ms=now_ms,
    )
    signed = keys.sign_grant(grant)
    keep(conn, grant, signed)
    conn.execute(
        "update transfers set state = %s, grants = %s, last_grant = %s where transfer = %s",
        (move(TRANSFER, transfer.state, "granted"), grant.number, grant.grant, transfer.transfer),
    )
    _enter(conn, book, transfer, grant)
    return _granted(transfer, signed)


def keep(conn: Connection, grant: Grant, signed: Signed) -> None:
    """Write down a grant that is given, or that a restored centre is shown; it is open."""
    conn.execute(
        "insert into grants values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '', %s)",
        (
            grant.grant,
            grant.thing,
            grant.number,
            grant.purpose,
            grant.holder,
            grant.holder_epoch,
            grant.request,
            grant.amount_qapik,
            signed.words,
            signed.signature,
            move(GRANT, "", "granted"),
            grant.time_ms,
        ),
    )


def _enter(conn: Connection, book: Book, transfer: _Transfer, grant: Grant) -> None:
    """Into the centre's own book."""
    if transfer.state == "unclaimed":
        # It is owed again before anybody can pay it.
        owed = ops.TransferReclaimed(
            transfer=transfer.transfer, amount_qapik=transfer.amount, grant=grant.grant
        )
        book.append(conn, owed)
    issued = ops.GrantIssued(
        grant=grant.grant,
        thing=grant.thing,
        purpose=grant.purpose,
        number=grant.number,
        desk=grant.holder,
        previous=grant.previous,
    )
    book.append(conn, issued)


def _granted(transfer: _Transfer, signed: Signed) -> TransferClaimed:
    return TransferClaimed(
        grant=signed, parties=transfer.parties, sent_ms=transfer.sent_ms, office=transfer.office
    )
