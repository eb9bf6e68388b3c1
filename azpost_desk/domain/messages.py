"""Messages to people: their kinds, their legal moves, whom they reach, how long they are tried and when.

In: a contact, a kind, a moment. Out: the channel and address, the wait before the next attempt, the moment
from which a message may leave. The sentences are `message.<kind>.sms`, `.subject` and `.body`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.days import BAKU_OFFSET_MS
from azpost_desk.domain.identifiers import check_phone

if TYPE_CHECKING:
    from collections.abc import Mapping

SMS: Final = "sms"
MAIL: Final = "mail"
CHANNELS: Final = (SMS, MAIL)

REFUND_READY: Final = "refund_ready"
TRANSFER_PAID: Final = "transfer_paid"
TRANSFER_EXPIRES: Final = "transfer_expires"
ITEM_ARRIVED: Final = "item_arrived"
ITEM_TRIED: Final = "item_tried"
ITEM_DELIVERED: Final = "item_delivered"
ITEM_ENDS: Final = "item_ends"
ITEM_MISTAKEN: Final = "item_mistaken"

MESSAGE: Final[Mapping[tuple[str, str], str]] = {
    ("", "queued"): "created",
    # Stored as being sent before it is: whoever dies with it in hand leaves it so, under the same id.
    ("created", "taken"): "sending",
    ("failed_for_now", "taken"): "sending",
    ("sending", "taken"): "sending",
    # The network has it and does not know yet; it is asked about.
    ("sending", "pending"): "sending",
    ("sending", "delivered"): "delivered",
    ("sending", "failed_for_now"): "failed_for_now",
    ("sending", "failed"): "failed",
    # What it tells is so no more, or the contact was erased. Of one that somebody died with nobody knows
    # whether it left; it is not sent again.
    ("created", "withdrawn"): "withdrawn",
    ("failed_for_now", "withdrawn"): "withdrawn",
    ("sending", "withdrawn"): "withdrawn",
}

_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 60 * _MINUTE_MS
_DAY_MS: Final = 24 * _HOUR_MS
# Growing, the last one again and again, and after a day it is a person's.
_WAITS_MS: Final = (_MINUTE_MS, 5 * _MINUTE_MS, 15 * _MINUTE_MS, _HOUR_MS, 3 * _HOUR_MS, 6 * _HOUR_MS)
TRIED_MS_MAX: Final = _DAY_MS
# When nobody is woken by what could wait [design].
_WAKING_MS: Final = (8 * _HOUR_MS, 20 * _HOUR_MS)

_ADDRESS_CHARACTERS_MAX: Final = 254
_LOCAL: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS: Final = re.compile(rf"(?=[^@]{{1,64}}@){_LOCAL}@(?:{_LABEL}\.)+[A-Za-z]{{2,63}}")


@dataclass(frozen=True, slots=True)
class MessageKind:
    """One kind of message.

    Attributes:
        version: of its sentences; each change of them is another one.
        can_wait: sent by day only.
        is_secret: what it says is for its reader alone, and forgotten here once nothing more is to come.
    """

    version: int
    can_wait: bool = False
    is_secret: bool = False


KINDS: Final[Mapping[str, MessageKind]] = {
    REFUND_READY: MessageKind(version=1),
    TRANSFER_PAID: MessageKind(version=1),
    TRANSFER_EXPIRES: MessageKind(version=1, can_wait=True),
    ITEM_ARRIVED: MessageKind(version=1, can_wait=True, is_secret=True),
    ITEM_TRIED: MessageKind(version=1, can_wait=True),
    ITEM_DELIVERED: MessageKind(version=1, can_wait=True),
    ITEM_ENDS: MessageKind(version=1, can_wait=True),
    ITEM_MISTAKEN: MessageKind(version=1, can_wait=True),
}
CAN_WAIT: Final = tuple(kind for kind, one in KINDS.items() if one.can_wait)
SECRET: Final = tuple(kind for kind, one in KINDS.items() if one.is_secret)


@dataclass(frozen=True, slots=True)
class Contact:
    """Where somebody is reached: a telephone number (E.164) or a mail address."""

    channel: str
    address: str


def contact_of(typed: str) -> Contact | None:
    """The contact that was given, None when nobody could be reached by it."""
    if "@" in typed:
        return Contact(MAIL, typed) if is_mail_address(typed) else None
    phone = check_phone(typed)
    return Contact(SMS, phone.value) if phone.value else None


def is_mail_address(text: str) -> bool:
    """Whether mail can be sent there: ASCII, one line, a domain with a dot."""
    return len(text) <= _ADDRESS_CHARACTERS_MAX and _ADDRESS.fullmatch(text) is not None


def masked(address: str) -> str:
    """An address as lists and logs show it: enough to know one's own, too little to use it."""
    name, at, domain = address.partition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    return f"{address[:4]}***{address[-2:]}" if address else ""


def message_id(kind: str, about: str) -> str:
    """The number of a message, the same however often it is queued, also after a restore."""
    return hashlib.sha256(f"message {kind} {about}".encode()).hexdigest()[:32]


def next_try_ms(attempt: int, tried_ms: int) -> int | None:
    """How long to wait after an attempt (from 1) that failed for now; None: it has been tried long enough."""
    wait_ms = _WAITS_MS[min(attempt, len(_WAITS_MS)) - 1]
    return wait_ms if tried_ms + wait_ms <= TRIED_MS_MAX else None


def is_waking_hour(utc_ms: int) -> bool:
    """Whether people in Azerbaijan may be told now what could wait."""
    first_ms, last_ms = _WAKING_MS
    return first_ms <= (utc_ms + BAKU_OFFSET_MS) % _DAY_MS < last_ms
