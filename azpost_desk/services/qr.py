"""Money by a code on the screen: asked for, looked at, closed; what was paid settles its basket once.

In: the basket in hand, the centre's answers. Out: records of the request, a settlement, or money that the
centre sends back. The request is on the disk before the centre hears of it; until the centre has said that it
is paid or closed nobody knows, and the basket stays as it is (money-out.md MC-1 to MC-5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import baskets as rules
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Settings
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.qr import basket_digest
from azpost_desk.domain.qr_moves import OPEN, UNFINISHED
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.typed import is_said
from azpost_desk.protocol.instant import Act, QrAsk, QrTold
from azpost_desk.protocol.questions import QR_REQUEST
from azpost_desk.services.approvals import proven
from azpost_desk.services.counter import open_day
from azpost_desk.services.qr_views import QR, QrStep
from azpost_desk.services.staff import consent
from azpost_desk.services.tendered import require_free

if TYPE_CHECKING:
    from azpost_desk.services.baskets import Baskets, Paid
    from azpost_desk.services.counter import Approval, Counter, Officer
    from azpost_desk.services.ports import Reading, Writing

# What the centre says of a request that can bring no money to this basket any more.
_OVER: Final = ("closed", "owed")


@dataclass(frozen=True, slots=True)
class Shown:
    """A request that is not over.

    Attributes:
        code: what the customer scans; "" while the rail has not taken the request, or it is being closed.
        left_ms: how long the rail takes it yet, as the centre says.
        state: of domain.qr_moves.REQUEST, as the centre says; "" when it has not heard of it.
    """

    step: QrStep
    code: str = ""
    left_ms: int = 0
    state: str = ""


@dataclass(frozen=True, slots=True)
class Closed:
    """Nothing came and nothing can come for this basket: it is free. `reason` says why."""

    step: QrStep
    reason: str


@dataclass(frozen=True, slots=True)
class QrMoney:
    """Codes at this counter, where the centre has a rail."""

    counter: Counter
    baskets: Baskets

    def is_taken(self) -> bool:
        """Whether the centre takes money by code today."""
        with self.counter.books.reading() as books:
            date = books.day().date
            return bool(date) and books.document(Settings, date).qr_minutes > 0

    def under_way(self, basket: str = "") -> list[QrStep]:
        """Requests of a basket (of all) about which a person has something to do."""
        with self.counter.books.reading() as books:
            return books.of(QR).steps(UNFINISHED, basket)

    def ask(self, by: Officer, basket_id: str, amount: Money | None = None) -> Shown | Closed:
        """Ask for a code over `amount`, or over all that is due. Slow (the line).

        Raises:
            Refused: Q-020 no codes here or no line, B-050 something pays it already, B-051 more than is due,
                B-052 a line may not be paid so, Q-021 the centre says no, and what `Baskets.pay` refuses.
            Trouble: L-codes: nobody knows whether the centre heard it; look or close before anything else.
        """
        if not self.is_taken() or not self.counter.line.state().online:
            raise Refused("Q-020")
        with self.counter.books.writing() as books:
            due = self.baskets.ready(books, by, basket_id)
            require_free(books, basket_id)
            basket = books.basket()
            if basket is None:
                raise Refused("B-005")
            lines = [planned.line for planned in basket.lines]
            asked = due if amount is None else amount
            rules.on_card(lines, asked)
            for tender in ("qr", "cash") if asked < due else ("qr",):
                if refused := rules.not_with(lines, tender):
                    raise refused
            if asked.minor <= 0:
                raise Refused("B-051", due=azn(0))
            request = self.counter.new_id()
            body = ops.QrAsked(
                basket=basket_id,
                tender=self.counter.new_id(),
                amount_qapik=asked.minor,
                digest=basket_digest(basket_id, lines),
            )
            books.append(body, actor=by.officer, operation=request)
        return self._ask(request, "ask")

    def look(self, request: str) -> Shown | Closed:
        """What became of a request; what was paid settles nothing by itself (`settle`). Slow (the line).

        Raises:
            Refused: Q-022 no such open request, Q-021 the centre says no. Trouble: L-codes.
        """
        with self.counter.books.reading() as books:
            step = _open(books, request)
        return Shown(step, state="paid") if step.state == "paid" else self._ask(request, "look")

    def close(self, request: str) -> Shown | Closed:
        """Nobody shall pay it any more. Until the rail has said so the basket stays as it is. Slow.

        Raises:
            Refused, Trouble: as `look`.
        """
        with self.counter.books.reading() as books:
            step = _open(books, request)
        if step.state == "paid":
            raise Refused("Q-023")
        return self._ask(request, "close")

    def take(self, request: str) -> Shown | Closed:
        """Money that came after the close pays the same basket after all, by the customer's word (MC-3).

        Raises:
            Refused: Q-022, Q-024 that basket is not in hand as it was, B-050 something pays it already.
            Trouble: L-codes.
        """
        with self.counter.books.reading() as books:
            step = _late(books, request)
            require_free(books, step.basket)
            basket = books.basket()
            lines = [planned.line for planned in basket.lines] if basket else []
            if basket is None or step.digest != basket_digest(basket.basket, lines):
                raise Refused("Q-024")
        return self._ask(request, "take")

    def give_up(self, by: Officer, request: str, why: str) -> None:
        """Money that came settles nothing here: the centre sends it back to where it came from.

        Raises:
            Refused: Q-022 no money came for such a request, or it is used.
        """
        with self.counter.books.writing() as books:
            step = books.of(QR).step(request)
            if step is None or step.state not in ("paid", "late"):
                raise Refused("Q-022")
            body = ops.QrGivenUp(request=request, why=why.strip())
            books.append(body, actor=by.officer, operation=self.counter.new_id())
        self.counter.line.wake()

    def abandon(self, by: Officer, request: str, reason: str, approval: Approval | None) -> None:
        """Two people free a basket although nobody knows whether its code was paid; what comes goes back.

        Raises:
            Refused: Q-022 it is not unknown, K-009 no reason, S-012 no consent for this very request.
        """
        with self.counter.books.writing() as books:
            step = books.of(QR).step(request)
            if step is None or step.state != "asked":
                raise Refused("Q-022")
            if not is_said(reason):
                raise Refused("K-009", field="reason")
            approver = consent(approval, request, by)
            proven(books, approval, step.amount)
            body = ops.QrGivenUp(request=request, why=reason.strip(), approved_by=approver)
            books.append(body, actor=by.officer, operation=self.counter.new_id())
        self.counter.line.wake()

    def settle(self, by: Officer, request: str) -> Shown | Paid:
        """The basket in hand is paid with a code's money; a part of the sum leaves the rest to cash (MC-5).

        Raises:
            Refused: Q-022 it is not paid, Q-024 its basket is not in hand as it was, and what `Baskets.pay`
                refuses.
        """
        with self.counter.books.writing() as books:
            step = books.of(QR).step(request)
            if step is None or step.state != "paid":
                raise Refused("Q-022")
            basket = books.basket()
            if basket is None or basket.basket != step.basket:
                raise Refused("Q-024")
            open_day(books)
            if rules.to_pay([planned.line for planned in basket.lines]) != step.amount:
                return Shown(step, state="paid")
            paid = self.baskets.settle_in(books, by, step.basket, azn(0), step)
        self.counter.line.wake()
        return paid

    def _ask(self, request: str, act: Act) -> Shown | Closed:
        """Ask the centre, and record what of its word ends the request."""
        with self.counter.books.reading() as books:
            step = books.of(QR).step(request)
        if step is None:
            raise Refused("Q-022")
        question = QrAsk(
            request=request,
            act=act,
            basket=step.basket,
            tender=step.tender,
            digest=step.digest,
            amount_qapik=step.amount.minor,
        )
        told = self.counter.line.ask(QR_REQUEST, question)
        if told.refused and told.state not in _OVER:
            raise Refused("Q-021", reason=told.refused)
        with self.counter.books.writing() as books:
            step = self._note(books, request, told)
        if told.refused:
            # Refused for good: the basket is free, and why is said all the same.
            raise Refused("Q-021", reason=told.refused)
        if step.state not in UNFINISHED:
            return Closed(step, step.reason)
        code = told.code if told.state == "shown" else ""
        state = step.state if step.state != "asked" else told.state
        return Shown(step, code, max(0, told.until_ms - told.now_ms), state)

    def _note(self, books: Writing, request: str, told: QrTold) -> QrStep:
        """The step after the centre's word, recorded once, however often it is told."""
        step = books.of(QR).step(request)
        if step is None:
            raise Refused("Q-022")
        body = _answer(step, told)
        if body is None:
            return step
        books.append(body, actor="sync", actor_kind="sync", operation=self.counter.new_id(), source="line")
        return books.of(QR).step(request) or step


def _answer(step: QrStep, told: QrTold) -> ops.QrAnswered | None:
    """What of the centre's word is new to this desk.

    Raises:
        Trouble: L-004 paid, without the word for it.
    """
    if told.state in ("paid", "settled") and step.state in ("asked", "late"):
        if told.paid is None:
            raise Trouble("L-004", detail="qr")
        return ops.QrAnswered(
            request=step.request,
            outcome="paid",
            words=told.paid.words.hex(),
            signature=told.paid.signature.hex(),
        )
    if told.state in _OVER and step.state == "asked":
        return ops.QrAnswered(request=step.request, outcome="closed", reason=told.reason)
    if told.state == "late" and step.state in ("asked", "closed"):
        return ops.QrAnswered(request=step.request, outcome="late")
    return None


def _open(books: Reading, request: str) -> QrStep:
    step = books.of(QR).step(request)
    if step is None or step.state not in OPEN:
        raise Refused("Q-022")
    return step


def _late(books: Reading, request: str) -> QrStep:
    step = books.of(QR).step(request)
    if step is None or step.state != "late":
        raise Refused("Q-022")
    return step
