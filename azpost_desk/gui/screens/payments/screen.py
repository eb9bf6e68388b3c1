"""Payments: take bills one after the other; see what became of them, give back what was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from azpost_desk.domain.catalogue import Billers
from azpost_desk.domain.scans import read_bill_code
from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.enquiring import EnquirySheet
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.notices import NoticeStrip
from azpost_desk.gui.kit.person import scrolled
from azpost_desk.gui.kit.rows import left_row
from azpost_desk.gui.kit.screens import Action, Screen
from azpost_desk.gui.kit.tables import Table
from azpost_desk.gui.kit.theme import GAP
from azpost_desk.gui.kit.words import language, phrase, plain, refusal
from azpost_desk.gui.screens.payments import actions
from azpost_desk.gui.screens.payments import form as decide
from azpost_desk.gui.screens.payments.noticing import NoticeForm
from azpost_desk.gui.screens.payments.table import columns
from azpost_desk.gui.screens.payments.taking import TakeForm
from azpost_desk.gui.work.runner import Operation, Runner
from azpost_desk.services.payments import BillsToday
from azpost_desk.services.views import Found

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.domain.scans import Scan
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.disputes import Raised
    from azpost_desk.services.views import Basket, Payment

# After these have changed, what may be taken and what became of it may be different.
_MODE_OF = {"payment": actions.TODAY, "notice": actions.NOTICE}
_WATCHED = frozenset({"day", "till", "line", "reference", "payments", "journal"})


class PaymentsScreen(Screen):
    """F3. Takes every bill that is scanned; `enter` takes a bill or a payment found by the one box."""

    name = "payments"
    place = 20
    opens = (
        "bill",
        "payment",
        "notice",
    )
    words = "payments.screen.name"
    icon = "receipt-text"
    key = "F3"
    permission = Permission.SELL
    service = "payments"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.mode = actions.TAKE
        self._facts = BillsToday(Billers(), (), 0)
        self._asked = False
        self._wanted = ""
        self._sought: tuple[str, str] | None = None
        self.take = TakeForm(session)
        self.notices = NoticeForm(session)
        self.table: Table[Payment] = Table(
            columns(self._name_of), name="payments.screen.today.name", empty="payments.screen.today.empty"
        )
        self.statement = Button(actions.STATEMENT, actions.STATEMENT_KEY)
        self.statement.clicked.connect(self.print_statement)
        self.ask_back = Button(actions.REFUND, actions.REFUND_KEY)
        self.ask_back.clicked.connect(self.open_refund)
        self.asking: EnquirySheet | None = None
        self.why = NoticeStrip()
        self._title = Label("", "title")
        self._tabs = {
            mode: Button(actions.mode_words(mode), key, role="rail", bind=False)
            for mode, key in actions.MODES.items()
        }
        self._pages = QStackedWidget()
        self._build()
        self.take.escaped.connect(self._on_escape)
        for form in (self.notices.question, self.notices.taking):
            form.escaped.connect(lambda _dirty: self._on_escape(self.notices.dirty))
        self.take.edited.connect(self._forget_asking)
        self.table.chosen.connect(self._refund)
        Runner.current().changed.connect(self._on_changed)
        self._show(self.mode)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(GAP)
        head.addWidget(self._title)
        head.addStretch()
        for mode, tab in self._tabs.items():
            tab.setCheckable(True)
            tab.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            tab.clicked.connect(lambda _checked=False, mode=mode: self.show_mode(mode))
            head.addWidget(tab)
        today = QWidget()
        below = QVBoxLayout(today)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(Label("payments.screen.today.hint", "muted", wrap=True))
        below.addWidget(self.table, 1)
        below.addWidget(left_row(self.statement, self.ask_back))
        self._pages.addWidget(self.take)
        self._pages.addWidget(today)
        self._pages.addWidget(scrolled(self.notices))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self.why)
        column.addWidget(self._pages, 1)

    # --- the frame's side ----------------------------------------------------------------------------------

    def actions_here(self) -> list[Action]:
        """See `Screen`."""
        return actions.actions(self.show_mode)

    def enter(self, argument: object = None) -> None:
        """See `Screen`."""
        self._load()
        mode = self.mode
        if isinstance(argument, Found):
            bill = decide.bill_in(argument.key, argument.told) if argument.kind == "bill" else None
            mode = _MODE_OF.get(argument.kind, actions.TAKE)
            self._wanted = argument.key if argument.kind == "payment" else ""
            if bill is not None and not self.take.take(bill):
                self.session.notice("payments.screen.next", "warn")
            if argument.kind == "notice":
                self._search(*decide.notice_in(argument.key))
        self.show_mode(mode)

    def _search(self, portal: str, number: str) -> None:
        """A notice's number was scanned: ask, once it is known which portals there are today."""
        if self.notices.dirty:
            self.session.notice("payments.screen.next", "warn")
        else:
            self._sought = (portal, number)
            self._ask_sought()

    def _ask_sought(self) -> None:
        if self._sought and self._facts.billers.billers:
            sought, self._sought = self._sought, None
            self.notices.search(*sought, "scan")

    def heard(self, scan: Scan, doubled: bool) -> bool:
        """Every bill is taken here, one after the other; a form filled by hand is never thrown away."""
        read = read_bill_code(scan.value) if scan.kind == "bill" and scan.value else None
        if read is None:
            return False
        if doubled:
            return True
        taken = self.take.take(decide.Bill(read.biller, read.account, "scan"))
        if taken and self.mode != actions.TAKE:
            self._show(actions.TAKE)
        return taken

    def is_dirty(self) -> bool:
        """See `Screen`."""
        return self.take.dirty or self.notices.dirty

    def finish(self, then: Callable[[], object]) -> None:
        """See `Screen`."""
        if self.mode == actions.TAKE:
            self.take.finish(then)
        else:
            then()

    # --- modes ---------------------------------------------------------------------------------------------

    def show_mode(self, mode: str) -> None:
        """Show a mode and put the focus on what waits there; the other keeps its draft."""
        self._show(mode)
        if mode == actions.TODAY:
            self._list()
            self.table.setFocus()
        elif mode == actions.NOTICE:
            self.notices.focus()
        else:
            self.take.focus_first()

    def _show(self, mode: str) -> None:
        self.mode = mode
        self._asked = False
        self._title.say(f"payments.screen.title.{mode}")
        self._pages.setCurrentIndex(list(actions.MODES).index(mode))
        for other, tab in self._tabs.items():
            tab.setChecked(other == mode)
        self._say_why()

    # --- facts of the day ----------------------------------------------------------------------------------

    def _load(self) -> None:
        payments, by = self.session.services.payments, self.session.by
        Operation(self, lambda: payments.today(by)).succeeded(self._on_facts).start()

    def _on_facts(self, facts: BillsToday) -> None:
        self._facts = facts
        self.take.show_facts(facts)
        portals = tuple(one for one in facts.billers.billers if one.notices is not None)
        self.notices.show_portals(portals, facts.blocked is None)
        self._ask_sought()
        self._say_why()

    def _say_why(self) -> None:
        """Why nothing can be taken, or that somebody must get money back."""
        facts = self._facts
        if facts.blocked is not None:
            self.why.show_notice(refusal(facts.blocked), "bad", facts.blocked.code)
        elif facts.refused and self.mode == actions.TAKE:
            self.why.show_notice(
                phrase("payments.screen.refused_waiting", count=facts.refused),
                "warn",
                act="payments.screen.mode.today",
                callback=lambda: self.show_mode(actions.TODAY),
                key="Ctrl 2",
            )
        else:
            self.why.clear()

    def _name_of(self, biller: str) -> str:
        known = self._facts.billers.find(biller)
        return decide.name_of(known, language().code) if known else biller

    def _list(self) -> None:
        services = self.session.services
        Operation(self, lambda: decide.to_be_seen(services)).succeeded(self._on_list).start()

    def _on_list(self, found: list[Payment]) -> None:
        self.table.show_records(found)
        at = decide.first_to_see(found, self._wanted)
        # A view that gets the focus has a current line without showing it: only a selected one is seen.
        if at is not None and (self._wanted or not self.table.view.selectionModel().hasSelection()):
            self.table.view.selectRow(at)
        self._wanted = ""
        if self.mode == actions.TODAY and found:
            self.table.view.setFocus()

    def _on_changed(self, topics: frozenset[str]) -> None:
        if not topics & _WATCHED or not self.isVisible() or self.session.officer is None:
            return
        self._load()
        if self.mode == actions.TODAY:
            self._list()

    def print_statement(self) -> None:
        """The statement of the selected notice, as often as its payer asks for it."""
        one = self.table.current()
        if one is None:
            return
        statements = self.session.services.statements
        Operation(self.statement, lambda: statements.print_one(one.payment)).changes("paper").succeeded(
            lambda _none: self.session.notice("notices.statement.printed", "good")
        ).start()

    def open_refund(self) -> None:
        """The payer of the selected notice wants the money back: the authority is asked."""
        one = self.table.current()
        if one is None:
            return
        enquiries, by = self.session.services.enquiries, self.session.by
        about = phrase(
            "notices.refund.about",
            biller=plain(self._name_of(one.biller)),
            number=plain(one.account),
            amount=one.amount,
        )

        def work(words: str) -> Raised:
            return enquiries.open_refund(one.payment, words, by)

        self.asking = EnquirySheet(
            self.session, self, about, "notices.refund.words", work, actions.REFUND, "notices.refund.what"
        )
        self.asking.start()

    # --- giving back, leaving ------------------------------------------------------------------------------

    def _refund(self, payment: Payment) -> None:
        payments, by = self.session.services.payments, self.session.by

        def planned(basket: Basket) -> None:
            self.session.basket_changed.emit(basket)
            self.session.notice("payments.screen.today.refund_planned", "good")

        Operation(self.table, lambda: payments.refund(payment.payment, by)).changes("basket").succeeded(
            planned
        ).refused(lambda no: self.session.notice(refusal(no), "warn", no.code)).start()

    def _on_escape(self, dirty: bool) -> None:
        """Esc throws typed work away only when pressed again."""
        form = self.notices if self.mode == actions.NOTICE else self.take
        if not dirty:
            form.clear()
        elif self._asked:
            self._asked = False
            form.clear()
        else:
            self._asked = True
            self.session.notice("payments.screen.escape", "warn")

    def _forget_asking(self) -> None:
        self._asked = False
        self.session.take_back("payments.screen.escape")
