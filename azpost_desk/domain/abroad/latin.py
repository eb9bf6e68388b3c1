"""A name in Latin letters, proposed from how it is written here; what is sent is what the sender agreed to.

Azerbaijani letters go as its passports write them in English (Ə a, Ş sh, Ç ch, X kh, C j, Q g), Russian ones
by ICAO 9303 part 3. It is a proposal: the passport of the person decides, the clerk writes what it says.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from azpost_desk.domain.names import plain
from azpost_desk.domain.refusals import Refused

# ISO 20022 as the payment market uses it (SWIFT character set x), as far as names and addresses need it.
_SENT: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-?:().,'+ ")
_AZERBAIJANI: Final = {
    "ə": "a",
    "ş": "sh",
    "ç": "ch",
    "ğ": "gh",
    "x": "kh",
    "c": "j",
    "q": "g",
    "ı": "i",
    "ö": "o",
    "ü": "u",
}
_CYRILLIC: Final = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i",
    "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "ie", "ы": "y",
    "ь": "", "э": "e", "ю": "iu", "я": "ia", "ә": "a", "ө": "o", "ү": "u", "һ": "h", "ғ": "gh", "ҹ": "j",
    "ҝ": "g", "ј": "y",
}  # fmt: skip
# Foreign Latin letters keep their x, c and q; a name that has one of ours is one of ours.
_OURS: Final = frozenset("əşçğıöüƏŞÇĞİÖÜ")


def proposed(name: str) -> str:
    """`name` in Latin letters of the message, each word with a capital; "" for a name without any."""
    text = plain(name)
    is_ours = any(letter in _OURS for letter in text)
    words = [_word(word, is_ours=is_ours) for word in text.split()]
    return " ".join(word[:1].upper() + word[1:] for word in words if word)


def _word(word: str, *, is_ours: bool) -> str:
    result = []
    for letter in word.replace("İ", "i").replace("I", "ı" if is_ours else "i").lower():
        if letter in _CYRILLIC:
            result.append(_CYRILLIC[letter])
        elif is_ours and letter in _AZERBAIJANI:
            result.append(_AZERBAIJANI[letter])
        else:
            bare = unicodedata.normalize("NFD", letter)
            result.append("".join(sign for sign in bare if sign in _SENT))
    return "".join(result)


def require_latin(text: str, field: str, characters_max: int) -> str:
    """`text` with one space between words, as it is sent.

    Raises:
        Refused: A-024 a letter that the message cannot carry (`letter`), or nothing; A-027 too long
            (`limit`): nothing is cut (money-out.md MA-14).
    """
    text = " ".join(plain(text).split())
    strange = next((letter for letter in text if letter not in _SENT), None)
    if strange is not None or not any(letter.isalnum() for letter in text):
        raise Refused("A-024", field=field, letter=strange or "")
    if len(text) > characters_max:
        raise Refused("A-027", field=field, limit=characters_max)
    return text
