"""One database, one running program: a lock that the system releases however the program dies."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk import files
from azpost_desk.domain.refusals import Trouble

if TYPE_CHECKING:
    from pathlib import Path

_LOG = logging.getLogger(__name__)
_NO_FOLDER: Final = -1
# Far behind the text, because Windows locks bytes against reading too.
_LOCKED_BYTE: Final = 1 << 20


class Holder(msgspec.Struct, frozen=True):
    """Who holds the desk.

    Attributes:
        port: the local port that brings the window of this process to the front, 0 for none.
        user: the system's name of whose session it is, "" where the system tells none.
    """

    pid: int
    port: int = 0
    user: str = ""


class DeskLock:
    """Holds ``desk.lock`` and its folder until `release` or the end of the process.

    The folder too, where the system lets a file be removed that is in use: the next program would make
    another ``desk.lock``, and both would believe that they are alone.

    Raises:
        Trouble: G-062 with `pid` and `port` when another program has this desk open, G-164 with `user` when
            it runs in another user's session, G-096 when there can be no such file in the folder.
    """

    def __init__(self, folder: Path) -> None:
        try:
            self._file = os.open(folder / "desk.lock", os.O_RDWR | os.O_CREAT, files.private_mode(folder))
        except OSError as fault:
            raise Trouble("G-096", why=fault.strerror or str(fault)) from fault
        self._folder = _folder_taken(folder)
        if self._folder is None or not _taken(self._file):
            self.release()
            other = holder(folder)
            if other is not None and other.user not in ("", user()):
                # Its window stands on a screen that cannot be called up from here.
                raise Trouble("G-164", user=other.user)
            raise Trouble("G-062", pid=other.pid if other else 0, port=other.port if other else 0)
        self.announce(0)

    def announce(self, port: int) -> None:
        """Say on which local port the window of this program can be called up."""
        words = msgspec.json.encode(Holder(os.getpid(), port, user()))
        try:
            os.ftruncate(self._file, 0)
            os.lseek(self._file, 0, os.SEEK_SET)
            os.write(self._file, words)
        except OSError as fault:
            # A full disk: the lock holds all the same, only a second start cannot call this window up.
            _LOG.warning("nothing could be written into desk.lock: %s", fault)

    def release(self) -> None:
        """Let the next program in."""
        os.close(self._file)
        if self._folder is not None and self._folder != _NO_FOLDER:
            os.close(self._folder)


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

    def _folder_taken(_folder: Path) -> int | None:
        # Here nobody removes a file that is in use.
        return _NO_FOLDER

    def user() -> str:
        """No folder is shared here."""
        return ""
else:
    import fcntl
    import pwd

    def user() -> str:
        """Whose session this process belongs to: the system's name of the user, or the number."""
        try:
            return pwd.getpwuid(os.getuid()).pw_name
        except KeyError:
            return str(os.getuid())

    def _taken(file: int) -> bool:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _LOCKED_BYTE)
        except OSError:
            return False
        return True

    def _folder_taken(folder: Path) -> int | None:
        """The folder, held until it is closed; None when another program holds it."""
        held = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
            return None
        except OSError:
            # A file system that holds no folders: there the file alone is the lock.
            os.close(held)
            return _NO_FOLDER
        return held
