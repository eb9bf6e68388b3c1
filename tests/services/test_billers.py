"""Two hundred billers: each is found by a few keys in any script, whoever is usual here comes first."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain.money import azn
from azpost_desk.rehearsal.many_billers import many_billers
from azpost_desk.rehearsal.providers import DEMO_BILLERS
from azpost_desk.rehearsal.town import billers
from azpost_desk.services.billers import USUAL_MAX, by_ear, found, usual_here
from azpost_desk.services.views import Payment

if TYPE_CHECKING:
    from azpost_desk.domain.catalogue import Biller

pytestmark = pytest.mark.fast
SOLD = [*DEMO_BILLERS, *many_billers()]
ALL = billers(SOLD).billers
KEYS_MAX = 12
# The digit that picks one of the nine that are offered.
OFFERED = 9


def ids(typed: str, usual: tuple[str, ...] = ()) -> list[str]:
    return [one.biller for one in found(ALL, typed, usual)]


def keys_to(biller: Biller, language: str) -> int:
    """The fewest keys of a clerk who types beginnings of the first and the last word, then a digit."""
    words = biller.names[language].split()
    last = words[-1] if len(words) > 1 else ""
    tries = {f"{words[0][:i]} {last[:j]}".strip() for i in range(1, 8) for j in range(min(len(last), 5) + 1)}
    for typed in sorted(tries, key=len):
        if biller.biller in ids(typed)[:OFFERED]:
            return len(typed) + 1
    return KEYS_MAX + 1


def test_the_demo_has_a_countrys_catalogue() -> None:
    assert len([one for one in ALL if one.notices is None]) == 200
    assert len({one.biller for one in ALL}) == 201


@pytest.mark.parametrize("language", ["az", "ru", "en"])
def test_a_bill_is_found_by_search_in_at_most_twelve_keys(language: str) -> None:
    sample = [one for one in ALL if one.notices is None][::10]
    assert len(sample) == 20
    assert max(keys_to(one, language) for one in sample) <= KEYS_MAX


def test_whatever_the_script_the_same_biller_is_found() -> None:
    for typed in ("şəki net", "seki net", "шеки нет", "SHEKI NET", "şeki  ne"):
        assert ids(typed)[0] == ids("Şəki Net")[0], typed


def test_a_group_finds_its_billers_after_those_called_so() -> None:
    by_name, by_group = ids("kabel")[0], ids("televizi")
    assert by_name in by_group
    assert {one.group for one in found(ALL, "телевид")} == {"tv"}
    # A name and a group together narrow it.
    [one] = [one for one in found(ALL, "quba su") if one.group == "water"]
    assert one.names["az"] == "Quba Sukanal"


def test_a_number_finds_its_biller_and_a_portal_is_no_biller() -> None:
    assert ids("2001") == ["2001"]
    assert ids("9001") == ids("hökumət") == ids("") == ids("  ") == []


def test_the_usual_one_comes_first_among_equals_only() -> None:
    plain = ids("quba")
    usual = plain[-1]
    assert ids("quba", (usual,))[0] == usual
    assert ids("quba net", (usual,))[0] == plain[0]


def test_usual_is_who_was_taken_more_than_once() -> None:
    one = Payment("p", "2003", "tv", "", azn(1), azn(0), "confirmed", 0, 0, "r")
    often = [
        replace(one, biller=name) for name in ("2003", "2004", "2003", "2005", "2004", "2003", "9001", "9001")
    ]
    assert [who.biller for who in usual_here(ALL, often)] == ["2003", "2004"]
    many = [replace(one, biller=str(2001 + number)) for number in range(9)] * 2
    assert len(usual_here(ALL, many)) == USUAL_MAX


def test_a_search_over_two_hundred_takes_less_than_fifty_milliseconds() -> None:
    by_ear("warm")
    began = time.process_time()
    for typed in ("q", "quba", "su", "шеки", "xxxx"):
        found(ALL, typed)
    assert (time.process_time() - began) / 5 < 0.05
