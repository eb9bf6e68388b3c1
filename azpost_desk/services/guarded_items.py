"""What handing over an item of value, or one for its addressee in person, asks beyond any other item.

In: a hand-over or a courier's leaving as it was said, up to when this desk has heard of stop orders. Out: why
it is not done so: another person, a code without a document, news too old and nobody telephoned, taken in at
another desk while the line is down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from azpost_desk.domain.mail.guarded import IN_PERSON, VALUE, guarded
from azpost_desk.domain.mail.keeping import MailStorage
from azpost_desk.domain.mail.prices import MailAbroad
from azpost_desk.domain.mail.proof import takes_code
from azpost_desk.domain.typed import is_said
from azpost_desk.services.charges_due import is_elsewheres
from azpost_desk.services.counter import if_sent

if TYPE_CHECKING:
    from azpost_desk.services.counter import Counter
    from azpost_desk.services.ports import Reading

ASK_BY_PHONE: Final = "ask_by_phone"
UNHEARD: Final = "advance_unheard"
_HOUR_MS: Final = 3_600_000


class HandOver(Protocol):
    """What is said as an item is handed over."""

    @property
    def event(self) -> str:
        """Its code."""

    @property
    def relation(self) -> str:
        """What whoever takes it is to the addressee."""

    @property
    def code(self) -> str:
        """The pick-up code that was said."""

    @property
    def document(self) -> str:
        """Kind and number of what was shown."""

    @property
    def asked(self) -> str:
        """Who answered by telephone that no order stands against it."""


# It gets into a person's hands, or leaves with a courier who will put it there.
GUARDED_EVENTS: Final = frozenset({"EMI", "EDG"})


def kinds_of(books: Reading, number: str) -> frozenset[str]:
    """What an item is of `VALUE` and `IN_PERSON`, by its number and what its acceptance said."""
    taken_in = [one for one in books.item_events(number) if one.event == "EMA"]
    return guarded(
        number,
        books.item_lives(number)[-1],
        [one.operation for one in taken_in if one.reason == IN_PERSON],
        [one.operation for one in taken_in if one.measure == VALUE],
    )


def is_wrong_person(books: Reading, number: str, said: HandOver) -> bool:
    """Whether an item that is its addressee's in person goes, or went, to somebody else."""
    return said.event == "EMI" and said.relation != "self" and IN_PERSON in kinds_of(books, number)


def why_guarded(
    books: Reading, counter: Counter, number: str, said: HandOver, orders_ms: int
) -> tuple[str, dict[str, object]] | None:
    """Why such an item is not delivered (EMI), or does not leave with a courier (EDG): the reason, facts for
    its sentence; None: it is, or it does.
    """
    if said.event not in GUARDED_EVENTS or not kinds_of(books, number):
        return None
    if is_wrong_person(books, number, said):
        return "in_person_only", {}
    if said.event == "EMI" and said.code and not is_said(said.document):
        return "document_too", {}
    if is_elsewheres(books, number, online=counter.line.state().online):
        return "guarded_elsewhere", {}
    hours = orders_hours(books)
    if is_old(counter, orders_ms, hours) and not is_said(said.asked):
        return ASK_BY_PHONE, {"at_ms": orders_ms, "hours": hours}
    return None


def orders_hours(books: Reading) -> int:
    """How many hours old what is known of stop orders may be."""
    return if_sent(books, MailStorage, books.day().date).orders_hours_max


def why_unheard(
    books: Reading, counter: Counter, said: HandOver, orders_ms: int
) -> tuple[str, dict[str, object]] | None:
    """Why an item does not leave the country (EMC): whether its advance data is there is not known here.

    That travels as a stop order; where a country demands data and the news are old, somebody is asked.
    """
    date = books.day().date
    demands = any(one.valid_from <= date for one in if_sent(books, MailAbroad, date).advance)
    if said.event != "EMC" or not demands or is_said(said.asked):
        return None
    hours = orders_hours(books)
    return (UNHEARD, {"at_ms": orders_ms, "hours": hours}) if is_old(counter, orders_ms, hours) else None


def is_old(counter: Counter, orders_ms: int, hours: int) -> bool:
    """Whether news of stop orders are too old; how old those of a time still to come are, nobody knows."""
    return abs(counter.line.trusted_ms() - orders_ms) > hours * _HOUR_MS


def proven_by(said: HandOver) -> str:
    """What was believed at a delivery: ``code``, ``document``, or "" where nothing was asked for."""
    if said.event != "EMI":
        return ""
    if said.code and takes_code(said.relation):
        return "code"
    return "document" if is_said(said.document) else ""
