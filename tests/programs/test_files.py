"""A file that a person named is read whole, or refused at once: a pipe, a device, one without end."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from azpost_desk.files import content_of
from azpost_desk.programs import central, tool

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pipes and devices with a name are Unix's")


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    (tmp_path / "it").write_bytes(b"1234")
    assert content_of(tmp_path / "it", 4) == b"1234"
    with pytest.raises(OSError, match=os.strerror(errno.EFBIG)) as refused:
        content_of(tmp_path / "it", 3)
    assert refused.value.filename == str(tmp_path / "it")


@pytest.mark.parametrize("sort", ["pipe", "device", "folder"])
def test_what_is_no_file_is_neither_waited_for_nor_read(tmp_path: Path, sort: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    path = {"pipe": tmp_path / "pipe", "device": Path("/dev/zero"), "folder": tmp_path}[sort]
    with pytest.raises(OSError, match=os.strerror(errno.EINVAL)):
        content_of(path, 16)


def test_programs_say_so_in_one_sentence(
    postgres: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "pipe")
    for command in (["import-list", "un", "/dev/zero"], ["set-goods", str(tmp_path / "pipe")]):
        assert central.main(["--dsn", postgres, *command]) == 2
        assert capsys.readouterr().err.startswith("G-075: ")
    assert tool.main(["iso20022", str(tmp_path / "pipe")]) == 2
    assert "G-075: " in capsys.readouterr().err
