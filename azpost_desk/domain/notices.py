"""Notices of a state portal: how each is looked for, and what the portal says of one.

Formats and numbers of the real portals are not public: masks, examples and times are data of the centre's
document of billers, and a portal without such data has no notices here.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from azpost_desk.domain.digits import has_foreign_digit
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused

# What a person hands over; the last two open somebody's whole list and need their document (MC-10).
WAYS: Final = ("notice", "document", "fin", "voen")
NEEDS_DOCUMENT: Final = frozenset({"fin", "voen"})
OPEN: Final = "open"


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way to look for notices: `by` of `WAYS`, `mask` a regular expression over what is typed."""

    by: str
    mask: str
    example: str


class NoticeRules(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a portal's notices are looked for and paid.

    Attributes:
        ways: in the order in which what was typed is tried.
        stands_seconds: how old the portal's word may be when the tender is asked (MC-7).
    """

    ways: tuple[Way, ...]
    stands_seconds: int = 120

    def way_of(self, typed: str) -> Way | None:
        """The way whose form `typed` has; None when it has none."""
        return next((way for way in self.ways if _fits(way, typed)), None)


class Notice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a portal says of one notice.

    Attributes:
        notice, version: its id, and of what is said here; a changed notice has another version.
        number: as it stands on the paper.
        sort: ``state_fee``, ``fine`` or ``tax``; another is shown as it is.
        amount_qapik: what is due now.
        least_qapik: the least part that may be paid; 0 = whole only (MC-9).
        payer: the payer's name, masked.
        state: `OPEN`, ``paid``, ``withdrawn`` or ``being_paid``.
        due: last day, ISO, "" when it has none.
    """

    notice: str
    version: str
    number: str
    sort: str
    authority: dict[str, str]
    purpose: dict[str, str]
    budget_code: str
    amount_qapik: int
    least_qapik: int = 0
    payer: str = ""
    state: str = OPEN
    due: str = ""


def plain_number(written: str) -> str:
    """A number as it is compared and asked for: without spaces and in capitals."""
    return "".join(written.split()).upper()


def sought(rules: NoticeRules, typed: str) -> tuple[Way, str]:
    """The way and the value of what was typed, scanned or read, without spaces and in capitals.

    Raises:
        Refused: P-060 it has the form of no number of this portal (`example`).
    """
    value = plain_number(typed)
    way = None if has_foreign_digit(value) else rules.way_of(value)
    if way is None:
        example = rules.ways[0].example if rules.ways else ""
        raise Refused("P-060", field="number", example=example)
    return way, value


def _fits(way: Way, value: str) -> bool:
    return re.fullmatch(way.mask, value, re.ASCII) is not None


def payable(notice: Notice, amount_qapik: int) -> None:
    """Refuse what may not be paid of a notice: its sum is the portal's figure, never the counter's.

    Raises:
        Refused: P-061 it is not open (`reason`), P-062 it is paid whole, P-063 below the least part or beyond
            what is due (`limit`).
    """
    if notice.state != OPEN:
        raise Refused("P-061", field="number", reason=notice.state)
    if amount_qapik == notice.amount_qapik:
        return
    if not notice.least_qapik:
        raise Refused("P-062", field="amount")
    if not notice.least_qapik <= amount_qapik < notice.amount_qapik:
        raise Refused("P-063", field="amount", limit=azn(notice.least_qapik))
