"""Training of a clerk: each task done wrongly and then rightly at a desk, and told from its books."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from azpost_desk.central.checking import check
from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.lines.goods import GoodsSold
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Person
from azpost_desk.domain.staff import Role
from azpost_desk.programs import demo, training
from azpost_desk.programs.desk import SystemClock, devices_of, open_counter
from azpost_desk.rehearsal.course import Course
from azpost_desk.rehearsal.lessons import Lesson, Seen, course
from azpost_desk.services.counter import Approval, Officer
from azpost_desk.services.express import AcceptItem
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.payments import PayBill
from azpost_desk.services.scan_items import ScanItem
from azpost_desk.services.transfers import SendTransfer
from tests.stories.town import LEYLA

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.stories.town import Seat

RASHAD = Person(
    name="Məmmədov Rəşad Elçin oğlu",
    fin="5KL2M7A",
    document="AA1234567",
    document_kind="identity_card",
    phone="+994502123344",
    address="Gəncə, Nizami 1",
)


def missed(lessons: Course) -> list[str]:
    return [one.name for one in lessons.check().misses]


def sell(seat: Seat, given_qapik: int, **goods: int) -> None:
    for sku, quantity in goods.items():
        seat.services.shop.sell(SellGoods(sku.replace("_", "-"), quantity), seat.clerk)
    seat.pay(given_qapik)


def undo(seat: Seat, sku: str) -> None:
    """The newest line of these goods, with the supervisor's consent."""
    with seat.books.reading() as look:
        entries = look.entries(look.day().number)
        sold = [
            line
            for entry in entries
            if isinstance(entry.body, ops.Settlement)
            for line in entry.body.lines
            if isinstance(line, GoodsSold) and line.sku == sku
        ]
        line = look.paid_line(sold[0].operation)
    assert line is not None
    operation = str(uuid.uuid4())
    consent = Approval(seat.supervisor.officer, seat.supervisor.role, operation)
    seat.services.baskets.reverse(seat.clerk, line, operation, "qaytarıldı", consent)


def named(*names: str) -> tuple[Lesson, ...]:
    return tuple(one for one in course() if one.name in names)


def stocked(seat: Seat) -> None:
    for sku in ("E-C6", "S060", "S030", "P-S"):
        seat.services.tills.stock(seat.clerk, sku, 50, "T-1")


def test_goods_are_held_against_the_task_and_a_wrong_sale_that_was_undone_does_not_count(ganja: Seat) -> None:
    stocked(ganja)
    lessons = Course(ganja.books, lambda down: None, named("goods", "undo"))
    assert missed(lessons) == ["nothing"]
    sell(ganja, 500, E_C6=2, S060=2)
    assert missed(lessons) == ["goods"]
    undo(ganja, "E-C6")
    undo(ganja, "S060")
    assert missed(lessons) == ["nothing"]
    sell(ganja, 300, E_C6=3, S060=2)
    assert missed(lessons) == ["given"]
    undo(ganja, "E-C6")
    undo(ganja, "S060")
    sell(ganja, 500, E_C6=3, S060=2)
    assert missed(lessons) == []
    task = lessons.task()
    assert task is not None
    assert (task.number, task.of, task.name) == (2, 2, "undo")
    # What was undone before the task was set is not this task's.
    assert missed(lessons) == ["nothing"]
    undo(ganja, "S060")
    assert missed(lessons) == ["other_line"]
    undo(ganja, "E-C6")
    assert missed(lessons) == []
    assert lessons.task() is None
    assert lessons.score() == (0, 2)


def test_money_mail_and_scans_name_each_thing_that_is_not_as_it_was_asked(ganja: Seat) -> None:
    ganja.services.tills.stock(ganja.clerk, "S030", 50, "T-1")
    lessons = Course(ganja.books, lambda down: None, named("bill", "transfer", "item", "arrival"))
    pay = ganja.services.payments
    pay.pay(PayBill("1001", "1034567890", azn(3_800)), ganja.clerk)
    ganja.pay(10_000)
    assert missed(lessons) == ["account", "amount"]
    pay.pay(PayBill("1001", "1012345678", azn(3_845)), ganja.clerk)
    ganja.pay(10_000)
    assert missed(lessons) == []
    send = ganja.services.transfers
    for sender, receiver, qapik, wrong in (
        (LEYLA, "Həsənova Günay", 2_000, ["sender", "receiver", "amount"]),
        (RASHAD, "Həsənova Günel", 20_000, []),
    ):
        to = Person(name=receiver, phone="+994552123344")
        send.send(SendTransfer(sender, to, azn(qapik), "family", None), ganja.clerk)
        ganja.pay(30_000)
        assert missed(lessons) == wrong
    for name, grams, postcode, wrong in (
        ("Əliyev Kənan", 705, "AZ5500", ["addressee", "weight", "postcode"]),
        ("Əliyev Kamran", 750, "AZ1010", []),
    ):
        to = Person(name=name, phone="+994512345678", address="Nizami küçəsi 10", postcode=postcode)
        ganja.services.express.accept(AcceptItem(RASHAD, to, grams, "ems_domestic"), ganja.clerk)
        ganja.pay(5_000)
        assert missed(lessons) == wrong
    task = lessons.task()
    assert task is not None
    number = str(task.facts["number"])
    scan = ganja.services.tracking.scan
    assert scan(ScanItem(item_number("RR", 4_712), "EMG"), ganja.clerk).verdict == "saved"
    assert missed(lessons) == ["number"]
    assert scan(ScanItem(number, "EMG"), ganja.clerk).verdict == "saved"
    assert missed(lessons) == []
    assert lessons.score() == (0, 4)


def test_the_line_is_cut_for_the_task_off_line_and_the_till_is_counted_again_until_it_is_right(
    ganja: Seat,
) -> None:
    stocked(ganja)
    cuts: list[bool] = []
    lessons = Course(ganja.books, cuts.append, named("off_line", "till"))
    assert cuts == [True]
    sell(ganja, 120, S030=4)
    assert missed(lessons) == []
    assert cuts == [True, False]
    task = lessons.task()
    assert task is not None
    assert task.facts == {"amount": azn(ganja.till_qapik())}
    right, rest = divmod(ganja.till_qapik(), 100)
    ganja.services.tills.close(ganja.clerk, {100: right, 1: rest + 5})
    assert missed(lessons) == ["difference"]
    ganja.services.tills.open(ganja.clerk)
    right, rest = divmod(ganja.till_qapik(), 100)
    ganja.services.tills.close(ganja.clerk, {100: right, 1: rest})
    assert missed(lessons) == []
    assert lessons.score() == (1, 2)


def test_a_card_is_what_it_was_paid_by() -> None:
    (lesson,) = named("card")

    def seen(tender: str) -> Seen:
        line = GoodsSold(
            operation="a", sku="P-S", quantity=1, price_qapik=150, amount_qapik=150, vat_qapik=23, tariff="t"
        )
        sale = ops.Settlement(
            basket="b",
            receipt="1",
            lines=(line,),
            tenders=(ops.Tender(operation="c", tender=tender, amount_qapik=150),),
            cash_given_qapik=0,
            change_qapik=0,
            language="az",
        )
        return Seen([sale], lambda _slot: None)

    assert [one.name for one in lesson.misses(seen("cash"))] == ["tender"]
    assert lesson.misses(seen("card")) == []


def test_the_right_number_under_another_event_is_said_to_be_that() -> None:
    (lesson,) = named("arrival")
    number = str(lesson.facts["number"])
    scans = [ops.ItemScanned(number=number, event=event, office="2002") for event in ("EDH", "EMG")]
    assert [one.name for one in lesson.misses(Seen(scans[:1], lambda _slot: None))] == ["event"]
    assert lesson.misses(Seen(scans, lambda _slot: None)) == []


def test_a_training_begins_at_an_open_till_and_its_card_is_paid_at_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A keyring that works, as on a counter where somebody trains.
    kept: dict[tuple[str, str], str] = {}
    monkeypatch.setattr(
        "keyring.set_password", lambda service, name, value: kept.update({(service, name): value})
    )
    monkeypatch.setattr("keyring.get_password", lambda service, name: kept.get((service, name)))
    clock = SystemClock()
    with demo.town(tmp_path, clock) as place:
        training.open_day(place, clock)
        folder = place.folders[1]
        counter = open_counter(folder, place.lines[1].url, clock, devices_of(folder), lambda: "az")
        try:
            clerk = Officer("1001", "Nigar Əliyeva", Role.CLERK, "az")
            lessons = Course(counter.books, lambda down: None, named("card"))
            basket = counter.services.shop.sell(SellGoods("P-S", 1), clerk)
            assert missed(lessons) == ["nothing"]
            counter.services.cards.purchase(clerk, basket.basket)
            assert missed(lessons) == []
            with counter.books.reading() as look:
                assert look.till().holder == "1001"
        finally:
            counter.close()
        assert [one.broken for one in check(place.dsn) if not one.ok] == []
    assert kept == {}
