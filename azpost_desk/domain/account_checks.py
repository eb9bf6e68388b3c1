"""Check digits of billers' accounts: a rule as data and a typed account in; whether its digits agree out."""

from __future__ import annotations

from typing import Literal

import msgspec

from azpost_desk.domain.digits import is_digits


class AccountCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What holds between the digits of an account, its check digits among them.

    Attributes:
        rule: ``luhn`` (ISO/IEC 7812, mod 10); ``mod11``: the digits times `weights` add up to a multiple of
            11; ``mod97`` (ISO/IEC 7064): letters counting from A = 10, the whole leaves 1 when divided by 97.
        weights: one for each digit, the check digit's own among them.
    """

    rule: Literal["luhn", "mod11", "mod97"]
    weights: tuple[int, ...] = ()

    def holds(self, account: str) -> bool:
        """Whether the digits of a whole account agree."""
        if not account.isascii() or not account.isalnum():
            return False
        if self.rule == "mod97":
            return int("".join(str(int(char, 36)) for char in account)) % 97 == 1
        if not is_digits(account):
            return False
        digits = [int(char) for char in account]
        if self.rule == "luhn":
            doubled = (sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
            return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
        if len(digits) != len(self.weights):
            return False
        return sum(map(int.__mul__, self.weights, digits)) % 11 == 0
