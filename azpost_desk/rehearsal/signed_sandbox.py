"""A played party on our signed ISO 20022 wire: knows its customer, signs, and lets documents wait for it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

import msgspec

from azpost_desk.central.gateways import iso_messages as iso
from azpost_desk.central.gateways.iso20022 import BYTES_MAX
from azpost_desk.central.gateways.iso_wire import (
    MESSAGE_ID,
    REQUEST,
    SIGNATURE,
    WAITING,
    XML,
    signed_words,
)
from azpost_desk.protocol.keys import SigningKey, is_signed
from azpost_desk.rehearsal.sandbox_server import Sandbox, SandboxHandler

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from azpost_desk.central.gateways.iso_messages import Part

_LISTED: Final = msgspec.json.Decoder(list[str])


@dataclass(slots=True)
class Answer:
    """What goes over the line: no `body` and no `status` closes it."""

    status: int = 0
    body: bytes = b""
    number: str = ""
    lines: dict[str, str] = field(default_factory=dict)
    is_slow: bool = False
    content_type: str = XML


class SignedSandbox(Sandbox, ABC):
    """Somebody on the wire, on a loopback port while the ``with`` block lasts.

    Attributes:
        key: its signing key; the centre's channel holds the public half.
        waiting: documents for us by id, until fetched; before_fetch: done whenever we ask for them.
    """

    def __init__(
        self,
        handler: type[SignedHandler],
        bic: str,
        customer_bic: str,
        customer_key: str,
        *,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`customer_bic`, `customer_key` (hex): whose documents it takes; `tls` makes the door https."""
        super().__init__(handler, OSError, port=port, tls=tls)
        self.bic = bic
        self.customer_bic = customer_bic
        self.customer_key = customer_key
        self.key = SigningKey.new()
        self.waiting: dict[str, bytes] = {}
        self.before_fetch: Callable[[], object] = bool
        self._forged_waiting = 0
        self._count = 0

    @abstractmethod
    def take(self, path: str, signature: str, body: bytes) -> Answer:
        """Take one document; what goes back."""

    def forge_waiting(self, times: int = 1) -> None:
        """The next `times` documents that are fetched are signed with another key."""
        with self._lock:
            self._forged_waiting += times

    def next_waiting(self, path: str, after: str, signature: str) -> Answer:
        """The document that waits behind the one with id `after`, or none."""
        with self._lock:
            if self.why_not("GET", path, signature, b""):
                return Answer(401)
            self.before_fetch()
            ids = list(self.waiting)
            ids = ids[ids.index(after) + 1 :] if after in ids else ids
            if not ids:
                return Answer(204)
            key = self.key
            if self._forged_waiting:
                self._forged_waiting -= 1
                key = SigningKey.new()
            body, line = self.waiting[ids[0]], WAITING.format(number=ids[0])
            return Answer(200, body, ids[0], {SIGNATURE: key.sign(signed_words(line, body)).hex()})

    def were_fetched(self, path: str, signature: str, body: bytes) -> Answer:
        """Those are kept on the other side: they wait no longer."""
        with self._lock:
            if self.why_not("POST", path, signature, body):
                return Answer(401)
            for number in _LISTED.decode(body):
                self.waiting.pop(number, None)
            return Answer(204)

    def why_not(self, method: str, path: str, signature: str, body: bytes) -> tuple[int, str] | None:
        """Status and word for one that is not its customer."""
        words = signed_words(REQUEST.format(method=method, path=path), body)
        try:
            given = bytes.fromhex(signature)
        except ValueError:
            given = b""
        return None if is_signed(self.customer_key, words, given) else (401, "signature")

    def written(self, message: str, number: str, created: str, body: list[Part]) -> bytes:
        """A document of its to us."""
        header = iso.header_of(
            iso.agent_of_bic(self.bic), iso.agent_of_bic(self.customer_bic), number, message, created
        )
        return iso.enveloped(message, header, body)

    def queue(self, document: bytes) -> None:
        """Let a document wait for us."""
        self.waiting[self.number("W")] = document

    def number(self, kind: str) -> str:
        """The next number of its own."""
        self._count += 1
        return f"{kind}{self._count:08d}"

    def signed(self, body: bytes, line: str, key: SigningKey | None = None) -> Answer:
        """An answer signed as what `line` says it is, by itself or with another key."""
        by = key or self.key
        return Answer(200, body, "", {SIGNATURE: by.sign(signed_words(line, body)).hex()})

    def spoilt(self, answer: Answer, kind: str, line: str) -> Answer:
        """A signed answer as a fault of the line, or of one who speaks for it, lets it through."""
        match kind:
            case "never":
                return Answer()
            case "slow":
                return Answer(is_slow=True)
            case "garbage":
                return replace(self.signed(b"<html>taken</html>", line), content_type=answer.content_type)
            case "forged":
                forged = self.signed(answer.body, line, SigningKey.new())
                return replace(answer, lines=forged.lines)
            case "huge":
                return self.signed(b" " * (BYTES_MAX + 1), line)
            case _:
                return answer


class SignedHandler(SandboxHandler):
    """One connection of the wire."""

    @property
    def played(self) -> SignedSandbox:
        """Who is played."""
        assert isinstance(self.server.played, SignedSandbox)
        return self.server.played

    def do_GET(self) -> None:
        """What waits."""
        parts = urlsplit(self.path)
        if parts.path != "/messages":
            return self.send(Answer(404))
        after = parse_qs(parts.query).get("after", [""])[0]
        self.send(self.played.next_waiting(self.path, after, self.headers.get(SIGNATURE, "")))

    def do_POST(self) -> None:
        """A document, or what of the waiting ones is kept."""
        body, signature = self.body(), self.headers.get(SIGNATURE, "")
        if self.path == "/messages":
            self.send(self.played.take(self.path, signature, body))
        elif self.path == "/messages/fetched":
            self.send(self.played.were_fetched(self.path, signature, body))
        else:
            self.send(Answer(404))

    def body(self) -> bytes:
        """What was sent, as far as anybody reads it."""
        length = int(self.headers.get("Content-Length", "0"))
        return self.rfile.read(min(length, BYTES_MAX))

    def send(self, answer: Answer) -> None:
        """Let an answer go over the line, or close it."""
        if answer.is_slow:
            self.played.closing.wait(30)
        if not answer.status:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.lines.items():
            self.send_header(name, value)
        if answer.number:
            self.send_header(MESSAGE_ID, answer.number)
        if answer.body:
            self.send_header("Content-Type", answer.content_type)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
