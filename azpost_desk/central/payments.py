"""Bills at the centre: what desks recorded of them becomes rows to deliver, and two people's words move them.

In: a bill taken, undone or given back at a desk; a decision of two people. Out: the row of the bill in the
state that `domain.delivery_moves` says, a record in the centre's book, news for the desk.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central import disputes, exposure
from azpost_desk.central.exceptions import end_task, list_exception, list_task
from azpost_desk.central.messaging import events
from azpost_desk.central.news import tell
from azpost_desk.central.sold import sold_line
from azpost_desk.domain import operations as ops
from azpost_desk.domain.delivery_moves import (
    AFTER_ALL,
    AGREED,
    ASKED_BACK,
    AT_DESK,
    CLAIMED,
    DELIVERED,
    DELIVERY,
    JUDGEMENTS,
    LACKED,
    REGISTER_LACKS,
    UNDER_WAY,
)
from azpost_desk.domain.moves import DECIDED, befores, move
from azpost_desk.domain.operations_disputes import REFUND_ASKED
from azpost_desk.domain.people import Account
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.news import PaymentResult

if TYPE_CHECKING:
    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.book import Book
    from azpost_desk.central.storage.database import Connection

_TXN_BITS: Final = 63
# Another payment of the same notice was under way.
TWIN: Final = "notice_twin"
REFUND_TASK: Final = "notice_refund"


def txn_id(payment: str) -> int:
    """The number of a payment at its biller: 63 bits of SHA-256 over its id, so up to 19 digits."""
    digest = hashlib.sha256(f"payment {payment}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - _TXN_BITS) or 1


def accepted(conn: Connection, written: AcceptedRecord, line: ops.PaymentAccepted, now_ms: int) -> None:
    """A bill or notice was taken: its delivery is planned, or it waits for two people (central.exposure).

    One payment of a notice is under way at a time: a second one is owed back at once (money-out.md MC-9).
    """
    try:
        account = msgspec.json.decode(
            written.attachments.get(f"{line.operation}:account", b""), type=Account
        ).account
    except (msgspec.DecodeError, UnicodeDecodeError):
        list_exception(
            conn, written.desk, written.epoch, written.sequence, "no_account", now_ms, line.operation
        )
        return
    notice, version = (line.notice, line.version) if isinstance(line, ops.NoticePaid) else ("", "")
    new = conn.execute(
        "insert into payments (payment, desk, epoch, sequence, biller, account, amount, accepted_ms, txn_id,"
        " state, next_ms, changed_ms, notice, version)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
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
            move(DELIVERY, "", "accepted"),
            now_ms,
            now_ms,
            notice,
            version,
        ),
    ).fetchone()
    if new is None:
        # Under this number another bill is delivered: this customer's never will be.
        reason = "repeated_operation"
        list_exception(conn, written.desk, written.epoch, written.sequence, reason, now_ms, line.operation)
        return
    if notice and _is_twin(conn, line, notice):
        _owe_twin(conn, written.desk, line, now_ms)
        return
    reasons, _ = exposure.doubts(conn, written, "payments", line.operation, line.amount_qapik)
    if reasons:
        # What has gone to a biller does not come back: two people look at it before (central.held).
        conn.execute(
            "update payments set state = %s, next_ms = null where payment = %s",
            (move(DELIVERY, "accepted", "suspected"), line.operation),
        )
    for reason in reasons:
        list_exception(conn, written.desk, written.epoch, written.sequence, reason, now_ms, line.operation)


def _is_twin(conn: Connection, line: ops.PaymentAccepted, notice: str) -> bool:
    """Whether another payment of the notice is under way; both wait here for each other's transaction."""
    conn.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"notice {line.biller} {notice}",))
    other = conn.execute(
        "select from payments where biller = %s and notice = %s and payment <> %s and state = any(%s)",
        (line.biller, notice, line.operation, list(UNDER_WAY)),
    ).fetchone()
    return other is not None


def _owe_twin(conn: Connection, desk: str, line: ops.PaymentAccepted, now_ms: int) -> None:
    """It is never sent: the portal would take it for the other one's repetition, or twice."""
    after = move(DELIVERY, "accepted", "twin")
    conn.execute(
        "update payments set state = %s, next_ms = null, reason = %s where payment = %s",
        (after, TWIN, line.operation),
    )
    result = PaymentResult(
        payment=line.operation,
        biller=line.biller,
        outcome=AT_DESK[after],
        provider_reference="",
        reason=TWIN,
        at_ms=now_ms,
    )
    tell(conn, result, [desk], now_ms)
    events.refund_ready(conn, line.operation, now_ms)


def decide(
    conn: Connection,
    book: Book,
    payment: str,
    decision: str,
    people: tuple[str, str],
    evidence: str,
    now_ms: int,
) -> str:
    """Two people decide about a bill that waits for them (central.held); gives its state from now on.

    Raises:
        Refused: X-080 no such bill, X-081 its state allows no such decision (`state`).
    """
    row = conn.execute(
        "select state, desk, biller, amount from payments where payment = %s for update", (payment,)
    ).fetchone()
    if row is None:
        raise Refused("X-080", transfer=payment)
    state, desk, biller, amount = row
    if (state, decision) not in DELIVERY or decision not in (*DECIDED, *JUDGEMENTS):
        raise Refused("X-081", state=state)
    after = move(DELIVERY, state, decision)
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
    _book_decision(conn, book, state, act, biller, desk)
    let_go = after == move(DELIVERY, "", "accepted")
    conn.execute(
        "update payments set state = %s, next_ms = %s, reason = %s, changed_ms = %s where payment = %s",
        (after, now_ms if let_go else None, "" if let_go else decision, now_ms, payment),
    )
    if state == LACKED:
        end_task(conn, desk, REGISTER_LACKS, payment, now_ms)
    if state == ASKED_BACK:
        _answer_refund(conn, desk, payment, decision, people[0].strip(), now_ms)
    told = _told(state, after, decision)
    if told:
        news = PaymentResult(
            payment=payment, biller=biller, outcome=told, provider_reference="", reason=decision, at_ms=now_ms
        )
        tell(conn, news, [desk], now_ms)
        events.refund_ready(conn, payment, now_ms)
    return after


def _book_decision(
    conn: Connection, book: Book, before: str, act: ops.OutgoingJudged, biller: str, desk: str
) -> None:
    """What the centre's book says of money when two people have decided about a bill that was `before`."""
    payment, amount = act.thing, act.amount_qapik
    if before == CLAIMED:
        book_claims(conn, book)
        ended = ops.PaymentClaimEnded(
            payment=payment, biller=biller, amount_qapik=amount, outcome=act.decision, desk=desk
        )
        book.append(conn, ended)
    elif act.decision == AGREED or before == LACKED:
        book.append(conn, ops.PaymentReturned(payment=payment, biller=biller, amount_qapik=amount))
        conn.execute("update payments set fee_owed = false where payment = %s", (payment,))
    elif act.decision == DELIVERED:
        delivered = ops.PaymentDelivered(
            payment=payment, biller=biller, amount_qapik=amount, provider_reference=""
        )
        book.append(conn, delivered)


def refund_asked(conn: Connection, written: AcceptedRecord, body: ops.DisputeRaised, now_ms: int) -> None:
    """A payer wants the money of a paid notice back: two people hear the authority's decision (MC-10)."""
    row = conn.execute(
        "select state, notice from payments where payment = %s and desk = %s for update",
        (body.about, written.desk),
    ).fetchone()
    if row is None or not row[1] or (row[0], ASKED_BACK) not in DELIVERY:
        list_exception(
            conn, written.desk, written.epoch, written.sequence, "refund_unasked", now_ms, body.about
        )
        return
    conn.execute(
        "update payments set state = %s, changed_ms = %s where payment = %s",
        (move(DELIVERY, row[0], ASKED_BACK), now_ms, body.about),
    )
    list_task(
        conn, (written.desk, written.epoch, written.sequence), REFUND_TASK, body.dispute, body.due, now_ms
    )


def _answer_refund(conn: Connection, desk: str, payment: str, decision: str, by: str, now_ms: int) -> None:
    rows = conn.execute(
        "select dispute from disputes where desk = %s and figure = %s and about = %s and state = any(%s)",
        (desk, REFUND_ASKED, payment, list(disputes.LIVE)),
    ).fetchall()
    for (dispute,) in rows:
        disputes.tell_answer(conn, desk, dispute, decision, "", by, now_ms)
        end_task(conn, desk, REFUND_TASK, dispute, now_ms)


def book_claims(conn: Connection, book: Book) -> int:
    """What billers hold although their customers were paid back is claimed in the book, once each."""
    rows = conn.execute(
        "update payments set is_claimed = true where state = %s and not is_claimed"
        " returning payment, biller, amount, reason",
        (CLAIMED,),
    ).fetchall()
    for payment, biller, amount, reason in rows:
        if reason == AFTER_ALL:
            # It was booked as delivered when the register had it; its customer's it was all the same.
            book.append(conn, ops.PaymentReturned(payment=payment, biller=biller, amount_qapik=amount))
        book.append(conn, ops.PaymentClaimed(payment=payment, biller=biller, amount_qapik=amount))
    return len(rows)


def _told(before: str, after: str, decision: str) -> str:
    """What the desk is told of a decision, "" where it has been told the same already."""
    if (before, decision) == ("disputed", DELIVERED):
        return ops.DELIVERED_AFTER_ALL
    if before == ASKED_BACK:
        return ops.RETURNED if decision == AGREED else ""
    if before == LACKED:
        return ops.RETURNED
    if before == "disputed" or AT_DESK[after] not in ("confirmed", "refused"):
        return ""
    return AT_DESK[after]


def reversed_line(
    conn: Connection,
    written: AcceptedRecord,
    _undone: ops.LineReversed,
    original: ops.PaymentAccepted,
    now_ms: int,
) -> None:
    """A bill was undone at its desk: in time when nothing was sent, otherwise a case for finance."""
    [(after, before)] = befores(DELIVERY, "reversed").items()
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


def refunded(conn: Connection, written: AcceptedRecord, line: ops.PaymentRefunded, now_ms: int) -> None:
    """What the biller refused went back to the customer, by the desk that took it and to the qəpik.

    Has the biller said since that it has it, the post claims it there: nobody is paid twice in silence.
    """
    bill = _accepted(conn, written.desk, line.payment)
    row = conn.execute(
        "select state, fee_owed, reason from payments where payment = %s", (line.payment,)
    ).fetchone()
    state, fee_owed, reason = row or ("", True, "")
    if bill is None or bill.amount_qapik + bill.fee_qapik * fee_owed != line.amount_qapik:
        state = ""
    event = AFTER_ALL if reason == AFTER_ALL else "refunded"
    if (state, event) in DELIVERY:
        after = move(DELIVERY, state, event)
        conn.execute(
            "update payments set state = %s, changed_ms = %s where payment = %s",
            (after, now_ms, line.payment),
        )
        return
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
