"""Push, acknowledge, pull over a real socket: whatever the line does, nothing is lost and nothing doubled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.protocol.keys import is_signed
from azpost_desk.protocol.messages import ack_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.app import Centre
    from tests.central.desks import SimDesk


def count(centre: Centre, table: str) -> int:
    with centre.database.transaction() as conn:
        return int(conn.execute(f"select count(*) from {table}".encode()).fetchone()[0])


def test_a_batch_is_stored_posted_and_acknowledged(
    centre: Centre, enrolled: Callable[[str], SimDesk]
) -> None:
    desk = enrolled("2002-1")
    desk.sell()
    answer = desk.exchange()
    assert answer.ack is not None
    ack = ack_of(answer.ack.words)
    assert (ack.desk, ack.epoch, ack.sequence) == ("2002-1", 1, 2)
    assert ack.hash == desk.books[-1].record.hash.hex()
    assert is_signed(desk.enrolled.centre_key, answer.ack.words, answer.ack.signature)
    assert count(centre, "journal") == 2
    assert count(centre, "postings") == 5
    assert count(centre, "exceptions") == 0
