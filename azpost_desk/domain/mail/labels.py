"""The label stuck on an accepted item: awaited by a scan once it was paid, then scanned back or undone.

In: what a record or the centre's news says of the item. Out: the label's next state (mail.md 2, Acceptance).
"""

from __future__ import annotations

from typing import Final

LABEL: Final[dict[tuple[str, str], str]] = {
    ("", "accepted"): "waiting",
    ("waiting", "scanned"): "back",
    ("waiting", "undone"): "undone",
    ("back", "undone"): "undone",
}
