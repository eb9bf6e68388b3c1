"""Pick-up codes at a desk: what the centre said of them, how often its own records say they were wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from azpost_desk.domain.mail.pickup import WRONG
from azpost_desk.services.pickups import PickupCode, PickupReads
from azpost_desk.storage.tables_mail import mail_codes

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from azpost_desk.domain import operations as ops
    from azpost_desk.protocol.news import ItemCode
    from azpost_desk.storage.projecting import StoredRecord

_C = mail_codes.c


def told(connection: Connection, one: ItemCode) -> None:
    """The centre says how a code stands; a new one takes the place of the old, whatever is heard of that."""
    if one.state != "standing":
        gone = {"state": one.state, "hash": ""}
        connection.execute(update(mail_codes).where(_C.code == one.code).values(gone))
        return
    values: dict[str, Any] = {"code": one.code, "state": one.state, "hash": one.hash, "wrong_here": 0}
    connection.execute(
        upsert(mail_codes)
        .values(number=one.number, **values)
        .on_conflict_do_update(index_elements=["number"], set_=values, where=_C.code != one.code)
    )


def refused(connection: Connection, _written: StoredRecord, body: ops.ScanRefused) -> None:
    """A scan that was not taken: of a wrong code the tries are counted."""
    if body.reason == WRONG and body.code:
        this = _C.code == body.code
        connection.execute(update(mail_codes).where(this).values(wrong_here=_C.wrong_here + 1))


class Reads(PickupReads):
    """What the use cases read of this table, on the connection of their transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def pickup_code(self, number: str) -> PickupCode | None:
        row = self._connection.execute(select(mail_codes).where(_C.number == number)).first()
        return PickupCode(row.number, row.code, row.state, row.hash, row.wrong_here) if row else None
