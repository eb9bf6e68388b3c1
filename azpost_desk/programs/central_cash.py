"""`azpost-desk central` · cash between branches and the cash centre, and what counts came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.central import bags
from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.refusals import Refused
from azpost_desk.programs.central_commands import CLOCK, Command, book_of, listing

if TYPE_CHECKING:
    import argparse

    from azpost_desk.central.storage.database import Connection


def add(command: Command) -> None:
    """Bags, shortages made good, counts that differed."""
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


def _counted(written: list[str]) -> dict[int, int]:
    """A count sheet from the command line.

    Raises:
        Refused: C-020 a part is no count of a denomination.
    """
    pieces: dict[int, int] = {}
    for part in written:
        value, _, number = part.partition("=")
        if not (is_digits(value) and is_digits(number)):
            raise Refused("C-020", denomination=part)
        pieces[int(value)] = pieces.get(int(value), 0) + int(number)
    return pieces


def _dispatch_bag(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    with book_of(dsn) as book:
        print(bags.dispatch(conn, book, wanted.desk, wanted.number, _counted(wanted.pieces), CLOCK.utc_ms()))


def _take_in_bag(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    with book_of(dsn) as book:
        pieces = _counted(wanted.pieces)
        print(bags.take_in(conn, book, wanted.number, pieces, CLOCK.utc_ms(), wanted.discrepancy_act))


def _resolve_bag(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    people = (wanted.first_person, wanted.second_person)
    with book_of(dsn) as book:
        missing = bags.resolve(
            conn, book, wanted.number, wanted.outcome, *people, wanted.reason, CLOCK.utc_ms()
        )
        print(missing)


def _bags(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    listing(
        conn, "select number, direction, desk, sort, state, amount, counted, act from bags order by made_ms"
    )


def _made_good(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    listing(
        conn,
        "select desk, officer, approved_by, amount, cause, words, close from made_good order by at_ms",
    )


def _till_counts(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    listing(
        conn,
        "select desk, sort, holder, officer, counted, expected, difference from till_counts"
        " where difference <> 0 order by at_ms",
    )
