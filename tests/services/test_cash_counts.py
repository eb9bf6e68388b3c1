"""Counts of the till: two counts and a manager above the limit, hand-over, surprise, making good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import NeedsConfirmation, Refused
from azpost_desk.domain.staff import Permission, Role
from azpost_desk.services.cash_counts import WARNING, Ending, MakeGood
from azpost_desk.services.counter import Approval
from azpost_desk.services.goods import SellGoods
from tests.services.counters import CLERK, MANAGER, OTHER_CLERK, SUPERVISOR, Stand, approval

if TYPE_CHECKING:
    from collections.abc import Callable

SHORT = {1_000: 10}
"""Half of what lies in the till."""


def asked(act: Callable[[], object]) -> NeedsConfirmation:
    with pytest.raises(NeedsConfirmation) as question:
        act()
    return question.value


def close_short(stand: Stand, missing_qapik: int = 200) -> str:
    """Close the till of 200.00 with some manat too few, below the limit; the close's operation."""
    closed = stand.desk.tills.close(CLERK, {1_000: 19, 100: (1_000 - missing_qapik) // 100})
    return closed.recorded.operation


# --- the limit --------------------------------------------------------------------------------------------


def test_a_difference_up_to_the_limit_closes_at_once(stand: Stand) -> None:
    closed = stand.desk.tills.close(CLERK, {1_000: 19, 100: 5})
    assert closed.difference == azn(-500)
    assert stand.bodies(ops.CountSetAside) == []


def test_above_the_limit_a_second_count_and_a_manager_are_asked_for_and_everything_is_kept(
    stand: Stand,
) -> None:
    tills, operation = stand.desk.tills, stand.desk.counter.new_id()
    first = asked(lambda: tills.close(CLERK, {1_000: 11}, operation))
    assert (first.code, first.facts) == ("C-060", {"limit": azn(500)})
    second = asked(lambda: tills.close(CLERK, SHORT, operation))
    assert second.code == "C-061"
    # Neither question says what was expected or by how much it differs.
    assert set(second.facts) == {"limit"}
    closed = tills.close(CLERK, SHORT, operation, approval(operation, MANAGER))
    assert (closed.counted, closed.expected, closed.difference) == (azn(10_000), azn(20_000), azn(-10_000))
    aside = stand.bodies(ops.CountSetAside)
    assert [one.counted_qapik for one in aside if isinstance(one, ops.CountSetAside)] == [11_000, 10_000]
    [consented] = stand.bodies(ops.DifferenceConsented)
    assert isinstance(consented, ops.DifferenceConsented)
    assert (consented.about, consented.approved_by) == (operation, MANAGER.officer)
    assert (consented.first_counted_qapik, consented.second_counted_qapik) == (11_000, 10_000)
    with stand.books.reading() as books:
        assert books.balance("1090", CLERK.officer) == azn(10_000)
        assert [one.sort for one in books.counts()] == ["closed", "set_aside", "set_aside"]


def test_a_second_count_within_the_limit_needs_nobody(stand: Stand) -> None:
    assert asked(lambda: stand.desk.tills.close(CLERK, SHORT)).code == "C-060"
    assert stand.desk.tills.close(CLERK, {1_000: 20}).difference == azn(0)


def test_consent_is_the_managers_for_this_count_alone(stand: Stand) -> None:
    tills, operation = stand.desk.tills, stand.desk.counter.new_id()
    # A consent brought along does not spare the second count.
    assert asked(lambda: tills.close(CLERK, SHORT, operation, approval(operation, MANAGER))).code == "C-060"
    assert asked(lambda: tills.close(CLERK, SHORT, operation)).code == "C-061"
    with pytest.raises(Refused, match="C-062"):
        tills.close(CLERK, SHORT, operation, approval(operation, SUPERVISOR))
    with pytest.raises(Refused, match="S-012"):
        tills.close(CLERK, SHORT, operation, approval("another", MANAGER))
    # The manager saw another count than the one that is to close.
    assert asked(lambda: tills.close(CLERK, {}, operation, approval(operation, MANAGER))).code == "C-061"
    tills.close(CLERK, {}, operation, approval(operation, MANAGER))
    assert len(stand.bodies(ops.TillClosed)) == 1


def test_asking_again_without_a_new_count_writes_nothing(stand: Stand) -> None:
    for _ in range(2):
        asked(lambda: stand.desk.tills.close(CLERK, SHORT))
    before = stand.records()
    assert asked(lambda: stand.desk.tills.close(CLERK, SHORT)).code == "C-061"
    assert stand.records() == before


def test_a_new_holder_begins_with_no_count_set_aside(stand: Stand) -> None:
    tills, operation = stand.desk.tills, stand.desk.counter.new_id()
    asked(lambda: tills.close(CLERK, SHORT))
    tills.close(CLERK, {1_000: 20})
    tills.open(OTHER_CLERK)
    assert asked(lambda: tills.close(OTHER_CLERK, SHORT, operation)).code == "C-060"


# --- hand-over --------------------------------------------------------------------------------------------


def taking(operation: str, who: str = OTHER_CLERK.officer) -> Approval:
    return Approval(who, Role.CLERK, operation)


def test_a_till_goes_to_another_officer_by_a_count_of_both_without_a_close(stand: Stand) -> None:
    operation = stand.desk.counter.new_id()
    who = OTHER_CLERK.officer
    taker = stand.desk.staff.co_sign(CLERK, who, who, operation, Permission.HOLD_TILL)
    ending = Ending(operation, {1_000: 19, 100: 8})
    done = stand.desk.counts.hand_over(CLERK, ending, taker)
    assert (done.expected, done.difference) == (azn(20_000), azn(-200))
    with stand.books.reading() as books:
        assert (books.till().state, books.till().holder) == ("open", OTHER_CLERK.officer)
        assert books.till().balance == azn(19_800)
        # The difference is the leaving holder's.
        assert books.balance("1090", CLERK.officer) == azn(200)
        assert books.balance("1090", OTHER_CLERK.officer) == azn(0)
    with pytest.raises(Refused, match="C-011"):
        stand.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
    stand.desk.shop.sell(SellGoods("ST-60", 5), OTHER_CLERK)
    stand.pay(300, OTHER_CLERK)
    assert stand.desk.tills.close(OTHER_CLERK, {1_000: 20, 100: 1}).difference == azn(0)
    stand.desk.reports.close_day(MANAGER, stand.desk.press)
    report = stand.desk.reports.interim(MANAGER)
    assert (report.own_a.shortage_qapik, report.tills[0].difference_qapik) == (200, -200)


def test_nobody_hands_over_to_themselves_or_without_the_takers_signature(stand: Stand) -> None:
    operation = stand.desk.counter.new_id()
    for taker, code in (
        (taking(operation, CLERK.officer), "S-011"),
        (taking("another"), "S-012"),
    ):
        with pytest.raises(Refused, match=code):
            stand.desk.counts.hand_over(CLERK, Ending(operation, {1_000: 20}), taker)
    with pytest.raises(Refused, match="S-011"):
        stand.desk.staff.co_sign(CLERK, CLERK.officer, CLERK.officer, operation, Permission.HOLD_TILL)
    stand.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
    with pytest.raises(Refused, match="C-030"):
        stand.desk.counts.hand_over(CLERK, Ending(operation, {1_000: 20}), taking(operation))
    assert stand.bodies(ops.TillHandedOver) == []


def test_the_centre_consents_but_takes_no_till(stand: Stand) -> None:
    operation = stand.desk.counter.new_id()
    centre = Approval("centre:C07", Role.MANAGER, operation, "centre_online")
    with pytest.raises(Refused, match="S-012"):
        stand.desk.counts.hand_over(CLERK, Ending(operation, {1_000: 20}), centre)


def test_a_hand_over_above_the_limit_asks_as_a_close_does(stand: Stand) -> None:
    operation = stand.desk.counter.new_id()
    hand_over = stand.desk.counts.hand_over
    for code in ("C-060", "C-061"):
        question = asked(lambda: hand_over(CLERK, Ending(operation, SHORT), taking(operation)))
        assert question.code == code
    ending = Ending(operation, SHORT, approval(operation, MANAGER))
    assert hand_over(CLERK, ending, taking(operation)).difference == azn(-10_000)


# --- surprise count ---------------------------------------------------------------------------------------


def test_a_surprise_count_is_kept_and_posts_nothing(stand: Stand) -> None:
    with pytest.raises(Refused, match="S-010"):
        stand.desk.counts.surprise(OTHER_CLERK, {1_000: 20})
    counted = stand.desk.counts.surprise(SUPERVISOR, SHORT)
    assert (counted.counted, counted.expected, counted.difference) == (azn(10_000), azn(20_000), azn(-10_000))
    assert stand.till_qapik() == 20_000
    with stand.books.reading() as books:
        assert books.balance("1090", CLERK.officer) == azn(0)
        assert (books.till().state, books.till().holder) == ("open", CLERK.officer)
    assert "till_counted" in {one.sort for one in stand.desk.history.today()}
    [row] = stand.desk.reports.interim(MANAGER).counts
    assert (row.sort, row.holder, row.officer) == ("surprise", CLERK.officer, SUPERVISOR.officer)
    assert (row.counted, row.expected, row.difference) == (azn(10_000), azn(20_000), azn(-10_000))


def test_nobody_surprises_themselves_or_a_closed_till(stand: Stand) -> None:
    close_short(stand)
    with pytest.raises(Refused, match="C-010"):
        stand.desk.counts.surprise(SUPERVISOR, SHORT)
    stand.desk.tills.open(SUPERVISOR)
    with pytest.raises(Refused, match="C-068"):
        stand.desk.counts.surprise(SUPERVISOR, SHORT)


# --- making good ------------------------------------------------------------------------------------------


def test_own_money_for_a_shortage_is_its_own_operation_with_cause_and_second_person(stand: Stand) -> None:
    close = close_short(stand)
    stand.desk.tills.open(CLERK)
    [shortage] = stand.desk.counts.shortages(CLERK)
    assert (shortage.operation, shortage.missing) == (close, azn(200))
    operation = stand.desk.counter.new_id()
    command = MakeGood(close, {100: 2}, "wrong_change", "Müştəriyə iki manat artıq verdim.")
    stand.desk.counts.make_good(CLERK, command, operation, approval(operation))
    [body] = stand.bodies(ops.DifferenceMadeGood)
    assert isinstance(body, ops.DifferenceMadeGood)
    assert (body.cause, body.warning, body.approved_by) == ("wrong_change", WARNING, SUPERVISOR.officer)
    assert stand.till_qapik() == 20_000
    with stand.books.reading() as books:
        assert books.balance("1090", CLERK.officer) == azn(0)
    assert stand.desk.counts.shortages(CLERK) == []
    figures = stand.desk.reports.interim(MANAGER).own_a
    # The shortage stays as it was counted, what was paid stands beside it.
    assert (figures.shortage_qapik, figures.made_good_qapik) == (200, 200)
    assert stand.desk.reports.interim(MANAGER).differences == ()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"cause": ""}, "C-067"),
        ({"cause": "other"}, "C-067"),
        ({"cause": "because"}, "C-067"),
        ({"pieces": {}}, "C-021"),
        ({"pieces": {100: 3}}, "C-066"),
        ({"close": "none"}, "C-065"),
    ],
)
def test_making_good_is_refused(stand: Stand, changed: dict[str, object], code: str) -> None:
    close = close_short(stand)
    stand.desk.tills.open(CLERK)
    operation = stand.desk.counter.new_id()
    values: dict[str, Any] = {"close": close, "pieces": {100: 1}, "cause": "lost", **changed}
    command = MakeGood(**values)
    before = stand.records()
    with pytest.raises(Refused, match=code):
        stand.desk.counts.make_good(CLERK, command, operation, approval(operation))
    assert stand.records() == before


def test_a_shortage_is_its_officers_and_no_surplus_is_made_good(stand: Stand) -> None:
    close = close_short(stand)
    stand.desk.tills.open(OTHER_CLERK)
    operation = stand.desk.counter.new_id()
    command = MakeGood(close, {100: 1}, "lost")
    with pytest.raises(Refused, match="C-065"):
        stand.desk.counts.make_good(OTHER_CLERK, command, operation, approval(operation))
    surplus = stand.desk.tills.close(OTHER_CLERK, {1_000: 20}).recorded.operation
    stand.desk.tills.open(OTHER_CLERK)
    with pytest.raises(Refused, match="C-065"):
        stand.desk.counts.make_good(
            OTHER_CLERK, MakeGood(surplus, {100: 1}, "lost"), operation, approval(operation)
        )
    for no_consent in (None, approval("another"), approval(operation, CLERK)):
        with pytest.raises(Refused, match="S-01"):
            stand.desk.counts.make_good(CLERK, command, operation, no_consent)
