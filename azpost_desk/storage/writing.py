"""One transaction on the desk's books: records with postings and projections, and what the desk keeps."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Staff
from azpost_desk.domain.days import calendar_day
from azpost_desk.domain.ended_chains import AFTER_THE_END
from azpost_desk.domain.ids import uuid7
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.ledger import digest
from azpost_desk.domain.lengths import require_typed_lengths
from azpost_desk.domain.postings import postings as posted
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.soundness import is_sound
from azpost_desk.domain.transfer_codes import case_number
from azpost_desk.domain.typed import require_writable
from azpost_desk.protocol.messages import BATCH_BYTES_MAX, BATCH_RECORDS_MAX, Sent, sent_bytes
from azpost_desk.protocol.records import (
    FORMAT,
    GENESIS,
    RECORD_BYTES_MAX,
    Attachment,
    Header,
    Record,
    seal,
)
from azpost_desk.storage import balancing, erasing
from azpost_desk.storage import tables as t
from azpost_desk.storage.projecting import StoredRecord, add_to_balances, posting_rows
from azpost_desk.storage.projections import project
from azpost_desk.storage.reading import BookReading, recorded_of
from azpost_desk.storage.writing_slips import SlipWriting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row

    from azpost_desk.services import views
    from azpost_desk.storage.desk import OpenDesk

# Everything a new record needs to know of the one before, of the day and of the centre, in one look.
_BEFORE: Final = text(
    "SELECT (SELECT max(id) FROM journal) AS id, j.epoch, j.sequence, j.hash, j.recorded_ms, "
    "l.digest, l.acknowledged_ms, "
    "d.number AS day, d.state AS day_state FROM line l "
    # Not the newest row: a late record of an ended epoch may be that.
    "LEFT JOIN (SELECT * FROM journal ORDER BY epoch DESC, sequence DESC LIMIT 1) j "
    "LEFT JOIN (SELECT * FROM days ORDER BY number DESC LIMIT 1) d WHERE l.epoch = :epoch"
)

HASH_BYTES: Final = 32
# Within one transaction a signature comes at least this often: the line sends up to a signature, never half.
SIGNED_EVERY_RECORDS: Final = BATCH_RECORDS_MAX // 2
SIGNED_EVERY_BYTES: Final = BATCH_BYTES_MAX // 2


class BookWriting(BookReading, SlipWriting):
    """Implements services.ports.Writing."""

    def __init__(self, desk: OpenDesk) -> None:
        super().__init__(desk)
        self._newest: tuple[int, Record] | None = None
        # (records, bytes) after the last signature.
        self._unsigned = (0, 0)
        # Whether something was erased: then the log beside the file must not keep it either.
        self.emptied = False

    def append(
        self,
        body: ops.Body,
        *,
        actor: str,
        operation: str,
        actor_kind: str = "officer",
        source: str = "keys",
        attachments: Sequence[Attachment] = (),
    ) -> views.Recorded:
        """Chain, post and project one record; the same operation with the same content is stored once.

        Raises:
            Trouble: G-060 the book is stopped, or a close finds other balances than the journal; an L-code
                when the chain has ended and this is more than looking, printing and proving.
            Refused: S-012 a consent that the centre never gave, G-064 another content under a known id, G-065
                a settlement that does not add up or breaks the series of receipts, G-066 a second time of
                what happens once, G-020 an illegal move, G-072 these books may be a copy, G-016 what cannot
                be written, G-014 a text or G-015 a record (B-007 a basket) too long for the line.
        """
        if self._desk.stopped:
            raise Trouble("G-060", reason=self._desk.stopped)
        kind, version = ops.kind_of(body)
        encoded = _encoded(body, actor_kind)
        known = self._one(select(t.journal).where(t.journal.c.operation == operation))
        if known is not None:
            if (known.kind, known.body) != (kind, encoded):
                raise Refused("G-064")
            return recorded_of(Record(known.header, known.body, known.previous, known.hash))
        if self._desk.ended and kind not in AFTER_THE_END:
            raise Trouble(self._desk.ended)
        self._sound(body)
        if actor_kind == "officer":
            require_typed_lengths(body)
        self.require_consents(body, operation)
        if self._desk.elsewhere and _uses_a_grant(body):
            raise Refused("G-072")
        if isinstance(body, ops.GrantStored):
            self._show(body.thing, attachments)
            attachments = ()
        _committed(encoded, attachments)
        ledger = posted(self._desk.enrolled.desk, operation, kind, version, body)
        record_id, previous, header = self._header(
            operation, kind, version, actor, actor_kind, source, digest(ledger)
        )
        record = seal(header, encoded, previous)
        self._portion(Sent(record.header_bytes, encoded, tuple(attachments)), kind)
        self._store(record_id, header, record, attachments)
        written = StoredRecord(record_id, header, body, {one.slot: one.content for one in attachments})
        rows = posting_rows(record_id, header.day, ledger)
        if rows:
            self._connection.execute(insert(t.postings), rows)
            add_to_balances(self._connection, rows)
        project(self._connection, written)
        if isinstance(body, ops.DayClosed):
            held = select(t.grants.c.thing).where(t.grants.c.state == "held")
            self._connection.execute(delete(t.shown).where(t.shown.c.thing.not_in(held)))
        self._newest = record_id, record
        return recorded_of(record)

    def _show(self, thing: str, attachments: Sequence[Attachment]) -> None:
        """Keep what a claim showed of a transfer sent elsewhere, outside the journal (PROTOCOL.md 2).

        The grant's record does not commit to it: it is another desk's personal data and must not travel on.
        """
        for one in attachments:
            self._connection.execute(
                upsert(t.shown)
                .values(thing=thing, content=one.content)
                .on_conflict_do_update(index_elements=["thing"], set_={"content": one.content})
            )

    def _portion(self, sent: Sent, kind: str) -> None:
        """Nothing is written that the line could not carry, record by record or up to a signature."""
        size = sent_bytes(sent)
        if size > RECORD_BYTES_MAX:
            raise Refused("B-007" if kind == "settlement" else "G-015")
        records, before = self._unsigned
        if records >= SIGNED_EVERY_RECORDS or (records and before + size > SIGNED_EVERY_BYTES):
            self.sign()
            records = before = 0
        self._unsigned = records + 1, before + size

    def _sound(self, body: ops.Body) -> None:
        if isinstance(body, ops.TillClosed | ops.DayClosed) and not balancing.is_balanced(
            self._connection, balancing.anchor(self._desk.vault)
        ):
            # Nobody counts a till against a figure that the journal does not give.
            self._desk.stopped = balancing.LEDGER
            balancing.keep_stop(self._desk.vault, balancing.LEDGER)
            raise Trouble("G-060", reason="ledger")
        if isinstance(body, ops.Settlement) and not (is_sound(body) and body.receipt == self.next_receipt()):
            raise Refused("G-065")

    def _header(
        self, operation: str, kind: str, version: int, actor: str, actor_kind: str, source: str, ledger: str
    ) -> tuple[int, bytes, Header]:
        """(number in the table, previous hash, header) of the record that comes next."""
        who = self._desk.enrolled
        before: Row[Any] = self._connection.execute(_BEFORE, {"epoch": who.epoch}).one()
        same_chain = before.epoch == who.epoch
        day = before.day if before.day_state == "open" else (before.day or who.day_next - 1) + 1
        header = Header(
            FORMAT,
            who.desk,
            who.epoch,
            before.sequence + 1 if same_chain else 1,
            operation,
            kind,
            version,
            day,
            actor,
            actor_kind,
            source,
            # A clock behind what is known cannot date a record back, and none is dated before the last one.
            max(self._desk.clock.utc_ms(), self._desk.time.now_ms(), before.recorded_ms or 0),
            before.digest,
            ledger,
        )
        return (before.id or 0) + 1, before.hash if same_chain else GENESIS, header

    def _store(self, record_id: int, header: Header, record: Record, kept: Sequence[Attachment]) -> None:
        self._connection.execute(
            insert(t.journal),
            {
                "id": record_id,
                "epoch": header.epoch,
                "sequence": header.sequence,
                "operation": header.operation,
                "kind": header.kind,
                "day": header.day,
                "recorded_ms": header.recorded_ms,
                "arrived_ms": header.recorded_ms,
                "header": record.header_bytes,
                "body": record.body,
                "previous": record.previous,
                "hash": record.hash,
            },
        )
        if kept:
            self._connection.execute(
                insert(t.attachments),
                [
                    {"slot": one.slot, "record": record_id, "salt": one.salt, "content": one.content}
                    for one in kept
                ],
            )

    def sign(self) -> Record | None:
        """Sign the newest record of this transaction, just before the commit; None when there is none."""
        if self._newest is None:
            return None
        record_id, record = self._newest
        signature = self._desk.key.sign(record.hash)
        self._connection.execute(insert(t.signatures), {"record": record_id, "signature": signature})
        return record

    def closes_day(self) -> bool:
        """Whether the newest record of this transaction closes the day: then the mark moves."""
        return self._newest is not None and self._newest[1].header().kind == "day.closed"

    def new_operation(self) -> str:
        """An id for a record the desk writes by itself, not asked by a screen."""
        return str(uuid7(self._desk.clock.utc_ms(), secrets.token_bytes(10)))

    def next_case(self) -> str:
        """The next case number of this desk: ``C2026-000123-7``."""
        raised = select(func.count()).where(t.journal.c.kind == "case.raised")
        year = int(calendar_day(self._desk.time.now_ms())[:4])
        return case_number("C", year, int(self._scalar(raised)) + 1)

    def next_dispute(self) -> str:
        raised = select(func.count()).select_from(t.disputes)
        year = int(calendar_day(self._desk.time.now_ms())[:4])
        return case_number("D", year, int(self._scalar(raised)) + 1)

    def store_supplement(self, supplement: views.Supplement) -> None:
        """Stored bytes, like the report they belong to: a number of a day is given once."""
        values = {
            "date": supplement.date,
            "number": supplement.number,
            "operation": supplement.operation,
            "content": supplement.content,
        }
        self._connection.execute(insert(t.supplements), values)

    # --- what the desk keeps ------------------------------------------------------------------------

    def save_basket(self, basket: views.Basket) -> None:
        content = msgspec.json.encode(basket)
        self._connection.execute(
            upsert(t.basket)
            .values(only=1, content=content)
            .on_conflict_do_update(index_elements=["only"], set_={"content": content})
        )

    def drop_basket(self) -> None:
        self._connection.execute(t.basket.delete())

    def park(self, basket: views.Basket, at_ms: int) -> None:
        self._connection.execute(
            insert(t.parked),
            {"basket": basket.basket, "parked_ms": at_ms, "content": msgspec.json.encode(basket)},
        )

    def unpark(self, basket: str) -> None:
        self._connection.execute(delete(t.parked).where(t.parked.c.basket == basket))

    def repark(self, basket: views.Basket) -> None:
        self._connection.execute(
            update(t.parked)
            .where(t.parked.c.basket == basket.basket)
            .values(content=msgspec.json.encode(basket))
        )

    def set_pin(self, officer: str, pin_hash: str) -> None:
        """Also forgets the wrong tries."""
        self._desk.guessed.pop(officer, None)
        self._keep_pin(
            officer,
            pin_hash=pin_hash,
            instead_of=self._centres_pin(officer),
            wrong_tries=0,
            locked_until_ms=0,
        )

    def set_tries(self, officer: str, wrong_tries: int, wait_ms: int) -> None:
        # Undone with the transaction it only makes an older wait begin anew.
        self._desk.waits[officer] = self._desk.clock.monotonic_ms()
        self._desk.guessed[officer] = wrong_tries
        self._keep_pin(officer, wrong_tries=wrong_tries, locked_until_ms=wait_ms)

    def _keep_pin(self, officer: str, **values: str | int) -> None:
        fresh = {"pin_hash": "", "instead_of": "", "wrong_tries": 0, "locked_until_ms": 0} | values
        self._connection.execute(
            upsert(t.pins)
            .values(officer=officer, **fresh)
            .on_conflict_do_update(index_elements=["officer"], set_=values)
        )

    def _centres_pin(self, officer: str) -> str:
        day = self.day()
        date = day.date if day.state == "open" else calendar_day(self._desk.time.now_ms())
        staff = self.document(Staff, date).officers
        return next((one.pin_hash for one in staff if one.officer == officer), "")

    def take_transfer_code(self, operation: str) -> str:
        taken: str | None = self._scalar(select(t.codes.c.code).where(t.codes.c.operation == operation))
        if taken is not None:
            return taken
        free = select(t.codes.c.code).where(
            t.codes.c.epoch == self._desk.enrolled.epoch, t.codes.c.operation == ""
        )
        # The pool is random as it came; the first of it is as good as any.
        code: str | None = self._scalar(free.limit(1))
        if code is None:
            raise Refused("T-030")
        self._connection.execute(update(t.codes).where(t.codes.c.code == code).values(operation=operation))
        return code

    def take_item_number(self, operation: str, indicator: str) -> str:
        taken: str | None = self._scalar(
            select(t.item_numbers.c.number).where(t.item_numbers.c.operation == operation)
        )
        if taken is not None:
            return taken
        r = t.item_ranges.c
        usable = (r.epoch == self._desk.enrolled.epoch) & (r.next <= r.last) & (r.sort == "")
        usable &= r.prefix.startswith(indicator)
        row = self._one(select(t.item_ranges).where(usable).order_by(r.prefix, r.first).limit(1))
        if row is None:
            raise Refused("E-030", indicator=indicator)
        this = (r.epoch == row.epoch) & (r.prefix == row.prefix) & (r.first == row.first)
        self._connection.execute(update(t.item_ranges).where(this).values(next=row.next + 1))
        number = item_number(row.prefix, row.next)
        self.keep_item_number(operation, number)
        return number

    def keep_item_number(self, operation: str, number: str) -> None:
        self._connection.execute(insert(t.item_numbers), {"operation": operation, "number": number})

    def queue_paper(self, paper: str, key: str, sort: str = "original") -> int:
        values = {
            "paper": paper,
            "key": key,
            "sort": sort,
            "state": "waiting",
            "tries": 0,
            "trouble": "",
            "made_ms": self._desk.clock.utc_ms(),
        }
        self._connection.execute(insert(t.print_jobs), values)
        return int(self._scalar(select(func.last_insert_rowid())))

    def move_print_job(self, job: int, state: str, trouble: str = "") -> None:
        """`tries` counts the moves to ``printed``, ``sent`` and ``failed``."""
        j = t.print_jobs.c
        self._connection.execute(
            update(t.print_jobs)
            .where(j.job == job)
            .values(state=state, trouble=trouble, tries=j.tries + (state in ("printed", "sent", "failed")))
        )

    def store_report(self, date: str, content: bytes, missing: Sequence[int] = ()) -> None:
        """Closed and signed is stored bytes: other bytes for the same date are refused with G-067."""
        stored = self.closed_report(date)
        if stored is None:
            self._connection.execute(insert(t.reports), {"date": date, "content": content})
            if missing:
                rows = [{"date": date, "desk": number} for number in missing]
                self._connection.execute(insert(t.missing_desks), rows)
        elif stored != content:
            raise Refused("G-067", date=date)

    # --- words that are no record ---------------------------------------------------------------------

    def public_key(self) -> str:
        return self._desk.key.public()

    def sign_words(self, words: bytes) -> bytes:
        if len(words) <= HASH_BYTES:
            raise ValueError("what is as short as a record's hash is signed by the commit alone")
        return self._desk.key.sign(words)

    def store_certificate(self, operation: str, text: str) -> None:
        self._connection.execute(insert(t.certificates), {"operation": operation, "text": text})

    def store_signed(self, paper: str, key: str, number: int, content: bytes) -> None:
        self._connection.execute(
            insert(t.signed_papers), {"paper": paper, "key": key, "number": number, "content": content}
        )

    def empty(self, personal: Sequence[views.Personal]) -> None:
        erasing.empty(self._connection, personal)
        self.emptied = True


def _encoded(body: ops.Body, actor_kind: str) -> bytes:
    """The bytes of a body; what a person typed into it must be text (G-016)."""
    if actor_kind == "officer":
        require_writable(body)
    return ops.encode(body)


def _uses_a_grant(body: ops.Body) -> bool:
    """Whether it handles what exists once."""
    return isinstance(body, ops.Settlement) and any(getattr(line, "grant", "") for line in body.lines)


def _committed(body: bytes, attachments: Sequence[Attachment]) -> None:
    for one in attachments:
        if one.commitment().encode() not in body:
            raise ValueError(f"the body does not commit to the attachment {one.slot}")
