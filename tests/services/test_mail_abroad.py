"""An item for abroad at the counter: quoted, refused with its reason before a number is taken, accepted."""

from __future__ import annotations

import dataclasses
import tomllib
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from azpost_desk import places
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Office, Offices
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.mail import advance
from azpost_desk.domain.mail.advance import Papers, Party
from azpost_desk.domain.mail.declaration import Declaration, DeclaredLine
from azpost_desk.domain.money import azn
from azpost_desk.domain.papers import CopyState, LabelPaper, Paper
from azpost_desk.domain.papers_mail import CustomsPaper
from azpost_desk.domain.people import Addresses, Person
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.news import Reference
from azpost_desk.services.mail_abroad import AcceptAbroad, Parcel
from tests.services.counters import CLERK, Stand
from tests.storage.desks import piece

FROM = Person(name="Əliyev Vüqar", phone="050 123 45 67", address="Nizami 5, m. 12", settlement="Şəki")
TO = Party(
    name="Yilmaz Ayse",
    street="Bagdat Cad. 12/3",
    city="Istanbul",
    country="",
    postcode="34710",
    mail="ayse_y@example.org",
)
TEA = DeclaredLine(
    description="black tea", quantity=2, net_grams=500, value_minor=1_200, hs="090230", origin="AZ"
)
SCARF = DeclaredLine(description="silk scarf", quantity=1, net_grams=120, value_minor=6_000)
GIFT = Declaration(
    category="gift", currency="AZN", gross_grams=0, total_minor=7_200, lines=(TEA, SCARF)
)  # fmt: skip
PARCEL = Parcel("ems", "TR", 900, (30, 20, 10))


def told(
    stand: Stand, names: tuple[str, ...] = ("mail-abroad", "customs-forms", "prohibitions", "sdr-rates")
) -> None:
    """The centre's examples, as a desk gets them."""
    for at, name in enumerate(names):
        content = msgspec.json.encode(tomllib.loads((places.templates() / f"{name}.toml").read_text("utf-8")))
        one = Reference(
            name=name.replace("-", "_"), version=1, valid_from="0001-01-01", content=msgspec.Raw(content)
        )
        stand.books.store_news([piece(2_000 + at, "reference", one)], 1)


@pytest.fixture
def abroad(stand: Stand) -> Stand:
    told(stand)
    return stand


def command(**changed: Any) -> AcceptAbroad:
    values = {"parcel": PARCEL, "sender": FROM, "addressee": TO, "declared": GIFT, "is_safe": True}
    return AcceptAbroad(**(values | changed))


def test_nothing_goes_abroad_until_the_centre_has_prices(stand: Stand) -> None:
    assert stand.desk.post_abroad.products("TR") == ()
    with pytest.raises(Refused, match="E-090"):
        stand.desk.post_abroad.accept(command(), CLERK)


def test_an_item_for_abroad_is_accepted_off_line_with_its_declaration_kept_for_the_customs(
    abroad: Stand,
) -> None:
    abroad.line.online = False
    [sold] = abroad.desk.post_abroad.products("TR")
    assert sold.product == "ems"
    quote = abroad.desk.post_abroad.quote(PARCEL, GIFT)
    assert (quote.price.price, quote.form.form, quote.form.copies, quote.faults) == (
        azn(5_100),
        "CN23",
        4,
        (),
    )
    basket = abroad.desk.post_abroad.accept(command(), CLERK)
    line = basket.lines[0].line
    assert isinstance(line, ops.ItemAccepted)
    assert (line.number, line.country, line.amount_qapik) == (item_number("EE", 10_000), "TR", 5_100)
    assert line.abroad is not None
    # Nobody wrote down what Turkey does not let in: that was not checked, and the record says so.
    assert (line.abroad.contents, line.abroad.unchecked) == ("not_checked", ("TR:in",))
    assert (line.abroad.form, line.abroad.sdr_units, line.abroad.forms) == ("CN23", "", "2026-12")
    [(_, _, content)] = basket.lines[0].attachments
    message = advance.read(msgspec.json.decode(content, type=Addresses).declared.encode())
    assert (message.item, message.gross_grams, message.postage_qapik) == (line.number, 900, 5_100)
    assert (message.sender.name, message.sender.city, message.addressee.country) == (
        "Aliyev Vugar",
        "Shaki",
        "TR",
    )
    assert [one.hs for one in message.lines] == ["090230", ""]
    assert abroad.pay(6_000).change == azn(900)
    [settlement] = abroad.bodies(ops.Settlement)
    assert "Yilmaz" not in ops.encode(settlement).decode()
    [event] = abroad.desk.tracking.timeline(line.number)
    assert event.event == "EMA"


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"parcel": dataclasses.replace(PARCEL, country="AZ")}, "E-090", "country"),
        ({"parcel": dataclasses.replace(PARCEL, weight_grams=20_001)}, "E-091", "weight"),
        ({"parcel": dataclasses.replace(PARCEL, size_cm=())}, "E-093", "size"),
        ({"parcel": dataclasses.replace(PARCEL, weight_grams=600)}, "E-067", "gross_grams"),
        ({"sender": replace(FROM, settlement="")}, "E-001", "sender.settlement"),
        ({"sender": replace(FROM, phone=" ")}, "E-001", "sender.phone"),
        ({"addressee": replace(TO, city="")}, "E-001", "addressee.city"),
        ({"addressee": replace(TO, name="Yılmaz Ayşe")}, "E-097", "addressee.name"),
        ({"addressee": replace(TO, mail="ayşe@example.org")}, "E-097", "addressee.mail"),
        ({"addressee": replace(TO, street="x" * 201)}, "G-014", "addressee.street"),
        ({"declared": replace(GIFT, total_minor=7_201)}, "E-068", "total"),
        ({"declared": replace(GIFT, lines=(TEA, replace(SCARF, hs="851712")))}, "E-065", "lines[2].hs"),
        ({"declared": replace(GIFT, currency="XXX")}, "E-064", "currency"),
        ({"is_safe": False}, "E-098", "is_safe"),
    ],
)
def test_nothing_that_a_post_would_send_back_is_accepted_and_no_number_is_lost_by_it(
    abroad: Stand, changed: dict[str, Any], code: str, field: str | None
) -> None:
    refused_with(abroad, command(**changed), code, field)
    with abroad.books.reading() as books:
        assert books.item_numbers_left() == 1_000


def test_a_prohibited_article_is_refused_a_conditional_one_needs_its_document_a_likeness_a_look(
    abroad: Stand,
) -> None:
    def with_(description: str, hs: str = "") -> Declaration:
        return replace(GIFT, lines=(TEA, replace(SCARF, description=description, hs=hs)))

    at = "lines[2].description"
    refused_with(abroad, command(declared=with_("party fireworks")), "E-094", at)
    carpet = command(declared=with_("old carpet", "570110"))
    refused_with(abroad, carpet, "E-095", "papers.licence")
    # Coded as a toy, called like what no post carries.
    toy = command(declared=with_("toy fireworks", "950300"))
    refused_with(abroad, toy, "E-096", at)
    for taken, state in (
        (command(declared=carpet.declared, papers=Papers(licence="MN-17")), "conditional"),
        (command(declared=toy.declared, looked_at=frozenset({1})), "ask"),
    ):
        line = abroad.desk.post_abroad.accept(taken, CLERK).lines[-1].line
        assert isinstance(line, ops.ItemAccepted)
        assert line.abroad is not None
        assert (line.abroad.contents, line.abroad.unchecked) == (state, ("TR:in",))


def refused_with(stand: Stand, asked: AcceptAbroad, code: str, field: str | None) -> None:
    with pytest.raises(Refused, match=code) as refused:
        stand.desk.post_abroad.accept(asked, CLERK)
    assert refused.value.field == field


def test_the_receipt_names_product_and_country_and_the_label_says_in_capitals_where_it_goes(
    abroad: Stand,
) -> None:
    line = abroad.desk.post_abroad.accept(command(), CLERK).lines[0].line
    assert isinstance(line, ops.ItemAccepted)
    paid = abroad.pay(6_000)
    receipt = abroad.desk.papers.receipt(paid.receipt, CopyState())
    assert [one.title for one in receipt.lines] == ["EMS beynəlxalq, Türkiyə"]
    label, form = papers_of(abroad, line.operation)
    assert isinstance(label, LabelPaper)
    # The form lies beside the label, as often as the customs want it.
    assert isinstance(form, CustomsPaper)
    assert (form.form, form.copies, form.item, form.country) == ("CN23", 4, line.number, "TÜRKIYE")
    assert form.origins == ("AZERBAIJAN", "")
    assert (label.service, label.addressee.country) == ("EMS beynəlxalq", "TÜRKIYE")
    assert (label.addressee.street, label.addressee.settlement) == ("Bagdat Cad. 12/3", "Istanbul")


def papers_of(stand: Stand, operation: str) -> list[Paper | bytes]:
    return [stand.desk.papers.of_job(job) for job in stand.desk.papers.waiting() if job.key == operation]


def test_what_went_abroad_is_not_offered_again_as_an_item_for_an_office_of_ours(abroad: Stand) -> None:
    abroad.desk.post_abroad.accept(command(), CLERK)
    abroad.pay(6_000)
    [customer] = abroad.desk.customers.find("050 123 45 67")
    opened = abroad.desk.customers.file(customer.customer, CLERK)
    assert opened is not None
    [past] = opened.done
    assert (past.kind, past.about, past.again) == ("item.accepted", "Yilmaz Ayse", None)
    # An office whose postcode nobody told delivers nothing that has none.
    office = Office(code="1", name="x", postcode="")
    assert Offices(offices=(office,)).by_postcode("") is None


def test_a_sale_sends_its_goods_as_they_are_read(stand: Stand) -> None:
    told(stand)
    wanted = command()
    lines = (replace(TEA, description=" c\u0327ay\u200b  go\u0308y "), *wanted.declared.lines[1:])
    wanted = dataclasses.replace(wanted, declared=replace(wanted.declared, lines=lines))
    line = stand.desk.post_abroad.accept(wanted, CLERK).lines[0].line
    assert isinstance(line, ops.ItemAccepted)
    stand.pay(6_000)
    assert stand.desk.declarations.standing(line.number).declared.lines[0].description == "çay göy"
