"""Two people decide about money abroad: what waits for them, a partner's funds, a refusal that is proven."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central import screening
from azpost_desk.central.abroad import agreements, arriving, funds, moving, receiving, selling
from azpost_desk.central.doubts import two_people
from azpost_desk.domain import operations as ops
from azpost_desk.domain.abroad.moves import ABROAD_IN, ABROAD_OUT, DECISIONS, DECISIONS_IN
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from azpost_desk.central.abroad.arriving import In
    from azpost_desk.central.book import Book
    from azpost_desk.central.storage.database import Connection

# What the centre's word for a decision (central.held) means here.
_WORDS: Final = {"let_go": "let_go", "rejected": "blocked", "let_back": "let_back"}
LET_GO: Final = "let_go"
_IN_FROM_FROZEN: Final = {"let_go": "ordered_available", "let_back": "ordered_unpayable"}
_GOES_BACK: Final = frozenset({"let_back", "ordered_unpayable", "declined"})
# ISO 20022: regulatory reason, the one that explains nothing (M0-12).
_NOT_PAID_HERE: Final = "RR04"


def is_abroad(conn: Connection, transfer: str) -> bool:
    """Whether this is the id of a transfer over the border, in either direction."""
    found = conn.execute(
        "select from abroad_out where transfer = %(thing)s"
        " union all select from abroad_in where transfer = %(thing)s",
        {"thing": transfer},
    ).fetchone()
    return found is not None


def decide(
    conn: Connection,
    book: Book,
    transfer: str,
    decision: str,
    people: tuple[str, str],
    evidence: str,
    now_ms: int,
) -> str:
    """What becomes of a transfer abroad that waits for two people; gives its state from now on.

    Raises:
        Refused: X-044, X-047, X-080 nothing of this number, X-081 its state allows no such decision.
    """
    two_people(*people, evidence)
    with conn.transaction():
        came = arriving.lock(conn, transfer)
        if came is not None:
            return _decide_in(conn, book, came, decision, people, evidence, now_ms)
        found = moving.lock(conn, transfer)
        if found is None:
            raise Refused("X-080", transfer=transfer)
        event = _WORDS.get(decision, decision)
        if found.state == "frozen" and decision == "let_back":
            event = "ordered"
        # Of what has left, or is owed, two people say that nobody on a list is meant: its state stands.
        is_cleared = found.listed and event == LET_GO and (found.state, event) not in ABROAD_OUT
        if not is_cleared and (event not in DECISIONS or (found.state, event) not in ABROAD_OUT):
            raise Refused("X-081", state=found.state)
        act = ops.AbroadJudged(
            transfer=transfer,
            state=found.state,
            decision=event,
            first_person=people[0].strip(),
            second_person=people[1].strip(),
            evidence=evidence.strip(),
        )
        book.append(conn, act)
        after = moving.move(conn, found, event, now_ms)
        conn.execute("update abroad_out set listed = %s where transfer = %s", (event == "blocked", transfer))
        if event == LET_GO:
            screening.clear(conn, transfer)
        if is_cleared:
            moving.tell_desk(conn, transfer, now_ms)
        elif event == LET_GO:
            again = moving.lock(conn, transfer)
            if again is not None:
                after = selling.enqueue(conn, again, now_ms)
    return after


def _decide_in(
    conn: Connection,
    book: Book,
    found: In,
    decision: str,
    people: tuple[str, str],
    evidence: str,
    now_ms: int,
) -> str:
    """The same of what came from abroad: let go it can be paid out, let back it goes to the partner."""
    event = (
        _IN_FROM_FROZEN.get(decision, decision) if found.state == "frozen" else _WORDS.get(decision, decision)
    )
    # What was to go back and met a list since goes back after all.
    is_cleared = found.listed and event == "let_back" and (found.state, event) not in ABROAD_IN
    if not is_cleared and (event not in DECISIONS_IN or (found.state, event) not in ABROAD_IN):
        raise Refused("X-081", state=found.state)
    act = ops.IncomingJudged(
        transfer=found.transfer,
        state=found.state,
        decision=event,
        first_person=people[0].strip(),
        second_person=people[1].strip(),
        evidence=evidence.strip(),
    )
    book.append(conn, act)
    if is_cleared:
        screening.clear(conn, found.transfer)
        conn.execute(
            "update abroad_in set listed = false, next_ms = case when funded then %s::bigint end"
            " where transfer = %s",
            (now_ms, found.transfer),
        )
        return found.state
    was_recalled = found.recall == "asked"
    why = receiving.ON_REQUEST if was_recalled else _NOT_PAID_HERE
    after = arriving.move(conn, found, event, now_ms, reason=why if event in _GOES_BACK else "")
    if after == "available":
        screening.clear(conn, found.transfer)
        conn.execute(
            "update abroad_in set must_wait = false, wrong_tries = 0 where transfer = %s", (found.transfer,)
        )
        receiving.answer_recall(conn, found, receiving.REFUSED, receiving.NOT_AGREED_TO, now_ms)
    elif after == "unpayable":
        receiving.answer_recall(conn, found, receiving.AGREED, "", now_ms)
    elif after == "frozen":
        receiving.still_looked_at(conn, found, now_ms)
    return after


def proven(
    conn: Connection,
    book: Book,
    transfer: str,
    event: str,
    people: tuple[str, str],
    evidence: str,
    now_ms: int,
) -> str:
    """What a statement or the partner's letter proves of a refusal or a dispute; gives the state then.

    `event` is of the table of moves: ``no_debit``, ``judged_owed``, ``judged_settled``, ``judged_paid`` …

    Raises:
        Refused: as `decide`.
    """
    two_people(*people, evidence)
    with conn.transaction():
        found = moving.lock(conn, transfer)
        if found is None:
            raise Refused("X-080", transfer=transfer)
        if not event.startswith(("judged_", "no_debit")) or (found.state, event) not in ABROAD_OUT:
            raise Refused("X-081", state=found.state)
        act = ops.AbroadJudged(
            transfer=transfer,
            state=found.state,
            decision=event,
            first_person=people[0].strip(),
            second_person=people[1].strip(),
            evidence=evidence.strip(),
        )
        book.append(conn, act)
        return moving.move(conn, found, event, now_ms)


def fund(
    conn: Connection,
    book: Book,
    partner: str,
    funded: ops.PartnerFunded,
    now_ms: int,
) -> int:
    """Money of the post has reached a partner; gives how many transfers that waited for it now leave.

    Raises:
        Refused: X-044, X-047, A-010 no such partner, A-031 nothing was sent.
    """
    two_people(funded.first_person, funded.second_person, funded.evidence)
    if agreements.partners(conn, now_ms).find(partner) is None:
        raise Refused("A-010", partner=partner)
    if funded.funded_minor <= 0 or funded.paid_qapik <= 0:
        raise Refused("A-031")
    with conn.transaction():
        book.append(conn, funded)
        funds.lock(conn, partner, funded.currency)
        conn.execute(
            "insert into partner_fundings (partner, currency, minor, reference, sent_ms)"
            " values (%s, %s, %s, %s, %s)",
            (partner, funded.currency, funded.funded_minor, funded.evidence.strip(), now_ms),
        )
        funds.add(conn, partner, funded.currency, funded=funded.funded_minor)
        return selling.funded(conn, partner, funded.currency, now_ms)
