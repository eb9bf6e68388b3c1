"""Prohibited articles: found by code and by words, in force by day, and never silently fine."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azpost_desk.domain.mail.prohibited import (
    ASK,
    CLEAR,
    CONDITIONAL,
    IN,
    NOT_CHECKED,
    OUT,
    REFUSED,
    Article,
    Prohibition,
    Prohibitions,
    check_contents,
    is_range,
)

pytestmark = pytest.mark.fast

DAY: Final = "2026-12-01"


def row(country: str, direction: str = IN, verdict: str = REFUSED, **more: object) -> Prohibition:
    return Prohibition(
        country=country, direction=direction, names={"az": "x"}, verdict=verdict, source="s", **more
    )  # type: ignore[arg-type]


ARMS: Final = row("TR", hs=("93",), words={"ru": ("пистолет",), "en": ("pistol", "hunting knife")})
SEEDS: Final = row("TR", IN, CONDITIONAL, hs=("1201-1209",), words={"az": ("toxum",)})
CARPET: Final = row("AZ", OUT, CONDITIONAL, hs=("5701",))
BANNED: Final = row("*", hs=("360410",), words={"en": ("fireworks",)})
ROWS: Final = Prohibitions(version="v", rows=(ARMS, SEEDS, CARPET, BANNED))


def met(*articles: Article, destination: str = "TR", date: str = DAY) -> tuple[str, list[tuple[int, str]]]:
    found = check_contents(ROWS, articles, origin="AZ", destination=destination, date=date)
    return found.state, [(hit.line, hit.verdict) for hit in found.hits]


def test_an_article_is_found_by_its_code_and_by_what_it_is_called() -> None:
    assert met(Article("book", "490199")) == (CLEAR, [])
    # By code whatever it is called, and by words where it has no code.
    assert met(Article("collector's thing", "930200")) == (REFUSED, [(0, REFUSED)])
    assert met(Article("две пистолеты")) == (REFUSED, [(0, REFUSED)])
    assert met(Article("knife for hunting"), Article("hunting knives"))[1] == [(0, REFUSED)]
    assert met(Article("book"), Article("pomidor toxumları", "120991")) == (CONDITIONAL, [(1, CONDITIONAL)])
    # Called like one and coded as something else: a toy, or a lie. A person is asked.
    assert met(Article("toy pistol", "950300")) == (ASK, [(0, ASK)])
    # A word inside another word, and a code beside the range, are nothing.
    assert met(Article("pistolero costume"), Article("x", "121010"), Article("x", "120010")) == (CLEAR, [])
    # A heading typed so far is rather asked than missed.
    assert met(Article("x", "9302"), Article("x", "12"))[1] == [(0, REFUSED), (1, CONDITIONAL)]


def test_a_short_word_that_is_only_nearly_the_same_is_asked_about() -> None:
    bullets = Prohibitions(rows=(row("TR", words={"az": ("güllə",), "ru": ("нож",), "en": ("gas can",)}),))

    def verdicts(words: str) -> list[str]:
        found = check_contents(bullets, [Article(words)], origin="AZ", destination="TR", date=DAY)
        return [hit.verdict for hit in found.hits]

    assert verdicts("iki güllə") == [REFUSED] == verdicts("НОЖ")
    # A flower is no bullet, and knives are knives: a person says so.
    assert verdicts("gül dəstəsi") == [ASK] == verdicts("ножи")
    assert verdicts("qızılgül") == [] == verdicts("gas")
    assert verdicts("can of gas") == [REFUSED]


def test_what_no_post_carries_and_what_may_not_leave_is_found_for_every_country() -> None:
    found = check_contents(ROWS, [Article("Fireworks")], origin="AZ", destination="FR", date=DAY)
    assert [hit.row for hit in found.hits] == [BANNED]
    assert (found.hits[0].by_code, found.hits[0].by_words) == (False, True)
    assert met(Article("x", "570110"), destination="DE") == (CONDITIONAL, [(0, CONDITIONAL)])


def test_a_country_without_rows_was_not_checked_and_says_so() -> None:
    found = check_contents(ROWS, [Article("book", "490199")], origin="AZ", destination="DE", date=DAY)
    assert (found.state, found.unchecked) == (NOT_CHECKED, (("DE", IN),))
    # What no post carries is no knowledge about a country.
    nothing = check_contents(Prohibitions(), [], origin="AZ", destination="TR", date=DAY)
    assert (nothing.state, nothing.unchecked) == (NOT_CHECKED, (("AZ", OUT), ("TR", IN)))
    # A hit stops it; that a country is unknown stays in the answer.
    worse = check_contents(ROWS, [Article("fireworks")], origin="AZ", destination="DE", date=DAY)
    assert (worse.state, worse.unchecked) == (REFUSED, (("DE", IN),))


def test_a_row_counts_on_its_days_only() -> None:
    dated = row("TR", hs=("49",), valid_from="2026-12-01", valid_to="2026-12-31")
    books = Prohibitions(rows=(dated,))
    for date, state in (
        ("2026-11-30", NOT_CHECKED),
        ("2026-12-01", REFUSED),
        ("2026-12-31", REFUSED),
        ("2027-01-01", NOT_CHECKED),
    ):
        found = check_contents(books, [Article("x", "490199")], origin="TR", destination="TR", date=date)
        assert found.state == state, date


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        *(("93", True), ("3601-3604", True), ("360410", True), ("01-97", True)),
        *(("", False), ("9", False), ("93-9301", False), ("9307-9301", False), ("93-93", False)),
        *(("9301-", False), ("٩٣", False), ("93 ", False), ("36041000", False)),
    ],
)
def test_a_range_has_two_ends_of_one_length_in_order(text: str, is_one: bool) -> None:
    assert is_range(text) is is_one


@settings(max_examples=25)
@given(st.text("0123456789", min_size=6, max_size=6), st.integers(1, 96))
def test_a_code_lies_in_its_chapter_and_in_every_range_around_it(code: str, chapter: int) -> None:
    first, last = f"{chapter:02}", f"{chapter + 1:02}"
    ranged = row("TR", hs=(f"{first}-{last}",))
    assert ranged.has_code(code) == (int(first) <= int(code[:2]) <= int(last))
    assert row("TR", hs=(code[:2],)).has_code(code)
    assert row("TR", hs=(code,)).has_code(code)
