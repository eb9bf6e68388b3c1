"""What tests of registers do at a centre with one biller: days go by, registers come, tasks are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.central.book import Book
from azpost_desk.central.registers import keeping, matching, reading
from azpost_desk.domain.days import BusinessDay, calendar_day, days_after
from azpost_desk.rehearsal.registers import register_of
from tests.central.bill_office import BILLER, Office

if TYPE_CHECKING:
    from azpost_desk.domain import operations as ops
    from azpost_desk.domain.registers import Register

FATAL = 5
DAY_S = 24 * 3_600


def today(office: Office) -> BusinessDay:
    return calendar_day(office.clock.utc_ms())


def said(office: Office, day: BusinessDay, version: int = 1) -> Register:
    return register_of(office.provider, BILLER, day, version)


def take(office: Office, register: Register) -> bool:
    """The centre is given a register, and the desk hears what follows."""
    book = Book(office.dsn, office.clock)
    now_ms = office.clock.utc_ms()
    try:
        with office.centre.database.transaction() as conn:
            is_new = keeping.take(conn, register, reading.write_csv(register), "A", now_ms)
            if is_new:
                matching.match(conn, book, register.biller, now_ms)
    finally:
        book.close()
    office.hear()
    return is_new


def take_days(office: Office, first: BusinessDay, count: int = 3) -> None:
    """Days go by, and the register of each comes."""
    for at in range(count):
        day = days_after(first, at)
        while today(office) <= day:
            office.later(DAY_S)
        take(office, said(office, day))


def state(office: Office, line: ops.PaymentAccepted) -> str:
    return office.row(line.operation)[0]


def tasks(office: Office) -> list[tuple[str, str, str, str]]:
    """Open tasks of registers: (reason, about, owner, term)."""
    with office.centre.database.transaction() as conn:
        return conn.execute(
            "select reason, about, owner, due from exceptions where ended_ms = 0"
            " and starts_with(reason, 'register_') order by exception"
        ).fetchall()
