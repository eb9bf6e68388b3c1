"""What the centre does by itself between requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.central.intake import rounds

if TYPE_CHECKING:
    import pytest

    from azpost_desk.central.app import Centre
    from azpost_desk.central.storage.database import Connection
    from tests.central.desks import ManualClock

LOCKS = (
    "select count(*) from pg_locks where locktype = 'relation' and pid = pg_backend_pid()"
    " and mode in ('AccessExclusiveLock', 'ShareUpdateExclusiveLock')"
)


def test_a_new_months_partition_is_made_by_itself_and_holds_no_lock_while_the_centre_works(
    centre: Centre, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Held on, it met a desk's batch that held the desk's row: the database ended one of the two."""
    held: list[int] = []
    project = rounds.project_once

    def look(conn: Connection, now_ms: int) -> int:
        row = conn.execute(LOCKS).fetchone()
        assert row is not None
        held.append(row[0])
        return project(conn, now_ms)

    monkeypatch.setattr(rounds, "project_once", look)
    clock.now_ms += 40 * 24 * 3_600_000
    centre.settle()
    with centre.database.transaction() as conn:
        names = conn.execute("select count(*) from pg_class where relname like 'journal_20%%'").fetchone()
    assert names is not None
    assert names[0] > 3
    assert held
    assert set(held) == {0}
