"""What reached a day after its close, or another day than its own: origin, its own time, its arrival."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.products import due_qapik

if TYPE_CHECKING:
    from azpost_desk.services.ports import Reading
    from azpost_desk.services.views import Day, Entry, Payment


@dataclass(frozen=True, slots=True)
class Late:
    """One late matter, as screens list it and paper prints it.

    Attributes:
        key: what it is, the same for ever: no supplement takes one twice.
        kind: result (the biller's answer), record (of this desk, salvaged or filled in), desk (another desk's
            close).
        date: the business day it belongs to, ISO.
        origin: number of the desk it comes from, with its epoch when that is not the present one.
        what: word of ``report.late.…``.
        actor_kind: who wrote it: sync, recovery, officer; word of ``report.late.…``.
        recorded_ms: when it happened; for a result when the bill was taken.
        arrived_ms: when this desk had it.
        operation: what opens in the history, "" for another desk's.
    """

    key: str
    kind: Literal["result", "record", "desk"]
    date: str
    origin: str
    receipt: str
    what: str
    actor_kind: str
    amount: Money
    recorded_ms: int
    arrived_ms: int
    operation: str


def late_results(books: Reading, day: Day, entries: list[Entry]) -> tuple[Late, ...]:
    """Answers of billers that were recorded on this day for bills taken on another."""
    number = str(books.desk().number)
    found = []
    for entry in entries:
        body = entry.body
        if not isinstance(body, ops.PaymentResolved):
            continue
        paid = books.paid_line(body.payment)
        if paid is None or paid.date == day.date:
            continue
        found.append(
            Late(
                key=f"result {body.payment} {body.outcome}",
                kind="result",
                date=paid.date,
                origin=number,
                receipt=paid.receipt,
                what=body.outcome,
                actor_kind=entry.actor_kind,
                amount=azn(body.amount_qapik + body.fee_qapik),
                recorded_ms=paid.recorded.recorded_ms,
                arrived_ms=entry.recorded.recorded_ms,
                operation=entry.recorded.operation,
            )
        )
    return tuple(found)


def late_records(books: Reading, day: Day, after_ms: int = 0) -> tuple[Late, ...]:
    """Own records of this day that arrived later than they were recorded (and than `after_ms`)."""
    desk = books.desk()
    found = []
    for record, arrived_ms in books.records(day.number):
        header = record.header()
        if arrived_ms <= max(header.recorded_ms, after_ms):
            continue
        entry = books.entry(header.operation)
        body = entry.body if entry else None
        other_epoch = header.epoch != desk.epoch
        found.append(
            Late(
                key=f"record {header.epoch}/{header.sequence}",
                kind="record",
                date=day.date,
                origin=f"{desk.number}/{header.epoch}" if other_epoch else str(desk.number),
                receipt=body.receipt if isinstance(body, ops.Settlement) else record.mark(),
                what="record",
                actor_kind=header.actor_kind,
                amount=azn(_sum(body)),
                recorded_ms=header.recorded_ms,
                arrived_ms=arrived_ms,
                operation=header.operation,
            )
        )
    return tuple(found)


def _sum(body: ops.Body | None) -> int:
    if isinstance(body, ops.Settlement):
        return sum(due_qapik(line) for line in body.lines)
    amount = getattr(body, "amount_qapik", 0)
    return amount if isinstance(amount, int) else 0


def late_since_close(books: Reading, day: Day) -> tuple[Late, ...]:
    """All that reached a closed day after its report was stored, in the order it came."""
    closed_ms = closed_at_ms(books, day)
    if not closed_ms:
        return ()
    missing = books.missing_at_close(day.date)
    desks = [
        Late(
            key=f"desk {other.desk} {other.epoch}/{other.sequence}",
            kind="desk",
            date=day.date,
            origin=str(other.number),
            receipt=other.hash[:10],
            what="desk",
            actor_kind="sync",
            amount=azn(0),
            recorded_ms=other.received_ms,
            arrived_ms=other.received_ms,
            operation="",
        )
        for other in books.other_desks(day.date)
        if other.date == day.date and other.state == "closed" and other.number in missing
    ]
    results = [
        _answered_later(books, day, one)
        for one in books.payments(day=day.number)
        if one.changed_ms > closed_ms
    ]
    found = (*late_records(books, day, closed_ms), *desks, *results)
    return tuple(sorted(found, key=lambda one: (one.arrived_ms, one.key)))


def _answered_later(books: Reading, day: Day, payment: Payment) -> Late:
    return Late(
        key=f"result {payment.payment} {payment.state}",
        kind="result",
        date=day.date,
        origin=str(books.desk().number),
        receipt=payment.receipt,
        what=payment.state,
        actor_kind="sync",
        amount=payment.amount + payment.fee,
        recorded_ms=payment.accepted_ms,
        arrived_ms=payment.changed_ms,
        operation=payment.payment,
    )


def closed_at_ms(books: Reading, day: Day) -> int:
    """When the day was closed, 0 while it is open."""
    entries = books.entries(day.number, limit=1_000_000)
    closes = [one.recorded.recorded_ms for one in entries if isinstance(one.body, ops.DayClosed)]
    return closes[0] if closes else 0
