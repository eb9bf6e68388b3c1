"""Billers' registers held against what the line said: confirmed by both is due, every difference is a task.

In: the newest registers of a biller and its payments, matched by our number, within two days. Out: payments
moved by `domain.delivery_moves`, records in the centre's book, news for desks, tasks with owner and term.
Nothing is settled or given back while a register of its days is missing (money-out.md MC-12).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from azpost_desk.central.exceptions import end_task, list_exception, list_task
from azpost_desk.central.messaging import events
from azpost_desk.central.news import tell
from azpost_desk.central.registers import keeping
from azpost_desk.central.registry import reference
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Settings
from azpost_desk.domain.days import BusinessDay, calendar_day, day_start_ms, days_after
from azpost_desk.domain.delivery_moves import (
    AFTER_ALL,
    ASKED_BACK,
    AT_DESK,
    CLAIMED,
    DELIVERY,
    DUE,
    LACKED,
    PAID_OVER,
    REGISTER_DROPPED,
    REGISTER_HAS,
    REGISTER_LACKS,
)
from azpost_desk.domain.moves import move
from azpost_desk.protocol.news import PaymentResult

if TYPE_CHECKING:
    from collections.abc import Collection

    from azpost_desk.central.book import Book
    from azpost_desk.central.storage.database import Connection

DAYS: Final = 2
MATCHED: Final = "matched"
# Not asked to the end yet: the line will say what it is.
PENDING: Final = "pending"
UNKNOWN: Final = "register_unknown"
TWICE: Final = "register_twice"
OTHER_DAY: Final = "register_other_day"
OTHER_SUM: Final = "register_other_sum"
OTHER_ACCOUNT: Final = "register_other_account"
UNSENT: Final = "register_unsent"
RETURNED: Final = "register_returned"
TASKS: Final = (UNKNOWN, TWICE, OTHER_DAY, OTHER_SUM, OTHER_ACCOUNT, UNSENT, RETURNED)
_AGREE: Final = (DUE, PAID_OVER, CLAIMED, ASKED_BACK, "settled")

_COLUMNS: Final = (
    "payment, desk, epoch, sequence, biller, account, notice, amount, accepted_ms,"
    " greatest(accepted_ms, sent_ms), state, attempts, fee_owed"
)
# What is not matched, and what a register had before its payment was asked about again or looked at.
_OPEN: Final = """
    with newest as (select register, day from registers where biller = %(biller)s and is_newest)
    select register, day, txn_id, account_digest, amount, reference, item
    from newest join register_rows using (register) where item <> 'matched'
    union
    select register, day, txn_id, account_digest, register_rows.amount, reference, item
    from payments join register_rows using (txn_id) join newest using (register)
    where payments.biller = %(biller)s and state in ('confirmed', 'unknown', 'unproven', 'lacked')
    order by day, txn_id
"""
_ROW_OF_IT: Final = (
    "select from register_rows join registers using (register) where is_newest"
    " and registers.biller = payments.biller and register_rows.txn_id = payments.txn_id"
)


@dataclass(frozen=True, slots=True)
class _Row:
    register: int
    day: BusinessDay
    txn_id: int
    account_digest: bytes
    amount: int
    reference: str
    item: str


@dataclass(frozen=True, slots=True)
class _Ours:
    payment: str
    desk: str
    epoch: int
    sequence: int
    biller: str
    account: str
    notice: str
    amount: int
    accepted_ms: int
    sent_ms: int
    state: str
    attempts: int
    fee_owed: bool


def everywhere(conn: Connection, book: Book, now_ms: int) -> None:
    """Once a day, for what desks brought after the register that has it."""
    for (biller,) in conn.execute("select distinct biller from registers order by biller").fetchall():
        with conn.transaction():
            match(conn, book, biller, now_ms)


def match(conn: Connection, book: Book, biller: str, now_ms: int) -> None:
    """Let a biller's registers count, inside a transaction; a second time changes nothing."""
    keeping.lock(conn, biller)
    work = _Work(conn, book, biller, now_ms)
    work.drop()
    for row in conn.execute(_OPEN, {"biller": biller}).fetchall():
        work.look_at(_Row(*row))
    work.tidy()
    work.miss()


class _Work:
    """One look at a biller's registers, in its transaction."""

    def __init__(self, conn: Connection, book: Book, biller: str, now_ms: int) -> None:
        self._conn = conn
        self._book = book
        self._biller = biller
        self._now_ms = now_ms
        today = calendar_day(now_ms)
        settings = reference.in_force(conn, Settings, today) or Settings()
        self._term = days_after(today, settings.dispute_days)

    def drop(self) -> None:
        """What a correction does not have any more, or has otherwise, is confirmed by the line alone."""
        for one in self._locked(f"state = %s and not exists ({_ROW_OF_IT} and item = 'matched')", (DUE,)):
            self._move(one, REGISTER_DROPPED)
        # Paid over already: people have it back from the biller, or a register that has it.
        for one in self._locked(
            f"state = %s and not exists ({_ROW_OF_IT} and item = 'matched')", (PAID_OVER,)
        ):
            place = (one.desk, one.epoch, one.sequence)
            list_task(self._conn, place, REGISTER_DROPPED, one.payment, self._term, self._now_ms)

    def look_at(self, row: _Row) -> None:
        """Say what one payment of a register is, and let it count."""
        ours = next(iter(self._locked("txn_id = %s", (row.txn_id,))), None)
        item = self._item(row, ours)
        if ours is not None and item == MATCHED:
            self._has(ours, row)
        if item == row.item:
            return
        self._conn.execute(
            "update register_rows set item = %s where register = %s and txn_id = %s",
            (item, row.register, row.txn_id),
        )
        place, about = f"biller {self._biller}", str(row.txn_id)
        if row.item in TASKS:
            end_task(self._conn, place, row.item, about, self._now_ms)
        if item in TASKS:
            list_task(self._conn, (place, 0, 0), item, about, self._term, self._now_ms)

    def _item(self, row: _Row, ours: _Ours | None) -> str:
        if ours is None:
            return UNKNOWN
        digests = {keeping.account_digest(row.txn_id, one) for one in (ours.account, ours.notice) if one}
        first = days_after(calendar_day(ours.accepted_ms), -DAYS)
        last = days_after(calendar_day(ours.sent_ms), DAYS)
        for is_so, item in (
            (self._stands_elsewhere(row), TWICE),
            (row.amount != ours.amount, OTHER_SUM),
            # An account that was erased says nothing any more.
            (ours.account and row.account_digest not in digests, OTHER_ACCOUNT),
            (not ours.attempts, UNSENT),
            (not first <= row.day <= last, OTHER_DAY),
            (ours.state == "owed" and not ours.fee_owed, RETURNED),
            (ours.state in _AGREE or (ours.state, REGISTER_HAS) in DELIVERY, MATCHED),
        ):
            if is_so:
                return item
        return PENDING

    def _stands_elsewhere(self, row: _Row) -> bool:
        other = self._conn.execute(
            "select from register_rows join registers using (register) where is_newest and biller = %s"
            " and txn_id = %s and register <> %s and item = %s limit 1",
            (self._biller, row.txn_id, row.register, MATCHED),
        ).fetchone()
        return other is not None

    def _has(self, ours: _Ours, row: _Row) -> None:
        if ours.state == PAID_OVER:
            end_task(self._conn, ours.desk, REGISTER_DROPPED, ours.payment, self._now_ms)
        if (ours.state, REGISTER_HAS) not in DELIVERY:
            return
        after = self._move(ours, REGISTER_HAS, row.reference)
        if after == "confirmed":
            self._move(_at(ours, after), REGISTER_HAS)
        if ours.state == LACKED:
            end_task(self._conn, ours.desk, REGISTER_LACKS, ours.payment, self._now_ms)

    def tidy(self) -> None:
        """What a correction does not have any more is nobody's task."""
        old = self._conn.execute(
            "select old.register, old.txn_id, old.item, exists (select from register_rows new"
            " join registers using (register) where biller = %(biller)s and is_newest"
            " and new.txn_id = old.txn_id and new.item = old.item) from register_rows old"
            " join registers using (register) where biller = %(biller)s and not is_newest"
            " and old.item = any(%(tasks)s)",
            {"biller": self._biller, "tasks": list(TASKS)},
        ).fetchall()
        for register, number, item, stands in old:
            self._conn.execute(
                "update register_rows set item = '' where register = %s and txn_id = %s", (register, number)
            )
            if not stands:
                end_task(self._conn, f"biller {self._biller}", item, str(number), self._now_ms)

    def miss(self) -> None:
        """What no register of its days has: of a no that is the proof, of a yes it is a dispute."""
        days = {
            BusinessDay(day)
            for (day,) in self._conn.execute(
                "select day from registers where biller = %s and is_newest", (self._biller,)
            )
        }
        if len(days) <= DAYS:
            return
        end_ms = day_start_ms(days_after(max(days), 1 - DAYS))
        states = ["confirmed", "unknown", "unproven"]
        if self._is_paused():
            # It says no to everything: a person asks before more of that is owed (M0-11).
            states = ["confirmed"]
        which = f"state = any(%s) and greatest(accepted_ms, sent_ms) < %s and not exists ({_ROW_OF_IT})"
        for one in self._locked(which, (states, end_ms)):
            if _days_of(one) <= days:
                self._lacks(one)

    def _lacks(self, one: _Ours) -> None:
        after = self._move(one, REGISTER_LACKS)
        if after == "unproven":
            self._move(_at(one, after), REGISTER_LACKS)
        if after == LACKED:
            place = (one.desk, one.epoch, one.sequence)
            list_task(self._conn, place, REGISTER_LACKS, one.payment, self._term, self._now_ms)

    def _is_paused(self) -> bool:
        row = self._conn.execute(
            "select from biller_breakers where biller = %s and paused_ms > 0", (self._biller,)
        ).fetchone()
        return row is not None

    def _locked(self, which: str, values: Collection[object]) -> list[_Ours]:
        question = f"select {_COLUMNS} from payments where biller = %s and {which} order by payment"
        rows = self._conn.execute(f"{question} for update".encode(), (self._biller, *values))
        return [_Ours(*row) for row in rows.fetchall()]

    def _move(self, one: _Ours, event: str, reference_there: str = "") -> str:
        after = move(DELIVERY, one.state, event)
        was_refused = AT_DESK[one.state] == "refused"
        self._conn.execute(
            "update payments set state = %s, next_ms = null, changed_ms = %s,"
            " provider_reference = case when %s = '' then provider_reference else %s end,"
            " reason = case when reason = %s then reason else %s end where payment = %s",
            (
                after, self._now_ms, reference_there, reference_there, AFTER_ALL,
                AFTER_ALL if was_refused else event, one.payment,
            ),
        )  # fmt: skip
        if after == "confirmed" and AT_DESK[one.state] != "confirmed":
            delivered = ops.PaymentDelivered(
                payment=one.payment,
                biller=one.biller,
                amount_qapik=one.amount,
                provider_reference=reference_there,
            )
            self._book.append(self._conn, delivered)
        if after == CLAIMED:
            place = (one.desk, one.epoch, one.sequence)
            list_exception(self._conn, *place, "biller_late_yes", self._now_ms, one.payment)
        elif AT_DESK[after] != AT_DESK[one.state]:
            self._tell(one, ops.DELIVERED_AFTER_ALL if was_refused else AT_DESK[after], reference_there)
        return after

    def _tell(self, one: _Ours, outcome: str, reference_there: str) -> None:
        result = PaymentResult(
            payment=one.payment,
            biller=one.biller,
            outcome=outcome,
            provider_reference=reference_there,
            reason=REGISTER_LACKS if outcome == "refused" else "",
            at_ms=self._now_ms,
        )
        tell(self._conn, result, [one.desk], self._now_ms)
        events.refund_ready(self._conn, one.payment, self._now_ms)


def _at(one: _Ours, state: str) -> _Ours:
    return replace(one, state=state)


def _days_of(one: _Ours) -> set[BusinessDay]:
    """Every day whose register may have it: from the day it was taken until two after it was last sent."""
    day, last = calendar_day(one.accepted_ms), days_after(calendar_day(one.sent_ms), DAYS)
    days = set()
    while day <= last:
        days.add(day)
        day = days_after(day, 1)
    return days
