"""What must be known of both ends before money crosses the border: FATF recommendation 16, by edition.

Always both names; the reference that leads back to the record is the transfer's own. Above the threshold also
the sender's address and date of birth, the receiver's country and town. It says what is missing and stops
nothing by itself: the message is built, or it is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.typed import is_said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azpost_desk.domain.people import AbroadParties


@dataclass(frozen=True, slots=True)
class TravelRule:
    """One edition. `above`: from one qəpik more, everything is asked for."""

    version: str
    above: Money


# [design] USD 1,000 of the revision of June 2025 in manat, by the parity that has stood since 2017 (1.70).
RULE_2025: Final = TravelRule("R.16 2025-06", azn(170_000))


def missing(parties: AbroadParties, paid: Money, rule: TravelRule = RULE_2025) -> tuple[str, ...]:
    """The fields of `parties` that the rule asks for and that say nothing, for a sender who pays `paid`."""
    receiver = parties.receiver
    asked = {"sender.latin": parties.sender_latin, "receiver.latin": receiver.latin}
    if paid.minor > rule.above.minor:
        asked |= {
            "sender.street": parties.sender_street_latin,
            "sender.town": parties.sender_town_latin,
            "sender.born": parties.sender_born if _is_date(parties.sender_born) else "",
            "receiver.country": receiver.country,
            "receiver.town": receiver.town,
        }
    return tuple(field for field, said in asked.items() if not is_said(said))


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def missing_incoming(
    parts: Mapping[str, str], worth: Money | None, rule: TravelRule = RULE_2025
) -> tuple[str, ...]:
    """Of what came: the parts that the rule asks for and that say nothing.

    `parts` are sender, receiver, and (above the threshold) sender.address, which a date of birth stands in
    for, and sender.country. Without a `worth` in manat everything is asked for.
    """
    always = ("sender", "receiver")
    is_above = worth is None or worth.minor > rule.above.minor
    asked = tuple(parts) if is_above else always
    return tuple(part for part in asked if not is_said(parts[part]))
