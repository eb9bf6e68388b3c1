"""The price of a transfer abroad: either figure is typed, the centre tells all, and it stands for minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Signal

from azpost_desk.domain.exchange import ARRIVES, PAID, as_fraction, margin
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit.cards import Card
from azpost_desk.gui.kit.fields import AmountField, ChoiceField, choices_of
from azpost_desk.gui.kit.labels import BigAmount, Label
from azpost_desk.gui.kit.words import phrase, plain, refusal
from azpost_desk.gui.work.runner import Lane, Operation
from azpost_desk.gui.work.timers import Repeating
from azpost_desk.services.lines.abroad import refund_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from azpost_desk.domain.abroad.corridors import Corridor
    from azpost_desk.domain.lines.abroad import AbroadTerms
    from azpost_desk.domain.people import Person
    from azpost_desk.domain.refusals import Trouble
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.services.abroad import AbroadQuote

_TICK_MS = 1_000


class AbroadPrice(Card):
    """What arrives, what is paid, why it is sent; below it the price as the centre told it, counting down.

    Signals:
        told(): there is a price, or there is none any more.
    """

    told = Signal()

    def __init__(self, session: Session, corridor: Corridor) -> None:
        super().__init__("transfers.screen.card.money")
        self._session, self._corridor = session, corridor
        self._named: AmountField | None = None
        self.quote: AbroadQuote | None = None
        self._sender: Person | None = None
        # The last price told that nobody took: the next one stands instead of it.
        self._untaken = ""
        key = "abroad.screen."
        self.arrives = AmountField(f"{key}arrives", name="arrives", big=True, currency=corridor.currency)
        self.paid = AmountField(f"{key}paid", name="paid", big=True)
        self.purpose = ChoiceField(
            f"{key}purpose", choices_of(corridor.purposes, "abroad.purpose."), name="purpose"
        )
        self.total = BigAmount(f"{key}total")
        self.comes = BigAmount(f"{key}comes", size="big")
        self.parts = Label("", "title")
        self.rate = Label("", "title")
        self.source = Label("", "body", wrap=True)
        self.returns = Label("", "body", wrap=True)
        self.when = Label("", "body", wrap=True)
        self.left = Label("", "strong", wrap=True)
        self.row(self.arrives, self.paid, self.purpose, stretches=(4, 4, 4))
        # Not on this card, which may be scrolled away: what is agreed on stays in sight, at the main act.
        self.panel = Card()
        self.panel.row(self.comes, self.total)
        self.panel.row(self.parts, self.rate, stretches=(1, 0))
        for words in (self.source, self.when, self.returns, self.left):
            self.panel.row(words)
        self._told = (self.total, self.comes, self.parts, self.rate, self.source, self.when, self.returns)
        self.arrives.edited.connect(lambda: self._on_typed(self.arrives, self.paid))
        self.paid.edited.connect(lambda: self._on_typed(self.paid, self.arrives))
        self._tick = Repeating(self, _TICK_MS, self.count_down)
        self.reset()

    def reset(self) -> None:
        """For the next customer; the fields are the form's to clear."""
        self._named = None
        self._show(None)
        self.purpose.fill(self._corridor.purposes[0] if self._corridor.purposes else "")

    def is_told_for(self, sender: Person) -> bool:
        """Whether there is a price, and it was told for this person."""
        return self.quote is not None and self._sender == sender

    def taken(self) -> None:
        """It was agreed to: its transfer is in the basket."""
        self._untaken = ""

    def ask(self, button: QWidget, sender: Person, show_refusal: Callable[[Refused], bool]) -> None:
        """Ask the centre, off the window's thread; `button` waits until it has answered.

        `show_refusal` is the form's, for what is refused of the sender.
        """
        named = self._named
        figure = named.money() if named is not None else None
        if named is None or figure is None:
            self.arrives.set_error(Refused("T-001"))
            return
        abroad, by = self._session.services.abroad, self._session.by
        corridor, whose = self._corridor.corridor, ARRIVES if named is self.arrives else PAID
        instead = self._untaken

        def asked() -> AbroadQuote:
            return abroad.quote(corridor, whose, figure, by, sender=sender, instead=instead)

        def answered(quote: AbroadQuote) -> None:
            self._untaken, self._sender = quote.terms.quote, sender
            # Another figure may stand there by now: its price is not this one.
            if self._named is named and named.money() == figure:
                self._show(quote)

        def refused(no: Refused) -> None:
            self._show(None)
            if no.field == "amount":
                named.set_error(no)
                named.setFocus()
            elif not show_refusal(no):
                self._tell(refusal(no), "bad")

        Operation(button, asked).succeeded(answered).refused(refused).trouble(self._no_answer).start(
            Lane.NETWORK
        )

    def run_out(self) -> None:
        """The price does not stand any more: said, and asked for anew by the next Enter."""
        self._show(None)
        self._tell("abroad.screen.run_out", "warn")

    def count_down(self) -> None:
        """How long the price still stands."""
        if self.quote is None:
            return
        left_ms = self.quote.terms.stands_ms - self._session.services.counter.line.trusted_ms()
        if left_ms <= 0:
            self.run_out()
            return
        minutes, seconds = divmod(left_ms // 1_000, 60)
        self.left.say(phrase("abroad.screen.stands", left=plain(f"{minutes}:{seconds:02}")))

    def _no_answer(self, trouble: Trouble) -> None:
        self._show(None)
        asked = trouble.code.startswith("L-")
        self._tell("abroad.screen.no_line" if asked else refusal(trouble), "warn")

    def _tell(self, words: Say, tone: Literal["warn", "bad"]) -> None:
        """Why there is no price."""
        self.left.say(words, tone)
        self.left.show()
        self.panel.show()

    def _on_typed(self, typed: AmountField, other: AmountField) -> None:
        self._named = None if typed.is_empty() else typed
        other.clear()
        # The other figure is the centre's to tell: Enter passes it by.
        other.filled = other.optional = not typed.is_empty()
        typed.optional = False
        self._show(None)

    def _show(self, quote: AbroadQuote | None) -> None:
        self.quote = quote
        for part in (self.panel, *self._told, self.left):
            part.setVisible(quote is not None)
        self._tick.stop()
        if quote is not None:
            self._say(quote)
            self._tick.start()
            self.count_down()
        self.told.emit()

    def _say(self, quote: AbroadQuote) -> None:
        terms, key = quote.terms, "abroad.screen."
        if self._named is self.arrives:
            self.paid.set_money(azn(terms.total_qapik))
        else:
            self.arrives.set_money(quote.arrives)
            if azn(terms.total_qapik) != self.paid.money():
                # Only whole steps that arrive are charged: the rest is not taken.
                self.paid.set_hint(phrase(f"{key}paid_less", total=azn(terms.total_qapik)), "warn")
        self.total.show_amount(azn(terms.total_qapik))
        self.comes.say(f"{key}comes" if terms.is_exact else f"{key}comes_about")
        self.comes.show_amount(quote.arrives)
        self.parts.say(phrase(f"{key}parts", amount=azn(terms.amount_qapik), fee=azn(terms.fee_qapik)))
        rate = as_fraction(terms.rate)
        self.rate.say(phrase("papers.abroad.rate_value", currency=terms.currency, rate=rate))
        self.source.say(
            phrase(f"{key}source", source=terms.rate_source, since_ms=terms.rate_ms, margin=margin(terms))
        )
        self.when.say(_when(terms))
        # In the words of the agreement, which says the same once more.
        refund, fee = map(phrase, refund_words(terms))
        self.returns.say(phrase(f"{key}returns", refund=refund, fee=fee))


def _when(terms: AbroadTerms) -> Say:
    until_ms = terms.quoted_ms + terms.promise_minutes * 60_000
    if terms.is_exact:
        return phrase("abroad.screen.when", until_ms=until_ms)
    least = Money(max(terms.arrives_minor - terms.deduction_minor_max, 0), terms.currency)
    return phrase("abroad.screen.when_least", until_ms=until_ms, least=least)
