"""The exceptions list: records that are in custody but need a person before they have effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central.news import tell
from azpost_desk.protocol.news import OnExceptionsList

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection

# Whose desk it is to look at a record, by the reason it stands on the list.
OWNERS: Final = {
    "unknown_kind": "software",
    "bad_header": "software",
    "bad_body": "software",
    "wrong_place": "software",
    "wrong_postings": "software",
    "no_posting_rule": "software",
    "unsound": "finance",
    "repeated_operation": "finance",
}
OWNER_ELSE: Final = "operations"


def list_exception(
    conn: Connection, desk: str, epoch: int, sequence: int, reason: str, now_ms: int, about: str = ""
) -> None:
    """Put a record on the list, with its owner, and tell the desk; a second time changes nothing."""
    listed = conn.execute(
        "insert into exceptions (desk, epoch, sequence, reason, about, owner, made_ms)"
        " values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing returning exception",
        (desk, epoch, sequence, reason, about, OWNERS.get(reason, OWNER_ELSE), now_ms),
    ).fetchone()
    if listed:
        tell(conn, OnExceptionsList(epoch=epoch, sequence=sequence, reason=reason), [desk], now_ms)
