"""The proof of a delivery: who took an item, what they are to its addressee, what they showed and signed."""

from __future__ import annotations

from typing import Final

import msgspec

RELATIONS: Final = ("self", "family", "colleague", "neighbour", "authorised")
SIGNED: Final = ("screen", "paper")
# A pen gives some hundred points a second; the shape of a signature needs far fewer.
POINTS_MAX: Final = 2_000
_SIDE_MAX: Final = 4_000
IMAGE_BYTES_MAX: Final = 32 * 1024


class Signature(msgspec.Struct, frozen=True):
    """What was drawn on the screen: each stroke as x, y, x, y … in pixels of a box of this size."""

    width_px: int
    height_px: int
    strokes: tuple[tuple[int, ...], ...]

    @property
    def is_sound(self) -> bool:
        """Whether something was drawn, within its box, and no more than a signature needs."""
        if not (0 < self.width_px <= _SIDE_MAX and 0 < self.height_px <= _SIDE_MAX):
            return False
        if not self.strokes or sum(map(len, self.strokes)) > 2 * POINTS_MAX:
            return False
        return all(
            len(stroke) >= 4
            and len(stroke) % 2 == 0
            and all(0 <= x < self.width_px for x in stroke[::2])
            and all(0 <= y < self.height_px for y in stroke[1::2])
            for stroke in self.strokes
        )


class Proof(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a delivery is proven by, beside the name: one group of personal data.

    Attributes:
        document: kind and number of what was shown, or of the authority; "" for none.
        signature: as it was drawn; None when it stands on paper.
        image: the same as a picture (PNG).
        asked: who answered by telephone that no stop order stands, "" where nobody was asked.
    """

    document: str = ""
    signature: Signature | None = None
    image: bytes = b""
    asked: str = ""


def takes_code(relation: str) -> bool:
    """Whether a pick-up code may stand for a document: it was told to the addressee alone.

    An item of value, or one for its addressee in person, takes the document as well (`mail.guarded`).
    """
    return relation == "self"


def needs_document(relation: str, *, on_round: bool) -> bool:
    """Whether something has to be shown: at a counter always, at the door by whoever is not the addressee."""
    return not on_round or relation != "self"
