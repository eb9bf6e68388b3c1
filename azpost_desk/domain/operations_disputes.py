"""Disputes over a figure, enquiries about a transfer abroad, and supplements to a closed day's report.

A dispute blocks nothing and admits nothing: till and day close over it. It posts nothing. An enquiry is one
whose figure is a word of ENQUIRIES: a customer asks where money abroad is, gets its number, and is answered.
"""

from __future__ import annotations

from typing import Final

from azpost_desk.domain.bodies import Body
from azpost_desk.domain.delivery_moves import AGREED, DECLINED
from azpost_desk.domain.money import CURRENCIES, Money, azn


class Evidence(Body, frozen=True):
    """What the desk knew at the moment of the dispute, taken by the program, not chosen by anybody.

    Attributes:
        epoch, sequence, head: the newest record of the chain (hash, hex): everything before hangs on it.
        records: hashes (hex) of the records the figure comes from.
        day_records, day_digest: how many records the figure's day has, and the SHA-256 over their hashes in
            order.
        report: SHA-256 of the stored report of the figure's day, "" while there is none.
        software: the program's name and version.
        online, line_since_ms, waiting: state of the line, and the records not acknowledged.
        clock_off_ms: centre's time minus the desk's, as last measured.
    """

    epoch: int
    sequence: int
    head: str
    records: tuple[str, ...]
    day_records: int
    day_digest: str
    report: str
    software: str
    online: bool
    line_since_ms: int
    waiting: int
    clock_off_ms: int


class DisputeRaised(Body, frozen=True):
    """An officer disputes a figure.

    Attributes:
        dispute: number of the case, ``D2026-000001-x``.
        figure: word of ``dispute.figure.…``; `about` names the operation or the date it stands on.
        value: the figure as the books say it, in `unit` (qapik, count or a currency's code).
        words: commitment of the officer's own words (attachment, group `words`).
        due: ISO date until which the centre should have answered.
    """

    dispute: str
    figure: str
    about: str
    date: str
    value: int
    unit: str
    words: str
    due: str
    evidence: Evidence


class DisputeEscalated(Body, frozen=True):
    """The branch takes a dispute further: no answer in time, or one it does not accept."""

    dispute: str
    reason: str
    words: str
    due: str


class DisputeClosed(Body, frozen=True):
    """The person who raised it ends the dispute: settled, or withdrawn. Nothing is admitted by it."""

    dispute: str
    outcome: str
    words: str


class ReportSupplemented(Body, frozen=True):
    """Late records made a numbered supplement to a closed day: `report` is the SHA-256 of its bytes.

    `matters` are the keys of what is new in it: no key stands in two supplements of a day.
    """

    date: str
    number: int
    report: str
    matters: tuple[str, ...]


OUTCOMES: Final = ("settled", "withdrawn")
ANSWERS: Final = ("upheld", "partly", "rejected", "more")
"""How the centre can answer: the figure is wrong, partly wrong, right, or more must be known."""

ENQUIRY_SENT: Final = "enquiry.sent"
ENQUIRY_COMING: Final = "enquiry.coming"
REFUND_ASKED: Final = "notice.refund"
ABROAD_ENQUIRIES: Final = (ENQUIRY_SENT, ENQUIRY_COMING)
ENQUIRIES: Final = (*ABROAD_ENQUIRIES, REFUND_ASKED)
"""What customers ask about: a transfer sent here (`about` is its id), one that is to come (`about` is the
request for a grant that was refused), or a paid notice whose money they want back (`about` is the payment).
"""
ENQUIRY_ANSWERS: Final = ("received", "under_way", "comes_back", "more")
"""How an enquiry is answered: the receiver has it, it is on its way, it comes back, more must be known."""


REFUND_ANSWERS: Final = (AGREED, DECLINED, "more")
"""How the authority decides about money that the budget has; the first two only by two people (MC-10)."""


def answers_to(figure: str) -> tuple[str, ...]:
    """How the centre can answer what was raised over this figure."""
    if figure == REFUND_ASKED:
        return REFUND_ANSWERS
    return ENQUIRY_ANSWERS if figure in ABROAD_ENQUIRIES else ANSWERS


def figure_of(value: int, unit: str) -> Money | int:
    """A figure as it is written: money in its currency, or a count."""
    if unit == "qapik":
        return azn(value)
    return Money(value, unit) if unit in CURRENCIES else value


BODIES: Final[dict[tuple[str, int], type[Body]]] = {
    ("dispute.raised", 1): DisputeRaised,
    ("dispute.escalated", 1): DisputeEscalated,
    ("dispute.closed", 1): DisputeClosed,
    ("report.supplemented", 1): ReportSupplemented,
}
