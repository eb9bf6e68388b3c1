"""What the payment form decides: which biller is picked, what a bill is, which payments somebody must see."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.catalogue import name_in
from azpost_desk.domain.notices import plain_number
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.payments import PayBill

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.domain.catalogue import Biller
    from azpost_desk.domain.money import Money
    from azpost_desk.domain.notices import Notice
    from azpost_desk.services.desk import DeskServices
    from azpost_desk.services.payments import Checked
    from azpost_desk.services.views import Payment

_NOTICE_STATES: Final = ("open", "paid", "withdrawn", "being_paid")
# A digit alone, or behind letters of a name, picks what is offered under it.
_PICK: Final = re.compile(r"[^0-9]*([1-9])")


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill at hand: `source` is scan or keys; `told` is the sum that its code asks for."""

    biller: str
    account: str
    source: str = "keys"
    told: Money | None = field(default=None, compare=False)


def pick(typed: str, offered: int) -> int | None:
    """The position (from 0) that a digit picks among `offered` things, None when `typed` picks nothing."""
    found = _PICK.fullmatch(typed.strip())
    at = int(found[1]) - 1 if found else offered
    return at if at < offered else None


def name_of(biller: Biller, language: str) -> str:
    """What a biller is called in a language."""
    return name_in(biller.names, language)


def is_account(biller: Biller, typed: str) -> bool:
    """Whether a whole account of this biller is written."""
    return biller.is_account("".join(typed.split()))


def bill_in(key: str, told: Money | None = None) -> Bill | None:
    """The bill an answer of the one box stands for: ``biller:account``, and what its code asks for."""
    biller, colon, account = key.partition(":")
    return Bill(biller, account, "scan", told) if colon and biller and account else None


def portals_for(portals: Sequence[Biller], typed: str) -> list[Biller]:
    """The portals that have notices of the form that is typed."""
    value = plain_number(typed)
    return [one for one in portals if one.notices is not None and one.notices.way_of(value) is not None]


def way_of(portal: Biller | None, typed: str) -> str:
    """What is typed, by its form: a way of domain.notices, "" when it is none of this portal."""
    rules = portal.notices if portal is not None else None
    way = rules.way_of(plain_number(typed)) if rules is not None else None
    return way.by if way is not None else ""


def notice_state(notice: Notice) -> str:
    """The state's word; a word that a portal made up is none of ours."""
    return notice.state if notice.state in _NOTICE_STATES else "other"


def notice_in(key: str) -> tuple[str, str]:
    """Portal and number that an answer of the one box stands for: ``portal:number``."""
    portal, _, number = key.partition(":")
    return portal, number


def amount_told(checked: Checked, coded: Money | None = None) -> Money | None:
    """The amount that is proposed: the debt when there is one; where the biller tells none, the code's."""
    if checked.debt is None:
        return coded
    return checked.debt if checked.debt.minor > 0 else None


def pay_command(
    bill: Bill, amount: Money | None, checked: Checked | None = None, contact: str = ""
) -> PayBill:
    """What the form holds, with what the biller told.

    Raises:
        Refused: T-001 no amount.
    """
    if amount is None:
        raise Refused("T-001", field="amount")
    holder, debt = (checked.holder, checked.debt) if checked else ("", None)
    return PayBill(bill.biller, bill.account, amount, holder, bill.source, contact, debt)


def first_to_see(shown: Sequence[Payment], wanted: str = "") -> int | None:
    """The line to stand on first: the payment asked for, else one to be given back, else the newest."""
    asked_for = [at for at, one in enumerate(shown) if one.payment == wanted]
    refused = [at for at, one in enumerate(shown) if one.state == "refused"]
    return next(iter([*asked_for, *refused]), 0) if shown else None


def to_be_seen(services: DeskServices) -> list[Payment]:
    """Today's payments, newest first, above them what is left of older days to be seen to."""
    today = services.payments.taken((), services.days.current().number)
    known = {one.payment for one in today}
    return [one for one in services.payments.tasks() if one.payment not in known] + today
