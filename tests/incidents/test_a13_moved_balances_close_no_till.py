"""A-13: a balance or a posting changed through SQL closes no till and no day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.storage import engine, vault
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.vault import FileVault
from tests.services.counters import CLERK, MANAGER, new_stand, working

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.counters import Stand

BALANCES = (
    "UPDATE balances SET minor = minor - 5000 WHERE account = '1020'",
    "UPDATE balances SET minor = minor + 5000 WHERE account = '1010'",
)
POSTINGS = (
    "UPDATE postings SET minor = minor - 5000 WHERE id = (SELECT max(id) FROM postings WHERE account='1020')",
    "UPDATE postings SET minor = minor + 5000 WHERE id = (SELECT max(id) FROM postings WHERE account='1010')",
)


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    """A desk at work; what is done to its file here is for the check to name, and not for this fixture."""
    return working(new_stand(tmp_path / "desk"))


def changed(stand: Stand, *statements: str) -> None:
    """With the key, between two starts, by somebody who knows how the file is made."""
    folder = stand.books.folder
    stand.books.close()
    raw = engine.driver(folder / "desk.db", vault.secret(FileVault(folder), vault.DATABASE))
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        raw.execute(statement)
    raw.close()
    stand.books._desk = DeskBooks.open(folder, stand.clock, keep=FileVault(folder))._desk
    assert stand.books.stopped() == ""


@pytest.mark.parametrize("statements", [BALANCES, (*BALANCES, *POSTINGS)])
def test_the_till_is_not_closed_over_a_figure_that_the_journal_does_not_give(
    stand: Stand, statements: tuple[str, ...]
) -> None:
    changed(stand, *statements)
    with pytest.raises(Trouble, match="G-060") as stopped:
        stand.desk.tills.close(CLERK, {1_000: 15})
    assert stopped.value.facts["reason"] == "ledger"
    assert stand.books.stopped() == "ledger"
    assert stand.bodies(ops.TillClosed) == []


def test_nor_is_the_day(stand: Stand) -> None:
    stand.desk.tills.close(CLERK, {1_000: 20})
    changed(stand, *BALANCES)
    # The second routine of the report sees it before the journal does.
    with pytest.raises(Refused, match="R-002"):
        stand.desk.reports.close_day(MANAGER, stand.desk.press)
    assert stand.bodies(ops.DayClosed) == []
