"""Counts of the till: the limit above which a second count and a manager are asked for, hand-over, surprise.

Making good with own money lives here too: it is never part of a count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import cash
from azpost_desk.domain import operations as ops
from azpost_desk.domain import operations_cash as words
from azpost_desk.domain.approvals import is_from_centre
from azpost_desk.domain.catalogue import Settings
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.refusals import NeedsConfirmation, Refused
from azpost_desk.domain.staff import PERMISSIONS, Permission, require
from azpost_desk.domain.typed import is_said
from azpost_desk.services.certificates import certify
from azpost_desk.services.counter import Approval, Counter, Officer, attach, open_day, own_till
from azpost_desk.services.staff import consent

if TYPE_CHECKING:
    from azpost_desk.protocol.records import Attachment
    from azpost_desk.services.ports import Reading, Writing
    from azpost_desk.services.views import Recorded
    from azpost_desk.services.views_cash import Count

Pieces = Mapping[int, int]
WARNING: Final = "cash.made_good.warning"
"""Key of the sentence that everybody reads before paying a shortage with own money."""
_CONSENTS: Final = 2
"""Counts that must have been made before a manager is asked."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What a count came to: shown only after it is recorded."""

    recorded: Recorded
    counted: Money
    expected: Money
    difference: Money


@dataclass(frozen=True, slots=True)
class Ending:
    """A count that is to end the holder's time at the till.

    Attributes:
        operation: its id, made before anybody was asked for consent.
        manager: a manager's consent to a difference above the limit, when one was asked for.
    """

    operation: str
    pieces: Pieces
    manager: Approval | None = None


def count_sheet(pieces: Pieces) -> dict[str, int]:
    """A count sheet as a body holds it: JSON has only text keys."""
    return {str(denomination): number for denomination, number in cash.tidy(pieces).items()}


def question(books: Writing, by: Officer, ending: Ending, new_id: str) -> NeedsConfirmation | None:
    """What must be asked before this count may end anything; None when nothing is, or all was answered.

    A count that is not enough is set aside in the journal before anybody is asked: counting until the figure
    fits leaves a trace. The caller commits, then raises what this gives.

    Raises:
        Refused: S-011, S-012, C-062 the consent is not that of a manager.
    """
    till = books.till()
    counted = cash.counted(ending.pieces)
    limit = books.document(Settings, books.day().date).difference_qapik_manager
    if abs((counted - till.balance).minor) <= limit:
        return None
    before = _set_aside(books)
    same = bool(before) and before[0].pieces == cash.tidy(ending.pieces)
    if len(before) >= _CONSENTS and same and ending.manager is not None:
        approver = _managers(by, ending)
        consented = ops.DifferenceConsented(
            about=ending.operation,
            till=till.till,
            holder=till.holder,
            first_counted_qapik=before[-1].counted.minor,
            second_counted_qapik=counted.minor,
            limit_qapik=limit,
            approved_by=approver,
        )
        books.append(consented, actor=by.officer, operation=new_id)
        return None
    if not (len(before) >= _CONSENTS and same):
        aside = ops.CountSetAside(
            till=till.till,
            holder=till.holder,
            pieces=count_sheet(ending.pieces),
            counted_qapik=counted.minor,
        )
        books.append(aside, actor=by.officer, operation=new_id)
        before = [*before, *_set_aside(books)[:1]]
    # Never what was expected, nor by how much it differs: who counts again must not know.
    code = "C-061" if len(before) >= _CONSENTS else "C-060"
    return NeedsConfirmation(code, limit=azn(limit))


def _managers(by: Officer, ending: Ending) -> str:
    approver = consent(ending.manager, ending.operation, by)
    managers = Permission.CONSENT_DIFFERENCE
    if ending.manager and not {managers} & (PERMISSIONS[ending.manager.role] | PERMISSIONS[by.role]):
        raise Refused("C-062")
    return approver


def _set_aside(books: Reading) -> list[Count]:
    """Counts set aside since the till was last closed or handed over, newest first."""
    found = []
    for count in books.counts(("set_aside", "closed", "handed_over")):
        if count.sort != "set_aside":
            break
        found.append(count)
    return found


@dataclass(frozen=True, slots=True)
class MakeGood:
    """Own money for a shortage: of which count, which notes and coins, why, and the officer's own words."""

    close: str
    pieces: Pieces
    cause: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """Hand-over, surprise count, and what became of shortages."""

    counter: Counter

    def hand_over(self, by: Officer, ending: Ending, taker: Approval) -> Counted:
        """The till goes to `taker`, who counted with `by` and signed with the own PIN; no close is needed.

        Raises:
            Refused: C-001, C-010, C-011, C-020, C-030 a basket is still open, B-063 baskets are set aside,
                S-010, S-011, S-012.
            NeedsConfirmation: C-060 count again, C-061 a manager must consent.
        """
        counted = cash.counted(ending.pieces)
        if taker.for_operation != ending.operation or is_from_centre(taker.approver):
            raise Refused("S-012")
        if taker.approver == by.officer:
            raise Refused("S-011")
        require(taker.role, Permission.HOLD_TILL)
        with self.counter.books.writing() as books:
            open_day(books)
            own_till(books, by, counting=True)
            nothing_unpaid(books)
            asked = question(books, by, ending, self.counter.new_id())
            till = books.till()
            difference = counted - till.balance
            if asked is None:
                body = ops.TillHandedOver(
                    till=till.till,
                    holder=by.officer,
                    taker=taker.approver,
                    pieces=count_sheet(ending.pieces),
                    counted_qapik=counted.minor,
                    expected_qapik=till.balance.minor,
                    difference_qapik=difference.minor,
                    approved_by=taker.approver,
                )
                recorded = books.append(body, actor=by.officer, operation=ending.operation)
                books.queue_paper("cash_act", recorded.operation)
                certify(books, recorded, by.officer, counted.minor, till.balance.minor)
        if asked is not None:
            raise asked
        return Counted(recorded, counted, till.balance, difference)

    def surprise(self, by: Officer, pieces: Pieces) -> Counted:
        """A supervisor counts somebody's till without warning: kept for ever, posts nothing.

        Raises:
            Refused: S-010, C-001, C-010 no till is open, C-013 it is being counted already, C-020,
                C-068 nobody surprises themselves.
        """
        by.may(Permission.APPROVE)
        counted = cash.counted(pieces)
        with self.counter.books.writing() as books:
            open_day(books)
            till = books.till()
            if till.state == "counting":
                raise Refused("C-013")
            if till.state != "open":
                raise Refused("C-010")
            if till.holder == by.officer:
                raise Refused("C-068")
            difference = counted - till.balance
            body = ops.TillCounted(
                till=till.till,
                holder=till.holder,
                pieces=count_sheet(pieces),
                counted_qapik=counted.minor,
                expected_qapik=till.balance.minor,
                difference_qapik=difference.minor,
            )
            recorded = books.append(body, actor=by.officer, operation=self.counter.new_id())
            books.queue_paper("cash_act", recorded.operation)
        return Counted(recorded, counted, till.balance, difference)

    def shortages(self, by: Officer) -> list[Count]:
        """Counts of this officer of which something is still missing, newest first."""
        with self.counter.books.reading() as books:
            return [one for one in books.counts(("closed", "handed_over")) if is_short(one, by)]

    def make_good(
        self, by: Officer, command: MakeGood, operation: str, approval: Approval | None
    ) -> Recorded:
        """Put own money into the till for a shortage of a named count: own operation, cause, second person.

        Nobody has to: the warning says so. The shortage itself stays as it was counted (H-21).

        Raises:
            Refused: C-001, C-010, C-011, C-013 a count is under way, C-020, C-021, C-065 no such shortage of
                this officer, C-066 more than is missing, C-067 no cause, S-010, S-011, S-012.
        """
        amount = cash.counted(command.pieces)
        if not amount:
            raise Refused("C-021")
        said = command.words.strip() if is_said(command.words) else ""
        if command.cause not in words.CAUSES or (command.cause == "other" and not said):
            raise Refused("C-067", field="words" if command.cause == "other" else "cause")
        approver = consent(approval, operation, by)
        with self.counter.books.writing() as books:
            open_day(books)
            own_till(books, by)
            known = next((one for one in books.counts() if one.operation == command.close), None)
            if known is None or not is_short(known, by):
                raise Refused("C-065", field="close")
            if amount > known.missing:
                raise Refused("C-066", missing=known.missing)
            kept: list[Attachment] = [attach(operation, "words", said)] if said else []
            body = ops.DifferenceMadeGood(
                close=command.close,
                till=books.till().till,
                officer=by.officer,
                pieces=count_sheet(command.pieces),
                amount_qapik=amount.minor,
                cause=command.cause,
                words=kept[0].commitment() if kept else "",
                warning=WARNING,
                approved_by=approver,
            )
            recorded = books.append(body, actor=by.officer, operation=operation, attachments=kept)
            books.queue_paper("cash_act", recorded.operation)
        self.counter.line.wake()
        return recorded


def is_short(count: Count, by: Officer) -> bool:
    """Whether `by` ended the till by this count and something of it is still missing."""
    return count.sort in ("closed", "handed_over") and count.holder == by.officer and bool(count.missing)


def nothing_unpaid(books: Reading) -> None:
    """A shift ends with no customer's business half done.

    Raises:
        Refused: C-030 a basket is still open, B-063 baskets are set aside (`count`).
    """
    basket = books.basket()
    if basket is not None and basket.lines:
        raise Refused("C-030")
    if parked := books.parked():
        raise Refused("B-063", count=len(parked))
