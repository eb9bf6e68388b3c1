"""Whether balances are what the journal gives: asked by the transaction that closes a till or day (A-13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import select, text

from azpost_desk.domain import operations as ops
from azpost_desk.domain.postings import postings as posted
from azpost_desk.protocol.records import Record, record_hash
from azpost_desk.storage import tables as t
from azpost_desk.storage.projecting import posting_rows

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MOVED: Final = text(
    "SELECT account, sub, currency, sum(minor) AS minor FROM ("
    "SELECT account, sub, currency, minor FROM postings UNION ALL "
    "SELECT account, sub, currency, -minor FROM balances"
    ") GROUP BY account, sub, currency HAVING sum(minor) != 0 LIMIT 1"
)


def is_balanced(connection: Connection, day: int) -> bool:
    """Balances are the sum of all postings, and the postings of this day are those of its records.

    Earlier days were held against their records at their own close; the whole check looks at all of them.
    """
    if connection.execute(_MOVED).first() is not None:
        return False
    p = t.postings.c
    columns = (p.record, p.day, p.operation, p.account, p.sub, p.currency, p.minor)
    stored: list[tuple[object, ...]] = []
    for row in connection.execute(select(*columns).where(p.day == day)):
        stored.append(tuple(row))
    given: list[tuple[object, ...]] = []
    for row in connection.execute(select(t.journal).where(t.journal.c.day == day)):
        if record_hash(row.previous, row.header, row.body) != row.hash:
            return False
        try:
            header = Record(row.header, row.body, row.previous, row.hash).header()
            body = ops.decode(header.kind, header.version, row.body)
        except (msgspec.DecodeError, UnicodeDecodeError, ops.UnknownKind):
            return False
        rule = posted(header.desk, header.operation, header.kind, header.version, body)
        given += [tuple(one[column.name] for column in columns) for one in posting_rows(row.id, day, rule)]
    return sorted(map(repr, stored)) == sorted(map(repr, given))
