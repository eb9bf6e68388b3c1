"""All invariants over every book in the centre, its own included; reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from azpost_desk.central.storage.database import connect
from azpost_desk.domain import operations as ops
from azpost_desk.domain.invariants import Broken, Fact, Stored, Verdict
from azpost_desk.domain.invariants import check as check_facts
from azpost_desk.protocol.keys import is_signed
from azpost_desk.protocol.records import Header, rechain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.central.storage.database import Connection

_ROWS_AT_ONCE: Final = 5_000
_GENESIS: Final = bytes(32)
_HEADER: Final = msgspec.json.Decoder(Header)
_RECORDS: Final = """
    select j.desk, j.epoch, j.sequence, j.hash, j.header, j.body, b.signature
    from journal j left join batches b
        on b.desk = j.desk and b.epoch = j.epoch and b.last = j.sequence
    order by j.desk, j.epoch, j.sequence
"""
_POSTINGS: Final = """
    select desk, epoch, sequence, operation, account, sub, currency, minor
    from postings order by desk, epoch, sequence, line
"""


def check(dsn: str) -> list[Verdict]:
    """Fold every record in custody; one consistent look, beside a working centre too.

    The first verdict also says when the country, the sum of all books per currency, is not zero.
    """
    with connect(dsn) as conn, conn.transaction():
        conn.execute("set transaction isolation level repeatable read read only")
        verdicts = check_facts(_facts(conn), is_signed)
        country = conn.execute("select currency, sum(minor)::bigint from postings group by currency")
        verdicts[0].broken += [
            Broken("*", 0, f"the country's sum is {net} {currency}") for currency, net in country if net
        ]
    return verdicts


def _facts(conn: Connection) -> Iterator[Fact]:
    """Records in the order of their chains, each with the hash its bytes give and its stored postings."""
    ended = _ended(conn)
    with conn.cursor("records") as records, conn.cursor("postings") as posted:
        records.itersize = posted.itersize = _ROWS_AT_ONCE
        records.execute(_RECORDS)
        posted.execute(_POSTINGS)
        lines = iter(posted)
        line = next(lines, None)
        chain: tuple[str, int] | None = None
        previous = _GENESIS
        for desk, epoch, sequence, digest, header, body, signature in records:
            if chain != (desk, epoch):
                chain, previous = (desk, epoch), _GENESIS
            mine = []
            while line is not None and line[:3] == (desk, epoch, sequence):
                mine.append(Stored(*line[3:]))
                line = next(lines, None)
            computed = rechain(header, body, previous).hash
            yield Fact(
                desk=desk,
                epoch=epoch,
                sequence=sequence,
                body=body,
                previous=previous,
                hash=digest,
                computed=computed,
                signature=signature,
                postings=tuple(mine),
                late=sequence > ended.get((desk, epoch), sequence),
                **_said(header),
            )
            previous = digest


def _ended(conn: Connection) -> dict[tuple[str, int], int]:
    """Chain → the last record of it that the next epoch knew when it began: what came after is late."""
    found: dict[tuple[str, int], int] = {}
    for desk, epoch, header, body in conn.execute(
        "select desk, epoch, header, body from journal where sequence = 1 and epoch > 1"
    ):
        try:
            kind = _HEADER.decode(header).kind
            opened = ops.decode(kind, 1, body)
        except (msgspec.DecodeError, ops.UnknownKind):
            continue
        if isinstance(opened, ops.EpochOpened) and opened.previous is not None:
            found[desk, epoch - 1] = opened.previous.sequence
    return found


def _said(header_bytes: bytes) -> dict[str, Any]:
    """What the header says; a header that cannot be read says nothing, and I-08 finds it."""
    try:
        header = _HEADER.decode(header_bytes)
    except msgspec.DecodeError:
        nothing = dict.fromkeys(("operation", "kind", "actor", "actor_kind", "postings_digest"), "")
        return {**nothing, "version": 0, "day": 0}
    return {
        "operation": header.operation,
        "kind": header.kind,
        "version": header.version,
        "day": header.day,
        "actor": header.actor,
        "actor_kind": header.actor_kind,
        "postings_digest": header.postings,
    }
