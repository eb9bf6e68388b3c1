"""Items scanned at an office that is not theirs: the name of the office they belong to.

In: an item's number and the event it is scanned under. Out: the office's name, "" where nothing says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.catalogue import Offices
from azpost_desk.domain.lines import ItemAccepted
from azpost_desk.domain.mail.moves import is_back

if TYPE_CHECKING:
    from azpost_desk.services.ports import Reading

# Events that mean: the item is at the office that delivers it.
_AT_DELIVERY: Final = frozenset({"EMG", "EDG", "EDH", "EMH", "EMI"})


def belongs_to(books: Reading, number: str, event: str) -> str:
    """The other office that delivers an item which is scanned as if this one did; "" when this one does."""
    if event not in _AT_DELIVERY:
        return ""
    life, offices = books.item_lives(number)[-1], books.document(Offices, books.day().date)
    # What was ordered of another item under this number, a year ago, says nothing of this one.
    since_ms = life.steps[0].event.at_ms if life.steps else 0
    if is_back(life.state):
        # The sender is the addressee: it goes to where it was taken in.
        home = life.origin()
        if home in ("", books.desk().branch):
            return ""
        return next((one.name for one in offices.offices if one.code == home), home)
    if sent_on := books.sent_on_to(number, since_ms):
        named = next((one.name for one in offices.offices if one.code == sent_on), sent_on)
        return "" if sent_on == books.desk().branch else named
    known = books.item_events(number)
    accepted = next((one for one in known if one.event == "EMA" and one.here and one.counts), None)
    stored = books.paid_line(accepted.operation) if accepted else None
    if stored is None or not isinstance(stored.line, ItemAccepted):
        return ""
    if stored.line.country:
        # No office of ours delivers it.
        return stored.line.country
    office = offices.by_postcode(stored.line.postcode)
    return "" if office is None or office.code == books.desk().branch else office.name
