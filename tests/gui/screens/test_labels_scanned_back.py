"""The stuck label is scanned back on whatever screen: one scan, no key, and nobody waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import item_number, printed_item_number
from azpost_desk.domain.lines import ItemAccepted
from azpost_desk.domain.people import Person
from azpost_desk.gui.kit.words import Language
from azpost_desk.gui.screens.express.screen import ExpressScreen
from azpost_desk.gui.screens.tracking.screen import TrackingScreen
from azpost_desk.services.express import AcceptItem
from tests.gui.screens.hands import Hands
from tests.services.counters import CLERK

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session, Tone
    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand

FROM = Person(name="Əliyev Vüqar", fin="5ZK9XYZ", phone="+994501234567", address="Nizami 5, m. 12")
TO = Person(name="Quliyeva Leyla", phone="+994557654321", address="Füzuli 1", postcode="AZ5002")


def accept(stand: Stand) -> str:
    basket = stand.desk.express.accept(AcceptItem(FROM, TO, 400, "ems"), CLERK)
    line = basket.lines[-1].line
    assert isinstance(line, ItemAccepted)
    return line.number


def test_a_label_is_scanned_back_by_one_scan_and_the_next_says_already(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand, tones: list[Tone]
) -> None:
    numbers = [accept(stand), accept(stand)]
    hands = Hands(qtbot, runner, session, stand, ExpressScreen)
    frame = hands.frame
    assert frame.labels.text() == ""
    # Paid by keys: from then on the labels are awaited.
    hands.press(Qt.Key.Key_F10)
    hands.press(Qt.Key.Key_Return)
    first, second = (printed_item_number(number) for number in numbers)
    assert frame.labels.text() == (
        f"Geri oxudulmamış yarlıq: 2 ({first}, {second}). Göndərişə yapışdırılmış yarlığı oxudun."
    )
    keys, screen = hands.keys, frame.current()
    # The next customer's form is in hand: a scan of the label throws nobody out of it.
    hands.type("0502223344")
    hands.scan(numbers[0])
    assert hands.keys - keys == len("0502223344")
    assert frame.current() is screen
    assert tones == ["good"]
    assert frame.notices.text() == f"{first}: yarlıq yerindədir, qəbul bitdi."
    assert frame.labels.text().startswith(f"Geri oxudulmamış yarlıq: 1 ({second})")
    hands.scan(numbers[0])
    assert tones == ["good", "already"]
    assert "artıq oxudulub" in frame.notices.text()
    assert frame.current() is screen
    Language.current().choose("en")
    hands.settle()
    assert frame.labels.text().startswith("Labels not scanned back: 1")
    hands.scan(numbers[1])
    assert frame.labels.text() == ""
    bodies = [one for one in stand.bodies(ops.LabelScanned) if isinstance(one, ops.LabelScanned)]
    assert [one.number for one in bodies] == numbers
    # What nobody knows goes the way of every scan.
    hands.scan(item_number("EE", 77))
    assert tones == ["good", "already", "good"]


def test_on_the_scan_screen_one_scan_is_the_event_and_the_label(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand, tones: list[Tone]
) -> None:
    number = accept(stand)
    stand.pay(10_000)
    hands = Hands(qtbot, runner, session, stand, TrackingScreen)
    hands.frame.labels.look()
    hands.settle()
    assert hands.frame.labels.text() != ""
    hands.type("2\n")
    hands.scan(number)
    assert tones == ["good"]
    assert hands.frame.labels.text() == ""
    scanned = [one for one in stand.bodies(ops.ItemScanned) if isinstance(one, ops.ItemScanned)]
    assert [(one.number, one.event) for one in scanned] == [(number, "EMG")]
    assert stand.desk.labels.waiting() == ()
