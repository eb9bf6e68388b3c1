"""From the history: all years are searched, the till stands again, differences are told and disputed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import pytest
from PySide6.QtCore import Qt

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit.disputing import DisputeSheet
from azpost_desk.gui.kit.words import language
from azpost_desk.gui.screens.history import form as decide
from azpost_desk.gui.screens.history import records
from azpost_desk.gui.screens.history.screen import HistoryScreen
from azpost_desk.services.explaining import Explaining
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.searching import Records
from azpost_desk.services.transfers import SendTransfer
from tests.gui.screens.hands import Hands
from tests.gui.screens.walking import nameless
from tests.services.counters import CLERK, MANAGER, RECEIVER, SENDER, press

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand

CTRL = Qt.KeyboardModifier.ControlModifier
DAY_MS = 86_400_000
W = TypeVar("W", bound="QWidget")


@pytest.fixture
def receipt(stand: Stand) -> str:
    """Sent two years ago, counted 0.70 short; today stamps are sold."""
    desk = stand.desk
    desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(5_000), "family"), CLERK)
    old = stand.pay(5_050).receipt
    desk.tills.close(CLERK, {1: stand.till_qapik() - 70})
    desk.reports.close_day(MANAGER, press)
    stand.clock.pass_ms(2 * 365 * DAY_MS)
    desk.days.open(MANAGER, desk.counter.today())
    desk.tills.open(CLERK)
    desk.shop.sell(SellGoods("ST-60", 3), CLERK)
    stand.pay(180)
    return old


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand, receipt: str) -> Hands:
    return Hands(qtbot, runner, session, stand, HistoryScreen)


def screen_of(hands: Hands) -> HistoryScreen:
    current = hands.frame.current()
    assert isinstance(current, HistoryScreen)
    return current


def sheet(hands: Hands, kind: type[W]) -> W:
    [found] = [one for one in hands.frame.findChildren(kind) if one.isVisible()]
    return found


def test_an_operation_of_another_year_is_found_by_keys_and_opened(hands: Hands, receipt: str) -> None:
    hands.press(Qt.Key.Key_F, CTRL)
    hands.type("Quliyeva 50,00")
    search = sheet(hands, records.SearchSheet)
    search.main.click()
    hands.settle()
    [one] = search.found.rows.records
    assert (one.done.receipt, one.date) == (receipt, "2026-11-23")
    assert nameless(hands.frame) == []
    hands.press(Qt.Key.Key_Return)
    detail = screen_of(hands).panel.detail
    assert detail is not None
    assert detail.done.receipt == receipt


def asked_in(monkeypatch: pytest.MonkeyPatch, kind: type, name: str) -> list[str]:
    """The languages in which a use case is asked from now on; it is its last argument."""
    codes: list[str] = []
    real = getattr(kind, name)

    def asked(*question: object) -> object:
        codes.append(str(question[-1]))
        return real(*question)

    monkeypatch.setattr(kind, name, asked)
    return codes


@pytest.mark.parametrize("act", ["search", "then", "explain"])
def test_what_a_sheet_found_is_told_anew_in_another_language(
    hands: Hands, stand: Stand, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    kind, name = {
        "search": (Records, "find"), "then": (Records, "till_at"), "explain": (Explaining, "of_close")
    }[act]  # fmt: skip
    codes = asked_in(monkeypatch, kind, name)
    if act == "explain":
        with stand.books.reading() as books:
            close = next(e for e in books.entries(1, 1_000) if isinstance(e.body, ops.TillClosed))
        screen_of(hands)._open(close.recorded.operation)
        hands.settle()
        hands.press(Qt.Key.Key_E, CTRL)
    else:
        hands.press(Qt.Key.Key_F if act == "search" else Qt.Key.Key_M, CTRL)
        language().choose("en")
        hands.settle()
        assert codes == []
        language().choose("az")
        hands.type("Quliyeva 50,00" if act == "search" else "23112026\n2359\n\n")
        if act == "search":
            sheet(hands, records.SearchSheet).main.click()
    hands.settle()
    for code in ("ru", "en"):
        language().choose(code)
        hands.settle()
    assert codes == ["az", "ru", "en"]


def test_nothing_typed_is_refused_beside_the_text(hands: Hands) -> None:
    hands.press(Qt.Key.Key_F, CTRL)
    search = sheet(hands, records.SearchSheet)
    search.main.click()
    hands.settle()
    assert search.text.error_text() == language().texts.refusal("B-041")


def test_the_till_of_that_evening_stands_again(hands: Hands) -> None:
    hands.press(Qt.Key.Key_M, CTRL)
    hands.type("23112026\n2359\n\n")
    then = sheet(hands, records.ThenSheet).then
    assert then is not None
    assert (then.till.balance_qapik, then.holder) == (20_000 + 5_050 - 70, "")
    assert then.last is not None
    assert then.last.sort == "till_closed"


@pytest.mark.parametrize(("typed", "minutes"), [("14:05", 845), ("1405", 845), ("14.05", 845), ("905", 545)])
def test_a_time_of_day_is_read_as_people_type_it(typed: str, minutes: int) -> None:
    assert decide.read_minutes(typed) == minutes


@pytest.mark.parametrize("typed", ["24:00", "12:60", "noon", "12:5:1"])
def test_what_is_no_time_of_day_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="I-011"):
        decide.read_minutes(typed)


def test_ones_own_differences_are_told_with_what_stands_after_each(hands: Hands) -> None:
    hands.press(Qt.Key.Key_B, CTRL)
    told = sheet(hands, records.StatementSheet)
    hands.settle()
    [one] = told.moves.rows.records
    assert (one.shortage, one.balance, one.date) == (azn(70), azn(-70), "2026-11-23")


def test_a_close_of_another_year_is_explained_and_disputed(
    hands: Hands, stand: Stand, session: Session
) -> None:
    with stand.books.reading() as books:
        close = next(e for e in books.entries(1, 1_000) if isinstance(e.body, ops.TillClosed))
    screen_of(hands)._open(close.recorded.operation)
    hands.settle()
    assert screen_of(hands).panel.explain.isVisible()
    hands.press(Qt.Key.Key_E, CTRL)
    causes = sheet(hands, records.CausesSheet)
    assert causes.causes.table.rows.records
    hands.press(Qt.Key.Key_Escape)
    hands.press(Qt.Key.Key_D, CTRL)
    assert sheet(hands, DisputeSheet).isVisible()
    hands.type("Pul yerinde idi\n")
    body = stand.bodies(ops.DisputeRaised)[-1]
    assert isinstance(body, ops.DisputeRaised)
    assert (body.figure, body.about, body.value) == ("till.difference", close.recorded.operation, -70)


def test_a_sale_is_disputed_by_its_sum(hands: Hands, stand: Stand) -> None:
    hands.type("1,80\n")
    hands.press(Qt.Key.Key_D, CTRL)
    hands.type("Bu satis olmayib\n")
    body = stand.bodies(ops.DisputeRaised)[-1]
    assert isinstance(body, ops.DisputeRaised)
    assert (body.figure, body.value) == ("operation.amount", 180)


@pytest.mark.parametrize("key", [Qt.Key.Key_F, Qt.Key.Key_M, Qt.Key.Key_B])
def test_looking_writes_no_record(hands: Hands, stand: Stand, key: Qt.Key) -> None:
    before = stand.records()
    hands.press(key, CTRL)
    hands.press(Qt.Key.Key_Escape)
    assert stand.records() == before
