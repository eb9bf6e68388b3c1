"""Sender and addressee of an item as its acceptance names them: the language they read, their telephones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from azpost_desk.central.sold import settlement_of
from azpost_desk.domain.people import Addresses

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.mail.history import Life, Told


@dataclass(frozen=True, slots=True)
class Parties:
    """Telephones as they were given, "" where none was; `language` is that of the receipt."""

    language: str
    sender_phone: str
    addressee_phone: str


def acceptance(life: Life) -> Told | None:
    """The event of the acceptance, which names the record that holds the parties; None of others' items."""
    taken_in = (one.event for one in life.steps if one.event.code == "EMA" and one.mark != "voided")
    return next(taken_in, None)


def parties_of(conn: Connection, accepted: Told) -> Parties | None:
    """The parties of an acceptance; None when they were erased or its record is not here."""
    place = accepted.desk, accepted.epoch, accepted.sequence
    kept = conn.execute(
        "select content from attachments where desk = %s and epoch = %s and sequence = %s and slot = %s"
        " and content is not null",
        (*place, f"{accepted.id}:addresses"),
    ).fetchone()
    sold = settlement_of(conn, *place, accepted.id)
    if kept is None or sold is None:
        return None
    try:
        found = msgspec.json.decode(kept[0], type=Addresses)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return Parties(sold.language, found.sender.phone, found.addressee.phone)
