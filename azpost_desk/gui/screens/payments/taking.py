"""Taking a bill: scanned or picked, its debt asked for behind the next entry, added by Enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from azpost_desk.domain.catalogue import Biller, Billers
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.gui.kit.buttons import Button, PrimaryButton
from azpost_desk.gui.kit.cards import Card
from azpost_desk.gui.kit.fields import AmountField, TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.theme import GAP
from azpost_desk.gui.kit.words import Say, follow, language, phrase, plain, refusal, translated
from azpost_desk.gui.screens.payments import form as decide
from azpost_desk.gui.screens.payments.contact import Contact
from azpost_desk.gui.screens.payments.form import Bill
from azpost_desk.gui.work.runner import Lane, Operation
from azpost_desk.services.payments import Checked, Group

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from azpost_desk.domain.money import Money
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.payments import BillsToday
    from azpost_desk.services.views import Basket


class TakeForm(Form):
    """The first mode of the screen.

    A scan while a scanned bill is still on the form waits its turn. Enter before the biller has told the debt
    sets the bill aside: it goes into the basket when the answer is there, and the next entry starts at once.
    """

    def __init__(self, session: Session) -> None:
        key = "payments.screen."
        self.add_button = PrimaryButton(f"{key}add", hint=f"{key}enter")
        super().__init__(self.add_button)
        self._session = session
        self._billers = Billers()
        self._first: tuple[Group | Biller, ...] = ()
        self._offered: Sequence[Group | Biller] = ()
        self._chosen: Biller | None = None
        self._checked: Checked | None = None
        self._asking: Bill | None = None
        self._scanned: Bill | None = None
        self._next: list[Bill] = []
        self._then: Callable[[], object] | None = None
        self.aside: list[Bill] = []
        self.biller = TextField(f"{key}biller", name="biller", hint=f"{key}biller_hint")
        self.account = TextField(f"{key}account", name="account", max_length=24)
        self.amount = AmountField(f"{key}amount", name="amount", big=True)
        self.fee = AmountField(f"{key}fee", name="fee", big=True)
        self.total = AmountField(f"{key}total", name="total", big=True)
        self.contact = Contact()
        self.add(self.biller, self.account, self.amount, self.contact)
        self._chips = QWidget()
        self._grid = QGridLayout(self._chips)
        self._whose = Card(f"{key}card.biller")
        self._bill = Card(f"{key}card.bill")
        self._aside_card = Card(f"{key}waiting")
        self._aside_lines = Label("", "body", wrap=True)
        self._build()
        self._connect()

    def _build(self) -> None:
        for shown in (self.fee, self.total):
            shown.set_read_only(True)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP // 2)
        self._whose.row(self.biller)
        self._whose.row(self._chips)
        self._bill.row(self.account, self.amount, self.fee, self.total, stretches=(5, 4, 3, 4))
        self._bill.row(self.contact, QWidget(), stretches=(5, 11))
        self._aside_card.row(self._aside_lines)
        self._aside_card.hide()
        acts = QHBoxLayout()
        acts.addWidget(self.add_button)
        acts.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for card in (self._whose, self._bill, self._aside_card):
            column.addWidget(card)
        column.addLayout(acts)
        column.addStretch()

    def _connect(self) -> None:
        self.biller.edited.connect(self._on_biller)
        self.account.edited.connect(self._forget_check)
        self.account.left.connect(self.check)
        self.amount.changed.connect(self._on_amount)
        self.add_button.clicked.connect(self._on_add)
        follow(self, self._rename)

    def _rename(self) -> None:
        """What stands in a field is no sentence of the kit: the biller is called anew by hand."""
        if self._chosen is not None:
            self.biller.fill(decide.name_of(self._chosen, language().code))
        self._show_aside()

    # --- what the screen tells the form ----------------------------------------------------------------

    def show_facts(self, facts: BillsToday) -> None:
        """The day's billers; without the right to take bills the main act is off."""
        self._billers = facts.billers
        # Who is usual here has the first digits; what has no digit is found by its name.
        self._first = (*facts.usual, *facts.groups)
        self.add_button.setEnabled(facts.blocked is None)
        if self._chosen is None and self.biller.is_empty():
            self._offer(self._first)
        self._take_next()

    def take(self, bill: Bill) -> bool:
        """A bill was scanned or found. False when a bill typed by hand would have to give way."""
        if self.dirty:
            return False
        if bill not in self.aside and bill != self._scanned:
            self._next.append(bill)
        self._take_next()
        return True

    def clear(self) -> None:
        """For the next bill."""
        super().clear()
        self.fee.clear()
        self.total.clear()
        self._chosen = self._checked = self._asking = self._scanned = self._then = None
        self.account.example = ""
        for field in (self.account, self.amount, self.fee):
            field.set_hint("")
        self._bill.pill.show_state("", "neutral")
        self.biller.set_hint("payments.screen.biller_hint")
        self._offer(self._first)
        self.focus_first()
        self._take_next()

    def verify(self) -> bool:
        """See `Form`; words that name no biller are a fault too."""
        right = super().verify()
        if self._chosen is None and not self.biller.is_empty():
            self.biller.set_error("payments.screen.biller_pick")
            self.biller.setFocus(Qt.FocusReason.OtherFocusReason)
            return False
        return right

    def advance(self) -> None:
        """Enter while the debt is still being asked for: this bill waits aside, the next one may come."""
        if self._asking is not None and self.amount.is_empty() and self.amount.editor.hasFocus():
            self.aside.append(self._asking)
            self._show_aside()
            self.clear()
        else:
            super().advance()

    def finish(self, then: Callable[[], object]) -> None:
        """The bill at hand goes into the basket as soon as its sum is told, then `then`; a half-written one
        stays.
        """
        if self._chosen is None or not decide.is_account(self._chosen, self.account.text()):
            then()
            return
        # Whoever only left the field by F10 asks here what is owed.
        if not self.account.leave() or self.account.error_text():
            then()
            return
        self._then = then
        if self._asking is None or not self.amount.is_empty():
            self._on_add()

    # --- the biller ------------------------------------------------------------------------------------

    def _offer(self, things: Sequence[Group | Biller]) -> None:
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        self._offered = things[:9]
        for at, thing in enumerate(self._offered):
            chip = Button(_called(thing), hint=plain(str(at + 1)), role="quiet")
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.clicked.connect(lambda _checked=False, thing=thing: self._choose(thing))
            self._grid.addWidget(chip, at // 3, at % 3, Qt.AlignmentFlag.AlignLeft)
        self._chips.setVisible(bool(self._offered))

    def _on_biller(self) -> None:
        self._chosen = self._scanned = None
        self._forget_check()
        typed, payments = self.biller.text(), self._session.services.payments
        at = decide.pick(typed, len(self._offered))
        if at is not None:
            self._choose(self._offered[at])
        elif not typed:
            self._offer(self._first)
        else:

            def answered(found: list[Biller]) -> None:
                if self.biller.text() == typed:
                    self._offer(found)
                    self.biller.set_hint("" if found else "payments.screen.biller_none", "warn")

            Operation(self, lambda: payments.search(typed)).succeeded(answered).start()

    def _choose(self, thing: Group | Biller) -> None:
        if isinstance(thing, Group):
            self.biller.put("")
            self.biller.set_hint(_called(thing))
            self._offer(thing.billers)
            self.biller.setFocus()
            return
        self._chosen = thing
        self.biller.fill(decide.name_of(thing, language().code))
        self.biller.set_hint(_group_words(thing.group))
        self._chips.hide()
        self.fee.set_hint("payments.screen.fee_biller" if thing.fee_from == "biller" else "")
        self.amount.set_hint("" if thing.part else "payments.screen.whole_only")
        self.account.example = plain(thing.account_example)
        self.account.set_hint(phrase("payments.screen.account_example", example=self.account.example))
        self.focus_first()

    # --- the debt --------------------------------------------------------------------------------------

    def _take_next(self) -> None:
        """Put the next scanned bill on the form when it is free."""
        if not self._next or not self._billers.billers:
            return
        if self._chosen is not None:
            self._bill.pill.show_state("payments.screen.next", "warn")
            return
        bill = self._next.pop(0)
        biller = self._billers.find(bill.biller)
        if biller is None:
            self._session.notice(refusal(Refused("P-002")), "bad", "P-002")
            self._take_next()
            return
        self._choose(biller)
        self._scanned = bill
        self.account.fill(bill.account)
        self.amount.setFocus()
        self.check()

    def _forget_check(self) -> None:
        self._checked = self._asking = self._then = None
        if self.amount.filled:
            self.amount.clear()

    def check(self) -> None:
        """Ask the biller what is owed, behind whatever is typed next."""
        if self._chosen is None or self.account.is_empty():
            return
        payments, bill = self._session.services.payments, self._at_hand(self._chosen)
        self._asking = bill
        self.account.set_hint("payments.screen.checking")
        Operation(self, lambda: payments.check(bill.biller, bill.account)).succeeded(
            lambda checked: self._on_checked(bill, checked)
        ).refused(lambda no: self._on_not_checked(bill, no)).trouble(
            lambda no: self._on_not_checked(bill, no)
        ).start(Lane.NETWORK)

    def _at_hand(self, chosen: Biller) -> Bill:
        scanned = self._scanned
        if scanned is not None and scanned.account == self.account.text():
            return Bill(chosen.biller, scanned.account, "scan", scanned.told)
        return Bill(chosen.biller, self.account.text())

    def _on_checked(self, bill: Bill, checked: Checked) -> None:
        if bill in self.aside:
            self._finish_aside(bill, checked)
            return
        if bill != self._asking:
            return
        self._asking, self._checked = None, checked
        self.account.set_ok(checked.answered)
        words, tone = _told(checked)
        self.account.set_hint(words, tone)
        amount = decide.amount_told(checked, bill.told)
        if amount is not None and self.amount.is_empty():
            self.amount.set_money(amount)
        if amount is None:
            self.go_on(self.account)
        if self._then is not None and self.isVisible():
            self._on_add()
        # Nothing opens over whoever went to another screen meanwhile.
        elif self._then is not None:
            self._then = None

    def _on_not_checked(self, bill: Bill, no: Refused | Trouble) -> None:
        if bill in self.aside:
            self._drop_aside(bill, refusal(no))
        elif bill == self._asking:
            self._asking = self._then = None
            self.account.set_hint("")
            if isinstance(no, Trouble) or not self.show_refusal(no, looked_up=True):
                self._session.notice(refusal(no), "bad", no.code)

    # --- money -----------------------------------------------------------------------------------------

    def _on_amount(self) -> None:
        amount, chosen, payments = self.amount.money(), self._chosen, self._session.services.payments
        if amount is None or chosen is None:
            self.fee.set_money(None)
            self.total.set_money(None)
            return

        def answered(fee: Money) -> None:
            if self.amount.money() == amount:
                self.fee.set_money(fee)
                self.total.set_money(amount + fee)

        Operation(self, lambda: payments.fee(chosen.biller, amount)).succeeded(answered).refused(
            lambda no: self.show_refusal(no, looked_up=True)
        ).start()

    # --- adding ----------------------------------------------------------------------------------------

    def _on_add(self) -> None:
        if not self.verify() or self._chosen is None:
            self._then = None
            return
        payments, by = self._session.services.payments, self._session.by
        contact = self.contact.text().strip()
        command = decide.pay_command(self._at_hand(self._chosen), self.amount.money(), self._checked, contact)
        Operation(self.add_button, lambda: payments.pay(command, by)).changes("basket").succeeded(
            self._on_added
        ).refused(self._on_refused).start()

    def _on_added(self, basket: Basket) -> None:
        self._session.basket_changed.emit(basket)
        then = self._then
        self.clear()
        if then is not None:
            # A bill that waited behind this one stands in the form by now: it is this customer's as well.
            self.finish(then)

    def _on_refused(self, no: Refused) -> None:
        self._then = None
        if not self.show_refusal(no):
            self._session.notice(refusal(no), "bad", no.code)

    # --- bills set aside -------------------------------------------------------------------------------

    def _finish_aside(self, bill: Bill, checked: Checked) -> None:
        amount = decide.amount_told(checked, bill.told)
        if amount is None:
            self._drop_aside(bill, None)
            # It comes back to the form: only the customer can say how much.
            self.take(bill)
            return
        payments, by = self._session.services.payments, self._session.by
        command = decide.pay_command(bill, amount, checked)

        def added(basket: Basket) -> None:
            self.aside.remove(bill)
            self._show_aside()
            self._session.basket_changed.emit(basket)

        Operation(self, lambda: payments.pay(command, by)).changes("basket").succeeded(added).refused(
            lambda no: self._drop_aside(bill, refusal(no))
        ).start()

    def _drop_aside(self, bill: Bill, why: Say | None) -> None:
        self.aside.remove(bill)
        self._show_aside()
        named = {"biller": plain(self._name(bill.biller)), "account": plain(bill.account)}
        if why is None:
            self._session.notice(phrase("payments.screen.waiting_amount", **named), "warn")
        else:
            self._session.notice(phrase("payments.screen.waiting_failed", why=why, **named), "bad")

    def _show_aside(self) -> None:
        lines = "\n".join(f"{self._name(bill.biller)} · {bill.account}" for bill in self.aside)
        self._aside_lines.say(plain(lines))
        self._aside_card.setVisible(bool(self.aside))

    def _name(self, biller: str) -> str:
        known = self._billers.find(biller)
        return decide.name_of(known, language().code) if known else biller


def _called(thing: Group | Biller) -> Say:
    if isinstance(thing, Group):
        return _group_words(thing.group)
    return translated(thing.names)


def _group_words(group: str) -> Say:
    """A group by its sentence; one that a newer centre made up is called as it calls it."""
    key = f"payments.screen.group.{group}"
    return key if language().texts.has(key) else plain(group)


def _told(checked: Checked) -> tuple[Say, str]:
    if not checked.answered:
        return "payments.screen.unchecked", "warn"
    if checked.debt is None:
        return "payments.screen.debt_untold", "warn"
    if checked.debt.minor <= 0:
        return "payments.screen.no_debt", "good"
    if checked.holder:
        return phrase("payments.screen.debt_holder", holder=plain(checked.holder), debt=checked.debt), "good"
    return phrase("payments.screen.debt", debt=checked.debt), "good"
