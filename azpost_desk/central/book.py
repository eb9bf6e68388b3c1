"""The centre's own book: records of the same format, own keys, one chain per writer process.

Writer numbers are claimed by an advisory lock that lives as long as the process; the chain of writer
``centre-1`` in the centre's epoch 2 is ``(centre-1, 2)``. Appending locks only the writer's own head.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Final

from azpost_desk.central import keys
from azpost_desk.central.storage.database import Connection, connect, one
from azpost_desk.domain import ledger
from azpost_desk.domain import operations as ops
from azpost_desk.domain.days import BAKU_OFFSET_MS
from azpost_desk.domain.ids import uuid7
from azpost_desk.domain.postings import postings
from azpost_desk.protocol.records import FORMAT, GENESIS, Header, Record, seal

if TYPE_CHECKING:
    from azpost_desk.domain.days import Clock

_WRITER_LOCK: Final = 0x617A70
_WRITERS_MAX: Final = 1000
_DAY_MS: Final = 86_400_000


class Book:
    """One writer's chain; `append` is called inside the transaction whose effect it records."""

    def __init__(self, dsn: str, clock: Clock) -> None:
        self._clock = clock
        self._claim = connect(dsn)
        for number in range(1, _WRITERS_MAX):
            if one(self._claim, "select pg_try_advisory_lock(%s, %s)", (_WRITER_LOCK, number))[0]:
                self.writer = f"centre-{number}"
                return
        raise RuntimeError("every writer number is claimed")

    def close(self) -> None:
        """Give the writer number back."""
        self._claim.close()

    def append(self, conn: Connection, body: ops.Body, operation: str = "") -> Record:
        """Chain, sign, post and store one record of the centre."""
        now_ms = self._clock.utc_ms()
        epoch = one(conn, "select epoch from centre")[0]
        key = keys.key(conn, f"{self.writer}/{epoch}", now_ms)
        conn.execute(
            "insert into chain_heads (desk, epoch, public_key, hash, received_ms, spoke_epoch)"
            " values (%s, %s, %s, %s, %s, %s) on conflict do nothing",
            (self.writer, epoch, key.public(), GENESIS, now_ms, epoch),
        )
        sequence, previous = one(
            conn,
            "select sequence, hash from chain_heads where desk = %s and epoch = %s for update",
            (self.writer, epoch),
        )
        bodies: list[tuple[str, ops.Body]] = [(operation or new_id(now_ms), body)]
        if sequence == 0:
            opened = ops.CentreEpochOpened(writer=self.writer, centre_epoch=epoch, public_key=key.public())
            bodies.insert(0, (new_id(now_ms), opened))
        for operation_id, written in bodies:
            sequence += 1
            record = self._write(conn, epoch, sequence, previous, operation_id, written, now_ms)
            previous = record.hash
        conn.execute(
            "insert into batches (desk, epoch, last, hash, signature, received_ms)"
            " values (%s, %s, %s, %s, %s, %s)",
            (self.writer, epoch, sequence, previous, key.sign(previous), now_ms),
        )
        conn.execute(
            "update chain_heads set sequence = %s, hash = %s, received_ms = %s, recorded_ms = %s"
            " where desk = %s and epoch = %s",
            (sequence, previous, now_ms, now_ms, self.writer, epoch),
        )
        return record

    def _write(
        self,
        conn: Connection,
        epoch: int,
        sequence: int,
        previous: bytes,
        operation: str,
        body: ops.Body,
        now_ms: int,
    ) -> Record:
        kind, version = ops.kind_of(body)
        posted = postings(self.writer, operation, kind, version, body)
        header = Header(
            format=FORMAT,
            desk=self.writer,
            epoch=epoch,
            sequence=sequence,
            operation=operation,
            kind=kind,
            version=version,
            day=(now_ms + BAKU_OFFSET_MS) // _DAY_MS,
            actor=self.writer,
            actor_kind="centre",
            source="program",
            recorded_ms=now_ms,
            acknowledged="",
            postings=ledger.digest(posted),
        )
        record = seal(header, ops.encode(body), previous)
        place = (now_ms, self.writer, epoch, sequence)
        conn.execute(
            "insert into journal values (%s, %s, %s, %s, %s, %s, %s, true)",
            (*place, record.hash, record.header_bytes, record.body),
        )
        conn.execute(
            "insert into operation_ids values (%s, %s, %s)",
            (self.writer, operation, hashlib.sha256(record.body).digest()[:16]),
        )
        for number, line in enumerate(posted, 1):
            _currency, _minor = line.amount.currency, line.amount.minor
            conn.execute(
                "insert into postings values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                (
                    *place,
                    number,
                    line.operation,
                    line.account,
                    line.sub,
                    line.amount.currency,
                    line.amount.minor,
                ),
            )
        return record


def new_id(now_ms: int) -> str:
    """A fresh uuid7 as text."""
    return str(uuid7(now_ms, os.urandom(10)))
