"""Keys of a branch's desks, told ahead: its neighbours believe what a desk signs on paper without a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.central.news import tell
from azpost_desk.central.storage.database import one
from azpost_desk.protocol.news import DeskKey

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection


def introduce(conn: Connection, desk: str, branch: str, now_ms: int) -> None:
    """A desk has a new key: the neighbours learn it, and the desk learns theirs, ended ones too."""
    for told in _keys(conn, branch):
        others = _neighbours(conn, branch, told.desk) if told.desk == desk else [desk]
        tell(conn, told, others, now_ms)


def ended(conn: Connection, desk: str, now_ms: int) -> None:
    """Chains of a desk have ended: nobody takes paper with their keys any more."""
    branch = one(conn, "select branch from desks where desk = %s", (desk,))[0]
    for told in _keys(conn, branch):
        if told.desk == desk and told.state != "active":
            tell(conn, told, _neighbours(conn, branch, desk), now_ms)


def _keys(conn: Connection, branch: str) -> list[DeskKey]:
    rows = conn.execute(
        "select desk, chain_heads.epoch, public_key, chain_heads.state, chain_heads.received_ms"
        " from chain_heads join (select desk, branch from desks) as places using (desk)"
        " where branch = %s order by desk, chain_heads.epoch",
        (branch,),
    )
    return [DeskKey(desk=row[0], epoch=row[1], public_key=row[2], state=row[3], at_ms=row[4]) for row in rows]


def _neighbours(conn: Connection, branch: str, desk: str) -> list[str]:
    rows = conn.execute(
        "select desk from desks where branch = %s and desk <> %s and epoch > 0 order by desk", (branch, desk)
    )
    return [row[0] for row in rows]
