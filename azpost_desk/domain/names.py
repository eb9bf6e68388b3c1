"""Names of people: Azerbaijani casing, one key for three spellings, and when two spellings mean one person.

The same man is *Əliyev* in his card, *Aliyev* in his passport, *Алиев* in his mother's letter and *Eliyev*
on a keyboard without ə. `fold` brings them as near to one ASCII key as can be done without merging different
names; `near_name` covers the rest. Folded keys are stored as search columns: whoever changes a rule here has
to fill them again.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from azpost_desk.domain.refusals import Refused

_TO_UPPER_AZ: Final = str.maketrans("iı", "İI")
_TO_LOWER_AZ: Final = str.maketrans("İI", "iı")

# Letters (lower case, composed) that lose too much when only their marks are dropped. Azerbaijani's old
# Cyrillic alphabet and a few Latin neighbours are here too.
_LETTERS: Final = str.maketrans(
    {
        **dict(zip("абвгдеёжзиклмнопрстуфхчшщыэ", "abvgdeecziklmnoprstufhcssie", strict=True)),
        **dict(zip("әғҝөүһҹіїєґў", "aggouhciiegu", strict=True)),
        **{"й": "y", "ј": "y", "ц": "ts", "ю": "yu", "я": "ya", "ь": "", "ъ": ""},
        **{"ə": "a", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d"},
        "þ": "th",
        # An apostrophe stands inside a word: D'Arc, Məs'ud.
        **dict.fromkeys("'’‘ʼʻ`´", ""),
    }
)
# One letter for what the three spellings write with several: Cəfərov, Jafarov, Джафаров; Qasımov, Касимов.
_SAME_SOUND: Final = str.maketrans("jqwx", "ckvh")
_DIGRAPHS: Final = (("ch", "c"), ("zh", "c"), ("dc", "c"), ("sh", "s"), ("kh", "h"), ("gh", "g"))
# Russian writes no y before e after a vowel or at the beginning (Агаев, Елена), nor between i and a vowel.
_SILENT_Y: Final = re.compile(r"(?<![b-df-hj-np-tv-z0-9])y(?=e)|(?<=i)y(?=[aeiou])")
_DOUBLED: Final = re.compile(r"([a-z])\1+")
_NOT_KEY: Final = re.compile(r"[^a-z0-9]+")

# What near spellings still confuse after folding: ə heard as e, q and h that Russian writes г.
_CONFUSED: Final = str.maketrans("egh", "akk")

_SON_OR_DAUGHTER: Final = frozenset(
    {
        "oglu", "ogli", "ogly", "ugli", "ogul", "kizi", "kizy",
        "kyzi", "kyzy", "gizi", "gyzy", "gizy", "giz", "kiz",
    }
)  # fmt: skip
_RUSSIAN_PATRONYMIC: Final = re.compile(
    r"[a-z]{2,}(?:ovic|evic|ovna|evna|icna|oglu|ogli|ogly|kizi|kizy|gizi)"
)
_SURE_SURNAME: Final = re.compile(r"[a-z]{2,}(?:ov|ova|ev|eva|zada|zade|beyli|bayli|skiy|skaya|enko)")
# Given names end like these too (Yasin, Marina), so they only confirm a surname that stands first.
_SURNAME: Final = re.compile(rf"{_SURE_SURNAME.pattern}|[a-z]{{2,}}ina?")


def upper_az(text: str) -> str:
    """Capitals as Azerbaijani writes them: i becomes İ, ı becomes I."""
    return text.translate(_TO_UPPER_AZ).upper()


def lower_az(text: str) -> str:
    """Small letters as Azerbaijani writes them: İ becomes i, I becomes ı."""
    return text.translate(_TO_LOWER_AZ).lower()


def title_az(text: str) -> str:
    """A name with capitals at the beginning of its words; oğlu and qızı stay small."""
    words = re.split(r"(\s+|-)", text)
    return "".join(
        lower_az(word) if fold(word) in _SON_OR_DAUGHTER else upper_az(word[:1]) + lower_az(word[1:])
        for word in words
    )


def fold(text: str) -> str:
    """`text` as a search key: words of a-z and 0-9; the same for az, ru and Latin spellings.

    Applied to its own result it changes nothing. Scripts other than Latin and Cyrillic leave no trace.
    """
    # Compose first (й and ё are letters, not letters with marks), lower before dropping marks: the small form
    # of İ is an i with a dot above it.
    lowered = unicodedata.normalize("NFC", text).lower().translate(_LETTERS)
    bare = "".join(
        char for char in unicodedata.normalize("NFKD", lowered) if unicodedata.category(char) != "Mn"
    )
    key = _NOT_KEY.sub(" ", bare.lower().translate(_LETTERS).translate(_SAME_SOUND)).strip()
    before = ""
    while key != before:
        before = key
        for pair, letter in _DIGRAPHS:
            key = key.replace(pair, letter)
        key = _DOUBLED.sub(r"\1", _SILENT_Y.sub("", key))
    return key


@dataclass(frozen=True, slots=True)
class PersonName:
    """A person's name as their document has it; the patronymic with its oğlu or qızı, empty when unknown."""

    surname: str
    given: str
    patronymic: str = ""

    @property
    def full(self) -> str:
        """``Əliyev Vüqar Rauf oğlu``."""
        return " ".join(filter(None, (self.surname, self.given, self.patronymic)))

    @property
    def key(self) -> str:
        """The folded full name, for a search column."""
        return fold(self.full)


def parse_name(text: str) -> PersonName:
    """Take a written name apart: ``Əliyev Vüqar Rauf oğlu``, ``Vüqar Əliyev``, ``Алиев Вугар Рауф оглы``.

    A patronymic is known by oğlu, qızı or its Russian ending wherever it stands, or by standing third. The
    surname is expected first, unless only the last word looks like one.

    Raises:
        Refused: I-009 when there are not at least a surname and a given name.
    """
    words, patronymic = _without_patronymic(text.replace(",", " ").split())
    if len(words) < 2:
        raise Refused("I-009", "name")
    if _SURE_SURNAME.fullmatch(fold(words[-1])) and not _SURNAME.fullmatch(fold(words[0])):
        words = [words[-1], *words[:-1]]
    surname, given, *rest = words
    if patronymic:
        given = " ".join([given, *rest])
    else:
        patronymic = " ".join(rest)
    return PersonName(surname, given, patronymic)


def _without_patronymic(words: list[str]) -> tuple[list[str], str]:
    for place, word in enumerate(words):
        key = fold(word)
        # Never of the first word: nothing would be left of "Rauf oğlu" but a wrong surname.
        if key in _SON_OR_DAUGHTER and place >= 2:
            return words[: place - 1] + words[place + 1 :], " ".join(words[place - 1 : place + 1])
        if len(words) >= 3 and place and _RUSSIAN_PATRONYMIC.fullmatch(key):
            return words[:place] + words[place + 1 :], word
    return words, ""


def same_person_name(a: PersonName | str, b: PersonName | str) -> bool:
    """Whether surname and given name are the same after folding; patronymic and word order do not matter."""
    first, second = _compared(a), _compared(b)
    return bool(first) and first == second


def near_name(a: PersonName | str, b: PersonName | str) -> bool:
    """Whether `a` and `b` differ only as a slip or a spelling would: a near miss, which is no try.

    Word by word: one letter more, less, other or swapped in words of four letters and more, or the usual
    confusions of Azerbaijani spelled by ear. False when they are the same.
    """
    first, second = _compared(a), _compared(b)
    return bool(first) and first != second and len(first) == len(second) and _all_near(first, second)


def _compared(name: PersonName | str) -> list[str]:
    if isinstance(name, str):
        try:
            name = parse_name(name)
        except Refused:
            return []
    surname, given = fold(name.surname).split(), fold(name.given).split()
    return sorted(surname + given) if surname and given else []


def _all_near(words: list[str], others: list[str]) -> bool:
    """Whether the words can be paired so that each is near its partner; names have few words."""
    if not words:
        return True
    return any(
        _near_word(words[0], other) and _all_near(words[1:], others[:place] + others[place + 1 :])
        for place, other in enumerate(others)
    )


def _near_word(a: str, b: str) -> bool:
    if a.translate(_CONFUSED) == b.translate(_CONFUSED):
        return True
    return min(len(a), len(b)) >= 4 and _one_slip(a, b)


def _one_slip(a: str, b: str) -> bool:
    """At most one insertion, deletion, substitution or swap of neighbours between `a` and `b`."""
    if len(a) > len(b):
        a, b = b, a
    start = next((place for place, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if len(b) - len(a) == 1:
        return a[start:] == b[start + 1 :]
    if len(a) != len(b):
        return False
    swapped = a[start + 1 : start + 2] + a[start : start + 1] + a[start + 2 :]
    return a[start + 1 :] == b[start + 1 :] or swapped == b[start:]
