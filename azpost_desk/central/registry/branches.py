"""Branches and what a branch is given: desks, staff, licences, transfer codes, item numbers."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from azpost_desk.central.news import tell
from azpost_desk.central.registry import code_series, reference
from azpost_desk.central.storage.database import one
from azpost_desk.domain.catalogue import Branch, Licence, Licences, Office, Officer, Offices, Staff
from azpost_desk.domain.days import calendar_day
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Role
from azpost_desk.protocol.news import Codes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.central.storage.database import Connection

# Labels printed beforehand for any desk of a branch, which lie in the safe of one.
RESERVE: Final = "reserve"
_SERIAL_LAST: Final = 99_999_999
# [design] What a restore of the centre may have forgotten: a full stock for each of 2,000 desks.
_SKIPPED_AT_RESTORE: Final = 1_000_000


def create_branch(conn: Connection, branch: Branch, now_ms: int, *, zone: str = "") -> None:
    """Register a branch, or change what is known of it; the country's list of offices follows."""
    create_branches(conn, [(branch, zone)], now_ms)


def create_branches(conn: Connection, branches: Iterable[tuple[Branch, str]], now_ms: int) -> None:
    """Register many branches with their tariff zones at once; the list of offices is published once."""
    with conn.transaction():
        known = reference.newest(conn, Offices) or Offices()
        offices = {office.code: office for office in known.offices}
        for branch, zone in branches:
            conn.execute(
                "insert into branches values (%s, %s, %s)"
                " on conflict (branch) do update set name = excluded.name",
                (branch.code, branch.name, now_ms),
            )
            reference.publish(conn, branch, now_ms, branch=branch.code)
            offices[branch.code] = Office(
                code=branch.code,
                name=branch.name,
                postcode=branch.postcode,
                zone=zone,
                address=branch.address,
                phone=branch.phone,
                hours=branch.hours,
            )
        reference.publish(conn, Offices(offices=tuple(offices.values())), now_ms)


def add_desk(conn: Connection, branch: str, number: int) -> str:
    """Register a desk of a branch; gives its id. Where it is already there nothing changes.

    Raises:
        Refused: X-040 when there is no such branch.
    """
    if conn.execute("select from branches where branch = %s", (branch,)).fetchone() is None:
        raise Refused("X-040", branch=branch)
    desk = f"{branch}-{number}"
    conn.execute(
        "insert into desks (desk, branch, number) values (%s, %s, %s) on conflict do nothing",
        (desk, branch, number),
    )
    return desk


def add_staff(conn: Connection, branch: str, officer: Officer, now_ms: int) -> None:
    """Add an officer to the staff of a branch, or replace what is known of them.

    Raises:
        Refused: X-041 when there is no such role.
    """
    if officer.role not in set(Role):
        raise Refused("X-041", role=officer.role)
    with conn.transaction():
        known = reference.newest(conn, Staff, branch) or Staff()
        others = tuple(one for one in known.officers if one.officer != officer.officer)
        reference.publish(conn, Staff(officers=(*others, officer)), now_ms, branch=branch)


def none_elsewhere(conn: Connection, branch: str, officers: Iterable[str], now_ms: int) -> None:
    """Refuse the number of somebody who works at another branch: what is recorded would name two people.

    Raises:
        Refused: X-112.
    """
    wanted, today = frozenset(officers), calendar_day(now_ms)
    rows = conn.execute(
        "select distinct on (branch) branch, content from reference"
        " where name = 'staff' and branch <> %s order by branch, version desc",
        (branch,),
    )
    for other, content in rows:
        for known in msgspec.json.decode(content, type=Staff).officers:
            if known.officer in wanted and known.valid_to >= today:
                raise Refused("X-112", officer=known.officer, branch=other)


def hashed_pin(pin: str) -> str:
    """argon2id of a PIN, as desks verify it."""
    from argon2 import PasswordHasher

    return PasswordHasher().hash(pin)


def set_licence(conn: Connection, branch: str, licence: Licence, now_ms: int) -> None:
    """Give a branch a dated licence; one of the same service and number is replaced."""
    with conn.transaction():
        known = reference.newest(conn, Licences, branch) or Licences()
        same = (licence.service, licence.number)
        others = tuple(one for one in known.licences if (one.service, one.number) != same)
        reference.publish(conn, Licences(licences=(*others, licence)), now_ms, branch=branch)


def give_codes(conn: Connection, desk: str, count: int, now_ms: int) -> tuple[str, ...]:
    """Codes nobody can guess for a desk's present epoch, to be used off line too; never given twice."""
    epoch = _epoch(conn, desk)
    given: list[str] = []
    with conn.transaction():
        secret = code_series.begin(conn, now_ms)
        number = one(
            conn, "select count(*) from transfer_codes where desk = %s and epoch = %s", (desk, epoch)
        )[0]
        while len(given) < count:
            numbers = range(number, number + count - len(given))
            number = numbers.stop
            wanted = set(code_series.codes(secret, desk, epoch, numbers))
            new = conn.execute(
                "insert into transfer_codes select unnest(%s::text[]), %s, %s on conflict do nothing"
                " returning code",
                # In their order: two desks that are given codes at once wait for each other, and no more.
                (sorted(wanted), desk, epoch),
            ).fetchall()
            given += [row[0] for row in new]
        # Sorted they would tell the next code from the one before.
        secrets.SystemRandom().shuffle(given)
        tell(conn, Codes(epoch=epoch, transfer_codes=tuple(given)), [desk], now_ms)
    return tuple(given)


def give_range(
    conn: Connection, desk: str, prefix: str, count: int, now_ms: int, sort: str = ""
) -> tuple[int, int]:
    """The next free S10 serial numbers of a service indicator (``EE``) for a desk; gives first and last.

    `sort`: labels are printed with them, for the desk (``roll``) or for its branch, to lie in the safe of
    this desk (``reserve``); every desk of the branch that is enrolled hears of a reserve.

    Raises:
        Refused: X-042 when the indicator's hundred million numbers are used up.
    """
    epoch = _epoch(conn, desk)
    with conn.transaction():
        lock_ranges(conn, prefix)
        # Of an indicator unknown since a restore nobody can say what was given before it.
        first: int = one(
            conn,
            "select coalesce(max(last), (select case when epoch > 1 then %s else 0 end from centre)) + 1"
            " from item_ranges where prefix = %s",
            (_SKIPPED_AT_RESTORE, prefix),
        )[0]
        last = first + count - 1
        if last > _SERIAL_LAST:
            raise Refused("X-042", prefix=prefix)
        conn.execute(
            "insert into item_ranges (prefix, first, last, desk, epoch, next, sort)"
            " values (%s, %s, %s, %s, %s, %s, %s)",
            (prefix, first, last, desk, epoch, first, sort),
        )
        told = Codes(epoch=epoch, item_prefix=prefix, item_first=first, item_last=last, item_sort=sort)
        for user, its_epoch in _who_takes(conn, desk, epoch, sort):
            tell(conn, replace(told, epoch=its_epoch), [user], now_ms)
    return first, last


def _who_takes(conn: Connection, desk: str, epoch: int, sort: str) -> list[tuple[str, int]]:
    """Desks, each with its epoch, that may use numbers given to a desk."""
    if sort != RESERVE:
        return [(desk, epoch)]
    return conn.execute(
        "select desk, epoch from desks where epoch > 0"
        " and branch = (select branch from desks where desk = %s) order by desk",
        (desk,),
    ).fetchall()


def lock_ranges(conn: Connection, prefix: str) -> None:
    """Nobody else is given numbers of this indicator before the transaction ends.

    Whoever locks a desk's row besides locks it after this, as the projector does: else two would wait for
    each other.
    """
    conn.execute("select pg_advisory_xact_lock(hashtext(%s))", (f"range {prefix}",))


def skip_ranges(conn: Connection) -> None:
    """After a restore: numbers that were given since the copy may lie at desks, and belong to nobody here."""
    conn.execute(
        "insert into item_ranges (prefix, first, last, desk, epoch, next)"
        " select prefix, max(last) + 1, least(max(last) + %s, %s), '', 0, %s + 1"
        " from item_ranges group by prefix having max(last) < %s",
        (_SKIPPED_AT_RESTORE, _SERIAL_LAST, _SERIAL_LAST, _SERIAL_LAST),
    )


def _epoch(conn: Connection, desk: str) -> int:
    """The present epoch of a desk; Refused X-043 when it is not enrolled."""
    row = conn.execute("select epoch from desks where desk = %s and epoch > 0", (desk,)).fetchone()
    if row is None:
        raise Refused("X-043", desk=desk)
    return int(row[0])
