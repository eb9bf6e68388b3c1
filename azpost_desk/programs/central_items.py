"""`azpost-desk central item | item-stop | item-lift | item-charges`: an item, orders for it, money on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from azpost_desk.central.mail import advance, charges, item_files, items, orders
from azpost_desk.domain.item_numbers import printed_item_number, read_item_number
from azpost_desk.domain.mail.advance import written
from azpost_desk.domain.refusals import Refused
from azpost_desk.programs.central_commands import CLOCK
from azpost_desk.programs.central_people import both, signs
from azpost_desk.texts.sentences import local

if TYPE_CHECKING:
    import argparse

    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.mail.history import Life
    from azpost_desk.programs.central_commands import Command

_HEAD = ("item", "event", "office", "desk", "at", "measure", "mark")


def add(command: Command) -> None:
    """What people look at of an item."""
    parser = command(
        "item", _item, "an item of mail: its state, who has it, every event and what it counts for"
    )
    parser.add_argument("number", metavar="NUMBER", help="EE000000014AZ")
    parser.add_argument("--json", action="store_true", help="one JSON object for each item under the number")
    stop = command("item-stop", _stop, "an item stays where it is; prints the order's id", "number", "kind")
    lift = command("item-lift", _lift, "a stop order stands no longer", "order")
    for one in (stop, lift):
        for name in ("--by", "--why"):
            one.add_argument(name, required=True)
    command(
        "item-declared", _declared, "what customs and operator get of an item: JSON as it stands", "number"
    )
    due = command("item-charges", _charges, "duty or cash on delivery to be passed on", "kind")
    due.add_argument("--json", action="store_true", help="one JSON array")
    passed = command("item-charges-settle", _settle, "charges were paid on, by two people; prints the sum")
    passed.add_argument("charges", nargs="+", metavar="CHARGE", help="ids as item-charges lists them")
    passed.add_argument("--reference", required=True, help="the payment's number")
    for name in ("first", "second"):
        signs(passed, name, "who acts")
    stop.add_argument("--to", default="", metavar="OFFICE", help="of a redirect: the office it is sent on to")


def _item(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    read = read_item_number(wanted.number)
    if read.number is None or not read.valid:
        raise Refused("I-007", field="item", reason=read.reason)
    lives = item_files.known(conn, read.number)
    if wanted.json:
        to = items.goes_to(conn, read.number)
        print(msgspec.json.encode([_object(read.number, life) | {"country": to} for life in lives]).decode())
        return
    for order, kind, since_ms, by, why, to in orders.standing(conn, read.number):
        at = local(since_ms).isoformat(timespec="seconds")
        print("stop", kind, order, at, by, why, *([to] if to else []), sep="\t")
    if to := items.goes_to(conn, read.number):
        print("to", to, sep="\t")
    for version in advance.versions(conn, read.number)[1:]:
        at = local(version.at_ms).isoformat(timespec="seconds")
        sound, when = (
            "sound" if version.sound else "unsound",
            "after it left" if version.has_left else "before",
        )
        print("declared", version.version, version.message, version.desk, at, sound, when, sep="\t")
    for life in lives:
        print(printed_item_number(read.number), life.generation, life.state or "-", life.custody or "-",
              life.office or "-", sep="\t")  # fmt: skip
    print(*_HEAD, sep="\t")
    for life in lives:
        for one in _object(read.number, life)["events"]:
            print(life.generation, *(one[name] or "-" for name in _HEAD[1:]), sep="\t")


def _declared(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    read = read_item_number(wanted.number)
    told = advance.declared(conn, read.number) if read.number is not None and read.valid else None
    if told is None:
        raise Refused("E-178", number=wanted.number)
    print(written(told).decode())


def _stop(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    now_ms = CLOCK.utc_ms()
    print(orders.stop(conn, wanted.number, wanted.kind, wanted.by, wanted.why, now_ms, to=wanted.to))


def _lift(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    orders.lift(conn, wanted.order, wanted.by, wanted.why, CLOCK.utc_ms())


def _charges(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    found = charges.waiting(conn, wanted.kind)
    if wanted.json:
        print(msgspec.json.encode([one._asdict() for one in found]).decode())
        return
    print(*charges.Open._fields, sep="\t")
    for one in found:
        print(*(value if value != "" else "-" for value in one), sep="\t")


def _settle(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    people = both(wanted, conn)
    print(charges.settle(conn, wanted.charges, people, wanted.reference, CLOCK.utc_ms()))


def _object(number: str, life: Life) -> dict[str, Any]:
    return {
        "item": number,
        "generation": life.generation,
        "state": life.state,
        "custody": life.custody,
        "office": life.office,
        "events": [
            {
                "event": step.event.code,
                "office": step.event.office,
                "desk": step.event.desk,
                "at": local(step.event.at_ms).isoformat(timespec="seconds"),
                "measure": step.event.measure,
                "mark": step.mark,
            }
            for step in life.steps
        ],
    }
