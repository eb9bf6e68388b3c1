"""Labels of accepted items at a desk: sales, scans and news carried into their table, and read from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select, update

from azpost_desk.domain.mail.labels import LABEL
from azpost_desk.domain.moves import move
from azpost_desk.services.labels import Label, LabelReads
from azpost_desk.storage.tables_mail import mail_labels

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import Connection, Row

    from azpost_desk.domain import operations as ops
    from azpost_desk.domain.lines import ItemAccepted
    from azpost_desk.protocol.news import ItemEvent
    from azpost_desk.storage.projecting import StoredRecord

_L = mail_labels.c
# Asked at every scan: put together once.
_STATE = select(_L.state).where(_L.number == bindparam("of"))


def accepted(connection: Connection, written: StoredRecord, line: ItemAccepted, receipt: str) -> None:
    """An item was paid; one accepted before labels were scanned back awaits nothing."""
    if not line.label_back:
        return
    header = written.header
    connection.execute(
        insert(mail_labels),
        {
            "number": line.number,
            "acceptance": line.operation,
            "receipt": receipt,
            "day": header.day,
            "state": move(LABEL, "", "accepted"),
            "accepted_ms": header.recorded_ms,
            "changed_ms": header.recorded_ms,
        },
    )


def undone(connection: Connection, written: StoredRecord, line: ItemAccepted) -> None:
    """The sale was undone: the label says what is true no more."""
    if line.label_back:
        _move(connection, line.number, "undone", written.header.recorded_ms)


def label_scanned(connection: Connection, written: StoredRecord, body: ops.LabelScanned) -> None:
    """The stuck label was scanned back."""
    _move(connection, body.number, "scanned", written.header.recorded_ms)


def item_scanned(connection: Connection, written: StoredRecord, body: ops.ItemScanned) -> None:
    """Whoever scans the item under an event has scanned its label; a typed number is none."""
    if written.header.source == "scan":
        _met(connection, body.number, written.header.recorded_ms)


def heard(connection: Connection, one: ItemEvent, *, gone: bool) -> None:
    """It was seen elsewhere: it has left, and here nobody can scan it any more. Its sale does not count."""
    if not gone and one.event not in ("EMA", "EXX"):
        _met(connection, one.number, one.at_ms)


def _met(connection: Connection, number: str, at_ms: int) -> None:
    if _state(connection, number) == "waiting":
        _move(connection, number, "scanned", at_ms)


def _state(connection: Connection, number: str) -> str:
    return connection.execute(_STATE, {"of": number}).scalar() or ""


def _move(connection: Connection, number: str, event: str, at_ms: int) -> None:
    values = {"state": move(LABEL, _state(connection, number), event), "changed_ms": at_ms}
    connection.execute(update(mail_labels).where(_L.number == number).values(values))


class Reads(LabelReads):
    """What the use cases read of this table, on the connection of their transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def label(self, number: str) -> Label | None:
        row = self._connection.execute(select(mail_labels).where(_L.number == number)).first()
        return _read(row) if row else None

    def waiting_labels(self) -> list[Label]:
        wanted = select(mail_labels).where(_L.state == "waiting").order_by(_L.accepted_ms, _L.number)
        return [_read(row) for row in self._connection.execute(wanted).all()]


def _read(row: Row[Any]) -> Label:
    return Label(row.number, row.acceptance, row.receipt, row.day, row.state, row.accepted_ms, row.changed_ms)
