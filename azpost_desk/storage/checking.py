"""Feeds a desk's file to the invariants, read-only, also beside the running desk."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from azpost_desk.domain import operations as ops
from azpost_desk.domain.erasure import Erasures, Kept
from azpost_desk.domain.invariants import BROKEN_MAX, Fact, Stored, Verdict, check
from azpost_desk.domain.invariants_branch import HandedOver
from azpost_desk.domain.invariants_outside import Seen, Watched
from azpost_desk.domain.qr_moves import UNFINISHED
from azpost_desk.domain.refusals import Trouble
from azpost_desk.protocol.keys import is_signed
from azpost_desk.protocol.messages import ack_of
from azpost_desk.protocol.records import Attachment, Header, Record, record_hash
from azpost_desk.storage import engine, vault
from azpost_desk.storage import tables as t
from azpost_desk.storage.checking_rows import FOLDED_BYTES_MAX, rows_at_fault
from azpost_desk.storage.desk import who_is

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Row

    from azpost_desk.protocol.messages import Enrolled

# Bytes that are no JSON of ours: no text, cut off, or nested without end.
UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
# What a header that cannot be read says: every fold that needs it will complain.
_UNREADABLE = Header(0, "", 0, 0, "", "", 0, 0, "", "", "", 0, "", "")


def check_folder(
    folder: Path, keep: vault.Vault | None = None, folded_bytes_max: int = FOLDED_BYTES_MAX
) -> tuple[list[Verdict], list[str]]:
    """(the invariants over the desk in `folder`, damaged pages as the engine names them).

    Projections are folded once more, in memory, when the file is no larger than `folded_bytes_max`.

    Raises:
        Trouble: G-063, G-068, G-069, G-070, G-071 when it cannot be opened.
    """
    path = folder / "desk.db"
    if not path.exists():
        raise Trouble("G-070")
    key = vault.secret(keep or vault.existing(folder), vault.DATABASE)
    connection = engine.connect_whole(path, key)
    if isinstance(connection, list):
        return [], connection
    try:
        return check_books(connection, fold=path.stat().st_size <= folded_bytes_max), []
    except DBAPIError as unreadable:
        return [], [str(unreadable.orig)]
    except engine.DriverError as unreadable:
        return [], [str(unreadable)]
    finally:
        connection.close()


def check_branch(folders: list[Path]) -> tuple[list[Verdict], list[str]]:
    """The invariants over several desks together, each also by itself with the rows beside its journal.

    Raises:
        Trouble: as `check_folder`.
    """
    damaged: list[str] = []
    alone: list[Verdict] = []
    with ExitStack() as opened:
        together: list[Iterator[Fact]] = []
        for folder in folders:
            verdicts, pages = check_folder(folder)
            alone += verdicts
            damaged += [f"{folder.name}: {page}" for page in pages]
            if not pages:
                key = vault.secret(vault.existing(folder), vault.DATABASE)
                connection = engine.connect(folder / "desk.db", key, read_only=True)
                opened.callback(connection.close)
                together.append(facts(connection))
        joint = check(chain.from_iterable(together), is_signed, [HandedOver()])
    for verdict in joint:
        known = set(verdict.broken)
        own = (one for other in alone if other.id == verdict.id for one in other.broken)
        verdict.broken += [one for one in own if one not in known]
    return joint, damaged


def check_books(connection: Connection, *, fold: bool = True) -> list[Verdict]:
    """The invariants over an open file, and every row beside the journal, in one consistent look."""
    connection.exec_driver_sql("BEGIN")
    try:
        verdicts = check(facts(connection), is_signed, [Watched(seen(connection))])
        by_id = {verdict.id: verdict for verdict in verdicts}
        for invariant, fault in rows_at_fault(connection, fold=fold):
            if fault not in by_id[invariant].broken and len(by_id[invariant].broken) < BROKEN_MAX:
                by_id[invariant].broken.append(fault)
        return [*verdicts, erasures(connection)]
    finally:
        connection.exec_driver_sql("COMMIT")


def erasures(connection: Connection) -> Verdict:
    """I-11 over what is left of the attachments: gone by rule, or missing."""
    proved = _proved(connection)
    attached = groupby(
        connection.execute(select(t.attachments).order_by(t.attachments.c.record)), key=lambda row: row.record
    )
    waiting = next(attached, None)
    fold, desk = Erasures(), _own_desk(connection)
    for row in connection.execute(select(t.journal).order_by(t.journal.c.id)):
        mine: dict[str, str | None] = {}
        if waiting is not None and waiting[0] == row.id:
            mine = {
                one.slot: Attachment(one.slot, one.salt, one.content).commitment() if one.salt else None
                for one in waiting[1]
            }
            waiting = next(attached, None)
        header = Record(row.header, row.body, row.previous, row.hash)
        fold.take(_kept(row, header, mine, proved, desk))
    return fold.end()


def _kept(
    row: Row[Any],
    record: Record,
    attached: dict[str, str | None],
    proved: dict[tuple[str, int], int],
    desk: str,
) -> Kept:
    try:
        header = record.header()
        body = ops.decode(header.kind, header.version, row.body)
    except (*UNREADABLE, ops.UnknownKind):
        header, body = _UNREADABLE, None
    desk = header.desk or desk
    had = row.sequence <= proved.get((desk, row.epoch), 0)
    return Kept(desk, row.epoch, row.sequence, header.operation, row.body, body, attached, had)


def seen(connection: Connection) -> Seen:
    """The open outside steps as the screens read them, and what the centre has signed that it holds."""
    p, g, a, j = t.payments.c, t.grants.c, t.attachments.c, t.journal.c
    payments = select(p.payment).where(p.state.in_(("accepted", "sent", "unknown", "refused")))
    card = t.card_steps.c
    # A question is asked again with the words that were kept beside it.
    requests = select(j.operation).join(t.attachments, a.record == j.id)
    wanted = {
        "payment": payments,
        "grant": select(g.held_grant).where(g.state == "held"),
        "card": select(card.step).where(card.state.in_(("asked", "unknown", "approved", "reversing"))),
        "qr": select(t.qr_requests.c.request).where(t.qr_requests.c.state.in_(UNFINISHED)),
        "request": requests.where(j.kind == "grant.requested", a.content.is_not(None)),
    }
    tasks = {(sort, row[0]) for sort, statement in wanted.items() for row in connection.execute(statement)}
    return Seen(frozenset(wanted), frozenset(tasks))


def _proved(connection: Connection) -> dict[tuple[str, int], int]:
    """By chain, the last record under an acknowledgement that is truly the centre's."""
    identities = {row.epoch: _enrolled(row.enrolled) for row in connection.execute(select(t.identity))}
    proved: dict[tuple[str, int], int] = {}
    for row in connection.execute(select(t.acknowledgements)):
        who = identities.get(row.epoch)
        if who is None or not is_signed(who.centre_key, row.words, row.signature):
            continue
        ack = ack_of(row.words)
        chain = ack.desk, ack.epoch
        proved[chain] = max(ack.sequence, proved.get(chain, 0))
    return proved


def facts(connection: Connection) -> Iterator[Fact]:
    """Every record with its signature and postings, in order."""
    posted = groupby(
        connection.execute(select(t.postings).order_by(t.postings.c.record, t.postings.c.id)),
        key=lambda row: row.record,
    )
    waiting = next(posted, None)
    wanted = (
        select(t.journal, t.signatures.c.signature)
        .outerjoin(t.signatures, t.signatures.c.record == t.journal.c.id)
        # As they came into these books: late records of an ended epoch after what they did not know.
        .order_by(t.journal.c.id)
    )
    present = 0
    desk = _own_desk(connection)
    for row in connection.execute(wanted):
        mine: tuple[Stored, ...] = ()
        if waiting is not None and waiting[0] == row.id:
            mine = tuple(Stored(p.operation, p.account, p.sub, p.currency, p.minor) for p in waiting[1])
            waiting = next(posted, None)
        yield _fact(row, mine, row.epoch < present, desk)
        present = max(present, row.epoch)


def _own_desk(connection: Connection) -> str:
    """Whose books these are: what a record that cannot be read is named by."""
    newest = select(t.identity.c.enrolled).order_by(t.identity.c.epoch.desc()).limit(1)
    who = _enrolled(connection.execute(newest).scalar())
    return who.desk if who is not None else ""


def _enrolled(stored: bytes | None) -> Enrolled | None:
    try:
        return who_is(stored or b"")
    except Trouble:
        return None


def _fact(row: Row[Any], stored: tuple[Stored, ...], late: bool, desk: str) -> Fact:
    record = Record(row.header, row.body, row.previous, row.hash)
    try:
        header = record.header()
    except UNREADABLE:
        header = _UNREADABLE
    return Fact(
        header.desk or desk,
        row.epoch,
        row.sequence,
        # The columns beside the header must say what it says: a row is queried by them.
        header.operation if _agrees(row, header) else "",
        header.kind,
        header.version,
        header.day,
        header.actor,
        header.actor_kind,
        header.postings,
        row.body,
        row.previous,
        row.hash,
        record_hash(row.previous, row.header, row.body),
        row.signature,
        stored,
        late,
    )


def _agrees(row: Row[Any], header: Header) -> bool:
    return (row.epoch, row.sequence, row.operation, row.kind, row.day, row.recorded_ms) == (
        header.epoch,
        header.sequence,
        header.operation,
        header.kind,
        header.day,
        header.recorded_ms,
    )
