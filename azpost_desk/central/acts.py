"""Acts of the centre that touched or read something of a desk: in its own book, and told to the desk.

Nobody at the centre looks into a branch's records or changes what a desk works with unseen (H-16).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central.book import new_id
from azpost_desk.central.news import tell
from azpost_desk.domain import operations as ops
from azpost_desk.protocol.news import CentreAct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.central.book import Book
    from azpost_desk.central.storage.database import Connection

# The desk has a sentence `recovery.act.<word>` for each.
ACTS: Final = (
    "enrolment_code",
    "declared_lost",
    "staff_changed",
    "licence_changed",
    "codes_given",
    "records_read",
    "correction_proposed",
)


def note(
    conn: Connection,
    book: Book,
    desks: Iterable[str],
    act: str,
    who: str,
    why: str,
    now_ms: int,
    about: str = "",
) -> None:
    """Record an act for each of these desks and tell them; in the transaction of the act itself."""
    if act not in ACTS:
        raise ValueError(act)
    for desk in sorted(set(desks)):
        told = CentreAct(act_id=new_id(now_ms), act=act, who=who, why=why, at_ms=now_ms, about=about)
        digest = hashlib.sha256(msgspec.json.encode(told)).hexdigest()
        book.append(conn, ops.DeskTouched(desk=desk, act=act, who=who, digest=digest))
        conn.execute(
            "insert into acts values (%s, %s, %s, %s, %s, %s, %s)",
            (told.act_id, desk, act, who, why, about, now_ms),
        )
        tell(conn, told, [desk], now_ms)


def desks_of(conn: Connection, branch: str) -> list[str]:
    """The desks of a branch."""
    rows = conn.execute("select desk from desks where branch = %s order by desk", (branch,))
    return [desk for (desk,) in rows]
