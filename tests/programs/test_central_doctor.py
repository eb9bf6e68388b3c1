"""`central doctor` looks at the centre as it is, names what is late or paused, and migrates nothing."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest

from azpost_desk.central import health
from azpost_desk.central.clock import SystemClock
from azpost_desk.central.exceptions import list_task
from azpost_desk.central.intake.rounds import DAILY
from azpost_desk.central.messaging.sending import FAILED_TASK
from azpost_desk.central.storage.database import connect, migrate, one
from azpost_desk.programs import central_doctor
from azpost_desk.programs.central import main
from azpost_desk.texts import LANGUAGES, Texts
from tests.stories.test_tls import certificate

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def room(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Bytes free on any disk, as the test says: not this machine's."""
    free = {"bytes": health.FREE_BYTES_WARN}
    monkeypatch.setattr(health, "_free_bytes", lambda _folder: free["bytes"])
    return free


def asked(dsn: str, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict[str, dict[str, str]]]:
    code = main(["--dsn", dsn, "doctor", "--json", *more])
    told = json.loads(capsys.readouterr().out)
    return code, {line["id"]: line for line in told["checks"]}


def test_a_database_without_our_tables_is_said_and_stays_as_it_is(
    postgres: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with connect(postgres) as conn:
        conn.execute("drop schema public cascade")
        conn.execute("create schema public")
    code, lines = asked(postgres, capsys)
    assert (code, lines["schema"]["state"], set(lines)) == (
        2, "bad", {"database", "clock", "disk", "schema", "certificate"},
    )  # fmt: skip
    with connect(postgres) as conn:
        assert one(conn, "select to_regclass('schema_number') is null")[0]


def test_a_centre_whose_jobs_are_done_is_well_and_each_thing_that_is_not_has_its_line(
    postgres: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now_ms = SystemClock().utc_ms()
    migrate(postgres, now_ms)
    with connect(postgres) as conn:
        conn.execute("delete from daily_round")
    code, lines = asked(postgres, capsys)
    assert (code, lines["jobs"]["state"]) == (1, "warn")
    assert "partitions" in lines["jobs"]["sentence"]
    with connect(postgres) as conn:
        for job in DAILY:
            conn.execute("insert into daily_round values (%s, %s)", (job, now_ms))
    shown, _secret = certificate(tmp_path)
    code, lines = asked(postgres, capsys)
    assert (code, {line["state"] for line in lines.values()}) == (0, {"ok", "not asked"})
    with connect(postgres) as conn:
        conn.execute("insert into biller_breakers (biller, paused_ms) values ('azerisiq', 1)")
        conn.execute("insert into billers_reached values ('azersu', 'json', true, 1)")
        conn.execute("insert into message_pause (paused_ms, paused_by, why) values (1, 'anna', 'x')")
        list_task(conn, ("2002-1", 1, 2), FAILED_TASK, "c", "", 1)
        seen = {line.id: line.state for line in health.look(conn, now_ms + 200 * 24 * 3_600_000)}
    assert (seen["partitions"], seen["clock"]) == ("warn", "bad")
    code, lines = asked(postgres, capsys, "--certificate", str(shown))
    assert code in (1, 2)
    assert {name for name, line in lines.items() if line["state"] == "warn"} - {"certificate"} == {
        "paused", "silent", "messages-paused", "tasks",
    }  # fmt: skip
    assert lines["certificate"]["state"] != "not asked"


@pytest.mark.fast
def test_every_line_is_said_in_every_language() -> None:
    names = (
        "database", "clock", "disk", "schema", "partitions", "jobs", "work", "partners", "paused", "silent",
        "messages-paused", "messages", "unowned", "tasks", "certificate",
    )  # fmt: skip
    for spoken in LANGUAGES:
        texts = Texts(spoken)
        assert [
            name
            for name in names
            for word in ("well", "ill")
            if not texts.has(f"central.doctor.{name}.{word}")
        ] == []
        assert all(texts.has(f"central.doctor.certificate.{word}") for word in ("unread", "no_pem"))


@pytest.fixture
def well(postgres: str) -> str:
    """A centre whose jobs are done."""
    now_ms = SystemClock().utc_ms()
    migrate(postgres, now_ms)
    with connect(postgres) as conn:
        conn.execute("delete from daily_round")
        for job in DAILY:
            conn.execute("insert into daily_round values (%s, %s)", (job, now_ms))
    return postgres


def ailing(dsn: str, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """State and sentence of each line that is not well."""
    _, lines = asked(dsn, capsys)
    return {
        name: f"{line['state']}: {line['sentence']}"
        for name, line in lines.items()
        if line["state"] not in ("ok", "not asked")
    }


def test_what_is_no_certificate_is_a_line_and_the_others_are_said_too(
    well: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = tmp_path / "centre.pem"
    for content, says in ((None, "No such file"), (b"", "PEM"), (b"-----BEGIN CERTIFICATE-----\nAA", "PEM")):
        if content is not None:
            shown.write_bytes(content)
        code, lines = asked(well, capsys, "--certificate", str(shown))
        assert (code, lines["certificate"]["state"], lines["jobs"]["state"]) == (2, "bad", "ok")
        assert says in lines["certificate"]["sentence"]
        assert str(shown) in lines["certificate"]["sentence"]


def test_a_database_that_is_not_reached_is_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, lines = asked(f"host={tmp_path} dbname=none", capsys)
    assert (code, set(lines)) == (2, {"database", "certificate"})
    assert lines["database"]["state"] == "bad"
    assert lines["database"]["sentence"].startswith("PostgreSQL is not reached: ")
    # One that takes the call and says nothing is not waited for without end.
    monkeypatch.setattr(central_doctor, "ANSWER_SECONDS_MAX", 2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        code, lines = asked(f"host=127.0.0.1 port={mute.getsockname()[1]} dbname=none", capsys)
    assert (code, lines["database"]["state"]) == (2, "bad")
    assert "timeout" in lines["database"]["sentence"]


def test_late_messages_and_tasks_that_nobody_owns_are_said(
    well: str, capsys: pytest.CaptureFixture[str]
) -> None:
    now_ms = SystemClock().utc_ms()
    queue = (
        "insert into messages (message, kind, about, template, language, channel, contact, facts, desk,"
        " epoch, sequence, state, next_ms, made_ms, changed_ms)"
        " values (%s, 'refund_ready', %s, 1, 'az', 'sms', '', '', '2002-1', 1, 1, 'queued', %s, 1, 1)"
    )
    with connect(well) as conn:
        conn.execute(queue, ("1", "1", now_ms - health.MESSAGE_LATE_MS + 60_000))
        list_task(conn, ("2002-1", 1, 2), FAILED_TASK, "c", "", now_ms)
    assert ailing(well, capsys) == {}
    with connect(well) as conn:
        conn.execute(queue, ("2", "2", now_ms - health.MESSAGE_LATE_MS - 60_000))
        conn.execute("update exceptions set owner = ''")
    assert ailing(well, capsys) == {
        "messages": "warn: Messages that are more than an hour late: 1. Look at central messages.",
        "unowned": "warn: Tasks without an owner: 1. Look at central exceptions.",
    }
    with connect(well) as conn:
        conn.execute("update exceptions set ended_ms = 1")
        conn.execute("update messages set next_ms = null")
    assert ailing(well, capsys) == {}


def test_what_is_not_brought_forward_and_whose_partner_is_switched_off_is_said(
    well: str, capsys: pytest.CaptureFixture[str]
) -> None:
    now_ms = SystemClock().utc_ms()
    put = "insert into work (desk, epoch, first, last, received_ms) values ('2002-1', 1, 1, 1, %s)"
    with connect(well) as conn:
        conn.execute(put, (now_ms - health.WORK_LATE_WARN_MS // 2,))
        conn.execute("insert into abroad_partners (partner) values ('TRPOST')")
    assert ailing(well, capsys) == {}
    with connect(well) as conn:
        conn.execute(put, (now_ms - health.WORK_LATE_WARN_MS,))
        conn.execute("update abroad_partners set sending = false")
    said = ailing(well, capsys)
    assert set(said) == {"work", "partners"}
    assert said["work"].startswith(
        "warn: What desks sent is brought forward late; waiting: 2, the oldest for 6"
    )
    assert "1 (TRPOST)" in said["partners"]
    with connect(well) as conn:
        conn.execute(put, (now_ms - health.WORK_LATE_BAD_MS,))
    assert ailing(well, capsys)["work"].startswith("bad: ")


def test_room_on_the_disk_is_said_where_it_can_be_known(
    well: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], room: dict[str, int]
) -> None:
    room["bytes"] = health.FREE_BYTES_WARN - 1
    assert ailing(well, capsys)["disk"].startswith("warn: Gigabytes free where the database lies: 19.")
    room["bytes"] = health.FREE_BYTES_BAD - 1
    assert ailing(well, capsys)["disk"].startswith("bad: ")
    with connect(well) as conn:
        # Who may not read where the database lies is told so, not that all is well.
        conn.execute("create role reader")
        conn.execute("set role reader")
        assert health._disk(conn, ()).state == "not asked"
        assert health._disk(conn, (tmp_path,)).state == "bad"
        conn.execute("reset role")
        conn.execute("drop role reader")
