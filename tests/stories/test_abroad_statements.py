"""The demo's partners give their statements by themselves: transit closes when the day is over."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from azpost_desk.central.checking import check, reconciled
from azpost_desk.central.gateways.abroad import uetr_of
from azpost_desk.central.storage.database import connect
from azpost_desk.domain import accounts as chart
from azpost_desk.programs import demo
from azpost_desk.rehearsal import abroad_town
from tests.stories.test_abroad import border as border
from tests.stories.test_abroad import send, state
from tests.stories.town import DAY_MS, GANJA

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stories.test_abroad import Border


def items(dsn: str, now_ms: int) -> list[tuple[str, str, str, int]]:
    return [
        (one.partner, item.sort, item.name, item.minor)
        for one in reconciled(dsn, now_ms)
        for item in one.items
    ]


def _items(border: Border) -> list[tuple[str, str, str, int]]:
    return items(border.dsn, border.clock.utc_ms())


def test_a_transfer_is_in_transit_until_its_partners_statement_shows_it(border: Border) -> None:
    abroad_town.keep_books(border.partners, border.clock)
    ganja = border.seat(f"{GANJA}-1")
    transfer = send(ganja)
    border.sync()
    border.later(11)
    assert state(ganja, transfer) == "accepted"
    border.later(6)
    assert state(ganja, transfer) == "settled"
    fundings = [
        ("almaty", "funding", "3", 1_000_000_000),
        ("istanbul", "funding", "2", 100_000_000),
        ("tbilisi", "funding", "1", 5_000_000),
    ]
    assert sorted(_items(border)) == [*fundings, ("tbilisi", "transit", transfer, -50_000)]
    border.clock.now_ms += DAY_MS
    border.sync()
    assert _items(border) == []
    book = border.ask(
        "select account, sum(minor)::bigint from postings where sub = 'tbilisi' and currency = 'GEL'"
        " group by account having sum(minor) <> 0"
    )
    assert book == [(chart.PARTNER, 4_950_000)]
    partners = reconciled(border.dsn, border.clock.utc_ms())
    said = {one.partner: (one.statement, one.statement_number, one.unexplained) for one in partners}
    assert said == {
        "almaty": (1_000_000_000, 1, 0),
        "istanbul": (100_000_000, 1, 0),
        "tbilisi": (4_950_000, 1, 0),
    }
    # The next day brings the next number, and nothing twice.
    border.clock.now_ms += DAY_MS
    border.sync()
    partners = reconciled(border.dsn, border.clock.utc_ms())
    assert [(one.statement_number, one.unexplained) for one in partners] == [(2, 0)] * 3
    assert border.tbilisi.balance("GEL") == 4_950_000
    assert border.tbilisi.payments[uetr_of(transfer)].status == "ACSC"


def test_the_demos_own_partners_close_their_days(tmp_path: Path) -> None:
    clock = demo.PlayClock()
    clock.start_tomorrow_at(8)
    with demo.town(tmp_path, clock) as place:
        # What we sent there, and what each of their customers has sent to somebody here.
        said = Counter(sort for _, sort, _, _ in items(place.dsn, clock.utc_ms()))
        assert said == {"funding": 3, "transit": 3}
        with connect(place.dsn) as conn:
            told = conn.execute("select number, state from abroad_in").fetchall()
        assert {(one.number, "available") for one in abroad_town.COMING} == set(told)
        clock.start_tomorrow_at(8)
        place.centre.settle()
        assert items(place.dsn, clock.utc_ms()) == []
        assert [one.broken for one in check(place.dsn) if not one.ok] == []
