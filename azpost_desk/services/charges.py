"""Duty and cash on delivery at the counter: taken before an item is handed over, on line and off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from azpost_desk.domain.item_numbers import printed_item_number, read_item_number
from azpost_desk.domain.lines import ChargePaid
from azpost_desk.domain.mail.orders import stopping
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.basket_lines import line_told
from azpost_desk.services.charges_due import Unpaid, is_elsewheres, unpaid
from azpost_desk.services.counter import Counter, Officer, may_sell
from azpost_desk.services.misrouting import belongs_to
from azpost_desk.texts import Texts

if TYPE_CHECKING:
    from azpost_desk.services.baskets import Baskets
    from azpost_desk.services.views import Basket


@dataclass(frozen=True, slots=True)
class Charges:
    """What is due for items at this desk."""

    counter: Counter
    baskets: Baskets

    def due(self, number: str) -> Unpaid:
        """What is still to be paid for an item here.

        Raises:
            Refused: I-007 no item number.
        """
        with self.counter.books.reading() as books:
            return unpaid(books, _whole(number))

    def take(self, typed: str, by: Officer) -> Basket:
        """Put what is due for an item into the basket; it may be handed over once that was paid.

        Raises:
            Refused: S-010, C-001, I-007 no item number, E-132 nothing is due, or it lies in the basket
                already, E-133 it was taken in at another desk and the line is down, E-134 a stop order
                stands, E-170 its way has ended or another office delivers it: nobody pays for what is not
                handed over here.
        """
        number = _whole(typed)
        with self.counter.books.reading() as books:
            may_sell(books, by, "charges")
            due = unpaid(books, number).charges
            elsewhere = is_elsewheres(books, number, online=self.counter.line.state().online)
            stopped = stopping(list(books.item_orders(number)), "EMI")
            is_others = books.item_lives(number)[-1].is_final or belongs_to(books, number, "EMI")
        basket = self.baskets.current()
        lies = {
            one.line.event for one in (basket.lines if basket else ()) if isinstance(one.line, ChargePaid)
        }
        due = tuple(one for one in due if one.event not in lies)
        if not due:
            raise Refused("E-132", field="item", number=printed_item_number(number))
        if is_others:
            raise Refused("E-170", field="item", number=printed_item_number(number))
        if stopped:
            raise Refused("E-134", field="item", number=printed_item_number(number))
        if elsewhere:
            raise Refused("E-133", field="item", number=printed_item_number(number))
        for one in due:
            line = ChargePaid(
                operation=self.counter.new_id(),
                number=number,
                kind=one.kind,
                event=one.event,
                amount_qapik=one.amount_qapik,
            )

            def told(language: str, kind: str = one.kind) -> tuple[str, str]:
                return Texts(language).t(f"charges.kind.{kind}"), printed_item_number(number)

            basket = self.baskets.add(by, line_told(line, (), told, by.language, "keys"))
        assert basket is not None
        return basket


def _whole(typed: str) -> str:
    read = read_item_number(typed)
    if read.number is None or not read.valid:
        raise Refused("I-007", field="item", reason=read.reason)
    return read.number
