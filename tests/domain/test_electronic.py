"""The electronic share: any day by both routines, each basket once, what went out apart, closes of before."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain import operations as ops
from azpost_desk.domain import reports, reports_bodies, reports_ledger
from azpost_desk.domain.electronic import electronic, share_ppm
from azpost_desk.domain.postings import postings
from azpost_desk.domain.products import due_qapik
from azpost_desk.domain.reports import Baskets

pytestmark = pytest.mark.fast


def sold(qapik: int) -> ops.AnyLine:
    return ops.GoodsSold(
        operation="l", sku="s", quantity=1, price_qapik=qapik, amount_qapik=qapik, vat_qapik=0, tariff="t"
    )


def undone(qapik: int) -> ops.AnyLine:
    return ops.LineReversed(
        operation="r", original=sold(qapik), original_receipt="x", reason="r", approved_by="1004"
    )


def basket(lines: list[ops.AnyLine], card_qapik: int, at: int) -> ops.Settlement:
    """A basket with ids of its own; what the card does not carry is cash, with change of ten manat."""
    lines = [msgspec.structs.replace(line, operation=f"{at}-{number}") for number, line in enumerate(lines)]
    cash = sum(map(due_qapik, lines)) - card_qapik
    tenders = tuple(
        ops.Tender(operation=f"{at}-{kind}", tender=kind, amount_qapik=qapik)
        for kind, qapik in (("card", card_qapik), ("cash", cash))
        if qapik
    )
    more = max(-cash, 0) + 1_000
    return ops.Settlement(
        basket=f"b{at}", receipt=f"4201-{at:06}", lines=tuple(lines), tenders=tenders,
        cash_given_qapik=cash + more, change_qapik=more, language="az",
    )  # fmt: skip


def of_day(*settled: ops.Settlement) -> reports.Figures:
    """The day's figures; both routines agree on them."""
    posted = [
        ("settlement", one)
        for body in settled
        for one in postings("2002-1", body.basket, "settlement", 1, body)
    ]
    first = reports_ledger.figures("2002-1", posted, 0, len(settled))
    assert first == reports_bodies.figures(settled, 0)
    return first


def test_each_basket_counts_once_and_what_went_out_stands_apart() -> None:
    figures = of_day(
        basket([sold(1_000)], 0, 1),
        basket([sold(700)], 700, 2),
        # Split: seven manat on a card, three in cash, the change is no money of the post.
        basket([sold(1_000)], 700, 3),
        basket([undone(250)], 0, 4),
        basket([undone(300)], -300, 5),
        # Half-way it comes to nothing, and it is one basket all the same.
        basket([sold(50), undone(50), sold(100)], 0, 6),
        # Nothing was due: nothing was paid in any way.
        basket([sold(50), undone(50)], 0, 7),
    )
    assert figures.baskets == Baskets(electronic=2, no_cash=1, cash_only=2, out=2)
    found = electronic(figures)
    assert (found.electronic_qapik, found.cash_qapik, found.out_qapik) == (1_400, 1_400, 550)
    assert (found.ppm, found.baskets_ppm) == (500_000, 500_000)
    assert electronic(of_day()).ppm is None
    assert electronic(of_day()).baskets_ppm is None


SUMS = st.integers(1, 999)
LINES = st.lists(st.one_of(SUMS.map(sold), SUMS.map(undone)), min_size=1, max_size=4)


@given(st.lists(st.tuples(LINES, st.integers(0, 100)), max_size=6))
def test_any_day_is_counted_alike_by_both(day: list[tuple[list[ops.AnyLine], int]]) -> None:
    settled = [
        basket(lines, sum(map(due_qapik, lines)) * percent // 100, at)
        for at, (lines, percent) in enumerate(day)
    ]
    figures = of_day(*settled)
    told = figures.baskets
    assert isinstance(told, Baskets)
    assert told.electronic + told.cash_only + told.out == sum(bool(one.tenders) for one in settled)
    assert told.no_cash <= told.electronic
    found = electronic(figures)
    every = [tender.amount_qapik for one in settled for tender in one.tenders]
    assert found.electronic_qapik + found.cash_qapik == sum(qapik for qapik in every if qapik > 0)
    assert found.out_qapik == -sum(qapik for qapik in every if qapik < 0)
    assert found.ppm is None or 0 <= found.ppm <= 1_000_000
    # Two desks make the sum of both.
    both = reports.together([figures, figures]).baskets
    assert isinstance(both, Baskets)
    assert both.out == 2 * told.out


def test_a_close_of_before_keeps_its_bytes_and_is_blamed_for_nothing() -> None:
    figures = of_day(basket([sold(700)], 700, 1))
    old = msgspec.structs.replace(figures, baskets=msgspec.UNSET)
    assert "baskets" not in reports.encode(old)
    assert reports.decode(reports.encode(old)) == old
    assert reports.decode(reports.encode(figures)) == figures
    assert reports.differences(old, figures) == []
    wrong = msgspec.structs.replace(figures, baskets=Baskets(cash_only=1))
    assert reports.differences(wrong, figures) == ["baskets"]
    # A branch of which one desk has not told has no count; the sums are whole.
    branch = electronic(reports.together([old, figures]))
    assert (branch.baskets, branch.electronic_qapik) == (None, 1_400)


def test_a_share_is_cut_never_rounded_up() -> None:
    assert share_ppm(9_999, 10_000) == 999_000
    assert share_ppm(1, 1) == 1_000_000
