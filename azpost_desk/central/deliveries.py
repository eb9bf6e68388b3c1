"""Deliveries: hands each bill to its biller once, asks what became of it, and keeps what the biller said.

In: rows of `central.payments` that are due. Out: their state by `domain.delivery_moves`, a record in the
centre's book, news for the desk. State and attempt are stored before the biller is asked; what is unknown is
asked again under the same number with growing waits.
"""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg_pool import PoolTimeout

from azpost_desk.central import biller_breaker
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
from azpost_desk.central.gateways.portals import NOTICES_MAX, NoticeOrder, Portal
from azpost_desk.central.messaging import events
from azpost_desk.central.news import tell
from azpost_desk.domain import operations as ops
from azpost_desk.domain.delivery_moves import AT_DESK, DELIVERY
from azpost_desk.domain.money import Money
from azpost_desk.domain.moves import arrive
from azpost_desk.protocol.messages import BillCheck, BillChecked, NoticesAsk, NoticesTold
from azpost_desk.protocol.news import PaymentResult

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from azpost_desk.central.book import Book
    from azpost_desk.central.gateways.connectors import Connector
    from azpost_desk.central.gateways.parties import Party
    from azpost_desk.central.storage.database import Connection, Database
    from azpost_desk.domain.days import Clock
    from azpost_desk.domain.notices import Notice

# After it another process may ask what became of the payment, for whoever had it in hand is gone.
LEASE_MS: Final = 120_000
# A biller that drips its answer for ever is not worked with for ever: asked again under the same number.
_WORK_MS_MAX: Final = 600_000
_LOG = logging.getLogger(__name__)
UNKNOWN_BILLER: Final = "X-030"
BILLER_SILENT: Final = "X-031"
BILLER_REFUSES: Final = "X-032"


async def check(parties: Mapping[str, Party[Connector]], question: BillCheck) -> BillChecked:
    """Ask a biller about an account, in the biller's own threads; nothing is bound by it."""
    party = parties.get(question.biller)
    if party is None:
        return BillChecked(ok=False, code=UNKNOWN_BILLER)
    amount = None if question.amount_qapik is None else Money(question.amount_qapik)

    def ask(biller: Connector) -> Checked | RefusedByBiller | Unknown:
        # What is paid to a portal is looked for there: it has no accounts.
        if isinstance(biller, Portal):
            raise ValueError("a portal")
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


async def find_notices(
    parties: Mapping[str, Party[Connector]], question: NoticesAsk, clock: Clock
) -> NoticesTold:
    """Ask a portal for its notices, in its own threads; nothing is bound by it."""
    party = parties.get(question.portal)
    if party is None or not isinstance(party.connector, Portal):
        return NoticesTold(ok=False, code=UNKNOWN_BILLER)
    asked_ms = clock.utc_ms()

    def ask(portal: Connector) -> tuple[Notice, ...] | Unknown:
        if not isinstance(portal, Portal):
            raise ValueError("no portal")
        return portal.find(question.by, question.value)

    try:
        answer = await party.ask(ask, Unknown("timeout"))
    except ValueError:
        return NoticesTold(ok=False, code=BILLER_REFUSES)
    if isinstance(answer, Unknown):
        return NoticesTold(ok=False, code=BILLER_SILENT)
    more = len(answer) > NOTICES_MAX
    return NoticesTold(ok=True, notices=answer[:NOTICES_MAX], asked_ms=asked_ms, more=more)


@dataclass(frozen=True, slots=True)
class Due:
    """A payment taken for one attempt; `attempt` counts from 1.

    Attributes:
        unanswered: an earlier attempt may have arrived, and nobody has heard what became of it.
        first_ms: when the payment was first attempted.
        sent_ms: when it was sent last before this attempt, or may have been.
    """

    payment: str
    biller: str
    account: str
    notice: str
    version: str
    amount: int
    accepted_ms: int
    txn_id: int
    attempt: int
    unanswered: bool
    state_before: str
    first_ms: int = 0
    sent_ms: int = 0


@dataclass(frozen=True, slots=True)
class _Heard:
    """What a party said to an attempt; `is_proven`: a no of it is final, as the answer to a true question."""

    outcome: Outcome
    is_proven: bool
    was_sent: bool

    @property
    def has_left(self) -> bool:
        """Whether the payment may have arrived there now."""
        nobody = isinstance(self.outcome, Unknown) and self.outcome.why == "not_reached"
        return self.was_sent and not nobody


def deliver(
    database: Database, book: Book, clock: Clock, biller: Connector, due: Due, lease_ms: int = LEASE_MS
) -> Outcome:
    """Make the attempt that was taken, and keep what came of it.

    However long the biller takes: meanwhile the lease is renewed, so that nobody else makes it as well.
    """
    with _in_hand(database, clock, due, lease_ms):
        heard = _ask(biller, due, clock.utc_ms())
    with database.transaction() as conn:
        _settle(conn, book, due, heard, clock.utc_ms())
    return heard.outcome


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
        "select payment, biller, account, notice, version, amount, accepted_ms, txn_id, attempts + 1,"
        " unanswered, state, case when first_ms = 0 then %s else first_ms end,"
        # Whoever died with it in hand may have sent it when it was taken.
        " case when state = 'sent' then greatest(sent_ms, changed_ms) else sent_ms end"
        " from payments where next_ms <= %s and biller = any(%s) and not exists (select from biller_breakers"
        " where biller_breakers.biller = payments.biller and paused_ms > 0)"
        " order by next_ms limit 1 for update skip locked",
        (now_ms, now_ms, list(billers)),
    ).fetchone()
    if row is None:
        return None
    due = Due(*row)
    state = arrive(DELIVERY, due.state_before, "sent")
    # Whoever dies with it in hand leaves an attempt that nobody heard the answer of.
    conn.execute(
        "update payments set state = %s, attempts = %s, next_ms = %s, changed_ms = %s, unanswered = true,"
        " first_ms = %s, sent_ms = %s where payment = %s",
        (state, due.attempt, now_ms + lease_ms, now_ms, due.first_ms, due.sent_ms, due.payment),
    )
    return due


def _ask(biller: Connector, due: Due, now_ms: int) -> _Heard:
    """Send it, or ask what became of it and send it again where it surely never arrived (M0-6, MC-11)."""
    pay, status = _calls(biller, due)
    try:
        if due.attempt == 1:
            return _Heard(pay(), is_proven=False, was_sent=True)
        outcome = status()
        if not isinstance(outcome, Unknown) or outcome.why != "not_registered":
            return _Heard(outcome, biller.can_be_asked, was_sent=False)
        if now_ms - due.sent_ms < biller.not_found_after_ms:
            return _Heard(Unknown("not_yet"), is_proven=False, was_sent=False)
        if biller.key_life_ms is not None and now_ms - due.first_ms >= biller.key_life_ms:
            return _Heard(Unknown("key_over"), is_proven=False, was_sent=False)
        return _Heard(pay(), biller.can_be_asked, was_sent=True)
    except ValueError as error:
        # An account or amount that could never be sent: the money goes back. After an attempt that nobody
        # heard of it proves nothing: those values had been sent.
        return _Heard(RefusedByBiller(0, "cannot_be_sent", str(error)), is_proven=False, was_sent=False)


def _calls(connector: Connector, due: Due) -> tuple[Callable[[], Outcome], Callable[[], Outcome]]:
    """How to pay and how to ask; a repetition carries exactly the same values."""
    amount = Money(due.amount)
    if isinstance(connector, Portal):
        order = NoticeOrder(due.txn_id, due.notice, due.version, amount, due.accepted_ms)
        return lambda: connector.pay_notice(order), lambda: connector.notice_status(order)
    request = (due.txn_id, due.account, amount, due.accepted_ms)
    return lambda: connector.pay(*request), lambda: connector.status(*request)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What an answer means for a payment; `next_ms` is when it is asked about again, None when it is not."""

    event: str
    reference: str = ""
    reason: str = ""
    next_ms: int | None = None
    unanswered: bool = False


def _settle(conn: Connection, book: Book, due: Due, heard: _Heard, now_ms: int) -> None:
    state, desk, epoch, sequence, attempts = conn.execute(
        "select state, desk, epoch, sequence, attempts from payments where payment = %s for update",
        (due.payment,),
    ).fetchone() or ("", "", 0, 0, 0)

    def listed(reason: str) -> None:
        list_exception(conn, desk, epoch, sequence, reason, now_ms, due.payment)

    said = _judged(due, heard, attempts > due.attempt, now_ms, listed)
    if said.event == "confirmed":
        biller_breaker.confirmed(conn, due.biller, now_ms)
    elif said.event == "refused_sole" and biller_breaker.refused(conn, due.biller, now_ms):
        # It says no to everything: a person asks before any more of it is owed (M0-11).
        said = replace(said, event="refused_repeat")
        listed("biller_refuses_all")
    if (state, said.event) not in DELIVERY:
        # A yes to what has ended here otherwise is nobody's to pass over.
        if said.event == "confirmed" and AT_DESK.get(state) != "confirmed":
            listed("biller_late_yes")
        return
    after = arrive(DELIVERY, state, said.event)
    conn.execute(
        "update payments set state = %s, next_ms = %s, provider_reference = %s, reason = %s, changed_ms = %s,"
        " unanswered = %s, sent_ms = %s where payment = %s",
        (
            *(after, said.next_ms, said.reference, said.reason, now_ms, said.unanswered),
            *(now_ms if heard.has_left else due.sent_ms, due.payment),
        ),
    )
    if said.event == "refused_repeat":
        listed("biller_unproven")
    _follow(conn, book, due, (state, after), said.reference, listed)
    if AT_DESK[after] != AT_DESK[state]:
        result = PaymentResult(
            payment=due.payment,
            biller=due.biller,
            outcome=AT_DESK[after],
            provider_reference=said.reference,
            reason=said.reason,
            at_ms=now_ms,
        )
        tell(conn, result, [desk], now_ms)
        events.refund_ready(conn, due.payment, now_ms)


def _judged(
    due: Due, heard: _Heard, is_overtaken: bool, now_ms: int, listed: Callable[[str], None]
) -> _Verdict:
    """What the answer to this attempt means; `is_overtaken`: another attempt has begun since."""
    match heard.outcome:
        case Confirmed(provider_reference=reference):
            return _Verdict("confirmed", reference, unanswered=due.unanswered)
        case RefusedByBiller(reason=reason):
            # Overtaken, this no speaks of its own attempt only, and the other one may arrive (M0-3).
            is_repeat = due.unanswered and not heard.is_proven
            event = "refused_repeat" if is_repeat or is_overtaken else "refused_sole"
            return _Verdict(event, reason=reason, unanswered=due.unanswered)
        case Conflict():
            listed("biller_conflict")
            return _Verdict("unknown", reason="conflict", unanswered=due.unanswered)
        case Unknown(why="key_over"):
            listed("biller_key_over")
            return _Verdict("expired", reason="key_over", unanswered=due.unanswered)
        case Unknown(why=why) as outcome:
            wait_ms = next_try_ms(due.attempt)
            if outcome.incident or wait_ms is None:
                listed(f"biller_{why}" if outcome.incident else "biller_silent")
            next_ms = None if wait_ms is None else now_ms + wait_ms
            unanswered = due.unanswered or not outcome.is_answer
            return _Verdict("unknown", reason=why, next_ms=next_ms, unanswered=unanswered)


def _is_given_twice(conn: Connection, due: Due, central_number: str) -> bool:
    """A portal's number is unique: under one that another payment has, one of the two was not taken."""
    other = conn.execute(
        "select from payments where biller = %s and provider_reference = %s and notice <> ''"
        " and payment <> %s limit 1",
        (due.biller, central_number, due.payment),
    ).fetchone()
    return other is not None


def _follow(
    conn: Connection,
    book: Book,
    due: Due,
    moved: tuple[str, str],
    reference: str,
    listed: Callable[[str], None],
) -> None:
    """What the centre's book says of a move, and who has to look at it."""
    match moved:
        case (_, "confirmed"):
            delivered = ops.PaymentDelivered(
                payment=due.payment,
                biller=due.biller,
                amount_qapik=due.amount,
                provider_reference=reference,
            )
            book.append(conn, delivered)
            if due.notice and _is_given_twice(conn, due, reference):
                listed("notice_number_twice")
        case (_, "disputed" | "claimed"):
            listed("biller_late_yes")
        case _:
            pass
