"""Reads a whole file that a person named, if it is a file and no larger than it may be; writes one whole."""

from __future__ import annotations

import errno
import os
import stat
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
