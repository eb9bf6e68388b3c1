"""One database, one running program: a lock that the system releases however the program dies."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain.refusals import Trouble

if TYPE_CHECKING:
    from pathlib import Path

# Far behind the text, because Windows locks bytes against reading too.
_LOCKED_BYTE: Final = 1 << 20


class Holder(msgspec.Struct, frozen=True):
    """Who holds the desk: process id, and the local port that brings its window to the front (0 = none)."""

    pid: int
    port: int = 0


class DeskLock:
    """Holds ``desk.lock`` until `release` or the end of the process.

    Raises:
        Trouble: G-062 with `pid` and `port` when another program has this desk open.
    """

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / "desk.lock", os.O_RDWR | os.O_CREAT, 0o600)
        if not _taken(self._file):
            os.close(self._file)
            other = holder(folder)
            raise Trouble("G-062", pid=other.pid if other else 0, port=other.port if other else 0)
        self.announce(0)

    def announce(self, port: int) -> None:
        """Say on which local port the window of this program can be called up."""
        words = msgspec.json.encode(Holder(os.getpid(), port))
        os.ftruncate(self._file, 0)
        os.lseek(self._file, 0, os.SEEK_SET)
        os.write(self._file, words)

    def release(self) -> None:
        """Let the next program in."""
        os.close(self._file)


def holder(folder: Path) -> Holder | None:
    """Who holds, or last held, the desk; None when nobody ever did or the file says nothing."""
    try:
        return msgspec.json.decode((folder / "desk.lock").read_bytes(), type=Holder)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


if sys.platform == "win32":
    import msvcrt

    def _taken(file: int) -> bool:
        os.lseek(file, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _taken(file: int) -> bool:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _LOCKED_BYTE)
        except OSError:
            return False
        return True
