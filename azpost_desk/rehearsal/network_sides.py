"""Desk and centre in memory, with the promises of the real ones: fast enough for thousands of bad networks.

What is pure at the centre is the centre's own code (acceptance, the wire's checks); only its tables are not.
A test runs both against the real ones and compares word for word.
"""

from __future__ import annotations

import gzip
import uuid
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from azpost_desk.central.intake.acceptance import judge
from azpost_desk.central.intake.custody import FORKED, NOT_AUTHENTIC, TOO_LARGE
from azpost_desk.domain import operations as ops
from azpost_desk.protocol import messages
from azpost_desk.protocol.keys import SigningKey, is_signed
from azpost_desk.protocol.messages import Ack, Batch, News, Sent, Signed
from azpost_desk.protocol.news import OnExceptionsList
from azpost_desk.protocol.records import GENESIS, Header, Record, rechain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.protocol.messages import Exchange, Exchanged
    from azpost_desk.protocol.old_chains import OldRecord
    from azpost_desk.protocol.watch import ListAsked, ListTold

START_MS: Final = 1_795_000_000_000
BAD_KIND: Final = "never.heard_of"
REHEARSED: Final = "rehearsed"


class Answering(Protocol):
    """A centre as the line reaches it: bytes in, HTTP status and bytes out."""

    def answer(self, request: Request) -> tuple[int, bytes]: ...
    def tell(self, desk: str, payload: bytes) -> None: ...
    def restart(self) -> None: ...
    def holds(self, desk: str) -> list[bytes]: ...
    def set_aside(self, desk: str) -> set[int]: ...


@dataclass(frozen=True, slots=True)
class Request:
    """One request on the line."""

    path: str
    desk: str
    signature: bytes
    body: bytes
    packed: bool


@dataclass(frozen=True, slots=True)
class WhoIAm:
    """See sync.ports.Identity."""

    desk: str
    epoch: int
    centre_epoch: int
    centre_key: str
    grants_key: str


class MemoryDesk:
    """A desk's journal and what it knows of the centre; fits sync.ports.SyncBooks. All of it is durable."""

    def __init__(self, desk: str, centre_key: str, key: SigningKey | None = None) -> None:
        self._who = WhoIAm(desk, 1, 1, centre_key, centre_key)
        self._key = key or SigningKey.new()
        self.records: list[Record] = []
        self.bad: set[int] = set()
        self.offered = self.acknowledged = self.position = 0
        self.news: list[News] = []
        self.agreed = 0
        self.open_grants: tuple[str, ...] = ()
        self._ack: Ack | None = None

    def sell(self, *, bad: bool = False) -> None:
        """One record more; a bad one is of a kind that nobody knows, or bytes in it are no letters."""
        number = len(self.records) + 1
        flavour = number % 3 if bad else -1
        body = ops.encode(ops.ClockJumped(from_ms=1, to_ms=number, against="centre"))
        header = Header(
            1, self._who.desk, 1, number, str(uuid.UUID(int=number)),
            BAD_KIND if flavour == 0 else "clock.jumped", 1, 1, "sync", "sync", "program",
            START_MS + number, "", "",
        )  # fmt: skip
        header_bytes = msgspec.json.encode(header)
        if flavour == 1:
            body = body.replace(b"centre", b"c\xc4ntre")
        if flavour == 2:
            header_bytes = header_bytes.replace(b"program", b"pr\xc4gram")
        previous = self.records[-1].hash if self.records else GENESIS
        self.records.append(rechain(header_bytes, body, previous))
        if bad:
            self.bad.add(number)

    def hashes(self) -> list[bytes]:
        """Of every record, in order."""
        return [record.hash for record in self.records]

    # --- sync.ports.SyncBooks -------------------------------------------------------------------------

    def identity(self) -> WhoIAm:
        return self._who

    def signing_key(self) -> SigningKey:
        return self._key

    def batch(self, limit_records: int, limit_bytes: int) -> Batch | None:
        chosen: list[Record] = []
        size = 0
        for record in self.records[self.acknowledged : self.acknowledged + limit_records]:
            size += len(record.header_bytes) + len(record.body)
            if chosen and size > limit_bytes:
                break
            chosen.append(record)
        if not chosen:
            return None
        return Batch(
            first=self.acknowledged + 1,
            previous=chosen[0].previous,
            records=tuple(Sent(record.header_bytes, record.body) for record in chosen),
            signature=self._key.sign(chosen[-1].hash),
        )

    def mark_offered(self, sequence: int) -> None:
        self.offered = max(self.offered, sequence)

    def store_ack(self, signed: Signed, ack: Ack) -> None:
        if ack.sequence > self.acknowledged:
            self.acknowledged, self._ack = ack.sequence, ack

    def rewind_acknowledged(self, sequence: int) -> None:
        self.acknowledged = min(self.acknowledged, sequence)

    def ended(self) -> str:
        return ""

    def end(self, code: str) -> None:
        raise AssertionError("nobody ends a chain here")

    def heads_agree(self) -> None:
        self.agreed = len(self.records)

    def news_position(self) -> int:
        return self.position

    def store_news(self, news: list[News], centre_epoch: int) -> None:
        self.news += [piece for piece in news if piece.position > self.position]
        self.position = max([self.position, *(piece.position for piece in news)])

    def held_grants(self) -> tuple[str, ...]:
        return ()

    def note_open_grants(self, grants: tuple[str, ...]) -> None:
        self.open_grants = grants

    def late_wanted(self) -> list[tuple[int, tuple[int, bytes, str] | None]]:
        return []

    def take_late(self, records: Iterable[OldRecord]) -> int:
        raise AssertionError("the first epoch of a desk has none before it")

    def list_wanted(self) -> ListAsked | None:
        return None

    def keep_list(self, asked: ListAsked, told: ListTold) -> bool:
        raise AssertionError("no list was asked for")

    def waiting(self) -> tuple[int, int]:
        return len(self.records) - self.acknowledged, 0

    def last_ack(self) -> Ack | None:
        return self._ack

    def trusted_ms(self) -> int:
        """Time stands here."""
        return START_MS

    def note_clock(self, here_ms: int, centre_ms: int) -> None:
        """Nobody's clock jumps here."""

    def head(self) -> tuple[int, int, str]:
        return 1, len(self.records), self.records[-1].hash.hex() if self.records else ""


@dataclass(slots=True)
class Chain:
    """What the centre holds of one desk."""

    key: str
    tail: list[Record] = field(default_factory=list)
    exceptions: set[int] = field(default_factory=set)
    batches: dict[tuple[int, bytes], Signed] = field(default_factory=dict)
    latest: Signed | None = None
    news: list[News] = field(default_factory=list)
    unnumbered: list[tuple[str, bytes]] = field(default_factory=list)
    forked: bool = False


class MemoryCentre:
    """Custody and acceptance as central.intake does them, over tables in memory."""

    def __init__(self, ack_key: SigningKey | None = None) -> None:
        self.ack_key = ack_key or SigningKey.new()
        self.chains: dict[str, Chain] = {}

    def enrol(self, desk: str, public_key: str) -> None:
        """Know a desk by its key."""
        self.chains[desk] = Chain(public_key)

    def restart(self) -> None:
        """The process ends and begins again: nothing but its tables is left, and these are all it has."""

    def tell(self, desk: str, payload: bytes) -> None:
        """News for a desk; what waits for a number gets one."""
        self.chains[desk].unnumbered.append((REHEARSED, payload))
        for chain in self.chains.values():
            for kind, waiting in chain.unnumbered:
                chain.news.append(News(len(chain.news) + 1, kind, waiting))
            chain.unnumbered = []

    def holds(self, desk: str) -> list[bytes]:
        """The hashes of a desk's records in custody, in order."""
        return [record.hash for record in self.chains[desk].tail]

    def set_aside(self, desk: str) -> set[int]:
        """Sequences of a desk's records on the exceptions list."""
        return self.chains[desk].exceptions

    def answer(self, request: Request) -> tuple[int, bytes]:
        """As central.web answers: 401 for whoever did not sign, 400 for what is no message."""
        chain = self.chains[request.desk.partition("/")[0]]
        if not is_signed(chain.key, messages.request_words(request.path, request.body), request.signature):
            return 401, b""
        try:
            body = gzip.decompress(request.body) if request.packed else request.body
            question = messages.unpack(body, messages.Exchange)
        except (ValueError, OSError, EOFError, zlib.error):
            return 400, messages.pack(messages.Refusal(code="X-002"))
        return 200, messages.pack(self.exchanged(request.desk.partition("/")[0], chain, question))

    def exchanged(self, desk: str, chain: Chain, question: Exchange) -> Exchanged:
        """See central.intake.exchange."""
        ack, refused = self._take(desk, chain, question.batch) if question.batch else (None, None)
        waiting = [piece for piece in chain.news if piece.position > question.news_after]
        told = waiting[: messages.NEWS_MAX]
        answer = messages.Exchanged(
            centre_epoch=1,
            time_ms=START_MS,
            expect=len(chain.tail) + 1,
            ack=ack,
            news=tuple(told),
            more=len(told) < len(waiting),
            refused=refused or (FORKED if chain.forked else None),
        )
        return messages.with_signature(desk, 1, answer, self.ack_key, question.head)

    def _take(self, desk: str, chain: Chain, batch: Batch) -> tuple[Signed | None, str | None]:
        """See central.intake.custody.take."""
        count = len(batch.records)
        if batch.first < 1 or not 0 < count <= messages.BATCH_RECORDS_MAX:
            return None, TOO_LARGE
        last = batch.first + count - 1
        again = chain.batches.get((last, batch.signature))
        if again is not None:
            return again, None
        if batch.first > len(chain.tail) + 1:
            return None, None
        records, previous = [], batch.previous
        for sent in batch.records:
            records.append(rechain(sent.header, sent.body, previous))
            previous = records[-1].hash
        if not is_signed(chain.key, previous, batch.signature):
            return None, NOT_AUTHENTIC
        if chain.forked or not _continues(chain, batch, records):
            chain.forked = True
            return None, FORKED
        known = len(chain.tail) - batch.first + 1
        if known >= count:
            return chain.latest, None
        ack = Ack(1, desk, 1, last, previous.hex(), START_MS)
        words = messages.words_of(ack)
        signed = Signed(words=words, signature=self.ack_key.sign(words))
        self.keep(desk, chain, list(batch.records[known:]), records[known:])
        chain.batches[last, batch.signature] = chain.latest = signed
        return signed, None

    def keep(self, desk: str, chain: Chain, sent: list[Sent], records: list[Record]) -> None:
        """Store a batch's new records; what is not understood goes on the exceptions list."""
        for part, record in zip(sent, records, strict=True):
            chain.tail.append(record)
            number = len(chain.tail)
            if reason := judge(part, record, desk, 1, number).reason:
                chain.exceptions.add(number)
                told = OnExceptionsList(epoch=1, sequence=number, reason=reason)
                chain.unnumbered.append(("exception", msgspec.json.encode(told)))


def _continues(chain: Chain, batch: Batch, records: list[Record]) -> bool:
    if batch.first == len(chain.tail) + 1:
        return batch.previous == (chain.tail[-1].hash if chain.tail else GENESIS)
    last = min(len(chain.tail), batch.first + len(records) - 1)
    return chain.tail[last - 1].hash == records[last - batch.first].hash
