"""What can be asked in words: offices and postcodes, what a transfer or an item costs, goods, receivers.

In: a text as it was typed into the one box. Out: answers to pick from; nothing is recorded, for nobody's file
is opened yet.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from azpost_desk.domain.catalogue import Goods, Offices, Settings, Tariffs, name_in
from azpost_desk.domain.digits import has_digit, is_digits
from azpost_desk.domain.identifiers import check_postcode
from azpost_desk.domain.mail.keeping import ClosedDays, expected_on
from azpost_desk.domain.mail.prices import MailAbroad, least_price
from azpost_desk.domain.money import Money, parse_amount
from azpost_desk.domain.names import begins_a_word, loose, slips_into_a_word
from azpost_desk.domain.quotes import PLAIN, Moment, quoted
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.tariffs import express_price, vat_contained
from azpost_desk.services.counter import if_sent
from azpost_desk.services.country_names import country_called, country_name
from azpost_desk.services.customers import sought
from azpost_desk.services.express import rows_to
from azpost_desk.services.views import Found, Offer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from azpost_desk.domain.catalogue import ExpressRow, Office
    from azpost_desk.services.ports import Reading

T = TypeVar("T")

# More of one kind would push the others out of nine.
OFFICES_MAX: Final = 4
PRICED_PLACES_MAX: Final = 2
GOODS_MAX: Final = 4
RECEIVERS_MAX: Final = 4
# A name of more words than this is a paste gone wrong; looked for in 1,500 offices it would take seconds.
_NAME_WORDS_MAX: Final = 12
_GRAMS_MAX: Final = 1_000_000
# How a weight's unit is written, here and in the field of an item.
KILOGRAMS: Final = r"kg|kq|кг|кило"
GRAMS: Final = r"qram|qr|gr|гр|q|g|г"
_UNITS: Final = rf"{KILOGRAMS}|{GRAMS}"
_WEIGHT: Final = re.compile(
    rf"(?<![\w.,])([0-9]{{1,6}})(?:[.,]([0-9]{{1,3}}))?\s?({_UNITS})(?!\w)", re.IGNORECASE
)
_MANAT: Final = re.compile(r"₼|azn|man|manat|ман|манат|м", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question taken apart: a sum or a weight, and a place; any of them may be missing."""

    amount: Money | None = None
    weight_grams: int = 0
    place: tuple[str, ...] = ()


def asked(typed: str) -> Asked:
    """``200 Gəncə``, ``2kg AZ2000``, ``1.250,50 ₼``: the first figure is the sum, with a unit a weight."""
    weight = _WEIGHT.search(typed)
    grams = _grams(weight) if weight else 0
    rest = typed[: weight.start()] + " " + typed[weight.end() :] if weight else typed
    amount: Money | None = None
    place: list[str] = []
    for word in rest.split():
        figure = _amount(word) if amount is None and not grams else None
        if figure is not None:
            amount = figure
        elif not (amount is not None and _MANAT.fullmatch(word)):
            place.append(word)
    return Asked(amount, grams, tuple(place))


def _grams(weight: re.Match[str]) -> int:
    whole, part, unit = weight[1], weight[2] or "", weight[3].lower()
    if not re.fullmatch(KILOGRAMS, unit):
        # Nobody weighs parts of a gram.
        return 0 if part else int(whole)
    grams = int(whole) * 1_000 + int(part.ljust(3, "0"))
    return grams if grams <= _GRAMS_MAX else 0


def _amount(word: str) -> Money | None:
    try:
        figure = parse_amount(word)
    except Refused:
        return None
    return figure if figure.minor > 0 else None


def answers(books: Reading, typed: str, language: str, now_ms: int) -> list[Found]:
    """Offices, prices, goods and receivers that fit what was typed, one kind after the other."""
    found: list[Found] = []
    date = books.day().date
    if date:
        with suppress(Trouble):
            # What the centre has not sent yet answers nothing; who is known here is found all the same.
            offices = books.document(Offices, date)
            found += [_office(one, typed) for one in offices_like(offices, typed.split())[:OFFICES_MAX]]
            found += _prices(books, date, asked(typed), language, now_ms)
            found += _goods(books.document(Goods, date), typed, language)
    found += [
        Found("receiver", one.customer, to.name, one.name, sure=False)
        for one, to in books.sent_to(sought(typed), RECEIVERS_MAX)
    ]
    return found


# --- offices --------------------------------------------------------------------------------------------


def offices_like(offices: Offices, words: Sequence[str]) -> list[Office]:
    """The office of this postcode or code, else those whose name has every word, as far as it was typed."""
    if not words:
        return []
    if len(words) == 1:
        postcode = check_postcode(words[0]).value
        exact = offices.by_postcode(postcode or "") or offices.find(words[0])
        if exact is not None:
            return [exact]
    return _called(offices.offices, _keys(" ".join(words)), lambda one: (one.name,))


def _keys(typed: str) -> list[str]:
    """The words to look for, each once; none where no name has so many."""
    keys = list(dict.fromkeys(loose(typed).split()))
    return keys if len(keys) <= _NAME_WORDS_MAX else []


def _called(things: Sequence[T], keys: Sequence[str], names: Callable[[T], Iterable[str]]) -> list[T]:
    """Those with every word in one of their names; with a slip only where nothing is called like that."""
    for fits in (begins_a_word, _begins_or_slips):
        found = [one for one in things if keys and any(_has(name, keys, fits) for name in names(one))]
        if found:
            return found
    return []


def _has(name: str, keys: Sequence[str], fits: Callable[[str, Sequence[str]], bool]) -> bool:
    words = loose(name).split()
    return all(fits(key, words) for key in keys)


def _begins_or_slips(key: str, words: Sequence[str]) -> bool:
    return begins_a_word(key, words) or slips_into_a_word(key, words)


def _office(office: Office, typed: str) -> Found:
    by_number = has_digit(typed)
    return Found("office", office.code, office.name, office.postcode, sure=by_number)


# --- prices ---------------------------------------------------------------------------------------------


def _prices(books: Reading, date: str, question: Asked, language: str, now_ms: int) -> list[Found]:
    if question.amount is None and not question.weight_grams:
        return []
    places: Sequence[Office | None] = (None,)
    if question.place:
        places = offices_like(books.document(Offices, date), question.place)[:PRICED_PLACES_MAX]
    if question.amount is not None:
        at = Moment(date, now_ms, books.document(Settings, date).quote_minutes)
        tariffs = books.document(Tariffs, date)
        return [one for place in places if (one := _transfer(tariffs, question.amount, at, place))]
    closed = if_sent(books, ClosedDays, date)
    found = [
        one
        for place in places
        for row in rows_to(books, place)
        if (one := _item(row, question.weight_grams, place, language, (date, closed)))
    ]
    return found or _abroad(if_sent(books, MailAbroad, date), question, language, date)


def _transfer(tariffs: Tariffs, amount: Money, at: Moment, to: Office | None) -> Found | None:
    try:
        quote = quoted(tariffs, amount, PLAIN, at, paid=False)
    except Refused:
        # A figure that nobody may send is no question about sending.
        return None
    offer = Offer(
        quote.total,
        office=to.code if to else "",
        place=to.name if to else "",
        postcode=to.postcode if to else "",
        amount=amount,
        fee=quote.fee,
    )
    return Found("price", f"{amount.minor}:{offer.office}", offer.place, "", sure=False, offer=offer)


def _abroad(prices: MailAbroad, question: Asked, language: str, date: str) -> list[Found]:
    """Every product to a country, side by side: by weight, as nobody has measured it yet."""
    try:
        country = country_called(" ".join(question.place), "country")
    except Refused:
        return []
    found = []
    for product in prices.sold_to(country):
        try:
            price = least_price(prices, product.product, country, question.weight_grams)
        except Refused:
            # What that country does not take so heavy goes by another product, or not.
            continue
        offer = Offer(
            price.price,
            name=name_in(product.names, language),
            service=product.product,
            place=country_name(country, language),
            weight_grams=question.weight_grams,
            vat=price.vat if price.vat.minor else None,
            days=price.days,
            # Its office and that office's days are another post's.
            day=expected_on(date, price.days, "", ClosedDays()),
            country=country,
            is_least=product.asks_size(country),
        )
        key = f"{product.product}:{question.weight_grams}:{country}"
        found.append(Found("item_price", key, offer.place, "", sure=False, offer=offer))
    return found


def _item(
    row: ExpressRow, weight_grams: int, to: Office | None, language: str, today: tuple[str, ClosedDays]
) -> Found | None:
    try:
        price = express_price(row, weight_grams)
    except Refused:
        return None
    vat = vat_contained(price, row.vat_ppm)
    offer = Offer(
        price,
        name=name_in(row.names, language),
        service=row.service,
        office=to.code if to else "",
        place=to.name if to else "",
        postcode=to.postcode if to else "",
        zone="" if to else row.zone,
        weight_grams=weight_grams,
        vat=vat if vat.minor else None,
        days=row.days,
        day=expected_on(today[0], row.days, to.code, today[1]) if to else "",
    )
    key = f"{row.service}:{weight_grams}:{offer.postcode}:{row.zone}"
    return Found("item_price", key, offer.place, "", sure=False, offer=offer)


# --- goods ----------------------------------------------------------------------------------------------


def _goods(goods: Goods, typed: str, language: str) -> list[Found]:
    """By the beginning of every word of a name in any language, or by SKU."""
    code = typed.upper()
    keys = [] if is_digits(typed) else _keys(typed)
    called = {one.sku for one in _called(goods.articles, keys, lambda one: set(one.names.values()))}
    found = [
        Found(
            "article",
            one.sku,
            name_in(one.names, language),
            one.sku,
            sure=one.sku.upper() == code,
            offer=Offer(Money(one.price_qapik)),
        )
        for one in goods.articles
        if one.sku.upper() == code or one.sku in called
    ]
    return found[:GOODS_MAX]
