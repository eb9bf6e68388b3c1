"""Bills at a desk: each one taken, and what its biller has said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, select, update

from azpost_desk.domain import operations as ops
from azpost_desk.domain.lines import NoticePaid, PaymentAccepted, PaymentRefunded
from azpost_desk.domain.moves import PAYMENT, move
from azpost_desk.domain.people import Account
from azpost_desk.storage import people
from azpost_desk.storage import tables as t
from azpost_desk.storage.features.base import LineCarrier

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from azpost_desk.storage.projecting import StoredRecord


def _accepted(connection: Connection, written: StoredRecord, line: PaymentAccepted, receipt: str) -> None:
    bill = people.read(written.attached(line.operation, "account"), Account)
    connection.execute(
        insert(t.payments),
        {
            "payment": line.operation,
            "biller": line.biller,
            "service": line.service,
            "account": bill.account if bill else "",
            "amount_qapik": line.amount_qapik,
            "fee_qapik": line.fee_qapik,
            "state": move(PAYMENT, "", "accepted"),
            "day": written.header.day,
            "accepted_ms": written.header.recorded_ms,
            "changed_ms": written.header.recorded_ms,
            "receipt": receipt,
            "reason": "",
            "provider_reference": "",
        },
    )


def _move(
    connection: Connection, written: StoredRecord, payment: str, event: str, **values: str | int
) -> None:
    this = t.payments.c.payment == payment
    state = connection.execute(select(t.payments.c.state).where(this)).scalar()
    after = move(PAYMENT, state or "", event)
    connection.execute(
        update(t.payments).where(this).values(state=after, changed_ms=written.header.recorded_ms, **values)
    )


def resolved(connection: Connection, written: StoredRecord, body: ops.PaymentResolved) -> None:
    """The biller's answer, moved as domain.moves.PAYMENT allows; refused with G-020 otherwise.

    Of what comes back from the budget the fee is no part: it is not owed.
    """
    values: dict[str, str | int] = {"reason": body.reason, "provider_reference": body.provider_reference}
    if body.outcome == ops.RETURNED:
        values = {"reason": body.reason, "fee_qapik": 0}
    _move(connection, written, body.payment, body.outcome, **values)


def blank(connection: Connection, operation: str) -> None:
    """Its account was erased."""
    this = t.payments.c.payment == operation
    connection.execute(update(t.payments).where(this).values(account=""))


BILLS: Final = (
    LineCarrier[PaymentAccepted](
        line=PaymentAccepted,
        sold=_accepted,
        undone=lambda connection, written, line, _undone: _move(
            connection, written, line.operation, "reversed"
        ),
        number=lambda line: line.biller,
    ),
    LineCarrier[NoticePaid](
        line=NoticePaid,
        sold=_accepted,
        undone=lambda connection, written, line, _undone: _move(
            connection, written, line.operation, "reversed"
        ),
        number=lambda line: line.biller,
    ),
    LineCarrier[PaymentRefunded](
        line=PaymentRefunded,
        sold=lambda connection, written, line, _receipt: _move(connection, written, line.payment, "refunded"),
        number=lambda line: line.biller,
    ),
)
