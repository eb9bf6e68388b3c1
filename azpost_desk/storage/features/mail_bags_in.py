"""Bags taken in at an office: records of the journal and news of the centre, carried into their tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from azpost_desk.domain.mail.bag_history import is_further
from azpost_desk.domain.mail.bags import BAG, BAGGING, FOUND_AS
from azpost_desk.domain.moves import arrive, move
from azpost_desk.services.mail_bags_views import Arrival, ArrivalReads
from azpost_desk.storage.tables_mail import mail_bag_arrivals, mail_bag_found, mail_bags

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from sqlalchemy import Connection, Row

    from azpost_desk.domain import operations as ops
    from azpost_desk.protocol.news import ItemEvent, MailBagNews
    from azpost_desk.storage.projecting import StoredRecord

_A, _F, _B = mail_bag_arrivals.c, mail_bag_found.c, mail_bags.c


def taken(connection: Connection, written: StoredRecord, body: ops.MailBagTaken) -> None:
    """It is here, where its label says or not: as far as that is known here."""
    header = written.header
    this = select(_B.state, _B.to_office).where(_B.mail_bag == body.bag)
    known = connection.execute(this).first()
    is_here = known is None or known.to_office == header.desk.rpartition("-")[0]
    event = "taken" if is_here else "taken_elsewhere"
    if known is not None:
        values = {"state": arrive(BAG, known.state, event), "changed_ms": header.recorded_ms}
        connection.execute(update(mail_bags).where(_B.mail_bag == body.bag).values(values))
    row = {
        "arrival": header.operation,
        "number": body.number,
        "mail_bag": body.bag,
        "officer": header.actor,
        "state": move(BAG, "gone", event),
        "condition": body.condition,
        "taken_ms": header.recorded_ms,
        "changed_ms": header.recorded_ms,
    }
    connection.execute(insert(mail_bag_arrivals), row)


def opened(connection: Connection, written: StoredRecord, body: ops.MailBagOpened) -> None:
    """What lies in it is scanned now."""
    _move(connection, written, body.arrival, "opened")


def ended(connection: Connection, written: StoredRecord, body: ops.MailBagEnded) -> None:
    """Nothing more is in it."""
    _move(connection, written, body.arrival, "emptied")


def scanned(connection: Connection, written: StoredRecord, body: ops.ItemScanned) -> None:
    """An item was found in it."""
    if body.bag and body.event not in BAGGING:
        header = written.header
        row = {"place": header.sequence, "scan": header.operation, "at_ms": header.recorded_ms}
        connection.execute(insert(mail_bag_found), row | {"arrival": body.bag, "number": body.number})


def voided(connection: Connection, body: ops.ScanVoided) -> None:
    """A scan taken back found nothing; what was ended stays as it was said."""
    still_open = select(_A.arrival).where(_A.state == "opened")
    connection.execute(delete(mail_bag_found).where(_F.scan == body.scan, _F.arrival.in_(still_open)))


def told(connection: Connection, one: MailBagNews, office: str) -> None:
    """Another desk of this office took it in; or the centre knows by now which bag came unheard of."""
    if one.office != office or not one.arrival:
        return
    known = connection.execute(select(mail_bag_arrivals).where(_A.arrival == one.arrival)).first()
    values = {"mail_bag": one.bag, "condition": one.condition}
    # Only the centre may know whose it is; what was opened meanwhile stays open.
    is_astray = known is not None and (known.state, one.state) == ("arrived", "astray")
    if known is None or is_astray or not is_further(1, known.state, 1, one.state):
        values["state"] = one.state
    row = {
        "arrival": one.arrival,
        "number": one.number,
        "officer": "",
        "state": one.state,
        "taken_ms": one.at_ms,
        "changed_ms": one.at_ms,
    }
    kept = upsert(mail_bag_arrivals).values(row | values)
    connection.execute(kept.on_conflict_do_update(index_elements=["arrival"], set_=values))


def heard(connection: Connection, one: ItemEvent, *, gone: bool) -> None:
    """Another desk of this office found an item in a bag that is open here."""
    if one.event not in FOUND_AS.values():
        return
    this = select(_A.arrival).where(_A.number == one.detail, _A.state == "opened")
    arrival = connection.execute(this).scalar()
    if arrival is None:
        return
    if gone:
        found = _F.arrival == arrival, _F.scan == one.operation
        connection.execute(delete(mail_bag_found).where(*found))
        return
    row = {"place": one.sequence, "scan": one.operation, "at_ms": one.at_ms}
    kept = upsert(mail_bag_found).values(row | {"arrival": arrival, "number": one.number})
    connection.execute(kept.on_conflict_do_nothing())


def _move(connection: Connection, written: StoredRecord, arrival: str, event: str) -> None:
    this = select(_A.state, _A.mail_bag).where(_A.arrival == arrival)
    state, bag = connection.execute(this).one()
    values = {"state": move(BAG, state, event), "changed_ms": written.header.recorded_ms}
    connection.execute(update(mail_bag_arrivals).where(_A.arrival == arrival).values(values))
    if bag:
        connection.execute(update(mail_bags).where(_B.mail_bag == bag).values(values))


class Reads(ArrivalReads):
    """What the use cases read of these tables, on the connection of their transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def arrival(self, arrival: str) -> Arrival | None:
        row = self._connection.execute(select(mail_bag_arrivals).where(_A.arrival == arrival)).first()
        return self._read(row) if row else None

    def arrivals(self, states: Sequence[str]) -> list[Arrival]:
        wanted = select(mail_bag_arrivals).where(_A.state.in_(states)).order_by(_A.taken_ms, _A.arrival)
        return [self._read(row) for row in self._connection.execute(wanted).all()]

    def arrival_of(self, number: str) -> Arrival | None:
        newest = _A.taken_ms.desc(), _A.arrival.desc()
        wanted = select(mail_bag_arrivals).where(_A.number == number).order_by(*newest)
        row = self._connection.execute(wanted.limit(1)).first()
        return self._read(row) if row else None

    def _read(self, row: Row[Any]) -> Arrival:
        within = select(_F.number, _F.at_ms).where(_F.arrival == row.arrival).order_by(_F.place)
        return Arrival(
            row.arrival,
            row.number,
            row.mail_bag,
            row.officer,
            row.state,
            row.condition,
            row.taken_ms,
            {one.number: one.at_ms for one in self._connection.execute(within)},
        )
