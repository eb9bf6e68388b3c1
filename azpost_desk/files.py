"""Reads a whole file that a person named, if it is a file and no larger than it may be; writes one whole.

And who may open what lies in a folder: its owner alone, or the group that an administrator let in.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

SMALL_BYTES_MAX: Final = 64 * 1024
"""A PIN, a key, an address, a page of settings."""
LARGE_BYTES_MAX: Final = 256 * 1024**2
"""A list, a paper, a message."""


def content_of(path: Path, bytes_max: int) -> bytes:
    """All bytes of the file.

    Raises:
        OSError: it cannot be read; EINVAL when a pipe, a folder or a device has its name, EFBIG when it is
            larger than `bytes_max`: neither is waited for or taken into memory.
    """
    # Without a look first a pipe would be waited for until somebody writes into it.
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))
    with path.open("rb") as file:
        content = file.read(bytes_max + 1)
    if len(content) > bytes_max:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return content


def write_whole(path: Path, content: bytes) -> None:
    """The whole file or none of it: written beside, then moved over."""
    beside = path.with_name(f"{path.name}.part")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def is_shared(folder: Path) -> bool:
    """Whether a group works here: it may write, and what is made here is the group's (mode 2770)."""
    try:
        mode = folder.stat().st_mode
    except OSError:
        return False
    return bool(mode & stat.S_ISGID and mode & stat.S_IWGRP)


def private_mode(folder: Path) -> int:
    """The mode of a file in `folder` that nobody else may open: 600, 660 where a group shares the folder."""
    return 0o660 if is_shared(folder) else 0o600


def make_private(folder: Path) -> None:
    """A folder that nobody else may enter; the group may where it shares the folder around it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    mode = 0o2770 if is_shared(folder.parent) else 0o700
    folder.mkdir(mode=0o700, exist_ok=True)
    if stat.S_IMODE(folder.stat().st_mode) != mode:
        folder.chmod(mode)


def let_group_in(path: Path) -> None:
    """In a shared folder `path`, and what lies beside it under longer names, is the group's too."""
    if is_shared(path.parent):
        for one in path.parent.glob(f"{path.name}*"):
            # Another member's file was given by that member; one that is gone meanwhile needs nothing.
            with suppress(PermissionError, FileNotFoundError):
                one.chmod(0o660)
