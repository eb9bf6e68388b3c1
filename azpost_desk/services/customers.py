"""Customers: whom this desk has served, and what must be true of a person before money changes hands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Billers
from azpost_desk.domain.days import parse_date
from azpost_desk.domain.digits import has_digit
from azpost_desk.domain.identifiers import DOCUMENT_KINDS, check_fin, check_phone, require, require_document
from azpost_desk.domain.money import azn
from azpost_desk.domain.names import plain, written
from azpost_desk.domain.people import Note
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.typed import is_said
from azpost_desk.services.counter import Counter, Officer, attach

if TYPE_CHECKING:
    from azpost_desk.domain.catalogue import Names
    from azpost_desk.domain.money import Money
    from azpost_desk.domain.people import Person
    from azpost_desk.services.views import Customer, KnownReceiver
    from azpost_desk.services.views_customers import NoteSeen, PastLine


@dataclass(frozen=True, slots=True)
class Opened:
    """A customer's file as opened: the look at it is recorded."""

    customer: Customer
    receivers: tuple[KnownReceiver, ...]


@dataclass(frozen=True, slots=True)
class Again:
    """The same once more: ``transfer``, ``item`` or ``bill`` (`bill` is ``biller:account``), prefilled.

    What it costs is the person's to confirm: `amount` is proposed, not agreed, and an item is weighed anew.
    """

    kind: str
    customer: str
    other: Person | None = None
    amount: Money | None = None
    bill: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """Something a customer did here: `kind` is the tag of its line, `again` how it is begun once more.

    `about` is a person or, of a bill, its account; then `biller` are the names of the biller by language.
    """

    kind: str
    receipt: str
    at_ms: int
    about: str
    biller: Names
    amount: Money
    is_undone: bool
    again: Again | None


@dataclass(frozen=True, slots=True)
class File:
    """A person's file: who, receivers, what they did lately, remarks."""

    customer: Customer
    receivers: tuple[KnownReceiver, ...]
    done: tuple[Past, ...]
    notes: tuple[NoteSeen, ...]


@dataclass(frozen=True, slots=True)
class Customers:
    """Known customers of this desk."""

    counter: Counter

    def find(self, text: str, limit: int = 9) -> list[Customer]:
        """By FİN, document, phone or the beginning of any word of the name; newest first. Not recorded."""
        with self.counter.books.reading() as books:
            return books.customers(sought(text), limit)

    def known(self, customer: str) -> Customer | None:
        """By the id of the file; None when there is none any more. Not recorded: it opens nothing."""
        with self.counter.books.reading() as books:
            return books.customer(customer)

    def view(self, customer: Customer, by: Officer, purpose: str) -> Opened:
        """Open a customer's file. Every call records a look: call it once, when the file opens."""
        operation = self.counter.new_id()
        who = attach(operation, "customer", customer.customer)
        with self.counter.books.writing() as books:
            books.append(
                ops.CustomerViewed(customer=who.commitment(), purpose=purpose),
                actor=by.officer,
                operation=operation,
                attachments=(who,),
            )
            return Opened(customer, tuple(books.known_receivers(customer.customer)))

    def file(self, customer: str, by: Officer) -> File | None:
        """Open a person's whole file, which records a look; None when there is none any more."""
        known = self.known(customer)
        if known is None:
            return None
        opened = self.view(known, by, "file")
        with self.counter.books.reading() as books:
            date = books.day().date
            billers = books.document(Billers, date) if date else Billers()
            done = [_past(one, billers, known.customer) for one in books.lines_of(known)]
            return File(known, opened.receivers, tuple(done), tuple(books.notes(customer)))

    def notes(self, customer: str) -> list[NoteSeen]:
        """The remarks in a file that is open already: no look of its own."""
        with self.counter.books.reading() as books:
            return books.notes(customer)

    def note(self, customer: str, remark: str, by: Officer) -> None:
        """Write a remark into a file; it is the customer's data and is erased by its own term.

        Raises:
            Refused: S-093 nothing was written, G-014 too much, G-016 what cannot be written.
        """
        if not is_said(remark):
            raise Refused("S-093", field="remark")
        operation = self.counter.new_id()
        note = attach(operation, "note", Note(customer=customer, remark=remark.strip()))
        with self.counter.books.writing() as books:
            books.append(
                ops.CustomerNoted(note=note.commitment()),
                actor=by.officer,
                operation=operation,
                attachments=(note,),
            )


def _past(one: PastLine, billers: Billers, customer: str) -> Past:
    line, other = one.line, one.other
    # Without the fee: that is what is sent or paid again.
    amount = azn(0) if isinstance(line, ops.GoodsSold | ops.LineReversed) else azn(line.amount_qapik)
    about, biller, again = other.name if other else "", {}, None
    if isinstance(line, ops.TransferSent):
        again = Again("transfer", customer, other, amount) if other else None
    elif isinstance(line, ops.ItemAccepted):
        # What went abroad has an address that no office of ours delivers to.
        again = Again("item", customer, other) if other and not line.country else None
    elif isinstance(line, ops.PaymentAccepted):
        known = billers.find(line.biller)
        biller = known.names if known else {"az": line.biller}
        about = one.account.account if one.account else ""
        again = Again("bill", customer, bill=f"{line.biller}:{about}") if known and about else None
    kind = str(type(line).__struct_config__.tag)
    return Past(kind, one.receipt, one.at_ms, about, biller, amount, one.is_undone, again)


def sought(text: str) -> str:
    """A search text as it is stored: a FİN in capitals, a phone as E.164, else as typed."""
    fin, phone = check_fin(text), check_phone(text)
    if phone.value and has_digit(text):
        return phone.value
    return fin.value if fin.value and has_digit(text) else text.strip()


def identified(person: Person, who: str, today: str) -> Person:
    """Somebody who hands in or takes money: name, document, with an identity card FİN; canonical numbers.

    `who` names the form's part (``sender``, ``receiver``) for the fields of refusals.

    Raises:
        Refused: I-009 or I-014 name, T-006 kind of document, I-006 its number, I-001 FİN, T-005 the document
            is out of date, I-010 its date is none, I-004 phone.
    """
    person = named(person, who)
    kind = person.document_kind or "identity_card"
    if kind not in DOCUMENT_KINDS:
        raise Refused("T-006", field=f"{who}.document_kind")
    document = require_document(person.document, kind, f"{who}.document")
    fin = person.fin
    if fin or kind == "identity_card":
        fin = require("fin", fin, f"{who}.fin")
    if person.document_valid_to:
        valid_to = _iso(person.document_valid_to, f"{who}.document_valid_to")
        if valid_to < today:
            raise Refused("T-005", field=f"{who}.document_valid_to", date=parse_date(valid_to))
        person = replace(person, document_valid_to=valid_to)
    return replace(person, fin=fin, document=document, document_kind=kind)


def named(person: Person, who: str) -> Person:
    """Somebody of whom a surname and a given name are known; a phone, when there is one, as E.164.

    Raises:
        Refused: I-009 or I-014 name, I-004 phone.
    """
    try:
        name = written(person.name)
    except Refused as refused:
        raise Refused(refused.code, f"{who}.name", **refused.facts) from None
    phone = require("phone", person.phone, f"{who}.phone") if person.phone.strip() else ""
    seen = {field: plain(getattr(person, field)) for field in ("address", "settlement")}
    return replace(person, name=name, phone=phone, **seen)


def _iso(typed: str, field: str) -> str:
    """A document's date as ISO text."""
    try:
        return parse_date(typed).isoformat()
    except Refused as refused:
        raise Refused(refused.code, field, **refused.facts) from None
