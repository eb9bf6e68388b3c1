"""What is always true of books, as folds over records and postings; desk and centre feed the same folds.

One pass in journal order of each chain; chains may follow one another. The feeder recomputes nothing but the
hash: it hands over what is stored, and a fold says what is wrong with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import invariants_cash, reports, reports_bodies, reports_ledger
from azpost_desk.domain import operations as ops
from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.folds import BROKEN_MAX as BROKEN_MAX
from azpost_desk.domain.folds import UNRECKONABLE, unreckoned
from azpost_desk.domain.folds import Broken as Broken
from azpost_desk.domain.folds import Fact as Fact
from azpost_desk.domain.folds import Fold as Fold
from azpost_desk.domain.folds import Stored as Stored
from azpost_desk.domain.folds import Verdict as Verdict
from azpost_desk.domain.knowledge import Knowledge
from azpost_desk.domain.ledger import Unbalanced, digest
from azpost_desk.domain.money import CURRENCIES, MINOR_MAX
from azpost_desk.domain.postings import postings as posted_by_rule
from azpost_desk.domain.refusals import Refused

IsSigned = Callable[[str, bytes, bytes], bool]
"""(public key hex, words, signature) → whether it is that key's; protocol.keys.is_signed."""

# [design] So many numbers of a desk's chains a restore of the centre passes over: more machines than one desk
# is given between a copy and its restore.
EPOCHS_SKIPPED: Final = 10
ACTOR_KINDS: Final = frozenset({"officer", "recovery", "sync", "centre"})


def _epoch_before(fact: Fact, body: ops.Body | None) -> int:
    """The chain that this one follows: by its own word, else the number before."""
    named = body.previous if isinstance(body, ops.EpochOpened) else None
    return named.epoch if named is not None and named.epoch < fact.epoch else fact.epoch - 1


class Balanced(Fold):
    """I-01: debits = credits per operation and currency; what is stored is what the frozen rule gives."""

    id = "I-01"

    def take(self, fact: Fact, body: ops.Body | None) -> None:
        self.verdict.checked += 1
        sums: dict[tuple[str, str], Any] = {}
        for one in fact.postings:
            sums[one.operation, one.currency] = sums.get((one.operation, one.currency), 0) + one.minor
            if one.account not in chart.CHART:
                self.verdict.fault(fact, f"account {one.account} is not in the chart")
        if any(sums.values()):
            self.verdict.fault(fact, "debits and credits differ")
        if (fact.kind, fact.version) not in ops.BODIES:
            return
        if body is None:
            self.verdict.fault(fact, "the body cannot be read")
            return
        try:
            rule = posted_by_rule(fact.desk, fact.operation, fact.kind, fact.version, body)
        except Unbalanced:
            self.verdict.fault(fact, "the posting rule does not balance")
            return
        except (ArithmeticError, LookupError, ValueError, Refused):
            self.verdict.fault(fact, "the posting rule cannot post it")
            return
        if tuple(Stored(p.operation, p.account, p.sub, p.amount.currency, p.amount.minor) for p in rule) != (
            fact.postings
        ):
            self.verdict.fault(fact, "stored postings are not those of the rule")
        if digest(rule) != fact.postings_digest:
            self.verdict.fault(fact, "the header's digest is not that of the postings")


class Carried(Fold):
    """I-02: what a till or day says it began and ended with is what the ledger carried to that record."""

    id = "I-02"

    def __init__(self) -> None:
        super().__init__()
        # By desk what its present chain knows; by (desk, epoch) what the late tail of an ended one knew.
        self._till: dict[str | tuple[str, int], Any] = {}
        self._late: dict[tuple[str, int], list[tuple[int, Any]]] = {}
        self._shortages = invariants_cash.Shortages()

    def take(self, fact: Fact, body: ops.Body | None) -> None:
        if isinstance(body, ops.EpochOpened):
            self._till.setdefault((fact.desk, _epoch_before(fact, body)), self._till.get(fact.desk, 0))
        place: str | tuple[str, int] = fact.desk
        if fact.late:
            place = fact.desk, fact.epoch
            self._till.setdefault(place, self._till.get(fact.desk, 0))
        before = self._till.get(place, 0)
        moved = sum(one.minor for one in fact.postings if one.account == chart.TILL and one.sub == fact.desk)
        self._till[place] = before + moved
        if fact.late:
            self._late.setdefault((fact.desk, fact.epoch), []).append((fact.sequence, moved))
        match body:
            case ops.LateTaken():
                tail = self._late.get((fact.desk, body.epoch), [])
                came = sum(minor for sequence, minor in tail if body.first <= sequence <= body.last)
                self._is(fact, "cash of the late records", body.cash_qapik, came)
                self._till[fact.desk] = before + came
            case ops.TillOpened():
                self._is(fact, "opening balance", body.balance_qapik, before)
            case ops.TillClosed() | ops.TillHandedOver() | ops.TillCounted():
                self._is(fact, "expected", body.expected_qapik, before)
                self._is(fact, "difference", body.difference_qapik, body.counted_qapik - body.expected_qapik)
                if not isinstance(body, ops.TillCounted):
                    self._is(fact, "balance after the count", self._till[place], body.counted_qapik)
                    self._shortages.counted(fact.operation, body.difference_qapik)
                counted = sum(int(piece) * number for piece, number in body.pieces.items())
                self._is(fact, "count sheet", counted, body.counted_qapik)
            case ops.SafeSupplied() | ops.CashMoved() | ops.RemittanceIssued() | ops.RemittanceAccepted():
                counted = sum(int(piece) * number for piece, number in body.pieces.items())
                self._is(fact, "count sheet", counted, body.amount_qapik)
            case _:
                self._sheet(fact, body)
        if isinstance(body, ops.DifferenceMadeGood) and self._shortages.made_good(body) < 0:
            self.verdict.fault(fact, "more was made good than was missing")

    def _sheet(self, fact: Fact, body: ops.Body | None) -> None:
        sheet = invariants_cash.count_sheet(body)
        if sheet is not None:
            pieces, said = sheet
            self._is(fact, "count sheet", sum(int(one) * pieces[one] for one in pieces), said)

    def _is(self, fact: Fact, what: str, said: int, carried: int) -> None:
        self.verdict.checked += 1
        if said != carried:
            self.verdict.fault(fact, f"{what}: {said} instead of {carried}")


class Once(Fold):
    """I-03: a remittance or bag is accepted and a grant ended at most once, over all books that are fed."""

    id = "I-03"

    def __init__(self) -> None:
        super().__init__()
        self._ended: set[tuple[str, str]] = set()

    def take(self, fact: Fact, body: ops.Body | None) -> None:
        for sort, thing in _ends(body):
            self.verdict.checked += 1
            if (sort, thing) in self._ended:
                self.verdict.fault(fact, f"{sort} {thing} a second time")
            self._ended.add((sort, thing))


def _ends(body: ops.Body | None) -> Iterable[tuple[str, str]]:
    match body:
        case ops.RemittanceAccepted():
            yield "remittance", body.remittance
        case ops.GrantReleased() | ops.TransferChanged():
            yield "grant", body.grant
        case ops.CorrectionAccepted() | ops.CorrectionDeclined():
            yield "correction", body.proposal
        case ops.Settlement():
            for line in body.lines:
                if (
                    isinstance(line, ops.TransferPaid | ops.TransferRefunded | ops.LineReversed)
                    and line.grant
                ):
                    yield "grant", line.grant
        case _:
            yield from invariants_cash.ends(body)


class Reversed(Fold):
    """I-04: a reversal names a line as it was sold, comes once, and both together move nothing."""

    id = "I-04"

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[str, ops.AnyLine] = {}
        self._moved: dict[str, list[tuple[str, str, str, Any]]] = {}
        self._undone: set[str] = set()

    def take(self, fact: Fact, body: ops.Body | None) -> None:
        if not isinstance(body, ops.Settlement):
            return
        moved: dict[str, list[tuple[str, str, str, Any]]] = {}
        for one in fact.postings:
            moved.setdefault(one.operation, []).append((one.account, one.sub, one.currency, one.minor))
        for line in body.lines:
            if isinstance(line, ops.LineReversed):
                self._undo(fact, line, moved.get(line.operation, []))
            else:
                self._lines[line.operation] = line
                self._moved[line.operation] = moved.get(line.operation, [])

    def _undo(self, fact: Fact, line: ops.LineReversed, moved: list[tuple[str, str, str, Any]]) -> None:
        self.verdict.checked += 1
        original = line.original.operation
        if original in self._undone:
            self.verdict.fault(fact, f"{original} is reversed a second time")
        self._undone.add(original)
        if self._lines.get(original) != line.original:
            self.verdict.fault(fact, f"{original} was never sold like this")
        elif sorted((a, s, c, -minor) for a, s, c, minor in moved) != sorted(self._moved[original]):
            self.verdict.fault(fact, f"{original} and its reversal do not come to zero")


class Receipts(Fold):
    """I-05: receipt numbers of a desk are unique for ever and without gap in their series."""

    id = "I-05"

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, str], int] = {}

    def take(self, fact: Fact, body: ops.Body | None) -> None:
        if not isinstance(body, ops.Settlement):
            return
        self.verdict.checked += 1
        series, _, number = body.receipt.rpartition("-")
        if not is_digits(number):
            self.verdict.fault(fact, f"{body.receipt} is no receipt number")
            return
        last = self._last.get((fact.desk, series))
        if last is not None and int(number) != last + 1:
            self.verdict.fault(fact, f"receipt {body.receipt} follows {series}-{last:06}")
        self._last[fact.desk, series] = max(int(number), last or 0)


class Chained(Fold):
    """I-06: no gap, no changed byte, each record under a valid signature, each epoch names the one before."""

    id = "I-06"

    def __init__(self, is_signed: IsSigned) -> None:
        super().__init__()
        self._is_signed = is_signed
        self._heads: dict[tuple[str, int], Fact] = {}
        self._hashes: set[tuple[str, int, int, str]] = set()
        self._ends_of_epochs: set[tuple[str, int, int, str]] = set()
        self._keys: dict[tuple[str, int], str] = {}
        # A rotated key is believed beside the old one until its first use.
        self._next_keys: dict[tuple[str, int], str] = {}
        self._uncovered: dict[tuple[str, int], Fact] = {}

    def take(self, fact: Fact, body: ops.Body | None) -> None:
        self.verdict.checked += 1
        chain = fact.desk, fact.epoch
        last = self._heads.get(chain)
        if fact.sequence != (last.sequence + 1 if last else 1):
            after = last.sequence if last else 0
            self.verdict.fault(fact, f"record {fact.sequence} follows record {after}")
        if fact.previous != (last.hash if last else bytes(32)):
            self.verdict.fault(fact, "the previous hash is not that of the record before")
        if fact.computed != fact.hash:
            self.verdict.fault(fact, "the stored bytes do not give the stored hash")
        if last is None:
            self._opens(fact, body)
        if isinstance(body, ops.KeyRotated):
            if body.old_key == self._next_keys.get(chain):
                # Its first use is the rotation that ends it: from here on this commit must be under it.
                self._keys[chain] = body.old_key
            if body.old_key == self._keys.get(chain):
                self._next_keys[chain] = body.new_key
        self._heads[chain] = fact
        self._signed(fact)

    def _opens(self, fact: Fact, body: ops.Body | None) -> None:
        if isinstance(body, ops.CentreEpochOpened):
            self._keys[fact.desk, fact.epoch] = body.public_key
        elif isinstance(body, ops.EpochOpened):
            self._keys[fact.desk, fact.epoch] = body.public_key
            before = self._heads.get((fact.desk, _epoch_before(fact, body)))
            named = body.previous
            # The epoch before may have gone on after the head that was known: its tail comes as late records.
            if named is not None and named.epoch < fact.epoch and before is not None:
                if before.sequence < named.sequence or (
                    before.sequence == named.sequence and before.hash.hex() != named.hash
                ):
                    self.verdict.fault(fact, "names another head of the epoch before")
            elif fact.epoch > 1 and named is None and self._had_one_before(fact):
                self.verdict.fault(fact, "names no epoch before")
        else:
            self.verdict.fault(fact, "the chain does not begin with its epoch")

    def _had_one_before(self, fact: Fact) -> bool:
        """Whether another chain of this desk came before; only what a restore passed over may be missing."""
        return fact.epoch <= EPOCHS_SKIPPED or any(desk == fact.desk for desk, _ in self._heads)

    def _signed(self, fact: Fact) -> None:
        chain = fact.desk, fact.epoch
        if fact.signature is None:
            self._uncovered.setdefault(chain, fact)
            return
        if chain in self._next_keys and self._is_signed(
            self._next_keys[chain], fact.computed, fact.signature
        ):
            self._keys[chain] = self._next_keys.pop(chain)
        elif not self._is_signed(self._keys.get(chain, ""), fact.computed, fact.signature):
            self.verdict.fault(fact, "the signature is not that of this chain's key")
            self._uncovered.setdefault(chain, fact)
            return
        self._uncovered.pop(chain, None)

    def end(self) -> None:
        for fact in self._uncovered.values():
            self.verdict.fault(fact, "no valid signature covers this record")


class Reported(Fold):
    """I-07: a closed day's figures, by the ledger and by the bodies, are as its close wrote them down."""

    id = "I-07"

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str | tuple[str, int], Knowledge] = {}
        self._late: dict[tuple[str, int], list[tuple[Fact, ops.Body]]] = {}

    def take(self, fact: Fact, body: ops.Body | None) -> None:
        if body is None or not all(_is_money(one) for one in fact.postings):
            return
        known = self._known.setdefault(fact.desk, Knowledge())
        if isinstance(body, ops.EpochOpened):
            self._known.setdefault((fact.desk, _epoch_before(fact, body)), known.copy())
        if fact.late:
            # A late tail goes on with what its own machine knew.
            known = self._known.setdefault((fact.desk, fact.epoch), known.copy())
            self._late.setdefault((fact.desk, fact.epoch), []).append((fact, body))
        if isinstance(body, ops.DayClosed):
            self._compare(fact, body, known)
        known.take(fact.desk, fact.day, fact.kind, fact.postings, body)
        if isinstance(body, ops.LateTaken):
            for late, its in self._late.get((fact.desk, body.epoch), []):
                if body.first <= late.sequence <= body.last:
                    known.take(late.desk, late.day, late.kind, late.postings, its)

    def _compare(self, fact: Fact, closed: ops.DayClosed, known: Knowledge) -> None:
        self.verdict.checked += 1
        # A day that is reported is not looked at again: its memory is given back.
        bodies, ledger = known.bodies.pop(fact.day, []), known.postings.pop(fact.day, [])
        opening = known.opening(fact.day)
        receipts = sum(isinstance(body, ops.Settlement) for body in bodies)
        first = reports_ledger.figures(fact.desk, ledger, opening, receipts)
        second = reports_bodies.figures(bodies, opening)
        for difference in reports.differences(first, second):
            self.verdict.fault(fact, f"the two routines differ: {difference}")
        if not closed.figures:
            return
        try:
            told = reports.decode(closed.figures)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.verdict.fault(fact, "the close's figures cannot be read")
            return
        for difference in reports.differences(told, second):
            self.verdict.fault(fact, f"the close wrote down other figures: {difference}")


def _is_money(one: Stored) -> bool:
    """Whether an amount can be reckoned with; what cannot is found by I-01 and I-12."""
    return type(one.minor) is int and abs(one.minor) <= MINOR_MAX and one.currency in CURRENCIES


class Named(Fold):
    """I-08: no record without desk, operation, actor and kind of actor."""

    id = "I-08"

    def take(self, fact: Fact, body: ops.Body | None) -> None:
        self.verdict.checked += 1
        if not (fact.desk and fact.operation and fact.actor) or fact.actor_kind not in ACTOR_KINDS:
            self.verdict.fault(fact, "desk, operation, actor or kind of actor is missing")


class Dated(Fold):
    """I-10: every record is in exactly one business day; after a close begins the next.

    The centre's own book has no business days.
    """

    id = "I-10"

    def __init__(self) -> None:
        super().__init__()
        self._day: dict[str | tuple[str, int], int] = {}

    def take(self, fact: Fact, body: ops.Body | None) -> None:
        if fact.actor_kind == "centre":
            return
        self.verdict.checked += 1
        place: str | tuple[str, int] = fact.desk
        if fact.desk in self._day:
            before = fact.epoch if fact.late else _epoch_before(fact, body)
            if fact.late or fact.sequence == 1:
                self._day.setdefault((fact.desk, before), self._day[fact.desk])
        if fact.late:
            place = fact.desk, fact.epoch
        expected = self._day.get(place)
        # A machine that was replaced in the middle of a day goes on with the day the centre gives it.
        later = fact.sequence == 1 and expected is not None and fact.day > expected
        if fact.day < 1 or (expected is not None and fact.day != expected and not later):
            self.verdict.fault(fact, f"stands in day {fact.day}, not in day {expected}")
        self._day[place] = fact.day + 1 if fact.kind == "day.closed" else fact.day


class Whole(Fold):
    """I-12: no binary floating point in a money column or in a message."""

    id = "I-12"

    def take(self, fact: Fact, body: ops.Body | None) -> None:
        self.verdict.checked += 1
        if any(type(one.minor) is not int for one in fact.postings):
            self.verdict.fault(fact, "a posting is no whole number")
        try:
            json.loads(fact.body, parse_float=_not_whole)
        except ArithmeticError:
            self.verdict.fault(fact, "the body holds a number that is not whole")
        except (ValueError, RecursionError):
            self.verdict.fault(fact, "the body is no JSON")


def _not_whole(number: str) -> None:
    raise ArithmeticError(number)


def check(facts: Iterable[Fact], is_signed: IsSigned, more: Iterable[Fold] = ()) -> list[Verdict]:
    """All invariants over the records in `facts`; chains of one desk in order of their epochs.

    What `more` folds find is put down to the invariant of the same id (domain.invariants_branch), or stands
    for itself (domain.invariants_outside).
    """
    folds: list[Fold] = [
        Balanced(),
        Carried(),
        Once(),
        Reversed(),
        Receipts(),
        Chained(is_signed),
        Reported(),
        Named(),
        Dated(),
        Whole(),
    ]
    verdicts = {fold.id: fold.verdict for fold in folds}
    for fold in more:
        fold.verdict = verdicts.setdefault(fold.id, fold.verdict)
        folds.append(fold)
    for fact in facts:
        body = _body(fact)
        for fold in folds:
            fold.survive(fact, body)
    for fold in folds:
        try:
            fold.end()
        except UNRECKONABLE as fault:
            fold.verdict.broken.append(Broken("*", 0, unreckoned(fault)))
    return list(verdicts.values())


def _body(fact: Fact) -> ops.Body | None:
    try:
        body: ops.Body = ops.decode(fact.kind, fact.version, fact.body)
    except (ops.UnknownKind, msgspec.DecodeError, UnicodeDecodeError):
        return None
    return body
