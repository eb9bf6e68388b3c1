"""The centre's beginning, and its new epoch after a restore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central import keys, news
from azpost_desk.central.registry import branches, code_series
from azpost_desk.central.storage.database import one
from azpost_desk.domain.invariants import EPOCHS_SKIPPED

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection

# A sequence beyond every record: nothing of such a chain counts as newer than the epoch.
_ALL: Final = 2**63 - 1
# The number of a new epoch is a time, in seconds from 2026 on: what a copy of the database counts is no
# guide.
_COUNTED_FROM_MS: Final = 1_767_225_600_000
# [design] More desks than anybody enrols between a copy and its restore.
_SERIES_SKIPPED: Final = 1_000


def found(conn: Connection, now_ms: int) -> None:
    """Make the centre's first epoch and its keys; where they are already there nothing changes."""
    with conn.transaction():
        conn.execute(
            "insert into centre (epoch, epoch_opened_ms) values (1, %s) on conflict do nothing", (now_ms,)
        )
        keys.load(conn, now_ms)
        code_series.begin(conn, now_ms)


def new_epoch(conn: Connection, now_ms: int) -> int:
    """Begin a new epoch of the centre: after every restore or promotion that may have lost something.

    From now on nothing that a desk may hold from before is granted until that desk has spoken or was declared
    lost, news positions begin anew, transfer codes are of a new series, item numbers, receipt series and the
    chains of desks go on beyond all that may have been given. Gives the epoch: of two restores of one copy
    each has its own.
    """
    with conn.transaction():
        before = one(conn, "select epoch from centre for update")[0]
        epoch: int = one(
            conn,
            "update centre set epoch = greatest(epoch + 1, %s), epoch_opened_ms = %s returning epoch",
            ((now_ms - _COUNTED_FROM_MS) // 1000, now_ms),
        )[0]
        # Chains that had ended by then hold nothing that the database does not know.
        conn.execute(
            "update chain_heads set spoke_epoch = %s, spoke_sequence = %s"
            " where state in ('replaced', 'lost')",
            (epoch, _ALL),
        )
        news.tell_again(conn, before)
        branches.skip_ranges(conn)
        code_series.begin(conn, now_ms)
        conn.execute("update desks set epoch_given = greatest(epoch, epoch_given) + %s", (EPOCHS_SKIPPED,))
        conn.execute(
            "select setval('receipt_series', least(last_value + %s, 999999)) from receipt_series",
            (_SERIES_SKIPPED,),
        )
    return epoch
