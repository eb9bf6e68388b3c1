"""Requests of desks: who sent this, is it small enough, what does it say; decoded only once proven."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from azpost_desk.domain.digits import is_digits
from azpost_desk.protocol.keys import is_signed
from azpost_desk.protocol.messages import (
    REQUEST_BYTES_MAX,
    Enrol,
    Message,
    Refusal,
    is_storable,
    pack,
    request_words,
    unpack,
)
from azpost_desk.protocol.old_chains import CODE, RecoverKey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

    from azpost_desk.central.storage.database import Database
    from azpost_desk.central.web.doors import Guest

SMALL_BYTES_MAX: Final = 4096
GZIP_FROM_BYTES: Final = 1024
# An Ed25519 signature in its header.
SIGNATURE_HEX: Final = 128
MALFORMED: Final = "X-002"
OVERSIZED: Final = "X-003"

M = TypeVar("M", bound=Message)
S = TypeVar("S", Enrol, RecoverKey)


@dataclass(frozen=True, slots=True)
class Caller:
    """The chain that signed a request; epoch 0 is whoever has a one-time code of the desk."""

    desk: str
    epoch: int
    branch: str
    state: str

    @property
    def chain(self) -> str:
        """Its name, as connections are counted by it; "" for whoever has none yet."""
        return f"{self.desk}/{self.epoch}" if self.epoch else ""


class Unwelcome(Exception):
    """The request is answered with this HTTP status and, where something may be said, an X-code."""

    def __init__(self, status: int, code: str = "") -> None:
        super().__init__(status, code)
        self.status = status
        self.code = code

    def response(self) -> Response:
        """The answer; to the unproven nothing but the status."""
        return (
            respond(Refusal(code=self.code), self.status) if self.code else Response(status_code=self.status)
        )


async def body_of(request: Request, guest: Guest, bytes_max: int = REQUEST_BYTES_MAX) -> bytes:
    """The request's bytes as sent, booked on `guest`.

    Raises:
        Unwelcome: 413 as soon as there are too many, 401 when it bears no signature at all (of its body
            nothing is kept), 400 when the sender is gone before the end.
    """
    body = bytearray()
    count = 0
    is_signed_at_all = len(request.headers.get("x-azpost-signature", "")) == SIGNATURE_HEX
    try:
        async for piece in request.stream():
            count += len(piece)
            if count > bytes_max:
                raise Unwelcome(413, OVERSIZED)
            if is_signed_at_all:
                guest.keep(len(piece))
                body += piece
    except ClientDisconnect:
        # A desk that died in the middle of a word: nobody hears the answer, and nothing is wrong here.
        raise Unwelcome(400, MALFORMED) from None
    if not is_signed_at_all:
        raise Unwelcome(401)
    return bytes(body)


def caller(database: Database, path: str, headers: Mapping[str, str], body: bytes) -> Caller:
    """Who signed these bytes.

    Raises:
        Unwelcome: 401 for whoever did not, whatever the cause.
    """
    desk, _, epoch = headers.get("x-azpost-desk", "").partition("/")
    signature = _signature(headers)
    if not (is_digits(epoch) and len(epoch) < 9 and desk.isprintable()):
        raise Unwelcome(401)
    with database.transaction() as conn:
        row = conn.execute(
            "select public_key, branch, state, next_key from chain_heads join"
            " (select desk, branch from desks) as places using (desk) where desk = %s and epoch = %s",
            (desk, int(epoch)),
        ).fetchone()
    words = request_words(path, body)
    if row is None or not (is_signed(row[0], words, signature) or is_signed(row[3], words, signature)):
        raise Unwelcome(401)
    return Caller(desk, int(epoch), row[1], row[2])


def hander_in(
    database: Database,
    desk_of_code: Callable[[bytes, str], str | None],
    path: str,
    headers: Mapping[str, str],
    body: bytes,
) -> Caller:
    """Who signed these bytes: a chain, or whoever has a one-time code (protocol.old_chains).

    Raises:
        Unwelcome: 401 for whoever did not, whatever the cause.
    """
    name = headers.get("x-azpost-desk", "")
    if not name.startswith(CODE):
        return caller(database, path, headers, body)
    digest, _, public_key = name.removeprefix(CODE).partition("/")
    if not is_signed(public_key, request_words(path, body), _signature(headers)):
        raise Unwelcome(401)
    try:
        desk = desk_of_code(bytes.fromhex(digest), public_key)
    except ValueError:
        desk = None
    if desk is None:
        raise Unwelcome(401)
    return Caller(desk, 0, desk.partition("-")[0], "active")


def enrol_message(path: str, headers: Mapping[str, str], body: bytes) -> Enrol:
    """An enrolment, signed by the key it brings.

    Raises:
        Unwelcome: 401 for anything else.
    """
    return self_signed(path, headers, body, Enrol)


def self_signed(path: str, headers: Mapping[str, str], body: bytes, kind: type[S]) -> S:
    """A message signed by the key it brings.

    Raises:
        Unwelcome: 401 for anything else.
    """
    try:
        message = decoded(headers, body, kind, SMALL_BYTES_MAX)
    except Unwelcome:
        raise Unwelcome(401) from None
    if not is_signed(message.public_key, request_words(path, body), _signature(headers)):
        raise Unwelcome(401)
    return message


def _signature(headers: Mapping[str, str]) -> bytes:
    try:
        return bytes.fromhex(headers.get("x-azpost-signature", ""))
    except ValueError:
        raise Unwelcome(401) from None


def decoded(headers: Mapping[str, str], body: bytes, kind: type[M], bytes_max: int = REQUEST_BYTES_MAX) -> M:
    """The message in a request's bytes.

    Raises:
        Unwelcome: 413 when it unpacks to too much, 400 when it is no such message, or says what no database
            takes.
    """
    if headers.get("content-encoding", "") == "gzip":
        body = _unzipped(body, bytes_max)
    try:
        message = unpack(body, kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unwelcome(400, MALFORMED) from None
    if not is_storable(message):
        raise Unwelcome(400, MALFORMED)
    return message


def _unzipped(body: bytes, bytes_max: int) -> bytes:
    """At most `bytes_max` are ever unpacked: a small body can hold a thousand times its size."""
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        unpacked = unpacker.decompress(body, bytes_max + 1)
    except zlib.error:
        raise Unwelcome(400, MALFORMED) from None
    if len(unpacked) > bytes_max:
        raise Unwelcome(413, OVERSIZED)
    if not unpacker.eof or unpacker.unused_data:
        raise Unwelcome(400, MALFORMED)
    return unpacked


def respond(message: Message, status: int = 200) -> Response:
    """A message as an answer, compressed where it pays."""
    body = pack(message)
    headers = {}
    if len(body) > GZIP_FROM_BYTES:
        body = gzip.compress(body, 5, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(body, status, headers, media_type="application/msgpack")
