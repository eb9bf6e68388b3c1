"""The desk's books as the line sees them (sync.ports.SyncBooks): the journal is the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import structs
from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from azpost_desk.domain import operations as ops
from azpost_desk.domain.products import PAID_OUTSIDE
from azpost_desk.domain.refusals import Trouble
from azpost_desk.protocol.keys import SigningKey, is_signed
from azpost_desk.protocol.messages import (
    BATCH_BYTES_MAX,
    Ack,
    Batch,
    Enrolled,
    Sent,
    Signed,
    ack_digest,
    ack_of,
    sent_bytes,
)
from azpost_desk.protocol.news import LateRecords
from azpost_desk.protocol.records import GENESIS
from azpost_desk.storage import machine, old_epochs, rotating, vault, watch_lists
from azpost_desk.storage import tables as t
from azpost_desk.storage.news import take_news
from azpost_desk.storage.reading import BookReading

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy import BindParameter, Executable

    from azpost_desk.protocol.messages import News
    from azpost_desk.protocol.old_chains import OldRecord
    from azpost_desk.protocol.watch import ListAsked, ListTold
    from azpost_desk.storage.desk import OpenDesk
    from azpost_desk.storage.second_copy import SecondCopy
    from azpost_desk.storage.writing import BookWriting

# Asked with every exchange; put together once, because that costs more than the answers.
_EPOCH: BindParameter[int] = bindparam("this_epoch")
_LINE = select(t.line).where(t.line.c.epoch == _EPOCH)
_AFTER = (
    select(t.journal, t.signatures.c.signature)
    .outerjoin(t.signatures, t.signatures.c.record == t.journal.c.id)
    .where(t.journal.c.epoch == _EPOCH, t.journal.c.sequence > bindparam("done"))
    .order_by(t.journal.c.sequence)
)
_SOLD, _BACK = t.journal.alias("sold"), t.journal.alias("back")
_UNDONE = (
    select(_SOLD.c.sequence, _BACK.c.sequence)
    .join_from(t.once, t.lines, t.lines.c.operation == t.once.c.thing)
    .join(_SOLD, _SOLD.c.id == t.lines.c.record)
    .join(_BACK, _BACK.c.id == t.once.c.record)
    .where(t.once.c.sort == "reversal", t.lines.c.service.in_(PAID_OUTSIDE))
    .where(_SOLD.c.epoch == _EPOCH, _SOLD.c.sequence > bindparam("done"))
)
_WAITING = select(func.count(), func.min(t.journal.c.recorded_ms)).where(
    t.journal.c.epoch == _EPOCH, t.journal.c.sequence > bindparam("done")
)
_NEWEST_WORDS = (
    select(t.acknowledgements.c.words)
    .where(t.acknowledgements.c.epoch == _EPOCH)
    .order_by(t.acknowledgements.c.id.desc())
    .limit(1)
)
_OPEN_AT_CENTRE = select(t.open_at_centre.c.held_grant)
_LATE = select(t.news.c.payload).where(t.news.c.kind == "late.records", t.news.c.trouble == "")


class LineBooks:
    """The line's half of DeskBooks; every call is a transaction of its own."""

    folder: Path
    second: SecondCopy | None = None
    _desk: OpenDesk
    _turn: threading.RLock

    if TYPE_CHECKING:

        def writing(self) -> AbstractContextManager[BookWriting]: ...
        def _can_keep_mark(self) -> None: ...
        def _keep_mark(self) -> None: ...

    # --- who ----------------------------------------------------------------------------------------

    def identity(self) -> Enrolled:
        """Who this desk is and whose signatures it believes."""
        with self._turn:
            # The centre may have begun a new epoch since this desk was enrolled.
            return structs.replace(self._desk.enrolled, centre_epoch=self._line().centre_epoch)

    def signing_key(self) -> SigningKey:
        """The key of the present epoch."""
        return self._desk.key

    def ended(self) -> str:
        """See sync.ports.SyncBooks."""
        return self._desk.ended

    def end(self, code: str) -> None:
        """See sync.ports.SyncBooks."""
        with self._turn:
            # In hand before it is on the disk: from here on no transaction of this program moves money.
            self._desk.ended = self._desk.ended or code
            vault.put_ended(self._desk.vault, self._desk.enrolled.epoch, self._desk.ended)

    def rotate_key(self, reason: str) -> None:
        """Begin to rotate the signing key; it takes over when the centre has countersigned it.

        Raises:
            Refused: G-074 a rotation is under way. Trouble: G-060, G-061.
        """
        with self.writing() as books:
            rotating.ask(books, self._desk, reason)

    def trusted_ms(self) -> int:
        """Now by trusted time (domain.trusted_time); waits for no transaction."""
        return self._desk.time.now_ms()

    def note_clock(self, here_ms: int, centre_ms: int) -> None:
        """See sync.ports.SyncBooks; the record is the desk's own, made by its line."""
        with self.writing() as books:
            books.append(
                ops.ClockJumped(from_ms=here_ms, to_ms=centre_ms, against="centre"),
                actor="sync",
                actor_kind="sync",
                source="line",
                operation=books.new_operation(),
            )

    # --- up -----------------------------------------------------------------------------------------

    def batch(self, limit_records: int, limit_bytes: int) -> Batch | None:
        """The records after the last acknowledged one, ending at a commit; None when all is acknowledged.

        At least one commit, even when it alone is larger than the limits. A sale that was undone before it
        was offered goes with its reversal, whatever `limit_bytes` says: alone, the centre would act upon it.
        Only where a request cannot hold both does it go ahead: nothing may hold the queue for ever.
        """
        with self._turn:
            return self._batch(self._line().acknowledged, limit_records, limit_bytes)

    def _batch(self, done: int, limit_records: int, limit_bytes: int) -> Batch | None:
        """The records after `done`, ending at a commit."""
        with self._turn:
            look = BookReading(self._desk)
            taken: list[Sent] = []
            undone = self._undone(done)
            signed, whole, size, previous = (0, b""), (0, b""), 0, GENESIS
            for row in self._of_epoch(_AFTER, done=done):
                if not taken:
                    previous = row.previous
                sent = Sent(row.header, row.body, look.attachments_of(row.id))
                size += sent_bytes(sent)
                is_full = len(taken) >= limit_records or size > max(limit_bytes, BATCH_BYTES_MAX)
                if (signed[0] and is_full) or (whole[0] and size > limit_bytes):
                    break
                taken.append(sent)
                if row.signature is not None:
                    signed = len(taken), row.signature
                    if not any(sale <= row.sequence < reversal for sale, reversal in undone):
                        whole = signed
            complete, signature = whole if whole[0] else signed
            if not complete:
                return None
            return Batch(
                first=done + 1, previous=previous, records=tuple(taken[:complete]), signature=signature
            )

    def _undone(self, after: int) -> list[tuple[int, int]]:
        """(sequence of a sale, of its reversal) for what concerns the centre and was sold after `after`."""
        return [(row[0], row[1]) for row in self._of_epoch(_UNDONE, done=after)]

    def mark_offered(self, sequence: int) -> None:
        """Durable before it returns: the records up to `sequence` may be known to the centre from now on."""
        with self.writing():
            known = int(self._line().offered)
            self._set_line(offered=func.max(t.line.c.offered, sequence))
        if sequence > known:
            self._desk.time.offer(known + 1)

    def store_ack(self, signed: Signed, ack: Ack) -> None:
        """Keep an acknowledgement and advance the high-water mark.

        Raises:
            Trouble: L-060 when it is not the centre's word on this very chain, G-088 the mark cannot be kept.
        """
        who = self._desk.enrolled
        if ack_of(signed.words) != ack or not is_signed(who.centre_key, signed.words, signed.signature):
            raise Trouble("L-060")
        with self.writing():
            j = t.journal.c
            own = select(j.hash).where(j.epoch == ack.epoch, j.sequence == ack.sequence)
            mine: bytes | None = self._desk.connection.execute(own).scalar()
            if ack.desk != who.desk or ack.epoch != who.epoch or mine is None or mine.hex() != ack.hash:
                raise Trouble("L-060")
            self._desk.connection.execute(
                upsert(t.acknowledgements).on_conflict_do_nothing(),
                {
                    "epoch": ack.epoch,
                    "sequence": ack.sequence,
                    "words": signed.words,
                    "signature": signed.signature,
                },
            )
            if ack.sequence > self._line().acknowledged:
                self._set_line(
                    acknowledged=ack.sequence,
                    acknowledged_ms=func.max(t.line.c.acknowledged_ms, ack.time_ms),
                    digest=ack_digest(signed),
                    offered=func.max(t.line.c.offered, ack.sequence),
                )
            new_key = rotating.countersigned(self._desk, ack.sequence)
            self._can_keep_mark()
        with self._turn:
            if new_key is not None:
                rotating.take_over(self._desk, new_key)
            self._desk.time.hear(ack.time_ms, ack.sequence)
            self._keep_mark()
            if self.second is not None:
                self.second.forget(self._line().acknowledged)

    def copy_to(self, second: SecondCopy) -> None:
        """From now on every commit is on a second disk too before it is called done (PROTOCOL.md 7)."""
        with self._turn:
            self.second = second
            self._copy_unsent()

    def _copy_unsent(self) -> None:
        """After the commit, under the same turn: what the second disk does not have yet goes there."""
        if self.second is not None and not self._desk.stopped:
            self.second.keep(
                self._line().acknowledged,
                BookReading(self._desk).head()[1],
                lambda after, records: self._batch(after, records, BATCH_BYTES_MAX),
            )

    def heads_agree(self) -> None:
        """The centre holds exactly this chain: a copy or not, here they are at home."""
        with self._turn:
            if self._desk.elsewhere and not self._desk.stopped:
                machine.settle(self._desk.vault, self.folder / "desk.db")
                self._desk.elsewhere = False

    def rewind_acknowledged(self, sequence: int) -> None:
        """The centre lost what came after `sequence`: `batch` begins after it again. Receipts of it stay."""
        with self.writing():
            self._set_line(acknowledged=func.min(t.line.c.acknowledged, sequence))

    # --- down ---------------------------------------------------------------------------------------

    def news_position(self) -> int:
        """Position of the newest stored news in the centre's present epoch; 0 when there is none."""
        with self._turn:
            return int(self._line().news_position)

    def store_news(self, news: list[News], centre_epoch: int) -> None:
        """Keep and apply news in order, all or nothing. Another `centre_epoch` restarts the position at 0."""
        with self.writing() as books:
            line = self._line()
            position = line.news_position if line.centre_epoch == centre_epoch else 0
            for one in news:
                if one.position > position:
                    take_news(books, one, centre_epoch)
                    position = one.position
            self._set_line(news_position=position, centre_epoch=centre_epoch)

    def note_open_grants(self, grants: tuple[str, ...]) -> None:
        """See sync.ports.SyncBooks; written only when the centre's list has changed."""
        with self._turn:
            known = self._desk.connection.execute(_OPEN_AT_CENTRE).scalars().all()
            if set(known) == set(grants) or self._desk.stopped:
                return
        with self.writing():
            self._desk.connection.execute(delete(t.open_at_centre))
            if grants:
                rows = [{"held_grant": one} for one in sorted(set(grants))]
                self._desk.connection.execute(insert(t.open_at_centre), rows)

    # --- ended epochs of this desk ---------------------------------------------------------------------

    def late_wanted(self) -> list[tuple[int, tuple[int, bytes, str] | None]]:
        """(ended epoch, where it ends here) of every chain of which the centre told late records."""
        with self._turn:
            if self._desk.stopped:
                return []
            here = old_epochs.known_chains(self._desk.connection)
            told: dict[int, int] = {}
            for (payload,) in self._desk.connection.execute(_LATE):
                late = msgspec.json.decode(payload, type=LateRecords)
                told[late.epoch] = max(told.get(late.epoch, 0), late.last)
            return [
                (epoch, here.get(epoch))
                for epoch, last in sorted(told.items())
                if epoch < self._desk.enrolled.epoch and last > (here[epoch][0] if epoch in here else 0)
            ]

    def take_late(self, records: Iterable[OldRecord]) -> int:
        """Take late records of an ended epoch into these books, with a record of ours that says so; how many.

        Raises:
            Trouble: G-060 the book is stopped, G-069, G-078 as old_epochs.keep; nothing is taken then.
        """
        late = list(records)
        if not late:
            return 0
        with self.writing() as books:
            cash_qapik = old_epochs.keep(self._desk, late, self._desk.clock.utc_ms())
            books.append(
                ops.LateTaken(
                    epoch=late[0].epoch,
                    first=late[0].sequence,
                    last=late[-1].sequence,
                    hash=late[-1].hash.hex(),
                    cash_qapik=cash_qapik,
                ),
                actor="recovery",
                actor_kind="recovery",
                source="line",
                operation=books.new_operation(),
            )
        return len(late)

    # --- watch lists ----------------------------------------------------------------------------------

    def list_wanted(self) -> ListAsked | None:
        """See sync.ports.SyncBooks."""
        with self._turn:
            return None if self._desk.stopped else watch_lists.wanted(self._desk.connection)

    def keep_list(self, asked: ListAsked, told: ListTold) -> bool:
        """See sync.ports.SyncBooks."""
        with self.writing():
            return watch_lists.keep(self._desk.connection, asked, told)

    # --- how things stand ---------------------------------------------------------------------------

    def held_grants(self) -> tuple[str, ...]:
        """Ids of the grants this chain holds and has not ended."""
        with self._turn:
            return tuple(held.grant for held in BookReading(self._desk).held_grants())

    def waiting(self) -> tuple[int, int]:
        """(how many records are not acknowledged, recorded time in ms of the oldest of them or 0)."""
        with self._turn:
            count, oldest_ms = self._of_epoch(_WAITING, done=self._line().acknowledged).one()
            return count, oldest_ms or 0

    def last_ack(self) -> Ack | None:
        """The newest acknowledgement of this epoch."""
        with self._turn:
            words: bytes | None = self._of_epoch(_NEWEST_WORDS).scalar()
            return ack_of(words) if words else None

    def head(self) -> tuple[int, int, str]:
        """(epoch, sequence, hash hex) of the newest record."""
        with self._turn:
            return BookReading(self._desk).head()

    def _line(self) -> Any:
        return self._of_epoch(_LINE).one()

    def _of_epoch(self, wanted: Executable, **known: int) -> Any:
        """A result: what one of the questions above finds in the present epoch."""
        return self._desk.connection.execute(wanted, {"this_epoch": self._desk.enrolled.epoch, **known})

    def _set_line(self, **values: Any) -> None:
        this = t.line.c.epoch == self._desk.enrolled.epoch
        self._desk.connection.execute(update(t.line).where(this).values(**values))
