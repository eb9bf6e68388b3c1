"""Bags at the cash centre: sent to a desk, taken in from one, and what became of what was missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from azpost_desk.central.book import new_id
from azpost_desk.central.exceptions import list_exception
from azpost_desk.central.news import tell
from azpost_desk.domain import cash
from azpost_desk.domain import operations as ops
from azpost_desk.domain.cash_bags import CASH, bag_number
from azpost_desk.domain.moves import BAG, arrive, move
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.typed import is_said
from azpost_desk.protocol.news import BagNews

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.book import Book
    from azpost_desk.central.storage.database import Connection

OUTCOMES: Final = ("found", "lost")
"""What became of the missing part: the cash centre has it after all, or the post bears it."""
_ROW: Final = (
    "select bag, number, sort, direction, desk, state, pieces, amount, counted_pieces, counted, act,"
    " changed_by from bags where "
)


class Row(msgspec.Struct, frozen=True):
    """A bag as it stands in the table."""

    bag: str
    number: str
    sort: str
    direction: str
    desk: str
    state: str
    pieces: dict[str, int]
    amount: int
    counted_pieces: dict[str, int]
    counted: int
    act: str
    changed_by: str


# --- what the cash centre does ----------------------------------------------------------------------------


def dispatch(
    conn: Connection, book: Book, desk: str, number: str, pieces: Mapping[int, int], now_ms: int
) -> str:
    """Send a bag of cash to a desk: booked as on its way, and the desk hears of it. Gives the bag's id.

    Raises:
        Refused: C-020, C-021, C-040, C-041 the number was used, X-043 no such enrolled desk.
    """
    number, amount = bag_number(number), cash.counted(pieces)
    if not amount:
        raise Refused("C-021")
    sheet = {str(value): count for value, count in cash.tidy(pieces).items()}
    with conn.transaction():
        if not conn.execute("select 1 from desks where desk = %s and epoch > 0", (desk,)).fetchone():
            raise Refused("X-043", desk=desk)
        if conn.execute("select 1 from bags where number = %s", (number,)).fetchone():
            raise Refused("C-041", number=number)
        bag = new_id(now_ms)
        sent = ops.BagDispatched(
            bag=bag, number=number, to_desk=desk, sort=CASH, pieces=sheet, amount_qapik=amount.minor
        )
        book.append(conn, sent)
        state = move(BAG, "", "dispatched")
        _insert(conn, Row(bag, number, CASH, "in", desk, state, sheet, amount.minor, {}, 0, "", ""), now_ms)
        _tell(conn, bag, now_ms)
    return bag


def take_in(
    conn: Connection, book: Book, number: str, pieces: Mapping[int, int], now_ms: int, act: str = ""
) -> int:
    """Count a branch's bag; gives what is missing in it (qəpik; negative: too much).

    Raises:
        Refused: C-020, C-040, C-043 no such bag of a branch yet, C-046 not on its way, C-047 an act without a
            difference, C-024 a difference without an act.
    """
    counted = cash.counted(pieces)
    sheet = {str(value): count for value, count in cash.tidy(pieces).items()}
    with conn.transaction():
        known = _by_number(conn, number, "out")
        differs = sheet != known.pieces
        if differs and not is_said(act):
            raise Refused("C-024", field="act")
        if act and not differs:
            raise Refused("C-047")
        event = "taken_in_short" if differs else "taken_in"
        if (known.state, event) not in BAG:
            raise Refused("C-046", number=known.number)
        book.append(
            conn,
            ops.BagTakenIn(
                bag=known.bag,
                number=known.number,
                from_desk=known.desk,
                announced_qapik=known.amount,
                pieces=sheet,
                amount_qapik=counted.minor,
                act=act.strip(),
            ),
        )
        _change(conn, known.bag, move(BAG, known.state, event), "", now_ms, sheet, counted.minor, act.strip())
        _tell(conn, known.bag, now_ms)
    return known.amount - counted.minor


def resolve(
    conn: Connection,
    book: Book,
    number: str,
    outcome: str,
    first_person: str,
    second_person: str,
    reason: str,
    now_ms: int,
) -> int:
    """Say in the centre's book what became of the missing part of a bag; gives it (qəpik).

    Raises:
        Refused: C-043, C-046 nothing of it is open, X-044 not two different people, X-045 no reason.
    """
    if not first_person or not second_person or first_person == second_person:
        raise Refused("X-044")
    if not is_said(reason):
        raise Refused("X-045")
    with conn.transaction():
        known = _by_number(conn, number)
        if (known.state, "resolved") not in BAG or outcome not in OUTCOMES:
            raise Refused("C-046", number=known.number)
        missing = known.amount - known.counted
        book.append(
            conn,
            ops.BagResolved(
                bag=known.bag,
                number=known.number,
                outcome=outcome,
                missing_qapik=missing,
                reason=reason.strip(),
                first_person=first_person,
                second_person=second_person,
            ),
        )
        state = move(BAG, known.state, "resolved")
        _change(conn, known.bag, state, "", now_ms, known.counted_pieces, known.counted, known.act)
        _tell(conn, known.bag, now_ms)
    return missing


# --- what a desk's records say ----------------------------------------------------------------------------


def sealed(conn: Connection, written: AcceptedRecord, body: ops.BagSealed, now_ms: int) -> None:
    """A branch sealed a bag; a number or id that another bag has waits for a person."""
    known = conn.execute(
        "select 1 from bags where bag = %s or number = %s", (body.bag, body.number)
    ).fetchone()
    if known:
        _except(conn, written, body.number, now_ms)
    row = Row(
        body.bag, body.number, body.sort, "out", written.desk, "sealed", body.pieces, body.amount_qapik,
        {}, 0, "", written.header.actor,
    )  # fmt: skip
    _insert(conn, row, written.header.recorded_ms)
    if not known:
        _tell(conn, body.bag, now_ms)


def handed_over(conn: Connection, written: AcceptedRecord, body: ops.BagHandedOver, now_ms: int) -> None:
    """The collector has it; the cash centre may have been quicker than this record."""
    known = _row(conn, "bag = %s", body.bag)
    if known is None or known.desk != written.desk or known.direction != "out":
        _except(conn, written, body.number, now_ms)
    else:
        state = arrive(BAG, known.state, "handed_over")
        if state != known.state:
            _change(conn, known.bag, state, written.header.actor, written.header.recorded_ms)
            _tell(conn, known.bag, now_ms)


def received(
    conn: Connection, written: AcceptedRecord, body: ops.BagReceived | ops.BagDiffered, now_ms: int
) -> None:
    """A desk counted a bag of the cash centre: as announced, or by an act."""
    known = _row(conn, "bag = %s", body.bag)
    short = isinstance(body, ops.BagDiffered)
    event = "received_short" if short else "received"
    strange = (
        known is None
        or known.desk != written.desk
        or (known.state, event) not in BAG
        or (not short and known.pieces != body.pieces)
    )
    if known is None or strange:
        _except(conn, written, body.number, now_ms)
        return
    act = body.act if isinstance(body, ops.BagDiffered) else ""
    state = move(BAG, known.state, event)
    _change(
        conn, body.bag, state, written.header.actor, written.header.recorded_ms, body.pieces,
        body.amount_qapik, act,
    )  # fmt: skip
    # For a machine that replaces the one that counted: it must not count the same bag again.
    _tell(conn, body.bag, now_ms)


def _except(conn: Connection, written: AcceptedRecord, number: str, now_ms: int) -> None:
    list_exception(conn, written.desk, written.epoch, written.sequence, "bag_differs", now_ms, number)


# --- rows -------------------------------------------------------------------------------------------------


def _row(conn: Connection, where: str, *values: str) -> Row | None:
    found = conn.execute(f"{_ROW}{where} order by made_ms desc limit 1", values).fetchone()
    if found is None:
        return None
    sent, counted = (msgspec.json.decode(bytes(found[at]), type=dict[str, int]) for at in (6, 8))
    cells: list[Any] = [*found[:6], sent, found[7], counted, *found[9:]]
    return Row(*cells)


def _by_number(conn: Connection, number: str, direction: str = "") -> Row:
    """The bag with this number, locked until the act on it is done."""
    conn.execute("select 1 from bags where number = %s for update", (bag_number(number),))
    known = _row(conn, "number = %s", bag_number(number))
    if known is None or direction not in ("", known.direction):
        raise Refused("C-043", number=number)
    return known


def _insert(conn: Connection, row: Row, now_ms: int) -> None:
    conn.execute(
        "insert into bags (bag, number, sort, direction, desk, state, pieces, amount, made_ms, changed_ms,"
        " changed_by) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
        (
            row.bag, row.number, row.sort, row.direction, row.desk, row.state,
            msgspec.json.encode(row.pieces), row.amount, now_ms, now_ms, row.changed_by,
        ),
    )  # fmt: skip


def _change(
    conn: Connection,
    bag: str,
    state: str,
    by: str,
    at_ms: int,
    pieces: Mapping[str, int] | None = None,
    counted: int = 0,
    act: str = "",
) -> None:
    conn.execute(
        "update bags set state = %s, changed_by = %s, changed_ms = %s where bag = %s", (state, by, at_ms, bag)
    )
    if pieces is not None:
        conn.execute(
            "update bags set counted_pieces = %s, counted = %s, act = %s where bag = %s",
            (msgspec.json.encode(pieces), counted, act, bag),
        )


def _tell(conn: Connection, bag: str, now_ms: int) -> None:
    """Tell the desk where its bag stands."""
    row = _row(conn, "bag = %s", bag)
    assert row is not None
    inward = row.direction == "in"
    told = BagNews(
        bag=row.bag,
        number=row.number,
        sort=row.sort,
        from_desk="" if inward else row.desk,
        to_desk=row.desk if inward else "",
        pieces=row.pieces,
        amount_qapik=row.amount,
        at_ms=now_ms,
        state=row.state,
        counted=row.counted_pieces,
        counted_qapik=row.counted,
        act=row.act,
        by=row.changed_by,
    )
    tell(conn, told, [row.desk], now_ms)
