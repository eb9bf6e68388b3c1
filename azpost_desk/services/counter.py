"""What every use case of the desk shares: the books, the clock, the line, the officer at the counter."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import msgspec

from azpost_desk.domain.catalogue import Branch, Document, Licences, Settings, Tariffs
from azpost_desk.domain.days import calendar_day
from azpost_desk.domain.ids import uuid7
from azpost_desk.domain.lengths import require_lengths
from azpost_desk.domain.money import azn
from azpost_desk.domain.products import PAID_OUTSIDE
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.staff import Permission, Role, require
from azpost_desk.domain.typed import require_writable
from azpost_desk.protocol.records import SALT_BYTES, Attachment

if TYPE_CHECKING:
    from azpost_desk.services.ports import Books, CardTerminal, Clock, Line, Reading
    from azpost_desk.services.views import Day

D = TypeVar("D", bound=Document)


@dataclass(frozen=True, slots=True)
class Officer:
    """Who is signed in: asked for by every use case that records something."""

    officer: str
    name: str
    role: Role
    language: str

    def may(self, permission: Permission) -> None:
        """Refuse with S-010 without the permission."""
        require(self.role, permission)


@dataclass(frozen=True, slots=True)
class Approval:
    """A second person's consent to one operation.

    `way`: person (by their own PIN, staff.Staff.approve), centre_online or centre_telephone
    (approvals.Approvals; the approver is then a person at the centre).
    """

    approver: str
    role: Role
    for_operation: str
    way: str = "person"


@dataclass(frozen=True, slots=True)
class Counter:
    """The desk as its use cases see it."""

    books: Books
    clock: Clock
    line: Line
    terminal: CardTerminal | None = None

    def new_id(self) -> str:
        """An operation id, made here before anything is stored or sent."""
        return str(uuid7(self.clock.utc_ms(), secrets.token_bytes(10)))

    def today(self) -> str:
        """The calendar date in Azerbaijan, ISO; proposed as business day, it never is the business day."""
        return calendar_day(self.line.trusted_ms())


def attach(operation: str, group: str, value: object) -> Attachment:
    """Personal data as an attachment of a line: its own salt, its slot named after the line and the group.

    Raises:
        Refused: G-014 a text in it is longer than its field holds, G-016 it holds what cannot be written.
    """
    is_field = isinstance(value, str) or group == "receiver"
    require_writable(value, group if is_field else "")
    require_lengths(value, group if is_field else "")
    return shown(operation, group, value)


def shown(operation: str, group: str, value: object) -> Attachment:
    """As `attach`, for what the centre showed of another desk's customers: it was accepted elsewhere."""
    return Attachment(f"{operation}:{group}", secrets.token_bytes(SALT_BYTES), msgspec.json.encode(value))


def open_day(books: Reading) -> Day:
    """The open business day.

    Raises:
        Refused: C-001 when the day is not open.
    """
    day = books.day()
    if day.state != "open":
        raise Refused("C-001")
    return day


def if_sent(books: Reading, kind: type[D], date: str) -> D:
    """The document of a day, or an empty one where the centre has not sent any: nothing is agreed yet."""
    try:
        return books.document(kind, date)
    except Trouble as none_yet:
        if none_yet.code != "G-050":
            raise
        return kind()


def own_till(books: Reading, officer: Officer, *, counting: bool = False) -> None:
    """Refuse with C-010 (till not open), C-011 (somebody else holds it) or, unless `counting`, with C-013: a
    count of it is under way, and until it has ended nothing moves in the till (H-11).
    """
    till = books.till()
    if till.state not in ("open", "counting"):
        raise Refused("C-010")
    if till.holder != officer.officer:
        holder = books.officer(till.holder)
        raise Refused("C-011", holder=holder.name if holder else till.holder)
    if till.state == "counting" and not counting:
        raise Refused("C-013")


def holds_safe(books: Reading) -> None:
    """Refuse with C-023 at a desk that does not hold the branch's safe."""
    if books.document(Branch, books.day().date).safe_desk != books.desk().number:
        raise Refused("C-023")


def may_sell(books: Reading, officer: Officer, service: str) -> Tariffs:
    """The tariffs of the day, when this officer may sell `service` at this branch today.

    Raises:
        Refused: S-010, C-001, C-010, C-011, G-030, G-031. Trouble: an L-code when this chain has ended.
    """
    if books.ended:
        raise Trouble(books.ended)
    officer.may(Permission.SELL)
    day = open_day(books)
    own_till(books, officer)
    books.document(Licences, day.date).require(service, day.date)
    return books.document(Tariffs, day.date)


def within_exposure(books: Reading, line: Line, service: str, qapik: int) -> bool:
    """Whether the sale is made off line; Refused L-020 beyond the centre's allowance (PROTOCOL.md 7).

    Every service has its allowance. One that is not named binds nothing where the money is the post's own.
    """
    if line.state().online:
        return False
    allowance = books.document(Settings, books.day().date).allowances_qapik.get(service)
    if allowance is None and service not in PAID_OUTSIDE:
        return True
    allowance = allowance or 0
    left = allowance - books.exposure(service).minor
    if qapik > left:
        raise Refused("L-020", left=azn(max(left, 0)))
    return True
