"""Every paper is drawn from the committed row, in three languages; printing never touches money."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pypdf
import pytest
import zxingcpp
from PIL import Image

from azpost_desk.devices.virtual_labels import ZplDecoder
from azpost_desk.devices.virtual_printer import VirtualPrinter
from azpost_desk.documents import express, press
from azpost_desk.domain import papers
from azpost_desk.domain.electronic import Electronic
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Parties, Person
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.reports import Baskets
from azpost_desk.domain.transfer_codes import shown_transfer_code, transfer_code
from azpost_desk.programs.desk import Around
from azpost_desk.programs.desk_parts import devices_of, paper_printer
from azpost_desk.services.express import AcceptItem
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.payments import PayBill
from azpost_desk.services.report_papers import report_paper
from azpost_desk.services.transfers import ClaimTransfer, SendTransfer
from azpost_desk.texts import Texts
from tests.fakes.line import PlayedTransfer
from tests.services.counters import CLERK, MANAGER, RECEIVER, SENDER, Stand, approval

if TYPE_CHECKING:
    from pathlib import Path

LANGUAGES = ("az", "ru", "en")


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def drawn(paper: papers.Paper | bytes) -> dict[str, str]:
    """The words on a paper in every language."""
    assert not isinstance(paper, bytes)
    return {code: text_of(press.pdf(paper, Texts(code))) for code in LANGUAGES}


def jobs_of(stand: Stand, sort: str) -> list[papers.Paper | bytes]:
    desk = stand.desk
    return [desk.papers.of_job(job) for job in desk.papers.waiting() if job.paper == sort]


def sell_everything(stand: Stand) -> None:
    """One basket with every service that needs no other desk."""
    desk = stand.desk
    desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    desk.payments.pay(PayBill("0101", "12345678", azn(2_000)), CLERK)
    desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(5_000), "family"), CLERK)
    where = Person(name="Abbasova Lalə", address="Nizami küçəsi 9", postcode="AZ1000", settlement="Bakı")
    service = desk.express.prices("AZ1000", 1_240)[0].service
    desk.express.accept(AcceptItem(SENDER_AT_HOME, where, 1_240, service), CLERK)
    stand.pay(20_000)


SENDER_AT_HOME = Person(name=SENDER.name, phone=SENDER.phone, address="Atatürk prospekti 2")


def test_a_receipt_says_every_line_of_the_record(stand: Stand) -> None:
    sell_everything(stand)
    [receipt] = jobs_of(stand, "receipt")
    assert isinstance(receipt, papers.ReceiptPaper)
    assert len(receipt.lines) == 4
    assert receipt.head.demo
    code = receipt.lines[2].code
    assert code is not None
    for text in drawn(receipt).values():
        assert receipt.number in text
        assert receipt.record_mark in text
        assert shown_transfer_code(code) in text.replace("\u00a0", " ")


def test_the_application_names_both_and_never_the_code(stand: Stand) -> None:
    sell_everything(stand)
    [application] = jobs_of(stand, "application")
    [receipt] = jobs_of(stand, "receipt")
    assert isinstance(receipt, papers.ReceiptPaper)
    code = receipt.lines[2].code
    assert code is not None
    for language, text in drawn(application).items():
        assert SENDER.name in text, language
        assert RECEIVER.name in text
        assert "identity_card" not in text
        assert code not in text.replace(" ", "").replace("\u00a0", "")


def test_the_label_bears_number_and_both_addresses(stand: Stand) -> None:
    sell_everything(stand)
    [label] = jobs_of(stand, "label")
    assert isinstance(label, papers.LabelPaper)
    for text in drawn(label).values():
        assert "Abbasova Lalə" in text
        assert "AZ1000" in text


def test_a_weight_that_was_typed_bears_a_mark_on_label_and_receipt(stand: Stand) -> None:
    where = Person(name="Abbasova Lalə", address="Nizami küçəsi 9", postcode="AZ1000", settlement="Bakı")
    service = stand.desk.express.prices("AZ1000", 1_240)[0].service
    for typed in (False, True):
        command = AcceptItem(SENDER_AT_HOME, where, 1_240, service, weight_typed=typed)
        stand.desk.express.accept(command, CLERK)
    stand.pay(20_000)
    words = {"az": "əl ilə", "ru": "вручную", "en": "typed"}
    labels = [drawn(label) for label in jobs_of(stand, "label")]
    [receipt] = [drawn(receipt) for receipt in jobs_of(stand, "receipt")]
    for language, word in words.items():
        weighed, typed_one = (re.sub(r"\s", " ", label[language]) for label in labels)
        assert f"*{word}" in typed_one
        assert re.search(r"1[.,]240 \w+\*", typed_one)
        assert "*" not in weighed
        line = re.sub(r"\s", " ", receipt[language])
        assert len(re.findall(r"1[.,]240 \w+\*", line)) == 1
        assert line.count(f"*{word}") == 1


def test_a_label_that_did_not_come_out_is_printed_again_with_its_number(stand: Stand, tmp_path: Path) -> None:
    """From the paid basket through desk.toml and a socket onto the label, and read back from there."""
    with VirtualPrinter(decoder=ZplDecoder) as roll:
        (tmp_path / "desk.toml").write_text(f'label = "zpl:127.0.0.1:{roll.port}"\n', "utf-8")
        devices = devices_of(tmp_path)
        prints, queue = paper_printer(devices, lambda: "az"), stand.desk.papers

        def print_all() -> None:
            while queue.print_next(prints):
                pass

        print_all()
        sell_everything(stand)
        [label] = jobs_of(stand, "label")
        assert isinstance(label, papers.LabelPaper)
        around = Around(stand.books, devices, None)  # type: ignore[arg-type]  # no backups are asked for
        for fault, trouble in (("cover_open", "D-042"), ("out_of_paper", "D-041"), (None, "")):
            roll.fault = fault  # type: ignore[assignment]
            assert around.printer() == trouble
        roll.fault = "out_of_paper"
        print_all()
        [job] = queue.waiting()
        assert (job.paper, job.state, job.trouble, roll.papers) == ("label", "failed", "D-041", ())
        roll.fault = None
        queue.retry(job, CLERK)
        print_all()
        assert (queue.waiting(), roll.strange) == ([], b"")
        [printed] = roll.papers
    again = replace(label, copy=papers.CopyState("duplicate", 1))
    wanted = express.label_image(again, Texts(label.language or "az"))
    rows = bytes(byte ^ 0xFF for byte in printed.rows)
    burnt = Image.frombytes("1", (printed.width_dots, printed.height_dots), rows)
    assert burnt.crop((0, 0, *wanted.size)).tobytes() == wanted.tobytes()
    assert [code.text for code in zxingcpp.read_barcodes(burnt.convert("L"))] == [label.item]


def test_the_voucher_names_receiver_sender_and_amount_in_words(stand: Stand) -> None:
    code = transfer_code("900000001")
    parties = Parties(code=code, sender=SENDER, receiver=RECEIVER)
    stand.line.transfers[code] = PlayedTransfer("0197-transfer", 5_000, parties)
    claimed = stand.desk.transfers.claim(ClaimTransfer(code, azn(5_000), "Əliyev Vüqar"), CLERK)
    stand.desk.transfers.plan_payout(claimed.grant, RECEIVER, CLERK)
    stand.pay()
    [voucher] = jobs_of(stand, "voucher")
    words = drawn(voucher)
    assert "əlli manat" in words["az"].lower()
    for text in words.values():
        assert RECEIVER.name in text
        assert SENDER.name.split()[0] in text


def test_cash_papers_and_the_reversal_are_drawn(stand: Stand) -> None:
    stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    paid = stand.pay(120)
    with stand.books.reading() as books:
        entry = books.settlement(paid.receipt)
        assert entry is not None
        line = books.paid_line(entry.body.lines[0].operation)  # type: ignore[attr-defined]  # a settlement
    assert line is not None
    operation = stand.desk.counter.new_id()
    undone = stand.desk.baskets.reverse(CLERK, line, operation, "səhv", approval(operation))
    reversal = stand.desk.papers.receipt(undone.receipt, papers.CopyState())
    assert reversal.reversal_of == paid.receipt
    assert reversal.total_due == azn(-120)
    for text in drawn(reversal).values():
        assert paid.receipt in text
    stand.desk.tills.move(CLERK, "to_safe", "drop", {1_000: 5})
    with stand.books.reading() as books:
        balance = books.till().balance.minor
    stand.desk.tills.close(CLERK, {1: balance})
    for sort in ("cash_move", "till_close"):
        for paper in jobs_of(stand, sort):
            assert all(drawn(paper).values())
    [close] = jobs_of(stand, "till_close")
    assert isinstance(close, papers.TillClosePaper)
    # One basket in cash, one that gave it back: what went out is in no share.
    share = Electronic(0, 120, 120, Baskets(cash_only=1, out=1))
    assert (close.electronic, share.ppm, share.baskets_ppm) == (share, 0, 0)
    assert report_paper(stand.desk.reports.interim(MANAGER)).baskets == share.baskets


def test_a_report_is_drawn_in_three_languages(stand: Stand) -> None:
    sell_everything(stand)
    report = report_paper(stand.desk.reports.interim(MANAGER))
    assert all(total.equal for total in report.control)
    for text in drawn(report).values():
        assert "payment.resolved" not in text
        assert MANAGER.name in text


def test_copies_and_duplicates_are_counted_apart(stand: Stand) -> None:
    stand.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
    paid = stand.pay(60)
    desk = stand.desk

    def broken(_paper: papers.Paper | bytes, _sort: str) -> None:
        raise Trouble("D-003")

    while desk.papers.print_next(broken):
        pass
    [lost] = [job for job in desk.papers.waiting() if job.paper == "receipt"]
    assert (lost.state, lost.trouble) == ("failed", "D-003")
    # One key prints again whatever came of it: first what never came out, then a copy.
    desk.papers.again(paid.receipt, CLERK)
    desk.papers.again(paid.receipt, CLERK)
    seen: list[papers.CopyState] = []

    def prints(paper: papers.Paper | bytes, _sort: str) -> None:
        if isinstance(paper, papers.ReceiptPaper):
            seen.append(paper.copy)

    while desk.papers.print_next(prints):
        pass
    assert seen == [papers.CopyState("duplicate", 1), papers.CopyState("copy", 1)]


def test_a_paper_that_cannot_be_drawn_blocks_nothing_behind_it(stand: Stand) -> None:
    """A fault of the program while drawing leaves its job to be offered again; the next one is printed."""
    for _ in range(2):
        stand.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
        stand.pay(60)
    printed: list[str] = []

    def once_broken(paper: papers.Paper | bytes, sort: str) -> None:
        if isinstance(paper, papers.ReceiptPaper) and "fault" not in printed:
            printed.append("fault")
            raise ZeroDivisionError
        printed.append(sort)

    while True:
        try:
            if stand.desk.papers.print_next(once_broken) is None:
                break
        except ZeroDivisionError:
            continue
    assert "receipt" in printed
    [stuck] = [job for job in stand.desk.papers.waiting() if job.paper == "receipt"]
    assert stuck.state == "printing"


def test_no_receipt_no_paper(stand: Stand) -> None:
    with pytest.raises(Refused, match="B-040"):
        stand.desk.papers.receipt("0001-999999", papers.CopyState())
