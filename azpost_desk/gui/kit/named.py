"""What people call a thing: takes a desk, an event of an item, an answer of the one box as the books name it,
gives the words that stand on a screen.

A number or a code that only machines use is nothing to read; every screen asks here: all say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain.ids import desk_parts
from azpost_desk.gui.kit.words import Say, language, phrase, plain

if TYPE_CHECKING:
    from azpost_desk.services.views import Found


def desk_words(desk: str) -> Say:
    """A desk of this branch: ``Desk 2``."""
    number = desk_parts(desk)[1]
    return phrase("general.desk", number=number) if number else plain(desk)


def desk_and_office(desk: str) -> Say:
    """A desk of any branch: ``Desk 2, post office 2002``."""
    office, number = desk_parts(desk)
    return phrase("general.desk_of", number=number, office=office) if office else plain(desk)


def event_words(event: str) -> Say:
    """An event of an item by its name."""
    key = f"express.event.{event}"
    return phrase(key) if language().texts.has(key) else plain(event)


def case_words(reason: str) -> Say:
    """What the program found, by the record's word for it; what the centre told in vain has one sentence."""
    sort = reason.replace(" ", "_")
    for key in (f"disputes.case.{sort}", f"disputes.case.{sort.partition('_')[0]}"):
        if language().texts.has(key):
            return phrase(key)
    return phrase("disputes.case.news")


def found_title(found: Found) -> Say:
    """An answer of the one box by its name: a slip by the desk that it is said to come from."""
    return desk_words(found.title) if found.kind in _SLIPS else plain(found.title)


def found_detail(found: Found) -> Say:
    """What tells it from others."""
    return event_words(found.detail) if found.kind == "item" and found.detail else plain(found.detail)


_SLIPS = ("remittance", "close")
