"""H-02: Cancel in the roll-over dialog zeroed a difference in a local cache; branch and centre then differed.

Every panel of the program is opened in the real frame, filled with whatever it takes, and left in each way
there is. The money tables are the same bytes before and after.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Final

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

import azpost_desk.gui
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Parties
from azpost_desk.domain.scans import read_scan
from azpost_desk.gui.kit.cards import Sheet
from azpost_desk.gui.kit.screens import Session
from azpost_desk.gui.screens.express.screen import ExpressScreen
from azpost_desk.gui.screens.history.screen import HistoryScreen
from azpost_desk.gui.screens.reports.screen import ReportsScreen
from azpost_desk.gui.screens.staff.screen import StaffScreen
from azpost_desk.gui.screens.tills import cash_form, form
from azpost_desk.gui.screens.tills.cash_screen import CashScreen
from azpost_desk.gui.screens.tills.screen import TillsScreen
from azpost_desk.gui.screens.tracking.screen import TrackingScreen
from azpost_desk.gui.screens.transfers.screen import TransfersScreen
from azpost_desk.protocol.news import BagNews, ItemEvent, RemittanceNews
from azpost_desk.services.cash_bags import Seal
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.transfers import ClaimTransfer, SendTransfer
from azpost_desk.storage import tables
from tests.fakes.line import PlayedTransfer
from tests.gui.conftest import dressed as dressed
from tests.gui.screens.conftest import runner as runner
from tests.gui.screens.hands import Hands
from tests.gui.screens.test_transfers import CODE
from tests.services.counters import CLERK, MANAGER, RECEIVER, SENDER, SUPERVISOR, Stand, press
from tests.storage.desks import DATE, piece

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Screen
    from azpost_desk.gui.work.runner import Runner
    from azpost_desk.services.counter import Officer

CTRL = Qt.KeyboardModifier.ControlModifier
NUMBER: Final = "EE473124829AZ"
# Leaving a question about a scan is a refused scan, which the journal keeps: that is no money.
NO_MONEY: Final = {"journal", "signatures", "news", "line", "checked", "print_jobs", "documents"}


def money(stand: Stand) -> dict[str, list[str]]:
    """Every row of every table that could hold a figure."""
    with stand.books.writing() as books:
        return {
            name: sorted(repr(tuple(row)) for row in books.connection.execute(table.select()))
            for name, table in tables.TABLES.tables.items()
            if name not in NO_MONEY
        }


# --- the doors: who stands where, and what opens the panel ------------------------------------------------


def act(name: str) -> Callable[[Hands, Stand], None]:
    """An act of the till's page or of bags and counts."""

    def open_it(hands: Hands, stand: Stand) -> None:
        screen = hands.frame.current()
        assert isinstance(screen, TillsScreen | CashScreen)
        screen.begin(name)

    return open_it


def consent(name: str, pieces: dict[int, int], cause: str = "") -> Callable[[Hands, Stand], None]:
    """The second person's panel over an act's."""

    def open_it(hands: Hands, stand: Stand) -> None:
        screen = hands.frame.current()
        assert isinstance(screen, TillsScreen | CashScreen)
        screen.begin(name)
        assert screen.sheet is not None
        assert screen.sheet.count is not None
        screen.sheet.count.set_pieces(pieces)
        if cause:
            screen.sheet.form.field("cause").put(cause)
        screen.sheet.main.click()

    return open_it


def result(hands: Hands, stand: Stand) -> None:
    """What a count came to: it is recorded already, and reading it away changes nothing more."""
    screen = hands.frame.current()
    assert isinstance(screen, TillsScreen)
    with stand.books.reading() as books:
        closed = books.till().state == "closed"
    if closed:
        stand.desk.tills.open(CLERK)
        stand.desk.tills.move(CLERK, "to_till", "supply", {100: 2})
        screen.reload()
        hands.settle()
    consent(form.CLOSE_TILL, {1_000: 19, 100: 8})(hands, stand)


def reverse(hands: Hands, stand: Stand) -> None:
    hands.type("Marka\n")
    hands.press(Qt.Key.Key_Delete, CTRL | Qt.KeyboardModifier.ShiftModifier)


def reverse_consent(hands: Hands, stand: Stand) -> None:
    reverse(hands, stand)
    hands.type("Səhv\n")


def keys(*pressed: Qt.Key) -> Callable[[Hands, Stand], None]:
    def open_it(hands: Hands, stand: Stand) -> None:
        for key in pressed:
            hands.press(key, CTRL)

    return open_it


def past_day(hands: Hands, stand: Stand) -> None:
    hands.press(Qt.Key.Key_O, CTRL)
    hands.type(f"{DATE[8:]}{DATE[5:7]}{DATE[:4]}\n")


def needs(hands: Hands, stand: Stand) -> None:
    screen = hands.frame.current()
    assert isinstance(screen, TrackingScreen)
    screen.event_field.put("EMI")
    screen.heard(read_scan(NUMBER), False)


def choose(hands: Hands, stand: Stand) -> None:
    screen = hands.frame.current()
    assert isinstance(screen, TrackingScreen)
    screen.event_field.put("EMG")
    screen.take(NUMBER[7:11], "keys")


def refund(hands: Hands, stand: Stand) -> None:
    hands.press(Qt.Key.Key_3, CTRL)
    screen = hands.frame.current()
    assert isinstance(screen, TransfersScreen)
    screen.sent.open_refund(screen.sent.table.rows.records[0])


def release(hands: Hands, stand: Stand) -> None:
    hands.press(Qt.Key.Key_2, CTRL)
    screen = hands.frame.current()
    assert isinstance(screen, TransfersScreen)
    screen.payout.held_names.pick(0)
    hands.settle()
    screen.payout.ask_release()


def typed(text: str) -> Callable[[Hands, Stand], None]:
    """Typed where the screen begins, with nothing left of the time before."""

    def open_it(hands: Hands, stand: Stand) -> None:
        screen = hands.frame.current()
        assert screen is not None
        for line in screen.findChildren(QLineEdit):
            line.clear()
        screen.enter()
        hands.settle()
        hands.type(text)

    return open_it


def queue(hands: Hands, stand: Stand) -> None:
    hands.frame.open_queue()


def help_sheet(hands: Hands, stand: Stand) -> None:
    hands.frame.open_help()


Door = tuple["type[Screen]", "Officer", "Callable[[Hands, Stand], None]"]
DOORS: dict[str, Door] = {
    **{
        f"till: {name}": (TillsScreen, CLERK, act(name))
        for name in (
            form.CLOSE_TILL, form.HAND_OVER, form.TAKE, form.DROP, form.ISSUE, form.ACCEPT, form.STOCK,
        )
    },
    "till: supply the safe": (TillsScreen, MANAGER, act(form.SUPPLY_SAFE)),
    "till: the taker signs": (TillsScreen, CLERK, consent(form.HAND_OVER, {1_000: 20})),
    "till: the count's result": (TillsScreen, CLERK, result),
    **{f"cash: {name}": (CashScreen, MANAGER, act(name)) for name in cash_form.BAGS},
    **{f"cash: {name}": (CashScreen, CLERK, act(name)) for name in cash_form.NOTES},
    "cash: surprise": (CashScreen, SUPERVISOR, act(cash_form.SURPRISE)),
    "cash: make good": (CashScreen, CLERK, act(cash_form.MAKE_GOOD)),
    "cash: somebody consents": (CashScreen, CLERK, consent(cash_form.MAKE_GOOD, {100: 1}, "lost")),
    "history: reverse": (HistoryScreen, CLERK, reverse),
    "history: somebody consents": (HistoryScreen, CLERK, reverse_consent),
    "staff: a new PIN": (StaffScreen, MANAGER, keys(Qt.Key.Key_N)),
    "report: close the day": (ReportsScreen, MANAGER, keys(Qt.Key.Key_E)),
    "report: a day of the past": (ReportsScreen, MANAGER, past_day),
    "scan: what must be asked": (TrackingScreen, CLERK, needs),
    "scan: several end so": (TrackingScreen, CLERK, choose),
    "transfer: refund": (TransfersScreen, CLERK, refund),
    "transfer: release": (TransfersScreen, CLERK, release),
    "transfer: several of a name": (TransfersScreen, CLERK, typed("Əliyev\n")),
    "express: several of a phone": (ExpressScreen, CLERK, typed("0501234567\n")),
    "frame: queue": (TillsScreen, CLERK, queue),
    "frame: help": (TillsScreen, CLERK, help_sheet),
}  # fmt: skip


def before_the_door(stand: Stand, name: str) -> None:
    """What must have happened for the panel to have something to show."""
    desk, at_ms = stand.desk, stand.clock.utc_ms()
    cash = RemittanceNews(
        remittance="r-1", from_desk="2002-2", to_desk="2002-1", amount_qapik=1_000, pieces={"1000": 1},
        at_ms=at_ms,
    )  # fmt: skip
    bag = BagNews(
        bag="b-1", number="PL-7", sort="cash", from_desk="", to_desk="2002-1", pieces={"1000": 1},
        amount_qapik=1_000, at_ms=at_ms,
    )  # fmt: skip
    items = [_twin(), NUMBER]
    stand.books.store_news([piece(900, "remittance", cash), piece(901, "bag", bag)], 1)
    for at, number in enumerate(items):
        told = ItemEvent(number=number, event="EMD", office="1000", at_ms=at_ms)
        stand.books.store_news([piece(902 + at, "item.event", told)], 1)
    desk.bags.seal(MANAGER, Seal("PL-1", "cash", azn(10_000), {10_000: 1}))
    desk.shop.sell(SellGoods("ST-60", 5), CLERK)
    stand.pay(300)
    twin = msgspec.structs.replace(SENDER, name="Əliyeva Nigar", fin="8XY7ABC", document="AA7777777")
    for sender in (SENDER, twin):
        desk.transfers.send(SendTransfer(sender, RECEIVER, azn(5_000), "family"), CLERK)
        stand.pay(5_050)
    parties = Parties(code=CODE, sender=SENDER, receiver=RECEIVER)
    stand.line.transfers[CODE] = PlayedTransfer("0197-elsewhere", 5_000, parties)
    desk.transfers.claim(ClaimTransfer(CODE, azn(5_000), SENDER.name), CLERK)
    qapik = stand.till_qapik() - 200
    desk.tills.close(CLERK, {100: qapik // 100, 1: qapik % 100})
    if name == "report: a day of the past":
        desk.reports.close_day(MANAGER, press)
    elif name != "report: close the day":
        desk.tills.open(CLERK)
        _refill(stand)


def _refill(stand: Stand) -> None:
    """The till holds 200.00 again, so that the counts of the doors come near it."""
    over = stand.till_qapik() - 20_000
    stand.desk.tills.move(CLERK, "to_safe", "drop", {100: over // 100, 1: over % 100})


def _twin() -> str:
    """Another item whose number ends in the same digits."""
    from azpost_desk.domain.item_numbers import item_number

    return next(
        number
        for number in (item_number("EE", serial) for serial in range(100_000, 800_000))
        if number[7:11] == NUMBER[7:11]
    )


def open_sheets() -> list[Sheet]:
    """The panels on the screen, the topmost last."""
    shown = [
        one
        for window in QApplication.topLevelWidgets()
        for one in window.findChildren(Sheet)
        if one.isVisible()
    ]
    return sorted(shown, key=lambda one: sum(isinstance(up, Sheet) for up in _parents(one)))


def _parents(widget: object) -> list[object]:
    found = []
    while (widget := widget.parent()) is not None:  # type: ignore[attr-defined]
        found.append(widget)
    return found


def fill(sheet: Sheet) -> None:
    """Write into whatever can be written into; commit nothing."""
    for line in sheet.findChildren(QLineEdit):
        if line.isVisible() and line.isEnabled() and not line.isReadOnly():
            line.setText("1")
            line.textEdited.emit("1")


def leave(hands: Hands, way: str) -> None:
    for _ in range(12):
        left = open_sheets()
        if not left:
            return
        if way == "escape":
            hands.press(Qt.Key.Key_Escape)
        elif way == "button":
            left[-1]._esc.click()
            hands.settle()
        else:
            hands.frame.close()
            hands.settle()
    raise AssertionError(f"{open_sheets()} cannot be left")


OPENED: set[type[Sheet]] = set()
HEADS: set[object] = set()


@pytest.mark.parametrize("name", DOORS)
def test_cancel_esc_and_close_leave_every_money_table_as_it_was(
    qtbot: QtBot, runner: Runner, stand: Stand, name: str
) -> None:
    before_the_door(stand, name)
    kind, officer, open_it = DOORS[name]
    session = Session(stand.desk, lambda _tone: None)
    session.officer = officer
    hands = Hands(qtbot, runner, session, stand, kind)
    for way in ("escape", "button", "window"):
        before = money(stand)
        open_it(hands, stand)
        hands.settle()
        qtbot.waitUntil(lambda: open_sheets() != [])
        if name == "till: the count's result":
            before = money(stand)
        OPENED.update(type(one) for one in open_sheets())
        HEADS.update(str(one._heading.words) for one in open_sheets())
        fill(open_sheets()[-1])
        hands.settle()
        leave(hands, way)
        hands.settle()
        assert money(stand) == before, way
    runner.close()


def test_every_panel_of_the_program_has_its_door_here() -> None:
    """A new panel without one fails; so does one of those made on the spot without a class."""
    for module in pkgutil.walk_packages(azpost_desk.gui.__path__, "azpost_desk.gui."):
        importlib.import_module(module.name)
    every: set[type[Sheet]] = set()
    waiting = [Sheet]
    while waiting:
        kind = waiting.pop()
        more = [one for one in kind.__subclasses__() if one.__module__.startswith("azpost_desk.")]
        waiting += more
        every.update(one for one in more if not one.__name__.startswith("_"))
    if not OPENED:
        pytest.skip("the doors were not opened in this run")
    assert every - OPENED == set()
    on_the_spot = {
        "transfers.screen.person.several",
        "transfers.screen.release_title",
        "express.screen.several",
    }
    assert on_the_spot <= HEADS
