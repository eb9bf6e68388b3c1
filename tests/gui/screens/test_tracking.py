"""Items scanned one after the other: nothing lost, nothing out of order, every tone after its record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import item_number, printed_item_number
from azpost_desk.domain.mail.proof import Proof
from azpost_desk.domain.mail.scanning import events_at
from azpost_desk.domain.refusals import Trouble
from azpost_desk.domain.scans import Scan, read_scan
from azpost_desk.gui.kit.needs import NeedsSheet
from azpost_desk.gui.kit.words import say
from azpost_desk.gui.screens.tracking import form as decide
from azpost_desk.gui.screens.tracking.screen import TrackingScreen
from azpost_desk.gui.screens.tracking.sheets import ChooseSheet
from azpost_desk.protocol import news as tidings
from azpost_desk.services.tracking import VOID_OWN_MS, Tracking
from azpost_desk.services.views import Found
from tests.gui.conftest import press, type_text
from tests.services.counters import MORNING_MS
from tests.services.test_charges import announced
from tests.services.test_keeping import ITEMS, shelve
from tests.services.test_mail_events import becomes
from tests.storage.desks import piece

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session, Tone
    from azpost_desk.gui.kit.signature_pad import SignaturePad
    from tests.services.counters import Stand

NUMBERS = [item_number("EE", 500_000 + serial) for serial in range(100)]


@pytest.fixture
def screen(qtbot: QtBot, session: Session) -> TrackingScreen:
    made = TrackingScreen(session)
    qtbot.addWidget(made)
    made.resize(866, 640)
    made.show()
    made.activateWindow()
    made.enter()
    qtbot.waitUntil(lambda: made.isVisible() and QApplication.focusWidget() is made.event_field.editor)
    return made


def focus() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def choose(screen: TrackingScreen, event: str) -> None:
    """By its digit and Enter, as a clerk does."""
    digit = [one.code for one in events_at(("office",))].index(event) + 1
    type_text(screen.event_field.editor, f"{digit}\n")
    assert screen.event_field.text() == event


def scanned(screen: TrackingScreen, code: str, doubled: bool = False) -> bool:
    return screen.heard(read_scan(code), doubled)


def settled(qtbot: QtBot, screen: TrackingScreen, rows: int) -> None:
    qtbot.waitUntil(lambda: len(screen.table.rows.records) == rows and not screen.waiting, timeout=20_000)


def announce(stand: Stand, *numbers: str) -> None:
    told = [
        piece(
            900 + place,
            "item.event",
            tidings.ItemEvent(number=number, event="EMF", office="1000", at_ms=MORNING_MS, postcode="AZ5002"),
        )
        for place, number in enumerate(numbers)
    ]
    stand.books.store_news(told, 1)


def test_forty_arriving_items_are_three_keys_and_forty_scans(
    qtbot: QtBot, screen: TrackingScreen, stand: Stand, tones: list[Tone]
) -> None:
    """Budget: F5 has opened the screen (one key); the digit of the event and Enter are the other two."""
    type_text(focus(), "2")
    type_text(focus(), "\n")
    assert focus() is screen.scan.line
    for number in NUMBERS[:40]:
        assert scanned(screen, number)
    settled(qtbot, screen, 40)
    bodies = stand.bodies(ops.ItemScanned)
    assert [body.number for body in bodies if isinstance(body, ops.ItemScanned)] == NUMBERS[:40]
    assert {body.event for body in bodies if isinstance(body, ops.ItemScanned)} == {"EMG"}
    assert tones == ["good"] * 40
    assert screen.accepted.text() == "40"
    assert screen.scan.text() == printed_item_number(NUMBERS[39])


def test_another_event_chosen_between_two_scans_leads_back_to_the_line_of_the_scans(
    qtbot: QtBot, screen: TrackingScreen, stand: Stand
) -> None:
    """What was scanned last stands there; Enter stayed at the event, and a number typed then chose others."""
    choose(screen, "EMG")
    scanned(screen, NUMBERS[0])
    settled(qtbot, screen, 1)
    screen.choose_event()
    choose(screen, "EDG")
    assert focus() is screen.scan.line
    type_text(focus(), f"{NUMBERS[0]}\n")
    settled(qtbot, screen, 2)
    bodies = stand.bodies(ops.ItemScanned)
    assert [body.event for body in bodies if isinstance(body, ops.ItemScanned)] == ["EMG", "EDG"]


def test_a_hundred_scans_in_a_burst_are_all_saved_in_their_order(
    qtbot: QtBot, screen: TrackingScreen, stand: Stand, tones: list[Tone]
) -> None:
    choose(screen, "EMG")
    for number in NUMBERS:
        scanned(screen, number)
    assert screen.waiting == 100
    assert "100" in screen.pending.text()
    assert tones == []
    settled(qtbot, screen, 100)
    saved = [body.number for body in stand.bodies(ops.ItemScanned) if isinstance(body, ops.ItemScanned)]
    assert saved == NUMBERS
    assert [seen.number for seen in screen.table.rows.records] == NUMBERS[::-1]
    assert screen.pending.text() == ""


def test_the_tone_comes_after_the_record(qtbot: QtBot, screen: TrackingScreen, stand: Stand) -> None:
    choose(screen, "EMG")
    on_disk: list[int] = []
    before = stand.records()
    screen.session.tone = lambda _tone: on_disk.append(stand.records() - before)
    scanned(screen, NUMBERS[0])
    settled(qtbot, screen, 1)
    assert on_disk == [1]


def test_what_is_not_taken_is_said_heard_and_kept(
    qtbot: QtBot, screen: TrackingScreen, stand: Stand, tones: list[Tone]
) -> None:
    choose(screen, "EMG")
    wrong = NUMBERS[0][:10] + str((int(NUMBERS[0][10]) + 1) % 10) + "AZ"
    scanned(screen, NUMBERS[0])
    scanned(screen, NUMBERS[0], doubled=True)
    scanned(screen, NUMBERS[0])
    assert screen.unread(wrong, False)
    settled(qtbot, screen, 3)
    assert tones == ["good", "already", "refused"]
    assert [seen.result for seen in screen.table.rows.records] == ["check_digit", "already", "saved"]
    assert len(stand.bodies(ops.ScanRefused)) == 2
    assert (screen.accepted.text(), screen.refused.text()) == ("1", "2")
    for code in ("az", "ru", "en"):
        for seen in screen.table.rows.records:
            assert say(f"tracking.screen.result.{seen.result}"), code


def test_codes_of_other_screens_are_left_to_the_one_box(screen: TrackingScreen) -> None:
    choose(screen, "EMG")
    assert not screen.heard(Scan("receipt", "4201-000001"), False)
    assert screen.waiting == 0


def test_without_an_event_a_scan_says_what_is_missing(screen: TrackingScreen, tones: list[Tone]) -> None:
    assert scanned(screen, NUMBERS[0])
    assert (tones, screen.waiting) == (["refused"], 0)
    assert screen.event_field.error_text()


def test_the_last_four_digits_find_an_announced_item(
    qtbot: QtBot, screen: TrackingScreen, stand: Stand, tones: list[Tone]
) -> None:
    announce(stand, NUMBERS[7], NUMBERS[8])
    screen.enter()
    qtbot.waitUntil(lambda: screen.expected.text() == "2")
    choose(screen, "EMG")
    type_text(focus(), NUMBERS[7][7:11] + "\n")
    settled(qtbot, screen, 1)
    assert tones == ["good"]
    assert screen.expected.text() == "1"
    # Enter on the number that is only shown is no second scan.
    type_text(focus(), "\n")
    assert screen.waiting == 0


def test_several_that_end_so_are_chosen_by_a_digit(
    qtbot: QtBot, screen: TrackingScreen, stand: Stand, tones: list[Tone]
) -> None:
    tail = NUMBERS[0][7:11]
    same = next(
        number
        for number in (item_number("EE", serial) for serial in range(600_000, 800_000))
        if number[7:11] == tail
    )
    announce(stand, NUMBERS[0], same)
    choose(screen, "EMG")
    type_text(focus(), f"{tail}\n")
    qtbot.waitUntil(lambda: isinstance(screen.sheet, ChooseSheet))
    scanned(screen, NUMBERS[9])
    type_text(focus(), "2")
    settled(qtbot, screen, 3)
    assert [seen.number for seen in screen.table.rows.records][:2] == [NUMBERS[9], same]
    assert tones == ["refused", "good", "good"]


def test_reason_and_measure_are_asked_while_the_next_scans_wait(
    qtbot: QtBot, screen: TrackingScreen, stand: Stand
) -> None:
    choose(screen, "EMH")
    for number in NUMBERS[:3]:
        scanned(screen, number)
    for at in range(3):
        qtbot.waitUntil(lambda: isinstance(screen.sheet, NeedsSheet))
        assert screen.waiting == 3 - at
        type_text(focus(), "1\n")
        type_text(focus(), "2\n")
        qtbot.waitUntil(lambda at=at: len(screen.table.rows.records) == at + 1)  # type: ignore[misc]
    bodies = [body for body in stand.bodies(ops.ItemScanned) if isinstance(body, ops.ItemScanned)]
    assert [body.number for body in bodies] == NUMBERS[:3]
    assert {(body.reason, body.measure) for body in bodies} == {("absent", "new_try")}


def test_a_question_left_by_esc_is_a_refused_scan(qtbot: QtBot, screen: TrackingScreen, stand: Stand) -> None:
    choose(screen, "EMI")
    scanned(screen, NUMBERS[0])
    scanned(screen, NUMBERS[1])
    qtbot.waitUntil(lambda: isinstance(screen.sheet, NeedsSheet))
    press(focus(), "Esc")
    qtbot.waitUntil(lambda: len(screen.table.rows.records) == 1 and screen.sheet is not None)
    assert isinstance(screen.sheet, NeedsSheet)
    screen.sheet.form.field("signed").put("paper")
    type_text(focus(), "AZE AA1234567\n")
    type_text(focus(), "Əliyev Vüqar\n")
    settled(qtbot, screen, 2)
    assert [seen.result for seen in screen.table.rows.records] == ["saved", "relation_missing"]
    [refused] = stand.bodies(ops.ScanRefused)
    assert isinstance(refused, ops.ScanRefused)
    assert refused.raw == NUMBERS[0]


def test_the_own_last_scan_is_taken_back_within_a_minute(
    qtbot: QtBot, screen: TrackingScreen, stand: Stand
) -> None:
    choose(screen, "EMG")
    scanned(screen, NUMBERS[0])
    scanned(screen, NUMBERS[1])
    press(screen.scan.line, "Ctrl+Z")
    qtbot.waitUntil(lambda: bool(stand.bodies(ops.ScanVoided)))
    qtbot.waitUntil(lambda: screen.table.rows.records[0].verdict == decide.VOIDED)
    assert screen.table.rows.records[1].verdict == decide.SAVED
    assert screen.accepted.text() == "1"
    stand.clock.pass_ms(VOID_OWN_MS + 1)
    press(screen.scan.line, "Ctrl+Z")
    qtbot.waitUntil(lambda: say("refusal.E-040") == screen.answer.text())
    assert len(stand.bodies(ops.ScanVoided)) == 1


def test_a_full_disk_loses_no_scan(
    qtbot: QtBot, screen: TrackingScreen, stand: Stand, tones: list[Tone], monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(screen, "EMG")
    real = Tracking.scan

    def full(*_args: object) -> None:
        raise Trouble("G-061")

    monkeypatch.setattr(Tracking, "scan", full)
    scanned(screen, NUMBERS[0])
    qtbot.waitUntil(lambda: tones == ["refused"])
    assert screen.waiting == 1
    monkeypatch.setattr(Tracking, "scan", real)
    scanned(screen, NUMBERS[1])
    settled(qtbot, screen, 2)
    assert [body.number for body in stand.bodies(ops.ItemScanned) if isinstance(body, ops.ItemScanned)] == (
        NUMBERS[:2]
    )


def test_the_event_is_remembered_and_the_day_is_read_back(
    qtbot: QtBot, screen: TrackingScreen, session: Session
) -> None:
    choose(screen, "EDG")
    scanned(screen, NUMBERS[0])
    settled(qtbot, screen, 1)
    again = TrackingScreen(session)
    qtbot.addWidget(again)
    again.show()
    again.enter()
    qtbot.waitUntil(lambda: again.event_field.text() == "EDG")
    assert [seen.number for seen in again.table.rows.records] == [NUMBERS[0]]
    qtbot.waitUntil(lambda: again.accepted.text() == "1")


def test_an_item_of_the_one_box_shows_its_events(qtbot: QtBot, screen: TrackingScreen, stand: Stand) -> None:
    announce(stand, NUMBERS[3])
    choose(screen, "EMG")
    scanned(screen, NUMBERS[3])
    settled(qtbot, screen, 1)
    screen.enter(Found("item", NUMBERS[3], NUMBERS[3], ""))
    qtbot.waitUntil(lambda: screen.item.isVisible())
    assert screen.item.number.text() == printed_item_number(NUMBERS[3])
    told = screen.item.timeline.accessibleDescription()
    here, before = (say(f"express.event.{event}") for event in ("EMG", "EMF"))
    assert told.index(here) < told.index(before)
    press(screen.item.back, "Esc")
    assert screen.table.isVisible()


def test_every_focusable_widget_is_named(qtbot: QtBot, screen: TrackingScreen) -> None:
    screen.panel.show()
    widgets = [one for one in screen.findChildren(QWidget) if one.isVisible()]
    takes = [one for one in widgets if one.focusPolicy() & Qt.FocusPolicy.TabFocus and not one.focusProxy()]
    assert len(takes) >= 3
    assert [one for one in takes if not one.accessibleName()] == []


def test_a_hand_over_at_the_hub_says_once_in_what_and_to_whom(
    qtbot: QtBot, screen: TrackingScreen, stand: Stand, tones: list[Tone]
) -> None:
    """Ten items into one receptacle are asked about once; choosing the event again begins another one."""
    becomes(stand, "exchange")
    screen.enter()
    qtbot.waitUntil(lambda: "EMC" in {one.value for one in screen.event_field.choices()})
    assert screen.event_field.text() == ""
    screen.event_field.put("EMC")
    for number in NUMBERS[:10]:
        scanned(screen, number)
    qtbot.waitUntil(lambda: isinstance(screen.sheet, NeedsSheet))
    assert screen.waiting == 10
    type_text(focus(), "azbakatristaaen60001001010045\n")
    type_text(focus(), "Quliyev Rauf\n")
    press(focus(), Qt.Key.Key_Return)
    settled(qtbot, screen, 10)
    bodies = [body for body in stand.bodies(ops.ItemScanned) if isinstance(body, ops.ItemScanned)]
    assert {body.receptacle for body in bodies} == {"AZBAKATRISTAAEN60001001010045"}
    assert tones == ["good"] * 10
    screen.choose_event()
    scanned(screen, NUMBERS[20])
    qtbot.waitUntil(lambda: isinstance(screen.sheet, NeedsSheet))
    press(focus(), Qt.Key.Key_Escape)
    settled(qtbot, screen, 11)
    assert screen.table.rows.records[0].result == "receptacle_missing"


def test_a_digit_typed_before_the_kind_of_office_is_known_chooses_nothing_of_another_list(
    qtbot: QtBot, screen: TrackingScreen, stand: Stand
) -> None:
    becomes(stand, "exchange")
    choose(screen, "EDX")
    screen.enter()
    qtbot.waitUntil(lambda: "EMC" in {one.value for one in screen.event_field.choices()})
    assert screen.event_field.text() == ""


def test_an_item_is_handed_over_against_a_document_and_a_signature_on_the_screen(
    qtbot: QtBot, screen: TrackingScreen, stand: Stand
) -> None:
    """Keys: document and name apart, Enter three times; the signature is the customer's."""
    choose(screen, "EMI")
    scanned(screen, NUMBERS[0])
    qtbot.waitUntil(lambda: isinstance(screen.sheet, NeedsSheet))
    sheet = screen.sheet
    assert isinstance(sheet, NeedsSheet)
    assert sheet.pad is not None
    assert focus() is sheet.form.field("document").editor
    type_text(focus(), "AZE AA1234567\n")
    assert focus() is sheet.form.field("signatory").editor
    type_text(focus(), "Əliyev Vüqar\n")
    # Nobody has signed yet: it is said, and nothing is lost.
    assert screen.waiting == 1
    assert sheet.form.field("signed").error_text()
    sign(qtbot, sheet.pad)
    assert not sheet.form.field("signed").error_text()
    press(sheet.pad, "Return")
    settled(qtbot, screen, 1)
    [body] = stand.bodies(ops.ItemScanned)
    assert isinstance(body, ops.ItemScanned)
    assert (body.event, body.relation, body.signed) == ("EMI", "self", "screen")
    with stand.books.reading() as books:
        last = screen.table.rows.records[0].operation
        kept = books.attachment(last, "proof")
    assert kept is not None
    proof = msgspec.json.decode(kept, type=Proof)
    assert proof.document == "AZE AA1234567"
    assert proof.signature is not None
    assert proof.signature.is_sound
    assert proof.signature.strokes[0][:2] == (20, 20)
    image = QImage.fromData(proof.image)
    assert (image.width(), image.height()) == (proof.signature.width_px, proof.signature.height_px)
    assert image.pixelColor(60, 60).lightness() < 64
    assert image.pixelColor(60, 20).lightness() > 192


def sign(qtbot: QtBot, pad: SignaturePad) -> None:
    """A line down and to the right, and a dot."""
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(pad, left, pos=QPoint(20, 20))
    for at in range(30, 101, 10):
        send_move(pad, QPoint(at, at))
    qtbot.mouseRelease(pad, left, pos=QPoint(100, 100))
    qtbot.mouseClick(pad, left, pos=QPoint(120, 100))


def send_move(pad: SignaturePad, at: QPoint) -> None:
    """A move with the button down, which QTest has not."""
    left = Qt.MouseButton.LeftButton
    move = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(at), pad.mapToGlobal(QPointF(at)), Qt.MouseButton.NoButton, left,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(pad, move)


def test_what_waits_too_long_stands_beside_the_scans_and_on_the_item(
    qtbot: QtBot, stand: Stand, session: Session
) -> None:
    shelve(stand)
    screen = TrackingScreen(session)
    qtbot.addWidget(screen)
    screen.show()
    screen.enter()
    panel = screen.panel
    qtbot.waitUntil(lambda: printed_item_number(ITEMS[0]) in panel.due_back.text())
    assert panel.due_back.text().endswith("21.11.2026")
    assert printed_item_number(ITEMS[5]) not in panel.due_back.text()
    assert [line.rpartition(" ")[2] for line in panel.ends_soon.text().splitlines()[1:]] == [
        "23.11.2026",
        "25.11.2026",
    ]
    screen.open_item(ITEMS[0])
    qtbot.waitUntil(screen.item.isVisible)
    assert "21.11.2026" in screen.item.term.text()
    screen.open_item(NUMBERS[0])
    qtbot.waitUntil(lambda: not screen.item.term.isVisible())


def test_what_is_due_goes_into_the_basket_by_a_key_and_then_the_item_is_handed_over(
    qtbot: QtBot, stand: Stand, session: Session, screen: TrackingScreen
) -> None:
    announced(stand, NUMBERS[0], 2_500)
    choose(screen, "EMG")
    scanned(screen, NUMBERS[0])
    settled(qtbot, screen, 1)
    choose(screen, "EMI")
    scanned(screen, NUMBERS[0])
    qtbot.waitUntil(lambda: isinstance(screen.sheet, NeedsSheet))
    sheet = screen.sheet
    assert isinstance(sheet, NeedsSheet)
    for name, value in (("document", "AA1234567"), ("signatory", "Q. Rauf"), ("signed", "paper")):
        sheet.form.field(name).put(value)
    sheet.save.click()
    settled(qtbot, screen, 2)
    assert screen.table.rows.records[0].result == "charge_due"
    screen.take_charge()
    qtbot.waitUntil(lambda: stand.desk.baskets.current() is not None)
    basket = stand.desk.baskets.current()
    assert basket is not None
    assert [one.title for one in basket.lines] == ["Çatdırılanda ödəniş"]
    qtbot.waitUntil(lambda: "25,00" in screen.answer.text())
    stand.pay(2_500)
    scanned(screen, NUMBERS[0])
    qtbot.waitUntil(lambda: isinstance(screen.sheet, NeedsSheet))
    sheet = screen.sheet
    assert isinstance(sheet, NeedsSheet)
    for name, value in (("document", "AA1234567"), ("signatory", "Q. Rauf"), ("signed", "paper")):
        sheet.form.field(name).put(value)
    sheet.save.click()
    settled(qtbot, screen, 3)
    assert screen.table.rows.records[0].verdict == decide.SAVED
