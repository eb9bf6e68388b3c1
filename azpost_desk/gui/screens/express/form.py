"""What the express form decides: what was typed as weight, who stands in it, what the command holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.digits import has_digit
from azpost_desk.domain.identifiers import check_fin, check_phone, check_postcode, require
from azpost_desk.domain.people import Person
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.express import AcceptItem
from azpost_desk.services.weights import read_weight

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from azpost_desk.services.express import Price

SENDER: Final = "sender"
ADDRESSEE: Final = "addressee"


def understood(typed: str, weighed: str, price: Price | None) -> tuple[str, int]:
    """How the weight was read, and its grams: ``hint`` (not at all), ``light``, ``weighed`` or ``echo``.

    `weighed` is what the scale said last, `price` that of the chosen service.
    """
    try:
        grams = read_weight(typed)
    except Refused:
        return "hint", 0
    if price is not None and grams < price.plausible_grams:
        return "light", grams
    return "weighed" if typed == weighed else "echo", grams


def is_postcode(typed: str) -> bool:
    """Whether this can be asked for its office."""
    return check_postcode(typed).valid


def require_postcode(typed: str) -> None:
    """Refuse what is no postcode at all; whether anybody delivers there the services know."""
    require("postcode", typed, f"{ADDRESSEE}.postcode")


def place_of(typed: str) -> str:
    """The sender's field that a search text belongs to when nobody is known by it: phone, name or none."""
    if not has_digit(typed):
        return "name"
    return "phone" if check_phone(typed).valid else ""


def fin_of(typed: str) -> str:
    """The FİN that a search text is, or nothing: who was looked for in vain is known by it the next time."""
    return check_fin(typed).value or "" if has_digit(typed) else ""


def renamed(refused: Refused) -> Refused:
    """The service says ``postcode`` where the form has the addressee's."""
    if refused.field != "postcode":
        return refused
    return Refused(refused.code, field=f"{ADDRESSEE}.postcode", **refused.facts)


def usual(prices: Sequence[Price]) -> str:
    """The service proposed: the cheapest, and of equals the first."""
    return min(prices, key=lambda one: one.price.minor).service if prices else ""


def command(
    values: Mapping[str, str], sender_fin: str, sender_document: str, weighed: str, label: str
) -> AcceptItem:
    """What the form says; the service checks every part and names the wrong field.

    `weighed` is what the scale said, "" nothing; `label` was scanned from a roll.

    Raises:
        Refused: E-010 no weight, E-003 no service chosen.
    """
    service = values["service"]
    if not service:
        raise Refused("E-003", field="service")
    sender = _person(values, SENDER, fin=sender_fin, document=sender_document)
    addressee = _person(values, ADDRESSEE, postcode=values[f"{ADDRESSEE}.postcode"])
    grams = read_weight(values["weight"])
    return AcceptItem(
        sender, addressee, grams, service, label=label, weight_typed=values["weight"] != weighed
    )


def _person(values: Mapping[str, str], who: str, **more: str) -> Person:
    parts = {part: values[f"{who}.{part}"] for part in ("name", "phone", "address")}
    return Person(**parts, **more)
