"""Files about mail abroad before they count: a row that nobody could go by is refused with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central.registry.files import WrongFile
from azpost_desk.domain.abroad.corridors import exact
from azpost_desk.domain.days import is_day
from azpost_desk.domain.mail.forms import ANYWHERE, CODES_WANTED, FORMS
from azpost_desk.domain.mail.goods import words_of
from azpost_desk.domain.mail.prohibited import CONDITIONAL, DIRECTIONS, EVERYWHERE, VERDICTS, is_range
from azpost_desk.domain.money import CURRENCIES
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.typed import is_said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azpost_desk.domain.mail.forms import CustomsForms, FormRule, SdrRates
    from azpost_desk.domain.mail.prohibited import Prohibition, Prohibitions

_LANGUAGES: Final = ("az", "ru", "en")
_COUNTRY_LETTERS: Final = 2
_COPIES_MAX: Final = 9
_MILLION: Final = 1_000_000


def check_prohibitions(file: str, prohibitions: Prohibitions) -> None:
    """Refuse rows that would let an article through or could not be told to a sender.

    Raises:
        WrongFile: X-170 no country, X-171 no direction or verdict, X-172 a range that is none, X-173 neither
            code nor word to find it by, X-174 words or names not in every language, X-175 a condition without
            its document, X-176 no source, X-177 dates that are none or end before they begin.
    """
    for at, row in enumerate(prohibitions.rows, start=1):
        place = f"rows[{at}]."
        if row.country != EVERYWHERE and not is_country(row.country):
            raise wrong("X-170", file, f"{place}country", row.country)
        for name, value, allowed in (
            ("direction", row.direction, DIRECTIONS),
            ("verdict", row.verdict, VERDICTS),
        ):
            if value not in allowed:
                raise wrong("X-171", file, place + name, value, allowed=", ".join(allowed))
        for number, one in enumerate(row.hs, start=1):
            if not is_range(one):
                raise wrong("X-172", file, f"{place}hs[{number}]", one)
        if not row.hs and not row.words:
            raise wrong("X-173", file, f"{place}hs")
        _check_languages(file, place, row)
        if row.verdict == CONDITIONAL and not is_whole(row.document):
            raise wrong("X-175", file, f"{place}document")
        if not is_said(row.source):
            raise wrong("X-176", file, f"{place}source")
        check_dates(file, place, row.valid_from, row.valid_to)


def check_customs_forms(file: str, forms: CustomsForms) -> None:
    """Refuse rules by which some item would have no form, or a wrong one.

    Raises:
        WrongFile: X-170 no country, X-171 no form or wish for codes, X-178 no product or copies, more than a
            whole in `near_ppm`, or a last rule with a limit: what is above it would have no form.
    """
    if forms.near_ppm >= _MILLION:
        raise wrong("X-178", file, "near_ppm", forms.near_ppm)
    last: dict[tuple[str, str], tuple[str, FormRule]] = {}
    for at, rule in enumerate(forms.rules, start=1):
        place = f"rules[{at}]."
        if rule.country != ANYWHERE and not is_country(rule.country):
            raise wrong("X-170", file, f"{place}country", rule.country)
        for name, value, allowed in (
            ("form", rule.form, FORMS),
            ("codes_wanted", rule.codes_wanted, CODES_WANTED),
        ):
            if value not in allowed:
                raise wrong("X-171", file, place + name, value, allowed=", ".join(allowed))
        for name, said, is_right in (
            ("product", rule.product, bool(rule.product.strip())),
            ("copies", rule.copies, 0 < rule.copies <= _COPIES_MAX),
        ):
            if not is_right:
                raise wrong("X-178", file, place + name, said)
        last[rule.product, rule.country] = place, rule
    for place, rule in last.values():
        if rule.has_limit:
            name = "sdr_max" if rule.sdr_max else "grams_max"
            raise wrong("X-178", file, place + name, getattr(rule, name))


def check_sdr_rates(file: str, rates: SdrRates) -> None:
    """Refuse rates by which no value could be reckoned.

    Raises:
        WrongFile: X-176 no source, X-177 no day, X-179 an unknown currency, no rate, or another of the day.
    """
    if not is_said(rates.source):
        raise wrong("X-176", file, "source")
    seen: set[tuple[str, str]] = set()
    for at, one in enumerate(rates.rates, start=1):
        place = f"rates[{at}]."
        if not is_day(one.date):
            raise wrong("X-177", file, f"{place}date", one.date)
        if one.currency not in CURRENCIES or (one.currency, one.date) in seen:
            raise wrong("X-179", file, f"{place}currency", one.currency)
        seen.add((one.currency, one.date))
        try:
            exact(one.units)
        except Refused:
            raise wrong("X-179", file, f"{place}units", one.units) from None


def _check_languages(file: str, place: str, row: Prohibition) -> None:
    if not is_whole(row.names):
        raise wrong("X-174", file, f"{place}names")
    if row.words and not all(row.words.get(language) for language in _LANGUAGES):
        raise wrong("X-174", file, f"{place}words")
    for language, words in row.words.items():
        for number, one in enumerate(words, start=1):
            # A word of which no letter is left when it is compared would be in no text, or in every one.
            if not words_of(one):
                raise wrong("X-173", file, f"{place}words.{language}[{number}]")


def check_dates(file: str, place: str, valid_from: str, valid_to: str) -> None:
    """Refuse days that are none, or that end before they begin; "" is open.

    Raises:
        WrongFile: X-177 at the place.
    """
    for name, day in (("valid_from", valid_from), ("valid_to", valid_to)):
        if day and not is_day(day):
            raise wrong("X-177", file, place + name, day)
    if valid_to and valid_to < valid_from:
        raise wrong("X-177", file, f"{place}valid_to", valid_to)


def is_country(text: str) -> bool:
    """Whether it is written like a country's code: two capitals."""
    return len(text) == _COUNTRY_LETTERS and text.isascii() and text.isalpha() and text.isupper()


def wrong(code: str, file: str, place: str, value: object = "", *, allowed: str = "") -> WrongFile:
    """A refusal of the value at this place of the file."""
    return WrongFile(code, file=file, place=place, value=value, allowed=allowed)


def is_whole(said: Mapping[str, str]) -> bool:
    """Whether a text is there in every language."""
    return all(said.get(language, "").strip() for language in _LANGUAGES)
