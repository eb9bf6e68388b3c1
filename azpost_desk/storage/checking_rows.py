"""What lies beside the journal: attachments, signatures, the places of postings, projections, stored papers.

The invariants fold records; this looks at rows that a record does not hold itself. Each fault is put down to
the record the row belongs to.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, NoResultFound

from azpost_desk.domain import operations as ops
from azpost_desk.domain.commitments import commitments
from azpost_desk.domain.folds import UNRECKONABLE, unreckoned
from azpost_desk.domain.invariants import BROKEN_MAX, Broken
from azpost_desk.domain.ledger import Unbalanced
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol.keys import SigningKey, is_signed
from azpost_desk.protocol.messages import Enrolled, ack_of
from azpost_desk.protocol.records import Attachment
from azpost_desk.storage import engine
from azpost_desk.storage import tables as t
from azpost_desk.storage.desk import OpenDesk, who_is
from azpost_desk.storage.rebuild import Rows, folded, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

# What a journal that was forged, or is damaged, makes of its own folding.
UNFOLDABLE: Final = (
    msgspec.DecodeError, ops.UnknownKind, Unbalanced, Refused, DBAPIError, KeyError, ValueError
)  # fmt: skip
# The whole file is folded once more in memory: larger ones are not, here or beside the running desk.
FOLDED_BYTES_MAX: Final = 256 * 1024 * 1024


class Places:
    """Where a record stands: its desk and sequence by its number in the table, or by an id in its row."""

    def __init__(self, connection: Connection, desk: str) -> None:
        self._connection = connection
        self._desk = desk

    def by_record(self, record: object) -> tuple[str, int]:
        """(desk, sequence) of a number in the journal table; the number itself when there is no such row."""
        found = self._connection.execute(select(t.journal.c.sequence).where(t.journal.c.id == record))
        return self._desk, found.scalar() or (record if isinstance(record, int) else 0)

    def by_row(self, columns: list[str], row: tuple[Any, ...]) -> tuple[str, int]:
        """Of a projected row: by its record, or by the first operation id that stands in it."""
        if "record" in columns:
            return self.by_record(row[columns.index("record")])
        for value in row:
            if isinstance(value, str) and len(value) == 36:
                j, lines = t.journal.c, t.lines.c
                own = select(j.sequence).where(j.operation == value)
                of_line = (
                    select(j.sequence).join(t.lines, lines.record == j.id).where(lines.operation == value)
                )
                for wanted in (own, of_line):
                    sequence = self._connection.execute(wanted).scalar()
                    if sequence:
                        return self._desk, sequence
        return self._desk, 0


def rows_at_fault(connection: Connection, *, fold: bool) -> Iterator[tuple[str, Broken]]:
    """(invariant, fault) of everything beside the journal that is not as its records say."""
    newest = select(t.identity.c.enrolled).order_by(t.identity.c.epoch.desc()).limit(1)
    try:
        enrolled = who_is(connection.execute(newest).scalar_one())
    except (Trouble, NoResultFound):
        yield "I-06", Broken("", 0, "who this desk is cannot be read")
        return
    places = Places(connection, enrolled.desk)
    looks = [
        ("I-01", _strays(connection, places)),
        ("I-06", _journal_columns(connection, enrolled)),
        ("I-06", _attachments(connection, places)),
        ("I-06", _acknowledgements(connection, enrolled)),
        ("I-07", _papers(connection, enrolled)),
        *([("I-07", _projections(connection, enrolled, places))] if fold else []),
    ]
    for invariant, look in looks:
        try:
            yield from look
        except DBAPIError:
            # The engine cannot read a page: that is said of the file, not of a record.
            raise
        except UNRECKONABLE as fault:
            # Whatever lies there: it is said, and the next look is taken all the same.
            yield invariant, Broken(enrolled.desk, 0, unreckoned(fault))


def _strays(connection: Connection, places: Places) -> Iterator[tuple[str, Broken]]:
    """Rows of a record that is not there, and postings in another day than their record."""
    for table, invariant in (("signatures", "I-06"), ("attachments", "I-06"), ("postings", "I-01")):
        stray = text(f"SELECT DISTINCT record FROM {table} WHERE record NOT IN (SELECT id FROM journal)")
        for (record,) in connection.execute(stray):
            yield invariant, Broken(*places.by_record(record), f"{table} hold rows of no record")
    moved = text(
        "SELECT DISTINCT p.record FROM postings p JOIN journal j ON j.id = p.record WHERE p.day <> j.day"
    )
    for (record,) in connection.execute(moved):
        yield "I-01", Broken(*places.by_record(record), "its postings stand in another day")


def _journal_columns(connection: Connection, enrolled: Enrolled) -> Iterator[tuple[str, Broken]]:
    """The order of the table is the order of the chain; what was written here arrived when it was written."""
    j = t.journal.c
    reached: dict[int, int] = {}
    before: int | None = None
    columns = select(j.id, j.epoch, j.sequence, j.recorded_ms, j.arrived_ms).order_by(j.id)
    for row in connection.execute(columns):
        # Late records of an older epoch stand between those of this one; nothing leaves a gap.
        moved = before is not None and row.id != before + 1
        if moved or row.sequence <= reached.get(row.epoch, 0):
            yield "I-06", Broken(enrolled.desk, row.sequence, "the table holds it in another place")
        before, reached[row.epoch] = row.id, row.sequence
        # What another machine wrote came when it came.
        if row.epoch == enrolled.epoch and row.arrived_ms != row.recorded_ms:
            yield "I-08", Broken(enrolled.desk, row.sequence, "it is said to have arrived at another time")


def _attachments(connection: Connection, places: Places) -> Iterator[tuple[str, Broken]]:
    """Personal data is what its record committed to, all of it; what was emptied is told by its erasure."""
    a, j = t.attachments.c, t.journal.c
    wanted = select(j.id, j.operation, j.kind, j.body, a.slot, a.salt, a.content)
    wanted = wanted.outerjoin_from(t.journal, t.attachments, a.record == j.id).order_by(j.id)
    record: int | None = None
    missing: dict[str, str] = {}
    for row in connection.execute(wanted):
        if row.id != record:
            yield from _missing(places, record, missing)
            record, missing = row.id, _committed(row.kind, row.operation, row.body)
        if row.slot is None:
            continue
        missing.pop(row.slot, None)
        if (row.salt is None) != (row.content is None):
            yield "I-06", Broken(*places.by_record(row.id), f"{row.slot} is erased by half")
        elif row.salt is not None:
            commitment = Attachment(row.slot, row.salt, row.content).commitment()
            if f'"{commitment}"'.encode() not in row.body:
                yield "I-06", Broken(*places.by_record(row.id), f"{row.slot} is not what it committed to")
    yield from _missing(places, record, missing)


def _committed(kind: str, operation: str, body: bytes) -> dict[str, str]:
    for known, version in ops.BODIES:
        if known == kind:
            try:
                return dict(commitments(operation, ops.decode(kind, version, body)))
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue
    return {}


def _missing(places: Places, record: int | None, missing: dict[str, str]) -> Iterator[tuple[str, Broken]]:
    for slot in missing:
        yield "I-06", Broken(*places.by_record(record), f"{slot} is missing")


def _acknowledgements(connection: Connection, enrolled: Enrolled) -> Iterator[tuple[str, Broken]]:
    """The centre's words are the centre's, and about the records that stand here."""
    told = {
        row.epoch: msgspec.json.decode(row.enrolled, type=Enrolled).centre_key
        for row in connection.execute(select(t.identity))
    }
    j = t.journal.c
    for row in connection.execute(select(t.acknowledgements)):
        key = told.get(row.epoch, enrolled.centre_key)
        good = is_signed(key, row.words, row.signature)
        if good:
            ack = ack_of(row.words)
            here = select(j.hash).where(j.epoch == ack.epoch, j.sequence == ack.sequence)
            digest = connection.execute(here).scalar()
            good = (ack.desk, ack.epoch, ack.sequence) == (enrolled.desk, row.epoch, row.sequence)
            good = good and digest is not None and digest.hex() == ack.hash
        if not good:
            yield "I-06", Broken(enrolled.desk, row.sequence, "its acknowledgement is not the centre's word")


def _papers(connection: Connection, enrolled: Enrolled) -> Iterator[tuple[str, Broken]]:
    """A closed report is the very bytes that its day's close named."""
    stored = {row.date: row.content for row in connection.execute(select(t.reports))}
    j = t.journal.c
    closes = select(j.epoch, j.sequence, j.body).where(j.kind == "day.closed")
    for row in connection.execute(closes):
        try:
            closed = ops.decode("day.closed", 1, row.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
        if row.epoch != enrolled.epoch and closed.date not in stored:
            # The machine before this one kept the paper; the centre gave back records only.
            continue
        if closed.report and hashlib.sha256(stored.get(closed.date, b"")).hexdigest() != closed.report:
            yield (
                "I-07",
                Broken(enrolled.desk, row.sequence, f"the stored report of {closed.date} is another"),
            )


def _projections(connection: Connection, enrolled: Enrolled, places: Places) -> Iterator[tuple[str, Broken]]:
    """Everything folded from the journal, folded once more: in memory, beside the running desk."""
    try:
        stored, again = _folded(connection, enrolled)
    except (*UNFOLDABLE, engine.DriverError, ArithmeticError, TypeError) as wrong:
        # Damaged pages were looked for before: what the driver cannot read here is no text.
        yield "I-07", Broken(enrolled.desk, 0, f"the journal cannot be folded: {type(wrong).__name__}")
        return
    for name in stored:
        if name == t.postings.name:
            continue
        columns = [column.name for column in t.TABLES.tables[name].columns if column.name != "id"]
        here, there = Counter(stored[name]), Counter(again[name])
        for row in [*(here - there), *(there - here)][:BROKEN_MAX]:
            yield "I-07", Broken(*places.by_row(columns, row), f"{name}: {_told(columns, row)}")


def _told(columns: list[str], row: tuple[Any, ...]) -> str:
    """The key of a row: personal data is no part of a fault."""
    known = {"account", "sub", "operation", "transfer", "payment", "number", "till", "thing", "sort", "sku"}
    shown = [f"{name} {value}" for name, value in zip(columns, row, strict=True) if name in known]
    return " ".join(shown) or "a row is not as the journal says"


def _folded(connection: Connection, enrolled: Enrolled) -> tuple[Rows, Rows]:
    with engine.scratch() as memory:
        # From driver to driver: nobody looks at the values on the way.
        here, there = engine.raw(connection), engine.raw(memory)
        holds = engine.filled(connection, tuple(_kept()))
        for name, (taken, given) in _kept().items():
            if name not in holds:
                continue
            rows = here.execute(taken)
            while batch := rows.fetchmany(5_000):
                there.executemany(given, batch)
        # Nothing is signed and no clock is asked while a journal is folded.
        desk = OpenDesk(memory, enrolled, SigningKey.new(), _NoClock(), _NoVault())
        again = folded(desk)
    return rows_of(connection), again


@cache
def _kept() -> dict[str, tuple[str, str]]:
    """How the rows of each table that is not derived are read and written, in the order of foreign keys."""
    statements = {}
    for table in t.TABLES.sorted_tables:
        if table not in t.DERIVED:
            names = ", ".join(column.name for column in table.columns)
            marks = ", ".join("?" for _ in table.columns)
            taken, given = f"SELECT {names} FROM", f"INSERT INTO {table.name} ({names}) VALUES ({marks})"
            statements[table.name] = f"{taken} {table.name}", given
    return statements


class _NoClock:
    def utc_ms(self) -> int:
        raise AssertionError("a journal is folded without a clock")

    monotonic_ms = utc_ms


class _NoVault:
    def protection(self) -> Any:
        raise AssertionError("a journal is folded without keys")

    def get(self, name: str) -> str | None:
        raise AssertionError("a journal is folded without keys")

    def put(self, name: str, value: str) -> None:
        raise AssertionError("a journal is folded without keys")
