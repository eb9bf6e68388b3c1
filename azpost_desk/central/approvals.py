"""The second person of a branch with one person: questions on line, responses by telephone, and their proof.

A response is made anew whenever it is asked for, from what was read out, which is kept. A desk could make its
own responses: what proves a consent by telephone is that somebody here answered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.central import keys
from azpost_desk.central.approval_secrets import secret
from azpost_desk.central.exceptions import list_exception
from azpost_desk.central.registry import reference
from azpost_desk.central.storage.database import one
from azpost_desk.domain import operations as ops
from azpost_desk.domain.approvals import is_from_centre, may_ask_centre
from azpost_desk.domain.catalogue import Branch, Staff
from azpost_desk.domain.moves import APPROVAL, move
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol import approvals as protocol
from azpost_desk.protocol.messages import Signed

if TYPE_CHECKING:
    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.book import Book
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.protocol.approvals import ApprovalAsk, ApprovalTold, Way

NOT_ALLOWED: Final = "S-060"
OTHER_QUESTION: Final = "S-067"
_SUBJECT: Final = re.compile(r"[a-z_]{1,40}")
_NAME_CHARS_MAX: Final = 64


@dataclass(frozen=True, slots=True)
class Question:
    """A question that waits for somebody at the centre."""

    desk: str
    epoch: int
    request: str
    operation: str
    subject: str
    amount_qapik: int
    asker: str
    attempt: int
    asked_ms: int


# --- on line -----------------------------------------------------------------------------------------------


def ask(
    conn: Connection, desk: str, epoch: int, branch: str, question: ApprovalAsk, now_ms: int
) -> ApprovalTold:
    """Put a question on the list, or say what became of it; the same request is the same question."""
    if not _is_askable(question):
        return protocol.ApprovalTold(code=OTHER_QUESTION)
    if not _is_allowed(conn, branch, question.asker):
        return protocol.ApprovalTold(code=NOT_ALLOWED)
    said = (
        question.operation, question.subject, question.amount_qapik, question.asker, question.attempt,
    )  # fmt: skip
    conn.execute(
        "insert into approvals"
        " (desk, epoch, request, operation, subject, amount, asker, attempt, way, asked_ms)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
        (desk, epoch, question.request, *said, protocol.ONLINE, now_ms),
    )
    row = one(
        conn,
        "select operation, subject, amount, asker, attempt, words, signature from approvals"
        " where desk = %s and epoch = %s and request = %s",
        (desk, epoch, question.request),
    )
    if row[:5] != said:
        return protocol.ApprovalTold(code=OTHER_QUESTION)
    answered = row[5] is not None
    return protocol.ApprovalTold(answer=Signed(words=row[5], signature=row[6]) if answered else None)


def _is_askable(question: ApprovalAsk) -> bool:
    named = (question.request, question.operation, question.asker)
    return (
        all(0 < len(name) <= _NAME_CHARS_MAX and name.isprintable() for name in named)
        and _SUBJECT.fullmatch(question.subject) is not None
        and 0 <= question.amount_qapik < 2**62
        and 0 < question.attempt < 2**31
    )


def waiting(conn: Connection) -> list[Question]:
    """Questions on line that nobody has answered, oldest first."""
    rows = conn.execute(
        "select desk, epoch, request, operation, subject, amount, asker, attempt, asked_ms from approvals"
        " where state = 'waiting' and way = %s order by asked_ms, request",
        (protocol.ONLINE,),
    )
    return [Question(*row) for row in rows]


def answer(
    conn: Connection, book: Book, request: str, said: str, outcome: str, reason: str, now_ms: int
) -> Question:
    """Answer a question (`outcome` given or refused); signed, and recorded in the centre's own book.

    Raises:
        Refused: X-060 no such question waits, X-061 `said` is no id of a person at the centre, X-064 this
            branch has a second person.
    """
    approver = _approver(said)
    with conn.transaction():
        row = conn.execute(
            "select desk, epoch, request, operation, subject, amount, asker, attempt, asked_ms from approvals"
            " where request = %s and state = 'waiting' and way = %s for update",
            (request, protocol.ONLINE),
        ).fetchone()
        if row is None:
            raise Refused("X-060", request=request)
        question = Question(*row)
        branch = one(conn, "select branch from desks where desk = %s", (question.desk,))[0]
        # A desk's own record puts a question on the list too, whatever its branch may.
        if outcome == "given" and not _is_allowed(conn, branch, question.asker):
            raise Refused("X-064", desk=question.desk)
        words = protocol.answer_words(
            protocol.CentreAnswer(
                format="approval.answer@1",
                centre_epoch=one(conn, "select epoch from centre")[0],
                asked=_asked(question),
                approver=approver,
                outcome="given" if outcome == "given" else "refused",
                reason=reason,
                time_ms=now_ms,
            )
        )
        signature = keys.load(conn, now_ms).grants.sign(words)
        after = move(APPROVAL, "waiting", outcome)
        conn.execute(
            "update approvals set state = %s, approver = %s, reason = %s, words = %s, signature = %s,"
            " answered_ms = %s where desk = %s and epoch = %s and request = %s",
            (after, approver, reason, words, signature, now_ms, question.desk, question.epoch, request),
        )
        _record(conn, book, question, "", approver, protocol.ONLINE, outcome, reason)
    return question


# --- by telephone ------------------------------------------------------------------------------------------


def respond(
    conn: Connection,
    book: Book,
    desk: str,
    challenge: str,
    subject: str,
    amount_qapik: int,
    asker: str,
    said: str,
    now_ms: int,
) -> str:
    """The response to a challenge, for what was read out; asked for again it is the same.

    Raises:
        Refused: X-043 no such enrolled desk, X-061 no person's id, X-062 the challenge is mistyped,
            X-063 it was answered already for something else, X-064 this branch has a second person.
    """
    approver = _approver(said)
    digits = protocol.read_digits(challenge, protocol.CHALLENGE_DIGITS)
    if digits is None:
        raise Refused("X-062")
    with conn.transaction():
        row = conn.execute(
            "select epoch, branch from desks where desk = %s and epoch > 0", (desk,)
        ).fetchone()
        if row is None:
            raise Refused("X-043", desk=desk)
        epoch, branch = row
        if not _is_allowed(conn, branch, asker):
            raise Refused("X-064", desk=desk)
        read_out = (subject, amount_qapik, asker, approver)
        new = conn.execute(
            "insert into telephone_answers values (%s, %s, %s, %s, %s, %s, %s, %s)"
            " on conflict do nothing returning challenge",
            (desk, epoch, digits, *read_out, now_ms),
        ).fetchone()
        known = one(
            conn,
            "select subject, amount, asker, approver from telephone_answers"
            " where desk = %s and epoch = %s and challenge = %s",
            (desk, epoch, digits),
        )
        if known != read_out:
            raise Refused("X-063", challenge=digits)
        if new:
            question = Question(desk, epoch, "", "", subject, amount_qapik, asker, 0, now_ms)
            _record(conn, book, question, digits, approver, protocol.TELEPHONE, "given", "")
        words = protocol.response_words(desk, epoch, digits, *read_out)
        return protocol.response_of(protocol.mac(secret(conn, desk, epoch, now_ms), words))


# --- proof, as the desk's records come ----------------------------------------------------------------------


def asked(conn: Connection, written: AcceptedRecord, body: ops.ApprovalAsked) -> None:
    """A desk's record of its question; one on line is here already, or comes by its request."""
    conn.execute(
        "insert into approvals (desk, epoch, request, operation, subject, amount, asker, attempt, way,"
        " challenge, asked_ms) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
        (
            written.desk, written.epoch, written.header.operation, body.operation, body.subject,
            body.amount_qapik, body.asker, body.attempt, body.way, body.challenge, written.header.recorded_ms,
        ),
    )  # fmt: skip


def given(conn: Connection, written: AcceptedRecord, body: ops.ApprovalGiven, now_ms: int) -> None:
    """A consent that a desk says it has from here: proved by what was answered, or an exception."""
    row = conn.execute(
        "select operation, subject, amount, asker, attempt, way, challenge, state, approver, words"
        " from approvals where desk = %s and epoch = %s and request = %s for update",
        (written.desk, written.epoch, body.request),
    ).fetchone()
    proved = False
    if row is not None and row[0] == body.operation and row[5] == body.way:
        if body.way == protocol.ONLINE:
            answered = row[7] in ("given", "proved") and row[8] == body.approver
            proved = answered and row[9] is not None and bytes(row[9]).hex() == body.evidence
        else:
            question = Question(
                written.desk, written.epoch, body.request, row[0], row[1], row[2], row[3], row[4], 0
            )
            proved = row[6] == protocol.challenge_of(_asked(question)) and _was_answered(
                conn, question, row[6], body
            )
    if row is None or not proved:
        _except(conn, written, body.operation, now_ms)
        return
    conn.execute(
        "update approvals set state = %s, approver = %s where desk = %s and epoch = %s and request = %s",
        (move(APPROVAL, row[7], "proved"), body.approver, written.desk, written.epoch, body.request),
    )


def _was_answered(conn: Connection, question: Question, challenge: str, body: ops.ApprovalGiven) -> bool:
    """Whether somebody here answered this very challenge, and for no other operation."""
    used = conn.execute(
        "update telephone_answers set operation = %s where desk = %s and epoch = %s and challenge = %s"
        " and subject = %s and amount = %s and asker = %s and approver = %s and operation in ('', %s)"
        " returning challenge",
        (
            body.operation, question.desk, question.epoch, challenge, question.subject,
            question.amount_qapik, question.asker, body.approver, body.operation,
        ),
    ).fetchone()  # fmt: skip
    return used is not None


def locked(conn: Connection, written: AcceptedRecord, body: ops.ApprovalLocked, now_ms: int) -> None:
    """Somebody guessed at responses: nothing was lost, and somebody here should ask who."""
    list_exception(
        conn, written.desk, written.epoch, written.sequence, "responses_locked", now_ms, body.operation
    )


def used(
    conn: Connection,
    written: AcceptedRecord,
    operation: str,
    approver: str,
    now_ms: int,
    amount_qapik: int | None = None,
) -> None:
    """An operation that names somebody at the centre: they consented to it, and to this much."""
    if not is_from_centre(approver):
        return
    row = conn.execute(
        "select amount from approvals where desk = %s and operation = %s and approver = %s"
        " and state = 'proved'",
        (written.desk, operation, approver),
    ).fetchone()
    if row is None or amount_qapik not in (None, row[0]):
        _except(conn, written, operation, now_ms)


# --- shared ------------------------------------------------------------------------------------------------


def _asked(question: Question) -> protocol.Asked:
    return protocol.Asked(
        question.desk, question.epoch, question.request, question.operation, question.subject,
        question.amount_qapik, question.asker, question.attempt,
    )  # fmt: skip


def _approver(said: str) -> str:
    approver = protocol.read_approver(said)
    if approver is None:
        raise Refused("X-061")
    return protocol.approver_id(approver)


def _is_allowed(conn: Connection, branch: str, asker: str) -> bool:
    place = reference.newest(conn, Branch, branch)
    staff = reference.newest(conn, Staff, branch) or Staff()
    if place is None:
        return False
    return may_ask_centre(place, [(one.officer, one.role) for one in staff.officers], asker)


def _record(
    conn: Connection,
    book: Book,
    question: Question,
    challenge: str,
    approver: str,
    way: Way,
    outcome: str,
    reason: str,
) -> None:
    body = ops.ApprovalAnswered(
        desk=question.desk,
        epoch=question.epoch,
        request=question.request,
        challenge=challenge,
        subject=question.subject,
        amount_qapik=question.amount_qapik,
        asker=question.asker,
        approver=approver,
        way=way,
        outcome=outcome,
        reason=reason,
    )
    book.append(conn, body)


def _except(conn: Connection, written: AcceptedRecord, about: str, now_ms: int) -> None:
    list_exception(conn, written.desk, written.epoch, written.sequence, "strange_approval", now_ms, about)
