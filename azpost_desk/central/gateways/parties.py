"""Outside parties, each with few threads of its own and a breaker: whatever one does holds up nobody else.

Whoever waits for an outside party waits in that party's threads. When all of them wait, or the party has
been silent some times in a row, the next question is answered "silent" at once. After a rest one question or
delivery is let through as a trial; when it is answered, all is as before.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from enum import Enum
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.domain.days import Clock

# So many silences in a row are no accident: from then on nobody waits for it.
SILENCES_MAX: Final = 3
# Shorter than the first wait of a payment (billers.next_try_ms): the breaker alone never delays a repetition.
REST_MS: Final = 8_000
# A desk hangs up after 20 seconds; the line has its part of them.
QUESTION_SECONDS_MAX: Final = 12.0

C = TypeVar("C")
S = TypeVar("S")
T = TypeVar("T")


class Lane(Enum):
    """What a party's threads are for; the value is how many there are of each."""

    QUESTIONS = 16
    DELIVERIES = 4


class Party(Generic[C]):
    """One outside party behind its connector. May be used by several threads.

    Args:
        connector: what speaks the party's protocol; its calls block.
        is_silent: whether an answer of the connector means that the party said nothing.
    """

    def __init__(self, name: str, connector: C, clock: Clock, is_silent: Callable[[object], bool]) -> None:
        self.connector = connector
        self._clock = clock
        self._is_silent = is_silent
        self._lock = threading.Lock()
        self._in_hand = dict.fromkeys(Lane, 0)
        self._silences = 0
        self._rests_until_ms = 0
        self._threads = ThreadPoolExecutor(sum(lane.value for lane in Lane), f"party-{name}")

    def is_free(self, lane: Lane) -> bool:
        """Whether one more may be begun now."""
        with self._lock:
            rests = self._silences >= SILENCES_MAX and self._clock.monotonic_ms() < self._rests_until_ms
            return not rests and self._in_hand[lane] < lane.value

    @property
    def is_resting(self) -> bool:
        """Whether it has been silent so often in a row that nobody waits for it."""
        with self._lock:
            return self._silences >= SILENCES_MAX

    def begin(self, lane: Lane, work: Callable[[C], T]) -> Future[T]:
        """Do `work` in a thread of this lane, which is free."""
        with self._lock:
            self._in_hand[lane] += 1
            if self._silences >= SILENCES_MAX:
                # The trial: until it is over the others do not wait beside it.
                self._rests_until_ms = self._clock.monotonic_ms() + REST_MS
        return self._threads.submit(self._done, lane, work)

    async def ask(self, work: Callable[[C], T], silence: S) -> T | S:
        """The party's answer to a question, or `silence` when none comes in time or no thread is free."""
        if not self.is_free(Lane.QUESTIONS):
            return silence
        answer = asyncio.wrap_future(self.begin(Lane.QUESTIONS, work))
        done, _ = await asyncio.wait([answer], timeout=QUESTION_SECONDS_MAX)
        if not done:
            # The connector keeps no time of its own; its thread counts as in hand until it comes back.
            answer.add_done_callback(lambda late: late.cancelled() or late.exception())
            self._hear(silence)
            return silence
        return answer.result()

    def close(self) -> None:
        """Wait for what is in hand; nothing new is begun."""
        self._threads.shutdown(cancel_futures=True)

    def _done(self, lane: Lane, work: Callable[[C], T]) -> T:
        try:
            answer = work(self.connector)
            self._hear(answer)
        finally:
            with self._lock:
                self._in_hand[lane] -= 1
        return answer

    def _hear(self, answer: object) -> None:
        with self._lock:
            if not self._is_silent(answer):
                self._silences = 0
                return
            self._silences += 1
            self._rests_until_ms = self._clock.monotonic_ms() + REST_MS
