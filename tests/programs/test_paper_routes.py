"""Where each sort of paper goes: slips and receipts on the roll where there is one, the rest as pages."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import pytest

from azpost_desk.devices.printers import FolderPrinter
from azpost_desk.devices.stand_ins import RecordedLabels, RecordedSound
from azpost_desk.documents import express
from azpost_desk.domain.papers import CopyState
from azpost_desk.programs.desk import Devices, paper_printer
from azpost_desk.programs.desk_parts import tray_of
from azpost_desk.services.print_jobs import Came
from azpost_desk.texts import Texts
from tests.documents import samples
from tests.documents.test_slips import PAPER as SLIP

if TYPE_CHECKING:
    from pathlib import Path

DAY = samples.RECEIPT.head.business_day.isoformat()


@dataclass
class Played:
    """Both printers; what came out of which."""

    came: list[str] = field(default_factory=list)
    proves: bool = True
    saves: bool = False

    def print_raster(self, raster: bytes) -> str:
        assert raster
        self.came.append("roll")
        return "the roll"

    def print_pdf(self, pdf: bytes, title: str) -> str:
        assert pdf.startswith(b"%PDF")
        self.came.append(title)
        return "the office"


@pytest.mark.parametrize(
    ("paper", "sort", "with_roll", "without"),
    [
        (SLIP, "slip", "roll", f"{DAY}_slip-a1b2c3d4e5"),
        (samples.RECEIPT, "receipt", "roll", f"{DAY}_receipt-{samples.RECEIPT.number}"),
        (
            samples.ABROAD_NUMBER,
            "abroad_number",
            "roll",
            f"{DAY}_abroad_number-{samples.ABROAD_NUMBER.number}-copy-1",
        ),
        (
            samples.ABROAD_ENQUIRY,
            "abroad_enquiry",
            "roll",
            f"{DAY}_abroad_enquiry-{samples.ABROAD_ENQUIRY.number}",
        ),
        (samples.CASH_MOVE, "cash_move", f"{DAY}_cash_move-{samples.CASH_MOVE.number}-duplicate-1", None),
    ],
)
def test_each_paper_finds_its_printer(paper: object, sort: str, with_roll: str, without: str | None) -> None:
    for roll, expected in ((True, with_roll), (False, without or with_roll)):
        played = Played()
        receipts = played if roll else None
        devices = Devices(pages=played, sound=RecordedSound(), receipts=receipts)  # type: ignore[arg-type]
        paper_printer(devices, lambda: "az")(paper, sort)  # type: ignore[arg-type]
        assert played.came == [expected]


@pytest.mark.parametrize("proves", [True, False])
def test_a_label_goes_to_its_printer_where_there_is_one(proves: bool) -> None:
    labels, pages = RecordedLabels(), Played(proves=proves)
    labels.dpi, labels.proves = 300, proves
    way: Literal["printed", "sent"] = "printed" if proves else "sent"
    for label in (labels, None):
        devices = Devices(pages=pages, sound=RecordedSound(), label=label)  # type: ignore[arg-type]
        came = paper_printer(devices, lambda: "az")(samples.LABEL, "label")
        assert came == Came(way, "labels" if label else "the office")
    [sent] = labels.printed
    # In the language of the customer, drawn for the dots of that printer.
    assert sent == express.label_zpl(samples.LABEL, Texts("az"), 300)
    assert pages.came == [f"{DAY}_label-{samples.LABEL.item}"]


def test_the_label_of_a_receptacle_goes_the_way_of_labels_and_is_called_by_its_s9() -> None:
    labels, pages = RecordedLabels(), Played(proves=True)
    for label in (labels, None):
        devices = Devices(pages=pages, sound=RecordedSound(), label=label)  # type: ignore[arg-type]
        paper_printer(devices, lambda: "az")(samples.RECEPTACLE_LABEL, "receptacle")
    assert len(labels.printed) == 1
    assert pages.came == [f"{DAY}_receptacle-{samples.RECEPTACLE_LABEL.s9}"]


@pytest.mark.parametrize("proves", [True, False])
def test_only_what_a_printer_proves_is_called_printed(proves: bool) -> None:
    for receipts in (Played(proves=proves), None):
        pages = Played(proves=proves)
        devices = Devices(pages=pages, sound=RecordedSound(), receipts=receipts)  # type: ignore[arg-type]
        prints = paper_printer(devices, lambda: "az")
        way: Literal["printed", "sent"] = "printed" if proves else "sent"
        assert prints(samples.RECEIPT, "receipt") == Came(way, "the roll" if receipts else "the office")
        assert prints(b"%PDF-1.4 a report", "report") == Came(way, "the office")


def test_a_file_is_called_by_its_day_and_by_which_copy_it_is_and_found_again(tmp_path: Path) -> None:
    devices = Devices(pages=FolderPrinter(tmp_path / "papers"), sound=RecordedSound())
    prints, tray = paper_printer(devices, lambda: "az", lambda: "2026-11-30"), tray_of(devices)
    assert tray is not None
    copy = replace(samples.RECEIPT, copy=CopyState("copy", 2))
    number = samples.RECEIPT.number
    assert tray.find(copy, "receipt") == ""
    for paper, sort, name in (
        (samples.RECEIPT, "receipt", f"{DAY}_receipt-{number}.pdf"),
        (copy, "receipt", f"{DAY}_receipt-{number}-copy-2.pdf"),
        (b"%PDF-1.4 a report", "report", "2026-11-30_report.pdf"),
        (b"%PDF-1.4 another", "report", "2026-11-30_report-2.pdf"),
    ):
        assert prints(paper, sort) == Came("saved", name)
        assert tray.find(paper, sort) == str(tmp_path / "papers" / name)
