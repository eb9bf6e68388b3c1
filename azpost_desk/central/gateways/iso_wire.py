"""The signed wire of our ISO 20022 rails over HTTP: a partner abroad's and the instant one's.

``POST /messages`` carries one document as its body; the answer is 200 or 202 with one document or none.
``GET /messages?after=ID`` gives the next document that waits for us (200, its id in a header) or none (204);
``POST /messages/fetched`` names those that are kept here, as a JSON list.

Authentic or nothing (money-out.md M0-5): whatever has a body, and every answer that says something was taken,
carries a detached Ed25519 signature over a line that says what it is (`REQUEST`, `ANSWER`, `WAITING`) and the
body. An https channel shows our certificate and accepts the partner's alone; in clear only to this machine.
"""

from __future__ import annotations

import hashlib
import json
import re
import ssl
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as ReadTimeout
from urllib3.util.ssl_ import create_urllib3_context

from azpost_desk.central.gateways.abroad import Silent, Told, Turned
from azpost_desk.central.gateways.iso20022 import BYTES_MAX, opened
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.addresses import is_guarded
from azpost_desk.protocol.keys import is_signed
from azpost_desk.unfollowed import BoundAdapter, UnfollowedSession

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from azpost_desk.central.gateways.abroad import Handed
    from azpost_desk.protocol.keys import SigningKey

SIGNATURE: Final = "X-Message-Signature"
MESSAGE_ID: Final = "X-Message-Id"
XML: Final = "application/xml"
JSON: Final = "application/json"
# What stands before the body in the signed words.
REQUEST: Final = "request {method} {path}"
ANSWER: Final = "answer {status} {digest}"
WAITING: Final = "waiting {number}"

# The door said no to us: nothing was taken (money-out.md M0-6).
_TURNED: Final = frozenset({401, 403, 404, 409, 429})
_TAKEN: Final = frozenset({200, 202})
# [design] Documents taken in one go; the rest is fetched the next time.
_AT_ONCE: Final = 50
_NUMBER: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
_SIGNATURE: Final = re.compile(r"[0-9a-f]{128}")


@dataclass(frozen=True, slots=True)
class Channel:
    """How one partner is reached and known.

    Attributes:
        url: its door, without ``/messages``.
        bic, member: of the partner; the member number where it has no BIC.
        our_bic: to whom its messages must be addressed.
        partner_key: its public key, 64 hex digits.
        certificate, certificate_key: our client certificate and its key, PEM; for https.
        server_certificate: the partner's own certificate, PEM: no other is accepted; for https.
        connect_s, answer_s: time limits, the second for a whole answer.
    """

    url: str
    our_bic: str
    partner_key: str
    bic: str = ""
    member: str = ""
    certificate: Path | None = None
    certificate_key: Path | None = None
    server_certificate: Path | None = None
    connect_s: float = 10
    answer_s: float = 30


def signed_words(line: str, body: bytes) -> bytes:
    """What a signature of the wire is made over."""
    return line.encode("ascii", "replace") + b"\n" + body


def digest_of(body: bytes) -> str:
    """What an answer names its request by."""
    return hashlib.sha256(body).hexdigest()


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer of the wire."""

    status: int
    body: bytes
    content_type: str
    signature: str
    number: str

    def is_by(self, key: str, line: str) -> bool:
        """Whether the partner signed it as what it is taken for."""
        if not _SIGNATURE.fullmatch(self.signature):
            return False
        return is_signed(key, signed_words(line, self.body), bytes.fromhex(self.signature))


class Wire:
    """The line to one partner. Safe to use from several threads: each has its own connection.

    Attributes:
        forged: how many waiting documents were skipped because the partner's signature was not on them.

    Raises:
        Refused: M-011 the channel would speak in clear, or over TLS without knowing both sides.
    """

    def __init__(self, channel: Channel, signing: SigningKey) -> None:
        files = (channel.certificate, channel.certificate_key, channel.server_certificate)
        is_tls = urlsplit(channel.url).scheme == "https"
        if not is_guarded(channel.url) or (is_tls and not all(files)):
            raise Refused("M-011", url=channel.url)
        self._channel = channel
        self._base = channel.url.rstrip("/")
        self._path = urlsplit(self._base).path
        self._signing = signing
        self._threads = threading.local()
        self.forged = 0

    def hand(self, document: bytes) -> Handed:
        """See `Partner.hand`."""
        reply = self.speak("POST", "/messages", document, XML)
        if isinstance(reply, Silent):
            return reply
        if reply.status in _TURNED:
            return Turned(reply.status)
        if reply.status not in _TAKEN:
            return Silent("http_status", str(reply.status))
        line = ANSWER.format(status=reply.status, digest=digest_of(document))
        if not reply.is_by(self._channel.partner_key, line):
            return Silent("forged")
        if not reply.body:
            return Told()
        try:
            opened(reply.body)
        except Refused as no:
            return Silent("malformed", no.code)
        return Told((reply.body,)) if reply.content_type == XML else Silent("malformed", "content type")

    def fetch(self) -> tuple[tuple[str, bytes], ...] | Silent:
        """See `Partner.fetch`. What the partner did not sign is skipped, counted and stays there."""
        found: dict[str, bytes] = {}
        after = ""
        for _ in range(_AT_ONCE):
            reply = self.speak("GET", f"/messages?after={after}", b"", "")
            if isinstance(reply, Silent):
                return tuple(found.items()) or reply
            if reply.status != 200:
                silent = Silent("http_status", str(reply.status))
                return tuple(found.items()) if found or reply.status == 204 else silent
            if not _NUMBER.fullmatch(reply.number) or reply.number == after:
                return tuple(found.items()) or Silent("malformed", "id")
            after = reply.number
            if reply.is_by(self._channel.partner_key, WAITING.format(number=after)):
                found[after] = reply.body
            else:
                self.forged += 1
        return tuple(found.items())

    def fetched(self, ids: Sequence[str]) -> None:
        """See `Partner.fetched`. A lost word costs nothing: the same bytes come again and change nothing."""
        if ids:
            self.speak("POST", "/messages/fetched", json.dumps(list(ids)).encode(), JSON)

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes] | Silent:
        """Status and body of an answer in JSON that the partner signed for this very request.

        What is not signed says nothing of a request, whatever its status is: a door in between has spoken.
        """
        reply = self.speak(method, path, body, JSON if body else "", JSON)
        if isinstance(reply, Silent):
            return reply
        asked = signed_words(REQUEST.format(method=method, path=self._path + path), body)
        line = ANSWER.format(status=reply.status, digest=digest_of(asked))
        if reply.is_by(self._channel.partner_key, line):
            is_json = reply.content_type == JSON
            return (reply.status, reply.body) if is_json else Silent("malformed", "content type")
        if reply.signature or reply.status == 200:
            return Silent("forged")
        return Silent("http_status", str(reply.status))

    def speak(
        self, method: str, path: str, body: bytes, content_type: str, accepted: str = XML
    ) -> Reply | Silent:
        """One request and its whole answer."""
        line = REQUEST.format(method=method, path=self._path + path)
        headers = {SIGNATURE: self._signing.sign(signed_words(line, body)).hex(), "Accept": accepted}
        if content_type:
            headers["Content-Type"] = content_type
        until = time.monotonic() + self._channel.answer_s
        try:
            with self._session().request(
                method,
                self._base + path,
                data=body or None,
                headers=headers,
                timeout=(self._channel.connect_s, self._channel.answer_s),
                allow_redirects=False,
                stream=True,
            ) as response:
                content = _read(response, until)
                if isinstance(content, Silent):
                    return content
                said = response.headers
                kind = said.get("Content-Type", "").partition(";")[0].strip().lower()
                return Reply(
                    response.status_code, content, kind, said.get(SIGNATURE, ""), said.get(MESSAGE_ID, "")
                )
        except (requests.Timeout, ReadTimeout):
            return Silent("timeout")
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            return Silent("no_connection", type(error).__name__)

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._threads, "session", None)
        if session is None:
            session = self._threads.session = UnfollowedSession()
            # No compression: a small body could unpack to a huge one.
            session.headers.update({"Accept-Encoding": "identity"})
            channel = self._channel
            if channel.server_certificate:
                session.mount("https://", _Pinned())
                session.verify = str(channel.server_certificate)
                session.cert = (str(channel.certificate), str(channel.certificate_key))
        return session


class _Pinned(BoundAdapter):
    """One certificate is trusted as it stands, also one that an authority has issued."""

    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        """As the library does, with a context of ours."""
        context = create_urllib3_context()
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        super().init_poolmanager(*args, **named, ssl_context=context)


def _read(response: requests.Response, until: float) -> bytes | Silent:
    """Read piece by piece: the library's own time limit starts anew with every byte of a dripping answer."""
    body = bytearray()
    while piece := response.raw.read1(65_536, decode_content=False):
        body += piece
        if len(body) > BYTES_MAX:
            return Silent("too_large")
        if time.monotonic() > until:
            return Silent("timeout")
    return bytes(body)
