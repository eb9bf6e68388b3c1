"""Transfers: send, pay out, sent here; three modes of one screen, each with its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from azpost_desk.domain.people import Person
from azpost_desk.domain.products.abroad import REFUND as REFUND_ABROAD
from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.notices import NoticeStrip
from azpost_desk.gui.kit.person import scrolled
from azpost_desk.gui.kit.screens import Action, Screen
from azpost_desk.gui.kit.theme import GAP
from azpost_desk.gui.kit.words import refusal
from azpost_desk.gui.screens.transfers import actions
from azpost_desk.gui.screens.transfers import form as decide
from azpost_desk.gui.screens.transfers.country import SendPage
from azpost_desk.gui.screens.transfers.paying_out import PayOutForm
from azpost_desk.gui.screens.transfers.sending import SendForm
from azpost_desk.gui.screens.transfers.sent_abroad import SentAbroad
from azpost_desk.gui.screens.transfers.sent_here import SentHere
from azpost_desk.gui.work.runner import Operation, Runner
from azpost_desk.services.customers import Again
from azpost_desk.services.transfers_today import transfers_today
from azpost_desk.services.views import Found

if TYPE_CHECKING:
    from azpost_desk.domain.scans import Scan
    from azpost_desk.gui.kit.forms import Form
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.grants import Claimed
    from azpost_desk.services.transfers_today import TransfersToday
    from azpost_desk.services.views import Customer

# After these have changed, what may be sold and what lies here may be different.
_WATCHED = frozenset({"day", "till", "line", "reference", "transfers", "basket"})


class TransfersScreen(Screen):
    """F2. `enter` takes an answer of the one box: a customer who sends, or a code to be paid out."""

    name = "transfers"
    place = 10
    opens = (
        "transfer",
        "payout",
        "voen",
        "price",
        "receiver",
    )
    words = "transfers.screen.name"
    icon = "send"
    key = "F2"
    permission = Permission.SELL
    service = "transfers"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.mode = actions.SEND
        self.send = SendForm(session)
        self.sending = SendPage(session, self.send)
        self.payout = PayOutForm(session)
        self.sent = SentHere(session)
        self.abroad = SentAbroad(session)
        self.why = NoticeStrip()
        self._tabs = {
            mode: Button(actions.mode_words(mode), key, role="rail", bind=False)
            for mode, key in actions.MODES.items()
        }
        self._pages = QStackedWidget()
        self._asked = False
        self._build()
        self._connect()
        self._show(self.mode)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(GAP)
        head.addStretch()
        for mode, tab in self._tabs.items():
            tab.setCheckable(True)
            tab.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            tab.clicked.connect(lambda _checked=False, mode=mode: self.show_mode(mode))
            head.addWidget(tab)
        for page in (self.sending, self.payout, self.sent, self.abroad):
            self._pages.addWidget(page if page is self.sending else scrolled(page))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self.why)
        column.addWidget(self._pages, 1)

    def _connect(self) -> None:
        self.payout.refund_granted.connect(self._on_refund_granted)
        forms: tuple[Form, ...] = (
            self.payout.question,
            self.payout.payout,
            self.sent.form,
            self.abroad.form,
        )
        self.sending.escaped.connect(self._on_escape)
        self.sending.edited.connect(self._forget_asking)
        for form in forms:
            form.escaped.connect(self._on_escape)
            form.edited.connect(self._forget_asking)
        Runner.current().changed.connect(self._on_changed)

    # --- the frame's side ------------------------------------------------------------------------------

    def actions_here(self) -> list[Action]:
        """See `Screen`."""
        return actions.actions(self.show_mode, self.payout.ask_release, self.choose_country)

    def enter(self, argument: object = None) -> None:
        """See `Screen`."""
        self._load()
        if isinstance(argument, Again):
            self._begin_again(argument)
        elif isinstance(argument, Found):
            self._open(argument)
        else:
            self.show_mode(self.mode)

    def heard(self, scan: Scan, doubled: bool) -> bool:
        """A transfer's code is paid out here, unless something else is being typed."""
        if scan.kind != "transfer" or scan.value is None or self.is_dirty():
            return False
        if not doubled:
            self._show(actions.PAY_OUT)
            self.payout.open_code(scan.value)
        return True

    def is_dirty(self) -> bool:
        """See `Screen`."""
        return self.sending.is_dirty() or self.payout.is_dirty()

    # --- modes -----------------------------------------------------------------------------------------

    def show_mode(self, mode: str) -> None:
        """Show a mode and put the focus on what waits there; the others keep their draft."""
        self._show(mode)
        if mode == actions.PAY_OUT:
            self.payout.refresh()
        self._refresh_list()
        focus = {
            actions.SEND: self.sending.focus,
            actions.PAY_OUT: self.payout.focus,
            actions.SENT_HERE: self.sent.focus,
            actions.SENT_ABROAD: self.abroad.focus,
        }
        focus[mode]()

    def choose_country(self) -> None:
        """Where the money goes."""
        self._show(actions.SEND)
        self.sending.choose_country()

    def _show(self, mode: str) -> None:
        self.mode = mode
        self._asked = False
        self._pages.setCurrentIndex(list(actions.MODES).index(mode))
        for other, tab in self._tabs.items():
            tab.setChecked(other == mode)

    # --- what the one box and the centre bring ---------------------------------------------------------

    def _open(self, found: Found) -> None:
        if found.kind in ("customer", "receiver"):
            self._open_customer(found)
            return
        if found.kind in ("price", "office"):
            self.sending.go_home()
            self.show_mode(actions.SEND)
            offer = found.offer
            self.send.propose(offer.amount if offer else None, offer.office if offer else found.key)
            return
        code = decide.code_in(found)
        if not code:
            self.show_mode(self.mode)
        elif self.payout.is_dirty() and self.payout.claimed is not None:
            # The document of one customer is being written down: the next code must wait.
            self.show_mode(actions.PAY_OUT)
            self.session.notice("transfers.screen.finish_first", "warn")
        else:
            self._show(actions.PAY_OUT)
            self.payout.open_code(code)

    def _begin_again(self, again: Again) -> None:
        """The same sender and receiver once more; the sum stands there and waits to be confirmed."""
        self.sending.go_home()
        self.show_mode(actions.SEND)
        if self.send.form.dirty:
            self.session.notice("customers.screen.busy", "warn")
            return
        self.send.will_send_to(again.other, again.amount)
        self.send.bring(again.customer)

    def _open_customer(self, found: Found) -> None:
        customers = self.session.services.customers
        paying = self.mode == actions.PAY_OUT and self.payout.claimed is not None
        self.show_mode(actions.PAY_OUT if paying else actions.SEND)
        if not paying:
            if found.kind == "receiver":
                self.sending.go_home()
                self.send.will_send_to(Person(name=found.title))
            self.sending.bring(found.key)
            return

        def answered(one: Customer | None) -> None:
            if one is not None:
                self.payout.receiver.open_customer(one)

        Operation(self, lambda: customers.known(found.key)).succeeded(answered).start()

    def _on_refund_granted(self, claimed: Claimed) -> None:
        """An answer that came late was for a refund: open it where refunds are made."""
        if claimed.purpose == REFUND_ABROAD:
            self.show_mode(actions.SENT_ABROAD)
            self.abroad.search.put(claimed.parties.receiver.name)
            return
        self.show_mode(actions.SENT_HERE)
        self.sent.search.put(claimed.parties.code)

    # --- facts of the day ------------------------------------------------------------------------------

    def _load(self) -> None:
        counter, by = self.session.services.counter, self.session.by
        Operation(self, lambda: transfers_today(counter, by)).succeeded(self._on_facts).start()

    def _on_facts(self, facts: TransfersToday) -> None:
        self.sending.show_facts(facts)
        self.sent.show_offices(facts.offices)
        self.payout.allow(facts.blocked is None)
        self.payout.show_ways(facts.ways_in)
        if facts.blocked is None:
            self.why.clear()
        else:
            self.why.show_notice(refusal(facts.blocked), "bad", facts.blocked.code)

    def _on_changed(self, topics: frozenset[str]) -> None:
        if not topics & _WATCHED or not self.isVisible() or self.session.officer is None:
            return
        self._load()
        self._refresh_list()
        if self.mode == actions.PAY_OUT:
            self.payout.refresh()

    def _refresh_list(self) -> None:
        """Read again what was sent, at home or abroad, whichever is shown."""
        if self.mode == actions.SENT_HERE:
            self.sent.refresh()
        elif self.mode == actions.SENT_ABROAD:
            self.abroad.refresh()

    # --- leaving ---------------------------------------------------------------------------------------

    def _on_escape(self, dirty: bool) -> None:
        """Esc throws typed work away only when pressed again."""
        if not dirty and not (self.mode == actions.PAY_OUT and self.payout.claimed):
            return
        if not self._asked:
            self._asked = True
            self.session.notice("transfers.screen.escape", "warn")
            return
        self._asked = False
        if self.mode == actions.SEND:
            self.sending.clear()
        elif self.mode == actions.PAY_OUT:
            self.payout.clear()
            self.payout.focus()
        else:
            (self.abroad if self.mode == actions.SENT_ABROAD else self.sent).search.clear()

    def _forget_asking(self) -> None:
        self._asked = False
        self.session.take_back("transfers.screen.escape")
