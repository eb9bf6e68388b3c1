"""A new version of a watch list is run over all money abroad that is not final, in both directions (MA-13).

In: which names the new entries meet. What has not left waits for two people; what has left is followed on but
`listed`: no refund, no explanation, and nothing of it leaves a second time (money-out.md M0-12).
What a desk holds cannot be taken from it: it is asked, and it is looked at when it comes back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central.abroad import arriving, moving
from azpost_desk.central.exceptions import list_exception
from azpost_desk.central.news import tell
from azpost_desk.domain.abroad.moves import ABROAD_IN, ABROAD_OUT, RETURNING
from azpost_desk.domain.people import AbroadParties, Parties
from azpost_desk.protocol.news import GrantQuestion

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.abroad.arriving import In
    from azpost_desk.central.abroad.moving import Out
    from azpost_desk.central.storage.database import Connection

UNDER_REVIEW: Final = "under_review"
_LOOKED_AT_ONCE: Final = 1_000
_WAITS_ALREADY: Final = ("held", "frozen")
_OUT: Final = (
    "select transfer, parties from abroad_out where state not in ('paid', 'refunded', 'reversed')"
    " and parties <> '' and transfer > %s order by transfer limit %s"
)
_IN: Final = (
    "select transfer, parties from abroad_in where state not in ('paid', 'returned')"
    " and parties <> '' and transfer > %s order by transfer limit %s"
)


def screen(
    conn: Connection,
    meets: Callable[[Parties], bool],
    suspects: Callable[[str, tuple[Parties, ...]], bool],
    now_ms: int,
) -> int:
    """Stop what meets a new entry; how many wait because of it.

    Args:
        meets: whether somebody may be in what is new. Nothing is locked while names are compared.
        suspects: writes down who may be whom by all lists of today; whether two people have not cleared it.
    """
    return _each(conn, _OUT, _people_out, meets, lambda thing: _stop_out(conn, thing, suspects, now_ms)) + (
        _each(conn, _IN, _people_in, meets, lambda thing: _stop_in(conn, thing, suspects, now_ms))
    )


def _each(
    conn: Connection,
    query: str,
    people: Callable[[bytes], tuple[Parties, ...]],
    meets: Callable[[Parties], bool],
    stop: Callable[[str], bool],
) -> int:
    stopped, after = 0, ""
    while rows := conn.execute(query.encode(), (after, _LOOKED_AT_ONCE)).fetchall():
        for thing, shown in rows:
            if any(meets(one) for one in people(shown)):
                with conn.transaction():
                    stopped += stop(thing)
        after = rows[-1][0]
    return stopped


def _people_out(shown: bytes) -> tuple[Parties, ...]:
    return moving.people_of(msgspec.json.decode(shown, type=AbroadParties))


def _people_in(shown: bytes) -> tuple[Parties, ...]:
    return (msgspec.json.decode(shown, type=Parties),)


def _stop_out(
    conn: Connection, transfer: str, suspects: Callable[[str, tuple[Parties, ...]], bool], now_ms: int
) -> bool:
    found = moving.lock(conn, transfer)
    if found is None or not suspects(transfer, moving.people_of(found.parties())):
        return False
    list_exception(conn, found.desk, found.epoch, found.sequence, UNDER_REVIEW, now_ms, transfer)
    if found.state in _WAITS_ALREADY:
        return False
    if (found.state, "suspected") in ABROAD_OUT:
        moving.move(conn, found, "suspected", now_ms)
        return True
    return mark_listed(conn, found, now_ms)


def mark_listed(conn: Connection, found: Out, now_ms: int) -> bool:
    """It has left, or is owed: its states go on, and nothing is paid back or said; whether that is new."""
    if found.listed:
        return False
    conn.execute("update abroad_out set listed = true where transfer = %s", (found.transfer,))
    moving.tell_desk(conn, found.transfer, now_ms)
    _ask_holder(conn, found.transfer, now_ms)
    return True


def _stop_in(
    conn: Connection, transfer: str, suspects: Callable[[str, tuple[Parties, ...]], bool], now_ms: int
) -> bool:
    found = arriving.lock(conn, transfer)
    if found is None or not suspects(transfer, (found.people(),)):
        return False
    if (found.state, "suspected") in ABROAD_IN:
        arriving.move(conn, found, "suspected", now_ms, task=UNDER_REVIEW)
        return True
    arriving.case(conn, found, UNDER_REVIEW, now_ms)
    return found.state not in _WAITS_ALREADY and _mark_in(conn, found, now_ms)


def _mark_in(conn: Connection, found: In, now_ms: int) -> bool:
    if found.state == "unpayable" or found.state in RETURNING:
        conn.execute("update abroad_in set listed = true where transfer = %s", (found.transfer,))
    else:
        # Held by a desk: given back it waits for people (paying.released).
        conn.execute("update abroad_in set must_wait = true where transfer = %s", (found.transfer,))
        _ask_holder(conn, found.transfer, now_ms)
    return True


def _ask_holder(conn: Connection, thing: str, now_ms: int) -> None:
    for grant, holder in conn.execute(
        "select \"grant\", holder from grants where thing = %s and state = 'open'", (thing,)
    ).fetchall():
        tell(conn, GrantQuestion(grant=grant, thing=thing, at_ms=now_ms), [holder], now_ms)
