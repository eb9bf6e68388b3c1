"""Amounts in words: spelled as papers do, and read back to the same figure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain.money import CURRENCIES, MINOR_MAX, Money, azn
from azpost_desk.texts import LANGUAGES, Texts

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("qapik", "words"),
    [
        (123456, "min iki yüz otuz dörd manat, əlli altı qəpik"),
        (0, "sıfır manat, sıfır qəpik"),
        (1, "sıfır manat, bir qəpik"),
        (100, "bir manat, sıfır qəpik"),
        (1000, "on manat, sıfır qəpik"),
        (10050, "yüz manat, əlli qəpik"),
        (11111, "yüz on bir manat, on bir qəpik"),
        (100000, "min manat, sıfır qəpik"),
        (100100, "min bir manat, sıfır qəpik"),
        (2100000, "iyirmi bir min manat, sıfır qəpik"),
        (10100000, "yüz bir min manat, sıfır qəpik"),
        (99999999, "doqquz yüz doxsan doqquz min doqquz yüz doxsan doqquz manat, doxsan doqquz qəpik"),
        (100000000, "bir milyon manat, sıfır qəpik"),
        (100100000, "bir milyon min manat, sıfır qəpik"),
        (-2040, "mənfi iyirmi manat, qırx qəpik"),
    ],
)
def test_azerbaijani(qapik: int, words: str) -> None:
    assert Texts("az").amount_in_words(azn(qapik)) == words


@pytest.mark.parametrize(
    ("qapik", "words"),
    [
        (123456, "одна тысяча двести тридцать четыре маната, пятьдесят шесть гяпиков"),
        (0, "ноль манатов, ноль гяпиков"),
        (101, "один манат, один гяпик"),
        (202, "два маната, два гяпика"),
        (511, "пять манатов, одиннадцать гяпиков"),
        (1100, "одиннадцать манатов, ноль гяпиков"),
        (2121, "двадцать один манат, двадцать один гяпик"),
        (11214, "сто двенадцать манатов, четырнадцать гяпиков"),
        (200000, "две тысячи манатов, ноль гяпиков"),
        (1200000, "двенадцать тысяч манатов, ноль гяпиков"),
        (2200300, "двадцать две тысячи три маната, ноль гяпиков"),
        (100000000, "один миллион манатов, ноль гяпиков"),
        (-500, "минус пять манатов, ноль гяпиков"),
    ],
)
def test_russian(qapik: int, words: str) -> None:
    assert Texts("ru").amount_in_words(azn(qapik)) == words


@pytest.mark.parametrize(
    ("qapik", "words"),
    [
        (123456, "one thousand two hundred thirty-four manats, fifty-six qapiks"),
        (101, "one manat, one qapik"),
        (0, "zero manats, zero qapiks"),
        (1319, "thirteen manats, nineteen qapiks"),
        (2020, "twenty manats, twenty qapiks"),
        (100000100, "one million one manats, zero qapiks"),
        (-1, "minus zero manats, one qapik"),
    ],
)
def test_english(qapik: int, words: str) -> None:
    assert Texts("en").amount_in_words(azn(qapik)) == words


@pytest.mark.parametrize(
    ("language", "money", "words"),
    [
        ("ru", Money(2102, "RUB"), "двадцать один рубль, две копейки"),
        ("ru", Money(2201, "TRY"), "двадцать две турецкие лиры, один куруш"),
        ("ru", Money(1, "JPY"), "одна иена"),
        ("az", Money(2000, "USD"), "iyirmi ABŞ dolları, sıfır sent"),
        ("en", Money(200, "EUR"), "two euros, zero cents"),
        ("en", Money(40, "JPY"), "forty Japanese yen"),
    ],
)
def test_other_currencies_agree_in_gender_and_number(language: str, money: Money, words: str) -> None:
    assert Texts(language).amount_in_words(money) == words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("currency", CURRENCIES)
def test_every_currency_has_its_words(language: str, currency: str) -> None:
    words = Texts(language).amount_in_words(Money(101, currency))
    assert ("," in words) == bool(CURRENCIES[currency].minor_digits)


# The reader below knows words only; it shares no table with the writer.
SMALL = {
    "az": "sıfır bir iki üç dörd beş altı yeddi səkkiz doqquz on",
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen",
    "ru": "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать"
    " четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать",
}
TENS = {
    "az": "on iyirmi otuz qırx əlli altmış yetmiş səksən doxsan",
    "en": "ten twenty thirty forty fifty sixty seventy eighty ninety",
    "ru": "десять двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто",
}
RUSSIAN_HUNDREDS = "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот"
SCALES = {
    "az": ("min", "milyon", "milyard", "trilyon"),
    "en": ("thousand", "million", "billion", "trillion"),
    "ru": ("тысяч", "миллион", "миллиард", "триллион"),
}


def read_number(words: str, language: str) -> int:
    values = {word: n for n, word in enumerate(SMALL[language].split())}
    values |= {word: 10 * n for n, word in enumerate(TENS[language].split(), start=1)}
    if language == "ru":
        values |= {word: 100 * n for n, word in enumerate(RUSSIAN_HUNDREDS.split(), start=1)}
        values |= {"одна": 1, "две": 2}
    whole = group = 0
    for word in words.replace("-", " ").split():
        scale = next((n for n, name in enumerate(SCALES[language], start=1) if word.startswith(name)), 0)
        if scale:
            whole += (group or 1) * 1000**scale
            group = 0
        elif word in ("yüz", "hundred"):
            group = (group or 1) * 100
        elif word in values:
            group += values[word]
    return whole + group


@given(st.sampled_from(LANGUAGES), st.integers(0, MINOR_MAX))
def test_words_read_back_to_the_amount(language: str, qapik: int) -> None:
    whole, minor = Texts(language).amount_in_words(azn(qapik)).split(", ")
    assert read_number(whole, language) * 100 + read_number(minor, language) == qapik
