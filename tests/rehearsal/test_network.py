"""The bad network around the sync core: nothing is found, what is planted is, and memory is like the real."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from azpost_desk.central import keys, news
from azpost_desk.central.intake.exchange import exchange
from azpost_desk.central.mail import items
from azpost_desk.central.registry import branches, enrolment
from azpost_desk.central.registry.founding import found
from azpost_desk.central.storage.database import Database, migrate
from azpost_desk.central.web import wire
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Branch
from azpost_desk.protocol import messages
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.rehearsal import network
from azpost_desk.rehearsal.network import Play
from azpost_desk.rehearsal.network_sides import START_MS, MemoryCentre, MemoryDesk
from azpost_desk.rehearsal.outcome import Outcome
from tests.storage.desks import CENTRE, FakeClock, Ids, new_desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from azpost_desk.protocol.messages import News, Sent
    from azpost_desk.protocol.records import Record
    from azpost_desk.rehearsal.network_sides import Chain, Request
    from azpost_desk.storage.books import DeskBooks

SEEDS = 60


def test_three_hundred_seeds_lose_double_and_disorder_nothing() -> None:
    outcome = network.run(300, 1)
    assert outcome.violations == []
    assert all(outcome.faults[fate] > 100 for fate in network.FATES)
    assert outcome.kills > 100
    assert outcome.acknowledged == outcome.operations > 5_000


# --- what is planted is found ---------------------------------------------------------------------------


class HastyCentre(MemoryCentre):
    """Acknowledges what it will write later; a restart in between forgets it."""

    unwritten = 0

    def keep(self, desk: str, chain: Chain, sent: list[Sent], records: list[Record]) -> None:
        super().keep(desk, chain, sent, records)
        self.unwritten = len(records)

    def restart(self) -> None:
        for chain in self.chains.values():
            if self.unwritten and len(chain.tail) >= self.unwritten:
                del chain.tail[-self.unwritten :]
                chain.batches.clear()
        self.unwritten = 0


class StrictCentre(MemoryCentre):
    """Takes no batch with a record it does not understand: one of them holds the queue."""

    def _take(self, desk: str, chain: Chain, batch: messages.Batch) -> Any:
        if any(b"never.heard_of" in sent.header for sent in batch.records):
            return None, "X-099"
        return super()._take(desk, chain, batch)


class DoublingCentre(MemoryCentre):
    """Stores a batch again whose answer was lost."""

    def keep(self, desk: str, chain: Chain, sent: list[Sent], records: list[Record]) -> None:
        super().keep(desk, chain, sent, records)
        if len(records) > 3:
            chain.tail.append(records[-1])


class ForgetfulDesk(MemoryDesk):
    """Offers without a durable note of it."""

    def mark_offered(self, sequence: int) -> None:
        """Nothing is written."""


class CredulousDesk(MemoryDesk):
    """Stores every piece of news it hears."""

    def store_news(self, news: list[News], centre_epoch: int) -> None:
        self.news += news
        self.position = max([self.position, *(piece.position - 1 for piece in news)])


@pytest.mark.parametrize(
    ("centre", "desk", "finds"),
    [
        (HastyCentre, MemoryDesk, "acknowledged"),
        (StrictCentre, MemoryDesk, "wait for ever"),
        (DoublingCentre, MemoryDesk, "in its order"),
        (MemoryCentre, ForgetfulDesk, "offered were 0"),
        (MemoryCentre, CredulousDesk, "news told"),
    ],
)
def test_a_planted_fault_is_found(centre: type[MemoryCentre], desk: type[MemoryDesk], finds: str) -> None:
    faults = [
        fault for seed in range(SEEDS) for fault in Play(seed, Outcome(seed), centre(), desk_kind=desk).run()
    ]
    assert any(finds in fault for fault in faults)


# --- memory is like the real ----------------------------------------------------------------------------


class RealIntake:
    """The centre's own custody, news and wire over PostgreSQL, without its threads."""

    def __init__(self, dsn: str) -> None:
        migrate(dsn, START_MS)
        self.database = Database(dsn, 4)
        self.database.open()
        with self.database.transaction() as conn:
            found(conn, START_MS)
            self.keys = keys.load(conn, START_MS)
            branch = Branch(code="2002", name="Filial", address="", postcode="AZ2002", desks=(1, 2, 3))
            branches.create_branch(conn, branch, START_MS)

    def enrol(self, desk: str, key: SigningKey) -> None:
        with self.database.transaction() as conn:
            branches.add_desk(conn, "2002", int(desk.partition("-")[2]))
            code = enrolment.enrolment_code(conn, desk, START_MS)
            message = messages.Enrol(version=1, code=code, public_key=key.public(), software="test")
            assert enrolment.enrol(conn, message, START_MS, items.introduce) is not None

    def told(self, desk: str) -> list[News]:
        """All news of a desk so far, numbered."""
        with self.database.connection() as conn:
            news.number(conn)
            conn.commit()
            return list(news.read(conn, desk, 1, 0)[0])

    def answer(self, request: Request) -> tuple[int, bytes]:
        headers = {"x-azpost-desk": request.desk, "x-azpost-signature": request.signature.hex()}
        if request.packed:
            headers["content-encoding"] = "gzip"
        try:
            caller = wire.caller(self.database, request.path, headers, request.body)
            question = wire.decoded(headers, request.body, messages.Exchange)
        except wire.Unwelcome as no:
            return no.status, messages.pack(messages.Refusal(code=no.code)) if no.code else b""
        answer = exchange(self.database, self.keys, caller.desk, caller.epoch, question, START_MS)
        return 200, messages.pack(answer)

    def tell(self, desk: str, payload: bytes) -> None:
        with self.database.transaction() as conn:
            conn.execute(
                "insert into tidings (kind, payload, addressees, made_ms) values ('rehearsed', %s, %s, 0)",
                (payload, [desk]),
            )
        with self.database.connection() as conn:
            news.number(conn)

    def restart(self) -> None:
        self.database.close()
        self.database.open()

    def holds(self, desk: str) -> list[bytes]:
        with self.database.transaction() as conn:
            query = "select hash from journal where desk = %s order by sequence"
            return [bytes(row[0]) for row in conn.execute(query, (desk,))]

    def set_aside(self, desk: str) -> set[int]:
        with self.database.transaction() as conn:
            query = "select sequence from exceptions where desk = %s"
            return {row[0] for row in conn.execute(query, (desk,))}


class Twin:
    """Both centres hear everything; their answers must be the same, and so must what they hold."""

    def __init__(self, real: RealIntake) -> None:
        self.real, self.memory = real, MemoryCentre(real.keys.ack)
        self.asked = 0

    def answer(self, request: Request) -> tuple[int, bytes]:
        self.asked += 1
        real, memory = self.real.answer(request), self.memory.answer(request)
        assert real[0] == memory[0]
        if real[0] == 200:
            assert messages.unpack(real[1], messages.Exchanged) == messages.unpack(
                memory[1], messages.Exchanged
            )
        return real

    def tell(self, desk: str, payload: bytes) -> None:
        self.real.tell(desk, payload)
        self.memory.tell(desk, payload)

    def restart(self) -> None:
        self.real.restart()
        self.memory.restart()

    def holds(self, desk: str) -> list[bytes]:
        held = self.real.holds(desk)
        assert held == self.memory.holds(desk)
        return held

    def set_aside(self, desk: str) -> set[int]:
        aside = self.real.set_aside(desk)
        assert aside == self.memory.set_aside(desk)
        return aside


def test_the_centre_in_memory_answers_word_for_word_like_the_real_one(postgres: str) -> None:
    real = RealIntake(postgres)
    asked = 0
    for seed in range(10):
        twin, desks = Twin(real), []
        for number in (1, 2):
            # Enrolled anew for each seed, a desk would begin a new epoch; a new desk begins at one.
            desk = MemoryDesk(f"2002-{2 * seed + number}", real.keys.ack.public())
            twin.memory.enrol(desk.identity().desk, desk.signing_key().public())
            real.enrol(desk.identity().desk, desk._key)
            desks.append(desk)
        # Each enrolment is news for the desk that was enrolled before it too.
        for desk in desks:
            twin.memory.chains[desk.identity().desk].news = real.told(desk.identity().desk)
        assert Play(seed, Outcome(seed), twin, desks).run() == []
        asked += twin.asked
    assert asked > 200
    real.database.close()


class RealDesk:
    """DeskBooks as the play works them."""

    def __init__(self, books: DeskBooks) -> None:
        self.books = books
        self.bad: set[int] = set()
        self._new_id = Ids(FakeClock())

    def __getattr__(self, name: str) -> Any:
        return getattr(self.books, name)

    def sell(self, *, bad: bool = False) -> None:
        with self.books.writing() as books:
            body = ops.ClockJumped(from_ms=1, to_ms=2, against="centre")
            books.append(body, actor="sync", actor_kind="sync", operation=self._new_id())

    def hashes(self) -> list[bytes]:
        with self.books.reading() as look:
            return [record.hash for record, _ in look.records()]

    @property
    def acknowledged(self) -> int:
        return int(self.books._line().acknowledged)

    @property
    def offered(self) -> int:
        return int(self.books._line().offered)

    @property
    def news(self) -> list[News]:
        rows = self.books._desk.connection.exec_driver_sql("SELECT position, kind, payload FROM news")
        return sorted((messages.News(*row) for row in rows), key=lambda one: one.position)


@contextmanager
def real_desk(folder: Path) -> Iterator[RealDesk]:
    books = new_desk(folder, told=False, key=SigningKey.new())
    yield RealDesk(books)
    books.close()


@pytest.mark.parametrize("seed", range(6))
def test_the_real_books_do_what_the_desk_in_memory_does(tmp_path: Path, seed: int) -> None:
    with real_desk(tmp_path / "desk") as desk:
        centre = MemoryCentre(CENTRE)
        centre.enrol("2002-1", desk.signing_key().public())
        play: Callable[[], list[str]] = Play(seed, Outcome(seed), centre, [desk]).run
        assert play() == []
        assert centre.holds("2002-1") == desk.hashes()
