"""Billers' registers as files: read strictly, kept once, a correction replaces, missing days are known."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from azpost_desk.central.registers import keeping, reading
from azpost_desk.central.registry.files import WrongFile
from azpost_desk.central.registry.reference import publish
from azpost_desk.central.storage.database import connect, migrate
from azpost_desk.domain.days import calendar_day, days_after
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.registers import Register, RegisterRow
from azpost_desk.programs import central
from azpost_desk.rehearsal.town import billers

if TYPE_CHECKING:
    from pathlib import Path

    from tests.central.desks import ManualClock

BILLER = "1001"
FIRST = RegisterRow(
    txn_id=2**62, account="1012345678", amount_qapik=3_845, reference="SB1", commission_qapik=38
)
SECOND = RegisterRow(txn_id=7, account="1034567890", amount_qapik=12_060)
_SUMS = st.integers(1, 10**9)
_ROWS = st.builds(
    RegisterRow,
    txn_id=st.integers(1, 2**63 - 1),
    account=st.from_regex(r"[0-9A-Z-]{1,20}", fullmatch=True),
    amount_qapik=_SUMS,
    reference=st.from_regex(r"[0-9A-Z ,;\"]{0,10}", fullmatch=True).map(str.strip),
)


def register(*rows: RegisterRow, day: str = "2026-11-22", version: int = 1) -> Register:
    return Register(biller=BILLER, day=day, version=version, rows=rows)  # type: ignore[arg-type]


GOOD = register(FIRST, SECOND)
CSV = reading.write_csv(GOOD).decode()


@pytest.mark.fast
@given(st.lists(_ROWS, max_size=5, unique_by=lambda row: row.txn_id))
def test_mc_12_either_form_reads_back_what_was_written(rows: list[RegisterRow]) -> None:
    said = register(*rows)
    assert reading.read("r.csv", reading.write_csv(said)) == said
    assert reading.read("r.json", reading.write_json(said)) == said


@pytest.mark.fast
def test_mc_12_what_a_spreadsheet_makes_of_it_is_read() -> None:
    saved = "\ufeff" + CSV.replace(",", ";").replace("\n", "\r\n").replace("1012345678", "1012 345 678 ")
    assert reading.read("r.csv", saved.encode()) == GOOD


@pytest.mark.fast
@pytest.mark.parametrize(
    ("was", "becomes", "code", "place"),
    [
        (r"register,1001,", "1001,", "X-140", ""),
        (r"txn_id,", "txn,", "X-140", ""),
        (r"\ntotal.*", "", "X-140", ""),
        (r",SB1,", ",", "X-140", ""),
        (r"total,2", "total,two", "X-140", ""),
        (r",1001,", ",10/01,", "X-141", "biller"),
        (r"2026-11-22", "22.11.2026", "X-141", "date"),
        (r"11-22,1", "11-22,0", "X-141", "version"),
        (r"\n7,", "\n-7,", "X-141", "payments[2].txn_id"),
        (r"\n7,", f"\n{2**63},", "X-141", "payments[2].txn_id"),
        (r"\n7,", "\n٧,", "X-141", "payments[2].txn_id"),
        (r"1034567890", " ", "X-141", "payments[2].account"),
        (r"1034567890", "9" * 201, "X-141", "payments[2].account"),
        (r"SB1", "S" * 65, "X-141", "payments[1].provider_reference"),
        (r"\b120\.60", "120.6", "X-141", "payments[2].sum"),
        (r"\b120\.60", "-120.60", "X-141", "payments[2].sum"),
        (r"\b120\.60", "0.00", "X-141", "payments[2].sum"),
        (r"SB1,0\.38", "SB1,38.46", "X-141", "payments[1].commission"),
        (r"159\.05", "9999999999999.99", "X-142", "total"),
        (r"total,2", "total,3", "X-142", "count"),
        (r"159\.05", "159.06", "X-142", "total"),
        (r"159\.05,0\.38", "159.05,0.39", "X-142", "commission"),
        (r"\n7,", f"\n{2**62},", "X-143", ""),
    ],
)
def test_mc_12_a_register_that_is_not_sound_is_refused_whole_at_its_place(
    was: str, becomes: str, code: str, place: str
) -> None:
    spoilt = re.sub(was, becomes, CSV, count=1)
    assert spoilt != CSV
    with pytest.raises(WrongFile) as no:
        reading.read("r.csv", spoilt.encode())
    assert (no.value.code, no.value.facts.get("place", "")) == (code, place)


@pytest.mark.fast
@pytest.mark.parametrize(
    "spoilt", [b"", b"\xff", b"{", b'{"register": 1}', b"[" * 10_000, b"{" * 10_000, b"register,\0,a,1\n\n\n"]
)
def test_mc_12_what_is_no_register_is_refused(spoilt: bytes) -> None:
    with pytest.raises(WrongFile, match="X-140"):
        reading.read("r", spoilt)


@pytest.mark.fast
def test_mc_12_json_says_each_word_once_and_no_other() -> None:
    good = reading.write_json(GOOD).decode()
    for was, becomes in (('"biller"', '"biller":"1002","biller"'), ('"biller"', '"more":1,"biller"')):
        with pytest.raises(WrongFile, match="X-140"):
            reading.read("r.json", good.replace(was, becomes, 1).encode())
    many = json.loads(good) | {"version": 10_000}
    with pytest.raises(WrongFile, match="X-141"):
        reading.read("r.json", json.dumps(many).encode())


def test_mc_12_a_register_counts_once_a_correction_replaces_it_and_missing_days_are_known(
    postgres: str, clock: ManualClock
) -> None:
    migrate(postgres, clock.utc_ms())
    today = calendar_day(clock.utc_ms())
    day = days_after(today, -3)

    with connect(postgres) as conn:
        publish(conn, billers(), clock.utc_ms())

        def take(said: Register) -> bool:
            return keeping.take(conn, said, reading.write_csv(said), "A", clock.utc_ms())

        first = register(FIRST, SECOND, day=day)
        assert take(first)
        assert not take(first)
        for wrong, code in (
            (replace(first, biller="9999"), "X-144"),
            (replace(first, day=today), "X-145"),
            (replace(first, rows=(FIRST,)), "X-146"),
        ):
            with pytest.raises(Refused, match=code):
                take(wrong)
        conn.execute("update register_rows set item = 'matched'")
        # Corrected: what it leaves as it was keeps what became of it.
        assert take(register(FIRST, replace(SECOND, amount_qapik=1), day=day, version=3))
        with pytest.raises(Refused, match="X-147"):
            take(register(day=day, version=2))
        rows = conn.execute(
            "select version, is_newest, txn_id, item from registers join register_rows using (register)"
            " order by version, txn_id"
        ).fetchall()
        assert rows == [
            (1, False, 7, "matched"),
            (1, False, 2**62, "matched"),
            (3, True, 7, ""),
            (3, True, 2**62, "matched"),
        ]
        assert keeping.missing(conn, clock.utc_ms()) == {BILLER: (days_after(day, 1), days_after(day, 2))}
        assert take(register(day=days_after(day, 1)))
        assert keeping.missing(conn, clock.utc_ms()) == {BILLER: (days_after(day, 2),)}


def test_a_person_gives_a_register_to_the_centre_and_sees_what_is_missing(
    postgres: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "register.csv"
    file.write_text(CSV.replace("2026-11-22", "2025-01-15"), "utf-8")
    assert central.main(["--dsn", postgres, "register", str(file)]) == 1
    assert capsys.readouterr().err == "X-144: There is no biller 1001.\n"
    with connect(postgres) as conn:
        publish(conn, billers(), 0)
    for state in ("taken", "known"):
        assert central.main(["--dsn", postgres, "register", str(file)]) == 0
        assert capsys.readouterr().out == f"1001\t2025-01-15\t1\t{state}\t2\t159.05\n"
    assert central.main(["--dsn", postgres, "billers", "--json"]) == 0
    listed = {one["biller"]: one for one in json.loads(capsys.readouterr().out)}
    assert len(listed[BILLER]["registers_missing"]) == 92
    assert listed["1002"]["registers_missing"] == []
    assert central.main(["--dsn", postgres, "registers"]) == 0
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == [BILLER, "0.00", "159.05", "0.00"]
    assert [line[1:5] for line in lines[1:]] == [
        ["register_unknown", "7", "-120.60", "finance"],
        ["register_unknown", str(2**62), "-38.45", "finance"],
    ]
    assert all(line[5] > "2025" for line in lines[1:])
    assert central.main(["--dsn", postgres, "settle", BILLER]) == 1
    assert capsys.readouterr().err.startswith("X-148: There is nothing to settle with biller 1001")
    file.write_text(CSV.replace("159.05", "159.06"), "utf-8")
    assert central.main(["--dsn", postgres, "register", str(file)]) == 2
    assert capsys.readouterr().err.startswith("X-142: register.csv, total: the total says 159.06")
