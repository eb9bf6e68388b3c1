"""The search for a good's code in the Harmonized System: people's words in, the likeliest headings out.

Usual goods come first, by their names in three languages; then the list itself, by the words of a code and of
the headings above it. Whole words count most, then stems, then the beginning of a word. What the list says a
code is *not* is no word of it: "other than steamed" must not find steam.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.names import loose

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

FOUND_MAX: Final = 5
HEADING_DIGITS: Final = 4
CODE_DIGITS: Final = 6
_CHAPTER_DIGITS: Final = 2
# A customer tells a story; the words of a good are few.
_ASKED_WORDS_MAX: Final = 12

# How much a hit counts, thousandths: the whole word, its stem, a beginning typed so far.
_WHOLE, _STEM, _BEGUN = 1_000, 850, 500
_BEGUN_LETTERS_MIN: Final = 4
_COMMON_MIN: Final = 150
# An answer this many times less likely than the best is not told.
_POOR: Final = 4
# Where in the list a word stands, thousandths: in the code's own words, its heading's, its chapter's.
_OWN, _HEADING, _CHAPTER = 1_000, 600, 250
# A word of the list is a lawyer's: the same hit in people's own words goes before it.
_LISTED: Final = 500

# Said of every good and of none.
_SILENT_WORDS: Final = (
    "a an the of for with and in from my his her some new pair pairs pieces pcs two three one to or "
    "made set box bottle pack для из и с со в на мой моя новый новая новые пара две два три один одна "
    "штук штуки шт набор коробка бутылка пачка банка üçün və ilə bir iki üç ədəd dənə cüt yeni mənim "
    "qutu dəst şüşə paçka banka olan dan kg kq кг"
)
_SILENT: Final = frozenset(map(loose, _SILENT_WORDS.split()))
# Endings of the three languages as `loose` writes them; the second sort only leaves a longer word.
_ENDINGS_SHORT: Final = "ami yami ov av am om ak oy ay iy ia aya oa uyu s lar lari a i u o ya yu y"
_ENDINGS_LONG: Final = (
    "oko omu imi iva ika ias as ad ank ink an in un larin larim nin nun ni nu dan da li lu lik luk "
    "im um si su aki oka ki ka ik ok cik cuk nia naya noa niy noy nik"
)
# A plural and a case; what would still come off is the word.
_ENDINGS_OF_A_WORD_MAX: Final = 2
_ENDINGS: Final = (
    re.compile(rf"(.{{3,}}?)(?:{_ENDINGS_SHORT.replace(' ', '|')})"),
    re.compile(rf"(.{{4,}}?)(?:{_ENDINGS_LONG.replace(' ', '|')})"),
)
# "(excluding …)", "other than …, not …": up to where the sentence goes on.
_DENIED: Final = re.compile(
    r"\((?:excluding|other than|not|except|excl)\b[^)]*\)"
    r"|\b(?:excluding|other than|except|n\.e\.c\.|not (?:containing|including)|whether or not)\b[^,;()]*"
)


@dataclass(frozen=True, slots=True)
class Usual:
    """A usual good: its code, six digits, and what people call it, by language."""

    code: str
    names: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the Harmonized System, in its own words: a chapter, a heading or a code by its digits."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class HsFound:
    """One answer: the code that fits best in a heading.

    Attributes:
        code: six digits.
        names: what people call it, by language; empty when it was found in the list.
        text: the list's words for the code; `heading_text`, `chapter_text` those above it.
    """

    code: str
    names: Mapping[str, str]
    text: str
    heading_text: str
    chapter_text: str

    @property
    def heading(self) -> str:
        """The four digits of its heading."""
        return self.code[:HEADING_DIGITS]

    @property
    def chapter(self) -> str:
        """The two digits of its chapter."""
        return self.code[:_CHAPTER_DIGITS]


@dataclass(slots=True)
class _Phrase:
    """What can be found: words with what each counts there."""

    code: str
    usual: Usual | None
    words: dict[str, int]
    whole: tuple[str, ...] = ()
    weight: int = 0


@dataclass(slots=True)
class _Hits:
    """What a question has in one phrase: each asked word's best hit, and the words of the phrase hit."""

    asked: dict[int, int] = field(default_factory=dict)
    words: dict[str, int] = field(default_factory=dict)


class HsIndex:
    """Every usual good and every line of one edition, by the stems of their words."""

    def __init__(self, edition: str, usual: Iterable[Usual], listed: Iterable[Listed]) -> None:
        self.edition = edition
        self._texts = {one.code: one.text for one in listed}
        self._usual = tuple(usual)
        self._phrases: list[_Phrase] = []
        self._places: defaultdict[str, dict[int, int]] = defaultdict(dict)
        for one in self._usual:
            for names in one.names.values():
                for name in names:
                    words = tuple(word for word in words_of(name) if word not in _SILENT)
                    self._add(_Phrase(one.code, one, dict.fromkeys(map(stem, words), _OWN), words))
        above = {code: _said_of(text) for code, text in self._texts.items() if len(code) < CODE_DIGITS}
        for code, text in self._texts.items():
            if len(code) == CODE_DIGITS:
                self._add(_listed_phrase(code, text, above))
        self._stems = sorted(self._places)
        for phrase in self._phrases:
            phrase.weight = sum(self._weight(word) * counts // _OWN for word, counts in phrase.words.items())

    def __contains__(self, code: object) -> bool:
        return code in self._texts

    @property
    def usual(self) -> tuple[Usual, ...]:
        """The usual goods, in the order of their table."""
        return self._usual

    def text(self, code: str) -> str:
        """The list's words for a chapter, heading or code; "" for one it does not have."""
        return self._texts.get(code, "")

    def within(self, heading: str) -> tuple[HsFound, ...]:
        """Every code of a heading, for whom the first one does not fit."""
        codes = [one for one in self._texts if len(one) == CODE_DIGITS and one.startswith(heading)]
        return tuple(self._found(code, None) for code in codes)

    def search(self, asked: str, limit: int = FOUND_MAX) -> tuple[HsFound, ...]:
        """The likeliest headings for what somebody calls a good, the best first, each with its best code."""
        words = [word for word in words_of(asked) if word not in _SILENT][:_ASKED_WORDS_MAX]
        if not words:
            return ()
        whole = tuple(words)
        best: dict[str, tuple[int, _Phrase]] = {}
        for place, hits in self._hits(words).items():
            phrase = self._phrases[place]
            score = self._score(phrase, hits, whole)
            heading = phrase.code[:HEADING_DIGITS]
            if heading not in best or score > best[heading][0]:
                best[heading] = score, phrase
        # At equal likeness the order of the list decides, so that a question has one answer.
        ranked = sorted(best.values(), key=lambda one: (-one[0], one[1].code))
        # Beside a good answer a poor one is noise: a bullet under "rose perfume".
        worth = ranked[0][0] // _POOR if ranked else 0
        return tuple(self._found(one.code, one.usual) for score, one in ranked[:limit] if score >= worth)

    def _add(self, phrase: _Phrase) -> None:
        for word, counts in phrase.words.items():
            self._places[word][len(self._phrases)] = counts
        self._phrases.append(phrase)

    def _hits(self, words: Sequence[str]) -> dict[int, _Hits]:
        asked = [
            (number, word, known, quality)
            for number, word in enumerate(words)
            for known, quality in self._known(word)
        ]
        # Rare words first: what half the list has only counts where a rarer one was found.
        asked.sort(key=lambda one: len(self._places[one[2]]))
        found: defaultdict[int, _Hits] = defaultdict(_Hits)
        for number, word, known, quality in asked:
            places, weight = self._places[known], self._weight(known)
            if len(places) > _COMMON_MIN and found:
                places = {place: places[place] for place in found if place in places}
            for place, counts in places.items():
                hits = found[place]
                here = _WHOLE if word in self._phrases[place].whole else quality
                hits.asked[number] = max(here * counts // _OWN * weight, hits.asked.get(number, 0))
                hits.words[known] = max(here, hits.words.get(known, 0))
        return found

    def _known(self, word: str) -> list[tuple[str, int]]:
        """The stems that a word may mean; a beginning only where no stem is the same."""
        same = stem(word)
        if same in self._places:
            return [(same, _STEM)]
        if len(same) < _BEGUN_LETTERS_MIN:
            return []
        begun = []
        for known in self._stems[bisect_left(self._stems, same) :]:
            if not known.startswith(same):
                break
            begun.append((known, _BEGUN))
        # The other way round: a word with an ending that is not known here.
        shorter = (same[:end] for end in range(len(same) - 1, _BEGUN_LETTERS_MIN - 1, -1))
        return begun or next(([(one, _BEGUN)] for one in shorter if one in self._places), [])

    def _weight(self, word: str) -> int:
        """How much a word tells: a rare one more."""
        return 1 + (len(self._phrases) // max(1, len(self._places[word]))).bit_length()

    def _score(self, phrase: _Phrase, hits: _Hits, whole: tuple[str, ...]) -> int:
        """What was asked and is there, lessened by what is there and was not asked."""
        if phrase.usual and phrase.whole == whole:
            return sum(hits.asked.values()) * _WHOLE
        there = sum(
            self._weight(word) * phrase.words[word] // _OWN * quality for word, quality in hits.words.items()
        )
        covered = there // max(1, phrase.weight)
        score = sum(hits.asked.values()) * (_WHOLE + covered) // 2
        return score if phrase.usual else score * _LISTED // _WHOLE

    def _found(self, code: str, usual: Usual | None) -> HsFound:
        return HsFound(
            code=code,
            names={language: names[0] for language, names in usual.names.items()} if usual else {},
            text=self.text(code),
            heading_text=self.text(code[:HEADING_DIGITS]),
            chapter_text=self.text(code[:_CHAPTER_DIGITS]),
        )


def _said_of(text: str) -> tuple[str, ...]:
    return tuple(word for word in words_of(_DENIED.sub(" ", text)) if word not in _SILENT)


def _listed_phrase(code: str, text: str, above: Mapping[str, tuple[str, ...]]) -> _Phrase:
    own = _said_of(text)
    counts: dict[str, int] = {}
    chapter, heading = above.get(code[:_CHAPTER_DIGITS], ()), above.get(code[:HEADING_DIGITS], ())
    for words, each in ((chapter, _CHAPTER), (heading, _HEADING), (own, _OWN)):
        counts.update(dict.fromkeys(map(stem, words), each))
    return _Phrase(code, None, counts, own)


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared, whatever alphabet or keyboard wrote them."""
    return [word for written in text.split() for word in _loose(written).split()]


@lru_cache(maxsize=20_000)
def _loose(written: str) -> str:
    return loose(written)


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word of `words_of` without its endings, the same for its cases and numbers."""
    for _ in range(_ENDINGS_OF_A_WORD_MAX):
        word = min((cut[1] for ending in _ENDINGS if (cut := ending.fullmatch(word))), key=len, default=word)
    return word
