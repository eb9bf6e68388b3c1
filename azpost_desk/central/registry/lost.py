"""A desk that will never come back: declared with evidence by one person, confirmed by another after a wait.

Recorded in the centre's book. Its open grants are in doubt from then on (central.doubts resolves them); late
records of its old disk can still show what became of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.central import branch_keys
from azpost_desk.central.registry.enrolment import end_epochs
from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.typed import is_said

if TYPE_CHECKING:
    from azpost_desk.central.book import Book
    from azpost_desk.central.storage.database import Connection

# [design] Long enough for a line to come back or somebody to drive there; no law fixes it.
WAIT_MS: Final = 24 * 3_600_000
HEARD_EVERY_MS: Final = 600_000


@dataclass(frozen=True, slots=True)
class Doubted:
    """A grant of a lost desk that nobody has resolved yet."""

    grant: str
    thing: str
    purpose: str
    amount_qapik: int
    desk: str


def declare(conn: Connection, desk: str, first_person: str, reason: str, evidence: str, now_ms: int) -> int:
    """Say with evidence that a desk will not come back; gives from when another person may confirm it (ms).

    Declared again for the same epoch it is the first declaration that counts.

    Raises:
        Refused: X-043 no such enrolled desk, X-044 nobody says so, X-045 no reason, X-047 no evidence.
    """
    if not is_said(first_person):
        raise Refused("X-044")
    if not is_said(reason):
        raise Refused("X-045")
    if not is_said(evidence):
        raise Refused("X-047")
    with conn.transaction():
        epoch = _epoch(conn, desk)
        conn.execute(
            "insert into lost_declarations values (%s, %s, %s, %s, %s, %s, null) on conflict do nothing",
            (desk, epoch, first_person.strip(), reason.strip(), evidence.strip(), now_ms),
        )
        row = conn.execute(
            "select declared_ms from lost_declarations where desk = %s and epoch = %s", (desk, epoch)
        ).fetchone()
    return (row[0] if row else now_ms) + WAIT_MS


def confirm(conn: Connection, book: Book, desk: str, second_person: str, now_ms: int) -> list[str]:
    """The second person: the desk is lost; gives the transfers that are in doubt from now on.

    Raises:
        Refused: X-043, X-044 the same person again, X-048 nobody has declared it, X-049 the waiting time is
            not over, X-050 the desk has been heard of since.
    """
    with conn.transaction():
        epoch = _epoch(conn, desk)
        row = conn.execute(
            "select first_person, reason, evidence, declared_ms from lost_declarations"
            " where desk = %s and epoch = %s and confirmed_ms is null for update",
            (desk, epoch),
        ).fetchone()
        if row is None:
            raise Refused("X-048", desk=desk)
        first_person, reason, evidence, declared_ms = row
        if not is_said(second_person) or second_person.strip() == first_person:
            raise Refused("X-044")
        if now_ms < declared_ms + WAIT_MS:
            raise Refused("X-049", hours=-(-(declared_ms + WAIT_MS - now_ms) // 3_600_000))
        heard = conn.execute(
            "select greatest(heard_ms, received_ms) from chain_heads where desk = %s and epoch = %s",
            (desk, epoch),
        ).fetchone()
        if heard is not None and heard[0] > declared_ms:
            raise Refused("X-050", desk=desk)
        conn.execute(
            "update lost_declarations set confirmed_ms = %s where desk = %s and epoch = %s",
            (now_ms, desk, epoch),
        )
        people = (first_person, second_person.strip())
        return _lose(conn, book, desk, people, reason, evidence, declared_ms)


def doubted(conn: Connection) -> list[Doubted]:
    """Every grant in doubt, oldest first."""
    rows = conn.execute(
        "select \"grant\", thing, purpose, amount, holder from grants where state = 'in_doubt'"
        " order by issued_ms"
    )
    return [Doubted(*row) for row in rows]


def _epoch(conn: Connection, desk: str) -> int:
    row = conn.execute("select epoch from desks where desk = %s and epoch > 0 for update", (desk,)).fetchone()
    if row is None:
        raise Refused("X-043", desk=desk)
    return int(row[0])


def _lose(
    conn: Connection,
    book: Book,
    desk: str,
    people: tuple[str, str],
    reason: str,
    evidence: str,
    declared_ms: int,
) -> list[str]:
    epoch = _epoch(conn, desk)
    end_epochs(conn, desk, "lost")
    branch_keys.ended(conn, desk, declared_ms)
    lost = ops.DeskLost(
        desk=desk,
        epoch=epoch,
        first_person=people[0],
        second_person=people[1],
        reason=reason,
        evidence=evidence,
        declared_ms=declared_ms,
    )
    book.append(conn, lost)
    found = conn.execute(
        "select thing from grants where holder = %s and state = 'in_doubt' order by thing", (desk,)
    )
    return [thing for (thing,) in found]
