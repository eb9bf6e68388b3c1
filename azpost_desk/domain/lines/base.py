"""The line of a settlement as such: what it is known by, whatever is sold."""

from __future__ import annotations

import msgspec


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="line"):
    """One line of a settlement, gross, with its own operation id."""

    operation: str


class GivenBack(Line, frozen=True, kw_only=True, omit_defaults=True):
    """A line that gives a customer back what an earlier line took (money-out.md M0-9).

    Attributes:
        in_cash_qapik: what of it had come by card and was handed out in cash all the same.
        approved_by, reason: the second person who agreed to that, and why; "" where nothing was.
    """

    in_cash_qapik: int = 0
    approved_by: str = ""
    reason: str = ""

    @property
    def is_agreed(self) -> bool:
        """Whether cash instead of a card stands with who agreed and why; nothing else has either."""
        said = bool(self.approved_by), bool(self.reason.strip())
        return said == (self.in_cash_qapik > 0,) * 2 and self.in_cash_qapik >= 0
