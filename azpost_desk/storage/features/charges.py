"""Charges on items at a desk: what was paid here before an item is handed over, and what was undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, select, update

from azpost_desk.domain.lines import ChargePaid
from azpost_desk.services.charges_due import ChargeReads
from azpost_desk.storage.features.base import LineCarrier
from azpost_desk.storage.tables_mail import mail_charges

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from azpost_desk.domain.lines import LineReversed
    from azpost_desk.storage.projecting import StoredRecord

_C = mail_charges.c


def _paid(connection: Connection, _written: StoredRecord, line: ChargePaid, _receipt: str) -> None:
    connection.execute(
        insert(mail_charges),
        {
            "operation": line.operation,
            "number": line.number,
            "kind": line.kind,
            "event": line.event,
            "amount_qapik": line.amount_qapik,
            "state": "paid",
        },
    )


def _undone(connection: Connection, _written: StoredRecord, line: ChargePaid, _undone: LineReversed) -> None:
    this = _C.operation == line.operation
    connection.execute(update(mail_charges).where(this).values(state="undone"))


class Reads(ChargeReads):
    """What the use cases read of this table, on the connection of their transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def charges_paid(self, number: str) -> set[str]:
        wanted = select(_C.event).where(_C.number == number, _C.state == "paid")
        return set(self._connection.execute(wanted).scalars())


CHARGES: Final = (
    LineCarrier[ChargePaid](line=ChargePaid, sold=_paid, undone=_undone, number=lambda line: line.number),
)
