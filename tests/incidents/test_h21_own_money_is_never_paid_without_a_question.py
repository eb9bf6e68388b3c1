"""H-21: shortfalls were made good in cash and nobody asked why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import NeedsConfirmation, Refused
from azpost_desk.services.cash_counts import WARNING, MakeGood
from azpost_desk.services.counter import Approval
from azpost_desk.texts import LANGUAGES, Texts
from tests.services.counters import CLERK, MANAGER, Stand, approval

if TYPE_CHECKING:
    from tests.stories.town import Seat, Town


def shortage(stand: Stand) -> str:
    """A close with two manat missing; its operation."""
    return stand.desk.tills.close(CLERK, {1_000: 19, 100: 8}).recorded.operation


def test_own_money_needs_a_cause_a_second_person_and_a_warning_that_was_shown(stand: Stand) -> None:
    close = shortage(stand)
    stand.desk.tills.open(CLERK)
    operation = stand.desk.counter.new_id()
    for command, consent, code in (
        (MakeGood(close, {100: 2}, ""), approval(operation), "C-067"),
        (MakeGood(close, {100: 2}, "lost"), None, "S-012"),
        (MakeGood(close, {100: 2}, "lost"), approval(operation, CLERK), "S-011"),
        (MakeGood(close, {100: 3}, "lost"), approval(operation), "C-066"),
    ):
        with pytest.raises(Refused, match=code):
            stand.desk.counts.make_good(CLERK, command, operation, consent)
    stand.desk.counts.make_good(CLERK, MakeGood(close, {100: 2}, "lost"), operation, approval(operation))
    [body] = stand.bodies(ops.DifferenceMadeGood)
    assert isinstance(body, ops.DifferenceMadeGood)
    assert (body.close, body.cause, body.warning) == (close, "lost", WARNING)
    assert all(Texts(language).has(body.warning) for language in LANGUAGES)


def test_a_difference_cannot_be_zeroed_while_it_is_being_counted(stand: Stand) -> None:
    """The first count differs too much: from now on nothing goes into the till, own money least of all."""
    close = shortage(stand)
    stand.desk.tills.open(CLERK)
    with pytest.raises(NeedsConfirmation, match="C-060"):
        stand.desk.tills.close(CLERK, {1_000: 10})
    operation = stand.desk.counter.new_id()
    command = MakeGood(close, {100: 2}, "lost")
    with pytest.raises(Refused, match="C-013"):
        stand.desk.counts.make_good(CLERK, command, operation, approval(operation))
    with pytest.raises(Refused, match="C-013"):
        stand.desk.tills.move(CLERK, "to_till", "supply", {1_000: 1})
    closed = stand.desk.tills.close(CLERK, {1_000: 19, 100: 8})
    assert closed.difference == azn(0)
    # And not after the close either, before a till is open again.
    with pytest.raises(Refused, match="C-010"):
        stand.desk.counts.make_good(CLERK, command, operation, approval(operation))


def test_without_a_difference_nothing_is_made_good_and_never_twice(stand: Stand) -> None:
    even = stand.desk.tills.close(CLERK, {1_000: 20}).recorded.operation
    stand.desk.tills.open(CLERK)
    operation = stand.desk.counter.new_id()
    with pytest.raises(Refused, match="C-065"):
        stand.desk.counts.make_good(CLERK, MakeGood(even, {100: 1}, "lost"), operation, approval(operation))
    close = shortage(stand)
    stand.desk.tills.open(CLERK)
    for number in range(3):
        operation = stand.desk.counter.new_id()
        command = MakeGood(close, {100: 1}, "lost")
        if number < 2:
            stand.desk.counts.make_good(CLERK, command, operation, approval(operation))
        else:
            with pytest.raises(Refused, match="C-065"):
                stand.desk.counts.make_good(CLERK, command, operation, approval(operation))


def test_what_was_paid_stays_beside_what_was_missing_for_ever(stand: Stand) -> None:
    close = shortage(stand)
    stand.desk.tills.open(CLERK)
    operation = stand.desk.counter.new_id()
    stand.desk.counts.make_good(CLERK, MakeGood(close, {100: 2}, "lost"), operation, approval(operation))
    report = stand.desk.reports.interim(MANAGER)
    assert (report.own_a.shortage_qapik, report.own_a.made_good_qapik) == (200, 200)
    [row] = [one for one in report.counts if one.operation == close]
    assert (row.difference, row.made_good) == (azn(-200), azn(200))


def test_the_centre_sees_it_with_its_cause(place: Town, ganja: Seat) -> None:
    close = ganja.services.tills.close(ganja.clerk, {10_000: 9, 100: 98}).recorded.operation
    ganja.services.tills.open(ganja.clerk)
    operation = ganja.services.counter.new_id()
    consent = Approval(ganja.supervisor.officer, ganja.supervisor.role, operation)
    command = MakeGood(close, {100: 2}, "other", "Rəis dedi ki, ödəyim.")
    ganja.services.counts.make_good(ganja.clerk, command, operation, consent)
    ganja.sync()
    [row] = place.ask("select desk, officer, approved_by, close, amount, cause, words from made_good")
    assert row == (
        ganja.name, ganja.clerk.officer, ganja.supervisor.officer, close, 200, "other", command.words,
    )  # fmt: skip
    assert place.ask("select difference from till_counts") == [(-200,)]
