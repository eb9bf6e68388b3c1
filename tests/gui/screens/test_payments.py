"""Bills on the screen: scan and Enter, the debt behind the next entry, nothing taken twice, refunds found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.scans import bill_code, read_scan
from azpost_desk.gui.kit.words import Language, Phrase, say
from azpost_desk.gui.screens.payments import form as decide
from azpost_desk.gui.screens.payments.screen import PaymentsScreen
from azpost_desk.gui.shell.register import FRAME_KEYS
from azpost_desk.protocol.messages import BillChecked
from azpost_desk.services.payments import PayBill
from azpost_desk.services.views import Found
from tests.gui.conftest import type_text
from tests.gui.screens.hands import Hands, without_licences
from tests.services.codes import with_values
from tests.services.counters import CLERK, OTHER_CLERK, Stand

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.work.runner import Runner

POWER = "0101"
FIRST, SECOND = "12345678", "87654321"
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Hands:
    stand.line.bills[POWER, FIRST] = BillChecked(ok=True, debt_qapik=3_615, holder="Ə***** V****")
    stand.line.bills[POWER, SECOND] = BillChecked(ok=True, debt_qapik=1_250)
    return Hands(qtbot, runner, session, stand, PaymentsScreen)


def screen(hands: Hands) -> PaymentsScreen:
    made = hands.frame.current()
    assert isinstance(made, PaymentsScreen)
    return made


def taken(stand: Stand) -> list[tuple[str, int]]:
    """Account and amount of each line in the basket."""
    basket = stand.desk.baskets.current()
    return [
        (planned.detail, planned.line.amount_qapik)
        for planned in (basket.lines if basket else ())
        if isinstance(planned.line, ops.PaymentAccepted)
    ]


def refused_bill(stand: Stand) -> str:
    """A bill was taken and paid; the biller refused it."""
    stand.desk.payments.pay(PayBill(POWER, FIRST, azn(3_615)), CLERK)
    stand.pay(5_000)
    (one,) = stand.desk.payments.taken()
    body = ops.PaymentResolved(
        payment=one.payment,
        biller=POWER,
        outcome="refused",
        amount_qapik=one.amount.minor,
        fee_qapik=one.fee.minor,
        service=one.service,
        reason="account_not_found",
    )
    with stand.books.writing() as books:
        books.append(body, actor="sync", actor_kind="sync", operation=stand.desk.counter.new_id())
    return one.payment


# --- what the form decides ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "offered", "at"),
    [
        ("1", 3, 0),
        ("3", 3, 2),
        ("4", 3, None),
        ("su2", 3, 1),
        ("0101", 3, None),
        ("", 3, None),
        ("12", 3, None),
    ],
)
def test_a_digit_picks_what_is_offered(typed: str, offered: int, at: int | None) -> None:
    assert decide.pick(typed, offered) == at


@pytest.mark.parametrize(
    ("key", "bill"),
    [("0101:12345678", decide.Bill("0101", "12345678", "scan")), ("0101", None), (":1", None), ("", None)],
)
def test_an_answer_of_the_one_box_is_a_bill(key: str, bill: decide.Bill | None) -> None:
    assert decide.bill_in(key) == bill


def test_one_stands_first_on_what_must_be_seen_to(stand: Stand) -> None:
    payment = refused_bill(stand)
    stand.desk.payments.pay(PayBill(POWER, SECOND, azn(1_250)), CLERK)
    stand.pay(5_000)
    shown = decide.to_be_seen(stand.desk)
    assert [one.account for one in shown if one.payment == payment] == [FIRST]
    assert shown[decide.first_to_see(shown) or 0].payment == payment
    other = next(one.payment for one in shown if one.payment != payment)
    assert shown[decide.first_to_see(shown, other) or 0].payment == other
    assert decide.first_to_see([]) is None


@given(st.text(max_size=12), st.integers(0, 9))
def test_a_pick_is_always_something_offered(typed: str, offered: int) -> None:
    at = decide.pick(typed, offered)
    assert at is None or (0 <= at < offered and str(at + 1) in typed)


# --- taking ------------------------------------------------------------------------------------------


def test_two_bills_in_cash_take_at_most_6_keys_and_2_scans(hands: Hands, stand: Stand) -> None:
    before = stand.till_qapik()
    hands.scan(bill_code(POWER, FIRST))
    hands.type("\n")
    hands.scan(bill_code(POWER, SECOND))
    hands.type("\n")
    assert taken(stand) == [(FIRST, 3_615), (SECOND, 1_250)]
    hands.press(Qt.Key.Key_F10)
    hands.type("\n")
    assert (hands.keys <= 6, hands.scans) == (True, 2)
    assert stand.desk.baskets.current() is None
    assert stand.till_qapik() == before + 3_615 + 1_250 + 2 * 50
    assert not hands.notices


def test_a_biller_is_picked_by_digits_and_the_debt_is_told(hands: Hands, stand: Stand) -> None:
    hands.type("11")
    hands.type(f"{FIRST}\n")
    take = screen(hands).take
    assert "36,15" in take.account.editor.accessibleDescription()
    assert (take.amount.money(), take.fee.money(), take.total.money()) == (azn(3_615), azn(50), azn(3_665))
    hands.type("\n")
    assert taken(stand) == [(FIRST, 3_615)]
    assert take.biller.is_empty()


def test_a_bill_found_by_search_takes_at_most_12_keys(hands: Hands, stand: Stand) -> None:
    """Group, biller, the eight digits of the account, F10, Enter; the debt stands in the sum to be paid."""
    before = stand.till_qapik()
    hands.type(f"11{FIRST}")
    hands.press(Qt.Key.Key_F10)
    assert taken(stand) == [(FIRST, 3_615)]
    assert hands.frame.basket.cash.amount.editor.hasFocus()
    hands.type("\n")
    assert hands.keys <= 12
    assert stand.desk.baskets.current() is None
    assert stand.till_qapik() == before + 3_615 + 50
    assert not hands.notices


def test_f10_takes_along_the_bills_that_wait_behind_the_one_at_hand(hands: Hands, stand: Stand) -> None:
    hands.scan(bill_code(POWER, FIRST))
    hands.scan(bill_code(POWER, SECOND))
    hands.press(Qt.Key.Key_F10)
    assert taken(stand) == [(FIRST, 3_615), (SECOND, 1_250)]
    assert hands.frame.basket.cash.amount.editor.hasFocus()


def test_f10_pays_without_a_bill_that_is_half_written_or_refused(hands: Hands, stand: Stand) -> None:
    """Nothing opens where only the customer can say how much; what is half written stays."""
    for account in (FIRST[:4], "99999999"):
        hands.type("11" + account)
        hands.press(Qt.Key.Key_F10)
        assert (taken(stand), screen(hands).take.account.text()) == ([], account)
        assert not hands.frame.basket.cash.isVisible()
        screen(hands).take.clear()
    stand.line.bills[POWER, FIRST] = BillChecked(ok=True, debt_qapik=0)
    hands.type("11" + FIRST)
    hands.press(Qt.Key.Key_F10)
    assert screen(hands).take.amount.editor.hasFocus()
    hands.type("20")
    hands.press(Qt.Key.Key_F10)
    assert taken(stand) == [(FIRST, 2_000)]
    assert hands.frame.basket.cash.amount.editor.hasFocus()


def test_a_biller_is_found_by_the_beginning_of_its_name(hands: Hands) -> None:
    hands.type("azər")
    hands.type("1")
    assert screen(hands).take.biller.text() == "Azərişıq"
    assert hands.focus is screen(hands).take.account.editor


def test_enter_before_the_answer_sets_the_bill_aside_and_the_next_one_starts(
    hands: Hands, stand: Stand
) -> None:
    take = screen(hands).take
    code = bill_code(POWER, FIRST)
    hands.frame.heard(read_scan(code), code, False)
    type_text(hands.focus, "\n")
    assert [bill.account for bill in take.aside] == [FIRST]
    code = bill_code(POWER, SECOND)
    hands.frame.heard(read_scan(code), code, False)
    type_text(hands.focus, "\n")
    hands.settle()
    assert take.aside == []
    assert sorted(taken(stand)) == [(FIRST, 3_615), (SECOND, 1_250)]


def test_a_bill_set_aside_that_owes_nothing_comes_back_for_its_amount(hands: Hands, stand: Stand) -> None:
    stand.line.bills[POWER, FIRST] = BillChecked(ok=True, debt_qapik=0)
    code = bill_code(POWER, FIRST)
    hands.frame.heard(read_scan(code), code, False)
    type_text(hands.focus, "\n")
    hands.settle()
    take = screen(hands).take
    assert take.account.text() == FIRST
    assert hands.notices
    hands.type("20\n")
    assert taken(stand) == [(FIRST, 2_000)]


def test_a_scan_waits_while_another_bill_is_at_hand(hands: Hands, stand: Stand) -> None:
    hands.scan(bill_code(POWER, FIRST))
    hands.scan(bill_code(POWER, SECOND))
    take = screen(hands).take
    assert take.account.text() == FIRST
    hands.type("\n")
    assert take.account.text() == SECOND
    hands.type("\n")
    assert taken(stand) == [(FIRST, 3_615), (SECOND, 1_250)]


def test_a_doubled_scan_is_one_bill(hands: Hands, stand: Stand) -> None:
    hands.scan(bill_code(POWER, FIRST))
    hands.scan(bill_code(POWER, FIRST), doubled=True)
    for _ in range(50):
        type_text(hands.focus, "\n")
    hands.settle()
    assert taken(stand) == [(FIRST, 3_615)]


def test_a_scan_never_replaces_what_is_typed(hands: Hands) -> None:
    hands.type("11")
    hands.type("1234")
    hands.scan(bill_code(POWER, SECOND))
    assert screen(hands).take.account.text() == "1234"


def test_a_bill_of_an_unknown_biller_is_refused_and_the_form_stays_free(hands: Hands) -> None:
    hands.scan(bill_code("9999", FIRST))
    assert [say(words) for words in hands.notices if isinstance(words, Phrase)] == [
        say(Phrase("refusal.P-002"))
    ]
    assert screen(hands).take.biller.is_empty()


def test_without_the_line_the_bill_is_taken_and_the_clerk_knows(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    stand.line.online = False
    hands = Hands(qtbot, runner, session, stand, PaymentsScreen)
    hands.scan(bill_code(POWER, FIRST))
    take = screen(hands).take
    assert take.account.editor.accessibleDescription() == say("payments.screen.unchecked")
    hands.type("36,15\n")
    assert taken(stand) == [(FIRST, 3_615)]


def test_an_account_the_biller_does_not_know_is_said_beside_it(hands: Hands, stand: Stand) -> None:
    hands.type("11")
    hands.type("99999999\n")
    assert screen(hands).take.account.error_text() == say(Phrase("refusal.P-006"))
    hands.type("\n")
    assert taken(stand) == []


def test_a_mistyped_digit_is_said_beside_the_account_with_an_example(hands: Hands, stand: Stand) -> None:
    hands.type("11")
    hands.type("12345679\n")
    take = screen(hands).take
    assert take.account.error_text() == say(Phrase("refusal.P-073", {"example": FIRST}))
    hands.type("\n")
    assert taken(stand) == []


def test_who_bears_the_fee_and_that_only_the_whole_is_taken_stand_beside_the_sums(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    with_values(stand, fee_from="biller", part=False)
    stand.line.bills[POWER, FIRST] = BillChecked(ok=True, debt_qapik=3_615)
    hands = Hands(qtbot, runner, session, stand, PaymentsScreen)
    hands.type(f"11{FIRST}\n")
    take = screen(hands).take
    assert take.fee.editor.accessibleDescription() == say("payments.screen.fee_biller")
    assert take.amount.editor.accessibleDescription() == say("payments.screen.whole_only")
    assert take.total.money() == azn(3_615)
    hands.type("36\n")
    assert taken(stand) == []
    assert take.amount.error_text() == say(Phrase("refusal.P-074", {"debt": azn(3_615)}))


def test_esc_asks_before_it_forgets_and_money_stays_as_it_was(hands: Hands, stand: Stand) -> None:
    records, till = stand.records(), stand.till_qapik()
    hands.type("11")
    hands.type("1234")
    hands.press(Qt.Key.Key_Escape)
    assert screen(hands).take.account.text() == "1234"
    assert hands.notices == ["payments.screen.escape"]
    hands.press(Qt.Key.Key_Escape)
    assert screen(hands).take.account.is_empty()
    assert not screen(hands).is_dirty()
    assert (stand.records(), stand.till_qapik(), taken(stand)) == (records, till, [])


def test_a_bill_found_by_the_one_box_opens_here(hands: Hands) -> None:
    screen(hands).enter(Found("bill", f"{POWER}:{FIRST}", "Azərişıq", FIRST))
    hands.settle()
    assert screen(hands).take.account.text() == FIRST
    assert screen(hands).take.amount.money() == azn(3_615)


# --- what became of them -----------------------------------------------------------------------------


def test_a_refused_bill_is_given_back_once(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    payment = refused_bill(stand)
    hands = Hands(qtbot, runner, session, stand, PaymentsScreen)
    assert "1" in screen(hands).why.text()
    hands.press(Qt.Key.Key_2, CTRL)
    (shown,) = screen(hands).table.rows.records
    assert (shown.payment, shown.state) == (payment, "refused")
    hands.type("\n")
    basket = stand.desk.baskets.current()
    assert basket is not None
    assert [type(planned.line) for planned in basket.lines] == [ops.PaymentRefunded]
    hands.type("\n")
    assert stand.desk.baskets.current() == basket
    assert say(Phrase("refusal.B-006")) in [
        say(words) for words in hands.notices if isinstance(words, Phrase)
    ]


def test_a_bill_on_its_way_is_not_given_back(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    stand.desk.payments.pay(PayBill(POWER, FIRST, azn(3_615)), CLERK)
    stand.pay(5_000)
    hands = Hands(qtbot, runner, session, stand, PaymentsScreen)
    hands.press(Qt.Key.Key_2, CTRL)
    hands.type("\n")
    assert stand.desk.baskets.current() is None
    assert hands.notices


def test_who_does_not_hold_the_till_reads_why_nothing_can_be_taken(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    session.officer = OTHER_CLERK
    hands = Hands(qtbot, runner, session, stand, PaymentsScreen)
    assert CLERK.name in screen(hands).why.text()
    assert not screen(hands).take.add_button.isEnabled()


def test_a_branch_without_a_licence_reads_that_it_may_not_take_bills(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    stand.books.store_news([without_licences(2_000)], 2_000)
    hands = Hands(qtbot, runner, session, stand, PaymentsScreen)
    assert screen(hands).why.text() == say(Phrase("refusal.G-031", {"service": "payments"}))
    assert not screen(hands).take.add_button.isEnabled()


@pytest.mark.parametrize("language", ["az", "ru", "en"])
@pytest.mark.parametrize("mode", ["take", "today"])
def test_every_widget_that_takes_the_focus_has_a_name(hands: Hands, language: str, mode: str) -> None:
    Language.current().choose(language)
    screen(hands).show_mode(mode)
    hands.settle()
    nameless = [
        widget
        for widget in screen(hands).findChildren(QWidget)
        if widget.isVisible()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and not widget.accessibleName()
    ]
    assert nameless == []


def test_no_key_of_the_screen_is_the_frames(hands: Hands) -> None:
    keys = [action.key for action in screen(hands).actions_here()]
    assert len(keys) == len(set(keys))
    assert not set(keys) & set(FRAME_KEYS.values())


def test_the_payers_phone_is_kept_and_enter_never_waits_for_it(hands: Hands, stand: Stand) -> None:
    screen(hands).take.take(decide.Bill(POWER, FIRST))
    hands.settle()
    screen(hands).take.contact.editor.setFocus()
    hands.type("12\n")
    assert taken(stand) == []
    screen(hands).take.contact.put("050 123 45 67")
    screen(hands).take.amount.editor.setFocus()
    hands.type("\n")
    basket = stand.desk.baskets.current()
    assert basket is not None
    assert b"+994501234567" in basket.lines[0].attachments[0][2]
    assert screen(hands).take.contact.is_empty()


def test_who_is_usual_here_has_the_first_digit(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    """Taken twice lately: one key instead of the group's and its own."""
    for account in (FIRST, SECOND):
        stand.desk.payments.pay(PayBill(POWER, account, azn(1_000)), CLERK)
        stand.pay(2_000)
    hands = Hands(qtbot, runner, session, stand, PaymentsScreen)
    hands.type("1")
    take = screen(hands).take
    assert take.biller.text() == "Azərişıq"
    assert QApplication.focusWidget() is take.account.editor
