"""`central codes` and the file that tells how the instant rail is reached."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from azpost_desk.central.gateways.instant import rail_id
from azpost_desk.central.registry.files import WrongFile
from azpost_desk.central.storage.database import connect, migrate
from azpost_desk.domain.refusals import Refused
from azpost_desk.programs import central_instant
from azpost_desk.programs.central import main
from azpost_desk.protocol.keys import SigningKey

if TYPE_CHECKING:
    from pathlib import Path


def written(tmp_path: Path, capsys: pytest.CaptureFixture[str], **changed: str) -> Path:
    """The example, reached in clear on this machine, with some words changed."""
    assert main(["template", "rail"]) == 0
    text = capsys.readouterr().out
    said = {"url": "http://127.0.0.1:9/rail", "partner_key": SigningKey.new().public()} | changed
    for name, value in said.items():
        text = re.sub(rf'^{name} = "[^"]*"', f'{name} = "{value}"', text, flags=re.MULTILINE)
    file = tmp_path / "rail.toml"
    file.write_text(text, "utf-8")
    return file


def test_the_example_is_taken_and_its_payee_can_stand_in_a_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert central_instant.reached(None) is None
    file = written(tmp_path, capsys)
    with pytest.raises(FileNotFoundError):
        central_instant.reached(file)
    (tmp_path / "rail.key").write_text(SigningKey.new().secret().hex(), "ascii")
    assert central_instant.reached(file) is not None
    for code, changed in (
        ("I-003", {"iban": "AZ13AZPO00000000000000000001"}),
        ("Q-007", {"postcode": "one"}),
    ):
        with pytest.raises(WrongFile) as wrong:
            central_instant.reached(written(tmp_path, capsys, **changed))
        assert wrong.value.code == code, changed
    with pytest.raises(Refused, match="M-011"):
        central_instant.reached(written(tmp_path, capsys, url="http://rail.example/api"))


def test_what_waits_of_money_by_code_is_listed(postgres: str, capsys: pytest.CaptureFixture[str]) -> None:
    migrate(postgres, 1)
    with connect(postgres) as conn:
        for request, state in (("r-1", "settled"), ("r-2", "late")):
            conn.execute(
                "insert into qr_requests (request, desk, epoch, basket, tender, digest, amount, state,"
                " rail_id, until_ms, asked_ms, changed_ms)"
                " values (%s, '2002-1', 1, 'b', %s, 'd', 1250, %s, %s, 9, 1, 5)",
                (request, request, state, rail_id("request", request)),
            )
        credit = ("T-1", rail_id("request", "r-1"), 1250, "AZ12", "payer", 1, 1)
        conn.execute("insert into qr_credits values (%s, %s, %s, %s, %s, %s, %s)", credit)
        conn.execute(
            "insert into qr_backs (back, made_for, reference, amount, state, made_ms, changed_ms)"
            " values ('k', 'part', 'T-1', 250, 'going_back', 1, 7)"
        )
    assert main(["--dsn", postgres, "codes", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(one["sort"], one["id"], one["desk"], one["state"], one["amount_qapik"]) for one in listed] == [
        ("request", "r-2", "2002-1", "late", 1250),
        ("back", "k", "2002-1", "going_back", 250),
    ]
    assert main(["--dsn", postgres, "codes"]) == 0
    assert "12.50" in capsys.readouterr().out
