"""The port to the networks that carry messages: what a text message and a mail are, and what is said of one.

The rule behind the outcomes: a clear yes ends it, a clear no that is about this person ends it, and all else
is tried again under the same number, so that a network that has it already sends it once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Protocol

# What `domain.messages.MESSAGE` knows of an attempt.
Event = Literal["delivered", "pending", "failed_for_now", "failed"]

# The network is not there, whatever is asked: nobody waits for it then (parties.py).
AWAY: Final = frozenset({"timeout", "not_reached", "no_connection", "http_status", "not_let_in"})


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message as it leaves, the same at every repetition.

    Attributes:
        message: our number of it.
        to: a telephone number (E.164) or a mail address.
        subject: of a mail; empty for a text message.
        made_ms: when it was queued (UTC ms).
    """

    message: str
    to: str
    subject: str
    text: str
    made_ms: int


@dataclass(frozen=True, slots=True)
class Carried:
    """What the network said; `why` is a word of ours or of its protocol and holds nobody's address."""

    event: Event
    why: str = ""
    reference: str = ""


def is_away(answer: object) -> bool:
    """Whether an answer means that the network is not there."""
    return isinstance(answer, Carried) and answer.event == "failed_for_now" and answer.why in AWAY


class Carrier(Protocol):
    """One network. Methods block up to its time limit and never raise for what network or line do."""

    def send(self, message: Outgoing) -> Carried:
        """Hand it over."""
        ...

    def again(self, message: Outgoing) -> Carried:
        """After an attempt: ask what became of it where that can be asked, else hand it over again."""
        ...
