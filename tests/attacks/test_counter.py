"""A clerk in a hurry, a clerk with bad intentions, and a line that goes away in between."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import msgspec
import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import catalogue as cat
from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import Money, azn, parse_amount
from azpost_desk.domain.people import Parties
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol import news as tidings
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.payments import PayBill
from azpost_desk.services.transfers import ClaimTransfer, SendTransfer
from azpost_desk.storage import tables as t
from tests.fakes.line import PlayedTransfer
from tests.services.counters import (
    CLERK,
    MANAGER,
    MORNING_MS,
    OTHER_CLERK,
    RECEIVER,
    SENDER,
    Stand,
    approval,
    press,
)
from tests.storage.desks import documents, names, piece

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.protocol.messages import TransferClaim, TransferClaimed
    from azpost_desk.services.views import PaidLine

CODE = "1234567897"


def reference(stand: Stand, name: str, content: cat.Document) -> None:
    told = tidings.Reference(
        name=name, version=99, valid_from="2026-01-01", content=msgspec.Raw(msgspec.json.encode(content))
    )
    stand.books.store_news([piece(stand.books.news_position() + 1, "reference", told)], 1)


def paid_line(stand: Stand, operation: str) -> PaidLine:
    with stand.books.reading() as books:
        line = books.paid_line(operation)
    assert line is not None
    return line


def stamp(stand: Stand) -> PaidLine:
    basket = stand.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
    stand.pay(60)
    return paid_line(stand, basket.lines[0].line.operation)


# --- amounts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "12.50,00",
        "5.0,0",
        "1.2.3,4",
        "1234.567,00",
        ".500,00",
        "1.,5",
        "1,2,3",
        "0x10",
        "1e5",
        "١٢",
        "+5",
        "--5",
    ],
)
def test_a_slip_of_the_finger_is_no_amount(typed: str) -> None:
    with pytest.raises(Refused, match="G-012"):
        parse_amount(typed)


@pytest.mark.parametrize(
    "pasted",
    ["2 x 50,00", "№ 15: 250,00", "12\u066b50", "(50,00)", "USD 20,00", "2 50,00", "1 2", "50,00 20,00", "- ",
     "", "20-50", "1.234.5", "0.500", "5 AZN 0", "2,500,00", "9" * 5_000],
)  # fmt: skip
def test_a_text_that_says_more_than_an_amount_is_none(pasted: str) -> None:
    with pytest.raises(Refused, match=r"G-01[12]"):
        parse_amount(pasted)


@pytest.mark.parametrize("typed", ["2,500", "1,234,567", "-2,500", " 2,500 AZN"])
def test_what_means_two_amounts_is_refused_with_the_reason(typed: str) -> None:
    with pytest.raises(Refused, match="G-013"):
        parse_amount(typed)


def test_pasted_amounts_mean_what_they_say() -> None:
    pasted = {"\u221250,00": -5_000, " " * 40 + "250,00": 25_000, "2,500.00": 250_000,
              "2\u00a0500,00 ₼": 250_000, "AZN 20.00": 2_000, "20,00 AZN": 2_000,
              "1,234,567.5": 123_456_750}  # fmt: skip
    assert {text: parse_amount(text).minor for text in pasted} == pasted
    assert parse_amount("USD 20,00", "USD") == Money(2_000, "USD")


def test_what_people_write_still_is_one() -> None:
    written = {"1.234,50": 123_450, "1234,5": 123_450, "12.345.678,00": 1_234_567_800, "0,05": 5, ",5": 50}
    assert {typed: parse_amount(typed).minor for typed in written} == written


@pytest.mark.parametrize("qapik", [0, -1, -10_000, 10**15])
def test_no_transfer_and_no_bill_of_nothing_or_less(stand: Stand, qapik: int) -> None:
    before = stand.records()
    with pytest.raises(Refused):
        stand.desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(qapik), "family"), CLERK)
    with pytest.raises(Refused):
        stand.desk.payments.pay(PayBill("0101", "12345678", azn(qapik)), CLERK)
    if qapik <= 0:
        with pytest.raises(Refused):
            stand.desk.transfers.claim(ClaimTransfer(CODE, azn(qapik), "Əliyev Vüqar"), CLERK)
    assert stand.records() == before


@pytest.mark.parametrize("quantity", [0, -1, -100, 10**20])
def test_no_sale_of_nothing_less_or_more_than_there_is(stand: Stand, quantity: int) -> None:
    with pytest.raises(Refused):
        stand.desk.shop.sell(SellGoods("ST-60", quantity), CLERK)


@pytest.mark.parametrize("given", [Money(-60), Money(59), Money(0), Money(100, "USD")])
def test_money_that_is_not_handed_over_pays_nothing(stand: Stand, given: Money) -> None:
    basket = stand.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
    before = stand.records(), stand.till_qapik()
    with pytest.raises((Refused, ValueError)):
        stand.desk.baskets.pay(CLERK, basket.basket, given)
    assert (stand.records(), stand.till_qapik()) == before


def test_a_free_form_does_not_keep_the_day_open(stand: Stand) -> None:
    free = cat.Article(sku="F-1", names=names("Blank"), group="forms", price_qapik=0, vat_ppm=0)
    goods = documents()["goods"]
    assert isinstance(goods, cat.Goods)
    reference(stand, "goods", cat.Goods(articles=(*goods.articles, free)))
    stand.desk.tills.stock(CLERK, "F-1", 10, "N-2")
    try:
        stand.desk.shop.sell(SellGoods("F-1", 2), CLERK)
        stand.pay()
    except Refused:
        basket = stand.desk.baskets.current()
        assert basket is None or not basket.lines
    stand.desk.tills.close(CLERK, {1_000: 20})
    stand.desk.reports.close_day(MANAGER, press)


# --- the line goes away between planning and paying ------------------------------------------------------


def test_a_biller_that_takes_no_bills_without_the_line_takes_none_when_it_went_away(stand: Stand) -> None:
    billers = documents()["billers"]
    assert isinstance(billers, cat.Billers)
    strict = msgspec.structs.replace(billers.billers[0], offline=False)
    reference(stand, "billers", cat.Billers(billers=(strict,)))
    stand.desk.payments.pay(PayBill("0101", "12345678", azn(2_000)), CLERK)
    stand.line.online = False
    with pytest.raises(Refused, match="P-005"):
        stand.pay(3_000)
    stand.line.online = True
    stand.pay(3_000)


def test_what_is_paid_without_the_line_says_so(stand: Stand) -> None:
    basket = stand.desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(2_000), "family"), CLERK)
    stand.line.online = False
    stand.pay(3_000)
    line = paid_line(stand, basket.lines[0].line.operation).line
    assert isinstance(line, ops.TransferSent)
    assert (line.offline, line.told) == (True, "transfers.told.waiting")


# --- reversals and approvals -----------------------------------------------------------------------------


def test_one_approval_undoes_one_line(stand: Stand) -> None:
    first, second = stamp(stand), stamp(stand)
    operation = stand.desk.counter.new_id()
    yes = approval(operation)
    stand.desk.baskets.reverse(CLERK, first, operation, "səhv", yes)
    before = stand.records(), stand.till_qapik()
    with pytest.raises(Refused):
        stand.desk.baskets.reverse(CLERK, second, operation, "səhv", yes)
    with pytest.raises(Refused):
        stand.desk.baskets.reverse(CLERK, first, operation, "səhv", yes)
    assert (stand.records(), stand.till_qapik()) == before


def test_a_clock_set_back_gives_no_more_time_to_undo(stand: Stand) -> None:
    line = stamp(stand)
    stand.clock.pass_ms(25 * 3_600_000)
    stamp(stand)
    stand.clock.now_ms = MORNING_MS
    operation = stand.desk.counter.new_id()
    with pytest.raises(Refused, match="B-024"):
        stand.desk.baskets.reverse(CLERK, line, operation, "səhv", approval(operation))


def test_each_line_of_a_mixed_basket_is_undone_alone_and_to_zero(stand: Stand) -> None:
    before = stand.till_qapik()
    stand.desk.shop.sell(SellGoods("EN-C5", 2), CLERK)
    stand.desk.payments.pay(PayBill("0101", "12345678", azn(2_000)), CLERK)
    basket = stand.desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(5_000), "family"), CLERK)
    stand.pay(20_000)
    for planned in basket.lines:
        operation = stand.desk.counter.new_id()
        line = paid_line(stand, planned.line.operation)
        stand.desk.baskets.reverse(CLERK, line, operation, "səhv", approval(operation))
    assert stand.till_qapik() == before
    with stand.books.reading() as books:
        for account in (chart.CLEARING, chart.TRANSFERS_PAYABLE, chart.GOODS_SOLD, chart.VAT_PAYABLE):
            assert books.balance(account).minor == 0
        assert books.stock()["EN-C5"] == 20


def test_a_fault_of_the_database_names_nobody(stand: Stand) -> None:
    def twice() -> None:
        with stand.books.writing() as books:
            for _ in range(2):
                row = {"code": "SECRET-CODE", "epoch": 1, "operation": ""}
                books.connection.execute(insert(t.codes), row)

    with pytest.raises(IntegrityError) as fault:
        twice()
    assert "SECRET-CODE" not in str(fault.value)
    assert "SECRET-CODE" not in repr(fault.value)


# --- PINs --------------------------------------------------------------------------------------------------


def test_a_locked_officer_is_locked_after_a_new_start_and_a_clock_set_back(stand: Stand) -> None:
    for _ in range(5):
        with pytest.raises(Refused):
            stand.desk.staff.sign_in("1002", "0000")
    stand.clock.now_ms -= 3_600_000
    for _ in range(3):
        with pytest.raises(Refused, match="S-002"):
            stand.desk.staff.sign_in("1002", "1002")


def test_many_threads_of_wrong_pins_count_each_one(stand: Stand) -> None:
    def wrong() -> None:
        with pytest.raises(Refused):
            stand.desk.staff.sign_in("1003", "0000")

    threads = [threading.Thread(target=wrong) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with pytest.raises(Refused, match="S-002"):
        stand.desk.staff.sign_in("1003", "1003")


# --- cash ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("desk", ["", "2002-9", "1010-1", "abc", "2002-01", "2002-1 "])
def test_cash_goes_only_to_a_desk_of_the_branch(stand: Stand, desk: str) -> None:
    before = stand.till_qapik()
    with pytest.raises(Refused):
        stand.desk.tills.issue(CLERK, desk, "till", {1_000: 1})
    assert stand.till_qapik() == before


@pytest.mark.parametrize("pieces", [{-1_000: 1}, {1_000: -1}, {999: 1}, {1_000: 10**18}, {}])
def test_no_count_of_what_does_not_exist(stand: Stand, pieces: dict[int, int]) -> None:
    acts: tuple[Callable[[], object], ...] = (
        lambda: stand.desk.tills.move(CLERK, "to_safe", "drop", pieces),
        lambda: stand.desk.tills.supply_safe(MANAGER, "Q", pieces),
        lambda: stand.desk.tills.issue(CLERK, "2002-2", "till", pieces),
    )
    for act in acts:
        with pytest.raises(Refused):
            act()


def test_two_threads_never_pay_one_basket_twice_nor_out_of_an_empty_till(stand: Stand) -> None:
    basket = stand.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
    paid: list[str] = []
    refused: list[str] = []

    def pay() -> None:
        try:
            paid.append(stand.desk.baskets.pay(CLERK, basket.basket, azn(60)).receipt)
        except Refused as no:
            refused.append(no.code)

    threads = [threading.Thread(target=pay) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(paid), refused) == (1, ["B-005"] * 15)


# --- grants ----------------------------------------------------------------------------------------------


@pytest.fixture
def known(stand: Stand) -> PlayedTransfer:
    played = PlayedTransfer("t-1", 5_000, Parties(code=CODE, sender=SENDER, receiver=RECEIVER))
    stand.line.transfers[CODE] = played
    return played


def ask(stand: Stand) -> str:
    return stand.desk.transfers.claim(ClaimTransfer(CODE, azn(5_000), SENDER.name), CLERK).grant


def test_a_late_second_answer_to_one_request_changes_nothing(stand: Stand, known: PlayedTransfer) -> None:
    grant = ask(stand)
    stand.desk.transfers.plan_payout(grant, RECEIVER, CLERK)
    stand.pay()
    before = stand.records(), stand.till_qapik()
    with pytest.raises(Refused):
        stand.desk.transfers._grants.ask(stand.line.asked[0], CLERK)
    with pytest.raises(Refused):
        stand.desk.transfers.plan_payout(grant, RECEIVER, CLERK)
    assert (stand.records(), stand.till_qapik()) == before


@pytest.mark.parametrize("parties", [b"", b"{}", b"\xff", b"[" * 100_000])
def test_a_grant_without_its_people_is_asked_for_again(
    stand: Stand, known: PlayedTransfer, parties: bytes
) -> None:
    honest = stand.line._answer

    def answer(claim: TransferClaim) -> TransferClaimed:
        return msgspec.structs.replace(honest(claim), parties=parties)

    stand.line._answer = answer  # type: ignore[method-assign]
    with pytest.raises(Trouble):
        ask(stand)
    assert stand.desk.transfers.held() == []
    assert len(stand.desk.transfers.unanswered()) == 1


def test_nobody_else_pays_voids_or_undoes(stand: Stand, known: PlayedTransfer) -> None:
    grant = ask(stand)
    basket = stand.desk.transfers.plan_payout(grant, RECEIVER, CLERK)
    acts: tuple[Callable[[], object], ...] = (
        lambda: stand.desk.baskets.void(OTHER_CLERK, basket.lines[0].line.operation),
        lambda: stand.desk.baskets.pay(OTHER_CLERK, basket.basket, azn(0)),
        lambda: stand.desk.baskets.hand_over(OTHER_CLERK, OTHER_CLERK.officer),
        lambda: stand.desk.transfers.release(grant, OTHER_CLERK, "x"),
        lambda: stand.desk.tills.close(OTHER_CLERK, {}),
        lambda: stand.desk.tills.supply_safe(OTHER_CLERK, "Q", {1_000: 1}),
        lambda: stand.desk.reports.close_day(OTHER_CLERK, press),
        lambda: stand.desk.reports.interim(OTHER_CLERK),
        lambda: stand.desk.staff.reset_pin(OTHER_CLERK, "1001", "1234"),
        lambda: stand.desk.days.open(OTHER_CLERK, "2026-11-24"),
    )
    for act in acts:
        with pytest.raises(Refused):
            act()
