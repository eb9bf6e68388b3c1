"""The look before the day: facts with a state; red ones need the manager's reason, and that is recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.news import RemittanceNews
from tests.services.counters import CLERK, MANAGER, Stand, ended, new_stand, press, working
from tests.storage.desks import DATE, piece

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from azpost_desk.services.preflight import Check, Preflight

DAY_MS = 24 * 3_600_000


@dataclass
class Machine:
    """The machine as a test wants it."""

    free: int = 50_000_000_000
    protection: str = "keyring"
    backup: int | None = None
    trouble: str = ""
    tables: tuple[str, ...] = ()

    def refolded(self) -> tuple[str, ...]:
        return self.tables

    def free_bytes(self) -> int:
        return self.free

    def key_protection(self) -> str:
        return self.protection

    def backup_ms(self) -> int | None:
        return self.backup

    def printer(self) -> str:
        return self.trouble


@pytest.fixture
def morning(tmp_path: Path) -> Iterator[Stand]:
    """A desk before its day."""
    made = new_stand(tmp_path / "desk")
    yield made
    ended(made)


def on(stand: Stand, machine: Machine) -> Preflight:
    return replace(stand.desk.preflight, around=machine)


def line(stand: Stand, machine: Machine, name: str, scanned_ms: int = 0) -> Check:
    return next(one for one in on(stand, machine).look(scanned_ms) if one.name == name)


def test_every_line_is_there_and_a_sound_machine_has_no_red_one(morning: Stand) -> None:
    lines = on(morning, Machine()).look()
    assert [one.name for one in lines] == [
        "clock", "disk", "backup", "printer", "key", "scanner", "unsent", "tariffs", "lists", "remittances",
        "parked", "rounds", "storage", "labels", "difference",
    ]  # fmt: skip
    assert [one.name for one in lines if one.state == "bad"] == []


@pytest.mark.parametrize(
    ("machine", "name", "state"),
    [
        (Machine(free=199_000_000), "disk", "bad"),
        (Machine(free=900_000_000), "disk", "warn"),
        (Machine(), "backup", "warn"),
        (Machine(trouble="D-003"), "printer", "bad"),
        (Machine(tables=("payments", "tills")), "folded", "bad"),
        (Machine(protection="file"), "key", "warn"),
        (Machine(), "key", "good"),
        (Machine(), "tariffs", "warn"),
        (Machine(), "lists", "good"),
        (Machine(), "scanner", "warn"),
    ],
)
def test_what_the_machine_says_has_a_state(morning: Stand, machine: Machine, name: str, state: str) -> None:
    assert line(morning, machine, name).state == state


@pytest.mark.parametrize(("hours", "state"), [(1, "good"), (25, "warn"), (73, "bad")])
def test_a_backup_grows_old(morning: Stand, hours: int, state: str) -> None:
    machine = Machine(backup=morning.clock.utc_ms() - hours * 3_600_000)
    assert line(morning, machine, "backup").state == state


def test_a_scan_that_was_heard_is_a_good_scanner(morning: Stand) -> None:
    assert line(morning, Machine(), "scanner", morning.clock.utc_ms() - 1_000).state == "good"


def test_cash_on_its_way_and_no_line_are_said(morning: Stand) -> None:
    bag = RemittanceNews(
        remittance="r-1", from_desk="2002-2", to_desk="2002-1", amount_qapik=10_000, pieces={"10000": 1},
        at_ms=morning.clock.utc_ms(),
    )  # fmt: skip
    morning.books.store_news([piece(900, "remittance", bag)], 1)
    assert (line(morning, Machine(), "remittances").state) == "warn"
    morning.line.online = False
    assert line(morning, Machine(), "clock").word == "unknown"


def test_a_large_difference_of_yesterday_is_red(morning: Stand) -> None:
    working(morning)
    short = ops.TillClosed(
        till="2002-1",
        holder=CLERK.officer,
        pieces={"1000": 19},
        counted_qapik=19_000,
        expected_qapik=20_000,
        difference_qapik=-1_000,
    )
    with morning.books.writing() as books:
        books.append(short, actor=CLERK.officer, operation=morning.desk.counter.new_id())
    morning.desk.reports.close_day(MANAGER, press)
    assert line(morning, Machine(), "difference").state == "bad"


def test_a_day_opens_at_once_where_nothing_is_red_and_what_was_seen_is_recorded(morning: Stand) -> None:
    on(morning, Machine()).open_day(MANAGER, DATE)
    assert morning.desk.days.current().state == "open"
    [seen] = morning.bodies(ops.DayPreflight)
    assert isinstance(seen, ops.DayPreflight)
    assert (seen.date, len(seen.lines), seen.consented, seen.words) == (DATE, 15, (), "")


def test_red_lines_need_the_managers_reason_and_the_reason_stands_in_no_body(morning: Stand) -> None:
    preflight = on(morning, Machine(free=1, trouble="D-001"))
    with pytest.raises(Refused, match="G-095") as refused:
        preflight.open_day(MANAGER, DATE)
    assert refused.value.facts == {"count": 2}
    assert morning.desk.days.current().state == ""
    assert morning.bodies(ops.DayPreflight) == []
    preflight.open_day(MANAGER, DATE, "Usta gəlir")
    [seen] = morning.bodies(ops.DayPreflight)
    assert isinstance(seen, ops.DayPreflight)
    assert seen.consented == ("disk", "printer")
    assert len(seen.words) == 64
    assert b"Usta" not in ops.encode(seen)


def test_a_date_that_is_refused_leaves_no_look_behind(morning: Stand) -> None:
    before = morning.records()
    for by, date, code in ((MANAGER, "2026-11-24", "C-004"), (CLERK, DATE, "S-010")):
        with pytest.raises(Refused, match=code):
            on(morning, Machine()).open_day(by, date)
    assert morning.records() == before
