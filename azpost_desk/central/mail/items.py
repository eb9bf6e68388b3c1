"""Items at the centre: each event is kept in its item's file, the file folded anew, its offices are told.

An office that an item comes to concern hears everything that is known of it, so that every desk of it folds
the same events (`domain.mail.history`). An event that fits nowhere is a task until something explains it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from azpost_desk.central.exceptions import end_exact, list_exception, list_task
from azpost_desk.central.mail import (
    advance,
    bags,
    charges,
    irregularities,
    item_files,
    notices,
    orders,
    pickups,
)
from azpost_desk.central.mail.offices import concerned, postcode_of
from azpost_desk.central.news import desks_at, tell
from azpost_desk.central.registry import reference, supply
from azpost_desk.central.storage.database import one
from azpost_desk.domain.catalogue import Offices
from azpost_desk.domain.item_numbers import read_item_number
from azpost_desk.domain.lines.charges import DUE_QAPIK_MAX
from azpost_desk.domain.mail.guarded import IN_PERSON, VALUE
from azpost_desk.domain.mail.history import VERSION, lives
from azpost_desk.domain.mail.moves import FINAL
from azpost_desk.domain.messages import ITEM_ARRIVED
from azpost_desk.protocol.news import ItemEvent, ItemVoided
from azpost_desk.texts.sentences import local

if TYPE_CHECKING:
    from typing import Any

    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain import operations as ops

TASK: Final = "item_contradiction"
_TASK_DAYS: Final = 7
# No item has so long a life: whoever writes more wants the fold of it to cost the country its time.
EVENTS_MAX: Final = 400
_FOLDED_AT_ONCE: Final = 500


class _Said(NamedTuple):
    """What a record says of an item."""

    operation: str
    number: str
    event: str
    office: str
    reason: str = ""
    measure: str = ""
    answers: str = ""
    detail: str = ""
    due_qapik: int = 0


def accepted(conn: Connection, written: AcceptedRecord, line: ops.ItemAccepted, now_ms: int) -> None:
    """An item was accepted at a counter (EMA); the office of its postcode hears of it, abroad none does."""
    knew = concerned(conn, line.number)
    offices = reference.newest(conn, Offices) or Offices()
    destination = offices.by_postcode(line.postcode)
    before = item_files.known(conn, line.number)[-1:]
    # The number is on another item now, which goes elsewhere.
    is_next = any(one.generation_at(written.header.recorded_ms) > one.generation for one in before)
    conn.execute(
        "insert into items (number, state, desk, accepted_office, destination, postcode, country)"
        " values (%s, '', %s, %s, %s, %s, %s) on conflict (number) do update"
        " set desk = excluded.desk, accepted_office = excluded.accepted_office,"
        " destination = excluded.destination, postcode = excluded.postcode, country = excluded.country"
        " where items.accepted_office = '' or %s",
        (
            line.number,
            written.desk,
            written.branch,
            destination.code if destination else "",
            line.postcode,
            line.country,
            is_next,
        ),
    )
    said = _Said(line.operation, line.number, "EMA", written.branch, detail=line.service)
    said = said._replace(
        due_qapik=line.cod_qapik,
        reason=IN_PERSON if line.in_person else "",
        measure=VALUE if line.insured_qapik else "",
    )
    _event(conn, written, said, knew, now_ms)
    date = local(written.header.recorded_ms).date()
    advance.look(conn, written, line, date.isoformat(), now_ms)
    advance.take_early(conn, line, now_ms)
    supply.used_number(conn, written.desk, line.number, date, now_ms)


def reversed_line(
    conn: Connection, written: AcceptedRecord, undone: ops.LineReversed, line: ops.ItemAccepted, now_ms: int
) -> None:
    """An acceptance was reversed: the item's file ends with it (EXX), and nobody waits for it any more."""
    said = _Said(undone.operation, line.number, "EXX", written.branch, measure="handed_back")
    _event(conn, written, said, concerned(conn, line.number), now_ms)


def scanned(conn: Connection, written: AcceptedRecord, body: ops.ItemScanned, now_ms: int) -> None:
    """An event was scanned at an office; items of other posts begin their file here with it."""
    if body.office != written.branch:
        # Whatever office it names would be told of it, and be taken for the one that has the item.
        place = written.desk, written.epoch, written.sequence
        list_exception(conn, *place, "item_elsewhere", now_ms, f"{body.number} {body.office}")
        return
    if read_item_number(body.number).number != body.number:
        place = written.desk, written.epoch, written.sequence
        list_exception(conn, *place, "item_number", now_ms, body.number)
        return
    if not 0 <= body.duty_qapik <= DUE_QAPIK_MAX:
        place = written.desk, written.epoch, written.sequence
        list_exception(conn, *place, "item_charge", now_ms, f"{body.number} {body.duty_qapik}")
        return
    knew = concerned(conn, body.number)
    conn.execute(
        "insert into items (number, state, desk, accepted_office, destination, postcode)"
        " values (%s, '', '', '', '', '') on conflict do nothing",
        (body.number,),
    )
    # Who signed is a commitment in the body: the name lies in an attachment and is told on demand only.
    said = _Said(
        written.header.operation,
        body.number,
        body.event,
        body.office,
        body.reason,
        body.measure,
        body.answers,
        body.receptacle or body.until or body.relation,
        body.duty_qapik,
    )
    _event(conn, written, said, knew, now_ms)


def voided(conn: Connection, written: AcceptedRecord, body: ops.ScanVoided, now_ms: int) -> None:
    """A scan was taken back: it stays in the file, marked; whoever was told of it is told this too."""
    item_files.lock(conn, body.number)
    gone = conn.execute(
        "update item_events set voided = true where operation = %s and number = %s and desk = %s"
        " and not voided",
        (body.scan, body.number, written.desk),
    ).rowcount
    if gone:
        code = pickups.current(conn, body.number)
        _fold(conn, body.number, now_ms)
        notices.taken_back(conn, body.number, body.scan, notices.OF_EVENTS, now_ms)
        if code and not pickups.current(conn, body.number):
            # It does not lie there after all.
            notices.taken_back(conn, body.number, code, (ITEM_ARRIVED,), now_ms)
        _tell(conn, body.number, concerned(conn, body.number), now_ms, only=body.scan)
        bags.item_seen(conn, body.number, now_ms)


def fold_anew(conn: Connection, now_ms: int) -> int:
    """Fold what an older version of the history folded; gives how many items were.

    What a newer one folded stays: during an upgrade both are at work, and would undo each other's.
    """
    done, last = 0, ""
    while numbers := conn.execute(
        # From the last one on: not every item again at each step.
        "select number from items where fold < %s and number >= %s order by number limit %s",
        (VERSION, last, _FOLDED_AT_ONCE),
    ).fetchall():
        with conn.transaction():
            for (number,) in numbers:
                item_files.lock(conn, number)
                _fold(conn, number, now_ms)
        done, last = done + len(numbers), numbers[-1][0]
    return done


def introduce(conn: Connection, desk: str, branch: str, now_ms: int) -> None:
    """A machine that begins at an office hears all that it would know, had it been there all the time.

    Of an item that has not ended also what its desk scanned before it; orders and codes that stand: or it
    handed over what every other desk there holds.
    """
    # Before the items: what lies in a bag finds it.
    bags.introduce(conn, desk, branch, now_ms)
    rows = conn.execute(
        "select number, state = any(%s) from items where accepted_office = %s or destination = %s"
        " or exists (select from item_events e where e.number = items.number and e.office = %s)"
        " order by number",
        (list(FINAL), branch, branch, branch),
    ).fetchall()
    for number, has_ended in rows:
        if not has_ended:
            postcode = _postcode(conn, number)
            for row in item_files.rows(conn, number):
                tell(conn, _news(row, postcode), [desk], now_ms)
    orders.introduce(conn, [number for number, _ended in rows], desk, now_ms)
    pickups.introduce(conn, desk, branch, now_ms)


def remind(conn: Connection, now_ms: int) -> int:
    """Whoever waits for an item whose days end soon is told, once for each stay; how many were."""
    return notices.remind(conn, lambda conn, number: item_files.known(conn, number)[-1], now_ms)


def goes_to(conn: Connection, number: str) -> str:
    """The country that an item leaves for, ISO 3166; "" of one that stays at home or was never accepted."""
    row = conn.execute("select country from items where number = %s", (number,)).fetchone()
    return str(row[0]) if row else ""


def _event(conn: Connection, written: AcceptedRecord, said: _Said, knew: frozenset[str], now_ms: int) -> None:
    (known,) = one(conn, "select count(*) from item_events where number = %s", (said.number,))
    if known >= EVENTS_MAX:
        place = written.desk, written.epoch, written.sequence
        list_exception(conn, *place, "item_flooded", now_ms, f"{said.number} {said.event}")
        return
    new = conn.execute(
        "insert into item_events (operation, number, event, office, desk, at_ms, detail, epoch, sequence,"
        " reason, measure, answers, due_qapik)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " on conflict do nothing",
        (
            said.operation,
            said.number,
            said.event,
            said.office,
            written.desk,
            written.header.recorded_ms,
            said.detail,
            written.epoch,
            written.sequence,
            said.reason,
            said.measure,
            said.answers,
            said.due_qapik,
        ),
    ).rowcount
    item_files.lock(conn, said.number)
    if not new:
        return
    _fold(conn, said.number, now_ms)
    now = concerned(conn, said.number)
    _tell(conn, said.number, now & knew, now_ms, only=said.operation)
    _tell(conn, said.number, now - knew, now_ms)
    orders.tell_all(conn, said.number, now - knew, now_ms)
    bags.item_seen(conn, said.number, now_ms)


def _fold(conn: Connection, number: str, now_ms: int) -> None:
    rows = {row.operation: row for row in item_files.rows(conn, number)}
    all_ = lives(item_files.told(row) for row in rows.values())
    for step in (step for life in all_ for step in life.steps):
        row = rows[step.event.id]
        if step.mark == row.mark:
            continue
        conn.execute("update item_events set mark = %s where operation = %s", (step.mark, row.operation))
        place, about = (row.desk, row.epoch, row.sequence), f"{number} {row.event}"
        if step.mark == "contradiction":
            due = (local(now_ms).date() + timedelta(days=_TASK_DAYS)).isoformat()
            list_task(conn, place, TASK, about, due, now_ms)
        elif row.mark == "contradiction":
            end_exact(conn, place, TASK, about, now_ms)
    now = all_[-1]
    conn.execute(
        "update items set state = %s, generation = %s, custody = %s, holder = %s, fold = %s"
        " where number = %s",
        (now.state, now.generation, now.custody, now.office, VERSION, number),
    )
    pickups.follow(conn, number, now, now_ms)
    orders.follow(conn, number, now, now_ms)
    notices.follow(conn, number, now, now_ms)
    for life in all_:
        charges.follow(conn, number, life, now_ms)
    irregularities.follow(conn, number, all_, now_ms)


def _tell(conn: Connection, number: str, offices: frozenset[str], now_ms: int, only: str = "") -> None:
    """Tell the desks of these offices the events of an item, or one of them; a desk is not told its own."""
    if not offices:
        return
    desks = desks_at(conn, offices)
    postcode = _postcode(conn, number)
    for row in item_files.rows(conn, number):
        if only in ("", row.operation):
            tell(conn, _news(row, postcode), [desk for desk in desks if desk != row.desk], now_ms)


def _postcode(conn: Connection, number: str) -> str:
    row = conn.execute("select postcode, redirected from items where number = %s", (number,)).fetchone()
    if row is None:
        return ""
    return (postcode_of(conn, row[1]) if row[1] else "") or str(row[0])


def _news(row: Any, postcode: str) -> ItemEvent:
    return (ItemVoided if row.voided else ItemEvent)(
        number=row.number,
        event=row.event,
        office=row.office,
        at_ms=row.at_ms,
        detail=row.detail,
        postcode=postcode,
        operation=row.operation,
        desk=row.desk,
        epoch=row.epoch,
        sequence=row.sequence,
        reason=row.reason,
        measure=row.measure,
        answers=row.answers,
        due_qapik=row.due_qapik,
    )
