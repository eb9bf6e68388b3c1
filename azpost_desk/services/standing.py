"""How this desk stands, read from its books in one consistent look: day, till, safe, bags, numbers left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import accounts as chart
from azpost_desk.domain.catalogue import Branch, Goods, Settings
from azpost_desk.domain.money import Money, azn
from azpost_desk.services.cash_bags import worn_money
from azpost_desk.services.cash_counts import is_short

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azpost_desk.domain.catalogue import Article
    from azpost_desk.services.counter import Counter, Officer
    from azpost_desk.services.views import Basket, BooksCheck, Day, Desk, Remittance, Till
    from azpost_desk.services.views_cash import Bag, Count

_HELD: Final = ("open", "counting")
COUNTS_AT_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class AtAGlance:
    """What a clerk glances at.

    Attributes:
        till: what lies in the open till, None while it is not open.
        limit: how much it should hold at most.
        last_receipt: number of the last receipt, "" before the first.
        date: of the business day, ISO; "" before the first.
        is_counted: whether the till is being counted.
        holds_safe: whether the branch's safe is at this desk.
        codes_left, items_left: transfer codes and item numbers from the centre that nobody has used.
    """

    till: Money | None
    limit: Money
    last_receipt: str
    date: str
    is_counted: bool
    holds_safe: bool
    codes_left: int
    items_left: int


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """What the end of the program leaves behind: a basket with lines in it, and whether the till is held."""

    basket: Basket | None
    till: bool


@dataclass(frozen=True, slots=True)
class TillNow:
    """Day, till and safe as of one moment.

    Attributes:
        proposed: the date to open, ISO.
        holder: name of the officer who holds the till, "" when it is not open.
        limit: how much the till should hold at most.
        safe: what lies in the safe; None when another desk holds it.
        safe_desk: number of the desk that holds the safe.
        others: (id, number) of the branch's other desks.
        unaccepted: cash between desks, announced to this one or given out by it, not counted in yet, oldest
            first.
        articles: goods of the catalogue with their stock here.
        as_of_ms: when all this was read.
    """

    desk: Desk
    day: Day
    proposed: str
    till: Till
    holder: str
    limit: Money
    safe: Money | None
    safe_desk: int
    others: tuple[tuple[str, int], ...]
    unaccepted: tuple[Remittance, ...]
    articles: tuple[tuple[Article, int], ...]
    as_of_ms: int

    @property
    def awaited(self) -> tuple[Remittance, ...]:
        """What this desk itself has to count in."""
        return tuple(one for one in self.unaccepted if one.state == "announced")

    @property
    def is_held(self) -> bool:
        """Whether somebody holds the till."""
        return self.till.state in _HELD

    @property
    def is_counted(self) -> bool:
        """Whether a count is under way: nothing on a screen may say what is expected."""
        return self.till.state == "counting"


@dataclass(frozen=True, slots=True)
class CashNow:
    """Bags, counts and notes as of one moment.

    Attributes:
        holds_safe: whether the branch's safe is at this desk; `safe_desk` is the desk's number that has it.
        shortages: counts of the officer of which something is still missing.
        worn: what waits in the safe for a bag; suspect: how many notes do.
        names: of the officers, by id.
    """

    day: Day
    till: Till
    holds_safe: bool
    safe_desk: int
    bags: tuple[Bag, ...]
    counts: tuple[Count, ...]
    shortages: tuple[Count, ...]
    worn: Money
    suspect: int
    names: Mapping[str, str]
    as_of_ms: int


@dataclass(frozen=True, slots=True)
class DeskStanding:
    """This desk as its books have it now."""

    counter: Counter

    def check_books(self) -> BooksCheck:
        """All invariants over the whole books; long, so never where a screen waits."""
        return self.counter.books.check()

    def is_selling(self) -> bool:
        """Whether both the day and the till are open."""
        with self.counter.books.reading() as books:
            return books.day().state == "open" and books.till().state == "open"

    def left_open(self) -> LeftOpen:
        """What is not finished, for who is about to end the program."""
        with self.counter.books.reading() as books:
            basket, till = books.basket(), books.till()
        return LeftOpen(basket if basket is not None and basket.lines else None, till.state in _HELD)

    def at_a_glance(self) -> AtAGlance:
        """Till, limit, last receipt, numbers left.

        Raises:
            Trouble: G-050 when the centre has not sent the branch's reference data yet.
        """
        with self.counter.books.reading() as books:
            day, till = books.day(), books.till()
            settings = books.document(Settings, day.date or self.counter.today())
            return AtAGlance(
                till=till.balance if till.state == "open" else None,
                limit=azn(settings.till_qapik_max),
                last_receipt=books.last_receipt(),
                date=day.date,
                is_counted=till.state == "counting",
                holds_safe=bool(day.date)
                and books.document(Branch, day.date).safe_desk == books.desk().number,
                codes_left=books.codes_left(),
                items_left=books.item_numbers_left(),
            )

    def till(self) -> TillNow:
        """Day, till and safe with what may be done to them.

        Raises:
            Trouble: G-050 when the centre has not sent the branch's reference data yet.
        """
        proposed = self.counter.today()
        with self.counter.books.reading() as books:
            here, day, till = books.desk(), books.day(), books.till()
            date = day.date if day.state == "open" else proposed
            branch = books.document(Branch, date)
            holds_safe = branch.safe_desk == here.number
            holder = books.officer(till.holder) if till.state in _HELD else None
            stock = books.stock()
            return TillNow(
                desk=here,
                day=day,
                proposed=proposed,
                till=till,
                holder=holder.name if holder else "",
                limit=azn(books.document(Settings, date).till_qapik_max),
                safe=books.balance(chart.SAFE, here.desk) if holds_safe else None,
                safe_desk=branch.safe_desk,
                # The centre names a desk by its branch and its number there.
                others=tuple((f"{here.branch}-{n}", n) for n in branch.desks if n != here.number),
                unaccepted=tuple(books.remittances(("announced", "issued"))[::-1]),
                articles=tuple((one, stock.get(one.sku, 0)) for one in books.document(Goods, date).articles),
                as_of_ms=self.counter.clock.utc_ms(),
            )

    def cash(self, by: Officer) -> CashNow:
        """Bags, counts and notes, with what `by` still has to make good.

        Raises:
            Trouble: G-050 when the centre has not sent the branch's reference data yet.
        """
        with self.counter.books.reading() as books:
            here, day = books.desk(), books.day()
            branch = books.document(Branch, day.date or self.counter.today())
            counts = books.counts()
            return CashNow(
                day=day,
                till=books.till(),
                holds_safe=branch.safe_desk == here.number,
                safe_desk=branch.safe_desk,
                bags=tuple(books.bags()),
                counts=tuple(counts[:COUNTS_AT_MOST]),
                shortages=tuple(one for one in counts if is_short(one, by)),
                worn=worn_money(books),
                suspect=sum(not one.bag for one in books.suspect_notes()),
                names={one.officer: one.name for one in books.officers()},
                as_of_ms=self.counter.clock.utc_ms(),
            )
