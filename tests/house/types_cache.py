"""What mypy keeps of this tree: where it lies, and that only one process fills it at a time."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


def folder() -> Path:
    """Where mypy keeps what it knows of the tree: its own name for it, or the one it is told."""
    return ROOT / os.environ.get("MYPY_CACHE_DIR", ".mypy_cache")


@contextmanager
def alone() -> Iterator[None]:
    """Wait until no other worker of this run asks mypy about the tree: two that know nothing yet would both
    look at everything, half a minute of a processor each; the second has only to look what changed.

    Windows has no such lock: there nobody waits.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    place = Path(os.environ.get("AZPOST_TEST_RUN", tempfile.gettempdir()))
    with (place / "types.lock").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
