"""What is always true of books, as folds over records and postings; desk and centre feed the same folds.

One pass in journal order of each chain; chains may follow one another. The feeder recomputes nothing but the
hash: it hands over what is stored, and a fold says what is wrong with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import msgspec

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import invariants_cash, reports, reports_bodies, reports_ledger
from azpost_desk.domain import operations as ops
from azpost_desk.domain.ledger import Posting, Unbalanced, digest
from azpost_desk.domain.money import CURRENCIES, MINOR_MAX, Money
from azpost_desk.domain.postings import postings as posted_by_rule

IsSigned = Callable[[str, bytes, bytes], bool]
"""(public key hex, words, signature) → whether it is that key's; protocol.keys.is_signed."""

ACTOR_KINDS: Final = frozenset({"officer", "recovery", "sync", "centre"})
BROKEN_MAX: Final = 100


class Stored(NamedTuple):
    """A posting as it stands in the table; `minor` is whatever lies there, a float if somebody put one."""

    operation: str
    account: str
    sub: str
    currency: str
    minor: Any


@dataclass(frozen=True, slots=True)
class Fact:
    """A record as it stands in the table, with `computed`, the hash of the stored bytes."""

    desk: str
    epoch: int
    sequence: int
    operation: str
    kind: str
    version: int
    day: int
    actor: str
    actor_kind: str
    postings_digest: str
    body: bytes
    previous: bytes
    hash: bytes
    computed: bytes
    signature: bytes | None
    postings: tuple[Stored, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """A record at which an invariant does not hold."""

    desk: str
    sequence: int
    why: str


@dataclass(slots=True)
class Verdict:
    """What became of one invariant: how many things were looked at, and the first that are wrong.

    `erased` counts what is gone by rule (I-11): good, and proved.
    """

    id: str
    checked: int = 0
    broken: list[Broken] = field(default_factory=list)
    erased: int = 0

    @property
    def ok(self) -> bool:
        return not self.broken

    def fault(self, fact: Fact, why: str) -> None:
        """Note a fault; beyond the first hundred only that there are more."""
        if len(self.broken) < BROKEN_MAX:
            self.broken.append(Broken(fact.desk, fact.sequence, why))


class Fold:
    """One invariant: takes records one by one, says at the end what was wrong."""

    id: str

    def __init__(self) -> None:
        self.verdict = Verdict(self.id)

    def take(self, fact: Fact, body: ops.Body | None) -> None:
        """The next record; `body` is None when this program does not know its kind or cannot read it."""
        raise NotImplementedError

    def end(self) -> None:
        """No more records."""


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
        self._till: dict[str, Any] = {}
        self._shortages = invariants_cash.Shortages()

    def take(self, fact: Fact, body: ops.Body | None) -> None:
        before = self._till.get(fact.desk, 0)
        for one in fact.postings:
            if one.account == chart.TILL and one.sub == fact.desk:
                self._till[fact.desk] = self._till.get(fact.desk, 0) + one.minor
        match body:
            case ops.TillOpened():
                self._is(fact, "opening balance", body.balance_qapik, before)
            case ops.TillClosed() | ops.TillHandedOver() | ops.TillCounted():
                self._is(fact, "expected", body.expected_qapik, before)
                self._is(fact, "difference", body.difference_qapik, body.counted_qapik - body.expected_qapik)
                if not isinstance(body, ops.TillCounted):
                    after = self._till.get(fact.desk, 0)
                    self._is(fact, "balance after the count", after, body.counted_qapik)
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
        case ops.GrantReleased():
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
        if not number.isdecimal():
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
        self._heads[chain] = fact
        self._signed(fact)

    def _opens(self, fact: Fact, body: ops.Body | None) -> None:
        if isinstance(body, ops.CentreEpochOpened):
            self._keys[fact.desk, fact.epoch] = body.public_key
        elif isinstance(body, ops.EpochOpened):
            self._keys[fact.desk, fact.epoch] = body.public_key
            before = self._heads.get((fact.desk, fact.epoch - 1))
            named = body.previous
            # The epoch before may have gone on after the head that was known: its tail comes as late records.
            if named is not None and named.epoch == fact.epoch - 1 and before is not None:
                if before.sequence < named.sequence or (
                    before.sequence == named.sequence and before.hash.hex() != named.hash
                ):
                    self.verdict.fault(fact, "names another head of the epoch before")
            elif fact.epoch > 1 and named is None:
                self.verdict.fault(fact, "names no epoch before")
        else:
            self.verdict.fault(fact, "the chain does not begin with its epoch")

    def _signed(self, fact: Fact) -> None:
        chain = fact.desk, fact.epoch
        if fact.signature is None:
            self._uncovered.setdefault(chain, fact)
            return
        if not self._is_signed(self._keys.get(chain, ""), fact.computed, fact.signature):
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
        self._till: dict[str, Any] = {}
        self._opening: dict[tuple[str, int], Any] = {}
        self._bodies: dict[tuple[str, int], list[ops.Body]] = {}
        self._postings: dict[tuple[str, int], list[tuple[str, Posting]]] = {}

    def take(self, fact: Fact, body: ops.Body | None) -> None:
        if body is None or not all(_is_money(one) for one in fact.postings):
            return
        day = fact.desk, fact.day
        self._opening.setdefault(day, self._till.get(fact.desk, 0))
        kept = self._postings.setdefault(day, [])
        for one in fact.postings:
            kept.append(
                (fact.kind, Posting(one.operation, one.account, one.sub, Money(one.minor, one.currency)))
            )
            if one.account == chart.TILL and one.sub == fact.desk:
                self._till[fact.desk] = self._till.get(fact.desk, 0) + one.minor
        bodies = self._bodies.setdefault(day, [])
        if isinstance(body, ops.DayClosed):
            self._compare(fact, body)
        bodies.append(body)

    def _compare(self, fact: Fact, closed: ops.DayClosed) -> None:
        self.verdict.checked += 1
        # A day that is reported is not looked at again: its memory is given back.
        day = fact.desk, fact.day
        bodies, ledger, opening = self._bodies.pop(day), self._postings.pop(day), self._opening.pop(day)
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
        self._day: dict[str, int] = {}

    def take(self, fact: Fact, body: ops.Body | None) -> None:
        if fact.actor_kind == "centre":
            return
        self.verdict.checked += 1
        expected = self._day.get(fact.desk)
        # A machine that was replaced in the middle of a day goes on with the day the centre gives it.
        later = fact.sequence == 1 and expected is not None and fact.day > expected
        if fact.day < 1 or (expected is not None and fact.day != expected and not later):
            self.verdict.fault(fact, f"stands in day {fact.day}, not in day {expected}")
        self._day[fact.desk] = fact.day + 1 if fact.kind == "day.closed" else fact.day


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
        except ValueError:
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
            fold.take(fact, body)
    for fold in folds:
        fold.end()
    return list(verdicts.values())


def _body(fact: Fact) -> ops.Body | None:
    try:
        body: ops.Body = ops.decode(fact.kind, fact.version, fact.body)
    except (ops.UnknownKind, msgspec.DecodeError, UnicodeDecodeError):
        return None
    return body
