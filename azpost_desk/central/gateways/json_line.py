"""A party that speaks JSON over HTTP: a request in, its answer's status and body out, whole or not at all."""

from __future__ import annotations

import threading
import time
from typing import TypeVar

import msgspec
import requests
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as ReadTimeout

from azpost_desk.central.gateways.billers import Unknown
from azpost_desk.central.gateways.http_answers import ANSWER_BYTES_MAX, never_left, read_whole
from azpost_desk.central.json_once import decoded
from azpost_desk.unfollowed import UnfollowedSession

T = TypeVar("T")


class _No(msgspec.Struct, frozen=True, kw_only=True):
    code: str


class JsonLine:
    """The line to one address. Safe to use from several threads: each has its own connection.

    Args:
        url: the party's address; HTTPS outside a rehearsal.
        key: what names us to it, sent as a bearer token.
        connect_s: how long a connection may take to come about.
    """

    def __init__(self, url: str, key: str, connect_s: float) -> None:
        self._url = url.rstrip("/")
        self._key = key
        self._connect_s = connect_s
        self._threads = threading.local()

    def ask(
        self,
        method: str,
        path: str,
        answer_s: float,
        bytes_max: int = ANSWER_BYTES_MAX,
        **content: object,
    ) -> tuple[int, bytes] | Unknown:
        """Status and body of the answer, whole and not too large; a redirect is an answer, never followed."""
        until = time.monotonic() + answer_s
        try:
            with self._session().request(
                method,
                self._url + path,
                timeout=(min(self._connect_s, answer_s), answer_s),
                allow_redirects=False,
                stream=True,
                **content,  # type: ignore[arg-type]
            ) as response:
                body = read_whole(response, until, bytes_max)
                return body if isinstance(body, Unknown) else (response.status_code, body)
        except requests.ConnectTimeout:
            return Unknown("not_reached", "ConnectTimeout")
        except (requests.Timeout, ReadTimeout):
            return Unknown("timeout")
        except (requests.RequestException, HTTPError, ValueError) as error:
            # Also what the library cannot make sense of: the request may have left.
            return Unknown("not_reached" if never_left(error) else "no_connection", type(error).__name__)

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._threads, "session", None)
        if session is None:
            session = self._threads.session = UnfollowedSession()
            session.headers.update(
                {
                    "Accept": "application/json",
                    # No compression: a small body could unpack to a huge one.
                    "Accept-Encoding": "identity",
                    "Authorization": f"Bearer {self._key}",
                }
            )
        return session


def read(body: bytes, kind: type[T]) -> T | Unknown:
    """An answer in its form, or what is no answer."""
    try:
        return decoded(body, kind)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        return Unknown("malformed", type(error).__name__)


def code_of(body: bytes) -> str:
    """The word of an answer that is a no; empty for anything else."""
    said = read(body, _No)
    return "" if isinstance(said, Unknown) else said.code
