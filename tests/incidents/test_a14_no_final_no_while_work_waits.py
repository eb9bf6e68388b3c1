"""A-14: a claim under load was told "nothing fits", finally, of a transfer that was paid 13 s later."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from azpost_desk.central import app
from azpost_desk.central.registry import branches
from azpost_desk.central.storage.database import PROJECTOR_LOCK, connect, one
from azpost_desk.domain import operations as ops
from azpost_desk.protocol.messages import grant_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from azpost_desk.central.app import Centre
    from azpost_desk.central.storage.database import Connection
    from tests.central.desks import ManualClock, SimDesk

    Enrolled = Callable[[str], SimDesk]

NAME = "Əliyev Vüqar"
PIECES = 60


@contextmanager
def held_up(centre: Centre) -> Iterator[Connection]:
    """While it lasts nobody brings anything forward; custody and claims go on."""
    with connect(centre.database.dsn) as conn:
        conn.execute("select pg_advisory_lock(%s)", (PROJECTOR_LOCK,))
        yield conn


def queued(conn: Connection) -> int:
    return int(one(conn, "select count(*) from work")[0])


def code_for(centre: Centre, desk: str, clock: ManualClock) -> str:
    with centre.database.transaction() as conn:
        return branches.give_codes(conn, desk, 1, clock.utc_ms())[0]


def busy(desk: SimDesk, pieces: int) -> None:
    """Each sale a batch of its own."""
    for _ in range(pieces):
        desk.sell()
        desk.exchange()


def waits_for_the_lock(conn: Connection) -> bool:
    asked = "select count(*) from pg_locks where locktype = 'advisory' and objid = %s and not granted"
    # The projector itself is one of them.
    return bool(one(conn, asked, (PROJECTOR_LOCK,))[0] >= 2)


def test_a_claim_of_a_transfer_just_sent_is_granted_before_all_that_waits(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    here, there, busy_one = enrolled("2002-1"), enrolled("1010-1"), enrolled("2002-2")
    code = code_for(centre, "2002-1", clock)
    centre.settle()
    with ThreadPoolExecutor(1) as pool, held_up(centre) as conn:
        busy(busy_one, PIECES)
        transfer = here.send(code)
        here.exchange()
        assert queued(conn) > PIECES
        answer = pool.submit(there.claim, code, 10_000, NAME)
        while not waits_for_the_lock(conn):
            assert not answer.done(), answer.result()
        # No more than a piece or two of the others came before it.
        conn.execute("select pg_advisory_unlock(%s)", (PROJECTOR_LOCK,))
        said = answer.result(30)
    assert said.grant is not None, said.code
    assert grant_of(said.grant.words).thing == transfer


@pytest.mark.parametrize("late", ["send", "release"])
def test_beyond_its_time_it_is_told_to_ask_again_and_that_is_granted(
    late: str, centre: Centre, enrolled: Enrolled, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "_CLAIM_MS_MAX", 300)
    here, there = enrolled("2002-1"), enrolled("1010-1")
    code = code_for(centre, "2002-1", clock)
    if late == "release":
        here.send(code)
        here.exchange()
        centre.settle()
        holder = enrolled("1010-2")
        first = holder.claim(code, 10_000, NAME)
        assert first.grant is not None
        holder.exchange()
        centre.settle()
    request = there.new_id()
    with held_up(centre):
        if late == "release":
            holder.store_grant(first.grant)
            held = grant_of(first.grant.words)
            holder.append(ops.GrantReleased(grant=held.grant, thing=held.thing, reason="void"))
            holder.exchange()
        else:
            here.send(code)
            here.exchange()
        assert there.claim(code, 10_000, NAME, request=request).code == "T-016"
    centre.settle()
    # The same request has its words; a new one is granted.
    assert there.claim(code, 10_000, NAME, request=request).code == "T-016"
    assert there.claim(code, 10_000, NAME).grant is not None


def test_a_number_that_nobody_was_given_waits_for_nobody(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    there, busy_one = enrolled("1010-1"), enrolled("2002-2")
    centre.settle()
    with held_up(centre):
        busy(busy_one, 2)
        assert there.claim("1234567890", 10_000, NAME).code == "T-010"
