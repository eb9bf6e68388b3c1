"""What goes back to a partner: stored whole before its first byte, handed over, asked about, never doubled.

A return (pacs.004) leaves only for what nobody here can be paid, whose money is booked, and over which no
grant is open; how it ends the partner says (money-out.md MA-28, M0-3). What is said beside money, a status or
the answer to a recall, is kept too, and said until it was taken.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from azpost_desk.central.abroad import agreements, arriving, hearing, restored, return_words
from azpost_desk.central.abroad.releasing import ASK_AFTER_MS, LEASE_MS, OUR_BIC
from azpost_desk.central.gateways.abroad import Back, Silent, Told, Word
from azpost_desk.central.gateways.billers import next_try_ms
from azpost_desk.domain.abroad.moves import RETURNING
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Collection

    from azpost_desk.central.abroad.arriving import In
    from azpost_desk.central.gateways.abroad import Handed, Partner
    from azpost_desk.central.storage.database import Connection, Database
    from azpost_desk.domain.abroad import corridors
    from azpost_desk.domain.days import Clock

_log = logging.getLogger(__name__)
# Said in vain so often, a word is a person's affair; its sender asks when it wants to know.
_WORD_TRIES_MAX: Final = 9


class Act(Enum):
    """What one attempt does."""

    HAND = "hand"
    ASK = "ask"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt that is stored as begun; `thing` is the transfer, or the number of a word."""

    thing: str
    partner: str
    act: Act
    document: bytes
    number: int


def take_due(
    conn: Connection, partners: dict[str, Partner], free: Collection[str], now_ms: int
) -> Attempt | None:
    """What is due longest to a free partner: a return or a question about one, else a word."""
    row = conn.execute(
        "select transfer from abroad_in where next_ms <= %s and partner = any(%s)"
        " order by next_ms limit 1 for update skip locked",
        (now_ms, list(free)),
    ).fetchone()
    found = arriving.lock(conn, row[0]) if row else None
    if found is None:
        return _take_word(conn, partners, free, now_ms)
    agreed = agreements.partners(conn, now_ms).find(found.partner)
    if agreed is None or (not found.attempts and _must_not_leave(conn, found)):
        return_words.look_again(conn, found.transfer, now_ms + ASK_AFTER_MS)
        return None
    if found.state == "unpayable" or (found.state == "return_leaving" and not found.attempts):
        return _hand(conn, partners[found.partner], agreed, found, now_ms)
    if found.state in RETURNING:
        return _ask(conn, partners[found.partner], agreed, found, now_ms)
    return_words.look_again(conn, found.transfer, None)
    return None


def _must_not_leave(conn: Connection, found: In) -> bool:
    """As of what we send (`releasing`): stopped by people, listed, or not known after a restore (M0-10)."""
    is_open = agreements.is_open(conn, found.partner, agreements.SENDING)
    return found.listed or not is_open or not restored.may_leave(conn, found.partner)


def _hand(
    conn: Connection, rail: Partner, agreed: corridors.Partner, found: In, now_ms: int
) -> Attempt | None:
    settles_on = agreements.business_day(agreed, now_ms)
    is_again = found.document is not None and found.settles_on >= settles_on
    ordinal = found.ordinal if is_again else found.ordinal + 1
    written_ms = found.written_ms if is_again else now_ms
    back = _back(agreed, found, ordinal, written_ms, found.settles_on if is_again else settles_on)
    try:
        document = rail.give_back(back)
    except Refused:
        arriving.case(conn, found, "abroad_unfit", now_ms)
        return_words.look_again(conn, found.transfer, None)
        return None
    arriving.move(conn, found, "stored", now_ms)
    conn.execute(
        "update abroad_in set ordinal = %s, document = %s, written_ms = %s, settles_on = %s, attempts = 1,"
        " next_ms = %s where transfer = %s",
        (ordinal, document, written_ms, back.settles_on, now_ms + LEASE_MS, found.transfer),
    )
    if found.ask_first:
        # It may have gone back in hours that a restore has lost.
        conn.execute("update abroad_in set ask_first = false where transfer = %s", (found.transfer,))
        again = arriving.lock(conn, found.transfer)
        if again is not None:
            return _ask(conn, rail, agreed, again, now_ms)
    return Attempt(found.transfer, found.partner, Act.HAND, document, 1)


def _ask(conn: Connection, rail: Partner, agreed: corridors.Partner, found: In, now_ms: int) -> Attempt:
    """The first act after a silence, a restart or a long wait is a question (M0-3)."""
    if found.state == "return_leaving":
        # Whoever began the hand-over is gone: it may be there.
        arriving.move(conn, found, "silent", now_ms)
        conn.execute(
            "update abroad_in set unanswered = unanswered + 1 where transfer = %s", (found.transfer,)
        )
    back = _back(agreed, found, found.ordinal, found.written_ms, found.settles_on)
    document = rail.question_back(back, found.asked + 1)
    conn.execute(
        "update abroad_in set asked = asked + 1, next_ms = %s where transfer = %s",
        (now_ms + LEASE_MS, found.transfer),
    )
    return Attempt(found.transfer, found.partner, Act.ASK, document, found.asked + 1)


def _take_word(
    conn: Connection, partners: dict[str, Partner], free: Collection[str], now_ms: int
) -> Attempt | None:
    row = conn.execute(
        "select word, partner, transfer, ordinal, uetr, reference, end_to_end, code, reason, case_id,"
        " written_ms, document, attempts from abroad_words where next_ms <= %s and partner = any(%s)"
        " order by next_ms, word limit 1 for update skip locked",
        (now_ms, list(free)),
    ).fetchone()
    if row is None:
        return None
    number, partner, transfer, ordinal, uetr, reference, end_to_end, code, reason, case, written_ms = row[:11]
    document, attempts = row[11:]
    agreed = agreements.partners(conn, now_ms).find(partner)
    if agreed is None:
        conn.execute("update abroad_words set next_ms = %s where word = %s", (now_ms + ASK_AFTER_MS, number))
        return None
    if document is None:
        word = Word(
            transfer=transfer,
            ordinal=ordinal,
            partner_bic=agreed.bic,
            our_bic=OUR_BIC,
            uetr=uetr,
            reference=reference,
            end_to_end=end_to_end,
            code=code,
            reason=reason,
            written_ms=written_ms,
            case=case,
        )
        document = partners[partner].word(word)
    conn.execute(
        "update abroad_words set document = %s, attempts = attempts + 1, next_ms = %s where word = %s",
        (document, now_ms + LEASE_MS, number),
    )
    return Attempt(str(number), partner, Act.WORD, document, attempts + 1)


def attempt(database: Database, clock: Clock, rail: Partner, due: Attempt) -> Handed:
    """Make the attempt that was taken, and keep what came of it."""
    answer = rail.hand(due.document)
    with database.transaction() as conn:
        if isinstance(answer, Told):
            hearing.keep(conn, due.partner, answer.documents, clock.utc_ms())
        (_after_word if due.act is Act.WORD else _after)(conn, due, answer, clock.utc_ms())
    hearing.apply_waiting(database, {due.partner: rail}, clock)
    return answer


def _after_word(conn: Connection, due: Attempt, answer: Handed, now_ms: int) -> None:
    wait_ms = next_try_ms(due.number) or ASK_AFTER_MS
    is_over = isinstance(answer, Told) or due.number >= _WORD_TRIES_MAX
    conn.execute(
        "update abroad_words set next_ms = %s where word = %s",
        (None if is_over else now_ms + wait_ms, int(due.thing)),
    )


def _after(conn: Connection, due: Attempt, answer: Handed, now_ms: int) -> None:
    found = arriving.lock(conn, due.thing)
    if found is None:
        return
    if isinstance(answer, Told):
        if due.act is Act.HAND:
            arriving.move(conn, found, "handed", now_ms)
        return_words.look_again(conn, due.thing, now_ms + ASK_AFTER_MS)
        return
    if due.act is Act.HAND:
        # Turned at the door it did not arrive, yet only the partner's word says so (M0-6).
        conn.execute(
            "update abroad_in set unanswered = unanswered + 1 where transfer = %s", (found.transfer,)
        )
        _log.info("partner %s was silent about a return (%s)", due.partner, _why(answer))
        # Why it goes back stays as it is: the document has to be the same.
        arriving.move(conn, found, "silent", now_ms)
    wait_ms = next_try_ms(due.number)
    if wait_ms is None:
        arriving.case(conn, found, "partner_silent", now_ms)
        wait_ms = ASK_AFTER_MS * 6
    return_words.look_again(conn, due.thing, now_ms + wait_ms)


def _back(agreed: corridors.Partner, found: In, ordinal: int, written_ms: int, settles_on: str) -> Back:
    return Back(
        transfer=found.transfer,
        ordinal=ordinal,
        partner_bic=agreed.bic,
        our_bic=OUR_BIC,
        uetr=found.uetr,
        message=found.told_by,
        reference=found.reference,
        end_to_end=found.end_to_end,
        amount=found.sum,
        reason=found.reason or "NARR",
        written_ms=written_ms,
        settles_on=settles_on,
        is_repeat=found.unanswered > 0,
    )


def _why(answer: Handed) -> str:
    return answer.why if isinstance(answer, Silent) else "turned"
