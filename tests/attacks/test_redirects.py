"""A redirect that lies, at every place where we ask somebody over HTTP: it is an answer, and says nothing."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from azpost_desk.central.gateways.abroad import Silent
from azpost_desk.central.gateways.bill_json import JsonBiller
from azpost_desk.central.gateways.billers import Unknown
from azpost_desk.central.gateways.instant import PayRequest
from azpost_desk.central.gateways.iso_instant import InstantRail, Payee
from azpost_desk.central.gateways.iso_partner import IsoPartner
from azpost_desk.central.gateways.iso_wire import Channel
from azpost_desk.central.gateways.osmp import OsmpBiller
from azpost_desk.central.gateways.portal_json import JsonPortal
from azpost_desk.central.gateways.portals import NoticeOrder
from azpost_desk.domain.money import azn
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.sync.connections import Connections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOW = 1_795_000_000_000
# What the library makes of these addresses is a ValueError, a UnicodeDecodeError, a request elsewhere.
PLACES = (b"http://[", b"http://\xff\xfe/", b"http://127.0.0.1:1/")


@contextmanager
def answering(head: bytes, dripping: bytes = b"") -> Iterator[str]:
    """The address of somebody who gives one answer, then drips for eight seconds."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(10)

        def serve() -> None:
            with door.accept()[0] as line:
                line.settimeout(10)
                line.recv(65_536)
                line.sendall(head)
                if not dripping:
                    return
                try:
                    for _ in range(160):
                        if over.wait(0.05):
                            return
                        line.sendall(dripping)
                except OSError:
                    return

        over = threading.Event()
        server = threading.Thread(target=serve)
        server.start()
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            over.set()
            server.join()


def portal(url: str) -> object:
    at = JsonPortal(url, "k", now_ms=lambda: NOW, answer_s=0.5)
    return at.pay_notice(NoticeOrder(5, "n-1", "1", azn(100), NOW))


def biller(url: str) -> object:
    return JsonBiller(url, "k", now_ms=lambda: NOW, answer_s=0.5).pay(5, "12", azn(100), NOW)


def osmp(url: str) -> object:
    return OsmpBiller(url, now_ms=lambda: NOW, answer_s=0.5).pay(5, "12", azn(100), NOW)


def partner(url: str) -> object:
    key = SigningKey.new()
    return IsoPartner(Channel(url, "AZPOAZ22", key.public(), "TBCBGE22", answer_s=1), key).hand(b"<a/>")


def rail(url: str) -> InstantRail:
    key = SigningKey.new()
    payee = Payee("Post", "Baku", "AZ1000", "9402", "AZ12AZPO00000000000000000001", "AZPOAZ22")
    return InstantRail(Channel(url, "AZPOAZ22", key.public(), "NABZAZ2C", answer_s=1), key, payee)


def instant_register(url: str) -> object:
    return rail(url).register(PayRequest("0" * 32, azn(100), NOW))


def instant_standing(url: str) -> object:
    return rail(url).standing("0" * 32)


def instant_close(url: str) -> object:
    return rail(url).close("0" * 32)


def instant_hand(url: str) -> object:
    return rail(url).hand(b"<a/>")


ASKERS = (portal, biller, osmp, partner, instant_register, instant_standing, instant_close, instant_hand)
# What drips costs a second each: one way in is enough where the line is the same.
DRIPPED = (portal, biller, osmp, partner, instant_register)


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
