"""A counter for tests: the real books, a played line, four officers, a day with money in the till."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import msgspec

from azpost_desk.devices.card_terminals import EcrTerminal
from azpost_desk.domain.money import azn
from azpost_desk.domain.operations import decode
from azpost_desk.domain.people import Person
from azpost_desk.domain.refusals import NeedsConfirmation
from azpost_desk.domain.staff import Role
from azpost_desk.protocol.news import Reference
from azpost_desk.services.counter import Approval, Counter, Officer
from azpost_desk.services.desk import DeskServices, desk_services
from azpost_desk.storage import machine
from azpost_desk.storage.books import DATABASE, DeskBooks
from azpost_desk.storage.checking import check_folder
from tests.fakes.line import FakeLine
from tests.storage.desks import DATE, FakeClock, FileVault, documents, first_news, new_desk, piece

if TYPE_CHECKING:
    from azpost_desk.domain.operations import Body
    from azpost_desk.rehearsal.terminals import SandboxTerminal
    from azpost_desk.services.baskets import Paid
    from azpost_desk.services.cash_counts import Counted
    from azpost_desk.services.reports import DayReport

# The morning of the business day that `desks.DATE` names, in Azerbaijan.
MORNING_MS = 1_795_410_000_000
CARD_MS = 400
MANAGER = Officer("1001", "Əliyeva Sevda", Role.MANAGER, "az")
CLERK = Officer("1002", "Həsənov Rauf", Role.CLERK, "az")
OTHER_CLERK = Officer("1003", "Quliyeva Aynur", Role.CLERK, "az")
SUPERVISOR = Officer("1004", "Məmmədov Elçin", Role.SUPERVISOR, "az")
SENDER = Person(
    name="Əliyev Vüqar Rauf oğlu",
    fin="5ZK9XYZ",
    document="AA1234567",
    document_kind="identity_card",
    phone="+994501234567",
)
RECEIVER = Person(name="Quliyeva Leyla", fin="7AB2CD3", document="AA7654321", document_kind="identity_card")


class PlainHasher:
    """Stands for argon2id where only the counting of tries is tested: `hash-<PIN>`, `$argon2id$<code>`."""

    def hash(self, pin: str) -> str:
        return f"hash-{pin}"

    def verify(self, pin_hash: str, pin: str) -> bool:
        return pin_hash in (f"hash-{pin}", f"$argon2id${pin}")


def press(report: DayReport) -> bytes:
    return f"report of {report.day.date}".encode()


@dataclass
class Stand:
    """One desk with everything a test turns."""

    books: DeskBooks
    clock: FakeClock
    line: FakeLine
    desk: DeskServices
    # A test that plants a fault says so: then the check at its end must find one.
    spoilt: bool = False

    def bodies(self, kind: type[Body]) -> list[Body]:
        """Every recorded body of one kind, in order."""
        with self.books.reading() as books:
            headers = [(record.header(), record.body) for record, _ in books.records()]
        decoded = [decode(header.kind, header.version, body) for header, body in headers]
        return [body for body in decoded if isinstance(body, kind)]

    def change_tariffs(self, **changed: object) -> None:
        """The centre has new tariffs: what `changed` names differs from the first."""
        tariffs = msgspec.structs.replace(documents()["tariffs"], **changed)
        raw = msgspec.Raw(msgspec.json.encode(tariffs))
        told = Reference(name="tariffs", version=2, valid_from="2026-01-01", content=raw)
        self.books.store_news([piece(1_000, "reference", told)], 1)

    def records(self) -> int:
        with self.books.reading() as books:
            return books.head()[1]

    def till_qapik(self) -> int:
        with self.books.reading() as books:
            return books.till().balance.minor

    def pay(self, given_qapik: int = 0, by: Officer = CLERK) -> Paid:
        basket = self.desk.baskets.current()
        assert basket is not None
        # This clerk hands out any change without being asked back.
        return self.desk.baskets.pay(by, basket.basket, azn(given_qapik), frozenset({"B-013"}))


def new_stand(folder: Path) -> Stand:
    """A desk before its day."""
    return _copied(_morning(), folder)


def stand_at_work(folder: Path) -> Stand:
    """A desk as `working` leaves it."""
    return _copied(_at_work(), folder)


@cache
def _room() -> TemporaryDirectory[str]:
    """Where the desks lie that are copied, until the program ends."""
    return TemporaryDirectory(prefix="stands-")


@cache
def _morning() -> Path:
    """A desk that was enrolled and told what it sells, made once and closed."""
    folder = Path(_room().name) / "morning"
    books = new_desk(folder, FakeClock(now_ms=MORNING_MS), told=False)
    books.store_news(first_news(desk_numbers=(1, 2)), 1)
    books.close()
    return folder


@cache
def _at_work() -> Path:
    folder = Path(_room().name) / "work"
    working(new_stand(folder)).books.close()
    return folder


def _copied(made: Path, folder: Path) -> Stand:
    """The copy of a desk, at home where it lies: a new one costs three times as much."""
    copytree(made, folder, dirs_exist_ok=True)
    keep = FileVault(folder)
    machine.settle(keep, folder / DATABASE)
    clock = FakeClock(now_ms=MORNING_MS)
    books = DeskBooks.open(folder, clock, keep=keep)
    line = FakeLine(clock)
    counter = Counter(books, clock, line)
    return Stand(books, clock, line, desk_services(counter, PlainHasher(), press))


def working(stand: Stand, float_qapik: int = 20_000) -> Stand:
    """The day is open, the clerk holds the till with its float, stamps and envelopes lie in the drawer."""
    desk = stand.desk
    desk.days.open(MANAGER, DATE)
    desk.tills.supply_safe(MANAGER, "Q-17", {10_000: 10})
    desk.tills.open(CLERK)
    desk.tills.move(CLERK, "to_till", "float", {1_000: float_qapik // 1_000})
    desk.tills.stock(CLERK, "ST-60", 100, "N-1")
    desk.tills.stock(CLERK, "EN-C5", 20, "N-1")
    return stand


def ended(stand: Stand) -> None:
    """Close the books and hold every invariant over them: after every test that writes."""
    stand.books.close()
    verdicts, damaged = check_folder(stand.books.folder)
    broken = [(verdict.id, fault.why) for verdict in verdicts for fault in verdict.broken]
    if stand.spoilt:
        assert broken
    else:
        assert (broken, damaged) == ([], [])


def close_counted(stand: Stand, pieces: dict[int, int], by: Officer = CLERK) -> Counted:
    """Close the till with this count, whatever it differs: counted twice, and the manager consents."""
    operation = stand.desk.counter.new_id()
    for _ in range(2):
        try:
            return stand.desk.tills.close(by, pieces, operation)
        except NeedsConfirmation:
            continue
    return stand.desk.tills.close(by, pieces, operation, approval(operation, MANAGER))


def approval(operation: str, by: Officer = SUPERVISOR) -> Approval:
    return Approval(by.officer, by.role, operation)


def with_terminal(stand: Stand, terminal: SandboxTerminal) -> Stand:
    """The same counter with this card terminal beside it, which gives up within half a second."""
    part = EcrTerminal(*terminal.address, purchase_ms=CARD_MS, query_ms=CARD_MS)
    stand.desk = desk_services(replace(stand.desk.counter, terminal=part), PlainHasher(), press)
    return stand
