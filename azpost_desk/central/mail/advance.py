"""Advance data that a country demands: an item accepted without sound data does not leave before it is there.

In: an acceptance and its declaration, amendments of it, the price list's demands by country and day. Out: a
stop order that bars the hand-over to another post (EMC) wherever the item comes to, lifted by the amendment
that fills it in; the sale and its way inland stand. Every version is kept, the one that stands is sent.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from azpost_desk.central.accepted import AcceptedRecord
from azpost_desk.central.exceptions import end_exact, list_exception, list_task
from azpost_desk.central.mail import item_files, orders
from azpost_desk.central.mail.parties import acceptance
from azpost_desk.central.registry import reference
from azpost_desk.domain import operations
from azpost_desk.domain.item_numbers import read_item_number
from azpost_desk.domain.mail.advance import Version, is_sound, read, standing
from azpost_desk.domain.mail.orders import ADVANCE
from azpost_desk.domain.mail.prices import MailAbroad
from azpost_desk.domain.people import Addresses
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.records import Header
from azpost_desk.texts.sentences import local

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain import operations as ops
    from azpost_desk.domain.mail.advance import ItemAttributes
    from azpost_desk.domain.mail.history import Life, Told

# Nobody in person: the demand of the document did it.
BY: Final = "centre"
STRANGE: Final = "item_declared_strange"
TWICE: Final = "item_declared_twice"
EARLY: Final = "item_declared_early"
_EARLY_DAYS: Final = 7
_ORDERS: Final = uuid.UUID("6f1c1d9e-3c0b-5a54-9c0f-0b9f3f5d8a11")
_HEADER: Final = msgspec.json.Decoder(Header)
_WHY: Final = "no sound advance data for {country}"
# Far more than anybody amends of one item, and far less than a column holds.
_VERSION_MAX: Final = 1_000_000
_LEAVES: Final = frozenset({"EMC", "EMJ", "EMK"})


class Kept(NamedTuple):
    """A version as the centre keeps it; of the sale's, `sound` is not kept and says nothing."""

    version: int
    message: str
    supersedes: str
    desk: str
    epoch: int
    sequence: int
    at_ms: int
    sound: bool
    has_left: bool


def look(conn: Connection, written: AcceptedRecord, line: ops.ItemAccepted, date: str, now_ms: int) -> None:
    """Stop an item accepted on this day for such a country, when its data is not there or not sound."""
    if not _is_demanded(conn, line.country, date):
        return
    told = _told(written.attachments.get(f"{line.operation}:addresses"))
    if not _is_of(told, line.number, line.country):
        _stop(conn, line.number, line.country, line.operation, now_ms)


def amended(conn: Connection, written: AcceptedRecord, body: ops.ItemDeclared, now_ms: int) -> None:
    """The desk that accepted an item amended its data; what no honest desk writes is security's."""
    place, message = (written.desk, written.epoch, written.sequence), written.header.operation
    if _is_early(conn, body):
        due = (local(now_ms).date() + timedelta(days=_EARLY_DAYS)).isoformat()
        list_task(conn, place, EARLY, f"{body.number} {body.acceptance}", due, now_ms)
        return
    accepted = _acceptance(conn, body, written.desk)
    told = _told(written.attachments.get(f"{message}:addresses"))
    if accepted is None or not _is_next(conn, body) or _is_other(told, message, body, accepted[0]):
        list_exception(conn, *place, STRANGE, now_ms, f"{body.number} {body.version}")
        return
    country = accepted[0]
    conn.execute(
        "insert into item_declarations (message, number, acceptance, version, supersedes, desk, epoch,"
        " sequence, at_ms, sound, has_left)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
        (
            message,
            body.number,
            body.acceptance,
            body.version,
            body.supersedes,
            *place,
            written.header.recorded_ms,
            _is_of(told, body.number, country),
            body.has_left,
        ),
    )
    _follow(conn, message, body, accepted, place, now_ms)


def take_early(conn: Connection, line: ops.ItemAccepted, now_ms: int) -> None:
    """What was amended of an item before its sale was known here, as when that lay in a tail that was lost,
    waited as a task: it is judged now.
    """
    about = f"{line.number} {line.operation}"
    rows = conn.execute(
        "select e.desk, d.branch, e.epoch, e.sequence, j.hash, j.header, j.body, j.received_ms"
        " from exceptions e join journal j using (desk, epoch, sequence) join desks d using (desk)"
        " where e.reason = %s and e.about = %s and e.ended_ms = 0 and j.accepted"
        " order by e.desk, e.epoch, e.sequence",
        (EARLY, about),
    ).fetchall()
    for desk, branch, epoch, sequence, digest, header_bytes, body_bytes, received_ms in rows:
        place, header = (desk, epoch, sequence), _HEADER.decode(header_bytes)
        body = operations.decode(header.kind, header.version, body_bytes)
        parts = conn.execute(
            "select slot, content from attachments where (desk, epoch, sequence) = (%s, %s, %s)"
            " and content is not null",
            place,
        ).fetchall()
        end_exact(conn, place, EARLY, about, now_ms)
        beside = {str(slot): bytes(content) for slot, content in parts}
        found = AcceptedRecord(desk, branch, epoch, sequence, digest.hex(), header, body, beside, received_ms)
        amended(conn, found, body, now_ms)


def versions(conn: Connection, number: str) -> tuple[Kept, ...]:
    """What was declared of the newest item under a number, the sale's first; none where none was sold."""
    accepted = _accepted(conn, number)
    return () if accepted is None else _versions(conn, number, accepted)


def declared(conn: Connection, number: str) -> ItemAttributes | None:
    """The message that stands for an item: what its operator and customs get.

    None of what was not sold here, stays in the country, or was erased by rule.
    """
    known = versions(conn, number)
    if not known:
        return None
    last = _standing(known)[-1]
    row = conn.execute(
        "select content from attachments where (desk, epoch, sequence, slot) = (%s, %s, %s, %s)",
        (last.desk, last.epoch, last.sequence, f"{last.message}:addresses"),
    ).fetchone()
    told = _told(row[0]) if row else None
    # A desk that never had the number before does not know which item of it this is.
    generation = item_files.known(conn, number)[-1].generation
    return msgspec.structs.replace(told, generation=max(told.generation, generation)) if told else None


def _follow(
    conn: Connection,
    message: str,
    body: ops.ItemDeclared,
    sold: tuple[str, str],
    place: tuple[str, int, int],
    now_ms: int,
) -> None:
    """Stop the item, or lift what the demand stopped, by the version that stands now.

    That two stand is a task once: amended again, each has its own next, and the person knows.
    """
    country, date = sold
    life = item_files.known(conn, body.number)[-1]
    accepted = acceptance(life)
    if accepted is None or accepted.id != body.acceptance:
        # Of an item that had the number before.
        return
    known = _versions(conn, body.number, accepted)
    left, before = _standing(known), _standing(tuple(one for one in known if one.message != message))
    if len(left) > max(len(before), 1):
        list_task(conn, place, TWICE, body.number, date, now_ms)
    if left[-1].sound:
        for order, kind, _since_ms, by, _why, _to in orders.standing(conn, body.number):
            if (kind, by) == (ADVANCE, BY):
                orders.lift(conn, order, BY, f"version {left[-1].version}", now_ms)
    elif _is_demanded(conn, country, date) and not _has_left(life):
        _stop(conn, body.number, country, message, now_ms)


def _standing(known: tuple[Kept, ...]) -> tuple[Kept, ...]:
    """As `domain.mail.advance.standing`."""
    kept = {one.message: one for one in known}
    left = standing(
        Version(
            version=one.version,
            message=one.message,
            supersedes=one.supersedes,
            epoch=one.epoch,
            sequence=one.sequence,
        )
        for one in known
    )
    return tuple(kept[one.message] for one in left)


def _versions(conn: Connection, number: str, accepted: Told) -> tuple[Kept, ...]:
    rows = conn.execute(
        "select version, message, supersedes, desk, epoch, sequence, at_ms, sound, has_left"
        " from item_declarations where number = %s and acceptance = %s order by version, epoch, sequence",
        (number, accepted.id),
    ).fetchall()
    place = accepted.desk, accepted.epoch, accepted.sequence
    first = Kept(1, accepted.id, "", *place, accepted.at_ms, sound=False, has_left=False)
    return (first, *map(Kept._make, rows))


def _accepted(conn: Connection, number: str) -> Told | None:
    lives = item_files.known(conn, number)
    return acceptance(lives[-1]) if lives else None


def _acceptance(conn: Connection, body: ops.ItemDeclared, desk: str) -> tuple[str, str] | None:
    """(country, ISO date) of the acceptance that is amended; None when that desk made none such."""
    if any("\0" in text for text in (body.number, body.acceptance, body.supersedes)):
        # No id and no number holds it, and no question to the database.
        return None
    row = conn.execute(
        "select i.country, e.at_ms from item_events e join items i using (number)"
        " where e.operation = %s and e.number = %s and e.event = 'EMA' and e.desk = %s and i.country <> ''",
        (body.acceptance, body.number, desk),
    ).fetchone()
    return (str(row[0]), local(row[1]).date().isoformat()) if row else None


def _is_early(conn: Connection, body: ops.ItemDeclared) -> bool:
    """Whether nobody has heard yet of what it amends: the sale may still come."""
    if any("\0" in text for text in (body.number, body.acceptance, body.supersedes)):
        return False
    known = conn.execute("select from item_events where operation = %s", (body.acceptance,)).fetchone()
    item = read_item_number(body.number)
    is_number = item.valid and item.number == body.number
    return known is None and is_number and 2 <= body.version <= _VERSION_MAX


def _is_next(conn: Connection, body: ops.ItemDeclared) -> bool:
    """Whether a version is the one after what it supersedes; one whose record was lost may be any."""
    row = conn.execute(
        "select version from item_declarations where (message, acceptance) = (%s, %s)",
        (body.supersedes, body.acceptance),
    ).fetchone()
    before = 1 if body.supersedes == body.acceptance else row[0] if row else None
    return 2 <= body.version <= _VERSION_MAX and before in (None, body.version - 1)


def _is_other(told: ItemAttributes | None, message: str, body: ops.ItemDeclared, country: str) -> bool:
    """Whether the message is not what its record says it is, or of another country than was paid for.

    What was erased before it came, as after a restore, says nothing: it is unsound and no lie.
    """
    return told is not None and (told.message, told.supersedes, told.item, told.addressee.country) != (
        message,
        body.supersedes,
        body.number,
        country,
    )


def _is_demanded(conn: Connection, country: str, date: str) -> bool:
    prices = reference.newest(conn, MailAbroad)
    return prices is not None and prices.demands_advance(country, date)


def _stop(conn: Connection, number: str, country: str, message: str, now_ms: int) -> None:
    """The order's id is made from the message that lacks something: a centre that was restored gives the same
    one again, and what lifts it lifts what the desks heard before.
    """
    if read_item_number(number).number != number:
        # Under no such number does anything leave.
        return
    try:
        order = uuid.uuid5(_ORDERS, message).hex
        orders.stop(conn, number, ADVANCE, BY, _WHY.format(country=country), now_ms, order=order)
    except Refused as no:
        if no.code != "E-048":
            raise


def _has_left(life: Life) -> bool:
    return any(one.counts and one.event.code in _LEAVES for one in life.steps)


def _told(content: bytes | None) -> ItemAttributes | None:
    """The message in what lies beside a record; None of what is erased or holds none."""
    if content is None:
        return None
    try:
        return read(msgspec.json.decode(content, type=Addresses).declared.encode())
    except (msgspec.DecodeError, UnicodeError):
        return None


def _is_of(told: ItemAttributes | None, number: str, country: str) -> bool:
    if told is None:
        return False
    return told.item == number and told.addressee.country == country and is_sound(told)
