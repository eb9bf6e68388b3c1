"""Inland bags at a desk: the journal's records carried into their tables, and read from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from azpost_desk.domain.mail.bags import BAG, HOLDS, INTO
from azpost_desk.domain.moves import move
from azpost_desk.services.mail_bags_views import Bag, BagReads
from azpost_desk.storage.tables_mail import mail_bag_items, mail_bag_seals, mail_bags

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from sqlalchemy import Connection, Row

    from azpost_desk.domain import operations as ops
    from azpost_desk.storage.projecting import StoredRecord

_B, _I, _S = mail_bags.c, mail_bag_items.c, mail_bag_seals.c


def begun(connection: Connection, written: StoredRecord, body: ops.MailBagBegun) -> None:
    """A bag is being filled."""
    header = written.header
    connection.execute(
        insert(mail_bags),
        {
            "mail_bag": header.operation,
            "number": body.number,
            "to_office": body.to_office,
            "officer": header.actor,
            "state": move(BAG, "", "begun"),
            "version": 1,
            "begun_ms": header.recorded_ms,
            "changed_ms": header.recorded_ms,
            "grams": 0,
            "typed": 0,
            "seal": "",
        },
    )


def closed(connection: Connection, written: StoredRecord, body: ops.MailBagClosed) -> None:
    """It is sealed; a seal is used once."""
    _move(connection, written, body.bag, "sealed", grams=body.grams, typed=int(body.typed), seal=body.seal)
    connection.execute(insert(mail_bag_seals), {"seal": body.seal, "mail_bag": body.bag})


def reopened(connection: Connection, written: StoredRecord, body: ops.MailBagReopened) -> None:
    """It is open again, without weight or seal."""
    _move(connection, written, body.bag, "reopened", version=body.version, grams=0, typed=0, seal="")


def given_up(connection: Connection, written: StoredRecord, body: ops.MailBagGivenUp) -> None:
    """Nothing went with it."""
    _move(connection, written, body.bag, "given_up")


def handed_over(connection: Connection, written: StoredRecord, body: ops.MailBagHandedOver) -> None:
    """It is on the road."""
    _move(connection, written, body.bag, "handed_over")


def scanned(connection: Connection, written: StoredRecord, body: ops.ItemScanned) -> None:
    """A scan puts an item into a bag or takes it out."""
    if not body.bag:
        return
    if body.event != INTO:
        connection.execute(delete(mail_bag_items).where(_I.mail_bag == body.bag, _I.number == body.number))
        return
    header = written.header
    row = {"place": header.sequence, "scan": header.operation, "at_ms": header.recorded_ms}
    connection.execute(insert(mail_bag_items), row | {"mail_bag": body.bag, "number": body.number})


def voided(connection: Connection, body: ops.ScanVoided) -> None:
    """A scan taken back puts nothing into a bag; what is sealed stays as it was sealed."""
    still_open = select(_B.mail_bag).where(_B.state == "open")
    connection.execute(delete(mail_bag_items).where(_I.scan == body.scan, _I.mail_bag.in_(still_open)))


def _move(connection: Connection, written: StoredRecord, bag: str, event: str, **more: Any) -> None:
    state = connection.execute(select(_B.state).where(_B.mail_bag == bag)).scalar() or ""
    values = {"state": move(BAG, state, event), "changed_ms": written.header.recorded_ms, **more}
    connection.execute(update(mail_bags).where(_B.mail_bag == bag).values(values))


class Reads(BagReads):
    """What the use cases read of these tables, on the connection of their transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def bag(self, bag: str) -> Bag | None:
        row = self._connection.execute(select(mail_bags).where(_B.mail_bag == bag)).first()
        return self._read(row) if row else None

    def bags(self, states: Sequence[str]) -> list[Bag]:
        wanted = select(mail_bags).where(_B.state.in_(states)).order_by(_B.begun_ms, _B.mail_bag)
        return [self._read(row) for row in self._connection.execute(wanted).all()]

    def bag_with(self, number: str) -> Bag | None:
        within = select(_I.mail_bag).where(_I.number == number)
        wanted = select(mail_bags).where(_B.state.in_(HOLDS), _B.mail_bag.in_(within))
        row = self._connection.execute(wanted).first()
        return self._read(row) if row else None

    def bags_numbered(self, prefix: str) -> int:
        wanted = select(func.count()).select_from(mail_bags).where(_B.number.startswith(prefix))
        return int(self._connection.execute(wanted).scalar_one())

    def is_seal_used(self, seal: str) -> bool:
        return self._connection.execute(select(_S.seal).where(_S.seal == seal)).first() is not None

    def _read(self, row: Row[Any]) -> Bag:
        within = select(_I.number, _I.at_ms).where(_I.mail_bag == row.mail_bag).order_by(_I.place)
        return Bag(
            row.mail_bag,
            row.number,
            row.to_office,
            row.officer,
            row.state,
            row.version,
            row.begun_ms,
            row.changed_ms,
            row.grams,
            bool(row.typed),
            row.seal,
            {one.number: one.at_ms for one in self._connection.execute(within)},
        )
