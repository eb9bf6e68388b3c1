"""Finding a biller: by words of its name or group in any script, by its number, or among those usual here.

In: what was typed and the billers of the day. Out: those that fit, the nearest first. Nothing is asked of the
books but how often each was taken lately.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.names import fold
from azpost_desk.texts import LANGUAGES, Texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from azpost_desk.domain.catalogue import Biller
    from azpost_desk.services.views import Payment

# So many stand first on the empty field; what is taken once is not usual yet.
USUAL_MAX: Final = 3
_TIMES_MIN: Final = 2


@lru_cache(maxsize=4096)
def by_ear(text: str) -> str:
    """The folded text with one letter for ə and e: many keyboards have no ə."""
    return fold(text).replace("e", "a")


def found(billers: Iterable[Biller], typed: str, usual: Sequence[str] = ()) -> list[Biller]:
    """Billers whose number begins so, or of whom every typed word begins a word of name or group.

    Who is called so by the first word comes before who has it further back or in the group only; among equals
    the usual ones are first, else the centre's order stands. Portals are no billers to be searched.
    """
    words = by_ear(typed).split()
    if not words:
        return []
    ranked: list[tuple[int, int, Biller]] = []
    for biller in billers:
        if biller.notices is not None:
            continue
        rank = 0 if biller.biller.startswith(typed.strip()) else _rank(biller, words)
        if rank is not None:
            often = usual.index(biller.biller) if biller.biller in usual else len(usual)
            ranked.append((rank, often, biller))
    return [biller for _, _, biller in sorted(ranked, key=lambda one: one[:2])]


def usual_here(billers: Iterable[Biller], taken: Iterable[Payment]) -> list[Biller]:
    """The billers of the day that were taken here most often, at most `USUAL_MAX`."""
    times = Counter(one.biller for one in taken)
    known = [one for one in billers if one.notices is None and times[one.biller] >= _TIMES_MIN]
    return sorted(known, key=lambda one: -times[one.biller])[:USUAL_MAX]


def _rank(biller: Biller, words: Sequence[str]) -> int | None:
    """0 the name begins so, 1 its words do, 2 the group's too; None it does not fit."""
    names = [by_ear(name) for name in biller.names.values()]
    if any(name.startswith(" ".join(words)) for name in names):
        return 0
    spoken = {part for name in names for part in name.split()}
    if _all_begin(words, spoken):
        return 1
    return 2 if _all_begin(words, spoken | _group_words(biller.group)) else None


def _all_begin(words: Sequence[str], spoken: set[str]) -> bool:
    return all(any(part.startswith(word) for part in spoken) for word in words)


def _group_words(group: str) -> set[str]:
    """The words of a group in all languages; a group that the centre made up is its own word."""
    if group not in _GROUPS:
        key = f"payments.screen.group.{group}"
        told = [texts.t(key) for texts in map(Texts, LANGUAGES) if texts.has(key)] or [group]
        _GROUPS[group] = {part for name in told for part in by_ear(name).split()}
    return _GROUPS[group]


_GROUPS: Final[dict[str, set[str]]] = {}
