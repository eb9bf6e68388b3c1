"""What screens read: codes, items, people, paper, pins, reports, the one box."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Staff
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol import news as tidings
from azpost_desk.services import views
from tests.storage.desks import documents

if TYPE_CHECKING:
    from tests.storage.play import Player

OPENING = ("open_day", "supply", "open_till", "to_till", "stock")


@pytest.fixture
def selling(player: Player) -> Player:
    for act in OPENING:
        assert player.play(act)
    return player


def test_a_code_and_a_number_belong_to_their_operation(selling: Player) -> None:
    with selling.books.writing() as books:
        code, number = books.take_transfer_code("a"), books.take_item_number("a")
        assert (books.take_transfer_code("a"), books.take_item_number("a")) == (code, number)
        assert books.take_transfer_code("b") != code
        assert books.take_item_number("b") != number
        assert (books.codes_left(), books.item_numbers_left()) == (198, 998)
        assert number == item_number("EE", 10_000)


def test_pools_run_out_with_a_refusal(selling: Player) -> None:
    with selling.books.writing() as books:
        for taken in range(200):
            books.take_transfer_code(str(taken))
        books.connection.exec_driver_sql("UPDATE item_ranges SET next = last")
        books.take_item_number("last")
        with pytest.raises(Refused, match="T-030"):
            books.take_transfer_code("more")
        with pytest.raises(Refused, match="E-030"):
            books.take_item_number("more")


def test_a_customer_is_found_by_any_word_fin_document_and_phone(selling: Player) -> None:
    selling.play("send_transfer")
    with selling.books.reading() as books:
        for typed in ("Алиев", "vuqar", "aliyev vu", "5XYZ123", "5xyz123", "AA1234567", "+994501112233"):
            (found,) = books.customers(typed)
            assert found.name == "Əliyev Vüqar Rauf oğlu"
        assert books.customers("nobody") == books.customers(" ") == []
        (known,) = books.known_receivers(found.customer)
        assert (known.name, known.phone) == ("Həsənova Leyla", "+994551112233")


def test_the_one_box_finds_transfer_receipt_item_bill_and_customer(selling: Player) -> None:
    for act in ("send_transfer", "take_bill", "accept_item"):
        selling.play(act)
    with selling.books.reading() as books:
        (transfer,) = books.transfers(1)
        assert books.transfer_by_code(transfer.code) == transfer
        assert books.search(transfer.code)[0] == views.Found(
            "transfer", transfer.transfer, transfer.code, "Həsənova Leyla"
        )
        assert [one.kind for one in books.search("4201-")] == ["receipt"] * 3
        assert [one.kind for one in books.search("ee0001")] == ["item"]
        assert [one.kind for one in books.search("12340")] == ["payment"]
        assert [one.kind for one in books.search("aliyev")] == ["customer"]
        assert books.search("") == []
        settled = books.settlement("4201-000001")
        assert settled is not None
        assert settled == books.entry(settled.recorded.operation)
        assert books.settlement("4201-999999") is None
        assert (books.last_receipt(), books.next_receipt()) == ("4201-000003", "4201-000004")


def test_a_line_knows_its_attachment_and_its_reversal(selling: Player) -> None:
    selling.play("send_transfer")
    operation = selling.sold[-1][0].operation
    selling.play("reverse_last")
    with selling.books.reading() as books:
        line = books.paid_line(operation)
        assert line is not None
        assert line.line == selling.sold[-1][0]
        assert set(line.attachments) == {"parties"}
        assert (line.date, bool(line.reversed_by)) == ("2026-12-01", True)
        assert books.attachment(operation, f"{operation}:parties") == line.attachments["parties"]
        reversal = books.paid_line(line.reversed_by)
        assert reversal is not None
        assert books.entries(1)[0].approved_by == "1004"
        transfer = books.transfer(operation)
        assert transfer is not None
        assert transfer.state == "reversed"
        assert books.exposure("transfers").minor == 0
        assert books.paid_line("unknown") is None


def test_items_are_announced_until_they_are_scanned_and_a_voided_scan_stays(selling: Player) -> None:
    selling.play("item_news")
    with selling.books.reading() as books:
        assert books.announced("0007") == books.announced("07") == ["EE000100007AZ"]
        assert books.announced("9999") == []
    selling.play("scan")
    with selling.books.writing() as books:
        assert books.announced("0007") == []
        (scan,) = books.scans(1)
        books.append(
            ops.ScanVoided(scan=scan.recorded.operation, number="EE000100007AZ", reason="wrong item"),
            actor="1003",
            operation="void",
        )
        events = books.item_events("EE000100007AZ")
        assert [(one.event, one.here, one.voided) for one in events] == [
            ("EMC", False, False),
            ("EMD", True, True),
        ]
        assert len(books.scans(1)) == 2


def test_paper_waits_fails_and_is_counted(selling: Player) -> None:
    with selling.books.writing() as books:
        job = books.queue_paper("receipt", "4201-000001")
        books.move_print_job(job, "failed", "D-010")
        books.move_print_job(job, "printed")
        (one,) = books.print_jobs(("printed",))
        assert (one.job, one.tries, one.trouble) == (job, 2, "")
        assert books.print_jobs(("waiting",)) == []
        for count in (1, 2):
            books.append(
                ops.PaperReprinted(receipt="4201-000001", sort="copy", count=count),
                actor="1002",
                operation=f"copy-{count}",
            )
        assert (books.reprints("4201-000001", "copy"), books.reprints("4201-000001", "duplicate")) == (2, 0)


def test_a_closed_report_is_stored_bytes(selling: Player) -> None:
    with selling.books.writing() as books:
        books.store_report("2026-12-01", b"%PDF")
        books.store_report("2026-12-01", b"%PDF")
        assert books.closed_report("2026-12-01") == b"%PDF"
        assert books.closed_report("2026-12-02") is None
        with pytest.raises(Refused, match="G-067"):
            books.store_report("2026-12-01", b"other")


def test_a_pin_set_here_counts_until_the_centre_sends_another(selling: Player) -> None:
    with selling.books.writing() as books:
        books.set_tries("1002", 5, 60_000)
        assert _officer(books.officer("1002")) == ("hash-1002", 5, 60_000)
        books.set_pin("1002", "mine")
        assert _officer(books.officer("1002")) == ("mine", 0, 0)
        books.set_tries("1002", 1, 0)
        assert _officer(books.officer("1002")) == ("mine", 1, 0)
        assert books.officer("9999") is None
    staff = documents()["staff"]
    assert isinstance(staff, Staff)
    newer = Staff(
        officers=tuple(msgspec.structs.replace(one, pin_hash=f"new-{one.officer}") for one in staff.officers)
    )
    told = tidings.Reference(
        name="staff", version=2, valid_from="2026-12-01", content=msgspec.Raw(msgspec.json.encode(newer))
    )
    selling.tell("reference", told)
    with selling.books.reading() as books:
        assert _officer(books.officer("1002"))[0] == "new-1002"


def _officer(one: views.OfficerAtDesk | None) -> tuple[str, int, int]:
    assert one is not None
    return one.pin_hash, one.wrong_tries, one.wait_ms


def test_the_basket_comes_back_as_it_was_saved(selling: Player) -> None:
    line = ops.GoodsSold(
        operation="l", sku="ST-60", quantity=1, price_qapik=60, amount_qapik=60, vat_qapik=0, tariff="t"
    )
    planned = views.PlannedLine(line, (("l:note", b"s" * 16, b"{}"),), "Marka", "1 ədəd", "scan")
    basket = views.Basket("b", "1002", (planned,), 5, "ru")
    with selling.books.writing() as books:
        assert books.basket() is None
        books.save_basket(basket)
        books.save_basket(dataclasses.replace(basket, language="az"))
        assert books.basket() == dataclasses.replace(basket, language="az")
        books.drop_basket()
        assert books.basket() is None


def test_a_days_postings_and_what_the_till_had_before(selling: Player) -> None:
    selling.play("sell_stamps")
    for act in ("close_till", "close_day", "open_day", "open_till", "sell_stamps"):
        assert selling.play(act)
    with selling.books.reading() as books:
        assert books.till_before(1).minor == 0
        assert books.till_before(2).minor == 20_125
        assert {kind for kind, _ in books.posted(2)} == {"settlement"}
        assert [posting for _, posting in books.posted(2)] == [one for _, one in books.postings(2)]
        assert [day.date for day in books.days()] == ["2026-12-02", "2026-12-01"]
        assert len(list(books.records(1))) + len(list(books.records(2))) == len(list(books.records()))
