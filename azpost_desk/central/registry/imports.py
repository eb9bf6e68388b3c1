"""Offices and staff brought from the post's own lists: every row checked, then all of them in, or none.

In: rows of a spreadsheet. Out: what is wrong, row by row and column by column, or what has changed; rows that
say what the centre knows already change nothing, so that a second run of a file is no harm.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from azpost_desk.central import acts
from azpost_desk.central.registry import branches, reference
from azpost_desk.central.registry.new_branch import LANGUAGES, is_officer_number, is_pin
from azpost_desk.domain.catalogue import Office, Officer, Offices, Staff
from azpost_desk.domain.days import is_day
from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.identifiers import check_phone, check_postcode
from azpost_desk.domain.names import plain
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Role, is_guessed
from azpost_desk.domain.typed import is_said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from azpost_desk.central.book import Book
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.spreadsheets import Row

OFFICES: Final = (("code", "name", "postcode"), ("zone", "address", "phone", "hours"))
STAFF: Final = (("branch", "officer", "name", "role", "pin"), ("language", "valid_to"))
"""The columns that must be there, and those that may."""

_CODE_DIGITS: Final = 4
_TEXT_CHARS_MAX: Final = 200
_FOR_EVER: Final = "9999-12-31"


class Problem(NamedTuple):
    """What is wrong in one cell: the rule it breaks by name, or "" for the whole row."""

    row: int
    column: str
    rule: str


class Result(NamedTuple):
    """What an import did, or would do: rows that are new here, and rows known before."""

    new: int
    known: int


class Rejected(Exception):
    """Nothing was changed; `problems` says why, the first row first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(sorted(problems))


def import_offices(conn: Connection, rows: Sequence[Row], now_ms: int, *, is_trial: bool) -> Result:
    """Add offices to the country's list; one that is there with other words is a problem, not a change.

    Raises:
        Rejected: nothing was changed.
    """
    problems: list[Problem] = []
    with conn.transaction():
        conn.execute("lock table branches in share row exclusive mode")
        known = {one.code: one for one in (reference.newest(conn, Offices) or Offices()).offices}
        new: dict[str, Office] = {}
        for row in rows:
            office = _office(row, problems)
            if office.code in new:
                problems.append(Problem(row.number, "code", "twice"))
            elif office.code in known and known[office.code] != office:
                problems.append(Problem(row.number, "code", "known_otherwise"))
            elif office.code not in known:
                new[office.code] = office
        if problems:
            raise Rejected(problems)
        if new and not is_trial:
            all_ = (*known.values(), *new.values())
            reference.publish(conn, Offices(offices=all_), now_ms)
    return Result(len(new), len(rows) - len(new))


def import_staff(
    conn: Connection,
    book: Book,
    rows: Sequence[Row],
    people: tuple[str, str],
    now_ms: int,
    *,
    is_trial: bool,
    hash_pin: Callable[[str], str] = branches.hashed_pin,
) -> Result:
    """Add people to the staff of their branches by two people's word; who is there already keeps their PIN.

    Raises:
        Rejected: nothing was changed.
    """
    problems: list[Problem] = []
    read = [(row, _officer(row, problems)) for row in rows]
    wanted = _by_branch(conn, read, problems, now_ms)
    if problems:
        raise Rejected(problems)
    new = [(branch, row, officer) for branch, row, officer in wanted if not _is_known(conn, branch, officer)]
    if is_trial or not new:
        return Result(len(new), len(rows) - len(new))
    # Slow on purpose: outside the transaction.
    hashed: dict[str, list[Officer]] = defaultdict(list)
    for branch, row, officer in new:
        hashed[branch].append(_with_pin(officer, hash_pin(row.cells["pin"])))
    with conn.transaction():
        for branch, officers in sorted(hashed.items()):
            for officer in officers:
                branches.add_staff(conn, branch, officer, now_ms)
            desks = [desk for (desk,) in conn.execute("select desk from desks where branch = %s", (branch,))]
            acts.note(conn, book, desks, "staff_changed", " + ".join(people), "import-staff", now_ms)
    return Result(len(new), len(rows) - len(new))


def _office(row: Row, problems: list[Problem]) -> Office:
    cells = row.cells
    postcode = check_postcode(cells["postcode"]).value or ""
    phone = check_phone(cells["phone"]).value if cells["phone"] else ""
    wrong = {
        "code": not (len(cells["code"]) == _CODE_DIGITS and is_digits(cells["code"])),
        "name": not is_said(cells["name"]),
        "postcode": not postcode,
        "phone": phone is None,
    }
    wrong |= {name: True for name, text in cells.items() if len(text) > _TEXT_CHARS_MAX}
    problems += [Problem(row.number, name, name) for name, is_wrong in wrong.items() if is_wrong]
    return Office(
        code=cells["code"],
        name=plain(cells["name"]),
        postcode=postcode,
        zone=plain(cells["zone"]),
        address=plain(cells["address"]),
        phone=phone or "",
        hours=cells["hours"],
    )


def _officer(row: Row, problems: list[Problem]) -> Officer:
    cells = row.cells
    language, valid_to = cells["language"] or "az", cells["valid_to"] or _FOR_EVER
    wrong = {
        "officer": not is_officer_number(cells["officer"]),
        "name": not is_said(cells["name"]) or len(cells["name"]) > _TEXT_CHARS_MAX,
        "role": cells["role"] not in set(Role),
        "pin": not is_pin(cells["pin"]) or is_guessed(cells["pin"], cells["officer"]),
        "language": language not in LANGUAGES,
        "valid_to": not is_day(valid_to),
    }
    problems += [Problem(row.number, name, name) for name, is_wrong in wrong.items() if is_wrong]
    return Officer(
        officer=cells["officer"],
        name=plain(cells["name"]),
        role=cells["role"],
        pin_hash="",
        language=language,
        valid_to=valid_to,
    )


def _by_branch(
    conn: Connection, read: Iterable[tuple[Row, Officer]], problems: list[Problem], now_ms: int
) -> list[tuple[str, Row, Officer]]:
    """Each with the branch that there is; a number that names two people is a problem."""
    found: list[tuple[str, Row, Officer]] = []
    seen: set[str] = set()
    for row, officer in read:
        branch = row.cells["branch"]
        if conn.execute("select from branches where branch = %s", (branch,)).fetchone() is None:
            problems.append(Problem(row.number, "branch", "branch"))
            continue
        if officer.officer in seen:
            problems.append(Problem(row.number, "officer", "twice"))
        seen.add(officer.officer)
        try:
            branches.none_elsewhere(conn, branch, [officer.officer], now_ms)
        except Refused:
            problems.append(Problem(row.number, "officer", "works_elsewhere"))
        if _there(conn, branch, officer) is not None and not _is_known(conn, branch, officer):
            problems.append(Problem(row.number, "officer", "known_otherwise"))
        found.append((branch, row, officer))
    return found


def _there(conn: Connection, branch: str, officer: Officer) -> Officer | None:
    staff = reference.newest(conn, Staff, branch) or Staff()
    return next((one for one in staff.officers if one.officer == officer.officer), None)


def _is_known(conn: Connection, branch: str, officer: Officer) -> bool:
    there = _there(conn, branch, officer)
    return there is not None and _with_pin(officer, there.pin_hash) == there


def _with_pin(officer: Officer, pin_hash: str) -> Officer:
    return msgspec.structs.replace(officer, pin_hash=pin_hash)
