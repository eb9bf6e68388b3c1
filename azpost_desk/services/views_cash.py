"""What services read of bags, counts and suspect notes, as of a moment; part of `views`."""

from __future__ import annotations

from dataclasses import dataclass, field

from azpost_desk.domain.money import Money


@dataclass(frozen=True, slots=True)
class Bag:
    """A bag of this desk's safe, or announced to it.

    Attributes:
        bag: its id; `number` is the seal's, which people read and scan.
        direction: out (to the cash centre) or in (from it).
        state: of domain.moves.BAG.
        counted: what was found in it, by whoever opened it; zero until then.
        notes: reports of the suspect notes in it.
        changed_by: officer (or "" for the centre) behind the newest change, at `changed_ms`.
    """

    bag: str
    number: str
    sort: str
    direction: str
    state: str
    announced: Money
    pieces: dict[int, int]
    counted: Money
    counted_pieces: dict[int, int]
    notes: tuple[str, ...]
    act: str
    made_by: str
    made_ms: int
    changed_by: str
    changed_ms: int

    @property
    def missing(self) -> Money:
        """What lies still in transit of a bag that differed; negative when there was too much."""
        return self.announced - self.counted


@dataclass(frozen=True, slots=True)
class Count:
    """A count of this till: `sort` is set_aside, closed, handed_over or surprise.

    A count set aside knows no expected figure: `expected` and `difference` are then zero.
    """

    operation: str
    sort: str
    day: int
    holder: str
    officer: str
    at_ms: int
    pieces: dict[int, int] = field(hash=False)
    counted: Money
    expected: Money
    difference: Money
    made_good: Money

    @property
    def missing(self) -> Money:
        """The shortage that nobody has made good; zero when there is none."""
        return Money(max(0, -self.difference.minor - self.made_good.minor))


@dataclass(frozen=True, slots=True)
class SuspectNote:
    """A note that may be false; `bag` is the bag it lies in, "" while it lies apart in the safe."""

    report: str
    operation: str
    denomination: Money
    series: str
    at_ms: int
    officer: str
    bag: str
