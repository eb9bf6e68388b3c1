"""Pick-up codes at the centre: made for an item that comes to lie for its addressee, void when it moves on.

In: the life of an item that was just folded, a wrong try that a desk recorded. Out: a row of `pickup_codes`,
a message with the code to the addressee, news with its slow hash to the desks of the office. The hash is
made in a round of its own: intake waits for none.
"""

from __future__ import annotations

import secrets
import uuid
from typing import TYPE_CHECKING, Any, Final

from psycopg.rows import namedtuple_row

from azpost_desk.central.exceptions import list_task
from azpost_desk.central.mail.notices import term
from azpost_desk.central.mail.offices import name_of
from azpost_desk.central.mail.parties import acceptance, parties_of
from azpost_desk.central.messaging import queue
from azpost_desk.central.news import desks_at, tell
from azpost_desk.central.registry.branches import hashed_pin
from azpost_desk.domain.mail.history import Told
from azpost_desk.domain.mail.pickup import DIGITS, PICKUP, WRONG, WRONG_MAX, lies_for_addressee
from azpost_desk.domain.messages import ITEM_ARRIVED, contact_of
from azpost_desk.domain.moves import move
from azpost_desk.protocol.news import ItemCode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain import operations as ops
    from azpost_desk.domain.mail.history import Life

TASK: Final = "item_code_guessed"
_TAIL_DIGITS: Final = 4


def follow(conn: Connection, number: str, life: Life, now_ms: int) -> None:
    """An item was folded anew: where it lies now it wants a code, where it lay its code is void."""
    row = _current(conn, number)
    lies = lies_for_addressee(life)
    if row is not None:
        if lies and (row.generation, row.office) == (life.generation, life.office):
            return
        _end(conn, row, now_ms)
    accepted = acceptance(life)
    if lies and accepted is not None:
        conn.execute(
            "insert into pickup_codes (code, number, generation, office, acceptance, desk, epoch, sequence,"
            " until, state, made_ms, changed_ms) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (
                *(uuid.uuid4().hex, number, life.generation, life.office, accepted.id),
                *(accepted.desk, accepted.epoch, accepted.sequence, _until(conn, number, life, now_ms)),
                *(move(PICKUP, "", "arrived"), now_ms, now_ms),
            ),
        )


def make_one(conn: Connection, now_ms: int) -> bool:
    """Make the code that is wanted longest, outside any transaction as long as it takes; whether one was."""
    row = _one(conn, "select * from pickup_codes where state = 'wanted' order by made_ms, code limit 1", ())
    if row is None:
        return False
    whom = _addressee(conn, row)
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    state = move(PICKUP, row.state, "made" if whom else "unreached")
    hashed = hashed_pin(digits) if whom else ""
    with conn.transaction():
        mine = conn.execute(
            "update pickup_codes set state = %s, hash = %s, changed_ms = %s where code = %s and state = %s",
            (state, hashed, now_ms, row.code, row.state),
        ).rowcount
        # It may have moved on meanwhile, or another process was quicker.
        if mine and whom:
            office = name_of(conn, row.office)
            facts = queue.Facts(
                office=office, tail=row.number[:-2][-_TAIL_DIGITS:], code=digits, until=row.until
            )
            place = row.desk, row.epoch, row.sequence
            queue.queue(conn, ITEM_ARRIVED, row.code, place, whom, facts, now_ms)
            _tell(conn, row._replace(state=state, hash=hashed), now_ms)
    return True


def tried(conn: Connection, written: AcceptedRecord, body: ops.ScanRefused, now_ms: int) -> None:
    """A wrong code was said at a desk of the office: too many over all lock it for everybody."""
    if body.reason != WRONG or not body.code:
        return
    row = _one(
        conn,
        "update pickup_codes set wrong = wrong + 1, changed_ms = %s"
        " where code = %s and office = %s and state = 'standing' returning *",
        (now_ms, body.code, written.branch),
    )
    if row is None or row.wrong < WRONG_MAX:
        return
    _set(conn, row, "guessed", now_ms)
    list_task(conn, (written.desk, written.epoch, written.sequence), TASK, row.number, "", now_ms)


def erase(conn: Connection, acceptances: list[str], now_ms: int) -> list[str]:
    """Whom codes of these acceptances told is forgotten; gives what their messages are about."""
    for row in _all(
        conn,
        "select * from pickup_codes where acceptance = any(%s) and state <> 'void' for update",
        (acceptances,),
    ):
        _end(conn, row, now_ms)
    rows = conn.execute("select code from pickup_codes where acceptance = any(%s)", (acceptances,))
    return [code for (code,) in rows]


def current(conn: Connection, number: str) -> str:
    """The id of the code an item has now; "" when it has none."""
    row = _current(conn, number)
    return row.code if row else ""


def introduce(conn: Connection, desk: str, branch: str, now_ms: int) -> None:
    """A machine that begins at an office hears which codes stand there."""
    wanted = "select * from pickup_codes where office = %s and state = 'standing' order by made_ms, code"
    for row in _all(conn, wanted, (branch,)):
        tell(conn, _news(row, now_ms), [desk], now_ms)


def _current(conn: Connection, number: str) -> Any:
    return _one(
        conn, "select * from pickup_codes where number = %s and state <> 'void' for update", (number,)
    )


def _end(conn: Connection, row: Any, now_ms: int) -> None:
    _set(conn, row, "moved_on", now_ms)


def _set(conn: Connection, row: Any, event: str, now_ms: int) -> None:
    """The code is good for nothing from now on: its desks hear so, and a message not sent yet never is."""
    state = move(PICKUP, row.state, event)
    conn.execute(
        "update pickup_codes set state = %s, hash = '', changed_ms = %s where code = %s",
        (state, now_ms, row.code),
    )
    queue.withdraw(conn, ITEM_ARRIVED, row.code, now_ms)
    if row.state in ("standing", "locked"):
        _tell(conn, row._replace(state=state, hash=""), now_ms)


def _tell(conn: Connection, row: Any, now_ms: int) -> None:
    tell(conn, _news(row, now_ms), desks_at(conn, (row.office,)), now_ms)


def _news(row: Any, now_ms: int) -> ItemCode:
    return ItemCode(
        number=row.number, code=row.code, office=row.office, state=row.state, hash=row.hash, at_ms=now_ms
    )


def _addressee(conn: Connection, row: Any) -> tuple[str, str] | None:
    """Language and telephone; None when nobody can be told."""
    people = parties_of(conn, Told(row.acceptance, "EMA", "", 0, row.desk, row.epoch, row.sequence))
    phone = people.addressee_phone if people else ""
    return (people.language, phone) if people and contact_of(phone) else None


def _until(conn: Connection, number: str, life: Life, now_ms: int) -> str:
    """The last day on which it is kept, where a rule or the office said one."""
    days = term(conn, number, life, now_ms)
    return days.last_day if days else life.last.until if life.last else ""


def _one(conn: Connection, query: Any, values: Iterable[object]) -> Any:
    rows = _all(conn, query, values)
    return rows[0] if rows else None


def _all(conn: Connection, query: Any, values: Iterable[object]) -> list[Any]:
    with conn.cursor(row_factory=namedtuple_row) as cursor:
        return cursor.execute(query, tuple(values)).fetchall()
