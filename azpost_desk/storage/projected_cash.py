"""What bags, counts of the till, worn and suspect notes come to: folded from their records and from news."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from azpost_desk.domain import cash_bags
from azpost_desk.domain.moves import BAG, arrive, move
from azpost_desk.storage import tables as t
from azpost_desk.storage.projecting import StoredRecord, happens_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from azpost_desk.domain import operations as ops
    from azpost_desk.protocol.news import BagNews

_WORN_PURPOSE: Final = "worn"


# --- remittances ------------------------------------------------------------------------------------------


def end_remittance(connection: Connection, remittance: str, desk: str, officer: str, at_ms: int) -> None:
    """Who counted it in and when; the first word on it stays."""
    connection.execute(
        upsert(t.remittance_ends).on_conflict_do_nothing(),
        {"remittance": remittance, "desk": desk, "officer": officer, "at_ms": at_ms},
    )


# --- bags -------------------------------------------------------------------------------------------------


def _bag_sealed(connection: Connection, written: StoredRecord, body: ops.BagSealed) -> None:
    happens_once(connection, "bag", body.number, written)
    header = written.header
    _keep(connection, body, "out", move(BAG, "", "sealed"), header.actor, header.recorded_ms)
    if body.sort == cash_bags.WORN:
        _move_worn(connection, body.pieces, -1)
    n = t.suspect_notes.c
    connection.execute(update(t.suspect_notes).where(n.report.in_(body.notes)).values(bag=body.bag))


def _bag_handed_over(connection: Connection, written: StoredRecord, body: ops.BagHandedOver) -> None:
    happens_once(connection, "bag handed over", body.bag, written)
    _change(connection, written, body.bag, "handed_over")


def _bag_received(connection: Connection, written: StoredRecord, body: ops.BagReceived) -> None:
    happens_once(connection, "bag received", body.bag, written)
    _change(connection, written, body.bag, "received", counted=body.pieces, qapik=body.amount_qapik)


def _bag_differed(connection: Connection, written: StoredRecord, body: ops.BagDiffered) -> None:
    happens_once(connection, "bag received", body.bag, written)
    _change(
        connection, written, body.bag, "received_short", counted=body.pieces, qapik=body.amount_qapik,
        act=body.act,
    )  # fmt: skip


def _keep(connection: Connection, bag: Any, direction: str, state: str, by: str, at_ms: int) -> None:
    """`bag` has bag, number, sort, pieces and amount_qapik: a body, or news. What is known stays."""
    connection.execute(
        upsert(t.bags).on_conflict_do_nothing(),
        {
            "bag": bag.bag,
            "number": bag.number,
            "sort": bag.sort,
            "direction": direction,
            "state": state,
            "announced_qapik": bag.amount_qapik,
            "announced": msgspec.json.encode(bag.pieces),
            "counted_qapik": 0,
            "counted": b"{}",
            "notes": msgspec.json.encode(getattr(bag, "notes", ())),
            "made_by": by,
            "made_ms": at_ms,
            "changed_by": by,
            "changed_ms": at_ms,
        },
    )


def _change(
    connection: Connection,
    written: StoredRecord,
    bag: str,
    event: str,
    *,
    counted: dict[str, int] | None = None,
    qapik: int = 0,
    act: str = "",
) -> None:
    this = t.bags.c.bag == bag
    state = connection.execute(select(t.bags.c.state).where(this)).scalar()
    after = arrive(BAG, state or "", event)
    if after == state:
        # The centre's news of it came first, for a machine that replaces another.
        return
    values: dict[str, Any] = {
        "state": after,
        "changed_by": written.header.actor,
        "changed_ms": written.header.recorded_ms,
    }
    if counted is not None:
        values |= {"counted": msgspec.json.encode(counted), "counted_qapik": qapik, "act": act}
    connection.execute(update(t.bags).where(this).values(values))


def hear_of_bag(connection: Connection, told: BagNews, direction: str) -> None:
    """The centre's word on a bag: announced to this desk, or what became of one at the other end.

    A late word never moves a bag backwards; one that a former machine of this desk had received stays so.
    """
    this = t.bags.c.bag == told.bag
    known = connection.execute(select(t.bags.c.state).where(this)).scalar()
    if known is None:
        _keep(connection, told, direction, told.state, told.by, told.at_ms)
    elif told.state == known or told.state not in _reachable(known):
        return
    values: dict[str, Any] = {"state": told.state, "changed_by": told.by, "changed_ms": told.at_ms}
    if told.state in ("received", "taken_in", "differs", "resolved"):
        values |= {
            "counted": msgspec.json.encode(told.counted),
            "counted_qapik": told.counted_qapik,
            "act": told.act,
        }
    connection.execute(update(t.bags).where(this).values(values))


def _reachable(state: str) -> set[str]:
    found = {state}
    while more := {after for (before, _), after in BAG.items() if before in found} - found:
        found |= more
    return found


# --- counts, worn and suspect notes -----------------------------------------------------------------------


def keep_count(connection: Connection, written: StoredRecord, body: Any, sort: str) -> None:
    """`body` has holder, pieces and counted_qapik; what was expected unless it was set aside."""
    connection.execute(
        insert(t.counts),
        {
            "operation": written.header.operation,
            "record": written.id,
            "sort": sort,
            "day": written.header.day,
            "holder": body.holder,
            "officer": written.header.actor,
            "at_ms": written.header.recorded_ms,
            "pieces": msgspec.json.encode(body.pieces),
            "counted_qapik": body.counted_qapik,
            "expected_qapik": getattr(body, "expected_qapik", 0),
            "difference_qapik": getattr(body, "difference_qapik", 0),
            "made_good_qapik": 0,
        },
    )


def _till_counted(connection: Connection, written: StoredRecord, body: ops.TillCounted) -> None:
    keep_count(connection, written, body, "surprise")


def _made_good(connection: Connection, written: StoredRecord, body: ops.DifferenceMadeGood) -> None:
    c = t.counts.c
    connection.execute(
        update(t.counts)
        .where(c.operation == body.close)
        .values(made_good_qapik=c.made_good_qapik + body.amount_qapik)
    )


def _cash_moved(connection: Connection, written: StoredRecord, body: ops.CashMoved) -> None:
    if body.purpose == _WORN_PURPOSE:
        _move_worn(connection, body.pieces, 1)


def _move_worn(connection: Connection, pieces: dict[str, int], sign: int) -> None:
    w = t.worn.c
    add = upsert(t.worn)
    changed = [
        {"denomination_qapik": int(value), "pieces": sign * number} for value, number in pieces.items()
    ]
    if not changed:
        return
    connection.execute(
        add.on_conflict_do_update(
            index_elements=["denomination_qapik"], set_={"pieces": w.pieces + add.excluded.pieces}
        ),
        changed,
    )


def _note_suspected(connection: Connection, written: StoredRecord, body: ops.NoteSuspected) -> None:
    connection.execute(
        insert(t.suspect_notes),
        {
            "report": body.report,
            "operation": written.header.operation,
            "denomination_qapik": body.denomination_qapik,
            "series": body.series,
            "at_ms": written.header.recorded_ms,
            "officer": written.header.actor,
        },
    )


CARRIERS: Final[dict[str, Callable[[Connection, StoredRecord, Any], None]]] = {
    "bag.sealed": _bag_sealed,
    "bag.handed_over": _bag_handed_over,
    "bag.received": _bag_received,
    "bag.differed": _bag_differed,
    "till.counted": _till_counted,
    "difference.made_good": _made_good,
    "cash.moved": _cash_moved,
    "note.suspected": _note_suspected,
}
