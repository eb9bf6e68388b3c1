"""A desk that will never come back: declared lost by two people, recorded in the centre's book."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.central import branch_keys
from azpost_desk.central.registry.enrolment import end_epochs
from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from azpost_desk.central.book import Book
    from azpost_desk.central.storage.database import Connection


def declare_lost(
    conn: Connection, book: Book, desk: str, first_person: str, second_person: str, reason: str, now_ms: int
) -> list[str]:
    """Declare a desk lost; gives the transfers that are in doubt from now on.

    Late records of its old disk can still show what became of them.

    Raises:
        Refused: X-043 no such enrolled desk, X-044 not two different people, X-045 no reason.
    """
    if not first_person or not second_person or first_person == second_person:
        raise Refused("X-044")
    if not reason.strip():
        raise Refused("X-045")
    with conn.transaction():
        row = conn.execute(
            "select epoch from desks where desk = %s and epoch > 0 for update", (desk,)
        ).fetchone()
        if row is None:
            raise Refused("X-043", desk=desk)
        end_epochs(conn, desk, "lost")
        branch_keys.ended(conn, desk, now_ms)
        lost = ops.DeskDeclaredLost(
            desk=desk,
            epoch=row[0],
            first_person=first_person,
            second_person=second_person,
            reason=reason.strip(),
        )
        book.append(conn, lost)
        doubted = conn.execute(
            "select thing from grants where holder = %s and state = 'in_doubt' order by thing", (desk,)
        )
        return [thing for (thing,) in doubted]
