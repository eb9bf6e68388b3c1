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
from azpost_desk.central.registry.reference import newest, publish
from azpost_desk.central.storage.database import one
from azpost_desk.domain.catalogue import ListState, Settings, WatchState
from azpost_desk.domain.moves import TRANSFER
from azpost_desk.domain.people import Parties
from azpost_desk.domain.screening import Asked, Index
from azpost_desk.domain.watch_lists import Listed
from azpost_desk.protocol.news import GrantQuestion, TransferEvent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.screening import Hit

UNDER_REVIEW: Final = "under_review"
_LISTS_LOCK: Final = 0x6C697374
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
        self._made: tuple[str, Index] | None = None

    def of(self, conn: Connection) -> Index:
        # Of this database and of these versions: tests and programs may see several centres.
        state: str = one(
            conn,
            "select current_database() || coalesce(string_agg(source || version || '@' || imported_ms, ','"
            " order by source, version), '') from watch_lists",
        )[0]
        with self._lock:
            if self._made is None or self._made[0] != state:
                self._made = (state, Index(_entries(conn)))
            return self._made[1]


_INDEXES: Final = _Indexes()


def _entries(conn: Connection) -> list[Listed]:
    rows = conn.execute("select content from watch_entries where gone is null order by source, id")
    return [_ENTRY.decode(row[0]) for row in rows]


def import_list(conn: Connection, entries: Iterable[Listed], by: str, now_ms: int) -> Imported:
    """A new version of one list, whole; what is new in it is held against everything that may still be paid.

    Imported again unchanged it is fresh again: its age begins anew.
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
            "insert into watch_lists values (%s, %s, %s, %s, %s)", (source, version, len(new), now_ms, by)
        )
        publish(conn, _state(conn), now_ms)
        held = _hold_by(conn, [given[number] for number in added + changed], version, now_ms)
    return Imported(version, len(added), len(changed), len(removed), held)


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


def why_held(conn: Connection, transfer: str, parties: Parties, now_ms: int) -> str:
    """`UNDER_REVIEW` when a transfer must wait for compliance, its suspicions written down; else ""."""
    settings = newest(conn, Settings) or Settings()
    state = _state(conn)
    if state.is_too_old(now_ms, settings):
        return UNDER_REVIEW
    if not state.lists:
        return ""
    versions = {one_list.source: one_list.version for one_list in state.lists}
    return UNDER_REVIEW if _suspect(conn, _INDEXES.of(conn), transfer, parties, versions, now_ms) else ""


def suspicions(conn: Connection, transfer: str) -> list[Suspicion]:
    """Why a transfer is under review, the likest first."""
    rows = conn.execute(
        "select party, source, id, version, name, score from suspicions where transfer = %s"
        " order by score desc, source, id, party",
        (transfer,),
    ).fetchall()
    return [Suspicion(*row) for row in rows]


def _suspect(
    conn: Connection,
    index: Index,
    transfer: str,
    parties: Parties,
    versions: dict[str, int],
    now_ms: int,
) -> bool:
    """Write down who may be whom; whether anything of it is new: people decided about the rest already."""
    found: list[tuple[str, Hit]] = [
        (party, hit)
        for party, person in (("sender", parties.sender), ("receiver", parties.receiver))
        for hit in index.ask(Asked(person.name))
    ]
    new = 0
    for party, hit in found:
        written = conn.execute(
            "insert into suspicions values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
            (
                transfer,
                party,
                hit.entry.source,
                hit.entry.id,
                versions.get(hit.entry.source, 0),
                hit.name,
                hit.score,
                now_ms,
            ),
        )
        new += written.rowcount
    return bool(new)


def again(conn: Connection, transfer: str, now_ms: int) -> bool:
    """Screen a transfer that its holder gave back, by the lists of today; whether it is held now."""
    versions = {one_list.source: one_list.version for one_list in lists(conn)}
    if not versions:
        return False
    parties, desk, epoch, sequence = one(
        conn, "select parties, desk, epoch, sequence from transfers where transfer = %s", (transfer,)
    )
    who = msgspec.json.decode(parties, type=Parties)
    if not _suspect(conn, _INDEXES.of(conn), transfer, who, versions, now_ms):
        return False
    _hold(conn, transfer, (desk, epoch, sequence), now_ms)
    return True


def _hold_by(conn: Connection, entries: list[Listed], version: int, now_ms: int) -> int:
    """Hold every transfer that may still be paid and meets one of these entries; how many.

    What a desk holds cannot be taken from it: it is asked, and screened again when it gives it back.
    """
    if not entries:
        return 0
    index, source = Index(entries), entries[0].source
    held = 0
    rows = conn.execute(
        "select transfer, state, parties, desk, epoch, sequence from transfers"
        " where state in ('available', 'reserved') order by transfer for update"
    ).fetchall()
    for transfer, state, parties, *place in rows:
        who = msgspec.json.decode(parties, type=Parties)
        if state == "reserved":
            if index.ask(Asked(who.sender.name)) or index.ask(Asked(who.receiver.name)):
                _ask_holder(conn, transfer, now_ms)
        elif _suspect(conn, index, transfer, who, {source: version}, now_ms):
            _hold(conn, transfer, (place[0], place[1], place[2]), now_ms)
            held += 1
    return held


def _ask_holder(conn: Connection, transfer: str, now_ms: int) -> None:
    for grant, holder in conn.execute(
        "select \"grant\", holder from grants where thing = %s and state = 'open'", (transfer,)
    ).fetchall():
        tell(conn, GrantQuestion(grant=grant, thing=transfer, at_ms=now_ms), [holder], now_ms)


def _hold(conn: Connection, transfer: str, record: tuple[str, int, int], now_ms: int) -> None:
    desk, epoch, sequence = record
    after = TRANSFER["available", "suspected"]
    conn.execute(
        "update transfers set state = %s, state_ms = %s where transfer = %s", (after, now_ms, transfer)
    )
    list_exception(conn, desk, epoch, sequence, UNDER_REVIEW, now_ms, transfer)
    tell(conn, TransferEvent(transfer=transfer, state=after, office="", at_ms=now_ms), [desk], now_ms)
