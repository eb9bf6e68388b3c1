"""Despatches and receptacles abroad: identity, numbers without gaps, when one is closed, what is loaded."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain.item_numbers import read_receptacle
from azpost_desk.domain.mail.despatches import (
    DESPATCH,
    NUMBER_MAX,
    RECEPTACLE,
    DespatchId,
    Packed,
    ReceptacleId,
    Series,
    Unready,
    despatch_id,
    despatch_named,
    gaps,
    is_kind,
    label_code,
    loading,
    may_be_given_up,
    next_number,
    next_receptacle,
    receptacle_named,
    tenths_of,
    why_not_closed,
    year_of,
)
from azpost_desk.domain.moves import move
from azpost_desk.domain.refusals import Refused

pytestmark = pytest.mark.fast

DAY = datetime.date(2026, 12, 1)
SERIES = Series("AZBAKA", "DEFRAA", "A", "EN", 2026)
DESPATCH_73 = despatch_id(SERIES, 73)
NUMBERS = st.integers(1, 999)
GRAMS = st.integers(1, 2_000_000)


def label(number: int, *, last: bool = False, grams: int = 12_300) -> str:
    return label_code(ReceptacleId(DESPATCH_73, number), is_last=last, has_registered=False, grams=grams)


@given(NUMBERS, st.booleans(), st.booleans(), GRAMS)
def test_every_label_of_a_receptacle_names_the_same_one(
    number: int, last: bool, registered: bool, grams: int
) -> None:
    """Its last six characters are words of the label: sealed again, it is the same receptacle (rule 5)."""
    one = ReceptacleId(DESPATCH_73, number)
    code = label_code(one, is_last=last, has_registered=registered, grams=grams)
    assert (len(code), code[:23]) == (29, one.code)
    assert receptacle_named(f" {code[:12].lower()} {code[12:]}", DAY) == one
    read = read_receptacle(code)
    assert read is not None
    assert (read.last, read.registered) == (last, registered)
    again = label_code(one, is_last=not last, has_registered=not registered, grams=grams + 5_000)
    assert again != code
    assert receptacle_named(again, DAY) == one


def test_the_published_vector_is_read_with_its_year() -> None:
    found = receptacle_named("BEBRUABOLPBBAEN60073003000227", DAY)
    assert found == ReceptacleId(DespatchId("BEBRUABOLPBBAEN60073", 2026), 3)
    assert found.despatch.series == Series("BEBRUA", "BOLPBB", "A", "EN", 2026)
    assert found.despatch.number == 73
    assert despatch_named("BEBRUA BOLPBB AEN6 0073", DAY) == found.despatch
    # The same letters ten years on are another despatch.
    later = despatch_named("BEBRUABOLPBBAEN60073", datetime.date(2036, 1, 2))
    assert later == DespatchId("BEBRUABOLPBBAEN60073", 2036) != found.despatch
    for nothing in ("BAG-001", "AZG004201100075", "BEBRUABOLPBBAEN60000003000227", ""):
        assert (despatch_named(nothing, DAY), receptacle_named(nothing, DAY)) == (None, None)
    # An S8 names no receptacle, and no receptacle is numbered 000.
    assert receptacle_named("BEBRUABOLPBBAEN60073", DAY) is None
    assert receptacle_named("BEBRUABOLPBBAEN60073000000227", DAY) is None


@given(st.integers(2020, 2100), st.dates(datetime.date(2020, 1, 1), datetime.date(2100, 12, 31)))
def test_a_year_is_the_latest_that_has_begun_somewhere(year: int, seen: datetime.date) -> None:
    found = year_of(year % 10, seen)
    tomorrow = seen + datetime.timedelta(1)
    assert found % 10 == year % 10
    assert tomorrow.year - 10 < found <= tomorrow.year


@given(st.integers(1, NUMBER_MAX), st.sampled_from("ABCD"), st.sampled_from(["CA", "EN", "UR", "C1"]))
def test_a_number_makes_the_despatch_that_a_scan_finds(number: int, category: str, subclass: str) -> None:
    series = Series("AZBAKA", "USLAXA", category, subclass, 2026)
    made = despatch_id(series, number)
    assert despatch_named(made.s8, DAY) == made
    assert (made.series, made.number, is_kind(category, subclass)) == (series, number, True)


@pytest.mark.parametrize(
    ("series", "number"),
    [
        (SERIES, 0),
        (SERIES, NUMBER_MAX + 1),
        (Series("azbaka", "DEFRAA", "A", "EN", 2026), 1),
        (Series("AZBAKA", "QQFRAA", "A", "EN", 2026), 1),
        (Series("AZBAKA", "DEFRAA", "E", "EN", 2026), 1),
        (Series("AZBAKA", "DEFRAA", "A", "1N", 2026), 1),
    ],
)
def test_parts_that_make_no_despatch_are_none(series: Series, number: int) -> None:
    with pytest.raises(ValueError, match="no despatch"):
        despatch_id(series, number)
    assert not is_kind("E", "EN")
    assert not is_kind("A", "1N")


@given(st.sets(st.integers(1, 60)), st.integers(1, 30), st.integers(0, 40))
def test_a_number_of_the_owner_is_never_given_twice(used: set[int], first: int, length: int) -> None:
    last = first + length
    given = next_number(used, first, last)
    within = {one for one in used if first <= one <= last}
    if given is None:
        assert max(within) == last
    else:
        assert first <= given <= last
        assert all(one < given for one in within)
        # What was skipped is a gap that has to be explained, or it looks like a lost despatch.
        assert not set(gaps(within | {given}, first)) & within
    assert next_number({NUMBER_MAX}, 9_000, 10_500) is None
    assert gaps({3, 4, 7}, 2) == (2, 5, 6)
    assert gaps((), 5) == ()


@given(st.lists(st.sampled_from(["add", "give_up", "seal", "reopen"]), max_size=40), st.data())
def test_whatever_is_done_to_receptacles_their_numbers_run_without_a_gap(
    steps: list[str], data: st.DataObject
) -> None:
    packed = dict[int, Packed]()
    for step in steps:
        if step == "add":
            number = next_receptacle(packed.values())
            assert number is not None
            before = packed[number].state if number in packed else ""
            packed[number] = Packed(number, move(RECEPTACLE, before, "reopened" if before else "begun"))
        elif packed:
            one = packed[data.draw(st.sampled_from(sorted(packed)))]
            event = {"give_up": "given_up", "seal": "sealed", "reopen": "reopened"}[step]
            if (one.state, event) in {("open", "sealed"), ("sealed", "reopened")} or (
                step == "give_up" and may_be_given_up(one.number, packed.values())
            ):
                packed[one.number] = Packed(one.number, move(RECEPTACLE, one.state, event))
        live = sorted(one.number for one in packed.values() if one.state != "void")
        assert live == list(range(1, len(live) + 1))
        assert why_not_closed(packed.values()).missing == ()


def test_a_despatch_has_999_receptacles_at_most() -> None:
    full = [Packed(number, "sealed") for number in range(1, 1_000)]
    assert next_receptacle(full) is None
    assert next_receptacle(full[:-1]) == 999
    for number in (0, 1_000):
        with pytest.raises(ValueError, match="001 to 999"):
            label(number)


def test_a_despatch_is_closed_when_all_is_sealed_and_only_the_last_label_says_so() -> None:
    one, two = Packed(1, "sealed"), Packed(2, "sealed", says_last=True)
    assert not why_not_closed([two, one, Packed(3, "void")])
    assert why_not_closed([]) == why_not_closed([Packed(1, "void")]) == Unready(is_empty=True)
    assert why_not_closed([one, Packed(2, "open")]) == Unready(open=(2,))
    # One more came after the label of the last one was printed; and one that nobody marked.
    late = Packed(3, "sealed")
    assert why_not_closed([one, two, late]) == Unready(relabel=(2, 3))
    assert why_not_closed([one, Packed(3, "sealed", says_last=True)]) == Unready(missing=(2,))


def test_only_the_last_open_receptacle_is_given_up() -> None:
    packed = [Packed(1, "open"), Packed(2, "sealed"), Packed(3, "open"), Packed(4, "void")]
    assert [number for number in range(1, 6) if may_be_given_up(number, packed)] == [3]


@given(GRAMS)
def test_a_weight_is_said_to_the_nearest_tenth_and_never_as_nothing(grams: int) -> None:
    tenths = tenths_of(grams)
    assert 1 <= tenths <= 9_999
    if 50 <= grams < 999_850:
        assert abs(tenths * 100 - grams) <= 50
    assert (tenths_of(1), tenths_of(22_650), tenths_of(999_849), tenths_of(999_850)) == (1, 227, 9_998, 9_999)
    with pytest.raises(ValueError, match="weighs something"):
        tenths_of(0)


@given(st.sets(st.integers(1, 12)), st.sets(st.integers(1, 12)))
def test_what_is_not_loaded_is_named_and_keeps_its_number(here: set[int], scanned: set[int]) -> None:
    labels = {number: label(number) for number in here}
    found = loading(DESPATCH_73, labels, [label(number) for number in sorted(scanned)] * 2, DAY)
    assert set(found.going) == here & scanned
    assert set(found.left_behind) == here - scanned
    assert set(found.foreign) == {label(number) for number in scanned - here}
    assert not found.outdated


def test_an_old_label_and_a_label_of_another_despatch_load_nothing() -> None:
    labels = {1: label(1), 2: label(2, last=True)}
    other = label_code(
        ReceptacleId(despatch_id(SERIES, 74), 1), is_last=True, has_registered=False, grams=900
    )
    scans = [label(1, grams=9_900), other, "EE123456785AZ", label(2, last=True)]
    found = loading(DESPATCH_73, labels, scans, DAY)
    assert (found.going, found.left_behind) == ((2,), (1,))
    assert (found.outdated, found.foreign) == ((label(1, grams=9_900),), (other, "EE123456785AZ"))


def test_a_despatch_is_opened_again_before_its_hand_over_only() -> None:
    assert move(DESPATCH, "closed", "reopened") == "open"
    assert move(DESPATCH, "open", "cancelled") == "cancelled"
    # Left behind, and sent after it under its own number.
    assert move(DESPATCH, "gone", "handed_over") == "gone"
    assert move(DESPATCH, "closed", "arriving") == "arriving"
    for state, event in (("gone", "reopened"), ("gone", "cancelled"), ("closed", "cancelled")):
        with pytest.raises(Refused, match="G-020"):
            move(DESPATCH, state, event)
    # A closed transit goes on as it came.
    assert move(RECEPTACLE, "arrived", "handed_over") == "gone"
