"""The tables in memory that a journal is folded in are lent again, and never with a row of the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, insert, select

from azpost_desk.storage import engine
from azpost_desk.storage import tables as t

if TYPE_CHECKING:
    from sqlalchemy import Connection

DERIVED = tuple(table.name for table in t.DERIVED)


def keep(memory: Connection) -> None:
    memory.execute(insert(t.once), {"sort": "remittance", "thing": "A", "record": 1})


def test_tables_are_lent_again_without_a_row_of_the_fold_before() -> None:
    with engine.scratch() as first:
        keep(first)
        assert engine.filled(first, DERIVED) == {"once"}
    with engine.scratch() as second:
        assert second is first
        assert engine.filled(second, DERIVED) == frozenset()
        assert second.execute(select(func.count()).select_from(t.once)).scalar_one() == 0


def test_tables_in_which_a_fold_failed_are_not_lent_again() -> None:
    def fail() -> None:
        with engine.scratch() as memory:
            lent.append(memory)
            keep(memory)
            raise ArithmeticError

    lent: list[Connection] = []
    with pytest.raises(ArithmeticError):
        fail()
    assert lent[0].closed
    with engine.scratch() as after:
        assert after is not lent[0]
        assert engine.filled(after, DERIVED) == frozenset()


def test_two_folds_at_once_have_tables_of_their_own() -> None:
    with engine.scratch() as one, engine.scratch() as other:
        keep(one)
        assert one is not other
        assert engine.filled(other, DERIVED) == frozenset()
