"""`azpost-desk central` · what desks ask and dispute: consents, disputes, proposals of corrections."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from azpost_desk.central import approvals, corrections, disputes
from azpost_desk.central.abroad import enquiring
from azpost_desk.domain.money import azn, parse_amount
from azpost_desk.domain.operations_disputes import ANSWERS, ENQUIRIES, ENQUIRY_ANSWERS, figure_of
from azpost_desk.domain.operations_recovery import CORRECTION_SORTS
from azpost_desk.domain.transfer_codes import read_case_number
from azpost_desk.programs.central_commands import CLOCK, Command, book_of, note, nothing
from azpost_desk.programs.central_people import proven, signs
from azpost_desk.protocol.news import CorrectionProposal
from azpost_desk.texts import Texts

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from azpost_desk.central.storage.database import Connection


def add(command: Command, commands: Any) -> None:
    """`approvals`, `disputes`, `propose` and `proposals`."""
    propose = command("propose", _propose, "propose a correction to a desk", "desk")
    propose.add_argument("sort", choices=CORRECTION_SORTS)
    propose.add_argument("amount_qapik", type=int)
    for name in ("holder", "reason"):
        propose.add_argument(name)
    propose.add_argument("--evidence", default="", help="where it can be looked up")
    command("proposals", _proposals, "list what was proposed and what the branches answered")
    _approvals_parser(command)
    _dispute_commands(commands)


def _approvals_parser(command: Command) -> None:
    """`approvals list | approve | refuse | answer`: the second person of branches with one."""
    acts = command("approvals", nothing, "second persons for branches with one").add_subparsers(
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
        signs(one, "approver", "your id at the centre")
        one.add_argument("--reason", required=name == "refuse", default="")
    phone = act("answer", _answer_telephone, "the response to a challenge that was read out by telephone")
    phone.add_argument("--desk", required=True)
    phone.add_argument("--challenge", required=True, help="ten digits")
    phone.add_argument("--subject", required=True, help="reversal, scan_void, …")
    phone.add_argument("--amount", required=True, help="as it was read out, e.g. 25.50; 0 when none moves")
    phone.add_argument("--asker", required=True, help="staff id of who asks")
    signs(phone, "approver", "your id at the centre")


def _list_approvals(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    texts = Texts("en")
    for one in approvals.waiting(conn):
        asked = texts.moment(one.asked_ms)
        amount = texts.money(azn(one.amount_qapik))
        print(f"{one.request}\t{asked}\t{one.desk}/{one.epoch}\t{one.subject}\t{amount}\t{one.asker}")


def _answer_approval(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    approver = proven(wanted, conn, "approver")
    with book_of(dsn) as book:
        approvals.answer(conn, book, wanted.request, approver, wanted.outcome, wanted.reason, CLOCK.utc_ms())


def _answer_telephone(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    amount = parse_amount(wanted.amount)
    approver = proven(wanted, conn, "approver")
    with book_of(dsn) as book:
        response = approvals.respond(
            conn, book, wanted.desk, wanted.challenge, wanted.subject, amount.minor, wanted.asker,
            approver, CLOCK.utc_ms(),
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
    one.add_argument("answer", choices=tuple(dict.fromkeys((*ANSWERS, *ENQUIRY_ANSWERS))))
    one.add_argument("--by", required=True, help="who answers")
    one.set_defaults(act=_answer_dispute)


def _list_disputes(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    texts = Texts("en")
    for one in disputes.listed(conn, every=wanted.all):
        figure = figure_of(one.value, one.unit)
        value = texts.number(figure) if isinstance(figure, int) else texts.money(figure)
        stands = ""
        if one.figure in ENQUIRIES:
            stands = f"\t{enquiring.about(conn, one.desk, one.figure, one.about)}"
        key = f"dispute.figure.{one.figure}"
        says = texts.t(key) if texts.has(key) else one.figure
        print(
            f"{one.desk}\t{one.dispute}\t{one.state}\t{one.due}\t{one.officer}\t{one.date}\t{says}\t{value}"
            f"\t{one.words}{stands}"
        )


def _answer_dispute(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    words = sys.stdin.read()
    dispute = read_case_number(wanted.dispute) or wanted.dispute
    enquiring.answer(conn, wanted.desk, dispute, wanted.answer, words, wanted.by, CLOCK.utc_ms())


def _propose(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    told = CorrectionProposal(
        proposal="",
        sort=wanted.sort,
        amount_qapik=wanted.amount_qapik,
        holder=wanted.holder,
        reason=wanted.reason,
        evidence=wanted.evidence,
        who=wanted.who,
        at_ms=CLOCK.utc_ms(),
    )
    with book_of(dsn) as book:
        print(corrections.propose(conn, book, wanted.desk, told))


def _proposals(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    rows = conn.execute(
        "select proposal, desk, sort, amount, holder, state, words from proposals order by made_ms, proposal"
    ).fetchall()
    note(wanted, conn, dsn, {row[1] for row in rows}, "records_read")
    for row in rows:
        print("\t".join(str(part) for part in row))
