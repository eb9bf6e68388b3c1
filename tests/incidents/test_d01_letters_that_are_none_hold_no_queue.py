"""D-01: one record that the centre cannot decode. Here its bytes are no letters of any language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.central import checking
from azpost_desk.domain import operations as ops
from azpost_desk.protocol.messages import Sent, ack_of
from azpost_desk.protocol.records import rechain
from tests.central.conftest import breaks as breaks
from tests.central.conftest import centre as centre
from tests.central.conftest import clock as clock
from tests.central.conftest import enrolled as enrolled
from tests.central.desks import Kept

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.app import Centre
    from tests.central.desks import SimDesk


@pytest.mark.parametrize(("part", "reason"), [("header", "bad_header"), ("body", "bad_body")])
def test_it_is_stored_acknowledged_and_set_aside_and_the_desk_goes_on(
    centre: Centre,
    enrolled: Callable[[str], SimDesk],
    breaks: set[str],
    postgres: str,
    part: str,
    reason: str,
) -> None:
    desk = enrolled("2002-1")
    desk.append(ops.ClockJumped(from_ms=1, to_ms=2, against="centre"))
    good = desk.books[-1].record
    header, body = good.header_bytes, good.body
    if part == "header":
        header = header.replace(b"2002", b"20\xc42")
    else:
        body = body.replace(b"centre", b"c\xc4ntre")
    changed = rechain(header, body, good.previous)
    desk.books[-1] = Kept(changed, Sent(header, body))
    desk.append(ops.ClockJumped(from_ms=2, to_ms=3, against="centre"))
    answer = desk.exchange()
    assert answer.ack is not None
    assert ack_of(answer.ack.words).sequence == len(desk.books) == 3
    centre.settle()
    with centre.database.transaction() as conn:
        listed = conn.execute("select sequence, reason from exceptions").fetchall()
    assert listed == [(2, reason)]
    desk.append(ops.ClockJumped(from_ms=3, to_ms=4, against="centre"))
    assert desk.exchange().expect == 5
    # The check is not stopped by it either; it names the record.
    named = {one.sequence for verdict in checking.check(postgres) for one in verdict.broken}
    assert 2 in named
    breaks.update(verdict.id for verdict in checking.check(postgres) if not verdict.ok)
