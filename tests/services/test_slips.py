"""Slips as the desk owes and prints them: signed with their record, the same code when printed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pypdfium2
import pytest
import zxingcpp

from azpost_desk.documents import press
from azpost_desk.domain import operations as ops
from azpost_desk.domain import reports
from azpost_desk.domain.hours import Hour
from azpost_desk.domain.papers import Say
from azpost_desk.domain.papers_slips import SlipPaper
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol import slips
from azpost_desk.protocol.news import Reference
from azpost_desk.texts import Texts
from tests.services.counters import CLERK, MANAGER, Stand
from tests.services.paper import NEIGHBOUR, close, head, signed, tell, tell_key
from tests.storage.desks import DESK_KEY, documents

if TYPE_CHECKING:
    from azpost_desk.domain.papers import Paper


def printed(stand: Stand) -> list[SlipPaper]:
    """Print everything that is owed; the slips of it."""
    papers: list[SlipPaper] = []

    def printer(paper: Paper | bytes, _sort: str) -> None:
        if isinstance(paper, SlipPaper):
            papers.append(paper)

    while stand.desk.papers.print_next(printer) is not None:
        pass
    return papers


def qr_of(paper: SlipPaper) -> str:
    page = pypdfium2.PdfDocument(press.pdf(paper, Texts("az")))[0]
    image = page.render(scale=203 / 72, grayscale=True).to_pil()
    # What a signature's modules look like by chance in another symbology is no code of the paper.
    (code,) = zxingcpp.read_barcodes(image, zxingcpp.BarcodeFormat.QRCode)
    return code.text


def test_every_remittance_comes_with_a_slip_that_its_own_record_stands_behind(stand: Stand) -> None:
    recorded = stand.desk.tills.issue(CLERK, "2002-2", "till", {1_000: 2})
    (paper,) = printed(stand)
    read = slips.read_code(qr_of(paper))
    assert read.is_by(DESK_KEY.public())
    slip = read.slip
    assert isinstance(slip, slips.RemittanceSlip)
    assert (slip.sequence, slip.mark.hex(), slip.id()) == (
        recorded.sequence,
        recorded.mark,
        recorded.operation,
    )
    assert (slip.from_desk, slip.to_desk, slip.pieces, slip.amount_qapik) == (
        "2002-1",
        "2002-2",
        ((1_000, 2),),
        2_000,
    )
    assert paper.copy.kind == "original"


def test_a_slip_that_never_came_out_is_printed_again_with_the_same_code(stand: Stand) -> None:
    stand.desk.tills.issue(CLERK, "2002-2", "till", {1_000: 2})

    def jammed(_paper: Paper | bytes, sort: str) -> None:
        if sort == "slip":
            raise Trouble("D-001")

    while (job := stand.desk.papers.print_next(jammed)) is not None and job.paper != "slip":
        pass
    (failed,) = stand.desk.papers.waiting()
    before = stand.desk.papers.of_job(failed)
    stand.desk.papers.retry(failed, CLERK)
    (again,) = printed(stand)
    assert isinstance(before, SlipPaper)
    assert (again.code, again.copy.kind) == (before.code, "duplicate")


@pytest.mark.parametrize(("online", "safe_desk", "owed"), [(False, 2, 1), (True, 2, 0), (False, 1, 0)])
def test_a_close_is_on_paper_only_without_a_line_and_for_another_desk(
    stand: Stand, online: bool, safe_desk: int, owed: int
) -> None:
    """The desk that holds the safe is the one that the others close to."""
    stand.line.online = online
    branch = _branch(stand, safe_desk)
    stand.desk.tills.close(CLERK, {1_000: 20})
    recorded = stand.desk.reports.close_day(MANAGER, stand.desk.press)
    papers = printed(stand)
    assert len(papers) == owed
    for paper in papers:
        slip = slips.read_code(qr_of(paper)).slip
        assert isinstance(slip, slips.CloseSlip)
        assert (slip.sequence, slip.hash.hex()[:10]) == (recorded.sequence, recorded.mark)
        assert slip.to_desk == f"2002-{branch}"
        (closed,) = stand.bodies(ops.DayClosed)
        assert isinstance(closed, ops.DayClosed)
        # How baskets were paid is told on the line only.
        told = _figures(closed.figures)
        assert slip.figures() == msgspec.structs.replace(told, baskets=msgspec.UNSET)
        assert paper.title == Say("papers.slip.close")


def _branch(stand: Stand, safe_desk: int) -> int:
    content = msgspec.structs.replace(documents((1, 2))["branch"], safe_desk=safe_desk)
    raw = msgspec.Raw(msgspec.json.encode(content))
    tell(stand.books, "reference", Reference(name="branch", version=2, valid_from="2026-01-01", content=raw))
    return safe_desk


def _figures(text: str) -> object:
    return reports.decode(text)


def test_a_refused_remittance_leaves_no_slip(stand: Stand) -> None:
    with pytest.raises(Refused, match="C-022"):
        stand.desk.tills.issue(CLERK, "2002-2", "till", {20_000: 9})
    assert printed(stand) == []


def test_a_close_on_paper_brings_no_hours_and_the_centres_word_of_it_does(stand: Stand) -> None:
    """The chart names the desk it lacks; what is no hours of these receipts stays unknown."""
    tell_key(stand.books)
    stand.desk.slips.announce_close(MANAGER, signed(close(), NEIGHBOUR))
    report = stand.desk.reports.interim(MANAGER)
    assert (report.branch.receipts, report.hours, report.without_hours) == (1, (), (2,))
    tell(stand.books, "desk.head", head(hours="[[10,7,100,0,0]]"))
    assert stand.desk.reports.interim(MANAGER).without_hours == (2,)
    tell(stand.books, "desk.head", head(hours="[[10,1,100,0,0]]"))
    report = stand.desk.reports.interim(MANAGER)
    assert (report.hours, report.without_hours) == ((Hour(10, 1, 100, 0, 0),), ())
    assert stand.books.rebuild() == []
    # An older centre tells of the close without its hours: what is known stays.
    tell(stand.books, "desk.head", head())
    assert stand.desk.reports.interim(MANAGER).without_hours == ()
