"""Requests for money by code as the screens read them: the journal's records carried into their tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from azpost_desk.domain.money import azn
from azpost_desk.domain.moves import move
from azpost_desk.domain.qr_moves import AT_DESK, UNFINISHED
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.qr_views import QrReads, QrStep
from azpost_desk.storage.projecting import StoredRecord, happens_once
from azpost_desk.storage.tables_qr import qr_requests, qr_returns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Row

    from azpost_desk.domain import operations as ops
    from azpost_desk.domain.money import Money


def asked(connection: Connection, written: StoredRecord, body: ops.QrAsked) -> None:
    """The centre is about to be asked for a code."""
    header = written.header
    connection.execute(
        insert(qr_requests),
        {
            "request": header.operation,
            "epoch": header.epoch,
            "basket": body.basket,
            "tender": body.tender,
            "amount_qapik": body.amount_qapik,
            "returned_qapik": 0,
            "digest": body.digest,
            "officer": header.actor,
            "state": move(AT_DESK, "", "asked"),
            "reason": "",
            "asked_ms": header.recorded_ms,
            "changed_ms": header.recorded_ms,
        },
    )


def answered(connection: Connection, written: StoredRecord, body: ops.QrAnswered) -> None:
    """The centre said what became of a request."""
    _move(connection, written, qr_requests.c.request == body.request, body.outcome)
    connection.execute(
        update(qr_requests).where(qr_requests.c.request == body.request).values(reason=body.reason)
    )


def given_up(connection: Connection, written: StoredRecord, body: ops.QrGivenUp) -> None:
    """What came for a request goes back to its payer."""
    _move(connection, written, qr_requests.c.request == body.request, "given_up")


def returned(connection: Connection, written: StoredRecord, body: ops.QrReturned) -> None:
    """A part of what a request brought goes back, never more than all of it."""
    c = qr_requests.c
    wanted = select(c.amount_qapik, c.returned_qapik).where(c.request == body.request)
    step = connection.execute(wanted).first()
    if step is None or not 0 < body.amount_qapik <= step.amount_qapik - step.returned_qapik:
        raise Refused("G-065")
    connection.execute(
        update(qr_requests)
        .where(c.request == body.request)
        .values(returned_qapik=step.returned_qapik + body.amount_qapik)
    )
    connection.execute(
        insert(qr_returns),
        {
            "tender": body.tender,
            "request": body.request,
            "undone": body.undone,
            "amount_qapik": body.amount_qapik,
            "is_carried": 0,
        },
    )


def settled(connection: Connection, written: StoredRecord, tender: ops.Tender) -> None:
    """A settlement carries money by code: paid, of exactly this amount, once; or what goes back of it."""
    happens_once(connection, "qr", tender.operation, written)
    if tender.amount_qapik < 0:
        r = qr_returns.c
        this = (r.tender == tender.operation) & (r.amount_qapik == -tender.amount_qapik) & (r.is_carried == 0)
        if connection.execute(update(qr_returns).where(this).values(is_carried=1)).rowcount != 1:
            raise Refused("G-065")
        return
    c = qr_requests.c
    amount = connection.execute(select(c.amount_qapik).where(c.tender == tender.operation)).scalar()
    if amount != tender.amount_qapik:
        raise Refused("G-065")
    _move(connection, written, c.tender == tender.operation, "settled")


def doubt_older(connection: Connection, epoch: int) -> None:
    """What the machine before had asked for is the centre's to clear up: its basket is on no machine now."""
    c = qr_requests.c
    connection.execute(
        update(qr_requests).where(c.epoch < epoch, c.state.in_(UNFINISHED)).values(state="in_doubt")
    )


def _move(connection: Connection, written: StoredRecord, this: ColumnElement[bool], event: str) -> None:
    state = connection.execute(select(qr_requests.c.state).where(this)).scalar()
    values = {"state": move(AT_DESK, state or "", event), "changed_ms": written.header.recorded_ms}
    connection.execute(update(qr_requests).where(this).values(values))


class Reads(QrReads):
    """What the use cases read of these tables, on the connection of their transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def step(self, request: str) -> QrStep | None:
        found = self._found(qr_requests.c.request == request)
        return found[0] if found else None

    def steps(self, states: Sequence[str] = (), basket: str = "") -> list[QrStep]:
        c = qr_requests.c
        wanted = [c.state.in_(states)] if states else []
        return self._found(*wanted, *([c.basket == basket] if basket else []))

    def returned_beside(self, request: str, undone: str) -> Money:
        r = qr_returns.c
        total = select(func.sum(r.amount_qapik)).where(r.request == request, r.undone != undone)
        return azn(self._connection.execute(total).scalar() or 0)

    def paid_for(self, tenders: Sequence[str]) -> QrStep | None:
        found = self._found(qr_requests.c.tender.in_(tenders))
        return found[0] if found else None

    def _found(self, *wanted: ColumnElement[bool]) -> list[QrStep]:
        c = qr_requests.c
        rows = select(qr_requests).where(*wanted).order_by(c.asked_ms.desc(), c.request.desc())
        return [_seen(row) for row in self._connection.execute(rows)]


def _seen(row: Row[Any]) -> QrStep:
    return QrStep(
        request=row.request,
        basket=row.basket,
        tender=row.tender,
        amount=azn(row.amount_qapik),
        returned=azn(row.returned_qapik),
        digest=row.digest,
        officer=row.officer,
        state=row.state,
        reason=row.reason,
        asked_ms=row.asked_ms,
        changed_ms=row.changed_ms,
    )
