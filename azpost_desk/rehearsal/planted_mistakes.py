"""Shifts of a till as they really are, with one mistake planted in each: how well is a difference explained?

Everything comes from a seed. The difference is what the mistake does to the notes and coins in the drawer, or
to the sheet they are counted on; nothing here knows how the explanation looks for it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import baskets, cash
from azpost_desk.domain import operations as ops
from azpost_desk.domain.explaining import Noted, Shift, Trace, explain
from azpost_desk.domain.money import azn

if TYPE_CHECKING:
    from collections.abc import Callable

DESK: Final = "2002-1"
START_MS: Final = 1_795_410_000_000
_NOTES: Final = (100, 500, 1_000, 2_000, 5_000, 10_000)


@dataclass(slots=True)
class Counter:
    """A shift being made: what the books say, and the settlements by their operation."""

    rng: random.Random
    now_ms: int = START_MS
    made: int = 0
    expected_qapik: int = 0
    records: list[Noted] = field(default_factory=list)
    traces: list[Trace] = field(default_factory=list)

    def new_id(self) -> str:
        self.made += 1
        return f"op-{self.made:05}"

    def note(self, body: ops.Body, cash_qapik: int, operation: str = "") -> str:
        """Record something after a while."""
        self.now_ms += self.rng.randint(35, 260) * 1000
        operation = operation or self.new_id()
        self.records.append(Noted(operation, self.now_ms, body))
        self.expected_qapik += cash_qapik
        return operation

    def settle(self, lines: list[ops.AnyLine], tender: str = "cash") -> str:
        """A basket paid as people pay: exactly, or with the next round notes."""
        due = baskets.to_pay(lines).minor
        given = 0
        if due > 0 and tender == "cash":
            proposed = [sum_.minor for sum_ in cash.quick_notes(azn(due))]
            given = proposed[0] if self.rng.random() < 0.3 else self.rng.choice(proposed)
        if tender == "cash":
            receipt, money = f"4201-{self.made:06}", azn(max(given, 0))
            body = baskets.settle(self.new_id(), receipt, lines, self.new_id(), money, "az")
        else:
            body = _by_card(self, lines, due)
        return self.note(body, body.cash_given_qapik - body.change_qapik, body.basket)


def _by_card(counter: Counter, lines: list[ops.AnyLine], due: int) -> ops.Settlement:
    tender = ops.Tender(operation=counter.new_id(), tender="card", amount_qapik=due)
    return ops.Settlement(
        basket=counter.new_id(),
        receipt=f"4201-{counter.made:06}",
        lines=tuple(lines),
        tenders=(tender,),
        cash_given_qapik=0,
        change_qapik=0,
        language="az",
    )


def _line(counter: Counter) -> ops.AnyLine:
    rng, operation = counter.rng, counter.new_id()
    sort = rng.choices(("goods", "bill", "send", "pay", "item"), (30, 35, 14, 14, 7))[0]
    if sort == "goods":
        quantity, price = rng.randint(1, 12), rng.choice((60, 118, 30, 250))
        return ops.GoodsSold(
            operation=operation, sku="ST", quantity=quantity, price_qapik=price,
            amount_qapik=quantity * price, vat_qapik=0, tariff="t",
        )  # fmt: skip
    if sort == "bill":
        amount = rng.choice((rng.randint(150, 12_000), rng.randint(2, 60) * 100))
        return ops.PaymentAccepted(
            operation=operation, biller="0101", service="power", amount_qapik=amount,
            fee_qapik=max(50, amount // 100), tariff="t", account="c", told="",
        )  # fmt: skip
    amount = rng.choice((rng.randint(2, 60) * 1_000, rng.randint(30, 900) * 100))
    if sort == "send":
        return ops.TransferSent(
            operation=operation, transfer=operation, amount_qapik=amount, fee_qapik=max(50, amount // 100),
            tariff="t", office=None, purpose="family", parties="c", offline=False, told="",
        )  # fmt: skip
    if sort == "pay":
        return ops.TransferPaid(
            operation=operation, transfer=operation, grant=operation, amount_qapik=amount, receiver="c"
        )
    return ops.ItemAccepted(
        operation=operation, number="EE", service="ems", weight_grams=400,
        amount_qapik=rng.choice((500, 600, 700)), vat_qapik=0, tariff="t", postcode="AZ1000", addresses="c",
    )  # fmt: skip


def _moved(counter: Counter, direction: str, amount: int) -> None:
    body = ops.CashMoved(
        direction=direction, purpose="supply", till=DESK, pieces={"1000": amount // 1000}, amount_qapik=amount
    )
    counter.note(body, amount if direction == "to_till" else -amount)


def a_shift(rng: random.Random) -> Counter:
    """A day's work of one till without any mistake, with the loose ends that a day has."""
    counter = Counter(rng)
    counter.note(ops.TillOpened(till=DESK, holder="1002", balance_qapik=0), 0)
    _moved(counter, "to_till", rng.randint(20, 80) * 1_000)
    for _ in range(rng.randint(60, 140)):
        lines = [_line(counter) for _ in range(rng.choices((1, 2, 3), (75, 18, 7))[0])]
        due = baskets.to_pay(lines).minor
        if counter.expected_qapik + due < 5_000:
            _moved(counter, "to_till", rng.randint(3, 12) * 10_000)
        counter.settle(lines, "card" if due > 0 and rng.random() < 0.12 else "cash")
        if rng.random() < 0.02:
            _reverse(counter)
        if counter.expected_qapik > 400_000:
            _moved(counter, "to_safe", counter.expected_qapik // 200_000 * 100_000)
    for _ in range(rng.choices((0, 1, 2), (60, 30, 10))[0]):
        _trace(counter, "unaccepted", rng.randint(2, 30) * 1_000)
    return counter


def _trace(counter: Counter, sort: str, amount: int) -> str:
    operation = counter.new_id()
    counter.traces.append(Trace(sort, operation, counter.now_ms, amount))  # type: ignore[arg-type]
    return operation


def _reverse(counter: Counter) -> str:
    sold = [
        (line, note.body.receipt)
        for note in counter.records
        if isinstance(note.body, ops.Settlement)
        for line in note.body.lines
        if isinstance(line, ops.GoodsSold | ops.PaymentAccepted)
    ]
    if not sold:
        return ""
    line, receipt = counter.rng.choice(sold[-10:])
    return counter.settle([baskets.reverse(line, counter.new_id(), receipt, "wrong", "1004")])


def _sheet(rng: random.Random, amount: int) -> dict[int, int]:
    """How so much money lies in a drawer: mixed, not in the fewest pieces."""
    pieces: dict[int, int] = {}
    for denomination in cash.DENOMINATIONS_QAPIK:
        if denomination == 50_000 or amount < denomination:
            continue
        most = amount // denomination
        number = rng.randint(most * 2 // 5, most * 4 // 5) if denomination > 1 else most
        if rng.random() < 0.2 and denomination > 1:
            number = 0
        pieces[denomination] = number
        amount -= number * denomination
    return {d: n for d, n in pieces.items() if n}


@dataclass(frozen=True, slots=True)
class Planted:
    """A shift with one mistake, and what should be found."""

    shift: Shift
    reason: str
    operation: str


def _counted(counter: Counter, really: int, reason: str, operation: str) -> Planted | None:
    """The drawer holds `really` more than the books say, and is counted rightly."""
    if not really or counter.expected_qapik + really < 0:
        return None
    sheet = _sheet(counter.rng, counter.expected_qapik + really)
    shift = Shift(DESK, really, sheet, tuple(counter.records), tuple(counter.traces))
    return Planted(shift, reason, operation)


def _any(counter: Counter, wanted: Callable[[ops.Settlement], bool]) -> tuple[Noted, ops.Settlement] | None:
    found = [(n, n.body) for n in counter.records if isinstance(n.body, ops.Settlement) and wanted(n.body)]
    return counter.rng.choice(found) if found else None


def _cash_of(body: ops.Settlement) -> int:
    return body.cash_given_qapik - body.change_qapik


def _twice(counter: Counter) -> Planted | None:
    """The same sale rung up again within the minute, paid once."""
    chosen = _any(counter, lambda body: _cash_of(body) > 0 and len(body.lines) == 1)
    if chosen is None:
        return None
    note, body = chosen
    again = Noted(counter.new_id(), note.at_ms + counter.rng.randint(4, 50) * 1000, body)
    at = counter.records.index(note)
    counter.records.insert(at + 1, again)
    counter.expected_qapik += _cash_of(body)
    return _counted(counter, -_cash_of(body), "twice", again.operation)


def _not_moved(counter: Counter) -> Planted | None:
    """Sold and not paid, or paid out in the books only."""
    chosen = _any(counter, lambda body: bool(_cash_of(body)) and not _undoes(body))
    return chosen and _counted(counter, -_cash_of(chosen[1]), "not_moved", chosen[0].operation)


def _wrong_way(counter: Counter) -> Planted | None:
    """Cash carried to the safe and written as taken from it, or the other way round."""
    moves = [n for n in counter.records if isinstance(n.body, ops.CashMoved)]
    note = counter.rng.choice(moves)
    assert isinstance(note.body, ops.CashMoved)
    sign = 1 if note.body.direction == "to_till" else -1
    return _counted(counter, -2 * sign * note.body.amount_qapik, "wrong_way", note.operation)


def _typed(counter: Counter) -> tuple[Noted, int] | None:
    chosen = _any(
        counter,
        lambda body: (
            _cash_of(body) > 0
            and len(body.lines) == 1
            and isinstance(body.lines[0], ops.PaymentAccepted | ops.TransferSent)
        ),
    )
    if chosen is None:
        return None
    line = chosen[1].lines[0]
    assert isinstance(line, ops.PaymentAccepted | ops.TransferSent)
    return chosen[0], line.amount_qapik


def _swapped(counter: Counter) -> Planted | None:
    """The customer paid 53.40, the clerk typed 35.40."""
    chosen = _typed(counter)
    if chosen is None:
        return None
    digits = list(str(chosen[1]))
    at = counter.rng.randrange(len(digits) - 1)
    digits[at], digits[at + 1] = digits[at + 1], digits[at]
    if digits[0] == "0":
        return None
    return _counted(counter, int("".join(digits)) - chosen[1], "swapped", chosen[0].operation)


def _factor_ten(counter: Counter) -> Planted | None:
    chosen = _typed(counter)
    if chosen is None:
        return None
    meant = chosen[1] * 10 if counter.rng.random() < 0.5 or chosen[1] % 10 else chosen[1] // 10
    return _counted(counter, meant - chosen[1], "factor_ten", chosen[0].operation)


def _unaccepted(counter: Counter) -> Planted | None:
    """Cash of another desk lies in the drawer, and nobody has pressed the key."""
    amount = counter.rng.randint(2, 30) * 1_000
    return _counted(counter, amount, "unaccepted", _trace(counter, "unaccepted", amount))


def _card_then_cash(counter: Counter) -> Planted | None:
    """The terminal gave no answer, the basket was settled to cash, and the card had gone through."""
    chosen = _any(counter, lambda body: _cash_of(body) > 0)
    if chosen is None:
        return None
    note, body = chosen
    trace = Trace("card", counter.new_id(), note.at_ms - 40_000, _cash_of(body))
    counter.traces.append(trace)
    return _counted(counter, -_cash_of(body), "card_then_cash", note.operation)


def _tender(counter: Counter) -> Planted | None:
    """Recorded as card, paid in cash."""
    chosen = _any(counter, lambda body: any(one.tender == "card" for one in body.tenders))
    return chosen and _counted(counter, chosen[1].tenders[0].amount_qapik, "tender", chosen[0].operation)


def _note(counter: Counter) -> Planted | None:
    """Change from a fifty, and it was a twenty."""
    chosen = _any(counter, lambda body: body.change_qapik > 0 and body.cash_given_qapik in _NOTES)
    if chosen is None:
        return None
    note, body = chosen
    at = _NOTES.index(body.cash_given_qapik)
    others = [_NOTES[n] for n in (at - 1, at + 1) if 0 <= n < len(_NOTES)]
    other = counter.rng.choice(others)
    return _counted(counter, other - body.cash_given_qapik, "note", note.operation)


def _change(times: int) -> Callable[[Counter], Planted | None]:
    """Change given `times` times: 0 = kept."""

    def plant(counter: Counter) -> Planted | None:
        chosen = _any(counter, lambda body: body.change_qapik > 0)
        if chosen is None:
            return None
        reason = "change_kept" if times == 0 else "change_twice"
        return _counted(counter, (1 - times) * chosen[1].change_qapik, reason, chosen[0].operation)

    return plant


def _undoes(body: ops.Settlement) -> bool:
    return any(isinstance(line, ops.LineReversed) for line in body.lines)


def _reversal(times: int) -> Callable[[Counter], Planted | None]:
    """The money of a reversal given back `times` times."""

    def plant(counter: Counter) -> Planted | None:
        operation = _reverse(counter)
        if not operation:
            return None
        body = counter.records[-1].body
        assert isinstance(body, ops.Settlement)
        reason = "reversal_unpaid" if times == 0 else "reversal_twice"
        return _counted(counter, (times - 1) * _cash_of(body), reason, operation)

    return plant


def _pieces(counter: Counter) -> Planted | None:
    """One to three pieces of one denomination passed over, or counted twice."""
    return _miscounted(counter, counter.rng.choices((1, 2, 3), (60, 27, 13))[0], "pieces")


def _bundle(counter: Counter) -> Planted | None:
    """A pack of a hundred left in the drawer."""
    return _miscounted(counter, -100, "bundle")


def _miscounted(counter: Counter, number: int, reason: str) -> Planted | None:
    rng = counter.rng
    sheet = _sheet(rng, counter.expected_qapik)
    rows = [d for d, n in sheet.items() if n >= abs(number)]
    if not rows:
        return None
    row, by = rng.choice(rows), number if number < 0 else rng.choice((number, -number))
    sheet[row] += by
    shift = Shift(DESK, by * row, sheet, tuple(counter.records), tuple(counter.traces))
    return Planted(shift, reason, "")


def _row(counter: Counter) -> Planted | None:
    """A row of the sheet typed one line too low or too high."""
    rng = counter.rng
    sheet = _sheet(rng, counter.expected_qapik)
    order = cash.DENOMINATIONS_QAPIK
    pairs = [
        (meant, order[at + step])
        for at, meant in enumerate(order)
        for step in (-1, 1)
        if sheet.get(meant) and 0 <= at + step < len(order) and not sheet.get(order[at + step])
    ]
    if not pairs:
        return None
    meant, typed = rng.choice(pairs)
    number = sheet.pop(meant)
    sheet[typed] = number
    shift = Shift(DESK, number * (typed - meant), sheet, tuple(counter.records), tuple(counter.traces))
    return Planted(shift, "row", "")


def _row_digits(counter: Counter) -> Planted | None:
    """41 pieces typed as 14."""
    rng = counter.rng
    sheet = _sheet(rng, counter.expected_qapik)
    rows = [d for d, n in sheet.items() if n > 11 and len(set(str(n))) > 1 and n % 10]
    if not rows:
        return None
    row = rng.choice(rows)
    digits = str(sheet[row])
    typed = int(digits[:-2] + digits[-1] + digits[-2])
    if typed == sheet[row]:
        return None
    difference = (typed - sheet[row]) * row
    sheet[row] = typed
    return Planted(
        Shift(DESK, difference, sheet, tuple(counter.records), tuple(counter.traces)), "row_digits", ""
    )


PLANTS: Final[dict[str, Callable[[Counter], Planted | None]]] = {
    "twice": _twice,
    "not_moved": _not_moved,
    "wrong_way": _wrong_way,
    "swapped": _swapped,
    "factor_ten": _factor_ten,
    "unaccepted": _unaccepted,
    "card_then_cash": _card_then_cash,
    "tender": _tender,
    "note": _note,
    "change_kept": _change(0),
    "change_twice": _change(2),
    "reversal_unpaid": _reversal(0),
    "reversal_twice": _reversal(2),
    "pieces": _pieces,
    "bundle": _bundle,
    "row": _row,
    "row_digits": _row_digits,
}


def planted(mistake: str, seed: int) -> Planted:
    """A shift with this mistake in it; the same seed gives the same shift."""
    for attempt in range(50):
        made = PLANTS[mistake](a_shift(random.Random(f"{mistake}/{seed}/{attempt}")))
        if made is not None:
            return made
    raise ValueError(f"no shift of seed {seed} has room for {mistake}")


def rank(found: Planted) -> int:
    """At which place the mistake stands (1 = first) with its record among those to open; 0 = not found."""
    for place, cause in enumerate(explain(found.shift), start=1):
        if cause.reason == found.reason:
            opened = {operation for one in cause.candidates for operation in one.operations}
            return place if not found.operation or found.operation in opened else 0
    return 0


@dataclass(frozen=True, slots=True)
class Found:
    """How often the planted mistake was found, of `seeds` shifts."""

    seeds: int = 0
    first: int = 0
    among_three: int = 0

    def with_rank(self, place: int) -> Found:
        """One more shift."""
        return replace(
            self,
            seeds=self.seeds + 1,
            first=self.first + (place == 1),
            among_three=self.among_three + (1 <= place <= 3),
        )
