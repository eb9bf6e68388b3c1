"""The line to the centre: a thread that keeps exchanging, and what the counter may ask in between.

How it waits: a centre that is not reached costs one connection attempt every few seconds, so that catching up
begins at once when the line is back; a centre that is reached and answers badly is left alone for growing
times with jitter, so that four thousand desks do not knock it over. Nothing leaves the thread but a state.
"""

from __future__ import annotations

import logging
import random
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import msgspec

from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol import messages
from azpost_desk.protocol.abroad import QuoteAsk, QuoteTold
from azpost_desk.protocol.approvals import ApprovalAsk, ApprovalTold
from azpost_desk.protocol.instant import QrAsk, QrTold
from azpost_desk.protocol.keys import is_signed
from azpost_desk.services.views import LineState
from azpost_desk.sync.approvals import check_answer
from azpost_desk.sync.exchanges import Exchanges, chain
from azpost_desk.sync.instant import check_paid
from azpost_desk.sync.quotes import check_quote
from azpost_desk.sync.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.protocol.questions import A, Question, T
    from azpost_desk.sync.exchanges import Learned
    from azpost_desk.sync.ports import Clock, Identity, SyncBooks

# [design] Nothing to say: 500 bytes four times a minute fit beside everything else on 9.6 kbit/s.
IDLE_SECONDS: Final = 15.0
PROBE_SECONDS: Final = 3.0
FIRST_WAIT_SECONDS: Final = 1.0
LONGEST_WAIT_SECONDS: Final = 300.0
# [design] From here the pill says so: beyond it a sale near midnight lands on the wrong date.
CLOCK_OFF_MAX_MS: Final = 120_000
# One answer 401 may be a damaged request; this many in a row mean it.
_UNKNOWN_TIMES: Final = 3
# The centre's refusals that end this chain: the desk stops selling and enrols anew.
STOPPING: Final = {"X-020": "L-006", "X-021": "L-011", "X-022": "L-012", "X-023": "L-015"}
_OTHER_VERSION: Final = "X-001"

_LOG = logging.getLogger(__name__)


class CentreLine:
    """The line of one desk; implements `services.ports.Line`."""

    def __init__(
        self,
        books: SyncBooks,
        url: str,
        clock: Clock,
        *,
        verify: bool | str = True,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """
        Args:
            url: the centre's address.
            verify: True, or the path of a file with the certificates to believe.
            jitter: a number from 0 up to 1 at each call; spreads the desks of a country over time.
        """
        self._books = books
        self._clock = clock
        self._jitter = jitter
        self._wire = Wire(url, verify)
        self._exchanges = Exchanges(books, self._wire, clock)
        self._due = threading.Event()
        # An exchange is one thread's work at a time: the line's own, or that of whoever has to send now.
        self._turn = threading.Lock()
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="line", daemon=True)
        self._listeners: list[Callable[[], None]] = []
        self._bad_times = 0
        self._unknown_times = 0
        self._clock_noted_ms = 0
        ended = books.ended()
        ack = books.last_ack()
        # Started anew off line it knows of news what it knew before: at least up to the last acknowledgement.
        heard_ms = ack.time_ms if ack else 0
        self._state = LineState(False, clock.utc_ms(), 0, 0, ended, clock.utc_ms(), 0, 0, ended, heard_ms)

    # --- for the program ------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin exchanging."""
        self._thread.start()

    def stop(self, seconds: float = 10.0) -> bool:
        """End: breaks what is under way, and waits; False when the thread still runs after `seconds`."""
        self._ending = True
        self._due.set()
        self._wire.hang_up()
        if self._thread.ident is not None:
            self._thread.join(seconds)
        return not self._thread.is_alive()

    # --- services.ports.Line --------------------------------------------------------------------------

    def state(self) -> LineState:
        """As of the last step of the thread; reading it costs nothing."""
        return self._state

    def wake(self) -> None:
        """Exchange now instead of at the next due time; after every sale, and when somebody presses retry."""
        self._due.set()

    def send(self) -> None:
        """See services.ports.Line."""
        self._step()
        state = self._state
        if not state.online or state.stopped:
            raise Trouble(state.stopped or state.last_error or "L-001")

    def on_change(self, heard: Callable[[], None]) -> None:
        """Call `heard` from the line's thread when the state changed or news were stored."""
        self._listeners.append(heard)

    def trusted_ms(self) -> int:
        """Now by the books' trusted time (services.ports.Line)."""
        return self._books.trusted_ms()

    def ask(self, question: Question[A, T], asked: A) -> T:
        """What the centre says; what it signs is checked: its own, for this chain, an answer to exactly this.

        Raises:
            Trouble: an L-code; L-004 for an answer to something else.
            Refused: the centre's X-code.
        """
        if self._state.stopped:
            raise Trouble(self._state.stopped)
        identity = self._books.identity()
        try:
            told = self._wire.post(question, asked, chain(identity), self._books.signing_key())
        except Trouble:
            # Somebody saw it before the thread did: let the pill tell the truth soon.
            self._due.set()
            raise
        if isinstance(asked, messages.TransferClaim) and isinstance(told, messages.TransferClaimed):
            if told.grant is not None:
                check_grant(told.grant, asked, identity)
        elif isinstance(asked, ApprovalAsk) and isinstance(told, ApprovalTold) and told.answer is not None:
            check_answer(told.answer, asked, identity)
        elif isinstance(asked, QuoteAsk) and isinstance(told, QuoteTold) and not told.code:
            check_quote(told, asked, identity)
        elif isinstance(asked, QrAsk) and isinstance(told, QrTold):
            check_paid(told, asked, identity)
        return told

    # --- the thread -----------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._ending:
            self._due.clear()
            seconds = self._step()
            self._tell(next_try_ms=self._clock.utc_ms() + int(seconds * 1000))
            self._due.wait(seconds)

    def _step(self) -> float:
        """Exchange until nothing more moves; how many seconds to wait then."""
        with self._turn:
            return self._exchange()

    def _exchange(self) -> float:
        try:
            self._count()
            if self._state.last_error == "L-001" and not self._wire.is_reachable():
                return PROBE_SECONDS * (0.5 + self._jitter() / 2)
            while not self._ending:
                learned = self._exchanges.once()
                self._succeeded(learned)
                if not learned.again:
                    return IDLE_SECONDS * (0.75 + self._jitter() / 4)
        except Refused as refused:
            other = "L-013" if refused.code == _OTHER_VERSION else "L-009"
            self._end(STOPPING.get(refused.code, ""))
            return self._failed(STOPPING.get(refused.code, other), refused, refused.code in STOPPING)
        except Trouble as trouble:
            self._end("L-006" if trouble.code == "L-006" else "")
            return self._failed(trouble.code, trouble, trouble.code == "L-006")
        except Exception:
            # The line must outlive every fault of our own: the sales go on, the incident has a number.
            incident = uuid4().hex[:8]
            _LOG.exception("incident %s on the line", incident)
            return self._failed("L-008", incident, False)
        return 0

    def _succeeded(self, learned: Learned) -> None:
        self._bad_times = self._unknown_times = 0
        self._count()
        off_ms = self._state.clock_off_ms if learned.clock_off_ms is None else learned.clock_off_ms
        self._note_clock(off_ms)
        self._tell(
            online=True,
            since_ms=self._state.since_ms if self._state.online else self._clock.utc_ms(),
            heard_ms=self._state.heard_ms if learned.more else self._books.trusted_ms(),
            is_behind=learned.more,
            last_error="L-007" if abs(off_ms) >= CLOCK_OFF_MAX_MS else "",
            clock_off_ms=off_ms,
            # What ended the chain is not undone by a friendly word: only by enrolling anew.
            stopped=self._books.ended(),
        )
        if learned.news:
            self._call_listeners()

    def _note_clock(self, off_ms: int) -> None:
        """Record a jump once, there and back: evidence must say which clock its times come from."""
        if abs(off_ms - self._clock_noted_ms) < CLOCK_OFF_MAX_MS:
            return
        here_ms = self._clock.utc_ms()
        try:
            self._books.note_clock(here_ms, here_ms + off_ms)
        except Trouble as trouble:
            # A stopped book records nothing more; the pill says the difference all the same.
            _LOG.warning("the clock's jump is not recorded: %s", trouble)
            return
        self._clock_noted_ms = off_ms

    def _end(self, code: str) -> None:
        """Stop the counter for good when `code` says that the chain has ended, before anybody is told."""
        if not code or code == self._books.ended():
            return
        try:
            self._books.end(code)
        except Exception:
            # This program is stopped all the same, and the next exchange says so again.
            _LOG.exception("the end of the chain could not be kept")

    def _failed(self, code: str, why: object, is_end: bool) -> float:
        """Note a failure; how many seconds to wait."""
        if self._ending:
            return 0
        if code == "L-005":
            self._unknown_times += 1
            is_end = self._unknown_times >= _UNKNOWN_TIMES
        self._bad_times += 1
        if code != self._state.last_error:
            _LOG.warning("line: %s (%s)", code, why)
        was_online = self._state.online
        self._tell(
            online=False,
            since_ms=self._clock.utc_ms() if was_online else self._state.since_ms,
            last_error=code,
            stopped=code if is_end else self._state.stopped,
        )
        if code == "L-001":
            return PROBE_SECONDS * (0.5 + self._jitter() / 2)
        # A stopped desk asks on, rarely: what stopped it may be mended at the centre.
        longest = LONGEST_WAIT_SECONDS
        wait = longest if is_end else min(FIRST_WAIT_SECONDS * 2 ** min(self._bad_times - 1, 16), longest)
        return wait * (0.5 + self._jitter() / 2)

    def _count(self) -> None:
        waiting, oldest_ms = self._books.waiting()
        ack = self._books.last_ack()
        self._tell(waiting=waiting, oldest_ms=oldest_ms, acknowledged_ms=ack.time_ms if ack else 0)

    def _tell(self, **changed: object) -> None:
        before, self._state = self._state, replace(self._state, **changed)  # type: ignore[arg-type]
        now = self._state
        if replace(before, next_try_ms=now.next_try_ms, heard_ms=now.heard_ms) != now:
            self._call_listeners()

    def _call_listeners(self) -> None:
        for heard in list(self._listeners):
            try:
                heard()
            except Exception:
                # Whoever listens may be closing down; the line goes on.
                _LOG.exception("a listener of the line failed")


def check_grant(signed: messages.Signed, claim: messages.TransferClaim, identity: Identity) -> None:
    """A grant must be the centre's, for this chain, and answer exactly this claim.

    Raises:
        Trouble: L-004.
    """
    if not is_signed(identity.grants_key, signed.words, signed.signature):
        raise Trouble("L-004", detail="grant")
    try:
        grant = messages.grant_of(signed.words)
    except (msgspec.MsgspecError, UnicodeDecodeError) as fault:
        raise Trouble("L-004", detail=f"grant: {fault}") from fault
    asked = (identity.desk, identity.epoch, claim.request, claim.purpose)
    given = (grant.holder, grant.holder_epoch, grant.request, grant.purpose)
    is_other_thing = claim.transfer not in ("", grant.thing)
    is_other_amount = claim.amount_qapik not in (0, grant.amount_qapik)
    if asked != given or is_other_thing or is_other_amount:
        _LOG.error("grant %s is not what was asked for: %s for %s", grant.grant, given, asked)
        raise Trouble("L-004", detail="grant")
