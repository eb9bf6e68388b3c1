"""Phone cards in words: credit, and the card's number."""

from __future__ import annotations

from typing import Final

from azpost_desk.domain import papers
from azpost_desk.domain.lines import PhonecardSold
from azpost_desk.domain.money import azn
from azpost_desk.domain.papers import Say
from azpost_desk.services.lines.base import LineWords

PHONECARDS: Final = (
    LineWords[PhonecardSold](
        line=PhonecardSold,
        receipt=lambda _place, line: papers.ReceiptLine(
            Say("phonecards.line", (("serial", line.serial),)), azn(line.amount_qapik)
        ),
        about=lambda _place, line: line.serial,
    ),
)
