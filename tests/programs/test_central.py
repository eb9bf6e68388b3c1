"""The central program: what an operator types, against a real PostgreSQL."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from azpost_desk.central.registry.reference import newest
from azpost_desk.central.storage.database import connect
from azpost_desk.domain.catalogue import Retention
from azpost_desk.programs.central import main
from tests.central.desks import ManualClock, SimDesk
from tests.central.persons import enter, signed

if TYPE_CHECKING:
    from pathlib import Path


def run(dsn: str, *words: str) -> int:
    return main(["--dsn", dsn, *words])


def test_what_is_typed_is_held_to_the_rules_of_a_file(
    postgres: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Names, numbers and PINs; and a number is one person's in the whole country."""
    pin = tmp_path / "pin"
    assert run(postgres, "create-branch", "2002", "Gəncə 2", "AZ2002") == 0
    for guessed in ("1234", "7777"):
        pin.write_text(f"{guessed}\n", "utf-8")
        assert run(postgres, "add-staff", "2002", "o1", "A", "clerk", "--pin-file", str(pin)) == 1
        assert capsys.readouterr().err.startswith("S-009: ")
    pin.write_text("4680\n", "utf-8")
    assert run(postgres, "add-staff", "2002", "o1", "Əliyeva Nigar", "clerk", "--pin-file", str(pin)) == 0
    assert run(postgres, "create-branch", "1000", "Bakı 1", "AZ1000") == 0
    capsys.readouterr()
    assert run(postgres, "add-staff", "1000", "o1", "Başqa Adam", "clerk", "--pin-file", str(pin)) == 1
    assert capsys.readouterr().err.startswith("X-112: Somebody works at branch 2002 under the number o1")
    for name in ("", "A\x07B", "Ə" * 101):
        for words in (("create-branch", "3000", name, "AZ3000"), ("add-staff", "2002", "o2", name, "clerk")):
            assert run(postgres, *words) == 2, words
            assert capsys.readouterr().err.startswith(f"X-104: {words[0]}: "), words
    assert run(postgres, "create-branch", "30", "Şəki", "AZ3000") == 2
    assert run(postgres, "add-staff", "2002", "o 2", "Adam", "clerk") == 2


def test_a_branch_from_nothing_to_its_first_news(
    postgres: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    tariffs, pin = tmp_path / "tariffs.json", tmp_path / "pin"
    tariffs.write_text(json.dumps({"version": "2026-1", "approved": False}), "utf-8")
    assert run(postgres, "create-branch", "2002", "Gəncə 2", "AZ2002", "--desks", "2") == 0
    assert capsys.readouterr().out.split() == ["2002-1", "2002-2"]
    # A file that is empty by mistake gives nobody a PIN that is none.
    for none in ("", "12", "12a4", "1" * 13):
        pin.write_text(f"{none}\n", "utf-8")
        assert run(postgres, "add-staff", "2002", "o1", "A", "clerk", "--pin-file", str(pin)) == 1
        assert capsys.readouterr().err.startswith("S-004: ")
    pin.write_text("4680\n", "utf-8")
    assert run(postgres, "add-staff", "2002", "o1", "Əliyeva Nigar", "clerk", "--pin-file", str(pin)) == 0
    assert run(postgres, "set-licence", "2002", "transfers", "7", "2026-01-01", "2027-01-01") == 0
    assert run(postgres, "set-tariffs", str(tariffs)) == 0
    assert run(postgres, "approve-tariffs") == 0
    assert run(postgres, "enrol", "2002-1") == 0
    code = capsys.readouterr().out.split()[-1]
    assert run(postgres, "enrol", "9999-1") == 1
    assert "9999-1" in capsys.readouterr().err
    with connect(postgres) as conn:
        named = {row[0] for row in conn.execute("select name from reference")}
        approved = conn.execute("select content from reference where name = 'tariffs' order by version desc")
        assert b'"approved":true' in approved.fetchall()[0][0]
    assert named == {"branch", "offices", "staff", "licences", "tariffs"}
    environment = {**os.environ, "LANG": "C"}
    words = [sys.executable, "-m", "azpost_desk", "central", "--dsn", postgres, "serve", "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        desk = SimDesk(process.stdout.readline().strip(), ManualClock())
        assert desk.enrol(code).branch_name == "Gəncə 2"
        assert desk.exchange().ack is not None
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert run(postgres, "give-codes", "2002-1", "10") == 0
    assert run(postgres, "give-range", "2002-1", "EE", "100") == 0
    assert capsys.readouterr().out.splitlines() == ["10", "EE00000001 EE00000100"]
    with connect(postgres) as conn:
        # Given by hand once, kept supplied from then on.
        assert conn.execute("select desk, codes, items from desk_stocks").fetchall() == [("2002-1", 200, 500)]
        enter(conn, "a", "b")
    burnt = (*signed(tmp_path, first="a"), "--reason", "fire", "--evidence", "police report 12")
    second = signed(tmp_path, second="b")
    assert run(postgres, "lost", "confirm", "2002-1", *second) == 1
    assert run(postgres, "lost", "declare", "2002-1", *burnt) == 0
    # The waiting time is not over.
    assert run(postgres, "lost", "confirm", "2002-1", *second) == 1
    assert "24" in capsys.readouterr().err
    assert run(postgres, "lost", "list") == 0
    two = (*signed(tmp_path, first="a", second="b"), "--evidence", "police report 12")
    assert run(postgres, "lost", "resolve", "no-such-grant", "paid", *two) == 1
    assert run(postgres, "key", "revoke", "2002-1", "1", "1", "0000000000", *two, "--reason", "theft") == 1
    assert run(postgres, "contested", "list") == 0
    assert run(postgres, "contested", "reject", "2002-1", "1", "1", "0000000000", *two) == 1
    assert run(postgres, "new-epoch") == 0
    assert run(postgres, "exceptions") == 0


def test_wrong_usage_is_told(postgres: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["serve"])
    assert run(postgres, "set-goods", str(tmp_path / "none.json")) == 2
    assert "none.json" in capsys.readouterr().err


def test_legal_terms_and_issuers_are_published_and_erasure_is_run_and_listed(
    postgres: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    terms, signing = tmp_path / "retention.json", tmp_path / "signing.json"
    terms.write_text(
        json.dumps({"terms": [{"group": "parties", "years": 7, "basis": "Qanun", "demo": False}]}), "utf-8"
    )
    signing.write_text(json.dumps({"certificates": {"1001": ["ab"]}}), "utf-8")
    assert run(postgres, "set-retention", str(terms)) == 0
    assert run(postgres, "set-signing", str(signing)) == 0
    assert run(postgres, "erasure", "run") == 0
    assert capsys.readouterr().out.split() == ["1", "1", "0"]
    with connect(postgres) as conn:
        known = newest(conn, Retention)
        assert known is not None
        assert (known.of("parties").years, known.of("account").years) == (7, 10)
        conn.execute(
            "insert into erasures (desk, epoch, sequence, slot, commitment, centre_ms, desk_ms) values"
            " ('2002-1', 1, 5, 'a:parties', 'c', 1795410000000, 0), ('2002-2', 1, 5, 'b:parties', 'c', 1, 2)"
        )
    assert run(postgres, "erasure", "list") == 0
    assert capsys.readouterr().out == "2002-1\t1\t23.11.2026 09:00\n"
