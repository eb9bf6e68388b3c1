"""The history of an item: the table of mail.md 3, and one state whatever the order of arrival."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain.mail.history import Told, history, in_order, lives
from azpost_desk.domain.mail.moves import EVENTS, ITEM, STAGES

DAY_MS: Final = 86_400_000
MEASURES: Final = ("", "new_try", "card_left", "held", "forwarded", "returned", "handed_over", "ended", "odd")


def told(line: str, *more: Told) -> list[Told]:
    """Events as a person would list them, a minute apart: ``EMA@2002 EMH:returned@1010``."""
    found = []
    for minute, one in enumerate(line.split()):
        event, _, office = one.partition("@")
        code, _, measure = event.partition(":")
        desk = f"{office or 1010}-1"
        found.append(
            Told(f"{minute}", code, office or "1010", minute * 60_000, desk, 1, minute + 1, measure=measure)
        )
    return [*found, *more]


@pytest.mark.parametrize(
    ("line", "state", "custody"),
    [
        ("EMA@2002", "accepted", "desk"),
        ("EMA@2002 EDD@1000 EDE@1000 EMG EDG EMI", "delivered", "person"),
        ("EMA@2002 EMB@1000 EXA@1000 EXC@1000 EMC@1000", "left", "other_post"),
        ("EMA@2002 EMB@1000 EXB@1000 EXX@1000", "inland.back", "desk"),
        ("EMA@2002 EXX:handed_back@2002", "cancelled", "person"),
        ("EMD@1000 EDB@1000 EME@1000 EDC@1000 EMF@1000 EMG", "office", "shelf"),
        ("EMJ@1000 EMK@1000", "left", "other_post"),
        ("EMG EDG EMH:new_try", "attempted", "round"),
        ("EMG EDG EMH:card_left", "pickup", "shelf"),
        ("EMG EDG EMH:forwarded EMG@1020", "office", "shelf"),
        ("EMG EMH:handed_over", "ended", "unknown"),
        # It travels back, may be scanned all the way, and ends in the sender's hands (mail.md, Delivery).
        ("EMA@2002 EMG EDX", "inland.back", "bag"),
        ("EMA@2002 EMG EMH:returned EDD@1000 EDE@1000 EMG@2002 EDG@2002 EMI@2002", "returned", "person"),
        ("EMD@1000 EDX@1000 EMC@1000", "left.back", "other_post"),
        ("EMG EDX:ended", "ended", "unknown"),
    ],
)
def test_the_state_after_a_life(line: str, state: str, custody: str) -> None:
    life = history(told(line))
    assert (life.state, life.custody) == (state, custody)
    assert {one.mark for one in life.steps} <= {"", "jump"}


@pytest.mark.parametrize(
    ("line", "marks", "state"),
    [
        # A step that nobody scanned is passed over.
        ("EMA@2002 EMG EMI", ["", "", ""], "delivered"),
        ("EMA@2002 EDG EMI", ["", "jump", ""], "delivered"),
        ("EMA@2002 EMD@1000 EMG", ["", "jump", ""], "office"),
        # An arrival at another office has been forwarded, unscanned.
        ("EMG EMG@1020 EDG@1020", ["", "jump", ""], "out"),
        # Scanned twice at one place says nothing new.
        ("EMG EDG EDG", ["", "", "again"], "out"),
        ("EMG EMI EMI", ["", "", "again"], "delivered"),
        # A stage back, a second acceptance, a second delivery elsewhere, anything after the end.
        ("EMG EDG EMD@1000", ["", "", "contradiction"], "out"),
        ("EMA@2002 EMA@2003", ["", "contradiction"], "accepted"),
        ("EMG EMI EMI@1020", ["", "", "contradiction"], "delivered"),
        ("EMG EMI EDG", ["", "", "contradiction"], "delivered"),
        ("EMA@2002 EMG EXX:handed_back@2002", ["", "", "contradiction"], "office"),
        # On the way back only the table says that the sender has it: the addressee might.
        ("EMA@2002 EMG EDX EMI", ["", "", "", "contradiction"], "inland.back"),
    ],
)
def test_nothing_is_passed_over_and_what_does_not_fit_changes_nothing(
    line: str, marks: list[str], state: str
) -> None:
    life = history(told(line))
    assert ([one.mark for one in life.steps], life.state) == (marks, state)


def test_a_late_event_is_folded_where_it_happened() -> None:
    """Measured before: a late EMD after EDG gave "underway", a late EMG after EMH gave "arrived"."""
    emd, emg, edg, emh = told("EMD@1000 EMG@1010 EDG@1010 EMH:held@1010")
    assert history([emg, edg, emd]).state == "out"
    assert history([emd, edg, emh, emg]).state == "held"


def test_an_event_taken_back_stays_in_sight_and_counts_for_nothing() -> None:
    emg, edg = told("EMG EDG")
    life = history([emg, replace(edg, voided=True), edg])
    assert (life.state, [one.mark for one in life.steps]) == ("office", ["", "voided"])
    assert history([replace(emg, voided=True)]).state == ""


def test_own_order_and_what_a_record_answers_come_before_clocks() -> None:
    """The hub's clock is two hours ahead; the branch had heard of the arrival and says so."""
    emd, emg, edg = told("EMD@1000 EMG@1010 EDG@1010")
    ahead = replace(emd, at_ms=7_200_000)
    assert history([ahead, emg, edg]).steps[-1].mark == "contradiction"
    assert [one.code for one in in_order([edg, ahead, replace(emg, answers=emd.id)])] == ["EMD", "EMG", "EDG"]
    # A desk whose clock went back has its own order all the same.
    back = replace(edg, at_ms=emg.at_ms - 50_000)
    assert [one.code for one in in_order([back, emg])] == ["EMG", "EDG"]


def test_a_number_stands_on_another_item_a_year_later() -> None:
    first = told("EMA@2002 EMG EMI")
    early = Told("early", "EMA", "2002", 300 * DAY_MS, "2002-1", 1, 50)
    assert history([*first, early]).steps[-1].mark == "contradiction"
    late = Told("late", "EMA", "2003", 366 * DAY_MS, "2003-1", 1, 1)
    then = Told("then", "EMG", "1010", 367 * DAY_MS, "1010-1", 1, 51)
    old, new = lives([then, late, *first])
    assert (old.generation, old.state, new.generation, new.state) == (1, "delivered", 2, "office")


def test_it_is_awaited_where_it_is_going_until_it_is_seen_there() -> None:
    sent = told("EMA@2002")
    assert history(sent).is_awaited_at("1010", is_addressed=True)
    assert not history(sent).is_awaited_at("2002", is_addressed=False)
    arrived = told("EMA@2002 EMG@1010")
    assert not history(arrived).is_awaited_at("1010", is_addressed=True)
    # An arrival scanned by mistake and taken back: it is awaited again.
    assert history([arrived[0], replace(arrived[1], voided=True)]).is_awaited_at("1010", is_addressed=True)
    back = told("EMA@2002 EMG@1010 EDX@1010")
    assert history(back).is_awaited_at("2002", is_addressed=False)
    assert not history(back).is_awaited_at("1010", is_addressed=True)
    assert not history(told("EMA@2002 EMG@1010 EDX@1010 EMG@2002")).is_awaited_at("2002", is_addressed=False)


def test_there_are_25_events_and_every_state_is_reached() -> None:
    assert len(EVENTS) == 25
    reached = {after.removesuffix(".back") for after in ITEM.values()}
    assert reached == set(STAGES) - {"", "announced"}


@st.composite
def some_events(draw: st.DrawFn) -> list[Told]:
    """What up to four desks write about one number, each in its own order, with any clocks and answers."""
    count = draw(st.integers(1, 9))
    found: list[Told] = []
    for at in range(count):
        desk = draw(st.sampled_from(("2002-1", "1010-1", "1010-2", "")))
        found.append(
            Told(
                id=f"id{at}",
                code=draw(st.sampled_from(EVENTS)),
                office=desk[:4] or "1000",
                at_ms=draw(st.integers(0, 4)) * 1_000 * draw(st.sampled_from((1, 400 * 86_400))),
                desk=desk,
                epoch=draw(st.integers(1, 2)) if desk else 0,
                sequence=at + 1 if desk else 0,
                measure=draw(st.sampled_from(MEASURES)),
                answers=draw(st.sampled_from(("", "id0", "id1", "id2", "id3", "gone"))),
                voided=draw(st.booleans()),
            )
        )
    return found


@given(some_events(), st.data())
def test_any_order_of_arrival_gives_the_same_history(events: list[Told], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(events))
    twice = data.draw(st.lists(st.sampled_from(events), max_size=3))
    assert lives(events) == lives([*shuffled, *twice])


@given(some_events())
def test_an_order_keeps_every_desks_own(events: list[Told]) -> None:
    order = in_order([replace(one, answers="") for one in events])
    assert sorted(one.id for one in order) == sorted(one.id for one in events)
    for desk in {one.desk for one in events} - {""}:
        own = [(one.epoch, one.sequence) for one in order if one.desk == desk and not one.voided]
        assert own == sorted(own)


@given(some_events())
def test_what_is_taken_back_is_as_if_it_had_never_been(events: list[Told]) -> None:
    gone = {one.id for one in events if one.voided}
    events = [one for one in events if one.answers not in gone]
    clean = [one for one in events if not one.voided]
    assert history(events).state == history(clean).state
    assert all(one.mark == "voided" for life in lives(events) for one in life.steps if one.event.voided)
