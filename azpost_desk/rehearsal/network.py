"""A seeded bad network around the sync core, without sockets, threads or time.

Desks sell and exchange, the centre tells news, either side dies and starts again, messages are lost, doubled,
delayed, overtaken, cut and reset, all by one seed. (An answer whose bytes change does not come through TLS:
that is a reset; a request is signed, and may be damaged here.) In the end the line is calm: the centre must
hold every record once, in order, and every desk every piece of news.
"""

from __future__ import annotations

import gzip
import random
from typing import TYPE_CHECKING, Any, Final

from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol import messages
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.rehearsal.network_sides import (
    REHEARSED,
    START_MS,
    Answering,
    MemoryCentre,
    MemoryDesk,
    Request,
)
from azpost_desk.rehearsal.outcome import Outcome
from azpost_desk.sync import wire
from azpost_desk.sync.exchanges import Exchanges

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

    from azpost_desk.protocol.questions import A, Question, T


FATES: Final = (
    "reset",  # no connection came about
    "request_lost",
    "request_cut",  # the centre gets a part of it
    "request_damaged",  # one bit arrives wrong
    "request_late",  # the centre gets it some time later, perhaps after younger ones
    "doubled",
    "answer_lost",
    "answer_cut",
    "answer_stale",  # somebody in between gives an old answer again
)
# Of ten messages this many meet a fate; each seed has weather of its own.
_BAD_IN_TEN: Final = (1, 3, 5, 7)
_STEPS: Final = (20, 60)
_DESKS_MAX: Final = 3
# With a calm line a desk says everything within so many exchanges, or something holds the queue.
_PATIENCE: Final = 20


class Died(Exception):
    """The desk's process ended between two steps."""


class FixedClock:
    """Time stands: nothing here depends on it."""

    def utc_ms(self) -> int:
        """See sync.ports.Clock."""
        return START_MS

    def monotonic_ms(self) -> int:
        """See sync.ports.Clock."""
        return 0


class BadLine:
    """Carries requests to a centre as chance wants; `post` is sync.wire.Wire's."""

    def __init__(self, centre: Answering, chance: random.Random, faults: Counter[str]) -> None:
        self._centre, self._chance, self._faults = centre, chance, faults
        self.bad_in_ten = chance.choice(_BAD_IN_TEN)
        self.late: list[Request] = []
        self._old: dict[str, tuple[int, bytes]] = {}

    def post(self, question: Question[A, T], message: A, desk: str, key: SigningKey) -> T:
        """One request and what becomes of it."""
        body = messages.pack(message)
        packed = len(body) > wire.GZIP_OVER_BYTES
        if packed:
            body = gzip.compress(body, compresslevel=1, mtime=0)
        path = question.path
        request = Request(path, desk, key.sign(messages.request_words(path, body)), body, packed)
        fate = self._chance.choice(FATES) if self._chance.randrange(10) < self.bad_in_ten else "none"
        if fate != "none":
            self._faults[fate] += 1
        if fate == "reset":
            raise Trouble("L-001")
        if fate == "request_late":
            self.late.append(request)
        if fate in ("request_lost", "request_late"):
            raise Trouble("L-002")
        status, content = self._answered(request, fate)
        if fate == "answer_stale":
            status, content = self._old.get(desk, (status, content))
        self._old[desk] = status, content
        if fate in ("answer_lost", "request_cut"):
            raise Trouble("L-002")
        if fate == "answer_cut":
            content = content[: self._chance.randrange(len(content))] if content else b""
        return wire.answered(status, content, question.told)

    def _answered(self, request: Request, fate: str) -> tuple[int, bytes]:
        if fate == "request_cut":
            body = request.body[: self._chance.randrange(len(request.body))]
            request = Request(request.path, request.desk, request.signature, body, request.packed)
        if fate == "request_damaged":
            body = self._damaged(request.body)
            request = Request(request.path, request.desk, request.signature, body, request.packed)
        answer = self._centre.answer(request)
        return self._centre.answer(request) if fate == "doubled" else answer

    def deliver_late(self) -> None:
        """One of the delayed requests arrives, any of them; nobody waits for its answer any more."""
        if self.late:
            self._centre.answer(self.late.pop(self._chance.randrange(len(self.late))))

    def calm(self) -> None:
        """From now on everything arrives; what is still under way does so now."""
        self.bad_in_ten = 0
        while self.late:
            self.deliver_late()

    def _damaged(self, content: bytes) -> bytes:
        if not content:
            return content
        place = self._chance.randrange(len(content))
        return (
            content[:place] + bytes([content[place] ^ 1 << self._chance.randrange(8)]) + content[place + 1 :]
        )


class Mortal:
    """Books whose process may end before or after any step that writes."""

    _WRITES: Final = frozenset(
        {"mark_offered", "store_ack", "heads_agree", "rewind_acknowledged", "store_news", "note_open_grants"}
    )

    def __init__(self, books: Any, chance: random.Random) -> None:
        self.books, self._chance = books, chance
        self.dies_in = 0

    def __getattr__(self, name: str) -> Any:
        step = getattr(self.books, name)
        if name not in self._WRITES or not self.dies_in:
            return step

        def mortal(*given: Any) -> Any:
            self._age()
            result = step(*given)
            self._age()
            return result

        return mortal

    def _age(self) -> None:
        self.dies_in = max(self.dies_in - 1, 0)
        if self.dies_in == 0:
            raise Died


class Play:
    """One seed: a centre, one to three desks, and what happens to them."""

    def __init__(
        self,
        seed: int,
        outcome: Outcome,
        centre: Answering | None = None,
        desks: list[Any] | None = None,
        desk_kind: Callable[..., MemoryDesk] = MemoryDesk,
    ) -> None:
        """
        Args:
            centre, desks: others than those in memory; the centre knows the desks already.
            desk_kind: makes the desks in memory.
        """
        self._chance = chance = random.Random(seed)
        self._seed, self._outcome = seed, outcome
        if centre is None or desks is None:
            memory = centre if isinstance(centre, MemoryCentre) else MemoryCentre(_key(chance))
            desks = [
                desk_kind(f"2002-{number}", memory.ack_key.public(), _key(chance))
                for number in range(1, chance.randint(1, _DESKS_MAX) + 1)
            ]
            for desk in desks:
                memory.enrol(desk.identity().desk, desk.signing_key().public())
            centre = memory
        self._centre = centre
        self.line = BadLine(centre, chance, outcome.faults)
        self._told: dict[str, list[bytes]] = {desk.identity().desk: [] for desk in desks}
        self._desks = [Mortal(desk, chance) for desk in desks]
        self._cores = [self._core(desk) for desk in self._desks]

    def _core(self, desk: Mortal) -> Exchanges:
        return Exchanges(desk, self.line, FixedClock())  # type: ignore[arg-type]

    def run(self) -> list[str]:
        """What was violated."""
        faults: list[str] = []
        for _ in range(self._chance.randint(*_STEPS)):
            number = self._chance.randrange(len(self._desks))
            self._step(number)
            faults += self._always(self._desks[number].books)
        self.line.calm()
        for number, desk in enumerate(self._desks):
            faults += self._at_peace(desk.books, self._cores[number])
        return [f"seed {self._seed}: {fault}" for fault in faults]

    def _step(self, number: int) -> None:
        chance, desk = self._chance, self._desks[number]
        what = chance.choices(("sell", "exchange", "die", "tell", "late", "restart"), (30, 45, 6, 10, 6, 3))[
            0
        ]
        match what:
            case "sell":
                for _ in range(chance.randint(1, 5)):
                    desk.books.sell(bad=chance.random() < 0.1)
                    self._outcome.operations += 1
            case "exchange":
                self._exchange(number)
            case "die":
                desk.dies_in = chance.randint(1, 6)
                self._exchange(number)
                desk.dies_in = 0
            case "tell":
                name = desk.identity().desk
                payload = f'"{len(self._told[name]) + 1}"'.encode()
                self._centre.tell(name, payload)
                self._told[name].append(payload)
            case "late":
                self.line.deliver_late()
            case _:
                self._outcome.faults["centre_restarted"] += 1
                self._centre.restart()

    def _exchange(self, number: int) -> None:
        try:
            self._cores[number].once()
        except (Trouble, Refused):
            # What went wrong on the line is tried again; it never changes what is true.
            return
        except Died:
            self._outcome.kills += 1
            self._cores[number] = self._core(self._desks[number])
            self._outcome.recoveries += 1

    def _always(self, desk: Any) -> list[str]:
        """What holds at every moment: the centre has nothing unoffered, and acknowledged only what it has."""
        name, mine = desk.identity().desk, desk.hashes()
        held = self._centre.holds(name)
        faults = []
        if held != mine[: len(held)]:
            faults.append(f"{name}: the centre's copy is not the desk's in its order")
        if desk.acknowledged > len(held):
            faults.append(f"{name}: {desk.acknowledged} acknowledged, {len(held)} held")
        if len(held) > desk.offered:
            faults.append(f"{name}: the centre holds {len(held)}, offered were {desk.offered}")
        return faults

    def _at_peace(self, desk: Any, core: Exchanges) -> list[str]:
        name = desk.identity().desk
        faults = []
        for _ in range(_PATIENCE):
            try:
                if not core.once().again:
                    break
            except (Trouble, Refused) as no:
                faults = [f"{name}: a calm line, and the centre says {no.code}"]
        held, mine = self._centre.holds(name), desk.hashes()
        if held != mine:
            faults.append(f"{name}: {len(mine)} records here, {len(held)} at the centre")
        if desk.waiting()[0]:
            faults.append(f"{name}: {desk.waiting()[0]} records wait for ever")
        if self._centre.set_aside(name) != desk.bad:
            faults.append(f"{name}: set aside {sorted(self._centre.set_aside(name))}, not {sorted(desk.bad)}")
        told = [piece.payload for piece in desk.news if piece.kind == REHEARSED]
        if told != self._told[name]:
            faults.append(f"{name}: {len(self._told[name])} news told, {len(told)} stored")
        self._outcome.acknowledged += len(held)
        self._outcome.desks += 1
        return faults


def _key(chance: random.Random) -> SigningKey:
    """A key by the seed too: the same seed sends the same bytes."""
    return SigningKey(chance.randbytes(32))


def run(seeds: int, first: int) -> Outcome:
    """Play `seeds` seeds from `first` on."""
    outcome = Outcome(first)
    for seed in range(first, first + seeds):
        outcome.violations += Play(seed, outcome).run()
    return outcome
