"""What may be done with bags, counts and notes now, what stands in the way, and doing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.cash_bags import SORTS as SORTS
from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.money import Money, parse_amount
from azpost_desk.domain.people import Person
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Permission
from azpost_desk.services.cash_bags import Seal
from azpost_desk.services.cash_counts import MakeGood
from azpost_desk.services.cash_notes import Suspect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azpost_desk.services.counter import Approval, Officer
    from azpost_desk.services.desk import DeskServices
    from azpost_desk.services.standing import CashNow
    from azpost_desk.services.views_cash import Bag

SEAL: Final = "seal"
COLLECT: Final = "collect"
RECEIVE: Final = "receive"
SURPRISE: Final = "surprise"
MAKE_GOOD: Final = "make_good"
WORN: Final = "worn"
SUSPECT: Final = "suspect"

PERMISSIONS: Final = {
    SEAL: Permission.KEEP_SAFE,
    COLLECT: Permission.KEEP_SAFE,
    RECEIVE: Permission.KEEP_SAFE,
    SURPRISE: Permission.APPROVE,
    MAKE_GOOD: Permission.HOLD_TILL,
    WORN: Permission.HOLD_TILL,
    SUSPECT: Permission.HOLD_TILL,
}
# The buttons bind these themselves. None is a letter that a scanner uses for a control character.
KEYS: Final = {
    SEAL: "Ctrl+S",
    COLLECT: "Ctrl+G",
    RECEIVE: "Ctrl+H",
    SURPRISE: "Ctrl+E",
    MAKE_GOOD: "Ctrl+P",
    WORN: "Ctrl+W",
    SUSPECT: "Ctrl+N",
}
BAGS: Final = (SEAL, COLLECT, RECEIVE)
COUNTS: Final = (SURPRISE, MAKE_GOOD)
NOTES: Final = (WORN, SUSPECT)
_OWN_TILL: Final = (MAKE_GOOD, WORN)


def obstacle(act: str, now: CashNow, by: Officer) -> Refused | None:
    """What stands in the way of an act, in the words the use case itself would refuse with."""
    if now.day.state != "open":
        return Refused("C-001")
    if not now.holds_safe and (act in BAGS or act == WORN):
        return Refused("C-023")
    if act == SURPRISE:
        if now.till.state == "counting":
            return Refused("C-013")
        if now.till.state != "open":
            return Refused("C-010")
        return Refused("C-068") if now.till.holder == by.officer else None
    if act in _OWN_TILL:
        if now.till.state not in ("open", "counting"):
            return Refused("C-010")
        if now.till.holder != by.officer:
            return Refused("C-011", holder=now.names.get(now.till.holder, now.till.holder))
        if now.till.state == "counting":
            return Refused("C-013")
    return None


def is_useless(act: str, now: CashNow) -> bool:
    """Whether there is nothing the act could be done with, so that its button need not stand there."""
    match act:
        case "collect":
            return not waiting(now)
        case "make_good":
            return not now.shortages
        case _:
            return False


def waiting(now: CashNow) -> list[Bag]:
    """Sealed bags that wait for the collector, oldest first."""
    return [bag for bag in now.bags if bag.state == "sealed"][::-1]


def read_total(typed: str) -> Money:
    """The sum on a label; nothing typed is nothing (a bag of suspect notes holds no money).

    Raises:
        Refused: G-012 what is no amount.
    """
    return parse_amount(typed, "AZN") if typed.strip() else Money(0)


def read_denomination(chosen: str) -> Money:
    """A banknote's value as it was chosen.

    Raises:
        Refused: C-053 nothing was chosen.
    """
    if not is_digits(chosen):
        raise Refused("C-053", field="denomination")
    return Money(int(chosen))


def record(
    desk: DeskServices, by: Officer, act: str, values: Mapping[str, str], pieces: Mapping[int, int]
) -> object:
    """Do an act with what was typed (`values` by field name) and counted; for a surprise count what it came
    to.

    Raises:
        Refused: as the use case behind the act says.
    """
    match act:
        case "seal":
            total = read_total(values["total"])
            return desk.bags.seal(by, Seal(values["number"], values["sort"], total, pieces))
        case "collect":
            collector = Person(name=values["name"].strip(), document=values["document"].strip())
            return desk.bags.hand_over(by, values["bag"], collector)
        case "receive":
            return desk.bags.receive(by, values["number"], pieces)
        case "surprise":
            return desk.counts.surprise(by, pieces)
        case "worn":
            return desk.tills.move(by, "to_safe", "worn", pieces)
        case "suspect":
            person = Person(
                name=values["name"].strip(),
                document=values["document"].strip(),
                phone=values["phone"].strip(),
            )
            signs = (values["sign"],) if values["sign"] else ()
            note = read_denomination(values["denomination"])
            return desk.notes.suspect(by, Suspect(note, values["series"], person, signs))
        case _:
            raise ValueError(act)


def make_good(
    desk: DeskServices,
    by: Officer,
    values: Mapping[str, str],
    pieces: Mapping[int, int],
    operation: str,
    approval: Approval,
) -> object:
    """Own money for a shortage, with the second person's consent.

    Raises:
        Refused: as `Counts.make_good` says.
    """
    command = MakeGood(values["close"], pieces, values["cause"], values["words"])
    return desk.counts.make_good(by, command, operation, approval)
