"""Projections read as frozen rows: basket, stock, bills, transfers, grants, items, customers, prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from sqlalchemy import Row, Select, bindparam, func, or_, select

from azpost_desk.domain.mail.history import lives
from azpost_desk.domain.money import Money
from azpost_desk.domain.names import fold
from azpost_desk.protocol.messages import ack_of
from azpost_desk.services import views, views_grants, views_mail
from azpost_desk.services.views_mail import last_event
from azpost_desk.storage import projected_items as items
from azpost_desk.storage import tables as t

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Column, ColumnElement, Connection

    from azpost_desk.domain.mail.history import Life, Step
    from azpost_desk.storage.desk import OpenDesk

T = TypeVar("T")
# Asked several times for one scan: put together once.
_EVENTS: Final = select(t.mail_events).where(t.mail_events.c.number == bindparam("of"))
_O: Final = t.mail_orders.c
_ORDERS: Final = (
    select(t.mail_orders).where(_O.number == bindparam("of"), _O.state == "open").order_by(_O.at_ms)
)
_SENT_ON: Final = (
    select(_O.to_office)
    .where(_O.number == bindparam("of"), _O.state == "done", _O.to_office != "")
    .where(_O.at_ms >= bindparam("since_ms"))
    .order_by(_O.at_ms.desc())
    .limit(1)
)


def begins_with(column: Column[str], start: str) -> ColumnElement[bool]:
    """A prefix search that uses the column's index; LIKE would not."""
    return (column >= start) & (column < start + "\U0010ffff")


def of_kind(kind: str) -> ColumnElement[bool]:
    """Records of one kind out of all years: day by day through the index, not by reading every record."""
    j, later = t.journal.c, t.journal.alias("later").c
    days = select(func.min(j.day).label("day")).cte("days_written", recursive=True)
    following = select(func.min(later.day)).where(later.day > days.c.day).scalar_subquery()
    days = days.union_all(select(following).where(days.c.day.is_not(None)))
    return j.day.in_(select(days.c.day).where(days.c.day.is_not(None))) & (j.kind == kind)


class ProjectionReading:
    """The features' half of services.ports.Reading."""

    def __init__(self, desk: OpenDesk) -> None:
        self._desk = desk
        self._connection: Connection = desk.connection
        self._driver = desk.connection.connection.dbapi_connection
        # What this look has read, as long as nothing was written: a use case asks its rules one by one.
        self._seen: dict[object, Any] = {}
        self._seen_at = self._driver.total_changes  # type: ignore[union-attr]

    def _once(self, about: object, read: Callable[[], T]) -> T:
        """What `read` said about this, asked again only after something was written."""
        changes = self._driver.total_changes  # type: ignore[union-attr]
        if changes != self._seen_at:
            self._seen.clear()
            self._seen_at = changes
        if about not in self._seen:
            self._seen[about] = read()
        found: T = self._seen[about]
        return found

    @property
    def open_desk(self) -> OpenDesk:
        """For the rest of this room: what this look looks into."""
        return self._desk

    @property
    def connection(self) -> Connection:
        """For the rest of this room: the transaction this look is part of."""
        return self._connection

    @property
    def stopped(self) -> bool:
        """Whether no record may be written any more."""
        return self._desk.stopped != ""

    @property
    def ended(self) -> str:
        """See services.ports.Reading."""
        return self._desk.ended

    def _one(self, wanted: Select[Any]) -> Row[Any] | None:
        return self._connection.execute(wanted).first()

    def _all(self, wanted: Select[Any]) -> Sequence[Row[Any]]:
        return self._connection.execute(wanted).all()

    def _scalar(self, wanted: Select[Any]) -> Any:
        return self._connection.execute(wanted).scalar()

    # --- basket, stock ------------------------------------------------------------------------------

    def basket(self) -> views.Basket | None:
        content = self._scalar(select(t.basket.c.content))
        return msgspec.json.decode(content, type=views.Basket) if content else None

    def stock(self) -> dict[str, int]:
        return {row.sku: row.quantity for row in self._all(select(t.stock).order_by(t.stock.c.sku))}

    # --- payments -----------------------------------------------------------------------------------

    def payments(self, states: Sequence[str] = (), day: int | None = None) -> list[views.Payment]:
        wanted = select(t.payments).order_by(t.payments.c.accepted_ms.desc(), t.payments.c.payment)
        if states:
            wanted = wanted.where(t.payments.c.state.in_(states))
        if day is not None:
            wanted = wanted.where(t.payments.c.day == day)
        return [_payment(row) for row in self._all(wanted)]

    def payments_since(self, from_ms: int) -> list[views.Payment]:
        taken = t.payments.c.accepted_ms
        wanted = select(t.payments).where(taken >= from_ms).order_by(taken.desc(), t.payments.c.payment)
        return [_payment(row) for row in self._all(wanted)]

    def payment(self, payment: str) -> views.Payment | None:
        row = self._one(select(t.payments).where(t.payments.c.payment == payment))
        return _payment(row) if row else None

    # --- transfers ----------------------------------------------------------------------------------

    def transfer(self, transfer: str) -> views.Transfer | None:
        row = self._one(select(t.transfers).where(t.transfers.c.transfer == transfer))
        return _transfer(row) if row else None

    def transfer_by_code(self, code: str) -> views.Transfer | None:
        row = self._one(select(t.transfers).where(t.transfers.c.code == code))
        return _transfer(row) if row else None

    def transfers(self, day: int | None = None) -> list[views.Transfer]:
        wanted = select(t.transfers).order_by(t.transfers.c.sent_ms.desc(), t.transfers.c.transfer)
        if day is not None:
            wanted = wanted.where(t.transfers.c.day == day)
        return [_transfer(row) for row in self._all(wanted)]

    def held_grants(self) -> list[views_grants.HeldGrant]:
        """Only of the present epoch: nothing of an older one may be used (PROTOCOL.md 1)."""
        wanted = (
            select(t.grants, t.shown.c.content)
            .outerjoin(t.shown, t.shown.c.thing == t.grants.c.thing)
            .where(t.grants.c.state == "held", t.grants.c.epoch == self._desk.enrolled.epoch)
        )
        return [
            views_grants.HeldGrant(
                row.held_grant,
                row.thing,
                row.purpose,
                Money(row.amount_qapik),
                row.content or b"",
                row.stored_ms,
                row.fee_qapik,
            )
            for row in self._all(wanted.order_by(t.grants.c.stored_ms, t.grants.c.held_grant))
        ]

    def proven_by_ms(self, sequence: int) -> int:
        a = t.acknowledgements.c
        words = self._scalar(
            select(a.words)
            .where(a.epoch == self._desk.enrolled.epoch, a.sequence >= sequence)
            .order_by(a.sequence)
            .limit(1)
        )
        return ack_of(words).time_ms if words else 0

    def codes_left(self) -> int:
        free = select(func.count()).where(
            t.codes.c.epoch == self._desk.enrolled.epoch, t.codes.c.operation == ""
        )
        return int(self._scalar(free))

    def card_steps(self, states: Sequence[str] = ()) -> list[views.CardStep]:
        c = t.card_steps.c
        wanted = select(t.card_steps).order_by(c.asked_ms.desc(), c.step.desc())
        if states:
            wanted = wanted.where(c.state.in_(states))
        return [
            views.CardStep(
                row.step,
                row.basket,
                row.tender,
                Money(row.amount_qapik),
                row.officer,
                row.state,
                row.reason,
                row.refunds,
                msgspec.json.decode(row.referenced, type=dict[str, str]),
                row.asked_ms,
                row.changed_ms,
            )
            for row in self._all(wanted)
        ]

    # --- items --------------------------------------------------------------------------------------

    def item_numbers_left(self) -> int:
        r = t.item_ranges.c
        left = select(func.sum(r.last - r.next + 1)).where(r.epoch == self._desk.enrolled.epoch, r.sort == "")
        return int(self._scalar(left) or 0)

    def item_events(self, number: str) -> list[views_mail.ItemEvent]:
        known = {items.told(row).id: row for row in self._events(number)}
        steps = [step for life in self.item_lives(number) for step in life.steps]
        return [_item_event(known[one.event.id], one) for one in steps]

    def item_lives(self, number: str) -> tuple[Life, ...]:
        told = map(items.told, self._events(number))
        return self._once(("lives", number), lambda: lives(told))

    def _events(self, number: str) -> Sequence[Row[Any]]:
        return self._once(("events", number), lambda: self._connection.execute(_EVENTS, {"of": number}).all())

    def item_orders(self, number: str) -> dict[str, views_mail.StopOrder]:
        rows = self._once(("orders", number), lambda: self._connection.execute(_ORDERS, {"of": number}).all())
        return {row.kind: views_mail.StopOrder(row.at_ms, row.to_office) for row in rows}

    def sent_on_to(self, number: str, since_ms: int) -> str:
        asked = {"of": number, "since_ms": since_ms}
        return str(self._connection.execute(_SENT_ON, asked).scalar() or "")

    def announced(self, last_digits: str) -> list[str]:
        """Items expected here whose number ends, before the country, in these digits; not one that ended."""
        wanted = select(t.mail_items.c.number).where(t.mail_items.c.expected == 1)
        if len(last_digits) >= 4:
            wanted = wanted.where(t.mail_items.c.tail == last_digits[-4:])
        rows = self._all(wanted.order_by(t.mail_items.c.number))
        return [row.number for row in rows if row.number[:-2].endswith(last_digits)]

    # --- people -------------------------------------------------------------------------------------

    def customers(self, folded: str, limit: int = 9) -> list[views.Customer]:
        c, key = t.customers.c, folded.strip()
        name = fold(key)
        if not key:
            return []
        found = [c.fin == key.upper(), c.document == key.upper().replace(" ", ""), c.phone == key]
        if name:
            named = select(t.customer_names.c.customer).where(begins_with(t.customer_names.c.folded, name))
            found.append(c.customer.in_(named))
        wanted = select(t.customers).where(or_(*found)).order_by(c.last_seen_ms.desc(), c.customer)
        return [_customer(row) for row in self._all(wanted.limit(limit))]

    def customer(self, customer: str) -> views.Customer | None:
        row = self._one(select(t.customers).where(t.customers.c.customer == customer))
        return _customer(row) if row else None

    def known_receivers(self, customer: str, limit: int = 9) -> list[views.KnownReceiver]:
        r = t.receivers.c
        wanted = select(t.receivers).where(r.customer == customer).order_by(r.last_ms.desc(), r.folded)
        return [
            views.KnownReceiver(row.name, row.phone, row.office, row.last_ms)
            for row in self._all(wanted.limit(limit))
        ]

    def sent_to(self, typed: str, limit: int = 9) -> list[tuple[views.Customer, views.KnownReceiver]]:
        r, key, name = t.receivers.c, typed.strip(), fold(typed)
        if not key:
            return []
        named = [func.instr(" " + r.folded, f" {name}") > 0] if name else []
        wanted = (
            select(t.customers, r.name.label("whom"), r.phone.label("called"), r.office, r.last_ms)
            .join(t.receivers, r.customer == t.customers.c.customer)
            .where(or_(r.phone == key, *named))
            .order_by(r.last_ms.desc(), r.folded)
        )
        return [
            (_customer(row), views.KnownReceiver(row.whom, row.called, row.office, row.last_ms))
            for row in self._all(wanted.limit(limit))
        ]

    # --- branch and line ----------------------------------------------------------------------------

    def remittances(self, states: Sequence[str] = ()) -> list[views.Remittance]:
        """States: issued (by this desk), announced (to it by the centre), accepted (here)."""
        r, e = t.remittances.c, t.remittance_ends.c
        wanted = (
            select(t.remittances, e.officer.label("ended_by"), e.at_ms.label("ended_ms"))
            .outerjoin(t.remittance_ends, e.remittance == r.remittance)
            .order_by(r.at_ms.desc(), r.remittance)
        )
        if states:
            wanted = wanted.where(t.remittances.c.state.in_(states))
        return [
            views.Remittance(
                row.remittance,
                row.from_desk,
                row.to_desk,
                Money(row.amount_qapik),
                {int(d): n for d, n in msgspec.json.decode(row.pieces, type=dict[str, int]).items()},
                row.at_ms,
                row.state,
                row.ended_by or "",
                row.ended_ms or 0,
            )
            for row in self._all(wanted)
        ]

    def other_desks(self, date: str) -> list[views.OtherDesk]:
        """Each desk's word on `date`; of a desk that said nothing yet that day, its newest word before."""
        o = t.other_desks.c
        rows = self._all(
            select(t.other_desks).where(o.date <= date).order_by(o.number, o.date, o.received_ms)
        )
        newest = {row.desk: row for row in rows}
        return [
            views.OtherDesk(
                row.desk,
                row.number,
                row.epoch,
                row.sequence,
                row.hash,
                row.received_ms,
                row.date,
                row.state,
                row.figures,
                row.hours,
            )
            for row in newest.values()
        ]

    def exposure(self, service: str) -> Money:
        acknowledged = (
            select(t.journal.c.id)
            .join(
                t.line,
                (t.line.c.epoch == t.journal.c.epoch) & (t.line.c.acknowledged == t.journal.c.sequence),
            )
            .where(t.line.c.epoch == self._desk.enrolled.epoch)
            .scalar_subquery()
        )
        unproven = select(func.sum(t.lines.c.amount_qapik)).where(
            t.lines.c.service == service,
            t.lines.c.reversed_by == "",
            t.lines.c.record > func.coalesce(acknowledged, 0),
        )
        return Money(int(self._scalar(unproven) or 0))

    # --- paper, reports, the one box ----------------------------------------------------------------

    def print_jobs(self, states: Sequence[str] = (), since_ms: int = 0) -> list[views.PrintJob]:
        wanted = select(t.print_jobs).order_by(t.print_jobs.c.job)
        if states:
            wanted = wanted.where(t.print_jobs.c.state.in_(states))
        if since_ms:
            wanted = wanted.where(t.print_jobs.c.made_ms >= since_ms)
        return [
            views.PrintJob(
                row.job, row.paper, row.key, row.sort, row.state, row.tries, row.trouble, row.made_ms
            )
            for row in self._all(wanted)
        ]

    def prints_until(self, job: views.PrintJob) -> int:
        j = t.print_jobs.c
        same = (j.paper == job.paper, j.key == job.key, j.sort == job.sort, j.job <= job.job)
        return int(self._scalar(select(func.count()).select_from(t.print_jobs).where(*same)))

    def reprints(self, receipt: str, sort: str) -> int:
        r = t.reprints.c
        return int(self._scalar(select(r.count).where(r.receipt == receipt, r.sort == sort)) or 0)

    def closed_report(self, date: str) -> bytes | None:
        content: bytes | None = self._scalar(select(t.reports.c.content).where(t.reports.c.date == date))
        return content

    def search(self, folded: str, limit: int = 20) -> list[views.Found]:
        """Prefixes of transfer codes, receipts, item numbers, accounts; customers as by `customers`."""
        key, upper = folded.strip(), folded.strip().upper().replace(" ", "")
        if not key:
            return []
        found: list[views.Found] = []
        x = t.transfers.c
        for row in self._all(
            select(t.transfers).where(x.code != "", begins_with(x.code, upper)).limit(limit)
        ):
            found.append(views.Found("transfer", row.transfer, row.code, row.receiver))
        once = t.once.c
        receipts = select(once.thing).where(once.sort == "receipt", begins_with(once.thing, upper))
        found += [
            views.Found("receipt", row.thing, row.thing, "") for row in self._all(receipts.limit(limit))
        ]
        numbers = select(t.mail_items).where(begins_with(t.mail_items.c.number, upper)).limit(limit)
        found += [
            views.Found("item", row.number, row.number, last_event(self.item_events(row.number)))
            for row in self._all(numbers)
        ]
        bills = select(t.payments).where(begins_with(t.payments.c.account, key)).limit(limit)
        found += [views.Found("payment", row.payment, row.account, row.biller) for row in self._all(bills)]
        found += [
            views.Found("customer", one.customer, one.name, one.phone) for one in self.customers(key, limit)
        ]
        return found[:limit]


def _item_event(row: Row[Any], step: Step) -> views_mail.ItemEvent:
    return views_mail.ItemEvent(
        row.number,
        row.event,
        row.office,
        row.at_ms,
        bool(row.here),
        row.operation,
        row.detail,
        row.reason,
        row.measure,
        step.mark,
    )


def _customer(row: Row[Any]) -> views.Customer:
    return views.Customer(
        row.customer, row.fin, row.document, row.name, row.phone, row.address, row.last_seen_ms
    )


def _payment(row: Row[Any]) -> views.Payment:
    return views.Payment(
        row.payment,
        row.biller,
        row.service,
        row.account,
        Money(row.amount_qapik),
        Money(row.fee_qapik),
        row.state,
        row.accepted_ms,
        row.changed_ms,
        row.receipt,
        row.reason,
        row.provider_reference,
    )


def _transfer(row: Row[Any]) -> views.Transfer:
    return views.Transfer(
        row.transfer,
        row.code,
        row.state,
        Money(row.amount_qapik),
        Money(row.fee_qapik),
        row.office,
        row.sent_ms,
        row.sender,
        row.receiver,
        row.receipt,
        row.held_grant,
    )
