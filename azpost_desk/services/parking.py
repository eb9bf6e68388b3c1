"""Baskets set aside: the next customer starts at once, and nothing of a parked basket is sold or lost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import operations as ops
from azpost_desk.domain.baskets import to_pay
from azpost_desk.domain.catalogue import Billers
from azpost_desk.domain.qr_moves import UNFINISHED
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Permission
from azpost_desk.services.giving_back import CARD_UNDER_WAY, step_back
from azpost_desk.services.grants import Grants
from azpost_desk.services.qr_views import QR
from azpost_desk.services.views_recovery import Parked
from azpost_desk.texts import LANGUAGES

if TYPE_CHECKING:
    from azpost_desk.domain.money import Money
    from azpost_desk.services.baskets import Baskets
    from azpost_desk.services.counter import Counter, Officer
    from azpost_desk.services.ports import Reading, Writing
    from azpost_desk.services.views import Basket

# More would be a second queue behind the counter that nobody looks after.
PARKED_MAX: Final = 9


@dataclass(frozen=True, slots=True)
class Waiting:
    """A basket in the tray.

    Attributes:
        waits: for what: customer, card (its terminal has not said the last word), qr (its code may
            still be paid), qr_paid (it was: a key finishes it), grant (an answer of the
            centre), line (a bill that its biller takes only on line), stranded (in hand, but
            not in the hand of who asks).
        titles: what stands in it, in each language in the words of the panel.
        owner: the officer's name.
    """

    basket: str
    waits: str
    since_ms: int
    officer: str
    owner: str
    titles: dict[str, str]
    due: Money


@dataclass(frozen=True, slots=True)
class Parking:
    """The tray of this desk."""

    counter: Counter
    baskets: Baskets

    def park(self, by: Officer, basket_id: str) -> None:
        """Set the basket in hand aside; its lines, sources and grants stay as they are.

        Raises:
            Refused: B-005 it is paid or gone, B-003 another officer's, B-061 the tray is full.
        """
        with self.counter.books.writing() as books:
            basket = books.basket()
            if basket is None or basket.basket != basket_id or not basket.lines:
                raise Refused("B-005")
            require_own(books, basket, by)
            if len(books.parked()) >= PARKED_MAX:
                raise Refused("B-061", limit=PARKED_MAX)
            books.park(basket, self.counter.clock.utc_ms())
            books.drop_basket()

    def resume(self, by: Officer, basket_id: str) -> Basket:
        """Take a parked basket in hand again.

        Raises:
            Refused: B-060 another basket is in hand, B-062 it is not in the tray, B-003 another officer's.
        """
        with self.counter.books.writing() as books:
            basket = parked(books, basket_id)
            require_own(books, basket, by)
            if books.basket() is not None:
                raise Refused("B-060")
            books.unpark(basket_id)
            books.save_basket(basket)
            return basket

    def hand_over(self, supervisor: Officer, basket_id: str, to: str | None) -> None:
        """A supervisor gives a basket of the tray, or a stranded one, to another officer, or cancels it (`to`
        None); recorded.

        Raises:
            Refused: S-010 without the permission, B-062 it is not in the tray (any more).
        """
        supervisor.may(Permission.TAKE_OVER_BASKET)
        in_hand = self.baskets.current()
        if in_hand is not None and in_hand.basket == basket_id:
            self.baskets.hand_over(supervisor, to)
            return
        with self.counter.books.writing() as books:
            basket = parked(books, basket_id)
            self.baskets.record_hand_over(books, supervisor, basket, to)
            if to is None:
                books.unpark(basket_id)
            else:
                books.repark(replace(basket, officer=to))
        self.counter.line.wake()

    def baskets_parked(self) -> list[Basket]:
        """The baskets in the tray as they were set aside."""
        with self.counter.books.reading() as books:
            return [one.basket for one in books.parked()]

    def tray(self, by: Officer | None = None) -> list[Waiting]:
        """What waits in the tray, longest first: for what, since when, whose.

        Before them stands the basket in hand when it is another officer's than `by`'s: somebody went away.
        """
        online = self.counter.line.state().online
        with self.counter.books.reading() as books:
            asked_since = min((at for _, at in Grants(self.counter).open_requests(books)), default=None)
            found = [_waiting(books, one, online, asked_since) for one in books.parked()]
            in_hand = books.basket()
            if by is None or in_hand is None or in_hand.officer == by.officer:
                return found
            stranded = Parked(in_hand, in_hand.started_ms)
            return [replace(_waiting(books, stranded, online, None), waits="stranded"), *found]


def _waiting(books: Reading, one: Parked, online: bool, asked_since: int | None) -> Waiting:
    basket = one.basket
    owner = books.officer(basket.officer)
    waits = "customer"
    steps = books.card_steps(CARD_UNDER_WAY)
    if any(step.basket == basket.basket for step in steps) or any(
        step_back(books, planned.line) for planned in basket.lines
    ):
        waits = "card"
    elif codes := books.of(QR).steps(UNFINISHED, basket.basket):
        waits = "qr" if codes[0].state == "asked" else "qr_paid"
    elif not online and _needs_line(books, basket):
        waits = "line"
    elif asked_since is not None and basket.started_ms <= asked_since <= one.parked_ms:
        waits = "grant"
    return Waiting(
        basket.basket,
        waits,
        one.parked_ms,
        basket.officer,
        owner.name if owner else basket.officer,
        {code: ", ".join(one.titles.get(code, one.title) for one in basket.lines) for code in LANGUAGES},
        to_pay([planned.line for planned in basket.lines]),
    )


def _needs_line(books: Reading, basket: Basket) -> bool:
    bills = [one.line for one in basket.lines if isinstance(one.line, ops.PaymentAccepted)]
    if not bills:
        return False
    billers = books.document(Billers, books.day().date)
    return any(not known.offline for bill in bills if (known := billers.find(bill.biller)) is not None)


def parked(books: Reading | Writing, basket_id: str) -> Basket:
    """The parked basket; Refused B-062 when it is not in the tray (any more)."""
    for one in books.parked():
        if one.basket.basket == basket_id:
            return one.basket
    raise Refused("B-062")


def require_own(books: Reading, basket: Basket, by: Officer) -> None:
    """Refuse with B-003 what belongs to another officer."""
    if basket.officer != by.officer:
        other = books.officer(basket.officer)
        raise Refused("B-003", officer=other.name if other else basket.officer)
