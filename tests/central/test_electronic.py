"""The country's electronic share: every desk's close of a day, whatever it told, nothing twice."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import msgspec

from azpost_desk.central.electronic import electronic_days
from azpost_desk.domain import operations as ops
from azpost_desk.domain import reports
from azpost_desk.domain.reports import Baskets, Flow
from azpost_desk.programs.central import main
from azpost_desk.texts.sentences import local
from tests.services.paper import FIGURES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from azpost_desk.central.app import Centre
    from tests.central.desks import ManualClock, SimDesk

    Enrolled = Callable[[str], SimDesk]


def closes(desk: SimDesk, date: str, figures: str) -> None:
    desk.append(ops.DayOpened(date=date))
    desk.append(ops.DayClosed(date=date, report="00", figures=figures, operations=0, cash_qapik=0))
    desk.exchange()


def paid(card: int, cash: int, out: int, baskets: Baskets | msgspec.UnsetType) -> str:
    tenders = {"card": Flow(in_qapik=card), "cash": Flow(in_qapik=cash, out_qapik=out)}
    return reports.encode(msgspec.structs.replace(FIGURES, tenders=tenders, baskets=baskets))


def test_the_countrys_share_adds_up_what_desks_closed_with(
    centre: Centre, clock: ManualClock, enrolled: Enrolled, breaks: set[str], tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    # These figures come from no records, and this desk numbers no days: neither is asked here.
    breaks |= {"I-07", "I-10"}
    today = local(clock.utc_ms()).date()
    day, next_day = (today + dt.timedelta(days=more) for more in (0, 1))
    one, two, elsewhere = enrolled("2002-1"), enrolled("2002-2"), enrolled("1010-1")
    closes(one, str(day), paid(700, 300, 50, Baskets(electronic=2, no_cash=1, cash_only=3, out=1)))
    closes(two, str(day), paid(0, 0, 900, Baskets(out=4)))
    # A desk of before tells its sums and not how its baskets were paid.
    closes(elsewhere, str(day), paid(99, 1, 0, msgspec.UNSET))
    closes(one, str(next_day), paid(1, 2, 0, Baskets(electronic=1, cash_only=1)))
    closes(two, str(next_day), "no figures")
    centre.settle()
    out = tmp_path / "share.json"
    words = ["electronic-share", "--from", str(day), "--out", str(out)]
    assert main(["--dsn", centre.database.dsn, *words, "--json"]) == 0
    assert msgspec.json.decode(out.read_bytes()) == [
        {
            "day": str(day), "desks": 3, "electronic_qapik": 799, "cash_qapik": 301, "share_ppm": 726_000,
            "out_qapik": 950, "baskets_electronic": 2, "baskets_no_cash": 1, "baskets_cash_only": 3,
            "baskets_out": 5, "baskets_ppm": 400_000, "desks_untold": 1,
        }
    ]  # fmt: skip
    assert main(["--dsn", centre.database.dsn, *words, "--to", str(next_day)]) == 0
    lines = out.read_text("utf-8-sig").splitlines()
    assert lines[1].startswith(f"{day},3,7.99,3.01,726000,9.50,")
    assert lines[2].startswith(f"{next_day},1,0.01,0.02,333000,0.00,")
    capsys.readouterr()
    with centre.database.transaction() as conn:
        assert electronic_days(conn, "2030-11-25", "2030-11-30") == []
