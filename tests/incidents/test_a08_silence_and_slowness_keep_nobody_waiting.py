"""A-08: connections that say nothing, little or too much, however many, keep no honest desk waiting, and the
centre's memory does not grow with them."""

from __future__ import annotations

import asyncio
import select
import socket
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
import requests
import urllib3

from azpost_desk.central.app import Centre
from azpost_desk.central.registry import branches, enrolment
from azpost_desk.central.web import doors as doors_module
from azpost_desk.central.web import wire
from azpost_desk.central.web.doors import Doors, Limits, Phase, TooMuch, address_of
from azpost_desk.domain.catalogue import Branch
from azpost_desk.protocol import messages
from azpost_desk.protocol.keys import SigningKey
from tests.central.desks import SimDesk
from tests.central.test_hostile import bomb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from azpost_desk.central.web.doors import Guest
    from tests.central.desks import ManualClock

PATHS = ("/v1/exchange", "/v1/bills/check", "/v1/salvage", "/v1/salvage/sealed", "/v1/enrol")
SILENT = b""
HEADER = b"POST /v1/exchange HTTP/1.1\r\nHost: x\r\n"
SEEMING = HEADER + b"X-Azpost-Desk: 2002-1/1\r\nX-Azpost-Signature: " + b"0" * 128 + b"\r\n"
BODY = SEEMING + b"Content-Length: 4000000\r\n\r\n"
UNSIGNED = HEADER + b"Content-Length: 4000000\r\n\r\nx"
TURNED_AWAY_SECONDS = 20


class Serving:
    """A centre with limits of the test's own, and its desk."""

    def __init__(self, dsn: str, clock: ManualClock, limits: Limits) -> None:
        self.centre = Centre(dsn, clock=clock, limits=limits)
        url = self.centre.start()
        self.where = ("127.0.0.1", int(url.rsplit(":", 1)[1]))
        with self.centre.database.transaction() as conn:
            branches.create_branch(conn, Branch(code="2002", name="2002", address="", postcode="AZ2002"), 1)
            code = enrolment.enrolment_code(conn, branches.add_desk(conn, "2002", 1), clock.utc_ms())
        self.desk = SimDesk(url, clock)
        self.desk.enrol(code)

    def knock(self, said: bytes) -> socket.socket:
        line = socket.create_connection(self.where, 5)
        line.sendall(said)
        return line

    def is_heard(self) -> bool:
        """Whether an honest desk on a new connection is answered within a second."""
        started = time.monotonic()
        self.desk.sell()
        return self.desk.exchange().ack is not None and time.monotonic() - started < 1


@pytest.fixture
def serving(postgres: str, clock: ManualClock) -> Iterator[Callable[[Limits], Serving]]:
    with ExitStack() as opened:

        def serve(limits: Limits) -> Serving:
            one = Serving(postgres, clock, limits)
            opened.callback(one.centre.stop)
            return one

        yield serve


def is_turned_away(line: socket.socket) -> bool:
    """Whether the other side ends the connection, after an answer or without."""
    line.settimeout(TURNED_AWAY_SECONDS)
    try:
        while line.recv(4096):
            pass
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    return True


def turned_away(lines: list[socket.socket], wanted: int) -> int:
    """How many of these, none of which was answered, are ended, as soon as there are `wanted`."""
    until, ended = time.monotonic() + TURNED_AWAY_SECONDS, 0
    left = list(lines)
    while ended < wanted and (seconds := until - time.monotonic()) > 0:
        readable = select.select(left, [], [], seconds)[0]
        ended += len(readable)
        left = [line for line in left if line not in readable]
    return ended


@pytest.mark.parametrize("said", [SILENT, HEADER, BODY, UNSIGNED])
def test_however_many_hold_the_line_an_honest_desk_is_heard(
    serving: Callable[[Limits], Serving], said: bytes
) -> None:
    centre = serving(Limits(strangers_max=60, strangers_of_address_max=40))
    with ExitStack() as held:
        lines = [held.enter_context(centre.knock(said)) for _ in range(150)]
        assert centre.is_heard()
        assert turned_away(lines, 110) >= 110


def test_who_does_not_go_on_is_turned_away(serving: Callable[[Limits], Serving]) -> None:
    """Each of them waits for its own time; they wait at once."""
    centre = serving(Limits(header_seconds=1, progress_seconds=1))
    with ExitStack() as held:
        said = (SILENT, HEADER, BODY, UNSIGNED, BODY + b"x" * 100)
        lines = {one: held.enter_context(centre.knock(one)) for one in said}
        assert [one for one, line in lines.items() if not is_turned_away(line)] == []
    assert centre.is_heard()


def test_a_refused_strangers_connection_does_not_stay(serving: Callable[[Limits], Serving]) -> None:
    centre = serving(Limits(idle_stranger_seconds=1, drain_seconds=1))
    refused = HEADER + b"Content-Length: 1\r\n\r\nx"
    too_much = HEADER + b"Transfer-Encoding: chunked\r\n\r\n" + b"%x\r\n" % (5 << 20) + b"x" * (5 << 20)
    with centre.knock(refused) as answered, centre.knock(too_much) as draining:
        assert is_turned_away(answered)
        assert is_turned_away(draining)


def test_a_header_beyond_all_need_and_words_before_the_answer_end_the_connection(
    serving: Callable[[Limits], Serving],
) -> None:
    centre = serving(Limits())
    for said in (HEADER + b"X-Long: " + b"x" * 20_000, (HEADER + b"Content-Length: 0\r\n\r\n") * 500):
        with centre.knock(said) as line:
            assert is_turned_away(line)
    assert centre.is_heard()


def test_bodies_that_nobody_signed_are_not_kept_and_the_rest_of_them_not_without_end(
    serving: Callable[[Limits], Serving],
) -> None:
    centre = serving(Limits(unproven_bytes_max=5 << 20))
    half = BODY + bytes(2 << 20)
    with ExitStack() as held:
        for _ in range(4):
            held.enter_context(centre.knock(UNSIGNED + bytes(2 << 20)))
        lines = [held.enter_context(centre.knock(half)) for _ in range(6)]
        assert turned_away(lines, 4) >= 4
        assert centre.is_heard()


@pytest.mark.parametrize("path", PATHS)
def test_what_is_not_signed_is_never_unpacked(
    serving: Callable[[Limits], Serving], path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre = serving(Limits())
    unpacked: list[int] = []
    monkeypatch.setattr(wire, "decoded", lambda *_: unpacked.append(1))
    packed = bomb(4 << 20)
    assert len(packed) > wire.SMALL_BYTES_MAX
    stranger = SigningKey.new()
    for wrong in (stranger, SigningKey.new()):
        answer = centre.desk.post_bytes(path, packed, key=wrong, Content_Encoding="gzip")
        assert answer.status_code in (401, 413)
    unsigned = requests.post(centre.desk.url + path, data=packed, timeout=10)
    assert unsigned.status_code in (401, 413)
    assert unpacked == []


def test_a_proven_connection_keeps_its_place(serving: Callable[[Limits], Serving]) -> None:
    centre = serving(Limits(strangers_max=30, strangers_of_address_max=20))
    desk = centre.desk
    with urllib3.HTTPConnectionPool(*centre.where, maxsize=1, retries=False) as pool, ExitStack() as held:

        def ask() -> int:
            body = messages.pack(desk.ask(None))
            signature = desk.key.sign(messages.request_words("/v1/exchange", body)).hex()
            headers = {"X-Azpost-Desk": desk.chain(), "X-Azpost-Signature": signature}
            return pool.request("POST", "/v1/exchange", body=body, headers=headers, timeout=5).status

        assert ask() == 200
        for _ in range(100):
            held.enter_context(centre.knock(HEADER))
        assert ask() == 200
        assert pool.num_connections == 1


# --- the rules by themselves, on a clock of their own ---------------------------------------------------


class Hall:
    """Doors whose time the test sets; who leaves is written down."""

    def __init__(self, limits: Limits) -> None:
        self.time = 1_000.0
        self.doors = Doors(limits, now=lambda: self.time)
        self.gone: list[str] = []
        self._port = 0

    def enter(self, name: str, address: str = "10.0.0.1") -> Guest:
        guest = self.tries(name, address)
        assert guest is not None
        return guest

    def tries(self, name: str, address: str = "10.0.0.1") -> Guest | None:
        self._port += 1
        guest = self.doors.seat((address, self._port), lambda: self.gone.append(name))
        if guest is not None:
            guest.greet(lambda: self.gone.append(name), lambda: 0)
        return guest

    def proven(self, name: str, chain: str) -> Guest:
        guest = self.enter(name)
        guest.enter(Phase.WORK)
        guest.prove(chain)
        return guest


def test_who_gives_way_to_whom() -> None:
    async def play() -> None:
        hall = Hall(Limits(strangers_of_address_max=3))
        sending, _, working = hall.enter("sending"), hall.enter("quiet"), hall.enter("working")
        sending.enter(Phase.BODY)
        working.enter(Phase.WORK)
        hall.time += 1
        hall.proven("desk", "2002-1/1").enter(Phase.IDLE)
        assert hall.gone == ["quiet"]
        late = hall.enter("late")
        late.enter(Phase.WORK)
        hall.time += 1
        hall.enter("other", "10.0.0.2")
        more = hall.enter("more")
        assert hall.gone == ["quiet", "sending"]
        more.enter(Phase.WORK)
        # Whoever is being answered does not leave: then it is the newcomer who does.
        assert hall.tries("none") is None
        working.closed()
        hall.enter("again")

    asyncio.run(play())


def test_how_long_each_may_take() -> None:
    async def play() -> None:
        limits = Limits()
        hall = Hall(limits)
        desk, stranger = hall.proven("desk", "2002-1/1"), hall.enter("stranger")
        assert not stranger.is_overdue(hall.time + limits.header_seconds)
        assert stranger.is_overdue(hall.time + limits.header_seconds + 1)
        for guest, seconds in ((desk, 90), (stranger, 10)):
            guest.enter(Phase.IDLE)
            assert not guest.is_overdue(hall.time + seconds)
            assert guest.is_overdue(hall.time + seconds + 1)
        # A batch at its limit on the slowest line, four desks to one line, gets through.
        desk.enter(Phase.BODY)
        for _ in range(int(messages.BATCH_BYTES_MAX / 1000 / 60)):
            hall.time += 60
            desk.hears(60 * 250)
            assert not desk.is_overdue(hall.time)
        # A letter now and then is no progress.
        stranger.enter(Phase.BODY)
        hall.time += 60
        stranger.hears(60)
        assert stranger.is_overdue(hall.time)
        # Nor is an answer that nobody takes.
        desk.greet(lambda: None, lambda: 100_000)
        desk.enter(Phase.WORK)
        hall.time += 60
        assert desk.is_overdue(hall.time)

    asyncio.run(play())


def test_memory_is_bounded_and_given_back() -> None:
    async def play() -> None:
        hall = Hall(Limits(unproven_bytes_max=100, proven_bytes_max=100, connections_of_chain_max=2))
        greedy, modest, desk = hall.enter("greedy"), hall.enter("modest"), hall.proven("desk", "2002-1/1")
        greedy.keep(60)
        modest.keep(30)
        desk.keep(20)
        assert hall.gone == ["greedy"]
        desk.prove("2002-1/1")
        modest.prove("")
        huge = hall.enter("huge")
        huge.keep(60)
        with pytest.raises(TooMuch):
            huge.prove("2002-2/1")
        for guest in (huge, desk, modest):
            guest.drop()
        alone = hall.enter("alone")
        alone.keep(101)
        assert hall.gone == ["greedy", "alone"]
        hall.proven("second", "2002-1/1")
        with pytest.raises(TooMuch):
            hall.proven("third", "2002-1/1")
        desk.enter(Phase.IDLE)
        hall.proven("fourth", "2002-1/1")
        assert hall.gone == ["greedy", "alone", "desk"]

    asyncio.run(play())


def test_the_descriptors_of_the_process_are_never_used_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors_module, "descriptors", lambda: 256)

    async def play() -> None:
        hall = Hall(Limits())
        for number in range(500):
            hall.tries(str(number), f"10.{number // 256}.{number % 256}.1")
        assert len(hall.doors) <= 100

    asyncio.run(play())


def test_a_limit_per_address_means_a_house() -> None:
    assert address_of(("10.0.0.1", 1)) == address_of(("::ffff:10.0.0.1", 2, 0, 0)) == "10.0.0.1"
    assert address_of(("2001:db8::1", 1, 0, 0)) == address_of(("2001:db8::ffff:2", 1, 0, 0))
    assert address_of(("2001:db8::1", 1, 0, 0)) != address_of(("2001:db8:0:1::1", 1, 0, 0))
    assert address_of(("fe80::1%eth0", 1, 0, 2)) == address_of(("fe80::2", 1, 0, 0))
