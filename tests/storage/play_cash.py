"""A desk that plays operations by name: how one is done, and those of cash in the branch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from azpost_desk.domain import baskets
from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol import news as tidings
from tests.storage.desks import Ids, piece

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from azpost_desk.protocol.records import Attachment
    from azpost_desk.storage.books import DeskBooks
    from azpost_desk.storage.writing import BookWriting
    from tests.storage.desks import FakeClock


@dataclass
class CashPlayer:
    """A desk at work."""

    books: DeskBooks
    clock: FakeClock
    date: int = 1
    new_id: Ids = field(init=False)
    sold: list[tuple[ops.AnyLine, str]] = field(default_factory=list)
    granted: list[tuple[str, str]] = field(default_factory=list)
    disputed: list[str] = field(default_factory=list)
    news_at: int = 100

    def __post_init__(self) -> None:
        self.new_id = Ids(self.clock)

    def play(self, name: str) -> bool:
        """Do one thing by the name of its method; False when the books refused it."""
        self.clock.pass_ms(1_000)
        act: Callable[[], None] = getattr(self, name)
        try:
            act()
        except Refused:
            return False
        return True

    def tell(self, kind: str, told: tidings.Tidings) -> None:
        self.news_at += 1
        self.books.store_news([piece(self.news_at, kind, told)], 1)

    # --- steps --------------------------------------------------------------------------------------

    def pay(self, lines: Sequence[ops.AnyLine], attachments: Sequence[Attachment] = ()) -> None:
        with self.books.writing() as books:
            self._settle(books, lines, attachments)

    def _settle(
        self, books: BookWriting, lines: Sequence[ops.AnyLine], attachments: Sequence[Attachment] = ()
    ) -> None:
        due = baskets.to_pay(lines).minor
        receipt = books.next_receipt()
        body = baskets.settle(self.new_id(), receipt, lines, self.new_id(), azn(max(due, 0)), "az")
        books.append(body, actor="1002", operation=body.basket, attachments=attachments)
        self.sold += [(line, receipt) for line in lines if not isinstance(line, ops.LineReversed)]

    def _append(self, body: ops.Body, actor: str) -> None:
        with self.books.writing() as books:
            books.append(body, actor=actor, operation=self.new_id())

    # --- cash in the branch -------------------------------------------------------------------------

    def hand_over_till(self) -> None:
        """From one officer to another: two qəpik too few."""
        with self.books.writing() as books:
            till = books.till()
            taker = "1003" if till.holder == "1002" else "1002"
            counted = max(till.balance.minor - 2, 0)
            body = ops.TillHandedOver(
                till=till.till, holder=till.holder, taker=taker, pieces={"1": counted},
                counted_qapik=counted, expected_qapik=till.balance.minor,
                difference_qapik=counted - till.balance.minor, approved_by=taker,
            )  # fmt: skip
            books.append(body, actor="1002", operation=self.new_id())

    def surprise_count(self) -> None:
        with self.books.writing() as books:
            till = books.till()
            body = ops.TillCounted(
                till=till.till, holder=till.holder, pieces={}, counted_qapik=0,
                expected_qapik=till.balance.minor, difference_qapik=-till.balance.minor,
            )  # fmt: skip
            books.append(body, actor="1004", operation=self.new_id())

    def count_aside(self) -> None:
        body = ops.CountSetAside(till="2002-1", holder="1002", pieces={"1": 1}, counted_qapik=1)
        self._append(body, "1002")

    def make_good(self) -> None:
        """One qəpik of the newest shortage, if there is any."""
        with self.books.writing() as books:
            lacking = [one for one in books.counts(("closed", "handed_over")) if one.missing]
            if lacking:
                body = ops.DifferenceMadeGood(
                    close=lacking[0].operation, till="2002-1", officer="1002", pieces={"1": 1},
                    amount_qapik=1, cause="lost", words="", warning="w", approved_by="1004",
                )  # fmt: skip
                books.append(body, actor="1002", operation=self.new_id())

    def worn_apart(self) -> None:
        body = ops.CashMoved(
            direction="to_safe", purpose="worn", till="2002-1", pieces={"1000": 1}, amount_qapik=1_000
        )
        self._append(body, "1002")

    def suspect_note(self) -> None:
        self.news_at += 1
        body = ops.NoteSuspected(
            report=f"S-{self.news_at}", denomination_qapik=5_000, series="AB1234567", presenter=""
        )
        self._append(body, "1002")

    def seal_bag(self) -> None:
        self.news_at += 1
        with self.books.writing() as books:
            operation, sort = self.new_id(), "worn" if books.worn() else "cash"
            body = ops.BagSealed(
                bag=operation, number=f"PL-{self.news_at}", sort=sort, pieces={"1000": 1}, amount_qapik=1_000
            )
            books.append(body, actor="1001", operation=operation)

    def hand_over_bag(self) -> None:
        with self.books.writing() as books:
            waiting = books.bags(("sealed",))
            if waiting:
                body = ops.BagHandedOver(bag=waiting[0].bag, number=waiting[0].number, collector="")
                books.append(body, actor="1001", operation=self.new_id())

    def bag_news(self) -> None:
        told = tidings.BagNews(
            bag=f"b-{self.news_at}", number=f"PL-{self.news_at}-C", sort="cash", from_desk="",
            to_desk="2002-1", pieces={"1000": 3}, amount_qapik=3_000, at_ms=self.clock.utc_ms(),
        )  # fmt: skip
        self.tell("bag", told)

    def receive_bag(self) -> None:
        """As it was announced."""
        with self.books.writing() as books:
            waiting = books.bags(("announced",))
            if not waiting:
                return
            bag = waiting[0]
            body = ops.BagReceived(bag=bag.bag, number=bag.number, pieces={"1000": 3}, amount_qapik=3_000)
            books.append(body, actor="1001", operation=self.new_id())

    def receive_short_bag(self) -> None:
        """By an act, with one note less."""
        with self.books.writing() as books:
            waiting = books.bags(("announced",))
            if not waiting:
                return
            bag = waiting[0]
            body = ops.BagDiffered(
                bag=bag.bag, number=bag.number, act="A", announced={"1000": 3}, announced_qapik=3_000,
                pieces={"1000": 2}, amount_qapik=2_000, approved_by="1004",
            )  # fmt: skip
            books.append(body, actor="1001", operation=self.new_id())
