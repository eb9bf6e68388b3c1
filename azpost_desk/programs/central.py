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
from typing import TYPE_CHECKING, Any, LiteralString

import msgspec

from azpost_desk.central import acts, approvals, bags, corrections, disputes, erasure
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
    Retention,
    Settings,
    Signing,
    Tariffs,
)
from azpost_desk.domain.money import azn, parse_amount
from azpost_desk.domain.operations_disputes import ANSWERS
from azpost_desk.domain.operations_recovery import CORRECTION_SORTS
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Role
from azpost_desk.domain.transfer_codes import read_case_number
from azpost_desk.protocol.news import CorrectionProposal
from azpost_desk.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

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
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
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
    parser.add_argument("--who", default=getpass.getuser(), help="who acts; the desks concerned are told")
    parser.add_argument("--why", default="", help="why; the desks concerned are told")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, act: Callable[..., None], says: str, *names: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=says, description=says)
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
    erasing = command("erasure", _erasure, "erase by rule what is due, or list who has not followed")
    erasing.add_argument("what", choices=("list", "run"))
    command("exceptions", _exceptions, "list the records that wait for a person")
    _proposal_commands(command)
    _approvals_parser(command)
    _dispute_commands(commands)
    _cash_commands(command)
    lost_desk = ("desk", "first_person", "second_person", "reason")
    command("declare-lost", _declare_lost, "a desk will not come back; two people say so", *lost_desk)
    command("new-epoch", _new_epoch, "after a restore of this database: begin a new epoch of the centre")
    return parser


def _approvals_parser(command: Callable[..., argparse.ArgumentParser]) -> None:
    """`approvals list | approve | refuse | answer`: the second person of branches with one."""
    acts = command("approvals", _nothing, "second persons for branches with one").add_subparsers(
        required=True, metavar="ACT"
    )

    def act(name: str, does: Callable[..., None], says: str, *names: str) -> argparse.ArgumentParser:
        one = acts.add_parser(name, help=says, description=says)
        one.set_defaults(act=does)
        for argument in names:
            one.add_argument(argument)
        return one

    act("list", _list_approvals, "questions that wait for an answer, oldest first")
    for name in ("approve", "refuse"):
        one = act(name, _answer_approval, f"{name} a question on the list", "request")
        one.set_defaults(outcome="given" if name == "approve" else "refused")
        one.add_argument("--approver", required=True, help="your id at the centre")
        one.add_argument("--reason", required=name == "refuse", default="")
    phone = act("answer", _answer_telephone, "the response to a challenge that was read out by telephone")
    phone.add_argument("--desk", required=True)
    phone.add_argument("--challenge", required=True, help="ten digits")
    phone.add_argument("--subject", required=True, help="reversal, scan_void, …")
    phone.add_argument("--amount", required=True, help="as it was read out, e.g. 25.50; 0 when none moves")
    phone.add_argument("--asker", required=True, help="staff id of who asks")
    phone.add_argument("--approver", required=True, help="your id at the centre")


def _list_approvals(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    texts = Texts("en")
    for one in approvals.waiting(conn):
        asked = texts.moment(one.asked_ms)
        amount = texts.money(azn(one.amount_qapik))
        print(f"{one.request}\t{asked}\t{one.desk}/{one.epoch}\t{one.subject}\t{amount}\t{one.asker}")


def _answer_approval(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    with _book(dsn) as book:
        approvals.answer(
            conn, book, wanted.request, wanted.approver, wanted.outcome, wanted.reason, _CLOCK.utc_ms()
        )


def _answer_telephone(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    amount = parse_amount(wanted.amount)
    with _book(dsn) as book:
        response = approvals.respond(
            conn, book, wanted.desk, wanted.challenge, wanted.subject, amount.minor, wanted.asker,
            wanted.approver, _CLOCK.utc_ms(),
        )  # fmt: skip
    print(f"{response[:4]} {response[4:]}")


def _dispute_commands(acts: Any) -> None:
    """`disputes list [--all]` and `disputes answer DESK NUMBER ANSWER --by WHO`; the words come on stdin."""
    parser = acts.add_parser("disputes", help="figures that desks dispute: list them, answer them")
    under = parser.add_subparsers(required=True, metavar="ACT")
    one = under.add_parser("list", help="what waits, the one due first on top")
    one.add_argument("--all", action="store_true", help="closed ones too")
    one.set_defaults(act=_list_disputes)
    one = under.add_parser("answer", help="answer one; the words are read from standard input")
    one.add_argument("desk")
    one.add_argument("dispute")
    one.add_argument("answer", choices=ANSWERS)
    one.add_argument("--by", required=True, help="who answers")
    one.set_defaults(act=_answer_dispute)


def _list_disputes(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    texts = Texts("en")
    for one in disputes.listed(conn, every=wanted.all):
        value = texts.money(azn(one.value)) if one.unit == "qapik" else texts.number(one.value)
        key = f"dispute.figure.{one.figure}"
        says = texts.t(key) if texts.has(key) else one.figure
        print(
            f"{one.desk}\t{one.dispute}\t{one.state}\t{one.due}\t{one.officer}\t{one.date}\t{says}\t{value}"
            f"\t{one.words}"
        )


def _answer_dispute(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    words = sys.stdin.read()
    dispute = read_case_number(wanted.dispute) or wanted.dispute
    disputes.answer(conn, wanted.desk, dispute, wanted.answer, words, wanted.by, _CLOCK.utc_ms())


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
    code = enrolment.enrolment_code(conn, wanted.desk, _CLOCK.utc_ms())
    _note(wanted, conn, dsn, [wanted.desk], "enrolment_code")
    print(code)


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
    _note(wanted, conn, dsn, acts.desks_of(conn, wanted.branch), "staff_changed", wanted.officer)


def _set_licence(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    licence = Licence(
        service=wanted.service,
        number=wanted.number,
        valid_from=wanted.valid_from,
        valid_to=wanted.valid_to,
    )
    branches.set_licence(conn, wanted.branch, licence, _CLOCK.utc_ms())
    _note(wanted, conn, dsn, acts.desks_of(conn, wanted.branch), "licence_changed", wanted.service)


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
        document: Any = msgspec.json.decode(Path(wanted.file).read_bytes(), type=kind)
        print(reference.publish(conn, document, _CLOCK.utc_ms(), valid_from=wanted.valid_from))

    return publish


def _approve_tariffs(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    print(reference.approve_tariffs(conn, _CLOCK.utc_ms(), valid_from=wanted.valid_from))


def _give_codes(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    given = branches.give_codes(conn, wanted.desk, wanted.count, _CLOCK.utc_ms())
    _note(wanted, conn, dsn, [wanted.desk], "codes_given", str(len(given)))
    print(len(given))


def _give_range(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    first, last = branches.give_range(conn, wanted.desk, wanted.prefix, wanted.count, _CLOCK.utc_ms())
    _note(wanted, conn, dsn, [wanted.desk], "codes_given", f"{wanted.prefix}{first:08}")
    print(f"{wanted.prefix}{first:08} {wanted.prefix}{last:08}")


def _erasure(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    if wanted.what == "run":
        book = Book(dsn, _CLOCK)
        try:
            print(erasure.run(conn, book, _CLOCK.utc_ms()))
        finally:
            book.close()
        return
    for one in erasure.unconfirmed(conn):
        print(f"{one.desk}\t{one.count}\t{Texts('en').moment(one.since_ms)}")


def _exceptions(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    texts = Texts("en")
    rows = conn.execute(
        "select exception, desk, epoch, sequence, owner, reason, about from exceptions order by exception"
    )
    listed = rows.fetchall()
    # Whoever reads the list reads records of these desks: they are told.
    _note(wanted, conn, dsn, {row[1] for row in listed}, "records_read")
    for number, desk, epoch, sequence, owner, reason, about in listed:
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
        branch = wanted.desk.rpartition("-")[0]
        who, now_ms = " + ".join(people), _CLOCK.utc_ms()
        concerned = acts.desks_of(conn, branch)
        acts.note(conn, book, concerned, "declared_lost", who, wanted.reason, now_ms, wanted.desk)
    finally:
        book.close()


def _proposal_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    propose = command("propose", _propose, "propose a correction to a desk", "desk")
    propose.add_argument("sort", choices=CORRECTION_SORTS)
    propose.add_argument("amount_qapik", type=int)
    for name in ("holder", "reason"):
        propose.add_argument(name)
    propose.add_argument("--evidence", default="", help="where it can be looked up")
    command("proposals", _proposals, "list what was proposed and what the branches answered")


def _propose(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    told = CorrectionProposal(
        proposal="",
        sort=wanted.sort,
        amount_qapik=wanted.amount_qapik,
        holder=wanted.holder,
        reason=wanted.reason,
        evidence=wanted.evidence,
        who=wanted.who,
        at_ms=_CLOCK.utc_ms(),
    )
    with _book(dsn) as book:
        print(corrections.propose(conn, book, wanted.desk, told))


def _proposals(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    rows = conn.execute(
        "select proposal, desk, sort, amount, holder, state, words from proposals order by made_ms, proposal"
    ).fetchall()
    _note(wanted, conn, dsn, {row[1] for row in rows}, "records_read")
    for row in rows:
        print("\t".join(str(part) for part in row))


def _note(
    wanted: argparse.Namespace, conn: Connection, dsn: str, desks: Iterable[str], act: str, about: str = ""
) -> None:
    """The desks concerned are told who did or read what, when and why."""
    with _book(dsn) as book, conn.transaction():
        acts.note(conn, book, desks, act, wanted.who, wanted.why, _CLOCK.utc_ms(), about)


def _new_epoch(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    print(founding.new_epoch(conn, _CLOCK.utc_ms()))
