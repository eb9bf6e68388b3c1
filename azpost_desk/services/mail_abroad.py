"""Mail abroad at the counter: where it may go, what it costs, which form it needs; an item is accepted.

Everything here works off line. What is not in order is refused before a number is taken, each with its field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from msgspec import convert, to_builtins
from msgspec.structs import replace

from azpost_desk.domain import operations as ops
from azpost_desk.domain.abroad.latin import proposed
from azpost_desk.domain.catalogue import Names, Offices, name_in
from azpost_desk.domain.item_numbers import OWN_COUNTRY, printed_item_number
from azpost_desk.domain.lengths import require_lengths
from azpost_desk.domain.lines.express import PostedAbroad
from azpost_desk.domain.mail import prohibited
from azpost_desk.domain.mail.advance import Papers, Party, Posting, composed, item_attributes, read, written
from azpost_desk.domain.mail.declaration import Declaration, DeclaredLine, faults
from azpost_desk.domain.mail.extras import PLAIN, WantedExtras, extras_sold, together
from azpost_desk.domain.mail.forms import CustomsForms, SdrRates, choose_form
from azpost_desk.domain.mail.insured import insured_abroad
from azpost_desk.domain.mail.prices import MailAbroad, mail_price
from azpost_desk.domain.mail.prohibited import Article, Prohibitions, check_contents
from azpost_desk.domain.money import CURRENCIES, Money
from azpost_desk.domain.people import Addresses, Person
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.typed import is_said
from azpost_desk.services.basket_lines import line_told
from azpost_desk.services.counter import Counter, Officer, attach, if_sent, open_day
from azpost_desk.services.country_names import country_name
from azpost_desk.services.customers import named
from azpost_desk.services.hs_list import hs_index
from azpost_desk.services.rolls import take_number

if TYPE_CHECKING:
    from azpost_desk.domain.mail.forms import ChosenForm
    from azpost_desk.domain.mail.prices import MailPrice, MailProduct
    from azpost_desk.domain.mail.prohibited import ContentsChecked
    from azpost_desk.services.baskets import Baskets
    from azpost_desk.services.ports import Reading, Writing
    from azpost_desk.services.views import Basket, PlannedLine

# What a foreign post reads on a form: Latin letters with the signs of an address.
_SIGNS: Final = frozenset(" -/?:().,'+&#")
_MAIL_SIGNS: Final = frozenset("@_%~")
_NO_PAPERS: Final = Papers()
_SENDER_NEEDS: Final = ("name", "phone", "address")
_ADDRESSEE_NEEDS: Final = ("name", "street", "city")
_LOOKED_BACK_MAX: Final = 60


@dataclass(frozen=True, slots=True)
class Parcel:
    """An item on the scale and where it goes. `size_cm`: its three sides, () = not measured; `weight_typed`:
    the scale did not say it.
    """

    product: str
    country: str
    weight_grams: int
    size_cm: tuple[int, ...] = ()
    weight_typed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a declaration needs.

    Attributes:
        form: which customs form goes with it.
        contents: what the prohibitions say of it; its `state` may be ``not_checked``.
        faults: of the declaration, each with its field.
    """

    form: ChosenForm
    contents: ContentsChecked
    faults: tuple[Refused, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote(Judged):
    """What an item costs and needs before it is accepted; `names` are the product's."""

    names: Names
    price: MailPrice


@dataclass(frozen=True, slots=True)
class AcceptAbroad:
    """Accept an item for abroad.

    Attributes:
        sender: name, phone and address, and a settlement or a postcode of ours.
        addressee: as it is written on the item, in Latin letters.
        declared: what is inside; its gross weight is the item's.
        papers: numbers of what goes with it: a conditional article needs one.
        looked_at: lines, from 0, whose goods are only called like something prohibited and were looked at.
        is_safe: the sender has said that nothing dangerous is inside, and signs it on the form.
        label: the number of a label printed beforehand, "" = the desk gives one.
        wanted: its extras.
    """

    parcel: Parcel
    sender: Person
    addressee: Party
    declared: Declaration
    papers: Papers = _NO_PAPERS
    looked_at: frozenset[int] = frozenset()
    is_safe: bool = False
    source: str = "keys"
    label: str = ""
    wanted: WantedExtras = PLAIN


@dataclass(frozen=True, slots=True)
class SentBefore:
    """To whom a customer sent something abroad, newest first: a new item to them is begun from it.

    Attributes:
        settlement: where the sender lived then.
        declared: what was inside then: lines to choose from, none of them taken over unasked.
    """

    addressee: Party
    settlement: str
    declared: tuple[DeclaredLine, ...]


@dataclass(frozen=True, slots=True)
class PostAbroad:
    """Items for abroad at this counter."""

    counter: Counter
    baskets: Baskets

    def sold(self) -> MailAbroad:
        """Everything sold abroad today, before a country is named; empty before the day is opened."""
        with self.counter.books.reading() as books:
            date = books.day().date
            return if_sent(books, MailAbroad, date) if date else MailAbroad()

    def sent_before(self, customer: str, country: str) -> list[SentBefore]:
        """To whom this customer (the id of their file) sent items in this country, each once."""
        with self.counter.books.reading() as books:
            known = books.customer(customer)
            past = books.lines_of(known, _LOOKED_BACK_MAX) if known is not None else []
        found: dict[tuple[str, str, str], SentBefore] = {}
        for one in past:
            line, whole = one.line, one.addresses
            is_there = isinstance(line, ops.ItemAccepted) and line.country == country
            if not is_there or whole is None or not whole.declared:
                continue
            told = read(whole.declared.encode())
            party = told.addressee
            goods = tuple(convert(to_builtins(each), DeclaredLine) for each in told.lines)
            found.setdefault(
                (party.name, party.street, party.city), SentBefore(party, whole.sender.settlement, goods)
            )
        return list(found.values())

    def products(self, country: str) -> tuple[MailProduct, ...]:
        """What is sold to a country; nothing until the centre has prices for it.

        Raises:
            Refused: C-001 when the day is not open.
        """
        with self.counter.books.reading() as books:
            return if_sent(books, MailAbroad, open_day(books).date).sold_to(country)

    def price(self, parcel: Parcel) -> MailPrice:
        """What an item costs, whatever is inside.

        Raises:
            Refused: C-001, and as `prices.mail_price`.
        """
        with self.counter.books.reading() as books:
            return _price(if_sent(books, MailAbroad, open_day(books).date), parcel)

    def quote(self, parcel: Parcel, declared: Declaration) -> Quote:
        """Price, form, and everything that is wrong with a declaration.

        Raises:
            Refused: C-001, as `prices.mail_price`, E-060 no form, E-064 an unknown currency, G-011.
        """
        hs_index()
        with self.counter.books.reading() as books:
            return self._quote(books, parcel, declared)

    def accept(self, command: AcceptAbroad, by: Officer) -> Basket:
        """Plan the acceptance: the number is taken with the line and never used again, paid or not.

        Raises:
            Refused: as `quote`, the first of its faults; E-001 a field is empty, I-009 the sender's name,
                I-004 a phone, E-097 not in Latin letters, G-014 too long, G-016, E-094 a prohibited article,
                E-095 one without its document, E-096 one to look at, E-098 nobody said that it is safe,
                E-180 to E-183 an extra, E-030 the range is used up, E-150 to E-153 its label is none for it,
                and what `Baskets.add` refuses.
        """

        def plan(books: Writing) -> PlannedLine:
            quote = self._quote(books, command.parcel, command.declared)
            sender = _sender(books, command.sender)
            addressee = addressee_sent(command.addressee, command.parcel.country)
            for fault in quote.faults:
                raise fault
            may_go(quote.contents, command.papers, command.looked_at, by.language)
            if not command.is_safe:
                raise Refused("E-098", field="is_safe")
            return self._planned(books, command, quote, sender, addressee, by)

        # Read once, before the books are held: half a second in which nobody else could sell.
        hs_index()
        return self.baskets.add_with(by, "express", plan)

    def _quote(self, books: Reading, parcel: Parcel, declared: Declaration) -> Quote:
        date = open_day(books).date
        prices = if_sent(books, MailAbroad, date)
        price = _price(prices, parcel)
        found = judged(books, parcel, declared)
        names = next(one.names for one in prices.products if one.product == parcel.product)
        return Quote(names=names, price=price, form=found.form, contents=found.contents, faults=found.faults)

    def _planned(
        self,
        books: Writing,
        command: AcceptAbroad,
        quote: Quote,
        sender: Person,
        addressee: Party,
        by: Officer,
    ) -> PlannedLine:
        parcel, price = command.parcel, quote.price
        prices = if_sent(books, MailAbroad, books.day().date)
        sold = next(one for one in prices.products if one.product == parcel.product)
        extras = extras_sold(sold.extras, sold.product, command.wanted)
        total, vat = together(price.price, price.vat, extras)
        posted = _insured(books, command, quote)
        operation = self.counter.new_id()
        number = take_number(books, operation, sold.indicator, command.label)
        message = item_attributes(
            operation,
            Posting(
                item=number,
                generation=books.item_lives(number)[-1].generation_at(self.counter.line.trusted_ms()),
                posted_ms=self.counter.clock.utc_ms(),
                postage_qapik=total.minor,
                sender=_party(sender),
                addressee=addressee,
                signer=proposed(sender.name),
                insured_qapik=command.wanted.insured_qapik,
                papers=command.papers,
            ),
            replace(command.declared, gross_grams=parcel.weight_grams),
        )
        message = composed(message)
        require_lengths(message)
        whose = Addresses(sender=sender, addressee=on_label(addressee), declared=written(message).decode())
        whole = attach(operation, "addresses", whose)
        line = ops.ItemAccepted(
            operation=operation,
            number=number,
            service=parcel.product,
            weight_grams=parcel.weight_grams,
            amount_qapik=total.minor,
            vat_qapik=vat.minor,
            tariff=prices.version,
            postcode="",
            addresses=whole.commitment(),
            country=parcel.country,
            abroad=posted,
            label_back=True,
            weight_typed=parcel.weight_typed,
            in_person=command.wanted.in_person,
            insured_qapik=command.wanted.insured_qapik,
            extras=extras,
        )

        def told(language: str) -> tuple[str, str]:
            where = country_name(parcel.country, language)
            return f"{name_in(quote.names, language)}, {where}", printed_item_number(number)

        return line_told(line, (whole,), told, by.language, command.source)


def _price(prices: MailAbroad, parcel: Parcel) -> MailPrice:
    return mail_price(prices, parcel.product, parcel.country, parcel.weight_grams, parcel.size_cm)


def _posted(parcel: Parcel, quote: Quote, prohibitions: str) -> PostedAbroad:
    form = quote.form
    return PostedAbroad(
        zone=quote.price.zone,
        chargeable_grams=quote.price.chargeable_grams,
        form=form.form,
        copies=form.copies,
        because=form.because,
        forms=form.version,
        sdr_units=form.rate.units if form.rate else "",
        sdr_date=form.rate.date if form.rate else "",
        sdr_hundredths=form.sdr_hundredths,
        contents=quote.contents.state,
        prohibitions=prohibitions,
        unchecked=tuple(map(":".join, quote.contents.unchecked)),
        size_cm=parcel.size_cm,
    )


def _insured(books: Reading, command: AcceptAbroad, quote: Quote) -> PostedAbroad:
    """As `_posted`, with what its insured sum is in SDR, if it has one."""
    insured_qapik, date = command.wanted.insured_qapik, books.day().date
    posted = _posted(command.parcel, quote, if_sent(books, Prohibitions, date).version)
    if not insured_qapik:
        return posted
    forms, rates = if_sent(books, CustomsForms, date), if_sent(books, SdrRates, date)
    told = insured_abroad(insured_qapik, command.declared, forms, rates, date)
    return replace(
        posted,
        insured_sdr_hundredths=told.hundredths,
        insured_sdr_units=told.rate.units,
        insured_sdr_date=told.rate.date,
    )


def judged(books: Reading, parcel: Parcel, declared: Declaration) -> Judged:
    """Form, prohibitions and faults of a declaration on the business day.

    Raises:
        Refused: E-060 no form, E-064 an unknown currency, G-011.
    """
    date = open_day(books).date
    if declared.currency not in CURRENCIES:
        raise Refused("E-064", "currency", value=declared.currency, reason="currency")
    form = choose_form(
        if_sent(books, CustomsForms, date),
        if_sent(books, SdrRates, date),
        product=parcel.product,
        country=parcel.country,
        gross_grams=parcel.weight_grams,
        value=Money(declared.total_minor, declared.currency),
        date=date,
    )
    contents = check_contents(
        if_sent(books, Prohibitions, date),
        [Article(one.description, one.hs) for one in declared.lines],
        origin=OWN_COUNTRY,
        destination=parcel.country,
        date=date,
    )
    declared = replace(declared, gross_grams=parcel.weight_grams)
    wrong = faults(declared, form.codes_wanted, hs_index())
    return Judged(form=form, contents=contents, faults=wrong)


def may_go(contents: ContentsChecked, papers: Papers, looked_at: frozenset[int], language: str) -> None:
    """Refuse what no post takes first (E-094), then what needs a document (E-095) or a look (E-096)."""
    hits = sorted(contents.hits, key=lambda one: prohibited.STATES.index(one.verdict), reverse=True)
    has_document = is_said(papers.licence) or is_said(papers.certificate)
    for hit in hits:
        field, article = f"lines[{hit.line + 1}].description", name_in(hit.row.names, language)
        if hit.verdict == prohibited.REFUSED:
            raise Refused("E-094", field, article=article, source=hit.row.source)
        if hit.verdict == prohibited.CONDITIONAL and not has_document:
            wanted = name_in(hit.row.document, language)
            raise Refused("E-095", "papers.licence", article=article, document=wanted)
        if hit.verdict == prohibited.ASK and hit.line not in looked_at:
            raise Refused("E-096", field, article=article)


def _sender(books: Reading, person: Person) -> Person:
    for name in _SENDER_NEEDS:
        if not is_said(getattr(person, name)):
            raise Refused("E-001", field=f"sender.{name}")
    person = named(person, "sender")
    if is_said(person.settlement):
        return person
    offices = books.document(Offices, books.day().date)
    office = offices.by_postcode(person.postcode) if person.postcode else None
    if office is None:
        raise Refused("E-001", field="sender.settlement")
    return replace(person, settlement=office.name)


def addressee_sent(addressee: Party, country: str) -> Party:
    """As it is sent: one space between words, every letter one that a foreign post reads.

    Raises:
        Refused: E-001 a part is empty, E-097 not in Latin letters.
    """
    party = replace(addressee, country=country)
    for name in _ADDRESSEE_NEEDS:
        if not is_said(getattr(party, name)):
            raise Refused("E-001", field=f"addressee.{name}")
    clean = {}
    for name in party.__struct_fields__:
        clean[name] = text = " ".join(getattr(party, name).split())
        require_read_abroad(text, name)
    return Party(**clean)


def require_read_abroad(text: str, name: str) -> None:
    """Refuse with E-097 what a foreign post cannot read in this part of the addressee."""
    signs = _SIGNS | _MAIL_SIGNS if name == "mail" else _SIGNS
    strange = next((one for one in text if not _is_read_abroad(one, signs)), None)
    if strange is not None:
        raise Refused("E-097", field=f"addressee.{name}", letter=strange)


def _is_read_abroad(letter: str, signs: frozenset[str]) -> bool:
    return letter.isascii() and (letter.isalnum() or letter in signs)


def _party(sender: Person) -> Party:
    return Party(
        name=proposed(sender.name),
        street=proposed(sender.address),
        city=proposed(sender.settlement),
        country=OWN_COUNTRY,
        postcode=sender.postcode,
        phone=sender.phone,
    )


def on_label(addressee: Party) -> Person:
    """The addressee as the label has it."""
    return Person(
        name=addressee.name,
        phone=addressee.phone,
        address=", ".join(filter(None, (addressee.business, addressee.street))),
        postcode=addressee.postcode,
        settlement=addressee.city,
    )
