"""Screening at the centre: every transfer before it can be paid, by the lists of today (list_versions).

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
from azpost_desk.central.storage.database import one
from azpost_desk.domain.catalogue import ListState, Settings, WatchState
from azpost_desk.domain.moves import TRANSFER, move
from azpost_desk.domain.people import Parties
from azpost_desk.domain.screening import Asked, Index
from azpost_desk.domain.watch_lists import Listed
from azpost_desk.protocol.news import TransferEvent

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.screening import Hit

UNDER_REVIEW: Final = "under_review"
# Shared by whoever frees a transfer until its commit, alone by a new version.
VERSION_LOCK: Final = 0x76657273
ENTRY: Final = msgspec.json.Decoder(Listed)


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
                self._made = (at, Index(ENTRY.decode(row[0]) for row in rows))
            return self._made[1]


_INDEXES: Final = _Indexes()


def state_of(conn: Connection) -> WatchState:
    """The newest version of every list, and how old it is."""
    rows = conn.execute(
        "select distinct on (source) source, version, entries, imported_ms from watch_lists"
        " order by source, version desc"
    ).fetchall()
    return WatchState(
        lists=tuple(ListState(source=row[0], version=row[1], entries=row[2], as_of_ms=row[3]) for row in rows)
    )


def lists(conn: Connection) -> tuple[ListState, ...]:
    """The newest version of every list."""
    return state_of(conn).lists


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
    """Write down who may be whom; whether anybody may be anybody whom two people have not cleared."""
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
    if not found:
        return False
    open_ones = "select exists (select from suspicions where transfer = %s and not cleared)"
    return bool(one(conn, open_ones, (transfer,))[0])


def steady(conn: Connection) -> None:
    """From here to the end of the transaction no new version begins.

    Else it would miss a transfer that is not free yet, and whoever frees it would miss the version.
    """
    conn.execute("select pg_advisory_xact_lock_shared(%s)", (VERSION_LOCK,))


def clear(conn: Connection, transfer: str) -> None:
    """Two people decided that what is written down about a transfer is somebody else."""
    conn.execute("update suspicions set cleared = true where transfer = %s", (transfer,))


def forget_receiver(conn: Connection, transfer: str) -> None:
    """The receiver is another person: what people cleared about the one before says nothing of this one."""
    conn.execute("delete from suspicions where transfer = %s and party = 'receiver' and cleared", (transfer,))


def is_suspected(conn: Connection, transfer: str, now_ms: int) -> bool:
    """Whether, by the lists of today, somebody may be meant whom two people have not cleared."""
    shown = one(conn, "select parties from transfers where transfer = %s", (transfer,))[0]
    return are_suspected(conn, transfer, (msgspec.json.decode(shown, type=Parties),), now_ms)


def are_suspected(conn: Connection, transfer: str, people: tuple[Parties, ...], now_ms: int) -> bool:
    """`is_suspected` of these people: each as written and, where it goes abroad, in Latin letters."""
    steady(conn)
    state = state_of(conn)
    for who in people:
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
