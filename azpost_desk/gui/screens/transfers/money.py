"""The money of a transfer to be sent: either figure is typed, the other follows; what is added by a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from azpost_desk.domain.quotes import ADVICE, DELIVERY, EXPRESS, QuoteOptions
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.cards import Card
from azpost_desk.gui.kit.fields import AmountField, ChoiceField
from azpost_desk.gui.kit.theme import GAP
from azpost_desk.gui.kit.words import Say, phrase
from azpost_desk.gui.screens.transfers.actions import EXTRA_KEYS
from azpost_desk.gui.work.runner import Operation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from azpost_desk.domain.money import Money
    from azpost_desk.domain.quotes import Quote
    from azpost_desk.domain.refusals import Refused
    from azpost_desk.services.transfers import Transfers


class MoneyCard(Card):
    """What the receiver gets, the fee, what the sender pays, and what the sender wants besides.

    Signals:
        wanted_changed(): another service was added or dropped.
    """

    wanted_changed = Signal()

    def __init__(self, transfers: Transfers) -> None:
        super().__init__("transfers.screen.card.money")
        self._transfers = transfers
        self._named: AmountField | None = None
        self._is_proposed = False
        self._asked = 0
        self._when_told: Callable[[], object] | None = None
        self._no: Refused | None = None
        self.quote: Quote | None = None
        key = "transfers.screen."
        self.amount = AmountField(f"{key}receiver_gets", name="amount", big=True)
        self.fee = AmountField(f"{key}fee", name="fee", big=True)
        self.total = AmountField(f"{key}sender_pays", name="total", optional=True, big=True)
        self.purpose = ChoiceField(f"{key}purpose", name="purpose")
        self.extras = {
            extra: Button(f"{key}extra.{extra}", EXTRA_KEYS[extra], role="rail")
            for extra in (EXPRESS, DELIVERY, ADVICE)
        }
        # Not on the card: what can be added stays in sight, beside the main act.
        self.chips = QWidget()
        self.fee.set_read_only(True)
        self.row(self.amount, self.fee, self.total, self.purpose, stretches=(4, 3, 4, 4))
        chips = QHBoxLayout(self.chips)
        chips.setContentsMargins(0, 0, 0, 0)
        chips.setSpacing(GAP)
        for chip in self.extras.values():
            chip.setCheckable(True)
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            # Narrow windows shorten the names, the keys stay.
            chip.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            chip.hide()
            chip.toggled.connect(self._on_wanted)
            chips.addWidget(chip)
        self.amount.edited.connect(lambda: self._on_typed(self.amount, self.total))
        self.total.edited.connect(lambda: self._on_typed(self.total, self.amount))

    def offer(self, prices: Mapping[str, Money]) -> None:
        """Which services can be added today, and what each costs."""
        for extra, chip in self.extras.items():
            chip.setVisible(extra in prices)
            if extra in prices:
                chip.say(phrase(f"transfers.screen.extra.{extra}.price", price=prices[extra]))
            else:
                chip.setChecked(False)

    def wanted(self) -> QuoteOptions:
        """What the sender wants besides."""
        return QuoteOptions(frozenset(extra for extra, chip in self.extras.items() if chip.isChecked()))

    def reset(self) -> None:
        """For the next customer; the fields are the form's to clear."""
        self._named = None
        for chip in self.extras.values():
            chip.setChecked(False)
        self._show(None)

    def when_told(self, act: Callable[[], object]) -> None:
        """Do `act` once the price of what is typed is known, now if it is."""
        if self._asked:
            self._when_told = act
        else:
            act()

    def has_no_price(self) -> bool:
        """Whether the figure that was typed was refused; says so beside it again, and goes there."""
        if self._no is None or self._named is None:
            return False
        self._named.set_error(self._no)
        self._named.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def propose(self, amount: Money, *, agreed: bool = True) -> None:
        """What the receiver is to get, asked for elsewhere: once `agreed`, Enter passes it by."""
        self.amount.set_money(amount)
        self._on_typed(self.amount, self.total)
        self._is_proposed = self.amount.filled = agreed

    def ask(self) -> None:
        """Ask for the price of what stands there."""
        named = self._named
        figure = named.money() if named is not None else None
        if named is None or figure is None or figure.minor <= 0:
            self._show(None)
            return
        wanted, paid = self.wanted(), named is self.total
        self._await(1)

        def is_this() -> bool:
            """Whether nothing else was typed in the meantime."""
            return self._named is named and named.money() == figure and self.wanted() == wanted

        def answered(quote: Quote) -> None:
            if is_this():
                self._show(quote)
            self._told()

        def refused(no: Refused) -> None:
            if is_this():
                self._show(None)
                self._no = no
                named.set_error(no)
            self._told()

        question = Operation(self, lambda: self._transfers.quote(figure, includes_fee=paid, wanted=wanted))
        question.succeeded(answered).refused(refused).start()

    def _await(self, more: int) -> None:
        """So many more prices are asked for: until they are told the other figure is not missing."""
        self._asked += more
        for field in (self.amount, self.total):
            field.awaited = self._asked > 0 and field is not self._named

    def _told(self) -> None:
        self._await(-1)
        act = self._when_told
        if not self._asked and act is not None:
            self._when_told = None
            act()

    def _on_typed(self, typed: AmountField, other: AmountField) -> None:
        self._is_proposed = False
        self._named = None if typed.is_empty() else typed
        if typed.is_empty():
            other.clear()
        # The other figure follows by itself: Enter passes it by.
        other.filled = not typed.is_empty()
        other.clear_error()
        self.ask()

    def _on_wanted(self) -> None:
        self.wanted_changed.emit()
        self.ask()

    def _show(self, quote: Quote | None) -> None:
        self.quote, self._no = quote, None
        self.fee.set_money(quote.fee if quote else None)
        if self._named is not self.amount:
            self.amount.set_money(quote.amount if quote else None)
        if self._named is not self.total:
            self.total.set_money(quote.total if quote else None)
        for follower in (self.amount, self.total):
            asked_for = follower is not self._named or self._is_proposed
            follower.filled = self._named is not None and asked_for
        self.pill.show_state(_by_what(quote) if quote else "", "neutral")


def _by_what(quote: Quote) -> Say:
    """The tariff's row, and from when an ordinary transfer is paid out."""
    key = "transfers.screen."
    percent, from_ms = quote.rule.percent_ppm if quote.rule else 0, quote.available_ms
    if quote.rule is None:
        return phrase(f"{key}paid_from", from_ms=from_ms) if from_ms else ""
    if from_ms:
        return phrase(f"{key}fee_rule_later", fee_ppm=percent, from_ms=from_ms)
    return phrase(f"{key}fee_rule", fee_ppm=percent)
