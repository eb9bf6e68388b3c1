"""The history of a mail item: its events in causal order and what they make of it, at desk and centre alike.

In: the events that are known of one number, in any order, taken-back ones among them. Out: its lives (a
number is used again a year after its item ended), each with state, custody and a mark on every event. The
rules are mail.md 1.2 to 1.5: the writer's own order and the record an event answers come before clocks; a
step that nobody scanned is passed over; what does not fit is kept and marked, and changes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Final, Literal

from azpost_desk.domain.mail.moves import CUSTODY, FINAL, ITEM, JUMPS, is_back, moved_by, stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Mark = Literal["", "jump", "again", "contradiction", "voided"]
"""What became of an event: it counts; it counts though steps before it were not scanned; it says once more
what was known; it fits nowhere; it was taken back."""

_COUNTS: Final = frozenset({"", "jump", "again"})
# Whoever keeps what was folded keeps this beside it, and folds again what another version made.
VERSION: Final = 3
# A number may stand on another item a year after the life of the one before ended (mail.md 1.5).
_REUSE_MS: Final = 365 * 86_400_000
_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BEGINS: Final = frozenset({"EMA", "EMD"})
# An item at one office that turns up at another one has been forwarded; nobody scanned how.
_ARRIVES: Final = frozenset({"EMG", "EDD"})
_BAGGED: Final = "bagged"


@dataclass(frozen=True, slots=True)
class Told:
    """One event as a record tells it.

    Attributes:
        id: the operation of the record, or of the line in it.
        code: UPU EMSEVT V3; `measure` is what was done about it, where that matters.
        office: where it happened.
        desk, epoch, sequence: where the record stands; "" and 0 of what was heard without them.
        at_ms: when it happened, UTC ms.
        answers: the id of the event that whoever wrote this one knew as the last.
        voided: it was taken back.
        until: the day (ISO) until which it is to be kept, where the event says one.
        due_qapik: what it says is due before the item is handed over.
    """

    id: str
    code: str
    office: str
    at_ms: int
    desk: str = ""
    epoch: int = 0
    sequence: int = 0
    measure: str = ""
    answers: str = ""
    voided: bool = False
    until: str = ""
    due_qapik: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a history and what became of it."""

    event: Told
    mark: Mark

    @property
    def counts(self) -> bool:
        """Whether it says something of where the item is."""
        return self.mark in _COUNTS


@dataclass(frozen=True, slots=True)
class Life:
    """One item under its number, from its first event to its last.

    Attributes:
        generation: 1 for the first item of this number.
        state: of `mail.moves.STAGES`, with ``.back`` on the way to the sender; "" when nothing counts.
        custody: who has it: desk, shelf, bag, round, customs, other_post, person, unknown; "" not known.
        office: where that is.
        steps: its events in causal order.
    """

    generation: int = 1
    state: str = ""
    custody: str = ""
    office: str = ""
    steps: tuple[Step, ...] = ()

    @property
    def is_final(self) -> bool:
        """Whether nothing more is to come."""
        return self.state in FINAL

    @property
    def last(self) -> Told | None:
        """The last event that counts."""
        return next((one.event for one in reversed(self.steps) if one.counts), None)

    def seen_at(self, office: str) -> bool:
        """Whether an event of this office counts since the item took the way it is on now."""
        seen = False
        before = ""
        for event, state in self.way():
            turned = is_back(before) != is_back(state)
            seen, before = event.office == office or (seen and not turned), state
        return seen

    def way(self) -> Iterator[tuple[Told, str]]:
        """Each event that counts, and the state after it."""
        now = _Folding(self.generation)
        for one in self.steps:
            now.take(one.event)
            if one.counts:
                yield one.event, now.state

    def is_awaited_at(self, office: str, *, is_addressed: bool) -> bool:
        """Whether an office waits for it: addressed to it, or on the way back to where it was taken in."""
        if self.is_final or self.seen_at(office):
            return False
        return self.origin() == office if is_back(self.state) else is_addressed

    def has_moved_on(self, event: str) -> bool:
        """Whether somebody else has had the item in hand since this event (its id), which counted then.

        What was forwarded is in a bag by its word alone: laid into one it is listed and sealed by another
        scan, whatever became of that scan in this history.
        """
        now = _Folding(self.generation)
        then: tuple[str, str] | None = None
        for one in self.steps:
            now.take(one.event)
            if one.event.id == event:
                then = (now.custody, now.office) if one.counts else None
            elif then is None or one.mark == "voided":
                continue
            elif one.event.code == _BAGGED or (one.counts and (now.custody, now.office) != then):
                return True
        return False

    def next_mark(self, event: Told) -> Mark:
        """What would become of an event that comes after all of these."""
        now = _Folding(self.generation)
        for one in self.steps:
            now.take(one.event)
        if not now.is_over(event):
            now.take(event)
            return now.steps[-1].mark
        return ""

    def generation_at(self, at_ms: int) -> int:
        """Which item under the number is meant by whoever speaks of it at this time (UTC ms): a year after
        this one ended, the next.
        """
        now = _Folding(self.generation)
        for one in self.steps:
            now.take(one.event)
        return self.generation + now.is_over(Told("", "EMA", "", at_ms))

    def origin(self) -> str:
        """The office that took it from the sender; "" when that is not known here."""
        counted = (one.event for one in self.steps if one.mark in ("", "jump"))
        return next((one.office for one in counted if one.code == "EMA"), "")


def until_of(code: str, detail: str) -> str:
    """The day until which an event says that the item is kept; its detail may say something else."""
    return detail if code == "EDF" and _DAY.fullmatch(detail) else ""


def lives(events: Iterable[Told]) -> tuple[Life, ...]:
    """The items under one number, oldest first; never empty."""
    done: list[Life] = []
    now = _Folding(1)
    for event in in_order(tuple(events)):
        if now.is_over(event):
            done.append(now.life())
            now = _Folding(now.generation + 1)
        now.take(event)
    return (*done, now.life())


def history(events: Iterable[Told]) -> Life:
    """The newest item under one number."""
    return lives(events)[-1]


def in_order(events: Sequence[Told]) -> list[Told]:
    """The events in causal order, whatever order they came in; each id once, taken back if one copy says so.

    What was taken back moves nothing else: it stands where its clock puts it. Of records that name each
    other, which no honest desk writes, the one with the earliest time comes first.
    """
    known = _once(events)
    counted = {one.id: one for one in known.values() if not one.voided}
    order = _sorted(counted, _befores(known, counted))
    gone = sorted((one for one in known.values() if one.voided), key=_key, reverse=True)
    merged: list[Told] = []
    for one in order:
        while gone and _key(gone[-1]) < _key(one):
            merged.append(gone.pop())
        merged.append(one)
    return [*merged, *reversed(gone)]


def _sorted(known: dict[str, Told], waits: dict[str, set[str]]) -> list[Told]:
    """Each after what it waits for; among those that wait for nothing the earliest first."""
    follows: dict[str, list[str]] = {}
    for one, befores in waits.items():
        for before in befores:
            follows.setdefault(before, []).append(one)
    free = [(_key(known[one]), one) for one, befores in waits.items() if not befores]
    heapify(free)
    order: list[Told] = []
    while waits:
        if not free:
            heappush(free, min((_key(known[one]), one) for one in waits))
        _, taken = heappop(free)
        if waits.pop(taken, None) is None:
            continue
        order.append(known[taken])
        for later in follows.get(taken, ()):
            if later in waits:
                waits[later].discard(taken)
                if not waits[later]:
                    heappush(free, (_key(known[later]), later))
    return order


_Key = tuple[int, int, str, int, int, str]


def _key(event: Told) -> _Key:
    reached = _after("", event)[0] or JUMPS.get(moved_by(event.code, event.measure), "")
    return event.at_ms, stage(reached), event.desk, event.epoch, event.sequence, event.id


def _once(events: Sequence[Told]) -> dict[str, Told]:
    known: dict[str, Told] = {}
    for one in events:
        known[one.id] = max(known.get(one.id, one), one, key=_fullest)
    return known


def _fullest(one: Told) -> tuple[object, ...]:
    said = one.code, one.office, one.at_ms, one.measure, one.until, one.due_qapik
    return one.voided, one.epoch, one.sequence, one.desk, *said


def _befores(known: dict[str, Told], counted: dict[str, Told]) -> dict[str, set[str]]:
    """What comes before each event whatever the clocks say: its writer's last one, and the one it answers."""
    found = {one.id: _answered(one, known, counted) for one in counted.values()}
    last: dict[str, str] = {}
    for one in sorted(counted.values(), key=lambda one: (one.desk, one.epoch, one.sequence, one.id)):
        if one.desk:
            if one.desk in last:
                found[one.id].add(last[one.desk])
            last[one.desk] = one.id
    return found


def _answered(event: Told, known: dict[str, Told], counted: dict[str, Told]) -> set[str]:
    """The event it answers; where that was taken back, the one that answered."""
    answered, passed = event.answers, {event.id}
    while answered in known and answered not in passed and known[answered].voided:
        passed.add(answered)
        answered = known[answered].answers
    return {answered} if answered in counted and answered not in passed else set()


def _after(state: str, event: Told) -> tuple[str, Mark]:
    """The state an event leads to, and what that makes of it."""
    name = moved_by(event.code, event.measure)
    if after := ITEM.get((state, name)):
        return after, ""
    jump = JUMPS.get(name, "")
    if not jump or state in FINAL:
        return state, "contradiction"
    if is_back(state) and not is_back(jump):
        jump = "" if jump in FINAL else f"{jump}.back"
    if jump and stage(jump) > stage(state) and is_back(state) <= is_back(jump):
        return jump, "jump" if state else ""
    return state, "contradiction"


@dataclass(slots=True)
class _Folding:
    """A life on its way through its events."""

    generation: int
    state: str = ""
    custody: str = ""
    office: str = ""
    since_ms: int = 0
    last: tuple[str, str, str] = ("", "", "")
    steps: list[Step] = field(default_factory=list)

    def is_over(self, event: Told) -> bool:
        """Whether an event belongs to another item that got this number a year later."""
        begins = event.code in _BEGINS and not event.voided
        return begins and self.state in FINAL and event.at_ms - self.since_ms >= _REUSE_MS

    def take(self, event: Told) -> None:
        """Fold one event in."""
        self.steps.append(Step(event, "voided" if event.voided else self._count(event)))

    def _count(self, event: Told) -> Mark:
        said = event.code, event.measure, event.office
        state, mark = _after(self.state, event)
        if mark == "contradiction":
            if said == self.last:
                return "again"
            if event.code not in _ARRIVES or not self._turns_up_elsewhere(event):
                return mark
            mark = "jump"
        name = moved_by(event.code, event.measure)
        self.state, self.since_ms, self.last = state, event.at_ms, said
        if name in CUSTODY:
            self.custody, self.office = CUSTODY[name], event.office
        return mark

    def _turns_up_elsewhere(self, event: Told) -> bool:
        reached = JUMPS[event.code]
        return stage(reached) == stage(self.state) and event.office != self.office

    def life(self) -> Life:
        """The life as it stands."""
        return Life(self.generation, self.state, self.custody, self.office, tuple(self.steps))
