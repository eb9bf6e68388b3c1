"""Screening: whether a customer's name is that of somebody on a watch list, and why.

Names are folded as `domain.names` folds them, so that three alphabets meet; then word is set beside word.
Every word of the shorter name must have its partner: another father's or family's name means another person,
a missing one does not. One slip in a word lowers the score, initials and word order cost little, titles and
particles nothing. Desk and centre call the same functions.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Final

from rapidfuzz.distance import OSA

from azpost_desk.domain import names
from azpost_desk.domain.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from azpost_desk.domain.watch_lists import Listed

# From here on a clerk is shown a hit and a pair of names counts as one person.
SCORE_SHOWN: Final = 80
# A weak alias (UN: quality "Low") is shown only when it is the very name.
SCORE_WEAK: Final = 97
_CONTRADICTED: Final = 60
_ONE_WORD_OF_MANY: Final = 70
_READ_OTHERWISE: Final = 4
_BORN_SAME, _BORN_OTHER, _PLACE_SAME = 4, 15, 2
_BORN_YEARS_NEAR: Final = 1
# Shorter names run together are like too much.
_JOINED_MIN: Final = 7

# What folding still keeps apart and ears and clerks do not.
_CONFUSED: Final = str.maketrans("eygou", "aikuu")
_HEARD: Final = (("ph", "f"), ("ck", "k"), ("ts", "s"), ("uu", "u"), ("ii", "i"), ("aa", "a"))
_TITLES_AND_PARTICLES: Final = (
    "al el ul ur ad as ash bin ben ibn bint bte abu de da di do dos das la le du van von der den ter af y "
    "oglu ogly ogli ugli qizi kizi kyzy gizi qızı "
    "mr mrs ms dr prof sir sheikh shaikh sheik shaykh haji hajji hadji mullah mulla maulavi mawlawi maulana "
    "sayyid sayed general colonel president jr sr cənab xanım господин госпожа"
)
_PARTICLES: Final = frozenset(fold(word) for word in _TITLES_AND_PARTICLES.split())
_SONS: Final = frozenset(map(fold, ["oglu", "ogly", "ogli", "ugli", "qizi", "kizi", "kyzy", "gizi", "qızı"]))
_PATRONYMIC: Final = re.compile(r"[a-z]{2,}(?:ui?v|av|iv)(?:ic|na)")
# The servant of …: the particle is run together with it or not.
_SERVANT: Final = frozenset(map(fold, ("abd", "abdul", "abdel", "abdal", "abdol", "abdoul", "abdur", "abdu")))


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name: as it was written, what it is compared by, and whether it names the father.

    Attributes:
        keys: what it is compared by: as it stands, then as its letters may also be read (x as ks or sh).
    """

    written: str
    keys: tuple[str, ...]
    is_father: bool = False

    @property
    def key(self) -> str:
        """What it is compared by as it stands; the other `keys` are what its letters may be read as."""
        return self.keys[0]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two words set beside each other; `likeness` 0–100."""

    asked: str
    listed: str
    likeness: int


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two names are (0–100), and which words were set beside which."""

    score: int
    pairs: tuple[Pair, ...]

    @property
    def match(self) -> bool:
        """Whether they are taken for one person's."""
        return self.score >= SCORE_SHOWN


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry of a list that may be the person asked for.

    Attributes:
        name: the entry's name that fits best, as published.
        sort: of that name: ``name``, ``aka`` or ``weak``.
        facts: what beside the name was compared: ``born_same``, ``born_other``, ``place_same``.
    """

    entry: Listed
    name: str
    sort: str
    score: int
    pairs: tuple[Pair, ...]
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is screened: the name in any alphabet; date of birth (ISO) and place where they are known."""

    name: str
    born: str = ""
    birthplace: str = ""


def words_of(name: str) -> tuple[Word, ...]:
    """The words of a name that tell people apart, without titles, particles, oğlu and qızı."""
    written = names.words_of(name)
    keys = [_keys(word) for word in written]
    found = [
        Word(word, own, after in _SONS or _PATRONYMIC.fullmatch(own[0]) is not None)
        for word, own, after in zip(written, keys, [*(own[0] for own in keys[1:]), ""], strict=False)
    ]
    telling = tuple(word for word in found if word.key not in _PARTICLES)
    return telling or tuple(found)


@lru_cache(maxsize=100_000)
def _keys(written: str) -> tuple[str, ...]:
    read = names.readings(written)
    if read[0] in _PARTICLES:
        return read[:1]
    return tuple(dict.fromkeys(map(_heard, read)))


def _heard(key: str) -> str:
    if key in _SERVANT:
        return "abd"
    for pair, letter in _HEARD:
        key = key.replace(pair, letter)
    return re.sub(r"(.)\1+", r"\1", key.translate(_CONFUSED))


def compare(a: str, b: str) -> Likeness:
    """How alike two names are; the order of the two does not matter."""
    return _compared(words_of(a), words_of(b))


def _compared(asked: Sequence[Word], listed: Sequence[Word]) -> Likeness:
    if not asked or not listed:
        return Likeness(0, ())
    pairs, left_asked, left_listed = _set_beside(asked, listed)
    fewer = min(len(asked), len(listed))
    left = min(sum(_weight(asked[at]) for at in left_asked), sum(_weight(listed[at]) for at in left_listed))
    whole = left + sum(weight for _, weight, _ in pairs)
    likeness = sum(pair.likeness * weight for pair, weight, _ in pairs)
    shown = tuple(pair for pair, _, _ in pairs)
    score = likeness // whole if whole else 0
    own = sum(not is_father for _, _, is_father in pairs)
    if left_asked and left_listed:
        score = min(score, _CONTRADICTED)
    elif fewer == 1 and len(asked) != len(listed):
        score = min(score, _ONE_WORD_OF_MANY)
    elif own < min(2, len(_own(asked)), len(_own(listed))):
        # Somebody whose father is called like the one on the list.
        score = min(score, _ONE_WORD_OF_MANY)
    elif all(min(len(pair.asked), len(pair.listed)) <= 1 for pair in shown):
        # Nothing but initials.
        score = min(score, _CONTRADICTED)
    else:
        score -= min(2 * abs(len(asked) - len(listed)), 8)
    return max(Likeness(max(score, 0), shown), _joined(asked, listed), key=lambda one: one.score)


def _own(words: Sequence[Word]) -> list[Word]:
    return [word for word in words if not word.is_father]


def _set_beside(
    asked: Sequence[Word], listed: Sequence[Word]
) -> tuple[list[tuple[Pair, int, bool]], set[int], set[int]]:
    """Pairs of words, the likest first, each with its weight and whether it is the father's on either side;
    and who is left.
    """
    found = sorted(
        (
            (-likeness, i, j)
            for i, one in enumerate(asked)
            for j, other in enumerate(listed)
            if (likeness := _likest(one, other))
        ),
        # A longer word's partner matters more than an initial's; neither side decides between equals.
        key=lambda found: (
            found[0],
            -len(asked[found[1]].key) - len(listed[found[2]].key),
            sorted((asked[found[1]].key, listed[found[2]].key)),
        ),
    )
    left_asked, left_listed = set(range(len(asked))), set(range(len(listed)))
    pairs: list[tuple[Pair, int, bool]] = []
    for less, i, j in found:
        if i in left_asked and j in left_listed:
            left_asked.remove(i)
            left_listed.remove(j)
            weight = max(_weight(asked[i]), _weight(listed[j]))
            is_father = asked[i].is_father or listed[j].is_father
            pairs.append((Pair(asked[i].written, listed[j].written, -less), weight, is_father))
    _take_twice(asked, left_asked, listed)
    _take_twice(listed, left_listed, asked)
    return pairs, left_asked, left_listed


def _take_twice(words: Sequence[Word], left: set[int], others: Sequence[Word]) -> None:
    """A word written twice, or that a partner already stands for, contradicts nothing."""
    keys = {key for word in others for key in word.keys}
    for place in list(left):
        if words[place].key in keys:
            left.remove(place)


def _weight(word: Word) -> int:
    return max(len(word.key), 2)


def _likest(a: Word, b: Word) -> int:
    """How alike two words are as they stand, or a little less as they may be read."""
    best = _alike(a.key, b.key)
    if best == 100 or len(a.keys) == len(b.keys) == 1:
        return best
    read = [_alike(one, b.key) for one in a.keys[1:]] + [_alike(a.key, other) for other in b.keys[1:]]
    return max(best, max(read) - _READ_OTHERWISE)


def _alike(a: str, b: str) -> int:
    """How alike two words are, 0–100; 0 when they are different words."""
    if a == b:
        return 100
    short, long = sorted((a, b), key=len)
    if len(short) == 1:
        return 85 if long[0] == short else 0
    if len(long) < 4:
        return 0
    if len(short) > 3 and _first_heard(a) == _first_heard(b):
        return 92
    slips = 1 if len(long) < 6 else 2
    distance = OSA.distance(a, b, score_cutoff=slips)
    return 0 if distance > slips else 100 - 150 * distance // len(long)


def _first_heard(key: str) -> str:
    """Russian writes Г where Azerbaijani has H, and k is heard for q: at the beginning they are one."""
    return "k" + key[1:] if key[0] in "hk" else key


def _joined(asked: Sequence[Word], listed: Sequence[Word]) -> Likeness:
    """Words run together or torn apart: VladimirPutin, Plat Ono Vich."""
    if len(asked) == len(listed):
        return Likeness(0, ())
    slips = min(
        OSA.distance(one, other, score_cutoff=1)
        for one in _run_together(asked)
        for other in _run_together(listed)
    )
    if slips > 1 or sum(len(word.key) for word in min(asked, listed, key=len)) < _JOINED_MIN:
        return Likeness(0, ())
    said, stands = " ".join(word.written for word in asked), " ".join(word.written for word in listed)
    score = 88 if slips else 95
    return Likeness(score, (Pair(said, stands, score),))


def _run_together(words: Sequence[Word]) -> tuple[str, ...]:
    """A name in one word: as it stands, and with what stands first at the end; as it may be read too."""
    found: list[str] = []
    # All that can be read otherwise is read so at once: two more ways, not every mixture.
    for place in range(min(3, max((len(word.keys) for word in words), default=1))):
        keys = [word.keys[min(place, len(word.keys) - 1)] for word in words]
        found += ["".join(keys), "".join(keys[1:] + keys[:1])]
    return tuple(dict.fromkeys(found))


class Index:
    """The names of watch lists, ready to be asked. Immutable once made."""

    def __init__(self, entries: Iterable[Listed]) -> None:
        self._names: list[tuple[Listed, str, str, tuple[Word, ...]]] = []
        self._distinct: list[int] = []
        self._single: set[int] = set()
        self._by_key: dict[str, list[int]] = defaultdict(list)
        self._initials: dict[str, list[int]] = defaultdict(list)
        self._joined: dict[str, list[int]] = defaultdict(list)
        for entry in entries:
            # Nobody sends money to a ship.
            for name, sort in entry.names if entry.kind in ("person", "entity") else ():
                self._add(entry, name, sort)
        self._near: dict[str, list[str]] = defaultdict(list)
        for key in self._by_key:
            for shorter in _deletions(key):
                self._near[shorter].append(key)

    def __len__(self) -> int:
        return len(self._names)

    def _add(self, entry: Listed, name: str, sort: str) -> None:
        words = words_of(name)
        at = len(self._names)
        self._names.append((entry, name, sort, words))
        self._distinct.append(len({word.key for word in words}))
        if self._distinct[at] == 1:
            self._single.add(at)
        for key in {key for word in words for key in word.keys}:
            self._by_key[key].append(at)
            if len(key) == 1:
                self._initials[key].append(at)
        for joined in _run_together(words):
            self._joined[joined].append(at)

    def ask(self, asked: Asked, hits_max: int = 10) -> list[Hit]:
        """The entries that may be meant, best first; of each its best name."""
        words = words_of(asked.name)
        best: dict[tuple[str, str], Hit] = {}
        for at in self._candidates(words):
            entry, name, sort, listed = self._names[at]
            likeness = _compared(words, listed)
            if likeness.score < SCORE_SHOWN:
                continue
            score, facts = _with_birth(likeness.score, asked, entry)
            if score < (SCORE_WEAK if sort == "weak" else SCORE_SHOWN):
                continue
            known = best.get((entry.source, entry.id))
            if known is None or score > known.score:
                best[entry.source, entry.id] = Hit(entry, name, sort, score, likeness.pairs, facts)
        return sorted(best.values(), key=lambda hit: (-hit.score, hit.entry.source, hit.entry.id))[:hits_max]

    def _candidates(self, words: Sequence[Word]) -> set[int]:
        """Names of which all words but one, and two at least, are near asked ones; and those run together."""
        near_names: list[set[int]] = []
        initials: dict[int, int] = defaultdict(int)
        for keys in {word.keys for word in words}:
            near_names.append(
                {at for key in keys for near in self._near_keys(key) for at in self._by_key[near]}
            )
            for at in {at for key in keys for at in self._initials.get(key[:1], ())}:
                initials[at] += 1
        counts = Counter(chain.from_iterable(near_names))
        asked_initials = sum(len(word.key) == 1 for word in words)
        found = set()
        # One word is enough only of a name that has no more, or where an initial may stand for the other.
        hopeful = {at: count for at, count in counts.items() if count > 1 or at in initials}
        for at, count in (counts if asked_initials or len(near_names) == 1 else hopeful).items():
            # A word that is written twice is one.
            fewer = min(len(near_names), self._distinct[at])
            # An initial may stand for any word, but not alone.
            if count + initials.get(at, 0) + asked_initials >= min(fewer, max(2, fewer - 1)):
                found.add(at)
        found.update(self._single & counts.keys())
        for joined in _run_together(words):
            for key in _deletions(joined):
                found.update(self._joined.get(key, ()))
        return found

    def _near_keys(self, key: str) -> set[str]:
        """Keys of the lists within one slip of `key`, and with the other letter at the beginning."""
        found: set[str] = set()
        for start in {key, "h" + key[1:], "k" + key[1:]} if key[:1] in ("h", "k") else {key}:
            if len(start) < 4:
                found.update([start] if start in self._by_key else [])
                # Only longer words may differ by a letter.
                found.update(near for near in self._near.get(start, ()) if len(near) == 4)
                continue
            for shorter in _deletions(start):
                found.update(self._near.get(shorter, ()))
        return found


def _deletions(key: str) -> set[str]:
    """`key` and what is left of it without any one letter."""
    return {key, *(key[:at] + key[at + 1 :] for at in range(len(key)))}


def _with_birth(score: int, asked: Asked, entry: Listed) -> tuple[int, tuple[str, ...]]:
    """Date and place of birth raise or lower; without them on either side nothing changes."""
    facts: list[str] = []
    if asked.born and entry.born:
        if any(_same_birth(asked.born, born) for born in entry.born):
            facts.append("born_same")
            score += _BORN_SAME
        else:
            facts.append("born_other")
            score -= _BORN_OTHER
    if asked.birthplace and entry.places:
        place = set(fold(asked.birthplace).split())
        if any(place & set(fold(listed).split()) for listed in entry.places):
            facts.append("place_same")
            score += _PLACE_SAME
    return min(score, 100), tuple(facts)


def _same_birth(asked: str, listed: str) -> bool:
    """ISO dates, or a year, or ``1960/1965``; a year off counts as the same where only a year is known."""
    if "/" in listed:
        first, last = listed.split("/")
        return first[:4] <= asked[:4] <= last[:4]
    if len(asked) == len(listed) == 10:
        return asked == listed
    return abs(int(asked[:4]) - int(listed[:4])) <= _BORN_YEARS_NEAR
