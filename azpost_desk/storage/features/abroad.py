"""Transfers abroad at a desk: those it sold or may pay back under a grant, as the centre last told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import case, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from azpost_desk.domain.abroad.moves import ABROAD_OUT
from azpost_desk.domain.lines import AbroadPaid, AbroadRefunded, AbroadSent
from azpost_desk.domain.lines.abroad import AbroadTerms
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.people import AbroadParties, Parties, Person
from azpost_desk.services.abroad_views import AbroadReads, AbroadTransfer, IncomingGrant
from azpost_desk.storage import people
from azpost_desk.storage.features.base import LineCarrier, Named
from azpost_desk.storage.features.transfers import end_grant
from azpost_desk.storage.tables import attachments
from azpost_desk.storage.tables_abroad import abroad

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

    from azpost_desk.domain.operations import AbroadStopAsked
    from azpost_desk.protocol.messages import Grant
    from azpost_desk.protocol.news import AbroadEvent
    from azpost_desk.storage.projecting import StoredRecord

# So many of the newest are looked through for a customer's receivers.
_LOOKED_AT_MAX: Final = 500
# In the place of a corridor: what came from abroad and was granted to this desk.
_IN: Final = "<in>"
_ORDER: Final = (abroad.c.sent_ms.desc(), abroad.c.transfer)


class _Fixed(msgspec.Struct, frozen=True, kw_only=True):
    """What a grant fixed, in the place of the terms of a sale."""

    rate: str
    stands_ms: int


def _sent(connection: Connection, written: StoredRecord, line: AbroadSent, receipt: str) -> None:
    who = people.read(written.attached(line.operation, "parties_abroad"), AbroadParties)
    at_ms, terms = written.header.recorded_ms, line.terms
    connection.execute(
        insert(abroad),
        {
            "transfer": line.transfer,
            "state": ABROAD_OUT["", "sold"],
            "corridor": terms.corridor,
            "country": terms.country,
            "currency": terms.currency,
            "arrives_minor": terms.arrives_minor,
            "amount_qapik": terms.amount_qapik,
            "fee_qapik": terms.fee_qapik,
            "terms": msgspec.json.encode(terms),
            "sender": who.sender.name if who else "",
            "receiver": who.receiver.latin if who else "",
            "receipt": receipt,
            "day": written.header.day,
            "sent_ms": at_ms,
            "changed_ms": at_ms,
        },
    )


def granted(
    connection: Connection, written: StoredRecord, grant: str, transfer: str, amount_qapik: int, shown: bytes
) -> None:
    """This desk may pay it back: one of its own changes state, a stranger's becomes known."""
    this = abroad.c.transfer == transfer
    values = {"state": "refunding", "held_grant": grant, "changed_ms": written.header.recorded_ms}
    if connection.execute(update(abroad).where(this).values(values)).rowcount:
        return
    who = people.read(shown, AbroadParties)
    stranger = {
        "transfer": transfer,
        "corridor": "",
        "country": who.receiver.country if who else "",
        "currency": "AZN",
        "arrives_minor": 0,
        "amount_qapik": amount_qapik,
        "fee_qapik": 0,
        "terms": b"",
        "sender": who.sender.name if who else "",
        "receiver": who.receiver.latin if who else "",
        "receipt": "",
        "day": written.header.day,
        "sent_ms": 0,
    }
    connection.execute(insert(abroad), stranger | values)


def granted_in(connection: Connection, written: StoredRecord, granted: Grant, shown: bytes) -> None:
    """This desk may pay out what came from abroad; given back and granted again it has new figures."""
    who = people.read(shown, Parties)
    values = {
        "state": "reserved",
        "corridor": _IN,
        "number": who.code if who else "",
        "country": "",
        "currency": granted.currency,
        "arrives_minor": granted.arrived_minor,
        "amount_qapik": granted.amount_qapik,
        "fee_qapik": 0,
        "terms": msgspec.json.encode(_Fixed(rate=granted.rate, stands_ms=granted.stands_ms)),
        "sender": who.sender.name if who else "",
        "receiver": who.receiver.name if who else "",
        "receipt": "",
        "day": written.header.day,
        "sent_ms": 0,
        "changed_ms": written.header.recorded_ms,
        "held_grant": granted.grant,
    }
    connection.execute(
        upsert(abroad)
        .values(transfer=granted.thing, **values)
        .on_conflict_do_update(index_elements=["transfer"], set_=values)
    )


def forget_strangers(connection: Connection) -> None:
    """At the end of a day: of what was neither sold nor is held here, only numbers and acts stay."""
    connection.execute(
        update(abroad)
        .where(abroad.c.receipt == "", abroad.c.held_grant == "")
        .values(number="", sender="", receiver="")
    )


def released(connection: Connection, written: StoredRecord, transfer: str) -> None:
    """Its grant went back unused: owed as before, or open to its receiver at any office."""
    came = connection.execute(
        select(abroad.c.transfer).where(abroad.c.transfer == transfer, abroad.c.corridor == _IN)
    ).first()
    _moved(connection, written, transfer, "available" if came else "owed")


def stop_asked(connection: Connection, _written: StoredRecord, body: AbroadStopAsked) -> None:
    """Its sender wants it back: known here before the centre has said anything."""
    this = (abroad.c.transfer == body.transfer) & (abroad.c.recall == "")
    connection.execute(update(abroad).where(this).values(recall="asked"))


def told(connection: Connection, event: AbroadEvent) -> None:
    """How the centre says it stands; what is in our own hand only our own records change."""
    a = abroad.c
    # What it said before it heard of our asking takes nothing back.
    asked = case((a.recall == "asked", "asked"), else_="")
    connection.execute(
        update(abroad)
        .where(a.transfer == event.transfer, a.changed_ms <= event.at_ms, a.held_grant == "")
        .where(a.state.not_in(("refunded", "reversed")))
        .values(
            state=event.state,
            recall=event.recall or asked,
            reason=event.reason,
            number=event.number,
            reference=event.reference,
            changed_ms=event.at_ms,
        )
    )


def _refunded(connection: Connection, written: StoredRecord, line: AbroadRefunded, _receipt: str) -> None:
    end_grant(connection, written, line.grant, line.transfer, "used")
    _moved(connection, written, line.transfer, "refunded")


def _paid(connection: Connection, written: StoredRecord, line: AbroadPaid, _receipt: str) -> None:
    end_grant(connection, written, line.grant, line.transfer, "used")
    _moved(connection, written, line.transfer, "paid")


def _moved(connection: Connection, written: StoredRecord, transfer: str, state: str) -> None:
    values = {"state": state, "held_grant": "", "changed_ms": written.header.recorded_ms}
    connection.execute(update(abroad).where(abroad.c.transfer == transfer).values(values))


def _remember_sender(connection: Connection, line: AbroadSent, named: Named) -> None:
    who = people.read(named.attached.get(f"{line.operation}:parties_abroad"), AbroadParties)
    if who and named.is_wanted(who.sender):
        people.remember(connection, who.sender, named.at_ms)


def _remember_taker(connection: Connection, line: AbroadRefunded | AbroadPaid, named: Named) -> None:
    taker = people.read(named.attached.get(f"{line.operation}:receiver"), Person)
    if taker and named.is_wanted(taker):
        people.remember(connection, taker, named.at_ms)


def blank(connection: Connection, operation: str) -> None:
    """Its people were erased."""
    this = abroad.c.transfer == operation
    connection.execute(update(abroad).where(this).values(sender="", receiver=""))


ABROAD: Final = (
    LineCarrier[AbroadSent](
        line=AbroadSent,
        sold=_sent,
        undone=lambda connection, written, line, _undone: _moved(
            connection, written, line.transfer, "reversed"
        ),
        remember=_remember_sender,
    ),
    # Neither is ever undone at a counter (products.abroad).
    LineCarrier[AbroadRefunded](line=AbroadRefunded, sold=_refunded, remember=_remember_taker),
    LineCarrier[AbroadPaid](line=AbroadPaid, sold=_paid, remember=_remember_taker),
)


# Somebody's money is still on its way: nothing of it is erased.
UNFINISHED: Final = select(abroad.c.transfer).where(abroad.c.state.not_in(("paid", "refunded", "reversed")))


class Reads(AbroadReads):
    """What the use cases read of these tables, on the connection of their transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def transfer(self, transfer: str) -> AbroadTransfer | None:
        this = (abroad.c.transfer == transfer) & (abroad.c.corridor != _IN)
        row = self._connection.execute(select(abroad).where(this)).first()
        return _seen(row) if row else None

    def incoming(self, transfer: str) -> IncomingGrant | None:
        a = abroad.c
        this = (a.corridor == _IN) & ((a.transfer == transfer) | (a.held_grant == transfer))
        row = self._connection.execute(select(abroad).where(this)).first()
        return _granted_in(row) if row and transfer else None

    def transfers(self, states: Sequence[str] = (), limit: int = 200) -> list[AbroadTransfer]:
        wanted = select(abroad).where(abroad.c.corridor != _IN).order_by(*_ORDER).limit(limit)
        if states:
            wanted = wanted.where(abroad.c.state.in_(states))
        return [_seen(row) for row in self._connection.execute(wanted)]

    def sent_by(self, customer: str, limit: int = 9) -> list[AbroadParties]:
        a = attachments.c
        wanted = (
            select(a.content)
            .join(abroad, a.slot == abroad.c.transfer.concat(":parties_abroad"))
            .where(abroad.c.receipt != "", a.content.is_not(None))
            .order_by(*_ORDER)
            .limit(_LOOKED_AT_MAX)
        )
        found: dict[tuple[str, str], AbroadParties] = {}
        for (content,) in self._connection.execute(wanted):
            who = people.read(content, AbroadParties)
            if who is not None and people.customer_of(who.sender) == customer:
                found.setdefault((who.receiver.country, who.receiver.latin), who)
        return list(found.values())[:limit]


def _seen(row: Row[tuple[object, ...]]) -> AbroadTransfer:
    values = row._mapping
    terms = values["terms"]
    return AbroadTransfer(
        transfer=values["transfer"],
        state=values["state"],
        recall=values["recall"],
        reason=values["reason"],
        number=values["number"],
        reference=values["reference"],
        country=values["country"],
        arrives=Money(values["arrives_minor"], values["currency"]),
        amount=azn(values["amount_qapik"]),
        fee=azn(values["fee_qapik"]),
        terms=msgspec.json.decode(terms, type=AbroadTerms) if terms else None,
        sender=values["sender"],
        receiver=values["receiver"],
        receipt=values["receipt"],
        sent_ms=values["sent_ms"],
        changed_ms=values["changed_ms"],
        held_grant=values["held_grant"],
    )


def _granted_in(row: Row[tuple[object, ...]]) -> IncomingGrant:
    values = row._mapping
    fixed = msgspec.json.decode(values["terms"], type=_Fixed)
    return IncomingGrant(
        transfer=values["transfer"],
        number=values["number"],
        sender=values["sender"],
        receiver=values["receiver"],
        arrived=Money(values["arrives_minor"], values["currency"]),
        amount=azn(values["amount_qapik"]),
        rate=fixed.rate,
        stands_ms=fixed.stands_ms,
    )
