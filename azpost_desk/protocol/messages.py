"""What travels between desk and centre over HTTP, as MessagePack; bodies above 1 kB are gzipped.

Every request of an enrolled desk is signed: the header ``X-Azpost-Desk: <desk>/<epoch>`` names the chain and
``X-Azpost-Signature`` is hex Ed25519 over ``POST <path>\\n`` + the body's bytes as sent. All requests are
idempotent by their content: a retry is signed anew, carries the same batch or ids and gets the same words;
the same signed bytes a second time change nothing. An unsigned request gets 401 and nothing else.

VERSION history:
    1  first: exchange, enrol, bill check, transfer claim.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from azpost_desk.domain.notices import Notice
from azpost_desk.protocol.records import Attachment

if TYPE_CHECKING:
    from azpost_desk.protocol.keys import SigningKey

VERSION: Final = 1
BATCH_RECORDS_MAX: Final = 500
BATCH_BYTES_MAX: Final = 4 * 1024 * 1024
# A batch at its limit plus the message around it; the same bound before and after unpacking.
REQUEST_BYTES_MAX: Final = BATCH_BYTES_MAX + 64 * 1024
NEWS_MAX: Final = 500
# What msgpack adds around the parts of one record or one attachment.
_FRAME_BYTES: Final = 16


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=False, kw_only=True):
    """A message: unknown fields of a newer version are passed over, missing ones are refused."""


class Sent(msgspec.Struct, frozen=True, array_like=True):
    """One record on the wire: bytes as written; hashes are recomputed by the receiver."""

    header: bytes
    body: bytes
    attachments: tuple[Attachment, ...] = ()


def sent_bytes(sent: Sent) -> int:
    """What a record takes on the wire at most: its bytes, its attachments, and the frames around them."""
    parts = sum(len(one.content) + len(one.salt) + len(one.slot) + _FRAME_BYTES for one in sent.attachments)
    return len(sent.header) + len(sent.body) + parts + _FRAME_BYTES


class Batch(Message, frozen=True):
    """Continuous records of one chain. `signature` covers the hash of the last one (signed at its commit)."""

    first: int
    previous: bytes
    records: tuple[Sent, ...]
    signature: bytes


class Ack(msgspec.Struct, frozen=True, array_like=True):
    """The centre has stored this chain up to and including `sequence`; asked again it says the same words."""

    centre_epoch: int
    desk: str
    epoch: int
    sequence: int
    hash: str
    time_ms: int


class Grant(msgspec.Struct, frozen=True, array_like=True):
    """The right to handle what exists once (PROTOCOL.md 5), numbered per thing.

    Attributes:
        grant: id, uuid text.
        thing: id of the transfer.
        purpose: pay or refund.
        number: 1, 2, … per thing.
        previous: id of the grant before, "" for the first.
        ended_by: hash of the holder's record that ended the previous grant, "" for the first.
        origin: hash of the record that made the thing.
        holder, holder_epoch: the chain that may use it.
        request: operation id of the desk's request record.
        amount_qapik: what may be paid.
        offline_until_ms: 0, or until when it may be used without the line (taken ahead).
        fee_qapik: how much of the amount is the fee that is given back with it.
        arrived_minor, currency: what came from abroad for it, smallest units; 0 and "" at home.
        rate: manat for one unit, an exact fraction, "" where manat were promised; rate_id: which rates.
        stands_ms: until when (UTC ms) the manat stand; 0 = to no end.
        tenders: what of a refund had not come in cash when it was sold, by tender, qəpik.
    """

    centre_epoch: int
    grant: str
    thing: str
    purpose: str
    number: int
    previous: str
    ended_by: str
    origin: str
    holder: str
    holder_epoch: int
    request: str
    amount_qapik: int
    time_ms: int
    offline_until_ms: int = 0
    fee_qapik: int = 0
    arrived_minor: int = 0
    currency: str = ""
    rate: str = ""
    rate_id: int = 0
    stands_ms: int = 0
    tenders: dict[str, int] = {}


class Signed(Message, frozen=True):
    """Words (encoded Ack or Grant, JSON) with the centre's signature over them."""

    words: bytes
    signature: bytes


class News(msgspec.Struct, frozen=True, array_like=True):
    """One piece of news for a desk at its numbered position. `payload` is JSON; unknown kinds are kept."""

    position: int
    kind: str
    payload: bytes


class Exchange(Message, frozen=True):
    """Push, acknowledge, pull in one round trip. `held` lists the grants the desk holds and has not ended.

    `read_ms` is `time_ms` of the centre's last answer that this program has read, 0 before the first: nobody
    can have written these words before. Old words sent again prove nothing that they had not proved already.
    """

    version: int
    centre_epoch: int
    news_after: int
    clock_ms: int
    head: int
    held: tuple[str, ...] = ()
    batch: Batch | None = None
    read_ms: int = 0


class Exchanged(Message, frozen=True, omit_defaults=True):
    """The answer. `expect` is the sequence the centre wants next; `refused` is an X-code when a batch was
    not taken. Where it brings news, refuses, or wants more than the desk has, `signature` is the centre's
    over `told_words`.
    """

    centre_epoch: int
    time_ms: int
    expect: int
    ack: Signed | None = None
    news: tuple[News, ...] = ()
    more: bool = False
    open_grants: tuple[str, ...] = ()
    refused: str | None = None
    signature: bytes = b""


class Enrol(Message, frozen=True):
    """A desk introduces itself with a one-time code and its new public key; signed by that key."""

    version: int
    code: str
    public_key: str
    software: str


class Enrolled(Message, frozen=True):
    """Who the desk is now, and whose signatures it believes.

    `approval_secret` (hex, "" from an older centre) is for responses by telephone (protocol.approvals); the
    desk puts it beside its keys and keeps it nowhere else.
    `recovery_key` is the centre's X25519 key: copies on other disks are sealed for it (protocol.sealing).
    """

    desk: str
    number: int
    branch: str
    branch_name: str
    epoch: int
    centre_epoch: int
    centre_key: str
    grants_key: str
    time_ms: int
    receipt_series: int
    receipt_next: int
    day_next: int
    previous_epoch: int = 0
    previous_sequence: int = 0
    previous_hash: str = ""
    approval_secret: str = ""
    recovery_key: str = ""


class BillCheck(Message, frozen=True):
    """Ask a biller about a subscriber; nothing is bound by it."""

    biller: str
    account: str
    amount_qapik: int | None = None


class BillChecked(Message, frozen=True):
    """The biller's answer: debt in qəpik (null when not told), the holder's masked name."""

    ok: bool
    debt_qapik: int | None = None
    holder: str = ""
    code: str = ""


class NoticesAsk(Message, frozen=True):
    """Ask a state portal for its notices: `by` is a way of domain.notices, `value` as its mask takes it."""

    portal: str
    by: str
    value: str


class NoticesTold(Message, frozen=True):
    """The portal's answer: what it says of each notice found, or an X-code; `asked_ms` is the centre's time
    (UTC ms); `more`: it has others that are not here.
    """

    ok: bool
    notices: tuple[Notice, ...] = ()
    asked_ms: int = 0
    code: str = ""
    more: bool = False


class TransferClaim(Message, frozen=True):
    """Ask for the grant of a transfer. All three must match (code, amount, sender); five wrong tries close
    it.

    For a refund `transfer` names it and `purpose` is refund; one from abroad is also found by the number of
    its receipt in `code`. For a pay-out `transfer` without a code asks
    ahead of time: only the office that the transfer is addressed to may, and it asks who comes for it.
    `request` is the id of the journaled request. What came from abroad by the way in `way` is asked for by
    its number (`code`) and by the sum as its sender named it, `figure_minor` smallest units of that way's
    currency.
    """

    request: str
    purpose: str
    code: str = ""
    amount_qapik: int = 0
    sender: str = ""
    transfer: str = ""
    way: str = ""
    figure_minor: int = 0


class TransferClaimed(Message, frozen=True):
    """The grant with what the clerk must see (personal data on demand), or a T-code.

    `parties` is the JSON attachment of the sent record; `tries_left` counts real misses only; `ready_ms`
    (UTC) is when an ordinary transfer is paid out.
    """

    grant: Signed | None = None
    parties: bytes = b""
    sent_ms: int = 0
    office: str = ""
    code: str = ""
    holder: str = ""
    tries_left: int = -1
    ready_ms: int = 0


class AheadAsked(Message, frozen=True):
    """Which transfers addressed to this office may be reserved ahead, so that they can be paid off line?"""


class AheadTold(Message, frozen=True):
    """(transfer, qəpik) of each, the oldest first, no more than this desk may still hold."""

    transfers: tuple[tuple[str, int], ...] = ()


class StepsAsked(Message, frozen=True):
    """What became of this desk's outside steps, (payment, request or grant, id): a question, never an act."""

    steps: tuple[tuple[str, str], ...]


class StepsTold(Message, frozen=True):
    """(sort, id, state now, since ms) of each step the centre knows; what it does not know is left out."""

    steps: tuple[tuple[str, str, str, int], ...]


class Refusal(Message, frozen=True):
    """Any request the centre will not answer: an X-code and its facts."""

    code: str
    facts: dict[str, str] = {}


_ENCODER: Final = msgspec.msgpack.Encoder()


def pack(message: Message) -> bytes:
    """A message's bytes on the wire."""
    return _ENCODER.encode(message)


M = TypeVar("M", bound=Message)


def unpack(wire: bytes, kind: type[M]) -> M:
    """The message in `wire`.

    Raises:
        msgspec.DecodeError, msgspec.ValidationError: the bytes are no such message.
    """
    return msgspec.msgpack.decode(wire, type=kind)


def is_storable(value: object) -> bool:
    """Whether a database takes all that a request says: texts without NUL, numbers from 0 up to 63 bits.

    Nothing that a desk asks or counts is below zero. Records are another thing: they are kept as they came.
    """
    if isinstance(value, str):
        return "\0" not in value
    if isinstance(value, int):
        return 0 <= value < 2**63
    if isinstance(value, Sent):
        return True
    if isinstance(value, msgspec.Struct):
        return all(is_storable(getattr(value, field)) for field in value.__struct_fields__)
    if isinstance(value, dict):
        return all(map(is_storable, value)) and all(map(is_storable, value.values()))
    return all(map(is_storable, value)) if isinstance(value, tuple) else True


def words_of(ack_or_grant: Ack | Grant) -> bytes:
    """The bytes the centre signs."""
    return msgspec.json.encode(ack_or_grant)


def told_words(desk: str, epoch: int, answer: Exchanged) -> bytes:
    """What the centre signs of an answer that a desk must believe: to this chain, news, refusal and place."""
    digest = hashlib.sha256(_ENCODER.encode(answer.news)).hexdigest()
    told = ["told", desk, epoch, answer.centre_epoch, answer.refused or "", answer.expect, digest]
    return msgspec.json.encode(told)


def with_signature(desk: str, epoch: int, answer: Exchanged, key: SigningKey, head: int) -> Exchanged:
    """The answer with the centre's signature, where it needs one: an idle line pays for none."""
    if not must_be_signed(answer, head):
        return answer
    return msgspec.structs.replace(answer, signature=key.sign(told_words(desk, epoch, answer)))


def must_be_signed(answer: Exchanged, head: int) -> bool:
    """Whether an answer says something beyond what its own parts prove.

    Args:
        head: the last sequence that the desk named; a centre that holds more ends the chain.
    """
    return bool(answer.news) or answer.refused is not None or answer.expect > head + 1


def ack_of(words: bytes) -> Ack:
    """The acknowledgement in signed words."""
    return msgspec.json.decode(words, type=Ack)


def grant_of(words: bytes) -> Grant:
    """The grant in signed words."""
    return msgspec.json.decode(words, type=Grant)


def ack_digest(signed: Signed) -> str:
    """What later headers carry of an acknowledgement: 32 hex digits of SHA-256 over words and signature."""
    return hashlib.sha256(signed.words + signed.signature).hexdigest()[:32]


def code_digest(code: str) -> bytes:
    """What the centre keeps of a one-time code. Typed by people: case, dashes and spaces do not matter."""
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(letters.encode()).digest()


def request_words(path: str, body: bytes) -> bytes:
    """What a desk signs to prove a request is its own."""
    return b"POST " + path.encode() + b"\n" + body
