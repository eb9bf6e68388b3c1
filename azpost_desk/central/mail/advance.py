"""Advance data that a country demands: an item accepted without sound data does not leave before it is there.

In: an acceptance and its declaration, the price list's demands by country and day. Out: a stop order that
bars the hand-over to another post (EMC) wherever the item comes to; the sale and its way inland stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central.mail import orders
from azpost_desk.central.registry import reference
from azpost_desk.domain.item_numbers import read_item_number
from azpost_desk.domain.mail.advance import is_sound, read
from azpost_desk.domain.mail.orders import ADVANCE
from azpost_desk.domain.mail.prices import MailAbroad
from azpost_desk.domain.people import Addresses
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain import operations as ops

# Nobody in person: the demand of the document did it.
BY: Final = "centre"
_WHY: Final = "no sound advance data for {country}"


def look(conn: Connection, written: AcceptedRecord, line: ops.ItemAccepted, date: str, now_ms: int) -> None:
    """Stop an item accepted on this day for such a country, when its data is not there or not sound."""
    prices = reference.newest(conn, MailAbroad)
    if prices is None or not prices.demands_advance(line.country, date) or _is_sound(written, line):
        return
    if read_item_number(line.number).number != line.number:
        # Under no such number does anything leave.
        return
    try:
        orders.stop(conn, line.number, ADVANCE, BY, _WHY.format(country=line.country), now_ms)
    except Refused as no:
        if no.code != "E-048":
            raise


def _is_sound(written: AcceptedRecord, line: ops.ItemAccepted) -> bool:
    content = written.attachments.get(f"{line.operation}:addresses")
    if content is None:
        return False
    try:
        told = read(msgspec.json.decode(content, type=Addresses).declared.encode())
    except (msgspec.DecodeError, UnicodeError):
        return False
    return told.item == line.number and told.addressee.country == line.country and is_sound(told)
