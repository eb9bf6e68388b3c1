"""Every operation of every year is found by what stands on it; any minute of the till comes back."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.counter import Counter
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.payments import PayBill
from azpost_desk.services.searching import Records, Search, moment
from azpost_desk.services.transfers import SendTransfer
from tests.fakes.line import FakeLine
from tests.services.counters import CLERK, MANAGER, OTHER_CLERK, RECEIVER, SENDER, approval, press
from tests.storage.desks import DATE, FakeClock, new_desk
from tests.storage.play import ACTS, Player

if TYPE_CHECKING:
    from tests.services.counters import Stand

DAY_MS = 86_400_000


def found(stand: Stand, **search: str) -> list[str]:
    """What stands on the found operations: receipt or sort."""
    return [one.done.receipt or one.done.sort for one in stand.desk.records.find(Search(**search))]


@pytest.fixture
def years(stand: Stand) -> dict[str, str]:
    """A transfer and a bill in 2026, stamps in 2029; receipt by what was sold."""
    desk = stand.desk
    desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(12_345), "family"), CLERK)
    desk.payments.pay(PayBill("0101", "12345678", azn(2_000)), CLERK)
    mixed = stand.pay(20_000).receipt
    desk.tills.close(CLERK, {1: stand.till_qapik() - 70})
    desk.reports.close_day(MANAGER, press)
    stand.clock.pass_ms(3 * 365 * DAY_MS)
    desk.days.open(MANAGER, desk.counter.today())
    desk.tills.open(OTHER_CLERK)
    desk.shop.sell(SellGoods("ST-60", 3), OTHER_CLERK)
    return {"mixed": mixed, "stamps": stand.pay(180, OTHER_CLERK).receipt}


@pytest.mark.parametrize(
    "typed",
    [
        "Quliyeva",
        "quliyeva leyla",
        "ƏLİYEV",
        "Алиев",
        "5ZK9XYZ",
        "AA7654321",
        "+994501234567",
        "12345678",
        "123,45",
        "20,00",
        "145,18",
        "Quliyeva 123,45",
        "vüqar 12345678",
    ],
)
def test_names_numbers_and_amounts_find_the_sale_of_three_years_ago(
    stand: Stand, years: dict[str, str], typed: str
) -> None:
    assert found(stand, text=typed) == [years["mixed"]]


def test_a_code_and_the_beginning_of_a_receipt_find_it(stand: Stand, years: dict[str, str]) -> None:
    with stand.books.reading() as books:
        [sent] = books.transfers()
    assert found(stand, text=sent.code) == [years["mixed"]]
    assert found(stand, text=years["mixed"]) == [years["mixed"]]
    assert set(found(stand, text=years["mixed"][:5])) >= set(years.values())


@pytest.mark.parametrize("typed", ["Vaqif", "123,46", "Quliyeva 9,99", "@1002", "~goods.sold", "!1002"])
def test_what_stands_on_nothing_finds_nothing(stand: Stand, years: dict[str, str], typed: str) -> None:
    assert found(stand, text=typed) == []


def test_kind_officer_and_days_narrow(stand: Stand, years: dict[str, str]) -> None:
    assert found(stand, kind="transfer.sent") == [years["mixed"]]
    assert found(stand, kind="goods.sold") == [years["stamps"]]
    assert found(stand, kind="till.closed") == ["till_closed"]
    assert years["stamps"] in found(stand, officer=OTHER_CLERK.officer)
    assert years["mixed"] not in found(stand, officer=OTHER_CLERK.officer)
    assert found(stand, kind="goods.sold", last=DATE) == []
    assert years["mixed"] in found(stand, first=DATE, last=DATE)
    assert found(stand, first="2031-01-01") == []
    [one] = stand.desk.records.find(Search(text="Quliyeva"))
    assert one.date == DATE


def test_a_search_for_nothing_is_refused(stand: Stand) -> None:
    with pytest.raises(Refused, match="B-041"):
        stand.desk.records.find(Search())


def test_a_reversed_line_says_so_years_later(stand: Stand) -> None:
    stand.desk.shop.sell(SellGoods("ST-60", 3), CLERK)
    paid = stand.pay(180)
    with stand.books.reading() as books:
        entry = books.settlement(paid.receipt)
        assert entry is not None
        assert isinstance(entry.body, ops.Settlement)
        line = books.paid_line(entry.body.lines[0].operation)
    assert line is not None
    operation = stand.desk.counter.new_id()
    stand.desk.baskets.reverse(CLERK, line, operation, "səhv", approval(operation))
    states = {one.done.state for one in stand.desk.records.find(Search(kind="goods.sold"))}
    assert states == {"reversed"}


# --- the till then ----------------------------------------------------------------------------------------


def test_the_till_of_a_minute_three_years_ago(stand: Stand, years: dict[str, str]) -> None:
    records = stand.desk.records
    with stand.books.reading() as books:
        close = next(e for e in books.entries(1, 1_000) if isinstance(e.body, ops.TillClosed))
    before = records.till_at(close.recorded.recorded_ms - 1)
    assert before.holder == ""
    at = records.till_at(close.recorded.recorded_ms)
    assert at.till.balance_qapik == 20_000 + 12_345 + 123 + 2_000 + 50 - 70
    assert (at.holder, at.till.pieces is not None) == ("", True)
    assert at.last is not None
    assert at.last.sort == "till_closed"
    assert records.till_at(0).till.last == ""
    assert records.till_at(moment(DATE, 23 * 60 + 59)).till == at.till


@settings(max_examples=15)
@given(st.lists(st.sampled_from(ACTS), max_size=25), st.data())
def test_it_is_what_a_replay_of_the_ledger_gives_at_every_moment(
    acts: list[str], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        clock = FakeClock()
        books = new_desk(Path(folder), clock)
        player = Player(books, clock)
        seen: list[tuple[int, int]] = []
        for act in ["open_day", "supply", "open_till", "to_till", "stock", *acts]:
            player.play(act)
            with books.reading() as look:
                seen.append((clock.now_ms, look.till().balance.minor))
        records = Records(Counter(books, clock, FakeLine(clock)))
        for at_ms, balance in data.draw(st.lists(st.sampled_from(seen), max_size=6)):
            assert records.till_at(at_ms).till.balance_qapik == balance
            assert records.till_at(at_ms + 999).till.balance_qapik == balance
        books.close()


# --- statements -------------------------------------------------------------------------------------------


def test_an_officers_differences_of_all_years_add_up_to_the_ledger(
    stand: Stand, years: dict[str, str]
) -> None:
    stand.desk.tills.close(OTHER_CLERK, {1: stand.till_qapik() + 30})
    stand.desk.reports.close_day(MANAGER, press)
    own = stand.desk.records.statement(CLERK, CLERK.officer)
    assert [(one.date, one.surplus, one.shortage, one.balance) for one in own.rows] == [
        (DATE, azn(0), azn(70), azn(-70))
    ]
    with stand.books.reading() as books:
        assert own.balance.minor == -books.balance("1090", CLERK.officer).minor
    assert stand.desk.records.statement(MANAGER, OTHER_CLERK.officer).balance == azn(30)
    with pytest.raises(Refused, match="S-010"):
        stand.desk.records.statement(CLERK, OTHER_CLERK.officer)
