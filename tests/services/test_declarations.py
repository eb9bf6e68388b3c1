"""What was declared of an item for abroad is amended where it was sold, each version in place of another."""

from __future__ import annotations

from dataclasses import replace as changed
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from msgspec.structs import replace

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.mail import advance
from azpost_desk.domain.mail.advance import Papers
from azpost_desk.domain.papers import LabelPaper
from azpost_desk.domain.papers_mail import CustomsPaper
from azpost_desk.domain.people import Addresses, Person
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol.news import ItemEvent
from azpost_desk.services.declarations import Amend
from azpost_desk.services.express import AcceptItem
from azpost_desk.services.scan_items import ScanItem
from tests.services.counters import CLERK, MANAGER, Stand, approval
from tests.services.test_erasure import heard
from tests.services.test_mail_abroad import FROM, SCARF, TEA, command, told
from tests.storage.desks import piece

if TYPE_CHECKING:
    from azpost_desk.domain.mail.declaration import DeclaredLine
    from azpost_desk.services.declarations import Standing

HOME = Person(name="Quliyeva Leyla", phone="+994557654321", address="Füzuli 1", postcode="AZ1000")
CODED = replace(SCARF, hs="621410", origin="AZ")


@pytest.fixture
def sold(stand: Stand) -> Standing:
    """An item to Turkey, its second line without a code."""
    told(stand)
    line = stand.desk.post_abroad.accept(command(), CLERK).lines[0].line
    assert isinstance(line, ops.ItemAccepted)
    stand.pay(6_000)
    return stand.desk.declarations.standing(line.number)


def said(found: Standing, lines: tuple[DeclaredLine, ...] = (TEA, CODED), **other: Any) -> Amend:
    total = sum(one.value_minor for one in lines)
    declared = replace(found.declared, lines=lines, total_minor=total)
    return changed(Amend(found.number, found.message, found.addressee, declared, found.papers), **other)


def beside(stand: Stand, operation: str) -> tuple[Addresses, advance.ItemAttributes]:
    with stand.books.reading() as books:
        content = books.attachment(operation, "addresses")
    assert content is not None
    whole = msgspec.json.decode(content, type=Addresses)
    return whole, advance.read(whole.declared.encode())


def forms(stand: Stand, key: str) -> list[CustomsPaper]:
    jobs = [one for one in stand.desk.papers.waiting() if (one.paper, one.key) == ("customs", key)]
    papers = [stand.desk.papers.of_job(one) for one in jobs]
    assert all(isinstance(one, CustomsPaper) for one in papers)
    return [one for one in papers if isinstance(one, CustomsPaper)]


def refused(stand: Stand, wanted: Amend, code: str, field: str | None = None) -> None:
    before = len(stand.bodies(ops.ItemDeclared))
    with pytest.raises(Refused, match=code) as no:
        stand.desk.declarations.amend(wanted, CLERK)
    assert no.value.field == field
    assert len(stand.bodies(ops.ItemDeclared)) == before


def test_an_amendment_is_the_next_version_with_everything_personal_beside_it(
    stand: Stand, sold: Standing
) -> None:
    stand.line.online = False
    addressee = replace(sold.addressee, street="Istiklal Cad. 5", phone="+902125550102")
    recorded = stand.desk.declarations.amend(said(sold, addressee=addressee), CLERK)
    [body] = stand.bodies(ops.ItemDeclared)
    assert isinstance(body, ops.ItemDeclared)
    assert (body.number, body.version, body.supersedes) == (sold.number, 2, sold.message)
    assert (body.acceptance, body.form, body.copies, body.has_left) == (sold.message, "CN23", 4, False)
    assert not any(word in ops.encode(body).decode() for word in ("Yilmaz", "Istiklal", "scarf"))
    whole, message = beside(stand, recorded.operation)
    assert (message.message, message.supersedes) == (recorded.operation, sold.message)
    assert [one.hs for one in message.lines] == ["090230", "621410"]
    assert message.addressee.street == "Istiklal Cad. 5"
    assert (message.postage_qapik, message.gross_grams, message.sender.name) == (5_100, 900, "Aliyev Vugar")
    assert (whole.sender.name, whole.addressee.address) == ("Əliyev Vüqar", "Istiklal Cad. 5")
    now = stand.desk.declarations.standing(sold.number)
    assert (now.version, now.message, now.declared.lines) == (2, recorded.operation, (TEA, CODED))
    # Another one comes after it; who looked at the version before is told so.
    third = stand.desk.declarations.amend(said(now, (TEA,)), MANAGER)
    refused(stand, said(now, (CODED,)), "E-177")
    now = stand.desk.declarations.standing(sold.number)
    assert (now.version, now.message, now.declared.lines) == (3, third.operation, (TEA,))
    made = stand.desk.declarations.amendments(sold.number)
    assert [(one.version, one.has_left) for one in made] == [(3, False), (2, False)]
    assert made[0].by != made[1].by


def test_the_form_printed_anew_says_which_version_it_is_and_so_does_the_sales_own(
    stand: Stand, sold: Standing
) -> None:
    [first] = forms(stand, sold.message)
    assert (first.version, first.amended_ms, len(first.declared.lines)) == (1, 0, 2)
    recorded = stand.desk.declarations.amend(said(sold, (TEA,)), MANAGER)
    [again] = forms(stand, recorded.operation)
    assert (again.version, again.amended_ms, again.copy.kind) == (2, recorded.recorded_ms, "original")
    assert (again.head.business_day, again.head.recorded_at) == (
        first.head.business_day,
        first.head.recorded_at,
    )
    assert again.head.clerk != first.head.clerk
    assert len(again.declared.lines) == len(again.origins) == 1
    [late] = forms(stand, sold.message)
    assert (late.version, late.declared) == (2, again.declared)


def test_the_label_says_the_addressee_that_stands_and_is_printed_again_when_it_is_another(
    stand: Stand, sold: Standing
) -> None:
    def labels() -> list[tuple[str, str]]:
        jobs = [one for one in stand.desk.papers.waiting() if one.paper == "label"]
        papers = [stand.desk.papers.of_job(one) for one in jobs]
        return [(one.addressee.street, one.copy.kind) for one in papers if isinstance(one, LabelPaper)]

    stand.desk.declarations.amend(said(sold, (TEA,)), CLERK)
    [(street, kind)] = labels()
    assert kind == "original"
    again = stand.desk.declarations.standing(sold.number)
    addressee = replace(again.addressee, street="Istiklal Cad. 5")
    stand.desk.declarations.amend(said(again, (TEA,), addressee=addressee), CLERK)
    (first, _), (second, copied) = labels()
    assert first == second != street
    assert "Istiklal Cad. 5" in first
    assert copied == "copy"


@pytest.mark.parametrize(
    ("lines", "other", "code", "field"),
    [
        ((TEA, SCARF), {}, "E-176", None),
        ((), {}, "E-069", "lines"),
        ((replace(TEA, description="gift"),), {}, "E-062", "lines[1].description"),
        ((TEA, replace(SCARF, hs="851712")), {}, "E-065", "lines[2].hs"),
        ((replace(TEA, net_grams=901),), {}, "E-067", "gross_grams"),
        ((TEA, replace(SCARF, description="party fireworks")), {}, "E-094", "lines[2].description"),
        ((TEA, replace(SCARF, description="old carpet", hs="570110")), {}, "E-095", "papers.licence"),
    ],
)
def test_what_was_not_accepted_is_not_amended_into_it(
    stand: Stand,
    sold: Standing,
    lines: tuple[DeclaredLine, ...],
    other: dict[str, Any],
    code: str,
    field: str | None,
) -> None:
    refused(stand, said(sold, lines, **other), code, field)
    assert stand.desk.declarations.standing(sold.number).version == 1


@pytest.mark.parametrize(
    ("part", "code"),
    [({"city": " "}, "E-001"), ({"name": "Yılmaz"}, "E-097"), ({"street": "x" * 201}, "G-014")],
)
def test_an_addressee_is_amended_as_it_is_accepted(
    stand: Stand, sold: Standing, part: dict[str, str], code: str
) -> None:
    [name] = part
    refused(stand, said(sold, addressee=replace(sold.addressee, **part)), code, f"addressee.{name}")
    # The country stays: the postage hangs on it.
    stand.desk.declarations.amend(said(sold, addressee=replace(sold.addressee, country="DE")), CLERK)
    assert stand.desk.declarations.standing(sold.number).addressee.country == "TR"


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"papers": Papers(licence="MN\ud80017")}, "papers.licence"),
        ({"papers": Papers(certificate="\0")}, "papers.certificate"),
        ({"lines": (replace(TEA, description="black\ud800 tea"),)}, "lines.description"),
    ],
)
def test_what_cannot_be_written_down_is_refused_by_the_name_of_its_field(
    stand: Stand, sold: Standing, other: dict[str, Any], field: str
) -> None:
    refused(stand, said(sold, **other), "G-016", field)
    with pytest.raises(Refused, match="E-172"):
        stand.desk.declarations.standing("EE\ud800")


def test_a_number_that_nobody_can_read_is_no_document(stand: Stand, sold: Standing) -> None:
    carpet = replace(SCARF, description="old carpet", hs="570110")
    refused(stand, said(sold, (carpet,), papers=Papers(licence="\u200b")), "E-095", "papers.licence")


def test_only_where_it_was_sold_and_while_it_is_on_its_way(stand: Stand, sold: Standing) -> None:
    declarations = stand.desk.declarations

    def why(number: str) -> str:
        with pytest.raises(Refused) as no:
            declarations.standing(number)
        assert declarations.amendments(number) == ()
        return no.value.code

    # Scanned here, accepted elsewhere; and one of which nothing is known.
    other = item_number("EE", 880_001)
    stand.desk.tracking.scan(ScanItem(other, "EMG"), CLERK)
    assert why(other) == why(item_number("EE", 880_002)) == "E-172"
    home = stand.desk.express.accept(AcceptItem(FROM, HOME, 400, "ems"), CLERK).lines[0].line
    assert isinstance(home, ops.ItemAccepted)
    stand.pay(10_000)
    assert why(home.number) == "E-173"
    undo(stand, sold.message)
    # The sender has it again.
    assert why(sold.number) == "E-174"
    refused(stand, said(sold), "E-174")


def undo(stand: Stand, line: str) -> None:
    with stand.books.reading() as books:
        stored = books.paid_line(line)
    assert stored is not None
    operation = stand.desk.counter.new_id()
    stand.desk.baskets.reverse(CLERK, stored, operation, "yanlış", approval(operation))


def test_what_has_left_the_country_is_amended_all_the_same_and_the_record_says_so(
    stand: Stand, sold: Standing
) -> None:
    left = ItemEvent(
        number=sold.number, event="EMC", office="1010", at_ms=stand.clock.now_ms, operation="emc"
    )
    stand.books.store_news([piece(3_000, "item.event", left)], 1)
    stand.desk.declarations.amend(said(sold), CLERK)
    [body] = stand.bodies(ops.ItemDeclared)
    assert isinstance(body, ops.ItemDeclared)
    assert body.has_left
    [made] = stand.desk.declarations.amendments(sold.number)
    assert made.has_left


def test_a_likeness_is_looked_at_once_and_a_document_goes_with_its_version(
    stand: Stand, sold: Standing
) -> None:
    toy = replace(CODED, description="toy fireworks", hs="950300")
    refused(stand, said(sold, (TEA, toy)), "E-096", "lines[2].description")
    stand.desk.declarations.amend(said(sold, (TEA, toy), looked_at=frozenset({1})), CLERK)
    # It stays as it was: nobody looks at it again, wherever it stands now.
    now = stand.desk.declarations.standing(sold.number)
    stand.desk.declarations.amend(said(now, (toy, TEA)), CLERK)
    carpet = replace(SCARF, description="old carpet", hs="570110")
    now = stand.desk.declarations.standing(sold.number)
    stand.desk.declarations.amend(said(now, (carpet,), papers=Papers(licence="MN-17")), CLERK)
    assert stand.desk.declarations.standing(sold.number).papers == Papers(licence="MN-17")
    states = [body.contents for body in stand.bodies(ops.ItemDeclared) if isinstance(body, ops.ItemDeclared)]
    assert states == ["ask", "ask", "conditional"]


def test_erasure_reaches_every_version_and_then_there_is_nothing_to_amend_or_print(
    stand: Stand, sold: Standing
) -> None:
    recorded = stand.desk.declarations.amend(said(sold), CLERK)
    [job] = [one for one in stand.desk.papers.waiting() if one.key == recorded.operation]
    heard(stand, 4)
    stand.desk.erasure.run(MANAGER)
    with stand.books.reading() as books:
        assert books.attachment(recorded.operation, "addresses") is None
    with pytest.raises(Refused, match="E-175"):
        stand.desk.declarations.standing(sold.number)
    with pytest.raises(Trouble, match="D-020"):
        stand.desk.papers.of_job(job)
    assert [one.version for one in stand.desk.declarations.amendments(sold.number)] == [2]


def test_what_looks_the_same_is_no_amendment_and_what_is_sent_holds_nothing_unseen(
    stand: Stand, sold: Standing
) -> None:
    lines = sold.declared.lines
    for described in (
        f"{TEA.description}\u200b",
        f"  {TEA.description} ",
        "black\u00a0tea",
        "bl\u00adack tea",
    ):
        refused(stand, said(sold, (replace(TEA, description=described), *lines[1:])), "E-176")
    # Decomposed, as some keyboards write, and with what no eye sees.
    other = replace(TEA, description="c\u0327ay \u200bgo\u0308y")
    papers = Papers(licence="MN\u200b17", invoice=" \u2060 ")
    recorded = stand.desk.declarations.amend(said(sold, (other, CODED), papers=papers), CLERK)
    message = beside(stand, recorded.operation)[1]
    assert (message.lines[0].description, message.papers) == ("çay göy", Papers(licence="MN17"))


@pytest.mark.parametrize("by", ["line", "record", "place", "amendment"])
def test_a_hold_on_the_sale_keeps_what_was_amended_of_it(stand: Stand, sold: Standing, by: str) -> None:
    recorded = stand.desk.declarations.amend(said(sold, (TEA,)), CLERK)
    with stand.books.reading() as books:
        sale = books.entry(sold.message)
    assert sale is not None
    named = {"line": sold.message, "record": sale.recorded.operation, "amendment": recorded.operation}
    erasure = stand.desk.erasure
    if by == "place":
        with stand.books.writing() as books:
            about = f"{sale.recorded.epoch}/{sale.recorded.sequence}"
            case = ops.CaseRaised(case=books.next_case(), reason="test", about=about)
            books.append(case, actor=MANAGER.officer, operation=stand.desk.counter.new_id())
    else:
        erasure.hold(MANAGER, named[by], "Məhkəmə sorğusu")
    heard(stand, 11)
    # Of the amendment alone nothing of the sale is kept.
    kept = 1 if by == "amendment" else 2
    held = [one.held for one in erasure.due(MANAGER) if one.group == "addresses"]
    assert held == [kept]
    assert erasure.run(MANAGER) == 2 - kept
    erasure.lift(MANAGER, named.get(by, sold.message), "İş bağlandı")
    assert erasure.run(MANAGER) == kept


@pytest.mark.parametrize(("days", "generation"), [(400, 2), (100, 1)])
def test_a_sale_says_which_item_under_its_number_it_is(
    stand: Stand, sold: Standing, days: int, generation: int
) -> None:
    serial = int(sold.number[2:10]) + 1
    number = item_number(sold.number[:2], serial)
    ended_ms = stand.line.trusted_ms() - days * 86_400_000
    for at, event in enumerate(("EMA", "EMI"), start=1):
        heard_of = ItemEvent(
            number=number, event=event, office="1000", at_ms=ended_ms + at, operation=event, desk="1000-1",
            epoch=1, sequence=at, postcode="",
        )  # fmt: skip
        stand.books.store_news([piece(stand.books.news_position() + 1, "item.event", heard_of)], 1)
    line = stand.desk.post_abroad.accept(command(), CLERK).lines[-1].line
    assert isinstance(line, ops.ItemAccepted)
    assert line.number == number
    stand.pay(6_000)
    with stand.books.reading() as books:
        paid = books.paid_line(line.operation)
    assert paid is not None
    whole = msgspec.json.decode(paid.attachments["addresses"], type=Addresses)
    assert advance.read(whole.declared.encode()).generation == generation
