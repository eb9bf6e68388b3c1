"""desk.toml is read whole or refused with its line: no counter opens with half of what its file says."""

from __future__ import annotations

import re
from pathlib import Path

import keyring
import keyring.errors
import pytest

from azpost_desk.devices.label_printers import ZplPrinter
from azpost_desk.domain.refusals import Trouble
from azpost_desk.programs import backup, check, desk, tool
from azpost_desk.programs.desk import copies_of, devices_of, scanner_gap_of, scanner_of
from azpost_desk.programs.desk_parts import serial_of
from azpost_desk.programs.desk_settings import DeskSettings, settings_of

pytestmark = pytest.mark.fast
README = Path(__file__).parents[2] / "README.md"


def write(folder: Path, content: str | bytes) -> None:
    said = content.encode() if isinstance(content, str) else content
    (folder / "desk.toml").write_bytes(said)


def test_without_a_file_or_a_line_everything_is_as_usual(tmp_path: Path) -> None:
    assert settings_of(tmp_path) == DeskSettings()
    assert scanner_gap_of(tmp_path) == 0
    write(tmp_path, 'pages = "folder"\n')
    assert settings_of(tmp_path) == DeskSettings()
    assert copies_of(tmp_path) == (tmp_path / "backups", None)


def test_a_file_saved_by_notepad_is_read(tmp_path: Path) -> None:
    write(tmp_path, b'\xef\xbb\xbfscanner_gap_ms = 60\r\nreceipts = "tcp:10.0.0.5:9100"\r\n')
    assert scanner_gap_of(tmp_path) == 60
    assert devices_of(tmp_path).receipts is not None


@pytest.mark.parametrize("place", ["zvt:10.0.0.5:20007#28004869", "tcp:10.0.0.5:20007"])
def test_the_terminal_speaks_as_its_line_says(tmp_path: Path, place: str) -> None:
    write(tmp_path, f'terminal = "{place}"\nterminal_password = "123456"\nterminal_dialect = "goods"\n')
    terminal = devices_of(tmp_path).terminal
    assert terminal is not None
    assert terminal.place == "10.0.0.5:20007"
    assert type(terminal).__name__ == {"zvt": "ZvtTerminal", "tcp": "EcrTerminal"}[place[:3]]


def test_every_line_of_the_readme_is_understood_and_none_is_missing(tmp_path: Path) -> None:
    block = re.search(r"```\n(receipts = .*?)```", README.read_text("utf-8"), re.DOTALL)
    assert block is not None
    write(tmp_path, block[1].replace("PORT", "9100"))
    settings_of(tmp_path)
    assert set(re.findall(r"^(\w+) =", block[1], re.MULTILINE)) == set(DeskSettings.__struct_fields__)


WRONG = [
    ('pages = "folder"\nreceipt = "x"\n', 2, "receipt"),
    ('pages = "folder"\n\npages = "lp"\n', 3, ""),
    ("pages = 5\n", 1, "str"),
    ('scanner_gap_ms = "60"\n', 1, "int"),
    ("scanner_gap_ms = true\n", 1, "int"),
    ("scanner_gap_ms = 9\n", 1, "10"),
    ("scanner_gap_ms = 151\n", 1, "150"),
    ('pages = "folder"\nbackups = "D:\\Users\\post"\n', 2, "twice"),
    ('backups = "D:\\backup"\n', 1, "twice"),
    ('receipts = "tcp:10.0.0.5"\n', 1, "receipts"),
    ('receipts_answer = "maybe"\n', 1, "maybe"),
    ('label = "tcp:10.0.0.5:9100"\n', 1, "label"),
    ('label = "zpl:10.0.0.5"\n', 1, "label"),
    ('label = "zpl:10.0.0.5:0"\n', 1, "label"),
    ('label = "zpl:10.0.0.5:65536"\n', 1, "label"),
    ("label_dpi = 600\n", 1, "600"),
    ('scanner = "tcp:10.0.0.5:9100"\n', 1, "scanner"),
    ('scale = "serial:/dev/ttyUSB0@9601"\n', 1, "scale"),
    ('label_answer = "maybe"\n', 1, "maybe"),
    ('receipts = "tcp:10.0.0.5:99999"\n', 1, "receipts"),
    ('terminal = "usb"\n', 1, "terminal"),
    # A ZVT terminal without its id: whose approvals would count?
    ('terminal = "zvt:10.0.0.5:20007"\n', 1, "terminal"),
    ('terminal_password = "1234"\n', 1, "terminal_password"),
    ('terminal_dialect = "austrian"\n', 1, "austrian"),
    (b'pages = "folder"\nbackups = "\xff"\n', 2, "UTF-8"),
    ("[receipts]\nplace = 1\n", 1, "receipts"),
]


@pytest.mark.parametrize(("content", "line", "word"), WRONG)
def test_what_is_wrong_is_said_in_one_sentence_with_its_line(
    tmp_path: Path, content: str | bytes, line: int, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, content)
    for reads in (settings_of, devices_of, copies_of, scanner_gap_of):
        with pytest.raises(Trouble) as trouble:
            reads(tmp_path)
        assert (trouble.value.code, trouble.value.facts["line"]) == ("G-080", line)
        assert word in str(trouble.value.facts["why"])
    for program in (desk, backup):
        assert program.main(["--data", str(tmp_path)]) == 2
        told = capsys.readouterr().err.strip()
        assert f"line {line}" in told
        assert len(told.splitlines()) == 1


@pytest.mark.parametrize("dpi", [203, 300])
def test_the_label_printer_stands_where_its_line_says(tmp_path: Path, dpi: int) -> None:
    assert devices_of(tmp_path).label is None
    write(tmp_path, f'label = "zpl:10.0.0.6:65535"\nlabel_dpi = {dpi}\nlabel_answer = "none"\n')
    printer = devices_of(tmp_path).label
    assert isinstance(printer, ZplPrinter)
    assert (printer.dpi, printer.proves) == (dpi, False)
    write(tmp_path, f'label = "zpl:file:{tmp_path}/lp1"\n')
    usual = devices_of(tmp_path).label
    assert isinstance(usual, ZplPrinter)
    assert (usual.dpi, usual.proves, usual.state().trouble) == (203, True, "D-012")


def test_a_printer_that_never_answers_is_not_asked(tmp_path: Path) -> None:
    write(tmp_path, f'receipts = "file:{tmp_path}/lp0"\nreceipts_answer = "none"\n')
    (tmp_path / "lp0").touch()
    printer = devices_of(tmp_path).receipts
    assert printer is not None
    printer.print_raster(b"receipt")
    assert (tmp_path / "lp0").read_bytes() == b"receipt"


def test_a_screening_without_a_list_is_no_screening(capsys: pytest.CaptureFixture[str]) -> None:
    assert tool.main(["screen"]) == 2
    [told] = capsys.readouterr().err.strip().splitlines()
    assert told.startswith("G-076: ")
    assert "--ofac" in told


def test_a_folder_is_no_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        ["iso20022", str(tmp_path)],
        ["signature", str(tmp_path / "gone.pdf")],
        ["screen", "--un", str(tmp_path / "gone.xml")],
    ):
        assert tool.main(arguments) == 2
        [told] = capsys.readouterr().err.strip().splitlines()
        assert told.startswith("G-075: ")
        assert arguments[-1] in told


def test_a_check_without_keys_cannot_run_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: str) -> None:
        raise keyring.errors.NoKeyringError

    monkeypatch.setattr(keyring, "get_password", none)
    (tmp_path / "desk.db").write_bytes(b"x" * 8192)
    assert check.main(["--data", str(tmp_path)]) == 2
    [told] = capsys.readouterr().err.strip().splitlines()
    assert told.startswith("G-063: ")


def test_scanner_and_scale_on_serial_ports(tmp_path: Path) -> None:
    assert scanner_of(tmp_path) is None
    assert devices_of(tmp_path).scale is None
    write(tmp_path, b'scanner = "serial:COM3"\nscale = "serial:/dev/ttyUSB1@2400"\n')
    assert (serial_of("serial:COM3"), serial_of("serial:/dev/ttyUSB1@2400")) == (
        ("COM3", 9600),
        ("/dev/ttyUSB1", 2400),
    )
    scanner, scale = scanner_of(tmp_path), devices_of(tmp_path).scale
    assert scanner is not None
    assert scale is not None
    assert (scanner.state().trouble, scale.state().trouble) == ("D-043", "D-008")
