"""What leaves for a partner: stored whole before its first byte, handed over, asked about, never doubled.

One attempt is one hand-over or one question, under a lease (money-out.md M0-3). What was handed over and not
answered is only ever asked about (MA-6); it is handed over again when the partner has said that it never
arrived, under a header that says so, and only where its profile refuses what it knows already.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from azpost_desk.central.abroad import agreements, hearing, moving, restored
from azpost_desk.central.exceptions import list_exception
from azpost_desk.central.gateways.abroad import Order, Silent, Told, Turned
from azpost_desk.central.gateways.billers import next_try_ms
from azpost_desk.domain.exchange import as_decimal, as_fraction
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Collection

    from azpost_desk.central.abroad.moving import Out
    from azpost_desk.central.gateways.abroad import Handed, Partner
    from azpost_desk.central.storage.database import Connection, Database
    from azpost_desk.domain.abroad import corridors
    from azpost_desk.domain.days import Clock

# Longer than all time-outs of one attempt together: a question and its answer, a hand-over and its answer.
LEASE_MS: Final = 180_000
# [design] A status that nobody sends is asked for so often; statuses come by themselves before.
ASK_AFTER_MS: Final = 600_000
# [design] Our own identity in messages; the licence names it.
OUR_BIC: Final = "AZPOAZ22"
_RATE_DIGITS: Final = 10
_log = logging.getLogger(__name__)


class Act(Enum):
    """What one attempt does."""

    HAND = "hand"
    ASK = "ask"
    RECALL = "recall"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt that is stored as begun: exact bytes for a partner about a transfer."""

    transfer: str
    partner: str
    act: Act
    document: bytes
    number: int


def take_due(
    conn: Connection, partners: dict[str, Partner], free: Collection[str], now_ms: int
) -> Attempt | None:
    """The transfer that is due longest to a free partner, its attempt stored before anything leaves."""
    row = conn.execute(
        "select transfer from abroad_out where next_ms <= %s and partner = any(%s)"
        " order by next_ms limit 1 for update skip locked",
        (now_ms, list(free)),
    ).fetchone()
    found = moving.lock(conn, row[0]) if row else None
    if found is None:
        return None
    agreed = agreements.partners(conn, now_ms).find(found.partner)
    if agreed is None or _must_not_leave(conn, found, now_ms):
        _look_again(conn, found, now_ms + ASK_AFTER_MS)
        return None
    rail = partners[found.partner]
    if found.state == "queued" or (found.state == "leaving" and not found.attempts):
        return _hand(conn, rail, agreed, found, now_ms)
    return _ask(conn, rail, agreed, found, now_ms)


def _must_not_leave(conn: Connection, found: Out, now_ms: int) -> bool:
    """Whether people have stopped what has not left yet; what has left is asked about all the same.

    What never arrived leaves no second time while somebody in it may be on a list (MA-13), and after a
    restore nothing leaves before it is known what did (M0-10).
    """
    if found.attempts > 0:
        return False
    is_open = agreements.is_open(conn, found.partner, agreements.SENDING)
    return found.listed or not is_open or not restored.may_leave(conn, found.partner)


def _hand(
    conn: Connection, rail: Partner, agreed: corridors.Partner, found: Out, now_ms: int
) -> Attempt | None:
    settles_on = agreements.business_day(agreed, now_ms)
    # What never arrived leaves again as it was; only a date that has passed asks for a new one (MA-15).
    is_again = found.document is not None and found.settles_on >= settles_on
    ordinal = found.ordinal if is_again else found.ordinal + 1
    written_ms = found.written_ms if is_again else now_ms
    order = _order(agreed, found, ordinal, written_ms, found.settles_on if is_again else settles_on)
    try:
        document = rail.order(order)
    except Refused as no:
        # It must not leave as it is: two people look at it (MA-14).
        list_exception(conn, found.desk, found.epoch, found.sequence, "abroad_unfit", now_ms, found.transfer)
        moving.move(conn, found, "suspected", now_ms, reason=str(no.facts.get("rule", no.code)))
        _look_again(conn, found, None)
        return None
    moving.move(conn, found, "stored", now_ms, silent=True)
    conn.execute(
        "update abroad_out set ordinal = %s, document = %s, written_ms = %s, settles_on = %s, attempts = 1,"
        " next_ms = %s where transfer = %s",
        (ordinal, document, written_ms, order.settles_on, now_ms + LEASE_MS, found.transfer),
    )
    if found.ask_first:
        return _ask_first(conn, rail, agreed, found.transfer, now_ms)
    return Attempt(found.transfer, found.partner, Act.HAND, document, 1)


def _ask_first(
    conn: Connection, rail: Partner, agreed: corridors.Partner, transfer: str, now_ms: int
) -> Attempt:
    """It may have left in hours that a restore has lost: it counts as handed over and not answered."""
    conn.execute(
        "update abroad_out set ask_first = false, unanswered = unanswered + 1 where transfer = %s",
        (transfer,),
    )
    found = moving.lock(conn, transfer)
    if found is None:
        raise LookupError(transfer)
    moving.move(conn, found, "silent", now_ms, silent=True)
    return _ask(conn, rail, agreed, found, now_ms)


def _ask(conn: Connection, rail: Partner, agreed: corridors.Partner, found: Out, now_ms: int) -> Attempt:
    """The first act after a silence, a restart or a long wait is a question (M0-3)."""
    order = _order(agreed, found, found.ordinal, found.written_ms, found.settles_on)
    act, document = Act.ASK, b""
    if found.recall == "asked":
        act, document = Act.RECALL, rail.recall(order, "CUST")
        conn.execute("update abroad_out set recall = 'sent' where transfer = %s", (found.transfer,))
    else:
        document = rail.question(order, found.asked + 1)
    conn.execute(
        "update abroad_out set asked = asked + 1, next_ms = %s where transfer = %s",
        (now_ms + LEASE_MS, found.transfer),
    )
    return Attempt(found.transfer, found.partner, act, document, found.asked + 1)


def attempt(database: Database, clock: Clock, rail: Partner, due: Attempt) -> Handed:
    """Make the attempt that was taken, and keep what came of it."""
    answer = rail.hand(due.document)
    with database.transaction() as conn:
        if isinstance(answer, Told):
            hearing.keep(conn, due.partner, answer.documents, clock.utc_ms())
        # In one: a word that another thread applied in between would be put off by what is noted here.
        _after(conn, due, answer, clock.utc_ms())
    hearing.apply_waiting(database, {due.partner: rail}, clock)
    return answer


def _after(conn: Connection, due: Attempt, answer: Handed, now_ms: int) -> None:
    """What the attempt itself says of the transfer, before any document that came with it."""
    found = moving.lock(conn, due.transfer)
    if found is None or found.state not in ("leaving", "sent", "unknown", "accepted", "settled"):
        return
    match answer:
        case Told():
            if due.act is Act.HAND:
                moving.move(conn, found, "handed", now_ms)
            # What is settled was asked about for somebody who enquires: once, an answer is enough.
            is_recalled = found.recall in ("asked", "sent")
            is_enough = found.state == "settled" and due.act is Act.ASK and not is_recalled
            _look_again(conn, found, None if is_enough else now_ms + _wait_ms(found, due, answered=True))
        case Turned(status=status):
            if due.act is Act.HAND:
                # Nothing was taken, and it is about us: this partner stops, nobody is refunded (M0-6).
                why = f"the partner answered {status}"
                agreements.turn(conn, due.partner, agreements.SENDING, now_ms, on=False, why=why)
                conn.execute(
                    "update abroad_out set attempts = 0 where transfer = %s and state = 'leaving'",
                    (due.transfer,),
                )
                _case(conn, found, "partner_turned_us_away", now_ms)
            _look_again(conn, found, now_ms + _wait_ms(found, due, answered=False))
        case Silent(why=why):
            _log.info("partner %s was silent (%s)", due.partner, why)
            if due.act is Act.HAND:
                conn.execute(
                    "update abroad_out set unanswered = unanswered + 1 where transfer = %s", (due.transfer,)
                )
                moving.move(conn, found, "silent", now_ms, reason=why)
            if due.act is Act.RECALL:
                conn.execute("update abroad_out set recall = 'asked' where transfer = %s", (due.transfer,))
            wait_ms = next_try_ms(due.number)
            if wait_ms is None:
                _case(conn, found, "partner_silent", now_ms)
                wait_ms = ASK_AFTER_MS * 6
            _look_again(conn, found, now_ms + wait_ms)


def _wait_ms(found: Out, due: Attempt, *, answered: bool) -> int:
    wait = next_try_ms(min(due.number, 9)) or ASK_AFTER_MS
    return max(wait, ASK_AFTER_MS) if answered and found.recall != "asked" else wait


def _order(agreed: corridors.Partner, found: Out, ordinal: int, written_ms: int, settles_on: str) -> Order:
    terms = found.terms()
    rate = as_fraction(terms.rate)
    return Order(
        transfer=found.transfer,
        ordinal=ordinal,
        partner_bic=agreed.bic,
        our_bic=OUR_BIC,
        arrives=Money(found.arrives, found.currency),
        paid=azn(found.amount),
        rate=as_decimal(rate, _RATE_DIGITS) if rate else "",
        written_ms=written_ms,
        settles_on=settles_on,
        charges=terms.charges,
        purpose=found.purpose,
        parties=found.parties(),
        is_repeat=found.unanswered > 0,
    )


def _look_again(conn: Connection, found: Out, at_ms: int | None) -> None:
    conn.execute(
        "update abroad_out set next_ms = %s where transfer = %s"
        " and state in ('queued', 'leaving', 'sent', 'unknown', 'accepted', 'settled')",
        (at_ms, found.transfer),
    )


def _case(conn: Connection, found: Out, reason: str, now_ms: int) -> None:
    list_exception(conn, found.desk, found.epoch, found.sequence, reason, now_ms, found.transfer)
