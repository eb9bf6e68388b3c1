"""The partner's own books of our account, scripted: each statement or notice is one message of its."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain.abroad.statements import Entry, Statement

if TYPE_CHECKING:
    from tests.central.abroad_post import Post

DAY, NEVER = "2099-01-01", "2000-01-01"


class Bank:
    """The partner's own books of our account, scripted: each call is one message."""

    def __init__(self, post: Post) -> None:
        self.post = post
        self.number = 0
        self.closing = 0

    def says(self, *entries: Entry, off: int = 0, number: int = 0, until: str = NEVER) -> list[str]:
        """A statement; gives the cases it made."""
        opening = self.closing
        if not off and not number:
            self.number += 1
            self.closing += sum(one.minor for one in entries if one.is_booked)
        closing = opening + sum(one.minor for one in entries if one.is_booked)
        at = number or self.number + bool(off)
        return self.tells(
            Statement("AZPOST-1", f"S-{at}", at, "GEL", True, entries, opening, closing + off, until)
        )

    def notes(self, *entries: Entry) -> list[str]:
        return self.tells(Statement("AZPOST-1", f"N-{self.number}", 1, "GEL", False, entries))

    def tells(self, statement: Statement) -> list[str]:
        before = len(self.post.cases())
        self.post.partner.states(statement)
        self.post.later(1)
        return self.post.cases()[before:]
