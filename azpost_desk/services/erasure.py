"""Erasure of personal data by rule: what is due, what stops it, erased in one transaction with its record.

Only what the centre has acknowledged is erased (I-11), only after its legal term, and never while a case,
dispute or hold names the operation or its money is not where it belongs. Age is told by the
last time that the centre signed and by the PC's clock, whichever is earlier: neither a clock in the year 2062
nor a centre that lies about the time erases anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Retention
from azpost_desk.domain.days import calendar_day
from azpost_desk.domain.erasure import (
    ERASED_AT_ONCE,
    Holds,
    due_before,
    due_from_ms,
    kept_until,
)
from azpost_desk.domain.identifiers import require
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.staff import Permission
from azpost_desk.domain.typed import is_said
from azpost_desk.services.counter import attach

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from azpost_desk.services.counter import Counter, Officer
    from azpost_desk.services.ports import Reading, Writing
    from azpost_desk.services.views import Look, Personal

# A transaction holds the counter: more than this waits for the next one.
_AT_ONCE: Final = 2_000
_LOOKED_AT: Final = 20_000


@dataclass(frozen=True, slots=True)
class Due:
    """What one term makes due now. `held` counts what a case, dispute, hold or open money keeps."""

    group: str
    years: int
    basis: str
    demo: bool
    count: int
    held: int
    oldest_ms: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person who asked for erasure is answered: `answer` as in the record, `until` ISO date."""

    answer: str
    until: str
    basis: str
    erased: int


@dataclass(frozen=True, slots=True)
class Erasure:
    """Erasing by rule at this desk, and seeing who looked at whom."""

    counter: Counter

    def due(self, by: Officer) -> list[Due]:
        """What a run would erase now, by group, and every group that has a term.

        Raises:
            Refused: S-010.
        """
        by.may(Permission.KEEP_PRIVACY)
        with self.counter.books.reading() as books:
            look = _look(books)
        terms, found, kept = look.terms, look.found, look.held
        groups = [term.group for term in terms.terms]
        groups += sorted({one.group for one in (*found, *kept)} - set(groups))
        rows = []
        for group in groups:
            mine = [one for one in found if one.group == group]
            held = sum(one.group == group for one in kept)
            term = terms.of(group)
            oldest_ms = mine[0].recorded_ms if mine else 0
            rows.append(Due(group, term.years, term.basis, term.demo, len(mine), held, oldest_ms))
        return rows

    def run(self, by: Officer) -> int:
        """Erase everything that is due, a few thousand at a time; how much it was.

        Raises:
            Refused: S-010.
        """
        by.may(Permission.KEEP_PRIVACY)
        total = 0
        while True:
            with self.counter.books.writing() as books:
                found = _look(books).found
                erase(books, found[:_AT_ONCE], by.officer, self.counter.new_id)
            total += len(found[:_AT_ONCE])
            if len(found) <= _AT_ONCE:
                break
        if total:
            self.counter.line.wake()
        return total

    def asked(self, by: Officer, customer: str) -> Asked:
        """A person asks for the erasure of their data: what is due goes, the rest is refused with its term.

        Recorded whatever the answer is.

        Raises:
            Refused: S-010.
        """
        by.may(Permission.KEEP_PRIVACY)
        operation = self.counter.new_id()
        who = attach(operation, "customer", customer)
        with self.counter.books.writing() as books:
            look = _look(books)
            theirs = {one.slot: one for one in books.personal_of(customer)}
            due = [one for one in look.found if one.slot in theirs][:_AT_ONCE]
            for one in due:
                del theirs[one.slot]
            ends = [(look.until(one), look.terms.of(one.group).basis) for one in theirs.values()]
            until, basis = max(ends, default=("", ""))
            answer = "refused" if ends else "erased" if due else "nothing"
            erase(books, due, by.officer, self.counter.new_id)
            books.append(
                ops.ErasureRequested(customer=who.commitment(), answer=answer, until=until, basis=basis),
                actor=by.officer,
                operation=operation,
                attachments=(who,),
            )
        self.counter.line.wake()
        return Asked(answer, until, basis, len(due))

    def asked_by(self, by: Officer, fin: str) -> Asked:
        """The same by the FİN of the document that the person shows.

        Raises:
            Refused: S-010, I-001 no FİN, S-092 nobody here is known by it (then there is nothing to erase).
        """
        by.may(Permission.KEEP_PRIVACY)
        known = require("fin", fin, "fin")
        with self.counter.books.reading() as books:
            found = [one.customer for one in books.customers(known) if one.fin == known]
        if not found:
            raise Refused("S-092", field="fin")
        return self.asked(by, found[0])

    def hold(self, by: Officer, operation: str, reason: str) -> None:
        """Keep an operation's personal data as evidence until the hold is lifted.

        Raises:
            Refused: S-010, S-090 without a reason, S-091 no such operation.
        """
        self._note(by, operation, reason, ops.HoldPlaced(operation=operation, reason=reason.strip()))

    def lift(self, by: Officer, operation: str, reason: str) -> None:
        """The matter is over: nothing recorded so far stands in the way of erasing any more.

        Raises:
            Refused: as `hold`.
        """
        self._note(by, operation, reason, ops.HoldLifted(operation=operation, reason=reason.strip()))

    def _note(self, by: Officer, operation: str, reason: str, body: ops.Body) -> None:
        by.may(Permission.KEEP_PRIVACY)
        if not is_said(reason):
            raise Refused("S-090", field="reason")
        with self.counter.books.writing() as books:
            if books.entry(operation) is None:
                raise Refused("S-091", field="operation")
            books.append(body, actor=by.officer, operation=self.counter.new_id())

    def looks(self, by: Officer) -> list[Look]:
        """Who looked at whose file, when and why; newest first.

        Raises:
            Refused: S-010.
        """
        by.may(Permission.KEEP_PRIVACY)
        with self.counter.books.reading() as books:
            return books.looks()


def terms_of(books: Reading, today: str) -> Retention:
    """The centre's legal terms; the defaults until it has sent some."""
    try:
        return books.document(Retention, today)
    except Trouble:
        return Retention()


def erase(
    books: Writing,
    found: Sequence[Personal],
    actor: str,
    new_id: Callable[[], str],
    actor_kind: str = "officer",
) -> None:
    """Erase what is due, with one record for each group (or each thousand of it)."""
    today = calendar_day(books.agreed_ms())
    terms = terms_of(books, today)
    for group in sorted({one.group for one in found}):
        mine = [one for one in found if one.group == group]
        term = terms.of(group)
        for first in range(0, len(mine), ERASED_AT_ONCE):
            part = mine[first : first + ERASED_AT_ONCE]
            books.empty(part)
            books.append(
                ops.AttachmentsErased(
                    desk=books.desk().desk,
                    group=group,
                    basis=term.basis,
                    years=term.years,
                    before=due_before(today, term.years),
                    erased=tuple((one.epoch, one.sequence, one.slot, one.commitment) for one in part),
                ),
                actor=actor,
                actor_kind=actor_kind,
                source="program",
                operation=new_id(),
            )


def wanted(books: Reading, commitments: Iterable[str]) -> list[Personal]:
    """Of what the centre asks to erase, what this desk finds due by its own rule."""
    asked = set(commitments)
    return [one for one in _look(books).found if one.commitment in asked]


@dataclass(frozen=True, slots=True)
class _Look:
    """What is due as of the last signed time, and what is due but held; oldest first."""

    terms: Retention
    found: list[Personal]
    held: list[Personal]

    def until(self, one: Personal) -> str:
        return kept_until(one.recorded_ms, self.terms.of(one.group).years)


def _look(books: Reading) -> _Look:
    today = calendar_day(books.agreed_ms())
    terms = terms_of(books, today)
    holds = Holds.of([(one.record, one.kind, one.words) for one in books.matters()])
    unfinished = books.unfinished()
    look = _Look(terms, [], [])
    for one in books.personal(due_from_ms(terms, today), _LOOKED_AT):
        line = one.slot.partition(":")[0]
        stopped = bool({line, one.origin} & unfinished)
        stopped = stopped or holds.stop({line, one.operation}, f"{one.epoch}/{one.sequence}")
        # A sale that is kept is kept with everything that was amended of it.
        stopped = stopped or (one.origin != "" and holds.stop(*_began(books, one.origin)))
        (look.held if stopped else look.found).append(one)
    return look


def _began(books: Reading, operation: str) -> tuple[set[str], str]:
    """What the record of an operation is called, and its place; no place of one that is another desk's."""
    entry = books.entry(operation)
    if entry is None:
        return {operation}, ""
    return {operation, entry.recorded.operation}, f"{entry.recorded.epoch}/{entry.recorded.sequence}"
