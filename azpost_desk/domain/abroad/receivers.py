"""Sender and receiver of a transfer abroad, held to what corridor and travel rule ask for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from azpost_desk.domain.abroad.latin import require_latin
from azpost_desk.domain.digits import has_foreign_digit
from azpost_desk.domain.names import legible
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from azpost_desk.domain.abroad.corridors import Corridor, Field
    from azpost_desk.domain.people import AbroadParties, ReceiverAbroad

# ISO 20022: Nm is Max140Text, TwnNm Max35Text, StrtNm Max70Text.
NAME_CHARACTERS_MAX: Final = 140
TOWN_CHARACTERS_MAX: Final = 35
STREET_CHARACTERS_MAX: Final = 70


def require_receiver(receiver: ReceiverAbroad, corridor: Corridor) -> ReceiverAbroad:
    """The receiver as they are kept and sent.

    Raises:
        Refused: I-014 a name nobody here can read, A-024, A-027 the Latin form or the town, A-025 what the
            corridor asks for looks otherwise (`example`), A-026 it is missing (`example`).
    """
    try:
        name = legible(receiver.name)
    except Refused as no:
        raise Refused(no.code, "receiver.name", **no.facts) from None
    values: dict[str, str] = {}
    for asked in corridor.fields:
        value = require_value(receiver.values.get(asked.field, ""), asked)
        if value:
            values[asked.field] = value
    return replace(
        receiver,
        name=name,
        latin=require_latin(receiver.latin, "receiver.latin", NAME_CHARACTERS_MAX),
        town=require_latin(receiver.town, "receiver.town", TOWN_CHARACTERS_MAX),
        country=corridor.country,
        values=values,
    )


def require_value(typed: str, asked: Field) -> str:
    """What the corridor asks for, as it is kept; "" where it need not be told.

    Raises:
        Refused: A-025 it looks otherwise, A-026 it is missing (`example`).
    """
    value = " ".join(typed.split())
    if not value:
        if asked.required:
            raise Refused("A-026", f"receiver.{asked.field}", example=asked.example)
        return ""
    if has_foreign_digit(value) or not re.fullmatch(asked.mask, value, re.ASCII):
        raise Refused("A-025", f"receiver.{asked.field}", example=asked.example)
    return value


def require_sent(parties: AbroadParties) -> AbroadParties:
    """The sender's own Latin forms beside a receiver that was checked.

    Raises:
        Refused: A-024, A-027 the name, or the address that the travel rule asks for.
    """
    return replace(
        parties,
        sender_latin=require_latin(parties.sender_latin, "sender.latin", NAME_CHARACTERS_MAX),
        sender_town_latin=require_latin(parties.sender_town_latin, "sender.town", TOWN_CHARACTERS_MAX),
        sender_street_latin=require_latin(
            parties.sender_street_latin, "sender.street", STREET_CHARACTERS_MAX
        ),
    )
