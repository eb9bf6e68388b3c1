"""The secret of a chain for responses by telephone: made from one key of the centre, stored nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central import keys
from azpost_desk.protocol.approvals import secret_of

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection

MASTER: Final = "approvals"


def secret(conn: Connection, desk: str, epoch: int, now_ms: int) -> bytes:
    """What a chain is given when it is enrolled, and what its responses are made with."""
    return secret_of(keys.key(conn, MASTER, now_ms).secret(), desk, epoch)
