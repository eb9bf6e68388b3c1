"""Trusted time: decides on ages and dates at a desk, whatever somebody sets its clock to (PROTOCOL.md 7).

It begins at the latest of what is proven, the centre's last signed word, the newest record the centre has not
seen, the PC's clock at the start, and from there runs on monotonic time. Setting the clock while the program
runs moves nothing. What lies too far beyond the signed word raises nothing either: a clock that once stood in
2062 locks nobody for years.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from azpost_desk.domain.days import Clock

# [design] Longer than any age a service may have off line, so that a desk long alone still grows old.
BELIEVED_AHEAD_MS: Final = 45 * 24 * 3_600_000
# [design] So much the centre's word and our running time may differ without anything being wrong.
_TOLERANCE_MS: Final = 120_000


class TrustedTime:
    """The trusted time of one running program."""

    def __init__(self, clock: Clock, signed_ms: int, *recorded_ms: int) -> None:
        """
        Args:
            signed_ms: the centre's last signed word; it is believed whatever the clock says.
            recorded_ms: what was recorded since then: the newest record, the last start.
        """
        self._clock = clock
        self._signed_ms = signed_ms
        floor_ms = max(believed(at_ms, signed_ms) for at_ms in (*recorded_ms, clock.utc_ms()))
        # (trusted time, monotonic time when it was true).
        self._anchor = floor_ms, clock.monotonic_ms()
        # (first record of the last offer, monotonic time of it): no word on it can be older than that.
        self._offered: tuple[int, int] | None = None

    def now_ms(self) -> int:
        """UTC milliseconds."""
        then_ms, at_ms = self._anchor
        return then_ms + self._clock.monotonic_ms() - at_ms

    def offer(self, first: int) -> None:
        """Records from `first` on go to the centre for the first time."""
        self._offered = first, self._clock.monotonic_ms()

    def hear(self, signed_ms: int, sequence: int) -> None:
        """A signed word of the centre on the record `sequence`.

        It raises; it lowers only where it cannot be an old one: about a record that nobody knew before our
        last offer. Then the time lies between the word and the word with the wait for it.
        """
        now = self._clock.monotonic_ms()
        self._signed_ms = max(self._signed_ms, signed_ms)
        if signed_ms > self.now_ms():
            self._anchor = signed_ms, now
        elif self._offered is not None and sequence >= self._offered[0]:
            latest_ms = signed_ms + now - self._offered[1]
            if self.now_ms() > latest_ms + _TOLERANCE_MS:
                self._anchor = max(latest_ms, self._signed_ms), now


def believed(at_ms: int, signed_ms: int) -> int:
    """`at_ms`, or the signed time where it is before that, or too far beyond it to be believed."""
    return at_ms if signed_ms <= at_ms <= signed_ms + BELIEVED_AHEAD_MS else signed_ms
