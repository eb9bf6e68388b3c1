"""Amounts as papers spell them: whole units and the smallest unit, both in words, in az, ru and en."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.money import CURRENCIES, Money

if TYPE_CHECKING:
    from collections.abc import Callable

# Forms of a counted noun as Russian counts: one, two to four, five and more. az and en use fewer of them.
Forms = tuple[str, str, str]

_AZ_ONES: Final = ("", "bir", "iki", "üç", "dörd", "beş", "altı", "yeddi", "səkkiz", "doqquz")
_AZ_TENS: Final = ("", "on", "iyirmi", "otuz", "qırx", "əlli", "altmış", "yetmiş", "səksən", "doxsan")
_AZ_SCALES: Final = ("", "min", "milyon", "milyard", "trilyon")

_EN_SMALL: Final = (
    "", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_EN_TENS: Final = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_EN_SCALES: Final = ("", "thousand", "million", "billion", "trillion")

_RU_ONES: Final = ("", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять")
_RU_ONES_FEMININE: Final = ("", "одна", "две", *_RU_ONES[3:])
_RU_TEENS: Final = (
    "десять", "одиннадцать", "двенадцать", "тринадцать", "четырнадцать", "пятнадцать", "шестнадцать",
    "семнадцать", "восемнадцать", "девятнадцать",
)  # fmt: skip
_RU_TENS: Final = (
    "", "", "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят",
    "девяносто",
)  # fmt: skip
_RU_HUNDREDS: Final = (
    "", "сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот", "девятьсот",
)  # fmt: skip
_RU_SCALES: Final[tuple[Forms, ...]] = (
    ("", "", ""),
    ("тысяча", "тысячи", "тысяч"),
    ("миллион", "миллиона", "миллионов"),
    ("миллиард", "миллиарда", "миллиардов"),
    ("триллион", "триллиона", "триллионов"),
)

# Azerbaijani leaves a counted noun in the singular: one form per unit.
_AZ_UNITS: Final = {
    "AZN": ("manat", "qəpik"),
    "USD": ("ABŞ dolları", "sent"),
    "EUR": ("avro", "sent"),
    "RUB": ("Rusiya rublu", "qəpik"),
    "TRY": ("Türkiyə lirəsi", "quruş"),
    "GEL": ("gürcü larisi", "tetri"),
    "KZT": ("Qazaxıstan tengəsi", "tiyin"),
    "JPY": ("Yaponiya iyeni", ""),
}
_EN_UNITS: Final = {
    "AZN": (("manat", "manats"), ("qapik", "qapiks")),
    "USD": (("US dollar", "US dollars"), ("cent", "cents")),
    "EUR": (("euro", "euros"), ("cent", "cents")),
    "RUB": (("Russian rouble", "Russian roubles"), ("kopeck", "kopecks")),
    "TRY": (("Turkish lira", "Turkish liras"), ("kurush", "kurush")),
    "GEL": (("Georgian lari", "Georgian lari"), ("tetri", "tetri")),
    "KZT": (("Kazakh tenge", "Kazakh tenge"), ("tiyn", "tiyn")),
    "JPY": (("Japanese yen", "Japanese yen"), ("", "")),
}
_RU_UNITS: Final[dict[str, tuple[Forms, Forms]]] = {
    "AZN": (("манат", "маната", "манатов"), ("гяпик", "гяпика", "гяпиков")),
    "USD": (("доллар США", "доллара США", "долларов США"), ("цент", "цента", "центов")),
    "EUR": (("евро", "евро", "евро"), ("цент", "цента", "центов")),
    "RUB": (("рубль", "рубля", "рублей"), ("копейка", "копейки", "копеек")),
    "TRY": (("турецкая лира", "турецкие лиры", "турецких лир"), ("куруш", "куруша", "курушей")),
    "GEL": (("лари", "лари", "лари"), ("тетри", "тетри", "тетри")),
    "KZT": (("тенге", "тенге", "тенге"), ("тиын", "тиына", "тиынов")),
    "JPY": (("иена", "иены", "иен"), ("", "", "")),
}
# Units whose numeral takes the feminine: одна копейка, две лиры.
_RU_FEMININE: Final = {"копейка", "турецкая лира", "иена"}

_ZERO: Final = {"az": "sıfır", "ru": "ноль", "en": "zero"}
_MINUS: Final = {"az": "mənfi", "ru": "минус", "en": "minus"}


def amount_in_words(money: Money, language: str) -> str:
    """`money` in words, lower case, both units always named so that nothing can be added by hand.

    As banking papers have it: ``min iki yüz otuz dörd manat, əlli altı qəpik``.
    """
    digits = CURRENCIES[money.currency].minor_digits
    whole, minor = divmod(abs(money.minor), 10**digits)
    write = _WRITERS[language]
    text = write(whole, money.currency, 0)
    if digits:
        text += ", " + write(minor, money.currency, 1)
    return f"{_MINUS[language]} {text}" if money.minor < 0 else text


def _groups(number: int) -> list[tuple[int, int]]:
    """Non-zero groups of three digits with their power of a thousand, the highest first."""
    found = []
    power = 0
    while number:
        number, group = divmod(number, 1000)
        if group:
            found.append((group, power))
        power += 1
    return found[::-1]


def _azerbaijani(number: int, currency: str, part: int) -> str:
    words: list[str] = []
    for group, power in _groups(number):
        hundreds, rest = divmod(group, 100)
        # Neither a hundred nor a thousand is counted when there is one: yüz, min; a million is: bir milyon.
        if hundreds:
            words += [_AZ_ONES[hundreds] if hundreds > 1 else "", "yüz"]
        if not (group == 1 and power == 1):
            words += [_AZ_TENS[rest // 10], _AZ_ONES[rest % 10]]
        words.append(_AZ_SCALES[power])
    return _joined(words, "az", _AZ_UNITS[currency][part])


def _english(number: int, currency: str, part: int) -> str:
    words: list[str] = []
    for group, power in _groups(number):
        hundreds, rest = divmod(group, 100)
        if hundreds:
            words += [_EN_SMALL[hundreds], "hundred"]
        if rest < 20:
            words.append(_EN_SMALL[rest])
        else:
            words.append("-".join(filter(None, (_EN_TENS[rest // 10], _EN_SMALL[rest % 10]))))
        words.append(_EN_SCALES[power])
    singular, plural = _EN_UNITS[currency][part]
    return _joined(words, "en", singular if number == 1 else plural)


def _russian(number: int, currency: str, part: int) -> str:
    unit = _RU_UNITS[currency][part]
    words: list[str] = []
    for group, power in _groups(number):
        hundreds, rest = divmod(group, 100)
        feminine = power == 1 or (power == 0 and unit[0] in _RU_FEMININE)
        words.append(_RU_HUNDREDS[hundreds])
        if 10 <= rest < 20:
            words.append(_RU_TEENS[rest - 10])
        else:
            ones = _RU_ONES_FEMININE if feminine else _RU_ONES
            words += [_RU_TENS[rest // 10], ones[rest % 10]]
        words.append(_counted(group, _RU_SCALES[power]))
    return _joined(words, "ru", _counted(number, unit))


def _counted(number: int, forms: Forms) -> str:
    ten, hundred = number % 10, number % 100
    if ten == 1 and hundred != 11:
        return forms[0]
    return forms[1] if 2 <= ten <= 4 and not 12 <= hundred <= 14 else forms[2]


def _joined(words: list[str], language: str, unit: str) -> str:
    return " ".join(filter(None, [*words, unit])) if any(words) else f"{_ZERO[language]} {unit}"


_WRITERS: Final[dict[str, Callable[[int, str, int], str]]] = {
    "az": _azerbaijani,
    "ru": _russian,
    "en": _english,
}
