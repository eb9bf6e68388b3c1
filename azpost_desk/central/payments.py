"""Bills: brought in by what desks recorded, delivered to the billers, told back to the desks.

Each delivery is planned (the row), sent (state and attempt stored before the biller is asked), then
confirmed, refused or unknown. The number a biller sees is derived from the payment's own id, so that it stays
the same through repetitions, crashes and restores; what is unknown is asked again under it with growing
waits.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
import psycopg
from psycopg_pool import PoolTimeout

from azpost_desk.central import exposure
from azpost_desk.central.exceptions import list_exception
from azpost_desk.central.gateways.billers import (
    Checked,
    Confirmed,
    Conflict,
    Outcome,
    RefusedByBiller,
    Unknown,
    next_try_ms,
)
from azpost_desk.central.news import tell
from azpost_desk.central.sold import sold_line
from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import Money
from azpost_desk.domain.moves import DECIDED, PAYMENT, arrive, befores, move
from azpost_desk.domain.people import Account
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.messages import BillCheck, BillChecked
from azpost_desk.protocol.news import PaymentResult

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from azpost_desk.central.book import Book
    from azpost_desk.central.gateways.billers import Biller
    from azpost_desk.central.gateways.parties import Party
    from azpost_desk.central.storage.database import Connection, Database
    from azpost_desk.central.written import Written
    from azpost_desk.domain.days import Clock

# After it another process may ask what became of the payment, for whoever had it in hand is gone.
LEASE_MS: Final = 120_000
# A biller that drips its answer for ever is not worked with for ever: asked again under the same number.
_WORK_MS_MAX: Final = 600_000
_LOG = logging.getLogger(__name__)
_TXN_BITS: Final = 63
UNKNOWN_BILLER: Final = "X-030"
BILLER_SILENT: Final = "X-031"
BILLER_REFUSES: Final = "X-032"


def txn_id(payment: str) -> int:
    """The number of a payment at its biller: 63 bits of SHA-256 over its id, so up to 19 digits."""
    digest = hashlib.sha256(f"payment {payment}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - _TXN_BITS) or 1


def accepted(conn: Connection, written: Written, line: ops.PaymentAccepted, now_ms: int) -> None:
    """A bill was taken: its delivery is planned, or it waits for two people (central.exposure)."""
    try:
        account = msgspec.json.decode(
            written.attachments.get(f"{line.operation}:account", b""), type=Account
        ).account
    except (msgspec.DecodeError, UnicodeDecodeError):
        list_exception(
            conn, written.desk, written.epoch, written.sequence, "no_account", now_ms, line.operation
        )
        return
    new = conn.execute(
        "insert into payments (payment, desk, epoch, sequence, biller, account, amount, accepted_ms, txn_id,"
        " state, next_ms, changed_ms) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " on conflict do nothing returning payment",
        (
            line.operation,
            written.desk,
            written.epoch,
            written.sequence,
            line.biller,
            account,
            line.amount_qapik,
            written.header.recorded_ms,
            txn_id(line.operation),
            move(PAYMENT, "", "accepted"),
            now_ms,
            now_ms,
        ),
    ).fetchone()
    if new is None:
        # Under this number another bill is delivered: this customer's never will be.
        reason = "repeated_operation"
        list_exception(conn, written.desk, written.epoch, written.sequence, reason, now_ms, line.operation)
        return
    reasons, _ = exposure.doubts(conn, written, "payments", line.operation, line.amount_qapik)
    if reasons:
        # What has gone to a biller does not come back: two people look at it before (central.held).
        conn.execute(
            "update payments set state = %s, next_ms = null where payment = %s",
            (move(PAYMENT, "accepted", "suspected"), line.operation),
        )
    for reason in reasons:
        list_exception(conn, written.desk, written.epoch, written.sequence, reason, now_ms, line.operation)


def decide(
    conn: Connection,
    book: Book,
    payment: str,
    decision: str,
    people: tuple[str, str],
    evidence: str,
    now_ms: int,
) -> str:
    """Two people decide about a bill that is held (central.held); gives its state from now on.

    Raises:
        Refused: X-080 no such bill, X-081 it is not held, or bills know no such decision.
    """
    row = conn.execute(
        "select state, desk, biller, amount from payments where payment = %s for update", (payment,)
    ).fetchone()
    if row is None:
        raise Refused("X-080", transfer=payment)
    state, desk, biller, amount = row
    if (state, decision) not in PAYMENT or decision not in DECIDED:
        raise Refused("X-081", state=state)
    after = move(PAYMENT, state, decision)
    act = ops.OutgoingJudged(
        thing=payment,
        service="payments",
        amount_qapik=amount,
        decision=decision,
        first_person=people[0].strip(),
        second_person=people[1].strip(),
        evidence=evidence.strip(),
    )
    book.append(conn, act)
    let_go = after == move(PAYMENT, "", "accepted")
    conn.execute(
        "update payments set state = %s, next_ms = %s, reason = %s, changed_ms = %s where payment = %s",
        (after, now_ms if let_go else None, "" if let_go else decision, now_ms, payment),
    )
    if not let_go:
        refused = PaymentResult(
            payment=payment,
            biller=biller,
            outcome=after,
            provider_reference="",
            reason=decision,
            at_ms=now_ms,
        )
        tell(conn, refused, [desk], now_ms)
    return after


def reversed_line(
    conn: Connection, written: Written, _undone: ops.LineReversed, original: ops.PaymentAccepted, now_ms: int
) -> None:
    """A bill was undone at its desk: in time when nothing was sent, otherwise a case for finance."""
    [(after, before)] = befores(PAYMENT, "reversed").items()
    cancelled = (
        _accepted(conn, written.desk, original.operation) == original
        and conn.execute(
            "update payments set state = %s, next_ms = null, changed_ms = %s"
            " where payment = %s and state = any(%s) and attempts = 0 returning payment",
            (after, now_ms, original.operation, before),
        ).fetchone()
    )
    if not cancelled:
        list_exception(
            conn, written.desk, written.epoch, written.sequence, "payment_sent", now_ms, original.operation
        )


def refunded(conn: Connection, written: Written, line: ops.PaymentRefunded, now_ms: int) -> None:
    """What the biller refused went back to the customer, by the desk that took it and to the qəpik."""
    bill = _accepted(conn, written.desk, line.payment)
    [(after, before)] = befores(PAYMENT, "refunded").items()
    changed = (
        bill is not None
        and bill.amount_qapik + bill.fee_qapik == line.amount_qapik
        and conn.execute(
            "update payments set state = %s, changed_ms = %s"
            " where payment = %s and state = any(%s) returning payment",
            (after, now_ms, line.payment, before),
        ).fetchone()
    )
    if not changed:
        # The customer has the money: what was not sent yet must not be delivered besides.
        conn.execute(
            "update payments set next_ms = null"
            " where payment = %s and desk = %s and state in ('accepted', 'held') and attempts = 0",
            (line.payment, written.desk),
        )
        list_exception(
            conn, written.desk, written.epoch, written.sequence, "refund_unasked", now_ms, line.payment
        )


def _accepted(conn: Connection, desk: str, payment: str) -> ops.PaymentAccepted | None:
    """The bill as this desk took it, its row locked; None for another desk's."""
    row = conn.execute(
        "select epoch, sequence from payments where payment = %s and desk = %s for update", (payment, desk)
    ).fetchone()
    line = sold_line(conn, desk, row[0], row[1], payment) if row else None
    return line if isinstance(line, ops.PaymentAccepted) else None


async def check(parties: Mapping[str, Party[Biller]], question: BillCheck) -> BillChecked:
    """Ask a biller about an account, in the biller's own threads; nothing is bound by it."""
    party = parties.get(question.biller)
    if party is None:
        return BillChecked(ok=False, code=UNKNOWN_BILLER)
    amount = None if question.amount_qapik is None else Money(question.amount_qapik)

    def ask(biller: Biller) -> Checked | RefusedByBiller | Unknown:
        return biller.check(question.account, amount)

    try:
        answer = await party.ask(ask, Unknown("timeout"))
    except ValueError:
        return BillChecked(ok=False, code=BILLER_REFUSES)
    match answer:
        case Checked(debt=debt, holder=holder):
            return BillChecked(ok=True, debt_qapik=debt.minor if debt else None, holder=holder)
        case RefusedByBiller():
            return BillChecked(ok=False, code=BILLER_REFUSES)
        case Unknown():
            return BillChecked(ok=False, code=BILLER_SILENT)


@dataclass(frozen=True, slots=True)
class Due:
    """A payment taken for one attempt; `attempt` counts from 1."""

    payment: str
    biller: str
    account: str
    amount: int
    accepted_ms: int
    txn_id: int
    attempt: int
    state_before: str


def deliver(
    database: Database, book: Book, clock: Clock, biller: Biller, due: Due, lease_ms: int = LEASE_MS
) -> Outcome:
    """Make the attempt that was taken, and keep what came of it.

    However long the biller takes: meanwhile the lease is renewed, so that nobody else makes it as well.
    """
    with _in_hand(database, clock, due, lease_ms):
        outcome = _ask(biller, due)
    with database.transaction() as conn:
        _settle(conn, book, due, outcome, clock.utc_ms())
    return outcome


@contextmanager
def _in_hand(database: Database, clock: Clock, due: Due, lease_ms: int) -> Iterator[None]:
    done = threading.Event()

    def renew() -> None:
        until_ms = clock.monotonic_ms() + _WORK_MS_MAX
        while not done.wait(lease_ms / 3_000) and clock.monotonic_ms() < until_ms:
            try:
                with database.transaction() as conn:
                    conn.execute(
                        "update payments set next_ms = %s where payment = %s and attempts = %s"
                        " and next_ms is not null",
                        (clock.utc_ms() + lease_ms, due.payment, due.attempt),
                    )
            except (psycopg.Error, PoolTimeout) as fault:
                # The attempt goes on; what is asked twice is asked under one number.
                _LOG.warning("the lease of a payment was not renewed: %s", fault)

    renewing = threading.Thread(target=renew, name=f"lease-{due.payment[:8]}", daemon=True)
    renewing.start()
    try:
        yield
    finally:
        done.set()
        renewing.join()


def take_due(conn: Connection, billers: Collection[str], now_ms: int, lease_ms: int = LEASE_MS) -> Due | None:
    """The payment to one of these billers that is due longest, stored as being attempted before it is."""
    row = conn.execute(
        "select payment, biller, account, amount, accepted_ms, txn_id, attempts + 1, state from payments"
        " where next_ms <= %s and biller = any(%s) order by next_ms limit 1 for update skip locked",
        (now_ms, list(billers)),
    ).fetchone()
    if row is None:
        return None
    due = Due(*row)
    state = arrive(PAYMENT, due.state_before, "sent")
    conn.execute(
        "update payments set state = %s, attempts = %s, next_ms = %s, changed_ms = %s where payment = %s",
        (state, due.attempt, now_ms + lease_ms, now_ms, due.payment),
    )
    return due


def _ask(biller: Biller, due: Due) -> Outcome:
    request = (due.txn_id, due.account, Money(due.amount), due.accepted_ms)
    try:
        if due.attempt == 1:
            return biller.pay(*request)
        outcome = biller.status(*request)
        if isinstance(outcome, Unknown) and outcome.why == "not_registered":
            # It never arrived there: sent again, under the same number.
            return biller.pay(*request)
    except ValueError as error:
        # An account or amount that could never be sent: the money goes back.
        return RefusedByBiller(0, "cannot_be_sent", str(error))
    return outcome


def _settle(conn: Connection, book: Book, due: Due, outcome: Outcome, now_ms: int) -> None:
    state, desk, epoch, sequence = conn.execute(
        "select state, desk, epoch, sequence from payments where payment = %s for update", (due.payment,)
    ).fetchone() or ("", "", 0, 0)
    reference, reason, next_ms = "", "", None
    match outcome:
        case Confirmed(provider_reference=reference):
            event = "confirmed"
        case RefusedByBiller(reason=reason):
            event = "refused"
        case Conflict():
            event, reason = "unknown", "conflict"
            list_exception(conn, desk, epoch, sequence, "biller_conflict", now_ms, due.payment)
        case Unknown(why=why):
            event, reason = "unknown", why
            wait_ms = next_try_ms(due.attempt)
            next_ms = None if wait_ms is None else now_ms + wait_ms
            if outcome.incident or wait_ms is None:
                case = f"biller_{why}" if outcome.incident else "biller_silent"
                list_exception(conn, desk, epoch, sequence, case, now_ms, due.payment)
    after = arrive(PAYMENT, state, event)
    if (state, event) not in PAYMENT and state != "unknown":
        return
    conn.execute(
        "update payments set state = %s, next_ms = %s, provider_reference = %s, reason = %s, changed_ms = %s"
        " where payment = %s",
        (after, next_ms, reference, reason, now_ms, due.payment),
    )
    if event == "confirmed":
        delivered = ops.PaymentDelivered(
            payment=due.payment, biller=due.biller, amount_qapik=due.amount, provider_reference=reference
        )
        book.append(conn, delivered)
    if after != state:
        result = PaymentResult(
            payment=due.payment,
            biller=due.biller,
            outcome=event,
            provider_reference=reference,
            reason=reason,
            at_ms=now_ms,
        )
        tell(conn, result, [desk], now_ms)
