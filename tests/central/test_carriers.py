"""The centre knows what to do with every kind of record, with every line sold, and with every one undone."""

from __future__ import annotations

from typing import get_args

import pytest

from azpost_desk.central.carriers import CARRIERS, NOTHING_TO_CARRY
from azpost_desk.domain import operations as ops
from azpost_desk.domain.bodies import Body
from azpost_desk.domain.lines import Sold

pytestmark = pytest.mark.fast


def names(kinds: set[type]) -> list[str]:
    return sorted(kind.__name__ for kind in kinds)


def test_every_kind_a_desk_may_write_is_carried_or_named_as_nothing() -> None:
    written_by_desks = {body for (kind, _), body in ops.BODIES.items() if kind not in ops.CENTRE_KINDS}
    carried = {part for part, _ in CARRIERS if issubclass(part, Body)}
    # A sale is carried line by line.
    assert names(written_by_desks - {ops.Settlement} - carried - NOTHING_TO_CARRY) == []
    assert names((carried | NOTHING_TO_CARRY) - written_by_desks) == []
    assert names(carried & NOTHING_TO_CARRY) == []


def test_every_line_is_carried_sold_and_undone() -> None:
    lines = set(get_args(Sold))
    for undone in (False, True):
        known = {part for part, is_undone in CARRIERS if is_undone == undone and not issubclass(part, Body)}
        assert names(lines ^ known) == []
