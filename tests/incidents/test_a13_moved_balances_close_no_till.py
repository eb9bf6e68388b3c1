"""A-13: a balance or a posting changed through SQL closes no till and no day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.storage import engine, vault
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.vault import FileVault
from tests.services.counters import CLERK, MANAGER, stand_at_work
from tests.storage.desks import DATE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.counters import Stand

DAY_MS = 24 * 3_600_000
TOMORROW = (dt.date.fromisoformat(DATE) + dt.timedelta(days=1)).isoformat()
BALANCES = (
    "UPDATE balances SET minor = minor - 5000 WHERE account = '1020'",
    "UPDATE balances SET minor = minor + 5000 WHERE account = '1010'",
)
BALANCES_BACK = (
    "UPDATE balances SET minor = minor + 5000 WHERE account = '1020'",
    "UPDATE balances SET minor = minor - 5000 WHERE account = '1010'",
)
POSTINGS = (
    "UPDATE postings SET minor = minor - 5000 WHERE id = (SELECT max(id) FROM postings WHERE account='1020')",
    "UPDATE postings SET minor = minor + 5000 WHERE id = (SELECT max(id) FROM postings WHERE account='1010')",
)


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    """A desk at work; what is done to its file here is for the check to name, and not for this fixture."""
    return stand_at_work(tmp_path / "desk")


def changed(folder: Path, *statements: str) -> None:
    """With the key, beside the program or between two starts, by somebody who knows how the file is made."""
    raw = engine.driver(folder / "desk.db", vault.secret(FileVault(folder), vault.DATABASE))
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        raw.execute(statement)
    raw.close()


def reopened(stand: Stand) -> str:
    """The program ends and begins again; why it writes nothing."""
    stand.books.close()
    stand.books = DeskBooks.open(stand.books.folder, stand.clock, keep=FileVault(stand.books.folder))
    return stand.books.stopped()


def next_day(stand: Stand) -> None:
    """Today is closed, and tomorrow is at work: what was changed is of another day than the one open."""
    stand.desk.tills.close(CLERK, {1_000: 20})
    stand.desk.reports.close_day(MANAGER, stand.desk.press)
    stand.clock.now_ms += DAY_MS
    stand.clock.running_ms += DAY_MS
    stand.desk.days.open(MANAGER, TOMORROW)
    stand.desk.tills.open(CLERK)


@pytest.mark.parametrize("statements", [BALANCES, (*BALANCES, *POSTINGS)])
def test_the_till_is_not_closed_over_a_figure_that_the_journal_does_not_give(
    stand: Stand, statements: tuple[str, ...]
) -> None:
    changed(stand.books.folder, *statements)
    with pytest.raises(Trouble, match="G-060") as stopped:
        stand.desk.tills.close(CLERK, {1_000: 15})
    assert stopped.value.facts["reason"] == "ledger"
    assert stand.books.stopped() == "ledger"
    assert stand.bodies(ops.TillClosed) == []
    # Nor after a restart.
    assert reopened(stand) == "ledger"


def test_postings_of_another_day_changed_together_with_the_balances_close_no_till(stand: Stand) -> None:
    next_day(stand)
    closed = len(stand.bodies(ops.TillClosed))
    changed(stand.books.folder, *BALANCES, *POSTINGS)
    with pytest.raises(Trouble, match="G-060"):
        stand.desk.tills.close(CLERK, {1_000: 15})
    assert len(stand.bodies(ops.TillClosed)) == closed


def test_nor_is_the_day(stand: Stand) -> None:
    stand.desk.tills.close(CLERK, {1_000: 20})
    changed(stand.books.folder, *BALANCES)
    # The second routine of the report sees it before the journal does.
    with pytest.raises(Refused, match="R-002"):
        stand.desk.reports.close_day(MANAGER, stand.desk.press)
    assert stand.bodies(ops.DayClosed) == []


@pytest.mark.parametrize("statements", [BALANCES, (*BALANCES, *POSTINGS)])
def test_no_close_of_a_day_is_written_whoever_asks_for_it(stand: Stand, statements: tuple[str, ...]) -> None:
    """Past the report: what the journal's own transaction refuses."""
    stand.desk.tills.close(CLERK, {1_000: 20})
    changed(stand.books.folder, *statements)
    closed = ops.DayClosed(date=DATE, report="", figures="", operations=0, cash_qapik=0)
    with pytest.raises(Trouble, match="G-060"), stand.books.writing() as books:
        books.append(closed, actor="1003", operation="closing")
    assert stand.books.stopped() == "ledger"
    assert stand.bodies(ops.DayClosed) == []
    assert reopened(stand) == "ledger"


@pytest.mark.parametrize("statements", [BALANCES, (*BALANCES, *POSTINGS)])
def test_the_start_stops_a_desk_with_the_same_reason(stand: Stand, statements: tuple[str, ...]) -> None:
    next_day(stand)
    folder = stand.books.folder
    stand.books.close()
    changed(folder, *statements)
    stand.books = DeskBooks.open(folder, stand.clock, keep=FileVault(folder))
    assert stand.books.stopped() == "ledger"


def test_a_stop_over_the_ledger_is_lifted_only_by_a_check_that_finds_the_books_sound(stand: Stand) -> None:
    changed(stand.books.folder, *BALANCES)
    with pytest.raises(Trouble, match="G-060"):
        stand.desk.tills.close(CLERK, {1_000: 15})
    assert reopened(stand) == "ledger"
    assert stand.books.check().stopped == "ledger"
    # Put back as it was: the stop stands until somebody looked at all of it.
    changed(stand.books.folder, *BALANCES_BACK)
    assert reopened(stand) == "ledger"
    found = stand.books.check()
    assert (found.stopped, found.is_sound) == ("", True)
    assert reopened(stand) == ""
