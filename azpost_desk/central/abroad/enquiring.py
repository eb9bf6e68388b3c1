"""Enquiries of customers about money abroad: a task with a term, one question to the partner, one answer.

In: disputes of the kinds `operations_disputes.ABROAD_ENQUIRIES`, as desks record them, and what a partner
says of the transfer afterwards. Out: a task with an owner until it is answered; the partner is asked once
more where its rail can be asked; its word answers, in words for the customer (never "paid" on a settlement,
MA-9). Of a listed person's money nothing is explained (M0-12): a person answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central import disputes
from azpost_desk.central.abroad import arriving, moving
from azpost_desk.central.exceptions import end_task, list_task
from azpost_desk.domain.operations_disputes import ABROAD_ENQUIRIES, ENQUIRY_COMING, ENQUIRY_SENT
from azpost_desk.protocol.messages import TransferClaim

if TYPE_CHECKING:
    from azpost_desk.central.abroad.arriving import In
    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain import operations as ops

TASK: Final = "abroad_enquiry"
# What a partner can still be asked about.
_ASKABLE: Final = ("sent", "unknown", "accepted", "settled")
# How a transfer stands, as an answer to who asks; the rest needs a person.
_ANSWERS: Final = {
    "sent": "under_way",
    "unknown": "under_way",
    "accepted": "under_way",
    "settled": "under_way",
    "paid": "received",
    "owed": "comes_back",
    "refunding": "comes_back",
    "refunded": "comes_back",
}


def raised(conn: Connection, written: AcceptedRecord, body: ops.DisputeRaised, now_ms: int) -> None:
    """A desk disputes a figure, or asks for a customer: then it is a task, and the partner is asked."""
    disputes.raised(conn, written, body)
    if body.figure not in ABROAD_ENQUIRIES:
        return
    place = (written.desk, written.epoch, written.sequence)
    list_task(conn, place, TASK, body.dispute, body.due, now_ms)
    if body.figure == ENQUIRY_SENT:
        _ask_partner(conn, body.about, now_ms)


def escalated(conn: Connection, written: AcceptedRecord, body: ops.DisputeEscalated) -> None:
    """Taken further: the task stands again, until the new day, and the partner is asked once more."""
    disputes.escalated(conn, written, body)
    row = conn.execute(
        "select figure, about from disputes where desk = %s and dispute = %s", (written.desk, body.dispute)
    ).fetchone()
    if row is None or row[0] not in ABROAD_ENQUIRIES:
        return
    now_ms = written.header.recorded_ms
    list_task(conn, (written.desk, written.epoch, written.sequence), TASK, body.dispute, body.due, now_ms)
    if row[0] == ENQUIRY_SENT:
        _ask_partner(conn, row[1], now_ms)


def closed(conn: Connection, written: AcceptedRecord, body: ops.DisputeClosed) -> None:
    """Who raised it ended it: nobody has to answer."""
    disputes.closed(conn, written, body)
    end_task(conn, written.desk, TASK, body.dispute, written.header.recorded_ms)


def answer(conn: Connection, desk: str, dispute: str, judged: str, words: str, by: str, now_ms: int) -> None:
    """A person answers a dispute or an enquiry, and its task is done; what more must be known waits on.

    Raises:
        Refused: as `disputes.answer`.
    """
    disputes.answer(conn, desk, dispute, judged, words, by, now_ms)
    if judged != "more":
        end_task(conn, desk, TASK, dispute, now_ms)


def heard(conn: Connection, transfer: str, now_ms: int) -> None:
    """The partner has spoken of a transfer: whoever asks where it is has their answer."""
    waiting = conn.execute(
        "select desk, dispute from disputes where figure = %s and about = %s"
        " and state in ('open', 'escalated') order by dispute",
        (ENQUIRY_SENT, transfer),
    ).fetchall()
    found = moving.lock(conn, transfer) if waiting else None
    judged = _ANSWERS.get(found.state) if found is not None and not found.listed else None
    if found is None or judged is None:
        return
    for desk, dispute in waiting:
        disputes.tell_answer(conn, desk, dispute, judged, "", found.partner, now_ms)
        end_task(conn, desk, TASK, dispute, now_ms)


def coming(conn: Connection, desk: str, request: str) -> In | None:
    """What a receiver came for, by the request that was refused; None when nothing here has that number."""
    row = conn.execute(
        "select content from attachments where desk = %s and slot = %s", (desk, f"{request}:question")
    ).fetchone()
    try:
        question = msgspec.json.decode(row[0], type=TransferClaim) if row else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        question = None
    return arriving.lock_asked(conn, question.way, question.code) if question else None


def about(conn: Connection, desk: str, figure: str, thing: str) -> str:
    """How the money of an enquiry stands, for whoever answers: state and partner, "" where none is known."""
    found = coming(conn, desk, thing) if figure == ENQUIRY_COMING else moving.lock(conn, thing)
    return f"{found.state} {found.partner}" if found is not None else ""


def _ask_partner(conn: Connection, transfer: str, now_ms: int) -> None:
    """Once; what it says is applied as everything it says, and answers (`heard`)."""
    conn.execute(
        "update abroad_out set next_ms = %s where transfer = %s and state = any(%s)"
        " and (next_ms is null or next_ms > %s)",
        (now_ms, transfer, list(_ASKABLE), now_ms),
    )
