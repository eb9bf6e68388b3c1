"""The one door without a signature: it tells the centre's clock, nothing else, and holds nobody up."""

from __future__ import annotations

import re
import socket
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
import requests

from azpost_desk.central.app import Centre
from azpost_desk.central.registry import branches, enrolment
from azpost_desk.central.web.doors import Limits
from azpost_desk.protocol.addresses import TIME_PATH
from tests.central.desks import ManualClock, SimDesk

if TYPE_CHECKING:
    from collections.abc import Iterator

ASK = f"GET {TIME_PATH} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
SECONDS_MAX = 20


@pytest.fixture
def small(postgres: str, clock: ManualClock, centre: Centre) -> Iterator[Centre]:
    """A second process of the same centre, with little room for strangers and little patience."""
    limits = Limits(strangers_max=12, strangers_of_address_max=8, drain_seconds=1, idle_stranger_seconds=1)
    other = Centre(postgres, clock=clock, limits=limits)
    other.start()
    yield other
    other.stop()


def where(centre: Centre) -> tuple[str, int]:
    return "127.0.0.1", int(centre.url.rsplit(":", 1)[1])


def heard(line: socket.socket) -> bytes:
    """All that is said until the other side ends the connection."""
    line.settimeout(SECONDS_MAX)
    said = b""
    try:
        while part := line.recv(4096):
            said += part
    except ConnectionError:
        pass
    return said


def test_it_tells_the_clock_and_not_who_tells_it(centre: Centre, clock: ManualClock) -> None:
    told = requests.get(centre.url + TIME_PATH, timeout=5)
    assert (told.status_code, told.text) == (200, str(clock.utc_ms()))
    assert {name.lower() for name in told.headers} == {"content-length", "content-type"}
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"):
        refused = requests.request(method, centre.url + TIME_PATH, data=b"x" * 10, timeout=5)
        assert refused.status_code == 405
        # Nothing of ours, of Python or of its libraries, by name or number.
        assert not re.search(r"[0-9]+\.[0-9]+|uvicorn|python|starlette|azpost", _all(refused), re.IGNORECASE)


def _all(answer: requests.Response) -> str:
    return "\n".join([*answer.headers.keys(), *answer.headers.values(), answer.text])


def test_a_slash_more_sends_nobody_to_a_host_of_the_callers_choice(centre: Centre) -> None:
    with socket.create_connection(where(centre), SECONDS_MAX) as line:
        line.sendall(ASK.replace(b"/time", b"/time/").replace(b"Host: x", b"Host: evil.example"))
        line.settimeout(SECONDS_MAX)
        said = line.recv(4096)
    assert said.startswith(b"HTTP/1.1 404")
    assert b"evil.example" not in said


def test_a_body_is_not_waited_for_and_not_read(small: Centre, clock: ManualClock) -> None:
    """Forty megabytes are announced and none comes: it is answered at once, and the line is ended."""
    with socket.create_connection(where(small), SECONDS_MAX) as line:
        line.sendall(ASK.replace(b"\r\n\r\n", b"\r\nContent-Length: 40000000\r\n\r\n"))
        said = heard(line)
    assert said.endswith(f"\r\n\r\n{clock.utc_ms()}".encode())


def test_who_asks_without_end_keeps_no_desk_waiting(small: Centre, clock: ManualClock) -> None:
    """More than may be strangers of one address ask again and again, and come back when shown out."""
    with small.database.transaction() as conn:
        code = enrolment.enrolment_code(conn, branches.add_desk(conn, "2002", 3), clock.utc_ms())
    desk, stop = SimDesk(small.url, clock), threading.Event()
    desk.enrol(code)
    answered: list[int] = []

    def flood() -> None:
        while not stop.is_set():
            try:
                with socket.create_connection(where(small), SECONDS_MAX, ("127.0.0.2", 0)) as line:
                    line.settimeout(SECONDS_MAX)
                    while not stop.is_set():
                        line.sendall(ASK)
                        if not line.recv(4096):
                            break
                        answered.append(1)
            except OSError:
                # Gave way to a newcomer.
                continue

    floods = [threading.Thread(target=flood) for _ in range(16)]
    with ExitStack() as after:
        after.callback(lambda: [one.join() for one in floods])
        after.callback(stop.set)
        for one in floods:
            one.start()
        began = time.monotonic()
        for _ in range(5):
            desk.sell()
            assert desk.exchange().ack is not None
        took_s = time.monotonic() - began
    assert answered
    assert took_s < SECONDS_MAX


def test_who_has_asked_and_goes_on_sitting_is_shown_out(small: Centre) -> None:
    with socket.create_connection(where(small), SECONDS_MAX) as line:
        line.sendall(ASK)
        assert heard(line).startswith(b"HTTP/1.1 200")
