"""What people are told of: money of a bill to fetch, a transfer paid out, a transfer soon to go back.

In: the row of a bill or transfer that has just changed, or the day's round. Out: a message for the contact
that its record holds for it: the payer's telephone, or the sender's where they bought advice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central.messaging.queue import Facts, queue
from azpost_desk.central.registry import reference
from azpost_desk.central.sold import line_of, settlement_of
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Settings
from azpost_desk.domain.days import calendar_day
from azpost_desk.domain.messages import REFUND_READY, TRANSFER_EXPIRES, TRANSFER_PAID, message_id
from azpost_desk.domain.people import Account, Parties
from azpost_desk.domain.quotes import ADVICE

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection

_DAY_MS: Final = 24 * 3_600_000
_AT_ONCE: Final = 500


def refund_ready(conn: Connection, payment: str, now_ms: int) -> None:
    """A bill's money may be owed to its payer now: they left a number to be told so."""
    row = conn.execute(
        "select desk, epoch, sequence, fee_owed from payments where payment = %s and state = 'owed'",
        (payment,),
    ).fetchone()
    if row is None:
        return
    desk, epoch, sequence, fee_owed = row
    kept = conn.execute(
        "select content from attachments where desk = %s and epoch = %s and sequence = %s and slot = %s"
        " and content is not null",
        (desk, epoch, sequence, f"{payment}:account"),
    ).fetchone()
    sold = settlement_of(conn, desk, epoch, sequence, payment)
    line = line_of(sold, payment) if sold else None
    if kept is None or sold is None or not isinstance(line, ops.PaymentAccepted):
        return
    try:
        contact = msgspec.json.decode(kept[0], type=Account).contact
    except (msgspec.DecodeError, UnicodeDecodeError):
        return
    facts = Facts(amount_qapik=line.amount_qapik + line.fee_qapik * fee_owed, receipt=sold.receipt)
    person = (sold.language, contact)
    queue(conn, REFUND_READY, payment, (desk, epoch, sequence), person, facts, now_ms)


def transfer_paid(conn: Connection, transfer: str, now_ms: int) -> None:
    """A transfer was paid out: its sender is told, who bought advice of it."""
    _tell_sender(conn, TRANSFER_PAID, transfer, "", now_ms)


def remind(conn: Connection, now_ms: int) -> int:
    """Senders whose transfers go back before long, by the settings of today; how many were found.

    Each is looked at in a transaction of its own, so that the round is safe to break off.
    """
    settings = reference.in_force(conn, Settings, calendar_day(now_ms)) or Settings()
    if not settings.reminder_days:
        return 0
    stands_ms = settings.transfer_days_max * _DAY_MS
    before_ms = now_ms - max(stands_ms - settings.reminder_days * _DAY_MS, 0)
    after, told = "", 0
    while due := conn.execute(
        "select transfer, greatest(sent_ms, let_go_ms) from transfers where state = 'available'"
        " and greatest(sent_ms, let_go_ms) < %s and transfer > %s order by transfer limit %s",
        (before_ms, after, _AT_ONCE),
    ).fetchall():
        for transfer, since_ms in due:
            with conn.transaction():
                until = calendar_day(since_ms + stands_ms)
                told += _tell_sender(conn, TRANSFER_EXPIRES, transfer, until, now_ms)
        after = due[-1][0]
    return told


def _tell_sender(conn: Connection, kind: str, transfer: str, until: str, now_ms: int) -> bool:
    row = conn.execute(
        "select desk, epoch, sequence, parties from transfers where transfer = %s"
        " and not exists (select from messages where message = %s)",
        (transfer, message_id(kind, transfer)),
    ).fetchone()
    sold = settlement_of(conn, row[0], row[1], row[2], transfer) if row else None
    line = line_of(sold, transfer) if sold else None
    if row is None or sold is None or not isinstance(line, ops.TransferSent):
        return False
    if line.terms is None or ADVICE not in line.terms.extras_qapik:
        return False
    try:
        contact = msgspec.json.decode(row[3], type=Parties).sender.phone
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    facts = Facts(amount_qapik=line.amount_qapik, receipt=sold.receipt, until=until)
    return queue(conn, kind, transfer, (row[0], row[1], row[2]), (sold.language, contact), facts, now_ms)
