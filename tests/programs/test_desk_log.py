"""The desk's log says when, where and which fault, never whose; it is its owner's alone and bounded."""

from __future__ import annotations

import logging
import stat
import threading
from typing import TYPE_CHECKING

import pytest

from azpost_desk import places
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.gui.work.runner import incident
from azpost_desk.programs import desk, desk_log
from azpost_desk.services.support import masked
from azpost_desk.storage.books import DeskBooks
from tests.programs.test_doctor import SECRETS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.fast
_LOG = logging.getLogger("azpost_desk.sync.line")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """The data folder of a desk whose log is kept."""
    with desk_log.kept_log(tmp_path / "desk"):
        yield tmp_path / "desk"


def read(folder: Path) -> str:
    return (places.logs(folder) / "desk.log").read_text("utf-8")


def failing(secret: str) -> None:
    """A fault with a word in it, out of another one, out of one of ours."""
    try:
        try:
            raise Trouble("G-061", name=secret)
        except Trouble as trouble:
            raise KeyError(secret) from trouble
    except KeyError:
        raise ValueError(f"FİN {secret}") from None


def test_nothing_of_anybody_is_in_it(folder: Path) -> None:
    for secret in SECRETS:
        _LOG.warning("line: %s (%s)", "L-009", secret)
        _LOG.warning("%(name)s is here", {"name": secret})
        _LOG.error("incident %s on the line", secret if secret not in ("4821",) else "4821 ")
        _LOG.warning("expects %d of %5.2f", 4821, 501234567.0)
        _LOG.error(ValueError(secret))
        logging.getLogger("urllib3.connectionpool").warning(f"{secret}: %s", secret)
        logging.getLogger("urllib3.connectionpool").warning(secret)
        try:
            failing(secret)
        except ValueError as fault:
            _LOG.exception("incident %s on the line: %s", "0A1B2C", fault)
    said = read(folder)
    for secret in (*SECRETS, "50123"):
        assert secret not in said, secret
    assert "azpost_desk.sync.line WARNING line: L-009 (…)\n" in said
    assert "urllib3.connectionpool WARNING …\n" in said


def test_a_fault_is_found_by_its_number_with_its_places_and_codes(folder: Path) -> None:
    try:
        DeskBooks.open(folder, desk.SystemClock())
    except Trouble as trouble:
        number = incident(trouble).code
    said = read(folder)
    first, *rest = said.splitlines()
    assert first.endswith(f" azpost_desk.gui.work.runner ERROR incident {number}")
    assert rest[0] == "Trouble: G-070"
    assert rest[1].startswith('  File "azpost_desk/storage/books.py", line ')
    assert str(folder) not in said
    # What leaves for support still has number, code and place.
    sent = masked(said)
    assert f"azpost_desk.gui.work.runner ERROR incident {number}\n" in sent
    assert "Trouble: G-070\n  azpost_desk/storage/books.py line " in sent


def test_it_is_its_owners_alone_or_the_groups(folder: Path) -> None:
    _LOG.info("one")
    logs = places.logs(folder)
    assert [stat.S_IMODE(one.stat().st_mode) for one in (logs, logs / "desk.log")] == [0o700, 0o600]
    assert "INFO one" in read(folder)
    folder.chmod(0o2770)
    (logs / "desk.log").unlink()
    _LOG.info("two")
    assert stat.S_IMODE(logs.stat().st_mode) == 0o2770
    assert stat.S_IMODE((logs / "desk.log").stat().st_mode) & 0o007 == 0


def test_it_is_bounded_and_the_newest_stands_last(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_log, "FILE_BYTES_MAX", 2_000)
    for number in range(1_000):
        _LOG.warning("line: %s", f"L-{number:03}")
    logs = places.logs(folder)
    sizes = {one.name: one.stat().st_size for one in logs.iterdir()}
    assert set(sizes) == {"desk.log", *(f"desk.log.{number}" for number in range(1, 5))}
    assert max(sizes.values()) <= 2_000
    codes = [
        line.rsplit(" ", 1)[1]
        for name in sorted(sizes, reverse=True)
        for line in (logs / name).read_text("utf-8").splitlines()
    ]
    assert codes == [f"L-{number:03}" for number in range(1_000 - len(codes), 1_000)]
    assert len(codes) > 100


def test_a_log_that_cannot_be_kept_stops_nothing_and_says_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "desk").write_text("no folder")
    with desk_log.kept_log(tmp_path / "desk"):
        _LOG.warning("line: %s", "L-009")
    assert capsys.readouterr() == ("", "")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_ends_by_a_fault_is_in_it_and_everything_is_given_back(tmp_path: Path) -> None:
    before = threading.excepthook, list(logging.getLogger().handlers), logging.getLogger("azpost_desk").level
    with desk_log.kept_log(tmp_path):
        thread = threading.Thread(target=failing, args=(SECRETS[0],))
        thread.start()
        thread.join()
    after = threading.excepthook, list(logging.getLogger().handlers), logging.getLogger("azpost_desk").level
    assert after == before
    assert "ERROR a thread ended\nValueError\n" in read(tmp_path)
    _LOG.warning("not kept any more")
    assert "not kept" not in read(tmp_path)


def test_the_desks_program_keeps_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def window(*_: object, **__: object) -> int:
        raise Refused("S-010", name=SECRETS[0])

    monkeypatch.setattr(desk, "run_window", lambda *_, **__: 0)
    assert desk.main(["--data", str(tmp_path)]) == 0
    monkeypatch.setattr(desk, "run_window", window)
    with pytest.raises(Refused):
        desk.main(["--data", str(tmp_path)])
    said = [line.split(" ", 2)[2] for line in read(tmp_path).splitlines() if line.startswith("20")]
    assert said == [
        f"azpost_desk.programs.desk INFO {desk.SOFTWARE} starts",
        f"azpost_desk.programs.desk INFO {desk.SOFTWARE} ends",
        f"azpost_desk.programs.desk INFO {desk.SOFTWARE} starts",
        "azpost_desk.programs.desk_log ERROR the program ends by a fault",
    ]
    assert "Refused: S-010" in read(tmp_path)
