"""A phone card is sold once, undone, counted by both routines, found, and gone from no check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from azpost_desk.services.phonecards import Phonecards

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.papers import CopyState
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.reports import day_figures
from azpost_desk.services.searching import Search
from tests.services.counters import CLERK, approval

if TYPE_CHECKING:
    from tests.services.counters import Stand

SERIAL = "AZC0001234"


def income_qapik(stand: Stand) -> int:
    """What the day brought by cards, on which both routines agree."""
    with stand.books.reading() as books:
        by_ledger, by_bodies, _ = day_figures(books, books.day().number)
    assert by_ledger == by_bodies
    return by_ledger.services["phonecards"].income_qapik


def test_a_card_is_sold_found_counted_and_undone(stand: Stand) -> None:
    cards = Phonecards(stand.desk.counter, stand.desk.baskets)
    cards.sell(SERIAL, azn(1_000), CLERK)
    with pytest.raises(Refused, match="B-006"):
        cards.sell(SERIAL, azn(1_000), CLERK)
    receipt = stand.desk.papers.receipt(stand.pay(1_000).receipt, CopyState())
    assert SERIAL in str(receipt.lines)
    assert income_qapik(stand) == 1_000
    (found,) = stand.desk.records.find(Search(text=SERIAL))
    (sale,) = (body for body in stand.bodies(ops.Settlement) if isinstance(body, ops.Settlement))
    with stand.books.reading() as books:
        line = books.paid_line(sale.lines[0].operation)
    assert line is not None
    undone = stand.desk.counter.new_id()
    stand.desk.baskets.reverse(CLERK, line, undone, "customer took it back", approval(undone))
    assert income_qapik(stand) == 0
    assert SERIAL in found.done.about
    assert stand.books.rebuild() == []
