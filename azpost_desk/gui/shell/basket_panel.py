"""The customer's basket at the right: its lines, what is to pay, paying it with two keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from azpost_desk.domain import operations as ops
from azpost_desk.domain.baskets import not_with, to_pay
from azpost_desk.domain.money import Money
from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.labels import BigAmount, Label, rule
from azpost_desk.gui.kit.rows import page_of
from azpost_desk.gui.kit.words import Say, phrase, refusal
from azpost_desk.gui.shell.basket_line import BasketLine
from azpost_desk.gui.shell.card_state import CardState
from azpost_desk.gui.shell.code_paying import CodePaying
from azpost_desk.gui.shell.consent_sheet import ConsentSheet, Decision
from azpost_desk.gui.shell.officer_menu import language_name
from azpost_desk.gui.shell.paid_state import PaidState
from azpost_desk.gui.shell.pay_panel import PayPanel, Way
from azpost_desk.gui.shell.tray import TrayBar
from azpost_desk.gui.work.runner import Lane, Operation
from azpost_desk.services.baskets import Paid

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.domain.refusals import NeedsConfirmation, Trouble
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.qr_views import QrStep
    from azpost_desk.services.views import Basket, CardStep, PlannedLine


# So long a customer looks for their money: what would run out meanwhile is asked about before.
_TO_PAY_MS = 30_000


class BasketPanel(QFrame):
    """The basket of the customer at the counter. It commits only when it is paid, by F10 and Enter.

    Signals:
        paid(object): services.baskets.Paid, after it is on the disk.
        shown(object): services.views.Basket as the panel shows it now, None when it is empty.
    """

    paid = Signal(object)
    shown = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._basket: Basket | None = None
        self.setProperty("role", "side")
        self.setFixedWidth(316)
        self._title = Label("frame.basket.title", "section")
        self._empty = Label("frame.basket.empty", "muted", wrap=True)
        self._papers = Label("", "hint", wrap=True)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        self._due = BigAmount("frame.basket.to_pay")
        self.done = PaidState(self)
        self.done.again_wanted.connect(self._on_again)
        self._pay = Button("frame.basket.pay", "F10", role="primary", bind=False)
        self._pay.clicked.connect(self.pay)
        self._void = Button("frame.basket.void_last", "Ctrl+Del", role="quiet")
        self._void.clicked.connect(self._on_void_last)
        self.tray = TrayBar(session, self)
        self.cash = PayPanel()
        self.cash.given.connect(self._on_given)
        self.cash.confirmed.connect(lambda given: self._on_given(given, frozenset({"B-013"})))
        self.cash.left.connect(self._on_back)
        self.cash.card_chosen.connect(self._on_card)
        self.cash.back_chosen.connect(self._on_pay_back)
        self.cash.cash_chosen.connect(self._on_cash_instead)
        self._card = CardState()
        self._card.ask_wanted.connect(self._on_ask_card)
        self._card.back_wanted.connect(self._on_card_back)
        self.code = CodePaying(session, self)
        self.code.paid.connect(self._on_paid)
        self.code.refused.connect(self._on_refused)
        self.code.changed.connect(self._on_code)
        self.cash.code_chosen.connect(self._on_code_chosen)
        self._acts = self._buttons()
        self._build()
        session.basket_changed.connect(self.show_basket)
        self.show_basket(None)

    def _buttons(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pay)
        column.addWidget(self._void)
        column.addWidget(self.tray)
        return page

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._papers)
        column.addWidget(self._empty)
        inner = QWidget()
        holder = QVBoxLayout(inner)
        holder.setContentsMargins(0, 0, 0, 0)
        holder.addLayout(self._lines)
        holder.addStretch()
        scroll = page_of(inner)
        # The line just added is the one the clerk looks for.
        bar = scroll.verticalScrollBar()
        bar.rangeChanged.connect(lambda _least, most: bar.setValue(most))
        column.addWidget(scroll, 1)
        column.addWidget(rule(strong=True))
        column.addWidget(self._due)
        column.addWidget(self.done)
        column.addWidget(self._card)
        column.addWidget(self.code.state)
        column.addWidget(self._acts)
        column.addWidget(self.cash)

    def _show_cash(self, paying: bool) -> None:
        """Either the pay button or what the customer gave; then the change is the largest figure."""
        self._acts.setVisible(not paying)
        self.cash.setVisible(paying)
        self._due.resize_figure("big" if paying else "huge")

    def show_basket(self, basket: Basket | None) -> None:
        """Show the basket as it is stored now."""
        self._basket = basket if basket is not None and basket.lines else None
        while self._lines.count():
            item = self._lines.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        self._show_cash(False)
        self._look_at_card()
        self.code.show_basket(self._basket)
        lines = self._basket.lines if self._basket else ()
        for planned in lines:
            row = BasketLine(planned)
            row.void_asked.connect(self._void_line)
            self._lines.addWidget(row)
            self._lines.addWidget(rule())
        self.shown.emit(self._basket)
        spoken = self._basket.language if self._basket else ""
        self._papers.setVisible(bool(spoken))
        self._papers.say(phrase("frame.basket.papers", name=language_name(spoken)))
        self._empty.setVisible(not lines)
        self._pay.setEnabled(bool(lines))
        self._pay.say("frame.basket.pay")
        self._void.setVisible(bool(lines))
        if self._basket is None:
            self._due.say("frame.basket.to_pay")
            self._due.show_amount(None)
            return
        self.done.hide()
        self.done.forget_codes()
        due = to_pay([planned.line for planned in lines])
        self._due.say("frame.basket.to_pay" if due.minor >= 0 else "frame.basket.to_customer")
        self._due.show_amount(Money(abs(due.minor)))
        if due.minor < 0:
            self._pay.say("frame.basket.pay_out")
        if way := self._way_back():
            # Said before anything is pressed: nobody counts out notes for it.
            self._pay.say(f"frame.basket.came_by.{way}")
            if self._returns_whole(due):
                self._due.say(f"frame.basket.came_by.{way}")

    def _lead(self) -> None:
        """One main act: while a card or a code asks for a decision, paying otherwise steps back."""
        self._pay.become("plain" if self._card.leads or self.code.state.leads else "primary")

    def focus_lines(self) -> None:
        """Go to the lines by key, to void one of them."""
        row = self._lines.itemAt(0)
        widget = row.widget() if row is not None else None
        if widget is not None:
            widget.setFocus(Qt.FocusReason.TabFocusReason)

    def pay(self) -> None:
        """Ask how the customer pays; nothing happens while the basket is empty or being paid."""
        if self._basket is None or self.cash.isVisible():
            return
        step, code = self._card.step, self.code.step
        if step is not None and step.state != "approved":
            self._on_refused(Refused("B-050"))
            self._card.focus()
            return
        if code is not None and code.state == "asked":
            self._on_refused(Refused("B-050"))
            self.code.state.focus()
            return
        if self._tendered() is None and self._is_too_old():
            self._ask_portals()
            return
        self._ask_tender(self._basket)

    def _tendered(self) -> CardStep | QrStep | None:
        """What a card or a code has paid of the basket in hand."""
        code = self.code.step
        return self._card.step or (code if code is not None and code.state == "paid" else None)

    def _ask_tender(self, basket: Basket) -> None:
        step = self._tendered()
        self._show_cash(True)
        lines = [planned.line for planned in basket.lines]
        due = to_pay(lines)
        if step is not None:
            due -= step.amount
        returning = self._returning()
        if returning is not None:
            card = Money(returning.electronic_qapik)
            self._due.resize_figure("huge")
            self.cash.offer_back(card, -due - card, self._way_back())
            return
        # Nobody is asked for change when the post pays: then the sum itself stays the largest.
        self._due.resize_figure("big" if due.minor > 0 else "huge")
        has_card = step is None and self._session.services.cards.is_offered()
        has_code = step is None and self.code.step is None and self.code.is_offered()
        no_card, no_cash, no_code = (not_with(lines, one) for one in ("card", "cash", "qr"))
        refused = no_cash or (no_card if has_card else None)
        self.cash.offer(
            due,
            has_card and no_card is None,
            refusal(refused) if refused else "",
            has_code and no_code is None,
        )

    def _is_too_old(self) -> bool:
        """Whether a notice stands here whose portal was asked too long ago, or nearly so (MC-7)."""
        now_ms = self._session.services.counter.line.trusted_ms()
        lines = self._basket.lines if self._basket else ()
        return any(
            isinstance(one.line, ops.NoticePaid) and one.line.is_old(now_ms, _TO_PAY_MS) for one in lines
        )

    def _ask_portals(self) -> None:
        """The portals say once more what is due; then the tender is asked."""
        notices, by = self._session.services.state_notices, self._session.by

        def told(basket: Basket | None) -> None:
            if basket is not None:
                self._session.basket_changed.emit(basket)
            # Not asked once more, however short its word stands: what is too old when paid is refused then.
            if self._basket is not None and self.cash.isHidden() and self._tendered() is None:
                self._ask_tender(self._basket)

        Operation(self._pay, lambda: notices.refresh(by, _TO_PAY_MS)).changes("basket").succeeded(
            told
        ).refused(self._on_refused).trouble(self._on_no_portal).start(Lane.NETWORK)

    def _on_no_portal(self, trouble: Trouble) -> None:
        self._session.notice("notices.screen.no_answer", "warn", trouble.code)

    def _on_back(self) -> None:
        self._show_cash(False)
        self._pay.setFocus()

    def _on_given(self, given: Money, confirmed: frozenset[str] = frozenset()) -> None:
        if self._basket is None:
            return
        basket, by, baskets = self._basket.basket, self._session.by, self._session.services.baskets
        self.cash.hold(True)

        def ask(back: NeedsConfirmation) -> None:
            self.cash.ask_back(given, refusal(back))

        Operation(self, lambda: baskets.pay(by, basket, given, confirmed)).changes(
            "basket", "till", "journal"
        ).succeeded(self._on_paid).refused(self._on_refused).confirm(ask).ended(
            lambda: self.cash.hold(False)
        ).start()

    # --- a card ------------------------------------------------------------------------------------------

    def _look_at_card(self) -> None:
        """Whether a card is under way for this basket: it outlives a lock, a restart and a power cut."""
        basket, cards = self._basket, self._session.services.cards
        if basket is None or not cards.is_offered():
            self._card.show_step(None)
            self._lead()
            return

        def show(steps: list[CardStep]) -> None:
            step = next((one for one in steps if one.basket == basket.basket), None)
            self._card.show_step(step)
            known = step is None or step.state == "approved"
            self._pay.setEnabled(known and self._basket is not None)
            self._lead()
            if not known:
                # The one thing to do next; the sums that had the focus are gone.
                self._card.focus()

        Operation(self._card, cards.under_way).succeeded(show).start()

    def _on_card(self, amount: Money | None) -> None:
        if self._basket is None:
            return
        basket, by, cards = self._basket.basket, self._session.by, self._session.services.cards
        self._ask_terminal(lambda: cards.purchase(by, basket, amount))

    # --- a code ------------------------------------------------------------------------------------------

    def _on_code_chosen(self, amount: Money | None) -> None:
        if self._basket is None:
            return
        self._show_cash(False)
        self.code.begin(self._basket.basket, amount)

    def _on_code(self) -> None:
        """While a customer may be paying by it the code stands where the buttons are."""
        code = self.code.step
        asked = code is not None and code.state == "asked"
        # Its picture needs the room, and there is nothing to press meanwhile.
        self._pay.setVisible(not asked)
        self._pay.setEnabled(self._basket is not None and not asked)
        self._void.setVisible(self._basket is not None and code is None)
        self._lead()
        if QApplication.focusWidget() is None:
            # What had the focus went with the code.
            self._pay.setFocus()

    # --- back the way it came ---------------------------------------------------------------------------

    def _returning(self) -> PlannedLine | None:
        """The line whose money came by card and goes back there."""
        lines = self._basket.lines if self._basket else ()
        return next((one for one in lines if one.electronic_qapik), None)

    def _way_back(self) -> Way:
        """Where the money of such a line can go back to from here; "" also where there is none."""
        returning = self._returning()
        if returning is None:
            return ""
        if returning.is_to_code:
            return "code"
        return "card" if returning.is_to_card and self._session.services.cards.is_offered() else ""

    def _returns_whole(self, due: Money) -> bool:
        """Whether nothing of what the customer gets is cash."""
        returning = self._returning()
        return returning is not None and returning.electronic_qapik == -due.minor

    def _on_pay_back(self) -> None:
        if self._basket is None:
            return
        if self._way_back() == "code":
            # The centre sends it: nobody is asked, and nothing is waited for.
            self._on_given(Money(0))
            return
        basket, by, cards = self._basket.basket, self._session.by, self._session.services.cards
        self._ask_terminal(lambda: cards.pay_back(by, basket), "frame.basket.card_returns")

    def _on_cash_instead(self) -> None:
        returning = self._returning()
        if returning is None:
            return
        # One consent for this very line: taken out and put in again it needs another.
        operation, by, baskets = returning.line.operation, self._session.by, self._session.services.baskets
        wanted = Decision(
            "frame.cash_instead.",
            operation,
            Money(returning.electronic_qapik),
            "cash_for_card",
            lambda reason, approval: baskets.agree_to_cash(by, operation, reason, approval),
        )
        sheet = ConsentSheet(self.window(), self._session, wanted)
        sheet.agreed.connect(self._on_agreed)
        sheet.start()

    def _on_agreed(self, basket: Basket) -> None:
        self._session.basket_changed.emit(basket)
        # The consent is there: what is left is to hand the money out.
        self.pay()

    def _on_ask_card(self, step: str) -> None:
        by, cards = self._session.by, self._session.services.cards
        self._ask_terminal(lambda: cards.ask_again(by, step))

    def _on_card_back(self, step: str) -> None:
        by, cards = self._session.by, self._session.services.cards
        Operation(self._card, lambda: cards.give_back(by, step, "customer")).changes("journal").succeeded(
            lambda _none: self._session.notice("frame.basket.card_given_back", "good")
        ).refused(self._on_refused).trouble(self._on_card_trouble).ended(self._look_at_card).start(
            Lane.NETWORK
        )

    def _ask_terminal(
        self, work: Callable[[], Paid | CardStep], words: Say = "frame.basket.card_waits"
    ) -> None:
        """The customer is at the terminal: nothing else pays meanwhile, and the window stays alive."""
        self.cash.hold(True)
        self._show_cash(False)
        self._pay.setEnabled(False)
        self._card.show_waiting(words)
        Operation(self, work).changes("basket", "till", "journal").succeeded(self._on_card_answered).refused(
            self._on_refused
        ).trouble(self._on_card_trouble).ended(self._card_ended).start(Lane.NETWORK)

    def _on_card_answered(self, answer: Paid | CardStep) -> None:
        if isinstance(answer, Paid):
            self._on_paid(answer)

    def _on_card_trouble(self, trouble: Trouble) -> None:
        self._session.notice(refusal(trouble), "bad", trouble.code)

    def _card_ended(self) -> None:
        self.cash.hold(False)
        self._look_at_card()
        if self._basket is None:
            return
        self._pay.setFocus()

    def _on_paid(self, paid: Paid) -> None:
        way = self._way_back() or "card"
        self._session.basket_changed.emit(None)
        if paid.to_pay.minor < 0 and paid.change.minor:
            # What goes over the counter; the rest of it went back to a card.
            self._due.say("frame.basket.handed_out")
            self._due.show_amount(paid.change, "good")
        elif paid.to_pay.minor < 0:
            self._due.say(f"frame.basket.went_to.{way}")
            self._due.show_amount(-paid.to_pay, "good")
        elif paid.change.minor:
            self._due.say("frame.basket.change")
            self._due.show_amount(paid.change, "good")
        else:
            self._due.say("frame.basket.no_change", "good")
            self._due.show_amount(None)
        self.done.show_paid(paid)
        self.paid.emit(paid)

    def _on_again(self, receipt: str) -> None:
        """The receipt once more: a copy, or the duplicate of one that never came out."""
        papers, by = self._session.services.papers, self._session.by

        def queued(_none: None) -> None:
            self._session.paper_waits.emit()
            self._session.notice(phrase("frame.basket.printed_again", receipt=receipt), "good")

        Operation(self.done.again, lambda: papers.again(receipt, by)).changes("journal").succeeded(
            queued
        ).start()

    def _on_refused(self, error: Refused) -> None:
        if error.code == "B-005":
            # A second key on a basket that is paid already: nothing happened, nothing to say.
            return
        if error.field == "given" or error.code in ("B-010", "B-011"):
            self.cash.show_refusal(error)
        self._session.notice(refusal(error), "bad", error.code)

    def _on_void_last(self) -> None:
        if self._basket is not None:
            self._void_line(self._basket.lines[-1].line.operation)

    def _void_line(self, operation: str) -> None:
        by, baskets = self._session.by, self._session.services.baskets
        Operation(self._void, lambda: baskets.void(by, operation)).changes("basket").succeeded(
            self._session.basket_changed.emit
        ).start()
