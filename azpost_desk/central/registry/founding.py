"""The centre's beginning, and its new epoch after a restore."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.central import keys, news
from azpost_desk.central.storage.database import one

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection


def found(conn: Connection, now_ms: int) -> None:
    """Make the centre's first epoch and its keys; where they are already there nothing changes."""
    with conn.transaction():
        conn.execute(
            "insert into centre (epoch, epoch_opened_ms) values (1, %s) on conflict do nothing", (now_ms,)
        )
        keys.load(conn, now_ms)


def new_epoch(conn: Connection, now_ms: int) -> int:
    """Begin a new epoch of the centre: after every restore or promotion that may have lost something.

    From now on nothing that a desk may hold from before is granted until that desk has spoken or was declared
    lost, and news positions begin anew. Gives the epoch.
    """
    with conn.transaction():
        epoch: int = one(
            conn,
            "update centre set epoch = epoch + 1, epoch_opened_ms = %s returning epoch",
            (now_ms,),
        )[0]
        news.tell_again(conn, epoch - 1)
    return epoch
