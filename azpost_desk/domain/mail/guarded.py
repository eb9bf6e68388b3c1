"""Items that not every hand gets: of value, or for their addressee in person (mail.md 1.1, 2 Delivery).

In: an item's number and its life, what its acceptance said. Out: what it is, which hands it may go into.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.item_numbers import read_item_number
from azpost_desk.domain.mail.moves import is_back
from azpost_desk.domain.mail_extras import IN_PERSON as IN_PERSON

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.domain.mail.history import Life

VALUE: Final = "value"
# `VALUE` is the measure of its acceptance (EMA) and `IN_PERSON` the reason, by which every office hears of
# it: an item may be both.
_INSURED: Final = "insured"


def guarded(number: str, life: Life, in_person: Iterable[str], insured: Iterable[str] = ()) -> frozenset[str]:
    """What an item is of `VALUE` and `IN_PERSON`; on its way back it is its sender's, in person no more.

    `in_person`, `insured`: the ids of the events that said so; those of another life of the number say
    nothing. One that fits nowhere, as an acceptance by a clock that is ahead, says so all the same; one
    taken back does not.
    """
    found = {VALUE} if read_item_number(number).service == _INSURED else set()
    said = frozenset(in_person)
    known = {one.event.id for one in life.steps if one.mark != "voided"}
    if frozenset(insured) & known:
        found.add(VALUE)
    if said & known and not is_back(life.state):
        found.add(IN_PERSON)
    return frozenset(found)
