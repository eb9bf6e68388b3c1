"""A label is out when nothing waits in its printer any more; what stopped half-way never comes out later."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from PIL import Image

from azpost_desk.devices.byte_lines import FileLine, TcpLine
from azpost_desk.devices.label_printers import ZplPrinter
from azpost_desk.devices.stand_ins import RecordedLabels
from azpost_desk.devices.virtual_labels import ZplDecoder
from azpost_desk.devices.virtual_printer import Fault, VirtualPrinter
from azpost_desk.documents import express, zpl
from azpost_desk.domain.papers import CopyState
from azpost_desk.domain.refusals import Trouble
from azpost_desk.texts import LANGUAGES, Texts
from tests.documents import samples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from azpost_desk.devices.ports import LabelPrinter
    from azpost_desk.documents.dots import Dpi

TIMEOUT_MS = 1_000
LABEL = express.label_zpl(samples.LABEL, Texts("az"))


@dataclass
class Bench:
    """A label printer with what a test needs to look behind it."""

    printer: LabelPrinter
    break_down: Callable[[Fault | None], None]
    printed: Callable[[], int]


@pytest.fixture(params=["network", "stand-in"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with ExitStack() as closing:
        if request.param == "network":
            virtual = closing.enter_context(VirtualPrinter(decoder=ZplDecoder))
            yield Bench(
                ZplPrinter(TcpLine("127.0.0.1", virtual.port), timeout_ms=TIMEOUT_MS),
                lambda fault: setattr(virtual, "fault", fault),
                lambda: len(virtual.papers),
            )
            assert virtual.strange == b""
        else:
            recorded = RecordedLabels()
            yield Bench(recorded, recorded.fail, lambda: len(recorded.printed))


def test_a_label_that_returned_is_out(bench: Bench) -> None:
    assert bench.printer.proves
    for count in (1, 2):
        bench.printer.print_label(LABEL)
        assert bench.printed() == count
    assert bench.printer.state().trouble is None


@pytest.mark.parametrize(
    ("fault", "code"),
    [("hangs", "D-040"), ("out_of_paper", "D-041"), ("cover_open", "D-042"), ("refuses", "D-012")],
)
def test_a_fault_has_its_code_and_costs_its_timeout(bench: Bench, fault: Fault, code: str) -> None:
    bench.break_down(fault)
    begun = time.monotonic()
    with pytest.raises(Trouble) as trouble:
        bench.printer.print_label(LABEL)
    assert trouble.value.code == code
    assert time.monotonic() - begun < TIMEOUT_MS / 1000 + 0.5
    assert bench.printed() == 0
    bench.break_down(None)
    bench.printer.print_label(LABEL)
    assert bench.printed() == 1


def test_labels_that_end_half_way_are_forgotten_and_come_out_no_second_time() -> None:
    """The roll ends under the label: a printer that is told nothing would print it when it is changed."""
    heard = bytearray()
    answers = [b"0,0,0,0,0", b"0,1,0,0,0"]
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            while data := connection.recv(65_536):
                heard.extend(data)
                while answers and heard.count(zpl.ASK_STATUS) > 2 - len(answers):
                    line = answers.pop(0)
                    connection.sendall(b"".join(b"\x02%b\x03\r\n" % one for one in (line, b"0", b"0")))

    with server:
        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(Trouble) as trouble:
            ZplPrinter(TcpLine(*server.getsockname()[:2]), timeout_ms=TIMEOUT_MS).print_label(LABEL)
        thread.join()
    assert trouble.value.code == "D-040"
    assert heard.endswith(zpl.CANCEL)
    assert b"^JZN" in heard


def test_a_printer_that_never_answers_is_not_asked_and_proves_nothing(tmp_path: Path) -> None:
    place = tmp_path / "lp1"
    place.touch()
    printer = ZplPrinter(FileLine(place), answers=False)
    assert not printer.proves
    assert printer.print_label(LABEL) == str(place)
    assert place.read_bytes() == LABEL
    assert printer.state().trouble is None
    assert ZplPrinter(FileLine(tmp_path / "gone"), answers=False).state().trouble == "D-012"


def _status(
    first: str = "030,0,0,1198,000,0,0,0,000,0,0,0", second: str = "001,0,0,0,0,2,4,0,00000000,1,000"
) -> bytes:
    return b"".join(b"\x02%b\x03\r\n" % line.encode() for line in (first, second, "1234,0"))


@pytest.mark.parametrize(
    ("received", "told"),
    [
        (b"", None),
        (b"\x02030,0,0,1198\x03\r\n\x02000,0,0,0\x03\r\n", None),
        (b"noise\x020,0,0,0,0,0\x03\x020,0,0,0,0,0,0,0,0\x03\x020\x03", 0),
        (b"\x020,1,1,0,2\x03\x020,0,1,1,0,0,0,0,3\x03\x020\x03", 0b11111),
        # Each alone, at its place in what a printer really says.
        (_status("030,1,0,1198,000,0,0,0,000,0,0,0"), zpl.PAPER_OUT),
        (_status("030,0,1,1198,000,0,0,0,000,0,0,0"), zpl.PAUSED),
        (_status("030,0,0,1198,001,0,0,0,000,0,0,0"), zpl.BUSY),
        (_status("030,0,0,1198,000,1,0,0,000,0,0,0"), 0),
        (_status("030,0,0,1198,000,0,0,1,000,0,0,0"), zpl.BUSY),
        (_status(second="001,0,1,0,0,2,4,0,00000000,1,000"), zpl.HEAD_OPEN),
        (_status(second="001,0,0,1,0,2,4,0,00000000,1,000"), zpl.RIBBON_OUT),
        (_status(second="001,0,0,0,1,2,4,1,00000000,1,000"), 0),
        (_status(second="001,0,0,0,0,2,4,0,00000001,1,000"), zpl.BUSY),
        (b"\x02\x03\x02,,x\x03\x02\x03", 0),
    ],
)
def test_what_a_printer_says_of_itself(received: bytes, told: int | None) -> None:
    assert zpl.status_in(received, zpl.ASK_STATUS) == told


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_sent_is_the_label_to_a_decoder_of_others(language: str, dpi: Dpi) -> None:
    """zebrafy decodes it, zxing-cpp reads its bars; and what our stand-in keeps is the same picture."""
    from zebrafy import ZebrafyZPL

    paper = replace(samples.LABEL, copy=CopyState("copy", 2))
    sent = express.label_zpl(paper, Texts(language), dpi)
    [picture] = ZebrafyZPL(sent.decode("ascii")).to_images()
    drawn = express.label_image(paper, Texts(language), dpi)
    assert picture.crop((0, 0, *drawn.size)).tobytes() == drawn.tobytes()
    # What fills up the last byte of a row is as white as the label: never a black label, never a stripe.
    black = picture.convert("L").histogram()[0]
    assert black == drawn.convert("L").histogram()[0]
    assert 0.03 < black / (picture.width * picture.height) < 0.2
    [code] = zxingcpp.read_barcodes(picture.convert("L"))
    assert (code.text, code.format) == (paper.item, zxingcpp.BarcodeFormat.Code128)
    decoder = ZplDecoder()
    for start in range(0, len(sent), 97):
        decoder.feed(sent[start : start + 97])
    decoder.feed(zpl.ASK_STATUS * 2)
    [printed] = decoder.papers
    rows = bytes(byte ^ 0xFF for byte in printed.rows)
    assert Image.frombytes("1", picture.size, rows).tobytes() == picture.tobytes()
    assert decoder.strange == b""


def test_a_copy_bears_its_number_on_the_label() -> None:
    """The same place is empty on the label itself: no two labels of an item look alike."""
    texts, pictures = Texts("az"), []
    for copy in (CopyState(), CopyState("copy", 1), CopyState("copy", 2), CopyState("duplicate", 1)):
        paper = replace(samples.LABEL, extras=(), copy=copy)
        strip = express.label_image(paper, texts).crop((40, 118, 760, 150))
        pictures.append(strip.tobytes())
        assert (strip.convert("L").histogram()[0] == 0) == (copy.kind == "original")
    assert len(set(pictures)) == 4
