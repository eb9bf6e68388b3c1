"""Connections to the centre: who may come in, how long and how much they may say, who leaves when it is full.

Nobody is known before the first proven request on a connection: until then it is a stranger's. Strangers are
few, bounded in number, time and bytes, and give way: a newcomer takes the seat of whoever has been quiet
longest. So silence and slowness, however many, never keep an honest desk waiting, and a proven desk keeps its
connection. Everything here runs on the thread of the event loop.
"""

from __future__ import annotations

import asyncio
import enum
import ipaddress
import socket
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# What the rest of the process needs of its descriptors: the database's connections, files, one round of
# accepting whose closed predecessors are not closed yet.
_OTHER_DESCRIPTORS: Final = 160
# How many are accepted before those that gave way are really closed.
_ACCEPTED_AT_ONCE_MAX: Final = 32
_SWEEP_SECONDS: Final = 1.0
_BACKLOG: Final = 2048


@dataclass(frozen=True, slots=True)
class Limits:
    """How much anybody may take, each with its reason.

    Attributes:
        connections_max: in all; every desk of the country (some 4,000) with one to spare.
        strangers_max: connections without a proven request, in all: about 100 MB of TLS at the most.
        strangers_of_address_max: of these from one address; a branch of thirty desks behind one address opens
            four each at the very most, and each is a stranger for one request only.
        connections_of_chain_max: proven ones of one chain; a desk keeps four open at most.
        header_bytes_max: a desk's header has 300 bytes.
        header_seconds: for TLS, and for the header of a request: 5 kB and 300 bytes, which a line of 9.6
            kbit/s carries in five seconds, and for some desks at once within this time.
        progress_seconds, progress_bytes_min: in each such stretch a body or an answer must advance so much:
            fourteen desks that share a line of 1,000 bytes a second still do.
        body_seconds_max: a batch at its limit takes 70 minutes on the slowest line.
        idle_seconds: between two requests of a desk; it asks every 15 seconds, or, having failed, later on a
            new connection.
        idle_stranger_seconds: between two requests of one who has proven nothing.
        drain_seconds: for the rest of a body that was refused before its end.
        unproven_bytes_max: bodies in memory whose signature was not checked yet, all together.
        proven_bytes_max: bodies in memory that wait for their answer, all together.
    """

    connections_max: int = 8_000
    strangers_max: int = 2_000
    strangers_of_address_max: int = 128
    connections_of_chain_max: int = 8
    header_bytes_max: int = 8 * 1024
    header_seconds: float = 30
    progress_seconds: float = 60
    progress_bytes_min: int = 4096
    body_seconds_max: float = 2 * 3600
    idle_seconds: float = 90
    idle_stranger_seconds: float = 10
    drain_seconds: float = 10
    unproven_bytes_max: int = 64 * 1024 * 1024
    proven_bytes_max: int = 256 * 1024 * 1024


class Phase(enum.Enum):
    """Where a connection stands in its request."""

    HEADER = "the header is not whole; TLS may not even stand"
    BODY = "the body comes in"
    WORK = "it is being answered"
    DRAIN = "it was answered before its end"
    IDLE = "answered, and nothing asked since"


# A stranger in one of these is the first to give way.
_QUIET: Final = frozenset({Phase.HEADER, Phase.IDLE, Phase.DRAIN})


class TooMuch(Exception):
    """The centre has no room for this request now; it may be sent again later."""


class Guest:
    """One connection, from its acceptance until its socket is closed."""

    def __init__(self, doors: Doors, peer: tuple[Any, ...], leave: Callable[[], None]) -> None:
        self._doors = doors
        self.peer = peer
        self.address = address_of(peer)
        self.phase = Phase.HEADER
        # `since` says who was first, `_begun` from when the time allowed is counted.
        self.since = self._begun = self._stretch_since = doors.now()
        self.chain = ""
        self.kept = 0
        self._proven_kept = 0
        self._leave = leave
        self._unsent: Callable[[], int] = lambda: 0
        self._heard = 0
        self._unsent_before = 0

    def greet(self, leave: Callable[[], None], unsent: Callable[[], int]) -> None:
        """The line stands: from now on it is ended by `leave`; `unsent` tells what waits to be taken."""
        self._leave, self._unsent = leave, unsent
        self._begun = self._stretch_since = self._doors.now()

    def hears(self, count: int) -> None:
        """So many bytes came."""
        self._heard += count
        if self.phase is Phase.IDLE:
            self.enter(Phase.HEADER)

    def enter(self, phase: Phase) -> None:
        """The request goes on to `phase`; the time allowed for it begins."""
        if phase is self.phase:
            return
        self.phase = phase
        self.since = self._begun = self._stretch_since = self._doors.now()
        self._heard, self._unsent_before = 0, self._unsent()
        self._doors.reorder(self)

    def keep(self, count: int) -> None:
        """So many bytes of a body are held in memory, not proven yet."""
        self.kept += count
        self._doors.holds(self, count)

    def prove(self, chain: str) -> None:
        """The request is signed by `chain` ("" for a key that has none): what is held is held for its answer.

        Raises:
            TooMuch: too many such requests are being answered, or too many connections are of this chain.
        """
        count, self.kept = self.kept, 0
        self._proven_kept += count
        self._doors.proves(self, chain, count)

    def drop(self) -> None:
        """The request is over: nothing of it is held any more."""
        self._doors.releases(self, self.kept, self._proven_kept)
        self.kept = self._proven_kept = 0

    def closed(self) -> None:
        """The connection is closed, or as good as; said again it changes nothing."""
        self._doors.left(self)
        self.drop()

    def go(self) -> None:
        """End the connection at once."""
        self.closed()
        self._leave()

    def is_overdue(self, now: float) -> bool:
        """Whether it has taken longer than anybody may for where it stands."""
        limits, took = self._doors.limits, now - self._begun
        if self._is_stuck(now):
            return True
        match self.phase:
            case Phase.HEADER:
                return took > limits.header_seconds
            case Phase.BODY:
                return took > limits.body_seconds_max
            case Phase.DRAIN:
                return took > limits.drain_seconds
            case Phase.IDLE if self._unsent():
                # Given, but on its way still: a long answer on a slow line.
                self._begun = now
                return False
            case Phase.IDLE:
                return took > (limits.idle_seconds if self.chain else limits.idle_stranger_seconds)
            case Phase.WORK:
                return False

    def _is_stuck(self, now: float) -> bool:
        """Whether in the stretch that ends now too little came, or too little was taken of the answer."""
        limits = self._doors.limits
        if now - self._stretch_since < limits.progress_seconds:
            return False
        unsent = self._unsent()
        stuck = self.phase is Phase.BODY and self._heard < limits.progress_bytes_min
        if unsent and self._unsent_before:
            stuck = stuck or self._unsent_before - unsent < limits.progress_bytes_min
        self._stretch_since, self._heard, self._unsent_before = now, 0, unsent
        return stuck


class Doors:
    """All connections of one serving process."""

    def __init__(self, limits: Limits | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits or Limits()
        self.now = now
        self._room = min(self.limits.connections_max, descriptors() - _OTHER_DESCRIPTORS)
        self._guests: dict[tuple[Any, ...], Guest] = {}
        # Strangers in the order in which they entered their phase: the first has been there longest.
        self._quiet: dict[Guest, None] = {}
        self._busy: dict[Guest, None] = {}
        self._addresses: defaultdict[str, dict[Guest, None]] = defaultdict(dict)
        self._chains: defaultdict[str, dict[Guest, None]] = defaultdict(dict)
        self._keepers: dict[Guest, None] = {}
        self._unproven_bytes = self._proven_bytes = 0
        self._accepted = 0
        self.seats_at_the_door = False
        self._sweeping: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._guests)

    def may_accept(self) -> bool:
        """Whether another one is accepted in this turn of the event loop."""
        if not self._accepted:
            asyncio.get_running_loop().call_soon(self._turn)
        self._accepted += 1
        return self._accepted <= _ACCEPTED_AT_ONCE_MAX

    def seat(self, peer: tuple[Any, ...], leave: Callable[[], None]) -> Guest | None:
        """Somebody has connected; None when nobody gives way."""
        guest = Guest(self, peer, leave)
        neighbours = self._addresses.get(guest.address, {})
        if len(neighbours) >= self.limits.strangers_of_address_max and not self._one_leaves(neighbours):
            return None
        strangers = len(self._quiet) + len(self._busy)
        full = strangers >= self.limits.strangers_max or len(self._guests) >= self._room
        if full and not self._one_leaves((*_first(self._quiet), *_first(self._busy))):
            return None
        self._guests[peer] = guest
        # The entry may have gone with the last neighbour.
        self._addresses[guest.address][guest] = None
        self._quiet[guest] = None
        if self._sweeping is None:
            self._sweeping = asyncio.get_running_loop().call_later(_SWEEP_SECONDS, self._sweep)
        return guest

    def guest_at(self, peer: tuple[Any, ...]) -> Guest | None:
        """Who was seated with this peer's address and port."""
        return self._guests.get(peer)

    def left(self, guest: Guest) -> None:
        """See `Guest.closed`."""
        if self._guests.get(guest.peer) is not guest:
            return
        del self._guests[guest.peer]
        self._forget_stranger(guest)
        if guest.chain:
            _remove(self._chains, guest.chain, guest)

    def reorder(self, guest: Guest) -> None:
        """A guest has entered another phase."""
        if guest not in self._quiet and guest not in self._busy:
            return
        self._quiet.pop(guest, None)
        self._busy.pop(guest, None)
        (self._quiet if guest.phase in _QUIET else self._busy)[guest] = None

    def holds(self, guest: Guest, count: int) -> None:
        """So much more is held unproven: beyond the limit whoever holds most leaves, strangers first."""
        self._unproven_bytes += count
        self._keepers[guest] = None
        while self._unproven_bytes > self.limits.unproven_bytes_max:
            max(self._keepers, key=lambda one: (not one.chain, one.kept, -one.since)).go()

    def proves(self, guest: Guest, chain: str, count: int) -> None:
        """See `Guest.prove`."""
        self._unproven_bytes -= count
        self._proven_bytes += count
        self._keepers.pop(guest, None)
        if self._proven_bytes > self.limits.proven_bytes_max:
            raise TooMuch("bodies")
        if not chain or guest.chain == chain or guest.peer not in self._guests:
            return
        of_chain = self._chains[chain]
        if len(of_chain) >= self.limits.connections_of_chain_max:
            idle = [one for one in of_chain if one.phase is Phase.IDLE]
            if not idle:
                raise TooMuch("connections")
            min(idle, key=lambda one: one.since).go()
        if guest.chain:
            _remove(self._chains, guest.chain, guest)
        guest.chain = chain
        self._chains[chain][guest] = None
        self._forget_stranger(guest)

    def releases(self, guest: Guest, unproven: int, proven: int) -> None:
        """See `Guest.drop`."""
        self._unproven_bytes -= unproven
        self._proven_bytes -= proven
        self._keepers.pop(guest, None)

    def _one_leaves(self, guests: Iterable[Guest]) -> bool:
        """The one that has been quiet longest leaves, or else the one that sends longest; False if none."""
        may = [one for one in guests if one.phase is not Phase.WORK]
        if not may:
            return False
        min(may, key=lambda one: (one.phase not in _QUIET, one.since)).go()
        return True

    def _forget_stranger(self, guest: Guest) -> None:
        self._quiet.pop(guest, None)
        self._busy.pop(guest, None)
        _remove(self._addresses, guest.address, guest)

    def _turn(self) -> None:
        self._accepted = 0

    def _sweep(self) -> None:
        now = self.now()
        for guest in [one for one in self._guests.values() if one.is_overdue(now)]:
            guest.go()
        self._sweeping = None
        if self._guests:
            self._sweeping = asyncio.get_running_loop().call_later(_SWEEP_SECONDS, self._sweep)


class Door(socket.socket):
    """A listening socket: whoever is accepted is seated before a byte is read, TLS or not."""

    doors: Doors

    @classmethod
    def open(cls, doors: Doors, host: str, port: int) -> list[Door]:
        """Listen at every address that `host` stands for.

        Raises:
            OSError: the port is taken, or the host is none of this machine.
        """
        opened: list[Door] = []
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        try:
            for family, kind, protocol, _, where in dict.fromkeys(found):
                door = cls(family, kind, protocol)
                opened.append(door)
                door.doors = doors
                if hasattr(socket, "SO_REUSEPORT"):
                    # Not on Windows, where it would let two programs have one port.
                    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    door.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                door.bind(where)
                # Taken or not is known now, and not only when the server begins.
                door.listen(_BACKLOG)
        except OSError:
            for door in opened:
                door.close()
            raise
        return opened

    def accept(self) -> tuple[socket.socket, Any]:
        """The next one who has a seat."""
        if not self.doors.may_accept():
            raise BlockingIOError
        self.doors.seats_at_the_door = True
        plain, peer = super().accept()
        arrived = _Arrived(plain.family, plain.type, plain.proto, fileno=plain.detach())
        arrived.guest = self.doors.seat(peer, arrived.hang_up)
        if arrived.guest is None:
            arrived.close()
            raise ConnectionAbortedError
        return arrived, peer


class _Arrived(socket.socket):
    """An accepted connection: its seat is free when it is closed, however far it came."""

    guest: Guest | None = None

    def hang_up(self) -> None:
        """End it while nobody speaks on it yet; the event loop hears of it and closes it."""
        try:
            self.shutdown(socket.SHUT_RDWR)
        except OSError:
            # The other side was quicker.
            return

    def close(self) -> None:
        super().close()
        if self.guest is not None:
            guest, self.guest = self.guest, None
            guest.closed()


def address_of(peer: tuple[Any, ...]) -> str:
    """Whom a limit per address means: an IPv4 address, or the 64 bits of the IPv6 network of one house."""
    address = ipaddress.ip_address(str(peer[0]).partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return address.packed[:8].hex()
    return str(address)


def descriptors(wanted: int = 0) -> int:
    """How many files and sockets this process may have open, raised to `wanted` where the system lets it."""
    try:
        import resource
    except ImportError:
        # Windows: sockets are not counted against a limit of the process.
        return 1 << 20
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and most > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    return 1 << 20 if soft == resource.RLIM_INFINITY else soft


def _first(guests: dict[Guest, None]) -> list[Guest]:
    """The one that is longest in its phase and may leave, if any."""
    first = next((one for one in guests if one.phase is not Phase.WORK), None)
    return [] if first is None else [first]


def _remove(groups: dict[str, dict[Guest, None]], name: str, guest: Guest) -> None:
    group = groups.get(name, {})
    group.pop(guest, None)
    if not group:
        groups.pop(name, None)
