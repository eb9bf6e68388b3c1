"""What a chain knew of its desk's days: figures are true or wrong against that, never against later news."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from azpost_desk.domain import accounts as chart
from azpost_desk.domain.ledger import Posting
from azpost_desk.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.domain import operations as ops


@dataclass(slots=True)
class Knowledge:
    """What one chain knew of its desk's days when it wrote: the till's moves by day, the open days' records.

    A late tail of an ended epoch and the epoch that followed it each go on with their own.
    """

    moved: dict[int, Any] = field(default_factory=dict)
    bodies: dict[int, list[ops.Body]] = field(default_factory=dict)
    postings: dict[int, list[tuple[str, Posting]]] = field(default_factory=dict)

    def copy(self) -> Knowledge:
        """The same, to go on apart."""
        return Knowledge(
            dict(self.moved),
            {day: list(bodies) for day, bodies in self.bodies.items()},
            {day: list(kept) for day, kept in self.postings.items()},
        )

    def take(self, desk: str, day: int, kind: str, stored: Iterable[Any], body: ops.Body) -> None:
        """Add a record with its postings, as they stand in the table, to its day."""
        kept = self.postings.setdefault(day, [])
        for one in stored:
            kept.append((kind, Posting(one.operation, one.account, one.sub, Money(one.minor, one.currency))))
            if one.account == chart.TILL and one.sub == desk:
                self.moved[day] = self.moved.get(day, 0) + one.minor
        self.bodies.setdefault(day, []).append(body)

    def opening(self, day: int) -> Any:
        """The till before a day."""
        return sum(minor for number, minor in self.moved.items() if number < day)
