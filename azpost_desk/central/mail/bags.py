"""Inland bags at the centre: each step is kept, the bag folded anew, the desks of its offices are told.

In: what the desks of an office wrote of its bags, and those of another one of bags that came to it. Out: rows
of `mail_bags` (`domain.mail.bag_history`), news of a bag as it stands, exceptions for what no honest desk
writes, tasks for a step that fits nowhere, for a bag that is on the road longer than any road is, and for
each item that was on its list and not in it, or in it and on no list.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg.rows import namedtuple_row

from azpost_desk.central.exceptions import end_exact, list_exception, list_task
from azpost_desk.central.mail.offices import postcode_of
from azpost_desk.central.news import desks_at, tell
from azpost_desk.central.storage.database import one
from azpost_desk.domain.item_numbers import read_item_number
from azpost_desk.domain.mail.bag_history import BagStep, life_of
from azpost_desk.domain.mail.bags import (
    BAGGING,
    CONDITIONS,
    GRAMS_MAX,
    ITEMS_MAX,
    ROAD_HOURS,
    read_bag_number,
    read_seal,
)
from azpost_desk.protocol.news import MailBagNews
from azpost_desk.texts.sentences import local

if TYPE_CHECKING:
    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain import operations as ops

CONTRADICTION: Final = "mail_bag_contradiction"
MISSING: Final = "mail_bag_missing"
OVERDUE: Final = "mail_bag_overdue"
SURPLUS: Final = "mail_bag_surplus"
# Of a missing item: a person has said how it ends, and no scan opens it again.
SETTLED: Final = "settled"
# Nobody opens and closes one bag so often: whoever writes more wants its fold to cost the country its time.
STEPS_MAX: Final = 200
_TASK_DAYS: Final = 7
_HOUR_MS: Final = 3_600_000
# A number may stand on another bag a year later (domain.mail.bags.bag_number).
_REUSE_MS: Final = 365 * 86_400_000
_STANDING: Final = ("open", "sealed", "gone", "astray", "missing", "arrived", "opened")


class _Content(NamedTuple):
    """What a step says of a bag: what it was closed with, or how it was found and what was in it."""

    grams: int = 0
    typed: bool = False
    seal: str = ""
    numbers: tuple[str, ...] = ()
    number: str = ""
    arrival: str = ""
    condition: str = ""


_NOTHING: Final = _Content()


def begun(conn: Connection, written: AcceptedRecord, body: ops.MailBagBegun, now_ms: int) -> None:
    """An office fills a bag; a number that another bag of this year has waits for a person."""
    header = written.header
    known = conn.execute(
        "select from mail_bags where number = %s and begun_ms > %s",
        (body.number, header.recorded_ms - _REUSE_MS),
    ).fetchone()
    is_sound = read_bag_number(body.number) == body.number and bool(postcode_of(conn, body.to_office))
    if known is not None or not is_sound or body.to_office == written.branch:
        _except(conn, written, "mail_bag_strange", f"{body.number} {body.to_office}", now_ms)
        return
    conn.execute(
        "insert into mail_bags (mail_bag, number, from_office, to_office, begun_ms, state, version,"
        " changed_ms) values (%s, %s, %s, %s, %s, '', 0, %s) on conflict do nothing",
        (header.operation, body.number, written.branch, body.to_office, header.recorded_ms, now_ms),
    )
    _one_at_a_time(conn, body.number)
    # The bag was quicker than the word of it.
    conn.execute(
        "update mail_bag_steps set mail_bag = %s where mail_bag = '' and number = %s and office <> %s",
        (header.operation, body.number, written.branch),
    )
    _step(conn, written, header.operation, "begun", 1, now_ms)


def closed(conn: Connection, written: AcceptedRecord, body: ops.MailBagClosed, now_ms: int) -> None:
    """It is sealed: this list is what it is held against, whoever opens it."""
    numbers = tuple(dict.fromkeys(body.numbers))
    is_sound = (
        0 < len(numbers) == len(body.numbers) == body.counted <= ITEMS_MAX
        and all(read_item_number(each).number == each for each in numbers)
        and 0 < body.grams <= GRAMS_MAX
        and read_seal(body.seal) == body.seal
    )
    if not is_sound:
        _except(conn, written, "mail_bag_strange", body.bag, now_ms)
        return
    said = _Content(body.grams, body.typed, body.seal, numbers)
    _step(conn, written, body.bag, "sealed", body.version, now_ms, said)


def reopened(conn: Connection, written: AcceptedRecord, body: ops.MailBagReopened, now_ms: int) -> None:
    """Its holder opened it again: what it was closed with counts no more."""
    _step(conn, written, body.bag, "reopened", body.version, now_ms)


def given_up(conn: Connection, written: AcceptedRecord, body: ops.MailBagGivenUp, now_ms: int) -> None:
    """Nothing goes with it."""
    _step(conn, written, body.bag, "given_up", 0, now_ms)


def handed_over(conn: Connection, written: AcceptedRecord, body: ops.MailBagHandedOver, now_ms: int) -> None:
    """It is on the road, and its office waits for word of it no longer than `ROAD_HOURS`.

    Whoever has it because it went astray sends it on.
    """
    row = conn.execute(
        "select from_office, state, office from mail_bags where mail_bag = %s for update", (body.bag,)
    ).fetchone()
    if row is not None and row[0] != written.branch and row[1:] == ("astray", written.branch):
        _receive(conn, written, body.bag, "handed_over", _NOTHING, now_ms)
        return
    _step(conn, written, body.bag, "handed_over", body.version, now_ms)


def taken(conn: Connection, written: AcceptedRecord, body: ops.MailBagTaken, now_ms: int) -> None:
    """An office took a bag in, maybe before anybody said that it exists."""
    _one_at_a_time(conn, body.number)
    bag, from_office = _numbered(conn, body.bag, body.number, written.header.recorded_ms)
    if read_bag_number(body.number) != body.number or body.condition not in ("", *CONDITIONS):
        _except(conn, written, "mail_bag_strange", body.number, now_ms)
        return
    if from_office == written.branch:
        _except(conn, written, "mail_bag_elsewhere", f"{body.number} taken", now_ms)
        return
    arrival = written.header.operation
    said = _Content(
        body.grams, False, body.seal, number=body.number, arrival=arrival, condition=body.condition
    )
    _receive(conn, written, bag, "taken", said, now_ms)


def opened(conn: Connection, written: AcceptedRecord, body: ops.MailBagOpened, now_ms: int) -> None:
    """What lies in it is scanned."""
    _go_on(conn, written, body.arrival, "opened", (), now_ms)


def ended(conn: Connection, written: AcceptedRecord, body: ops.MailBagEnded, now_ms: int) -> None:
    """Nothing more is in it: what its list names beyond this is missing, whatever the desk knew of it."""
    found = tuple(dict.fromkeys(body.found))
    if len(found) > ITEMS_MAX or any(read_item_number(each).number != each for each in found):
        _except(conn, written, "mail_bag_strange", body.arrival, now_ms)
        return
    _go_on(conn, written, body.arrival, "emptied", found, now_ms)


def item_seen(conn: Connection, number: str, now_ms: int) -> None:
    """An item was scanned, or a scan of it taken back: what is missing of it in bags may have changed."""
    rows = _all(
        conn,
        "select m.mail_bag, m.state, b.number as bag, s.desk, s.epoch, s.sequence, exists (select from"
        " item_events e where e.number = m.number and e.at_ms >= m.since_ms and not e.voided"
        " and e.event <> all(%s)) as found from mail_bag_missing m join mail_bags b using (mail_bag)"
        " join mail_bag_steps s using (operation) where m.number = %s",
        (list(BAGGING), number),
    )
    for row in rows:
        state = "found" if row.found else "missing"
        if row.state in (state, SETTLED):
            continue
        place, about = (row.desk, row.epoch, row.sequence), f"{number} {row.bag}"
        conn.execute(
            "update mail_bag_missing set state = %s where mail_bag = %s and number = %s",
            (state, row.mail_bag, number),
        )
        if row.found:
            end_exact(conn, place, MISSING, about, now_ms)
        else:
            list_task(conn, place, MISSING, about, _due(now_ms, _TASK_DAYS), now_ms)


def look_for_overdue(conn: Connection, now_ms: int) -> int:
    """A bag that nobody took in in time is somebody's task, once; how many are."""
    rows = conn.execute(
        "select b.number, b.to_office, s.desk, s.epoch, s.sequence from mail_bags b"
        " join mail_bag_steps s using (mail_bag) where b.left_ms between 1 and %s"
        " and s.event = 'handed_over' and s.at_ms = b.left_ms and not exists (select from exceptions e"
        " where (e.desk, e.epoch, e.sequence, e.reason) = (s.desk, s.epoch, s.sequence, %s))"
        " order by b.left_ms",
        (now_ms - ROAD_HOURS * _HOUR_MS, OVERDUE),
    ).fetchall()
    for number, to_office, *place in rows:
        list_task(conn, _place(place), OVERDUE, f"{number} {to_office}", _due(now_ms, 1), now_ms)
    return len(rows)


def introduce(conn: Connection, desk: str, branch: str, now_ms: int) -> None:
    """A machine that begins at an office hears which bags are there, or on their way to it or from it."""
    wanted = (
        "select * from mail_bags where state = any(%s) and %s in (from_office, to_office, office)"
        " order by begun_ms, mail_bag"
    )
    for row in _all(conn, wanted, (list(_STANDING), branch)):
        tell(conn, _news(row, now_ms), [desk], now_ms)


def _step(
    conn: Connection,
    written: AcceptedRecord,
    bag: str,
    event: str,
    version: int,
    now_ms: int,
    said: _Content = _NOTHING,
) -> None:
    """Keep a step of a bag of the writer's own office, and fold the bag anew."""
    # Whoever folds a bag after this sees every step of it that was committed before.
    row = conn.execute("select from_office from mail_bags where mail_bag = %s for update", (bag,)).fetchone()
    if row is None or row[0] != written.branch:
        _except(conn, written, "mail_bag_elsewhere", f"{bag} {event}", now_ms)
        return
    if _is_flooded(conn, written, bag, ""):
        _except(conn, written, "mail_bag_strange", f"{bag} {event}", now_ms)
        return
    _keep(conn, written, bag, event, version, now_ms, said)
    _fold(conn, bag, now_ms)


def _receive(
    conn: Connection, written: AcceptedRecord, bag: str, event: str, said: _Content, now_ms: int
) -> None:
    """Keep a step of a bag that came to the writer's office; `bag` "" as long as nobody has spoken of it."""
    conn.execute("select from mail_bags where mail_bag = %s for update", (bag,))
    if _is_flooded(conn, written, bag, said.number):
        _except(conn, written, "mail_bag_strange", f"{said.number or bag} {event}", now_ms)
        return
    _keep(conn, written, bag, event, 0, now_ms, said)
    if bag:
        _fold(conn, bag, now_ms)


def _is_flooded(conn: Connection, written: AcceptedRecord, bag: str, number: str) -> bool:
    """Whether this office has written enough of a bag; what another one writes of it stops nobody."""
    (known,) = one(
        conn,
        "select count(*) from mail_bag_steps where mail_bag = %s and (mail_bag <> '' or number = %s)"
        " and office = %s",
        (bag, number, written.branch),
    )
    return bool(known >= STEPS_MAX)


def _go_on(
    conn: Connection,
    written: AcceptedRecord,
    arrival: str,
    event: str,
    found: tuple[str, ...],
    now_ms: int,
) -> None:
    """A step of a bag that this office took in."""
    rows = _all(
        conn,
        "select number from mail_bag_steps where operation = %s and event = 'taken' and office = %s",
        (arrival, written.branch),
    )
    if not rows:
        _except(conn, written, "mail_bag_elsewhere", f"{arrival} {event}", now_ms)
        return
    number = rows[0].number
    _one_at_a_time(conn, number)
    # Asked once more behind the lock: its bag may have been spoken of meanwhile.
    [step] = _all(conn, "select mail_bag from mail_bag_steps where operation = %s", (arrival,))
    said = _Content(numbers=found, number=number, arrival=arrival)
    _receive(conn, written, step.mail_bag, event, said, now_ms)


def _one_at_a_time(conn: Connection, number: str) -> None:
    """Whoever speaks of this number next sees what was said of it before, though no bag has it yet."""
    conn.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"mail bag {number}",))


def _numbered(conn: Connection, bag: str, number: str, at_ms: int) -> tuple[str, str]:
    """The bag meant and whose it is; ("", "") of one nobody has spoken of."""
    row = conn.execute(
        "select mail_bag, from_office from mail_bags where number = %s and (mail_bag = %s or begun_ms > %s)"
        " order by mail_bag = %s desc, begun_ms desc limit 1",
        (number, bag, at_ms - _REUSE_MS, bag),
    ).fetchone()
    return (str(row[0]), str(row[1])) if row else ("", "")


def _keep(
    conn: Connection,
    written: AcceptedRecord,
    bag: str,
    event: str,
    version: int,
    now_ms: int,
    said: _Content,
) -> None:
    header = written.header
    # By a clock that is years early a bag would never be on the road for too long, nor its items found.
    at_ms = min(header.recorded_ms, now_ms)
    conn.execute(
        "insert into mail_bag_steps (operation, mail_bag, event, version, office, desk, epoch, sequence,"
        " at_ms, grams, typed, seal, numbers, number, arrival, condition) values"
        " (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
        (
            *(header.operation, bag, event, version, written.branch),
            *(written.desk, written.epoch, written.sequence, at_ms),
            *(said.grams, said.typed, said.seal, list(said.numbers)),
            *(said.number, said.arrival, said.condition),
        ),
    )


def _fold(conn: Connection, bag: str, now_ms: int) -> None:
    """What its steps make of a bag, told to everybody whom it concerns, its writer too: the next step of a
    desk follows on what all of them made of it.
    """
    steps = _all(conn, "select * from mail_bag_steps where mail_bag = %s", (bag,))
    [before] = _all(conn, "select * from mail_bags where mail_bag = %s", (bag,))
    by_id = {step.operation: step for step in steps}
    life = life_of(_told(step, before.from_office, before.to_office) for step in steps)
    _mark(conn, before.number, steps, life.unfit, now_ms)
    sealing = by_id.get(life.sealing)
    said = _Content(sealing.grams, sealing.typed, sealing.seal, sealing.numbers) if sealing else _NOTHING
    left_ms = by_id[life.left].at_ms if life.left else 0
    if before.left_ms and not left_ms:
        for step in steps:
            if step.event == "handed_over":
                place = step.desk, step.epoch, step.sequence
                end_exact(conn, place, OVERDUE, f"{before.number} {before.to_office}", now_ms)
    arrived = by_id.get(life.arrival)
    lies = (arrived.office, arrived.operation, arrived.condition) if arrived else ("", "", "")
    conn.execute(
        "update mail_bags set state = %s, version = %s, grams = %s, typed = %s, seal = %s, numbers = %s,"
        " left_ms = %s, office = %s, arrival = %s, condition = %s, changed_ms = %s where mail_bag = %s",
        (life.state, life.version, *said[:3], list(said.numbers), left_ms, *lies, now_ms, bag),
    )
    if sealing and life.emptied:
        _miss(conn, bag, sealing, by_id[life.emptied], now_ms)
        _too_many(conn, before.number, sealing, by_id[life.emptied], now_ms)
    _tell(conn, bag, now_ms)


def _miss(conn: Connection, bag: str, sealing: Any, ended: Any, now_ms: int) -> None:
    """Each number of the list that was not found is missing until somebody scans it, wherever that is."""
    found = frozenset(ended.numbers)
    for number in sealing.numbers:
        if number not in found:
            # A scan of it that is taken in just now sees this row, or is seen here.
            conn.execute("select from items where number = %s for update", (number,))
            new = conn.execute(
                "insert into mail_bag_missing (mail_bag, number, operation, since_ms, state)"
                " values (%s, %s, %s, %s, '') on conflict do nothing",
                (bag, number, ended.operation, sealing.at_ms),
            ).rowcount
            if new:
                item_seen(conn, number, now_ms)


def _too_many(conn: Connection, bag: str, sealing: Any, ended: Any, now_ms: int) -> None:
    """Each number that was found and is on no list is a person's task, once; a later list may explain it."""
    place = ended.desk, ended.epoch, ended.sequence
    listed = {f"{number} {bag}" for number in ended.numbers if number not in frozenset(sealing.numbers)}
    known = {
        about
        for (about,) in conn.execute(
            "select about from exceptions where (desk, epoch, sequence, reason) = (%s, %s, %s, %s)",
            (*place, SURPLUS),
        )
    }
    for about in sorted(listed - known):
        list_task(conn, place, SURPLUS, about, _due(now_ms, _TASK_DAYS), now_ms)
    for about in sorted(known - listed):
        end_exact(conn, place, SURPLUS, about, now_ms)


def settle_missing(conn: Connection, place: tuple[str, int, int], about: str) -> None:
    """A person has ended the search for an item of a bag."""
    number, _, bag = about.partition(" ")
    conn.execute(
        "update mail_bag_missing m set state = %s from mail_bags b, mail_bag_steps s"
        " where b.mail_bag = m.mail_bag and s.operation = m.operation and m.number = %s and b.number = %s"
        " and (s.desk, s.epoch, s.sequence) = (%s, %s, %s)",
        (SETTLED, number, bag, *place),
    )


def _mark(conn: Connection, number: str, steps: list[Any], unfit: frozenset[str], now_ms: int) -> None:
    """A step that fits nowhere is a task until something explains it."""
    for step in steps:
        if (is_unfit := step.operation in unfit) != step.unfit:
            conn.execute(
                "update mail_bag_steps set unfit = %s where operation = %s", (is_unfit, step.operation)
            )
            place, about = (step.desk, step.epoch, step.sequence), f"{number} {step.event}"
            if is_unfit:
                list_task(conn, place, CONTRADICTION, about, _due(now_ms, _TASK_DAYS), now_ms)
            else:
                end_exact(conn, place, CONTRADICTION, about, now_ms)


def _tell(conn: Connection, bag: str, now_ms: int) -> None:
    [row] = _all(conn, "select * from mail_bags where mail_bag = %s", (bag,))
    tell(conn, _news(row, now_ms), desks_at(conn, (row.from_office, row.to_office, row.office)), now_ms)


def _news(row: Any, now_ms: int) -> MailBagNews:
    return MailBagNews(
        bag=row.mail_bag,
        number=row.number,
        from_office=row.from_office,
        to_office=row.to_office,
        state=row.state,
        version=row.version,
        begun_ms=row.begun_ms,
        at_ms=now_ms,
        grams=row.grams,
        typed=row.typed,
        seal=row.seal,
        numbers=tuple(row.numbers),
        office=row.office,
        arrival=row.arrival,
        condition=row.condition,
    )


def _told(row: Any, from_office: str, to_office: str) -> BagStep:
    is_of_sender = row.office == from_office
    event = "taken_elsewhere" if row.event == "taken" and row.office != to_office else row.event
    place = row.desk, row.epoch, row.sequence
    return BagStep(row.operation, event, row.version, is_of_sender, row.at_ms, *place)


def _all(conn: Connection, query: Any, values: tuple[object, ...]) -> list[Any]:
    with conn.cursor(row_factory=namedtuple_row) as cursor:
        return cursor.execute(query, values).fetchall()


def _due(now_ms: int, days: int) -> str:
    return (local(now_ms).date() + timedelta(days=days)).isoformat()


def _place(cells: list[Any]) -> tuple[str, int, int]:
    desk, epoch, sequence = cells
    return str(desk), int(epoch), int(sequence)


def _except(conn: Connection, written: AcceptedRecord, reason: str, about: str, now_ms: int) -> None:
    list_exception(conn, written.desk, written.epoch, written.sequence, reason, now_ms, about)
