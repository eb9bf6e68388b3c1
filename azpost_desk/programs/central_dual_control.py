"""`azpost-desk central` · acts of two people, by name, with evidence: lost desks, keys, contested records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azpost_desk.central import contested, doubts, held, screening
from azpost_desk.central.abroad import granting, paying, refunding
from azpost_desk.central.registry import lost
from azpost_desk.domain import delivery_moves
from azpost_desk.domain.products.abroad import PAYOUT, REFUND
from azpost_desk.programs.central_commands import CLOCK, book_of
from azpost_desk.programs.central_people import both, proven, signs
from azpost_desk.texts import Texts

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from azpost_desk.central.storage.database import Connection


def add(commands: Any) -> None:
    """What two people do, each by name and with evidence; the acts stand in the centre's book."""

    def group(name: str, says: str) -> Callable[..., argparse.ArgumentParser]:
        inner = commands.add_parser(name, help=says, description=says).add_subparsers(
            required=True, metavar="ACT"
        )

        def command(
            act_name: str, act: Callable[..., None], what: str, *names: str
        ) -> argparse.ArgumentParser:
            one: argparse.ArgumentParser = inner.add_parser(act_name, help=what, description=what)
            one.set_defaults(act=act)
            for argument in names:
                if argument in ("--first", "--second"):
                    signs(one, argument[2:], "who acts")
                else:
                    options: dict[str, Any] = {"required": True} if argument.startswith("--") else {}
                    one.add_argument(argument, **options)
            return one

        return command

    lost_desk = group("lost", "a desk that will not come back, and what it held")
    says = "one person says with evidence that a desk will not come back"
    lost_desk("declare", _lost_declare, says, "desk", "--first", "--reason", "--evidence")
    lost_desk("confirm", _lost_confirm, "another confirms it after the wait", "desk", "--second")
    lost_desk("list", _lost_list, "the grants that are in doubt")
    resolve = lost_desk("resolve", _lost_resolve, "what became of a grant in doubt", "grant")
    resolve.add_argument("outcome", choices=(doubts.PAID, doubts.NOT_PAID))
    for name in ("first", "second"):
        signs(resolve, name, "who acts")
    resolve.add_argument("--evidence", required=True)
    two = ("--first", "--second", "--evidence")
    waits = group("held", "transfers and bills that were held, rejected or closed, decided one by one")
    waits("list", _held_list, "what waits for a decision")
    for name, decision, says in (
        ("release", held.LET_GO, "it may be paid out, or delivered"),
        ("reject", held.REJECTED, "it is frozen, and its money too; a bill goes back to its customer"),
        ("refund", held.LET_BACK, "only its sender can have the money"),
        ("absent", delivery_moves.ABSENT, "its biller does not have it: the customer is owed it"),
        ("delivered", delivery_moves.DELIVERED, "its biller has it"),
        ("agreed", delivery_moves.AGREED, "the authority gives a paid notice's money back"),
        ("declined", delivery_moves.DECLINED, "the authority keeps a paid notice's money"),
        ("given-back", delivery_moves.GIVEN_BACK, "the biller gave back what it held beyond"),
        ("borne", delivery_moves.BORNE, "the biller never will: the post has lost it"),
    ):
        waits(name, _held_decide, says, "transfer", *two).set_defaults(decision=decision)
    place = ("desk", "epoch", "sequence", "hash")
    says = "a key is worth nothing after this record (its hash, or ten digits of it as on a receipt)"
    group("key", "the keys of desks")("revoke", _key_revoke, says, *place, *two, "--reason")
    judged = group("contested", "records of a fork or under a revoked key, judged one by one")
    judged("list", _contested_list, "what waits for judgement")
    judged("confirm", _contested_judge, "it happened: it counts", *place, *two).set_defaults(
        decision=contested.CONFIRMED
    )
    judged("reject", _contested_judge, "it did not: what counted is taken back", *place, *two).set_defaults(
        decision=contested.REJECTED
    )


def _held_list(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    texts = Texts("en")
    for one in held.waiting(conn):
        why = "; ".join(texts.t(f"central.exception.{reason}") for reason in one.reasons)
        sent = texts.moment(one.sent_ms)
        print(f"{one.transfer}\t{one.state}\t{one.amount_qapik}\t{one.desk}\t{sent}\t{why}")
        for hit in screening.suspicions(conn, one.transfer):
            print(f"\t{hit.party}\t{hit.source} {hit.id}\tversion {hit.version}\t{hit.score}\t{hit.name}")


def _held_decide(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    people = both(wanted, conn)
    with book_of(dsn) as book:
        decided = held.decide(
            conn, book, wanted.transfer, wanted.decision, people, wanted.evidence, CLOCK.utc_ms()
        )
    print(decided)


def _lost_declare(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    now_ms = CLOCK.utc_ms()
    first = proven(wanted, conn, "first")
    from_ms = lost.declare(conn, wanted.desk, first, wanted.reason, wanted.evidence, now_ms)
    print(Texts("en").moment(from_ms))


def _lost_confirm(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    second = proven(wanted, conn, "second")
    with book_of(dsn) as book:
        for transfer in lost.confirm(conn, book, wanted.desk, second, CLOCK.utc_ms()):
            print(transfer)


def _lost_list(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    for one in lost.doubted(conn):
        print(f"{one.grant}\t{one.desk}\t{one.purpose}\t{one.amount_qapik}\t{one.thing}")


def _lost_resolve(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    people = both(wanted, conn)
    with book_of(dsn) as book:
        acts = {REFUND: refunding.resolved, PAYOUT: paying.resolved}
        act = acts.get(granting.purpose_of(conn, wanted.grant), doubts.resolve)
        print(act(conn, book, wanted.grant, wanted.outcome, people, wanted.evidence, CLOCK.utc_ms()))


def _key_revoke(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    place = wanted.desk, int(wanted.epoch), int(wanted.sequence)
    people = both(wanted, conn)
    why = wanted.reason, wanted.evidence
    with book_of(dsn) as book:
        print(contested.revoke(conn, book, place, wanted.hash, people, *why, CLOCK.utc_ms()))


def _contested_list(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    for one in contested.waiting(conn):
        place = f"{one.desk} {one.epoch} {one.sequence} {one.hash[:10]}"
        print(f"{place}\t{one.why}\t{'counted' if one.posted else 'not counted'}\t{one.kind}")


def _contested_judge(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    place = wanted.desk, int(wanted.epoch), int(wanted.sequence)
    people = both(wanted, conn)
    with book_of(dsn) as book:
        contested.decide(
            conn, book, place, wanted.hash, wanted.decision, people, wanted.evidence, CLOCK.utc_ms()
        )
