"""What the form for abroad decides: sides of an item, Latin letters, a good's description; the command."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.abroad.latin import proposed
from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.mail.advance import Papers, Party
from azpost_desk.domain.mail.declaration import (
    DESCRIPTION_CHARACTERS_MAX,
    QUANTITY_MAX,
    RETURNED,
    SALE,
    SAMPLE,
    Declaration,
    DeclaredLine,
    is_vague,
)
from azpost_desk.domain.mail.extras import PLAIN
from azpost_desk.domain.mail.prices import SIDES
from azpost_desk.domain.people import Person
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.mail_abroad import AcceptAbroad, Parcel, require_read_abroad
from azpost_desk.services.weights import read_weight

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from azpost_desk.domain.mail.extras import WantedExtras
    from azpost_desk.domain.mail.goods import HsFound

# Where the postcode stands behind the town; everywhere else it is written before it.
POSTCODE_LAST: Final = frozenset({"AU", "BR", "CA", "GB", "ID", "IE", "IN", "JP", "KR", "NZ", "PK", "US"})
TRADE: Final = frozenset({SALE, SAMPLE, RETURNED})
PARTS: Final = ("name", "street", "city", "postcode", "phone", "mail")
_HS_DIGITS: Final = (6, 8, 10)
_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")
# Letters that no accent comes off.
_PLAINLY: Final = str.maketrans({
    "ı": "i", "ə": "a", "Ə": "A", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "æ": "ae",
    "’": "'", "–": "-",
})  # fmt: skip


def read_size(typed: str) -> tuple[int, ...]:
    """Three sides in centimetres from ``30 20 15`` or ``30x20x15``.

    Raises:
        Refused: E-093 for anything else.
    """
    sides = tuple(int(one) for one in re.findall(r"[0-9]{1,3}", typed))
    if len(sides) != SIDES or not all(sides) or re.search(r"[^0-9xX*×,;. хХ]", typed):
        raise Refused("E-093", field="size")
    return sides


def read_abroad(typed: str, part: str) -> str:
    """A part of an address in the letters that a foreign post reads; refused with E-097 when it cannot be."""
    if _CYRILLIC.search(typed):
        text = proposed(typed)
    else:
        bare = unicodedata.normalize("NFD", typed.translate(_PLAINLY))
        text = "".join(one for one in bare if not unicodedata.combining(one))
    text = " ".join(text.split())
    require_read_abroad(text, part)
    return text


def require_described(typed: str) -> None:
    """Refuse with E-062 what tells the customs nothing, or is longer than the form has room."""
    if is_vague(typed):
        raise Refused("E-062", value=typed)
    if len(typed) > DESCRIPTION_CHARACTERS_MAX:
        raise Refused("E-062", value=typed, reason="long", limit=DESCRIPTION_CHARACTERS_MAX)


def described(typed: str, found: HsFound) -> str:
    """As the customs abroad read it: the usual name in English, the sender's own words behind it."""
    usual = found.names.get("en", "")
    whole = f"{usual} ({typed})"
    if not usual or usual.casefold() in typed.casefold() or len(whole) > DESCRIPTION_CHARACTERS_MAX:
        return typed
    return whole


def read_quantity(typed: str) -> int:
    """How many pieces; refused with E-063."""
    if not (is_digits(typed) and 1 <= int(typed) <= QUANTITY_MAX):
        raise Refused("E-063", reason="quantity", limit=QUANTITY_MAX)
    return int(typed)


def read_net(typed: str) -> int:
    """The net weight in grams, written as any weight; refused with E-063."""
    try:
        return read_weight(typed)
    except Refused:
        raise Refused("E-063") from None


def require_code(typed: str) -> None:
    """Refuse with E-065 what has not the digits of a code; whether the list has it is asked elsewhere."""
    if not is_digits(typed) or len(typed) not in _HS_DIGITS:
        raise Refused("E-065", value=typed)


def parcel(values: Mapping[str, str], country: str) -> Parcel:
    """What lies on the scale.

    Raises:
        Refused: E-010 no weight, E-093 three sides are not there.
    """
    size_cm = read_size(values["size"]) if values["size"] else ()
    return Parcel(values["product"], country, read_weight(values["weight"]), size_cm)


def declaration(values: Mapping[str, str], lines: Sequence[DeclaredLine], gross_grams: int) -> Declaration:
    """Everything inside as it stands in the form; its total is what the lines are worth together."""
    return Declaration(
        category=values["category"],
        currency=values["currency"],
        gross_grams=gross_grams,
        total_minor=sum(one.value_minor for one in lines),
        lines=tuple(lines),
        explanation=values["explanation"],
    )


def command(
    values: Mapping[str, str],
    country: str,
    lines: Sequence[DeclaredLine],
    looked_at: frozenset[int],
    known: tuple[str, str],
    label: str,
    *,
    weight_typed: bool,
    wanted: WantedExtras = PLAIN,
) -> AcceptAbroad:
    """What the form says; the service checks every part. `known`: FİN and document of a known sender;
    `label`: scanned from a roll; `wanted`: its extras.

    Raises:
        Refused: as `parcel`.
    """
    item = replace(parcel(values, country), weight_typed=weight_typed)
    sender = Person(
        name=values["sender.name"],
        phone=values["sender.phone"],
        address=values["sender.address"],
        settlement=values["sender.settlement"],
        fin=known[0],
        document=known[1],
    )
    parts = {part: values[f"addressee.{part}"] for part in PARTS}
    return AcceptAbroad(
        parcel=item,
        sender=sender,
        addressee=Party(country=country, **parts),
        declared=declaration(values, lines, item.weight_grams),
        papers=Papers(licence=values["papers.licence"]),
        looked_at=looked_at,
        is_safe=values["is_safe"] == "yes",
        label=label,
        wanted=wanted,
    )
