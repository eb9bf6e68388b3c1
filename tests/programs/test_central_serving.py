"""`central serve --config`: the file is taken whole or refused; a service starts and ends cleanly."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from psycopg.conninfo import conninfo_to_dict

from azpost_desk import places
from azpost_desk.central import app
from azpost_desk.central.app import Centre
from azpost_desk.domain.refusals import Trouble
from azpost_desk.programs import central_serving
from azpost_desk.programs.central import main
from azpost_desk.programs.central_serving import ServeSettings, fill
from tests.stories.test_tls import certificate

if TYPE_CHECKING:
    from collections.abc import Iterator

UNITS = Path(__file__).resolve().parents[2] / "installer" / "ship" / "units"
SECONDS_MAX = 30
NOTHING = {name: None for name in ("config", "dsn", "embedded", *ServeSettings.__struct_fields__)}


def filled(file: Path | None, **flags: object) -> argparse.Namespace:
    wanted = argparse.Namespace(**{**NOTHING, "config": file, **flags})
    fill(wanted)
    return wanted


def write(folder: Path, said: str | bytes) -> Path:
    file = folder / "centre.toml"
    file.write_bytes(said.encode() if isinstance(said, str) else said)
    return file


@pytest.mark.fast
def test_without_a_file_or_a_line_everything_is_as_usual(tmp_path: Path) -> None:
    for file in (None, write(tmp_path, "")):
        wanted = filled(file)
        assert (wanted.dsn, wanted.host, wanted.port) == (None, "127.0.0.1", 8470)
        assert {getattr(wanted, name) for name in ("certificate", "key", "rail", "messages")} == {None}


@pytest.mark.fast
def test_every_line_is_taken_and_a_flag_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handed = tmp_path / "credentials"
    handed.mkdir()
    (handed / "key").write_text("secret")
    (handed / "database").write_text("secret")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(handed))
    lines = (
        'dsn = "host=db dbname=azpost"', 'passfile = "credential:database"', 'host = "::"', "port = 443",
        'certificate = "/etc/ssl/centre.pem"', 'key = "credential:key"', 'rail = "rail.toml"',
    )  # fmt: skip
    # As Notepad saves it.
    file = write(tmp_path, "\r\n".join(lines).encode("utf-8-sig"))
    wanted = filled(file)
    said = {"host": "db", "dbname": "azpost", "passfile": str(handed / "database")}
    assert conninfo_to_dict(wanted.dsn) == said
    assert (wanted.host, wanted.port) == ("::", 443)
    assert (wanted.certificate, wanted.key) == (Path("/etc/ssl/centre.pem"), handed / "key")
    assert (wanted.rail, wanted.channels) == (tmp_path / "rail.toml", None)
    wanted = filled(file, port=0, host="127.0.0.1", dsn="dbname=other", certificate=Path("a"), rail=Path("b"))
    assert (wanted.port, wanted.host, wanted.dsn, wanted.rail) == (0, "127.0.0.1", "dbname=other", Path("b"))
    # Never this certificate with that key.
    assert (wanted.certificate, wanted.key) == (Path("a"), None)
    assert filled(file, embedded=Path("c")).dsn is None


@pytest.mark.fast
def test_the_example_has_every_line_and_is_taken(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["template", "serve"]) == 0
    said = capsys.readouterr().out
    assert said == (places.templates() / "serve.toml").read_text("utf-8")
    assert re.findall(r"^(?:# )?(\w+) = ", said, re.MULTILINE) == list(ServeSettings.__struct_fields__)
    assert filled(write(tmp_path, said)).dsn == "host=/var/run/postgresql dbname=azpost"
    # With every line that is shown as a comment, too: what stands there is of the right form.
    with pytest.raises(Trouble, match="G-172"):
        filled(write(tmp_path, re.sub(r"(?m)^# (\w+ = )", r"\1", said)))


@pytest.mark.fast
@pytest.mark.parametrize(
    ("said", "line", "why"),
    [
        ('port = 1\ndns = "x"\n', 2, "dns"),
        ("port = '8470'\n", 1, "int"),
        ("port = 65536\n", 1, "65535"),
        ("host = ''\n", 1, "length"),
        ("port = 1\nport = 2\n", 2, "overwrite"),
        (b"host = '\xff'\n", 1, "UTF-8"),
        ("dsn = 'host=db password=geheim'\n", 1, "PGPASSWORD"),
        ("dsn = 'postgresql://u:geheim@db/azpost'\n", 1, "PGPASSWORD"),
        ("dsn = 'no address'\n", 1, "no address of a PostgreSQL"),
        ("certificate = 'a.pem'\n", 1, "belong together"),
        ("\nkey = 'a.pem'\n", 2, "belong together"),
        ("passfile = 'a'\n", 1, "without dsn"),
        ("rail = 'credential:../shadow'\n", 1, "regex"),
        ("rail = 'credential:'\n", 1, "regex"),
    ],
)
def test_what_a_centre_does_not_understand_is_one_sentence_with_its_line(
    tmp_path: Path, said: str | bytes, line: int, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, said)
    assert main(["serve", "--config", str(file)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"G-080: {file}, line {line}: ")
    assert why in err
    assert "geheim" not in err
    assert len(err.splitlines()) == 1


@pytest.mark.fast
def test_a_file_or_a_credential_that_is_not_there_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = tmp_path / "none.toml"
    assert main(["serve", "--config", str(missing)]) == 2
    assert capsys.readouterr().err.startswith(f"G-080: {missing}, line 0: there is no such file")
    file = write(tmp_path, "dsn = 'dbname=azpost'\npassfile = 'credential:database'\n")
    for folder in ("", str(tmp_path / "credentials")):
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", folder)
        assert main(["serve", "--config", str(file)]) == 2
        assert capsys.readouterr().err.startswith(f"G-172: {file} names the credential database, which")


class Service:
    """A centre as systemd would start it: by its file, with a place to say what it does."""

    def __init__(self, folder: Path, dsn: str, place: str) -> None:
        self.told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.told.bind(place)
        self.told.settimeout(SECONDS_MAX)
        shown, secret = certificate(folder)
        said = f"dsn = '{dsn}'\nport = 0\ncertificate = '{shown.name}'\nkey = 'credential:key'\n"
        file = write(folder, said)
        handed = folder / "handed"
        handed.mkdir()
        secret.rename(handed / "key")
        self.trusted = str(shown)
        words = [sys.executable, "-m", "azpost_desk", "central", "serve", "--config", str(file)]
        env = {**os.environ, "NOTIFY_SOCKET": place, "CREDENTIALS_DIRECTORY": str(handed)}
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=log)
        ready, status = self.hears().splitlines()
        assert ready == "READY=1"
        self.where = ("127.0.0.1", int(status.rsplit(":", 1)[1]))

    def hears(self) -> str:
        return self.told.recv(4096).decode()

    def is_open(self) -> bool:
        try:
            # Without a handshake: one that came just before the stop would wait for an answer to it.
            socket.create_connection(self.where, SECONDS_MAX).close()
        except OSError:
            return False
        return True

    def line(self) -> socket.socket:
        import ssl

        context = ssl.create_default_context(cafile=self.trusted)
        return context.wrap_socket(
            socket.create_connection(self.where, SECONDS_MAX), server_hostname="127.0.0.1"
        )


@pytest.fixture
def service(tmp_path: Path, postgres: str) -> Iterator[Service]:
    # The folder of a test may be too deep for the name of a socket, which has 107 bytes.
    with TemporaryDirectory(prefix="n-") as short:
        one = Service(tmp_path, postgres, f"{short}/notify")
        yield one
        one.process.kill()
        one.process.wait()
        one.told.close()


def test_a_service_says_when_it_serves_and_ends_by_sigterm_after_what_is_under_way(service: Service) -> None:
    with service.line() as line:
        # It says "100 Continue" when it has begun to read: then the request is under way.
        head = "POST /v1/enrol HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n"
        line.sendall(head.encode())
        assert line.recv(4096).startswith(b"HTTP/1.1 100 ")
        line.sendall(b"12345")
        service.process.send_signal(signal.SIGTERM)
        assert service.hears() == "STOPPING=1"
        # Nobody new is let in, and nobody who is in is sent away.
        until = time.monotonic() + SECONDS_MAX
        while service.is_open():
            assert time.monotonic() < until
        assert service.process.poll() is None
        line.sendall(b"67890")
        answer = line.recv(4096)
    assert re.match(rb"HTTP/1\.1 4[0-9][0-9] ", answer)
    assert service.process.wait(SECONDS_MAX) == 0
    assert "Traceback" not in service.log.read_text("utf-8")


def test_whoever_drips_holds_up_no_stop(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "_LEAVE_SECONDS_MAX", 0.2)
    centre = Centre(postgres)
    where = ("127.0.0.1", int(centre.start().rsplit(":", 1)[1]))
    head = b"POST /v1/enrol HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n"
    with socket.create_connection(where, SECONDS_MAX) as line:
        line.sendall(head)
        assert line.recv(4096).startswith(b"HTTP/1.1 100 ")
        line.sendall(b"1")
        began = time.monotonic()
        centre.stop()
        assert time.monotonic() - began < SECONDS_MAX / 2


def test_nobody_who_listens_is_no_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for place in ("", str(tmp_path / "gone"), "@azpost-nobody", "x" * 300):
        monkeypatch.setenv("NOTIFY_SOCKET", place)
        central_serving.notify("READY=1")


@pytest.mark.fast
def test_the_unit_is_one_that_systemd_understands_and_hardened(tmp_path: Path) -> None:
    unit = (UNITS / "azpost-centre.service").read_text("ascii")
    for wanted in (
        *("NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes", "StateDirectory=azpost-centre"),
        *("Restart=on-failure", "LimitCORE=0", "Type=notify", "User=azpost-centre", "TimeoutStopSec=90"),
    ):
        assert f"\n{wanted}\n" in unit
    # What the example names by "credential:" is what the unit hands over.
    named = set(re.findall(r"credential:([a-z]+)\"", (places.templates() / "serve.toml").read_text("utf-8")))
    assert named == set(re.findall(r"^LoadCredential=(\w+):", unit, re.MULTILINE))
    assert app._LEAVE_SECONDS_MAX < 90
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not on this machine")
    # The program it starts is not installed here.
    tried = tmp_path / "azpost-centre.service"
    tried.write_text(unit.replace("/usr/bin/azpost-centre", sys.executable), "ascii")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tried)], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    # And a word that it does not know would be said.
    tried.write_text(tried.read_text("ascii").replace("PrivateTmp=", "PrivateTpm="), "ascii")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tried)], capture_output=True, text=True, check=False, timeout=60
    )
    assert "PrivateTpm" in done.stderr
