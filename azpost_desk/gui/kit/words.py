"""The language of the window: widgets hold keys, not sentences, and say them anew when it changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final, Literal

import shiboken6
from PySide6.QtCore import QObject, Signal

from azpost_desk.domain.catalogue import name_in
from azpost_desk.domain.ids import desk_parts
from azpost_desk.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from azpost_desk.domain.refusals import NeedsConfirmation, Refused, Trouble

_REFUSAL: Final = "refusal."
# How `Texts` writes a value; dates and times look the same in every language.
How = Literal["money", "amount", "number", "weekday_date", "moment"]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence that can be said in every language: a catalogue key with its values, or words as they are.

    Attributes:
        key: catalogue key; empty when `verbatim` is said unchanged (a name, a number).
        values: named values; a `Phrase` among them is said first.
        verbatim: words that are the same in every language.
        count: the number that chooses the plural form, for keys that have plural forms.
        written: the value that every language writes in its own way, as `how` of `Texts` does.
        translated: the words in each language, where they come from no catalogue (what the books call it).
    """

    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    verbatim: str = ""
    count: int | None = None
    how: How | Literal[""] = ""
    written: object = None
    translated: Mapping[str, str] | None = None


# What every widget of the kit takes where it shows words: a key, or a key with values, or verbatim words.
Say = str | Phrase


def phrase(key: str, **values: object) -> Phrase:
    """A key with its values."""
    return Phrase(key, values)


def counted_phrase(key: str, count: int, **values: object) -> Phrase:
    """A key with plural forms; `count` chooses the form and fills ``{count}``."""
    return Phrase(key, values, count=count)


def plain(text: str) -> Phrase:
    """Words that are not translated: a person's name, an item number, a time."""
    return Phrase("", verbatim=text)


def written(how: How, value: object) -> Phrase:
    """A value that is written anew when the language changes: money with its marks, a number, a weekday."""
    return Phrase("", how=how, written=value)


def translated(words: Mapping[str, str], otherwise: str = "") -> Phrase:
    """What is called something in each language (a biller, a line of the basket); else `otherwise`."""
    return Phrase("", verbatim=otherwise, translated=words)


def refusal(error: Refused | NeedsConfirmation | Trouble) -> Phrase:
    """The sentence of a refusal, a question or a trouble: key ``refusal.<code>`` with its facts."""
    return Phrase(f"{_REFUSAL}{error.code}", error.facts)


class Language(QObject):
    """The language people read now.

    Signals:
        changed(): another language is in force; every widget of the kit has said its words again.
    """

    changed = Signal()
    _current: ClassVar[Language | None] = None

    def __init__(self, code: str = "az", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._texts = Texts(code)
        self.code = code

    @property
    def texts(self) -> Texts:
        """The catalogues in the language in force."""
        return self._texts

    @classmethod
    def current(cls) -> Language:
        """The window's one language; made in Azerbaijani when first asked for."""
        if cls._current is None or not shiboken6.isValid(cls._current):
            cls._current = Language()
        return cls._current

    def choose(self, code: str) -> None:
        """Change to ``az``, ``en`` or ``ru`` at once, in every open screen."""
        if code == self.code:
            return
        self._texts = Texts(code)
        self.code = code
        self.changed.emit()

    def say(self, words: Say) -> str:
        """The words in the language in force."""
        if isinstance(words, str):
            return self._texts.t(words) if words else ""
        if words.translated is not None:
            return name_in(words.translated, self.code) or words.verbatim
        if words.how:
            return str(getattr(self._texts, words.how)(words.written))
        if not words.key:
            return words.verbatim
        values = {name: self._named(name, value) for name, value in words.values.items()}
        if words.key.startswith(_REFUSAL):
            return self._texts.refusal(words.key.removeprefix(_REFUSAL), **values)
        if words.count is not None:
            return self._texts.n(words.key, words.count, **values)
        return self._texts.t(words.key, **values)

    def _named(self, name: str, value: object) -> object:
        """A value as people know it: ``Desk 2`` for what the books call 2002-2."""
        if isinstance(value, Phrase):
            return self.say(value)
        number = desk_parts(value)[1] if name == "desk" and isinstance(value, str) else ""
        return self._texts.t("general.desk", number=number) if number else value


def language() -> Language:
    """The window's language."""
    return Language.current()


def say(words: Say) -> str:
    """The words in the language in force, for painters and formatters that ask anew each time."""
    return Language.current().say(words)


def follow(owner: QObject, retranslate: Callable[[], None]) -> None:
    """Call `retranslate` now and whenever the language changes, as long as `owner` lives."""
    current = Language.current()

    def again() -> None:
        if shiboken6.isValid(owner):
            retranslate()

    def forget() -> None:
        if shiboken6.isValid(current):
            current.changed.disconnect(again)

    current.changed.connect(again)
    owner.destroyed.connect(forget)
    retranslate()
