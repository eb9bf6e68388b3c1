"""Corrections are proposals: the centre says what and why, the branch answers by a record of its own."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from azpost_desk.central import acts
from azpost_desk.central.book import new_id
from azpost_desk.central.exceptions import list_exception
from azpost_desk.central.news import tell
from azpost_desk.domain import operations as ops
from azpost_desk.domain.moves import PROPOSAL, move
from azpost_desk.domain.operations_recovery import CORRECTION_SORTS
from azpost_desk.domain.people import Words
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.typed import is_said

if TYPE_CHECKING:
    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.book import Book
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.protocol.news import CorrectionProposal


def propose(conn: Connection, book: Book, desk: str, told: CorrectionProposal) -> str:
    """Propose a correction to a desk; gives its id (`told.proposal` is made here).

    Raises:
        Refused: X-043 no such enrolled desk, X-045 without a reason, X-090 sort, amount or holder.
    """
    if told.sort not in CORRECTION_SORTS or told.amount_qapik <= 0 or not told.holder:
        raise Refused("X-090")
    if not is_said(told.reason) or not told.who:
        raise Refused("X-045")
    now_ms = told.at_ms
    told = msgspec.structs.replace(told, proposal=new_id(now_ms))
    with conn.transaction():
        known = conn.execute("select from desks where desk = %s and epoch > 0", (desk,)).fetchone()
        if known is None:
            raise Refused("X-043", desk=desk)
        proposed = ops.CorrectionProposed(
            proposal=told.proposal,
            desk=desk,
            sort=told.sort,
            amount_qapik=told.amount_qapik,
            holder=told.holder,
            digest=hashlib.sha256(msgspec.json.encode(told)).hexdigest(),
        )
        book.append(conn, proposed)
        conn.execute(
            "insert into proposals (proposal, desk, sort, amount, holder, reason, evidence, who, made_ms)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (
                told.proposal,
                desk,
                told.sort,
                told.amount_qapik,
                told.holder,
                told.reason,
                told.evidence,
                told.who,
                now_ms,
            ),
        )
        tell(conn, told, [desk], now_ms)
        acts.note(conn, book, [desk], "correction_proposed", told.who, told.reason, now_ms, told.proposal)
    return told.proposal


def answered(
    conn: Connection,
    written: AcceptedRecord,
    body: ops.CorrectionAccepted | ops.CorrectionDeclined,
    now_ms: int,
) -> None:
    """The branch answered a proposal."""
    if isinstance(body, ops.CorrectionAccepted):
        _accepted(conn, written, body, now_ms)
    else:
        _declined(conn, written, body, now_ms)


def _accepted(conn: Connection, written: AcceptedRecord, body: ops.CorrectionAccepted, now_ms: int) -> None:
    """The branch took a proposal up: exactly as it was proposed, or it is a case for finance."""
    same = conn.execute(
        "select from proposals where proposal = %s and sort = %s and amount = %s and holder = %s",
        (body.proposal, body.sort, body.amount_qapik, body.holder),
    ).fetchone()
    if same is None or not _answer(conn, written, body.proposal, "accepted", ""):
        _strange(conn, written, body.proposal, now_ms)


def _declined(conn: Connection, written: AcceptedRecord, body: ops.CorrectionDeclined, now_ms: int) -> None:
    """The branch says no, or that it is disputed; its words are shown with the proposal."""
    try:
        content = written.attachments.get(f"{written.header.operation}:words", b"")
        words = msgspec.json.decode(content, type=Words).words
    except (msgspec.DecodeError, UnicodeDecodeError):
        words = ""
    answer = "disputed" if body.answer == "disputed" else "declined"
    if not _answer(conn, written, body.proposal, answer, words):
        _strange(conn, written, body.proposal, now_ms)


def _answer(conn: Connection, written: AcceptedRecord, proposal: str, event: str, words: str) -> bool:
    changed = conn.execute(
        "update proposals set state = %s, words = %s, epoch = %s, sequence = %s, answered_ms = %s"
        " where proposal = %s and desk = %s and state = 'open' returning proposal",
        (
            move(PROPOSAL, "open", event),
            words,
            written.epoch,
            written.sequence,
            written.received_ms,
            proposal,
            written.desk,
        ),
    ).fetchone()
    return changed is not None


def _strange(conn: Connection, written: AcceptedRecord, proposal: str, now_ms: int) -> None:
    place = (written.desk, written.epoch, written.sequence)
    list_exception(conn, *place, "strange_correction", now_ms, proposal)
