"""What every command of the centre's program shares: the clock, a writer of the book, telling the desks."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, LiteralString, Protocol

from azpost_desk.central import acts
from azpost_desk.central.book import Book
from azpost_desk.central.clock import SystemClock
from azpost_desk.central.registry import files
from azpost_desk.files import SMALL_BYTES_MAX, content_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from azpost_desk.central.storage.database import Connection

CLOCK = SystemClock()


class Command(Protocol):
    """Adds a command with its act, its sentence and its positional arguments."""

    def __call__(
        self, name: str, act: Callable[..., None], says: str, *names: str
    ) -> argparse.ArgumentParser: ...


@contextmanager
def book_of(dsn: str) -> Iterator[Book]:
    book = Book(dsn, CLOCK)
    try:
        yield book
    finally:
        book.close()


def note(
    wanted: argparse.Namespace, conn: Connection, dsn: str, desks: Iterable[str], act: str, about: str = ""
) -> None:
    """The desks concerned are told who did or read what, when and why."""
    with book_of(dsn) as book, conn.transaction():
        acts.note(conn, book, desks, act, wanted.who, wanted.why, CLOCK.utc_ms(), about)


def secret_beside(file: Path, place: str, beside: str) -> str:
    """The one line of a file that lies beside `file`, which names it at `place`.

    Raises:
        WrongFile: X-104 it holds no such line. OSError: it cannot be read.
    """
    said = content_of(file.parent / beside, SMALL_BYTES_MAX).decode("ascii", "replace").strip()
    if not said or not said.isascii() or not said.isprintable():
        # Never the value: it may be a secret.
        raise files.wrong(file.name, place, "key_line")
    return said


def listing(conn: Connection, query: LiteralString) -> None:
    for row in conn.execute(query):
        print(*row, sep="\t")


def nothing(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    """`migrate`: every command migrates first."""
