"""The lessons of a new clerk: what each asks for, and what the records of it must say.

In: what one desk recorded since a lesson began, the newest first. Out: what is not as it was asked, nothing
when all of it is. A wrong sale that was undone does not count, the right one after it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import msgspec

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.lines import LineReversed
from azpost_desk.domain.lines.base import Line
from azpost_desk.domain.lines.bills import PaymentAccepted
from azpost_desk.domain.lines.express import ItemAccepted
from azpost_desk.domain.lines.goods import GoodsSold
from azpost_desk.domain.lines.transfers import TransferSent
from azpost_desk.domain.money import azn
from azpost_desk.domain.names import fold
from azpost_desk.domain.people import Account, Addresses, Parties
from azpost_desk.services.lessons import Miss

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

L = TypeVar("L")
S = TypeVar("S", bound=Line)

SENDER: Final[Mapping[str, object]] = {
    "sender": "Məmmədov Rəşad",
    "fin": "5KL2M7A",
    "document": "AA1234567",
    "until": "14.05.2031",
    "phone": "050 212 33 44",
}


class Seen(NamedTuple):
    """What was recorded, the newest first, and what lies beside the records by slot."""

    bodies: Sequence[ops.Body]
    beside: Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One task.

    Attributes:
        name, facts: of its sentence (`services.lessons.Task`).
        misses: what is not as it was asked.
        line_is_down: the line to the centre is cut while it lasts.
        tells_balance: its sentence says what lies in the drawer (`amount`).
    """

    name: str
    facts: Mapping[str, object]
    misses: Callable[[Seen], list[Miss]]
    line_is_down: bool = False
    tells_balance: bool = False


def course() -> tuple[Lesson, ...]:
    """A clerk's first day, in its order."""
    return (_goods(), _undo(), _bill(), _transfer(), _item(), _arrival(), _card(), _off_line(), _till())


def _goods() -> Lesson:
    wanted = {"E-C6": 3, "S060": 2}

    def misses(seen: Seen) -> list[Miss]:
        sale = _sale(seen)
        if sale is None:
            return [Miss("nothing")]
        return [*_quantities(sale, wanted), *_given(sale, 500)]

    return Lesson("goods", {"given": azn(500)}, misses)


def _undo() -> Lesson:
    def misses(seen: Seen) -> list[Miss]:
        undone = [line.original for line in _lines(seen, LineReversed)]
        if not undone:
            return [Miss("nothing")]
        right = any(isinstance(one, GoodsSold) and (one.sku, one.quantity) == ("E-C6", 3) for one in undone)
        return [] if right else [Miss("other_line")]

    return Lesson("undo", {}, misses)


def _bill() -> Lesson:
    number, qapik = "1012345678", 3_845

    def misses(seen: Seen) -> list[Miss]:
        line = _newest(seen, PaymentAccepted)
        if line is None:
            return [Miss("nothing")]
        account = _beside(seen, line.operation, "account", Account)
        wrong = [] if account and account.account == number else [Miss("account", {"wanted": number})]
        wrong += [] if line.biller == "1001" else [Miss("biller")]
        return [*wrong, *_amount(line.amount_qapik, qapik)]

    return Lesson("bill", {"account": number, "amount": azn(qapik)}, misses)


def _transfer() -> Lesson:
    receiver, qapik = "Həsənova Günel", 20_000

    def misses(seen: Seen) -> list[Miss]:
        line = _newest(seen, TransferSent)
        if line is None:
            return [Miss("nothing")]
        parties = _beside(seen, line.operation, "parties", Parties)
        names = (parties.sender.name, parties.receiver.name) if parties else ("", "")
        wanted = (str(SENDER["sender"]), receiver)
        said = ("sender", "receiver")
        wrong = [_differs(who, name, want) for who, name, want in zip(said, names, wanted, strict=True)]
        return [*(one for one in wrong if one), *_amount(line.amount_qapik, qapik)]

    facts = {**SENDER, "receiver": receiver, "receiver_phone": "055 212 33 44", "amount": azn(qapik)}
    return Lesson("transfer", facts, misses)


def _item() -> Lesson:
    addressee, grams, postcode = "Əliyev Kamran", 750, "AZ1010"

    def misses(seen: Seen) -> list[Miss]:
        line = _newest(seen, ItemAccepted)
        if line is None:
            return [Miss("nothing")]
        addresses = _beside(seen, line.operation, "addresses", Addresses)
        wrong = [_differs("addressee", addresses.addressee.name if addresses else "", addressee)]
        if line.weight_grams != grams:
            wrong.append(Miss("weight", {"is": line.weight_grams, "wanted": grams}))
        if line.postcode != postcode:
            wrong.append(Miss("postcode", {"is": line.postcode, "wanted": postcode}))
        return [one for one in wrong if one]

    facts = {
        **SENDER,
        "addressee": addressee,
        "street": "Nizami küçəsi 10",
        "postcode": postcode,
        "addressee_phone": "051 234 56 78",
        "grams": grams,
    }
    return Lesson("item", facts, misses)


def _arrival() -> Lesson:
    number = item_number("RR", 4_711)

    def misses(seen: Seen) -> list[Miss]:
        scans = [one for one in seen.bodies if isinstance(one, ops.ItemScanned)]
        if not scans:
            return [Miss("nothing")]
        if any((one.number, one.event) == (number, "EMG") for one in scans):
            return []
        return [Miss("event") if scans[0].number == number else Miss("number", {"wanted": number})]

    return Lesson("arrival", {"number": number}, misses)


def _card() -> Lesson:
    def misses(seen: Seen) -> list[Miss]:
        sale = _sale(seen)
        if sale is None:
            return [Miss("nothing")]
        by_card = [one.tender for one in sale.tenders] == ["card"]
        return [*_quantities(sale, {"P-S": 1}), *([] if by_card else [Miss("tender")])]

    return Lesson("card", {}, misses)


def _off_line() -> Lesson:
    def misses(seen: Seen) -> list[Miss]:
        sale = _sale(seen)
        return _quantities(sale, {"S030": 4}) if sale else [Miss("nothing")]

    return Lesson("off_line", {}, misses, line_is_down=True)


def _till() -> Lesson:
    def misses(seen: Seen) -> list[Miss]:
        closed = next((one for one in seen.bodies if isinstance(one, ops.TillClosed)), None)
        if closed is None:
            return [Miss("nothing")]
        off = closed.difference_qapik
        return [Miss("difference", {"amount": azn(abs(off))})] if off else []

    return Lesson("till", {}, misses, tells_balance=True)


# --- what records say -----------------------------------------------------------------------------------


def _lines(seen: Seen, kind: type[L]) -> list[L]:
    sales = (body for body in seen.bodies if isinstance(body, ops.Settlement))
    return [line for sale in sales for line in sale.lines if isinstance(line, kind)]


def _newest(seen: Seen, kind: type[S]) -> S | None:
    """The newest line of this kind that was not undone."""
    undone = {line.original.operation for line in _lines(seen, LineReversed)}
    return next((line for line in _lines(seen, kind) if line.operation not in undone), None)


def _sale(seen: Seen) -> ops.Settlement | None:
    """The newest sale of goods that was not undone."""
    line = _newest(seen, GoodsSold)
    sales = (body for body in seen.bodies if isinstance(body, ops.Settlement))
    return next((sale for sale in sales if line in sale.lines), None) if line else None


def _quantities(sale: ops.Settlement, wanted: Mapping[str, int]) -> list[Miss]:
    sold: dict[str, int] = {}
    for line in sale.lines:
        if isinstance(line, GoodsSold):
            sold[line.sku] = sold.get(line.sku, 0) + line.quantity
    return [] if sold == wanted else [Miss("goods")]


def _given(sale: ops.Settlement, qapik: int) -> list[Miss]:
    is_so = sale.cash_given_qapik == qapik
    facts = {"is": azn(sale.cash_given_qapik), "wanted": azn(qapik)}
    return [] if is_so else [Miss("given", facts)]


def _amount(qapik: int, wanted: int) -> list[Miss]:
    return [] if qapik == wanted else [Miss("amount", {"is": azn(qapik), "wanted": azn(wanted)})]


def _differs(who: str, name: str, wanted: str) -> Miss | None:
    """Names are held against each other as pay-outs do it; more than was asked (a patronymic) is no fault."""
    said = fold(name).split()
    return None if set(fold(wanted).split()) <= set(said) else Miss(who, {"is": name, "wanted": wanted})


def _beside(seen: Seen, operation: str, group: str, kind: type[L]) -> L | None:
    content = seen.beside(f"{operation}:{group}")
    return msgspec.json.decode(content, type=kind) if content else None
