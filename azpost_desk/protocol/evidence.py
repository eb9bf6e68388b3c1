"""The evidence file: what a branch exports of its own books, so that anybody can prove it without us.

Lines of JSON, UTF-8, each closed by one line feed, in this order: ``evidence`` (what this is), ``epoch`` (one
for each epoch: its keys), ``record`` (in order of epoch and sequence), ``ack`` (the centre's words), ``day``
(control sums), ``seal``. No line is written in more than one way: keys in the order below, no spaces, no
needless escapes. The same books and the same period give the same bytes.
decisions/011-evidence-proves-itself.md describes every field, programs/verify.py reads it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from azpost_desk.domain.days import BAKU_OFFSET_MS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from azpost_desk.protocol.messages import Signed
    from azpost_desk.protocol.records import Record

VERSION: Final = 1
SEAL_TAG: Final = b"azpost-evidence 1\n"
_BAKU: Final = dt.timezone(dt.timedelta(milliseconds=BAKU_OFFSET_MS))
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class About:
    """The first line: whose books, which business days (ISO, inclusive), by which program.

    `personal` says whether attachments (personal data) are inside; without them their commitments stay.
    """

    desk: str
    branch: str
    branch_name: str
    first_day: str
    last_day: str
    personal: bool
    software: str


@dataclass(frozen=True, slots=True)
class EpochKeys:
    """The keys of one epoch, hex: the desk's own, and the two of the centre that the desk believed then."""

    epoch: int
    public_key: str
    centre_key: str
    grants_key: str


@dataclass(frozen=True, slots=True)
class KeptAttachment:
    """Personal data of a record: `salt` and `content` are None once it was erased by rule."""

    slot: str
    salt: bytes | None
    content: bytes | None


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """A record of the file with all that hangs on it.

    Attributes:
        in_period: False for a link: it only carries the chain to a signature or an acknowledgement.
        postings: (operation, account, sub, currency, smallest units) in order.
    """

    epoch: int
    sequence: int
    day: int
    recorded_ms: int
    kind: str
    record: Record
    signature: bytes | None
    in_period: bool
    postings: tuple[tuple[str, str, str, str, int], ...]
    attachments: tuple[KeptAttachment, ...]


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Words of the centre on this chain, with where it had it."""

    epoch: int
    sequence: int
    signed: Signed


@dataclass(frozen=True, slots=True)
class Sealing:
    """Who closes the file: the desk's present epoch and its key."""

    epoch: int
    sign: Callable[[bytes], bytes]


def evidence_file(
    about: About,
    epochs: Sequence[EpochKeys],
    records: Iterable[KeptRecord],
    acknowledgements: Sequence[Acknowledged],
    dates: dict[int, str],
    sealing: Sealing,
) -> bytes:
    """The bytes of the file. `dates` names the business days by their number; records come in order.

    Raises:
        UnicodeDecodeError: a record's bytes are no text: the journal is damaged.
    """
    parts = [line("evidence", {"version": VERSION} | _of(about))]
    parts += [line("epoch", _of(one)) for one in epochs]
    sums = DaySums(dates)
    count = 0
    for kept in records:
        count += 1
        parts.append(line("record", _record(kept, about.personal)))
        if kept.in_period:
            sums.take(kept)
    parts += [line("ack", _ack(one)) for one in acknowledgements]
    parts += [line("day", day) for day in sums.days()]
    whole = b"".join(parts)
    digest = hashlib.sha256(whole).hexdigest()
    signature = sealing.sign(SEAL_TAG + digest.encode())
    seal = {"records": count, "sha256": digest, "epoch": sealing.epoch, "signature": signature.hex()}
    return whole + line("seal", seal)


def line(name: str, fields: dict[str, Any]) -> bytes:
    """One line of the file."""
    return json.dumps({name: fields}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def local_time(utc_ms: int) -> str:
    """The instant on a clock in Azerbaijan with its offset: ``2026-11-23T14:05:07.000+04:00``."""
    moment = (_EPOCH + dt.timedelta(milliseconds=utc_ms)).astimezone(_BAKU)
    return moment.isoformat(timespec="milliseconds")


class DaySums:
    """Counts and sums of the period's records by business day: what a second reader folds again."""

    def __init__(self, dates: dict[int, str]) -> None:
        self._dates = dates
        self._kinds: dict[int, Counter[str]] = {}
        self._sums: dict[int, dict[tuple[str, str, str], list[int]]] = {}

    def take(self, kept: KeptRecord) -> None:
        """The next record of the period."""
        self._kinds.setdefault(kept.day, Counter())[kept.kind] += 1
        sums = self._sums.setdefault(kept.day, {})
        for _operation, account, sub, currency, minor in kept.postings:
            net = sums.setdefault((account, sub, currency), [0, 0])
            net[0] += minor
            net[1] += 1

    def days(self) -> list[dict[str, Any]]:
        """A line for each day, by number: records, kinds, and [account, sub, currency, net, postings]."""
        return [
            {
                "day": day,
                "date": self._dates.get(day, ""),
                "records": kinds.total(),
                "kinds": dict(sorted(kinds.items())),
                "sums": [[*key, *net] for key, net in sorted(self._sums[day].items())],
            }
            for day, kinds in sorted(self._kinds.items())
        ]


def _of(value: About | EpochKeys) -> dict[str, Any]:
    return {name: getattr(value, name) for name in type(value).__slots__}


def _record(kept: KeptRecord, personal: bool) -> dict[str, Any]:
    return {
        "epoch": kept.epoch,
        "sequence": kept.sequence,
        "part": "period" if kept.in_period else "link",
        "local": local_time(kept.recorded_ms),
        "previous": kept.record.previous.hex(),
        "hash": kept.record.hash.hex(),
        "header": kept.record.header_bytes.decode(),
        "body": kept.record.body.decode(),
        "signature": kept.signature.hex() if kept.signature is not None else None,
        "postings": [list(one) for one in kept.postings],
        "attachments": [_attachment(one, personal) for one in kept.attachments],
    }


def _attachment(kept: KeptAttachment, personal: bool) -> dict[str, Any]:
    if kept.salt is None or kept.content is None:
        return {"slot": kept.slot, "state": "erased", "commitment": None, "salt": None, "content": None}
    commitment = hashlib.sha256(kept.salt + kept.slot.encode() + kept.content).hexdigest()
    return {
        "slot": kept.slot,
        "state": "included" if personal else "withheld",
        "commitment": commitment,
        "salt": kept.salt.hex() if personal else None,
        "content": kept.content.decode() if personal else None,
    }


def _ack(one: Acknowledged) -> dict[str, Any]:
    return {"words": one.signed.words.decode(), "signature": one.signed.signature.hex()}
