"""A-15: dual control at the centre was two strings of one command line."""

from __future__ import annotations

import getpass
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from azpost_desk.central import people
from azpost_desk.central.storage.database import connect, migrate
from azpost_desk.domain.refusals import Refused
from azpost_desk.programs.central import main
from tests.central.persons import PASSWORD, claim, enter, signed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from azpost_desk.central.people import Claim
    from azpost_desk.central.storage.database import Connection

NOW_MS = 1_795_000_000_000
OWN, OTHER = "my own password", "another password"


@pytest.fixture
def conn(postgres: str) -> Iterator[Connection]:
    migrate(postgres, NOW_MS)
    with connect(postgres) as made:
        yield made


def code(conn: Connection, first: Claim, second: Claim, now_ms: int = NOW_MS) -> str:
    """With which code two who say they are two are refused, "" when they are believed."""
    try:
        people.two(conn, first, second, now_ms)
    except Refused as no:
        return no.code
    return ""


def test_two_are_believed_who_both_know_their_passwords(conn: Connection) -> None:
    enter(conn, "anna", "bəhruz")
    assert code(conn, claim("anna"), claim("bəhruz")) == ""
    assert code(conn, claim("anna"), claim("anna")) == "X-044"
    assert code(conn, claim("anna"), claim("ANNA")) == "X-044"
    assert code(conn, claim("anna"), claim("bəhruz", OTHER)) == "X-086"
    assert code(conn, claim("anna"), claim("nobody")) == "X-086"


def test_who_guesses_a_password_waits(conn: Connection) -> None:
    enter(conn, "anna", "bəhruz")
    for _ in range(people.TRIES_MAX):
        assert code(conn, claim("anna", OTHER), claim("bəhruz")) == "X-086"
    assert code(conn, claim("anna"), claim("bəhruz")) == "X-087"
    assert code(conn, claim("anna"), claim("bəhruz"), NOW_MS + 15 * 60_000) == ""


def test_a_third_is_entered_by_two_and_acts_only_with_a_password_of_their_own(conn: Connection) -> None:
    people.add(conn, "anna", OWN, None, NOW_MS)
    people.add(conn, "bəhruz", OWN, None, NOW_MS)
    by = claim("anna", OWN), claim("bəhruz", OWN)
    for name in ("ceyhun", "anna"):
        with pytest.raises(Refused, match="X-089"):
            people.add(conn, name, OWN, None, NOW_MS)
    people.add(conn, "ceyhun", OTHER, by, NOW_MS)
    # Whoever set it knows it: it consents to nothing.
    assert code(conn, claim("ceyhun", OTHER), by[0]) == "X-088"
    with pytest.raises(Refused, match="X-091"):
        people.change_own(conn, claim("ceyhun", OTHER), OTHER, NOW_MS)
    people.change_own(conn, claim("ceyhun", OTHER), PASSWORD, NOW_MS)
    assert code(conn, claim("ceyhun"), by[0]) == ""
    # Who has lost it is given a new one, and has to set their own again.
    people.add(conn, "ceyhun", OTHER, by, NOW_MS)
    assert people.listed(conn) == [("anna", True), ("bəhruz", True), ("ceyhun", False)]


def test_two_are_always_left(conn: Connection) -> None:
    enter(conn, "anna", "bəhruz", "ceyhun")
    by = claim("anna"), claim("bəhruz")
    people.remove(conn, "ceyhun", by, NOW_MS)
    with pytest.raises(Refused, match="X-089"):
        people.remove(conn, "bəhruz", by, NOW_MS)
    assert [name for name, _ in people.listed(conn)] == ["anna", "bəhruz"]


@pytest.mark.parametrize("name", ["", " ", "a" * 61, "a\nb"])
def test_a_name_that_is_none_is_refused(conn: Connection, name: str) -> None:
    with pytest.raises(Refused, match="X-091"):
        people.add(conn, name, OWN, None, NOW_MS)


@pytest.mark.parametrize(
    "act",
    [
        ("held", "release", "t", "--evidence", "e"),
        ("held", "refund", "t", "--evidence", "e"),
        ("lost", "resolve", "g", "paid", "--evidence", "e"),
        ("key", "revoke", "2002-1", "1", "1", "00", "--evidence", "e", "--reason", "r"),
        ("contested", "confirm", "2002-1", "1", "1", "00", "--evidence", "e"),
    ],
)
def test_names_on_a_command_line_are_nobody(
    conn: Connection, postgres: str, act: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    enter(conn, "anna", "bəhruz")
    wrong = tmp_path / "wrong"
    wrong.write_text("anna\n", "utf-8")
    named = signed(tmp_path, first="anna", second="bəhruz")
    assert main(["--dsn", postgres, *act, *named[:-1], str(wrong)]) == 1
    assert "Name or password is wrong" in capsys.readouterr().err
    # With both passwords it is the act itself that says what is wrong with it.
    assert main(["--dsn", postgres, *act, *named]) == 1
    assert "password" not in capsys.readouterr().err


def test_a_centre_where_nobody_is_says_so_instead_of_blaming_a_password(
    postgres: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder that was mistyped was a new, empty centre, and both people's right passwords "wrong"."""
    branch = tmp_path / "branch.toml"
    assert main(["template", "branch"]) == 0
    branch.write_text(capsys.readouterr().out, "utf-8")
    words = ["--dsn", postgres, "new-branch", str(branch), *signed(tmp_path, first="anna", second="bəhruz")]
    assert main(words) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("G-170: There is nobody at this centre yet.")
    assert "people add NAME" in said.err


def test_people_are_entered_on_the_command_line(
    postgres: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {}
    for name in (OWN, OTHER, PASSWORD):
        files[name] = tmp_path / name.replace(" ", "-")
        files[name].write_text(name, "utf-8")
    run = lambda *words: main(["--dsn", postgres, "people", *words])  # noqa: E731
    for name in ("anna", "bəhruz"):
        assert run("add", name, "--password-file", str(files[PASSWORD])) == 0
    assert run("add", "ceyhun", "--password-file", str(files[OTHER])) == 1
    two = signed(tmp_path, first="anna", second="bəhruz")
    assert run("add", "ceyhun", "--password-file", str(files[OTHER]), *two) == 0
    capsys.readouterr()
    assert run("list") == 0
    assert capsys.readouterr().out.splitlines()[2] == "ceyhun\tmust set a password of their own"
    change = ("--password-file", str(files[OTHER]), "--new-password-file", str(files[OWN]))
    assert run("own-password", "ceyhun", *change) == 0
    assert run("remove", "ceyhun", *two) == 0
    assert run("remove", "ceyhun", *two) == 1


def test_a_new_password_is_typed_twice_where_nobody_sees_it(
    postgres: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One slip of the first two, and nobody could ever consent again: it takes two to give another."""
    typed = [PASSWORD, OTHER, PASSWORD, PASSWORD]
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(getpass, "getpass", lambda _asks: typed.pop(0))
    run = lambda *words: main(["--dsn", postgres, "people", *words])  # noqa: E731
    assert run("add", "anna") == 1
    assert "X-111" in capsys.readouterr().err
    assert run("list") == 0
    assert capsys.readouterr().out == ""
    assert run("add", "anna") == 0
    assert not typed
