"""An answer that drips byte by byte, in its head or in its body, holds nobody longer than his time limit."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack

import pytest

from azpost_desk.central.gateways.abroad import Silent
from azpost_desk.central.gateways.billers import Unknown
from tests.attacks.askers import ANSWER_SECONDS, DRIPPED, answering


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n",
    ],
    ids=["status", "header", "size_of_a_piece", "body"],
)
def test_who_drips_is_silent_when_the_time_is_over(head: bytes) -> None:
    heard: list[object] = []
    with ExitStack() as servers:
        urls = [servers.enter_context(answering(head, b"0")) for _ in DRIPPED]
        asking = [
            threading.Thread(target=lambda ask=ask, url=url: heard.append(ask(url)))
            for ask, url in zip(DRIPPED, urls, strict=True)
        ]
        until = time.monotonic() + ANSWER_SECONDS + 1
        for one in asking:
            one.start()
        for one in asking:
            one.join(max(0, until - time.monotonic()))
        held = [one for one in asking if one.is_alive()]
    assert not held
    assert len(heard) == len(DRIPPED)
    assert all(said in (Unknown("timeout"), Silent("timeout")) for said in heard)
