"""The town that desks are killed in: a real centre, a biller's sandbox, two enrolled desks of one branch."""

from __future__ import annotations

import mmap
import struct
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from azpost_desk.central.app import Centre
from azpost_desk.central.book import Book
from azpost_desk.central.clock import SystemClock
from azpost_desk.central.gateways.osmp import OsmpBiller
from azpost_desk.central.registry import branches
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.rehearsal import abroad_town, instant_town, notice_town
from azpost_desk.rehearsal.crash_partner import PARTNER, Neighbour, Orders
from azpost_desk.rehearsal.mail_town import give_lane, sell_mail_abroad
from azpost_desk.rehearsal.portals import SandboxPortal
from azpost_desk.rehearsal.providers import DEMO_BILLERS, SandboxProvider
from azpost_desk.rehearsal.town import BRANCH, found_town, supply_desk
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.vault import FileVault
from azpost_desk.sync.enrolling import enrol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from azpost_desk.central.gateways.connectors import Connector
    from azpost_desk.rehearsal.instant_rail import SandboxRail
    from azpost_desk.rehearsal.partners import SandboxPartner

OURS: Final = f"{BRANCH}-1"
OTHER: Final = f"{BRANCH}-2"
PHONE: Final = "502123456"
# Looks like a subscriber, but the biller knows none of that number and refuses their bills.
NO_CUSTOMER: Final = "510000112"
_DAY_MS: Final = 24 * 3_600_000
_CODES: Final = 4_000
# Partners here answer at once or never.
_PARTNER_SECONDS: Final = 2
# Longer than the days of any rehearsal: nobody gives new ones every morning.
_RATES_DAYS: Final = 300


class SharedClock:
    """The machine's clock, set ahead by whoever needs time to pass; all processes of a town share it."""

    def __init__(self, file: Path) -> None:
        self._real = SystemClock()
        with file.open("r+b") as opened:
            self._ms = mmap.mmap(opened.fileno(), 8)

    @staticmethod
    def begin(file: Path) -> None:
        """A clock that is not set ahead yet."""
        file.write_bytes(bytes(8))

    def utc_ms(self) -> int:
        """See services.ports.Clock."""
        return self._real.utc_ms() + self._ahead_ms()

    def monotonic_ms(self) -> int:
        """See services.ports.Clock."""
        return self._real.monotonic_ms() + self._ahead_ms()

    def _ahead_ms(self) -> int:
        ahead_ms: int = struct.unpack("q", self._ms)[0]
        return ahead_ms

    def ahead(self, by_ms: int) -> None:
        """It is so much later for everybody."""
        self._ms[:] = struct.pack("q", self._ahead_ms() + by_ms)

    def next_day(self) -> None:
        """It is a day later for everybody."""
        self.ahead(_DAY_MS)


class KnownPins:
    """Stands for argon2id, whose slowness is no matter here."""

    def hash(self, pin: str) -> str:
        """See services.ports.Hasher."""
        return f"known-{pin}"

    def verify(self, pin_hash: str, pin: str) -> bool:
        """See services.ports.Hasher."""
        return pin_hash == self.hash(pin)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the desks of a town lie and how they reach the centre; goes into every process."""

    folder: Path
    url: str

    def clock(self) -> SharedClock:
        """The town's clock, in this process."""
        return SharedClock(self.folder / "clock")

    def orders(self) -> Orders:
        """What the partner abroad is to send, in this process."""
        return Orders(self.folder / "orders")


@dataclass(slots=True)
class Town:
    """The running town, in the process that started it; `neighbour` is what the partner abroad does there."""

    place: Place
    dsn: str
    centre: Centre
    provider: SandboxProvider
    portal: SandboxPortal
    rail: SandboxRail
    partners: dict[str, SandboxPartner]
    neighbour: Neighbour
    desks: tuple[str, ...] = field(default=(OURS, OTHER))


def open_books(folder: Path, clock: SharedClock) -> DeskBooks:
    """The books of one desk of the town, as its program opens them."""
    return DeskBooks.open(folder, clock, keep=FileVault(folder))


@contextmanager
def crash_town(dsn: str, folder: Path, codes: int = _CODES) -> Iterator[Town]:
    """Found the town on an empty database, both desks enrolled, with `codes` to sell by, and closed again."""
    folder.mkdir(parents=True, exist_ok=True)
    SharedClock.begin(folder / "clock")
    Orders.begin(folder / "orders")
    clock = SharedClock(folder / "clock")
    with ExitStack() as stack:
        provider = stack.enter_context(SandboxProvider(DEMO_BILLERS))
        billers: dict[str, Connector] = {
            str(one["id"]): OsmpBiller(
                provider.url, now_ms=clock.utc_ms, prv_id=str(one["id"]), has_status=True
            )
            for one in DEMO_BILLERS
        }
        rail = stack.enter_context(instant_town.eager(signing := SigningKey.new(), clock.utc_ms))
        portal = stack.enter_context(SandboxPortal(notice_town.notices(), grows=notice_town.any_fine))
        sandboxes = abroad_town.sandboxes(signing)
        partners = {name: stack.enter_context(one) for name, one in sandboxes.items()}
        reached = abroad_town.reached(partners, signing, seconds=_PARTNER_SECONDS)
        neighbour = Neighbour(partners[PARTNER], Orders(folder / "orders"), clock)
        book = Book(dsn, clock)
        stack.callback(book.close)
        centre = Centre(
            dsn,
            clock=clock,
            billers=billers | notice_town.reached(portal, clock.utc_ms),
            partners=reached,
            rail=instant_town.reached(rail, signing),
        )
        url = centre.start()
        stack.callback(centre.stop)
        with centre.database.transaction() as conn:
            secrets = found_town(
                conn, clock.utc_ms(), qr_minutes=instant_town.QR_MINUTES, hash_pin=KnownPins().hash
            )
            sell_mail_abroad(conn, clock.utc_ms())
            give_lane(conn, OURS, clock.utc_ms())
            abroad_town.agree(conn, book, (BRANCH,), clock.utc_ms())
            abroad_town.give_rates(conn, clock.utc_ms(), _RATES_DAYS)
        for desk in (OURS, OTHER):
            own = folder / desk
            key = SigningKey.new()
            told = enrol(url, secrets[desk], key, "simulate")
            DeskBooks.create(own, told, key, clock, software="simulate", keep=FileVault(own)).close()
            with centre.database.transaction() as conn:
                supply_desk(conn, desk, clock.utc_ms())
                branches.give_codes(conn, desk, codes, clock.utc_ms())
                branches.give_range(conn, desk, "EE", codes, clock.utc_ms())
        centre.settle()
        yield Town(Place(folder, url), dsn, centre, provider, portal, rail, partners, neighbour)
