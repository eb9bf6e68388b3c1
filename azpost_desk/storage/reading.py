"""A consistent look into the desk's books: who, when, the journal, the ledger, and every room's reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from sqlalchemy import Row, Select, bindparam, func, select

from azpost_desk.domain import operations as ops
from azpost_desk.domain.accounts import TILL
from azpost_desk.domain.catalogue import Document, Staff
from azpost_desk.domain.days import calendar_day
from azpost_desk.domain.ledger import Posting
from azpost_desk.domain.money import Money
from azpost_desk.domain.products import GIVING_BACK
from azpost_desk.domain.reference import DOCUMENTS
from azpost_desk.domain.refusals import Trouble
from azpost_desk.domain.staff import lock_seconds
from azpost_desk.domain.transfer_codes import receipt_number
from azpost_desk.protocol.records import Attachment, Record
from azpost_desk.services import views
from azpost_desk.storage import tables as t
from azpost_desk.storage import watch_lists
from azpost_desk.storage.evidence import export
from azpost_desk.storage.features import READS
from azpost_desk.storage.reading_cash import CashReading
from azpost_desk.storage.reading_customers import CustomerReading
from azpost_desk.storage.reading_history import HistoryReading, records_with
from azpost_desk.storage.reading_privacy import PrivacyReading
from azpost_desk.storage.reading_recovery import RecoveryReading
from azpost_desk.storage.reading_slips import SlipReading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from azpost_desk.domain.catalogue import WatchState
    from azpost_desk.domain.watch_lists import Listed
    from azpost_desk.services.reads import Reads

D = TypeVar("D", bound=Document)
F = TypeVar("F")
_NAME_OF = {kind: name for name, kind in DOCUMENTS.items()}
# Asked at every act; put together once, because that costs more than the answer.
_NEWEST = (
    select(t.documents.c.version)
    .where(t.documents.c.name == bindparam("name"), t.documents.c.valid_from <= bindparam("date"))
    .order_by(t.documents.c.valid_from.desc(), t.documents.c.version.desc())
    .limit(1)
)
_DAY = select(t.days).order_by(t.days.c.number.desc()).limit(1)
_ATTACHMENTS = (
    select(t.attachments).where(t.attachments.c.record == bindparam("of")).order_by(t.attachments.c.slot)
)


class BookReading(HistoryReading, SlipReading, PrivacyReading, RecoveryReading, CashReading, CustomerReading):
    """Implements services.ports.Reading together with the readings of the features."""

    def of(self, feature: Reads[F]) -> F:
        reads: F = READS[feature.name](self._connection)
        return reads

    # --- who and when -------------------------------------------------------------------------------

    def desk(self) -> views.Desk:
        who = self._desk.enrolled
        return views.Desk(who.desk, who.number, who.branch, who.epoch, who.receipt_series)

    def day(self) -> views.Day:
        return self._once("day", self._day)

    def _day(self) -> views.Day:
        row = self._one(_DAY)
        return views.Day(row.number, row.date, row.state) if row else views.Day(0, "", "")

    def days(self, limit: int = 400) -> list[views.Day]:
        """Newest first."""
        rows = self._all(select(t.days).order_by(t.days.c.number.desc()).limit(limit))
        return [views.Day(row.number, row.date, row.state) for row in rows]

    def till(self) -> views.Till:
        desk = self._desk.enrolled.desk
        balance = self.balance(TILL, desk)
        row = self._one(select(t.tills).order_by(t.tills.c.changed_ms.desc()).limit(1))
        if row is None:
            return views.Till(desk, "", "", balance)
        return views.Till(row.till, row.state, row.holder, balance)

    def document(self, kind: type[D], date: str) -> D:
        return self._once((kind, date), lambda: self._document(kind, date))

    def _document(self, kind: type[D], date: str) -> D:
        name = _NAME_OF[kind]
        version = self._connection.execute(_NEWEST, {"name": name, "date": date}).scalar()
        if version is None:
            raise Trouble("G-050", name=name)
        known = self._desk.documents.get((name, version))
        if known is None:
            content = self._scalar(
                select(t.documents.c.content).where(
                    t.documents.c.name == name, t.documents.c.version == version
                )
            )
            known = self._desk.documents[name, version] = msgspec.json.decode(content or b"", type=kind)
        assert isinstance(known, kind)
        return known

    def watch_copy(self) -> WatchState:
        return watch_lists.copy_of(self._desk.connection)

    def watch_ways(self) -> tuple[tuple[str, int, int, int], ...]:
        return watch_lists.ways(self._desk.connection)

    def watch_entries(self) -> list[Listed]:
        return watch_lists.entries_of(self._desk.connection)

    def officers(self) -> list[views.OfficerAtDesk]:
        day = self.day()
        date = day.date if day.state == "open" else calendar_day(self._desk.time.now_ms())
        pins = {row.officer: row for row in self._all(select(t.pins))}
        given = self._all(select(t.given_pins))
        # As the next record would be numbered: after the close it is the coming day.
        closed = day.number or self._desk.enrolled.day_next - 1
        today = day.number if day.state == "open" else closed + 1
        return [
            self._officer(
                one,
                pins.get(one.officer),
                any(row.temporary for row in given if row.officer == one.officer),
                frozenset(row.given_by for row in given if row.officer == one.officer and row.day == today),
            )
            for one in self.document(Staff, date).officers
            if one.valid_to >= date
        ]

    def officer(self, officer: str) -> views.OfficerAtDesk | None:
        return next((one for one in self.officers() if one.officer == officer), None)

    def _officer(
        self, known: Any, pin: Row[Any] | None, temporary: bool, given_by: frozenset[str]
    ) -> views.OfficerAtDesk:
        own = pin is not None and pin.pin_hash != "" and pin.instead_of == known.pin_hash
        return views.OfficerAtDesk(
            known.officer,
            known.name,
            known.role,
            known.language,
            pin.pin_hash if own and pin is not None else known.pin_hash,
            self._wrong_tries(known.officer, pin),
            self._wait_ms(known.officer, pin),
            own and temporary,
            given_by,
        )

    def _wrong_tries(self, officer: str, pin: Row[Any] | None) -> int:
        """As they were kept, or more where the disk has taken no more of them."""
        return max(pin.wrong_tries if pin is not None else 0, self._desk.guessed.get(officer, 0))

    def _wait_ms(self, officer: str, pin: Row[Any] | None) -> int:
        tries = self._wrong_tries(officer, pin)
        whole_ms = lock_seconds(tries) * 1000
        if pin is not None and tries == pin.wrong_tries:
            # An earlier program kept the time of the PC's clock here: then it is the whole wait, and no more.
            whole_ms = min(pin.locked_until_ms, whole_ms)
        return self._desk.waits_ms(officer, whole_ms) if whole_ms else 0

    # --- books --------------------------------------------------------------------------------------

    def balance(self, account: str, sub: str = "") -> Money:
        minor = self._scalar(
            select(t.balances.c.minor).where(
                t.balances.c.account == account, t.balances.c.sub == sub, t.balances.c.currency == "AZN"
            )
        )
        return Money(minor or 0)

    def next_receipt(self) -> str:
        who = self._desk.enrolled
        last = self._last_of_series(who.receipt_series)
        number = max(int(last[-6:]) + 1 if last else 1, who.receipt_next)
        return receipt_number(who.receipt_series, number)

    def last_receipt(self) -> str:
        return self._last_of_series(self._desk.enrolled.receipt_series) or ""

    def _last_of_series(self, series: int) -> str | None:
        start = receipt_number(series, 1)[:-6]
        found = self._connection.execute(_LAST_RECEIPT, {"start": start, "end": f"{start}:"})
        last: str | None = found.scalar()
        return last

    def head(self) -> tuple[int, int, str]:
        row = self._one(_HEAD)
        return (row.epoch, row.sequence, row.hash.hex()) if row else (self._desk.enrolled.epoch, 0, "")

    def records(self, day: int | None = None) -> Iterator[tuple[Record, int]]:
        wanted = select(t.journal).order_by(t.journal.c.id)
        for row in self._connection.execute(wanted if day is None else wanted.where(t.journal.c.day == day)):
            yield Record(row.header, row.body, row.previous, row.hash), row.arrived_ms

    def postings(self, day: int | None = None) -> Iterator[tuple[int, Posting]]:
        wanted = select(t.postings).order_by(t.postings.c.id)
        for row in self._connection.execute(wanted if day is None else wanted.where(t.postings.c.day == day)):
            yield row.day, Posting(row.operation, row.account, row.sub, Money(row.minor, row.currency))

    def posted(self, day: int) -> list[tuple[str, Posting]]:
        p = t.postings.c
        rows = self._all(
            select(t.journal.c.kind, t.postings)
            .join(t.postings, p.record == t.journal.c.id)
            .where(p.day == day)
            .order_by(p.id)
        )
        return [
            (row.kind, Posting(row.operation, row.account, row.sub, Money(row.minor, row.currency)))
            for row in rows
        ]

    def till_before(self, day: int) -> Money:
        p, desk = t.postings.c, self._desk.enrolled.desk
        # From today backwards: the days that are asked for are near, the history is long.
        since = select(func.sum(p.minor)).where(p.day >= day, p.account == TILL, p.sub == desk)
        return self.balance(TILL, desk) - Money(int(self._scalar(since) or 0))

    def entries(self, day: int, limit: int = 500) -> list[views.Entry]:
        """Newest first."""
        return self._entries(select(t.journal).where(t.journal.c.day == day), limit)

    def found(
        self, words: Sequence[views.SearchTerm], first_day: int, last_day: int, limit: int
    ) -> list[views.Entry]:
        return [_entry(row) for row in self._all(records_with(words, first_day, last_day, limit))]

    def scans(self, day: int, limit: int = 200) -> list[views.Entry]:
        """Newest first."""
        kinds = ("item.scanned", "scan.refused", "scan.voided")
        return self._entries(
            select(t.journal).where(t.journal.c.day == day, t.journal.c.kind.in_(kinds)), limit
        )

    def grant_entries(self, days: int) -> list[views.Entry]:
        j = t.journal.c
        kinds = ("grant.requested", "grant.refused", "grant.stored")
        return self._entries(
            select(t.journal).where(
                j.epoch == self._desk.enrolled.epoch, j.day >= self.day().number - days, j.kind.in_(kinds)
            ),
            1_000_000,
        )

    def settlement(self, receipt: str) -> views.Entry | None:
        paid = select(t.once.c.record).where(t.once.c.sort == "receipt", t.once.c.thing == receipt)
        return self._entry(select(t.journal).where(t.journal.c.id == paid.scalar_subquery()))

    def entry(self, operation: str) -> views.Entry | None:
        """The record with this operation id, or the settlement that has a line with it."""
        own = self._entry(select(t.journal).where(t.journal.c.operation == operation))
        if own is not None:
            return own
        of_line = select(t.lines.c.record).where(t.lines.c.operation == operation)
        return self._entry(select(t.journal).where(t.journal.c.id == of_line.scalar_subquery()))

    def paid_line(self, operation: str) -> views.PaidLine | None:
        """`attachments` of the answer: content by group, the end of the slot (``parties``, ``receiver``)."""
        row = self._one(select(t.lines).where(t.lines.c.operation == operation))
        entry = self.entry(operation)
        if row is None or entry is None or not isinstance(entry.body, ops.Settlement):
            return None
        date = self._scalar(select(t.days.c.date).where(t.days.c.number == entry.recorded.day))
        return views.PaidLine(
            entry.body.lines[row.position],
            row.receipt,
            entry.recorded,
            date or "",
            row.reversed_by,
            {
                one.slot.partition(":")[2]: one.content
                for one in self.attachments_of(row.record)
                if one.slot.startswith(f"{operation}:")
            },
        )

    def given_back(self, since: str) -> list[ops.AnyLine]:
        of_line = select(t.lines.c.record).where(t.lines.c.operation == since).scalar_subquery()
        wanted = (
            select(t.journal, t.lines.c.position)
            .join(t.lines, t.lines.c.record == t.journal.c.id)
            .where(t.lines.c.record > of_line, t.lines.c.line.in_(GIVING_BACK))
        )
        rows = [(_entry(row).body, row.position) for row in self._all(wanted)]
        return [body.lines[at] for body, at in rows if isinstance(body, ops.Settlement)]

    def attachment(self, operation: str, slot: str) -> bytes | None:
        """By the whole slot, or by its group alone; None when there is none or it was erased by rule."""
        whole = slot if ":" in slot else f"{operation}:{slot}"
        content: bytes | None = self._scalar(
            select(t.attachments.c.content).where(t.attachments.c.slot == whole)
        )
        return content

    def attachments_of(self, record: int) -> tuple[Attachment, ...]:
        """What a record (its number in the journal table) still has of personal data."""
        rows = self._connection.execute(_ATTACHMENTS, {"of": record})
        return tuple(Attachment(row.slot, row.salt, row.content) for row in rows if row.salt)

    def is_offered(self, operation: str) -> bool:
        entry = self.entry(operation)
        if entry is None:
            return False
        if entry.recorded.epoch != self._desk.enrolled.epoch:
            # What an older epoch had offered nobody here can know: the careful answer.
            return True
        offered = self._scalar(select(t.line.c.offered).where(t.line.c.epoch == entry.recorded.epoch))
        return entry.recorded.sequence <= (offered or 0)

    def record_at(self, epoch: int, sequence: int) -> Record | None:
        j = t.journal.c
        row = self._one(select(t.journal).where(j.epoch == epoch, j.sequence == sequence))
        return Record(row.header, row.body, row.previous, row.hash) if row else None

    # --- evidence -----------------------------------------------------------------------------------

    def evidence(self, first_day: str, last_day: str, *, personal: bool) -> bytes:
        return export(self._desk, first_day, last_day, personal=personal)

    def epoch_key(self, epoch: int) -> str:
        """From the record that opened the epoch, which the chain protects."""
        opened = self.record_at(epoch, 1)
        body = ops.decode("epoch.opened", 1, opened.body) if opened is not None else None
        return body.public_key if isinstance(body, ops.EpochOpened) else ""

    def certificate(self, operation: str) -> str:
        text = self._scalar(select(t.certificates.c.text).where(t.certificates.c.operation == operation))
        return text or ""

    # --- rows to views ------------------------------------------------------------------------------

    def _entries(self, wanted: Select[Any], limit: int) -> list[views.Entry]:
        return [_entry(row) for row in self._all(wanted.order_by(t.journal.c.id.desc()).limit(limit))]

    def _entry(self, wanted: Select[Any]) -> views.Entry | None:
        row = self._one(wanted)
        return _entry(row) if row else None


# Asked before every sale: prepared once. A colon sorts right after the digits of a series.
_LAST_RECEIPT = select(func.max(t.once.c.thing)).where(
    t.once.c.sort == "receipt", t.once.c.thing >= bindparam("start"), t.once.c.thing < bindparam("end")
)
# Not the newest row: a late record of an ended epoch may be that.
_HEAD = select(t.journal).order_by(t.journal.c.epoch.desc(), t.journal.c.sequence.desc()).limit(1)


def _entry(row: Row[Any]) -> views.Entry:
    record = Record(row.header, row.body, row.previous, row.hash)
    header = record.header()
    body = ops.decode(header.kind, header.version, row.body)
    return views.Entry(
        recorded_of(record), body, header.actor_kind, header.source, ", ".join(sorted(_approvers(body)))
    )


def recorded_of(record: Record) -> views.Recorded:
    """What paper and screens may speak of."""
    header = record.header()
    return views.Recorded(
        header.operation,
        header.epoch,
        header.sequence,
        header.kind,
        header.day,
        header.actor,
        header.recorded_ms,
        record.mark(),
    )


def _approvers(body: ops.Body) -> set[str]:
    parts = body.lines if isinstance(body, ops.Settlement) else (body,)
    return {approver for part in parts if (approver := getattr(part, "approved_by", ""))}
