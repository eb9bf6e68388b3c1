"""Paying the basket in hand by a code: shows it, asks the centre how it stands, settles what was paid.

In: the basket in hand, the centre's answers. Out: a settled basket, or one that is free again. It settles by
itself only while its panel is open and its officer signed in; else what was paid waits (money-out.md MC-5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from azpost_desk.gui.kit.words import Say, phrase, refusal
from azpost_desk.gui.shell.code_state import CodeState
from azpost_desk.gui.shell.consent_sheet import ConsentSheet, Decision
from azpost_desk.gui.work.runner import Lane, Operation
from azpost_desk.gui.work.timers import DeskClock
from azpost_desk.services.baskets import Paid
from azpost_desk.services.qr import Closed, Shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.domain.money import Money
    from azpost_desk.domain.refusals import Refused, Trouble
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.work.timers import Clock
    from azpost_desk.services.qr_views import QrStep
    from azpost_desk.services.views import Basket

_LOOK_EVERY_MS: Final = 1_500


class CodePaying(QObject):
    """The request that is open for the basket in hand, its picture, and the looking.

    Signals:
        paid(object): services.baskets.Paid, after it is on the disk.
        changed(): a request began, ended, or what is known of it is another.
        refused(object): why something was not done.
    """

    paid = Signal(object)
    changed = Signal()
    refused = Signal(object)

    def __init__(self, session: Session, owner: QObject, clock: Clock | None = None) -> None:
        super().__init__(owner)
        self._clock = clock or DeskClock()
        self._session = session
        self._basket = ""
        self._step: QrStep | None = None
        self._until_ms = 0
        self._busy = self._takes_codes = False
        # The sentence that stands in the strip since the centre gave no answer; its next answer ends it.
        self._silence = ""
        self.state = CodeState()
        self.state.look_wanted.connect(self._look)
        self.state.close_wanted.connect(self._close)
        self.state.take_wanted.connect(self._take)
        self.state.back_wanted.connect(self._give_up)
        self.state.abandon_wanted.connect(self._abandon)
        self._next = self._clock.shot(self, self._tick)

    @property
    def step(self) -> QrStep | None:
        """What is open for the basket in hand."""
        return self._step

    def is_offered(self) -> bool:
        """Whether a code can be shown now: the settings were read with the basket, the line is asked."""
        return self._takes_codes and self._session.services.counter.line.state().online

    def show_basket(self, basket: Basket | None) -> None:
        """Another basket is in hand, or none: what is under way for it outlives a lock and a power cut."""
        self._basket = basket.basket if basket is not None else ""
        self._next.stop()
        if not self._basket:
            self._show(None)
            return
        wanted, qr = self._basket, self._session.services.qr

        def found(read: tuple[bool, list[QrStep]]) -> None:
            if self._basket != wanted:
                return
            self._takes_codes, steps = read
            if not self._busy:
                self._show(steps[0] if steps else None)
                if steps and steps[0].state == "asked":
                    self._look()

        Operation(self.state, lambda: (qr.is_taken(), qr.under_way(wanted))).succeeded(found).start()

    def begin(self, basket: str, amount: Money | None) -> None:
        """Ask for a code over a part, or over all that is due."""
        by, qr = self._session.by, self._session.services.qr
        self._ask(lambda: qr.ask(by, basket, amount), "frame.basket.qr_waits")

    def _look(self) -> None:
        if self._step is not None:
            request, qr = self._step.request, self._session.services.qr
            self._ask(lambda: qr.look(request))

    def _close(self) -> None:
        if self._step is not None:
            request, qr = self._step.request, self._session.services.qr
            self._ask(lambda: qr.close(request), "frame.basket.qr_closing")

    def _take(self) -> None:
        if self._step is not None:
            request, qr = self._step.request, self._session.services.qr
            self._ask(lambda: qr.take(request), "frame.basket.qr_waits")

    def _give_up(self) -> None:
        if self._step is None:
            return
        request, by, qr = self._step.request, self._session.by, self._session.services.qr

        def given_up(_none: None) -> None:
            self._session.notice("frame.basket.qr_goes_back", "good")
            self._show(None)
            self.changed.emit()

        Operation(self.state, lambda: qr.give_up(by, request, "customer")).changes("journal").succeeded(
            given_up
        ).refused(self.refused.emit).start()

    def _abandon(self) -> None:
        """Two people free the basket; what comes for its code then goes back to whoever sent it (MC-4)."""
        if self._step is None:
            return
        request, amount = self._step.request, self._step.amount
        by, qr = self._session.by, self._session.services.qr
        wanted = Decision(
            "frame.qr_abandon.",
            request,
            amount,
            "code_abandoned",
            lambda reason, approval: qr.abandon(by, request, reason, approval),
        )
        sheet = ConsentSheet(self.state.window(), self._session, wanted)
        sheet.agreed.connect(lambda _none: self._reread(self._basket))
        sheet.start()

    def _ask(self, work: Callable[[], Shown | Closed], words: Say = "") -> None:
        """One question at a time; the next look waits for its answer."""
        if self._busy:
            return
        self._busy = True
        self._next.stop()
        basket = self._basket
        if words:
            self.state.show_waiting(words)
            self.changed.emit()

        def heard(answer: Shown | Closed) -> None:
            self._session.take_back(self._silence)
            if self._basket == basket:
                self._heard(answer)

        def ended() -> None:
            self._busy = False
            self._wait()

        def silent(trouble: Trouble) -> None:
            if words:
                said = refusal(trouble)
                self._silence = said.key
                self._session.notice(said, "bad", trouble.code)
            self._reread(basket)

        def refused(no: Refused) -> None:
            self._session.take_back(self._silence)
            self.refused.emit(no)
            self._reread(basket)

        # A look that finds nothing new is nobody's news.
        asking = Operation(self.state, work).changes(*(("journal",) if words else ()))
        asking.succeeded(heard).refused(refused).trouble(silent).ended(ended).start(Lane.NETWORK)

    def _reread(self, basket: str) -> None:
        """Nobody answered: what is on the disk is what is known."""
        qr = self._session.services.qr

        def found(steps: list[QrStep]) -> None:
            if self._basket == basket:
                self._show(steps[0] if steps else None)

        Operation(self.state, lambda: qr.under_way(basket)).succeeded(found).start()

    def _heard(self, answer: Shown | Closed) -> None:
        if isinstance(answer, Closed):
            self._show(None)
            self._session.notice(phrase("frame.basket.qr_closed"), "neutral")
            return
        self._until_ms = self._clock.monotonic_ms() + answer.left_ms
        self._show(answer.step, answer)
        if answer.step.state == "paid" and self._may_settle():
            self._settle(answer.step)

    def _may_settle(self) -> bool:
        """In hand, its panel open, its officer signed in."""
        return bool(self._basket) and self._session.officer is not None and self.state.isVisible()

    def _settle(self, step: QrStep) -> None:
        by, qr = self._session.by, self._session.services.qr

        def settled(answer: Shown | Paid) -> None:
            if isinstance(answer, Paid):
                self._show(None)
                self.paid.emit(answer)

        Operation(self.state, lambda: qr.settle(by, step.request)).changes(
            "basket", "till", "journal"
        ).succeeded(settled).refused(self.refused.emit).start()

    def _show(self, step: QrStep | None, shown: Shown | None = None) -> None:
        self._step = step
        self.state.show_step(step, shown)
        if self.state.code:
            self._count_down()
        self.changed.emit()
        self._wait()

    def _wait(self) -> None:
        """The next look; none while nobody could settle what it finds."""
        if self._step is not None and self._step.state == "asked" and not self._busy:
            self._next.start(_LOOK_EVERY_MS)

    def _tick(self) -> None:
        if self._session.officer is None or self._step is None:
            return
        self._count_down()
        self._look()

    def _count_down(self) -> None:
        self.state.show_left(self._until_ms - self._clock.monotonic_ms())
