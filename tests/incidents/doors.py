"""Every panel of the program: who stands where, after what, which key opens it, and what then is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from azpost_desk.domain.azqr import write_azqr
from azpost_desk.domain.scans import read_scan
from azpost_desk.gui.kit.amending import AmendSheet
from azpost_desk.gui.kit.approval import ApprovalSheet
from azpost_desk.gui.kit.cards import Sheet
from azpost_desk.gui.kit.disputing import DisputeSheet
from azpost_desk.gui.kit.enquiring import EnquirySheet
from azpost_desk.gui.kit.irregular import IrregularSheet, ReportSheet
from azpost_desk.gui.kit.needs import NeedsSheet
from azpost_desk.gui.kit.preflight import PreflightSheet
from azpost_desk.gui.screens.customers.screen import CustomerScreen
from azpost_desk.gui.screens.customers.side import NoteSheet
from azpost_desk.gui.screens.disputes import sheets as disputes
from azpost_desk.gui.screens.disputes.screen import DisputesScreen
from azpost_desk.gui.screens.express.screen import ExpressScreen
from azpost_desk.gui.screens.goods.screen import GoodsScreen
from azpost_desk.gui.screens.history import records
from azpost_desk.gui.screens.history.certificate import CertificateSheet
from azpost_desk.gui.screens.history.evidence import EvidenceSheet
from azpost_desk.gui.screens.history.reversing import ReverseSheet
from azpost_desk.gui.screens.history.screen import HistoryScreen
from azpost_desk.gui.screens.mail_bags.filling import ReopenSheet
from azpost_desk.gui.screens.mail_bags.screen import MailBagsScreen
from azpost_desk.gui.screens.recovery.answering import DeclineSheet, KeepSheet
from azpost_desk.gui.screens.recovery.screen import RecoveryScreen
from azpost_desk.gui.screens.reports.screen import ReportsScreen
from azpost_desk.gui.screens.reports.side import CloseSheet, StoredSheet
from azpost_desk.gui.screens.reports.signing import SigningSheet
from azpost_desk.gui.screens.staff.privacy import PrivacySheet
from azpost_desk.gui.screens.staff.screen import PinSheet, StaffScreen
from azpost_desk.gui.screens.tills import cash_form, form
from azpost_desk.gui.screens.tills.cash_screen import CashScreen
from azpost_desk.gui.screens.tills.cash_sheets import MakeGoodSheet, ReceiveSheet
from azpost_desk.gui.screens.tills.screen import TillsScreen
from azpost_desk.gui.screens.tills.sheets import ActSheet, ClosedSheet
from azpost_desk.gui.screens.tracking.screen import TrackingScreen
from azpost_desk.gui.screens.tracking.sheets import ChooseSheet
from azpost_desk.gui.screens.transfers.changing import ChangeSheet
from azpost_desk.gui.screens.transfers.refunding import RefundSheet
from azpost_desk.gui.screens.transfers.screen import TransfersScreen
from azpost_desk.gui.screens.transfers.sent_abroad import StopSheet
from azpost_desk.gui.shell.code_sheet import CodeSheet
from azpost_desk.gui.shell.consent_sheet import ConsentSheet
from azpost_desk.gui.shell.help_sheet import HelpSheet
from azpost_desk.gui.shell.lamp import BooksSheet
from azpost_desk.gui.shell.line_panel import QueueSheet
from azpost_desk.gui.shell.office_sheet import OfficeSheet
from azpost_desk.gui.shell.officer_menu import OfficerMenu
from azpost_desk.gui.shell.officer_menu import PinSheet as OwnPinSheet
from azpost_desk.gui.shell.papers_drawer import PapersDrawer
from azpost_desk.gui.shell.tray import HandOverSheet, TraySheet
from tests.incidents import before_the_doors as before
from tests.services.codes import CAFE
from tests.services.counters import CLERK, MANAGER, SENDER, SUPERVISOR
from tests.storage.desks import DATE

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.gui.kit.screens import Screen
    from azpost_desk.services.counter import Officer
    from tests.gui.screens.hands import Hands
    from tests.services.counters import Stand

    Opening = Callable[[Hands, Stand], None]
    Before = Callable[[Stand], None]

CTRL: Final = Qt.KeyboardModifier.ControlModifier
CTRL_SHIFT: Final = CTRL | Qt.KeyboardModifier.ShiftModifier


@dataclass(frozen=True)
class Door:
    """One way to a panel.

    Attributes:
        panels: what is open then, the topmost last.
        heading: of a panel that is made on the spot, without a class of its own.
        before: what must have happened.
        records: the way there records something by itself, and the money is compared from then on.
    """

    screen: type[Screen]
    officer: Officer
    open_it: Opening
    panels: tuple[type[Sheet], ...]
    heading: str = ""
    before: tuple[Before, ...] = ()
    records: bool = False


def act(name: str) -> Opening:
    """An act of the till's page or of bags and counts."""

    def open_it(hands: Hands, stand: Stand) -> None:
        screen = hands.frame.current()
        assert isinstance(screen, TillsScreen | CashScreen)
        screen.begin(name)

    return open_it


def consent(name: str, pieces: dict[int, int], cause: str = "") -> Opening:
    """The second person's panel over an act's."""

    def open_it(hands: Hands, stand: Stand) -> None:
        act(name)(hands, stand)
        _count(hands, pieces, cause)

    return open_it


def _count(hands: Hands, pieces: dict[int, int], cause: str = "") -> None:
    screen = hands.frame.current()
    assert isinstance(screen, TillsScreen | CashScreen)
    assert screen.sheet is not None
    assert screen.sheet.count is not None
    screen.sheet.count.set_pieces(pieces)
    if cause:
        screen.sheet.form.field("cause").put(cause)
    screen.sheet.main.click()
    hands.settle()


def far_off(hands: Hands, stand: Stand) -> None:
    """Counted far too little until a manager must consent."""
    act(form.CLOSE_TILL)(hands, stand)
    for _ in range(2):
        if not any(one.isVisible() for one in hands.frame.findChildren(ApprovalSheet)):
            _count(hands, {1_000: 1})


def bag_differs(hands: Hands, stand: Stand) -> None:
    act(cash_form.RECEIVE)(hands, stand)
    _count(hands, {100: 9})
    hands.press(Qt.Key.Key_A, CTRL)


def cash_instead(hands: Hands, stand: Stand) -> None:
    """F10 Enter where what came by card cannot go back to it."""
    hands.press(Qt.Key.Key_F10)
    hands.press(Qt.Key.Key_Return)


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


def result_disputed(hands: Hands, stand: Stand) -> None:
    result(hands, stand)
    hands.press(Qt.Key.Key_D, CTRL)


def reverse(hands: Hands, stand: Stand) -> None:
    hands.type("Marka\n")
    hands.press(Qt.Key.Key_Delete, CTRL_SHIFT)


def reverse_consent(hands: Hands, stand: Stand) -> None:
    reverse(hands, stand)
    hands.type("Səhv\n")


def sale_disputed(hands: Hands, stand: Stand) -> None:
    hands.type("Marka\n")
    hands.press(Qt.Key.Key_D, CTRL)


def causes(hands: Hands, stand: Stand) -> None:
    screen = hands.frame.current()
    assert isinstance(screen, HistoryScreen)
    sorts = [one.sort for one in screen.table.rows.records]
    screen.table.view.selectRow(sorts.index("till_closed"))
    hands.settle()
    hands.press(Qt.Key.Key_E, CTRL)


def certificate(hands: Hands, stand: Stand) -> None:
    with stand.books.reading() as books:
        job = next(one for one in books.print_jobs() if one.paper == "certificate")
        code = books.certificate(job.key)
    hands.scan(code)


def key(pressed: Qt.Key, modifiers: Qt.KeyboardModifier = CTRL) -> Opening:
    def open_it(hands: Hands, stand: Stand) -> None:
        hands.press(pressed, modifiers)

    return open_it


def hand_over(hands: Hands, stand: Stand) -> None:
    """A supervisor takes another's basket from the tray."""
    hands.press(Qt.Key.Key_F11, CTRL_SHIFT)
    hands.press(Qt.Key.Key_1)


def past_day(hands: Hands, stand: Stand) -> None:
    hands.press(Qt.Key.Key_O, CTRL)
    hands.type(f"{DATE[8:]}{DATE[5:7]}{DATE[:4]}\n")


def needs(hands: Hands, stand: Stand) -> None:
    screen = hands.frame.current()
    assert isinstance(screen, TrackingScreen)
    screen.event_field.put("EMI")
    screen.heard(read_scan(before.NUMBER), False)


def choose(hands: Hands, stand: Stand) -> None:
    screen = hands.frame.current()
    assert isinstance(screen, TrackingScreen)
    screen.event_field.put("EMG")
    screen.take(before.NUMBER[7:11], "keys")


def reopen_bag(hands: Hands, stand: Stand) -> None:
    screen = hands.frame.current()
    assert isinstance(screen, MailBagsScreen)
    hands.scan(stand.desk.mail_bags.at_hand()[0].number)
    hands.press(Qt.Key.Key_R, CTRL)


def bag_irregular(hands: Hands, stand: Stand) -> None:
    hands.scan(stand.desk.mail_bags.at_hand()[0].number)
    hands.press(Qt.Key.Key_G, CTRL)


def irregular(hands: Hands, stand: Stand) -> None:
    screen = hands.frame.current()
    assert isinstance(screen, TrackingScreen)
    screen.open_item(before.NUMBER)
    hands.settle()
    hands.press(Qt.Key.Key_G, CTRL)


def amend(hands: Hands, stand: Stand) -> None:
    screen = hands.frame.current()
    assert isinstance(screen, TrackingScreen)
    screen.open_item(before.mailed_abroad(stand))
    hands.settle()
    hands.press(Qt.Key.Key_M, CTRL)


def irregular_seen(hands: Hands, stand: Stand) -> None:
    screen = hands.frame.current()
    assert isinstance(screen, TrackingScreen)
    screen.open_item(before.NUMBER)
    hands.settle()
    screen.item.reports.pick(0)
    hands.settle()


def refund(hands: Hands, stand: Stand) -> None:
    hands.press(Qt.Key.Key_3, CTRL)
    screen = hands.frame.current()
    assert isinstance(screen, TransfersScreen)
    screen.sent.open_one(screen.sent.table.rows.records[0])


def change_transfer(hands: Hands, stand: Stand) -> None:
    hands.press(Qt.Key.Key_3, CTRL)
    screen = hands.frame.current()
    assert isinstance(screen, TransfersScreen)
    screen.sent.table.view.selectRow(0)
    screen.sent.open_change()


def ask_back(hands: Hands, stand: Stand) -> None:
    hands.press(Qt.Key.Key_4, CTRL)
    hands.press(Qt.Key.Key_B, CTRL)


def enquire(hands: Hands, stand: Stand) -> None:
    hands.press(Qt.Key.Key_4, CTRL)
    hands.press(Qt.Key.Key_S, CTRL)


def release(hands: Hands, stand: Stand) -> None:
    hands.press(Qt.Key.Key_2, CTRL)
    screen = hands.frame.current()
    assert isinstance(screen, TransfersScreen)
    screen.payout.held_names.pick(0)
    hands.settle()
    screen.payout.ask_release()


def typed(text: str) -> Opening:
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


def office(hands: Hands, stand: Stand) -> None:
    """Asked for by its postcode."""
    hands.press(Qt.Key.Key_K, CTRL)
    hands.frame.box.clear()
    hands.type("AZ1000\n")


def payment_code(hands: Hands, stand: Stand) -> None:
    """Scanned: somebody's that is no biller of the day."""
    hands.scan(write_azqr(CAFE))


def note(hands: Hands, stand: Stand) -> None:
    """A remark on the customer whose file is open."""
    screen = hands.frame.current()
    assert isinstance(screen, CustomerScreen)
    [found] = stand.desk.finding.find(SENDER.fin)
    screen.enter(found)
    hands.settle()
    hands.press(Qt.Key.Key_N, CTRL)


def officer_menu(hands: Hands, stand: Stand) -> None:
    """The window opens it by its key, over any page."""
    OfficerMenu(hands.frame, hands.frame._session, at_work=True).ask()


def own_pin(hands: Hands, stand: Stand) -> None:
    """What the menu's line for the PIN opens."""
    OwnPinSheet(hands.frame, hands.frame._session).ask()


_TILL: Final = {
    **{
        f"till: {name}": Door(TillsScreen, CLERK, act(name), (ActSheet,))
        for name in (form.CLOSE_TILL, form.HAND_OVER, form.TAKE, form.DROP, form.STOCK)
    },
    **{
        f"till: {name}": Door(TillsScreen, CLERK, act(name), (ActSheet,), before=(before.announced,))
        for name in (form.ISSUE, form.ACCEPT)
    },
    "till: supply the safe": Door(TillsScreen, MANAGER, act(form.SUPPLY_SAFE), (ActSheet,)),
    "till: the taker signs": Door(
        TillsScreen, CLERK, consent(form.HAND_OVER, {1_000: 20}), (ActSheet, ApprovalSheet)
    ),
    "till: the manager consents": Door(TillsScreen, CLERK, far_off, (ActSheet, ApprovalSheet), records=True),
    "till: the count's result": Door(TillsScreen, CLERK, result, (ClosedSheet,), records=True),
    "till: the result is disputed": Door(
        TillsScreen, CLERK, result_disputed, (ClosedSheet, DisputeSheet), records=True
    ),
    "till: red lines before the day": Door(
        TillsScreen, MANAGER, key(Qt.Key.Key_D), (PreflightSheet,), before=(before.red_morning,)
    ),
}

_CASH: Final = {
    **{
        f"cash: {name}": Door(CashScreen, MANAGER, act(name), (panel,), before=(before.announced,))
        for name, panel in zip(cash_form.BAGS, (ActSheet, ActSheet, ReceiveSheet), strict=True)
    },
    "cash: somebody consents to a bag": Door(
        CashScreen, MANAGER, bag_differs, (ReceiveSheet, ApprovalSheet), before=(before.announced,)
    ),
    **{f"cash: {name}": Door(CashScreen, CLERK, act(name), (ActSheet,)) for name in cash_form.NOTES},
    "cash: surprise": Door(CashScreen, SUPERVISOR, act(cash_form.SURPRISE), (ActSheet,)),
    "cash: make good": Door(
        CashScreen, CLERK, act(cash_form.MAKE_GOOD), (MakeGoodSheet,), before=(before.short,)
    ),
    "cash: somebody consents": Door(
        CashScreen, CLERK, consent(cash_form.MAKE_GOOD, {100: 1}, "lost"), (MakeGoodSheet, ApprovalSheet),
        before=(before.short,),
    ),
}  # fmt: skip

_HISTORY: Final = {
    f"history: {name}": Door(HistoryScreen, CLERK, open_it, panels, before=(before.sold, before.short))
    for name, open_it, panels in (
        ("reverse", reverse, (ReverseSheet,)),
        ("somebody consents", reverse_consent, (ReverseSheet, ApprovalSheet)),
        ("dispute", sale_disputed, (DisputeSheet,)),
        ("causes of a difference", causes, (records.CausesSheet,)),
        ("all years", key(Qt.Key.Key_F), (records.SearchSheet,)),
        ("the till then", key(Qt.Key.Key_M), (records.ThenSheet,)),
        ("an officer's differences", key(Qt.Key.Key_B), (records.StatementSheet,)),
        ("evidence", key(Qt.Key.Key_E, CTRL_SHIFT), (EvidenceSheet,)),
        ("a scanned certificate", certificate, (CertificateSheet,)),
    )
}

_REPORTS: Final = {
    f"report: {name}": Door(ReportsScreen, MANAGER, open_it, (panel,), before=(first,))
    for name, open_it, panel, first in (
        ("close the day", key(Qt.Key.Key_E), CloseSheet, before.counted),
        ("dispute", key(Qt.Key.Key_D), DisputeSheet, before.sold),
        ("sign the papers", key(Qt.Key.Key_G), SigningSheet, before.day_closed),
        ("a day of the past", past_day, StoredSheet, before.late),
    )
}

_WORK: Final = {
    "scan: what must be asked": Door(
        TrackingScreen, CLERK, needs, (NeedsSheet,), before=(before.items_here,)
    ),
    "bags: open again": Door(MailBagsScreen, CLERK, reopen_bag, (ReopenSheet,), before=(before.bag_closed,)),
    "bags: what is wrong": Door(
        MailBagsScreen, CLERK, bag_irregular, (IrregularSheet,), before=(before.bag_closed,)
    ),
    "scan: what is wrong": Door(
        TrackingScreen, CLERK, irregular, (IrregularSheet,), before=(before.items_here,)
    ),
    "scan: amend customs data": Door(
        TrackingScreen, CLERK, amend, (AmendSheet,), before=(before.mail_abroad,)
    ),
    "scan: what was wrong": Door(
        TrackingScreen, CLERK, irregular_seen, (ReportSheet,), before=(before.items_here, before.irregular)
    ),
    "scan: several end so": Door(TrackingScreen, CLERK, choose, (ChooseSheet,), before=(before.items_here,)),
    "transfer: change": Door(TransfersScreen, CLERK, change_transfer, (ChangeSheet,), before=(before.sent,)),
    "transfer: refund": Door(TransfersScreen, CLERK, refund, (RefundSheet,), before=(before.sent,)),
    "transfer: ask back": Door(TransfersScreen, CLERK, ask_back, (StopSheet,), before=(before.sent_abroad,)),
    "transfer: where is it": Door(
        TransfersScreen, CLERK, enquire, (EnquirySheet,), before=(before.sent_abroad,)
    ),
    "transfer: release": Door(
        TransfersScreen, CLERK, release, (Sheet,), "transfers.screen.release_title", (before.claimed,)
    ),
    "transfer: several of a name": Door(
        TransfersScreen, CLERK, typed("Əliyev\n"), (Sheet,), "transfers.screen.person.several", (before.sent,)
    ),
    "express: several of a phone": Door(
        ExpressScreen, CLERK, typed("0501234567\n"), (Sheet,), "express.screen.several", (before.sent,)
    ),
    "recovery: a grant is kept": Door(
        RecoveryScreen, CLERK, key(Qt.Key.Key_D), (KeepSheet,), before=(before.asked_back,)
    ),
    "recovery: a proposal is declined": Door(
        RecoveryScreen, MANAGER, key(Qt.Key.Key_D), (DeclineSheet,), before=(before.proposed,)
    ),
    "dispute: close": Door(
        DisputesScreen, CLERK, key(Qt.Key.Key_E), (disputes.ActSheet,), before=(before.disputed,)
    ),
    "dispute: take it further": Door(
        DisputesScreen, CLERK, key(Qt.Key.Key_G), (disputes.ActSheet,), before=(before.disputed,)
    ),
    "customer: a remark": Door(
        CustomerScreen, CLERK, note, (NoteSheet,), before=(before.sent,), records=True
    ),
    "staff: a new PIN": Door(StaffScreen, MANAGER, key(Qt.Key.Key_N), (PinSheet,)),
    "staff: personal data": Door(
        StaffScreen, MANAGER, key(Qt.Key.Key_D), (PrivacySheet,), before=(before.outlived,)
    ),
}

_FRAME: Final = {
    "frame: queue": Door(GoodsScreen, CLERK, key(Qt.Key.Key_Q), (QueueSheet,), before=(before.sold,)),
    "frame: help": Door(GoodsScreen, CLERK, key(Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier), (HelpSheet,)),
    "frame: papers of the day": Door(
        GoodsScreen, CLERK, key(Qt.Key.Key_F9), (PapersDrawer,), before=(before.sold,)
    ),
    "frame: an office": Door(GoodsScreen, CLERK, office, (OfficeSheet,)),
    "frame: a payment code": Door(GoodsScreen, CLERK, payment_code, (CodeSheet,)),
    "frame: officer's menu": Door(GoodsScreen, CLERK, officer_menu, (OfficerMenu,), before=(before.sold,)),
    "frame: own PIN": Door(GoodsScreen, CLERK, own_pin, (OwnPinSheet,)),
    "frame: the books": Door(GoodsScreen, CLERK, key(Qt.Key.Key_K, CTRL_SHIFT), (BooksSheet,)),
    "frame: the look before the day": Door(GoodsScreen, CLERK, key(Qt.Key.Key_I), (PreflightSheet,)),
    "frame: tray": Door(
        GoodsScreen, CLERK, key(Qt.Key.Key_F11, CTRL_SHIFT), (TraySheet,), before=(before.parked,)
    ),
    "frame: cash instead of the card": Door(
        GoodsScreen, CLERK, cash_instead, (ConsentSheet,), before=(before.came_by_card,)
    ),
    "frame: hand a basket over": Door(
        CashScreen, SUPERVISOR, hand_over, (HandOverSheet,), before=(before.parked,)
    ),
}

DOORS: Final[dict[str, Door]] = {**_TILL, **_CASH, **_HISTORY, **_REPORTS, **_WORK, **_FRAME}
