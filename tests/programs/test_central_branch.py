"""A branch from one file, and the examples of files, as an administrator types them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from azpost_desk import places
from azpost_desk.central.app import Centre
from azpost_desk.central.registry import branches, reference, supply
from azpost_desk.central.storage.database import connect
from azpost_desk.domain.catalogue import Branch, Licences, Officer, Offices, Settings, Staff
from azpost_desk.programs.central import main
from azpost_desk.programs.desk_parts import Argon2
from tests.central.desks import ManualClock, SimDesk
from tests.central.persons import enter, signed

if TYPE_CHECKING:
    from pathlib import Path


def run(dsn: str, *words: str) -> int:
    return main(["--dsn", dsn, *words])


def all_rows(dsn: str) -> list[object]:
    """How much of everything there is."""
    tables = (
        "branches",
        "desks",
        "desk_stocks",
        "reference",
        "enrolment_codes",
        "acts",
        "tidings",
        "journal",
    )
    with connect(dsn) as conn:
        return [conn.execute(f"select count(*) from {table}".encode()).fetchone() for table in tables]


def look_at_the_branch(dsn: str) -> None:
    """Everything that stands in the example is there."""
    with connect(dsn) as conn:
        branch, staff = reference.newest(conn, Branch, "2002"), reference.newest(conn, Staff, "2002")
        licences = reference.newest(conn, Licences, "2002")
        settings, offices = reference.newest(conn, Settings, "2002"), reference.newest(conn, Offices)
        who = conn.execute("select distinct who from acts").fetchall()
    assert branch
    assert staff
    assert licences
    assert settings
    assert offices
    assert (branch.name, branch.desks, branch.voen) == ("Gəncə 2", (1, 2), "9900003611")
    assert [(one.name, one.role) for one in staff.officers] == [
        ("Nigar Əliyeva", "clerk"),
        ("Rauf Hüseynli", "manager"),
    ]
    assert Argon2().verify(staff.officers[1].pin_hash, "4680")
    assert [(one.service, one.valid_to) for one in licences.licences] == [
        ("transfers", "2027-12-31"),
        ("payments", "2027-12-31"),
    ]
    assert settings.allowances_qapik["transfers"] == 300_000
    assert [(one.code, one.zone) for one in offices.offices] == [("2002", "Gəncə")]
    assert who == [("anna + bəhruz",)]


def enrol_a_desk(dsn: str, code: str) -> None:
    """A desk is enrolled with what was printed, and is given its numbers by that alone."""
    clock = ManualClock()
    centre = Centre(dsn, clock=clock)
    centre.start()
    try:
        desk = SimDesk(centre.url, clock)
        assert desk.enrol(code).branch_name == "Gəncə 2"
        centre.settle()
        desk.exchange()
        told = desk.told("codes")
    finally:
        centre.stop()
    assert sum(len(one.get("transfer_codes", ())) for one in told) == supply.CODES
    given = [(one["item_first"], one["item_last"]) for one in told if one.get("item_prefix")]
    assert given == [(1, supply.ITEMS)]


def test_a_branch_is_made_whole_from_one_file_by_two_people_and_once(
    postgres: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["template", "branch"]) == 0
    file = tmp_path / "branch.toml"
    file.write_text(capsys.readouterr().out, "utf-8")
    with connect(postgres) as conn:
        enter(conn, "anna", "bəhruz")
    two = signed(tmp_path, first="anna", second="bəhruz")
    # One person is not enough, nor is a slip after the first good word: nothing of it is there.
    assert run(postgres, "migrate") == 0
    before = all_rows(postgres)
    assert run(postgres, "new-branch", str(file), *signed(tmp_path, first="anna", second="anna")) == 1
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(file.read_text("utf-8").replace('item_prefix = "EE"', 'item_prefix = "ee"'), "utf-8")
    assert run(postgres, "new-branch", str(wrong), *two) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("X-104: wrong.toml: numbers.item_prefix")
    assert all_rows(postgres) == before
    # A manager who has left opens no day, and a number that is somebody's elsewhere names two people.
    gone = file.read_text("utf-8").replace("valid_to = 2030-12-31", "valid_to = 2020-01-01", 1)
    wrong.write_text(gone, "utf-8")
    assert run(postgres, "new-branch", str(wrong), *two) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("X-104: wrong.toml: nobody in staff")
    known = Officer(officer="1001", name="X", role="clerk", pin_hash="h")
    with connect(postgres) as conn:
        branches.add_staff(conn, "1000", known, ManualClock().utc_ms())
    before = all_rows(postgres)
    assert run(postgres, "new-branch", str(file), *two) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("X-112: ")
    assert all_rows(postgres) == before
    with connect(postgres) as conn:
        left = structs.replace(known, valid_to="2020-01-01")
        branches.add_staff(conn, "1000", left, ManualClock().utc_ms())

    assert run(postgres, "new-branch", str(file), *two) == 0
    said = capsys.readouterr()
    assert said.err == ""
    codes = dict(line.split("\t") for line in said.out.splitlines())
    assert list(codes) == ["2002-1", "2002-2"]
    made = all_rows(postgres)
    assert run(postgres, "new-branch", str(file), *two) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "X-106: Branch 2002 exists already. Nothing was changed.\n"
    assert all_rows(postgres) == made

    look_at_the_branch(postgres)
    enrol_a_desk(postgres, codes["2002-1"])


@pytest.mark.parametrize(
    "name",
    [
        *("tariffs", "billers", "goods", "settings", "signing", "retention", "connectors", "national-list"),
        *("partners", "corridors", "register", "prohibitions", "customs-forms", "sdr-rates", "mail-abroad"),
        *("mail-storage", "closed-days", "mail-standards", "mail-lanes"),
    ],
)
def test_each_example_is_taken_unchanged(
    name: str, postgres: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["template", name]) == 0
    file = tmp_path / "example"
    file.write_text(capsys.readouterr().out, "utf-8")
    if name == "corridors":
        assert main(["template", "partners"]) == 0
        (tmp_path / "partners").write_text(capsys.readouterr().out, "utf-8")
        assert run(postgres, "set-partners", str(tmp_path / "partners")) == 0
        capsys.readouterr()
    if name == "connectors":
        # A server takes it when it starts; here only what reads it.
        from azpost_desk.programs.central_billers import reached

        connectors, kinds = reached(file)
        assert connectors["1001"].can_be_asked
        assert kinds == {"1001": "osmp"}
        return
    if name == "register":
        assert main(["template", "billers"]) == 0
        (tmp_path / "billers").write_text(capsys.readouterr().out, "utf-8")
        assert run(postgres, "set-billers", str(tmp_path / "billers")) == 0
        capsys.readouterr()
    others = {"national-list": ("import-list", "national"), "register": ("register",)}
    words = others.get(name, (f"set-{name}",))
    assert run(postgres, *words, str(file)) == 0
    said = capsys.readouterr()
    assert said.out
    assert said.err == ""


def test_a_biller_whose_example_it_would_refuse_itself_is_not_set(
    postgres: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["template", "billers"]) == 0
    file = tmp_path / "billers.toml"
    file.write_text(capsys.readouterr().out.replace("1012345678", "1012345687"), "utf-8")
    before = all_rows(postgres)
    assert run(postgres, "set-billers", str(file)) == 2
    assert capsys.readouterr().err == (
        "P-075: billers.toml, billers[1].account_example: the example 1012345687 does not pass the form or"
        " check digits of its own biller 1001. Mend one of them.\n"
    )
    assert all_rows(postgres) == before


def test_every_example_is_offered_and_every_file_has_one() -> None:
    from azpost_desk.programs import central_abroad, central_mail
    from azpost_desk.programs.central import _DOCUMENTS

    shipped = {path.stem for path in places.templates().iterdir()}
    others = {
        *("branch", "channels", "connectors", "ledger-accounts", "messages"),
        *("national-list", "rail", "register", "serve"),
    }
    assert shipped == {*_DOCUMENTS, *central_abroad.DOCUMENTS, *central_mail.DOCUMENTS, *others}
