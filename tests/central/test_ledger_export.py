"""What closed days give the general ledger: held against sales done by hand, refused where it would lie."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from azpost_desk import places
from azpost_desk.central import ledger_export
from azpost_desk.central.ledger_export import LedgerAccounts, LedgerEntry
from azpost_desk.central.registry import files
from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.days import BusinessDay, calendar_day, days_after
from azpost_desk.domain.refusals import Refused
from azpost_desk.programs.central import main
from tests.central.test_news import hear

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from azpost_desk.central.app import Centre
    from tests.central.desks import ManualClock, SimDesk

    Enrolled = Callable[[str], SimDesk]

DAY_MS = 86_400_000


def close(desk: SimDesk, date: str) -> None:
    desk.append(ops.DayClosed(date=date, report="00", figures="", operations=0, cash_qapik=0))
    desk.day += 1


def listed(accounts: dict[str, str]) -> str:
    return "[accounts]\n" + "".join(f'{ours} = "{theirs}"\n' for ours, theirs in accounts.items())


def export(
    centre: Centre, first: BusinessDay, last: BusinessDay, accounts: dict[str, str] | None = None
) -> list[LedgerEntry]:
    with centre.database.connection() as conn:
        return ledger_export.entries(conn, first, last, accounts)


def sums(rows: list[LedgerEntry], office: str, day: str) -> dict[str, tuple[int, int]]:
    mine = [row for row in rows if (row.office, row.day) == (office, day)]
    return {row.account: (row.debit_minor, row.credit_minor) for row in mine}


def test_a_closed_day_is_debits_and_credits_that_balance_and_the_same_again(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    first = calendar_day(clock.utc_ms())
    second = days_after(first, 1)
    here.append(ops.DayOpened(date=first))
    there.append(ops.DayOpened(date=first))
    here.sell(60)
    here.sell(40)
    there.sell(500)
    close(here, first)
    close(there, first)
    clock.now_ms += DAY_MS
    here.append(ops.DayOpened(date=second))
    here.sell(7_00)
    close(here, second)
    hear(centre, here, there)
    rows = export(centre, first, second)
    assert sums(rows, "2002", first) == {
        chart.TILL: (100, 0),
        chart.CLEARING: (100, 100),
        chart.GOODS_SOLD: (0, 82),
        chart.VAT_PAYABLE: (0, 18),
    }
    assert sums(rows, "1010", first)[chart.TILL] == (500, 0)
    assert sums(rows, "2002", second)[chart.TILL] == (700, 0)
    assert {row.document for row in rows} == {f"2002-{first}", f"1010-{first}", f"2002-{second}"}
    assert export(centre, first, second) == rows
    # One day is what it was in the two.
    assert export(centre, second, second) == [row for row in rows if row.day == second]


def test_a_day_that_a_desk_has_not_closed_is_not_exported(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    here, beside = enrolled("2002-1"), enrolled("2002-2")
    first = calendar_day(clock.utc_ms())
    for desk in (here, beside):
        desk.append(ops.DayOpened(date=first))
        desk.sell()
    close(here, first)
    hear(centre, here, beside)
    with pytest.raises(Refused) as no:
        export(centre, first, first)
    assert (no.value.code, no.value.facts["desks"]) == ("X-189", "2002-2")
    close(beside, first)
    hear(centre, beside)
    assert sums(export(centre, first, first), "2002", first)[chart.TILL] == (120, 0)


def test_what_a_desk_recorded_after_its_close_is_of_its_next_day(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    here = enrolled("2002-1")
    first = calendar_day(clock.utc_ms())
    here.append(ops.DayOpened(date=first))
    here.sell(60)
    close(here, first)
    here.sell(40)
    hear(centre, here)
    before = export(centre, first, first)
    assert sums(before, "2002", first)[chart.TILL] == (60, 0)
    here.append(ops.DayOpened(date=days_after(first, 1)))
    close(here, days_after(first, 1))
    hear(centre, here)
    assert export(centre, first, first) == before
    after = export(centre, first, days_after(first, 1))
    assert sums(after, "2002", days_after(first, 1))[chart.TILL] == (40, 0)


@pytest.mark.parametrize("seed", range(3))
def test_days_of_chance_balance_and_sum_to_the_postings_of_their_records(
    centre: Centre, enrolled: Enrolled, clock: ManualClock, seed: int
) -> None:
    chance = random.Random(seed)
    desks = [enrolled("2002-1"), enrolled("1010-1")]
    first = calendar_day(clock.utc_ms())
    for later in range(3):
        for desk in desks:
            desk.append(ops.DayOpened(date=days_after(first, later)))
            for _ in range(chance.randrange(5)):
                desk.sell(chance.randrange(20, 5_000))
            close(desk, days_after(first, later))
        clock.now_ms += DAY_MS
    hear(centre, *desks)
    rows = export(centre, first, days_after(first, 2))
    with centre.database.transaction() as conn:
        found = conn.execute(
            "select account, sum(minor)::bigint from postings"
            " where not starts_with(desk, 'centre') group by 1"
        ).fetchall()
    net: Counter[str] = Counter()
    for row in rows:
        net[row.account] += row.debit_minor - row.credit_minor
    assert dict(net) == dict(found)
    for document in {row.document for row in rows}:
        assert sum(row.debit_minor - row.credit_minor for row in rows if row.document == document) == 0


def test_the_general_ledgers_own_numbers_stand_where_they_are_given_and_a_list_with_a_hole_is_refused(
    centre: Centre, enrolled: Enrolled, clock: ManualClock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = enrolled("2002-1")
    first = calendar_day(clock.utc_ms())
    here.append(ops.DayOpened(date=first))
    here.sell(60)
    close(here, first)
    hear(centre, here)
    example = files.read(places.templates() / "ledger-accounts.toml", LedgerAccounts).accounts
    ledger_export.require_mapped(example)
    theirs = tmp_path / "accounts.toml"
    said = {**example, chart.TILL: "221.1", chart.CLEARING: "221.1"}
    theirs.write_text(listed(said), "utf-8")
    out = tmp_path / "gl.csv"
    command = ["--dsn", centre.database.dsn, "ledger-export", "--from", first, "--out", str(out)]
    assert main([*command, "--accounts", str(theirs)]) == 0
    rows = {row["account"]: row for row in csv.DictReader(io.StringIO(out.read_text("utf-8-sig")))}
    # Two of ours in one of theirs: added up, not netted.
    assert (rows["221.1"]["debit"], rows["221.1"]["credit"]) == ("1.20", "0.60")
    capsys.readouterr()
    for wrong in ({**example, chart.TILL: " "}, {**example, "9999": "1"}, dict(list(example.items())[1:])):
        theirs.write_text(
            "[accounts]\n" + "".join(f'{ours} = "{gl}"\n' for ours, gl in wrong.items()), "utf-8"
        )
        out.unlink(missing_ok=True)
        assert main([*command, "--accounts", str(theirs)]) != 0
        assert "X-188" in capsys.readouterr().err
        assert not out.exists()
