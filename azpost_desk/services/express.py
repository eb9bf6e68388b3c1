"""Express mail at the counter: what it costs, accepting an item, its number from this desk's own range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Branch, ExpressRow, Names, Office, Offices, Tariffs, name_in
from azpost_desk.domain.identifiers import require
from azpost_desk.domain.item_numbers import printed_item_number
from azpost_desk.domain.lines.charges import DUE_QAPIK_MAX
from azpost_desk.domain.mail.extras import WantedExtras, extras_at_home, sold_with, together
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Addresses, Person
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.tariffs import express_grams_plausible, express_price, vat_contained
from azpost_desk.domain.typed import is_said
from azpost_desk.services.basket_lines import line_told
from azpost_desk.services.counter import Counter, Officer, attach, open_day
from azpost_desk.services.customers import named
from azpost_desk.services.rolls import known_rolls, require_label, take_number

if TYPE_CHECKING:
    from azpost_desk.domain.mail_extras import MailExtra
    from azpost_desk.domain.money import Money
    from azpost_desk.services.baskets import Baskets
    from azpost_desk.services.ports import Reading, Writing
    from azpost_desk.services.rolls import Known
    from azpost_desk.services.views import Basket, PlannedLine

# Zones of ExpressRow: within the branch's own zone (Office.zone), or to another one; "" holds everywhere.
SAME_PLACE: Final = "same"
OTHER_PLACE: Final = "other"


@dataclass(frozen=True, slots=True)
class Price:
    """One service at one weight. `office` is the office that will deliver; below `plausible_grams` the weight
    is rather a slip; `names` is what the tariff calls it in each language; `extras` are sold with it.
    """

    service: str
    names: Names
    zone: str
    price: Money
    vat: Money
    days: int
    office: Office
    plausible_grams: int = 0
    extras: tuple[MailExtra, ...] = ()


@dataclass(frozen=True, slots=True)
class AcceptItem:
    """Accept an item; the sender needs name, phone and address, the addressee name, address and postcode.

    `label` is the number of a label printed beforehand, "" = the desk gives one; `weight_typed`: not from the
    scale.
    `cod_qapik` is collected from the addressee for the sender before it is handed over.
    `in_person`: nobody gets it for its addressee; `insured_qapik`: its insured sum; `advice`: of delivery.
    """

    sender: Person
    addressee: Person
    weight_grams: int
    service: str
    source: str = "keys"
    label: str = ""
    weight_typed: bool = False
    cod_qapik: int = 0
    in_person: bool = False
    insured_qapik: int = 0
    advice: bool = False


@dataclass(frozen=True, slots=True)
class Express:
    """Express items at this counter; everything here works off line too."""

    counter: Counter
    baskets: Baskets

    def office(self, postcode: str) -> Office:
        """The office that delivers to a postcode (``2000`` and ``AZ2000`` are the same).

        Raises:
            Refused: C-001, I-005 no postcode, E-002 no office delivers there.
        """
        with self.counter.books.reading() as books:
            return _office(books, postcode)

    def rolls(self) -> tuple[Known, ...]:
        """Labels printed beforehand that lie here."""
        with self.counter.books.reading() as books:
            return known_rolls(books)

    def require_label(self, number: str) -> None:
        """Look at a scanned label before anything is accepted with it.

        Raises:
            Refused: E-150 on no roll of this desk, E-151 used, E-152 of the reserve, not needed yet.
        """
        with self.counter.books.reading() as books:
            require_label(books, number)

    def prices(self, postcode: str, weight_grams: int) -> list[Price]:
        """What each service to that postcode costs at that weight; services it is too heavy for are left out.

        Raises:
            Refused: C-001, I-005, E-002, E-010 no weight, E-011 too heavy for every service.
        """
        with self.counter.books.reading() as books:
            office = _office(books, postcode)
            rows = rows_to(books, office)
            extras = books.document(Tariffs, books.day().date).mail_extras
        found: list[Price] = []
        too_heavy: Refused | None = None
        for row in rows:
            try:
                found.append(_price(row, weight_grams, office, extras))
            except Refused as refused:
                if refused.code != "E-011":
                    raise
                too_heavy = refused
        if not found and too_heavy:
            raise too_heavy
        return found

    def accept(self, command: AcceptItem, by: Officer) -> Basket:
        """Plan the acceptance: the number is taken with the line and never used again, paid or not.

        Raises:
            Refused: E-001 a field is empty, I-009 a name, I-004 a phone, I-005, E-002, E-003 no such service
                there, E-010, E-011, E-030 the range is used up, E-135 so much is not collected on delivery,
                E-180 an extra that is not sold with it, E-181 an insured sum that is none, E-150 to
                E-153 its label is none for it, and what `Baskets.add` refuses.
        """

        def plan(books: Writing) -> PlannedLine:
            sender = _addressed(command.sender, "sender", ("name", "phone", "address"))
            addressee = _addressed(command.addressee, "addressee", ("name", "address", "postcode"))
            office = _office(books, addressee.postcode, "addressee.postcode")
            row = next((row for row in rows_to(books, office) if row.service == command.service), None)
            if row is None:
                raise Refused("E-003", field="service")
            tariffs = books.document(Tariffs, books.day().date)
            price = _price(row, command.weight_grams, office)
            wanted = WantedExtras(command.insured_qapik, command.advice, command.in_person)
            extras = extras_at_home(tariffs.mail_extras, row.service, wanted)
            total, vat = together(price.price, price.vat, extras)
            if not 0 <= command.cod_qapik <= DUE_QAPIK_MAX:
                raise Refused("E-135", field="cod", most=azn(DUE_QAPIK_MAX))
            operation = self.counter.new_id()
            number = take_number(books, operation, row.indicator, command.label)
            addressee = replace(addressee, settlement=addressee.settlement or office.name)
            whose = attach(operation, "addresses", Addresses(sender=sender, addressee=addressee))
            line = ops.ItemAccepted(
                operation=operation,
                number=number,
                service=command.service,
                weight_grams=command.weight_grams,
                amount_qapik=total.minor,
                vat_qapik=vat.minor,
                tariff=tariffs.version,
                postcode=addressee.postcode,
                addresses=whose.commitment(),
                label_back=True,
                weight_typed=command.weight_typed,
                cod_qapik=command.cod_qapik,
                in_person=command.in_person,
                insured_qapik=command.insured_qapik,
                extras=extras,
            )

            def told(language: str) -> tuple[str, str]:
                return name_in(row.names, language), printed_item_number(number)

            return line_told(line, (whose,), told, by.language, command.source)

        return self.baskets.add_with(by, "express", plan)


def _addressed(person: Person, who: str, required: tuple[str, ...]) -> Person:
    """Somebody on a label: nothing required is empty, numbers are canonical."""
    for name in required:
        if not is_said(getattr(person, name)):
            raise Refused("E-001", field=f"{who}.{name}")
    person = named(person, who)
    if person.postcode.strip():
        person = replace(person, postcode=require("postcode", person.postcode, f"{who}.postcode"))
    return person


def _office(books: Reading, postcode: str, field: str = "postcode") -> Office:
    wanted = require("postcode", postcode, field)
    office = books.document(Offices, open_day(books).date).by_postcode(wanted)
    if office is None:
        raise Refused("E-002", field=field, postcode=wanted)
    return office


def rows_to(books: Reading, to: Office | None) -> list[ExpressRow]:
    """The tariff rows that hold from this branch to that office; all of them while no office is named."""
    date = books.day().date
    if to is None:
        return list(books.document(Tariffs, date).express)
    branch = books.document(Branch, date)
    own = books.document(Offices, date).find(branch.code)
    same = to.code == branch.code or (own is not None and own.zone != "" and own.zone == to.zone)
    zone = SAME_PLACE if same else OTHER_PLACE
    return [row for row in books.document(Tariffs, date).express if row.zone in ("", zone)]


def _price(row: ExpressRow, weight_grams: int, office: Office, extras: tuple[MailExtra, ...] = ()) -> Price:
    price = express_price(row, weight_grams)
    return Price(
        row.service,
        row.names,
        row.zone,
        price,
        vat_contained(price, row.vat_ppm),
        row.days,
        office,
        express_grams_plausible(row),
        sold_with(extras, row.service),
    )
