"""Screening at the centre: lists by version, every transfer before it can be paid, and again by what is new.

A hit holds the transfer; which list, entry and name is for the compliance officers' eyes (`suspicions`), the
desk hears only that it is under review. Desks have copies of the lists, for what they pay off line. Lists
that are too old hold everything: nobody is let through because nobody looked.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central.exceptions import list_exception
from azpost_desk.central.news import tell
from azpost_desk.central.registry.reference import publish
from azpost_desk.central.storage.database import PROJECTOR_LOCK, one
from azpost_desk.domain.catalogue import ListState, Settings, WatchState
from azpost_desk.domain.moves import TRANSFER, move
from azpost_desk.domain.people import Parties
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.screening import Asked, Index
from azpost_desk.domain.watch_lists import Listed
from azpost_desk.protocol.news import GrantQuestion, TransferEvent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.screening import Hit

UNDER_REVIEW: Final = "under_review"
_LISTS_LOCK: Final = 0x6C697374
# Shared by whoever frees a transfer until its commit, alone by a new version.
_VERSION_LOCK: Final = 0x76657273
_LOOKED_AT_ONCE: Final = 1_000
# [design] One in so many may leave a list from one version to the next without a question.
_LOST_SHARE_MAX: Final = 10
_ENTRY: Final = msgspec.json.Decoder(Listed)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import changed; `held` are transfers that wait for compliance because of it."""

    version: int
    added: int
    changed: int
    removed: int
    held: int


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One reason why a transfer is under review."""

    party: str
    source: str
    id: str
    version: int
    name: str
    score: int


class _Indexes:
    """The index over the newest versions, made once per set of versions; shared by the process's threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: tuple[tuple[object, ...], Index] | None = None

    def of(self, conn: Connection, state: WatchState) -> Index:
        # Of this database too: tests and programs may see several centres.
        at = (conn.info.host, conn.info.port, conn.info.dbname, state.lists)
        with self._lock:
            if self._made is None or self._made[0] != at:
                rows = conn.execute(
                    "select content from watch_entries where gone is null order by source, id"
                )
                self._made = (at, Index(_ENTRY.decode(row[0]) for row in rows))
            return self._made[1]


_INDEXES: Final = _Indexes()


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
        conn.execute("select pg_advisory_xact_lock(%s)", (_VERSION_LOCK,))
        publish(conn, _state(conn), now_ms)
    held = _screen_waiting(conn, source, version, now_ms)
    return Imported(version, len(added), len(changed), len(removed), held)


def finish(conn: Connection, now_ms: int) -> int:
    """Look at what an interrupted import left unlooked at; how many transfers are held by it."""
    left = conn.execute(
        "select source, version from watch_lists where not looked_at order by source, version"
    ).fetchall()
    return sum(_screen_waiting(conn, source, version, now_ms) for source, version in left)


def _state(conn: Connection) -> WatchState:
    rows = conn.execute(
        "select distinct on (source) source, version, entries, imported_ms from watch_lists"
        " order by source, version desc"
    ).fetchall()
    return WatchState(
        lists=tuple(ListState(source=row[0], version=row[1], entries=row[2], as_of_ms=row[3]) for row in rows)
    )


def lists(conn: Connection) -> tuple[ListState, ...]:
    """The newest version of every list."""
    return _state(conn).lists


def must_wait(
    conn: Connection, transfer: str, parties: Parties, state: WatchState, settings: Settings, now_ms: int
) -> bool:
    """Whether a transfer just sent must wait for compliance; its suspicions are written down."""
    suspected = _suspect(conn, _INDEXES.of(conn, state), transfer, parties, state, now_ms)
    return suspected or state.is_too_old(now_ms, settings)


def suspicions(conn: Connection, transfer: str) -> list[Suspicion]:
    """Why a transfer is under review, the likest first."""
    rows = conn.execute(
        "select party, source, id, version, name, score from suspicions where transfer = %s"
        " order by score desc, source, id, party",
        (transfer,),
    ).fetchall()
    return [Suspicion(*row) for row in rows]


def _suspect(
    conn: Connection, index: Index, transfer: str, parties: Parties, state: WatchState, now_ms: int
) -> bool:
    """Write down who may be whom; whether anybody may be anybody on the lists."""
    if not len(index):
        return False
    versions = {one_list.source: one_list.version for one_list in state.lists}
    found: list[tuple[str, Hit]] = [
        (party, hit)
        for party, person in (("sender", parties.sender), ("receiver", parties.receiver))
        for hit in index.ask(Asked(person.name))
    ]
    for party, hit in found:
        entry = hit.entry
        version = versions.get(entry.source, 0)
        conn.execute(
            "insert into suspicions (transfer, party, source, id, version, name, score, made_ms)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
            (transfer, party, entry.source, entry.id, version, hit.name, hit.score, now_ms),
        )
    return bool(found)


def steady(conn: Connection) -> None:
    """From here to the end of the transaction no new version begins.

    Else it would miss a transfer that is not free yet, and whoever frees it would miss the version.
    """
    conn.execute("select pg_advisory_xact_lock_shared(%s)", (_VERSION_LOCK,))


def clear(conn: Connection, transfer: str) -> None:
    """Two people decided that what is written down about a transfer is somebody else."""
    conn.execute("update suspicions set cleared = true where transfer = %s", (transfer,))


def forget_receiver(conn: Connection, transfer: str) -> None:
    """The receiver is another person: what people cleared about the one before says nothing of this one."""
    conn.execute("delete from suspicions where transfer = %s and party = 'receiver' and cleared", (transfer,))


def is_suspected(conn: Connection, transfer: str, now_ms: int) -> bool:
    """Whether, by the lists of today, somebody may be meant whom two people have not cleared."""
    steady(conn)
    state = _state(conn)
    shown = one(conn, "select parties from transfers where transfer = %s", (transfer,))[0]
    who = msgspec.json.decode(shown, type=Parties)
    _suspect(conn, _INDEXES.of(conn, state), transfer, who, state, now_ms)
    open_ones = "select exists (select from suspicions where transfer = %s and not cleared)"
    return bool(one(conn, open_ones, (transfer,))[0])


def hold(conn: Connection, transfer: str, now_ms: int) -> str:
    """An available transfer waits for compliance from now on; gives that state."""
    after = move(TRANSFER, "available", "suspected")
    desk, epoch, sequence = one(
        conn,
        "update transfers set state = %s, state_ms = %s where transfer = %s returning desk, epoch, sequence",
        (after, now_ms, transfer),
    )
    list_exception(conn, desk, epoch, sequence, UNDER_REVIEW, now_ms, transfer)
    tell(conn, TransferEvent(transfer=transfer, state=after, office="", at_ms=now_ms), [desk], now_ms)
    return after


def _screen_waiting(conn: Connection, source: str, version: int, now_ms: int) -> int:
    """Hold every transfer that may still be paid and meets an entry that is new in this version; how many.

    Nothing is locked while names are compared, only what must be held. What a desk holds cannot be taken from
    it: it is asked, and screened again when it gives it back.
    """
    rows = conn.execute(
        "select content from watch_entries where source = %s and first = %s", (source, version)
    ).fetchall()
    index = Index(_ENTRY.decode(row[0]) for row in rows)
    held, after = 0, ""
    while len(index):
        waiting = conn.execute(
            "select transfer, parties from transfers where state in ('available', 'reserved')"
            " and transfer > %s order by transfer limit %s",
            (after, _LOOKED_AT_ONCE),
        ).fetchall()
        for transfer, shown in waiting:
            who = msgspec.json.decode(shown, type=Parties)
            if index.ask(Asked(who.sender.name)) or index.ask(Asked(who.receiver.name)):
                held += _hold_or_ask(conn, transfer, now_ms)
        if len(waiting) < _LOOKED_AT_ONCE:
            break
        after = waiting[-1][0]
    conn.execute(
        "update watch_lists set looked_at = true where source = %s and version = %s", (source, version)
    )
    return held


def _hold_or_ask(conn: Connection, transfer: str, now_ms: int) -> bool:
    with conn.transaction():
        state = one(conn, "select state from transfers where transfer = %s for update", (transfer,))[0]
        if state == "available" and is_suspected(conn, transfer, now_ms):
            hold(conn, transfer, now_ms)
            return True
        if state == "reserved":
            for grant, holder in conn.execute(
                "select \"grant\", holder from grants where thing = %s and state = 'open'", (transfer,)
            ).fetchall():
                tell(conn, GrantQuestion(grant=grant, thing=transfer, at_ms=now_ms), [holder], now_ms)
    return False
