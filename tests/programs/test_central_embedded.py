"""The centre over its own PostgreSQL; nothing is said while all goes well, else one sentence."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from azpost_desk import programs
from azpost_desk.central.storage import embedded
from azpost_desk.domain.refusals import Trouble
from azpost_desk.programs.central import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

SECONDS_MAX = 30


def servers(folder: Path) -> list[int]:
    """The PostgreSQL servers that run over this folder."""
    found = []
    for process in psutil.process_iter(["name", "cmdline"]):
        if process.info["name"] == "postgres" and str(folder / "postgres") in (process.info["cmdline"] or []):
            found.append(process.pid)
    return found


def wait_for_none(folder: Path) -> None:
    end = time.monotonic() + SECONDS_MAX
    while left := servers(folder):
        assert time.monotonic() < end, f"left behind: {left}"
        psutil.wait_procs([psutil.Process(pid) for pid in left if psutil.pid_exists(pid)], timeout=0.1)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where the server lies; one that a failed test leaves is ended."""
    yield tmp_path / "c"
    for pid in servers(tmp_path / "c"):
        os.kill(pid, signal.SIGINT)


def serve(folder: Path) -> subprocess.Popen[str]:
    words = [
        sys.executable,
        "-m",
        "azpost_desk",
        "central",
        "--embedded",
        str(folder),
        "serve",
        "--port",
        "0",
    ]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("http://127.0.0.1:")
    return process


def test_the_server_ends_with_its_last_user_however_that_ends(folder: Path) -> None:
    words = [sys.executable, "-m", "azpost_desk", "central", "--embedded", str(folder), "migrate"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    # Nothing to say when all went well.
    assert (done.stdout, done.stderr) == ("", "")
    assert servers(folder) == []
    # Its books are checked the same way, and a slip in the folder's name makes no server there.
    assert programs.main(["check", "--embedded", str(folder)]) == 0
    assert programs.main(["check", "--embedded", str(folder.parent / "slip")]) == 2
    assert (servers(folder), (folder.parent / "slip").exists()) == ([], False)
    with serve(folder) as first, serve(folder) as second:
        one_server = servers(folder)
        assert len(one_server) == 1
        # One of two is killed without a word: the other works on, and so does a command beside it.
        first.kill()
        first.wait(SECONDS_MAX)
        subprocess.run(words, check=True)
        assert servers(folder) == one_server
        # The last one is killed, too: nobody is left to end the server but its guard.
        second.kill()
        second.wait(SECONDS_MAX)
        wait_for_none(folder)


def test_a_server_that_is_slow_to_start_is_waited_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which a start takes a minute: whoever gives it less has no server."""
    run = subprocess.run

    def slow(words: Any, **how: Any) -> Any:
        if words[-1] == "start" and "pg_ctl" in words[0]:
            own = words[words.index("-t") + 1] if "-t" in words else "60"
            if min(how["timeout"], int(own)) <= 60:
                raise subprocess.TimeoutExpired(words, how["timeout"])
        return run(words, **how)

    monkeypatch.setattr(subprocess, "run", slow)
    server = embedded.EmbeddedServer(folder)
    assert len(servers(folder)) == 1
    server.stop()
    assert servers(folder) == []


def test_a_start_that_fails_before_it_writes_a_log_is_one_sentence_with_what_the_tool_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = subprocess.run

    def failing(words: Any, **how: Any) -> Any:
        if words[-1] == "start" and "pg_ctl" in words[0]:
            raise subprocess.CalledProcessError(1, words[0], stderr="no room for shared memory")
        return run(words, **how)

    monkeypatch.setattr(subprocess, "run", failing)
    with pytest.raises(Trouble, match="X-113") as trouble:
        embedded.EmbeddedServer(folder)
    assert trouble.value.facts["why"] == "no room for shared memory"
    assert servers(folder) == []


def test_a_server_that_another_has_begun_to_start_is_waited_for_until_the_bound(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its description is there in part, then whole and "starting", then "ready"; or it never comes so far."""
    (folder / "postgres").mkdir(parents=True)
    described = folder / "postgres" / "postmaster.pid"
    me = f"{os.getpid()}\n{folder}\n1\n5432\n{folder}\n\n1 1\n"
    described.write_text(me)
    server: Any = embedded._server_of(folder)
    looked = threading.Event()
    states = iter(("starting\n", "ready\n"))

    class Look:
        def wait(self, _seconds: float) -> None:
            described.write_text(me + next(states))
            looked.set()

    with monkeypatch.context() as patch:
        patch.setattr(embedded.threading, "Event", Look)
        assert embedded._is_settled(server)
        assert looked.is_set()
        assert embedded._found(server).status == "ready"
        described.unlink()
        assert embedded._is_settled(server)
        assert embedded._found(server) is None
    described.write_text(me + "starting\n")
    (folder / "postgres" / "log").write_text("LOG:  redo starts\n\n")
    monkeypatch.setattr(embedded, "STARTING_SECONDS_MAX", 0.1)
    with pytest.raises(Trouble, match="X-113") as said:
        server.ensure_postgres_running()
    assert said.value.facts == {"folder": str(folder), "why": "LOG: redo starts"}
    described.unlink()


def test_a_server_that_never_comes_up_is_one_sentence(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "postgres").mkdir(parents=True)
    (folder / "postgres" / "PG_VERSION").write_text("18\n")
    assert main(["--embedded", str(folder), "migrate"]) == 2
    said = capfd.readouterr().err
    assert said.startswith(f"X-113: The PostgreSQL in {folder} does not start: ")
    assert "postgresql.conf" in said or "configuration file" in said
    assert len(said.splitlines()) == 1
    assert servers(folder) == []
    # Whichever program wants the server.
    (folder / "centre").mkdir()
    (folder / "postgres").rename(folder / "centre" / "postgres")
    assert programs.main(["demo", "--keep", str(folder)]) == 2
    assert capfd.readouterr().err.startswith(f"X-113: The PostgreSQL in {folder / 'centre'} does not start: ")


def test_what_cannot_be_served_is_one_sentence(
    postgres: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert main(["--dsn", postgres, "serve", "--port", port]) == 2
        said = capsys.readouterr()
        assert said.err.startswith(
            f"X-108: Port {port} on 127.0.0.1 cannot be opened: Address already in use."
        )
    assert main(["--dsn", f"host={tmp_path} dbname=none", "migrate"]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("X-107: The database cannot be used: ")
    assert len(said.err.splitlines()) == 1
