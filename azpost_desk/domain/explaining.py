"""Why a till differs: a ranked list of likely causes, from the journal of the shift and its count sheet.

Each possible mistake is weighed as how often it is made, divided by the number of places of this shift where
it could have been made: a difference that only one operation can explain leads straight to it, one that fifty
could explain says little of each. Causes that speak of the same mistake stand together. It accuses nobody and
changes nothing: it says which records are worth opening. The frequencies are a starting point of ours, to be
set right by what really is found (facts/money.md knows no source for them).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.cash import DENOMINATIONS_QAPIK, NOTES_QAPIK
from azpost_desk.domain.explaining_digits import mistyped, swapped
from azpost_desk.domain.postings import postings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

MINUTE_MS: Final = 60_000
CARD_MINUTES: Final = 5
CAUSES_MAX: Final = 8
CANDIDATES_MAX: Final = 8
PIECES_MAX: Final = 9
BUNDLE_PIECES: Final = 100
_SCALE: Final = 1_000_000
Close = ops.TillClosed | ops.TillHandedOver
"""A count that ends somebody's shift."""

# How often a mistake is made, in parts of a thousand differences.
FREQUENCY: Final[dict[str, int]] = {
    "pieces": 220,
    "note": 110,
    "unaccepted": 130,
    "parked": 110,
    "cancelled": 90,
    "card_then_cash": 110,
    "twice": 90,
    "row": 70,
    "row_digits": 50,
    "swapped": 70,
    "reversal_unpaid": 40,
    "reversal_twice": 40,
    "not_moved": 50,
    "wrong_way": 45,
    "factor_ten": 40,
    "tender": 40,
    "change_kept": 30,
    "change_twice": 20,
    "bundle": 25,
    "nine": 2,
}


@dataclass(frozen=True, slots=True)
class Noted:
    """A record of the shift: its operation, when it was recorded (UTC ms), its body."""

    operation: str
    at_ms: int
    body: ops.Body


@dataclass(frozen=True, slots=True)
class Trace:
    """Something that happened and moved no money in the books (yet).

    Attributes:
        sort: unaccepted (cash announced to this till, perhaps counted into the drawer already), issued (cash
            written out of this till that nobody has accepted), parked or cancelled (a basket), card (an
            attempt with the terminal that ended without a yes).
        amount_qapik: what it would have moved into the till; negative for what it would have paid out.
    """

    sort: Literal["unaccepted", "issued", "parked", "cancelled", "card"]
    operation: str
    at_ms: int
    amount_qapik: int


@dataclass(frozen=True, slots=True)
class Shift:
    """What is known of the time between two counts of one till.

    Attributes:
        desk: whose till, the sub-account of its postings.
        difference_qapik: counted less expected.
        pieces: the count sheet, number by denomination in qəpik.
        records: in journal order.
        traces: what moved no money in the books.
    """

    desk: str
    difference_qapik: int
    pieces: Mapping[int, int]
    records: Sequence[Noted]
    traces: Sequence[Trace] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way in which a mistake explains the difference: the records to open, and what to say of it."""

    reason: str
    operations: tuple[str, ...]
    facts: tuple[tuple[str, int], ...]
    weight: int


@dataclass(frozen=True, slots=True)
class Cause:
    """One mistake with the ways it can have been made, the likeliest first.

    Attributes:
        reason: word of ``explain.reason.…``.
        share_ppm: of all that was found, in parts per million; no probability that it happened.
    """

    reason: str
    share_ppm: int
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class _Move:
    """One record's effect on the till's cash, and the amounts somebody typed into it."""

    note: Noted
    cash_qapik: int
    typed: tuple[int, ...]

    @property
    def operation(self) -> str:
        return self.note.operation


def explain(shift: Shift) -> tuple[Cause, ...]:
    """The likely causes of a difference, likeliest first; empty when there is none or nothing fits."""
    if not shift.difference_qapik:
        return ()
    moves = _moves(shift)
    found = [
        *_of_operations(shift, moves),
        *_of_typing(shift, moves),
        *_of_change(shift, moves),
        *_of_tenders(shift),
        *_of_reversals(shift, moves),
        *_of_traces(shift),
        *_of_the_sheet(shift),
    ]
    grouped: dict[str, list[Candidate]] = {}
    for one in found:
        grouped.setdefault(one.reason, []).append(one)
    total = sum(one.weight for one in found) or 1
    causes = [
        Cause(
            reason,
            sum(one.weight for one in group) * 1_000_000 // total,
            tuple(sorted(group, key=lambda one: (-one.weight, one.facts, one.operations))[:CANDIDATES_MAX]),
        )
        for reason, group in grouped.items()
    ]
    return tuple(sorted(causes, key=lambda cause: (-cause.share_ppm, cause.reason))[:CAUSES_MAX])


def _weight(reason: str, ways: int) -> int:
    return FREQUENCY[reason] * _SCALE // max(ways, 1)


def _moves(shift: Shift) -> list[_Move]:
    """Every record but counts that the frozen posting rules let move this till."""
    moves = []
    for note in shift.records:
        if isinstance(note.body, Close):
            continue
        kind, version = ops.kind_of(note.body)
        posted = postings(shift.desk, note.operation, kind, version, note.body)
        cash = sum(p.amount.minor for p in posted if (p.account, p.sub) == (chart.TILL, shift.desk))
        if cash:
            moves.append(_Move(note, cash, _typed(note.body, cash)))
    return moves


def _typed(body: ops.Body, cash_qapik: int) -> tuple[int, ...]:
    """Amounts that a hand wrote, signed as they move the till."""
    if not isinstance(body, ops.Settlement):
        return (cash_qapik,)
    return tuple(
        line.amount_qapik for line in body.lines if isinstance(line, ops.PaymentAccepted | ops.TransferSent)
    )


# --- a whole operation --------------------------------------------------------------------------------


def _of_operations(shift: Shift, moves: list[_Move]) -> Iterator[Candidate]:
    """Recorded twice, recorded and never done, done in the other direction."""
    difference = shift.difference_qapik
    pairs = _twins(moves)
    for first, second in pairs:
        if second.cash_qapik == -difference:
            seconds = (second.note.at_ms - first.note.at_ms) // 1000
            facts = (("amount", abs(second.cash_qapik)), ("seconds", seconds))
            weight = _weight("twice", len(pairs))
            yield Candidate("twice", (first.operation, second.operation), facts, weight)
    for move in moves:
        amount = (("amount", abs(move.cash_qapik)),)
        if move.cash_qapik == -difference:
            yield Candidate("not_moved", (move.operation,), amount, _weight("not_moved", len(moves)))
        if move.cash_qapik * -2 == difference:
            yield Candidate("wrong_way", (move.operation,), amount, _weight("wrong_way", len(moves)))


def _twins(moves: list[_Move]) -> list[tuple[_Move, _Move]]:
    """Neighbours that moved the same sum within a minute."""
    pairs = []
    for at, move in enumerate(moves):
        for later in moves[at + 1 :]:
            if later.note.at_ms - move.note.at_ms > MINUTE_MS:
                break
            if later.cash_qapik == move.cash_qapik:
                pairs.append((move, later))
    return pairs


def _of_typing(shift: Shift, moves: list[_Move]) -> Iterator[Candidate]:
    """An amount typed with two digits exchanged, or with a nought too many or too few."""
    difference = shift.difference_qapik
    amounts = [(move, typed) for move in moves for typed in move.typed]
    found = False
    for move, typed in amounts:
        sign, amount = (1, typed) if typed > 0 else (-1, -typed)
        others = swapped(amount)
        for other in others:
            if sign * (other - amount) == difference:
                found = True
                facts = (("typed", amount), ("meant", other))
                yield Candidate(
                    "swapped", (move.operation,), facts, _weight("swapped", len(amounts) * len(others))
                )
        for other in mistyped_tens(amount):
            if sign * (other - amount) == difference:
                facts = (("typed", amount), ("meant", other))
                yield Candidate(
                    "factor_ten", (move.operation,), facts, _weight("factor_ten", 2 * len(amounts))
                )
    if difference % 9 == 0 and not found:
        # Exchanged digits always make a multiple of nine; here in a figure that stands in no record.
        yield Candidate("nine", (), (("ninth", abs(difference) // 9),), _weight("nine", 9))


def mistyped_tens(amount: int) -> tuple[int, ...]:
    """What was meant when a nought was typed too many or too few."""
    return (amount * 10, amount // 10) if amount % 10 == 0 else (amount * 10,)


# --- change, tenders, reversals ---------------------------------------------------------------------------


def _of_change(shift: Shift, moves: list[_Move]) -> Iterator[Candidate]:
    """Change kept, given twice, or given from another note than was noted."""
    difference = shift.difference_qapik
    given = [
        (move, move.note.body)
        for move in moves
        if isinstance(move.note.body, ops.Settlement) and move.note.body.cash_given_qapik
    ]
    changed = [(move, body) for move, body in given if body.change_qapik]
    for move, body in changed:
        facts = (("change", body.change_qapik), ("given", body.cash_given_qapik))
        if body.change_qapik == difference:
            yield Candidate("change_kept", (move.operation,), facts, _weight("change_kept", len(changed)))
        if body.change_qapik == -difference:
            yield Candidate("change_twice", (move.operation,), facts, _weight("change_twice", len(changed)))
    for move, body in given:
        notes = _other_notes(body.cash_given_qapik)
        for note in notes:
            if note - body.cash_given_qapik == difference:
                facts = (("given", body.cash_given_qapik), ("really", note))
                # Only a note that was changed can have been taken for another.
                weight = _weight("note", len(given) * len(notes) * (1 if body.change_qapik else 4))
                yield Candidate("note", (move.operation,), facts, weight)


def _other_notes(given: int) -> tuple[int, ...]:
    """The notes next to the one that was noted as given; a heap of notes is not taken for another."""
    if given not in NOTES_QAPIK:
        return ()
    at = NOTES_QAPIK.index(given)
    return tuple(NOTES_QAPIK[n] for n in (at - 1, at + 1) if 0 <= n < len(NOTES_QAPIK))


def _of_tenders(shift: Shift) -> Iterator[Candidate]:
    """Paid by card and taken as cash, or the other way round; a card that did go through after all."""
    difference = shift.difference_qapik
    tries = [trace for trace in shift.traces if trace.sort == "card"]
    paid = [
        (note, tender)
        for note in shift.records
        if isinstance(note.body, ops.Settlement)
        for tender in note.body.tenders
    ]
    for note, tender in paid:
        facts = (("amount", abs(tender.amount_qapik)),)
        if tender.tender != "cash" and tender.amount_qapik == difference:
            electronic = sum(one.tender != "cash" for _, one in paid)
            yield Candidate("tender", (note.operation,), facts, _weight("tender", electronic))
        if tender.tender == "cash" and tender.amount_qapik == -difference:
            for trace in tries:
                late_ms = note.at_ms - trace.at_ms
                if trace.amount_qapik == tender.amount_qapik and 0 <= late_ms <= CARD_MINUTES * MINUTE_MS:
                    both = (note.operation, trace.operation)
                    yield Candidate("card_then_cash", both, facts, _weight("card_then_cash", len(tries)))


def _of_reversals(shift: Shift, moves: list[_Move]) -> Iterator[Candidate]:
    """Undone in the books only, or paid back twice."""
    undone = [move for move in moves if _is_reversal(move.note.body)]
    for move in undone:
        facts = (("amount", abs(move.cash_qapik)),)
        if move.cash_qapik == -shift.difference_qapik:
            weight = _weight("reversal_unpaid", len(undone))
            yield Candidate("reversal_unpaid", (move.operation,), facts, weight)
        if move.cash_qapik == shift.difference_qapik:
            weight = _weight("reversal_twice", len(undone))
            yield Candidate("reversal_twice", (move.operation,), facts, weight)


def _is_reversal(body: ops.Body) -> bool:
    return isinstance(body, ops.Settlement) and any(isinstance(one, ops.LineReversed) for one in body.lines)


# --- what stands in no posting ------------------------------------------------------------------------


_REASON_OF: Final = {
    "unaccepted": "unaccepted",
    "issued": "unaccepted",
    "parked": "parked",
    "cancelled": "cancelled",
}


def _of_traces(shift: Shift) -> Iterator[Candidate]:
    """Cash that nobody accepted yet, baskets that were parked or cancelled."""
    for trace in shift.traces:
        reason = _REASON_OF.get(trace.sort)
        if reason is None or trace.amount_qapik != shift.difference_qapik:
            continue
        alike = sum(_REASON_OF.get(other.sort) == reason for other in shift.traces)
        facts = (("amount", abs(trace.amount_qapik)),)
        yield Candidate(reason, (trace.operation,), facts, _weight(reason, alike))


# --- the count sheet ------------------------------------------------------------------------------------


def _of_the_sheet(shift: Shift) -> Iterator[Candidate]:
    """Pieces or a bundle miscounted, a figure typed into the row beside, a figure mistyped."""
    yield from _miscounted(shift)
    yield from _other_row(shift)
    rows = [(denomination, number) for denomination, number in shift.pieces.items() if number]
    for denomination, number in rows:
        meant = mistyped(number)
        for other in meant:
            if (number - other) * denomination == shift.difference_qapik:
                facts = (("denomination", denomination), ("number", number), ("meant_number", other))
                yield Candidate("row_digits", (), facts, _weight("row_digits", len(rows) * len(meant)))


def _miscounted(shift: Shift) -> Iterator[Candidate]:
    difference = shift.difference_qapik
    for denomination in DENOMINATIONS_QAPIK:
        number, rest = divmod(abs(difference), denomination)
        if rest or not number:
            continue
        # What was counted too much must stand on the sheet.
        if difference > 0 and shift.pieces.get(denomination, 0) < number:
            continue
        facts = (("denomination", denomination), ("number", number))
        ways = len(DENOMINATIONS_QAPIK)
        if number <= PIECES_MAX:
            # One piece too few happens oftener than two, two oftener than three.
            yield Candidate("pieces", (), facts, _weight("pieces", ways * 2**number))
        if number == BUNDLE_PIECES:
            yield Candidate("bundle", (), facts, _weight("bundle", ways))


def _other_row(shift: Shift) -> Iterator[Candidate]:
    """All pieces of one denomination typed into the row above or below, which should be empty."""
    rows = [(at, d) for at, d in enumerate(DENOMINATIONS_QAPIK) if shift.pieces.get(d)]
    for at, typed in rows:
        number = shift.pieces[typed]
        for beside in (at - 1, at + 1):
            if not 0 <= beside < len(DENOMINATIONS_QAPIK):
                continue
            meant = DENOMINATIONS_QAPIK[beside]
            if shift.pieces.get(meant) or number * (typed - meant) != shift.difference_qapik:
                continue
            facts = (("denomination", typed), ("meant", meant), ("number", number))
            yield Candidate("row", (), facts, _weight("row", 2 * len(rows)))


def shifts(records: Iterable[Noted]) -> list[tuple[Close, str, tuple[Noted, ...]]]:
    """(close, its operation, records of the shift) for every close and hand-over, in the order of the records.

    A shift begins with the opening of the till or a hand-over; what stands before the first opening belongs
    to the first.
    """
    found: list[tuple[Close, str, tuple[Noted, ...]]] = []
    held: list[Noted] = []
    for note in records:
        match note.body:
            case ops.TillOpened() if held and any(isinstance(one.body, ops.TillOpened) for one in held):
                held = [note]
            case ops.TillClosed() | ops.TillHandedOver() as closed:
                found.append((closed, note.operation, tuple(held)))
                held = []
            case _:
                held.append(note)
    return found
