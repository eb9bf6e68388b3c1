"""What people are told of an item: tried, delivered, its days end soon; and that a notice was a mistake.

In: the life of an item that was just folded, an event that was taken back, the day's round. Out: a message
to whoever gave a telephone for it: the addressee, on the way back the sender; that it was delivered hears
the sender. Its arrival is told with its code (`pickups`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central.mail.offices import name_of
from azpost_desk.central.mail.parties import acceptance, parties_of
from azpost_desk.central.messaging import queue
from azpost_desk.central.registry import reference
from azpost_desk.domain.days import calendar_day
from azpost_desk.domain.mail.keeping import WAITING, ClosedDays, Kept, MailStorage, kept
from azpost_desk.domain.mail.moves import BACK, is_back
from azpost_desk.domain.messages import ITEM_DELIVERED, ITEM_ENDS, ITEM_MISTAKEN, ITEM_TRIED

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.mail.history import Life

# What is heard of later than this is no news to anybody.
_FRESH_MS: Final = 2 * 86_400_000
_TRIED: Final = frozenset({"card_left", "held", "new_try"})
# Kinds that are about one event of an item.
OF_EVENTS: Final = (ITEM_TRIED, ITEM_DELIVERED, ITEM_ENDS)
_TAIL_DIGITS: Final = 4
_AT_ONCE: Final = 500


def follow(conn: Connection, number: str, life: Life, now_ms: int) -> None:
    """An item was folded anew: whoever waits for it hears of a try, its sender that it was delivered."""
    last = life.last
    if last is None or last.at_ms < now_ms - _FRESH_MS:
        return
    if last.code == "EMH" and last.measure in _TRIED:
        _queue(conn, ITEM_TRIED, last.id, (number, life), now_ms)
    elif last.code == "EMI" and life.state == "delivered":
        _queue(conn, ITEM_DELIVERED, last.id, (number, life), now_ms)


def taken_back(conn: Connection, number: str, about: str, kinds: tuple[str, ...], now_ms: int) -> None:
    """What messages of these kinds told was wrong: unsent they never leave, else their reader hears so."""
    for kind in kinds:
        told = conn.execute(
            "select language, contact, desk, epoch, sequence from messages"
            " where kind = %s and about = %s and state in ('sending', 'delivered') and contact <> ''",
            (kind, about),
        ).fetchone()
        queue.withdraw(conn, kind, about, now_ms)
        if told is not None:
            language, contact, desk, epoch, sequence = told
            facts, reader = queue.Facts(tail=_tail(number)), (language, contact)
            queue.queue(conn, ITEM_MISTAKEN, about, (desk, epoch, sequence), reader, facts, now_ms)


def about(conn: Connection, acceptances: list[str]) -> list[str]:
    """What messages about the items of these acceptances are about: whoever was told is to be forgotten."""
    rows = conn.execute(
        "select about from messages m join item_events e using (desk, epoch, sequence)"
        " where e.operation = any(%s) and m.kind = any(%s)",
        (acceptances, [*OF_EVENTS, ITEM_MISTAKEN]),
    )
    return [thing for (thing,) in rows]


def remind(conn: Connection, life_of: Callable[[Connection, str], Life], now_ms: int) -> int:
    """Whoever waits for an item whose days end soon is told, once for each stay; how many were.

    Each is looked at in a transaction of its own, so that the round is safe to break off.
    """
    today = calendar_day(now_ms)
    rules = reference.in_force(conn, MailStorage, today)
    if rules is None or not rules.rules:
        return 0
    states = [*WAITING, *(one + BACK for one in WAITING)]
    told, after = 0, ""
    while rows := conn.execute(
        "select number from items where state = any(%s) and number > %s order by number limit %s",
        (states, after, _AT_ONCE),
    ).fetchall():
        for (number,) in rows:
            with conn.transaction():
                conn.execute("select from items where number = %s for update", (number,))
                life = life_of(conn, number)
                days = term(conn, number, life, now_ms)
                if days is not None and 0 <= days.days_left(today) <= rules.warn_days:
                    told += _queue(conn, ITEM_ENDS, days.since, (number, life), now_ms, days.last_day)
        after = rows[-1][0]
    return told


def term(conn: Connection, number: str, life: Life, now_ms: int) -> Kept | None:
    """How long an item waits where it lies, by the rules of today; None where nobody has said."""
    today = calendar_day(now_ms)
    rules = reference.in_force(conn, MailStorage, today) or MailStorage()
    return kept(life, number, rules, reference.in_force(conn, ClosedDays, today) or ClosedDays())


def _queue(
    conn: Connection, kind: str, about: str, item: tuple[str, Life], now_ms: int, until: str = ""
) -> bool:
    number, life = item
    accepted = acceptance(life)
    people = parties_of(conn, accepted) if accepted else None
    if accepted is None or people is None:
        return False
    to_sender = kind == ITEM_DELIVERED or is_back(life.state)
    phone = people.sender_phone if to_sender else people.addressee_phone
    facts = queue.Facts(tail=_tail(number), office=name_of(conn, life.office), until=until)
    place = accepted.desk, accepted.epoch, accepted.sequence
    return queue.queue(conn, kind, about, place, (people.language, phone), facts, now_ms)


def _tail(number: str) -> str:
    return number[:-2][-_TAIL_DIGITS:]
