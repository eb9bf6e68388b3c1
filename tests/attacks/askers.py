"""Everybody who asks somebody over HTTP, and a somebody who answers as he is told to."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from azpost_desk.central.gateways.bill_json import JsonBiller
from azpost_desk.central.gateways.instant import PayRequest
from azpost_desk.central.gateways.iso_instant import InstantRail, Payee
from azpost_desk.central.gateways.iso_partner import IsoPartner
from azpost_desk.central.gateways.iso_wire import Channel
from azpost_desk.central.gateways.osmp import OsmpBiller
from azpost_desk.central.gateways.portal_json import JsonPortal
from azpost_desk.central.gateways.portals import NoticeOrder
from azpost_desk.domain.money import azn
from azpost_desk.protocol.keys import SigningKey

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = 1_795_000_000_000
ANSWER_SECONDS = 0.5


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
    at = JsonPortal(url, "k", now_ms=lambda: NOW, answer_s=ANSWER_SECONDS)
    return at.pay_notice(NoticeOrder(5, "n-1", "1", azn(100), NOW))


def biller(url: str) -> object:
    return JsonBiller(url, "k", now_ms=lambda: NOW, answer_s=ANSWER_SECONDS).pay(5, "12", azn(100), NOW)


def osmp(url: str) -> object:
    return OsmpBiller(url, now_ms=lambda: NOW, answer_s=ANSWER_SECONDS).pay(5, "12", azn(100), NOW)


def channel(url: str, key: SigningKey, bic: str) -> Channel:
    return Channel(url, "AZPOAZ22", key.public(), bic, answer_s=ANSWER_SECONDS)


def partner(url: str) -> object:
    key = SigningKey.new()
    return IsoPartner(channel(url, key, "TBCBGE22"), key).hand(b"<a/>")


def rail(url: str) -> InstantRail:
    key = SigningKey.new()
    payee = Payee("Post", "Baku", "AZ1000", "9402", "AZ12AZPO00000000000000000001", "AZPOAZ22")
    return InstantRail(channel(url, key, "NABZAZ2C"), key, payee)


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
