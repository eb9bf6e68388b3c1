"""A small post for stories of the line: a real centre on PostgreSQL, real desks, a bad line between."""

from __future__ import annotations

import secrets
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from azpost_desk.central.app import Centre
from azpost_desk.central.registry import branches, enrolment, reference
from azpost_desk.domain import baskets
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Branch
from azpost_desk.domain.ids import uuid7
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Parties
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.protocol.messages import TransferClaim, grant_of
from azpost_desk.protocol.questions import TRANSFER_CLAIM
from azpost_desk.protocol.records import Attachment
from azpost_desk.rehearsal.faults import FaultyLine
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.vault import FileVault
from azpost_desk.sync.enrolling import enrol
from azpost_desk.sync.exchanges import Exchanges
from azpost_desk.sync.line import CentreLine
from azpost_desk.sync.wire import Wire
from tests.central.desks import RECEIVER, SENDER
from tests.storage.desks import FakeClock, documents, open_day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from azpost_desk.protocol.messages import Enrolled, TransferClaimed

BRANCH = "2002"
Totals = dict[tuple[str, str, str], int]


class Post:
    """The centre and how to reach it.

    Attributes:
        clock: the centre's.
        line: between the desks and the centre.
    """

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.clock = FakeClock()
        self.centre = Centre(dsn, clock=self.clock, connections_max=6)
        self.line = FaultyLine(self.centre.start())
        self.add_branch(BRANCH)

    def add_branch(self, branch: str) -> None:
        with self.centre.database.transaction() as conn:
            place = Branch(
                code=branch, name=f"Poçt {branch}", address="Nizami 1", postcode="AZ5002", desks=(1, 2)
            )
            branches.create_branch(conn, place, self.clock.utc_ms())
            for name, document in documents((1, 2)).items():
                if name not in ("branch", "offices"):
                    reference.publish(conn, document, self.clock.utc_ms(), branch=branch)
            for number in (1, 2):
                branches.add_desk(conn, branch, number)

    def restart(self, meanwhile: Any = None) -> None:
        """The centre stops and comes back at another port; the line leads there."""
        self.centre.stop()
        if meanwhile is not None:
            meanwhile()
        self.centre = Centre(self.dsn, clock=self.clock, connections_max=6)
        host, _, port = self.centre.start().removeprefix("http://").partition(":")
        self.line.upstream = (host, int(port))

    def introduce(self, desk: str) -> tuple[SigningKey, Enrolled]:
        """A new key, enrolled with a new code."""
        with self.centre.database.transaction() as conn:
            code = enrolment.enrolment_code(conn, desk, self.clock.utc_ms())
        key = SigningKey.new()
        return key, enrol(self.line.url, code, key, "test")

    def enrolled(self, desk: str, folder: Path, clock: FakeClock | None = None, reason: str = "") -> Desk:
        """The desk enrolled anew, with books in `folder`."""
        key, told = self.introduce(desk)
        own = clock or FakeClock(self.clock.now_ms)
        books = DeskBooks.create(
            folder, told, key, own, software="test", reason=reason or "enrolled", keep=FileVault(folder)
        )
        return Desk(self, books, own)

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self.centre.database.transaction() as conn:
            return conn.execute(query.encode(), values).fetchall()

    def holds(self, desk: str, epochs: list[int]) -> dict[tuple[int, int], bytes]:
        """Hash of every record of these chains by (epoch, sequence), each exactly once."""
        rows = self.ask(
            "select epoch, sequence, hash from journal where desk = %s and epoch = any(%s)", desk, epochs
        )
        held = {(epoch, sequence): bytes(digest) for epoch, sequence, digest in rows}
        assert len(held) == len(rows), "a record is there twice"
        return held

    def totals(self, desk: str, epochs: list[int]) -> Totals:
        rows = self.ask(
            "select account, sub, currency, sum(minor) from postings"
            " where desk = %s and epoch = any(%s) group by 1, 2, 3",
            desk,
            epochs,
        )
        return {(account, sub, currency): int(minor) for account, sub, currency, minor in rows if minor}


class Desk:
    """A desk's books with its exchanges, both of which can be killed and begun again."""

    def __init__(self, post: Post, books: DeskBooks, clock: FakeClock) -> None:
        self.post = post
        self.books = books
        self.clock = clock
        self.folder = books.folder
        self._connect()

    def _connect(self) -> None:
        self.wire = Wire(self.post.line.url)
        self.exchanges = Exchanges(self.books, self.wire, self.clock)

    @property
    def name(self) -> str:
        return self.books.identity().desk

    def new_id(self) -> str:
        return str(uuid7(self.clock.utc_ms(), secrets.token_bytes(10)))

    def open_day(self) -> None:
        open_day(self.books, self.new_id)  # type: ignore[arg-type]

    def sell(self, count: int = 1, quantity: int = 1) -> None:
        """Stamps, paid in cash."""
        for _ in range(count):
            line = ops.GoodsSold(
                operation=self.new_id(),
                sku="ST-60",
                quantity=quantity,
                price_qapik=60,
                amount_qapik=60 * quantity,
                vat_qapik=0,
                tariff="demo-1",
            )
            self._settle(line, 60 * quantity)

    def send(self, code: str, amount_qapik: int) -> str:
        """Accept a transfer for any office; gives its id."""
        operation = self.new_id()
        content = msgspec.json.encode(Parties(code=code, sender=SENDER, receiver=RECEIVER))
        parties = Attachment(f"{operation}:parties", secrets.token_bytes(16), content)
        line = ops.TransferSent(
            operation=operation,
            transfer=operation,
            amount_qapik=amount_qapik,
            fee_qapik=100,
            tariff="demo-1",
            office=None,
            purpose="family",
            parties=parties.commitment(),
            offline=False,
            told="",
        )
        self._settle(line, amount_qapik + 100, parties)
        return operation

    def _settle(self, line: ops.Sold, given_qapik: int, *personal: Attachment) -> None:
        with self.books.writing() as writing:
            settlement = baskets.settle(
                self.new_id(), writing.next_receipt(), [line], self.new_id(), azn(given_qapik), "az"
            )
            writing.append(settlement, actor="1002", operation=self.new_id(), attachments=personal)

    def claim(self, code: str, amount_qapik: int) -> TransferClaimed:
        """Ask for the right to pay a transfer out, and keep the grant when it comes."""
        request = self.new_id()
        with self.books.writing() as writing:
            asked = ops.GrantRequested(thing="", purpose="pay", question="")
            writing.append(asked, actor="1002", operation=request)
        question = TransferClaim(
            request=request, purpose="pay", code=code, amount_qapik=amount_qapik, sender="Vuqar Aliyev"
        )
        line = CentreLine(self.books, self.post.line.url, self.clock)
        answer = line.ask(TRANSFER_CLAIM, question)
        line.stop()
        if answer.grant is not None:
            grant = grant_of(answer.grant.words)
            kept = ops.GrantStored(
                grant=grant.grant,
                thing=grant.thing,
                purpose=grant.purpose,
                words=answer.grant.words.hex(),
                signature=answer.grant.signature.hex(),
            )
            with self.books.writing() as writing:
                writing.append(kept, actor="1002", operation=self.new_id())
        return answer

    def until_quiet(self) -> None:
        """Exchange until neither side has anything more to say, the centre's own work included."""
        for _ in range(50):
            while self.exchanges.once().again:
                pass
            self.post.centre.settle()
            before = self.books.news_position()
            if not self.exchanges.once().again and self.books.news_position() == before:
                return
        raise AssertionError("the two never fell silent")

    def kill(self) -> None:
        """The power goes: nothing is tidied up."""
        self.wire.hang_up()
        self.books._desk.connection.close()
        self.books._lock.release()

    def reopen(self) -> None:
        self.books = DeskBooks.open(self.folder, self.clock, keep=FileVault(self.folder))
        self._connect()

    def close(self) -> None:
        self.wire.hang_up()
        self.books.close()

    def holds(self) -> dict[tuple[int, int], bytes]:
        with self.books.reading() as look:
            records = [record for record, _ in look.records()]
        return {(one.header().epoch, one.header().sequence): one.hash for one in records}

    def totals(self) -> Totals:
        sums: Counter[tuple[str, str, str]] = Counter()
        with self.books.reading() as look:
            for _, line in look.postings():
                sums[line.account, line.sub, line.amount.currency] += line.amount.minor
        return {place: minor for place, minor in sums.items() if minor}

    def agrees(self) -> None:
        """Both sides hold the same records and the same money, and nothing waits."""
        assert self.books.waiting() == (0, 0)
        epochs = sorted({epoch for epoch, _ in self.holds()})
        assert self.post.holds(self.name, epochs) == self.holds()
        assert self.post.totals(self.name, epochs) == self.totals()
        assert sum(self.totals().values()) == 0


@contextmanager
def running(dsn: str) -> Iterator[Post]:
    """A post that is closed at the end, whatever happens."""
    post = Post(dsn)
    with post.line:
        try:
            yield post
        finally:
            post.centre.stop()
