"""A small honest centre and books in memory: enough to try the line without either database."""

from __future__ import annotations

import gzip
import threading
import uuid
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import msgspec

from azpost_desk.domain import operations as ops
from azpost_desk.domain.trusted_time import TrustedTime
from azpost_desk.protocol import messages, questions
from azpost_desk.protocol.keys import SigningKey, is_signed
from azpost_desk.protocol.messages import Ack, Batch, News, Sent, Signed
from azpost_desk.protocol.records import GENESIS, Header, Record, rechain, seal

DESK = "2002-3"
START_MS = 1_795_000_000_000


class HandClock:
    """A clock that stands where the test puts it, and runs on by itself on the monotonic side."""

    def __init__(self, utc_ms: int = START_MS) -> None:
        self.now_ms = utc_ms
        self.run_ms = 0

    def utc_ms(self) -> int:
        return self.now_ms

    def monotonic_ms(self) -> int:
        return self.run_ms


@dataclass
class WhoIAm:
    desk: str
    epoch: int
    centre_epoch: int
    centre_key: str
    grants_key: str


class MemoryBooks:
    """The desk's books in memory, with the same promises."""

    def __init__(self, who: WhoIAm, key: SigningKey) -> None:
        self.who = who
        self.key = key
        self.records: list[Record] = []
        self.acknowledged = 0
        self.offered = 0
        self.acks: list[Ack] = []
        self.news: list[News] = []
        self.position = 0
        self.grants: tuple[str, ...] = ()
        self.lock = threading.RLock()
        self.clocks: list[tuple[int, int]] = []
        self.agreed = 0
        self.over = ""
        self.clock = HandClock()
        self.time = TrustedTime(self.clock, 0)

    def ended(self) -> str:
        return self.over

    def end(self, code: str) -> None:
        self.over = self.over or code

    def late_wanted(self) -> list[tuple[int, tuple[int, bytes, str] | None]]:
        return []

    def heads_agree(self) -> None:
        self.agreed += 1

    def take_late(self, records: object) -> int:
        raise AssertionError("nothing was told late")

    def list_wanted(self) -> None:
        return None

    def keep_list(self, asked: object, told: object) -> bool:
        raise AssertionError("no list was asked for")

    def trusted_ms(self) -> int:
        return self.time.now_ms()

    def note_clock(self, here_ms: int, centre_ms: int) -> None:
        self.clocks.append((here_ms, centre_ms))

    def sell(self, count: int = 1, kind: str = "clock.jumped") -> None:
        with self.lock:
            for _ in range(count):
                body = ops.encode(ops.ClockJumped(from_ms=1, to_ms=len(self.records), against="centre"))
                operation = str(uuid.UUID(int=len(self.records)))
                header = Header(
                    1, self.who.desk, self.who.epoch, len(self.records) + 1, operation, kind, 1, 1,
                    "sync", "sync", "program", START_MS + len(self.records), "", "",
                )  # fmt: skip
                self.records.append(seal(header, body, self.records[-1].hash if self.records else GENESIS))

    def identity(self) -> WhoIAm:
        return replace(self.who)

    def signing_key(self) -> SigningKey:
        return self.key

    def batch(self, limit_records: int, limit_bytes: int) -> Batch | None:
        with self.lock:
            first = self.acknowledged + 1
            chosen: list[Record] = []
            size = 0
            for record in self.records[self.acknowledged : self.acknowledged + limit_records]:
                size += len(record.header_bytes) + len(record.body)
                if chosen and size > limit_bytes:
                    break
                chosen.append(record)
            if not chosen:
                return None
            sent = tuple(Sent(record.header_bytes, record.body) for record in chosen)
            return Batch(
                first=first,
                previous=chosen[0].previous,
                records=sent,
                signature=self.key.sign(chosen[-1].hash),
            )

    def mark_offered(self, sequence: int) -> None:
        if sequence > self.offered:
            self.time.offer(self.offered + 1)
        self.offered = max(self.offered, sequence)

    def store_ack(self, signed: Signed, ack: Ack) -> None:
        assert ack.sequence <= self.offered
        assert self.records[ack.sequence - 1].hash.hex() == ack.hash
        self.acks.append(ack)
        self.acknowledged = ack.sequence
        self.time.hear(ack.time_ms, ack.sequence)

    def rewind_acknowledged(self, sequence: int) -> None:
        self.acknowledged = sequence

    def news_position(self) -> int:
        return self.position

    def store_news(self, news: list[News], centre_epoch: int) -> None:
        if centre_epoch != self.who.centre_epoch:
            self.who.centre_epoch = centre_epoch
            self.position = 0
        self.news += news
        self.position = news[-1].position if news else self.position

    def note_open_grants(self, grants: tuple[str, ...]) -> None:
        self.open_grants = grants

    def held_grants(self) -> tuple[str, ...]:
        return self.grants

    def waiting(self) -> tuple[int, int]:
        with self.lock:
            left = self.records[self.acknowledged :]
            return len(left), left[0].header().recorded_ms if left else 0

    def last_ack(self) -> Ack | None:
        return self.acks[-1] if self.acks else None

    def head(self) -> tuple[int, int, str]:
        with self.lock:
            last = self.records[-1].hash.hex() if self.records else ""
            return self.who.epoch, len(self.records), last


@dataclass
class HonestCentre:
    """Takes custody, acknowledges, tells news; a context manager on a free port.

    Attributes:
        tail: the records it holds of the one desk.
        taken: how often a batch brought something new.
        status: answered instead of serving, when not 0.
        refuse: X-code to answer batches with.
    """

    desk_key: str = ""
    epoch: int = 1
    time_ms: int = START_MS
    news: list[News] = field(default_factory=list)
    news_at_once: int = 100
    tail: list[Record] = field(default_factory=list)
    questions: list[messages.Exchange] = field(default_factory=list)
    taken: int = 0
    status: int = 0
    refuse: str = ""
    forged_acks: bool = False
    grant: messages.Grant | None = None

    def __post_init__(self) -> None:
        self.ack_key = SigningKey.new()
        self.grants_key = SigningKey.new()
        self._lock = threading.Lock()
        self._ack: Signed | None = None

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, path: str, desk: str, signature: str, body: bytes, packed: bool) -> tuple[int, bytes]:
        if self.status:
            return self.status, b""
        key = self.desk_key
        wire = gzip.decompress(body) if packed else body
        if path == questions.ENROL.path:
            key = messages.unpack(wire, messages.Enrol).public_key
        if not is_signed(key, messages.request_words(path, body), bytes.fromhex(signature)):
            return 401, b""
        with self._lock:
            match path:
                case line if line == questions.EXCHANGE.path:
                    return 200, messages.pack(self.exchanged(messages.unpack(wire, messages.Exchange)))
                case line if line == questions.TRANSFER_CLAIM.path:
                    return self.claimed()
                case line if line == questions.BILL_CHECK.path:
                    check = messages.unpack(wire, messages.BillCheck)
                    return 200, messages.pack(messages.BillChecked(ok=True, debt_qapik=len(check.account)))
        return 404, messages.pack(messages.Refusal(code="X-404", facts={"path": path}))

    def claimed(self) -> tuple[int, bytes]:
        if self.grant is None:
            return 409, messages.pack(messages.Refusal(code="X-031"))
        words = messages.words_of(self.grant)
        grant = Signed(words=words, signature=self.grants_key.sign(words))
        return 200, messages.pack(messages.TransferClaimed(grant=grant))

    def exchanged(self, question: messages.Exchange) -> messages.Exchanged:
        self.questions.append(question)
        ack = self.take(question.batch) if question.batch and not self.refuse else None
        after = question.news_after if question.centre_epoch == self.epoch else 0
        news = [piece for piece in self.news if piece.position > after]
        answer = messages.Exchanged(
            centre_epoch=self.epoch,
            time_ms=self.time_ms,
            expect=len(self.tail) + 1,
            ack=ack,
            news=tuple(news[: self.news_at_once]),
            more=len(news) > self.news_at_once,
            refused=self.refuse or None if question.batch else None,
        )
        return messages.with_signature(DESK, 1, answer, self.ack_key, question.head)

    def take(self, batch: Batch) -> Signed | None:
        if batch.first > len(self.tail) + 1:
            return None
        chain, previous = self.tail[: batch.first - 1], batch.previous
        for sent in batch.records:
            chain.append(rechain(sent.header, sent.body, previous))
            previous = chain[-1].hash
        assert is_signed(self.desk_key, previous, batch.signature)
        if len(chain) > len(self.tail):
            assert chain[: len(self.tail)] == self.tail
            self.tail, self.taken = chain, self.taken + 1
            header = chain[-1].header()
            words = messages.words_of(
                Ack(self.epoch, header.desk, header.epoch, len(chain), chain[-1].hash.hex(), self.time_ms)
            )
            signer = SigningKey.new() if self.forged_acks else self.ack_key
            self._ack = Signed(words=words, signature=signer.sign(words))
        return self._ack

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        centre = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                desk, signature = self.headers["X-Azpost-Desk"] or "", self.headers["X-Azpost-Signature"]
                packed = self.headers["Content-Encoding"] == "gzip"
                try:
                    status, content = centre.answer(self.path, desk, signature, body, packed)
                except (UnicodeDecodeError, msgspec.MsgspecError, OSError, EOFError):
                    status, content = 400, messages.pack(messages.Refusal(code="X-002"))
                self.send_response_only(status)
                if len(content) > 1024:
                    content = gzip.compress(content)
                    self.send_header("Content-Encoding", "gzip")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                """Tests are quiet."""

        return Handler


def pair(centre: HonestCentre) -> MemoryBooks:
    """Books of a desk that this centre knows."""
    key = SigningKey.new()
    centre.desk_key = key.public()
    return MemoryBooks(WhoIAm(DESK, 1, 1, centre.ack_key.public(), centre.grants_key.public()), key)
