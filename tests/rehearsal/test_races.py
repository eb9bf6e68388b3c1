"""Races: of two hands that reach for one thing exactly one has it, and a desk that lets both in is found."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from azpost_desk.rehearsal import races
from azpost_desk.rehearsal.crash_town import Town, crash_town
from azpost_desk.storage.books import DeskBooks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from azpost_desk.services.tills import Tills

ROUNDS = 8


@pytest.fixture
def town(postgres: str, tmp_path: Path) -> Iterator[Town]:
    with crash_town(postgres, tmp_path, codes=100) as made:
        yield made


def test_accept_close_remit_reserve_and_open_have_one_winner_each(town: Town) -> None:
    outcome = races.run(town, ROUNDS, 3)
    assert outcome.violations == []
    won = {name.split()[0] for name in outcome.faults}
    assert won == set(races.RACES)
    assert outcome.faults["reserve T-015 done"] == ROUNDS


def test_a_desk_that_looks_in_one_transaction_and_writes_in_another_is_found(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The balance is looked at, then the cash is booked: both hands see the last qəpik."""
    from azpost_desk.services.tills import Tills

    move, issue, look = Tills.move, Tills.issue, DeskBooks.reading
    import threading

    both_looked = threading.Barrier(2)

    @contextmanager
    def stale(books: Any) -> Iterator[Any]:
        with look(books) as seen:
            lying = seen.balance("1020", seen.desk().desk)
        both_looked.wait(5)
        with writing(books) as real:
            own = real.balance
            real.balance = lambda account, sub="": lying if account == "1020" else own(account, sub)
            yield real

    writing = DeskBooks.writing

    def hastily(act: Any) -> Any:
        def done(self: Tills, *given: Any) -> Any:
            if given[-1] != {1: 1}:
                return act(self, *given)
            with monkeypatch.context() as patch:
                patch.setattr(DeskBooks, "writing", stale)
                return act(self, *given)

        return done

    monkeypatch.setattr(Tills, "move", hastily(move))
    monkeypatch.setattr(Tills, "issue", hastily(issue))
    outcome = races.run(town, 1, 3, ("remit",))
    assert any("remit: done and done" in fault for fault in outcome.violations)
