"""Inland bags: a number of their own, what becomes of them, a list held against its content, items inside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain.mail.bags import (
    BAG,
    bag_number,
    held_against,
    read_bag_number,
    read_seal,
)
from azpost_desk.domain.mail.history import Told, history
from azpost_desk.domain.mail.orders import STOPS, stopping
from azpost_desk.domain.moves import move
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.scans import LAYOUTS, Scan, read_scan, why_unread

ITEMS = st.lists(st.sampled_from([f"EE00000000{n}AZ" for n in range(8)]), max_size=12)


@given(st.integers(1, 999_999), st.integers(1, 99), st.integers(1, 100_000))
def test_a_number_is_three_letters_and_twelve_digits_and_is_read_in_every_layout(
    series: int, epoch: int, serial: int
) -> None:
    number = bag_number(series, epoch, serial)
    assert (number[:3], len(number), number[3:].isdecimal()) == ("AZG", 15, True)
    assert read_bag_number(f" {number[:6].lower()} {number[6:]}") == number
    assert read_scan(number) == Scan("mail_bag", number)
    for layout, table in LAYOUTS.items():
        typed = number.translate({ord(us): char for char, us in ((chr(k), v) for k, v in table.items())})
        if typed != number:
            assert read_scan(typed) == Scan("mail_bag", number, layout)


def test_a_slip_of_the_hand_is_no_number() -> None:
    number = bag_number(4201, 1, 7)
    assert number[:-1] == "AZG00420110007"
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert (read_bag_number(wrong), read_scan(wrong).kind, why_unread(wrong)) == (
        None,
        "unknown",
        "check_digit",
    )
    assert bag_number(4201, 1, 9_999 + 7) == number
    assert bag_number(4201, 2, 7) != number
    with pytest.raises(ValueError, match="six digits"):
        bag_number(1_000_000, 1, 1)
    assert (read_seal(" ab-12 3"), read_seal("a"), read_seal("№ 7")) == ("AB-123", None, None)


def test_a_bag_is_reopened_by_its_holder_only_and_taken_in_whatever_was_heard() -> None:
    assert move(BAG, move(BAG, "open", "sealed"), "reopened") == "open"
    # Quicker than the record of its hand-over, or at another office than its label says.
    assert move(BAG, "sealed", "taken") == "arrived"
    assert move(BAG, move(BAG, "gone", "taken_elsewhere"), "handed_over") == "gone"
    assert move(BAG, move(BAG, "gone", "missed"), "taken") == "arrived"
    for event in ("reopened", "sealed", "given_up"):
        with pytest.raises(Refused, match="G-020"):
            move(BAG, "gone", event)


@given(ITEMS, ITEMS)
def test_missing_and_surplus_make_up_the_difference(listed: list[str], found: list[str]) -> None:
    held = held_against(listed, found)
    assert set(held.missing) == set(listed) - set(found)
    assert set(held.surplus) == set(found) - set(listed)
    assert held.is_even == (set(listed) == set(found))


def test_a_bag_has_an_item_in_custody_and_leaves_its_state() -> None:
    def told(*codes: str) -> list[Told]:
        return [Told(f"{at}", code, "2002", at, "2002-1", 1, at) for at, code in enumerate(codes, 1)]

    into = history(told("EMA", "bagged"))
    assert (into.state, into.custody, into.steps[-1].mark) == ("accepted", "bag", "")
    out = history(told("EMA", "bagged", "unbagged"))
    assert (out.state, out.custody) == ("accepted", "desk")
    # Accepted at another desk, of which nothing was heard; the hub scans on from there.
    assert history(told("bagged")).state == "accepted"
    assert history(told("EMA", "bagged", "EDD")).state == "sorting"
    returned = history(told("EMA", "EMG", "EDX", "bagged"))
    assert (returned.state, returned.custody) == ("inland.back", "bag")
    # What lies on the shelf of the office that delivers it goes into no bag.
    assert history(told("EMA", "EMG", "bagged")).steps[-1].mark == "contradiction"


def test_a_stop_order_keeps_an_item_out_of_a_bag() -> None:
    stopped = {kind for kind in STOPS if stopping([kind], "bagged")}
    assert stopped == {"court", "customs", "safety", "recall"}
