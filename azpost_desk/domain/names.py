"""Names of people: one way to write them, one key for three spellings, when two spellings mean one person.

The same man is *Əliyev* in his card, *Aliyev* in his passport, *Алиев* in his mother's letter and *Eliyev*
on a keyboard without ə. `plain` takes away what nobody sees; whoever takes a name in from outside calls it
(`written`), and so does everything here that compares. `fold` brings the spellings as near to one ASCII key
as can be done without merging different names; `near_name` covers the rest. Folded keys are stored as search
columns: whoever changes a rule here has to fill them again.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

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
# What writes nothing on paper: control and format characters, soft hyphens, joiners, variation selectors and
# fillers (Unicode's Default_Ignorable_Code_Point and category Cc), and the empty braille cell.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\ud800-\udfff\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Letters of another alphabet that nobody can tell apart from these.
_LOOKS_LATIN: Final = str.maketrans(
    "ӀӏАВЕЅІЈКМНОРСТУХҮҺӘаеѕіјкмортсухүһәΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορτυχ",
    "IlABESIJKMHOPCTYXYHƏaesijkmoptcyxyhəABEZHIKMNOPTYXaikvoptux",
)
_LOOKS_CYRILLIC: Final = str.maketrans(
    "ABEƏKMHOPCTYXSIJaeəopcyxsijhkmıΑΒΕΙΚΜΗΟΡΤΥΧαικορτυχ",
    "АВЕӘКМНОРСТУХЅІЈаеәорсухѕіјһкміАВЕІКМНОРТУХаікортух",
)
_LATIN: Final = re.compile("[A-Za-z\u00aa\u00ba\u00c0-\u02af\u1e00-\u1eff]")
_CYRILLIC: Final = re.compile("[\u0400-\u052f]")
_GREEK: Final = re.compile("[\u0370-\u03ff\u1f00-\u1fff]")
_SPELLED: Final = re.compile("(?:[^\\W_]|[\u0300-\u036f])+")
# Where a passport has no given name or no surname.
_NO_NAME: Final = frozenset("-–—")
_DIGRAPHS: Final = (("ch", "c"), ("zh", "c"), ("dc", "c"), ("sh", "s"), ("kh", "h"), ("gh", "g"))
# Russian writes no y before e after a vowel or at the beginning (Агаев, Елена), nor between i and a vowel.
_SILENT_Y: Final = re.compile(r"(?<![b-df-hj-np-tv-z0-9])y(?=e)|(?<=i)y(?=[aeiou])")
_DOUBLED: Final = re.compile(r"([a-z])\1+")
_NOT_KEY: Final = re.compile(r"[^a-z0-9]+")

# What near spellings still confuse after folding: ə heard as e, q and h that Russian writes г.
_CONFUSED: Final = str.maketrans("egh", "akk")

_SOFT: Final = re.compile("(?<=[b-df-hj-np-tvz])y")

# Letters that are read in more than one way (what `fold` takes is the Azerbaijani one): Alexander, Marc,
# Cecilia, Michel, Jurij, Schultz, Łukasz, Živko.
_READINGS: Final = (
    (re.compile("x"), ("ks", "sh")),
    (re.compile("sch"), ("sh",)),
    (re.compile("sz|ś"), ("sh",)),
    (re.compile("cz"), ("ch",)),
    (re.compile("tz"), ("ts",)),
    (re.compile("ž|ż"), ("zh",)),
    (re.compile("c(?![eiyhz])"), ("k",)),
    (re.compile("c(?=[eiy])"), ("s",)),
    (re.compile("(?<!s)ch"), ("sh", "kh")),
    (re.compile("(?<!d)j"), ("y",)),
)
_READINGS_MAX: Final = 6
_WORDS: Final = re.compile(r"[^\W_]+(?:['’‘ʼʻ`´][^\W_]+)*")

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


def plain(text: str) -> str:
    """`text` as it is kept and compared: composed, without what writes nothing, every word of one alphabet.

    A word of two alphabets whose letters only look like those of one is written in that one: most letters
    decide. Applied to its own result it changes nothing.
    """
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", _SPELLED.sub(lambda word: _one_alphabet(word[0]), seen(text)))


def seen(text: str) -> str:
    """`text` composed, without what writes nothing."""
    return unicodedata.normalize("NFC", _UNSEEN.sub("", unicodedata.normalize("NFC", text)))


def _one_alphabet(word: str) -> str:
    latin, cyrillic = len(_LATIN.findall(word)), len(_CYRILLIC.findall(word))
    greek = len(_GREEK.findall(word))
    if sum(map(bool, (latin, cyrillic, greek))) < 2:
        return word
    as_latin, as_cyrillic = word.translate(_LOOKS_LATIN), word.translate(_LOOKS_CYRILLIC)
    whole = []
    if not _CYRILLIC.search(as_latin) and not _GREEK.search(as_latin):
        whole.append((latin, as_latin))
    if not _LATIN.search(as_cyrillic) and not _GREEK.search(as_cyrillic):
        whole.append((cyrillic, as_cyrillic))
    # The first of equals: Latin.
    return max(whole, key=lambda found: found[0])[1] if whole else word


def written(name: str) -> str:
    """A person's name as it is taken in: `legible`, with surname and given name.

    Raises:
        Refused: I-009 they are not both there, I-014 as `legible`.
    """
    name = legible(name)
    parse_name(name)
    return name


def legible(text: str) -> str:
    """`plain`, one space between words, in letters that everybody can read, compare and print.

    Raises:
        Refused: I-014 a `letter` of neither the Latin nor the Cyrillic alphabet, or none at all.
    """
    text = " ".join(plain(text).split())
    strange = next((char for char in text if not _is_legible(char)), None)
    if strange is not None:
        raise Refused("I-014", "name", letter=strange)
    return text


@lru_cache(maxsize=4_096)
def _is_legible(char: str) -> bool:
    """Whether a sign of a name is known here: a letter that leaves a trace in the key, or what joins them."""
    sort = unicodedata.category(char)
    if sort[0] == "L":
        # All of Cyrillic, whose rare letters stand beside others; what is rare in Latin is a disguise.
        known = _CYRILLIC.match(char) or (_LATIN.match(char) and fold(char))
        return bool(known) or char.translate(_LETTERS) == ""
    return sort in {"Mn", "Nd", "Pd", "Po", "Ps", "Pe", "Zs", "Pi", "Pf"} or char in "'`´№+"


def words_of(name: str) -> list[str]:
    """The words of a name as they are written, without accents that are no part of a letter."""
    spelled = "".join(char for char in plain(name) if unicodedata.category(char)[0] != "M")
    return _WORDS.findall(spelled)


@lru_cache(maxsize=100_000)
def readings(word: str) -> tuple[str, ...]:
    """The keys of one word by every way its letters may be read; the first is `fold`'s.

    A word of another alphabet is its own key, so that equal names are equal.
    """
    key = fold(word).replace(" ", "")
    if not key:
        bare = unicodedata.normalize("NFKD", word.casefold())
        return ("".join(char for char in bare if unicodedata.category(char) != "Mn"),)
    forms = [word.lower()]
    for letters, sounds in _READINGS:
        if letters.search(forms[0]):
            forms += [letters.sub(sound, form) for form in forms for sound in sounds]
    read = (fold(form).replace(" ", "") for form in forms[1:_READINGS_MAX])
    return tuple(dict.fromkeys((key, *read)))


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
    lowered = plain(unicodedata.normalize("NFC", text)).lower().translate(_LETTERS)
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


@lru_cache(maxsize=20_000)
def loose(text: str) -> str:
    """`fold` for the names of places and things, where nobody is mistaken for somebody else.

    ə typed as e, the soft vowels that Russian writes (Гянджа) and its г for q are the same too.
    """
    return _SOFT.sub("", fold(text)).translate(_CONFUSED)


def begins_a_word(key: str, words: Sequence[str]) -> bool:
    """Whether `key` is one of `words` (all of `loose`) as far as it was typed, or with an ending."""
    return any(word.startswith(key) or (len(word) > 3 and key.startswith(word)) for word in words)


def slips_into_a_word(key: str, words: Sequence[str]) -> bool:
    """Whether `key` is one of `words` but for a slip, in words of four letters and more: Bakı and Baka."""
    return len(key) >= 4 and any(len(word) >= 4 and _one_slip(key, word) for word in words)


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

    A dash stands for the name of the two that a passport does not have.

    Raises:
        Refused: I-009 when there are not at least a surname and a given name.
    """
    words, patronymic = _without_patronymic(plain(text).replace(",", " ").split())
    words = [word for word in words if word in _NO_NAME or words_of(word)]
    if len(words) < 2 or sum(word in _NO_NAME for word in words) > 1:
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
    if not first or first == second or len(first) != len(second):
        return False
    return _all_near([readings(word) for word in _telling(a)], [readings(word) for word in _telling(b)])


def _compared(name: PersonName | str) -> list[str]:
    return sorted(readings(word)[0] for word in _telling(name))


def _telling(name: PersonName | str) -> list[str]:
    """The written words of surname and given name; none when they are not both there."""
    if isinstance(name, str):
        try:
            name = parse_name(name)
        except Refused:
            return []
    return words_of(f"{name.surname} {name.given}") if name.surname and name.given else []


def _all_near(words: list[tuple[str, ...]], others: list[tuple[str, ...]]) -> bool:
    """Whether the words can be paired so that each is near its partner; names have few words."""
    if not words:
        return True
    return any(
        any(_near_word(one, two) for one in words[0] for two in other)
        and _all_near(words[1:], others[:place] + others[place + 1 :])
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
