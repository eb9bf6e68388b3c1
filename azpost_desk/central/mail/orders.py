"""Stop orders at the centre: given and lifted by a named person, told to every office an item concerns."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from azpost_desk.central.exceptions import list_task
from azpost_desk.central.mail import item_files
from azpost_desk.central.mail.offices import concerned, postcode_of
from azpost_desk.central.news import desks_at, tell
from azpost_desk.domain.item_numbers import read_item_number
from azpost_desk.domain.mail.orders import ORDER, RECALL, REDIRECT, STOPS, becomes
from azpost_desk.domain.moves import move
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.typed import is_said
from azpost_desk.protocol.news import ItemOrder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.mail.history import Life

OVERTAKEN: Final = "item_order_overtaken"


def stop(
    conn: Connection, number: str, kind: str, by: str, why: str, now_ms: int, *, to: str = "", order: str = ""
) -> str:
    """Order that an item stays where it is, or is sent on to the office `to`; gives the order's id.

    One of a kind stands at a time. `order` is its id where a record makes it: the same one after a restore.

    Raises:
        Refused: I-007 no item number, E-046 no such kind of order, E-047 by whom or why is missing, E-048
            such an order stands already, E-130 it is not said where to, or of an order that sends nothing
            on, E-131 the item's way has ended, or goes where it cannot be done.
    """
    read = read_item_number(number)
    if read.number is None or not read.valid:
        raise Refused("I-007", field="item", reason=read.reason)
    if kind not in STOPS:
        raise Refused("E-046", kind=kind)
    if (kind == REDIRECT) != bool(to) or (to and not postcode_of(conn, to)):
        raise Refused("E-130", kind=kind, to=to)
    generation = 1
    for life in item_files.known(conn, read.number)[-1:]:
        generation = life.generation_at(now_ms)
        is_late = life.is_final or becomes(life, kind, now_ms, to) == "overtaken"
        if generation == life.generation and is_late and kind in (RECALL, REDIRECT):
            # Nobody can do with it any more what the order wants.
            raise Refused("E-131", state=life.state)
    _told_by(by, why)
    order = order or uuid.uuid4().hex
    with conn.transaction():
        conn.execute(
            "insert into items (number, state, desk, accepted_office, destination, postcode)"
            " values (%s, '', '', '', '', '') on conflict do nothing",
            (read.number,),
        )
        for one in _open_before(conn, read.number, kind, generation):
            # It was for the item that had the number before.
            _become(conn, (one, read.number, kind), "open", "overtaken", now_ms)
        new = conn.execute(
            "insert into item_orders (item_order, number, kind, state, made_ms, made_by, why, to_office,"
            " generation) values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
            (order, read.number, kind, move(ORDER, "", "ordered"), now_ms, by, why, to, generation),
        ).rowcount
        if not new:
            raise Refused("E-048", kind=kind)
        item_files.lock(conn, read.number)
        for life in item_files.known(conn, read.number)[-1:]:
            # It may be as the order wants it already: nobody would scan anything more that ends it.
            follow(conn, read.number, life, now_ms)
        _told(conn, order, read.number, now_ms)
    return order


def lift(conn: Connection, order: str, by: str, why: str, now_ms: int) -> None:
    """An order stands no longer.

    Raises:
        Refused: E-047 by whom or why is missing, E-049 there is no such order, or it was lifted.
    """
    _told_by(by, why)
    with conn.transaction():
        row = conn.execute(
            "update item_orders set state = %s, lifted_ms = %s, lifted_by = %s"
            " where item_order = %s and state = 'open' returning number",
            (move(ORDER, "open", "lifted"), now_ms, f"{by}: {why}", order),
        ).fetchone()
        if row is None:
            raise Refused("E-049")
        _told(conn, order, row[0], now_ms)


def follow(conn: Connection, number: str, life: Life, now_ms: int) -> None:
    """An item was folded anew: an order has what it wanted, or was overtaken, which is somebody's task.

    Whoever it was sent on to is its office from then on. What was for the item that had the number before
    stops this one no more; what is for the next one waits for it.
    """
    begun_ms = life.steps[0].event.at_ms if life.generation > 1 and life.steps else 0
    rows = conn.execute(
        "select item_order, kind, state, made_ms, to_office, generation from item_orders"
        " where number = %s and state <> 'lifted' order by made_ms for update",
        (number,),
    ).fetchall()
    redirected = ""
    for order, kind, state, made_ms, to, generation in rows:
        is_earlier = generation < life.generation if generation else made_ms < begun_ms
        if generation > life.generation or (is_earlier and state != "open"):
            continue
        after = "overtaken" if is_earlier else becomes(life, kind, made_ms, to)
        if after != state:
            _become(conn, (order, number, kind), state, after, now_ms)
            if after == "overtaken" and (last := life.last):
                place = last.desk, last.epoch, last.sequence
                list_task(conn, place, OVERTAKEN, f"{number} {kind}", "", now_ms)
        redirected = to if after == "done" and to else redirected
    conn.execute(
        "update items set redirected = %s where number = %s and redirected <> %s",
        (redirected, number, redirected),
    )


def _open_before(conn: Connection, number: str, kind: str, generation: int) -> list[str]:
    """Orders of a kind that stand for an item that had the number before this one."""
    rows = conn.execute(
        "select item_order from item_orders where number = %s and kind = %s and state = 'open'"
        " and generation between 1 and %s",
        (number, kind, generation - 1),
    ).fetchall()
    return [str(order) for (order,) in rows]


def _become(conn: Connection, of: tuple[str, str, str], state: str, after: str, now_ms: int) -> None:
    order, number, kind = of
    if after == "open":
        another = "select from item_orders where number = %s and kind = %s and state = 'open'"
        if conn.execute(another, (number, kind)).fetchone() is not None:
            # One given since stands in its place.
            return
    if state != "open":
        state = move(ORDER, state, "undone")
    if after != "open":
        state = move(ORDER, state, after)
    conn.execute("update item_orders set state = %s where item_order = %s", (state, order))
    _tell(conn, order, concerned(conn, number), now_ms)


def tell_all(conn: Connection, number: str, offices: Iterable[str], now_ms: int) -> None:
    """Offices that an item comes to concern hear what stands for it."""
    wanted = list(offices)
    rows = conn.execute(
        "select item_order from item_orders where number = %s and state = 'open' order by made_ms", (number,)
    ).fetchall()
    for (order,) in rows if wanted else ():
        _tell(conn, order, wanted, now_ms)


def introduce(conn: Connection, numbers: list[str], desk: str, now_ms: int) -> None:
    """A machine that begins hears what stands for these items."""
    rows = conn.execute(
        "select item_order, number, kind, state, to_office from item_orders"
        " where number = any(%s) and state = 'open' order by made_ms",
        (numbers,),
    ).fetchall()
    for order, number, kind, state, to in rows:
        told = ItemOrder(order=order, number=number, kind=kind, state=state, at_ms=now_ms, to=to)
        tell(conn, told, [desk], now_ms)


def standing(conn: Connection, number: str) -> list[tuple[str, str, int, str, str, str]]:
    """(order, kind, since ms, by, why, office to be sent on to) of what stands for an item, oldest first."""
    return conn.execute(
        "select item_order, kind, made_ms, made_by, why, to_office from item_orders"
        " where number = %s and state = 'open' order by made_ms",
        (number,),
    ).fetchall()


def _told_by(by: str, why: str) -> None:
    if not is_said(by) or not is_said(why):
        raise Refused("E-047")


def _told(conn: Connection, order: str, number: str, now_ms: int) -> None:
    """Tell everybody it concerns, none that comes to be concerned meanwhile left out."""
    conn.execute("select from items where number = %s for update", (number,))
    _tell(conn, order, concerned(conn, number), now_ms)


def _tell(conn: Connection, order: str, offices: Iterable[str], now_ms: int) -> None:
    row = conn.execute(
        "select number, kind, state, to_office from item_orders where item_order = %s", (order,)
    ).fetchone()
    if row is not None:
        number, kind, state, to = row
        told = ItemOrder(order=order, number=number, kind=kind, state=state, at_ms=now_ms, to=to)
        tell(conn, told, desks_at(conn, offices), now_ms)
