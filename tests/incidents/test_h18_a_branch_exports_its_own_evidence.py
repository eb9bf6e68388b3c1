"""H-18: evidence extracts held duplicates and times an hour off, and the branch could not make its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.programs import evidence, verify
from azpost_desk.services.evidence import ExportEvidence
from azpost_desk.services.goods import SellGoods
from tests.services.counters import CLERK, MANAGER, press
from tests.storage.desks import DATE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.counters import Stand

HOUR_MS = 3_600_000
NEXT = "2026-11-24"


def test_the_branch_exports_any_period_twice_with_the_same_bytes(stand: Stand) -> None:
    stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    stand.pay(120)
    # Free: the clerk needs nobody's leave, and it costs nothing but its own record.
    first, second = (stand.desk.evidence.export(ExportEvidence(DATE, DATE), CLERK) for _ in range(2))
    assert first == second
    assert len(stand.bodies(ops.EvidenceExported)) == 2


def test_nothing_stands_twice_and_every_time_has_its_offset(stand: Stand) -> None:
    for _ in range(3):
        stand.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
        stand.pay(60)
    content = stand.desk.evidence.export(ExportEvidence(DATE, DATE), CLERK).content
    records = [json.loads(line)["record"] for line in content.splitlines() if line.startswith(b'{"record"')]
    places = [(one["epoch"], one["sequence"]) for one in records]
    assert places == sorted(set(places))
    operations = [json.loads(one["header"])[4] for one in records]
    assert len(set(operations)) == len(operations)
    # The morning of the business day by the clock of the house, not by that of another country.
    assert all(one["local"].startswith(f"{DATE}T09:00:00.000+04:00") for one in records)


def test_count_sums_and_chain_are_inside_and_proven_without_us(
    stand: Stand, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    stand.pay(120)
    stand.desk.tills.close(CLERK, {100: 201, 20: 1})
    stand.desk.reports.close_day(MANAGER, press)
    (tmp_path / "file").write_bytes(stand.desk.evidence.export(ExportEvidence(DATE, DATE), MANAGER).content)
    assert verify.main([str(tmp_path / "file"), "--json"]) == 0
    [file] = json.loads(capsys.readouterr().out.splitlines()[-1])["files"]
    [day] = file["days"]
    assert (day["date"], day["opened"], day["closed"]) == (DATE, 1, 1)
    assert day["kinds"]["settlement"] == 1
    assert ["1020", "2002-1", "AZN", 20_120, 2] in day["sums"]


def days_of(stand: Stand, tmp_path: Path, *period: str) -> dict[str, set[str]]:
    """Each business day of the file that the program writes for `period`, with the calendar days inside."""
    out = tmp_path / "days.azev"
    assert evidence.main(["--data", str(stand.books.folder), *period, "--out", str(out)]) == 0
    read = [json.loads(line) for line in out.read_bytes().splitlines()]
    names = {one["day"]["day"]: one["day"]["date"] for one in read if "day" in one}
    assert len(set(names.values())) == len(names)
    inside: dict[str, set[str]] = {}
    for one in read:
        if one.get("record", {}).get("part") == "period":
            date = names[json.loads(one["record"]["header"])[7]]
            inside.setdefault(date, set()).add(one["record"]["local"][:10])
    assert verify.main([str(out)]) == 0
    return inside


def closed(stand: Stand, clerk_gives: dict[int, int]) -> None:
    stand.desk.tills.close(CLERK, clerk_gives)
    stand.desk.reports.close_day(MANAGER, press)


def test_a_day_that_ends_after_midnight_is_the_day_it_was_opened_as(stand: Stand, tmp_path: Path) -> None:
    # 09:00 and 16 hours: one in the night of the next calendar day, which in UTC is still the same day.
    stand.clock.pass_ms(16 * HOUR_MS)
    stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    stand.pay(120)
    closed(stand, {100: 201, 20: 1})
    assert days_of(stand, tmp_path, "--from", DATE) == {DATE: {DATE, NEXT}}


def test_what_is_recorded_after_the_close_is_not_of_that_day(stand: Stand, tmp_path: Path) -> None:
    closed(stand, {100: 200})
    stand.clock.pass_ms(9 * HOUR_MS)
    stand.desk.staff.sign_in("1002", "1002")
    assert days_of(stand, tmp_path, "--from", DATE) == {DATE: {DATE}}
    # It is of the day that comes next, also before anybody has opened that.
    assert days_of(stand, tmp_path, "--from", NEXT) == {NEXT: {DATE}}
    stand.clock.pass_ms(7 * HOUR_MS)
    stand.desk.days.open(MANAGER, NEXT)
    assert days_of(stand, tmp_path, "--from", NEXT) == {NEXT: {DATE, NEXT}}
    assert days_of(stand, tmp_path, "--from", DATE, "--to", NEXT) == {DATE: {DATE}, NEXT: {DATE, NEXT}}


def test_a_day_opened_in_the_night_has_the_date_of_the_house_and_not_of_utc(
    morning: Stand, tmp_path: Path
) -> None:
    # Half past midnight in Azerbaijan is half past eight in the evening before, in UTC.
    morning.clock.pass_ms(15 * HOUR_MS + HOUR_MS // 2)
    morning.desk.days.open(MANAGER, NEXT)
    # The desk was enrolled the day before, which was no business day of its own.
    assert days_of(morning, tmp_path, "--from", NEXT) == {NEXT: {DATE, NEXT}}
    refused = evidence.main(
        ["--data", str(morning.books.folder), "--from", DATE, "--out", str(tmp_path / "none")]
    )
    assert refused == 1


def test_days_nobody_worked_are_not_made_up_from_the_ones_beside_them(stand: Stand, tmp_path: Path) -> None:
    closed(stand, {100: 200})
    # Three days nobody comes; the day after them is opened late.
    stand.clock.pass_ms(4 * 24 * HOUR_MS + 12 * HOUR_MS)
    stand.desk.days.open(MANAGER, "2026-11-27")
    assert days_of(stand, tmp_path, "--from", "2026-11-27") == {"2026-11-27": {"2026-11-27"}}
    between = ["--from", NEXT, "--to", "2026-11-26", "--out", str(tmp_path / "none")]
    assert evidence.main(["--data", str(stand.books.folder), *between]) == 1
    year = days_of(stand, tmp_path, "--from", "2026-01-01", "--to", "2026-12-31")
    assert list(year) == [DATE, "2026-11-27"]


@pytest.mark.parametrize("named", ["2026-W48", "2026-W48-1", "23.11.2026", "2026-11-31", ""])
def test_what_is_not_one_date_is_refused(
    stand: Stand, tmp_path: Path, capsys: pytest.CaptureFixture[str], named: str
) -> None:
    out = tmp_path / "none"
    assert evidence.main(["--data", str(stand.books.folder), "--from", named, "--out", str(out)]) == 1
    assert capsys.readouterr().err.strip()
    assert not out.exists()
