"""The branch's own evidence: which records a period needs, read in one look and written as one file.

The period is cut out of the chains together with what proves it: backwards to the last head that the centre
acknowledged (or to the chain's beginning), forwards to the next signature and the next acknowledgement, and
of every epoch its opening up to the first acknowledgement, which is where its key is proven.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import func, select

from azpost_desk.domain import operations as ops
from azpost_desk.domain.days import business_day, calendar_day, days_after
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol import evidence as file
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.protocol.messages import Enrolled, Signed
from azpost_desk.protocol.records import Record
from azpost_desk.storage import engine, vault
from azpost_desk.storage import tables as t

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Row

    from azpost_desk.storage.desk import OpenDesk

Span = tuple[int, int]
"""First and last sequence of a run of records, both inside."""

EXPORTED: Final = "evidence.exported"
ERASED: Final = "attachments.erased"


def export_folder(folder: Path, first_day: str, last_day: str) -> bytes:
    """The evidence of the desk in `folder`, also beside the running desk: read only, without personal data.

    Raises:
        Trouble: G-063, G-068, G-069, G-070, G-071 when it cannot be opened, R-081 the journal is damaged.
        Refused: R-080 nothing was recorded in those days.
    """
    path = folder / "desk.db"
    if not path.exists():
        raise Trouble("G-070")
    keys = vault.existing(folder)
    connection = engine.connect(path, vault.secret(keys, vault.DATABASE), read_only=True)
    try:
        connection.exec_driver_sql("BEGIN")
        newest = select(t.identity.c.enrolled).order_by(t.identity.c.epoch.desc()).limit(1)
        enrolled = msgspec.json.decode(connection.execute(newest).scalar_one(), type=Enrolled)
        key = SigningKey(vault.secret(keys, vault.SIGNING))
        return Excerpt(connection, enrolled, key).of_days(first_day, last_day, personal=False)
    finally:
        connection.close()


def export(desk: OpenDesk, first_day: str, last_day: str, *, personal: bool) -> bytes:
    """The evidence of an open desk, inside the caller's look.

    Raises:
        Refused: R-080 nothing was recorded in those days. Trouble: R-081 the journal is damaged.
    """
    return Excerpt(desk.connection, desk.enrolled, desk.key).of_days(first_day, last_day, personal=personal)


class Excerpt:
    """One look into the books for one file."""

    def __init__(self, connection: Connection, enrolled: Enrolled, key: SigningKey) -> None:
        self._connection = connection
        self._enrolled = enrolled
        self._key = key

    def of_days(self, first_day: str, last_day: str, *, personal: bool) -> bytes:
        """The file over the business days from `first_day` to `last_day` (ISO, both inside)."""
        dates = self._dates()
        numbers = [number for number, date in dates.items() if first_day <= date <= last_day]
        if not numbers:
            raise Refused("R-080")
        j = t.journal.c
        inside = j.day.between(min(numbers), max(numbers))
        wanted = select(j.epoch, func.min(j.sequence), func.max(j.sequence)).where(inside).group_by(j.epoch)
        period = {row[0]: (row[1], row[2]) for row in self._connection.execute(wanted)}
        return self.of_spans(self._without_exports(period), first_day, last_day, personal=personal)

    def of_spans(
        self, period: dict[int, Span], first_day: str = "", last_day: str = "", *, personal: bool
    ) -> bytes:
        """The file over a span of records of each epoch; it may cut anywhere, also inside a commit."""
        if not period:
            raise Refused("R-080")
        epochs = self._epochs()
        erasures = self._erasures(period)
        runs = {one: self._runs(one, period.get(one), erasures.get(one, [])) for one in epochs}
        who = self._enrolled
        about = file.About(
            who.desk,
            who.branch,
            who.branch_name,
            first_day,
            last_day,
            personal,
            f"azpost-desk {version('azpost-desk')}",
        )
        try:
            return file.evidence_file(
                about,
                list(epochs.values()),
                self._records(runs, period),
                self._acknowledgements(runs),
                self._dates(),
                file.Sealing(who.epoch, self._key.sign),
            )
        except (UnicodeDecodeError, msgspec.DecodeError) as damaged:
            raise Trouble("R-081") from damaged

    # --- what is needed -----------------------------------------------------------------------------

    def _dates(self) -> dict[int, str]:
        """Business days by number. One not opened yet goes by the clock of its first record, but by no
        date that was a business day already: what is recorded after the close is none of that day.
        """
        j = t.journal.c
        named = self._connection.execute(select(t.days.c.number, t.days.c.date))
        opened: dict[int, str] = {row[0]: row[1] for row in named}
        earliest = days_after(business_day(max(opened.values())), 1) if opened else ""
        begun = select(j.day, func.min(j.recorded_ms)).group_by(j.day)
        dates = {row[0]: max(calendar_day(row[1]), earliest) for row in self._connection.execute(begun)}
        return dates | opened

    def _without_exports(self, period: dict[int, Span]) -> dict[int, Span]:
        """Exports at the very end of the books say nothing about them: a second export is the same bytes."""
        j = t.journal.c
        newest = self._connection.execute(select(j.epoch, j.sequence).order_by(j.id.desc()).limit(1)).one()
        first, last = period.get(newest.epoch, (1, 0))
        if last != newest.sequence:
            return period
        others = select(func.max(j.sequence)).where(j.epoch == newest.epoch, j.kind != EXPORTED)
        last = self._connection.execute(others).scalar() or 0
        rest = {epoch: span for epoch, span in period.items() if epoch != newest.epoch}
        return rest | {newest.epoch: (first, last)} if first <= last else rest

    def _epochs(self) -> dict[int, file.EpochKeys]:
        j = t.journal.c
        told = {
            row.epoch: msgspec.json.decode(row.enrolled, type=Enrolled)
            for row in self._connection.execute(select(t.identity))
        }
        result = {}
        first = select(j.epoch, j.kind, j.body).where(j.sequence == 1).order_by(j.epoch)
        for row in self._connection.execute(first):
            body = ops.decode("epoch.opened", 1, row.body) if row.kind == "epoch.opened" else None
            believed = told.get(row.epoch, self._enrolled)
            key = body.public_key if body is not None else ""
            result[row.epoch] = file.EpochKeys(row.epoch, key, believed.centre_key, believed.grants_key)
        return result

    def _erasures(self, period: dict[int, Span]) -> dict[int, list[Span]]:
        """Where the records stand by which attachments of the period were erased, by epoch."""
        a, j = t.attachments.c, t.journal.c
        gone: set[str] = set()
        for epoch, (first, last) in period.items():
            emptied = (
                select(a.slot)
                .join(t.journal, j.id == a.record)
                .where(j.epoch == epoch, j.sequence.between(first, last), a.salt.is_(None))
            )
            gone |= {row[0] for row in self._connection.execute(emptied)}
        names = gone | {hashlib.sha256(slot.encode()).hexdigest() for slot in gone}
        result: dict[int, list[Span]] = {}
        if names:
            acts = select(j.epoch, j.sequence, j.body).where(j.kind == ERASED).order_by(j.epoch, j.sequence)
            for row in self._connection.execute(acts):
                if any(name.encode() in row.body for name in names):
                    span = self._commit_around(row.epoch, row.sequence)
                    result.setdefault(row.epoch, []).append(span)
        return result

    def _runs(self, epoch: int, period: Span | None, more: list[Span]) -> list[Span]:
        """The spans of an epoch's records that the file holds, in order, joined where they touch."""
        spans = [(1, self._proven_from(epoch, 1)), *more]
        if period is not None:
            first, last = period
            spans.append((self._head_before(epoch, first) + 1, self._proven_from(epoch, last)))
        joined: list[Span] = []
        for span in sorted(spans):
            if joined and span[0] <= joined[-1][1] + 1:
                joined[-1] = joined[-1][0], max(joined[-1][1], span[1])
            else:
                joined.append(span)
        return joined

    def _head_before(self, epoch: int, sequence: int) -> int:
        a = t.acknowledgements.c
        before = select(func.max(a.sequence)).where(a.epoch == epoch, a.sequence < sequence)
        return self._connection.execute(before).scalar() or 0

    def _proven_from(self, epoch: int, sequence: int) -> int:
        """Up to where a file must reach to prove `sequence`: the next acknowledgement, and a signature."""
        a = t.acknowledgements.c
        after = select(func.min(a.sequence)).where(a.epoch == epoch, a.sequence >= sequence)
        reached = max(self._connection.execute(after).scalar() or 0, sequence)
        return self._commit_around(epoch, reached)[1]

    def _commit_around(self, epoch: int, sequence: int) -> Span:
        """The records that were written together with this one: the last of them is signed."""
        j = t.journal.c
        signed = (
            select(func.max(j.sequence))
            .join(t.signatures, t.signatures.c.record == j.id)
            .where(j.epoch == epoch, j.sequence < sequence)
        )
        first = (self._connection.execute(signed).scalar() or 0) + 1
        last = (
            select(func.min(j.sequence))
            .join(t.signatures, t.signatures.c.record == j.id)
            .where(j.epoch == epoch, j.sequence >= sequence)
        )
        return first, self._connection.execute(last).scalar() or sequence

    # --- reading it ---------------------------------------------------------------------------------

    def _records(self, runs: dict[int, list[Span]], period: dict[int, Span]) -> Iterator[file.KeptRecord]:
        for epoch in sorted(runs):
            first, last = period.get(epoch, (1, 0))
            for span in runs[epoch]:
                for row, posted in self._rows(epoch, span):
                    yield self._kept(row, posted, first <= row.sequence <= last)

    def _rows(self, epoch: int, span: Span) -> Iterator[tuple[Row[Any], list[Row[Any]]]]:
        j, p = t.journal.c, t.postings.c
        here = (j.epoch == epoch) & j.sequence.between(*span)
        posted = groupby(
            self._connection.execute(
                select(t.postings).join(t.journal, j.id == p.record).where(here).order_by(j.sequence, p.id)
            ),
            key=lambda row: row.record,
        )
        waiting = next(posted, None)
        wanted = (
            select(t.journal, t.signatures.c.signature)
            .outerjoin(t.signatures, t.signatures.c.record == j.id)
            .where(here)
            .order_by(j.sequence)
        )
        for row in self._connection.execute(wanted):
            mine: list[Row[Any]] = []
            if waiting is not None and waiting[0] == row.id:
                mine = list(waiting[1])
                waiting = next(posted, None)
            yield row, mine

    def _kept(self, row: Row[Any], posted: Iterable[Row[Any]], in_period: bool) -> file.KeptRecord:
        a = t.attachments
        attached: Iterable[Row[Any]] = ()
        if in_period:
            attached = self._connection.execute(select(a).where(a.c.record == row.id).order_by(a.c.slot))
        return file.KeptRecord(
            row.epoch,
            row.sequence,
            row.day,
            row.recorded_ms,
            row.kind,
            Record(row.header, row.body, row.previous, row.hash),
            row.signature,
            in_period,
            tuple((p.operation, p.account, p.sub, p.currency, p.minor) for p in posted),
            tuple(file.KeptAttachment(one.slot, one.salt, one.content) for one in attached),
        )

    def _acknowledgements(self, runs: dict[int, list[Span]]) -> list[file.Acknowledged]:
        """The centre's words on the records of the file, and on the head each run is linked to."""
        a = t.acknowledgements.c
        result = []
        for epoch in sorted(runs):
            words = select(t.acknowledgements).where(a.epoch == epoch).order_by(a.sequence, a.words)
            result += [
                file.Acknowledged(epoch, row.sequence, Signed(words=row.words, signature=row.signature))
                for row in self._connection.execute(words)
                if any(first - 1 <= row.sequence <= last for first, last in runs[epoch])
            ]
        return result
