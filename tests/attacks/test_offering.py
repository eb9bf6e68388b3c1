"""A sale undone at the counter while the line carries it away: the centre never acts on the sale alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.payments import PayBill
from azpost_desk.services.transfers import SendTransfer
from azpost_desk.sync.exchanges import Exchanges
from tests.services.counters import CLERK, RECEIVER, SENDER, Stand, approval

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.protocol.messages import Batch, Exchange


def sold(stand: Stand, what: str) -> str:
    """A transfer or a bill, paid in cash; the id of its line."""
    if what == "transfer":
        basket = stand.desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(5_000), "family"), CLERK)
    else:
        basket = stand.desk.payments.pay(PayBill("0101", "12345678", azn(5_000)), CLERK)
    stand.pay(6_000)
    return basket.lines[-1].line.operation


def undo(stand: Stand, operation: str) -> None:
    with stand.books.reading() as books:
        line = books.paid_line(operation)
    assert line is not None
    reversal = stand.desk.counter.new_id()
    stand.desk.baskets.reverse(CLERK, line, reversal, "səhv", approval(reversal))


def kinds(batch: Batch | None, operation: str) -> tuple[bool, bool]:
    """Whether a batch carries the sale, and its reversal."""
    sale = undone = False
    for sent in batch.records if batch else ():
        if b'"settlement"' in sent.header:
            for line in ops.decode("settlement", 1, sent.body).lines:
                sale |= line.operation == operation
                undone |= isinstance(line, ops.LineReversed) and line.original.operation == operation
    return sale, undone


def pass_the_time(stand: Stand, count: int) -> None:
    """Stamps sold one by one."""
    for _ in range(count):
        stand.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
        stand.pay(60)


@pytest.mark.parametrize("what", ["transfer", "bill"])
@pytest.mark.parametrize("limit", range(1, 14))
def test_a_sale_and_its_reversal_travel_in_one_batch(stand: Stand, what: str, limit: int) -> None:
    stand.line.online = False
    pass_the_time(stand, 2)
    operation = sold(stand, what)
    pass_the_time(stand, 2)
    undo(stand, operation)
    pass_the_time(stand, 2)
    for _ in range(100):
        batch = stand.books.batch(limit, 10_000_000)
        if batch is None:
            break
        sale, undone = kinds(batch, operation)
        assert sale == undone or limit < 4, batch.first
        last = batch.first + len(batch.records) - 1
        stand.books.mark_offered(last)
        with stand.books.writing():
            stand.books._set_line(acknowledged=last)
    else:
        raise AssertionError("it never ends")


@dataclass
class Interrupted:
    """The books as the line sees them, with a clerk at the counter between any two of its steps."""

    books: Any
    before: str
    clerk: Callable[[], None]

    def __getattr__(self, name: str) -> Any:
        if name == self.before:
            self.before = ""
            self.clerk()
        return getattr(self.books, name)


class Ether:
    """A wire that keeps what is sent and answers nothing."""

    def __init__(self) -> None:
        self.sent: list[Exchange] = []

    def post(self, path: str, message: Exchange, *rest: object) -> None:
        self.sent.append(message)
        raise Trouble("L-002")


STEPS = ("identity", "head", "batch", "mark_offered", "news_position", "held_grants", "signing_key")


@pytest.mark.parametrize("what", ["transfer", "bill"])
@pytest.mark.parametrize("step", STEPS)
def test_a_reversal_between_any_two_steps_of_the_line_is_refused_or_goes_along(
    stand: Stand, what: str, step: str
) -> None:
    operation = sold(stand, what)
    refused: list[str] = []

    def clerk() -> None:
        try:
            undo(stand, operation)
        except Refused as no:
            refused.append(no.code)

    ether = Ether()
    line = Exchanges(Interrupted(stand.books, step, clerk), ether, stand.clock)  # type: ignore[arg-type]
    with pytest.raises(Trouble):
        line.once()
    sale, undone = kinds(ether.sent[0].batch, operation)
    assert sale
    assert undone != (refused in (["T-040"], ["P-040"]))


def test_the_played_clerk_is_heard(stand: Stand) -> None:
    """The attack itself works: without the line nothing keeps the clerk from undoing the sale."""
    operation = sold(stand, "transfer")
    undo(stand, operation)
    with stand.books.reading() as books:
        line = books.paid_line(operation)
    assert line is not None
    assert line.reversed_by
