"""A weight as it is typed at the counter, in grams."""

from __future__ import annotations

import re
from typing import Final

from azpost_desk.domain.refusals import Refused
from azpost_desk.services.offers import GRAMS, KILOGRAMS

_KILOGRAMS: Final = re.compile(
    rf"([0-9]{{1,3}})(?:[.,]([0-9]{{1,3}})(?:{KILOGRAMS})?|(?:{KILOGRAMS}))", re.IGNORECASE
)
_GRAMS: Final = re.compile(rf"([0-9]{{1,6}})(?:{GRAMS})?", re.IGNORECASE)


def read_weight(typed: str) -> int:
    """Grams from ``750``, or kilograms from ``1,2`` and ``1.250``: a figure with a mark is kilograms.

    Whoever writes the unit as well, as the example beside the field does, is understood: ``750 q``, ``2 kq``.

    Raises:
        Refused: E-010 for anything else and for nothing.
    """
    text = "".join(typed.split())
    if match := _GRAMS.fullmatch(text):
        grams = int(match[1])
    elif match := _KILOGRAMS.fullmatch(text):
        grams = int(match[1]) * 1_000 + int((match[2] or "").ljust(3, "0"))
    else:
        raise Refused("E-010", field="weight")
    if grams <= 0:
        raise Refused("E-010", field="weight")
    return grams
