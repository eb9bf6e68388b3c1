"""Transfers on the screen: few keys, nothing sold twice, nothing lost, and why it cannot be is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Office, Offices
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Parties
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.scans import read_scan
from azpost_desk.domain.transfer_codes import shown_transfer_code, transfer_code
from azpost_desk.gui.kit import persons
from azpost_desk.gui.kit.cards import NameList, Sheet
from azpost_desk.gui.kit.words import Language, Phrase, say
from azpost_desk.gui.screens.transfers import form as decide
from azpost_desk.gui.screens.transfers.screen import TransfersScreen
from azpost_desk.gui.shell.register import FRAME_KEYS
from azpost_desk.services.transfers import ClaimTransfer, SendTransfer
from azpost_desk.services.views import Found
from tests.fakes.line import PlayedTransfer
from tests.gui.conftest import type_text
from tests.gui.screens.hands import Hands, without_licences
from tests.services.counters import CLERK, OTHER_CLERK, RECEIVER, SENDER, Stand
from tests.storage.desks import acknowledge

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.work.runner import Runner

CODE = transfer_code("900000001")
OTHER = "Həsənova Günel Elçin qızı"
CTRL = Qt.KeyboardModifier.ControlModifier


def sent_before(stand: Stand, *receivers: str) -> None:
    """SENDER has sent to these people from this desk: known from now on."""
    for name in receivers:
        receiver = replace(RECEIVER, name=name, phone="+994502123344")
        stand.desk.transfers.send(SendTransfer(SENDER, receiver, azn(5_000), "family"), CLERK)
        stand.pay(10_000)


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Hands:
    return Hands(qtbot, runner, session, stand, TransfersScreen)


@pytest.fixture
def known(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Hands:
    """SENDER is known here, with two receivers."""
    sent_before(stand, RECEIVER.name, OTHER)
    return Hands(qtbot, runner, session, stand, TransfersScreen)


@pytest.fixture
def elsewhere(stand: Stand) -> PlayedTransfer:
    """50.00 from SENDER to RECEIVER, sent somewhere else."""
    one = PlayedTransfer("0197-elsewhere", 5_000, Parties(code=CODE, sender=SENDER, receiver=RECEIVER))
    stand.line.transfers[CODE] = one
    return one


def screen(hands: Hands) -> TransfersScreen:
    made = hands.frame.current()
    assert isinstance(made, TransfersScreen)
    return made


def lines(stand: Stand) -> list[object]:
    basket = stand.desk.baskets.current()
    return [planned.line for planned in basket.lines] if basket else []


# --- what the form decides ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("5ZK9XYZ", ("fin", "")),
        ("AA1234567", ("document", "identity_card")),
        ("12345678", ("document", "identity_card")),
        ("050 212 33 44", ("phone", "")),
        ("C01234567", ("document", "passport")),
        ("ALIYEVA", ("name", "")),
        ("Əliyev Vüqar", ("name", "")),
        ("5ZK9", ("fin", "")),
    ],
)
def test_a_text_goes_where_it_belongs(typed: str, place: tuple[str, str]) -> None:
    assert persons.place_of(typed) == place


@pytest.mark.parametrize(
    ("typed", "code"),
    [("", None), ("1000", "1000"), ("bakı", "1000"), ("AZ5002", "2002"), ("2002 Sumqayıt 2", "2002")],
)
def test_an_office_is_named_by_code_postcode_or_name(typed: str, code: str | None) -> None:
    offices = Offices(
        offices=(
            Office(code="2002", name="Sumqayıt 2", postcode="AZ5002"),
            Office(code="1000", name="Bakı 1", postcode="AZ1000"),
        )
    )
    assert decide.the_office(offices, typed) == code
    with pytest.raises(Refused, match="T-003"):
        decide.the_office(offices, "Naxçıvan")


@given(st.text(max_size=20))
def test_any_text_has_a_place(typed: str) -> None:
    part, kind = persons.place_of(typed)
    assert part in persons.PARTS
    assert bool(kind) == (part == "document")


# --- sending --------------------------------------------------------------------------------------


def test_a_known_customer_sends_with_at_most_12_keys_and_scans(known: Hands, stand: Stand) -> None:
    before = stand.till_qapik()
    known.scan("5ZK9XYZ")
    known.type("1")
    known.type("200\n")
    assert [line.amount_qapik for line in lines(stand) if isinstance(line, ops.TransferSent)] == [20_000]
    known.press(Qt.Key.Key_F10)
    known.type("\n")
    assert known.keys + known.scans <= 12
    assert stand.desk.baskets.current() is None
    assert stand.till_qapik() == before + 20_200
    assert not known.notices


def test_a_new_customer_is_written_down_once_and_known_the_next_time(hands: Hands, stand: Stand) -> None:
    hands.type("7ab2cd3\n")
    assert say(screen(hands).send.person.pill.words) == say("transfers.screen.person.new")
    hands.type("AA7654321\n\nQuliyeva Leyla Elçin qızı\n0502123344\n")
    hands.type("Əliyev Vüqar\n\nbakı\n")
    assert screen(hands).send.office.text() == "1000 Bakı 1"
    hands.type("12,5\n")
    (line,) = lines(stand)
    assert isinstance(line, ops.TransferSent)
    assert (line.amount_qapik, line.fee_qapik, line.office) == (1_250, 50, "1000")
    stand.pay(2_000)
    hands.type("7AB2CD3\n")
    assert screen(hands).send.person.full_name.text() == "Quliyeva Leyla Elçin qızı"


def test_50_enters_make_one_line(known: Hands, stand: Stand) -> None:
    known.scan("5ZK9XYZ")
    known.type("1200")
    for _ in range(50):
        type_text(known.focus, "\n")
    known.settle()
    assert len(lines(stand)) == 1


def test_esc_asks_before_it_forgets_and_money_stays_as_it_was(known: Hands, stand: Stand) -> None:
    records, till = stand.records(), stand.till_qapik()
    known.type("5ZK")
    known.press(Qt.Key.Key_Escape)
    assert screen(known).send.person.fin.text() == "5ZK"
    assert known.notices == ["transfers.screen.escape"]
    known.press(Qt.Key.Key_Escape)
    assert not screen(known).is_dirty()
    assert screen(known).send.person.fin.is_empty()
    assert (stand.records(), stand.till_qapik(), lines(stand)) == (records, till, [])


def test_a_draft_stays_when_another_mode_is_shown(known: Hands) -> None:
    known.type("5ZK")
    known.press(Qt.Key.Key_3, CTRL)
    assert screen(known).mode == "sent_here"
    known.press(Qt.Key.Key_1, CTRL)
    assert screen(known).send.person.fin.text() == "5ZK"


def test_several_customers_of_a_name_are_offered(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    sent_before(stand, RECEIVER.name)
    twin = replace(SENDER, name="Əliyeva Nigar", fin="8XY7ABC", document="AA7777777")
    stand.desk.transfers.send(SendTransfer(twin, RECEIVER, azn(5_000), "family"), CLERK)
    stand.pay(10_000)
    hands = Hands(qtbot, runner, session, stand, TransfersScreen)
    hands.type("Əliyev\n")
    (names,) = [one for one in hands.frame.findChildren(NameList) if one.isVisible()]
    wanted = next(at for at, one in enumerate(names.candidates, 1) if say(one.title) == twin.name)
    hands.type(str(wanted))
    assert screen(hands).send.person.fin.text() == twin.fin


@pytest.mark.parametrize("typed", ["5zk9xyz", "AA1234567", "050 123 45 67", "vüqar"])
def test_a_customer_is_known_by_fin_document_phone_or_name(known: Hands, typed: str) -> None:
    known.type(f"{typed}\n")
    person = screen(known).send.person
    assert (person.fin.text(), person.full_name.text()) == (SENDER.fin, SENDER.name)
    assert known.focus is screen(known).send.receiver.editor


def test_a_customer_with_a_passport_needs_no_fin(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    guest = replace(SENDER, name="Smith John", fin="", document="C01234567", document_kind="passport")
    stand.desk.transfers.send(SendTransfer(guest, RECEIVER, azn(5_000), "family"), CLERK)
    stand.pay(10_000)
    hands = Hands(qtbot, runner, session, stand, TransfersScreen)
    hands.type("smith\n")
    assert screen(hands).send.person.fin.is_empty()
    hands.type("1")
    hands.type("10\n")
    (line,) = lines(stand)
    assert isinstance(line, ops.TransferSent)


def test_none_of_the_customers_offered_is_somebody_new(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    for number in (1, 2):
        twin = replace(SENDER, fin=f"8XY7AB{number}", document=f"AA777777{number}")
        stand.desk.transfers.send(SendTransfer(twin, RECEIVER, azn(5_000), "family"), CLERK)
        stand.pay(10_000)
    hands = Hands(qtbot, runner, session, stand, TransfersScreen)
    hands.type("Əliyev\n")
    hands.press(Qt.Key.Key_Escape)
    person = screen(hands).send.person
    assert (person.fin.text(), person.full_name.text()) == ("", "Əliyev")


def test_a_field_the_rules_refuse_is_named_beside_it(hands: Hands, stand: Stand) -> None:
    hands.type("7AB2CD3\nAA7654321\n01.01.2020\nQuliyeva Leyla\n\nƏliyev Vüqar\n\n\n10\n")
    valid_to = screen(hands).send.person.valid_to
    assert "01.01.2020" in valid_to.error_text()
    assert hands.focus is valid_to.editor
    assert lines(stand) == []


def test_without_the_line_the_clerk_tells_the_customer(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    stand.line.online = False
    hands = Hands(qtbot, runner, session, stand, TransfersScreen)
    assert screen(hands).send.offline.isVisible()


def test_who_does_not_hold_the_till_reads_why_nothing_can_be_sent(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    session.officer = OTHER_CLERK
    hands = Hands(qtbot, runner, session, stand, TransfersScreen)
    assert CLERK.name in screen(hands).why.text()
    assert not screen(hands).send.add.isEnabled()
    assert not screen(hands).payout.ask.isEnabled()


def test_a_branch_without_a_licence_reads_that_it_may_not_send(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    stand.books.store_news([without_licences(2_000)], 2_000)
    hands = Hands(qtbot, runner, session, stand, TransfersScreen)
    assert screen(hands).why.text() == say(Phrase("refusal.G-031", {"service": "transfers"}))
    assert not screen(hands).send.add.isEnabled()


# --- paying out -----------------------------------------------------------------------------------


def test_a_code_from_the_one_box_is_paid_out(hands: Hands, stand: Stand, elsewhere: PlayedTransfer) -> None:
    screen(hands).enter(Found("payout", CODE, shown_transfer_code(CODE), ""))
    hands.settle()
    assert screen(hands).mode == "pay_out"
    hands.type("50\n")
    hands.type("Əliyev Vüqar\n")
    payout = screen(hands).payout
    assert payout.claimed is not None
    assert payout.receiver.full_name.text() == RECEIVER.name
    assert payout.paid.amount == azn(5_000)
    hands.type("7AB2CD3\n")
    hands.type("AA7654321\n\n")
    (line,) = lines(stand)
    assert isinstance(line, ops.TransferPaid)
    assert line.transfer == elsewhere.transfer
    assert payout.claimed is None
    # Its grant is used by the line in the basket: nothing is left to be picked up.
    assert not payout.held.isVisible()


def test_a_known_receivers_document_is_scanned(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    sent_before(stand, RECEIVER.name)
    parties = Parties(code=CODE, sender=RECEIVER, receiver=SENDER)
    stand.line.transfers[CODE] = PlayedTransfer("0197-elsewhere", 5_000, parties)
    stand.desk.transfers.claim(ClaimTransfer(CODE, azn(5_000), RECEIVER.name), CLERK)
    hands = Hands(qtbot, runner, session, stand, TransfersScreen)
    hands.press(Qt.Key.Key_2, CTRL)
    screen(hands).payout.held_names.setFocus()
    hands.type("1")
    hands.scan("5ZK9XYZ")
    # Something is in hand: the scan waits on a card until the clerk takes it.
    assert screen(hands).payout.receiver.document.is_empty()
    hands.press(Qt.Key.Key_Return, CTRL)
    assert screen(hands).payout.receiver.document.text() == SENDER.document
    hands.type("\n")
    (line,) = lines(stand)
    assert isinstance(line, ops.TransferPaid)


def test_a_pay_out_takes_at_most_15_keys_and_scans_beside_the_senders_name(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    """The name is typed in full, as the receiver says it: decisions/010 tells why it is not counted."""
    sent_before(stand, RECEIVER.name)
    parties = Parties(code=CODE, sender=RECEIVER, receiver=SENDER)
    stand.line.transfers[CODE] = PlayedTransfer("0197-elsewhere", 5_000, parties)
    hands = Hands(qtbot, runner, session, stand, TransfersScreen)
    till, name = stand.till_qapik(), "Quliyeva Leyla"
    hands.scan(f"AZT{CODE}")
    hands.type("50\n")
    hands.type(f"{name}\n")
    hands.scan("5ZK9XYZ")
    hands.press(Qt.Key.Key_Return, CTRL)
    hands.type("\n")
    hands.press(Qt.Key.Key_F10)
    hands.type("\n")
    assert stand.till_qapik() == till - 5_000
    assert hands.keys + hands.scans - len(name) <= 15


def test_a_scanned_code_opens_pay_out_but_never_throws_typed_work_away(hands: Hands) -> None:
    hands.scan(f"AZT{CODE}")
    assert screen(hands).payout.code.text() == shown_transfer_code(CODE)
    hands.press(Qt.Key.Key_Escape)
    hands.press(Qt.Key.Key_Escape)
    hands.press(Qt.Key.Key_1, CTRL)
    hands.type("5ZK")
    assert screen(hands).heard(read_scan(f"AZT{CODE}"), False) is False
    assert screen(hands).mode == "send"


@pytest.mark.parametrize(
    ("code", "field", "words"),
    [("T-010", "code", ""), ("T-011", "code", "4"), ("T-014", "code", ""), ("T-013", "sender_name", "")],
)
def test_what_the_centre_refuses_stands_beside_its_field(
    hands: Hands, stand: Stand, code: str, field: str, words: str
) -> None:
    stand.line.says_no = code
    screen(hands).payout.open_code(CODE)
    screen(hands).show_mode("pay_out")
    hands.settle()
    hands.type("50\nƏliyev Vüqar\n")
    error = screen(hands).payout.question.field(field).error_text()
    assert error == say(Phrase(f"refusal.{code}", {"left": 4, "holder": "", "office": ""}))
    assert words in error
    assert lines(stand) == []


def test_a_question_without_an_answer_is_asked_again(
    hands: Hands, stand: Stand, elsewhere: PlayedTransfer
) -> None:
    stand.line.lose_answers = 1
    screen(hands).show_mode("pay_out")
    screen(hands).payout.open_code(CODE)
    hands.settle()
    hands.type("50\nƏliyev Vüqar\n")
    payout = screen(hands).payout
    assert payout.claimed is None
    assert payout.unanswered.isVisible()
    assert hands.notices == ["transfers.screen.no_answer"]
    payout.unanswered_names.setFocus()
    hands.type("1")
    assert payout.claimed is not None
    assert elsewhere.granted == 1


def test_a_grant_is_given_back_only_with_a_reason(
    hands: Hands, stand: Stand, elsewhere: PlayedTransfer
) -> None:
    claimed = stand.desk.transfers.claim(ClaimTransfer(CODE, azn(5_000), "Əliyev Vüqar"), CLERK)
    hands.press(Qt.Key.Key_2, CTRL)
    payout = screen(hands).payout
    assert payout.held.isVisible()
    payout.held_names.setFocus()
    hands.type("1")
    assert payout.claimed == claimed
    hands.press(Qt.Key.Key_G, CTRL)
    # Another screen comes, or the lock: its sheet goes with it and comes back with it.
    (sheet,) = [one for one in hands.frame.window().findChildren(Sheet) if one.isVisible()]
    reason = hands.focus
    screen(hands).hide()
    assert sheet.isHidden()
    screen(hands).show()
    assert sheet.isVisible()
    reason.setFocus()
    hands.type("\n")
    assert stand.desk.transfers.held() == [claimed]
    hands.type("sənədi yoxdur\n")
    assert stand.desk.transfers.held() == []
    assert payout.claimed is None


# --- sent here ------------------------------------------------------------------------------------


def test_a_sent_transfer_is_given_back_to_its_sender(known: Hands, stand: Stand) -> None:
    with stand.books.reading() as books:
        sent = next(one for one in books.transfers() if one.receiver == OTHER)
    parties = Parties(code=sent.code, sender=SENDER, receiver=replace(RECEIVER, name=OTHER))
    stand.line.transfers[sent.transfer] = PlayedTransfer(sent.transfer, 5_000, parties)
    acknowledge(stand.books, stand.clock.utc_ms())
    known.press(Qt.Key.Key_3, CTRL)
    assert len(screen(known).sent.table.rows.records) == 2
    known.type(sent.code)
    assert [one.code for one in screen(known).sent.table.rows.records] == [sent.code]
    known.type("\n")
    # The sender is known: the FİN alone brings the document.
    known.type("5ZK9XYZ\n")
    known.type("\n")
    (line,) = lines(stand)
    assert isinstance(line, ops.TransferRefunded)
    assert line.transfer == sent.transfer


def test_a_transfer_not_offered_yet_is_reversed_instead(known: Hands, stand: Stand) -> None:
    known.press(Qt.Key.Key_3, CTRL)
    known.type("Həsənova\n5ZK9XYZ\n")
    known.type("\n")
    refund = screen(known).sent.refund
    assert refund is not None
    assert say(refund.wrong.words) == say(Phrase("refusal.T-025"))
    assert lines(stand) == []
    known.press(Qt.Key.Key_Escape)


# --- for everybody --------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["az", "ru", "en"])
@pytest.mark.parametrize("mode", ["send", "pay_out", "sent_here"])
def test_every_widget_that_takes_the_focus_has_a_name(known: Hands, language: str, mode: str) -> None:
    Language.current().choose(language)
    screen(known).show_mode(mode)
    known.settle()
    nameless = [
        widget
        for widget in screen(known).findChildren(QWidget)
        if widget.isVisible()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and not widget.accessibleName()
    ]
    assert nameless == []


def test_no_key_of_the_screen_is_the_frames(known: Hands) -> None:
    keys = [action.key for action in screen(known).actions_here()]
    assert len(keys) == len(set(keys))
    assert not set(keys) & set(FRAME_KEYS.values())
