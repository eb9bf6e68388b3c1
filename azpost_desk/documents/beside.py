"""Texts in two languages at once: each sentence in the reader's own, and in Azerbaijani after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.documents.typeface import say
from azpost_desk.domain.papers import Say
from azpost_desk.texts import Texts

if TYPE_CHECKING:
    from azpost_desk.domain.catalogue import Names
    from azpost_desk.domain.money import Money
    from azpost_desk.domain.papers import Words

_OFFICIAL: Final = "az"


class Beside(Texts):
    """Writes in the language of `own`, and each sentence in Azerbaijani after it."""

    def __init__(self, own: Texts) -> None:
        super().__init__(own.language)
        self._official = None if own.language == _OFFICIAL else Texts(_OFFICIAL)

    def t(self, key: str, **values: object) -> str:
        """See `Texts`."""
        own = super().t(key, **values)
        official = self._official.t(key, **values) if self._official else own
        return own if official == own else f"{own} / {official}"

    def own(self, key: str, **values: object) -> str:
        """In the customer's language alone."""
        return super().t(key, **values)

    def kilograms(self, grams: int) -> str:
        """A weight as both read it, to the gram: ``0.500 kg``."""
        return Texts(self.language).weight(grams)

    def amount_in_words(self, money: Money) -> str:
        """See `Texts`."""
        own = super().amount_in_words(money)
        return f"{own} / {self._official.amount_in_words(money)}" if self._official else own

    def name(self, names: Names) -> str:
        """A name as both languages know it."""
        known = (names.get(self.language, ""), names.get(_OFFICIAL, ""))
        return " / ".join(dict.fromkeys(filter(None, known)))

    def sentences(self, words: Words) -> tuple[str, str]:
        """One sentence in each language; the second is empty where it would be the first again."""
        if not isinstance(words, Say) or self._official is None:
            return say(self, words), ""
        return self.own(words.key, **dict(words.facts)), say(self._official, words)
