"""Signed requests to the centre over HTTP: small, bounded in size and time, answers checked once.

Nothing is trusted here but what has been read into a message of the protocol.
"""

from __future__ import annotations

import gzip
import socket
from functools import cached_property
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import msgspec

from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol import messages
from azpost_desk.protocol.addresses import is_guarded
from azpost_desk.sync.ports import CONNECT_SECONDS

if TYPE_CHECKING:
    from azpost_desk.protocol.keys import SigningKey
    from azpost_desk.protocol.questions import A, Question, T
    from azpost_desk.sync.connections import Connections

GZIP_OVER_BYTES: Final = 1024


class Wire:
    """The way to one centre. May be used by several threads."""

    def __init__(self, url: str, verify: bool | str = True) -> None:
        """
        Args:
            url: the centre's address, such as ``https://centre.example``.
            verify: True for the system's certificates, or the path of a file with the post's own.
        """
        self._url = url.rstrip("/")
        self._verify = verify
        self._is_guarded = is_guarded(self._url)

    @cached_property
    def _connections(self) -> Connections:
        """Made with the first request: nobody waits for `requests` to be loaded while a desk starts."""
        from azpost_desk.sync.connections import Connections

        return Connections(self._verify)

    def is_reachable(self) -> bool:
        """Whether somebody accepts a connection at the centre's address; sends nothing."""
        if not self._is_guarded:
            return False
        parts = urlsplit(self._url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            with socket.create_connection((parts.hostname or "", port), CONNECT_SECONDS):
                return True
        except OSError:
            return False

    def post(self, question: Question[A, T], message: A, desk: str, key: SigningKey) -> T:
        """The centre's answer to `message`, which asks `question`.

        Args:
            desk: what the request calls itself, ``<desk>/<epoch>``.
            key: the key that signs the request.

        Raises:
            Trouble: L-021 the address is neither https nor of this machine, L-001 not reached, L-002 no whole
                answer in time, L-003 not understood, L-005 the desk's signature is not accepted, L-009 the
                centre answers but cannot serve.
            Refused: the X-code and facts with which the centre said no.
        """
        if not self._is_guarded:
            raise Trouble("L-021", address=self._url)
        body = messages.pack(message)
        headers = {"X-Azpost-Desk": desk}
        if len(body) > GZIP_OVER_BYTES:
            body = gzip.compress(body, compresslevel=6, mtime=0)
            headers["Content-Encoding"] = "gzip"
        headers["X-Azpost-Signature"] = key.sign(messages.request_words(question.path, body)).hex()
        status, content = self._connections.post(self._url + question.path, body, headers)
        return answered(status, content, question.told)

    def hang_up(self) -> None:
        """Break every open connection, also one that somebody waits on: the program wants to end."""
        if "_connections" in self.__dict__:
            self._connections.hang_up()


def answered(status: int, content: bytes, told: type[T]) -> T:
    """What was answered, read into the message it must be.

    Raises:
        Trouble: L-003 it cannot be read, L-005, L-009.
        Refused: the X-code and facts with which the centre said no.
    """
    try:
        if status == 200:
            return messages.unpack(content, told)
        if status == 401:
            raise Trouble("L-005", detail="401")
        if status >= 500:
            raise Trouble("L-009", detail=str(status))
        refusal = messages.unpack(content, messages.Refusal)
    except (msgspec.MsgspecError, UnicodeDecodeError) as fault:
        raise Trouble("L-003", detail=f"{status}: {fault}"[:200]) from fault
    raise Refused(refusal.code, **refusal.facts)
