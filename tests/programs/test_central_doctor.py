"""`central doctor` looks at the centre as it is, names what is late or paused, and migrates nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from azpost_desk.central import health
from azpost_desk.central.clock import SystemClock
from azpost_desk.central.exceptions import list_task
from azpost_desk.central.intake.rounds import DAILY
from azpost_desk.central.messaging.sending import FAILED_TASK
from azpost_desk.central.storage.database import connect, migrate, one
from azpost_desk.programs.central import main
from azpost_desk.texts import LANGUAGES, Texts
from tests.stories.test_tls import certificate

if TYPE_CHECKING:
    from pathlib import Path


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
        2, "bad", {"database", "clock", "schema", "certificate"},
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
        "database", "clock", "schema", "partitions", "jobs", "paused", "silent", "messages-paused",
        "messages", "unowned", "tasks", "certificate",
    )  # fmt: skip
    for spoken in LANGUAGES:
        texts = Texts(spoken)
        assert [
            name
            for name in names
            for word in ("well", "ill")
            if not texts.has(f"central.doctor.{name}.{word}")
        ] == []
