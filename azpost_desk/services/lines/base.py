"""What people read of one line of a sale: on the receipt, on its own paper, in the history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from azpost_desk.domain import papers
from azpost_desk.domain.lines import Line
from azpost_desk.domain.people import Account, Addresses, Parties, Person
from azpost_desk.domain.products import GROUPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.services.ports import Reading

L = TypeVar("L", bound=Line)
S = TypeVar("S", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands and in which language it is told.

    Attributes:
        record: operation of the settlement that holds the line.
        date: the business day whose documents give names, ISO.
    """

    books: Reading
    record: str
    language: str
    date: str

    def attached(self, line: Line, group: str, kind: type[S]) -> S | None:
        """What a line was given of a group; None when it was erased by rule."""
        content = self.books.attachment(self.record, f"{line.operation}:{group}")
        value = None if content is None else msgspec.json.decode(content, type=GROUPS[group])
        return value if isinstance(value, kind) else None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A line's own paper before it is drawn: what every paper has in common.

    Attributes:
        mark: of the record, as it is printed.
    """

    head: papers.PaperHead
    receipt: str
    mark: str
    copy: papers.CopyState


def no_paper(_place: Place, _line: Line, _sheet: Sheet) -> papers.Paper | None:
    """The receipt is all the paper the line has."""
    return None


def no_notice(_line: Line) -> papers.Words:
    """The line asks for no advice at the foot of the receipt."""
    return ""


@dataclass(frozen=True, kw_only=True)
class LineWords(Generic[L]):
    """How one line is told. Write ``LineWords[ItemAccepted](…)``: else nothing here is checked.

    Attributes:
        receipt: its lines on the receipt.
        about: whom or what it is about, for the history; "" when that was erased by rule.
        paper: its own paper; None when what it needs was erased by rule.
        notice: the advice at the foot of a receipt that holds it.
    """

    line: type[L]
    receipt: Callable[[Place, L], papers.ReceiptLine]
    about: Callable[[Place, L], str]
    paper: Callable[[Place, L, Sheet], papers.Paper | None] = no_paper
    notice: Callable[[L], papers.Words] = no_notice


def paper_person(person: Person) -> papers.PaperPerson:
    """Somebody as a paper names them, with the kind of document."""
    document: papers.Words = person.document
    if person.document and person.document_kind:
        document = papers.Say(f"papers.document.{person.document_kind}", (("number", person.document),))
    return papers.PaperPerson(person.name, document, person.fin, person.phone, person.address)


def named(place: Place, line: Line, group: str) -> str:
    """Whom an attachment names in one word or number: the other side, else the subscriber."""
    match place.attached(line, group, GROUPS[group]):
        case Parties(receiver=who) | Addresses(addressee=who) | (Person() as who):
            return who.name
        case Account(account=account):
            return account
        case _:
            return ""
