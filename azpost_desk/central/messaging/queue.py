"""The queue of messages: one row for each thing that somebody is told, written where it becomes true.

In: a kind, what it is about, whom it tells and the facts of its sentence. Out: a row of `messages`, once for
each kind and thing; `is_so` says whether it may still be told, `erase` forgets whom it told what.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, LiteralString

import msgspec

from azpost_desk.domain.messages import (
    ITEM_ARRIVED,
    ITEM_DELIVERED,
    ITEM_ENDS,
    ITEM_MISTAKEN,
    ITEM_TRIED,
    KINDS,
    MESSAGE,
    REFUND_READY,
    TRANSFER_EXPIRES,
    TRANSFER_PAID,
    contact_of,
    message_id,
)
from azpost_desk.domain.moves import befores, move
from azpost_desk.texts import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from azpost_desk.central.storage.database import Connection


class Facts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a sentence says: no names, no accounts. `until` is a day, ISO; `tail` ends a number."""

    amount_qapik: int = 0
    receipt: str = ""
    until: str = ""
    office: str = ""
    tail: str = ""
    code: str = ""


# Of somebody who may be on a watch list nothing is said, neither yes nor no (M0-12).
_UNLISTED: Final = " and not exists (select from suspicions where transfer = %(about)s and not cleared)"
# An event that counts, of an item that stands so now.
_EVENT: Final = (
    "select from item_events e join items i using (number)"
    " where e.operation = %(about)s and e.mark in ('', 'jump') and not e.voided"
)
_WAITS: Final = " and replace(i.state, '.back', '') in ('office', 'attempted', 'pickup', 'held')"
_IS_SO: Final[Mapping[str, LiteralString]] = {
    REFUND_READY: "select from payments where payment = %(about)s and state = 'owed'",
    TRANSFER_PAID: f"select from transfers where transfer = %(about)s and state = 'paid'{_UNLISTED}",
    TRANSFER_EXPIRES: f"select from transfers where transfer = %(about)s and state = 'available'{_UNLISTED}",
    ITEM_ARRIVED: "select from pickup_codes where code = %(about)s and state = 'standing'",
    ITEM_TRIED: f"{_EVENT}{_WAITS}",
    ITEM_DELIVERED: f"{_EVENT} and i.state = 'delivered'",
    ITEM_ENDS: f"{_EVENT}{_WAITS} and i.holder = e.office",
    ITEM_MISTAKEN: "select from item_events where operation = %(about)s and voided"
    " union all select from pickup_codes where code = %(about)s and state = 'void'",
}


def is_so(conn: Connection, kind: str, about: str) -> bool:
    """Whether a message of this kind about this thing tells the truth now, and may be told."""
    # A row without columns is an empty tuple: there, and yet false.
    return conn.execute(_IS_SO[kind], {"about": about}).fetchone() is not None


def queue(
    conn: Connection,
    kind: str,
    about: str,
    place: tuple[str, int, int],
    person: tuple[str, str],
    facts: Facts,
    now_ms: int,
) -> bool:
    """Queue a message in the transaction whose effect it tells; whether it is new.

    Args:
        place: desk, epoch and number of the record it comes from.
        person: the language they read, and the contact they gave for it; one that reaches nobody, or none,
            queues nothing.
    """
    language, typed = person
    contact = contact_of(typed)
    if contact is None or not is_so(conn, kind, about):
        return False
    new = conn.execute(
        "insert into messages (message, kind, about, template, language, channel, contact, facts, desk,"
        " epoch, sequence, state, next_ms, made_ms, changed_ms)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " on conflict do nothing returning message",
        (
            message_id(kind, about),
            kind,
            about,
            KINDS[kind].version,
            language if language in LANGUAGES else LANGUAGES[0],
            contact.channel,
            contact.address,
            msgspec.json.encode(facts).decode(),
            *place,
            move(MESSAGE, "", "queued"),
            now_ms,
            now_ms,
            now_ms,
        ),
    ).fetchone()
    return new is not None


def withdraw(conn: Connection, kind: str, about: str, now_ms: int) -> None:
    """What it tells is so no more: unless it was sent it never is, and its facts are forgotten."""
    [(after, before)] = befores(MESSAGE, "withdrawn").items()
    conn.execute(
        "update messages set state = %s, reason = 'not_so', facts = '', next_ms = null, changed_ms = %s"
        " where message = %s and state = any(%s)",
        (after, now_ms, message_id(kind, about), before),
    )


def erase(conn: Connection, things: Iterable[str], now_ms: int) -> None:
    """Whom messages about these things told what is forgotten; what was not sent never is."""
    [(after, before)] = befores(MESSAGE, "withdrawn").items()
    named = list(things)
    conn.execute(
        "update messages set state = %s, reason = 'erased', changed_ms = %s"
        " where about = any(%s) and state = any(%s)",
        (after, now_ms, named, before),
    )
    conn.execute(
        "update messages set contact = '', facts = '', next_ms = null where about = any(%s)", (named,)
    )
