"""Rows of money by code: a request, locked and moved by `domain.qr_moves`, and what a desk is told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from azpost_desk.central.gateways.instant import rail_id
from azpost_desk.central.news import tell
from azpost_desk.central.registry.reference import in_force
from azpost_desk.central.storage.database import one
from azpost_desk.domain.catalogue import Settings
from azpost_desk.domain.days import calendar_day
from azpost_desk.domain.moves import arrive
from azpost_desk.domain.qr_moves import REQUEST
from azpost_desk.protocol.instant import QR_PAID, QrPaid, paid_words
from azpost_desk.protocol.news import QrEvent

if TYPE_CHECKING:
    from azpost_desk.central.keys import CentreKeys
    from azpost_desk.central.storage.database import Connection


@dataclass(frozen=True, slots=True)
class Request:
    """A row of `qr_requests`, as the migration names its columns."""

    request: str
    desk: str
    epoch: int
    basket: str
    tender: str
    digest: str
    amount: int
    state: str
    rail_id: str
    code: str
    until_ms: int
    reason: str
    reference: str
    words: bytes
    signature: bytes


_COLUMNS: Final = ", ".join(Request.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a desk asks for: one basket of one chain, at one sum."""

    request: str
    desk: str
    epoch: int
    basket: str
    tender: str
    digest: str
    amount: int


def make(conn: Connection, asked: Asked, state: str, reason: str, until_ms: int, now_ms: int) -> None:
    """A row for a request that has none; its name on the rail follows from its own (M0-2)."""
    conn.execute(
        "insert into qr_requests (request, desk, epoch, basket, tender, digest, amount, state, rail_id,"
        " until_ms, reason, asked_ms, changed_ms)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
        (
            *(asked.request, asked.desk, asked.epoch, asked.basket, asked.tender, asked.digest, asked.amount),
            *(state, rail_id("request", asked.request), until_ms, reason, now_ms, now_ms),
        ),
    )


def until_ms(conn: Connection, now_ms: int) -> int:
    """Until when a code that is asked for now may be paid; now where none is shown."""
    settings = in_force(conn, Settings, calendar_day(now_ms)) or Settings()
    return now_ms + settings.qr_minutes * 60_000


def lock(conn: Connection, where: str, *values: object) -> Request | None:
    """The request that `where` names, its row locked; None when there is none."""
    statement = f"select {_COLUMNS} from qr_requests where {where} for update"
    row = conn.execute(statement.encode(), values).fetchone()
    return Request(*row) if row else None


def move(conn: Connection, known: Request, event: str, now_ms: int, **changed: object) -> Request:
    """The request after an event; what its state does not know leaves the row as it is."""
    after = arrive(REQUEST, known.state, event)
    if (known.state, event) not in REQUEST:
        return known
    moved = replace(known, state=after, **changed)  # type: ignore[arg-type]
    conn.execute(
        "update qr_requests set state = %s, code = %s, reason = %s, reference = %s, words = %s,"
        " signature = %s, changed_ms = %s where request = %s",
        (
            *(moved.state, moved.code, moved.reason, moved.reference, moved.words),
            *(moved.signature, now_ms, moved.request),
        ),
    )
    return moved


def confirm(conn: Connection, keys: CentreKeys, known: Request, event: str, now_ms: int) -> Request:
    """The request is paid: the word for it is signed once, and said the same ever after (MC-1)."""
    paid = QrPaid(
        sort=QR_PAID,
        centre_epoch=one(conn, "select epoch from centre")[0],
        desk=known.desk,
        epoch=known.epoch,
        request=known.request,
        digest=known.digest,
        amount_qapik=known.amount,
        reference=known.reference,
        time_ms=now_ms,
    )
    words = paid_words(paid)
    return move(conn, known, event, now_ms, words=words, signature=keys.grants.sign(words))


def tell_desk(conn: Connection, known: Request, now_ms: int) -> None:
    """The desk hears by news what it did not ask about any more: the tray has a bell for it (MC-5)."""
    if known.state not in ("paid", "late", "closed", "owed"):
        return
    outcome = "closed" if known.state == "owed" else known.state
    event = QrEvent(
        request=known.request,
        outcome=outcome,
        words=known.words.hex() if outcome == "paid" else "",
        signature=known.signature.hex() if outcome == "paid" else "",
        reason=known.reason,
    )
    tell(conn, event, [known.desk], now_ms)
