"""A card terminal that speaks ZVT over TCP, as services ask one: purchase, question, refund, reversal.

An approval counts only when all of it is ours: sum, currency, terminal, a transaction not known before, and
the moment. It is noted first and answered then, the same at every repeat. ZVT knows no reference of ours: a
question is answered from what was noted, or from the terminal's last receipt when that is surely this one.
Everything else stays unknown. An approval is final, and a basket that cannot be settled takes it back.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import socket
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from azpost_desk.devices import zvt_frames as zvt
from azpost_desk.devices.card_terminals import PURCHASE_MS, QUERY_MS
from azpost_desk.devices.ports import DeviceState
from azpost_desk.devices.zvt_memory import ZvtMemory, ZvtStep
from azpost_desk.devices.zvt_visits import End, Visit
from azpost_desk.domain.cards import MANAT, CardAnswer
from azpost_desk.domain.days import BAKU_OFFSET_MS
from azpost_desk.domain.refusals import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.devices.zvt_frames import Apdu, Status

# The terminal's clock and ours may differ by so much.
CLOCK_MS: Final = 15 * 60 * 1000
# Receipt numbers begin again: after a day one may name somebody else's payment.
REVERSAL_MS: Final = 24 * 60 * 60 * 1000
# We start payments and tell the states (08, 10, 20); the terminal prints its own receipts.
_CONFIG: Final = 0x38
_STATUSES_MAX: Final = 10
# Please wait; not ready; no answer from behind it; other or unknown: no word that nothing was charged.
_BUSY: Final = frozenset((0x9C, 0xA0, 0xA1, 0xFF))
_ALREADY_REVERSED: Final = 0xB4
_TRACE_MAX: Final = 999_999
# Words for what the terminal itself does not say: where the sentence has its own, the clerk reads it.
_NOT_KEPT: Final = "D-033"
_OTHER: Final = "other_terminal"
_REASONS: Final = {0x6C: "cancelled", 0x71: "no_funds"}


@dataclasses.dataclass(frozen=True, slots=True)
class ZvtDialect:
    """What differs from terminal to terminal.

    Attributes:
        terminal: its id, eight figures: an approval of another is never ours.
        password: six figures, the terminal's for what a merchant may do.
        issues_goods: it waits to hear whether the goods were issued and, if not, reverses by itself.
    """

    terminal: str
    password: str = "000000"
    issues_goods: bool = False


class ZvtTerminal:
    """Implements services.ports.CardTerminal; calls wait for the customer, so never on the main thread.

    A terminal serves one desk: its last receipt would else be somebody else's.
    """

    def __init__(
        self,
        address: tuple[str, int],
        dialect: ZvtDialect,
        memory: ZvtMemory,
        now_ms: Callable[[], int],
        waits_ms: tuple[int, int] = (PURCHASE_MS, QUERY_MS),
    ) -> None:
        self.place = f"{address[0]}:{address[1]}"
        self._address, self._dialect, self._memory, self._now_ms = address, dialect, memory, now_ms
        self._purchase_ms, self._query_ms = waits_ms

    def state(self) -> DeviceState:
        """Whether somebody listens there; nothing is asked."""
        try:
            with socket.create_connection(self._address, timeout=2):
                return DeviceState(self.place)
        except OSError:
            return DeviceState(self.place, "D-030")

    def purchase(self, reference: str, amount_qapik: int) -> CardAnswer:
        """See services.ports.CardTerminal."""
        repeats = _STATUSES_MAX if self._dialect.issues_goods else None
        command = zvt.purchase(amount_qapik, MANAT, repeats)
        return self._charge(ZvtStep(reference, "purchase", amount_qapik, self._now_ms()), command)

    def refund(self, reference: str, original: str, amount_qapik: int) -> CardAnswer:
        """See services.ports.CardTerminal; ZVT pays whatever card is held to it."""
        command = zvt.refund(self._dialect.password, amount_qapik, MANAT)
        return self._charge(ZvtStep(reference, "refund", amount_qapik, self._now_ms()), command)

    def query(self, reference: str) -> CardAnswer:
        """See services.ports.CardTerminal."""
        step = self._memory.step(reference)
        if step is None:
            never = self._memory.was_never_sent(reference)
            return CardAnswer("declined", {}, "not_found") if never else CardAnswer("unknown", {}, "not_kept")
        if step.state not in ("sent", "approved"):
            return _answer(step)
        with Visit(self._address, self._query_ms) as visit:
            if not_here := self._register(visit):
                return CardAnswer("unknown", {}, not_here)
            end = visit.exchange(zvt.status_enquiry(self._dialect.password), self._judged(step.reference))
            # A payment that still waits for its card has no end yet.
            if end.how != "done" or zvt.doing_of(end.data):
                return CardAnswer("unknown", {}, "busy")
            last = self._last_receipt(visit, step.reference)
        return self._found(reference, last)

    def reverse(self, reference: str) -> CardAnswer:
        """See services.ports.CardTerminal; by receipt number, within a day, at the terminal that gave it."""
        step = self._memory.step(reference)
        if step is None:
            return CardAnswer("unknown", {}, "not_kept")
        if step.undone or step.state == "reversed":
            return CardAnswer("approved", _references(step))
        is_old = self._now_ms() - step.asked_ms > REVERSAL_MS
        if step.receipt is None or step.terminal != self._dialect.terminal or is_old:
            return CardAnswer("unknown", {}, "not_ours")
        against: list[Status] = []

        def judge(status: Status, ours: bool) -> Apdu:
            if not ours:
                return self._decided(reference, status, ours)
            self._memory.heard(status.trace)
            if status.result or status.original_trace not in (None, step.trace):
                against.append(status)
            return zvt.POSITIVE

        with Visit(self._address, self._query_ms) as visit:
            if not_here := self._register(visit):
                return CardAnswer("unknown", {}, not_here)
            end = visit.exchange(zvt.reversal(self._dialect.password, step.receipt), judge)
            was_done = end.how == "aborted" and end.number == _ALREADY_REVERSED
            if was_done:
                # Its number was never heard, and is the last one before the next payment.
                self._last_receipt(visit, reference)
        if was_done or (end.how == "done" and not against):
            self._memory.keep(replace(step, state="reversed"))
            return CardAnswer("approved", _references(step))
        return CardAnswer("unknown", {}, _reason(end.number))

    def _charge(self, step: ZvtStep, command: Apdu) -> CardAnswer:
        known = self._memory.step(step.reference)
        if known is not None and known.state != "planned":
            # Asked once already: the same reference never charges again.
            return self.query(step.reference)
        if not self._is_kept(step):
            return CardAnswer("declined", {}, _NOT_KEPT)
        with Visit(self._address, self._purchase_ms) as visit:
            not_here = self._register(visit)
            if not_here:
                # Not sent, but a terminal that waits for another payment is no refusal either.
                return CardAnswer("declined" if not_here == _OTHER else "unknown", {}, not_here)
            if self._memory.last_trace is None:
                self._last_receipt(visit, step.reference)
            if not self._is_kept(replace(step, state="sent", before=self._memory.last_trace)):
                return CardAnswer("declined", {}, _NOT_KEPT)
            end = visit.exchange(command, self._judged(step.reference))
        return self._ended(step.reference, end)

    def _ended(self, reference: str, end: End) -> CardAnswer:
        step = self._kept(reference)
        if step.state == "strange":
            # Told that nothing was issued, it broke off: it has taken the money back itself.
            undone = end.how == "aborted" and step.told == "not_issued"
            return _answer(self._memory.keep(replace(step, undone=undone)))
        if step.state == "approved" and end.how == "done":
            return _answer(self._memory.keep(replace(step, state="charged")))
        if step.state == "sent" and end.how != "done" and end.number not in _BUSY:
            return _answer(self._memory.keep(replace(step, state="declined", reason=_reason(end.number))))
        return CardAnswer("unknown", {}, "busy" if end.number in _BUSY else "no_end")

    def _found(self, reference: str, last: Status | None) -> CardAnswer:
        """What the terminal's last receipt says of a step that never got its end."""
        step = self._kept(reference)
        if last is None:
            return CardAnswer("unknown", {}, "no_receipt")
        if self._is_undone(step, last):
            return _answer(self._memory.keep(replace(step, state="reversed")))
        if step.state == "approved":
            if last.trace == step.trace and self._is_ours(step, last):
                return _answer(self._memory.keep(replace(step, state="charged")))
        elif self._is_ours(step, last):
            return _answer(self._memory.keep(replace(_with(step, last), state="charged", told="issued")))
        elif self._is_earlier(step, last):
            # The last receipt is still one from before: nothing was charged since.
            return _answer(self._memory.keep(replace(step, state="declined", reason="not_found")))
        elif last.result and step.before and self._is_next(step, last):
            return _answer(self._memory.keep(replace(step, state="declined", reason=_reason(last.result))))
        return CardAnswer("unknown", {}, "not_ours")

    def _is_kept(self, step: ZvtStep) -> bool:
        """Note a step before it is sent; what cannot be noted is not sent."""
        try:
            self._memory.keep(step)
        except Trouble:
            return False
        return True

    def _register(self, visit: Visit) -> str:
        """Who is in charge of what, for this visit: some terminals forget it with the connection.

        Returns:
            Why nothing more may be asked of this terminal, or "".
        """
        end = visit.exchange(zvt.register(self._dialect.password, _CONFIG, MANAT), self._judged(""))
        if end.how != "done":
            return "busy"
        terminal = zvt.status_of(end.data).terminal
        return _OTHER if terminal not in ("", self._dialect.terminal) else ""

    def _last_receipt(self, visit: Visit, reference: str) -> Status | None:
        said: list[Status] = []

        def judge(status: Status, ours: bool) -> Apdu:
            if not ours:
                return self._decided(reference, status, ours)
            said.append(status)
            return zvt.POSITIVE

        end = visit.exchange(zvt.repeat_receipt(self._dialect.password), judge)
        if end.how != "done" or not said:
            return None
        self._memory.heard(said[-1].trace)
        return said[-1]

    def _judged(self, reference: str) -> Callable[[Status, bool], Apdu]:
        return lambda status, ours: self._decided(reference, status, ours)

    def _decided(self, reference: str, status: Status, ours: bool) -> Apdu:
        """What the terminal hears of a status: noted before it is said, and the same at a repeat."""
        mine = self._memory.step(reference) if ours else None
        told = [one for one in self._memory.steps() if one.told and one.trace and one.trace == status.trace]
        if not told and not status.trace and mine is not None and mine.told:
            told = [mine]
        if told:
            return zvt.NOT_ISSUED if told[-1].told == "not_issued" else zvt.POSITIVE
        step = mine or self._late(status)
        if step is None or step.state != "sent" or status.result != 0:
            self._memory.heard(status.trace)
            return zvt.POSITIVE
        approved, named = self._is_ours(step, status), self._is_named(step, status)
        refuses = not approved and self._dialect.issues_goods and step.kind == "purchase"
        self._memory.keep(
            replace(
                # Nothing is ever reversed by the receipt number of what may be somebody else's payment.
                _with(step, status if named else dataclasses.replace(status, receipt=None)),
                state="approved" if approved else "strange",
                told="not_issued" if refuses else "issued",
            )
        )
        self._memory.heard(status.trace)
        return zvt.NOT_ISSUED if refuses else zvt.POSITIVE

    def _late(self, status: Status) -> ZvtStep | None:
        """The step without an end that a status from before this command speaks of."""
        steps = (one for one in self._memory.steps() if one.state == "sent")
        return next((one for one in steps if self._is_ours(one, status)), None)

    def _is_ours(self, step: ZvtStep, status: Status) -> bool:
        """Whether an approval is this step's and for exactly what was asked."""
        return (
            status.result == 0
            # A reversal says the same of the same sum.
            and not status.original_trace
            and status.amount_qapik == step.amount_qapik
            and status.currency == MANAT
            and self._is_named(step, status)
        )

    def _is_named(self, step: ZvtStep, status: Status) -> bool:
        """Whether terminal, transaction and moment are this step's, whatever the sum."""
        return (
            status.terminal == self._dialect.terminal
            and bool(status.trace)
            and status.trace not in self._earlier(step)
            and status.receipt is not None
            and _is_near(status, step.asked_ms)
        )

    def _earlier(self, step: ZvtStep) -> set[int | None]:
        """Trace numbers that are known to be of other transactions."""
        return {step.before, *(one.trace for one in self._memory.steps() if one.reference != step.reference)}

    def _is_earlier(self, step: ZvtStep, last: Status) -> bool:
        """Whether the last receipt is of a transaction from before this step."""
        is_here = last.terminal == self._dialect.terminal
        return is_here and bool(last.trace) and last.trace in self._earlier(step)

    def _is_undone(self, step: ZvtStep, last: Status) -> bool:
        """Whether this takes back this step's payment: a terminal that never heard our answer does so."""
        return (
            last.result == 0
            and bool(last.original_trace)
            and last.original_trace not in self._earlier(step)
            and step.trace in (None, last.original_trace)
            and last.amount_qapik == step.amount_qapik
            and self._is_named(step, last)
        )

    def _is_next(self, step: ZvtStep, last: Status) -> bool:
        """Whether this is the one transaction since the step was asked, and for its sum."""
        is_for = last.amount_qapik in (None, step.amount_qapik)
        is_one = last.trace == (step.before or 0) % _TRACE_MAX + 1
        return is_for and is_one and self._is_named(step, last)

    def _kept(self, reference: str) -> ZvtStep:
        return next(one for one in self._memory.steps() if one.reference == reference)


def _is_near(status: Status, asked_ms: int) -> bool:
    """Whether the transaction's moment lies where ours must: terminals say no year."""
    if not status.date or not status.time:
        return False
    asked = dt.datetime.fromtimestamp((asked_ms + BAKU_OFFSET_MS) / 1000, dt.UTC)
    figures = [int(text[at : at + 2]) for text in (status.date, status.time) for at in range(0, len(text), 2)]
    month, day, hour, minute, second = figures
    for year in (asked.year - 1, asked.year, asked.year + 1):
        try:
            said = dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC)
        except ValueError:
            continue
        if -CLOCK_MS <= (said - asked).total_seconds() * 1000 <= PURCHASE_MS + CLOCK_MS:
            return True
    return False


def _with(step: ZvtStep, status: Status) -> ZvtStep:
    return replace(
        step,
        trace=status.trace,
        receipt=status.receipt,
        authorisation=status.authorisation,
        terminal=status.terminal,
        said_qapik=status.amount_qapik,
        currency=status.currency,
    )


def _answer(step: ZvtStep) -> CardAnswer:
    if step.state == "charged":
        return CardAnswer("approved", _references(step), "", step.amount_qapik, MANAT)
    if step.state == "strange":
        # Another terminal, moment or transaction: whatever sum it says, none of it is what was asked for.
        is_same = (step.said_qapik, step.currency) == (step.amount_qapik, MANAT)
        said = (None, "") if is_same else (step.said_qapik, step.currency)
        return CardAnswer("approved", _references(step), "", *said)
    words = {"planned": "not_found", "reversed": "reversed"}
    return CardAnswer("declined", {}, words.get(step.state, step.reason))


def _references(step: ZvtStep) -> dict[str, str]:
    known = {
        "receipt": "" if step.receipt is None else f"{step.receipt:04}",
        "trace": "" if step.trace is None else f"{step.trace:06}",
        "authorisation": step.authorisation,
        "terminal": step.terminal,
    }
    return {name: said for name, said in known.items() if said}


def _reason(number: int) -> str:
    """The word for a terminal's error; one without a word is said by its number."""
    return _REASONS.get(number, f"ZVT {number:02X}")
