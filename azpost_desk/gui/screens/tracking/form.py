"""What the scan screen decides: how a scan is said, what is counted, what is still expected."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import printed_item_number, read_item_number
from azpost_desk.domain.lines import ChargePaid
from azpost_desk.domain.money import azn
from azpost_desk.services.guarded_items import ASK_BY_PHONE, UNHEARD

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from azpost_desk.domain.mail.scanning import EventHere
    from azpost_desk.domain.money import Money
    from azpost_desk.domain.scans import Scan
    from azpost_desk.services.counter import Officer
    from azpost_desk.services.keeping import Keeping, Term
    from azpost_desk.services.scan_items import ScanItem
    from azpost_desk.services.tracking import Scanned, Tracking
    from azpost_desk.services.views import Basket, Entry

Tone = Literal["good", "refused", "already", "elsewhere", "stop"]
# Kinds of scan that are said here, taken or not; anything else opens where the one box knows it
# (the label of an inland bag leads to its screen).
TAKEN: Final = frozenset({"item", "receptacle", "despatch"})
SAVED: Final = "saved"
# Why a typed text is no item number at all; a wrong check digit says which would be right.
NO_NUMBER: Final = frozenset({"not_an_item", "empty", "length", "format", "serial"})
VOIDED: Final = "voided"
_UNBELIEVED: Final = frozenset({"wrong_code", "code_locked", "no_code", "code_changed", "document_too"})
# More scans than a counter makes in a day; the journal is read once when the screen is shown.
DAY_AT_MOST: Final = 5_000


@dataclass(frozen=True, slots=True)
class Seen:
    """One scan as the table shows it.

    Attributes:
        number: the item's number without blanks, or what was read instead.
        verdict: saved, voided, already, misrouted, choose, refused.
        result: the last word of ``tracking.screen.result.…``.
        key, facts: the whole sentence, empty for scans from before the screen was opened.
    """

    number: str
    event: str
    at_ms: int
    verdict: str
    result: str
    operation: str
    key: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    def printed(self) -> str:
        """The number as it stands on the label, other text as it was read."""
        return printed(self.number)


@dataclass(frozen=True, slots=True)
class Tally:
    """The day's scans under one event."""

    accepted: int
    refused: int


@dataclass(frozen=True, slots=True)
class Shift:
    """What the screen starts from: today's scans, the event this officer scanned last, what is expected, what
    is scanned at this office, up to when stop orders are known, and the last days of what waits here.
    """

    seen: tuple[Seen, ...]
    event: str
    expected: tuple[str, ...]
    events: tuple[EventHere, ...]
    orders_ms: int
    terms: tuple[Term, ...] = ()


def raw_of(scan: Scan) -> str:
    """What is handed to the service; "" when the scan belongs to another screen."""
    return scan.value or "" if scan.kind in TAKEN else ""


def printed(text: str) -> str:
    """An item's number as it stands on the label; other text as it was read."""
    item = read_item_number(text)
    return printed_item_number(item.number) if item.number else text.strip()


def is_to_ask(answer: Scanned) -> bool:
    """Whether it is handed over once somebody has said by telephone that nothing stops it."""
    return answer.key.rpartition(".")[2] in (ASK_BY_PHONE, UNHEARD)


def is_unbelieved(answer: Scanned) -> bool:
    """Whether a pick-up code was not believed: the customer still stands there, with a document perhaps."""
    return answer.key.rpartition(".")[2] in _UNBELIEVED


def charge_of(basket: Basket, number: str) -> Money:
    """What is to be paid for an item in this basket."""
    lines = (one.line for one in basket.lines)
    return azn(sum(one.amount_qapik for one in lines if isinstance(one, ChargePaid) and one.number == number))


def with_series(command: ScanItem, first: ScanItem) -> ScanItem:
    """A scan with what was said with the first of its hand-over."""
    return replace(command, receptacle=first.receptacle, signatory=first.signatory, asked=first.asked)


def tone_of(verdict: str) -> Tone:
    """What is heard, told apart without looking (mail.md 7)."""
    return _TONES.get(verdict, "refused")


_TONES: Final[dict[str, Tone]] = {
    SAVED: "good",
    "already": "already",
    "misrouted": "elsewhere",
    "stopped": "stop",
}


def answered(command: ScanItem, answer: Scanned) -> Seen:
    """A scan just answered."""
    return Seen(
        answer.number or command.raw.strip()[:40],
        command.event,
        answer.recorded.recorded_ms,
        answer.verdict,
        answer.key.rpartition(".")[2],
        answer.recorded.operation,
        answer.key,
        answer.facts,
    )


def shift(tracking: Tracking, keeping: Keeping, by: Officer) -> Shift:
    """Read the day for the screen."""
    entries = tracking.today(DAY_AT_MOST)
    own = (one.body for one in entries if one.recorded.actor == by.officer)
    event = next((body.event for body in own if isinstance(body, ops.ItemScanned)), "")
    return Shift(
        tuple(_seen(entries)),
        event,
        tracking.expected(),
        tracking.events_here(),
        tracking.orders_ms(),
        tuple(keeping.terms()),
    )


def tally(seen: Iterable[Seen], event: str) -> Tally:
    """How many were taken under this event and how many not; what was taken back counts as neither."""
    here = [one.verdict for one in seen if one.event == event and one.verdict != VOIDED]
    taken = here.count(SAVED)
    return Tally(taken, len(here) - taken)


def with_voided(seen: Sequence[Seen], operation: str) -> list[Seen]:
    """The same scans after one of them was taken back."""
    return [
        replace(one, verdict=VOIDED, result=VOIDED, key="") if one.operation == operation else one
        for one in seen
    ]


def last_saved(seen: Iterable[Seen]) -> Seen | None:
    """The newest scan that stands."""
    return next((one for one in seen if one.verdict == SAVED), None)


def _seen(entries: Iterable[Entry]) -> Iterable[Seen]:
    entries = list(entries)
    gone = {one.body.scan for one in entries if isinstance(one.body, ops.ScanVoided)}
    for entry in entries:
        body, recorded = entry.body, entry.recorded
        if isinstance(body, ops.ItemScanned):
            verdict = VOIDED if recorded.operation in gone else SAVED
            yield Seen(body.number, body.event, recorded.recorded_ms, verdict, verdict, recorded.operation)
        elif isinstance(body, ops.ScanRefused):
            special = body.reason if body.reason in ("already", "misrouted") else "refused"
            yield Seen(
                body.raw.strip()[:40], body.event, recorded.recorded_ms, special, body.reason,
                recorded.operation,
            )  # fmt: skip
