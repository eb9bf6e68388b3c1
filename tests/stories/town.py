"""Two branches at work: the demo town on a real centre and PostgreSQL, desks as programs wire them, billers.

Gəncə 2 (branch 2002) has two desks, Bakı 10 (branch 1010) one. Each desk has its own bad line.
Nothing runs by itself but the centre: a desk exchanges when the story says `sync`.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from shutil import copytree
from typing import TYPE_CHECKING, Final, TypeVar

from azpost_desk.central import checking as central_checking
from azpost_desk.central.app import Centre
from azpost_desk.central.gateways.osmp import OsmpBiller
from azpost_desk.central.registry import branches
from azpost_desk.domain.catalogue import Licence, Officer
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Person
from azpost_desk.domain.staff import Role
from azpost_desk.programs.desk import report_press
from azpost_desk.rehearsal.faults import FaultyLine
from azpost_desk.rehearsal.providers import DEMO_BILLERS, SandboxProvider
from azpost_desk.rehearsal.town import PLAYERS, found_town, supply_desk
from azpost_desk.services import counter
from azpost_desk.services.desk import desk_services
from azpost_desk.services.payments import PayBill
from azpost_desk.services.transfers import ClaimTransfer, SendTransfer
from azpost_desk.storage import checking, machine
from azpost_desk.storage.books import DATABASE, DeskBooks
from azpost_desk.storage.vault import FileVault
from azpost_desk.sync.line import CentreLine
from azpost_desk.sync.wire import Wire
from tests.services.counters import MORNING_MS, PlainHasher
from tests.storage.desks import DATE, FakeClock
from tests.sync.post import Desk, Post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from azpost_desk.services.baskets import Paid
    from azpost_desk.services.grants import Claimed
    from azpost_desk.services.transfers import Transfers
    from azpost_desk.services.views import Transfer

FLOAT_QAPIK: Final = 100_000
T = TypeVar("T", bound="Town")
GANJA, BAKU = "2002", "1010"
DAY_MS: Final = 24 * 3_600_000
ELECTRICITY, MOBILE = "1001", "1004"
METER, PHONE = "1012345678", "502123456"
LEYLA: Final = Person(
    name="Məmmədova Leyla Kamil qızı",
    fin="5ZK9XYZ",
    document="AA1234567",
    document_kind="identity_card",
    phone="+994501234567",
    address="Gəncə, Cavad xan küçəsi 5",
)
ORXAN: Final = Person(
    name="Hüseynov Orxan Elçin oğlu",
    fin="7AB2CD3",
    document="AA7654321",
    document_kind="identity_card",
    phone="+994552345678",
)


class Town(Post):
    """The centre with its billers, two branches, three desks that are not enrolled yet."""

    qr_minutes = 0

    def __init__(
        self, dsn: str, folder: Path, provider: SandboxProvider, at_work: Mapping[str, Path] | None = None
    ) -> None:
        self.dsn, self.folder, self.provider = dsn, folder, provider
        self.clock = FakeClock(MORNING_MS)
        self.centre = self._centre()
        self.line = FaultyLine(self.centre.start())
        self.seats: list[Seat] = []
        # What a story does to the centre on purpose its check must find.
        self.broken_at_centre: set[str] = set()
        # Desks of a copied town: they are at work, and their closed files lie here (`town_at_work`).
        self.at_work = dict(at_work or {})
        if at_work is None:
            self._found()

    def _found(self) -> None:
        now_ms = self.clock.utc_ms()
        with self.centre.database.transaction() as conn:
            found_town(conn, now_ms, qr_minutes=self.qr_minutes, hash_pin=PlainHasher().hash)
            branches.add_desk(conn, BAKU, 1)
            for player in PLAYERS:
                known = Officer(
                    officer=player.officer, name=player.name, role=player.role, pin_hash=f"hash-{player.pin}"
                )
                branches.add_staff(conn, BAKU, known, now_ms)
            for service in ("transfers", "payments"):
                self.license(service, conn=conn)

    def _centre(self) -> Centre:
        clock = self.clock
        billers = {
            one["id"]: OsmpBiller(
                self.provider.url, now_ms=clock.utc_ms, prv_id=one["id"], has_status=True,
                connect_s=10, answer_s=10,
            )
            for one in DEMO_BILLERS
        }  # fmt: skip
        return Centre(self.dsn, clock=clock, billers=billers, connections_max=12)

    def restart(self, meanwhile: Callable[[], object] | None = None) -> None:
        """The centre stops and comes back at another port, on the same database; every line leads there."""
        self.centre.stop()
        if meanwhile is not None:
            meanwhile()
        self.centre = self._centre()
        host, _, port = self.centre.start().removeprefix("http://").partition(":")
        for line in (self.line, *(seat.road for seat in self.seats)):
            line.upstream = (host, int(port))

    def license(self, service: str, valid_to: str = "2027-12-31", *, conn: object = None) -> None:
        """The licence of Bakı 10 for a service, until and with `valid_to`."""
        licence = Licence(service=service, number=f"MB-{service}", valid_from="2026-01-01", valid_to=valid_to)
        if conn is None:
            with self.centre.database.transaction() as own:
                branches.set_licence(own, BAKU, licence, self.clock.utc_ms())
        else:
            branches.set_licence(conn, BAKU, licence, self.clock.utc_ms())  # type: ignore[arg-type]

    def seat(self, desk: str, *, float_qapik: int = FLOAT_QAPIK, clock: FakeClock | None = None) -> Seat:
        """The desk enrolled, supplied and, with a float, open with its clerk at the till.

        Without a clock of its own it goes by the town's.
        """
        if desk in self.at_work and float_qapik == FLOAT_QAPIK and clock is None:
            return self._woken(desk)
        clock = clock or self.clock
        key, told = self.introduce(desk)
        folder = self.folder / desk
        books = DeskBooks.create(folder, told, key, clock, software="test", keep=FileVault(folder))
        seat = Seat(self, books, clock)
        self.seats.append(seat)
        with self.centre.database.transaction() as conn:
            supply_desk(conn, desk, self.clock.utc_ms())
        seat.sync()
        if float_qapik:
            seat.open(float_qapik=float_qapik)
        return seat

    def _woken(self, desk: str) -> Seat:
        folder = self.folder / desk
        copytree(self.at_work.pop(desk), folder)
        keep = FileVault(folder)
        machine.settle(keep, folder / DATABASE)
        seat = Seat(self, DeskBooks.open(folder, self.clock, keep=keep), self.clock)
        self.seats.append(seat)
        # As one that has just been enrolled, it knows that it is on line.
        seat.line._step()
        return seat

    def sync(self) -> None:
        """Everybody exchanges until nobody has anything new; the centre works once for all of them."""
        exchange(self, self.seats)

    def state(self, transfer: str) -> str:
        """What the centre says of a transfer."""
        return str(self.ask("select state from transfers where transfer = %s", transfer)[0][0])


class Seat(Desk):
    """A desk with its services and its own line; `sit` again after a kill with `reopen`."""

    def _connect(self) -> None:
        if not hasattr(self, "road"):
            self.road = FaultyLine(self.post.centre.url)
            self.road.up()
        self.wire = Wire(self.road.url)
        self.line = CentreLine(self.books, self.road.url, self.clock)
        self.exchanges = self.line._exchanges
        at = counter.Counter(self.books, self.clock, self.line)
        self.services = desk_services(at, PlainHasher(), report_press(lambda: "az"))
        people = {Role(one.role): one for one in PLAYERS}
        self.clerk, self.supervisor, self.manager = (
            counter.Officer(people[role].officer, people[role].name, role, "az")
            for role in (Role.CLERK, Role.SUPERVISOR, Role.MANAGER)
        )

    def kill(self) -> None:
        self.line.stop()
        super().kill()

    # --- the line -------------------------------------------------------------------------------------

    def sync(self) -> None:
        """Exchange, let the centre work, exchange again, until nothing is new."""
        exchange(self.post, [self])

    def until_quiet(self) -> None:
        self.sync()

    def go_offline(self) -> None:
        self.road.down()
        self.line._step()
        assert not self.line.state().online

    def go_online(self) -> None:
        self.road.up()
        self.sync()

    # --- the day --------------------------------------------------------------------------------------

    def open(self, date: str = DATE, float_qapik: int = 0) -> None:
        """The day and the till; money from the safe where this desk holds it."""
        services = self.services
        services.days.open(self.manager, date)
        services.tills.open(self.clerk)
        if float_qapik and self.books.identity().number == 1:
            services.tills.supply_safe(self.manager, "Q-17", {10_000: 2 * float_qapik // 10_000})
            services.tills.move(self.clerk, "to_till", "float", {10_000: float_qapik // 10_000})

    def close_day(self) -> None:
        """Count what the ledger expects, close the till and the day."""
        with self.books.reading() as look:
            qapik = look.till().balance.minor
        pieces = {}
        for value in (10_000, 100, 1):
            pieces[value], qapik = divmod(qapik, value)
        self.services.tills.close(self.clerk, pieces)
        self.services.reports.close_day(self.manager, self.services.press)

    def pay(self, given_qapik: int = 0) -> Paid:
        basket = self.services.baskets.current()
        assert basket is not None
        return self.services.baskets.pay(self.clerk, basket.basket, azn(given_qapik), frozenset({"B-013"}))

    def balance(self, account: str, sub: str = "") -> int:
        with self.books.reading() as look:
            return look.balance(account, sub).minor

    def till_qapik(self) -> int:
        with self.books.reading() as look:
            return look.till().balance.minor

    # --- transfers and bills --------------------------------------------------------------------------

    @property
    def transfers(self) -> Transfers:
        return self.services.transfers

    def send_money(
        self, amount_qapik: int = 25_000, office: str | None = None, sender: Person = LEYLA
    ) -> Transfer:
        """Accepted and paid in cash; the transfer as this desk knows it."""
        command = SendTransfer(sender, ORXAN, azn(amount_qapik), "family", office)
        basket = self.transfers.send(command, self.clerk)
        operation = basket.lines[-1].line.operation
        self.pay(amount_qapik + self.transfers.quote(azn(amount_qapik)).fee.minor)
        with self.books.reading() as look:
            sent = look.transfer(operation)
        assert sent is not None
        return sent

    def ask_for(self, code: str, amount_qapik: int = 25_000, sender: str = "Məmmədova Leyla") -> Claimed:
        return self.transfers.claim(ClaimTransfer(code, azn(amount_qapik), sender), self.clerk)

    def pay_out(self, code: str, amount_qapik: int = 25_000) -> Paid:
        claimed = self.ask_for(code, amount_qapik)
        self.transfers.plan_payout(claimed.grant, ORXAN, self.clerk)
        return self.pay()

    def take_bill(self, amount_qapik: int, biller: str = ELECTRICITY, account: str = METER) -> str:
        """Accepted and paid in cash; the payment's id."""
        services = self.services
        basket = services.payments.pay(PayBill(biller, account, azn(amount_qapik)), self.clerk)
        self.pay(amount_qapik + services.payments.fee(biller, azn(amount_qapik)).minor)
        return basket.lines[-1].line.operation

    def bill(self, payment: str) -> str:
        """What this desk knows of a bill."""
        with self.books.reading() as look:
            known = look.payment(payment)
        assert known is not None
        return known.state


def exchange(post: Post, seats: list[Seat]) -> None:
    """Until nobody has anything new: these seats exchange, the centre works, they exchange again."""
    for _ in range(10):
        before = [seat.books.news_position() for seat in seats]
        for seat in seats:
            seat.line._step()
            assert seat.line.state().online, seat.line.state()
        post.centre.settle()
        for seat in seats:
            seat.line._step()
        silent = all(seat.books.waiting() == (0, 0) for seat in seats)
        if silent and [seat.books.news_position() for seat in seats] == before:
            return
    raise AssertionError("they never fell silent")


def town_at_work(dsn: str, folder: Path, desks: Iterable[str]) -> None:
    """Found a town, seat these desks as `Town.seat` does, and leave it closed: to be copied many times."""
    with SandboxProvider(DEMO_BILLERS) as provider:
        made = Town(dsn, folder, provider)
        try:
            with made.line:
                for desk in desks:
                    made.seat(desk)
                made.sync()
                for seat in made.seats:
                    seat.close()
                    seat.road.down()
        finally:
            made.centre.stop()


@contextmanager
def town(dsn: str, folder: Path, found: Callable[..., T] = Town) -> Iterator[T]:  # type: ignore[assignment]
    """A town for one story, made by `found`; at its end every book on both sides must be sound and equal.

    A story that ends with a desk off line ends with it on line here: nothing may be left behind anywhere.
    """
    with ExitStack() as stack:
        provider = stack.enter_context(SandboxProvider(DEMO_BILLERS))
        made = found(dsn, folder, provider)
        # The one that runs then: a story may have let it die and begun another.
        stack.callback(lambda: made.centre.stop())
        stack.enter_context(made.line)
        for_each = stack.enter_context(ExitStack())
        yield made
        for seat in made.seats:
            seat.road.calm()
            for_each.callback(seat.road.down)
        made.sync()
        for seat in made.seats:
            seat.agrees()
            seat.close()
        sound(made)


def sound(made: Town) -> None:
    """The invariants over every desk's file, its journal folded again, and over the centre."""
    for seat in made.seats:
        verdicts, damaged = checking.check_folder(seat.folder)
        assert damaged == []
        broken_here = [one for verdict in verdicts for one in verdict.broken]
        assert broken_here == [], broken_here
    broken = {verdict.id: [one.why for one in verdict.broken] for verdict in central_checking.check(made.dsn)}
    unexpected = {name: why for name, why in broken.items() if why and name not in made.broken_at_centre}
    assert unexpected == {}, unexpected
    assert [name for name in made.broken_at_centre if not broken[name]] == []
    country = made.ask("select currency, sum(minor) from postings group by 1 having sum(minor) <> 0")
    assert country == []
