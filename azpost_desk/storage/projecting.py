"""A stored record as projections take it, its postings in the balances, and what may happen once only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import IntegrityError

from azpost_desk.domain.refusals import Refused
from azpost_desk.storage import tables as t

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

    from azpost_desk.domain import operations as ops
    from azpost_desk.domain.ledger import Posting
    from azpost_desk.protocol.records import Header


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as projections see it: its number in the table, header, body, attachments' content by slot."""

    id: int
    header: Header
    body: ops.Body
    attachments: Mapping[str, bytes]

    def attached(self, operation: str, group: str) -> bytes | None:
        """The attachment of one group of one line."""
        return self.attachments.get(f"{operation}:{group}")


def posting_rows(record: int, day: int, ledger: Iterable[Posting]) -> list[dict[str, Any]]:
    """Rows of the postings table for the postings of one record."""
    return [
        {
            "record": record,
            "day": day,
            "operation": one.operation,
            "account": one.account,
            "sub": one.sub,
            "currency": one.amount.currency,
            "minor": one.amount.minor,
        }
        for one in ledger
    ]


_ADD = upsert(t.balances)
_ADD = _ADD.on_conflict_do_update(
    index_elements=["account", "sub", "currency"], set_={"minor": t.balances.c.minor + _ADD.excluded.minor}
)


def add_to_balances(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Move the balances by rows of the postings table."""
    moved: dict[tuple[str, str, str], int] = {}
    for row in rows:
        key = row["account"], row["sub"], row["currency"]
        moved[key] = moved.get(key, 0) + row["minor"]
    changed = [
        {"account": account, "sub": sub, "currency": currency, "minor": minor}
        for (account, sub, currency), minor in moved.items()
    ]
    if changed:
        connection.execute(_ADD, changed)


def happens_once(connection: Connection, sort: str, thing: str, written: StoredRecord) -> None:
    """Note what may happen only once; a second time is refused with G-066 and undoes the transaction."""
    try:
        connection.execute(insert(t.once), {"sort": sort, "thing": thing, "record": written.id})
    except IntegrityError:
        raise Refused("G-066", sort=sort, thing=thing) from None
