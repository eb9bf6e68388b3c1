"""Inland bags at a desk: the journal's records carried into their tables, and read from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, insert, select, union, update
from sqlalchemy.dialects.sqlite import insert as upsert

from azpost_desk.domain.mail.bag_history import is_further
from azpost_desk.domain.mail.bags import BAG, BAGGING, HOLDS, INTO
from azpost_desk.domain.moves import move
from azpost_desk.services.mail_bags_views import Bag, BagReads
from azpost_desk.storage.tables_mail import (
    mail_bag_arrivals,
    mail_bag_items,
    mail_bag_seals,
    mail_bags,
    receptacles,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from sqlalchemy import Connection, Row

    from azpost_desk.domain import operations as ops
    from azpost_desk.protocol.news import ItemEvent, MailBagNews
    from azpost_desk.storage.projecting import StoredRecord

_B, _I, _S = mail_bags.c, mail_bag_items.c, mail_bag_seals.c
# Asked at every scan: put together once.
_HOLDING = select(mail_bags).where(
    (_B.from_office == "") & _B.state.in_(HOLDS),
    _B.mail_bag.in_(select(_I.mail_bag).where(_I.number == bindparam("of"))),
)

_LEFT = select(_I.number).where(
    _I.number == bindparam("of"),
    _I.mail_bag.in_(select(_B.mail_bag).where(_B.from_office == "", _B.state == "gone")),
    _I.at_ms >= bindparam("since_ms"),
)


def begun(connection: Connection, written: StoredRecord, body: ops.MailBagBegun) -> None:
    """A bag is being filled."""
    header = written.header
    connection.execute(
        insert(mail_bags),
        {
            "mail_bag": header.operation,
            "number": body.number,
            "from_office": "",
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
    """It is sealed. A seal is used once by whoever asks before; what two desks closed with one is written all
    the same.
    """
    _move(connection, written, body.bag, "sealed", grams=body.grams, typed=int(body.typed), seal=body.seal)
    used = {"seal": body.seal, "mail_bag": body.bag}
    connection.execute(upsert(mail_bag_seals).values(used).on_conflict_do_nothing())


def reopened(connection: Connection, written: StoredRecord, body: ops.MailBagReopened) -> None:
    """It is open again, without weight or seal."""
    _move(connection, written, body.bag, "reopened", version=body.version, grams=0, typed=0, seal="")


def given_up(connection: Connection, written: StoredRecord, body: ops.MailBagGivenUp) -> None:
    """Nothing went with it."""
    _move(connection, written, body.bag, "given_up")


def handed_over(connection: Connection, written: StoredRecord, body: ops.MailBagHandedOver) -> None:
    """It is on the road; maybe once more, from an office that it had gone to by mistake."""
    _move(connection, written, body.bag, "handed_over")
    here = (mail_bag_arrivals.c.mail_bag == body.bag) & (mail_bag_arrivals.c.state == "astray")
    values = {"state": move(BAG, "astray", "handed_over"), "changed_ms": written.header.recorded_ms}
    connection.execute(update(mail_bag_arrivals).where(here).values(values))


def scanned(connection: Connection, written: StoredRecord, body: ops.ItemScanned) -> None:
    """A scan puts an item into a bag or takes it out."""
    if body.event not in BAGGING:
        return
    if body.event != INTO:
        connection.execute(delete(mail_bag_items).where(_I.mail_bag == body.bag, _I.number == body.number))
        return
    header = written.header
    row = {"place": header.sequence, "scan": header.operation, "at_ms": header.recorded_ms}
    connection.execute(insert(mail_bag_items), row | {"mail_bag": body.bag, "number": body.number})


def voided(connection: Connection, body: ops.ScanVoided) -> None:
    """A scan taken back puts nothing into a bag; what is sealed stays as it was sealed."""
    still_open = union(
        select(_B.mail_bag).where(_B.state == "open"),
        select(receptacles.c.receptacle).where(receptacles.c.state == "open"),
    )
    connection.execute(delete(mail_bag_items).where(_I.scan == body.scan, _I.mail_bag.in_(still_open)))


def told(connection: Connection, one: MailBagNews, office: str) -> None:
    """What the centre makes of a bag of this office (a second desk, a machine before this one) or for it."""
    known = connection.execute(select(mail_bags).where(_B.mail_bag == one.bag)).first()
    if known is not None and is_further(known.version, known.state, one.version, one.state):
        # What was recorded here since, the centre has yet to hear.
        return
    values = {
        "state": one.state,
        "version": one.version,
        "changed_ms": one.at_ms,
        "grams": one.grams,
        "typed": int(one.typed),
        "seal": one.seal,
    }
    made = {
        "mail_bag": one.bag,
        "number": one.number,
        "from_office": "" if one.from_office == office else one.from_office,
        "to_office": one.to_office,
        "officer": "",
        "begun_ms": one.begun_ms,
    }
    kept = upsert(mail_bags).values(made | values)
    connection.execute(kept.on_conflict_do_update(index_elements=["mail_bag"], set_=values))
    if one.numbers:
        _keep_list(connection, one)
    if one.seal and one.from_office == office:
        row = {"seal": one.seal, "mail_bag": one.bag}
        connection.execute(upsert(mail_bag_seals).values(row).on_conflict_do_nothing())


def _keep_list(connection: Connection, one: MailBagNews) -> None:
    """Its list is the one it was sealed with; of what was scanned here it stays known when."""
    outside = _I.number.not_in(one.numbers)
    connection.execute(delete(mail_bag_items).where(_I.mail_bag == one.bag, outside))
    connection.execute(
        upsert(mail_bag_items).on_conflict_do_nothing(),
        [
            {"mail_bag": one.bag, "number": number, "place": place, "scan": "", "at_ms": one.at_ms}
            for place, number in enumerate(one.numbers, 1)
        ],
    )


def heard(connection: Connection, one: ItemEvent, *, gone: bool) -> None:
    """Another desk of this office, or the machine before this one, scanned into a bag or out of it."""
    if one.event not in BAGGING:
        return
    of_ours = (_B.from_office == "") & (_B.state == "open")
    bag = connection.execute(select(_B.mail_bag).where(_B.number == one.detail, of_ours)).scalar()
    if bag is None:
        return
    if (one.event == INTO) != gone:
        row = {"mail_bag": bag, "number": one.number, "place": one.sequence}
        connection.execute(
            upsert(mail_bag_items)
            .values(row | {"scan": one.operation, "at_ms": one.at_ms})
            .on_conflict_do_nothing()
        )
    else:
        connection.execute(delete(mail_bag_items).where(_I.mail_bag == bag, _I.number == one.number))


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
        ours = (_B.from_office == "") & _B.state.in_(states)
        wanted = select(mail_bags).where(ours).order_by(_B.begun_ms, _B.mail_bag)
        return [self._read(row) for row in self._connection.execute(wanted).all()]

    def bag_with(self, number: str) -> Bag | None:
        row = self._connection.execute(_HOLDING, {"of": number}).first()
        return self._read(row) if row else None

    def is_bagged_since(self, number: str, since_ms: int) -> bool:
        if self.bag_with(number) is not None:
            return True
        return self._connection.execute(_LEFT, {"of": number, "since_ms": since_ms}).first() is not None

    def bags_numbered(self, prefix: str) -> int:
        wanted = select(func.count()).select_from(mail_bags).where(_B.number.startswith(prefix))
        return int(self._connection.execute(wanted).scalar_one())

    def bag_numbered(self, number: str) -> Bag | None:
        newest = select(mail_bags).where(_B.number == number).order_by(_B.begun_ms.desc(), _B.mail_bag.desc())
        row = self._connection.execute(newest.limit(1)).first()
        return self._read(row) if row else None

    def bags_for(self, office: str, states: Sequence[str]) -> list[Bag]:
        coming = (_B.from_office != "") & (_B.to_office == office) & _B.state.in_(states)
        wanted = select(mail_bags).where(coming).order_by(_B.begun_ms, _B.mail_bag)
        return [self._read(row) for row in self._connection.execute(wanted).all()]

    def destinations(self) -> list[str]:
        wanted = select(_B.to_office).where(_B.from_office == "").distinct().order_by(_B.to_office)
        return list(self._connection.execute(wanted).scalars())

    def is_seal_used(self, seal: str) -> bool:
        return self._connection.execute(select(_S.seal).where(_S.seal == seal)).first() is not None

    def _read(self, row: Row[Any]) -> Bag:
        within = select(_I.number, _I.at_ms).where(_I.mail_bag == row.mail_bag).order_by(_I.place)
        return Bag(
            row.mail_bag,
            row.number,
            row.from_office,
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
