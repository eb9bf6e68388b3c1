"""What the centre does by itself between requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.central import erasure, laundering, list_versions, news, validity
from azpost_desk.central.abroad import agreements, booking, receiving
from azpost_desk.central.intake import rounds
from azpost_desk.central.mail import bags, items
from azpost_desk.central.messaging import events
from azpost_desk.central.registers import matching
from azpost_desk.central.storage.database import PROJECTOR_LOCK, connect

if TYPE_CHECKING:
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


def test_a_look_where_nothing_waits_waits_for_nobody_and_reads_no_document(
    centre: Centre, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every centre looks each second: of that a database with nothing to do hardly hears."""
    centre.settle()
    monkeypatch.setattr(agreements, "agreed", lambda *_: pytest.fail("the documents were read"))
    with connect(centre.database.dsn) as other, connect(centre.database.dsn) as conn:
        for lock in (PROJECTOR_LOCK, news._NUMBERER_LOCK, booking._LOCK):
            other.execute("select pg_advisory_lock(%s)", (lock,))
        conn.execute("set lock_timeout = '200ms'")
        assert rounds.project_once(conn, clock.utc_ms()) == 0
        assert news.number(conn) == 0
        assert booking.write(conn, centre._book) == 0
        assert receiving.run_out(conn, clock.utc_ms()) == 0


@pytest.mark.parametrize(
    ("job", "room", "act"),
    [
        ("partitions", rounds, "make_partitions"),
        ("erasure", erasure, "run"),
        ("items", items, "fold_anew"),
        ("registers", matching, "everywhere"),
        ("validity", validity, "run"),
        ("reminders", events, "remind"),
        ("storage", items, "remind"),
        ("mail bags", bags, "look_for_overdue"),
        ("screening", list_versions, "finish"),
        ("laundering", laundering, "forget"),
    ],
)
def test_each_job_of_the_daily_round_does_what_it_is_named_after(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, job: str, room: object, act: str
) -> None:
    done: list[tuple[object, ...]] = []
    monkeypatch.setattr(room, act, lambda *told: done.append(told))
    with connect(centre.database.dsn) as conn:
        rounds.DAILY[job](conn, centre._book, 17)
        [told] = done
        assert (told[0], told[-1]) == (conn, 17)
