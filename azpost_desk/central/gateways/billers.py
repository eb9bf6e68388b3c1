"""The port to billers: what every connector answers, whatever protocol it speaks.

The rule behind the outcomes: money becomes the biller's only on a clear yes, it goes back to the customer
only on a clear no, and everything else is unknown and is asked again under the same number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, Protocol

if TYPE_CHECKING:
    from azpost_desk.domain.money import Money

# Why nothing is known. The sentence for each is `gateways.unknown.<why>`.
Why = Literal[
    "pending",  # the biller says: not finished, ask again
    "timeout",  # asked, and no whole answer in time
    "not_reached",  # no connection came about: nothing can have left
    "no_connection",  # cut off in the middle
    "http_status",  # an answer of the web server, not of the biller's program
    "malformed",  # not an answer of the protocol
    "too_large",
    "not_registered",  # the biller does not know the number: send the payment (again)
    "not_yet",  # the party does not know the number, and so soon that says nothing: asked again
    "key_over",  # the party keeps no number that long: only a person can find out
    "unlisted_code",  # a result code that the protocol's table does not have
    "wrong_number",  # the answer is about another payment
    "wrong_account",  # the answer is about another account
    "wrong_sum",  # confirmed, but for another sum
]

# Answers that contradict what was asked: somebody at the centre looks at them, while the asking goes on.
INCIDENTS: Final[frozenset[Why]] = frozenset({"wrong_number", "wrong_account", "wrong_sum"})

# Answers of a biller that is not there, whatever is asked: nobody waits for it then (parties.py).
AWAY: Final[frozenset[Why]] = frozenset({"timeout", "not_reached", "no_connection", "http_status"})

# After these nothing is under way there: the biller itself said so, or never heard of it.
ANSWERS: Final[frozenset[Why]] = frozenset({"pending", "not_reached", "not_registered"})


def is_away(answer: object) -> bool:
    """Whether an answer means that the biller is not there."""
    return isinstance(answer, Unknown) and answer.why in AWAY


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The biller has credited the subscriber.

    Attributes:
        provider_reference: the biller's own number of the payment; may be empty.
        at_ms: when the centre learned it, UTC milliseconds.
    """

    provider_reference: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class RefusedByBiller:
    """A fatal no: the biller will never credit this payment; the customer gets the money back.

    Attributes:
        code: the protocol's result code.
        reason: its word; the sentence is `gateways.refused.<reason>`.
        comment: what the biller wrote beside it, for the file, never for the screen.
    """

    code: int
    reason: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing is known yet: the same request is repeated, never under a new number.

    Attributes:
        why: see `Why`.
        detail: for the log and the incident; holds no account number.
    """

    why: Why
    detail: str = ""

    @property
    def incident(self) -> bool:
        return self.why in INCIDENTS

    @property
    def is_answer(self) -> bool:
        """Whether a no that follows it would still be the answer to a sole attempt (money-out.md M0-6)."""
        return self.why in ANSWERS


@dataclass(frozen=True, slots=True)
class Conflict:
    """The biller holds another payment under our number: an incident, never repeated or refunded."""

    code: int
    comment: str = ""


Outcome = Confirmed | RefusedByBiller | Unknown | Conflict


@dataclass(frozen=True, slots=True)
class Checked:
    """The biller knows the account.

    Attributes:
        debt: what is owed (negative: paid ahead); None when the biller does not tell.
        holder: the subscriber's name, masked (`mask_name`); empty when the biller does not tell.
        comment: the biller's own words.
        fields: whatever else the biller tells, by its own names.
    """

    debt: Money | None = None
    holder: str = ""
    comment: str = ""
    fields: dict[str, str] = field(default_factory=dict)


class Biller(Protocol):
    """One biller. Methods block up to the connector's time limit.

    They never raise for what the line or the biller does; `ValueError` is for an account, amount or number
    that could never be sent.

    Attributes:
        can_be_asked: `status` is a true question: its no says what became of every earlier attempt.
        not_found_after_ms: so soon after a request "not registered" says nothing (money-out.md MC-11).
        key_life_ms: how long a repetition under the number is surely the same payment; None: for ever.
    """

    can_be_asked: bool
    not_found_after_ms: int
    key_life_ms: int | None

    def check(self, account: str, amount: Money | None = None) -> Checked | RefusedByBiller | Unknown:
        """Ask about `account`, and whether `amount` would be taken."""

    def pay(self, txn_id: int, account: str, amount: Money, at_ms: int) -> Outcome:
        """Deliver, or repeat the delivery of, payment `txn_id`. A repetition carries exactly the same values.

        Args:
            txn_id: the payment's number at this biller, up to 20 digits, stored before the first call.
            at_ms: when the customer paid, UTC milliseconds.
        """

    def status(self, txn_id: int, account: str, amount: Money, at_ms: int) -> Outcome:
        """What became of payment `txn_id`; for a protocol without such a question the payment is repeated."""


_FIRST_WAIT_MS: Final = 10_000
_LONGEST_WAIT_MS: Final = 3_600_000
PAYMENT_LIFE_MS: Final = 24 * 3_600_000


def next_try_ms(attempt: int) -> int | None:
    """How long to wait after the `attempt`-th unknown answer (from 1), in milliseconds.

    Ten seconds, doubled each time up to an hour. None when the payment's life of 24 hours would be over: then
    a person asks the biller (the schedule of the QIWI provider protocol: growing interval, 24 h).

    Raises:
        ValueError: `attempt` is below 1.
    """
    if attempt < 1:
        raise ValueError("attempts are counted from 1")
    wait = waited = 0
    for number in range(attempt):
        # Past nine doublings the wait is an hour anyway; the bound keeps the power small for any attempt.
        wait = min((_FIRST_WAIT_MS << min(number, 9)), _LONGEST_WAIT_MS)
        waited += wait
        if waited > PAYMENT_LIFE_MS:
            return None
    return wait


def mask_name(name: str) -> str:
    """The first letter of each word: ``Əliyev Vəli`` → ``Ə*** V***``; enough to know one's own."""
    return " ".join(f"{word[0]}***" for word in name.replace("*", " ").replace(".", " ").split())
