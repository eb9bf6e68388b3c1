"""Reports of money over the border, each held against figures reckoned by hand."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from azpost_desk.central.abroad.border_reports import Crossing
from azpost_desk.domain.abroad.statements import Entry, Share
from azpost_desk.programs import central_commands, central_reports
from azpost_desk.programs.central import main
from azpost_desk.programs.central_reports import as_csv
from azpost_desk.texts.sentences import local
from tests.central.abroad_bank import DAY
from tests.central.abroad_post import MINUTE
from tests.central.abroad_post_in import post as post
from tests.central.abroad_post_in import uetr

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.central.abroad_post_in import PostIn

    Report = Callable[..., Any]


@pytest.fixture
def report(post: PostIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """Run a report over today; gives its rows, as CSV has them or by --json."""
    for module in (central_commands, central_reports):
        monkeypatch.setattr(module, "CLOCK", post.clock)

    def run(name: str, *more: str) -> Any:
        out = tmp_path / "report"
        today = local(post.clock.utc_ms()).date().isoformat()
        days = [] if name == "open-abroad" or "--from" in more else ["--from", today]
        assert main(["--dsn", post.dsn, name, *days, "--out", str(out), *more]) == 0
        if "--json" in more:
            return msgspec.json.decode(out.read_bytes())
        return list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))

    return run


def test_what_crossed_the_border_is_told_transfer_by_transfer_and_summed_by_purpose(
    post: PostIn, report: Report, capsys: pytest.CaptureFixture[str]
) -> None:
    post.limit(500_000)
    gone, waits = post.sent(), post.sell()
    assert post.says(gone, "ACSC") == "settled"
    paid, lies = post.comes(1), post.comes(2, 20_000, purpose="EDUC", sender="=cmd|' /C calc'!A0")
    post.pay(post.granted(1))
    rows = {row["transfer"]: row for row in report("border-transfers")}
    assert set(rows) == {gone.transfer, waits.transfer, paid, lies}
    # 500 lari cost 500 × 0.6271 × 1.008 = 316.06 manat, rounded up; what came is bought at 0.6271 × 0.992.
    row = rows[gone.transfer]
    assert (row["direction"], row["country"], row["partner"], row["branch"]) == (
        "out",
        "GE",
        "tbilisi",
        "2002",
    )
    assert (row["sum"], row["currency"], row["manat_azn"]) == ("500.00", "GEL", "316.06")
    assert (row["purpose"], row["state"], row["has_crossed"]) == ("FAMI", "settled", "yes")
    assert (row["sender"], row["sender_fin"], row["receiver_latin"]) == (
        "Əliyev Vüqar Rauf oğlu",
        "5XYZ123",
        "Beridze Nino",
    )
    assert (rows[waits.transfer]["state"], rows[waits.transfer]["has_crossed"]) == ("queued", "no")
    row = rows[paid]
    assert (row["direction"], row["country"], row["branch"], row["state"]) == ("in", "GE", "2002", "paid")
    assert (row["sum"], row["manat_azn"], row["purpose"]) == ("500.00", "311.04", "FAMI")
    assert (row["sender"], row["sender_address"], row["receiver"]) == (
        "Nino Beridze",
        "Rustaveli 1, Tbilisi, GE",
        "Aliyeva Aygun",
    )
    # Not bought yet; and a name that a spreadsheet would reckon is only read.
    row = rows[lies]
    assert (row["sum"], row["manat_azn"], row["purpose"], row["has_crossed"]) == (
        "200.00",
        "0.00",
        "EDUC",
        "no",
    )
    assert row["sender"] == "'=cmd|' /C calc'!A0"
    # Only what has crossed is summed: one each way.
    month = local(post.clock.utc_ms()).strftime("%Y-%m")
    common = {"month": month, "country": "GE", "purpose": "FAMI", "currency": "GEL", "count": 1}
    assert report("border-balance", "--json") == [
        {**common, "direction": "in", "sum_minor": 50_000, "manat_qapik": 31_104},
        {**common, "direction": "out", "sum_minor": 50_000, "manat_qapik": 31_606},
    ]
    capsys.readouterr()
    wrong = ["border-balance", "--from", "2026-11-24", "--to", "2026-11-23", "--out", "x"]
    assert main(["--dsn", post.dsn, *wrong]) == 1
    assert "R-082" in capsys.readouterr().err


def test_customers_money_is_held_against_what_covers_it_each_day(post: PostIn, report: Report) -> None:
    day_before = local(post.clock.utc_ms() - 24 * 60 * MINUTE).date().isoformat()
    today = local(post.clock.utc_ms()).date().isoformat()
    gone = post.sent()
    assert post.says(gone, "ACSC") == "settled"
    post.sell()
    rows = report("safeguarding", "--json", "--from", day_before, "--to", today)
    # Nothing stood in any book the day before. 5,000 lari were bought for 3,100 manat; of them 500 have left,
    # 500 more are owed abroad. Two sales brought 316.06 + 5 manat each in cash; no manat are owed.
    zero = dict.fromkeys(("cards_minor", "headquarters_minor", "unproven_minor"), 0)
    assert rows == [
        {"day": today, "currency": "AZN", "customers_minor": 0, "cash_minor": 64_212}
        | zero
        | {"partners_minor": 0, "gap_minor": 64_212},
        {"day": today, "currency": "GEL", "customers_minor": 50_000, "cash_minor": 0}
        | zero
        | {"partners_minor": 450_000, "gap_minor": 400_000},
    ]
    # What is refused is owed to its sender in manat, no more in lari; the cash of it covers that.
    assert post.says(post.sent(), "RJCT", reason="AC04") == "owed"
    manat, lari = report("safeguarding")
    assert (manat["customers"], manat["cash"], manat["gap"]) == ("316.06", "963.18", "647.12")
    assert (lari["customers"], lari["partners"], lari["gap"]) == ("500.00", "4500.00", "4000.00")


def test_what_stands_open_with_a_partner_has_an_age_an_owner_and_a_term(post: PostIn, report: Report) -> None:
    owed = post.sent()
    assert post.says(owed, "RJCT", reason="AC04") == "owed"
    post.limit(0)
    waits = post.comes(1)
    # A credit that fits nothing.
    post.bank.says(Entry(7_000, "c-9", DAY, shares=(Share(7_000, uetr=uetr(9)),)))
    post.clock.now_ms += 6 * 24 * 60 * MINUTE
    rows = report("open-abroad")
    told = {
        row["sort"]: (row["sum"], row["manat_azn"], row["owner"], row["days"], row["is_late"]) for row in rows
    }
    assert {row["name"] for row in rows} >= {owed.transfer, waits}
    # A sender has 30 days to come; between us and the partner 5 were agreed.
    assert told["owed"] == ("500.00", "316.06", "operations", "6", "no")
    assert told["waiting"] == ("500.00", "0.00", "finance", "6", "yes")
    assert told["suspense"][0] == "70.00"
    assert told["suspense"][3:] == ("6", "yes")
    assert told["suspense"][2] == "finance"


def test_help_names_every_column(capsys: pytest.CaptureFixture[str]) -> None:
    for name, row in central_reports.ROWS.items():
        with pytest.raises(SystemExit):
            main([name, "--help"])
        told = capsys.readouterr().out.partition("columns:")[2]
        header = as_csv(row, []).strip().split(",")
        assert [column for column in header if not re.search(rf"\b{column}\b", told)] == []


def test_only_words_are_kept_from_being_formulas() -> None:
    (row,) = csv.reader([as_csv(Crossing, [])])
    values = dict.fromkeys(Crossing.__struct_fields__, "")
    values |= {"sum_minor": -5, "manat_qapik": 5, "currency": "GEL"}  # type: ignore[dict-item]
    values |= {"sender_phone": "+994501234567", "sender": "+1+cmd", "receiver": "-Nino", "sender_fin": "@x"}
    told = msgspec.convert(values | {"has_crossed": False}, Crossing)
    cells = dict(zip(row, next(csv.reader([as_csv(Crossing, [told]).splitlines()[1]])), strict=True))
    assert (cells["sum"], cells["sender_phone"]) == ("-0.05", "+994501234567")
    assert (cells["sender"], cells["receiver"], cells["sender_fin"]) == ("'+1+cmd", "'-Nino", "'@x")
