"""A desk is enrolled from a file with nobody at the screen: all of it or one sentence with its code."""

from __future__ import annotations

import hashlib
import json
import ssl
from typing import TYPE_CHECKING

import pytest

from azpost_desk import programs
from azpost_desk.central.app import Centre
from azpost_desk.central.registry import branches, enrolment
from azpost_desk.domain.catalogue import Branch
from azpost_desk.programs.desk_settings import settings_of
from azpost_desk.storage.books import DeskBooks
from tests.stories.test_tls import certificate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GOOD = 'centre = "http://127.0.0.1:9"\ncode = "AAAA-BBBB-CCCC-DDDD"\n'
PRINT = "AB:" * 31 + "AB"


@pytest.fixture
def guarded(postgres: str, tmp_path: Path) -> Iterator[tuple[Centre, str, str]]:
    """A centre that vouches for itself, the fingerprint of its certificate, and a one-time code."""
    shown, secret = certificate(tmp_path)
    centre = Centre(postgres, connections_max=4)
    centre.start(certificate=shown, key=secret)
    with centre.database.transaction() as conn:
        branches.create_branch(conn, Branch(code="2002", name="G", address="", postcode="AZ2002"), 1)
        desk = branches.add_desk(conn, "2002", 1)
        code = enrolment.enrolment_code(conn, desk, centre.clock.utc_ms())
    plain = ssl.PEM_cert_to_DER_cert(shown.read_text("ascii"))
    yield centre, hashlib.sha256(plain).hexdigest(), code
    centre.stop()


def enrol(tmp_path: Path, content: str) -> int:
    file = tmp_path / "enrol.toml"
    file.write_text(content, "utf-8")
    return programs.main(["enrol", str(file), "--data", str(tmp_path / "desk"), "--json"])


def cut_short(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_desk_is_enrolled_with_its_settings_by_the_fingerprint_alone_and_once(
    guarded: tuple[Centre, str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    centre, digest, code = guarded
    folder = tmp_path / "desk"
    said = f'centre = "{centre.url}/"\nfingerprint = "{{}}"\ncode = "{code}"\n[desk]\nscanner_gap_ms = 60\n'
    # The code goes to nobody who shows another certificate, and nothing is left of the try.
    assert enrol(tmp_path, said.format(PRINT)) == 2
    assert capsys.readouterr().err.startswith(f"G-161: {centre.url}/ shows another certificate")
    assert not folder.exists()
    wrong = said.replace(code, "AAAA-BBBB-CCCC-DDDD").format(digest)
    assert enrol(tmp_path, wrong) == 2
    assert capsys.readouterr().err.startswith("L-014: ")
    colons = ":".join(digest[at : at + 2] for at in range(0, 64, 2)).upper()
    # Cut short when the code is used up already, it goes on with the same file.
    with monkeypatch.context() as cut:
        cut.setattr(DeskBooks, "_begin_epoch", cut_short)
        with pytest.raises(KeyboardInterrupt):
            enrol(tmp_path, said.format(colons))
    assert enrol(tmp_path, said.format(colons)) == 0
    assert json.loads(capsys.readouterr().out) == {"desk": "2002-1", "epoch": 1}
    settings = settings_of(folder)
    assert (settings.scanner_gap_ms, settings.receipts) == (60, "")
    assert settings.centre_certificates == str(folder / "centre.pem")
    assert (folder / "centre.url").read_text("utf-8") == f"{centre.url}\n"
    assert programs.main(["check", "--data", str(folder)]) == 0
    assert enrol(tmp_path, said.format(colons)) == 2
    assert capsys.readouterr().err.startswith("G-160: ")
    # Moved, as for several users of one machine, it still trusts the centre: the certificate went along.
    moved = folder.rename(tmp_path / "shared")
    assert settings_of(moved).centre_certificates == str(moved / "centre.pem")


@pytest.mark.fast
@pytest.mark.parametrize(
    ("content", "line", "why"),
    [
        (GOOD + 'colour = "red"\n', 3, "colour"),
        (GOOD + '[desk]\nreceipt = "x"\n', 4, "receipt"),
        (GOOD + '[desk]\n\npages = "laser"\n', 5, "desk.pages"),
        (GOOD + '[desk]\nbackups = "D:\\backup"\n', 4, "twice"),
        (GOOD + f'fingerprint = "{PRINT}"\n', 3, "http"),
        (GOOD + f'fingerprint = "{PRINT}AB"\n', 3, "fingerprint"),
        (GOOD + 'fingerprint = ""\n', 3, "fingerprint"),
        (GOOD + '[desk]\ncentre_certificates = "/nowhere/ca.pem"\n', 4, "/nowhere/ca.pem"),
        ('centre = "http://127.0.0.1:9"\n', 1, "code"),
        ('centre = "ftp://a"\ncode = "AAAA-BBBB-CCCC-DDDD"\n', 1, "centre"),
        ('centre = "https://a/b"\ncode = "AAAA-BBBB-CCCC-DDDD"\n', 1, "centre"),
        ('centre = "https://a"\ncode = "AA"\n', 2, "code"),
        ('centre = "https://a"\ncode = 5\n', 2, "code"),
        ("centre", 1, ""),
    ],
)
def test_a_file_that_is_not_understood_is_refused_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, line: int, why: str
) -> None:
    assert enrol(tmp_path, content) == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith(f"G-080: {tmp_path / 'enrol.toml'}, line {line}: ")
    assert why in said
    assert not (tmp_path / "desk").exists()


@pytest.mark.fast
def test_what_stands_in_the_folder_already_is_not_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "desk.toml").write_text("scanner_gap_ms = 70\n", "utf-8")
    assert enrol(tmp_path, GOOD + "[desk]\nscanner_gap_ms = 60\n") == 2
    assert capsys.readouterr().err.startswith("G-162: ")
    assert (folder / "desk.toml").read_text("utf-8") == "scanner_gap_ms = 70\n"
    assert not DeskBooks.exists(folder)
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "enrol.toml").write_text(GOOD + "[desk]\nscanner_gap_ms = 60\n", "utf-8")
    inside = tmp_path / "file" / "desk"
    assert programs.main(["enrol", str(tmp_path / "enrol.toml"), "--data", str(inside)]) == 2
    assert capsys.readouterr().err.startswith("G-163: ")
    assert programs.main(["enrol", str(tmp_path / "none.toml"), "--data", str(folder)]) == 2
    assert capsys.readouterr().err.startswith("G-080: ")
