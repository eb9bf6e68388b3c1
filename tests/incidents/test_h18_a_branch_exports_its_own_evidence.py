"""H-18: evidence extracts held duplicates and times an hour off, and the branch could not make its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from azpost_desk.domain import operations as ops
from azpost_desk.programs import verify
from azpost_desk.services.evidence import ExportEvidence
from azpost_desk.services.goods import SellGoods
from tests.services.counters import CLERK, MANAGER, press
from tests.storage.desks import DATE

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.services.counters import Stand


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
