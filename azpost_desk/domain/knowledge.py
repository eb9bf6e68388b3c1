"""What a chain knew of its desk's days: figures are true or wrong against that, never against later news."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from azpost_desk.domain import accounts as chart
from azpost_desk.domain.ledger import Posting
from azpost_desk.domain.money import Money

if TYPE_CHECKING:
    from azpost_desk.domain import operations as ops
    from azpost_desk.domain.invariants import Fact


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

    def take(self, fact: Fact, body: ops.Body) -> None:
        """Add a record to its day."""
        kept = self.postings.setdefault(fact.day, [])
        for one in fact.postings:
            kept.append(
                (fact.kind, Posting(one.operation, one.account, one.sub, Money(one.minor, one.currency)))
            )
            if one.account == chart.TILL and one.sub == fact.desk:
                self.moved[fact.day] = self.moved.get(fact.day, 0) + one.minor
        self.bodies.setdefault(fact.day, []).append(body)

    def opening(self, day: int) -> Any:
        """The till before a day."""
        return sum(minor for number, minor in self.moved.items() if number < day)
