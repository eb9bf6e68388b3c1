"""Screening: one man in four spellings, many men of one name, and the labelled pairs nobody here wrote."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain.screening import SCORE_SHOWN, Asked, Index, compare, words_of
from azpost_desk.domain.watch_lists import Listed
from azpost_desk.rehearsal.bench_screen import customers, listed, screen

DATA = Path(__file__).parents[1] / "data" / "money"
F1_MIN = 0.83
_NAME = st.lists(
    st.text(st.sampled_from("abcdefghiklmnoprstuvyzəçşğıöü"), min_size=4, max_size=10), min_size=2, max_size=4
).map(" ".join)


@pytest.fixture(scope="module")
def lists() -> Index:
    """OFAC of 2019 and the UN of 2026, whole."""
    return Index(listed())


def ids(index: Index, name: str, born: str = "", place: str = "") -> list[str]:
    return [hit.entry.id for hit in index.ask(Asked(name, born, place))]


# --- one man, every spelling ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "Ceyhun Aslanov", "Jeyhun Aslanov", "Dzheyhun Aslanov", "Джейхун Асланов", "Aslanov Jayhun",
        "ASLANOV CEYHUN NƏSİMİ OĞLU", "Асланов Джейхун Насими оглы", "Ҹејһун Асланов", "Aslanov, Dzheikhun",
        "Ceyhun Aslanof", "Mr. Ceyhun Aslanov", "CeyhunAslanov", "J. Aslanov",
    ],
)  # fmt: skip
def test_aslanov_is_found_however_he_is_written(lists: Index, name: str) -> None:
    assert ids(lists, name)[0] == "23951"


def test_the_explanation_sets_word_beside_word(lists: Index) -> None:
    [hit] = lists.ask(Asked("Ceyhun Aslanov"))
    assert {(pair.asked, pair.listed) for pair in hit.pairs} == {
        ("Ceyhun", "Jayhoon"),
        ("Aslanov", "ASLANOV"),
    }
    assert (hit.entry.source, hit.name, hit.sort) == ("ofac", "ASLANOV, Jayhoon", "aka")


@pytest.mark.parametrize(
    "name",
    [
        "Məmmədov Elçin", "Əliyev Vüqar Rauf oğlu", "Hüseynov Orxan Elçin oğlu", "Məmmədova Leyla",
        "Quliyeva Nərmin", "Həsənov Rauf", "İsmayılov Rəşad", "Əliyev Ceyhun", "Aslanov Vüqar",
        "Babayev Əli Məhəmməd oğlu", "İvan Petrov", "Aslan Ceyhunov",
    ],
)  # fmt: skip
def test_the_clerk_is_not_drowned_in_common_names(lists: Index, name: str) -> None:
    assert ids(lists, name) == []


def test_of_a_thousand_customers_few_are_shown_to_anybody(lists: Index) -> None:
    troubled = sum(bool(lists.ask(Asked(name))) for name in customers(1_000, seed=7))
    assert troubled <= 50


def test_birth_raises_and_lowers(lists: Index) -> None:
    alone = lists.ask(Asked("Aslanov Ceyhun Rauf oğlu"))[0].score
    same = lists.ask(Asked("Aslanov Ceyhun Rauf oğlu", "1990-01-01", "Azerbaijan"))[0]
    assert same.facts == ("born_same", "place_same")
    assert same.score > alone
    other = lists.ask(Asked("Aslanov Ceyhun Rauf oğlu", "1961-05-05"))
    assert [(hit.facts, hit.score) for hit in other] == [(("born_other",), alone - 15)]


def test_a_weak_alias_counts_only_as_the_very_name() -> None:
    entry = Listed(source="un", id="x", kind="person", names=(("Orxan Hüseynov", "weak"),))
    index = Index([entry])
    assert ids(index, "Huseynov Orkhan") == ["x"]
    assert ids(index, "Huseinow Orxanı") == []


def test_a_ship_is_nobody() -> None:
    index = Index([Listed(source="ofac", id="1", kind="vessel", names=(("LEYLA MAMMADOVA", "name"),))])
    assert ids(index, "Leyla Məmmədova") == []


# --- pairs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Friedrich Lindenberg", "Fridrich Lindenberg"),
        ("Məmmədov Şahin", "Мамедов Шахин"),
        ("Heydər Əliyev", "Гейдар Алиев"),
        ("Qasımov Xəlil", "Gasimov Khalil"),
        ("Vladimir Putin", "Putin, Vladimir Vladimirovich"),
        ("A. Khamenei", "Ali Khamenei"),
    ],
)
def test_one_person(a: str, b: str) -> None:
    assert compare(a, b).match


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Sergey Viktorovich Lavrov", "Sergey Borisovitch Lavrov"),
        ("Həsənov Rauf", "Hüseynov Rauf"),
        ("Məmmədov Elçin", "Mahmudov Elçin"),
        ("N. N.", "Nursultan Nazarbayev"),
        ("Walijan", "Walijan Abdul Ghafoor Haqqani"),
        ("", "Əliyev Vüqar"),
        ("", ""),
        ("...", "---"),
    ],
)
def test_two_persons(a: str, b: str) -> None:
    assert not compare(a, b).match


def _f1(rows: list[dict[str, str]]) -> float:
    found = [(compare(row["name1"], row["name2"]).match, row["is_match"] == "true") for row in rows]
    right = sum(said and true for said, true in found)
    return 2 * right / (sum(said for said, _ in found) + sum(true for _, true in found))


def _half(row: dict[str, str]) -> int:
    return hashlib.sha256(f"{row['name1']}\t{row['name2']}".encode()).digest()[0] % 2


def test_the_labelled_pairs_reach_the_quality_asked_for() -> None:
    """The threshold is a constant, chosen before the pairs were scored."""
    with (DATA / "name_pairs.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["schema"] == "Person"]
    halves: list[list[dict[str, str]]] = [[], []]
    for row in rows:
        halves[_half(row)].append(row)
    assert len(rows) == 270
    assert [len(half) for half in halves] == [140, 130]
    assert _f1(rows) >= F1_MIN
    # By which the rules were mended; and the one whose mistakes were not looked at meanwhile.
    assert _f1(halves[1]) >= 0.77
    assert _f1(halves[0]) >= F1_MIN


def test_spellings_that_trip_libraries_are_one_word_here() -> None:
    traps = json.loads((DATA / "transliteration_traps.json").read_text("utf-8"))["rows"]
    names = {row["name"] for row in traps}
    for one, other in (
        ("Əliyev", "Алиев"),
        ("Elçin Hüseynov", "Эльчин Гусейнов"),
        ("Məmmədov Şahin", "Мамедов Шахин"),
        ("Heydər Əliyev", "Гейдар Алиев"),
    ):
        assert {one, other} <= names
        assert compare(f"{one} Rəşad", f"{other} Rəşad").match


@given(_NAME, _NAME)
def test_neither_side_matters(a: str, b: str) -> None:
    assert compare(a, b).score == compare(b, a).score


@given(_NAME)
def test_a_name_is_itself_in_any_order(name: str) -> None:
    assert compare(name, name).score == 100
    assert compare(name, " ".join(reversed(name.split()))).score == 100


@given(_NAME)
def test_what_is_listed_is_found(name: str) -> None:
    index = Index([Listed(source="ofac", id="1", kind="person", names=((name, "name"),))])
    assert [hit.score for hit in index.ask(Asked(name))] == [100]


@given(_NAME, st.integers(0, 3), st.integers(0, 9))
def test_the_index_misses_nothing_that_one_slip_makes(name: str, word: int, at: int) -> None:
    words = name.split()
    slipped = words[word % len(words)]
    at %= len(slipped)
    words[word % len(words)] = slipped[:at] + slipped[at + 1 :]
    asked = " ".join(words)
    index = Index([Listed(source="ofac", id="1", kind="person", names=((name, "name"),))])
    assert bool(index.ask(Asked(asked))) == (compare(asked, name).score >= SCORE_SHOWN)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_compared(a: str, b: str) -> None:
    assert 0 <= compare(a, b).score <= 100
    assert all(word.key for word in words_of(a))


def test_the_bench_says_what_it_measured() -> None:
    told = screen(60)
    assert told["names"] > 20_000
    assert told["p50"] < told["limit_p50"]
