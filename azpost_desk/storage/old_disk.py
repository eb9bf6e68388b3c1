"""The file of an old machine, or a backup of it, read for what nobody else has.

Looked at in a copy, never opened in place, so that evidence stays as it was found.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Trouble
from azpost_desk.protocol.messages import BATCH_RECORDS_MAX, Batch, Sent
from azpost_desk.protocol.records import Attachment, Header
from azpost_desk.storage import engine

if TYPE_CHECKING:
    from collections.abc import Iterator

_BATCH_BYTES: Final = 1024 * 1024


class OldDisk:
    """A journal of another machine, of any schema: these tables never changed."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def desk(self) -> str:
        """Whose books these are, "" when there is no record."""
        row = self._raw.execute("SELECT header FROM journal ORDER BY id LIMIT 1").fetchone()
        return msgspec.json.decode(row[0], type=Header).desk if row else ""

    def epoch(self) -> int:
        """The newest epoch."""
        return int(self._raw.execute("SELECT max(epoch) FROM journal").fetchone()[0] or 0)

    def public_key(self) -> str:
        """The key that signs the newest epoch, hex; one that is about to follow it is not it yet."""
        row = self._raw.execute("SELECT public_key FROM identity ORDER BY epoch DESC LIMIT 1").fetchone()
        return str(row[0]) if row else ""

    def damaged(self) -> list[str]:
        """What the engine says of its pages; [] when all are whole."""
        return [str(row[0]) for row in self._raw.execute("PRAGMA cipher_integrity_check")]

    def acknowledged(self) -> int:
        """How far the centre had the newest epoch, as this machine knew."""
        row = self._raw.execute("SELECT acknowledged FROM line ORDER BY epoch DESC LIMIT 1").fetchone()
        return int(row[0]) if row else 0

    def known(self) -> dict[int, tuple[int, bytes, str]]:
        """Epoch → (sequence, hash, public key) of its last record."""
        found: dict[int, tuple[int, bytes, str]] = {}
        for epoch, sequence in self._raw.execute("SELECT epoch, max(sequence) FROM journal GROUP BY epoch"):
            newest = self._raw.execute(
                "SELECT hash FROM journal WHERE epoch = ? AND sequence = ?", (epoch, sequence)
            ).fetchone()[0]
            found[epoch] = sequence, newest, self._key(epoch)
        return found

    def _key(self, epoch: int) -> str:
        key = ""
        rows = self._raw.execute(
            "SELECT kind, body FROM journal WHERE epoch = ? AND kind IN ('epoch.opened', 'key.rotated')"
            " ORDER BY sequence",
            (epoch,),
        )
        for kind, body in rows:
            opened = ops.decode(kind, 1, body)
            key = opened.public_key if isinstance(opened, ops.EpochOpened) else opened.new_key
        return key

    def batches(self, epoch: int, after: int) -> Iterator[Batch]:
        """The records of an epoch after a sequence, each batch ending at a signed commit.

        What a power cut left behind the last signature cannot be there: a commit is signed or not at all.
        """
        rows = self._raw.execute(
            "SELECT j.id, j.sequence, j.header, j.body, j.previous, s.signature FROM journal j"
            " LEFT JOIN signatures s ON s.record = j.id WHERE j.epoch = ? AND j.sequence > ?"
            " ORDER BY j.sequence",
            (epoch, after),
        )
        taken: list[Sent] = []
        first, previous, size, ended = after + 1, b"", 0, (0, b"")
        for record, sequence, header, body, before, signature in rows:
            if not taken:
                first, previous, size = sequence, before, 0
            parts = self._raw.execute(
                "SELECT slot, salt, content FROM attachments WHERE record = ? AND salt IS NOT NULL"
                " ORDER BY slot",
                (record,),
            )
            sent = Sent(header, body, tuple(Attachment(*part) for part in parts))
            taken.append(sent)
            size += len(header) + len(body) + sum(len(part.content) for part in sent.attachments)
            # A commit may be larger than a batch should be; it is never divided.
            if signature is not None and (len(taken) >= BATCH_RECORDS_MAX // 2 or size > _BATCH_BYTES):
                yield Batch(first=first, previous=previous, records=tuple(taken), signature=signature)
                taken, ended = [], (0, b"")
            elif signature is not None:
                ended = len(taken), signature
        count, signature = ended
        if count:
            yield Batch(first=first, previous=previous, records=tuple(taken[:count]), signature=signature)


def is_whole(database: Path, key: bytes) -> bool:
    """Whether the key opens it and the engine finds every page as it was written."""
    try:
        with old_disk(database, key) as disk:
            return disk.damaged() == []
    except (Trouble, engine.DriverError):
        return False


@contextmanager
def old_disk(database: Path, key: bytes) -> Iterator[OldDisk]:
    """Look into a copy of `database` (with its write-ahead log where one lies beside it).

    Raises:
        Trouble: G-063 the key does not open it, G-071 it is empty or no file.
    """
    engine.require_file(database)
    with tempfile.TemporaryDirectory(prefix="azpost-old-") as folder:
        copy = Path(folder) / database.name
        for name in (database.name, f"{database.name}-wal"):
            lying = database.with_name(name)
            if lying.exists():
                shutil.copyfile(lying, copy.with_name(name))
        raw = engine.driver(copy, key)
        try:
            yield OldDisk(raw)
        finally:
            raw.close()
