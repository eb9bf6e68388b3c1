"""Every product once: what is due for a line, what it posts, what it stands for, derived from `PRODUCTS`.

Whoever asks about money, licences, allowances, paper or attachments of a line asks here; a new product is one
module beside these and one word in `PRODUCTS`. The second report routine and the stand-alone verifier have
their own words on purpose (PROTOCOL.md 9).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from azpost_desk.domain import people
from azpost_desk.domain.ledger import negated
from azpost_desk.domain.lines import LineReversed
from azpost_desk.domain.products.abroad import ABROAD
from azpost_desk.domain.products.base import for_good
from azpost_desk.domain.products.bills import BILLS
from azpost_desk.domain.products.charges import CHARGES
from azpost_desk.domain.products.express import EXPRESS
from azpost_desk.domain.products.goods import GOODS
from azpost_desk.domain.products.transfers import TRANSFERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    import msgspec

    from azpost_desk.domain.ledger import Posting
    from azpost_desk.domain.lines import AnyLine, Sold
    from azpost_desk.domain.products.base import LineRule, Once, Product

PRODUCTS: Final[tuple[Product, ...]] = (TRANSFERS, BILLS, EXPRESS, GOODS, ABROAD, CHARGES)

_BY_LINE: Final = {rule.line: (product, rule) for product in PRODUCTS for rule in product.rules}
GIVING_BACK: Final = tuple(
    rule.line.__struct_config__.tag for _, rule in _BY_LINE.values() if rule.gives_back is not for_good
)
"""The tags of the lines that give back what another took."""
SERVICES: Final = tuple(product.service for product in PRODUCTS)
LICENSED: Final = frozenset(product.service for product in PRODUCTS if product.licensed)
PAID_OUTSIDE: Final = tuple(product.service for product in PRODUCTS if product.is_paid_outside)
"""Services whose money the centre pays on to somebody else: no allowance named, none given."""
GROUPS: Final[dict[str, type[msgspec.Struct]]] = people.GROUPS | {
    group: holds for product in PRODUCTS for rule in product.rules for group, holds in rule.groups.items()
}
"""What an attachment holds, by its group; also of the bodies that are no sale."""


def rule_of(line: Sold) -> LineRule[Any]:
    """The rules of a line. Not of a reversal: whoever has one says first what it means for its original."""
    return _BY_LINE[type(line)][1]


def sold(line: AnyLine) -> Sold:
    """The line itself, or the original of a reversal."""
    return line.original if isinstance(line, LineReversed) else line


def due_qapik(line: AnyLine) -> int:
    """What the customer owes for a line (positive) or is owed (negative), qəpik."""
    if isinstance(line, LineReversed):
        return -due_qapik(line.original)
    return rule_of(line).due_qapik(line)


def postings_of(line: AnyLine) -> list[Posting]:
    """What a line posts against clearing; a reversal the exact opposite of its original."""
    if isinstance(line, LineReversed):
        return negated(postings_of(line.original), line.operation)
    return rule_of(line).postings(line)


def is_sound(line: AnyLine) -> bool:
    """Whether a line can be true by itself; a reversal is as sound as its original."""
    return bool(rule_of(sold(line)).is_sound(sold(line)))


def service_of(line: AnyLine) -> str:
    """The service of the catalogue a line belongs to; a reversal belongs to its original's."""
    return _BY_LINE[type(sold(line))][0].service


def exposed_qapik(line: AnyLine) -> int:
    """What the post stands for until the centre knows of the line; 0 for a reversal (PROTOCOL.md 7)."""
    return 0 if isinstance(line, LineReversed) else rule_of(line).exposed_qapik(line)


def exposed_of(lines: Iterable[AnyLine], service: str) -> int:
    """The same of the lines of one service."""
    return sum(exposed_qapik(line) for line in lines if service_of(line) == service)


def papers_of(line: AnyLine) -> tuple[str, ...]:
    """Paper a line needs beside the receipt: what the customer signs, or what goes on the item."""
    if isinstance(line, LineReversed):
        return ()
    rule = rule_of(line)
    return (*rule.papers, *rule.papers_too(line))


def once_of(line: AnyLine) -> Once | None:
    """What a line uses up that exists once; None for most."""
    return None if isinstance(line, LineReversed) else rule_of(line).once(line)


def off_line(line: AnyLine) -> AnyLine:
    """A line as it is paid when the centre is not reached."""
    if isinstance(line, LineReversed):
        return line
    told: Sold = rule_of(line).off_line(line)
    return told


def stands_ms(line: AnyLine) -> int:
    """Until when (UTC ms) the tender for a line may be asked; 0 = there is no end to it."""
    return 0 if isinstance(line, LineReversed) else rule_of(line).stands_ms(line)


def is_paid_by(line: AnyLine, tender: str) -> bool:
    """Whether a line may be paid with this tender."""
    allowed = () if isinstance(line, LineReversed) else rule_of(line).tenders(line)
    return not allowed or tender in allowed


def gives_back(line: AnyLine) -> str:
    """The operation of the line whose money a line gives back to the customer, "" for none.

    Not that of a reversal: that undoes its original to zero, and says itself which.
    """
    return "" if isinstance(line, LineReversed) else rule_of(line).gives_back(line)


def groups_of(line: AnyLine) -> tuple[str, ...]:
    """The attachments a line commits to, each in the field of the same name."""
    return () if isinstance(line, LineReversed) else tuple(rule_of(line).groups)
