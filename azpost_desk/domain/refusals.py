"""A rule says no: a stable code with the facts a sentence needs; `texts` writes the sentence
(`refusal.<code>`).
"""

from __future__ import annotations


class Refused(Exception):
    """A rule of the post said no. Not an error of the program: shown beside the field, nothing is changed.

    Attributes:
        code: stable code such as ``T-013``; also the help page's anchor.
        facts: named values for the sentence; plain values, money as `Money`.
        field: the form field the sentence stands beside, when there is one.
    """

    def __init__(self, code: str, field: str | None = None, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.code} {self.facts}" if self.facts else self.code


class Trouble(Exception):
    """Something outside the rules failed (disk, line, printer): the code's text says what to do."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class NeedsConfirmation(Exception):
    """The same command may be sent again with `confirmed` holding this code, perhaps with a second person."""

    def __init__(self, code: str, approver: str | None = None, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.approver = approver
        self.facts = facts
