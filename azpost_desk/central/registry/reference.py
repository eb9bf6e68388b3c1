"""Reference data: dated documents, kept in every version and told to the desks they concern."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from azpost_desk.central.news import tell
from azpost_desk.central.storage.database import one
from azpost_desk.domain.catalogue import Document, Tariffs
from azpost_desk.domain.reference import DOCUMENTS
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.news import Reference

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection

EVERYWHERE: Final = "*"
D = TypeVar("D", bound=Document)
_NAME_OF: Final = {document: name for name, document in DOCUMENTS.items()}


def publish(
    conn: Connection,
    document: Document,
    now_ms: int,
    *,
    branch: str = EVERYWHERE,
    valid_from: str = "0001-01-01",
) -> int:
    """A new version of a document for one branch or for all, told to its desks; gives the version."""
    name = _NAME_OF[type(document)]
    content = msgspec.json.encode(document)
    with conn.transaction():
        # One counter per name over all branches, so that the newest is the newest wherever it came from.
        conn.execute("select pg_advisory_xact_lock(hashtext(%s))", (f"reference {name}",))
        version: int = one(
            conn, "select coalesce(max(version), 0) + 1 from reference where name = %s", (name,)
        )[0]
        conn.execute(
            "insert into reference values (%s, %s, %s, %s, %s, %s)",
            (name, branch, version, valid_from, content, now_ms),
        )
        desks = conn.execute(
            "select desk from desks where epoch > 0 and %s in (branch, %s)", (branch, EVERYWHERE)
        )
        tell(conn, _news(name, version, valid_from, content), [row[0] for row in desks], now_ms)
    return version


def approve_tariffs(conn: Connection, now_ms: int, *, valid_from: str = "0001-01-01") -> int:
    """Publish the newest tariffs as approved: from then on nothing bears DEMO; gives the version.

    Raises:
        Refused: X-046 when there are no tariffs.
    """
    with conn.transaction():
        tariffs = newest(conn, Tariffs)
        if tariffs is None:
            raise Refused("X-046")
        approved = msgspec.structs.replace(tariffs, approved=True)
        return publish(conn, approved, now_ms, valid_from=valid_from)


def tell_all(conn: Connection, desk: str, branch: str, now_ms: int) -> None:
    """Everything a newly enrolled desk needs to begin: the documents of its branch and of the country."""
    rows = conn.execute(
        "select name, version, valid_from, content from reference where branch in (%s, %s)"
        " order by name, version",
        (branch, EVERYWHERE),
    ).fetchall()
    for name, version, valid_from, content in rows:
        tell(conn, _news(name, version, valid_from, content), [desk], now_ms)


def newest(conn: Connection, kind: type[D], branch: str = EVERYWHERE) -> D | None:
    """The newest version of a document, whenever it becomes valid; None when there was never one."""
    row = conn.execute(
        "select content from reference where name = %s and branch in (%s, %s) order by version desc limit 1",
        (_NAME_OF[kind], branch, EVERYWHERE),
    ).fetchone()
    return msgspec.json.decode(row[0], type=kind) if row else None


def in_force(conn: Connection, kind: type[D], date: str) -> D | None:
    """The country's document that is valid on a business day (ISO), as desks choose it."""
    row = conn.execute(
        "select content from reference where name = %s and branch = %s and valid_from <= %s"
        " order by valid_from desc, version desc limit 1",
        (_NAME_OF[kind], EVERYWHERE, date),
    ).fetchone()
    return msgspec.json.decode(row[0], type=kind) if row else None


def _news(name: str, version: int, valid_from: str, content: bytes) -> Reference:
    return Reference(name=name, version=version, valid_from=valid_from, content=msgspec.Raw(content))
