"""The README's lines for a real centre: people, a service over TLS with a credential, a first desk."""

from __future__ import annotations

import hashlib
import io
import os
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from azpost_desk import programs
from azpost_desk.central import health
from tests.stories.test_from_nothing import PASSWORD, README, ROOT
from tests.stories.test_tls import certificate

HEADING = "### A real centre"
SECONDS_MAX = 60
UNIT = ROOT / "installer" / "ship" / "units" / "azpost-centre.service"
# What only a machine of one's own can do; every other line is done here.
SYSTEMS = (
    r"apt install postgresql \./azpost-centre_\*\.deb",
    r"/opt/azpost-centre/setup",
    r"sudo -u postgres createuser azpost-centre",
    r"sudo -u postgres createdb --owner azpost-centre azpost",
    r"systemctl enable --now azpost-centre",
    r"openssl x509 -in centre\.pem -noout -fingerprint -sha256",
)


def blocks() -> list[list[str]]:
    """What the section shows, block by block."""
    section = re.split(r"\n## ", README.read_text("utf-8").split(HEADING)[1])[0]
    return [block.strip().splitlines() for block in section.split("```")[1::2]]


class Machine:
    """A folder that stands for the centre's machine, where its root types."""

    def __init__(self, root: Path, dsn: str) -> None:
        self.root, self.dsn = root, dsn
        (root / "etc/azpost-centre").mkdir(parents=True)

    def types(self, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
        """One line, with passwords when it asks; gives what it says."""
        words = shlex.split(line.removeprefix("sudo -u azpost-centre "))
        if words[0] == "install":
            source, place = words[-2:]
            (self.root / place[1:]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, self.root / place[1:])
            return ""
        if words[0] != "azpost-centre":
            assert any(re.fullmatch(known, line) for known in SYSTEMS), line
            return ""
        file = words[words.index(">") + 1] if ">" in words else ""
        words = words[1 : words.index(">")] if file else words[1:]
        if "--dsn" in words:
            assert words[words.index("--dsn") + 1] == "host=/var/run/postgresql dbname=azpost"
            words[words.index("--dsn") + 1] = self.dsn
        words = [str(self.root / word[1:]) if word.startswith("/etc/") else word for word in words]
        monkeypatch.setattr(sys, "stdin", io.StringIO(2 * PASSWORD))
        assert programs.main(["central", *words]) == 0, line
        said = capsys.readouterr()
        assert said.err == "", line
        if file:
            Path(file).write_text(said.out, "utf-8")
        return said.out

    def start(self, settings: list[str]) -> tuple[subprocess.Popen[bytes], str]:
        """The service as its unit starts it; where it serves."""
        said = tomllib.loads("\n".join(settings))
        assert said["dsn"] == "host=/var/run/postgresql dbname=azpost"
        assert said["host"] == "0.0.0.0"
        file = self.root / "etc/azpost-centre/centre.toml"
        own = [line for line in settings if not line.startswith(("dsn", "host"))]
        file.write_text("\n".join([*own, f"dsn = '{self.dsn}'", "port = 0"]), "utf-8")
        unit = UNIT.read_text("ascii")
        handed = self.root / "run/credentials"
        handed.mkdir(parents=True)
        for name, held in re.findall(r"^LoadCredential=(\w+):(\S+)$", unit, re.MULTILINE):
            if (self.root / "etc/credstore" / held).exists():
                shutil.copy(self.root / "etc/credstore" / held, handed / name)
        (started,) = re.findall(r"^ExecStart=/usr/bin/azpost-centre (.*)$", unit, re.MULTILINE)
        assert started == "serve --config /etc/azpost-centre/centre.toml"
        words = [sys.executable, "-m", "azpost_desk", "central", "serve", "--config", str(file)]
        # A name and no file: how long a path of a socket may be depends on nobody's temporary folder.
        place = f"azpost-{os.getpid()}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.bind(f"\0{place}")
            told.settimeout(SECONDS_MAX)
            env = {**os.environ, "NOTIFY_SOCKET": f"@{place}", "CREDENTIALS_DIRECTORY": str(handed)}
            process = subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            ready, status = told.recv(4096).decode().splitlines()
        assert ready == "READY=1"
        return process, status.removeprefix("STATUS=")


@pytest.fixture
def machine(tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch) -> Machine:
    folder = tmp_path / "srv"
    folder.mkdir()
    certificate(folder)
    monkeypatch.chdir(folder)
    # Room on the disk is this machine's own affair.
    monkeypatch.setattr(health, "_free_bytes", lambda _folder: health.FREE_BYTES_WARN)
    return Machine(tmp_path / "root", postgres)


def test_the_readmes_lines_lead_to_a_service_that_is_well_and_a_desk_that_reaches_it(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before, settings, after, enrolment, counter = blocks()
    said = [machine.types(line, monkeypatch, capsys) for line in before]
    code = dict(line.split("\t") for line in said[-1].splitlines())["2002-1"]
    process, url = machine.start(settings)
    try:
        assert url.startswith("https://127.0.0.1:")
        (doctor,) = [line for line in after if " doctor " in line]
        for line in after:
            if line != doctor:
                machine.types(line, monkeypatch, capsys)
        # "Some minutes after the first start": here the daily jobs have nothing to do.
        words = ["central", "--dsn", machine.dsn, *shlex.split(doctor.split(" doctor ")[1])]
        words.insert(3, "doctor")
        words[-1] = str(machine.root / words[-1][1:])
        until = time.monotonic() + SECONDS_MAX
        while programs.main(words) != 0:
            assert time.monotonic() < until, capsys.readouterr().out
        assert "bad" not in capsys.readouterr().out
        names = [line.split(" = ")[0] for line in enrolment]
        assert names == ["centre", "code", "fingerprint"]
        shown = ssl.PEM_cert_to_DER_cert(Path("centre.pem").read_text("ascii"))
        fingerprint = hashlib.sha256(shown).hexdigest()
        values = dict(zip(names, (url, code, fingerprint), strict=True))
        Path("enrol.toml").write_text("".join(f'{name} = "{one}"\n' for name, one in values.items()), "utf-8")
        monkeypatch.setenv("AZPOST_DATA", str(tmp_path / "desk"))
        monkeypatch.setenv("AZPOST_LANG", "en")
        assert counter == ["azpost-desk enrol enrol.toml", "azpost-desk doctor"]
        assert programs.main(shlex.split(counter[0])[1:]) == 0
        capsys.readouterr()
        assert programs.main(shlex.split(counter[1])[1:]) in (1, 2)
        told = {line[2:22].strip(): line[22:] for line in capsys.readouterr().out.splitlines()}
        assert told["line"] == "The centre answers."
        assert told["chain"] == "Desk 2002-1, epoch 1: the chain goes on."
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS_MAX) == 0
    finally:
        process.kill()
        process.wait()
