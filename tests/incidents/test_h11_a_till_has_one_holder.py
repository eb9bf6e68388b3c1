"""H-11: one user was active on two counters while one of them was closing."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import NeedsConfirmation, Refused
from azpost_desk.protocol.news import RemittanceNews
from azpost_desk.services.goods import SellGoods
from tests.services.counters import CLERK, MANAGER, OTHER_CLERK, Stand, press
from tests.storage.desks import piece

RACES = 40


def test_nobody_but_the_holder_sells_moves_or_closes(stand: Stand) -> None:
    before = stand.records()
    for act, code in (
        (lambda: stand.desk.tills.open(OTHER_CLERK), "C-012"),
        (lambda: stand.desk.shop.sell(SellGoods("ST-60", 1), OTHER_CLERK), "C-011"),
        (lambda: stand.desk.tills.move(OTHER_CLERK, "to_safe", "drop", {1_000: 1}), "C-011"),
        (lambda: stand.desk.tills.issue(OTHER_CLERK, "2002-2", "till", {1_000: 1}), "C-011"),
        (lambda: stand.desk.tills.close(OTHER_CLERK, {1_000: 20}), "C-011"),
    ):
        with pytest.raises(Refused, match=code) as refused:
            act()
        assert refused.value.facts.get("holder", CLERK.name) == CLERK.name
    assert stand.records() == before


def test_a_till_that_is_being_closed_gives_and_takes_nothing(stand: Stand) -> None:
    told = RemittanceNews(
        remittance="r-1", from_desk="2002-2", to_desk="2002-1", amount_qapik=1_000, pieces={"1000": 1},
        at_ms=stand.clock.utc_ms(),
    )  # fmt: skip
    stand.books.store_news([piece(900, "remittance", told)], 1)
    with pytest.raises(NeedsConfirmation, match="C-060"):
        stand.desk.tills.close(CLERK, {1_000: 10})
    before = stand.records()
    for act in (
        lambda: stand.desk.tills.issue(CLERK, "2002-2", "till", {1_000: 1}),
        lambda: stand.desk.tills.accept(CLERK, "r-1", {1_000: 1}),
        lambda: stand.desk.tills.move(CLERK, "to_safe", "drop", {1_000: 1}),
        lambda: stand.desk.shop.sell(SellGoods("ST-60", 1), CLERK),
    ):
        with pytest.raises(Refused, match="C-013"):
            act()
    with pytest.raises(Refused, match="C-012"):
        stand.desk.tills.open(CLERK)
    with pytest.raises(Refused, match="C-031"):
        stand.desk.reports.close_day(MANAGER, press)
    assert stand.records() == before
    # What came meanwhile waits: it is neither counted into this close nor lost.
    assert stand.desk.tills.close(CLERK, {1_000: 20}).difference == azn(0)
    stand.desk.tills.open(CLERK)
    stand.desk.tills.accept(CLERK, "r-1", {1_000: 1})


def test_a_remittance_races_the_close_of_its_till(stand: Stand) -> None:
    """Either the cash left before the count, or it is refused: never counted and gone."""
    for _ in range(RACES):
        start = threading.Barrier(2)

        def issue(start: threading.Barrier = start) -> str:
            start.wait()
            try:
                stand.desk.tills.issue(CLERK, "2002-2", "till", {100: 1})
            except Refused as refused:
                return refused.code
            return "issued"

        def close(start: threading.Barrier = start) -> int:
            start.wait()
            return stand.desk.tills.close(CLERK, {1_000: 20}).expected.minor

        with stand.books.reading() as books:
            before = books.till().balance.minor
        with ThreadPoolExecutor(2) as hands:
            left, closing = hands.submit(issue), hands.submit(close)
            answer, expected = left.result(), closing.result()
        assert answer in ("issued", "C-010")
        assert expected == before - (100 if answer == "issued" else 0)
        stand.desk.tills.open(CLERK)
    issued = len(stand.bodies(ops.RemittanceIssued))
    with stand.books.reading() as books:
        in_transit = sum(line.amount.minor for _, line in books.postings() if line.account == chart.TRANSIT)
    assert in_transit == 100 * issued
