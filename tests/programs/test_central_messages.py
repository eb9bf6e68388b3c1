"""The centre's commands about messages: what waits, a pause, the end of a failed one, carriers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from azpost_desk.central.exceptions import list_task
from azpost_desk.central.messaging.sending import FAILED_TASK
from azpost_desk.central.storage.database import connect, migrate
from azpost_desk.domain.messages import MAIL, SMS
from azpost_desk.domain.refusals import Refused
from azpost_desk.programs.central import main
from azpost_desk.programs.central_messages import reached

if TYPE_CHECKING:
    from pathlib import Path

NOW_MS = 1_795_000_000_000
ROW = (
    "insert into messages (message, kind, about, template, language, channel, contact, facts, desk, epoch,"
    " sequence, state, next_ms, made_ms, changed_ms, attempts, reason)"
    " values (%s, 'transfer_paid', %s, 1, 'az', %s, %s, '', '2002-1', 1, 2, %s, %s, %s, 0, 1, %s)"
)


@pytest.fixture
def centre(postgres: str) -> str:
    """A centre with a message that waits, one that failed and one that arrived."""
    migrate(postgres, NOW_MS)
    with connect(postgres) as conn:
        conn.execute("insert into message_ports values ('sms', 0)")
        for message, channel, contact, state, next_ms, reason in (
            ("a", "sms", "+994501234567", "failed_for_now", NOW_MS, "http_status"),
            ("b", "mail", "leyla@example.az", "created", NOW_MS, ""),
            ("c", "sms", "+994501234567", "failed", None, "blocked"),
            ("d", "sms", "+994501234567", "delivered", None, ""),
        ):
            conn.execute(ROW, (message, f"of-{message}", channel, contact, state, next_ms, NOW_MS, reason))
        list_task(conn, ("2002-1", 1, 2), FAILED_TASK, "c", "", NOW_MS)
    return postgres


def run(dsn: str, *words: str) -> int:
    return main(["--dsn", dsn, *words])


def listed(dsn: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    assert run(dsn, "messages", "--json") == 0
    said: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return said


def test_what_has_not_arrived_is_listed_masked_with_what_it_waits_for(
    centre: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = listed(centre, capsys)
    assert [(one["message"], one["contact"], one["waits_for"]) for one in rows] == [
        ("a", "+994***67", "time"), ("b", "l***@example.az", "port"), ("c", "+994***67", "person"),
    ]  # fmt: skip
    assert run(centre, "messages") == 0
    said = capsys.readouterr().out
    assert len(said.splitlines()) == 4
    assert "failed\t1\tperson\t-\tblocked" in said
    assert "501234567" not in said
    assert "leyla" not in said


def test_a_pause_holds_what_waits_until_it_ends(centre: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(centre, "messages-open") == 1
    assert capsys.readouterr().err.startswith("X-162: ")
    for _ in range(2):
        assert run(centre, "messages-pause", "--by", "A", "--why", "wrong sentence") == 0
    assert [one["waits_for"] for one in listed(centre, capsys)] == ["pause", "pause", "person"]
    assert run(centre, "messages-open") == 0
    assert [one["waits_for"] for one in listed(centre, capsys)] == ["time", "port", "person"]
    assert run(centre, "messages-pause", "--by", "A", "--why", " ") == 1
    assert capsys.readouterr().err.startswith("X-047: ")


def test_a_failed_message_ends_with_its_task_once(centre: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(centre, "message-end", "c", "--by", "A. Aliyev", "--why", "told at the counter") == 0
    assert [one["message"] for one in listed(centre, capsys)] == ["a", "b"]
    with connect(centre) as conn:
        assert conn.execute("select from exceptions where ended_ms = 0").fetchall() == []
    for message in ("c", "a", "none"):
        assert run(centre, "message-end", message, "--by", "A", "--why", "again") == 1
        assert capsys.readouterr().err.startswith("X-161: ")


def carried(folder: Path, text: str) -> dict[str, Any]:
    (folder / "sms.key").write_text("a-key\n")
    (folder / "mail.password").write_text("a password\n")
    (folder / "messages.toml").write_text(text)
    return reached(folder / "messages.toml")


def test_the_example_names_both_carriers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["template", "messages"]) == 0
    assert sorted(carried(tmp_path, capsys.readouterr().out)) == [MAIL, SMS]
    assert carried(tmp_path, "") == reached(None) == {}


SMS_URL = '[sms]\nurl = "{url}"\nkey_file = "sms.key"\n'
MAIL_HOST = '[mail]\nhost = "smtp.example"\nsender = "post@example.az"\n'


@pytest.mark.parametrize(
    ("text", "code", "reason"),
    [
        (SMS_URL.format(url="http://sms.example"), "X-160", ""),
        (f'{MAIL_HOST}security = "clear"', "X-160", ""),
        (f'{MAIL_HOST}security = "ssl"', "X-104", "mail_security"),
        (MAIL_HOST.replace("post@", "post"), "X-104", "mail_sender"),
        (f"{MAIL_HOST}port = 70_000", "X-104", "mail_port"),
        (f'{MAIL_HOST}user = "post"', "X-104", "mail_user"),
        (f'{MAIL_HOST}authority = "sms.key"', "X-104", "certificate"),
        ('[pigeon]\nurl = "x"', "X-101", ""),
    ],
)
def test_a_carrier_that_could_not_work_is_said_at_the_start(
    tmp_path: Path, text: str, code: str, reason: str
) -> None:
    with pytest.raises(Refused) as refused:
        carried(tmp_path, text)
    assert (refused.value.code, refused.value.facts.get("reason", "")) == (code, reason)
