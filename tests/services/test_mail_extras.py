"""Extras of an item at the counter: priced one by one, kept with the sale, on receipt, label and form."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Tariffs
from azpost_desk.domain.mail import advance
from azpost_desk.domain.mail.extras import WantedExtras
from azpost_desk.domain.mail.forms import SdrRate, SdrRates
from azpost_desk.domain.mail.guarded import VALUE
from azpost_desk.domain.mail_extras import ADVICE, IN_PERSON, INSURED, MailExtra, PremiumStep
from azpost_desk.domain.money import azn
from azpost_desk.domain.papers import CopyState, LabelPaper, Say
from azpost_desk.domain.papers_mail import CustomsPaper
from azpost_desk.domain.people import Addresses
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol import news as tidings
from azpost_desk.services.declarations import Amend
from azpost_desk.services.express import AcceptItem
from tests.services.counters import CLERK
from tests.services.test_express import scan, taken_by
from tests.services.test_labels import FROM, HERE
from tests.services.test_mail_abroad import GIFT, TEA, command, papers_of, told
from tests.storage.desks import piece

if TYPE_CHECKING:
    from tests.services.counters import Stand

EXTRAS = (
    MailExtra(
        extra=INSURED, steps=(PremiumStep(insured_qapik_to=100_000, share_ppm=10_000),), insured_qapik_min=100
    ),
    MailExtra(extra=ADVICE, price_qapik=118, vat_ppm=180_000),
    MailExtra(extra=IN_PERSON, price_qapik=150),
)
ALL = replace(AcceptItem(FROM, HERE, 400, "ems"), insured_qapik=50_000, advice=True, in_person=True)


def price_extras(stand: Stand, extras: tuple[MailExtra, ...] = EXTRAS) -> None:
    """The centre sends a tariff with these beside what it had."""
    with stand.books.reading() as books:
        tariffs = books.document(Tariffs, books.day().date)
    content = msgspec.Raw(msgspec.json.encode(msgspec.structs.replace(tariffs, mail_extras=extras)))
    one = tidings.Reference(name="tariffs", version=77, valid_from="2026-01-01", content=content)
    stand.books.store_news([piece(3_100, "reference", one)], 1)


def rated(stand: Stand) -> None:
    """Everything for abroad, with a rate of the manat of the day itself."""
    told(stand)
    with stand.books.reading() as books:
        date = books.day().date
    rates = SdrRates(source="x", rates=(SdrRate(currency="AZN", units="2.2617", date=date),))
    content = msgspec.Raw(msgspec.json.encode(rates))
    one = tidings.Reference(name="sdr_rates", version=9, valid_from="2026-01-01", content=content)
    stand.books.store_news([piece(3_200, "reference", one)], 1)


def sold(stand: Stand, wanted: AcceptItem) -> ops.ItemAccepted:
    line = stand.desk.express.accept(wanted, CLERK).lines[-1].line
    assert isinstance(line, ops.ItemAccepted)
    return line


def test_each_extra_is_in_the_sale_with_its_price_and_on_receipt_and_label(stand: Stand) -> None:
    plain = sold(stand, AcceptItem(FROM, HERE, 400, "ems"))
    price_extras(stand)
    line = sold(stand, ALL)
    assert [(one.extra, one.qapik, one.vat_qapik) for one in line.extras] == [
        (INSURED, 500, 0), (ADVICE, 118, 18), (IN_PERSON, 150, 0),
    ]  # fmt: skip
    assert line.amount_qapik == plain.amount_qapik + 768
    assert line.vat_qapik == plain.vat_qapik + 18
    assert (line.insured_qapik, line.in_person) == (50_000, True)
    paid = stand.pay(5_000)
    receipt = stand.desk.papers.receipt(paid.receipt, CopyState())
    assert receipt.lines[0].details[1:] == ()
    assert receipt.lines[1].details[1:] == (
        Say("papers.line.carriage", (("amount", azn(plain.amount_qapik)),)),
        Say("papers.line.extra.insured", (("amount", azn(500)), ("insured", azn(50_000)))),
        Say("papers.line.extra.advice", (("amount", azn(118)),)),
        Say("papers.line.extra.in_person", (("amount", azn(150)),)),
    )
    [label] = papers_of(stand, line.operation)
    assert isinstance(label, LabelPaper)
    assert label.extras == (
        Say("papers.label.insured", (("amount", azn(50_000)),)),
        Say("papers.label.in_person"),
        Say("papers.label.advice"),
    )
    assert stand.books.rebuild() == []


def test_an_insured_item_is_of_value_at_every_desk_that_has_it(stand: Stand) -> None:
    price_extras(stand)
    line = sold(stand, replace(ALL, in_person=False))
    stand.pay(5_000)
    [event] = stand.desk.tracking.timeline(line.number)
    assert (event.event, event.reason, event.measure) == ("EMA", "", VALUE)
    assert scan(stand, line.number, "EMG") == ("saved", "saved")
    stand.line.online, stand.line.heard_ms = False, 1
    assert scan(stand, line.number, "EMI", **taken_by("Quliyev Rauf")) == ("refused", "ask_by_phone")


@pytest.mark.parametrize(
    ("extras", "changed", "code", "field"),
    [
        ((), {"in_person": False, "insured_qapik": 0}, "E-180", ADVICE),
        ((), {"in_person": False, "advice": False}, "E-180", INSURED),
        (EXTRAS, {"insured_qapik": 99}, "E-181", INSURED),
        (EXTRAS, {"insured_qapik": 100_001}, "E-181", INSURED),
    ],
)
def test_what_is_not_sold_is_refused_before_a_number_is_taken(
    stand: Stand, extras: tuple[MailExtra, ...], changed: dict[str, Any], code: str, field: str
) -> None:
    price_extras(stand, extras)
    with stand.books.reading() as books:
        left = books.item_numbers_left()
    with pytest.raises(Refused, match=code) as no:
        sold(stand, replace(ALL, **changed))
    assert no.value.field == field
    with stand.books.reading() as books:
        assert books.item_numbers_left() == left


def test_abroad_the_sum_is_in_sdr_on_label_form_and_in_the_data_for_the_customs(stand: Stand) -> None:
    rated(stand)
    wanted = command(wanted=WantedExtras(insured_qapik=7_000, advice=True, in_person=True))
    basket = stand.desk.post_abroad.accept(wanted, CLERK)
    line = basket.lines[0].line
    assert isinstance(line, ops.ItemAccepted)
    assert line.abroad is not None
    # 70 / 2.2617 = 30.9501…
    assert (line.abroad.insured_sdr_hundredths, line.abroad.insured_sdr_units) == (3_096, "2.2617")
    assert (line.amount_qapik, [one.qapik for one in line.extras]) == (5_100 + 650, [300, 150, 200])
    [(_, _, content)] = basket.lines[0].attachments
    message = advance.read(msgspec.json.decode(content, type=Addresses).declared.encode())
    assert (message.insured_qapik, message.postage_qapik) == (7_000, 5_750)
    stand.pay(6_000)
    label, form = papers_of(stand, line.operation)
    assert isinstance(label, LabelPaper)
    assert isinstance(form, CustomsPaper)
    assert label.extras == ("V 70.00 AZN = 30.96 SDR", "IN PERSON", "A.R.")
    assert (form.insured_sdr_hundredths, form.in_person, form.advice) == (3_096, True, True)
    # Goods that turn out to be worth less than they are insured for are no amendment.
    amend = Amend(
        number=line.number, supersedes=message.message, addressee=message.addressee, papers=message.papers,
        declared=msgspec.structs.replace(GIFT, lines=(TEA,), total_minor=1_200),
    )  # fmt: skip
    with pytest.raises(Refused, match="E-183"):
        stand.desk.declarations.amend(amend, CLERK)


def test_nothing_leaves_insured_that_the_other_post_could_not_be_told_or_is_not_worth_it(
    stand: Stand,
) -> None:
    def refused(insured_qapik: int) -> tuple[str, str | None]:
        with pytest.raises(Refused) as no:
            stand.desk.post_abroad.accept(command(wanted=WantedExtras(insured_qapik)), CLERK)
        return no.value.code, no.value.field

    told(stand)
    assert refused(7_000) == ("E-182", INSURED)
    rated(stand)
    assert refused(7_201) == ("E-183", INSURED)
    assert refused(200_001) == ("E-181", INSURED)
    stand.desk.post_abroad.accept(command(wanted=WantedExtras(7_200)), CLERK)
