"""The second copy of what the centre does not have yet: the wire's bytes, signed, on another disk or stick.

Written and on that disk before a sale is called done, sealed for the centre: whoever finds the stick finds
nothing, and the centre can take its records without this machine (`azpost-desk salvage`). A stick that fails
stops no sale: its age is on the screen, and it is caught up when it is back.

    file   = "AZCOPY1\\n" frame*
    frame  = length u32 BE || sealed bytes (protocol.sealing) of a MessagePack Salvage message
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from azpost_desk.protocol import messages
from azpost_desk.protocol.old_chains import Salvage
from azpost_desk.protocol.sealing import seal_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from azpost_desk.protocol.messages import Batch
    from azpost_desk.services.ports import Clock

MAGIC: Final = b"AZCOPY1\n"
ENDING: Final = ".azcopy"
_FRAME_MAX: Final = 32 * 1024 * 1024
_CATCH_UP_RECORDS: Final = 500


class SecondCopy:
    """The copy of one chain in a folder that may come and go. Called under the books' own turn."""

    def __init__(self, folder: Path, chain: tuple[str, int], recovery_key: str, clock: Clock) -> None:
        """
        Args:
            folder: on the other disk; it must exist (a mount point that is not mounted is no copy).
            chain: (desk, epoch).
            recovery_key: the centre's, hex; what is written here only the centre can read.
        """
        self._folder, self._chain, self._key, self._clock = folder, chain, recovery_key, clock
        self._path: Path | None = None
        self._copied = 0
        self._forgotten = 0
        self._good_ms = 0
        self._trouble = ""

    def state(self) -> tuple[int, str]:
        """(when all that is unsent was last on it, UTC ms, 0 for never; what is wrong, "" for nothing)."""
        return self._good_ms, self._trouble

    def keep(self, acknowledged: int, head: int, batch: Callable[[int, int], Batch | None]) -> None:
        """Bring the copy up to `head`; returns when it is on the disk, or notes why not.

        Args:
            batch: records after a sequence, at most so many, ending at a signed commit.
        """
        if acknowledged < self._forgotten:
            # The centre lost what it had, and this copy with it.
            self._copied, self._forgotten = 0, acknowledged
        after = max(self._copied, acknowledged)
        try:
            if not self._folder.is_dir():
                raise FileNotFoundError(str(self._folder))
            if self._path is not None and not self._path.exists():
                # Another stick, or an emptied one: everything unsent goes onto it.
                self._path, after = None, acknowledged
            with self._opened(after) as file:
                while after < head and (more := batch(after, _CATCH_UP_RECORDS)) is not None:
                    self._write(file.fileno(), more)
                    after = more.first + len(more.records) - 1
                os.fsync(file.fileno())
        except OSError as fault:
            self._trouble = fault.strerror or str(fault)
            self._path, self._copied = None, 0
            return
        self._copied, self._good_ms, self._trouble = after, self._clock.utc_ms(), ""

    def forget(self, acknowledged: int) -> None:
        """The centre has it: files whose records are all acknowledged go, except the one being written."""
        if acknowledged < self._copied or self._path is None:
            return
        try:
            for old in self._folder.glob(f"{self._name()}-*{ENDING}"):
                if old != self._path:
                    old.unlink()
            self._forgotten = acknowledged
            if self._path.stat().st_size > _FRAME_MAX:
                # The next sale begins a new file; this one is dropped then.
                self._path = None
        except OSError as fault:
            self._trouble = fault.strerror or str(fault)

    def _name(self) -> str:
        return f"{self._chain[0]}-{self._chain[1]}"

    def _opened(self, after: int) -> _Appending:
        fresh = self._path is None
        if self._path is None:
            self._path = self._folder / f"{self._name()}-{after + 1:09}-{self._clock.utc_ms()}{ENDING}"
        return _Appending(self._path, fresh)

    def _write(self, file: int, batch: Batch) -> None:
        desk, epoch = self._chain
        message = Salvage(version=messages.VERSION, desk=desk, epoch=epoch, batch=batch)
        sealed = seal_for(self._key, messages.pack(message))
        os.write(file, len(sealed).to_bytes(4, "big") + sealed)


class _Appending:
    """A file opened for appending without a buffer, with its first line."""

    def __init__(self, path: Path, fresh: bool) -> None:
        self._file = path.open("ab", buffering=0)
        if fresh:
            self._file.write(MAGIC)

    def fileno(self) -> int:
        return self._file.fileno()

    def __enter__(self) -> _Appending:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def frames(path: Path) -> Iterator[bytes]:
    """The sealed frames of a copy, in order; one that a power cut left half is passed over.

    Raises:
        ValueError: it is no such file.
    """
    content = path.read_bytes()
    if not content.startswith(MAGIC):
        raise ValueError(f"{path.name} is no second copy")
    at = len(MAGIC)
    while at + 4 <= len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        if size > _FRAME_MAX or at + 4 + size > len(content):
            return
        yield content[at + 4 : at + 4 + size]
        at += 4 + size
