"""The day and the till: who opens what, cash by denomination, the blind count, what must not be left open."""

from __future__ import annotations

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Licence, Licences
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol import news as tidings
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.payments import PayBill
from tests.services.counters import CLERK, MANAGER, OTHER_CLERK, SUPERVISOR, Stand
from tests.storage.desks import DATE, piece


def test_the_day_is_opened_by_the_manager_for_today_and_once(morning: Stand) -> None:
    days = morning.desk.days
    with pytest.raises(Refused, match="C-001"):
        days.require_open()
    assert days.proposed() == DATE
    for officer in (CLERK, SUPERVISOR):
        with pytest.raises(Refused, match="S-010"):
            days.open(officer, DATE)
    with pytest.raises(Refused, match="C-004") as refused:
        days.open(MANAGER, "2026-11-24")
    assert refused.value.facts == {"today": DATE}
    days.open(MANAGER, DATE)
    with pytest.raises(Refused, match="C-002"):
        days.open(MANAGER, DATE)
    assert days.require_open().date == DATE


def test_nothing_is_sold_before_the_day_and_the_till_are_open(morning: Stand) -> None:
    with pytest.raises(Refused, match="C-001"):
        morning.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
    morning.desk.days.open(MANAGER, DATE)
    with pytest.raises(Refused, match="C-010"):
        morning.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
    morning.desk.tills.open(CLERK)
    with pytest.raises(Refused, match="C-011") as refused:
        morning.desk.shop.sell(SellGoods("ST-60", 1), OTHER_CLERK)
    assert refused.value.facts == {"holder": CLERK.name}
    with pytest.raises(Refused, match="C-012"):
        morning.desk.tills.open(OTHER_CLERK)


def test_cash_moves_by_denomination_and_never_more_than_lies_there(stand: Stand) -> None:
    """1,000.00 came into the safe, 200.00 went to the till."""
    tills = stand.desk.tills
    assert stand.desk.baskets.safe_balance() == azn(80_000)
    tills.move(CLERK, "to_safe", "drop", {1_000: 5})
    assert (stand.till_qapik(), stand.desk.baskets.safe_balance()) == (15_000, azn(85_000))
    for direction, pieces, code in (
        ("to_till", {10_000: 9}, "C-022"),
        ("to_safe", {10_000: 2}, "C-022"),
        ("to_till", {}, "C-021"),
        ("to_till", {7: 1}, "C-020"),
        ("to_till", {100: -1}, "C-020"),
    ):
        with pytest.raises(Refused, match=code):
            tills.move(CLERK, direction, "float", pieces)
    assert stand.till_qapik() == 15_000
    assert tills.over_limit(10_000) == azn(5_000)
    assert tills.over_limit(15_000) == azn(0)


def test_the_safe_is_the_managers_and_takes_cash_by_a_document(stand: Stand) -> None:
    with pytest.raises(Refused, match="S-010"):
        stand.desk.tills.supply_safe(CLERK, "Q-2", {10_000: 1})
    with pytest.raises(Refused, match="C-024"):
        stand.desk.tills.supply_safe(MANAGER, " ", {10_000: 1})


def test_a_blind_count_keeps_count_expected_and_difference(stand: Stand) -> None:
    stand.desk.shop.sell(SellGoods("ST-60", 5), CLERK)
    stand.pay(300)
    closed = stand.desk.tills.close(CLERK, {1_000: 20, 100: 2, 50: 1})
    assert (closed.counted, closed.expected, closed.difference) == (azn(20_250), azn(20_300), azn(-50))
    [body] = stand.bodies(ops.TillClosed)
    assert isinstance(body, ops.TillClosed)
    assert (body.counted_qapik, body.expected_qapik, body.difference_qapik) == (20_250, 20_300, -50)
    with stand.books.reading() as books:
        assert books.balance("1090", CLERK.officer) == azn(50)
        assert books.till().balance == azn(20_250)


def test_neither_till_nor_day_is_closed_over_a_basket(stand: Stand) -> None:
    stand.desk.shop.sell(SellGoods("ST-60", 5), CLERK)
    with pytest.raises(Refused, match="C-030"):
        stand.desk.tills.close(CLERK, {1_000: 20})
    with pytest.raises(Refused, match="C-031"):
        stand.desk.reports.close_day(MANAGER, lambda _: b"")
    stand.pay(300)
    stand.desk.tills.close(CLERK, {1_000: 20, 100: 3})
    with pytest.raises(Refused, match="S-010"):
        stand.desk.reports.close_day(SUPERVISOR, lambda _: b"")
    stand.desk.reports.close_day(MANAGER, stand.desk.press)
    assert stand.desk.days.current().state == "closed"
    with pytest.raises(Refused, match="C-003"):
        stand.desk.days.open(MANAGER, DATE)


def test_the_next_day_begins_with_what_was_counted(stand: Stand) -> None:
    stand.desk.tills.close(CLERK, {1_000: 20, 1: 1})
    stand.desk.reports.close_day(MANAGER, stand.desk.press)
    stand.clock.pass_ms(24 * 3_600_000)
    stand.desk.days.open(MANAGER, "2026-11-24")
    stand.desk.tills.open(OTHER_CLERK)
    opened = stand.bodies(ops.TillOpened)[-1]
    assert isinstance(opened, ops.TillOpened)
    assert opened.balance_qapik == 20_001
    assert stand.desk.reports.interim(MANAGER).own_b.till_opening_qapik == 20_001


def test_cash_for_another_desk_leaves_this_one(stand: Stand) -> None:
    with pytest.raises(Refused, match="C-025"):
        stand.desk.tills.issue(CLERK, "2002-1", "till", {1_000: 1})
    with pytest.raises(Refused, match="S-010"):
        stand.desk.tills.issue(CLERK, "2002-2", "safe", {1_000: 1})
    stand.desk.tills.issue(CLERK, "2002-2", "till", {1_000: 3})
    assert stand.till_qapik() == 17_000
    assert stand.desk.tills.awaited() == []


def test_cash_of_another_desk_is_counted_in_once_and_exactly(stand: Stand) -> None:
    announced = tidings.RemittanceNews(
        remittance="0197-cash", from_desk="2002-2", to_desk="2002-1", amount_qapik=5_000,
        pieces={"1000": 5}, at_ms=stand.clock.utc_ms(),
    )  # fmt: skip
    stand.books.store_news([piece(100, "remittance", announced)], 1)
    [awaited] = stand.desk.tills.awaited()
    assert awaited.amount == azn(5_000)
    with pytest.raises(Refused, match="C-027"):
        stand.desk.tills.accept(CLERK, "0197-cash", {1_000: 4})
    stand.desk.tills.accept(CLERK, "0197-cash", {1_000: 5})
    assert stand.till_qapik() == 25_000
    with pytest.raises(Refused, match="C-026"):
        stand.desk.tills.accept(CLERK, "0197-cash", {1_000: 5})


def test_goods_come_into_the_drawer_by_a_document_and_out_again(stand: Stand) -> None:
    for sku, quantity, code in (("XX", 1, "B-030"), ("ST-60", 0, "B-032"), ("ST-60", -101, "B-031")):
        with pytest.raises(Refused, match=code):
            stand.desk.tills.stock(CLERK, sku, quantity, "N-2")
    stand.desk.tills.stock(CLERK, "ST-60", -40, "N-3")
    with stand.books.reading() as books:
        assert books.stock()["ST-60"] == 60
    for sku, quantity, code in (("XX", 1, "B-030"), ("ST-60", 0, "B-032"), ("ST-60", 61, "B-031")):
        with pytest.raises(Refused, match=code):
            stand.desk.shop.sell(SellGoods(sku, quantity), CLERK)


def test_without_a_licence_of_today_a_service_is_not_sold(stand: Stand) -> None:
    old = Licences(
        licences=(Licence(service="payments", number="L", valid_from="2026-01-01", valid_to="2026-11-22"),)
    )
    reference = tidings.Reference(name="licences", version=2, valid_from="2026-11-01", content=_raw(old))
    stand.books.store_news([piece(100, "reference", reference)], 1)
    with pytest.raises(Refused, match="G-031") as refused:
        stand.desk.payments.pay(PayBill("0101", "12345678", azn(100)), CLERK)
    assert refused.value.facts == {"service": "payments"}


@pytest.mark.parametrize("service", ["loans", "deposits"])
def test_what_no_law_permits_is_refused_with_that_reason(stand: Stand, service: str) -> None:
    with stand.books.reading() as books, pytest.raises(Refused, match="G-030"):
        books.document(Licences, DATE).require(service, DATE)


def test_a_stored_report_is_the_bytes_that_were_closed(stand: Stand) -> None:
    with pytest.raises(Refused, match="R-003"):
        stand.desk.reports.stored(MANAGER, DATE)
    stand.desk.tills.close(CLERK, {1_000: 20})
    stand.desk.reports.close_day(MANAGER, lambda report: f"{report.stage} {report.own_a}".encode())
    content = stand.desk.reports.stored(MANAGER, DATE)
    assert content.startswith(b"closed Figures(")
    with pytest.raises(Refused, match="S-010"):
        stand.desk.reports.stored(CLERK, DATE)


def test_without_reference_data_nothing_is_guessed(stand: Stand) -> None:
    with stand.books.reading() as books, pytest.raises(Trouble, match="G-050"):
        books.document(Licences, "2025-12-31")


def _raw(value: object) -> object:
    import msgspec

    return msgspec.Raw(msgspec.json.encode(value))
