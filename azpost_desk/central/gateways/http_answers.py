"""Answers of outside parties over HTTP: read whole within a time and a size, or never asked for at all."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from urllib3.exceptions import NewConnectionError

from azpost_desk.central.gateways.billers import Unknown

if TYPE_CHECKING:
    import requests

ANSWER_BYTES_MAX: Final = 64 * 1024


def read_whole(
    response: requests.Response, until: float, bytes_max: int = ANSWER_BYTES_MAX
) -> bytes | Unknown:
    """The body, piece by piece: the library's own time limit starts anew with every byte that drips in.

    `until` is a moment of `time.monotonic`.
    """
    body = bytearray()
    while piece := response.raw.read1(8192, decode_content=False):
        body += piece
        if len(body) > bytes_max:
            return Unknown("too_large")
        if time.monotonic() > until:
            return Unknown("timeout")
    return bytes(body)


def never_left(error: Exception) -> bool:
    """Whether no connection came about, so that nothing of the request can have left."""
    first = error.args[0] if error.args else None
    return isinstance(getattr(first, "reason", first), NewConnectionError)
