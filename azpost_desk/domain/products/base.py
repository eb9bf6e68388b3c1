"""What a product says of its lines: a value that ledger, checks, baskets and papers derive theirs from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from azpost_desk.domain.ledger import Posting
from azpost_desk.domain.lines import Line
from azpost_desk.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Callable

    import msgspec

L = TypeVar("L", bound=Line)

When = Literal["always", "until_offered", "never"]


@dataclass(frozen=True, kw_only=True)
class Reversal:
    """Until when a line may be undone at the counter, and the code with which it is refused after that.

    ``until_offered``: as long as the centre has not been offered the record (PROTOCOL.md 5).
    """

    when: When
    code: str = ""


ALWAYS = Reversal(when="always")


Once = tuple[str, str]
"""What exists once: (sort, id), such as ``("grant", …)`` or ``("payment", …)``."""


def nothing(_line: Line) -> Once | None:
    """The line uses up nothing that exists once."""
    return None


def as_planned(line: Any) -> Any:
    """The line says the same with and without the centre."""
    return line


def without_end(_line: Line) -> int:
    """The price of the line stands as long as its basket."""
    return 0


def no_more(_line: Line) -> tuple[str, ...]:
    """Every line needs the same papers."""
    return ()


def for_good(_line: Line) -> str:
    """The line gives nothing back that another took."""
    return ""


def with_anything(_line: Line) -> tuple[str, ...]:
    """The line may be paid with any tender."""
    return ()


# Not with slots: with Generic they raise on Python 3.11.
@dataclass(frozen=True, kw_only=True)
class LineRule(Generic[L]):
    """The rules of one line. Write ``LineRule[ItemAccepted](…)``: without the type nothing here is checked.

    Attributes:
        line: the struct.
        due_qapik: what the customer owes for it (positive) or is owed (negative).
        postings: what it posts, gross against clearing; frozen once it was released (I-05).
        is_sound: whether its signs and sums can be true by themselves.
        exposed_qapik: what the post stands for until the centre knows of it (PROTOCOL.md 7, allowances).
        groups: attachments by group, with what they hold; the field of the same name commits to them.
        papers: sorts of paper it needs beside the receipt.
        papers_too: what else only some of its lines need.
        reversal: until when it may be undone.
        once: what it uses up that exists once (a grant, a refused bill), or None.
        off_line: the line as it is paid when the centre is not reached: what then waits, it must say.
        stands_ms: until when (UTC ms) its price stands: the tender is asked before; 0 = no end.
        tenders: what it may be paid with; none named = with anything.
        gives_back: the operation of the line whose money it gives back to the customer, "" for none.
    """

    line: type[L]
    due_qapik: Callable[[L], int]
    postings: Callable[[L], list[Posting]]
    is_sound: Callable[[L], bool]
    exposed_qapik: Callable[[L], int]
    groups: dict[str, type[msgspec.Struct]] = field(default_factory=dict)
    papers: tuple[str, ...] = ()
    papers_too: Callable[[L], tuple[str, ...]] = no_more
    reversal: Reversal = ALWAYS
    once: Callable[[L], Once | None] = nothing
    off_line: Callable[[L], L] = as_planned
    stands_ms: Callable[[L], int] = without_end
    tenders: Callable[[L], tuple[str, ...]] = with_anything
    gives_back: Callable[[L], str] = for_good


@dataclass(frozen=True, kw_only=True)
class Product:
    """A product: its service and its lines.

    Attributes:
        service: the service of the catalogue.
        licensed: whether a branch needs a licence of that service to sell it.
        is_paid_outside: what is taken in is somebody else's and the centre pays it out: no allowance named
            means none given.
        rules: of each of its lines.
    """

    service: str
    licensed: bool
    is_paid_outside: bool
    rules: tuple[LineRule[Any], ...]


def pair(operation: str, debit: tuple[str, str], credit: tuple[str, str], qapik: int) -> list[Posting]:
    """A sum from one (account, sub) to another."""
    return [Posting(operation, *debit, Money(qapik)), Posting(operation, *credit, Money(-qapik))]
