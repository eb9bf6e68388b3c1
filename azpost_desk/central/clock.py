"""The centre's clock: the computer's own, kept right by NTP."""

from __future__ import annotations

import time


class SystemClock:
    """Time of this computer; see domain.days.Clock."""

    def utc_ms(self) -> int:
        """Milliseconds since 1970, UTC."""
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        """Milliseconds that never jump."""
        return time.monotonic_ns() // 1_000_000
