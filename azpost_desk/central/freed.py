"""A transfer becomes free to be paid: given back, resolved, or let go by two people.

Everything that frees one comes through here, so that nothing that arose meanwhile is overlooked: a lost desk
had paid it already, somebody guessed its code while it was held, or a party may be on a watch list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central import screening
from azpost_desk.central.grants import TRIES_MAX
from azpost_desk.central.messaging import events
from azpost_desk.central.news import tell
from azpost_desk.central.storage.database import one
from azpost_desk.domain.moves import GRANT, TRANSFER, move
from azpost_desk.protocol.news import TransferEvent

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection

# As it was when it was sent: any desk may ask for it.
_FREE: Final = move(TRANSFER, "", "sent")


def free(conn: Connection, transfer: str, now_ms: int) -> str:
    """Free a transfer whose row the caller has locked; gives its state from now on.

    When that is not ``available`` its sender's desk is told here; of a free one the caller tells.
    """
    paid = overtaken(conn, transfer, now_ms)
    if paid:
        return paid
    tries, desk = one(conn, "select wrong_tries, desk from transfers where transfer = %s", (transfer,))
    conn.execute(
        "update transfers set state = %s, state_ms = %s where transfer = %s", (_FREE, now_ms, transfer)
    )
    if tries >= TRIES_MAX:
        after = move(TRANSFER, _FREE, "closed")
        conn.execute("update transfers set state = %s where transfer = %s", (after, transfer))
        tell(conn, TransferEvent(transfer=transfer, state=after, office="", at_ms=now_ms), [desk], now_ms)
        return after
    if screening.is_suspected(conn, transfer, now_ms):
        return screening.hold(conn, transfer, now_ms)
    return _FREE


def overtaken(conn: Connection, thing: str, now_ms: int) -> str:
    """The state of a transfer that has become free although it was paid already; "" when it was not.

    Called inside the transaction that frees it: nobody else is granted it in between.
    """
    row = conn.execute(
        "update doubt_findings set settled = true where thing = %s and not settled"
        " and resolved = 'resolved_not_paid' returning event, record, \"grant\"",
        (thing,),
    ).fetchone()
    if row is None:
        return ""
    event, record, grant = row
    after = move(TRANSFER, _FREE, f"overtaken_{event}")
    sender = conn.execute(
        "update transfers set state = %s, ended_by = %s where transfer = %s returning desk",
        (after, record, thing),
    ).fetchone()
    ended = move(GRANT, "resolved_not_paid", event)
    conn.execute('update grants set state = %s, ended_by = %s where "grant" = %s', (ended, record, grant))
    if sender is not None:
        tell(conn, TransferEvent(transfer=thing, state=after, office="", at_ms=now_ms), [sender[0]], now_ms)
        events.transfer_paid(conn, thing, now_ms)
    return after
