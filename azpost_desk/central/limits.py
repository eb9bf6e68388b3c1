"""What one person may still send over all products and branches, read under a lock on their identities.

In: movements (central.laundering) and open prices abroad, which promise their sum to a person. Out: qəpik
left under the limits of a day and a month. Whoever adds to a person's sum, a price or a sale, holds `lock`
before they read it and until the commit (money-out.md MA-30): two never both see what is left for one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central import laundering
from azpost_desk.central.storage.database import one
from azpost_desk.domain.aml import DAY_MS, SENT
from azpost_desk.domain.people import AbroadParties, Parties

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.laundering import Known
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.people import Person

_PEOPLE: Final = 0x7065727A
# A backlog of thousands of senders must fit the server's table of locks; sharing one only makes wait.
_LOCKS: Final = 512
_MONTH_DAYS: Final = 30
_SENT_BY: Final[dict[str, msgspec.json.Decoder[Parties] | msgspec.json.Decoder[AbroadParties]]] = {
    "parties": msgspec.json.Decoder(Parties),
    "parties_abroad": msgspec.json.Decoder(AbroadParties),
}

# Given back to the sender, whoever did it and however it was found out, it is no sum that they sent. What is
# claimed from a partner after a refund is the partner's affair.
_SENT: Final = """
    select coalesce(sum(amount), 0)::bigint from (
        select distinct transfer, amount from movements
        where subject = any(%s) and direction = %s and at_ms > %s
        and not exists (select from transfers where transfers.transfer = movements.transfer
            and state in ('refunded', 'reversed'))
        and not exists (select from abroad_out where abroad_out.transfer = movements.transfer
            and (state in ('refunded', 'reversed') or (state = 'claimed' and last_grant <> '')))
    ) as each
"""


def lock(conn: Connection, subjects: Iterable[str]) -> None:
    """Nobody else adds to the sums of these people until the transaction ends; in one order for all."""
    slots = sorted({int(subject, 16) % _LOCKS for subject in subjects})
    if slots:
        # A row at a time, in the order of the array: the order of the locks.
        conn.execute(
            "select pg_advisory_xact_lock(%s, slot) from unnest(%s::int[]) as slot", (_PEOPLE, slots)
        )


def lock_senders(conn: Connection, records: Iterable[AcceptedRecord], now_ms: int) -> None:
    """`lock` for everybody who sends money in these records.

    All at once and before any other lock: one by one they would be taken after funds of a partner, which
    a price takes after them.
    """
    senders = [sender for written in records for sender in _senders(written)]
    if senders:
        known = laundering.known(conn, now_ms)
        lock(conn, [subject for sender in senders for subject in known.subjects(sender)])


def _senders(written: AcceptedRecord) -> list[Person]:
    found = []
    for slot, content in written.attachments.items():
        decoder = _SENT_BY.get(slot.rpartition(":")[2])
        try:
            if decoder is not None:
                found.append(decoder.decode(content).sender)
        except (msgspec.DecodeError, UnicodeDecodeError):
            # Whoever brings the record forward finds it and says so.
            continue
    return found


def left_qapik(conn: Connection, known: Known, subjects: list[str], now_ms: int) -> int | None:
    """What a person may still send now, 0 or more; None without a limit. Under `lock`."""
    promised: int = one(
        conn,
        "select coalesce(sum(amount), 0)::bigint from abroad_quotes"
        " where subjects && %s::text[] and used_by is null and stands_ms > %s",
        (subjects, now_ms),
    )[0]
    left = []
    for limit, days in ((known.rules.day_qapik_max, 1), (known.rules.month_qapik_max, _MONTH_DAYS)):
        if limit:
            sent: int = one(conn, _SENT, (subjects, SENT, now_ms - days * DAY_MS))[0]
            left.append(max(limit - sent - promised, 0))
    return min(left, default=None)


def is_over(conn: Connection, known: Known, sender: Person, amount_qapik: int, at_ms: int) -> bool:
    """Whether a person would send more than they may. Under `lock`; their own price is used up before."""
    left = left_qapik(conn, known, known.subjects(sender), at_ms)
    return left is not None and amount_qapik > left
