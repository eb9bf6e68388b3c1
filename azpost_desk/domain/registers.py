"""A biller's daily register: the payments of one of its days that it has, and only those.

In: the rows of a file whose form was read (central.registers). Out: one value whose totals are its rows'. A
payment is confirmed for settlement when the line said so and the register has it (money-out.md MC-12).
"""

from __future__ import annotations

import msgspec

from azpost_desk.domain.days import BusinessDay


class RegisterRow(msgspec.Struct, frozen=True, kw_only=True):
    """One payment as its biller has it.

    Attributes:
        txn_id: our number of the payment.
        account: without blanks; of a notice its number.
        amount_qapik: what the biller has received for it.
        reference: the biller's own number, "" where it has none.
        commission_qapik: what the biller reckons that the post earns by it.
    """

    txn_id: int
    account: str
    amount_qapik: int
    reference: str = ""
    commission_qapik: int = 0


class Register(msgspec.Struct, frozen=True, kw_only=True):
    """A biller's whole day.

    Attributes:
        day: the calendar date in Azerbaijan by the biller's clock.
        version: 1, and one more with each correction; the newest alone counts.
    """

    biller: str
    day: BusinessDay
    version: int = 1
    rows: tuple[RegisterRow, ...] = ()

    @property
    def amount_qapik(self) -> int:
        """The sum of its payments."""
        return sum(row.amount_qapik for row in self.rows)

    @property
    def commission_qapik(self) -> int:
        """What the biller reckons that the post earns by them."""
        return sum(row.commission_qapik for row in self.rows)
