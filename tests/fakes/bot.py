"""The hands of pytest-qt, which see an answer as it comes: what a test of the window types and waits with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytestqt.qtbot import QtBot

if TYPE_CHECKING:
    from collections.abc import Callable

# An answer of a lane is there within these, and a test waits for hundreds of them.
FIRST_LOOKS_MS = (1, 1, 2, 3, 5)
# What never comes fails its test all the same; what comes on a machine with other work is waited for.
GIVEN_UP_MS = 20_000


class PromptBot(QtBot):
    """See `QtBot`, which looks every ten milliseconds only."""

    def waitUntil(self, callback: Callable[[], Any], *, timeout: int = GIVEN_UP_MS) -> None:
        """See `QtBot.waitUntil`; the first looks come sooner."""
        for pause_ms in FIRST_LOOKS_MS:
            try:
                if callback() in (None, True):
                    return
            except AssertionError:
                # Not yet.
                pass
            self.wait(pause_ms)
        super().waitUntil(callback, timeout=timeout)
