"""What a record makes true for the screens: no clock, no chance, so `rebuild` gives the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from azpost_desk.domain.moves import DAY, TILL, move
from azpost_desk.domain.products.abroad import PAYOUT as PAYOUT_ABROAD
from azpost_desk.domain.products.abroad import PURPOSES as ABROAD_PURPOSES
from azpost_desk.domain.products.abroad import REFUND as REFUND_ABROAD
from azpost_desk.protocol.messages import grant_of
from azpost_desk.storage import projected_cards as cards
from azpost_desk.storage import projected_cash as cash
from azpost_desk.storage import projected_disputes as disputes
from azpost_desk.storage import projected_items as items
from azpost_desk.storage import projected_sales as sales
from azpost_desk.storage import projected_slips as slips
from azpost_desk.storage import tables as t
from azpost_desk.storage.features import (
    abroad,
    bills,
    despatches,
    goods,
    labels,
    mail_bags,
    mail_bags_in,
    pickups,
    qr,
    rounds,
    transfers,
)
from azpost_desk.storage.projected_words import keep_words
from azpost_desk.storage.projecting import StoredRecord, happens_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from azpost_desk.domain import operations as ops


def project(connection: Connection, written: StoredRecord) -> None:
    """Carry a record into every projection that its kind touches.

    Raises:
        Refused: G-020 an illegal move, G-066 a second time of what happens once.
    """
    carry = _CARRIERS.get(written.header.kind)
    if carry is not None:
        carry(connection, written, written.body)
    keep_words(connection, written)


def _epoch_opened(connection: Connection, written: StoredRecord, body: ops.EpochOpened) -> None:
    """What the machine before held is in doubt at the centre; here it is no longer in anybody's hand."""
    old = (t.grants.c.state == "held") & (t.grants.c.epoch < written.header.epoch)
    held = select(t.grants.c.held_grant).where(old)
    connection.execute(
        update(t.transfers)
        .where(t.transfers.c.held_grant.in_(held))
        .values(state="in_doubt", held_grant="", changed_ms=written.header.recorded_ms)
    )
    connection.execute(update(t.grants).where(old).values(state="in_doubt"))
    qr.doubt_older(connection, written.header.epoch)


def _day_opened(connection: Connection, written: StoredRecord, body: ops.DayOpened) -> None:
    last = connection.execute(select(t.days.c.state).order_by(t.days.c.number.desc()).limit(1)).scalar()
    connection.execute(
        insert(t.days),
        {
            "number": written.header.day,
            "date": body.date,
            "state": move(DAY, last or "", "opened"),
            "opened_ms": written.header.recorded_ms,
            "closed_ms": 0,
        },
    )


def _day_closed(connection: Connection, written: StoredRecord, body: ops.DayClosed) -> None:
    this = t.days.c.number == written.header.day
    state = connection.execute(select(t.days.c.state).where(this)).scalar()
    values = {"state": move(DAY, state or "", "closed"), "closed_ms": written.header.recorded_ms}
    connection.execute(update(t.days).where(this).values(values))
    transfers.forget_strangers(connection)
    abroad.forget_strangers(connection)


def _item_scanned(connection: Connection, written: StoredRecord, body: ops.ItemScanned) -> None:
    items.scanned(connection, written, body)
    rounds.scanned(connection, written, body)
    labels.item_scanned(connection, written, body)
    mail_bags.scanned(connection, written, body)
    mail_bags_in.scanned(connection, written, body)


def _scan_voided(connection: Connection, written: StoredRecord, body: ops.ScanVoided) -> None:
    items.voided(connection, written, body)
    rounds.voided(connection, body)
    mail_bags.voided(connection, body)
    mail_bags_in.voided(connection, body)


def _till_opened(connection: Connection, written: StoredRecord, body: ops.TillOpened) -> None:
    _till(connection, written, body.till, "opened", body.holder)


def _till_closed(connection: Connection, written: StoredRecord, body: ops.TillClosed) -> None:
    _till(connection, written, body.till, "closed", "")
    cash.keep_count(connection, written, body, "closed")


def _count_set_aside(connection: Connection, written: StoredRecord, body: ops.CountSetAside) -> None:
    _till(connection, written, body.till, "set_aside", body.holder)
    cash.keep_count(connection, written, body, "set_aside")


def _till_handed_over(connection: Connection, written: StoredRecord, body: ops.TillHandedOver) -> None:
    _till(connection, written, body.till, "handed_over", body.taker)
    cash.keep_count(connection, written, body, "handed_over")


def _till(connection: Connection, written: StoredRecord, till: str, event: str, holder: str) -> None:
    state = connection.execute(select(t.tills.c.state).where(t.tills.c.till == till)).scalar()
    values = {
        "state": move(TILL, state or "", event),
        "holder": holder,
        "changed_ms": written.header.recorded_ms,
    }
    connection.execute(
        upsert(t.tills)
        .values(till=till, **values)
        .on_conflict_do_update(index_elements=["till"], set_=values)
    )


def _remittance_issued(connection: Connection, written: StoredRecord, body: ops.RemittanceIssued) -> None:
    keep_remittance(connection, body, written.header.desk, body.to_desk, written.header.recorded_ms, "issued")


def _remittance_accepted(connection: Connection, written: StoredRecord, body: ops.RemittanceAccepted) -> None:
    happens_once(connection, "remittance", body.remittance, written)
    header = written.header
    keep_remittance(connection, body, body.from_desk, header.desk, header.recorded_ms, "accepted")
    cash.end_remittance(connection, body.remittance, header.desk, header.actor, header.recorded_ms)


def keep_remittance(
    connection: Connection, sent: Any, from_desk: str, to_desk: str, at_ms: int, state: str
) -> None:
    """`sent` has remittance, amount_qapik and pieces: a body, or news. An accepted one stays accepted."""
    values = {
        "from_desk": from_desk,
        "to_desk": to_desk,
        "amount_qapik": sent.amount_qapik,
        "pieces": msgspec.json.encode(sent.pieces),
        "at_ms": at_ms,
        "state": state,
    }
    connection.execute(
        upsert(t.remittances)
        .values(remittance=sent.remittance, **values)
        .on_conflict_do_update(
            index_elements=["remittance"], set_=values, where=t.remittances.c.state == "announced"
        )
    )


def remittance_differs(connection: Connection, cash: Any) -> bool:
    """Whether `cash` (as for `keep_remittance`) says otherwise than what is known of it already."""
    known = connection.execute(
        select(t.remittances).where(t.remittances.c.remittance == cash.remittance)
    ).first()
    return known is not None and (known.from_desk, known.amount_qapik, _pieces(known.pieces)) != (
        cash.from_desk,
        cash.amount_qapik,
        cash.pieces,
    )


def _pieces(content: bytes) -> dict[str, int]:
    return msgspec.json.decode(content, type=dict[str, int])


def _remittance_announced(
    connection: Connection, written: StoredRecord, body: ops.RemittanceAnnounced
) -> None:
    keep_remittance(connection, body, body.from_desk, written.header.desk, body.at_ms, "announced")


def _goods_stocked(connection: Connection, written: StoredRecord, body: ops.GoodsStocked) -> None:
    goods.move_stock(connection, body.sku, body.quantity)


def _grant_stored(connection: Connection, written: StoredRecord, body: ops.GrantStored) -> None:
    granted = grant_of(body.words.encode() if body.words.startswith("[") else bytes.fromhex(body.words))
    shown = connection.execute(select(t.shown.c.content).where(t.shown.c.thing == body.thing)).scalar()
    connection.execute(
        insert(t.grants),
        {
            "held_grant": body.grant,
            "epoch": written.header.epoch,
            "thing": body.thing,
            "purpose": body.purpose,
            "state": "held",
            "amount_qapik": granted.amount_qapik,
            "stored_ms": written.header.recorded_ms,
            "fee_qapik": granted.fee_qapik,
        },
    )
    if body.purpose == PAYOUT_ABROAD:
        abroad.granted_in(connection, written, granted, shown or b"")
        return
    keep = abroad.granted if body.purpose == REFUND_ABROAD else transfers.granted
    keep(connection, written, body.grant, body.thing, granted.amount_qapik, shown or b"")


def _grant_released(connection: Connection, written: StoredRecord, body: ops.GrantReleased) -> None:
    transfers.end_grant(connection, written, body.grant, body.thing, "released")
    purpose = connection.execute(
        select(t.grants.c.purpose).where(t.grants.c.held_grant == body.grant)
    ).scalar_one()
    if purpose in ABROAD_PURPOSES:
        abroad.released(connection, written, body.thing)
    else:
        transfers.move_transfer(connection, written, body.thing, "released")


def _pin_reset(connection: Connection, written: StoredRecord, body: ops.PinReset) -> None:
    """Whatever was temporary is replaced; who gave a PIN stays known when the officer has chosen another."""
    g = t.given_pins.c
    connection.execute(update(t.given_pins).where(g.officer == body.officer).values(temporary=0))
    if body.reset_by == body.officer:
        return
    values = {"day": written.header.day, "temporary": int(body.temporary)}
    connection.execute(
        upsert(t.given_pins)
        .values(officer=body.officer, given_by=body.reset_by, **values)
        .on_conflict_do_update(index_elements=["officer", "given_by"], set_=values)
    )


def _paper_reprinted(connection: Connection, written: StoredRecord, body: ops.PaperReprinted) -> None:
    r = t.reprints.c
    connection.execute(
        upsert(t.reprints)
        .values(receipt=body.receipt, sort=body.sort, count=1)
        .on_conflict_do_update(index_elements=["receipt", "sort"], set_={"count": r.count + 1})
    )


def _paper_signed(connection: Connection, written: StoredRecord, body: ops.PaperSigned) -> None:
    happens_once(connection, "signature", f"{body.paper} {body.key} {body.number}", written)
    connection.execute(
        insert(t.paper_signatures),
        {
            "paper": body.paper,
            "key": body.key,
            "number": body.number,
            "officer": body.officer,
            "signed": body.signed,
            "certificate": body.certificate,
            "operation": written.header.operation,
            "at_ms": body.at_ms,
        },
    )


def _grant_kept(connection: Connection, written: StoredRecord, body: ops.GrantKept) -> None:
    this = t.grant_questions.c.held_grant == body.grant
    connection.execute(update(t.grant_questions).where(this).values(answer=body.reason))


def _correction_accepted(connection: Connection, written: StoredRecord, body: ops.CorrectionAccepted) -> None:
    _answer_proposal(connection, written, body.proposal, "accepted")


def _correction_declined(connection: Connection, written: StoredRecord, body: ops.CorrectionDeclined) -> None:
    _answer_proposal(connection, written, body.proposal, body.answer)


def _answer_proposal(connection: Connection, written: StoredRecord, proposal: str, answer: str) -> None:
    happens_once(connection, "correction", proposal, written)
    this = t.proposals.c.proposal == proposal
    connection.execute(update(t.proposals).where(this).values(state=answer))


_CARRIERS: Final[dict[str, Callable[[Connection, StoredRecord, Any], None]]] = {
    "epoch.opened": _epoch_opened,
    "day.opened": _day_opened,
    "day.closed": _day_closed,
    "till.opened": _till_opened,
    "till.closed": _till_closed,
    "count.set_aside": _count_set_aside,
    "till.handed_over": _till_handed_over,
    "remittance.issued": _remittance_issued,
    "remittance.accepted": _remittance_accepted,
    "remittance.announced": _remittance_announced,
    "close.announced": slips.close_announced,
    "approval.asked": slips.approval_asked,
    "approval.given": slips.approval_given,
    "approval.refused": slips.approval_refused,
    "approval.locked": slips.approval_locked,
    "goods.stocked": _goods_stocked,
    "settlement": sales.settled,
    "payment.resolved": bills.resolved,
    "card.asked": cards.asked,
    "card.answered": cards.answered,
    "card.reversed": cards.reversed_,
    "qr.asked": qr.asked,
    "qr.answered": qr.answered,
    "qr.given_up": qr.given_up,
    "qr.returned": qr.returned,
    "grant.stored": _grant_stored,
    "grant.released": _grant_released,
    "transfer.changed": transfers.changed,
    "abroad.stop_asked": abroad.stop_asked,
    "item.scanned": _item_scanned,
    "scan.refused": pickups.refused,
    "scan.voided": _scan_voided,
    "label.scanned": labels.label_scanned,
    "mail_bag.begun": mail_bags.begun,
    "mail_bag.closed": mail_bags.closed,
    "mail_bag.reopened": mail_bags.reopened,
    "mail_bag.given_up": mail_bags.given_up,
    "mail_bag.handed_over": mail_bags.handed_over,
    "mail_bag.taken": mail_bags_in.taken,
    "mail_bag.opened": mail_bags_in.opened,
    "mail_bag.ended": mail_bags_in.ended,
    "despatch.begun": despatches.begun,
    "despatch.cancelled": despatches.cancelled,
    "despatch.closed": despatches.closed,
    "despatch.reopened": despatches.reopened,
    "despatch.handed_over": despatches.handed_over,
    "receptacle.begun": despatches.receptacle_begun,
    "receptacle.closed": despatches.receptacle_closed,
    "receptacle.reopened": despatches.receptacle_reopened,
    "receptacle.given_up": despatches.receptacle_given_up,
    "round.begun": rounds.begun,
    "round.signed": rounds.signed,
    "round.ended": rounds.ended,
    "staff.pin_reset": _pin_reset,
    "paper.reprinted": _paper_reprinted,
    "grant.kept": _grant_kept,
    "correction.accepted": _correction_accepted,
    "correction.declined": _correction_declined,
    "dispute.raised": disputes.raised,
    "dispute.escalated": disputes.escalated,
    "dispute.closed": disputes.closed,
    "case.raised": disputes.case_raised,
    "paper.signed": _paper_signed,
    **cash.CARRIERS,
}
