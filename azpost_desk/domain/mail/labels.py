"""The label stuck on an accepted item: awaited by a scan once it was paid, then scanned back or undone.

In: what a record or the centre's news says of the item, two weights. Out: the label's next state, whether it
is the same item (mail.md 2, Acceptance).
"""

from __future__ import annotations

from typing import Final

LABEL: Final[dict[tuple[str, str], str]] = {
    ("", "accepted"): "waiting",
    ("waiting", "scanned"): "back",
    ("waiting", "undone"): "undone",
    ("back", "undone"): "undone",
}
# [design] Two weighings of one item agree within so much: a scale's last digit, packing that drew moisture.
_GRAMS_APART: Final = 5
_PARTS_APART: Final = 100


def weighs_alike(accepted_grams: int, weighed_grams: int) -> bool:
    """Whether what is weighed now can be the item that was accepted, as far as two weighings agree."""
    return abs(accepted_grams - weighed_grams) <= max(_GRAMS_APART, accepted_grams // _PARTS_APART)
