"""Amendments of what was declared of an item for abroad: each a version that supersedes the one before.

In: an item sold at this desk, its lines and addressee as they are to be. Out: one record with all of it
beside it, the customs form printed anew; the centre goes by the newest. Nothing that was sent is changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import read_item_number
from azpost_desk.domain.lengths import require_lengths
from azpost_desk.domain.mail import advance
from azpost_desk.domain.mail.advance import Papers, Posting, amended, composed, written
from azpost_desk.domain.mail.declaration import Declaration, DeclaredLine
from azpost_desk.domain.mail.forms import SdrRates
from azpost_desk.domain.mail.insured import require_worth
from azpost_desk.domain.mail.prohibited import Prohibitions
from azpost_desk.domain.people import Addresses
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Permission
from azpost_desk.services.counter import attach, if_sent, open_day
from azpost_desk.services.customs_forms import PAPER
from azpost_desk.services.declared import amendments, declared_now
from azpost_desk.services.hs_list import hs_index
from azpost_desk.services.labels import PAPER as LABEL_PAPER
from azpost_desk.services.mail_abroad import Parcel, addressee_sent, judged, may_go, on_label
from azpost_desk.services.print_jobs import is_made

if TYPE_CHECKING:
    from azpost_desk.domain.mail.advance import Party
    from azpost_desk.domain.mail.history import Life
    from azpost_desk.services.counter import Counter, Officer
    from azpost_desk.services.mail_abroad import Judged
    from azpost_desk.services.ports import Reading
    from azpost_desk.services.views import Recorded

_LEAVES: Final = frozenset({"EMC", "EMJ", "EMK"})


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands for an item sold here.

    Attributes:
        parcel: what it is and where it goes: neither is amended, the postage hangs on both.
        version, message: of what stands; an amendment names it.
        addressee, declared, papers: as they were sent last.
    """

    number: str
    parcel: Parcel
    version: int
    message: str
    addressee: Party
    declared: Declaration
    papers: Papers


@dataclass(frozen=True, slots=True)
class Amend:
    """Replace what stands.

    Attributes:
        supersedes: the message that was looked at.
        looked_at: lines, from 0, whose goods are only called like something prohibited and were looked at;
            a line that stays as it was needs no second look.
    """

    number: str
    supersedes: str
    addressee: Party
    declared: Declaration
    papers: Papers
    looked_at: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Amended:
    """An amendment made here, for the timeline; `by` is the officer's name."""

    version: int
    at_ms: int
    by: str
    has_left: bool


@dataclass(frozen=True, slots=True)
class Declarations:
    """What was declared of items for abroad that were sold at this desk."""

    counter: Counter

    def standing(self, number: str) -> Standing:
        """What stands for an item.

        Raises:
            Refused: E-172 it was not sold at this desk, E-173 it stays in the country, E-174 its way has
                ended, E-175 its data was erased by rule.
        """
        with self.counter.books.reading() as books:
            return _standing(books, number)[0]

    def amendments(self, number: str) -> tuple[Amended, ...]:
        """Those made here, newest first; none of an item that was never amended."""
        with self.counter.books.reading() as books:
            names = {one.officer: one.name for one in books.officers()}
            return tuple(
                Amended(
                    body.version,
                    one.recorded.recorded_ms,
                    names.get(one.recorded.actor, one.recorded.actor),
                    body.has_left,
                )
                for one, body in amendments(books, number)
            )

    def judge(self, parcel: Parcel, declared: Declaration) -> Judged:
        """Form, prohibitions and everything that is wrong with a declaration.

        Raises:
            Refused: C-001, as `mail_abroad.judged`.
        """
        hs_index()
        with self.counter.books.reading() as books:
            return judged(books, parcel, declared)

    def amend(self, command: Amend, by: Officer) -> Recorded:
        """Record the next version; its customs form is printed, and the label where the addressee is another.

        Raises:
            Refused: S-010, C-001, as `standing` and `judge`, E-177 another version stands by now, the first
                of the declaration's faults, E-001, E-094 to E-097, E-183 it is insured for
                more, G-014, G-016, E-176 nothing is another.
        """
        by.may(Permission.SELL)
        # Read once, before the books are held: half a second in which nobody else could sell.
        hs_index()
        operation = self.counter.new_id()
        with self.counter.books.writing() as books:
            open_day(books)
            found, sold, before = _standing(books, command.number)
            if command.supersedes != found.message:
                raise Refused("E-177", version=found.version)
            body, whose = _next(books, command, (found, sold, before), operation, by)
            whole = attach(operation, "addresses", whose)
            body = msgspec.structs.replace(body, addresses=whole.commitment())
            recorded = books.append(body, actor=by.officer, operation=operation, attachments=[whole])
            books.queue_paper(PAPER, operation)
            if whose.addressee != before.addressee:
                sort = "copy" if is_made(books, LABEL_PAPER, sold.operation) else "original"
                books.queue_paper(LABEL_PAPER, sold.operation, sort)
        self.counter.line.wake()
        return recorded


def _next(
    books: Reading,
    command: Amend,
    before: tuple[Standing, ops.ItemAccepted, Addresses],
    operation: str,
    by: Officer,
) -> tuple[ops.ItemDeclared, Addresses]:
    """The record, still without its commitment, and what lies beside it."""
    found, sold, whole = before
    told = advance.read(whole.declared.encode())
    addressee = addressee_sent(command.addressee, found.parcel.country)
    new = judged(books, found.parcel, command.declared)
    for fault in new.faults:
        raise fault
    if told.insured_qapik:
        date = books.day().date
        require_worth(told.insured_qapik, command.declared, if_sent(books, SdrRates, date), date)
    same = {at for at, one in enumerate(command.declared.lines) if one in found.declared.lines}
    may_go(new.contents, command.papers, command.looked_at | same, by.language)
    posting = Posting(
        item=told.item,
        generation=told.generation,
        posted_ms=told.posted_ms,
        postage_qapik=told.postage_qapik,
        sender=told.sender,
        addressee=addressee,
        signer=told.signer,
        insured_qapik=told.insured_qapik,
        papers=command.papers,
    )
    declared = msgspec.structs.replace(command.declared, gross_grams=sold.weight_grams)
    message = amended(told, operation, posting, declared)
    message = composed(message)
    if msgspec.structs.replace(message, message=told.message, supersedes=told.supersedes) == told:
        raise Refused("E-176")
    require_lengths(message)
    body = ops.ItemDeclared(
        number=sold.number,
        acceptance=sold.operation,
        version=found.version + 1,
        supersedes=found.message,
        addresses="",
        form=new.form.form,
        copies=new.form.copies,
        forms=new.form.version,
        contents=new.contents.state,
        prohibitions=if_sent(books, Prohibitions, books.day().date).version,
        has_left=_has_left(books.item_lives(sold.number)[-1]),
    )
    beside = Addresses(sender=whole.sender, addressee=on_label(addressee), declared=written(message).decode())
    return body, beside


def _standing(books: Reading, number: str) -> tuple[Standing, ops.ItemAccepted, Addresses]:
    if read_item_number(number).number != number:
        raise Refused("E-172")
    life = books.item_lives(number)[-1]
    taken_in = next((one.event.id for one in life.steps if one.event.code == "EMA" and one.counts), "")
    sold = books.paid_line(taken_in) if taken_in else None
    line = sold.line if sold else None
    if sold is None or not isinstance(line, ops.ItemAccepted):
        raise Refused("E-172")
    if line.abroad is None:
        raise Refused("E-173")
    if life.is_final:
        raise Refused("E-174")
    version, whole = declared_now(books, sold)
    if whole is None or not whole.declared:
        raise Refused("E-175")
    told = advance.read(whole.declared.encode())
    declared = Declaration(
        category=told.category,
        currency=told.currency,
        gross_grams=told.gross_grams,
        total_minor=told.total_minor,
        lines=tuple(msgspec.convert(msgspec.to_builtins(one), DeclaredLine) for one in told.lines),
        explanation=told.explanation,
    )
    parcel = Parcel(line.service, line.country, line.weight_grams, line.abroad.size_cm)
    found = Standing(number, parcel, version.version, version.message, told.addressee, declared, told.papers)
    return found, line, whole


def _has_left(life: Life) -> bool:
    return any(one.counts and one.event.code in _LEAVES for one in life.steps)
