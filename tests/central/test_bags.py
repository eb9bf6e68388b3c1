"""Bags at the centre: what a hostile or mistaken desk says of one goes to a person, never into its life."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.central import bags
from azpost_desk.central.book import Book
from azpost_desk.domain import operations as ops

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.app import Centre
    from tests.central.desks import SimDesk

    Enrolled = Callable[[str], SimDesk]


@pytest.fixture
def announced(centre: Centre, enrolled: Enrolled) -> tuple[SimDesk, SimDesk, str]:
    """(the desk a bag of 8,000 was sent to, another branch's desk, the bag's id)."""
    desk, stranger = enrolled("2002-1"), enrolled("1010-1")
    book = Book(centre.database.dsn, desk.clock)
    with centre.database.connection() as conn:
        bag = bags.dispatch(conn, book, "2002-1", "PL-7", {10_000: 80}, desk.clock.utc_ms())
    book.close()
    return desk, stranger, bag


def received(bag: str, pieces: int = 80) -> ops.BagReceived:
    return ops.BagReceived(bag=bag, number="PL-7", pieces={"10000": pieces}, amount_qapik=pieces * 10_000)


def settled(centre: Centre, desk: SimDesk) -> tuple[list[str], list[tuple[str, int]]]:
    """After the desk was heard: reasons on the exceptions list, (state, counted) of every bag."""
    assert desk.exchange().ack is not None
    centre.settle()
    with centre.database.connection() as conn:
        reasons = [row[0] for row in conn.execute("select reason from exceptions order by exception")]
        states = [tuple(row) for row in conn.execute("select state, counted from bags order by made_ms")]
    return reasons, states


def test_only_the_desk_it_was_sent_to_receives_a_bag(
    centre: Centre, announced: tuple[SimDesk, SimDesk, str]
) -> None:
    _desk, stranger, bag = announced
    stranger.append(received(bag))
    assert settled(centre, stranger) == (["bag_differs"], [("announced", 0)])


def test_a_bag_is_received_exactly_or_by_an_act(
    centre: Centre, announced: tuple[SimDesk, SimDesk, str]
) -> None:
    desk, _stranger, bag = announced
    desk.append(received(bag, 79))
    assert settled(centre, desk) == (["bag_differs"], [("announced", 0)])


def test_a_bag_received_twice_stays_received_once(
    centre: Centre, announced: tuple[SimDesk, SimDesk, str], breaks: set[str]
) -> None:
    desk, _stranger, bag = announced
    desk.append(received(bag))
    assert settled(centre, desk) == ([], [("received", 800_000)])
    desk.append(received(bag))
    assert settled(centre, desk) == (["bag_differs"], [("received", 800_000)])
    # The check over all books names it too.
    breaks.add("I-03")


def test_a_bag_that_no_centre_sent_and_one_with_a_used_number_wait_for_a_person(
    centre: Centre, announced: tuple[SimDesk, SimDesk, str]
) -> None:
    desk, stranger, _bag = announced
    desk.append(received("0000-none"))
    stranger.append(
        ops.BagSealed(bag="b-9", number="PL-7", sort="cash", pieces={"10000": 1}, amount_qapik=10_000)
    )
    stranger.append(ops.BagHandedOver(bag="b-none", number="PL-0", collector=""))
    assert settled(centre, desk)[0] == ["bag_differs"]
    assert settled(centre, stranger)[0] == ["bag_differs"] * 3


def test_a_bag_whose_sum_is_not_its_lines_is_kept_and_posts_nothing(
    centre: Centre, announced: tuple[SimDesk, SimDesk, str], breaks: set[str]
) -> None:
    desk, _stranger, bag = announced
    desk.append(ops.BagReceived(bag=bag, number="PL-7", pieces={"10000": 1}, amount_qapik=800_000))
    assert settled(centre, desk) == (["unsound"], [("announced", 0)])
    breaks |= {"I-01", "I-02"}
