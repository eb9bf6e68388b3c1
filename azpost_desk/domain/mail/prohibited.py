"""Articles that a country does not let in or out: dated rows, held against what somebody sends.

In: the rows in force, from where to where, each good's words and code. Out: what was found, by code or by
words, and for which countries nothing is known. Two nets, since each has holes: a row is found when the code
lies in its ranges, and also when the good is called so, whatever its code says. A country without a row was
not checked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain.catalogue import Document, Names
from azpost_desk.domain.mail.goods import stem, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

IN, OUT = "in", "out"
DIRECTIONS: Final = (IN, OUT)
REFUSED, CONDITIONAL = "refused", "conditional"
VERDICTS: Final = (REFUSED, CONDITIONAL)
# What a good called like the article but coded otherwise is: a toy pistol, or a pistol coded as a toy.
ASK: Final = "ask"
CLEAR, NOT_CHECKED = "clear", "not_checked"
# From the least to what stops the item.
STATES: Final = (CLEAR, NOT_CHECKED, ASK, CONDITIONAL, REFUSED)
# Rows of every country: what no post carries.
EVERYWHERE: Final = "*"
NOT_CALLED, PERHAPS, CALLED = 0, 1, 2
# What is left of a shorter word is left of others too: "güllə" (a bullet) and "gül" (a flower).
_STEM_LETTERS_MIN: Final = 4
_RANGE: Final = re.compile(r"([0-9]{2}|[0-9]{4}|[0-9]{6})(?:-([0-9]{2}|[0-9]{4}|[0-9]{6}))?")


class Prohibition(Document, frozen=True, omit_defaults=True):
    """One article that a country refuses, or takes with a document only.

    Attributes:
        country: ISO 3166, two letters, or ``*`` for what no post carries.
        direction: of DIRECTIONS, seen from the country: what it does not let in, or out.
        names: what the article is called.
        hs: chapters, headings or codes, each alone or as a range, both ends included: ``93``, ``3601-3604``.
        words: what people call it, by language.
        verdict: of VERDICTS.
        document: for a conditional one, which paper is asked for.
        source: where the rule stands.
        valid_from, valid_to: business days, ISO, both included; "" = open.
    """

    country: str
    direction: str
    names: Names
    verdict: str
    source: str
    hs: tuple[str, ...] = ()
    words: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    document: Names = msgspec.field(default_factory=dict)
    valid_from: str = ""
    valid_to: str = ""

    def is_in_force(self, date: str) -> bool:
        """Whether it counts on a business day (ISO)."""
        return self.valid_from <= date <= (self.valid_to or date)

    def has_code(self, hs: str) -> bool:
        """Whether a code of the Harmonized System lies in its ranges."""
        return any(_lies_in(hs, one) for one in self.hs)

    def how_called(self, said: Sequence[str]) -> int:
        """How surely a text says one of its words: NOT_CALLED, PERHAPS (by a short stem only) or CALLED."""
        names = (words_of(name) for named in self.words.values() for name in named)
        return max((_how_said(name, said) for name in names if name), default=NOT_CALLED)


class Prohibitions(Document, frozen=True, omit_defaults=True):
    """Every row of every country; `version` stands in each sale."""

    version: str = ""
    rows: tuple[Prohibition, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """What somebody sends: in their words, and its code or ""."""

    words: str
    hs: str = ""


@dataclass(frozen=True, slots=True)
class ProhibitedHit:
    """A row that an article met; `line` counts from 0.

    `verdict` is the row's, or ASK where only the words met and the article has another code, or they met by
    a short stem.
    """

    line: int
    row: Prohibition
    verdict: str
    by_code: bool
    by_words: bool


@dataclass(frozen=True, slots=True)
class ContentsChecked:
    """What the rows say of an item.

    Attributes:
        hits: every row that was met, line by line.
        unchecked: country and direction of which there are no rows.
    """

    hits: tuple[ProhibitedHit, ...]
    unchecked: tuple[tuple[str, str], ...]

    @property
    def state(self) -> str:
        """The gravest of STATES. Clear only when every country on the way was checked."""
        found = [one.verdict for one in self.hits] + [NOT_CHECKED] * bool(self.unchecked)
        return max(found, key=STATES.index, default=CLEAR)


def check_contents(
    document: Prohibitions, articles: Iterable[Article], *, origin: str, destination: str, date: str
) -> ContentsChecked:
    """Hold articles against the rows in force on a business day: out of `origin`, into `destination`."""
    way = ((origin, OUT), (destination, IN))
    in_force = [row for row in document.rows if row.is_in_force(date)]
    concerning = [row for row in in_force if row.country == EVERYWHERE or (row.country, row.direction) in way]
    hits = tuple(
        hit
        for line, article in enumerate(articles)
        for row in concerning
        if (hit := _hit(line, article, row)) is not None
    )
    known = {(row.country, row.direction) for row in in_force}
    return ContentsChecked(hits, tuple(one for one in way if one not in known))


def is_range(text: str) -> bool:
    """Whether a row may name it: one number of two, four or six digits, or two of one length in order."""
    found = _RANGE.fullmatch(text)
    return found is not None and (
        found[2] is None or (len(found[1]) == len(found[2]) and found[1] < found[2])
    )


def _hit(line: int, article: Article, row: Prohibition) -> ProhibitedHit | None:
    by_code = bool(article.hs) and row.has_code(article.hs)
    called = row.how_called(words_of(article.words))
    if not (by_code or called):
        return None
    is_other = bool(article.hs and row.hs)
    is_sure = by_code or (called == CALLED and not is_other)
    return ProhibitedHit(line, row, row.verdict if is_sure else ASK, by_code, bool(called))


def _how_said(name: Sequence[str], said: Sequence[str]) -> int:
    """How surely every word of a name is said; the least sure one decides."""
    return min(_how_one_is_said(word, said) for word in name)


def _how_one_is_said(word: str, said: Sequence[str]) -> int:
    if word in said:
        return CALLED
    same = stem(word)
    if same not in map(stem, said):
        return NOT_CALLED
    return CALLED if len(same) >= _STEM_LETTERS_MIN else PERHAPS


def _lies_in(hs: str, text: str) -> bool:
    first, _, last = text.partition("-")
    # A code shorter than the row's (a heading typed so far) meets it too: better asked than missed.
    digits = min(len(first), len(hs))
    return first[:digits] <= hs[:digits] <= (last or first)[:digits]
