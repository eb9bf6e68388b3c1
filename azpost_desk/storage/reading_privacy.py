"""What was signed electronically, whose personal data lies here, what stops its erasure, who looked at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import case, false, func, or_, select

from azpost_desk.domain import operations as ops
from azpost_desk.domain.erasure import CHANGES, origin_of
from azpost_desk.domain.people import AbroadParties, Addresses, Note, Parties, Person, Signer
from azpost_desk.domain.products import GROUPS
from azpost_desk.domain.signatures import Known
from azpost_desk.protocol.records import Attachment
from azpost_desk.services import views
from azpost_desk.storage import people
from azpost_desk.storage import tables as t
from azpost_desk.storage.features import abroad
from azpost_desk.storage.reading_projections import ProjectionReading, of_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Row, Select

_UNFINISHED_TRANSFERS = ("available", "reserved", "held", "in_doubt")
_UNFINISHED_PAYMENTS = ("accepted", "sent", "unknown", "refused")


class PrivacyReading(ProjectionReading):
    """The part of services.ports.Reading about signatures and personal data."""

    # --- signatures -----------------------------------------------------------------------------------

    def paper_signatures(self, paper: str, key: str) -> list[views.PaperSignature]:
        s = t.paper_signatures.c
        rows = self._all(select(t.paper_signatures).where(s.paper == paper, s.key == key).order_by(s.number))
        return [
            views.PaperSignature(
                row.number, row.officer, row.signed, row.certificate, row.operation, row.at_ms
            )
            for row in rows
        ]

    def signed_paper(self, paper: str, key: str) -> bytes | None:
        s = t.signed_papers.c
        newest = select(s.content).where(s.paper == paper, s.key == key).order_by(s.number.desc()).limit(1)
        content: bytes | None = self._scalar(newest)
        return content

    def acts(self, date: str) -> list[tuple[str, str]]:
        j, p, d = t.journal.c, t.print_jobs.c, t.days.c
        rows = self._all(
            select(p.paper, p.key)
            .join(t.journal, j.operation == p.key)
            .join(t.days, d.number == j.day)
            .where(d.date == date)
            .group_by(p.paper, p.key)
            .order_by(func.min(p.job))
        )
        return [(row.paper, row.key) for row in rows]

    def newest_job(self, paper: str, key: str) -> views.PrintJob | None:
        p = t.print_jobs.c
        # A copy is no act of its own: what is signed is the paper itself.
        is_it = (p.paper == paper, p.key == key, p.sort != "copy")
        this = select(t.print_jobs).where(*is_it).order_by(p.job.desc()).limit(1)
        row = self._one(this)
        if row is None:
            return None
        return views.PrintJob(
            row.job, row.paper, row.key, row.sort, row.state, row.tries, row.trouble, row.made_ms
        )

    def known_certificate(self, officer: str) -> Known | None:
        s = t.paper_signatures.c
        newest = select(s.operation).where(s.officer == officer).order_by(s.at_ms.desc()).limit(1)
        operation = self._scalar(newest)
        body_bytes = self._scalar(select(t.journal.c.body).where(t.journal.c.operation == operation))
        slot = t.attachments.c.slot == f"{operation}:signer"
        signer = people.read(self._scalar(select(t.attachments.c.content).where(slot)), Signer)
        if body_bytes is None or signer is None:
            # Never signed here, or so long ago that the name is erased: the next use registers anew.
            return None
        body: ops.PaperSigned = ops.decode("paper.signed", 1, body_bytes)
        return Known(body.certificate, signer.subject, body.issuer)

    # --- personal data --------------------------------------------------------------------------------

    def personal(self, before_ms: Mapping[str, int], limit: int) -> list[views.Personal]:
        j, done, slot = t.journal.c, t.line.c, t.attachments.c.slot
        named = [group for group in before_ms if group != "*"]
        due = [slot.endswith(f":{group}") & (j.recorded_ms < before_ms[group]) for group in named]
        others = ~or_(false(), *(slot.endswith(f":{group}") for group in named))
        due.append(others & (j.recorded_ms < before_ms["*"]))
        wanted = (
            self._kept().join(t.line, done.epoch == j.epoch).where(or_(*due), j.sequence <= done.acknowledged)
        )
        return [_personal(row) for row in self._all(wanted.limit(limit))]

    def personal_of(self, customer: str) -> list[views.Personal]:
        return [
            _personal(row)
            for row in self._connection.execute(self._kept())
            if customer in named_in(row.slot.partition(":")[2], row.content)
        ]

    def _kept(self) -> Select[Any]:
        a, j = t.attachments.c, t.journal.c
        # Of the others nothing is read: some are long.
        changed = case((j.kind.in_(CHANGES), j.body), else_=None).label("changed")
        place = j.epoch, j.sequence, j.operation, j.recorded_ms
        return (
            select(*place, a.slot, a.salt, a.content, j.kind, changed)
            .join(t.journal, j.id == a.record)
            .where(a.content.is_not(None))
            .order_by(j.id, a.slot)
        )

    def unfinished(self) -> set[str]:
        transfers = select(t.transfers.c.transfer).where(t.transfers.c.state.in_(_UNFINISHED_TRANSFERS))
        payments = select(t.payments.c.payment).where(t.payments.c.state.in_(_UNFINISHED_PAYMENTS))
        return {row[0] for wanted in (transfers, payments, abroad.UNFINISHED) for row in self._all(wanted)}

    def agreed_ms(self) -> int:
        signed_ms = int(self._scalar(select(func.max(t.line.c.acknowledged_ms))) or 0)
        return min(signed_ms, self._desk.clock.utc_ms())

    def matters(self) -> list[views.Matter]:
        j = t.journal.c
        sorts = ("case.", "dispute.", "hold.")
        wanted = select(j.id, j.kind, j.body).where(or_(*(j.kind.startswith(sort) for sort in sorts)))
        return [views.Matter(row.id, row.kind, row.body.decode()) for row in self._all(wanted.order_by(j.id))]

    def looks(self, limit: int = 500) -> list[views.Look]:
        j, a = t.journal.c, t.attachments.c
        wanted = (
            select(j.header, j.body, j.recorded_ms, a.content)
            .outerjoin(t.attachments, a.record == j.id)
            .where(of_kind("customer.viewed"))
            .order_by(j.id.desc())
            .limit(limit)
        )
        names = {one.officer: one.name for one in self.officers()}
        return [self._look(row, names) for row in self._all(wanted)]

    def _look(self, row: Row[Any], names: dict[str, str]) -> views.Look:
        actor = msgspec.json.decode(row.header)[8]
        body: ops.CustomerViewed = ops.decode("customer.viewed", 1, row.body)
        customer = ""
        for whose in named_in("customer", row.content):
            customer = self._scalar(select(t.customers.c.name).where(t.customers.c.customer == whose)) or ""
        return views.Look(row.recorded_ms, names.get(actor, actor), customer, body.purpose)

    if TYPE_CHECKING:

        def officers(self) -> list[views.OfficerAtDesk]: ...


def named_in(group: str, content: bytes | None) -> set[str]:
    """The files (customers' ids) that an attachment is about."""
    if content is None:
        return set()
    if group == "customer":
        try:
            return {str(msgspec.json.decode(content))}
        except (msgspec.DecodeError, UnicodeDecodeError):
            return set()
    kind = GROUPS.get(group)
    value = people.read(content, kind) if kind is not None else None
    if isinstance(value, Note):
        return {value.customer}
    return {customer for one in _persons(value) if (customer := people.customer_of(one))}


def _persons(value: object) -> Iterator[Person]:
    match value:
        case Parties():
            yield from (value.sender, value.receiver)
        case AbroadParties():
            yield value.sender
        case Addresses():
            yield from (value.sender, value.addressee)
        case Person():
            yield value
        case _:
            return


def _personal(row: Row[Any]) -> views.Personal:
    whole = Attachment(row.slot, row.salt, row.content)
    return views.Personal(
        row.epoch,
        row.sequence,
        row.operation,
        row.slot,
        row.slot.partition(":")[2],
        whole.commitment(),
        row.recorded_ms,
        origin_of(row.kind, 1, row.changed) if row.changed else "",
    )
