"""A bag is what its steps make of it, in whatever order they are heard, and whatever the clocks say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain.mail.bag_history import BagStep, is_further, life_of

if TYPE_CHECKING:
    import random

pytestmark = pytest.mark.fast

ROAD = (("begun", 1), ("sealed", 1), ("reopened", 2), ("sealed", 2), ("handed_over", 2))


def step(at: int, event: str, version: int = 0, *, sender: bool = True, at_ms: int = -1) -> BagStep:
    happened = at if at_ms < 0 else at_ms
    return BagStep(f"{at:02}-{event}", event, version, sender, happened, "2002-1", 1, at)


def road() -> list[BagStep]:
    return [step(at, event, version) for at, (event, version) in enumerate(ROAD)]


@given(st.randoms(use_true_random=False), st.permutations(range(8)))
def test_any_order_and_any_clock_give_the_same_bag(chance: random.Random, clocks: list[int]) -> None:
    steps = [
        *(step(at, event, version, at_ms=clocks[at]) for at, (event, version) in enumerate(ROAD)),
        *(step(at, event, sender=False) for at, event in enumerate(("taken", "opened", "emptied"), 10)),
    ]
    chance.shuffle(steps)
    life = life_of(steps)
    assert (life.state, life.version, life.sealing, life.unfit) == ("done", 2, "03-sealed", frozenset())


def test_a_bag_on_the_road_knows_since_when_and_one_that_was_quicker_is_no_contradiction() -> None:
    assert life_of(road()).left == "04-handed_over"
    assert life_of(road()[:-1]).left == ""
    quicker = [*road()[:-1], step(9, "taken", sender=False)]
    assert (life_of(quicker).state, life_of(quicker).unfit) == ("arrived", frozenset())
    late = life_of([*quicker, step(4, "handed_over", 2)])
    assert (late.state, late.left, late.unfit) == ("arrived", "", frozenset())
    unheard = life_of([step(0, "begun", 1), step(9, "taken", sender=False)])
    assert (unheard.state, unheard.unfit) == ("open", frozenset())
    assert (late.arrival, life_of([*quicker, step(10, "opened", sender=False)]).emptied) == ("09-taken", "")
    assert life_of([step(0, "begun", 1), step(1, "given_up")]).state == "void"


def test_what_fits_nowhere_is_named_and_changes_nothing() -> None:
    """Two desks of one office close it, or it is opened again of which the road knows nothing."""
    twice = life_of([*road(), step(7, "sealed", 2), step(9, "reopened", 9)])
    assert (twice.state, twice.version, twice.sealing) == ("gone", 2, "03-sealed")
    assert twice.unfit == {"07-sealed", "09-reopened"}
    # It left as its first version: what another desk then did to it, it did to no bag.
    crossed = life_of([*road(), step(8, "handed_over", 1)])
    assert (crossed.state, crossed.version, crossed.sealing) == ("gone", 1, "01-sealed")
    assert crossed.unfit == {"02-reopened", "03-sealed", "04-handed_over"}
    opened = life_of([*road()[:3], step(9, "taken", sender=False)])
    assert (opened.state, opened.sealing, opened.unfit) == ("open", "", {"09-taken"})


def test_what_a_desk_recorded_is_further_than_what_the_centre_has_heard() -> None:
    assert is_further(2, "open", 1, "sealed")
    assert is_further(1, "gone", 1, "sealed")
    assert not is_further(1, "sealed", 1, "sealed")
    assert not is_further(1, "gone", 1, "arrived")
