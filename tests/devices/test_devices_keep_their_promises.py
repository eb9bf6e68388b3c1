"""The contracts of `devices.ports`, run on the real parts and on the stand-ins alike."""

from __future__ import annotations

import os
import socket
import stat
import sys
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from azpost_desk.devices.byte_lines import FileLine, TcpLine
from azpost_desk.devices.printers import EscPosDrawer, EscPosPrinter, FolderPrinter, LpPrinter
from azpost_desk.devices.stand_ins import RecordedDrawer, RecordedReceipts
from azpost_desk.devices.virtual_printer import EscPosDecoder, Fault, VirtualPrinter
from azpost_desk.documents import escpos
from azpost_desk.domain.refusals import Trouble
from azpost_desk.programs.desk_parts import PaperTray
from azpost_desk.texts import LANGUAGES, Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from azpost_desk.devices.ports import CashDrawer, PagePrinter, ReceiptPrinter

TIMEOUT_MS = 1_000
# As many rows as a receipt of three lines has.
RECEIPT = escpos.picture(bytes(range(72)) * 1_000)
# More than the buffers between two ends of a socket hold: here writing itself has to wait.
LONG_RECEIPT = escpos.picture(bytes(range(72)) * 80_000)

pty = pytest.importorskip("pty", reason="a device file stood in for by a terminal needs POSIX")


@dataclass
class ReceiptBench:
    """A receipt printer with what a test needs to look behind it."""

    printer: ReceiptPrinter
    break_down: Callable[[Fault | None], None]
    printed: Callable[[], int]


class TerminalPrinter:
    """The decoder at the far end of a pseudo-terminal, as a printer behind its device file."""

    def __init__(self) -> None:
        import tty

        self._far, self._near = pty.openpty()
        # A terminal would translate line ends and echo; a printer's device file does neither.
        tty.setraw(self._near)
        self.path = os.ttyname(self._near)
        self.decoder = EscPosDecoder()
        self.fault: Fault | None = None
        self._stop, self._stopped = os.pipe()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        os.write(self._stopped, b"x")
        self._thread.join()
        for descriptor in (self._far, self._near, self._stop, self._stopped):
            os.close(descriptor)

    def _serve(self) -> None:
        import select

        taken = 0
        while True:
            hangs = self.fault == "hangs" and taken > VirtualPrinter.HANGS_AFTER
            deaf = hangs or self.fault == "refuses"
            ready, _, _ = select.select([self._stop] if deaf else [self._stop, self._far], [], [])
            if self._stop in ready:
                return
            self.decoder.fault = self.fault
            data = os.read(self._far, 500)
            taken += len(data)
            os.write(self._far, self.decoder.feed(data))


@pytest.fixture(params=["network", "device file", "stand-in"])
def bench(request: pytest.FixtureRequest) -> Iterator[ReceiptBench]:
    with ExitStack() as closing:
        if request.param == "network":
            virtual = closing.enter_context(VirtualPrinter())
            yield ReceiptBench(
                EscPosPrinter(TcpLine("127.0.0.1", virtual.port), TIMEOUT_MS),
                lambda fault: setattr(virtual, "fault", fault),
                lambda: len(virtual.papers),
            )
        elif request.param == "device file":
            from pathlib import Path

            terminal = TerminalPrinter()
            closing.callback(terminal.close)
            yield ReceiptBench(
                EscPosPrinter(FileLine(Path(terminal.path)), TIMEOUT_MS),
                lambda fault: setattr(terminal, "fault", fault),
                lambda: len(terminal.decoder.papers),
            )
        else:
            recorded = RecordedReceipts()
            yield ReceiptBench(recorded, recorded.fail, lambda: len(recorded.printed))


def test_a_receipt_that_returned_is_on_paper(bench: ReceiptBench) -> None:
    bench.printer.print_raster(RECEIPT)
    bench.printer.print_raster(RECEIPT)
    assert bench.printed() == 2
    assert bench.printer.state().trouble is None


@pytest.mark.parametrize(
    ("fault", "code"),
    [("hangs", "D-002"), ("out_of_paper", "D-003"), ("cover_open", "D-004"), ("refuses", "D-001")],
)
def test_a_fault_has_its_code_and_nothing_is_cut_off(bench: ReceiptBench, fault: Fault, code: str) -> None:
    bench.break_down(fault)
    begun = time.monotonic()
    with pytest.raises(Trouble) as trouble:
        bench.printer.print_raster(RECEIPT)
    assert trouble.value.code == code
    assert time.monotonic() - begun < TIMEOUT_MS / 1000 + 0.5
    assert bench.printed() == 0


def test_a_printer_that_stops_reading_costs_its_timeout_however_long_the_receipt() -> None:
    with VirtualPrinter() as virtual:
        virtual.fault = "hangs"
        begun = time.monotonic()
        with pytest.raises(Trouble) as trouble:
            EscPosPrinter(TcpLine("127.0.0.1", virtual.port), TIMEOUT_MS).print_raster(LONG_RECEIPT)
        assert trouble.value.code == "D-002"
        assert time.monotonic() - begun < TIMEOUT_MS / 1000 + 0.5


@pytest.mark.parametrize("fault", ["out_of_paper", "cover_open", "refuses"])
def test_the_state_knows_before_printing(bench: ReceiptBench, fault: Fault) -> None:
    bench.break_down(fault)
    assert bench.printer.state().trouble is not None
    assert bench.printer.state().place


def test_a_mended_printer_prints_again(bench: ReceiptBench) -> None:
    bench.break_down("out_of_paper")
    with pytest.raises(Trouble):
        bench.printer.print_raster(RECEIPT)
    bench.break_down(None)
    bench.printer.print_raster(RECEIPT)
    assert bench.printed() == 1


@pytest.mark.parametrize(
    ("said", "is_printed"),
    [
        (b"\x12", False),  # ready by its first two answers, then silence
        (b"\x12\x10\x00\x00\x00", False),  # it says by itself that something changed
        (b"\x12\x10\x00\x0c\x00", False),
        (b"\xff" * 300, False),
        (b"\x11\x13\x91", False),
        (b"\x10\x00\x00\x00\x12\x00", True),  # said by itself before it answered
        (b"\x12\x00", True),
        (b"\x12\x03", True),  # the roll is near its end
        (b"\x12\x0c", False),  # the roll ended under this very paper
        (b"\x12\x0f", False),
    ],
)
def test_only_an_answer_to_the_question_says_that_it_is_printed(said: bytes, is_printed: bool) -> None:
    """The same words are sent behind every question; the last one is only sent by a printer that printed."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        way, _ = server.accept()
        with way, suppress(OSError):
            while data := way.recv(65536):
                if b"\x10\x04" in data or b"\x1dr\x01" in data:
                    way.sendall(said)

    thread = threading.Thread(target=serve)
    thread.start()
    printer = EscPosPrinter(TcpLine(*server.getsockname()[:2]), 600)
    if is_printed:
        printer.print_raster(RECEIPT)
    else:
        with pytest.raises(Trouble, match=r"D-00[12]"):
            printer.print_raster(RECEIPT)
    thread.join()
    server.close()


def test_a_printer_that_cannot_answer_is_sent_to_and_proves_nothing() -> None:
    with VirtualPrinter() as virtual:
        virtual.fault = "out_of_paper"
        silent = EscPosPrinter(TcpLine("127.0.0.1", virtual.port), 4_000, answers=False)
        silent.print_raster(RECEIPT)
        assert not silent.proves
        assert EscPosPrinter(TcpLine("127.0.0.1", virtual.port), answers=False).state().trouble is None


def test_a_switched_off_printer_and_a_missing_file_do_not_answer(tmp_path: Path) -> None:
    with VirtualPrinter() as virtual:
        port = virtual.port
    for line in (TcpLine("127.0.0.1", port), FileLine(tmp_path / "lp0")):
        with pytest.raises(Trouble) as trouble:
            EscPosPrinter(line, TIMEOUT_MS).print_raster(RECEIPT)
        assert trouble.value.code == "D-001"
        assert EscPosPrinter(line, TIMEOUT_MS).state().trouble == "D-001"


def test_the_printer_got_the_very_picture() -> None:
    with VirtualPrinter() as virtual:
        EscPosPrinter(TcpLine("127.0.0.1", virtual.port), 10_000).print_raster(LONG_RECEIPT)
        assert virtual.papers[0].rows == bytes(range(72)) * 80_000
        assert virtual.strange == b""


def test_the_drawer_opens_and_says_when_it_cannot() -> None:
    with VirtualPrinter() as virtual:
        drawer: CashDrawer = EscPosDrawer(TcpLine("127.0.0.1", virtual.port), TIMEOUT_MS)
        drawer.open()
        assert virtual.kicks == 1
        assert drawer.state().trouble is None
    recorded = RecordedDrawer()
    recorded.open()
    assert recorded.opened == 1
    recorded.trouble = "D-007"
    for broken in (drawer, recorded):
        with pytest.raises(Trouble) as trouble:
            broken.open()
        assert trouble.value.code == "D-007"
        assert broken.state().trouble == "D-007"


PDF = b"%PDF-1.4 a page"


def test_a_folder_keeps_every_document_under_a_safe_name(tmp_path: Path) -> None:
    printer: PagePrinter = FolderPrinter(tmp_path / "papers")
    assert printer.state().trouble is None
    for title in ("Qəbz 3-000412", "Qəbz 3-000412", "../../etc/passwd", ""):
        printer.print_pdf(PDF, title)
    names = sorted(path.name for path in (tmp_path / "papers").iterdir())
    assert names == ["Qəbz-3-000412-2.pdf", "Qəbz-3-000412.pdf", "etc-passwd.pdf", "paper.pdf"]
    assert {path.read_bytes() for path in (tmp_path / "papers").iterdir()} == {PDF}


@pytest.mark.skipif(sys.platform == "win32", reason="rights of files are of another kind there")
def test_what_lies_in_the_tray_is_its_owners_alone(tmp_path: Path) -> None:
    """A-18: names, documents and addresses lay in papers/ in clear, for everybody and for ever."""
    folder = tmp_path / "papers"
    folder.mkdir(mode=0o755)
    before = os.umask(0)
    try:
        FolderPrinter(folder).print_pdf(PDF, "application")
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()] == [0o600]


@pytest.mark.parametrize("hours", [-25, 25])
def test_after_a_day_the_tray_is_empty_whatever_the_clock_was(tmp_path: Path, hours: int) -> None:
    folder = tmp_path / "papers"
    FolderPrinter(folder).print_pdf(PDF, "of yesterday")
    (old,) = folder.iterdir()
    at = time.time() - hours * 3600
    os.utime(old, (at, at))
    beside = folder / "notes.txt"
    beside.write_text("somebody else's", "utf-8")
    # The next paper takes it out, and so does the next start.
    FolderPrinter(folder, kept_hours=None).print_pdf(PDF, "kept for ever")
    assert old.exists()
    FolderPrinter(folder).print_pdf(PDF, "of today")
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["kept-for-ever.pdf", "notes.txt", "of-today.pdf"]
    at = time.time() - 25 * 3600
    os.utime(folder / "of-today.pdf", (at, at))
    FolderPrinter(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["kept-for-ever.pdf", "notes.txt"]


def test_what_is_no_paper_keeps_no_paper_in_the_tray_and_is_no_paper(tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    tray = PaperTray(FolderPrinter(folder))
    # Behind whichever of them the folder is read.
    for name in ("a", "m", "z"):
        (folder / f"report-{name}.pdf").mkdir(parents=True)
        (folder / f"report-{name}-2.pdf").symlink_to(tmp_path / "gone")
    outside = tmp_path / "outside.pdf"
    outside.write_bytes(PDF)
    (folder / "report-9.pdf").symlink_to(outside)
    assert (tray.find(PDF, "report"), tray.printer.find("report")) == ("", [])
    tray.printer.print_pdf(PDF, "report")
    kept = folder / "report.pdf"
    assert (tray.find(PDF, "report"), tray.printer.find("report")) == (str(kept), [kept])
    at = time.time() - 25 * 3600
    for path in folder.iterdir():
        os.utime(path, (at, at), follow_symlinks=False)
    FolderPrinter(folder)
    assert not [path for path in folder.iterdir() if not path.is_dir()]
    assert outside.exists()


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "papers").write_text("a file where the folder should be", "utf-8")
    printer = FolderPrinter(tmp_path / "papers")
    assert printer.state().trouble == "D-005"
    with pytest.raises(Trouble) as trouble:
        printer.print_pdf(PDF, "report")
    assert trouble.value.code == "D-005"


def _program(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)
    return str(path)


def test_lp_gets_the_document_its_title_and_its_queue(tmp_path: Path) -> None:
    program = _program(tmp_path / "lp", f'echo "$@" > {tmp_path}/words; cat > {tmp_path}/document')
    LpPrinter("office", program=program).print_pdf(PDF, "Gündəlik hesabat")
    assert (tmp_path / "words").read_text("utf-8") == "-d office -t Gündəlik hesabat -\n"
    assert (tmp_path / "document").read_bytes() == PDF


@pytest.mark.parametrize("script", ["exit 1", "exec tail -f /dev/null"])
def test_lp_that_refuses_or_hangs_costs_its_timeout(tmp_path: Path, script: str) -> None:
    printer = LpPrinter(program=_program(tmp_path / "lp", script), timeout_ms=TIMEOUT_MS)
    begun = time.monotonic()
    with pytest.raises(Trouble) as trouble:
        printer.print_pdf(PDF, "report")
    assert trouble.value.code == "D-006"
    assert time.monotonic() - begun < TIMEOUT_MS / 1000 + 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_trouble_of_a_device_has_its_sentence(language: str) -> None:
    texts = Texts(language)
    numbers = [*range(1, 14), 40, 41, 42]
    assert len({texts.refusal(Trouble(f"D-{number:03}", place="usb")) for number in numbers}) == 16
