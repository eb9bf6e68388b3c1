"""Transfers at a desk: those it sent and those it holds a grant of, and where each stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert, select, update

from azpost_desk.domain.lines import TransferPaid, TransferRefunded, TransferSent
from azpost_desk.domain.moves import TRANSFER, move
from azpost_desk.domain.people import Parties, Person
from azpost_desk.domain.refusals import Refused
from azpost_desk.storage import people
from azpost_desk.storage import tables as t
from azpost_desk.storage.features.base import LineCarrier, Named
from azpost_desk.storage.projecting import happens_once

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from azpost_desk.domain import operations as ops
    from azpost_desk.storage.projecting import StoredRecord


def _sent(connection: Connection, written: StoredRecord, line: TransferSent, receipt: str) -> None:
    who = people.read(written.attached(line.operation, "parties"), Parties)
    at_ms = written.header.recorded_ms
    connection.execute(
        insert(t.transfers),
        {
            "transfer": line.transfer,
            "code": who.code if who else "",
            "state": move(TRANSFER, "", "sent"),
            "amount_qapik": line.amount_qapik,
            "fee_qapik": line.fee_qapik,
            "office": line.office or "",
            "sent_ms": at_ms,
            "changed_ms": at_ms,
            "day": written.header.day,
            "sender": who.sender.name if who else "",
            "receiver": who.receiver.name if who else "",
            "receipt": receipt,
            "held_grant": "",
        },
    )


def granted(
    connection: Connection, written: StoredRecord, grant: str, transfer: str, amount_qapik: int, shown: bytes
) -> None:
    """This desk may handle the transfer: one of its own changes state, a stranger's becomes known."""
    this = t.transfers.c.transfer == transfer
    state = connection.execute(select(t.transfers.c.state).where(this)).scalar()
    if state is not None:
        # A grant is the centre's word that it is free: news of what freed it may come after.
        values = {"state": TRANSFER.get((state, "granted"), "reserved"), "held_grant": grant}
        connection.execute(
            update(t.transfers).where(this).values(values | {"changed_ms": written.header.recorded_ms})
        )
        return
    who = people.read(shown, Parties)
    connection.execute(
        insert(t.transfers),
        {
            "transfer": transfer,
            "code": who.code if who else "",
            "state": "reserved",
            "amount_qapik": amount_qapik,
            "fee_qapik": 0,
            "office": "",
            "sent_ms": 0,
            "changed_ms": written.header.recorded_ms,
            "day": written.header.day,
            "sender": who.sender.name if who else "",
            "receiver": who.receiver.name if who else "",
            "receipt": "",
            "held_grant": grant,
        },
    )


def move_transfer(connection: Connection, written: StoredRecord, transfer: str, event: str) -> None:
    """Move a transfer as domain.moves.TRANSFER allows; refused with G-020 otherwise."""
    this = t.transfers.c.transfer == transfer
    state = connection.execute(select(t.transfers.c.state).where(this)).scalar()
    values = {
        "state": move(TRANSFER, state or "", event),
        "changed_ms": written.header.recorded_ms,
        "held_grant": "",
    }
    connection.execute(update(t.transfers).where(this).values(values))


def changed(connection: Connection, written: StoredRecord, body: ops.TransferChanged) -> None:
    """Its sender changed it here: the grant is used up, and the transfer waits for whoever it is for now."""
    end_grant(connection, written, body.grant, body.transfer, "used")
    move_transfer(connection, written, body.transfer, "recalled" if body.sort == "recall" else "changed")
    who = people.read(written.attached(written.header.operation, "parties"), Parties)
    values: dict[str, str] = {"office": body.office} if body.sort == "office" else {}
    if who is not None and body.sort == "receiver":
        values["receiver"] = who.receiver.name
    if values:
        this = t.transfers.c.transfer == body.transfer
        connection.execute(update(t.transfers).where(this).values(values))


def end_grant(connection: Connection, written: StoredRecord, grant: str, thing: str, how: str) -> None:
    """A grant ends once, by its holder; Refused G-066 when this desk does not hold it (for this thing)."""
    happens_once(connection, "grant", grant, written)
    g = t.grants.c
    held = (g.held_grant == grant) & (g.state == "held") & (g.epoch == written.header.epoch)
    if thing:
        held = held & (g.thing == thing)
    changed = connection.execute(update(t.grants).where(held).values(state=how))
    if changed.rowcount != 1:
        raise Refused("G-066", sort="grant", thing=grant)


def forget_strangers(connection: Connection) -> None:
    """At the end of a day: of transfers sent elsewhere and no longer held, only numbers and acts stay."""
    held = select(t.grants.c.thing).where(t.grants.c.state == "held")
    connection.execute(
        update(t.transfers)
        .where(t.transfers.c.receipt == "", t.transfers.c.transfer.not_in(held))
        .values(code="", sender="", receiver="")
    )


def _ended(
    connection: Connection, written: StoredRecord, line: TransferPaid | TransferRefunded, _receipt: str
) -> None:
    end_grant(connection, written, line.grant, line.transfer, "used")
    paid = isinstance(line, TransferPaid)
    move_transfer(connection, written, line.transfer, "paid" if paid else "refunded")


def _remember_both(connection: Connection, line: TransferSent, named: Named) -> None:
    who = people.read(named.attached.get(f"{line.operation}:parties"), Parties)
    if who and named.is_wanted(who.sender):
        customer = people.remember(connection, who.sender, named.at_ms)
        people.remember_receiver(connection, customer, who.receiver, line.office or "", named.at_ms)


def _remember_receiver(connection: Connection, line: TransferPaid | TransferRefunded, named: Named) -> None:
    receiver = people.read(named.attached.get(f"{line.operation}:receiver"), Person)
    if receiver and named.is_wanted(receiver):
        people.remember(connection, receiver, named.at_ms)


def blank(connection: Connection, operation: str) -> None:
    """Its people were erased; the pool's note of who got which code is as telling as the code itself."""
    this = t.transfers.c.transfer == operation
    connection.execute(update(t.transfers).where(this).values(code="", sender="", receiver=""))
    connection.execute(delete(t.codes).where(t.codes.c.operation == operation))


TRANSFERS: Final = (
    LineCarrier[TransferSent](
        line=TransferSent,
        sold=_sent,
        undone=lambda connection, written, line, _undone: move_transfer(
            connection, written, line.transfer, "reversed"
        ),
        remember=_remember_both,
    ),
    LineCarrier[TransferPaid](
        line=TransferPaid,
        sold=_ended,
        undone=lambda connection, written, line, _undone: move_transfer(
            connection, written, line.transfer, "payout_reversed"
        ),
        remember=_remember_receiver,
    ),
    # A refund is never undone at a counter (products.transfers).
    LineCarrier[TransferRefunded](line=TransferRefunded, sold=_ended, remember=_remember_receiver),
)
