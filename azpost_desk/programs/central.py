"""`azpost-desk central`: serves desks, and registers branches, desks, staff, licences and tariffs."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString

import msgspec

from azpost_desk.central import bags
from azpost_desk.central.app import Centre
from azpost_desk.central.book import Book
from azpost_desk.central.clock import SystemClock
from azpost_desk.central.gateways.osmp import OsmpBiller
from azpost_desk.central.registry import branches, enrolment, founding, lost, reference
from azpost_desk.central.storage.database import Connection, connect, migrate
from azpost_desk.central.storage.embedded import EmbeddedServer
from azpost_desk.domain.catalogue import (
    Billers,
    Branch,
    Document,
    Goods,
    Licence,
    Officer,
    Settings,
    Tariffs,
)
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Role
from azpost_desk.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_CLOCK = SystemClock()


class Connectors(msgspec.Struct, frozen=True):
    """One biller's connector in the file that --connectors names (a JSON object: biller id → this)."""

    url: str
    prv_id: str = ""
    has_status: bool = False


def main(argv: list[str]) -> int:
    """0 when it was done, 1 when a rule says no, 2 on wrong usage."""
    wanted = _parser().parse_args(argv)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    try:
        with _database(wanted) as dsn:
            migrate(dsn, _CLOCK.utc_ms())
            with connect(dsn) as conn:
                founding.found(conn, _CLOCK.utc_ms())
                act: Callable[[argparse.Namespace, Connection, str], None] = wanted.act
                act(wanted, conn, dsn)
    except Refused as refused:
        print(Texts("en").refusal(refused), file=sys.stderr)
        return 1
    except (OSError, msgspec.DecodeError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="azpost-desk central", description=__doc__)
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--embedded", type=Path, metavar="DIR", help="a PostgreSQL of its own in this folder")
    place.add_argument("--dsn", help="an existing PostgreSQL")
    acts = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, act: Callable[..., None], says: str, *names: str) -> argparse.ArgumentParser:
        one = acts.add_parser(name, help=says, description=says)
        one.set_defaults(act=act)
        for argument in names:
            one.add_argument(argument)
        return one

    serve = command("serve", _serve, "answer desks until stopped")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8470)
    serve.add_argument("--certificate", type=Path, help="PEM file: serve over TLS (with --key)")
    serve.add_argument("--key", type=Path, help="PEM file: the certificate's private key")
    serve.add_argument("--connectors", type=Path, help="JSON: biller id → url, prv_id, has_status")
    command("migrate", _nothing, "bring the schema up to this program")
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
    for name, kind in _DOCUMENTS.items():
        document = command(f"set-{name}", _publisher(kind), f"publish {name} from a JSON file", "file")
        document.add_argument("--valid-from", default="0001-01-01", help="business day, ISO")
    approve = command("approve-tariffs", _approve_tariffs, "mark the newest tariffs as approved")
    approve.add_argument("--valid-from", default="0001-01-01", help="business day, ISO")
    command("give-codes", _give_codes, "transfer codes for a desk", "desk").add_argument("count", type=int)
    command("give-range", _give_range, "item numbers for a desk", "desk", "prefix").add_argument(
        "count", type=int
    )
    command("exceptions", _exceptions, "list the records that wait for a person")
    _cash_commands(command)
    lost_desk = ("desk", "first_person", "second_person", "reason")
    command("declare-lost", _declare_lost, "a desk will not come back; two people say so", *lost_desk)
    command("new-epoch", _new_epoch, "after a restore of this database: begin a new epoch of the centre")
    return parser


def _cash_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    pieces = "notes and coins as DENOMINATION=PIECES in qəpik, e.g. 10000=80 500=20"
    sent = command("dispatch-bag", _dispatch_bag, "send a bag of cash to a desk", "desk", "number")
    sent.add_argument("pieces", nargs="+", help=pieces)
    taken = command("take-in-bag", _take_in_bag, "count a branch's bag at the cash centre", "number")
    taken.add_argument("pieces", nargs="*", help=pieces)
    taken.add_argument("--discrepancy-act", default="", help="number of the discrepancy act when it differs")
    found = command("resolve-bag", _resolve_bag, "say what became of what a bag lacked", "number")
    found.add_argument("outcome", choices=bags.OUTCOMES)
    for argument in ("first_person", "second_person", "reason"):
        found.add_argument(argument)
    command("bags", _bags, "list the bags between branches and the cash centre")
    command("made-good", _made_good, "list the shortages officers paid with own money")
    command("till-counts", _till_counts, "list the counts of tills that differed")


def _serve(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    connectors: dict[str, Connectors] = {}
    if wanted.connectors:
        connectors = msgspec.json.decode(wanted.connectors.read_bytes(), type=dict[str, Connectors])
    billers = {
        biller: OsmpBiller(one.url, now_ms=_CLOCK.utc_ms, prv_id=one.prv_id, has_status=one.has_status)
        for biller, one in connectors.items()
    }
    stop = threading.Event()
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, lambda *_: stop.set())
    centre = Centre(dsn, clock=_CLOCK, billers=billers)
    print(centre.start(wanted.port, wanted.host, wanted.certificate, wanted.key), flush=True)
    stop.wait()
    centre.stop()


def _nothing(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    """`migrate`: every command migrates first."""


def _create_branch(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    desks = tuple(range(1, wanted.desks + 1))
    branch = Branch(
        code=wanted.code,
        name=wanted.name,
        address=wanted.address,
        postcode=wanted.postcode,
        phone=wanted.phone,
        voen=wanted.voen,
        desks=desks,
        single_handed=wanted.single_handed,
    )
    branches.create_branch(conn, branch, _CLOCK.utc_ms(), zone=wanted.zone)
    for number in desks:
        print(branches.add_desk(conn, branch.code, number))


def _add_desk(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    print(branches.add_desk(conn, wanted.branch, wanted.number))


def _enrol(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    print(enrolment.enrolment_code(conn, wanted.desk, _CLOCK.utc_ms()))


def _add_staff(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    # Never on the command line, which every user of the machine can read.
    pin = (wanted.pin_file.read_text("utf-8") if wanted.pin_file else sys.stdin.readline()).strip()
    officer = Officer(
        officer=wanted.officer,
        name=wanted.name,
        role=wanted.role,
        pin_hash=branches.hashed_pin(pin),
        language=wanted.language,
    )
    branches.add_staff(conn, wanted.branch, officer, _CLOCK.utc_ms())


def _set_licence(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    licence = Licence(
        service=wanted.service,
        number=wanted.number,
        valid_from=wanted.valid_from,
        valid_to=wanted.valid_to,
    )
    branches.set_licence(conn, wanted.branch, licence, _CLOCK.utc_ms())


_DOCUMENTS: dict[str, type[Document]] = {
    "tariffs": Tariffs,
    "billers": Billers,
    "goods": Goods,
    "settings": Settings,
}


def _publisher(kind: type[Document]) -> Callable[..., None]:
    def publish(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
        document: Any = msgspec.json.decode(Path(wanted.file).read_bytes(), type=kind)
        print(reference.publish(conn, document, _CLOCK.utc_ms(), valid_from=wanted.valid_from))

    return publish


def _approve_tariffs(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    print(reference.approve_tariffs(conn, _CLOCK.utc_ms(), valid_from=wanted.valid_from))


def _give_codes(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    print(len(branches.give_codes(conn, wanted.desk, wanted.count, _CLOCK.utc_ms())))


def _give_range(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    first, last = branches.give_range(conn, wanted.desk, wanted.prefix, wanted.count, _CLOCK.utc_ms())
    print(f"{wanted.prefix}{first:08} {wanted.prefix}{last:08}")


def _exceptions(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    texts = Texts("en")
    rows = conn.execute(
        "select exception, desk, epoch, sequence, owner, reason, about from exceptions order by exception"
    )
    for number, desk, epoch, sequence, owner, reason, about in rows:
        says = texts.t(f"central.exception.{reason}")
        print(f"{number}\t{desk}/{epoch}/{sequence}\t{owner}\t{says}\t{about}")


def _counted(written: list[str]) -> dict[int, int]:
    """A count sheet from the command line.

    Raises:
        Refused: C-020 a part is no count of a denomination.
    """
    pieces: dict[int, int] = {}
    for part in written:
        value, _, number = part.partition("=")
        if not (value.isdecimal() and number.isdecimal()):
            raise Refused("C-020", denomination=part)
        pieces[int(value)] = pieces.get(int(value), 0) + int(number)
    return pieces


@contextmanager
def _book(dsn: str) -> Iterator[Book]:
    book = Book(dsn, _CLOCK)
    try:
        yield book
    finally:
        book.close()


def _dispatch_bag(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    with _book(dsn) as book:
        print(bags.dispatch(conn, book, wanted.desk, wanted.number, _counted(wanted.pieces), _CLOCK.utc_ms()))


def _take_in_bag(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    with _book(dsn) as book:
        pieces = _counted(wanted.pieces)
        print(bags.take_in(conn, book, wanted.number, pieces, _CLOCK.utc_ms(), wanted.discrepancy_act))


def _resolve_bag(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    people = (wanted.first_person, wanted.second_person)
    with _book(dsn) as book:
        missing = bags.resolve(
            conn, book, wanted.number, wanted.outcome, *people, wanted.reason, _CLOCK.utc_ms()
        )
        print(missing)


def _bags(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    _list(
        conn, "select number, direction, desk, sort, state, amount, counted, act from bags order by made_ms"
    )


def _made_good(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    _list(
        conn,
        "select desk, officer, approved_by, amount, cause, words, close from made_good order by at_ms",
    )


def _till_counts(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    _list(
        conn,
        "select desk, sort, holder, officer, counted, expected, difference from till_counts"
        " where difference <> 0 order by at_ms",
    )


def _list(conn: Connection, query: LiteralString) -> None:
    for row in conn.execute(query):
        print(*row, sep="\t")


def _declare_lost(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    book = Book(dsn, _CLOCK)
    try:
        people = (wanted.first_person, wanted.second_person)
        for transfer in lost.declare_lost(conn, book, wanted.desk, *people, wanted.reason, _CLOCK.utc_ms()):
            print(transfer)
    finally:
        book.close()


def _new_epoch(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    print(founding.new_epoch(conn, _CLOCK.utc_ms()))
