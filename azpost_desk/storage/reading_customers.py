"""A customer's file: the settlements they are named in, and the remarks of officers. In: an id; out: rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import select

from azpost_desk.domain import operations as ops
from azpost_desk.domain.names import fold
from azpost_desk.domain.people import Account, Addresses, Note, Parties, Person
from azpost_desk.domain.products import GROUPS, groups_of
from azpost_desk.services.views_customers import NoteSeen, PastLine
from azpost_desk.storage import people
from azpost_desk.storage import tables as t
from azpost_desk.storage.projected_words import number_word
from azpost_desk.storage.reading_projections import ProjectionReading, of_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from azpost_desk.services import views

# A common surname leads to many records; nobody looks further back than this at a counter.
_RECORDS_MAX: Final = 200


class CustomerReading(ProjectionReading):
    """The part of services.ports.Reading about one customer."""

    def notes(self, customer: str) -> list[NoteSeen]:
        j, a = t.journal.c, t.attachments.c
        wanted = (
            select(j.header, j.recorded_ms, a.content)
            .join(t.attachments, a.record == j.id)
            .where(of_kind("customer.noted"), a.content.is_not(None))
            .order_by(j.id.desc())
        )
        names = {one.officer: one.name for one in self.officers()}
        found = []
        for row in self._all(wanted):
            note = people.read(row.content, Note)
            if note is not None and note.customer == customer:
                actor = msgspec.json.decode(row.header)[8]
                found.append(NoteSeen(row.recorded_ms, names.get(actor, actor), note.remark))
        return found

    def lines_of(self, customer: views.Customer, limit: int = 12) -> list[PastLine]:
        """Newest first: what they sent, took, handed in, and the bills paid with it or under their phone."""
        number = customer.fin or customer.document or customer.phone
        word = number_word(number) if number else (fold(customer.name).split() or [""])[0]
        words = {word, number_word(customer.phone)} - {""}
        j, w = t.journal.c, t.words.c
        wanted = (
            select(j.id, j.operation, j.recorded_ms, j.body)
            .join(t.words, w.record == j.id)
            .where(w.word.in_(words), j.kind == "settlement")
            .distinct()
            .order_by(j.id.desc())
            .limit(_RECORDS_MAX)
        )
        found: list[PastLine] = []
        for row in self._all(wanted):
            body: ops.Settlement = ops.decode("settlement", 1, row.body)
            attached = self._attached(row.id)
            lines = list(_lines(body, row.operation, row.recorded_ms, attached))
            named = {one.whose for one in lines} - {""}
            # A basket is one customer's: the bills in it are of whoever else is named in it.
            if customer.customer in named:
                found += [one for one in lines if one.whose in ("", customer.customer)]
            elif not named:
                found += [one for one in lines if _is_contact(customer, one)]
            if len(found) >= limit:
                break
        gone = self.undone([one.line.operation for one in found])
        return [replace(one, is_undone=one.line.operation in gone) for one in found[:limit]]

    def _attached(self, record: int) -> dict[str, bytes]:
        a = t.attachments.c
        wanted = select(a.slot, a.content).where(a.record == record, a.content.is_not(None))
        return {row.slot: row.content for row in self._all(wanted)}

    if TYPE_CHECKING:

        def officers(self) -> list[views.OfficerAtDesk]: ...
        def undone(self, lines: list[str]) -> set[str]: ...


def _is_contact(customer: views.Customer, one: PastLine) -> bool:
    """Whether a bill that was paid alone was paid under this customer's phone."""
    return one.account is not None and bool(customer.phone) and one.account.contact == customer.phone


def _lines(
    body: ops.Settlement, record: str, at_ms: int, attached: Mapping[str, bytes]
) -> Iterator[PastLine]:
    for line in body.lines:
        whose: Person | None = None
        other: Person | None = None
        account: Account | None = None
        addresses: Addresses | None = None
        if isinstance(line, ops.LineReversed | ops.GoodsSold):
            continue
        for group in groups_of(line):
            value = people.read(attached.get(f"{line.operation}:{group}"), GROUPS[group])
            if isinstance(value, Parties):
                whose, other = value.sender, value.receiver
            elif isinstance(value, Addresses):
                whose, other, addresses = value.sender, value.addressee, value
            elif isinstance(value, Person):
                whose = value
            elif isinstance(value, Account):
                account = value
        theirs = people.customer_of(whose) if whose else ""
        yield PastLine(record, body.receipt, at_ms, line, theirs, other, account, addresses=addresses)
