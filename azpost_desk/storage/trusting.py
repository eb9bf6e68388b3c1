"""The floor of trusted time, read from the journal and the centre's last word; nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.exc import DBAPIError

from azpost_desk.domain.trusted_time import BELIEVED_AHEAD_MS, TrustedTime, believed

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.domain.days import Clock

# What the centre has is no younger than its word on it: a later time on such a record is proven wrong, and so
# is the start before it. Records after it that carry that same time only never go back behind it.
_SEEN: Final = "SELECT coalesce(max(recorded_ms), 0) FROM journal WHERE epoch = ? AND sequence = ?"
_NEWEST: Final = (
    "SELECT coalesce(max(recorded_ms), 0) FROM journal "
    "WHERE epoch = ? AND sequence > ? AND recorded_ms > ? AND recorded_ms <= ?"
)
_STARTED: Final = "SELECT coalesce(max(since_ms), 0) FROM running WHERE since_ms > ?"
_SIGNED: Final = "SELECT epoch, acknowledged, acknowledged_ms FROM line ORDER BY epoch DESC LIMIT 1"


def floors(ask: Callable[..., Any]) -> tuple[int, int, int]:
    """(the centre's last signed time, the newest record's that it has not seen, the last start's), UTC ms.

    Args:
        ask: executes one statement on the desk's file and has `fetchone`.
    """
    row = ask(_SIGNED, ()).fetchone()
    if row is None:
        return 0, 0, 0
    epoch, acknowledged, signed_ms = row
    (seen_ms,) = ask(_SEEN, (epoch, acknowledged)).fetchone()
    unseen = epoch, acknowledged, seen_ms, signed_ms + BELIEVED_AHEAD_MS
    (newest_ms,) = ask(_NEWEST, unseen).fetchone()
    (started_ms,) = ask(_STARTED, (seen_ms,)).fetchone()
    return signed_ms, newest_ms, started_ms


def begin(ask: Callable[..., Any], clock: Clock) -> TrustedTime:
    """The trusted time of a program that opens the file now; of a damaged one no more than its clock."""
    try:
        known = floors(ask)
    except DBAPIError:
        # The look at every page that follows says which it is, and nothing is written any more.
        known = (0, 0, 0)
    return TrustedTime(clock, *known)


def believed_now(ask: Callable[..., Any], now_ms: int) -> int:
    """What a program that only copies the books may take for the time, when its clock says `now_ms`."""
    signed_ms, *known = floors(ask)
    return max(believed(at_ms, signed_ms) for at_ms in (*known, now_ms))
