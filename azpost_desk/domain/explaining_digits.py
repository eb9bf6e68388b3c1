"""Slips of a hand at the keys: takes a typed number, gives the numbers it may have been meant to be."""

from __future__ import annotations


def swapped(number: int) -> tuple[int, ...]:
    """Numbers with two neighbouring digits of `number` exchanged; the last two only change qəpik.

    A number that began with nought would have been typed shorter: it is left out.
    """
    digits = str(number)
    found = []
    for at in range(len(digits) - 1):
        left, right = digits[at], digits[at + 1]
        if left != right and not (at == 0 and right == "0"):
            found.append(int(digits[:at] + right + left + digits[at + 2 :]))
    return tuple(dict.fromkeys(found))


def mistyped(number: int) -> tuple[int, ...]:
    """What was meant: digits exchanged, a double one once or a single one twice, a nought more or less."""
    digits = str(number)
    found = list(swapped(number))
    for at, digit in enumerate(digits):
        found.append(int(digits[: at + 1] + digits[at:]))
        if digits[at + 1 : at + 2] == digit:
            found.append(int(digits[:at] + digits[at + 1 :]))
    found.append(number * 10)
    if number % 10 == 0:
        found.append(number // 10)
    return tuple(one for one in dict.fromkeys(found) if one != number)
