"""The second person of a branch with one person: on line, or by challenge and response over the telephone.

On line the desk's request is journaled before it is sent, and the centre's answer is signed words that the
desk keeps verbatim. By telephone the desk shows a challenge; the centre's person hears subject, amount and
asker and types them; the response fits only if they are the very ones the desk holds. It is made with a
secret that the centre gave this desk for this epoch at enrolment (`Enrolled.approval_secret`).

    challenge = nine digits of SHA-256 over what is asked, and their check digit
    response  = seven digits of HMAC-SHA-256(secret, chain, challenge, subject, amount, asker, approver), and
                their check digit
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Final, Literal

import msgspec

from azpost_desk.domain.transfer_codes import is_checked, with_check_digit
from azpost_desk.protocol.messages import Message, Signed

CHALLENGE_DIGITS: Final = 10
RESPONSE_DIGITS: Final = 8
_APPROVER: Final = re.compile(r"[0-9A-Z][0-9A-Z-]{0,19}")

Way = Literal["centre_online", "centre_telephone"]
ONLINE: Final[Way] = "centre_online"
TELEPHONE: Final[Way] = "centre_telephone"


class Asked(msgspec.Struct, frozen=True, array_like=True):
    """What consent is asked for.

    Attributes:
        desk, epoch: the chain that asks.
        request: operation id of the journaled request.
        operation: id of the one operation the consent is for.
        subject: reversal, scan_void, …: a word of ``approvals.subject.<subject>``.
        amount_qapik: the money it moves, never negative; 0 when it moves none.
        asker: staff id of who asks.
        attempt: 1, 2, … per operation.
    """

    desk: str
    epoch: int
    request: str
    operation: str
    subject: str
    amount_qapik: int
    asker: str
    attempt: int


class ApprovalAsk(Message, frozen=True):
    """Ask for a consent, or ask again what became of it: the same request is the same question."""

    request: str
    operation: str
    subject: str
    amount_qapik: int
    asker: str
    attempt: int


class ApprovalTold(Message, frozen=True):
    """Waiting (neither field), answered (signed `CentreAnswer`), or an S-code why nobody is asked."""

    answer: Signed | None = None
    code: str = ""


class CentreAnswer(msgspec.Struct, frozen=True, array_like=True):
    """The centre's yes or no, signed by its key of grants. The first field keeps it apart from a grant."""

    format: Literal["approval.answer@1"]
    centre_epoch: int
    asked: Asked
    approver: str
    outcome: Literal["given", "refused"]
    reason: str
    time_ms: int


def answer_words(answer: CentreAnswer) -> bytes:
    """The bytes the centre signs."""
    return msgspec.json.encode(answer)


def answer_of(words: bytes) -> CentreAnswer:
    """The answer in signed words.

    Raises:
        msgspec.DecodeError: they are none.
    """
    return msgspec.json.decode(words, type=CentreAnswer)


def challenge_of(asked: Asked) -> str:
    """What the desk shows: bound to chain, request, operation, subject, amount, asker and attempt."""
    words = msgspec.json.encode(("approval.challenge@1", asked))
    number = int.from_bytes(hashlib.sha256(words).digest(), "big") % 10 ** (CHALLENGE_DIGITS - 1)
    return with_check_digit(f"{number:0{CHALLENGE_DIGITS - 1}}")


def secret_of(master: bytes, desk: str, epoch: int) -> bytes:
    """The secret of one chain, from the one that the centre keeps."""
    return mac(master, msgspec.json.encode(("approval.secret@1", desk, epoch)))


def response_words(
    desk: str, epoch: int, challenge: str, subject: str, amount_qapik: int, asker: str, approver: str
) -> bytes:
    """What a response is made over: what was read out on the telephone, both ways."""
    return msgspec.json.encode(
        ("approval.response@1", desk, epoch, challenge, subject, amount_qapik, asker, approver)
    )


def mac(secret: bytes, words: bytes) -> bytes:
    """HMAC-SHA-256."""
    return hmac.digest(secret, words, "sha256")


def response_of(mac: bytes) -> str:
    """The eight digits of an HMAC over `response_words`."""
    number = int.from_bytes(mac, "big") % 10 ** (RESPONSE_DIGITS - 1)
    return with_check_digit(f"{number:0{RESPONSE_DIGITS - 1}}")


def read_digits(typed: str, length: int) -> str | None:
    """So many digits with a right check digit, whatever spaces and dashes stand between; else None."""
    digits = "".join(char for char in typed if char not in " -–\u00a0")
    return digits if len(digits) == length and is_checked(digits) else None


def read_approver(typed: str) -> str | None:
    """The id of a person at the centre as it is said on the telephone; None when it is none."""
    said = typed.strip().upper()
    return said if _APPROVER.fullmatch(said) else None


def approver_id(said: str) -> str:
    """How records name a person at the centre: never to be taken for an officer of the branch."""
    return f"centre:{said}"
