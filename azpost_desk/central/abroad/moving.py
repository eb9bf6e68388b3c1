"""One transfer abroad moves by one event, with everything that belongs to it: funds, book, desk, task.

Whatever brings the event (a sale, a partner's word, two people, a statement), its row is locked first; what
the table of moves does not know is kept and moves nothing (money-out.md, "States").
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central.abroad import booking, commissions, funds
from azpost_desk.central.exceptions import list_exception
from azpost_desk.central.news import tell
from azpost_desk.domain import operations as ops
from azpost_desk.domain.abroad.corridors import OUT
from azpost_desk.domain.abroad.moves import ABROAD_OUT, UNDER_WAY
from azpost_desk.domain.money import Money
from azpost_desk.domain.people import AbroadParties, Parties, Person
from azpost_desk.protocol.abroad import terms_of
from azpost_desk.protocol.news import AbroadEvent

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.lines.abroad import AbroadTerms

_BACK_TO_SENDER: Final = "owed"
UNCLAIMED: Final = "unclaimed"
# Nothing has left: all comes back, the fee too, whatever the corridor keeps later (MA-7).
_CANCELLED: Final = "cancelled"
# Its sender can have it.
OWED: Final = (_BACK_TO_SENDER, UNCLAIMED)
DAY_MS: Final = 24 * 3_600_000
# The partner has taken the money, whoever says so: its word, its statement, or that it gives it back.
_TAKES: Final = ("settled", "received", "debit", "returned", "recalled_with_money")
_JUDGED_GONE: Final = ("judged_settled", "judged_paid")
# Only these are handed over or asked about; whatever else a transfer waits for is no partner's.
_WORKED_ON: Final = ("queued", *UNDER_WAY, "settled")


@dataclass(frozen=True, slots=True)
class Out:
    """A transfer abroad with its row locked; sums of `currency` are smallest units."""

    transfer: str
    desk: str
    epoch: int
    sequence: int
    partner: str
    currency: str
    arrives: int
    amount: int
    base: int
    state: str
    recall: str
    listed: bool
    firm: bool
    settled: bool
    dealt: bool
    taken: bool
    uetr: str
    ordinal: int
    attempts: int
    unanswered: int
    asked: int
    purpose: str
    terms_bytes: bytes
    parties_bytes: bytes
    document: bytes | None
    written_ms: int
    settles_on: str
    state_ms: int
    ask_first: bool
    sent_ms: int

    def terms(self) -> AbroadTerms:
        """The price it was sold by."""
        return terms_of(self.terms_bytes)

    def parties(self) -> AbroadParties:
        """Who sends it to whom."""
        return msgspec.json.decode(self.parties_bytes, type=AbroadParties)

    def deal(self, at_ms: int) -> ops.AbroadDealt:
        """Its deal as the book has it, from this moment on."""
        return ops.AbroadDealt(
            transfer=self.transfer,
            partner=self.partner,
            currency=self.currency,
            arrives_minor=self.arrives,
            amount_qapik=self.amount,
            base_qapik=self.base,
            at_ms=at_ms,
        )

    def taken_back(self, event: str, at_ms: int) -> ops.AbroadTakenBack:
        """The deal undone at its own figures."""
        return ops.AbroadTakenBack(**msgspec.structs.asdict(self.deal(at_ms)), event=event)


def people_of(parties: AbroadParties) -> tuple[Parties, Parties]:
    """Who is looked for on lists: as written and, since lists are in Latin letters, as they are sent."""
    receiver = parties.receiver
    return (
        Parties(code="", sender=parties.sender, receiver=Person(name=receiver.name)),
        Parties(code="", sender=Person(name=parties.sender_latin), receiver=Person(name=receiver.latin)),
    )


_COLUMNS: Final = ", ".join(Out.__dataclass_fields__).replace("_bytes", "")


def lock(conn: Connection, value: str, column: str = "transfer") -> Out | None:
    """The transfer with this id (or UETR), its row ours until the transaction ends."""
    row = conn.execute(
        f"select {_COLUMNS} from abroad_out where {column} = %s for update".encode(), (value,)
    ).fetchone()
    return Out(*row) if row else None


def move(
    conn: Connection, one: Out, event: str, now_ms: int, *, reason: str = "", silent: bool = False
) -> str:
    """The state after `event`; unchanged where the table knows no such move.

    Args:
        reason: of the partner or of us, kept beside the state.
        silent: the desk that sold it is not told; it knows, or it is told of a later one.
    """
    after = ABROAD_OUT.get((one.state, event))
    if after is None:
        return one.state
    conn.execute(
        "update abroad_out set state = %s, state_ms = %s, reason = case when %s = '' then reason else %s end,"
        " next_ms = case when %s then next_ms end, refund_fee = refund_fee or %s where transfer = %s",
        (after, now_ms, reason, reason, after in _WORKED_ON, event == _CANCELLED, one.transfer),
    )
    one = _booked(conn, one, event, now_ms)
    _keep_apart(conn, one, after, now_ms)
    if after == _BACK_TO_SENDER and one.state not in ("refunding", "refund_in_doubt"):
        _take_back(conn, one, event, now_ms)
    elif event == "judged_refunded" and one.settled:
        _return(conn, one, now_ms)
    if after in ("disputed", "claimed"):
        list_exception(conn, one.desk, one.epoch, one.sequence, f"abroad_{after}", now_ms, one.transfer)
    if not silent:
        tell_desk(conn, one.transfer, now_ms)
    return after


def undone(conn: Connection, one: Out, now_ms: int) -> None:
    """A sale is undone at its desk before anything left: its deal and its funds with it, nobody is owed."""
    _take_back(conn, one, "reversed", now_ms)
    conn.execute(
        "update abroad_out set state = %s, state_ms = %s where transfer = %s",
        (ABROAD_OUT[one.state, "reversed"], now_ms, one.transfer),
    )


def tell_desk(conn: Connection, transfer: str, now_ms: int) -> None:
    """The desk that sold it hears how it stands."""
    row = conn.execute(
        "select desk, state, recall, reason, number, reference, state_ms, listed from abroad_out"
        " where transfer = %s",
        (transfer,),
    ).fetchone()
    if row is None:
        return
    desk, state, recall, reason, number, reference, state_ms, listed = row
    # Of a listed person nobody is told more than this (M0-12).
    if listed or state == "frozen":
        state, recall, reason = "held", "", ""
    event = AbroadEvent(
        transfer=transfer,
        state=state,
        recall=recall,
        reason=reason,
        number=number,
        reference=reference,
        at_ms=state_ms,
    )
    tell(conn, event, [desk], now_ms)


def _booked(conn: Connection, one: Out, event: str, now_ms: int) -> Out:
    """What an event says of the money itself, booked once: the partner's debit, a deal that stands after all.

    A deal that was undone stands again when two people find that the partner was right; after a refund it
    does not, for then its manat are gone.
    """
    is_disputed = event in _JUDGED_GONE and one.state == "disputed"
    if is_disputed and not one.dealt:
        booking.note(conn, one.deal(now_ms))
        conn.execute("update abroad_out set dealt = true where transfer = %s", (one.transfer,))
        one = replace(one, dealt=True)
    if (event in _TAKES or is_disputed) and not one.settled:
        _settle(conn, one, now_ms)
        one = replace(one, settled=True, taken=True, firm=False)
    return one


def _keep_apart(conn: Connection, one: Out, after: str, now_ms: int) -> None:
    """What nobody fetched in time is kept apart, and is owed again before it can be paid."""
    if after == UNCLAIMED:
        days = (now_ms - one.state_ms) // DAY_MS
        kept = ops.AbroadUnclaimed(transfer=one.transfer, amount_qapik=one.amount, days=days)
        booking.note(conn, kept)
    elif one.state == UNCLAIMED:
        booking.note(conn, ops.AbroadReclaimed(transfer=one.transfer, amount_qapik=one.amount))


def _settle(conn: Connection, one: Out, now_ms: int) -> None:
    """The partner has the money: funds are used up, firm or not."""
    booking.note(
        conn,
        ops.AbroadSettled(
            transfer=one.transfer, partner=one.partner, currency=one.currency, arrives_minor=one.arrives
        ),
    )
    conn.execute("update abroad_out set settled = true, taken = true where transfer = %s", (one.transfer,))
    commissions.earned(conn, OUT, one.transfer, one.partner, Money(one.arrives, one.currency), now_ms)
    funds.lock(conn, one.partner, one.currency)
    firm = -one.arrives if one.firm else 0
    funds.add(conn, one.partner, one.currency, funded=-one.arrives, firm=firm)
    conn.execute("update abroad_out set firm = false where transfer = %s", (one.transfer,))


def _take_back(conn: Connection, one: Out, event: str, now_ms: int) -> None:
    """The deal is undone at its own figures; funds kept for it are free, what came back lies there again."""
    if one.firm:
        funds.lock(conn, one.partner, one.currency)
        funds.add(conn, one.partner, one.currency, firm=-one.arrives)
        conn.execute("update abroad_out set firm = false where transfer = %s", (one.transfer,))
    if one.settled:
        _return(conn, one, now_ms)
    if one.dealt:
        booking.note(conn, one.taken_back(event, now_ms))
    conn.execute("update abroad_out set dealt = false, next_ms = null where transfer = %s", (one.transfer,))


def _return(conn: Connection, one: Out, now_ms: int) -> None:
    """What the partner had taken lies there again."""
    funds.lock(conn, one.partner, one.currency)
    funds.add(conn, one.partner, one.currency, funded=one.arrives)
    booking.note(
        conn,
        ops.AbroadReturned(
            transfer=one.transfer, partner=one.partner, currency=one.currency, returned_minor=one.arrives
        ),
    )
    conn.execute("update abroad_out set settled = false where transfer = %s", (one.transfer,))
    commissions.undone(conn, one.transfer, now_ms)
