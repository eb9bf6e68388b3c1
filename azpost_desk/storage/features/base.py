"""How a desk's tables follow one line of a sale: what selling and undoing it changes, whom it names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from azpost_desk.domain.lines import Line, LineReversed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection

    from azpost_desk.domain.people import Person
    from azpost_desk.storage.projecting import StoredRecord

L = TypeVar("L", bound=Line)


@dataclass(frozen=True)
class Named:
    """Personal data a line came with, as far as it is still there, and whom it may be kept of.

    Attributes:
        attached: content by slot.
        at_ms: when the record was written, UTC ms.
        is_wanted: whether this person's file is to be kept; all of them but while files are folded anew.
    """

    attached: Mapping[str, bytes]
    at_ms: int
    is_wanted: Callable[[Person], bool]


def nobody(_connection: Connection, _line: Line, _named: Named) -> None:
    """The line names nobody who would be known again."""


def never(_connection: Connection, _written: StoredRecord, _line: Line, _undone: LineReversed) -> None:
    """Undoing the line changes no table of its own: its own row says that it was undone."""


@dataclass(frozen=True, kw_only=True)
class LineCarrier(Generic[L]):
    """The tables behind one line. Write ``LineCarrier[ItemAccepted](…)``: else nothing here is checked.

    Attributes:
        sold: what selling it changes; the last argument is the receipt.
        undone: what its reversal (the last argument) changes.
        remember: whom it makes known as customer and receiver.
        number: what else than people it is found by, as it is typed; "" for nothing.
    """

    line: type[L]
    sold: Callable[[Connection, StoredRecord, L, str], None]
    undone: Callable[[Connection, StoredRecord, L, LineReversed], None] = never
    remember: Callable[[Connection, L, Named], None] = nobody
    number: Callable[[L], str] = lambda _line: ""
