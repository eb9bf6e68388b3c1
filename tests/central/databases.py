"""Databases for tests on the run's one PostgreSQL: made once as templates, copied for each test, dropped."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg
from psycopg.sql import SQL, Identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# File by file: through the log every page would be written twice.
_COPIED = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
_LOCK = 1


def dsn_of(server: str, name: str) -> str:
    """The connection string (libpq URI) of database `name`."""
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def made_once(server: str, name: str, make: Callable[[str], object], template: str = "template1") -> str:
    """`name` of a database that nobody works in: whichever worker wants it first copies `template` and makes
    it; the others wait until it is whole.

    Args:
        make: given its connection string, fills it and leaves it without connections.
    """
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        known = connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if known is None:
            half = f"{name}_half"
            # Of a worker that died over it.
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(half)))
            connection.execute(_COPIED.format(Identifier(half), Identifier(template)))
            make(dsn_of(server, half))
            connection.execute(
                SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(half), Identifier(name))
            )
    return name


@contextmanager
def copy_of(server: str, template: str) -> Iterator[str]:
    """A connection string of a copy for one test alone."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(_COPIED.format(Identifier(name), Identifier(template)))
    try:
        yield dsn_of(server, name)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
