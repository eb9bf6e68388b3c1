"""Sales: lines of settlements, stock, transfers and their grants, bills, the customers behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from azpost_desk.domain import operations as ops
from azpost_desk.domain.moves import PAYMENT, TRANSFER, move
from azpost_desk.domain.people import Account, Parties
from azpost_desk.domain.products import exposed_qapik, service_of
from azpost_desk.domain.refusals import Refused
from azpost_desk.storage import people, projected_cards
from azpost_desk.storage import projected_items as items
from azpost_desk.storage import tables as t
from azpost_desk.storage.projecting import Written, happens_once

if TYPE_CHECKING:
    from sqlalchemy import Connection


def settled(connection: Connection, written: Written, body: ops.Settlement) -> None:
    """A paid basket: its receipt number is used, each of its lines takes effect."""
    happens_once(connection, "receipt", body.receipt, written)
    connection.execute(
        insert(t.lines),
        [
            {
                "operation": line.operation,
                "record": written.id,
                "position": position,
                "line": line.__struct_config__.tag,
                "service": service_of(line),
                "receipt": body.receipt,
                "amount_qapik": exposed_qapik(line),
                "reversed_by": "",
            }
            for position, line in enumerate(body.lines)
        ],
    )
    for tender in body.tenders:
        if tender.tender == "card":
            projected_cards.settled(connection, written, tender)
    for line in body.lines:
        _take_effect(connection, written, line, body.receipt)
        people.remember_line(connection, line, written.attachments, written.header.recorded_ms)


def _take_effect(connection: Connection, written: Written, line: ops.AnyLine, receipt: str) -> None:
    match line:
        case ops.GoodsSold():
            move_stock(connection, line.sku, -line.quantity)
        case ops.PaymentAccepted():
            _payment_accepted(connection, written, line, receipt)
        case ops.PaymentRefunded():
            _move_payment(connection, written, line.payment, "refunded")
        case ops.TransferSent():
            _transfer_sent(connection, written, line, receipt)
        case ops.TransferPaid() | ops.TransferRefunded():
            _transfer_ended(connection, written, line)
        case ops.ItemAccepted():
            _item_accepted(connection, written, line)
        case ops.LineReversed():
            _line_reversed(connection, written, line)


def _line_reversed(connection: Connection, written: Written, line: ops.LineReversed) -> None:
    original = line.original
    happens_once(connection, "reversal", original.operation, written)
    changed = connection.execute(
        update(t.lines).where(t.lines.c.operation == original.operation).values(reversed_by=line.operation)
    )
    if changed.rowcount != 1:
        raise Refused("G-065")
    match original:
        case ops.GoodsSold():
            move_stock(connection, original.sku, original.quantity)
        case ops.PaymentAccepted():
            _move_payment(connection, written, original.operation, "reversed")
        case ops.TransferSent():
            move_transfer(connection, written, original.transfer, "reversed")
        case ops.TransferPaid():
            move_transfer(connection, written, original.transfer, "payout_reversed")
        case ops.TransferRefunded() | ops.PaymentRefunded() | ops.ItemAccepted():
            # Refunds are never undone here; what an item is now is read from its line.
            pass
    if line.grant:
        end_grant(connection, written, line.grant, "", "used")


def move_stock(connection: Connection, sku: str, by: int) -> None:
    """Goods into (positive) or out of the till's stock."""
    connection.execute(
        upsert(t.stock)
        .values(sku=sku, quantity=by)
        .on_conflict_do_update(index_elements=["sku"], set_={"quantity": t.stock.c.quantity + by})
    )


# --- bills --------------------------------------------------------------------------------------------


def _payment_accepted(
    connection: Connection, written: Written, line: ops.PaymentAccepted, receipt: str
) -> None:
    bill = people.read(written.attached(line.operation, "account"), Account)
    connection.execute(
        insert(t.payments),
        {
            "payment": line.operation,
            "biller": line.biller,
            "service": line.service,
            "account": bill.account if bill else "",
            "amount_qapik": line.amount_qapik,
            "fee_qapik": line.fee_qapik,
            "state": move(PAYMENT, "", "accepted"),
            "day": written.header.day,
            "accepted_ms": written.header.recorded_ms,
            "changed_ms": written.header.recorded_ms,
            "receipt": receipt,
            "reason": "",
            "provider_reference": "",
        },
    )


def _move_payment(connection: Connection, written: Written, payment: str, event: str, **values: str) -> None:
    this = t.payments.c.payment == payment
    state = connection.execute(select(t.payments.c.state).where(this)).scalar()
    after = move(PAYMENT, state or "", event)
    connection.execute(
        update(t.payments).where(this).values(state=after, changed_ms=written.header.recorded_ms, **values)
    )


def payment_resolved(connection: Connection, written: Written, body: ops.PaymentResolved) -> None:
    """The biller's answer, moved as domain.moves.PAYMENT allows; refused with G-020 otherwise."""
    _move_payment(
        connection,
        written,
        body.payment,
        body.outcome,
        reason=body.reason,
        provider_reference=body.provider_reference,
    )


# --- transfers ----------------------------------------------------------------------------------------


def _transfer_sent(connection: Connection, written: Written, line: ops.TransferSent, receipt: str) -> None:
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


def transfer_granted(
    connection: Connection, written: Written, grant: str, transfer: str, amount_qapik: int, shown: bytes
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


def move_transfer(connection: Connection, written: Written, transfer: str, event: str) -> None:
    """Move a transfer as domain.moves.TRANSFER allows; refused with G-020 otherwise."""
    this = t.transfers.c.transfer == transfer
    state = connection.execute(select(t.transfers.c.state).where(this)).scalar()
    values = {
        "state": move(TRANSFER, state or "", event),
        "changed_ms": written.header.recorded_ms,
        "held_grant": "",
    }
    connection.execute(update(t.transfers).where(this).values(values))


def transfer_changed(connection: Connection, written: Written, body: ops.TransferChanged) -> None:
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


def end_grant(connection: Connection, written: Written, grant: str, thing: str, how: str) -> None:
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


def _transfer_ended(
    connection: Connection, written: Written, line: ops.TransferPaid | ops.TransferRefunded
) -> None:
    end_grant(connection, written, line.grant, line.transfer, "used")
    paid = isinstance(line, ops.TransferPaid)
    move_transfer(connection, written, line.transfer, "paid" if paid else "refunded")


# --- items --------------------------------------------------------------------------------------------


def _item_accepted(connection: Connection, written: Written, line: ops.ItemAccepted) -> None:
    at_ms = written.header.recorded_ms
    # A desk's name is its branch and its number.
    office = written.header.desk.rpartition("-")[0]
    items.event(connection, line.number, "EMA", office, at_ms, here=True, operation=line.operation)
