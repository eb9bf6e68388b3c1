"""The one box: whatever is typed or scanned, what it is and where it opens."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from msgspec import structs

from azpost_desk.domain.catalogue import Billers, Branch, Goods, Office, Offices, name_in
from azpost_desk.domain.digits import has_digit, is_digits
from azpost_desk.domain.identifiers import check_voen
from azpost_desk.domain.item_numbers import printed_item_number
from azpost_desk.domain.money import azn
from azpost_desk.domain.scans import LAYOUTS, Scan, read_bill_code, read_scan
from azpost_desk.domain.transfer_codes import shown_transfer_code
from azpost_desk.domain.typed import one_line
from azpost_desk.protocol import slips
from azpost_desk.services.customers import sought
from azpost_desk.services.express import rows_to
from azpost_desk.services.offers import answers
from azpost_desk.services.payment_codes import found_code, opened
from azpost_desk.services.refunds import biller_name
from azpost_desk.services.views import Found, Offer
from azpost_desk.services.views_mail import last_event

if TYPE_CHECKING:
    from azpost_desk.domain.azqr import Azqr
    from azpost_desk.services.counter import Counter
    from azpost_desk.services.ports import Reading

# The code of a close on paper is the longest that anybody brings here.
_ASKED_MAX: Final = 1_000
# What the beginning of a number or name leads to; anything else was read from a whole code.
_BEGUN: Final = frozenset({"customer", "payment", "receipt", "transfer"})


_OF_A_BRANCH: Final = ("address", "phone", "hours")


@dataclass(frozen=True, slots=True)
class OfficeFacts:
    """An office opened. `express` are the services from here to it at their first step of weight."""

    office: Office
    is_here: bool
    express: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Answers of the one box.

    Kinds of `Found` and their keys: item (number), receptacle and despatch (identifier), transfer (its id),
    payout (a code sent elsewhere: claim it), receipt (number), bill (``biller:account``), payment (its id),
    customer (its id), voen (the ten digits), azqr, certificate, remittance (the code); asked in words also
    office (code), price and item_price (with their `Offer`), article (SKU), receiver (the sender's id).
    """

    counter: Counter

    def ask(self, text: str, language: str = "az", limit: int = 20) -> list[Found]:
        """What was typed by hand: a number or code is the one thing it is, anything else may mean several.

        Looks at no file, so nothing is recorded; that happens when one is opened.
        """
        typed = one_line(text).strip()
        # Somebody forgot to change the keyboard: the same keys in Latin letters.
        for meant in dict.fromkeys((typed, *(typed.translate(table) for table in LAYOUTS.values()))):
            found = self._asked(meant, language, limit)
            if found:
                return found
        return []

    def _asked(self, typed: str, language: str, limit: int) -> list[Found]:
        if not typed or len(typed) > _ASKED_MAX:
            return []
        known = self.find(typed, language, limit)
        if any(one.kind not in _BEGUN for one in known):
            return known
        if not has_digit(typed):
            known = [replace(one, sure=False) for one in known]
        now_ms = self.counter.line.trusted_ms()
        with self.counter.books.reading() as books:
            more = answers(books, typed, language, now_ms)
        # A telephone is its owner's before it is that of somebody they send to.
        return [*known, *more][:limit]

    def office(self, code: str, language: str = "az") -> OfficeFacts | None:
        """What is known here of an office, and what an express item from here to it costs; None for none."""
        with self.counter.books.reading() as books:
            date = books.day().date
            office = books.document(Offices, date).find(code) if date else None
            if office is None:
                return None
            branch = books.document(Branch, date)
            if office.code == branch.code:
                more = {name: getattr(office, name) or getattr(branch, name) for name in _OF_A_BRANCH}
                office = structs.replace(office, **more)
            rows = rows_to(books, office)
        prices = tuple(
            Offer(azn(row.first_qapik), name_in(row.names, language), row.service,
                  weight_grams=row.first_grams, days=row.days)
            for row in rows
        )  # fmt: skip
        return OfficeFacts(office, office.code == branch.code, prices)

    def payment_code(self, payload: str) -> Azqr:
        """What a payment code says. Raises Refused: Q-001 to Q-011, why nobody may pay it."""
        return opened(payload, self.counter.line.trusted_ms())

    def find(self, text: str, language: str = "az", limit: int = 20) -> list[Found]:
        """The best answer first; empty when it is nothing we know."""
        typed = one_line(text).strip()
        if not typed or len(typed) > _ASKED_MAX:
            return []
        # A payment code counts every character as it came: its CRC is over the bytes.
        raw = read_scan(text)
        scan, now_ms = raw if raw.kind == "azqr" else read_scan(typed), self.counter.line.trusted_ms()
        with self.counter.books.reading() as books:
            if scan.kind == "azqr" and scan.value:
                return [found_code(books, scan.value, language, now_ms)]
            found = _scanned(books, scan, language) or _article(books, typed, language)
            found = found or _bag(books, typed)
            if re.fullmatch("[0-9]{4}", typed):
                found += [
                    Found("item", number, printed_item_number(number), "")
                    for number in books.announced(typed)
                ]
            # A code that passes its check is one thing; what merely begins like it would only confuse.
            if not found:
                found = [_by_name(books, one, language) for one in books.search(sought(typed), limit)]
                found += _notices(books, typed, language)
                voen = check_voen(typed).value
                if voen:
                    found.append(Found("voen", voen, voen, ""))
        return list({(one.kind, one.key): one for one in reversed(found)}.values())[::-1][:limit]


def _by_name(books: Reading, found: Found, language: str) -> Found:
    """A bill's biller by its name instead of its number."""
    if found.kind != "payment":
        return found
    return replace(found, detail=biller_name(books, found.detail, language))


def _bag(books: Reading, typed: str) -> list[Found]:
    """A bag by the number on its seal, as it is typed or scanned."""
    known = books.bag(re.sub(r"\s", "", typed).upper())
    return [Found("bag", known.number, known.number, "")] if known else []


def _scanned(books: Reading, scan: Scan, language: str) -> list[Found]:
    value = scan.value
    if value is None:
        return []
    match scan.kind:
        case "transfer":
            known = books.transfer_by_code(value)
            title = shown_transfer_code(value)
            if known:
                return [Found("transfer", known.transfer, title, known.receiver)]
            return [Found("payout", value, title, "")]
        case "receipt":
            return [Found("receipt", value, value, "")] if books.settlement(value) else []
        case "item":
            last = last_event(books.item_events(value))
            return [Found("item", value, printed_item_number(value), last)]
        case "bill":
            return _bill(books, value, language)
        case "remittance" | "close":
            return [Found(scan.kind, value, _signer(value), "")]
        case _:
            return [Found(scan.kind, value, value, "")]


def _signer(code: str) -> str:
    """The desk a slip is said to come from; the code itself is nothing to read."""
    try:
        return slips.read_code(code).slip.from_desk
    except slips.NoSlip:
        return code[:12]


def _article(books: Reading, typed: str, language: str) -> list[Found]:
    """A postal good by the barcode on its wrapping."""
    date = books.day().date
    if not date or not is_digits(typed):
        return []
    articles = books.document(Goods, date).articles
    return [
        Found("article", one.sku, name_in(one.names, language), "")
        for one in articles
        if one.barcode == typed
    ]


def _notices(books: Reading, typed: str, language: str) -> list[Found]:
    """The portals that would know a notice by this number; nobody is asked before it is opened."""
    date, number = books.day().date, "".join(typed.split()).upper()
    if not date or not has_digit(number):
        return []
    portals = [one for one in books.document(Billers, date).billers if one.notices is not None]
    return [
        Found("notice", f"{one.biller}:{number}", name_in(one.names, language), number)
        for one in portals
        if one.notices is not None and (way := one.notices.way_of(number)) is not None and way.by == "notice"
    ]


def _bill(books: Reading, code: str, language: str) -> list[Found]:
    """A bill's barcode: the biller when it is served today."""
    bill = read_bill_code(code)
    date = books.day().date
    known = books.document(Billers, date).find(bill.biller) if bill and date else None
    if bill is None or known is None:
        return []
    name = name_in(known.names, language)
    return [Found("bill", f"{bill.biller}:{bill.account}", name, bill.account)]
