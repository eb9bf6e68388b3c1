"""A redirect that lies, at every place where we ask somebody over HTTP: it is an answer, and says nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from azpost_desk.central.gateways.abroad import Silent
from azpost_desk.central.gateways.billers import Unknown
from azpost_desk.sync.connections import Connections
from tests.attacks.askers import ASKERS, DRIPPED, answering

if TYPE_CHECKING:
    from collections.abc import Callable

# What the library makes of these addresses is a ValueError, a UnicodeDecodeError, a request elsewhere.
PLACES = (b"http://[", b"http://\xff\xfe/", b"http://127.0.0.1:1/")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("ask", ASKERS)
def test_wherever_a_redirect_points_nothing_is_known_of_the_money(
    ask: Callable[[str], object], place: bytes
) -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: " + place + b"\r\nContent-Length: 0\r\n\r\n"
    with answering(head) as url:
        assert ask(url) in (Unknown("http_status", "302"), Silent("http_status", "302"))


@pytest.mark.parametrize("place", PLACES)
def test_a_desk_whose_line_is_redirected_hears_a_status(place: bytes) -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: " + place + b"\r\nContent-Length: 0\r\n\r\n"
    with answering(head) as url:
        assert Connections().post(f"{url}/v1/sync", b"x", {}) == (302, b"")


@pytest.mark.parametrize("ask", DRIPPED)
def test_the_body_of_a_redirect_is_waited_for_no_longer_than_any_other(ask: Callable[[str], object]) -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n"
    with answering(head, b"x" * 1_000) as url:
        began = time.monotonic()
        assert isinstance(ask(url), Unknown | Silent)
        assert time.monotonic() - began < 5
