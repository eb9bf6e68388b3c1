"""Numbers of our own that people read aloud or type: transfer codes, receipt numbers, case numbers.

Each carries, or is checked by, an ISO 7064 MOD 11,10 digit: it finds every single wrong digit and
nearly every swap of two neighbours.
"""

from __future__ import annotations

import re
from typing import Final

from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.identifiers import Identified
from azpost_desk.domain.refusals import Refused

_TRANSFER_SEPARATORS: Final = re.compile(r"[\s\-\u2010-\u2015]+")
_CASE: Final = re.compile(r"([A-Z])([0-9]{4})-?([0-9]{6})-?([0-9])")
_RECEIPT: Final = re.compile(r"([0-9]{4,6})-([0-9]{6})")


# Nobody's: what a code looks like, for whoever wrote another.
EXAMPLE: Final = "1234567897"


def check_digit(digits: str) -> int:
    """The ISO 7064 MOD 11,10 check digit of `digits` (ASCII digits only)."""
    product = 10
    for digit in digits:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10


def with_check_digit(digits: str) -> str:
    """`digits` followed by their check digit."""
    return f"{digits}{check_digit(digits)}"


def is_checked(digits: str) -> bool:
    """Whether `digits` is ASCII digits of which the last checks the others."""
    return len(digits) > 1 and is_digits(digits) and with_check_digit(digits[:-1]) == digits


def transfer_code(nine_digits: str) -> str:
    """The transfer code of nine digits that nobody can guess.

    Raises:
        ValueError: not nine digits.
    """
    if not (len(nine_digits) == 9 and is_digits(nine_digits)):
        raise ValueError("a transfer code is made of nine digits")
    return with_check_digit(nine_digits)


def check_transfer_code(typed: str) -> Identified:
    """Ten digits, the last checking the others; spaces and dashes do not matter.

    Reasons: ``empty length format check_digit``.
    """
    text = _TRANSFER_SEPARATORS.sub("", typed)
    if not text:
        return Identified(reason="empty")
    if not is_digits(text):
        return Identified(reason="format")
    if len(text) != 10:
        return Identified(reason="length")
    return Identified(text) if is_checked(text) else Identified(reason="check_digit")


def require_transfer_code(typed: str, field: str = "code") -> str:
    """The ten digits of a transfer code.

    Raises:
        Refused: I-008 with the fact `reason`.
    """
    answer = check_transfer_code(typed)
    if answer.value is None:
        raise Refused("I-008", field, reason=answer.reason)
    return answer.value


def shown_transfer_code(code: str) -> str:
    """A transfer code as it is shown and printed, 3-3-4: ``123 456 7895``."""
    return f"{code[:3]} {code[3:6]} {code[6:]}"


def receipt_number(desk_number: int, sequence: int) -> str:
    """``0042-000123``: without gap per desk, never used again.

    Raises:
        ValueError: a part does not fit.
    """
    if not (0 < desk_number < 1_000_000 and 0 < sequence < 1_000_000):
        raise ValueError("a desk has a million receipts and a country a million desks")
    return f"{desk_number:04}-{sequence:06}"


def is_receipt_number(text: str) -> bool:
    """Whether `text` has the shape of a receipt number."""
    return _RECEIPT.fullmatch(text) is not None


def case_number(letter: str, year: int, sequence: int) -> str:
    """``C2026-000123-7``: cases, disputes and incidents; the check digit is over year and sequence.

    Raises:
        ValueError: a part does not fit.
    """
    if not (re.fullmatch("[A-Z]", letter) and 2000 <= year <= 9999 and 0 < sequence < 1_000_000):
        raise ValueError("a case number is a letter, a year and at most six digits")
    digits = f"{year:04}{sequence:06}"
    return f"{letter}{digits[:4]}-{digits[4:]}-{check_digit(digits)}"


def read_case_number(typed: str) -> str | None:
    """The canonical case number in `typed` (dashes and spaces optional), or None when it is none."""
    match = _CASE.fullmatch(re.sub(r"\s", "", typed).upper())
    if match is None or not is_checked("".join(match.group(2, 3, 4))):
        return None
    return f"{match[1]}{match[2]}-{match[3]}-{match[4]}"
