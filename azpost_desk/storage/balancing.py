"""Whether balances are what the journal gives: asked at the start and by each close of a till or day."""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import func, select, text

from azpost_desk.domain import operations as ops
from azpost_desk.domain.postings import postings as posted
from azpost_desk.domain.refusals import Trouble
from azpost_desk.protocol.records import Record, record_hash
from azpost_desk.storage import tables as t
from azpost_desk.storage import vault
from azpost_desk.storage.projecting import posting_rows

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from azpost_desk.storage.vault import Vault

_LOG = logging.getLogger(__name__)
_SUMS: Final = text(
    "SELECT account, sub, currency, sum(minor) AS minor FROM postings WHERE record > :record "
    "GROUP BY account, sub, currency"
)
LEDGER: Final = "ledger"
"""The one stop that a restart does not lift, and its name beside the keys."""


class Anchor(msgspec.Struct, frozen=True):
    """Up to which row of the journal the postings were held against their records, and a digest of their sums
    until there. It lies beside the keys: who changes the file cannot bring it along.
    """

    record: int
    sums: str


def anchor(safe: Vault) -> Anchor | None:
    """None where there is none, or none that can be read: then everything is looked at again."""
    try:
        return msgspec.json.decode(safe.get(vault.CHECKED) or "", type=Anchor)
    except (msgspec.DecodeError, UnicodeDecodeError, Trouble):
        return None


def put_anchor(connection: Connection, safe: Vault) -> None:
    """Behind a look that found everything well: the next one begins here."""
    newest = connection.execute(select(func.max(t.journal.c.id))).scalar() or 0
    safe.put(vault.CHECKED, msgspec.json.encode(Anchor(newest, _digest(_sums(connection)))).decode())


def forget(safe: Vault) -> None:
    """A new epoch: its file may be another, or have gone on elsewhere; what was known of it says nothing."""
    safe.put(vault.CHECKED, "")
    keep_stop(safe, "")


def agrees(connection: Connection, known: Anchor | None) -> bool:
    """Without a look at any record, or at a posting of old: balances are what they were at the anchor, and
    what was posted since.
    """
    stored = _stored(connection)
    if known is None:
        return stored == _sums(connection)
    for place, minor in _sums(connection, known.record).items():
        stored[place] = stored.get(place, 0) - minor
    return _digest(stored) == known.sums


def is_balanced(connection: Connection, known: Anchor | None) -> bool:
    """As `agrees`; balances are the sums of all postings, and those behind the anchor are their records'."""
    if _stored(connection) != _sums(connection) or not agrees(connection, known):
        return False
    since = known.record if known else 0
    p, j = t.postings.c, t.journal.c
    columns = (p.record, p.day, p.operation, p.account, p.sub, p.currency, p.minor)
    stored: list[tuple[object, ...]] = []
    for row in connection.execute(select(*columns).where(p.record > since)):
        stored.append(tuple(row))
    given: list[tuple[object, ...]] = []
    for row in connection.execute(select(t.journal).where(j.id > since)):
        if record_hash(row.previous, row.header, row.body) != row.hash:
            return False
        try:
            header = Record(row.header, row.body, row.previous, row.hash).header()
            body = ops.decode(header.kind, header.version, row.body)
        except (msgspec.DecodeError, UnicodeDecodeError, ops.UnknownKind):
            return False
        rule = posted(header.desk, header.operation, header.kind, header.version, body)
        rows = posting_rows(row.id, header.day, rule)
        given += [tuple(one[column.name] for column in columns) for one in rows]
    return sorted(map(repr, stored)) == sorted(map(repr, given))


def keep_stop(safe: Vault, why: str) -> None:
    """Remember ("" forgets) that the ledger stopped this desk: only a check that finds it sound does."""
    try:
        safe.put(vault.STOPPED, why)
    except Trouble as trouble:
        _LOG.warning("the stop could not be kept: %s", trouble)


def kept_stop(safe: Vault) -> str:
    """The stop that an earlier start was left with; what cannot be read is one too."""
    try:
        return LEDGER if safe.get(vault.STOPPED) else ""
    except Trouble:
        return LEDGER


Sums = dict[tuple[object, ...], int]


def _sums(connection: Connection, after: int = 0) -> Sums:
    """What is not nought of the postings of all records behind this row of the journal."""
    rows = connection.execute(_SUMS, {"record": after})
    return {tuple(row[:3]): row.minor for row in rows if row.minor}


def _stored(connection: Connection) -> Sums:
    b = t.balances.c
    rows = connection.execute(select(b.account, b.sub, b.currency, b.minor).where(b.minor != 0))
    return {tuple(row[:3]): row.minor for row in rows}


def _digest(sums: Sums) -> str:
    lines = sorted((*place, minor) for place, minor in sums.items() if minor)
    return hashlib.sha256(msgspec.json.encode(lines)).hexdigest()
