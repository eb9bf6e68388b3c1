"""What partners say: kept as it came, then applied by the rank of the word, not by its arrival (M0-4).

A word may speak of the partner's own transfers only (M0-5). What fits nothing yet is tried again as soon as
what it speaks of stands otherwise, else less and less often; after a day it is a task. Nothing is dropped.
"""

from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import psycopg

from azpost_desk.central.abroad import (
    agreements,
    arriving,
    enquiring,
    moving,
    receiving,
    return_words,
    statements,
)
from azpost_desk.central.exceptions import list_exception
from azpost_desk.central.gateways.abroad import (
    Arrived,
    Asked,
    RecallAnswer,
    RecallAsked,
    Returned,
    Silent,
    Status,
    Unfit,
)
from azpost_desk.domain.abroad.corridors import CUSTOMERS, KNOWN_THERE, OURS
from azpost_desk.domain.abroad.moves import ABROAD_OUT, NOT_GONE
from azpost_desk.domain.abroad.statements import Statement
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from azpost_desk.central.abroad.moving import Out
    from azpost_desk.central.gateways.abroad import Partner, Said
    from azpost_desk.central.storage.database import Connection, Database
    from azpost_desk.domain.abroad import corridors
    from azpost_desk.domain.days import Clock

_log = logging.getLogger(__name__)
_TRIED_FOR_MS: Final = 24 * 3_600_000
# [design] It waits as long again as it has waited, within these: an agreement may have changed meanwhile.
_WAIT_MS_MIN: Final = 15_000
_WAIT_MS_MAX: Final = 15 * 60_000
_AT_ONCE: Final = 50
# How what a word speaks of stands. Moments would not do: who commits later may have moved earlier.
_STANDS: Final = (
    "(select coalesce(string_agg(one, ' ' order by one), '') from ("
    "select uetr || ' out ' || state || ' ' || state_ms as one from abroad_out"
    " where uetr = any(speaks_of) and abroad_out.partner = partner_messages.partner"
    " union all select uetr || ' in ' || state || ' ' || state_ms from abroad_in"
    " where uetr = any(speaks_of) and abroad_in.partner = partner_messages.partner) things)"
)
# A word of a lower rank never takes back one of a higher (M0-4).
_RANK: Final = {"": 0, "handed": 1, "accepted": 2, "changed": 2, "settled": 3, "received": 4, "refused": 5}
APPLIED: Final = "applied"
STRANGE: Final = "strange"


def keep(conn: Connection, partner: str, documents: Iterable[bytes], now_ms: int) -> None:
    """Keep verbatim bytes, once each; a repeat of old bytes changes nothing."""
    for raw in documents:
        conn.execute(
            "insert into partner_messages (partner, digest, raw, received_ms) values (%s, %s, %s, %s)"
            " on conflict do nothing",
            (partner, hashlib.sha256(raw).digest(), raw, now_ms),
        )


def fetch(database: Database, clock: Clock, name: str, rail: Partner) -> bool:
    """Take what a partner has for us: kept here before it is told that we have it."""
    found = rail.fetch()
    if isinstance(found, Silent) or not found:
        # What a centre had kept when it ended is applied by the next one, though the partner says no more.
        return apply_waiting(database, {name: rail}, clock) > 0
    with database.transaction() as conn:
        keep(conn, name, (raw for _, raw in found), clock.utc_ms())
    rail.fetched([number for number, _ in found])
    # A statement may let others count that waited behind it.
    while apply_waiting(database, {name: rail}, clock):
        pass
    return True


def apply_waiting(database: Database, rails: Mapping[str, Partner], clock: Clock) -> int:
    """Apply what is kept and was not applied yet; gives how many messages found their transfer."""
    with database.transaction() as conn:
        waiting = conn.execute(
            f"select message, partner, raw, received_ms, {_STANDS} from partner_messages"
            f" where not applied and partner = any(%s) and (next_ms <= %s or stood <> {_STANDS})"
            " order by message limit %s for update of partner_messages skip locked".encode(),
            (list(rails), clock.utc_ms(), _AT_ONCE),
        ).fetchall()
        done = 0
        for message, partner, raw, received_ms, stood in waiting:
            now_ms = clock.utc_ms()
            said: tuple[Said, ...] | Unfit = ()
            try:
                with conn.transaction():
                    said = rails[partner].read(raw)
                    outcome = _apply(conn, partner, said, message, now_ms)
            except (psycopg.IntegrityError, psycopg.DataError, Refused):
                # One message that the tables do not take must not stop the ones behind it.
                _log.exception("message %d of partner %s could not be applied", message, partner)
                outcome = STRANGE
            if outcome == STRANGE and now_ms - received_ms < _TRIED_FOR_MS:
                _put_off(conn, message, _speaks_of(said), stood, received_ms, now_ms)
                continue
            if outcome != APPLIED:
                sort = "partner_statement" if outcome.startswith(statements.REFUSED) else "partner_word"
                list_exception(conn, f"partner {partner}", 0, message, sort, now_ms, outcome)
            conn.execute(
                "update partner_messages set applied = true, outcome = %s where message = %s",
                (outcome, message),
            )
            done += 1
    return done


def _put_off(
    conn: Connection, message: int, speaks_of: list[str], stood: str, received_ms: int, now_ms: int
) -> None:
    """Try it again later; `stood` is from before it was tried, so that no commit between is overlooked."""
    wait_ms = min(max(now_ms - received_ms, _WAIT_MS_MIN), _WAIT_MS_MAX)
    next_ms = min(now_ms + wait_ms, received_ms + _TRIED_FOR_MS)
    conn.execute(
        "update partner_messages set next_ms = %s, speaks_of = %s, stood = %s where message = %s",
        (next_ms, speaks_of, stood, message),
    )


def _speaks_of(said: tuple[Said, ...] | Unfit) -> list[str]:
    if isinstance(said, Unfit):
        return []
    words = (one for one in said if isinstance(one, Status | Returned | RecallAnswer | RecallAsked))
    # PostgreSQL keeps no NUL in a text, and nothing of ours has one.
    return sorted({one.uetr for one in words if "\0" not in one.uetr})


def _apply(conn: Connection, partner: str, said: tuple[Said, ...] | Unfit, message: int, now_ms: int) -> str:
    if isinstance(said, Unfit):
        return f"unfit {said.why}"
    agreed = agreements.partners(conn, now_ms).find(partner)
    if agreed is None:
        return STRANGE
    outcome = APPLIED
    for one in said:
        if isinstance(one, Statement):
            outcome = statements.take(conn, agreed, one, now_ms) or outcome
            continue
        is_ours = (
            _of_incoming(conn, agreed, one, message, now_ms)
            if isinstance(one, Arrived | RecallAsked | Asked)
            else _of_ours(conn, agreed, one, now_ms)
        )
        if not is_ours:
            outcome = STRANGE
    return outcome


def _of_incoming(
    conn: Connection,
    agreed: corridors.Partner,
    said: Arrived | RecallAsked | Asked,
    message: int,
    now_ms: int,
) -> bool:
    """What a partner sends, wants back or asks about; False when nothing of it is known here."""
    if isinstance(said, Arrived):
        now = agreements.agreed(conn, now_ms)
        receiving.arrived(conn, now, agreed, said, message, now_ms)
        return True
    if isinstance(said, Asked):
        receiving.asked(conn, agreed, said, now_ms)
        return True
    found = arriving.lock_told(conn, agreed.partner, said.uetr)
    if found is not None:
        receiving.recalled(conn, found, said, now_ms)
    return found is not None


def _of_ours(
    conn: Connection, agreed: corridors.Partner, said: Status | Returned | RecallAnswer, now_ms: int
) -> bool:
    """A word on what we sent, or on what we gave back; False when it speaks of nothing of this partner's."""
    found = moving.lock(conn, said.uetr, "uetr")
    if found is None or found.partner != agreed.partner:
        back = arriving.lock_told(conn, agreed.partner, said.uetr)
        if back is None or not isinstance(said, Status):
            return False
        return return_words.status(conn, agreed, back, said, now_ms)
    elif isinstance(said, RecallAnswer):
        _recall(conn, found, said, now_ms)
    elif found.state in NOT_GONE:
        # A word about what has not left yet: our own commit of it may come after (M0-4).
        return False
    else:
        if isinstance(said, Status):
            _status(conn, agreed, found, said, now_ms)
        else:
            _returned(conn, found, said, now_ms)
        if isinstance(said, Returned) or said.code:
            enquiring.heard(conn, found.transfer, now_ms)
    return True


def _status(conn: Connection, agreed: corridors.Partner, found: Out, said: Status, now_ms: int) -> None:
    if said.number and not re.fullmatch(agreed.number_mask or r".+", said.number, re.ASCII):
        _case(conn, found, "partner_code", now_ms)
        said = replace(said, number="")
    if said.number or said.reference:
        conn.execute(
            "update abroad_out set number = case when %s = '' then number else %s end,"
            " reference = case when %s = '' then reference else %s end where transfer = %s",
            (said.number, said.number, said.reference, said.reference, found.transfer),
        )
    if not said.code:
        _absent(conn, agreed, found, now_ms)
        return
    word = agreed.words.get(said.code, "")
    if word == "refused":
        _refused(conn, agreed, found, said, now_ms)
        return
    if word == "changed":
        # Another sum or date than was promised: a person tells the sender (MA-9).
        _case(conn, found, "abroad_changed", now_ms)
        word = "accepted"
    before = _word_now(conn, found)
    # A yes after a no is never passed over, whichever of them was said first (M0-6, MA-8).
    is_yes_after_no = before == "refused" and word in ("settled", "received")
    if _RANK.get(word, 0) <= _RANK.get(before, 0) and not is_yes_after_no:
        return
    after = moving.move(conn, found, word, now_ms)
    if is_yes_after_no and after == found.state:
        # Its refund is in somebody's hands: a person looks at it.
        _case(conn, found, "abroad_disputed", now_ms)
        return
    conn.execute("update abroad_out set word = %s where transfer = %s", (word, found.transfer))
    if word in ("settled", "received"):
        conn.execute("update abroad_partners set refusals = 0 where partner = %s", (found.partner,))
        conn.execute(
            "update abroad_out set next_ms = case when recall = 'asked' then next_ms end where transfer = %s",
            (found.transfer,),
        )


def _absent(conn: Connection, agreed: corridors.Partner, found: Out, now_ms: int) -> None:
    """The partner has no such transfer: the same document again, or a person decides (MA-6).

    What it had accepted before, and now denies, is never sent again by itself.
    """
    had_it = found.state == "accepted"
    if found.state in ("leaving", "sent", "accepted"):
        moving.move(conn, found, "silent", now_ms, silent=True)
        again = moving.lock(conn, found.transfer)
        found = again if again is not None else found
    if found.state != "unknown":
        return
    if had_it or not agreed.knows_duplicates:
        if not had_it:
            moving.move(conn, found, "absent_there", now_ms)
        _case(conn, found, "partner_lacks_it", now_ms)
        conn.execute("update abroad_out set next_ms = null where transfer = %s", (found.transfer,))
        return
    moving.move(conn, found, "absent_there", now_ms, silent=True)
    conn.execute(
        "update abroad_out set attempts = 0, next_ms = %s where transfer = %s", (now_ms, found.transfer)
    )


def _word_now(conn: Connection, found: Out) -> str:
    row = conn.execute("select word from abroad_out where transfer = %s", (found.transfer,)).fetchone()
    return row[0] if row else ""


def _refused(conn: Connection, agreed: corridors.Partner, found: Out, said: Status, now_ms: int) -> None:
    """A no: the customer's, ours, or none at all (M0-6)."""
    sort = agreed.refusals.get(said.reason, "")
    if sort == OURS:
        why = f"refused: {said.reason}"
        agreements.turn(conn, found.partner, agreements.SENDING, now_ms, on=False, why=why)
        _case(conn, found, "partner_turned_us_away", now_ms)
        return
    if sort == KNOWN_THERE or sort != CUSTOMERS:
        # It has it, or nobody knows what it means: asked about, never refunded for it.
        if not sort:
            _case(conn, found, "partner_code", now_ms)
        moving.move(conn, found, "silent", now_ms, reason=said.reason)
        return
    before = found.state
    after = moving.move(conn, found, "refused", now_ms, reason=said.reason)
    if after == before:
        return
    conn.execute(
        "update abroad_out set word = 'refused', next_ms = null where transfer = %s", (found.transfer,)
    )
    _count_refusal(conn, agreed, found, now_ms)
    is_final = agreed.refusals_final and (found.unanswered == 0 or found.asked > 0)
    if after == "refused" and is_final and not found.settled:
        again = moving.lock(conn, found.transfer)
        if again is not None:
            moving.move(conn, again, "no_debit", now_ms)
    elif after == "refused":
        # Owed only when the statement of that day lacks the debit (MA-8).
        _case(conn, found, "abroad_refused", now_ms)


def _count_refusal(conn: Connection, agreed: corridors.Partner, found: Out, now_ms: int) -> None:
    """A partner that says no to everything is paused before a thousand refunds are made (M0-11)."""
    row = conn.execute(
        "insert into abroad_partners (partner, refusals) values (%s, 1)"
        " on conflict (partner) do update set refusals = abroad_partners.refusals + 1 returning refusals",
        (found.partner,),
    ).fetchone()
    if row is not None and row[0] > agreed.refusals_in_a_row_max:
        why = f"{row[0]} refusals in a row"
        agreements.turn(conn, found.partner, agreements.SENDING, now_ms, on=False, why=why)
        agreements.turn(conn, found.partner, agreements.SALE, now_ms, on=False, why=why)
        _case(conn, found, "partner_refuses_all", now_ms)


def _returned(conn: Connection, found: Out, said: Returned, now_ms: int) -> None:
    """Money that came back is the money of what is owed already, or makes it owed (MA-10)."""
    if said.returned.currency != found.currency:
        _case(conn, found, "abroad_returned_otherwise", now_ms)
        return
    # Told twice by two documents it is one return.
    first = conn.execute(
        "insert into abroad_returns values (%s, %s, %s) on conflict do nothing returning transfer",
        (found.transfer, said.reference, said.returned.minor),
    ).fetchone()
    if first is None:
        return
    conn.execute(
        "update abroad_out set returned = returned + %s where transfer = %s",
        (said.returned.minor, found.transfer),
    )
    if said.returned.minor != found.arrives:
        _case(conn, found, "abroad_returned_otherwise", now_ms)
    recalled = found.recall == "agreed" and (found.state, "recalled_with_money") in ABROAD_OUT
    moving.move(conn, found, "recalled_with_money" if recalled else "returned", now_ms, reason=said.reason)


def _recall(conn: Connection, found: Out, said: RecallAnswer, now_ms: int) -> None:
    """A recall is a flag beside the state; only the money makes it owed (MA-11)."""
    if said.agreed is None or found.recall not in ("asked", "sent"):
        return
    conn.execute(
        "update abroad_out set recall = %s where transfer = %s",
        ("agreed" if said.agreed else "refused", found.transfer),
    )
    moving.tell_desk(conn, found.transfer, now_ms)


def _case(conn: Connection, found: Out, reason: str, now_ms: int) -> None:
    list_exception(conn, found.desk, found.epoch, found.sequence, reason, now_ms, found.transfer)
