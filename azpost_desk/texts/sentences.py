"""`Texts`: one language's sentences, and how it writes money, dates, times and percentages.

Times: every instant is kept as UTC milliseconds and shown in Azerbaijan's time. That is UTC+4 the whole year
since summer time was abolished in 2016; the offset is fixed here because Windows carries no time-zone tables,
and nothing this program shows is older than it.
"""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.money import CURRENCIES, Money
from azpost_desk.texts.amounts_in_words import amount_in_words
from azpost_desk.texts.catalogues import LANGUAGES, catalogue

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.domain.refusals import NeedsConfirmation, Refused, Trouble

BAKU: Final = dt.timezone(dt.timedelta(hours=4), "Asia/Baku")

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_ISO_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NBSP: Final = "\u00a0"
# CLDR: the mark between thousands and the mark before decimals.
_MARKS: Final = {"az": (".", ","), "ru": (_NBSP, ","), "en": (",", ".")}
# The only sign the bundled font and every clerk knows; other currencies are shown by their code.
_SIGNS: Final = {"AZN": "₼"}
_RATE_DIGITS: Final = 6


def _plural_two(count: int) -> int:
    return 0 if abs(count) == 1 else 1


def _plural_russian(count: int) -> int:
    ten, hundred = abs(count) % 10, abs(count) % 100
    if ten == 1 and hundred != 11:
        return 0
    return 1 if 2 <= ten <= 4 and not 12 <= hundred <= 14 else 2


_PLURAL_FORM: Final[dict[str, Callable[[int], int]]] = {
    "az": _plural_two,
    "ru": _plural_russian,
    "en": _plural_two,
}


def local(utc_ms: int) -> dt.datetime:
    """The instant `utc_ms` (milliseconds since 1970, UTC) on a clock in Azerbaijan."""
    return (_EPOCH + dt.timedelta(milliseconds=utc_ms)).astimezone(BAKU)


class Texts:
    """Writes for a person in one language.

    Values given to a sentence are shown in the language: `Money` as `money`, a `Fraction` as `rate`, a date
    (also as ISO text) as `date`, a number named ``…_ms`` as `moment`, ``…_ppm`` as `percent`, ``…_grams`` as
    `weight`, and a code that has a sentence ``fact.<name>.<code>`` by it (``fact.role.clerk``); anything else
    by `str`.

    Raises:
        ValueError: the language is not one of `LANGUAGES`.
    """

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"no such language: {language}")
        self.language = language
        self._group, self._point = _MARKS[language]
        self._entries = catalogue(language)
        self._units = {"ms": self.moment, "ppm": self.percent, "grams": self.weight}

    def has(self, key: str) -> bool:
        """Whether the catalogue holds `key`."""
        return key in self._entries

    def t(self, key: str, **values: object) -> str:
        """The sentence `key` with its placeholders filled.

        Raises:
            KeyError: no such key, or a placeholder without a value: both are faults of the program.
        """
        entry = self._entries[key]
        if not isinstance(entry, str):
            raise KeyError(f"{key} has plural forms: ask with n()")
        return self._fill(entry, values)

    def n(self, key: str, count: int, **values: object) -> str:
        """The sentence `key` in the form for `count`; ``{count}`` is shown with thousands grouped.

        Raises:
            KeyError: as `t`.
        """
        entry = self._entries[key]
        template = entry if isinstance(entry, str) else entry[_PLURAL_FORM[self.language](count)]
        return self._fill(template, {**values, "count": self.number(count)})

    def refusal(self, outcome: Refused | Trouble | NeedsConfirmation | str, **facts: object) -> str:
        """The sentence of a code: ``refusal.<code>``, or ``refusal.<code>.<reason>`` where that stands.

        Raises:
            KeyError: as `t`.
        """
        if not isinstance(outcome, str):
            facts = outcome.facts
            outcome = outcome.code
        special = f"refusal.{outcome}.{facts.get('reason')}"
        return self.t(special if special in self._entries else f"refusal.{outcome}", **facts)

    def _fill(self, template: str, values: dict[str, object]) -> str:
        if "{" not in template:
            return template
        return template.format(**{name: self._shown(name, value) for name, value in values.items()})

    def _shown(self, name: str, value: object) -> str:
        if isinstance(value, Money):
            return self.money(value)
        if isinstance(value, dt.date):
            return self.date(value)
        if isinstance(value, Fraction):
            return self.rate(value)
        if isinstance(value, int):
            write = self._units.get(name.rpartition("_")[2])
            return write(value) if write else str(value)
        text = str(value)
        if _ISO_DATE.fullmatch(text):
            # The 30th of February is said as it was written.
            with suppress(ValueError):
                return self.date(text)
        word = self._entries.get(f"fact.{name}.{text}")
        return word if isinstance(word, str) else text

    def number(self, value: int) -> str:
        """A whole number with thousands grouped."""
        return f"{value:,}".replace(",", self._group)

    def amount(self, money: Money) -> str:
        """The figure alone: ``1.234,50`` (az), ``1 234,50`` (ru), ``1,234.50`` (en)."""
        digits = CURRENCIES[money.currency].minor_digits
        whole, minor = divmod(abs(money.minor), 10**digits)
        figure = self.number(whole) + (f"{self._point}{minor:0{digits}}" if digits else "")
        return f"-{figure}" if money.minor < 0 else figure

    def money(self, money: Money, sign: bool = True) -> str:
        """The figure with its currency after a space that does not break: ``1.234,50 ₼``, ``20,00 USD``."""
        if not sign:
            return self.amount(money)
        return f"{self.amount(money)}{_NBSP}{_SIGNS.get(money.currency, money.currency)}"

    def amount_in_words(self, money: Money) -> str:
        """The amount as papers spell it: ``min iki yüz otuz dörd manat, əlli altı qəpik``."""
        return amount_in_words(money, self.language)

    def percent(self, ppm: int) -> str:
        """A share in parts per million: 12,000 → ``1,2%``."""
        whole, rest = divmod(abs(ppm), 10_000)
        decimals = f"{rest:04}".rstrip("0")
        figure = self.number(whole) + (self._point + decimals if decimals else "")
        return ("-" if ppm < 0 else "") + figure + (f"{_NBSP}%" if self.language == "ru" else "%")

    def rate(self, rate: Fraction) -> str:
        """What one unit of a currency costs, to the sixth decimal and never fewer than two: ``0,6271``."""
        whole, part = divmod(round(rate * 10**_RATE_DIGITS), 10**_RATE_DIGITS)
        return f"{whole}{self._point}{f'{part:0{_RATE_DIGITS}}'.rstrip('0'):0<2}"

    def weight(self, grams: int) -> str:
        """Grams as kilograms to the gram: ``1,250 kq``."""
        kilograms, rest = divmod(grams, 1000)
        return self.t("general.weight", kilograms=f"{self.number(kilograms)}{self._point}{rest:03}")

    def date(self, day: dt.date | str) -> str:
        """``23.11.2026`` in every language, as on Azerbaijani forms; takes a business day's ISO text too."""
        return _as_date(day).strftime("%d.%m.%Y")

    def weekday_date(self, day: dt.date | str) -> str:
        """``bazar ertəsi, 23 noyabr 2026``."""
        date = _as_date(day)
        return self.t(
            "general.weekday_date",
            weekday=self.t(f"general.weekday.{date.isoweekday()}"),
            day=date.day,
            month=self.t(f"general.month.{date.month}"),
            year=date.year,
        )

    def time(self, utc_ms: int) -> str:
        """``14:05``, local."""
        return local(utc_ms).strftime("%H:%M")

    def seconds_time(self, utc_ms: int) -> str:
        """``14:05:09``, local."""
        return local(utc_ms).strftime("%H:%M:%S")

    def moment(self, utc_ms: int) -> str:
        """``23.11.2026 14:05``, local."""
        return local(utc_ms).strftime("%d.%m.%Y %H:%M")


def _as_date(day: dt.date | str) -> dt.date:
    return dt.date.fromisoformat(day) if isinstance(day, str) else day
