"""A despatch is what its owner's steps make of it, in whatever order they come; so are its receptacles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain.mail.bag_history import BagStep, life_of
from azpost_desk.domain.mail.despatch_history import DespatchLife, DespatchStep, despatch_of
from azpost_desk.domain.mail.despatches import RECEPTACLE

if TYPE_CHECKING:
    import random

pytestmark = pytest.mark.fast

OUT = (("begun", 1), ("closed", 1), ("reopened", 2), ("closed", 2), ("handed_over", 2), ("handed_over", 2))


def step(
    at: int, event: str, version: int = 0, *, desk: str = "2002-1", at_ms: int = -1, epoch: int = 1
) -> DespatchStep:
    happened = at if at_ms < 0 else at_ms
    return DespatchStep(f"{at:02}-{event}", event, version, version > 0, happened, desk, epoch, at)


def road() -> list[DespatchStep]:
    return [step(at, event, version) for at, (event, version) in enumerate(OUT)]


@given(st.randoms(use_true_random=False), st.permutations(range(6)))
def test_any_order_and_any_clock_give_the_same_despatch(chance: random.Random, clocks: list[int]) -> None:
    steps = [
        *(step(at, event, version, at_ms=clocks[at]) for at, (event, version) in enumerate(OUT)),
        step(10, "arriving", desk="9001-1"),
        step(11, "ended_short", desk="9001-1"),
        step(12, "settled", desk="9001-1"),
    ]
    chance.shuffle(steps)
    whole = DespatchLife("settled", 2, "2002-1", "03-closed", "04-handed_over")
    assert despatch_of(steps) == whole


@given(st.randoms(use_true_random=False), st.sets(st.integers(0, 5)))
def test_whatever_has_been_heard_so_far_the_rest_makes_it_whole(
    chance: random.Random, heard: set[int]
) -> None:
    some = [one for at, one in enumerate(road()) if at in heard]
    chance.shuffle(some)
    part = despatch_of(some)
    if 0 not in heard:
        assert part == DespatchLife()
    rest = [one for at, one in enumerate(road()) if at not in heard]
    assert despatch_of([*some, *rest]) == despatch_of(road())


def test_two_desks_close_one_despatch_and_only_its_owner_counts() -> None:
    other = [step(7, "closed", 1, desk="2002-2"), step(8, "handed_over", 1, desk="2002-2")]
    found = despatch_of([*other, *road()[:2]])
    assert (found.state, found.owner, found.closing) == ("closed", "2002-1", "01-closed")
    assert found.unfit == {"07-closed", "08-handed_over"}
    # Heard of before the owner's own records, they move nothing either.
    assert despatch_of([*other, road()[0]]).state == "open"


def test_a_new_machine_of_the_owner_goes_on_with_it() -> None:
    after = step(1, "handed_over", 2, epoch=2)
    found = despatch_of([after, *road()[:4]])
    assert (found.state, found.left, found.unfit) == ("gone", after.id, frozenset())


def test_a_number_that_nothing_went_with_is_burnt() -> None:
    found = despatch_of([step(0, "begun", 1), step(1, "cancelled", 1)])
    assert (found.state, found.is_burnt, found.closing) == ("cancelled", True, "")
    assert not despatch_of(road()).is_burnt
    late = despatch_of([step(0, "begun", 1), step(1, "cancelled", 1), step(2, "closed", 1)])
    assert (late.state, late.unfit) == ("cancelled", {"02-closed"})


def test_what_came_before_the_record_of_its_hand_over_waits_for_it() -> None:
    early = step(9, "arriving", desk="9001-1")
    assert despatch_of([early, step(0, "begun", 1)]).state == "open"
    assert despatch_of([early, *road()[:4]]).state == "arriving"
    whole = despatch_of([early, *road()])
    assert (whole.state, whole.left, whole.unfit) == ("arriving", "04-handed_over", frozenset())
    # It was opened again at the same time, of which whoever took it in knows nothing.
    opened = despatch_of([early, *road()[:3]])
    assert (opened.state, opened.unfit) == ("open", {early.id})


@given(st.randoms(use_true_random=False), st.permutations(range(7)))
def test_a_receptacle_given_up_and_taken_up_again_is_the_same_one(
    chance: random.Random, clocks: list[int]
) -> None:
    told = (
        ("begun", 1), ("sealed", 1), ("reopened", 2), ("given_up", 2), ("reopened", 3), ("sealed", 3),
        ("handed_over", 3),
    )  # fmt: skip
    steps = [
        BagStep(f"{at:02}-{event}", event, version, True, clocks[at], "2002-1", 1, at)
        for at, (event, version) in enumerate(told)
    ]
    chance.shuffle(steps)
    life = life_of(steps, RECEPTACLE)
    assert (life.state, life.version, life.sealing, life.unfit) == ("gone", 3, "05-sealed", frozenset())


def test_a_closed_transit_goes_on_unopened() -> None:
    sent = [BagStep(f"s{v}", event, 1, True, v) for v, event in enumerate(("begun", "sealed", "handed_over"))]
    further = ("taken", "handed_over", "taken")
    on = [BagStep(f"t{v}", event, 0, False, v) for v, event in enumerate(further, 9)]
    assert life_of([*on, *sent], RECEPTACLE).state == "arrived"
    assert life_of([*on[:2], *sent], RECEPTACLE).state == "gone"
    assert life_of([*on, *sent]).unfit == {"t10", "t11"}
