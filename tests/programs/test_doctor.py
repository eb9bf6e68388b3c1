"""The doctor: a line for everything around a counter, and nothing of anybody in what support gets."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from sqlalchemy import select

from azpost_desk import places, programs
from azpost_desk.central.app import Centre
from azpost_desk.programs import doctor, doctor_checks
from azpost_desk.services.support import masked
from azpost_desk.storage import tables as t
from azpost_desk.storage import vault
from azpost_desk.storage.backups import back_up
from azpost_desk.storage.vault import FileVault
from azpost_desk.sync.looking import look_at
from azpost_desk.texts import LANGUAGES, Texts
from tests.services.counters import CLERK, Stand, ended, stand_at_work
from tests.services.test_transfers import send
from tests.stories.test_tls import certificate

if TYPE_CHECKING:
    from collections.abc import Iterator

CLOCK = doctor.SystemClock()
NOBODY = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZPOST_LANG", "en")


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[Stand]:
    """A desk at work, held open by its program."""
    made = stand_at_work(tmp_path / "desk")
    (made.books.folder / "centre.url").write_text(f"{NOBODY}\n", "utf-8")
    yield made
    ended(made)


def asked(
    folder: Path, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[int, dict[str, dict[str, str]]]:
    code = programs.main(["doctor", "--data", str(folder), "--json", *more])
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    return code, {one["id"]: one for one in told["checks"]}


def stored(folder: Path) -> dict[str, bytes]:
    """Every byte of the books and keys; the engine's shared memory is no content."""
    files = (one for one in folder.rglob("*") if one.is_file() and not one.name.endswith("-shm"))
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in files}


def test_beside_a_running_desk_every_line_is_said_and_nothing_is_written(
    at_work: Stand, capsys: pytest.CaptureFixture[str]
) -> None:
    before = stored(at_work.books.folder)
    code, lines = asked(at_work.books.folder, capsys)
    assert stored(at_work.books.folder) == before
    states = {name: one["state"] for name, one in lines.items()}
    assert set(states) == {
        "disk", "disk-writable", "settings", "pages", "receipts", "label", "terminal", "scale", "scanner",
        "signing", "program", "qt", "line", "certificate", "clock", "books", "mark", "chain", "key", "schema",
        "clock-acknowledged", "unsent", "tariffs", "lists", "backup",
    }  # fmt: skip
    for name in ("books", "mark", "chain", "schema", "disk-writable", "settings", "pages", "lists"):
        assert states[name] == "ok", lines[name]
    assert states["receipts"] == states["certificate"] == "not asked"
    assert (states["line"], lines["line"]["code"]) == ("warn", "L-001")
    assert states["key"] == states["backup"] == states["tariffs"] == "warn"
    assert lines["backup"]["sentence"].startswith("No backup is kept. Run azpost-desk backup")
    assert code == (2 if "bad" in states.values() else 1)


def test_a_folder_without_a_desk_is_said_and_what_can_be_asked_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "none"
    code, lines = asked(folder, capsys)
    assert code == 2
    assert (lines["books"]["state"], lines["books"]["code"]) == ("bad", "G-070")
    assert lines["disk"]["state"] in ("ok", "warn", "bad")
    assert {lines[name]["state"] for name in (*doctor_checks.NEED_BOOKS, "line", "clock")} == {"not asked"}
    assert not folder.exists()


def test_each_thing_that_is_wrong_has_its_own_line(
    at_work: Stand, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = at_work.books.folder
    (folder / "desk.toml").write_text('receipts = "tcp:127.0.0.1:9"\n', "utf-8")
    code, lines = asked(folder, capsys)
    assert (code, lines["receipts"]["state"], lines["receipts"]["code"]) == (2, "bad", "D-001")
    (folder / "desk.toml").write_text('receipt = "x"\n', "utf-8")
    assert asked(folder, capsys)[1]["settings"]["code"] == "G-080"
    (folder / "desk.toml").unlink()
    keep = FileVault(folder)
    mark = keep.get(vault.MARK) or ""
    keep.put(vault.MARK, "")
    assert asked(folder, capsys)[1]["mark"]["sentence"].startswith("The mark of how far")
    keep.put(vault.MARK, mark)
    keep.put(vault.STOPPED, "ledger")
    assert asked(folder, capsys)[1]["books"]["sentence"].startswith("The ledger does not balance")
    keep.put(vault.STOPPED, "")
    key = keep.get(vault.DATABASE) or ""
    keep.put(vault.DATABASE, "00" * 32)
    code, lines = asked(folder, capsys)
    keep.put(vault.DATABASE, key)
    assert (code, lines["books"]["code"]) == (2, "G-063")


def test_records_that_wait_and_a_backup_that_is_there(
    at_work: Stand, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = at_work.books.folder
    back_up(folder, folder / "backups", doctor.SystemClock().utc_ms(), FileVault(folder))
    at_work.desk.transfers.send(send(), CLERK)
    at_work.pay(10_100)
    _code, lines = asked(folder, capsys)
    assert lines["backup"]["state"] == "ok"
    waiting = at_work.books.waiting()[0]
    assert lines["unsent"]["sentence"].startswith(f"{waiting} wait to be sent")


def test_the_centre_tells_its_clock_and_its_certificate_is_counted(postgres: str, tmp_path: Path) -> None:
    shown, secret = certificate(tmp_path)
    centre = Centre(postgres, connections_max=4)
    centre.start(certificate=shown, key=secret)
    try:
        seen = look_at(centre.url, CLOCK, str(shown))
        stranger = look_at(centre.url, CLOCK)
    finally:
        centre.stop()
    assert seen.trouble == ""
    assert seen.clock_off_ms is not None
    assert abs(seen.clock_off_ms) < 30_000
    until = x509.load_pem_x509_certificate(shown.read_bytes()).not_valid_after_utc
    until_s = int(until.timestamp())
    assert seen.certificate_until_ms == until_s * 1000
    # Who cannot prove to be the centre tells no time, and still it is said when the certificate ends.
    assert (stranger.trouble, stranger.clock_off_ms) == ("L-004", None)
    assert stranger.certificate_until_ms == until_s * 1000
    assert look_at("http://192.0.2.1/", CLOCK).trouble == "L-021"


SECRETS = (
    "Əliyev", "Vüqar", "Həsənov", "7KL2M9P", "5MN8Q2R", "+994501234567", "0501234567", "AZ21NABZ",
    "4169738812345678", "900000001", "4821", "Nizami", "1990-05-05", "aliyev",
)  # fmt: skip


def test_nothing_of_anybody_is_in_the_bundle(at_work: Stand, tmp_path: Path) -> None:
    folder = at_work.books.folder
    at_work.desk.transfers.send(send(), CLERK)
    at_work.pay(10_100)
    logs = places.logs(folder)
    logs.mkdir()
    log = [f"2026-12-01 09:00:00,123 azpost_desk.sync.line WARNING {one}" for one in SECRETS]
    log += [f"{one}: E-001 {one}" for one in SECRETS]
    log += [
        "Traceback (most recent call last):",
        '  File "/srv/aliyev/azpost_desk/sync/line.py", line 77, in _step',
        "ValueError: Əliyev Vüqar, FİN 7KL2M9P, PIN 4821",
        "Trouble: G-061",
    ]
    (logs / "Əliyev.log").write_text("\n".join(log), "utf-8")
    (folder / "desk.toml").write_text('receipt = "aliyev 4821"\n', "utf-8")
    file = tmp_path / "support.zip"
    assert programs.main(["doctor", "--data", str(folder), "--bundle", str(file)]) == 2
    with zipfile.ZipFile(file) as bundle:
        parts = {name: bundle.read(name) for name in bundle.namelist()}
    assert set(parts) == {"doctor.json", "versions.json", "counts.json", "log-0.txt"}
    people = _people(at_work)
    assert len(people) > 5
    for name, content in parts.items():
        text = content.decode("utf-8")
        for one in (*SECRETS, *people):
            assert one not in name
            # Times and counts hold figures of their own; a word is found as a word.
            assert not re.search(rf"(?<![\w]){re.escape(one)}(?![\w])", text), (one, name)
    # What support needs is all there.
    assert json.loads(parts["counts.json"])["journal"] > 3
    assert "2026-12-01 09:00:00,123 azpost_desk.sync.line WARNING …" in parts["log-0.txt"].decode("utf-8")
    assert "azpost_desk/sync/line.py line 77\nValueError: …\nTrouble: G-061" in parts["log-0.txt"].decode(
        "utf-8"
    )
    assert {"id": "settings", "state": "bad", "code": "G-080", "word": "", "line": 1} in json.loads(
        parts["doctor.json"]
    )["checks"]


def _people(stand: Stand) -> set[str]:
    """Every word that people said at this desk, as its attachments and staff hold them."""
    said = {one.name for one in stand.desk.staff.officers()}
    kept = select(t.attachments.c.content).where(t.attachments.c.content.is_not(None))
    for content in stand.books._desk.connection.execute(kept).scalars():
        said |= _words(json.loads(content))
    return {word for one in said for word in one.split() if len(word) > 3}


def _words(value: object) -> set[str]:
    if isinstance(value, str):
        return {value}
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set().union(*map(_words, inside))


@pytest.mark.fast
def test_a_place_that_is_not_ours_is_taken_out() -> None:
    assert masked('  File "/x/azpost_desk/sync/line.py", line 7, in Vüqar') == "…"
    assert masked("incident 0501234567") == "incident …"
    assert masked("") == ""


@pytest.mark.fast
def test_a_file_that_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert programs.main(["doctor", "--data", str(tmp_path), "--bundle", str(tmp_path / "no" / "x.zip")]) == 2
    assert capsys.readouterr().err.startswith("G-171: ")


@pytest.mark.fast
def test_every_line_has_its_sentence_in_every_language() -> None:
    source = Path(doctor_checks.__file__).read_text("utf-8")
    words = set(re.findall(r'"(doctor\.[a-z_]+\.[a-z_]+)"', source)) | {
        "doctor.writable.yes",
        "doctor.writable.no",
    }
    assert len(words) > 15
    for spoken in LANGUAGES:
        assert [one for one in sorted(words) if not Texts(spoken).has(one)] == []


@pytest.mark.fast
@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({"LANG": "az_AZ.UTF-8"}, "az"),
        ({"LANG": "az_AZ.UTF-8", "LC_ALL": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "ru_RU.UTF-8", "AZPOST_LANG": "az"}, "az"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "de_DE"}, "en"),
        ({}, "en"),
    ],
)
def test_the_environment_says_the_language(environment: dict[str, str], spoken: str) -> None:
    assert doctor.language(environment) == spoken


@pytest.mark.fast
def test_a_library_of_qt_that_was_changed_is_said_and_hinders_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert doctor_checks.qt_changed() == []
    monkeypatch.setattr(doctor_checks, "_sha256", lambda path: "other" if "Widgets" in path.name else "x")
    changed = doctor_checks.qt_changed()
    assert changed is not None
    assert "libQt6Widgets.so.6" in changed
