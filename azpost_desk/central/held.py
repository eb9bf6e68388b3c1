"""Transfers and bills that wait for people: held by a rule or by screening, rejected, closed, contradicted.

Two people decide, by name and with evidence, in the centre's own book. A transfer that is let go can be paid
out; one that is rejected is frozen, and only a further decision lets its money back to the sender. A bill
that is let go is delivered; one that is rejected is refused as if by its biller: its customer is paid back.
Of a bill whose biller said no after an attempt nobody heard of, or yes after a no, they say what is so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.central import freed, payments, screening
from azpost_desk.central.abroad import judging
from azpost_desk.central.doubts import two_people
from azpost_desk.central.instant import settling
from azpost_desk.central.news import tell
from azpost_desk.domain import operations as ops
from azpost_desk.domain.delivery_moves import WAITING as UNSETTLED
from azpost_desk.domain.moves import TRANSFER, move
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.news import TransferEvent

if TYPE_CHECKING:
    from azpost_desk.central.book import Book
    from azpost_desk.central.storage.database import Connection

LET_GO: Final = "let_go"
REJECTED: Final = "rejected"
LET_BACK: Final = "let_back"
DECISIONS: Final = (LET_GO, REJECTED, LET_BACK)
_WAITING: Final = ("held", "rejected", "closed")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One transfer or bill that waits; `reasons` are those of the exceptions list."""

    transfer: str
    state: str
    amount_qapik: int
    desk: str
    sent_ms: int
    reasons: list[str]
    service: str = "transfers"


def waiting(conn: Connection) -> list[Waiting]:
    """Every transfer and bill that waits for a decision, the oldest first."""
    rows = conn.execute(
        "with waits as ("
        " select transfer as thing, state, amount, desk, sent_ms as at_ms, 'transfers' as service"
        " from transfers where state = any(%s)"
        " union all select payment, state, amount, desk, accepted_ms, 'payments'"
        " from payments where state = any(%s)"
        " union all select request, state, amount, desk, asked_ms, 'qr'"
        " from qr_requests where state = 'in_doubt'"
        " union all select transfer, state, amount, desk, sent_ms, 'abroad'"
        " from abroad_out where state in ('held', 'frozen')"
        " or (listed and state not in ('paid', 'refunded', 'reversed'))"
        " union all select transfer, state, greatest(promised, bought_qapik), partner, received_ms, 'abroad'"
        " from abroad_in where state in ('held', 'frozen') or (listed and state <> 'returned'))"
        " select thing, state, amount, desk, at_ms,"
        " array(select distinct reason from exceptions where about = thing order by reason), service"
        " from waits order by at_ms, thing",
        (list(_WAITING), list(UNSETTLED)),
    ).fetchall()
    return [Waiting(*row) for row in rows]


def decide(
    conn: Connection,
    book: Book,
    transfer: str,
    decision: str,
    people: tuple[str, str],
    evidence: str,
    now_ms: int,
) -> str:
    """What becomes of a transfer or bill that waits; gives its state from now on.

    Let go it is screened once more: by what the two did not know of it is held again.

    Raises:
        Refused: X-044 not two people, X-047 no evidence, X-080 nothing of this number, X-081 its state
            allows no such decision (`state`).
    """
    two_people(*people, evidence)
    with conn.transaction():
        row = conn.execute(
            "select state, desk from transfers where transfer = %s for update", (transfer,)
        ).fetchone()
        if row is None:
            if settling.is_request(conn, transfer):
                return settling.decide(conn, book, transfer, decision, people, evidence, now_ms)
            if judging.is_abroad(conn, transfer):
                return judging.decide(conn, book, transfer, decision, people, evidence, now_ms)
            return payments.decide(conn, book, transfer, decision, people, evidence, now_ms)
        state, desk = row
        if (state, decision) not in TRANSFER or decision not in DECISIONS:
            raise Refused("X-081", state=state)
        after = move(TRANSFER, state, decision)
        act = ops.TransferJudged(
            transfer=transfer,
            decision=decision,
            state=state,
            first_person=people[0].strip(),
            second_person=people[1].strip(),
            evidence=evidence.strip(),
        )
        book.append(conn, act)
        # Whoever may be paid begins with all their tries, and with the whole time.
        conn.execute(
            "update transfers set state = %s, state_ms = %s, let_go_ms = %s, wrong_tries = 0"
            " where transfer = %s",
            (after, now_ms, now_ms, transfer),
        )
        if decision == LET_GO:
            # They knew of what stands there; what today's lists say besides is for another decision.
            screening.clear(conn, transfer)
            after = freed.free(conn, transfer, now_ms)
            if after != "available":
                return after
        tell(conn, TransferEvent(transfer=transfer, state=after, office="", at_ms=now_ms), [desk], now_ms)
    return after
