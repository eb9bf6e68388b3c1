"""Where each sort of paper goes: slips and receipts on the roll where there is one, the rest as pages."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from azpost_desk.devices.stand_ins import RecordedSound
from azpost_desk.programs.desk import Devices, paper_printer
from tests.documents import samples
from tests.documents.test_slips import PAPER as SLIP


@dataclass
class Played:
    """Both printers; what came out of which."""

    came: list[str] = field(default_factory=list)
    proves: bool = True

    def print_raster(self, raster: bytes) -> None:
        assert raster
        self.came.append("roll")

    def print_pdf(self, pdf: bytes, title: str) -> None:
        assert pdf.startswith(b"%PDF")
        self.came.append(title)


@pytest.mark.parametrize(
    ("paper", "sort", "with_roll", "without"),
    [
        (SLIP, "slip", "roll", "slip-a1b2c3d4e5"),
        (samples.RECEIPT, "receipt", "roll", f"receipt-{samples.RECEIPT.number}"),
        (samples.CASH_MOVE, "cash_move", f"cash_move-{samples.CASH_MOVE.number}", None),
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
def test_only_what_a_printer_proves_is_called_printed(proves: bool) -> None:
    for receipts in (Played(proves=proves), None):
        pages = Played(proves=proves)
        devices = Devices(pages=pages, sound=RecordedSound(), receipts=receipts)  # type: ignore[arg-type]
        prints = paper_printer(devices, lambda: "az")
        assert prints(samples.RECEIPT, "receipt") == (None if proves else "sent")
        assert prints(b"%PDF-1.4 a report", "report") == (None if proves else "sent")
