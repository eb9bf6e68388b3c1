"""Every paper in every language: the text it holds, the same bytes for the same value, nothing cut off."""

from __future__ import annotations

import io
import time
import unicodedata
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
from pypdf import PdfReader
from reportlab.platypus import SimpleDocTemplate, Table, TableStyle

from azpost_desk.documents import (
    abroad,
    abroad_numbers,
    bag_labels,
    cash,
    cash_acts,
    customs,
    express,
    press,
    receipts,
    receptacle_labels,
    reports,
    roll,
    sheet,
    statements,
    transfers,
    typeface,
)
from azpost_desk.domain.electronic import Electronic
from azpost_desk.domain.money import azn
from azpost_desk.domain.papers import CopyState, ReceiptLine
from azpost_desk.texts import LANGUAGES, Texts
from tests.documents import samples

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).parents[1] / "golden" / "papers"
PAPERS: dict[str, tuple[Callable[[Any, Texts], bytes], Any]] = {
    "receipt": (receipts.receipt_pdf, samples.RECEIPT),
    "application": (transfers.application_pdf, samples.APPLICATION),
    "abroad": (abroad.abroad_pdf, samples.ABROAD),
    "abroad-number": (abroad_numbers.number_pdf, samples.ABROAD_NUMBER),
    "abroad-enquiry": (abroad_numbers.enquiry_pdf, samples.ABROAD_ENQUIRY),
    "abroad-answer": (abroad_numbers.enquiry_pdf, samples.ABROAD_ANSWER),
    "statement": (statements.statement_pdf, samples.STATEMENT),
    "voucher": (transfers.voucher_pdf, samples.VOUCHER),
    "label": (express.label_pdf, samples.LABEL),
    "bag-label": (bag_labels.bag_label_pdf, samples.BAG_LABEL),
    "receptacle-label": (receptacle_labels.receptacle_label_pdf, samples.RECEPTACLE_LABEL),
    "customs": (customs.customs_pdf, samples.CUSTOMS),
    "report": (reports.report_pdf, samples.REPORT),
    "till-close": (cash.till_close_pdf, samples.TILL_CLOSE),
    "cash-move": (cash.cash_move_pdf, samples.CASH_MOVE),
    "cash-act": (cash_acts.cash_act_pdf, samples.CASH_ACT),
}
EVERY = [(name, language) for name in PAPERS for language in LANGUAGES]


def text_of(pdf: bytes) -> str:
    """The text a reader would copy from `pdf`, with plain spaces."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    return "\n".join(pages).replace("\u00a0", " ")


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_the_text_is_the_golden_text(name: str, language: str) -> None:
    """To accept a wanted change: delete the golden file, run once, look at the difference, commit it."""
    draw, paper = PAPERS[name]
    text = text_of(draw(paper, Texts(language)))
    golden = GOLDEN / f"{name}-{language}.txt"
    if not golden.exists():
        golden.write_text(text + "\n", "utf-8")
        pytest.fail(f"{golden.name} was missing and is written now: read it")
    assert text + "\n" == golden.read_text("utf-8")


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_the_same_value_gives_the_same_bytes(name: str, language: str) -> None:
    draw, paper = PAPERS[name]
    assert draw(paper, Texts(language)) == draw(paper, Texts(language))


@pytest.mark.parametrize("name", PAPERS)
def test_one_door_draws_every_paper(name: str) -> None:
    draw, paper = PAPERS[name]
    texts = Texts("az")
    assert press.pdf(paper, texts) == draw(paper, texts)


def test_one_door_prints_what_belongs_on_the_roll() -> None:
    texts = Texts("az")
    assert press.raster(samples.RECEIPT, texts) == receipts.receipt_raster(samples.RECEIPT, texts)
    assert press.raster(samples.CASH_MOVE, texts) == cash.cash_move_raster(samples.CASH_MOVE, texts)


@pytest.mark.parametrize("name", PAPERS)
def test_the_time_of_the_document_is_the_time_of_its_record(name: str) -> None:
    draw, paper = PAPERS[name]
    later = replace(paper, head=replace(paper.head, recorded_at=samples.AT + 60_000))
    dates = [
        PdfReader(io.BytesIO(draw(value, Texts("az")))).metadata["/CreationDate"] for value in (paper, later)
    ]
    assert dates == ["D:20261123100507+00'00'", "D:20261123100607+00'00'"]


@pytest.mark.parametrize("name", PAPERS)
def test_demo_stands_on_every_paper_until_tariffs_are_approved(name: str) -> None:
    draw, paper = PAPERS[name]
    assert "DEMO" in text_of(draw(paper, Texts("az")))
    assert "DEMO" not in text_of(draw(replace(paper, head=samples.APPROVED), Texts("az")))


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_every_letter_is_in_our_embedded_font(name: str, language: str) -> None:
    draw, paper = PAPERS[name]
    fonts: dict[str, str] = {}

    def see(text: str, _cm: object, _tm: object, font: Any, _size: object) -> None:
        if text.strip():
            embedded = "/FontFile2" in font["/FontDescriptor"]
            fonts[str(font["/BaseFont"]).split("+")[-1]] = "embedded" if embedded else "missing"

    for page in PdfReader(io.BytesIO(draw(paper, Texts(language)))).pages:
        page.extract_text(visitor_text=see)
    assert fonts == {"NotoSans-Regular": "embedded", "NotoSans-Bold": "embedded"}


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_nothing_is_written_over_the_edge(name: str, language: str) -> None:
    draw, paper = PAPERS[name]
    name_of_office = "Naxçıvan Muxtar Respublikası Babək rayonu Nehrəm kəndi 3 nömrəli poçt şöbəsi"
    long = replace(
        paper, head=replace(paper.head, office=name_of_office, clerk="Məmmədquluzadə-Rüstəmbəyli A.")
    )
    for page in pypdfium2.PdfDocument(draw(long, Texts(language))):
        letters = page.get_textpage()
        width, height = page.get_size()
        outside = []
        for number in range(letters.count_chars()):
            left, bottom, right, top = letters.get_charbox(number)
            # Three millimetres of every edge stay empty; printers do not reach them.
            if right > left and not (left >= 8 and right <= width - 8 and bottom >= 4 and top <= height - 4):
                outside.append(letters.get_text_range(number, 1))
        assert "".join(outside) == ""


def test_letters_of_azerbaijan_and_the_manat_come_out_as_they_are() -> None:
    text = text_of(receipts.receipt_pdf(samples.RECEIPT, Texts("az")))
    assert samples.RECEIVER.name in unicodedata.normalize("NFC", text.replace("\n", " "))
    assert "303,87 ₼" in text


def test_the_code_is_on_receipt_and_voucher_and_never_on_the_application() -> None:
    texts = Texts("az")
    assert "123 456 7890" in text_of(receipts.receipt_pdf(samples.RECEIPT, texts))
    assert "123 456 7890" in text_of(transfers.voucher_pdf(samples.VOUCHER, texts))
    application = text_of(transfers.application_pdf(samples.APPLICATION, texts))
    assert "1234567890" not in "".join(char for char in application if char.isdigit())


@pytest.mark.parametrize(
    ("copy", "words"),
    [
        (CopyState("copy", 2), "SURƏT 2"),
        (CopyState("duplicate", 1), "ÇAPDAN ÇIXMAMIŞ SƏNƏDİN DUBLİKATI 1"),
    ],
)
def test_a_copy_and_a_duplicate_of_an_unprinted_are_told_apart(copy: CopyState, words: str) -> None:
    texts = Texts("az")
    original = text_of(receipts.receipt_pdf(samples.RECEIPT, texts))
    again = text_of(receipts.receipt_pdf(replace(samples.RECEIPT, copy=copy), texts))
    assert words in " ".join(again.split())
    assert words not in " ".join(original.split())


def test_a_reversal_names_the_receipt_it_undoes_and_money_goes_back() -> None:
    undone = replace(samples.RECEIPT, reversal_of="3-000411", total_due=azn(-8_50))
    text = text_of(receipts.receipt_pdf(undone, Texts("az")))
    assert "Ləğv edilən qəbz: 3-000411" in text
    assert "Müştəriyə verilib" in text
    assert "\n8,50 ₼" in text or " 8,50 ₼" in text


def test_a_receipt_of_sixty_lines_keeps_every_line() -> None:
    lines = tuple(ReceiptLine(f"Xidmət {number:02}", azn(number), fee=azn(1)) for number in range(60))
    text = text_of(receipts.receipt_pdf(replace(samples.RECEIPT, lines=lines), Texts("az")))
    assert [number for number in range(60) if f"Xidmət {number:02}" not in text] == []


@pytest.mark.parametrize("word", ["Ünvançı" * 30, "Hüseynova-Məmmədquluzadə " * 8])
def test_no_line_is_wider_than_its_room_and_no_letter_is_lost(word: str) -> None:
    lines = typeface.wrap(word.strip(), 9, 120)
    assert "".join(lines).replace(" ", "") == word.replace(" ", "")
    assert max(typeface.width(line, 9) for line in lines) <= 120


def test_a_report_that_is_not_whole_says_so_first() -> None:
    text = text_of(reports.report_pdf(samples.REPORT, Texts("az")))
    assert text.index("İLKİN HESABAT") < text.index("Xidmətlər üzrə")
    whole = replace(samples.REPORT, provisional=(), stage="closed")
    closed = text_of(reports.report_pdf(whole, Texts("az")))
    assert "İLKİN HESABAT" not in closed
    assert "ARALIQ HESABAT" not in closed
    assert "Gün bağlanıb" in closed


def test_control_totals_that_differ_are_marked() -> None:
    text = text_of(reports.report_pdf(samples.REPORT, Texts("az")))
    assert text.count("UYĞUN DEYİL") == 1
    assert text.count("uyğundur") == 1


def test_the_electronic_share_is_cut_never_rounded_up() -> None:
    assert samples.REPORT.electronic_ppm == 364_000
    assert replace(samples.REPORT, tenders=()).electronic_ppm is None


def test_the_electronic_share_stands_on_count_sheet_and_report_by_sum_and_by_baskets() -> None:
    close = text_of(cash.till_close_pdf(samples.TILL_CLOSE, Texts("en")))
    assert "Electronic share: 36.4% (8,146.50 ₼) · cash 14,213.43 ₼" in close
    assert "Paid out, refunded and reversed: 7,515.00" in close
    report = text_of(reports.report_pdf(samples.REPORT, Texts("en")))
    for text in (close, report):
        assert "by card or QR 103, of these without cash 90 · cash only 287 · paid out 41" in text
    # What a desk has not told is no nought.
    assert "Baskets:" not in text_of(reports.report_pdf(replace(samples.REPORT, baskets=None), Texts("en")))
    nothing = Electronic(0, 0, 0, None)
    empty = text_of(cash.till_close_pdf(replace(samples.TILL_CLOSE, electronic=nothing), Texts("en")))
    assert "nothing was paid" in empty


def test_every_page_of_a_long_report_has_head_number_and_demo() -> None:
    paper = replace(samples.REPORT, operations=samples.operations(300))
    pages = PdfReader(io.BytesIO(reports.report_pdf(paper, Texts("az")))).pages
    assert len(pages) > 6
    for number, page in enumerate(pages, start=1):
        text = page.extract_text()
        assert f"Səhifə {number} /" in text
        assert "DEMO" in text
    assert "3-000299" in pages[-1].extract_text()


def test_ten_thousand_operations_cost_no_more_than_reportlabs_own_table() -> None:
    """The limit of performance.md: 1.5 times the time reportlab takes for the same rows in its own table."""
    texts = Texts("az")
    rows = samples.operations(10_000)
    paper = replace(samples.REPORT, operations=rows)
    typeface.width.cache_clear()
    begun = time.perf_counter()
    reports.report_pdf(paper, texts)
    ours = time.perf_counter() - begun
    begun = time.perf_counter()
    _reportlabs_table(rows, texts)
    limit = time.perf_counter() - begun
    assert ours <= 1.5 * limit, f"{ours:.2f} s against {limit:.2f} s"


def _reportlabs_table(rows: tuple[Any, ...], texts: Texts) -> None:
    cells = [
        [
            texts.seconds_time(row.recorded_at),
            row.desk,
            row.receipt,
            row.title,
            texts.amount(row.money_in),
            texts.amount(row.money_out),
            texts.amount(row.fee),
            row.clerk,
        ]
        for row in rows
    ]
    widths = [share * sheet.ROOM / 8.8 for share in (0.8, 0.6, 1, 2.3, 1, 1, 0.9, 1.2)]
    style = TableStyle(
        [
            ("FONT", (0, 0), (-1, -1), typeface.REGULAR, 8),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, sheet.LINE),
            ("ALIGN", (4, 0), (6, -1), "RIGHT"),
        ]
    )
    table = Table(cells, colWidths=widths, rowHeights=14.4, style=style)
    SimpleDocTemplate(io.BytesIO(), invariant=1).build([table])


STRANGE = "გიორგი 王\u202e小"


def renamed(value: Any) -> Any:
    """A paper on which people and places have names that our font cannot write."""
    if isinstance(value, str):
        for name in (samples.RECEIVER.name, samples.SENDER.name, "Bakı"):
            value = value.replace(name, STRANGE)
        return value
    if isinstance(value, tuple):
        return tuple(map(renamed, value))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{one.name: renamed(getattr(value, one.name)) for one in fields(value) if one.init}
        )
    return value


@pytest.mark.parametrize("name", PAPERS)
def test_where_a_name_stands_something_stands(name: str) -> None:
    draw, paper = PAPERS[name]
    text = text_of(draw(renamed(paper), Texts("az")))
    sign = typeface.UNKNOWN
    assert text.count(sign * 6) > text_of(draw(paper, Texts("az"))).count(sign)
    assert not set(STRANGE) - {" "} & set(text)


def test_a_sign_for_what_has_no_letter_is_burnt_into_the_roll_too() -> None:
    strange, empty = roll.Roll(), roll.Roll()
    strange.text("გიორგი")
    empty.text("")
    assert strange.image().getbbox() is not None
    dark = [sum(byte.bit_count() for byte in one.image().tobytes()) for one in (strange, empty)]
    assert dark[0] < dark[1]


def test_what_writes_nothing_takes_no_place() -> None:
    assert typeface.drawn("A\u200bs\u00adla\u202en") == "Aslan"
    assert typeface.drawn("O\u0308zil\tƏli\u00a0₼") == "Özil Əli\u00a0₼"
    assert typeface.width("As\u200blan", 9) == typeface.width("Aslan", 9)


LONG_NAME = "Məhəmmədəliyeva-Hacıbəyzadə Gülşən Əbdürrəhman qızı (vəkil Şükürov Ələddin Zülfüqar oğlu)"
LONG_STREET = (
    "Əhmədbəy Ağaoğlu və Həsən bəy Zərdabi küçələrinin kəsişməsi, 145/147, blok 3, giriş 2, mənzil 148"
)
LONG_PLACE = "Naxçıvan Muxtar Respublikası, Şərur rayonu, Cəlilkənd kəndi"


@pytest.mark.parametrize("name", PAPERS)
def test_demo_stands_clear_of_every_line_and_letter(name: str) -> None:
    draw, paper = PAPERS[name]
    for page in pypdfium2.PdfDocument(draw(paper, Texts("az"))):
        letters = page.get_textpage()
        every = [letters.get_charbox(at) for at in range(letters.count_chars())]
        lines = [
            one.get_bounds() for one in page.get_objects() if one.type == pypdfium2.raw.FPDF_PAGEOBJ_PATH
        ]
        found, places = letters.search("DEMO", match_case=True), []
        while (at := found.get_next()) is not None:
            places.append(at[0])
        assert len(places) >= (1 if name in ("label", "bag-label", "receptacle-label") else 2)
        for first in places:
            own = every[first : first + 4]
            stamp = _around(own)
            # What stands wholly around it is its frame, its band or the edge of a label.
            frames = [line for line in lines if _holds(line, stamp)]
            around = min(frames, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]), default=stamp)
            others = every[:first] + every[first + 4 :]
            assert not [box for box in others if box[2] > box[0] and _meet(box, stamp)]
            crossing = [line for line in lines if _meet(line, around) and not _holds(line, around)]
            assert [line for line in crossing if not _holds(around, line)] == []


def test_a_label_shrinks_its_text_to_its_boxes_and_loses_no_letter() -> None:
    block = replace(
        samples.LABEL.addressee,
        name=LONG_NAME,
        street=LONG_STREET,
        settlement=LONG_PLACE,
        country="AZERBAIJAN",
    )
    service = "EMS · ölkədaxili sürətli çatdırılma xidməti"
    office = "Bakı şəhəri Xətai rayonu 25 nömrəli mərkəzləşdirilmiş poçt şöbəsi, Nobel prospekti filialı"
    paper = replace(
        samples.LABEL,
        sender=block,
        addressee=block,
        service=service,
        extras=(
            "Bəyan olunmuş dəyər 150,00 ₼",
            "Çatdırma haqqında xəbərnamə",
            "Ünvançının özünə təqdim",
            "Kövrək",
        ),
        head=replace(samples.LABEL.head, office=office),
    )
    page = pypdfium2.PdfDocument(express.label_pdf(paper, Texts("az")))[0]
    letters = page.get_textpage()
    read = letters.get_text_range().replace("\r\n", "").replace(" ", "")
    for text in (LONG_NAME, LONG_STREET, LONG_PLACE):
        assert read.count(text.replace(" ", "")) == 2
    for text in (service, office, "Kövrək"):
        assert text.replace(" ", "") in read
    assert "…" not in read
    rules = [
        box[1]
        for one in page.get_objects()
        if one.type == pypdfium2.raw.FPDF_PAGEOBJ_PATH
        and (box := one.get_bounds())[3] - box[1] < 2 < box[2] - box[0]
    ]
    boxes = [letters.get_charbox(at) for at in range(letters.count_chars())]
    crossed = [box for box in boxes if box[2] > box[0] and any(box[1] < rule < box[3] for rule in rules)]
    assert len(rules) == 4
    assert crossed == []
    assert max(box[2] for box in boxes) <= express.WIDTH - 8
    # What is short stays as large as ever.
    assert typeface.fit([("Gəncə", 14, True)], 200, 40, 1.34) == [("Gəncə", 14, True)]


@pytest.mark.parametrize(("missing", "left"), [("postcode", "Gəncə şəhəri"), ("settlement", "AZ2000")])
def test_no_comma_stands_alone_where_a_part_of_an_address_is_missing(missing: str, left: str) -> None:
    block = replace(samples.LABEL.addressee, **{missing: ""})
    lines = text_of(express.label_pdf(replace(samples.LABEL, addressee=block), Texts("az"))).splitlines()
    assert left in lines
    nameless = replace(samples.RECEIPT, head=replace(samples.RECEIPT.head, voen=""))
    assert "VÖEN" not in text_of(receipts.receipt_pdf(nameless, Texts("az")))
    nameless_sheet = replace(samples.REPORT, head=replace(samples.REPORT.head, voen=""))
    assert "VÖEN" not in text_of(reports.report_pdf(nameless_sheet, Texts("az")))


def test_the_hours_are_the_branchs_and_name_the_desks_they_lack() -> None:
    lacking = text_of(reports.report_pdf(replace(samples.REPORT, without_hours=(4, 6)), Texts("en")))
    assert "Operations by hour · without desk 4, 6" in lacking
    whole = text_of(reports.report_pdf(replace(samples.REPORT, without_hours=()), Texts("en")))
    assert "Operations by hour" in whole
    assert "without" not in whole.split("Operations by hour")[1].splitlines()[0]


def test_a_weight_bears_its_unit_in_every_language() -> None:
    shown = [Texts(code).t("papers.line.item", number="EE 1", weight_grams=12_250) for code in LANGUAGES]
    plain = {text.replace("\u00a0", " ") for text in shown}
    assert plain == {"EE 1 · 12,250 kq", "EE 1 · 12,250 кг", "EE 1 · 12.250 kg"}


Box = tuple[float, float, float, float]


def _around(boxes: list[Box]) -> Box:
    left, bottom, right, top = zip(*boxes, strict=True)
    return min(left), min(bottom), max(right), max(top)


def _holds(outer: Box, inner: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
