"""A-01: whoever has genuine records of a desk, but not its key, neither contests its chain nor stops it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.central.registry import enrolment
from azpost_desk.protocol import messages, questions
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.protocol.old_chains import (
    Salvage,
    SealedSalvage,
    with_code,
)
from azpost_desk.protocol.sealing import seal_for
from tests.attacks.test_hostile_desk import taken
from tests.central.desks import SimDesk, counted

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests

    from azpost_desk.central.app import Centre

    Enrolled = Callable[[str], SimDesk]


def shifted(desk: SimDesk, sequence: int, first: int) -> messages.Batch:
    """One genuine, signed record of the desk, handed in for another place of its chain."""
    batch = desk.batch(first=sequence, last=sequence)
    assert batch is not None
    return msgspec.structs.replace(batch, first=first)


def states(centre: Centre, desk: str) -> list[tuple[int, str]]:
    with centre.database.transaction() as conn:
        return conn.execute(
            "select epoch, state from chain_heads where desk = %s order by epoch", (desk,)
        ).fetchall()


def salvage_of(batch: messages.Batch, desk: str = "2002-1", epoch: int = 1) -> Salvage:
    return Salvage(version=1, desk=desk, epoch=epoch, batch=batch)


def unsigned(desk: SimDesk, path: str, message: messages.Message) -> requests.Response:
    return desk.post_bytes(path, messages.pack(message), key=SigningKey.new(), desk="")


@pytest.mark.parametrize("first", [1, 2, 3])
def test_a_genuine_record_at_another_place_contests_nothing_whoever_brings_it(
    centre: Centre, enrolled: Enrolled, first: int
) -> None:
    desk, other = enrolled("2002-1"), enrolled("2002-2")
    for _ in range(3):
        desk.sell()
    taken(desk)
    taken(other)
    moved = shifted(desk, 4, first)
    sealed = messages.pack(salvage_of(moved))
    assert desk.enrolled is not None
    frame = SealedSalvage(version=1, sealed=seal_for(desk.enrolled.recovery_key, sealed))
    assert unsigned(desk, questions.SALVAGE.path, salvage_of(moved)).status_code == 401
    assert unsigned(desk, questions.SEALED_SALVAGE.path, frame).status_code == 401
    assert other.post(questions.SALVAGE.path, salvage_of(moved)).status_code == 401
    assert other.post(questions.SEALED_SALVAGE.path, frame).status_code == 401
    assert desk.push(moved).refused == "X-011"
    assert states(centre, "2002-1") == [(1, "active")]
    assert (counted(centre, "contested"), counted(centre, "exceptions")) == (0, 0)
    desk.sell()
    taken(desk)


def test_a_record_of_one_epoch_contests_no_other(centre: Centre, enrolled: Enrolled) -> None:
    old = enrolled("2002-1")
    old.sell()
    taken(old)
    new = enrolled("2002-1")
    new.sell()
    taken(new)
    for epoch in (1, 2):
        strange = (old, new)[epoch == 1]
        assert (
            new.post(questions.SALVAGE.path, salvage_of(shifted(strange, 2, 2), epoch=epoch)).status_code
            == 401
        )
    assert states(centre, "2002-1") == [(1, "replaced"), (2, "active")]
    assert counted(centre, "contested") == 0


def test_the_chains_own_key_still_contests_it(centre: Centre, enrolled: Enrolled) -> None:
    desk = enrolled("2002-1")
    taken(desk)
    twin = SimDesk(desk.url, desk.clock, key=desk.key, enrolled=desk.enrolled, books=list(desk.books))
    desk.sell(70)
    taken(desk)
    twin.sell(80)
    tail = twin.batch(first=2)
    assert tail is not None
    # Not even both tails are worth anything in a stranger's hand.
    assert unsigned(desk, questions.SALVAGE.path, salvage_of(tail)).status_code == 401
    assert states(centre, "2002-1") == [(1, "active")]
    assert twin.post(questions.SALVAGE.path, salvage_of(tail)).status_code == 200
    assert states(centre, "2002-1") == [(1, "forked")]
    assert counted(centre, "contested") == 1


def test_old_records_are_handed_in_by_who_may(centre: Centre, enrolled: Enrolled) -> None:
    desk, other = enrolled("2002-1"), enrolled("2002-2")
    taken(desk)
    taken(other)
    desk.sell()
    batch = desk.batch()
    assert batch is not None
    body = messages.pack(salvage_of(batch))
    key, now_ms = SigningKey.new(), desk.clock.utc_ms()
    with centre.database.transaction() as conn:
        strange = enrolment.enrolment_code(conn, "2002-2", now_ms)
        code = enrolment.enrolment_code(conn, "2002-1", now_ms)
    for wrong in (strange, "AAAA-AAAA-AAAA-AAAA"):
        name = with_code(wrong, key.public())
        assert desk.post_bytes(questions.SALVAGE.path, body, key=key, desk=name).status_code == 401
    name = with_code(code, key.public())
    assert desk.post_bytes(questions.SALVAGE.path, body, key=SigningKey.new(), desk=name).status_code == 401
    assert counted(centre, "journal") == 2
    assert desk.post_bytes(questions.SALVAGE.path, body, key=key, desk=name).status_code == 200
    assert counted(centre, "journal") == 3
    # A machine that was replaced brings its own past and nobody else's.
    new = enrolled("2002-1")
    taken(new)
    other.sell()
    desk.acknowledged = 2
    desk.sell()
    own, foreign = desk.batch(), other.batch()
    assert own is not None
    assert foreign is not None
    assert desk.post(questions.SALVAGE.path, salvage_of(foreign, "2002-2")).status_code == 401
    assert desk.post(questions.SALVAGE.path, salvage_of(own)).status_code == 200
    assert (counted(centre, "journal"), states(centre, "2002-2")) == (5, [(1, "active")])
