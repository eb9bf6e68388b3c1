"""`azpost-desk central`: serves desks, and registers branches, desks, staff, licences and tariffs."""

from __future__ import annotations

import argparse
import getpass
import logging
import signal
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from psycopg import DataError, OperationalError
from psycopg_pool import PoolTimeout

from azpost_desk.central import acts, erasure
from azpost_desk.central.app import Centre
from azpost_desk.central.book import Book
from azpost_desk.central.mail import price_lists
from azpost_desk.central.registry import (
    billers,
    branches,
    enrolment,
    files,
    founding,
    new_branch,
    reference,
    supply,
)
from azpost_desk.central.registry.files import WrongFile
from azpost_desk.central.storage.database import Connection, connect, migrate
from azpost_desk.central.storage.embedded import EmbeddedServer
from azpost_desk.central.web.doors import Limits, descriptors
from azpost_desk.domain.catalogue import (
    Billers,
    Document,
    Goods,
    Licence,
    Officer,
    Retention,
    Settings,
    Signing,
    Tariffs,
)
from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.names import plain
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.staff import PIN_DIGITS, Role, is_guessed
from azpost_desk.files import SMALL_BYTES_MAX, content_of
from azpost_desk.programs import (
    central_abroad,
    central_answers,
    central_billers,
    central_branch,
    central_cash,
    central_doctor,
    central_dual_control,
    central_import,
    central_instant,
    central_irregularities,
    central_items,
    central_lists,
    central_mail,
    central_messages,
    central_people,
    central_reports,
    central_serving,
    central_treasury,
    complain,
)
from azpost_desk.programs.central_commands import CLOCK, Command, note, nothing
from azpost_desk.programs.dsn import DSN_HELP, without_password
from azpost_desk.texts import Texts

NUMBER_END = 2**31
_STEPS = """from nothing to the first sale (README.md has it as one example):
  1. people add NAME         twice: the two people who consent to what needs two
  2. template NAME > FILE    an example of each file: change it, then
     set-tariffs, set-goods, set-billers, set-settings FILE
  3. new-branch FILE         the branch, its desks, staff, licences and numbers; prints
                             a one-time code for each desk (again: enrol DESK)
  4. serve                   answers the desks; from now on it has to run
  5. at each counter         azpost-desk desk, with the centre's address and the code
  6. approve-tariffs         until then every screen and paper bears DEMO
"""

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def main(argv: list[str]) -> int:
    """0 when it was done, 1 when a rule says no, 2 on wrong usage."""
    parser = _parser()
    wanted = parser.parse_args(argv)
    if wanted.act is _serve and not _is_filled(wanted):
        return 2
    if wanted.act is not central_branch.template and not (wanted.dsn or wanted.embedded):
        parser.error("one of the arguments --embedded --dsn is required")
    strange = next((name for name, value in vars(wanted).items() if not _is_plain(value)), "")
    if strange:
        print(f"{strange}: no database takes this: {vars(wanted)[strange]!r:.100}", file=sys.stderr)
        return 2
    # Only a server has something to tell while it goes well.
    level = logging.INFO if wanted.act is _serve else logging.WARNING
    logging.basicConfig(stream=sys.stderr, level=level, format="%(asctime)s %(name)s %(message)s")
    try:
        if wanted.act is central_branch.template:
            central_branch.template(wanted)
            return 0
        with _database(wanted) as dsn:
            if hasattr(wanted, "looks"):
                code: int = wanted.looks(wanted, dsn)
                return code
            migrate(dsn, CLOCK.utc_ms())
            with connect(dsn) as conn:
                founding.found(conn, CLOCK.utc_ms())
                act: Callable[[argparse.Namespace, Connection, str], None] = wanted.act
                act(wanted, conn, dsn)
    except Refused as refused:
        complain(refused)
        return 2 if isinstance(refused, WrongFile) else 1
    except Trouble as trouble:
        complain(trouble)
        return 2
    except (OperationalError, PoolTimeout) as error:
        complain(Trouble("X-107", why=" ".join(str(error).split())))
        return 2
    except KeyboardInterrupt:
        return 130
    except (OSError, msgspec.DecodeError, UnicodeError, RecursionError, DataError) as error:
        if isinstance(error, OSError) and error.filename:
            complain(Trouble("G-075", file=str(error.filename), why=str(error.strerror)))
            return 2
        print((str(error).splitlines() or [""])[0], file=sys.stderr)
        return 2
    return 0


def _is_filled(wanted: argparse.Namespace) -> bool:
    """Whether the file that says what to serve with is understood; said on stderr when not."""
    try:
        central_serving.fill(wanted)
    except Trouble as trouble:
        complain(trouble)
        return False
    return True


def _is_plain(value: object) -> bool:
    """Whether a word of the command line can be kept: letters, and no number beyond all use."""
    if isinstance(value, str):
        return value.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in value)
    return not isinstance(value, int) or 0 <= value < NUMBER_END


@contextmanager
def _database(wanted: argparse.Namespace) -> Iterator[str]:
    if wanted.dsn:
        yield wanted.dsn
        return
    server = EmbeddedServer(wanted.embedded.absolute())
    try:
        yield server.dsn()
    finally:
        server.stop()


# Each adds its commands by itself.
_PARTS: Final = (
    *(central_treasury, central_reports, central_import, central_cash, central_lists, central_billers),
    *(central_mail, central_messages, central_instant, central_items, central_irregularities, central_doctor),
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="azpost-desk central",
        description=__doc__,
        epilog=_STEPS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    place = parser.add_mutually_exclusive_group()
    place.add_argument("--embedded", type=Path, metavar="DIR", help="a PostgreSQL of its own in this folder")
    place.add_argument("--dsn", type=without_password, help=DSN_HELP)
    parser.add_argument("--who", default=getpass.getuser(), help="who acts; the desks concerned are told")
    parser.add_argument("--why", default="", help="why; the desks concerned are told")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, act: Callable[..., None], says: str, *names: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=says, description=says)
        one.set_defaults(act=act)
        for argument in names:
            one.add_argument(argument)
        return one

    central_serving.options(command, _serve)
    command("migrate", nothing, "bring the schema up to this program")
    branch = command("create-branch", _create_branch, "register a branch", "code", "name", "postcode")
    branch.add_argument("--address", default="")
    branch.add_argument("--phone", default="")
    branch.add_argument("--voen", default="")
    branch.add_argument("--zone", default="")
    branch.add_argument("--desks", type=int, default=1, help="how many desks it has")
    branch.add_argument("--single-handed", action="store_true")
    command("add-desk", _add_desk, "register a desk of a branch", "branch").add_argument("number", type=int)
    command("enrol", _enrol, "print a one-time code for a desk", "desk")
    staff = command("add-staff", _add_staff, "add an officer to a branch", "branch", "officer", "name")
    staff.add_argument("role", choices=list(Role))
    staff.add_argument("--pin-file", type=Path, help="file with the first PIN; default: standard input")
    staff.add_argument("--language", default="az", choices=("az", "ru", "en"))
    licence = ("branch", "service", "number", "valid_from", "valid_to")
    command("set-licence", _set_licence, "give a branch a dated licence", *licence)
    _given(command)
    erasing = command("erasure", _erasure, "erase by rule what is due, or list who has not followed")
    erasing.add_argument("what", choices=("list", "run"))
    command("exceptions", _exceptions, "list the records that wait for a person")
    central_branch.add(command, (*_DOCUMENTS, *central_abroad.DOCUMENTS, *central_mail.DOCUMENTS))
    central_abroad.add(command, commands)
    central_answers.add(command, commands)
    central_dual_control.add(commands)
    central_people.add(commands)
    for part in _PARTS:
        part.add(command)
    command("new-epoch", _new_epoch, "after a restore of this database: begin a new epoch of the centre")
    return parser


def _given(command: Command) -> None:
    """What the centre publishes from files, and numbers given beyond the stock a desk is kept at."""
    for name, kind in _DOCUMENTS.items():
        document = command(
            f"set-{name}", _publisher(kind), f"publish {name} from a file (see: template {name})", "file"
        )
        document.add_argument("--valid-from", default="0001-01-01", help="business day, ISO")
    approve = command("approve-tariffs", _approve_tariffs, "mark the newest tariffs as approved")
    approve.add_argument("--valid-from", default="0001-01-01", help="business day, ISO")
    command("give-codes", _give_codes, "transfer codes for a desk", "desk").add_argument("count", type=int)
    ranges = command("give-range", _give_range, "item numbers for a desk", "desk", "prefix")
    ranges.add_argument("count", type=int)
    ranges.add_argument(
        "--printed", dest="sort", choices=("roll", "reserve"), default="",
        help="labels are printed with them: for this desk, or its branch's reserve in the safe",
    )  # fmt: skip


def _serve(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    billers, kinds = central_billers.reached(wanted.connectors)
    stop = threading.Event()
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, lambda *_: stop.set())
    # Many systems allow a program 1,024 connections until it asks for more.
    descriptors(wanted=2 * Limits().connections_max)
    partners = central_abroad.reached(wanted.channels)
    carriers = central_messages.reached(wanted.messages)
    rail = central_instant.reached(wanted.rail)
    centre = Centre(
        dsn, clock=CLOCK, billers=billers, kinds=kinds, partners=partners, carriers=carriers, rail=rail
    )
    url = centre.start(wanted.port, wanted.host, wanted.certificate, wanted.key)
    print(url, flush=True)
    central_serving.notify(f"READY=1\nSTATUS={url}")
    stop.wait()
    central_serving.notify("STOPPING=1")
    centre.stop()


def _create_branch(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    place = new_branch.Place(
        code=wanted.code,
        name=wanted.name,
        address=wanted.address,
        postcode=wanted.postcode,
        phone=wanted.phone,
        voen=wanted.voen,
        zone=wanted.zone,
        desks=wanted.desks,
        single_handed=wanted.single_handed,
    )
    # What is typed here is held to the rules of a file.
    new_branch.check_place("create-branch", place)
    branch = new_branch.branch_of(place)
    branches.create_branch(conn, branch, CLOCK.utc_ms(), zone=plain(wanted.zone))
    for number in branch.desks:
        print(branches.add_desk(conn, branch.code, number))


def _add_desk(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    print(branches.add_desk(conn, wanted.branch, wanted.number))


def _enrol(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    code = enrolment.enrolment_code(conn, wanted.desk, CLOCK.utc_ms())
    note(wanted, conn, dsn, [wanted.desk], "enrolment_code")
    print(code)


def _add_staff(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    new_branch.check_officer("add-staff", "", wanted.officer, wanted.name)
    # Never on the command line, which every user of the machine can read.
    file: Path | None = wanted.pin_file
    said = content_of(file, SMALL_BYTES_MAX).decode("utf-8") if file is not None else sys.stdin.readline()
    pin = said.strip()
    if not (is_digits(pin) and PIN_DIGITS[0] <= len(pin) <= PIN_DIGITS[1]):
        raise Refused("S-004", digits=PIN_DIGITS[0])
    if is_guessed(pin, wanted.officer):
        raise Refused("S-009")
    branches.none_elsewhere(conn, wanted.branch, [wanted.officer], CLOCK.utc_ms())
    officer = Officer(
        officer=wanted.officer,
        name=plain(wanted.name),
        role=wanted.role,
        pin_hash=branches.hashed_pin(pin),
        language=wanted.language,
    )
    branches.add_staff(conn, wanted.branch, officer, CLOCK.utc_ms())
    note(wanted, conn, dsn, acts.desks_of(conn, wanted.branch), "staff_changed", wanted.officer)


def _set_licence(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    licence = Licence(
        service=wanted.service,
        number=wanted.number,
        valid_from=wanted.valid_from,
        valid_to=wanted.valid_to,
    )
    branches.set_licence(conn, wanted.branch, licence, CLOCK.utc_ms())
    note(wanted, conn, dsn, acts.desks_of(conn, wanted.branch), "licence_changed", wanted.service)


_DOCUMENTS: dict[str, type[Document]] = {
    "tariffs": Tariffs,
    "billers": Billers,
    "goods": Goods,
    "settings": Settings,
    "signing": Signing,
    "retention": Retention,
}


def _publisher(kind: type[Document]) -> Callable[..., None]:
    def publish(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
        file = Path(wanted.file)
        document = files.read(file, kind)
        if isinstance(document, Billers):
            billers.check_billers(file.name, document)
        if isinstance(document, Tariffs):
            price_lists.check_extras(file.name, document)
        print(reference.publish(conn, document, CLOCK.utc_ms(), valid_from=wanted.valid_from))

    return publish


def _approve_tariffs(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    print(reference.approve_tariffs(conn, CLOCK.utc_ms(), valid_from=wanted.valid_from))


def _give_codes(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    given = branches.give_codes(conn, wanted.desk, wanted.count, CLOCK.utc_ms())
    supply.begin(conn, wanted.desk)
    note(wanted, conn, dsn, [wanted.desk], "codes_given", str(len(given)))
    print(len(given))


def _give_range(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    first, last = branches.give_range(
        conn, wanted.desk, wanted.prefix, wanted.count, CLOCK.utc_ms(), wanted.sort
    )
    if not wanted.sort:
        supply.begin(conn, wanted.desk)
    note(wanted, conn, dsn, [wanted.desk], "codes_given", f"{wanted.prefix}{first:08}")
    print(f"{wanted.prefix}{first:08} {wanted.prefix}{last:08}")


def _erasure(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    if wanted.what == "run":
        book = Book(dsn, CLOCK)
        try:
            print(erasure.run(conn, book, CLOCK.utc_ms()))
        finally:
            book.close()
        return
    for one in erasure.unconfirmed(conn):
        print(f"{one.desk}\t{one.count}\t{Texts('en').moment(one.since_ms)}")


def _exceptions(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    texts = Texts("en")
    rows = conn.execute(
        "select exception, desk, epoch, sequence, owner, reason, about, due from exceptions"
        " where ended_ms = 0 order by exception"
    )
    listed = rows.fetchall()
    # Whoever reads the list reads records of these desks: they are told.
    note(wanted, conn, dsn, {row[1] for row in listed}, "records_read")
    for number, desk, epoch, sequence, owner, reason, about, due in listed:
        says = texts.t(f"central.exception.{reason}")
        term = f"\t{due}" if due else ""
        print(f"{number}\t{desk}/{epoch}/{sequence}\t{owner}\t{says}\t{about}{term}")


def _new_epoch(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    print(founding.new_epoch(conn, CLOCK.utc_ms()))
