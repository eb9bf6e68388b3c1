"""Disputes at the centre: what desks raised, listed with its clock, answered by news. Nothing is posted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central.news import tell
from azpost_desk.domain.moves import DISPUTE, arrive, move
from azpost_desk.domain.operations_disputes import ANSWERS, ENQUIRY_ANSWERS, answers_to
from azpost_desk.domain.people import Words
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.typed import is_said
from azpost_desk.protocol.news import DisputeAnswer

if TYPE_CHECKING:
    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain import operations as ops

LIVE: Final = ("open", "answered", "escalated")


@dataclass(frozen=True, slots=True)
class Listed:
    """One dispute as the centre lists it; `value` in qəpik or a count, `due` an ISO date."""

    desk: str
    dispute: str
    officer: str
    figure: str
    about: str
    date: str
    value: int
    unit: str
    words: str
    raised_ms: int
    due: str
    state: str


def escalated(conn: Connection, written: AcceptedRecord, body: ops.DisputeEscalated) -> None:
    """Whoever raised it takes it further: the clock begins again."""
    _move(conn, written, body.dispute, "escalated", due=body.due)


def closed(conn: Connection, written: AcceptedRecord, body: ops.DisputeClosed) -> None:
    """Whoever raised it ended it."""
    _move(conn, written, body.dispute, "closed", outcome=body.outcome)


def raised(conn: Connection, written: AcceptedRecord, body: ops.DisputeRaised) -> None:
    """A desk says that a figure is not as it should be; told twice it stands once."""
    header = written.header
    conn.execute(
        "insert into disputes (desk, dispute, operation, officer, figure, about, date, value, unit, words,"
        " evidence, raised_ms, due, state, changed_ms)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
        (
            written.desk,
            body.dispute,
            header.operation,
            header.actor,
            body.figure,
            body.about,
            body.date,
            body.value,
            body.unit,
            _words(written),
            msgspec.json.encode(body.evidence).decode(),
            header.recorded_ms,
            body.due,
            move(DISPUTE, "", "raised"),
            header.recorded_ms,
        ),
    )


def _move(
    conn: Connection, written: AcceptedRecord, dispute: str, event: str, *, due: str = "", outcome: str = ""
) -> None:
    row = conn.execute(
        "select state from disputes where desk = %s and dispute = %s for update", (written.desk, dispute)
    ).fetchone()
    if row is None:
        return
    conn.execute(
        "update disputes set state = %s, changed_ms = %s, last_words = %s,"
        " due = case when %s = '' then due else %s end, outcome = case when %s = '' then outcome else %s end"
        " where desk = %s and dispute = %s",
        (
            arrive(DISPUTE, row[0], event),
            written.header.recorded_ms,
            _words(written),
            due,
            due,
            outcome,
            outcome,
            written.desk,
            dispute,
        ),
    )


def _words(written: AcceptedRecord) -> str:
    content = written.attachments.get(f"{written.header.operation}:words")
    try:
        words = msgspec.json.decode(content, type=Words).words if content else ""
    except (msgspec.DecodeError, UnicodeDecodeError):
        words = ""
    # PostgreSQL keeps no NUL in a text.
    return words.replace("\0", "")


def listed(conn: Connection, *, every: bool = False) -> list[Listed]:
    """Disputes that wait for somebody, the one that is due first on top; `every` = closed ones too."""
    rows = conn.execute(
        "select desk, dispute, officer, figure, about, date, value, unit, words, raised_ms, due, state"
        " from disputes where %s or state = any(%s) order by due, raised_ms, desk, dispute",
        (every, list(LIVE)),
    ).fetchall()
    return [Listed(*row) for row in rows]


def answer(conn: Connection, desk: str, dispute: str, judged: str, words: str, by: str, now_ms: int) -> None:
    """Answer a dispute; the desk hears it by news. It closes nothing: that is for who raised it.

    Raises:
        Refused: D-104 no such dispute, D-105 closed, D-102 without words, D-107 no such answer.
    """
    # What the authority decides about a refund two people say, and not here (central.held).
    if judged not in (*ANSWERS, *ENQUIRY_ANSWERS):
        raise Refused("D-107", field="answer")
    if not is_said(words):
        raise Refused("D-102", field="words")
    tell_answer(conn, desk, dispute, judged, words.strip(), by, now_ms)


def tell_answer(
    conn: Connection, desk: str, dispute: str, judged: str, words: str, by: str, now_ms: int
) -> None:
    """Keep an answer and tell the desk; a partner's own has no words beside it.

    Raises:
        Refused: D-104, D-105, D-107 as `answer`.
    """
    row = conn.execute(
        "select state, figure from disputes where desk = %s and dispute = %s for update", (desk, dispute)
    ).fetchone()
    if row is None:
        raise Refused("D-104", dispute=dispute)
    if judged not in answers_to(row[1]):
        raise Refused("D-107", field="answer")
    if (row[0], "answered") not in DISPUTE:
        raise Refused("D-105", dispute=dispute)
    conn.execute(
        "update disputes set state = %s, changed_ms = %s where desk = %s and dispute = %s",
        (move(DISPUTE, row[0], "answered"), now_ms, desk, dispute),
    )
    conn.execute(
        "insert into dispute_answers (desk, dispute, answered_ms, answer, words, answered_by)"
        " values (%s, %s, %s, %s, %s, %s)",
        (desk, dispute, now_ms, judged, words, by),
    )
    told = DisputeAnswer(dispute=dispute, answer=judged, words=words, by=by, at_ms=now_ms)
    tell(conn, told, [desk], now_ms)
