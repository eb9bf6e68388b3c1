"""A branch with all it works with, from one file: checked whole, then made in one transaction or not at all.

Its desks, staff, licences and settings, the stock of transfer codes and item numbers that each of its desks
is kept at, and the one-time codes its desks are enrolled with.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import msgspec

from azpost_desk.central import acts
from azpost_desk.central.registry import branches, files, reference, supply
from azpost_desk.central.registry.enrolment import enrolment_code
from azpost_desk.central.registry.files import WrongFile, wrong
from azpost_desk.domain.catalogue import (
    NOT_PERMITTED,
    SERVICES,
    Branch,
    Licence,
    Licences,
    Officer,
    Settings,
    Staff,
)
from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.identifiers import check_phone, check_postcode, check_voen
from azpost_desk.domain.mail.scanning import EVENTS_AT
from azpost_desk.domain.names import plain
from azpost_desk.domain.staff import PERMISSIONS, PIN_DIGITS, Permission, Role, is_guessed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from azpost_desk.central.book import Book
    from azpost_desk.central.storage.database import Connection

_CODE_DIGITS: Final = 4
_DESKS_MAX: Final = 99
_NAME_CHARACTERS_MAX: Final = 100
_LINE_CHARACTERS_MAX: Final = 200
_OFFICER_CHARACTERS_MAX: Final = 12
# [design] The largest office has a tenth; each PIN takes its hash a good part of a second.
_STAFF_MAX: Final = 500
LANGUAGES: Final = ("az", "ru", "en")


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """The branch itself; `zone` names the place within which the city's price of express mail holds."""

    code: str
    name: str
    postcode: str
    address: str = ""
    phone: str = ""
    voen: str = ""
    zone: str = ""
    desks: int = 1
    safe_desk: int = 1
    single_handed: bool = False
    mail: tuple[str, ...] = ("office",)


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who works there, with a first PIN."""

    officer: str
    name: str
    role: str
    pin: str
    language: str = "az"
    valid_to: dt.date = dt.date(9999, 12, 31)


class Right(msgspec.Struct, frozen=True, kw_only=True):
    """A licence."""

    service: str
    number: str
    valid_from: dt.date
    valid_to: dt.date


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """What each desk is kept supplied with: transfer codes, and item numbers of one service indicator."""

    transfer_codes: int = supply.CODES
    item_prefix: str = supply.PREFIX
    item_numbers: int = supply.ITEMS


class BranchFile(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the file may say."""

    branch: Place
    staff: tuple[Person, ...]
    licences: tuple[Right, ...] = ()
    numbers: Numbers = Numbers()
    settings: dict[str, Any] = {}


def read(path: Path, today: str) -> BranchFile:
    """The branch that the file describes, fit to be made and to work from `today` (ISO).

    Raises:
        WrongFile: as `files.read`; X-104 a value that breaks its rule, X-105 one that stands there twice.
    """
    data = files.read(path, BranchFile)
    files.checked({"settings": data.settings}, _OnlySettings, path.name)
    check_place(path.name, data.branch)
    _check_staff(path.name, data, today)
    _check_licences(path.name, data.licences)
    _check_numbers(path.name, data.numbers)
    return data


class _OnlySettings(msgspec.Struct, frozen=True):
    """So that a slip in the settings is named at its place."""

    settings: Settings = Settings()


def make(
    conn: Connection,
    book: Book,
    data: BranchFile,
    people: tuple[str, str],
    now_ms: int,
    hash_pin: Callable[[str], str] = branches.hashed_pin,
) -> dict[str, str]:
    """Make all of it at once; gives the one-time enrolment code of each desk by its id.

    Raises:
        WrongFile: X-106 there is such a branch; nothing was changed.
        Refused: X-112 one of them works elsewhere.
    """
    place = data.branch
    # Slow on purpose: outside the transaction.
    staff = tuple(_officer(one, hash_pin(one.pin)) for one in data.staff)
    with conn.transaction():
        conn.execute("lock table branches in share row exclusive mode")
        same = conn.execute("select from branches where branch = %s", (place.code,))
        if same.fetchone() is not None:
            raise WrongFile("X-106", branch=place.code)
        branches.none_elsewhere(conn, place.code, [one.officer for one in staff], now_ms)
        branches.create_branch(conn, branch_of(place), now_ms, zone=plain(place.zone))
        reference.publish(conn, Staff(officers=staff), now_ms, branch=place.code)
        licences = Licences(licences=tuple(map(_licence, data.licences)))
        reference.publish(conn, licences, now_ms, branch=place.code)
        known = reference.newest(conn, Settings)
        if data.settings or known is None:
            settings = {**msgspec.to_builtins(known or Settings()), **data.settings}
            reference.publish(conn, msgspec.convert(settings, Settings), now_ms, branch=place.code)
        codes = {}
        for number in range(1, place.desks + 1):
            desk = branches.add_desk(conn, place.code, number)
            stock = supply.Stock(
                data.numbers.transfer_codes, data.numbers.item_prefix, data.numbers.item_numbers
            )
            supply.keep(conn, desk, stock)
            codes[desk] = enrolment_code(conn, desk, now_ms)
        for act in ("staff_changed", "licence_changed", "enrolment_code"):
            acts.note(conn, book, codes, act, " + ".join(people), "new-branch", now_ms)
    return codes


def branch_of(place: Place) -> Branch:
    """The branch as the centre keeps it."""
    return Branch(
        code=place.code,
        name=plain(place.name),
        address=plain(place.address),
        postcode=place.postcode,
        phone=check_phone(place.phone).value or "",
        voen=check_voen(place.voen).value or "",
        safe_desk=place.safe_desk,
        desks=tuple(range(1, place.desks + 1)),
        single_handed=place.single_handed,
        mail=place.mail,
    )


def _officer(one: Person, pin_hash: str) -> Officer:
    return Officer(
        officer=one.officer,
        name=plain(one.name),
        role=one.role,
        pin_hash=pin_hash,
        language=one.language,
        valid_to=one.valid_to.isoformat(),
    )


def _licence(one: Right) -> Licence:
    return Licence(
        service=one.service,
        number=one.number,
        valid_from=one.valid_from.isoformat(),
        valid_to=one.valid_to.isoformat(),
    )


def check_place(file: str, place: Place) -> None:
    """Refuse a branch that breaks a rule; `file` is where it was written.

    Raises:
        WrongFile: X-104.
    """
    if not (len(place.code) == _CODE_DIGITS and is_digits(place.code)):
        raise wrong(file, "branch.code", "branch_code", place.code)
    _check_name(file, "branch.name", place.name)
    for name in ("address", "zone"):
        text = getattr(place, name)
        if not (len(text) <= _LINE_CHARACTERS_MAX and text.isprintable()):
            raise wrong(file, f"branch.{name}", "line")
    if check_postcode(place.postcode).value != place.postcode:
        raise wrong(file, "branch.postcode", "postcode", place.postcode)
    if place.phone and not check_phone(place.phone).valid:
        raise wrong(file, "branch.phone", "phone", place.phone)
    if place.voen and not check_voen(place.voen).valid:
        raise wrong(file, "branch.voen", "voen", place.voen)
    if not 1 <= place.desks <= _DESKS_MAX:
        raise wrong(file, "branch.desks", "desks", place.desks)
    if not 1 <= place.safe_desk <= place.desks:
        raise wrong(file, "branch.safe_desk", "safe_desk", place.safe_desk)
    if strange := [kind for kind in place.mail if kind not in EVENTS_AT]:
        raise wrong(file, "branch.mail", "mail", strange[0])


def _check_staff(file: str, data: BranchFile, today: str) -> None:
    if len(data.staff) > _STAFF_MAX:
        raise wrong(file, "staff", "staff", len(data.staff))
    known: set[str] = set()
    for number, one in enumerate(data.staff, start=1):
        place = f"staff[{number}]"
        check_officer(file, f"{place}.", one.officer, one.name)
        if one.officer in known:
            raise WrongFile("X-105", file=file, place=f"{place}.officer", value=one.officer)
        known.add(one.officer)
        if one.role not in set(Role):
            raise wrong(file, f"{place}.role", "role", one.role)
        if not is_pin(one.pin):
            # The PIN itself is said nowhere.
            raise wrong(file, f"{place}.pin", "pin")
        if is_guessed(one.pin, one.officer):
            raise wrong(file, f"{place}.pin", "guessed")
        if one.language not in LANGUAGES:
            raise wrong(file, f"{place}.language", "language", one.language)
    # Who has left by today opens no day and is no second person.
    here = [one for one in data.staff if one.valid_to.isoformat() >= today]
    roles = {Role(one.role) for one in here}
    if not any(Permission.OPEN_DAY in PERMISSIONS[role] for role in roles):
        raise wrong(file, "staff", "manager")
    if len(here) == 1 and not data.branch.single_handed:
        raise wrong(file, "branch.single_handed", "second_person")


def is_officer_number(text: str) -> bool:
    """Whether every desk could show and compare it as somebody's number."""
    return text.isascii() and text.isalnum() and len(text) <= _OFFICER_CHARACTERS_MAX


def is_pin(text: str) -> bool:
    """Whether it has the form of a PIN; how easily it is guessed is another question."""
    return is_digits(text) and PIN_DIGITS[0] <= len(text) <= PIN_DIGITS[1]


def check_officer(file: str, place: str, officer: str, name: str) -> None:
    """Refuse a number or a name that no desk could show or compare; `place` stands before the field.

    Raises:
        WrongFile: X-104.
    """
    if not is_officer_number(officer):
        raise wrong(file, f"{place}officer", "officer", officer)
    _check_name(file, f"{place}name", name)


def _check_licences(file: str, licences: tuple[Right, ...]) -> None:
    known: set[tuple[str, str]] = set()
    for number, one in enumerate(licences, start=1):
        place = f"licences[{number}]"
        if one.service not in SERVICES or one.service in NOT_PERMITTED:
            raise wrong(file, f"{place}.service", "service", one.service)
        _check_name(file, f"{place}.number", one.number)
        if (one.service, one.number) in known:
            raise WrongFile("X-105", file=file, place=f"{place}.number", value=one.number)
        known.add((one.service, one.number))
        if one.valid_to < one.valid_from:
            raise wrong(file, f"{place}.valid_to", "ends_before", one.valid_to.isoformat())


def _check_numbers(file: str, numbers: Numbers) -> None:
    prefix = numbers.item_prefix
    if not (len(prefix) == 2 and prefix.isascii() and prefix.isalpha() and prefix.isupper()):
        raise wrong(file, "numbers.item_prefix", "item_prefix", prefix)
    for name in ("transfer_codes", "item_numbers"):
        if getattr(numbers, name) > supply.STOCK_MAX:
            raise wrong(file, f"numbers.{name}", "stock", getattr(numbers, name))


def _check_name(file: str, place: str, name: str) -> None:
    if not (1 <= len(name.strip()) <= _NAME_CHARACTERS_MAX and name.isprintable()):
        raise wrong(file, place, "name", name)
