"""What is due before an item is handed over, by what its events say."""

from __future__ import annotations

import pytest

from azpost_desk.domain.lines.charges import COD, DUTY
from azpost_desk.domain.mail.charges import Charge, charges
from azpost_desk.domain.mail.history import Told, history

pytestmark = pytest.mark.fast


def due(*said: tuple[str, int]) -> tuple[Charge, ...]:
    """After events written as (code, or code and measure, and what each says is due)."""
    events = []
    for at, (name, qapik) in enumerate(said):
        code, _, measure = name.partition(":")
        events.append(Told(f"e{at}", code, "2002", at + 1, measure=measure, due_qapik=qapik))
    return charges(history(events))


def test_cash_on_delivery_is_due_from_the_acceptance_on() -> None:
    assert due(("EMA", 2_500), ("EMG", 0)) == (Charge(COD, "e0", 2_500),)
    assert due(("EMA", 0), ("EMG", 0)) == ()


def test_of_several_assessments_by_customs_the_last_one_counts() -> None:
    assert due(("EMD", 0), ("EDB", 0), ("EDC", 900), ("EDB", 0), ("EDC", 700)) == (Charge(DUTY, "e4", 700),)
    assert due(("EMD", 0), ("EDB", 0), ("EDC", 900), ("EDB", 0), ("EDC", 0)) == ()


def test_both_may_be_due_and_an_event_of_another_kind_says_nothing() -> None:
    found = due(("EMA", 100), ("EMB", 5), ("EMC", 5), ("EMD", 5), ("EDB", 5), ("EDC", 30), ("EMG", 5))
    assert {one.kind: one.amount_qapik for one in found} == {COD: 100, DUTY: 30}


def test_the_sender_it_goes_back_to_owes_nothing() -> None:
    assert due(("EMA", 2_500), ("EMG", 0), ("EDX", 0)) == ()
    assert due(("EMA", 2_500), ("EMG", 0), ("EMH:returned", 0), ("EMG", 0), ("EMI", 0)) == ()
