"""The paper value of a signed slip between two desks: cash that moves, with its code."""

from __future__ import annotations

from dataclasses import dataclass

from azpost_desk.domain.papers import CashMovePaper, Words


@dataclass(frozen=True, slots=True)
class SlipPaper(CashMovePaper):
    """A remittance or a close on its way to another desk of the branch.

    `source` is the desk that signed, `target` the only one that may take it; a close has no `counts`.

    Attributes:
        amount_title: what `amount` is: the cash handed over, or what lay in the till.
        code: the text of the QR code.
        hint: what the desk that gets it does with it.
    """

    amount_title: Words = ""
    code: str = ""
    hint: Words = ""
