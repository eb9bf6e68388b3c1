"""Starting and stopping: one port, several processes on one database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.central.app import Centre
from azpost_desk.central.storage.database import connect, migrate, migrations
from azpost_desk.domain.refusals import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.central.desks import ManualClock, SimDesk


def test_a_taken_port_is_told(centre: Centre, postgres: str, clock: ManualClock) -> None:
    other = Centre(postgres, clock=clock)
    with pytest.raises(Trouble, match="X-108"):
        other.start(int(centre.url.rsplit(":", 1)[1]))


def test_two_processes_serve_one_database_with_a_writer_each(
    centre: Centre, postgres: str, clock: ManualClock, enrolled: Callable[[str], SimDesk]
) -> None:
    second = Centre(postgres, clock=clock)
    url = second.start()
    desk = enrolled("2002-1")
    desk.sell()
    first = desk.push(desk.batch())
    desk.url = url
    assert desk.push(desk.batch()).ack == first.ack
    assert {centre.writer, second.writer} == {"centre-1", "centre-2"}
    second.stop()


def test_a_database_of_a_newer_program_is_left_alone(postgres: str) -> None:
    assert migrate(postgres, 1_795_000_000_000) == migrate(postgres, 1_795_000_000_000) == max(migrations())
    with connect(postgres) as conn:
        conn.execute("insert into schema_number values (9999, 0)")
    with pytest.raises(Trouble, match="X-109") as newer:
        migrate(postgres, 1_795_000_000_000)
    assert newer.value.facts["found"] == "9999"
