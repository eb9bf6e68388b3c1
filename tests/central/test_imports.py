"""Offices and staff from lists: all rows or none, every wrong cell named, a second run changes nothing."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from azpost_desk.central.book import Book
from azpost_desk.central.registry import imports, reference
from azpost_desk.central.storage.database import connect
from azpost_desk.domain.catalogue import Offices, Staff
from azpost_desk.programs.central import main
from azpost_desk.spreadsheets import rows_of

if TYPE_CHECKING:
    from pathlib import Path

    from azpost_desk.central.app import Centre

OFFICES = """code;name;postcode;zone
5500;Şəki 1;AZ5500;Şəki
4200;Lənkəran 1;AZ4200;
"""
WRONG = """code,name,postcode,phone
55,Şəki 1,AZ5500,
4200,,AZ42,12
6700,Qəbələ 1,AZ6700,+994501234567
6700,Qəbələ 2,AZ6700,
"""


def known(centre: Centre) -> dict[str, str]:
    with connect(centre.database.dsn) as conn:
        return {one.code: one.name for one in (reference.newest(conn, Offices) or Offices()).offices}


def run(centre: Centre, tmp_path: Path, name: str, text: str, *more: str) -> int:
    file = tmp_path / "list.csv"
    file.write_text(text, "utf-8-sig")
    return main(["--dsn", centre.database.dsn, name, str(file), *more])


def test_offices_come_in_once_and_a_trial_changes_nothing(
    centre: Centre, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = known(centre)
    assert run(centre, tmp_path, "import-offices", OFFICES, "--dry-run") == 0
    assert capsys.readouterr().out == "2 would be added, 0 known before\n"
    assert known(centre) == before
    assert run(centre, tmp_path, "import-offices", OFFICES) == 0
    assert known(centre) == before | {"5500": "Şəki 1", "4200": "Lənkəran 1"}
    capsys.readouterr()
    assert run(centre, tmp_path, "import-offices", OFFICES) == 0
    assert capsys.readouterr().out == "0 added, 2 known before\n"
    # What is there with other words is nobody's to change by a list.
    assert run(centre, tmp_path, "import-offices", OFFICES.replace("Şəki 1", "Şəki 2")) == 1
    assert "row 2, code: the centre knows it otherwise" in capsys.readouterr().err
    assert known(centre)["5500"] == "Şəki 1"


def test_every_wrong_cell_is_named_with_its_row_and_nothing_comes_in(
    centre: Centre, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = known(centre)
    assert run(centre, tmp_path, "import-offices", WRONG) == 1
    said = capsys.readouterr().err.splitlines()
    assert said == [
        "row 2, code: not four digits",
        "row 3, name: empty or too long",
        "row 3, phone: no telephone number",
        "row 3, postcode: no postcode",
        "row 5, code: stands in another row too",
        "X-193: list.csv: 5 mistakes, nothing was changed.",
    ]
    assert known(centre) == before


def staff_of(centre: Centre, branch: str) -> dict[str, tuple[str, str]]:
    with connect(centre.database.dsn) as conn:
        officers = (reference.newest(conn, Staff, branch) or Staff()).officers
    return {one.officer: (one.name, one.pin_hash) for one in officers}


def imported(centre: Centre, tmp_path: Path, text: str, *, is_trial: bool = False) -> imports.Result:
    file = tmp_path / "staff.csv"
    file.write_text(text, "utf-8")
    rows = rows_of(file, *imports.STAFF)
    people, now_ms = ("anna", "baxtiyar"), centre.clock.utc_ms()
    with connect(centre.database.dsn) as conn, closing(Book(centre.database.dsn, centre.clock)) as book:
        return imports.import_staff(
            conn, book, rows, people, now_ms, is_trial=is_trial, hash_pin="h-{}".format
        )


STAFF = """branch,officer,name,role,pin
2002,7001,Kamran Əliyev,clerk,2580
1010,7002,Sevil Quliyeva,manager,9731
"""


def test_people_come_to_their_branches_once_and_keep_their_pin(centre: Centre, tmp_path: Path) -> None:
    assert imported(centre, tmp_path, STAFF, is_trial=True) == (2, 0)
    assert "7001" not in staff_of(centre, "2002")
    assert imported(centre, tmp_path, STAFF) == (2, 0)
    assert staff_of(centre, "2002")["7001"] == ("Kamran Əliyev", "h-2580")
    assert staff_of(centre, "1010")["7002"] == ("Sevil Quliyeva", "h-9731")
    assert imported(centre, tmp_path, STAFF.replace("2580", "1470")) == (0, 2)
    assert staff_of(centre, "2002")["7001"] == ("Kamran Əliyev", "h-2580")


def test_what_a_list_of_people_may_not_say(centre: Centre, tmp_path: Path) -> None:
    imported(centre, tmp_path, STAFF)
    text = """branch,officer,name,role,pin,language,valid_to
9999,7003,A B,clerk,2580,az,
2002,7004, ,boss,1111,tr,soon
2002,7005,C D,clerk,2580,az,2027-01-31
1010,7005,C D,clerk,2580,az,
1010,7001,Kamran Əliyev,clerk,2580,,
2002,7001,Kamran Quliyev,clerk,2580,,
"""
    with pytest.raises(imports.Rejected) as rejected:
        imported(centre, tmp_path, text)
    assert [tuple(one) for one in rejected.value.problems] == [
        (2, "branch", "branch"),
        (3, "language", "language"),
        (3, "name", "name"),
        (3, "pin", "pin"),
        (3, "role", "role"),
        (3, "valid_to", "valid_to"),
        (5, "officer", "twice"),
        (6, "officer", "works_elsewhere"),
        (7, "officer", "known_otherwise"),
        (7, "officer", "twice"),
    ]
    assert set(staff_of(centre, "2002")) & {"7004", "7005"} == set()
