"""Express items in words: number and weight on the receipt, addresses on the label."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import papers
from azpost_desk.domain.catalogue import Tariffs, name_in
from azpost_desk.domain.item_numbers import printed_item_number
from azpost_desk.domain.lines import ItemAccepted
from azpost_desk.domain.mail.prices import MailAbroad
from azpost_desk.domain.mail_extras import ADVICE, INSURED
from azpost_desk.domain.money import azn
from azpost_desk.domain.papers import Say
from azpost_desk.domain.papers_mail import insured_words
from azpost_desk.domain.people import Addresses
from azpost_desk.services.counter import if_sent
from azpost_desk.services.country_names import country_abroad, country_name
from azpost_desk.services.declared import declared_now
from azpost_desk.services.lines.base import LineWords, named

if TYPE_CHECKING:
    from azpost_desk.domain.people import Person
    from azpost_desk.services.lines.base import Place, Sheet


# As labels and forms of any post have them (in French or English, the languages of the post).
_EVERYWHERE: Final = {"in_person": "IN PERSON", "advice": "A.R."}


def _receipt(place: Place, line: ItemAccepted) -> papers.ReceiptLine:
    item = (("number", _spaced(line.number)), ("weight_grams", line.weight_grams))
    title: papers.Words = Say(f"express.service.{line.service}")
    if line.country:
        # The price list names what is sold abroad: a new product needs no new program.
        title = f"{_called_abroad(place, line)}, {country_name(line.country, place.language)}"
    key = "papers.line.item_typed" if line.weight_typed else "papers.line.item"
    return papers.ReceiptLine(title, azn(line.amount_qapik), (Say(key, item), *_parts(line)))


def _parts(line: ItemAccepted) -> tuple[Say, ...]:
    """What the price is made of, where anything was paid for beside the carriage."""
    if not line.extras:
        return ()
    carriage = azn(line.amount_qapik - sum(one.qapik for one in line.extras))
    parts = [Say("papers.line.carriage", (("amount", carriage),))]
    for one in line.extras:
        insured = (("insured", azn(line.insured_qapik)),) if one.extra == INSURED else ()
        parts.append(Say(f"papers.line.extra.{one.extra}", (("amount", azn(one.qapik)), *insured)))
    return tuple(parts)


def _marks(line: ItemAccepted) -> tuple[papers.Words, ...]:
    """What whoever has the item in hand has to know of it; abroad in words that every post has."""
    has_advice = any(one.extra == ADVICE for one in line.extras)
    marks: list[papers.Words] = []
    if line.insured_qapik and line.abroad is None:
        marks.append(Say("papers.label.insured", (("amount", azn(line.insured_qapik)),)))
    elif line.abroad is not None and line.insured_qapik:
        marks.append(insured_words(line.insured_qapik, line.abroad.insured_sdr_hundredths))
    for is_so, name in ((line.in_person, "in_person"), (has_advice, "advice")):
        if is_so:
            marks.append(_EVERYWHERE[name] if line.country else Say(f"papers.label.{name}"))
    return tuple(marks)


def _spaced(number: str) -> str:
    """An item number as people read it, 2-3-3-3-2."""
    return f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:11]} {number[11:]}"


def _label(place: Place, line: ItemAccepted, sheet: Sheet) -> papers.Paper | None:
    addresses = _addresses(place, line)
    if addresses is None:
        return None
    return papers.LabelPaper(
        head=sheet.head,
        item=line.number,
        sender=_block(addresses.sender),
        addressee=replace(_block(addresses.addressee), country=country_abroad(line.country)),
        weight_grams=line.weight_grams,
        service=_service(place, sheet, line),
        extras=_marks(line),
        copy=sheet.copy,
        language=place.language,
        weight_typed=line.weight_typed,
    )


def _addresses(place: Place, line: ItemAccepted) -> Addresses | None:
    """Those that stand: the addressee of an item for abroad may have been amended since its sale."""
    sold = place.books.paid_line(line.operation) if line.abroad is not None else None
    return (
        place.attached(line, "addresses", Addresses) if sold is None else declared_now(place.books, sold)[1]
    )


def _called_abroad(place: Place, line: ItemAccepted) -> str:
    sold = if_sent(place.books, MailAbroad, place.date).products
    named = (name_in(one.names, place.language) for one in sold if one.product == line.service)
    return next(named, "") or line.service


def _service(place: Place, sheet: Sheet, line: ItemAccepted) -> str:
    """What the tariff calls the service; a service that left the tariff keeps its word."""
    if line.country:
        return _called_abroad(place, line)
    rows = place.books.document(Tariffs, sheet.head.business_day.isoformat()).express
    named = (name_in(row.names, place.language) for row in rows if row.service == line.service)
    return next(named, "") or line.service


def _block(person: Person) -> papers.AddressBlock:
    return papers.AddressBlock(
        person.name, person.address, person.postcode, person.settlement, phone=person.phone
    )


EXPRESS: Final = (
    LineWords[ItemAccepted](
        line=ItemAccepted,
        receipt=_receipt,
        about=lambda place, line: (
            f"{printed_item_number(line.number)} {named(place, line, 'addresses')}".strip()
        ),
        paper=_label,
        notice=lambda line: Say("papers.notice.track", (("item", _spaced(line.number)),)),
    ),
)
