"""What is still to be paid for an item at a desk: its history and this desk's payments in, reasons out.

Asked before money is taken, again when its basket is paid, and when the item is handed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from azpost_desk.domain.item_numbers import printed_item_number
from azpost_desk.domain.lines import ChargePaid
from azpost_desk.domain.mail.charges import Charge, charges
from azpost_desk.domain.mail.moves import stage
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.reads import Reads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.domain.lines import AnyLine
    from azpost_desk.services.ports import Reading

_ARRIVES: Final = frozenset({"EMG", "EDH"})


class ChargeReads(Protocol):
    """What the books know of charges."""

    def charges_paid(self, number: str) -> set[str]:
        """The events whose charges were paid at this desk and not undone."""


CHARGES: Final = Reads[ChargeReads]("charges")


@dataclass(frozen=True, slots=True)
class Unpaid:
    """What is still to be paid here before an item may be handed over."""

    charges: tuple[Charge, ...]

    @property
    def amount_qapik(self) -> int:
        """All of it."""
        return sum(one.amount_qapik for one in self.charges)


def unpaid(books: Reading, number: str) -> Unpaid:
    """What is still to be paid at this desk before the item may be handed over."""
    due = charges(books.item_lives(number)[-1])
    paid = books.of(CHARGES).charges_paid(number) if due else set()
    return Unpaid(tuple(one for one in due if one.event not in paid))


def still_due(books: Reading, lines: Sequence[AnyLine]) -> None:
    """Refuse with E-171 a charge that is not due any more: its basket may have waited while the item went
    back, was handed over, or customs said otherwise.
    """
    for line in lines:
        if isinstance(line, ChargePaid):
            due = unpaid(books, line.number).charges
            is_said = any((one.event, one.amount_qapik) == (line.event, line.amount_qapik) for one in due)
            if not is_said or books.item_lives(line.number)[-1].is_final:
                raise Refused("E-171", number=printed_item_number(line.number))


def is_elsewheres(books: Reading, number: str, *, online: bool) -> bool:
    """Whether another desk of this office took the item in, which may have been paid for it off line.

    Where it is laid afterwards (EDH) is no other taking in: nobody makes an item theirs by a scan.
    """
    own, office, taken_by = books.desk().desk, books.desk().branch, ""
    for event, state in books.item_lives(number)[-1].way():
        if event.office != office or stage(state) < stage("office"):
            taken_by = ""
        elif event.code in _ARRIVES and not taken_by:
            taken_by = event.desk
    return not online and taken_by not in ("", own)


def why_unpaid(books: Reading, number: str, *, online: bool) -> tuple[str, dict[str, object]] | None:
    """Why money keeps an item from being handed over: the reason, facts for its sentence; None: nothing."""
    due = unpaid(books, number)
    if due.charges:
        return "charge_due", {"amount": azn(due.amount_qapik)}
    if charges(books.item_lives(number)[-1]) and is_elsewheres(books, number, online=online):
        return "charge_elsewhere", {}
    return None
