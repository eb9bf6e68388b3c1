"""Digits are the ten of ASCII: tells and picks them in what was typed, scanned or received.

`str.isdigit` also says yes to ``²`` (which `int` then refuses) and to ``٣`` (which `int` takes): the first
ended a program, the second names an account that no biller knows. A house rule keeps those questions out.
"""

from __future__ import annotations

import unicodedata
from typing import Final

DIGITS: Final = frozenset("0123456789")


def is_digits(text: str) -> bool:
    """Whether `text` is one digit or more and nothing else."""
    return bool(text) and DIGITS.issuperset(text)


def has_digit(text: str) -> bool:
    """Whether a digit stands anywhere in `text`."""
    return not DIGITS.isdisjoint(text)


def digits_of(text: str) -> str:
    """The digits of `text` in their order, without what stands between them."""
    return "".join(char for char in text if char in DIGITS)


def has_foreign_digit(text: str) -> bool:
    """Whether a digit of another script, or a raised or circled one, stands in `text`: 12٣, x²."""
    return any(unicodedata.category(char)[0] == "N" and char not in DIGITS for char in text)
