"""A customer's file: opened by the one box, begun again by Enter, remarks written and erased by rule."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Person
from azpost_desk.domain.scans import read_scan
from azpost_desk.gui.kit.words import Language, say
from azpost_desk.gui.screens.customers.screen import CustomerScreen
from azpost_desk.gui.screens.express.screen import ExpressScreen
from azpost_desk.gui.screens.payments.screen import PaymentsScreen
from azpost_desk.gui.screens.transfers.screen import TransfersScreen
from azpost_desk.gui.work.runner import Lane
from azpost_desk.services.express import AcceptItem
from azpost_desk.services.payments import PayBill
from azpost_desk.services.transfers import SendTransfer
from tests.gui.conftest import press, type_text
from tests.services.counters import CLERK, RECEIVER, SENDER

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Screen, Session
    from azpost_desk.gui.shell.frame import Frame
    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand

ADDRESSEE = Person(name="Abbasova Lalə", address="Nizami 90", postcode="AZ1000", phone="+994552345678")


class Counter:
    """A clerk at the whole frame; SENDER has sent a transfer, paid a bill with it and handed in an item."""

    def __init__(self, qtbot: QtBot, runner: Runner, frame: Frame) -> None:
        self._qtbot, self._runner, self.frame = qtbot, runner, frame

    def settle(self) -> None:
        self._qtbot.waitUntil(lambda: self._runner.under_way == 0)

    def type(self, text: str) -> None:
        for char in text:
            type_text(self.frame.window().focusWidget() or self.frame, char)
        self.settle()

    def key(self, sequence: str) -> None:
        press(self.frame.window().focusWidget() or self.frame, sequence)
        self.settle()

    @property
    def focus(self) -> QWidget:
        return self.frame.window().focusWidget() or self.frame

    def open_file(self) -> CustomerScreen:
        """By the FİN: a number opens at once."""
        self.key("Ctrl+K")
        self.type(f"{SENDER.fin}\n")
        current = self.frame.current()
        assert isinstance(current, CustomerScreen)
        return current

    def current(self, kind: type[Screen]) -> Screen:
        current = self.frame.current()
        assert isinstance(current, kind)
        return current

    def sees(self, words: str) -> None:
        self._qtbot.waitUntil(lambda: words in self.words())

    def words(self) -> list[str]:
        return [one.text() for one in self.frame.findChildren(QLabel) if one.isVisible()]


@pytest.fixture
def counter(qtbot: QtBot, runner: Runner, session: Session, stand: Stand, whole: Frame) -> Counter:
    session.officer = CLERK
    desk = stand.desk
    desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(10_000), "family", "1000"), CLERK)
    desk.payments.pay(PayBill("0101", "12345678", azn(2_000)), CLERK)
    stand.pay(20_000)
    sender = Person(name=SENDER.name, fin=SENDER.fin, phone=SENDER.phone, address="Nizami 1")
    desk.express.accept(AcceptItem(sender, ADDRESSEE, 400, "ems"), CLERK)
    stand.pay(20_000)
    made = Counter(qtbot, runner, whole)
    whole.show_screen("goods")
    made.settle()
    return made


def test_a_file_shows_who_what_to_whom_and_is_looked_at_once(counter: Counter, stand: Stand) -> None:
    screen = counter.open_file()
    looks = [one for one in stand.bodies(ops.CustomerViewed) if isinstance(one, ops.CustomerViewed)]
    assert [one.purpose for one in looks] == ["file"]
    done = [(one.kind, one.about, one.amount) for one in screen.done.rows.records]
    assert done == [
        ("item.accepted", ADDRESSEE.name, azn(500)),
        ("transfer.sent", RECEIVER.name, azn(10_000)),
        ("payment.accepted", "12345678", azn(2_000)),
    ]
    words = counter.words()
    assert SENDER.name in words
    assert any(SENDER.fin in one and SENDER.document in one and "50" in one for one in words)
    assert [one.title for one in screen.panel.known.candidates]
    assert say("customers.screen.notes.empty") in words
    # With the next customer it is off the screen.
    counter.frame.show_screen("customers")
    assert SENDER.name not in counter.words()
    assert screen.done.rows.records == []


def test_enter_begins_a_transfer_again_and_its_sum_is_confirmed(counter: Counter, stand: Stand) -> None:
    counter.open_file()
    counter.key("Down")
    counter.key("Return")
    screen = counter.current(TransfersScreen)
    assert isinstance(screen, TransfersScreen)
    send = screen.send
    assert send.person.full_name.text() == SENDER.name
    assert (send.receiver.text(), send.office.text()) == (RECEIVER.name, "1000 Bakı 1")
    assert send.money.amount.money() == azn(10_000)
    # The sum is proposed: the clerk stands on it, and a digit replaces it.
    assert send.money.amount.editor.hasFocus()
    assert not send.money.amount.filled
    counter.type("25")
    assert send.money.amount.money() == azn(2_500)
    counter.type("\n")
    basket = stand.desk.baskets.current()
    assert basket is not None
    [sent] = [one.line for one in basket.lines]
    assert isinstance(sent, ops.TransferSent)
    assert (sent.amount_qapik, sent.office) == (2_500, "1000")


def test_enter_begins_a_bill_and_an_item_again(counter: Counter, stand: Stand) -> None:
    counter.open_file()
    counter.key("Return")
    screen = counter.current(ExpressScreen)
    assert isinstance(screen, ExpressScreen)
    assert screen.from_whom.full_name.text() == SENDER.name
    assert screen.to_whom.full_name.text() == ADDRESSEE.name
    assert screen.to_whom.postcode.text() == "AZ1000"
    # An item is weighed anew.
    assert screen.weight.is_empty()
    assert screen.weight.editor.hasFocus()
    screen.clear()
    counter.open_file()
    counter.key("Down")
    counter.key("Down")
    counter.key("Return")
    bill = counter.current(PaymentsScreen)
    assert isinstance(bill, PaymentsScreen)
    assert bill.take.account.text() == "12345678"
    assert stand.desk.baskets.current() is None


def test_what_is_unfinished_is_not_filled_over(counter: Counter) -> None:
    counter.key("F2")
    screen = counter.current(TransfersScreen)
    assert isinstance(screen, TransfersScreen)
    screen.send.receiver.setFocus()
    counter.type("Zeyn")
    counter.open_file()
    counter.key("Down")
    counter.key("Return")
    assert screen.send.receiver.text() == "Zeyn"
    assert screen.send.person.full_name.is_empty()
    assert counter.frame.notices.text() == say("customers.screen.busy")


def test_a_scanned_document_is_of_whoever_is_served(counter: Counter) -> None:
    """Scanned into a form it fills the sender there; anywhere else it opens the file."""
    for kind in (ExpressScreen, CustomerScreen):
        counter.frame.show_screen(kind.name if kind is ExpressScreen else "goods")
        counter.settle()
        counter.frame.heard(read_scan(SENDER.fin), SENDER.fin, False)
        counter.settle()
        screen = counter.current(kind)
        if isinstance(screen, ExpressScreen):
            assert screen.from_whom.full_name.text() == SENDER.name
            screen.clear()


def test_a_digit_sends_to_a_receiver(counter: Counter) -> None:
    counter.open_file()
    counter.type("1")
    screen = counter.current(TransfersScreen)
    assert isinstance(screen, TransfersScreen)
    assert screen.send.receiver.text() == RECEIVER.name
    assert screen.send.money.amount.is_empty()


def test_what_is_typed_before_the_customer_is_there_stands_where_the_form_leads(
    counter: Counter, runner: Runner
) -> None:
    """A quick hand behind the receiver's digit or Enter: the sum, the weight, and nothing in the FİN."""
    counter.open_file()
    held = Event()
    runner.submit(Lane.DATABASE, held.wait, lambda _done: None)
    type_text(counter.focus, "1")
    for char in "2,50":
        type_text(counter.focus, char)
    held.set()
    counter.settle()
    screen = counter.current(TransfersScreen)
    assert isinstance(screen, TransfersScreen)
    assert screen.send.person.fin.text() == SENDER.fin
    assert (screen.send.receiver.text(), screen.send.money.amount.text()) == (RECEIVER.name, "2,50")
    assert screen.send.money.amount.editor.hasFocus()
    screen.send.clear()
    counter.open_file()
    held.clear()
    runner.submit(Lane.DATABASE, held.wait, lambda _done: None)
    press(counter.focus, "Return")
    for char in "450":
        type_text(counter.focus, char)
    held.set()
    counter.settle()
    item = counter.current(ExpressScreen)
    assert isinstance(item, ExpressScreen)
    assert (item.from_whom.search.text(), item.weight.text()) == ("", "450")
    assert item.from_whom.full_name.text() == SENDER.name


def test_a_transfer_out_of_the_file_keeps_the_budget_of_12(counter: Counter, stand: Stand) -> None:
    """A scan of the document, the receiver's digit, the sum, Enter, F10, Enter: 8 of the 12."""
    before, keys, paying = stand.till_qapik(), ("1", "200\n"), ("F10", "Return")
    counter.frame.heard(read_scan(SENDER.fin), SENDER.fin, False)
    counter.settle()
    counter.current(CustomerScreen)
    for typed in keys:
        counter.type(typed)
    for key in paying:
        counter.key(key)
    assert 1 + len("".join(keys)) + len(paying) <= 12
    assert stand.till_qapik() == before + 20_000 + 200
    assert stand.desk.baskets.current() is None


def test_a_note_is_recorded_shown_bounded_and_names_nobody(counter: Counter, stand: Stand) -> None:
    screen = counter.open_file()
    counter.key("Ctrl+N")
    counter.type("\n")
    assert stand.bodies(ops.CustomerNoted) == []
    counter.type("Kiçik əskinas istəyir\n")
    [noted] = stand.bodies(ops.CustomerNoted)
    assert SENDER.name.encode() not in ops.encode(noted)
    assert "əskinas".encode() not in ops.encode(noted)
    counter.sees("Kiçik əskinas istəyir")
    assert any(CLERK.name in one for one in counter.words())
    assert screen.sheet is None
    assert len(stand.bodies(ops.CustomerViewed)) == 1
    counter.key("Ctrl+N")
    assert screen.sheet is not None
    screen.sheet.remark.line.insert("ə" * 1_000)
    counter.type("\n")
    assert len(stand.bodies(ops.CustomerNoted)) == 1


@pytest.mark.parametrize("code", ["az", "ru", "en"])
def test_the_file_speaks_the_language_on_the_screen(counter: Counter, code: str) -> None:
    counter.open_file()
    Language.current().choose(code)
    assert say("customers.screen.receivers") in counter.words()
