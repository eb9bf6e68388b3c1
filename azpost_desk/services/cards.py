"""A card for the basket: planned, asked, answered; unknown is asked by reference and never becomes cash.

The step is on the disk before the terminal hears of it. A customer whose card was approved has paid: the
basket is settled with it at once, or what the card leaves is paid in cash, or the card gets it back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import baskets as rules
from azpost_desk.domain import operations as ops
from azpost_desk.domain.cards import MANAT, CardAnswer
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.services.giving_back import CARD_UNDER_WAY, to_card, undoing
from azpost_desk.services.tendered import tendered

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.services.baskets import Baskets, Paid
    from azpost_desk.services.counter import Approval, Counter, Officer
    from azpost_desk.services.ports import CardTerminal, Writing
    from azpost_desk.services.views import CardStep, PaidLine

# The terminal's way of saying that nothing was asked at all: the card was never charged.
_NOT_ASKED: Final = "D-030"
# Approved, but not what was asked for.
OTHER_SUM: Final = "K-007"


@dataclass(frozen=True, slots=True)
class Cards:
    """The card terminal of this counter, where there is one."""

    counter: Counter
    baskets: Baskets

    def is_offered(self) -> bool:
        """Whether this counter takes cards."""
        return self.counter.terminal is not None

    def under_way(self) -> list[CardStep]:
        """Steps whose end is not reached: asked, unknown, approved and not settled, on the way back."""
        with self.counter.books.reading() as books:
            return books.card_steps(CARD_UNDER_WAY)

    def purchase(self, by: Officer, basket_id: str, amount: Money | None = None) -> Paid | CardStep:
        """Ask the card for `amount`, or for all that is due; settle when it pays everything.

        Returns:
            The paid basket, or the approved step when a part is left for cash (`Baskets.pay`).

        Raises:
            Refused: B-050 a card is under way already, B-051 more than is due, B-052 a line may not be paid
                so, K-001 declined (the terminal's reason), K-003 no terminal here, and what `Baskets.pay`
                refuses.
            Trouble: K-002 nobody knows what the card did: ask again before anything else.
        """
        terminal = self._terminal()
        with self.counter.books.writing() as books:
            due = self.baskets.ready(books, by, basket_id)
            if tendered(books, basket_id) is not None:
                raise Refused("B-050")
            asked = due if amount is None else amount
            basket = books.basket()
            lines = [planned.line for planned in basket.lines] if basket else []
            rules.on_card(lines, asked)
            # A part of it leaves the rest to cash, which may not take it either.
            for tender in ("card", "cash") if asked < due else ("card",):
                if refused := rules.not_with(lines, tender):
                    raise refused
            step = self.counter.new_id()
            body = ops.CardAsked(
                basket=basket_id,
                tender=self.counter.new_id(),
                amount_qapik=asked.minor,
                terminal=terminal.place,
            )
            books.append(body, actor=by.officer, operation=step)
        answer = _answered(lambda: terminal.purchase(step, asked.minor), "purchase")
        return self._conclude(by, step, answer)

    def ask_again(self, by: Officer, step: str) -> Paid | CardStep:
        """What became of a step that was never answered: asked by its reference, never charged again.

        Raises:
            Refused: K-001 it was declined, K-004 there is no such open step. Trouble: K-002 still unknown.
        """
        terminal = self._terminal()
        with self.counter.books.reading() as books:
            if not any(one.step == step for one in books.card_steps(("asked", "unknown"))):
                raise Refused("K-004")
        return self._conclude(by, step, _answered(lambda: terminal.query(step), "query"))

    def reverse(
        self, by: Officer, line: PaidLine, operation: str, reason: str, approval: Approval | None
    ) -> Paid:
        """Undo a line (`Baskets.reverse`): what a card paid of it goes back to the card, cash last.

        When the terminal's answer was lost the same act, asked again, uses what the terminal then says.

        Raises:
            Refused: as `Baskets.reverse`; K-006 the terminal would not give it back: nothing is undone.
            Trouble: K-002 nobody knows whether it went back: ask again before anything else.
        """
        with self.counter.books.writing() as books:
            self.baskets.reversal(books, by, line, operation, reason, approval)
            way = undoing(books, line)
            if not way.electronic.minor or way.card is None:
                paid = self.baskets.reverse_in(books, by, line, operation, reason, approval)
                self.counter.line.wake()
                return paid
            asked = self._begun(books, by, way.undone, way.electronic, way.card)
        given = self._went_back(by, *asked)
        with self.counter.books.writing() as books:
            paid = self.baskets.reverse_in(books, by, line, operation, reason, approval, given)
        self.counter.line.wake()
        return paid

    def pay_back(self, by: Officer, basket_id: str) -> Paid:
        """Pay a basket out whose line a card had paid: that goes back to the card, the rest in cash (M0-9).

        When the terminal's answer was lost the same act, asked again, uses what the terminal then says.

        Raises:
            Refused: as `Baskets.pay`; B-029 no card of this desk's paid for it, B-012 the till has not the
                rest, K-003 no terminal here, K-006 the terminal would not give it back: nothing is paid out.
            Trouble: K-002 nobody knows whether it went back, K-008: ask again before anything else.
        """
        with self.counter.books.writing() as books:
            due = self.baskets.ready(books, by, basket_id)
            basket = books.basket()
            if basket is None:
                raise Refused("B-005")
            way = to_card(books, [planned.line for planned in basket.lines])
            if way is None or way.card is None:
                raise Refused("B-029")
            if -due.minor - way.electronic.minor > books.till().balance.minor:
                raise Refused("B-012", balance=books.till().balance)
            asked = self._begun(books, by, way.undone, way.electronic, way.card)
        given = self._went_back(by, *asked)
        with self.counter.books.writing() as books:
            paid = self.baskets.settle_in(books, by, basket_id, azn(0), given)
        self.counter.line.wake()
        return paid

    def _begun(
        self, books: Writing, by: Officer, undone: str, share: Money, card: CardStep
    ) -> tuple[str, str, Money, str]:
        """A giving back that is on the disk before the terminal hears of it: (step, state, sum, card's step).

        One that was begun and has not ended is gone on with: the card never gets it twice.
        """
        begun = (one for one in books.card_steps(CARD_UNDER_WAY) if one.refunds and one.basket == undone)
        known = next(begun, None)
        if known is not None:
            return known.step, known.state, known.amount, known.refunds
        terminal, step = self._terminal(), self.counter.new_id()
        body = ops.CardAsked(
            basket=undone,
            tender=self.counter.new_id(),
            amount_qapik=share.minor,
            terminal=terminal.place,
            refunds=card.step,
        )
        books.append(body, actor=by.officer, operation=step)
        return step, "", share, card.step

    def _went_back(self, by: Officer, step: str, state: str, share: Money, card: str) -> CardStep:
        """The step once the terminal has given back, asked for the first time or after its silence."""
        if state != "approved":
            terminal = self._terminal()
            if state:
                answer = _answered(lambda: terminal.query(step), "query")
            else:
                answer = _answered(lambda: terminal.refund(step, card, share.minor), "refund")
            self._note(by, step, answer)
        with self.counter.books.reading() as books:
            return next(one for one in books.card_steps() if one.step == step)

    def _note(self, by: Officer, step: str, answer: CardAnswer) -> None:
        """Record what the terminal said of a giving back; raise unless exactly the money went back."""
        with self.counter.books.reading() as books:
            asked = next(one for one in books.card_steps() if one.step == step)
        if not answer.is_for(asked.amount.minor):
            # Nothing is undone on the word of a terminal that speaks of another sum: a person finds out.
            self._note_other_sum(by, asked, answer)
            raise Trouble("K-008", asked=asked.amount, said=_said(answer))
        with self.counter.books.writing() as books:
            self._append(books, by, _answer_body(step, answer))
        if answer.outcome == "declined":
            raise Refused("K-006", reason=answer.reason)
        if answer.outcome == "unknown":
            raise Trouble("K-002", reason=answer.reason)

    def give_back(self, by: Officer, step: str, why: str) -> None:
        """An approved card whose basket is not settled gets its money back through the terminal.

        Raises:
            Refused: K-004 no such approved step. Trouble: K-005 the terminal did not confirm: try again.
        """
        with self.counter.books.reading() as books:
            # What went back to a card is not taken from it again: its line is paid out with it.
            open_steps = books.card_steps(("approved", "reversing"))
            if not any(one.step == step and not one.refunds for one in open_steps):
                raise Refused("K-004")
        self._give_back(by, step, why)

    def _give_back(self, by: Officer, step: str, why: str) -> None:
        terminal = self._terminal()
        answer = _answered(lambda: terminal.reverse(step), "reverse")
        outcome = "reversed" if answer.outcome == "approved" else "unknown"
        with self.counter.books.writing() as books:
            self._append(books, by, ops.CardReversed(step=step, outcome=outcome, why=why.strip()))
        self.counter.line.wake()
        if outcome != "reversed":
            raise Trouble("K-005", reason=answer.reason)

    def _conclude(self, by: Officer, step: str, answer: CardAnswer) -> Paid | CardStep:
        """Record the answer; an approved card that pays all settles the basket in the same transaction.

        Raises:
            Refused: K-007 approved for another sum or currency than asked for: recorded, a case, given back.
        """
        with self.counter.books.reading() as books:
            asked = next(one for one in books.card_steps() if one.step == step)
        if asked.refunds:
            self._note(by, step, answer)
            return replace(asked, state=answer.outcome)
        if not answer.is_for(asked.amount.minor):
            self._note_other_sum(by, asked, answer)
            self._give_back(by, step, OTHER_SUM)
            raise Refused(OTHER_SUM, asked=asked.amount, said=_said(answer))
        body = _answer_body(step, answer)
        try:
            with self.counter.books.writing() as books:
                self._append(books, by, body)
                known = next(one for one in books.card_steps() if one.step == step)
                basket = books.basket()
                pays_all = (
                    answer.outcome == "approved"
                    and basket is not None
                    and basket.basket == known.basket
                    and rules.to_pay([planned.line for planned in basket.lines]) == known.amount
                )
                done = self.baskets.settle_in(books, by, known.basket, azn(0), known) if pays_all else known
        except Refused as no:
            return self._unsettled(by, body, no)
        self.counter.line.wake()
        if answer.outcome == "declined":
            raise Refused("K-001", reason=answer.reason)
        if answer.outcome == "unknown":
            raise Trouble("K-002", reason=answer.reason)
        return done

    def _note_other_sum(self, by: Officer, asked: CardStep, answer: CardAnswer) -> None:
        """An approval that is not ours: kept as unknown with what it said, and a case the first time."""
        said = {"amount": str(answer.amount_qapik or ""), "currency": answer.currency}
        body = ops.CardAnswered(
            step=asked.step,
            outcome="unknown",
            references={**answer.references, **{name: one for name, one in said.items() if one}},
            reason=OTHER_SUM,
        )
        with self.counter.books.writing() as books:
            self._append(books, by, body)
            if asked.reason != OTHER_SUM:
                case = ops.CaseRaised(
                    case=books.next_case(), reason="card approved for another sum", about=asked.step
                )
                self._append(books, by, case)

    def _unsettled(self, by: Officer, body: ops.CardAnswered, no: Refused) -> CardStep:
        """Approved, but the basket may not be settled any more: recorded, given back, and the reason said."""
        with self.counter.books.writing() as books:
            self._append(books, by, body)
        self.give_back(by, body.step, no.code)
        raise no

    def _append(self, books: Writing, by: Officer, body: ops.Body) -> None:
        books.append(body, actor=by.officer, operation=self.counter.new_id(), source="terminal")

    def _terminal(self) -> CardTerminal:
        if self.counter.terminal is None:
            raise Refused("K-003")
        return self.counter.terminal


def _said(answer: CardAnswer) -> str:
    """What the terminal claims to have approved, with the currency's number when it is not manat."""
    if answer.amount_qapik is None:
        return "?"
    figures = f"{answer.amount_qapik // 100}.{answer.amount_qapik % 100:02}"
    return figures if answer.currency == MANAT else f"{figures} ({answer.currency or '?'})"


def _answer_body(step: str, answer: CardAnswer) -> ops.CardAnswered:
    return ops.CardAnswered(
        step=step, outcome=answer.outcome, references=dict(answer.references), reason=answer.reason
    )


def _answered(ask: Callable[[], CardAnswer], what: str) -> CardAnswer:
    """The terminal's answer; its silence is an answer too: unknown."""
    try:
        return ask()
    except Trouble as silent:
        # Nobody there: what was never handed over moved no money. A question stays a question.
        never = what in ("purchase", "refund") and silent.code == _NOT_ASKED
        return CardAnswer("declined" if never else "unknown", {}, silent.code)
