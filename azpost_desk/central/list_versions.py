"""Versions of the watch lists: imported whole, and what is new held against all that is not final yet.

In: a list's entries. Out: its next version, told to the desks by its age, and every transfer at home and all
money abroad (abroad.listing) that meets a new entry stopped. Interrupted, the daily round `finish`es it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central import screening
from azpost_desk.central.abroad import listing
from azpost_desk.central.news import tell
from azpost_desk.central.registry.reference import publish
from azpost_desk.central.storage.database import PROJECTOR_LOCK, one
from azpost_desk.domain.people import Parties
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.screening import Asked, Index
from azpost_desk.protocol.news import GrantQuestion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.watch_lists import Listed

_LISTS_LOCK: Final = 0x6C697374
_LOOKED_AT_ONCE: Final = 1_000
# [design] One in so many may leave a list from one version to the next without a question.
_LOST_SHARE_MAX: Final = 10


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import changed; `held` are transfers that wait for compliance because of it."""

    version: int
    added: int
    changed: int
    removed: int
    held: int


def import_list(
    conn: Connection, entries: Iterable[Listed], by: str, now_ms: int, *, may_lose_many: bool = False
) -> Imported:
    """A new version of one list, whole; what is new in it is held against everything that may still be paid.

    Imported again unchanged its age begins anew. Interrupted, the daily round `finish`es it.

    Raises:
        Refused: X-092 more than a tenth of the entries would be gone (`lost` of `known`), which is what a
            file that broke off looks like: whoever means it says so with `may_lose_many`.
    """
    given = {entry.id: entry for entry in entries}
    source = next(iter(given.values())).source
    with conn.transaction():
        conn.execute("select pg_advisory_xact_lock(%s)", (_LISTS_LOCK,))
        version: int = one(
            conn, "select coalesce(max(version), 0) + 1 from watch_lists where source = %s", (source,)
        )[0]
        known = {
            number: bytes(content)
            for number, content in conn.execute(
                "select id, content from watch_entries where source = %s and gone is null", (source,)
            )
        }
        new = {number: msgspec.json.encode(entry) for number, entry in given.items()}
        removed = [number for number in known if number not in new]
        if len(removed) * _LOST_SHARE_MAX > len(known) and not may_lose_many:
            raise Refused("X-092", lost=len(removed), known=len(known))
        changed = [number for number in new if number in known and known[number] != new[number]]
        added = [number for number in new if number not in known]
        conn.execute(
            "update watch_entries set gone = %s where source = %s and id = any(%s) and gone is null",
            (version, source, removed + changed),
        )
        with conn.cursor() as cursor:
            cursor.executemany(
                "insert into watch_entries (source, id, first, content) values (%s, %s, %s, %s)",
                [(source, number, version, new[number]) for number in added + changed],
            )
        conn.execute(
            "insert into watch_lists (source, version, entries, imported_ms, imported_by)"
            " values (%s, %s, %s, %s, %s)",
            (source, version, len(new), now_ms, by),
        )
        # From the commit on every transfer that is brought forward or freed meets the new version; every one
        # before it is there to be looked at below.
        conn.execute("select pg_advisory_xact_lock(%s)", (PROJECTOR_LOCK,))
        conn.execute("select pg_advisory_xact_lock(%s)", (screening.VERSION_LOCK,))
        publish(conn, screening.state_of(conn), now_ms)
    held = _screen_waiting(conn, source, version, now_ms)
    return Imported(version, len(added), len(changed), len(removed), held)


def finish(conn: Connection, now_ms: int) -> int:
    """Look at what an interrupted import left unlooked at; how many transfers are held by it."""
    left = conn.execute(
        "select source, version from watch_lists where not looked_at order by source, version"
    ).fetchall()
    return sum(_screen_waiting(conn, source, version, now_ms) for source, version in left)


def _screen_waiting(conn: Connection, source: str, version: int, now_ms: int) -> int:
    """Hold every transfer that may still be paid and meets an entry that is new in this version; how many.

    Nothing is locked while names are compared, only what must be held. What a desk holds cannot be taken from
    it: it is asked, and screened again when it gives it back.
    """
    rows = conn.execute(
        "select content from watch_entries where source = %s and first = %s", (source, version)
    ).fetchall()
    index = Index(screening.ENTRY.decode(row[0]) for row in rows)

    def meets(who: Parties) -> bool:
        return bool(index.ask(Asked(who.sender.name)) or index.ask(Asked(who.receiver.name)))

    held, after = 0, ""
    while len(index):
        waiting = conn.execute(
            "select transfer, parties from transfers where state in ('available', 'reserved')"
            " and transfer > %s order by transfer limit %s",
            (after, _LOOKED_AT_ONCE),
        ).fetchall()
        for transfer, shown in waiting:
            who = msgspec.json.decode(shown, type=Parties)
            if meets(who):
                held += _hold_or_ask(conn, transfer, now_ms)
        if len(waiting) < _LOOKED_AT_ONCE:
            break
        after = waiting[-1][0]
    if len(index):
        held += listing.screen(
            conn, meets, lambda thing, who: screening.are_suspected(conn, thing, who, now_ms), now_ms
        )
    conn.execute(
        "update watch_lists set looked_at = true where source = %s and version = %s", (source, version)
    )
    return held


def _hold_or_ask(conn: Connection, transfer: str, now_ms: int) -> bool:
    with conn.transaction():
        state = one(conn, "select state from transfers where transfer = %s for update", (transfer,))[0]
        if state == "available" and screening.is_suspected(conn, transfer, now_ms):
            screening.hold(conn, transfer, now_ms)
            return True
        if state == "reserved":
            for grant, holder in conn.execute(
                "select \"grant\", holder from grants where thing = %s and state = 'open'", (transfer,)
            ).fetchall():
                tell(conn, GrantQuestion(grant=grant, thing=transfer, at_ms=now_ms), [holder], now_ms)
    return False
