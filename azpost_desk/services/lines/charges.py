"""Charges on items in words: what was due, for which item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain import papers
from azpost_desk.domain.item_numbers import printed_item_number
from azpost_desk.domain.lines import ChargePaid
from azpost_desk.domain.money import azn
from azpost_desk.domain.papers import Say
from azpost_desk.services.lines.base import LineWords

if TYPE_CHECKING:
    from azpost_desk.services.lines.base import Place


def _receipt(_place: Place, line: ChargePaid) -> papers.ReceiptLine:
    item = (("number", printed_item_number(line.number)),)
    return papers.ReceiptLine(
        Say(f"charges.kind.{line.kind}"), azn(line.amount_qapik), (Say("papers.line.charge", item),)
    )


CHARGES: Final = (
    LineWords[ChargePaid](
        line=ChargePaid,
        receipt=_receipt,
        about=lambda _place, line: printed_item_number(line.number),
    ),
)
