"""Quality of mail at the centre: worked examples through real records, and the files that come of them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from azpost_desk.central.mail.quality import Quality
from azpost_desk.central.mail.quality_page import page
from azpost_desk.central.registry import reference
from azpost_desk.domain import operations as ops
from azpost_desk.domain.days import BusinessDay, calendar_day
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.mail.keeping import ClosedDays
from azpost_desk.domain.mail.quality import LaneStandard, MailStandards
from azpost_desk.programs import central_commands, central_reports
from azpost_desk.programs.central import main
from tests.central.test_news import hear

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from azpost_desk.central.app import Centre
    from tests.central.desks import ManualClock, SimDesk

    Enrolled = Callable[[str], SimDesk]
    Report = Callable[..., list[dict[str, Any]]]

DAY_MS = 86_400_000
LATE, ON_TIME, OPEN, HELD, LOOSE = (item_number("EE", serial) for serial in range(11, 16))


def scan(desk: SimDesk, number: str, event: str, **more: str) -> None:
    office = desk.enrolled.desk.partition("-")[0]
    desk.append(ops.ItemScanned(number=number, event=event, office=office, **more))


@pytest.fixture
def began(centre: Centre, enrolled: Enrolled, clock: ManualClock) -> BusinessDay:
    """Five items of two offices over a week without closed days; gives the first day."""
    with centre.database.transaction() as conn:
        standards = (LaneStandard(lane="other", days=2), LaneStandard(lane="inward", days=2))
        reference.publish(conn, MailStandards(standards=standards), clock.utc_ms())
        reference.publish(conn, ClosedDays(), clock.utc_ms())
    here, there = enrolled("2002-1"), enrolled("1010-1")
    first = calendar_day(clock.utc_ms())
    for number in (LATE, ON_TIME, OPEN):
        here.accept_item(number, "AZ1010")
    scan(there, HELD, "EMD")
    scan(there, HELD, "EME", reason="value")
    scan(there, LOOSE, "EMG")
    clock.now_ms += 2 * DAY_MS
    scan(there, ON_TIME, "EMG")
    scan(there, ON_TIME, "EMH", reason="absent", measure="card_left")
    clock.now_ms += 2 * DAY_MS
    scan(there, LATE, "EMG")
    scan(there, LATE, "EMI", relation="self")
    scan(there, HELD, "EDC")
    clock.now_ms += DAY_MS
    scan(there, HELD, "EMF")
    hear(centre, here, there)
    return first


@pytest.fixture
def report(
    centre: Centre, began: BusinessDay, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Report:
    for module in (central_commands, central_reports):
        monkeypatch.setattr(module, "CLOCK", clock)

    def run(name: str, *more: str) -> list[dict[str, Any]]:
        out = tmp_path / "report"
        days = ["--from", began, "--to", calendar_day(clock.utc_ms())]
        assert main(["--dsn", centre.database.dsn, name, *days, "--out", str(out), "--json", *more]) == 0
        found: list[dict[str, Any]] = msgspec.json.decode(out.read_bytes())
        return found

    return run


def test_items_are_counted_by_lane_against_what_was_promised(report: Report) -> None:
    rows = {row["lane"]: row for row in report("mail-quality", "--by", "country")}
    other = rows["other"]
    assert {name: other[name] for name in ("items", "on_time", "late", "overdue", "under_way")} == {
        "items": 3, "on_time": 1, "late": 1, "overdue": 1, "under_way": 0,
    }  # fmt: skip
    assert (other["on_time_ppm"], other["days_median"], other["days_p95"]) == (333_333, 2, 4)
    inward = rows["inward"]
    # Five days less four at customs: within its two, and still under way.
    assert (inward["items"], inward["under_way"], inward["customs_days"]) == (1, 1, 4)
    assert inward["on_time_ppm"] is None
    # Its first scan was no arrival in the country: it is in no other count.
    assert inward["not_started"] == 1


def test_by_office_it_is_the_one_that_delivers(report: Report) -> None:
    rows = {(row["lane"], row["of"]): row["items"] for row in report("mail-quality", "--by", "office")}
    assert rows["other", "1010"] == 3


def test_what_began_before_or_after_is_in_no_row(report: Report, began: BusinessDay) -> None:
    assert report("mail-quality", "--from", "2020-01-01", "--to", "2020-01-31") == []


def test_a_spreadsheet_gets_empty_cells_for_what_is_not_known(
    centre: Centre, began: BusinessDay, report: Report, tmp_path: Path
) -> None:
    out = tmp_path / "quality.csv"
    assert main(["--dsn", centre.database.dsn, "mail-quality", "--from", began, "--out", str(out)]) == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    assert {row["on_time_ppm"] for row in rows if row["lane"] == "inward"} == {""}


def test_a_page_draws_each_part_as_wide_as_its_count_and_writes_no_tag_of_others(
    report: Report, tmp_path: Path
) -> None:
    file = tmp_path / "quality.html"
    report("mail-quality", "--by", "country", "--html", str(file))
    text = file.read_text("utf-8")
    # Three items between zones: a third each.
    assert [text.count(f"<title>{words}: 1</title>") for words in ("on time", "late", "overdue")] == [1, 1, 1]
    assert text.count('width="140.0"') == 3
    assert "33.3 %" in text
    assert "1 without the scan that starts the clock." in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_what_stands_in_a_row_is_no_markup() -> None:
    row = Quality(lane="other", of="<b>Şəki</b> → Bakı", items=1, on_time=1, on_time_ppm=1_000_000)
    text = page("Quality <1>", [row], [])
    assert "<b>" not in text
    assert "&lt;b&gt;Şəki&lt;/b&gt;" in text
    assert "Quality &lt;1&gt;" in text
    assert "No item began" in page("", [], [])
