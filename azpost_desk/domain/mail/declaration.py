"""What a sender declares to the customs: lines of goods and sums in, every fault at once with its field out.

A fault is a `Refused` that is not raised: its code has a sentence and its field stands beside the line it
speaks of (``lines[2].hs``; lines count from 1). A declaration without faults fills CN 22 and CN 23 alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.mail.forms import OF_ALL
from azpost_desk.domain.mail.goods import stem, words_of
from azpost_desk.domain.money import CURRENCIES, MINOR_MAX
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    class KnownCodes(Protocol):
        """An edition of the Harmonized System, such as `goods.HsIndex`."""

        def __contains__(self, code: object) -> bool:
            """Whether the edition has this code of six digits."""
            ...


GIFT, DOCUMENTS, SALE, SAMPLE = "gift", "documents", "sale_of_goods", "commercial_sample"
RETURNED, OTHER = "returned_goods", "other"
CATEGORIES: Final = (GIFT, DOCUMENTS, SALE, SAMPLE, RETURNED, OTHER)
# Of trade: their lines need a code and an origin.
_TRADE: Final = frozenset({SALE, SAMPLE, RETURNED})

# The form has room for four; what follows goes on a second copy of it, and nobody reads a fifth sheet.
LINES_MAX: Final = 20
DESCRIPTION_CHARACTERS_MAX: Final = 60
QUANTITY_MAX: Final = 99_999
_HS_DIGITS: Final = (6, 8, 10)
_EDITION_DIGITS: Final = 6
_COUNTRY_LETTERS: Final = 2

# What customs send back because it says nothing. Alone it is refused; "spare parts for a bicycle" is not.
_VAGUE: Final = (
    *("samples", "sample", "food", "foodstuffs", "spare parts", "parts", "goods", "gift", "gifts", "present"),
    *("clothes", "clothing", "accessories", "cosmetics", "electronics", "medicine", "personal effects"),
    *(
        "personal items",
        "things",
        "stuff",
        "souvenirs",
        "household goods",
        "merchandise",
        "products",
        "other",
    ),
    *("nümunə", "nümunələr", "qida", "ərzaq", "yemək", "ehtiyat hissələri", "hissələr", "mal", "mallar"),
    *("hədiyyə", "hədiyyələr", "geyim", "paltar", "aksesuar", "kosmetika", "elektronika", "dərman", "əşya"),
    *("şəxsi əşyalar", "əşyalar", "suvenir", "ev əşyaları", "məhsul", "digər", "müxtəlif"),
    *("образец", "образцы", "еда", "продукты", "продукты питания", "запчасти", "детали", "товар", "товары"),
    *("подарок", "подарки", "одежда", "аксессуары", "косметика", "электроника", "лекарства", "вещи"),
    *("личные вещи", "сувениры", "хозтовары", "изделия", "прочее", "другое", "разное"),
)
# Words that make a vague description no clearer.
_EMPTY: Final = (
    *(
        "a",
        "an",
        "the",
        "my",
        "some",
        "various",
        "different",
        "used",
        "new",
        "old",
        "for",
        "and",
        "of",
        "personal",
        "small",
    ),
    *("müxtəlif", "köhnə", "yeni", "şəxsi", "üçün", "və", "bir", "bəzi", "kiçik"),
    *("мои", "разные", "разная", "новые", "старые", "личные", "для", "и", "б", "у", "маленький"),
)


def _stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, words_of(text)))


_VAGUE_STEMS: Final = tuple(frozenset(map(_stems, _VAGUE)))
_EMPTY_STEMS: Final = frozenset(one for text in _EMPTY for one in _stems(text))


class DeclaredLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One sort of goods. `net_grams` and `value_minor` are those of the whole line, not of a piece.

    Attributes:
        value_minor: in the declaration's currency, smallest units.
        hs: code of the Harmonized System, 6, 8 or 10 digits, or "".
        origin: where it was made, ISO 3166, two letters, or "".
    """

    description: str
    quantity: int
    net_grams: int
    value_minor: int
    hs: str = ""
    origin: str = ""


class Declaration(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything inside one item, as its sender declares it.

    Attributes:
        category: of CATEGORIES; `explanation` says what OTHER is.
        currency: of every value, ISO 4217.
        gross_grams: the item on the scale; `total_minor`: the value as the sender says it for the whole.
    """

    category: str
    currency: str
    gross_grams: int
    total_minor: int
    lines: tuple[DeclaredLine, ...]
    explanation: str = ""

    @property
    def net_grams(self) -> int:
        """What the goods weigh without their wrapping."""
        return sum(one.net_grams for one in self.lines)

    @property
    def value_minor(self) -> int:
        """What the lines are worth together."""
        return sum(one.value_minor for one in self.lines)


def is_vague(description: str) -> bool:
    """Whether a description says nothing to the customs, in any of the three languages."""
    said = frozenset(one for one in _stems(description) - _EMPTY_STEMS if not is_digits(one))
    # Two vague ones are no clearer than one: "food and gifts".
    vague = (one - _EMPTY_STEMS for one in _VAGUE_STEMS)
    return said <= frozenset[str]().union(*(one for one in vague if one <= said))


def faults(declared: Declaration, codes_wanted: str, known: KnownCodes) -> tuple[Refused, ...]:
    """Everything that is not right, in the order of the form; none: it may be printed and sent.

    Args:
        codes_wanted: of `forms.CODES_WANTED`: what the destination asks for.
        known: the edition of the Harmonized System in which codes are written.
    """
    return (*_faults_of_head(declared), *_faults_of_lines(declared, codes_wanted, known), *_of_sums(declared))


def _faults_of_head(declared: Declaration) -> Iterator[Refused]:
    if declared.category not in CATEGORIES:
        yield Refused("E-061", "category", value=declared.category, reason="category")
    elif declared.category == OTHER and is_vague(declared.explanation):
        yield Refused("E-061", "explanation", value=declared.explanation, reason="explanation")
    if declared.currency not in CURRENCIES:
        yield Refused("E-064", "currency", value=declared.currency, reason="currency")
    if not 1 <= len(declared.lines) <= LINES_MAX:
        yield Refused("E-069", "lines", limit=LINES_MAX)


def _faults_of_lines(declared: Declaration, codes_wanted: str, known: KnownCodes) -> Iterator[Refused]:
    needs_code = codes_wanted == OF_ALL or declared.category in _TRADE
    # A paper may be worth nothing; goods are not.
    value_minor_min = 0 if declared.category == DOCUMENTS else 1
    for number, line in enumerate(declared.lines, start=1):
        at = f"lines[{number}]."
        if is_vague(line.description):
            yield Refused("E-062", f"{at}description", value=line.description)
        elif len(line.description) > DESCRIPTION_CHARACTERS_MAX:
            said, limit = line.description, DESCRIPTION_CHARACTERS_MAX
            yield Refused("E-062", f"{at}description", value=said, reason="long", limit=limit)
        if not 1 <= line.quantity <= QUANTITY_MAX:
            yield Refused("E-063", f"{at}quantity", reason="quantity", limit=QUANTITY_MAX)
        if line.net_grams < 1:
            yield Refused("E-063", f"{at}net_grams")
        if not value_minor_min <= line.value_minor <= MINOR_MAX:
            yield Refused("E-064", f"{at}value")
        if line.hs or needs_code:
            yield from _faults_of_code(at, line.hs, known)
        if line.origin or needs_code:
            yield from _faults_of_origin(at, line.origin)


def _faults_of_code(at: str, hs: str, known: KnownCodes) -> Iterator[Refused]:
    if not hs:
        yield Refused("E-065", f"{at}hs", value=hs, reason="missing")
    elif not is_digits(hs) or len(hs) not in _HS_DIGITS or hs[:_EDITION_DIGITS] not in known:
        yield Refused("E-065", f"{at}hs", value=hs)


def _faults_of_origin(at: str, origin: str) -> Iterator[Refused]:
    is_one = len(origin) == _COUNTRY_LETTERS and origin.isascii() and origin.isalpha() and origin.isupper()
    if not is_one:
        yield Refused("E-066", f"{at}origin", value=origin)


def _of_sums(declared: Declaration) -> Iterator[Refused]:
    if declared.net_grams > declared.gross_grams:
        net, gross = declared.net_grams, declared.gross_grams
        yield Refused("E-067", "gross_grams", net_grams=net, gross_grams=gross)
    if declared.value_minor != declared.total_minor:
        yield Refused("E-068", "total")
