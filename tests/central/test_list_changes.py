"""A desk's copy of a watch list becomes the centre's, from whatever it had and wherever it stopped."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.central import list_versions
from azpost_desk.central.list_changes import PIECE_BYTES_MAX
from azpost_desk.domain.watch_lists import OFAC, UN, Listed
from azpost_desk.protocol import messages
from azpost_desk.protocol.questions import LIST
from azpost_desk.protocol.watch import ListAsked, ListTold

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.app import Centre
    from tests.central.desks import ManualClock, SimDesk


@dataclass
class Copy:
    """What a desk keeps, as the protocol says it."""

    asked: ListAsked = field(default_factory=lambda: ListAsked(source=OFAC))
    entries: dict[str, bytes] = field(default_factory=dict)
    told_again: set[str] = field(default_factory=set)
    is_whole: bool = False

    def take(self, told: ListTold) -> None:
        if told.begun:
            self.told_again, self.is_whole = set(), told.whole
        for content in told.put:
            number = msgspec.json.decode(content, type=Listed).id
            self.entries[number] = content
            self.told_again.add(number)
        for number in told.gone:
            self.entries.pop(number, None)
        if told.more:
            start = ListAsked(source=OFAC) if told.whole else self.asked
            self.asked = msgspec.structs.replace(
                start, towards=told.version, towards_ms=told.as_of_ms, after=told.after
            )
            return
        if self.is_whole:
            self.entries = {number: self.entries[number] for number in self.told_again}
        self.asked = ListAsked(source=OFAC, version=told.version, as_of_ms=told.as_of_ms)
        assert len(self.entries) == told.entries


def entry(number: int, word: str = "") -> Listed:
    names = ((f"SOMEBODY, Number {number} {word}", "name"),)
    return Listed(source=OFAC, id=str(number), kind="person", names=names)


def imported(centre: Centre, clock: ManualClock, entries: list[Listed]) -> None:
    clock.now_ms += 1_000
    with centre.database.connection() as conn:
        list_versions.import_list(conn, entries, "compliance", clock.utc_ms(), may_lose_many=True)


def piece(desk: SimDesk, asked: ListAsked) -> ListTold:
    response = desk.post(LIST.path, asked)
    response.raise_for_status()
    return messages.unpack(response.content, ListTold)


def carried(desk: SimDesk, copy: Copy, pieces_max: int = 100) -> int:
    """Ask until nothing more comes, or `pieces_max` times; how many pieces."""
    for number in range(1, pieces_max + 1):
        told = piece(desk, copy.asked)
        copy.take(told)
        if not told.more:
            return number
    return pieces_max


def same_as_centre(centre: Centre, copy: Copy) -> bool:
    with centre.database.connection() as conn:
        rows = conn.execute(
            "select id, content from watch_entries where gone is null and source = %s", (OFAC,)
        ).fetchall()
    return copy.entries == {number: bytes(content) for number, content in rows}


def test_a_desk_gets_all_and_then_only_what_changed(
    centre: Centre, clock: ManualClock, enrolled: Callable[[str], SimDesk]
) -> None:
    desk, copy = enrolled("2002-1"), Copy()
    imported(centre, clock, [entry(number) for number in range(1_200)])
    assert carried(desk, copy) > 2
    assert same_as_centre(centre, copy)
    imported(centre, clock, [entry(n, "other" if n == 7 else "") for n in range(1, 1_201)])
    told = piece(desk, copy.asked)
    assert (len(told.put), told.gone, told.more, told.whole) == (2, ("0",), False, False)
    copy.take(told)
    assert same_as_centre(centre, copy)
    again = piece(desk, copy.asked)
    assert (again.put, again.gone, again.version) == ((), (), 2)


def test_the_same_question_has_the_same_answer_and_no_piece_is_large(
    centre: Centre, clock: ManualClock, enrolled: Callable[[str], SimDesk]
) -> None:
    desk = enrolled("2002-1")
    imported(centre, clock, [entry(number, "x" * 2_000) for number in range(50)])
    told = piece(desk, ListAsked(source=OFAC))
    assert told == piece(desk, ListAsked(source=OFAC))
    assert told.more
    assert len(told.put) > 1
    assert sum(map(len, told.put)) <= PIECE_BYTES_MAX


@pytest.mark.parametrize("seed", range(4))
def test_versions_may_change_while_a_desk_is_on_its_way(
    centre: Centre, clock: ManualClock, enrolled: Callable[[str], SimDesk], seed: int
) -> None:
    chance = random.Random(seed)
    desk, copy = enrolled("2002-1"), Copy()
    for _ in range(5):
        chosen = chance.sample(range(900), chance.randint(300, 800))
        imported(centre, clock, [entry(number, chance.choice(["", "other"])) for number in chosen])
        carried(desk, copy, chance.randint(0, 3))
    for _ in range(2):
        # The way it was on, then the way to the newest.
        carried(desk, copy)
    assert same_as_centre(centre, copy)


def test_a_version_that_is_not_the_centres_is_replaced_whole(
    centre: Centre, clock: ManualClock, enrolled: Callable[[str], SimDesk]
) -> None:
    """The centre was restored to before the version that the desk has."""
    desk = enrolled("2002-1")
    imported(centre, clock, [entry(number) for number in range(800)])
    strange = {"5000": msgspec.json.encode(entry(5_000)), "3": msgspec.json.encode(entry(3, "old"))}
    copy = Copy(ListAsked(source=OFAC, version=9, as_of_ms=1), dict(strange))
    first = piece(desk, copy.asked)
    assert first.whole
    copy.take(first)
    # Nothing is taken away before all has come.
    assert "5000" in copy.entries
    carried(desk, copy)
    assert same_as_centre(centre, copy)


def test_a_list_that_the_centre_has_not_is_version_nothing(
    centre: Centre, clock: ManualClock, enrolled: Callable[[str], SimDesk]
) -> None:
    told = piece(enrolled("2002-1"), ListAsked(source=UN, version=3, as_of_ms=4))
    assert (told.version, told.put, told.more) == (0, (), False)


def test_a_strangers_question_is_not_answered(centre: Centre, enrolled: Callable[[str], SimDesk]) -> None:
    desk = enrolled("2002-1")
    body = messages.pack(ListAsked(source=OFAC))
    assert desk.post_bytes(LIST.path, body, desk="9999-1").status_code == 401
