"""A difference is explained: the planted mistake stands among the first causes, and nothing is made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain import operations as ops
from azpost_desk.domain.explaining import Cause, Noted, Shift, Trace, explain, shifts
from azpost_desk.domain.explaining_digits import mistyped, swapped

pytestmark = pytest.mark.fast

MINUTE = 60_000


def bill(operation: str, at_ms: int, amount: int, given: int = 0, tender: str = "cash") -> Noted:
    """A bill without fee; `given` 0 is the exact sum."""
    given = (given or amount) if tender == "cash" else 0
    line = ops.PaymentAccepted(
        operation=f"{operation}-1",
        biller="0101",
        service="power",
        amount_qapik=amount,
        fee_qapik=0,
        tariff="t",
        account="c",
        told="",
    )
    body = ops.Settlement(
        basket=operation,
        receipt="4201-000001",
        lines=(line,),
        tenders=(ops.Tender(operation=f"{operation}-t", tender=tender, amount_qapik=amount),),
        cash_given_qapik=given,
        change_qapik=given - amount if given else 0,
        language="az",
    )
    return Noted(operation, at_ms, body)


def carried(operation: str, amount: int, direction: str = "to_safe") -> Noted:
    body = ops.CashMoved(
        direction=direction, purpose="drop", till="2002-1", pieces={"1000": 1}, amount_qapik=amount
    )
    return Noted(operation, 0, body)


def causes(
    difference: int, *records: Noted, pieces: dict[int, int] | None = None, traces: tuple[Trace, ...] = ()
) -> dict[str, Cause]:
    found = explain(Shift("2002-1", difference, pieces or {}, records, traces))
    return {cause.reason: cause for cause in found}


def test_no_difference_needs_no_explanation() -> None:
    assert explain(Shift("2002-1", 0, {100: 3}, (bill("a", 0, 500),))) == ()


def test_the_same_sum_twice_within_a_minute_comes_first() -> None:
    found = explain(Shift("2002-1", -3_845, {}, (bill("a", 0, 3_845), bill("b", 40_000, 3_845))))
    assert found[0].reason == "twice"
    [one] = found[0].candidates
    assert one.operations == ("a", "b")
    assert dict(one.facts) == {"amount": 3_845, "seconds": 40}


def test_the_same_sum_after_more_than_a_minute_is_no_pair() -> None:
    assert "twice" not in causes(-3_845, bill("a", 0, 3_845), bill("b", MINUTE + 1, 3_845))


def test_exchanged_digits_name_what_was_typed_and_what_was_meant() -> None:
    found = causes(1_800, bill("a", 0, 3_540), bill("b", 0, 9_999))
    assert found["swapped"].candidates[0].operations == ("a",)
    assert dict(found["swapped"].candidates[0].facts) == {"typed": 3_540, "meant": 5_340}
    assert "nine" not in found


def test_a_multiple_of_nine_without_a_record_is_still_said() -> None:
    assert causes(1_800, bill("a", 0, 77))["nine"].candidates[0].facts == (("ninth", 200),)


@pytest.mark.parametrize(("difference", "meant"), [(4_500, 5_000), (-450, 50)])
def test_a_nought_too_few_or_too_many(difference: int, meant: int) -> None:
    assert dict(causes(difference, bill("a", 0, 500))["factor_ten"].candidates[0].facts)["meant"] == meant


def test_cash_that_went_the_other_way_shows_twice_its_sum() -> None:
    assert causes(-14_200, carried("a", 7_100, "to_till"))["wrong_way"].candidates[0].operations == ("a",)
    assert causes(14_200, carried("a", 7_100))["wrong_way"].candidates[0].operations == ("a",)
    assert "wrong_way" not in causes(14_200, carried("a", 7_100, "to_till"))


def test_a_card_that_was_tried_and_then_cash() -> None:
    tried = Trace("card", "k", 10_000, 2_350)
    paid = bill("a", 50_000, 2_350)
    found = causes(-2_350, paid, bill("b", 0, 999), traces=(tried,))
    assert found["card_then_cash"].candidates[0].operations == ("a", "k")
    assert next(iter(found)) == "card_then_cash"
    long_ago = Trace("card", "k", 10_000 - 6 * MINUTE, 2_350)
    assert "card_then_cash" not in causes(-2_350, paid, traces=(long_ago,))


def test_recorded_as_card_and_paid_in_cash() -> None:
    assert causes(2_350, bill("a", 0, 2_350, tender="card"))["tender"].candidates[0].operations == ("a",)
    assert "tender" not in causes(-2_350, bill("a", 0, 2_350, tender="card"))


def test_cash_announced_and_not_accepted() -> None:
    announced = Trace("unaccepted", "r", 0, 20_000)
    assert causes(20_000, traces=(announced,))["unaccepted"].candidates[0].operations == ("r",)
    assert "unaccepted" not in causes(-20_000, traces=(announced,))


@pytest.mark.parametrize("sort", ["parked", "cancelled"])
def test_a_basket_that_was_left(sort: str) -> None:
    left = Trace(sort, "p", 0, 5_432)  # type: ignore[arg-type]
    assert causes(5_432, traces=(left,))[sort].candidates[0].operations == ("p",)


def test_change_from_another_note_kept_or_given_twice() -> None:
    sale = bill("a", 0, 1_234, given=5_000)
    assert dict(causes(-3_000, sale)["note"].candidates[0].facts) == {"given": 5_000, "really": 2_000}
    assert causes(3_766, sale)["change_kept"].candidates[0].operations == ("a",)
    assert causes(-3_766, sale)["change_twice"].candidates[0].operations == ("a",)


def test_pieces_counted_too_much_must_stand_on_the_sheet() -> None:
    assert "pieces" not in causes(10_000, pieces={10: 3})
    found = causes(10_000, pieces={10_000: 4})["pieces"].candidates[0]
    assert dict(found.facts) == {"denomination": 10_000, "number": 1}
    assert dict(causes(-10_000)["pieces"].candidates[0].facts)["denomination"] == 10_000


def test_a_bundle_and_a_row_typed_beside() -> None:
    assert dict(causes(-50_000)["bundle"].candidates[0].facts) == {"denomination": 500, "number": 100}
    found = causes(7 * (2_000 - 1_000), pieces={2_000: 7})["row"].candidates[0]
    assert dict(found.facts) == {"denomination": 2_000, "meant": 1_000, "number": 7}
    assert "row" not in causes(7_000, pieces={2_000: 7, 1_000: 3})


def test_a_number_of_pieces_mistyped() -> None:
    found = causes((41 - 14) * 500, pieces={500: 41})["row_digits"].candidates
    assert ("meant_number", 14) in found[0].facts


@given(st.integers(1, 10**7))
def test_exchanged_digits_always_differ_by_a_multiple_of_nine(number: int) -> None:
    assert all((number - other) % 9 == 0 and number in (*swapped(other), number) for other in swapped(number))
    assert number not in mistyped(number)


@given(st.integers(-100_000, 100_000).filter(bool), st.integers(1, 20_000))
def test_shares_are_of_the_whole_and_the_order_is_theirs(difference: int, amount: int) -> None:
    found = explain(Shift("2002-1", difference, {1_000: 3, 100: 12}, (bill("a", 0, amount),)))
    assert [one.share_ppm for one in found] == sorted((one.share_ppm for one in found), reverse=True)
    assert sum(one.share_ppm for one in found) <= 1_000_000
    assert all(one.candidates for one in found)


def test_a_day_falls_into_the_shifts_between_openings_and_counts() -> None:
    def opened(operation: str) -> Noted:
        return Noted(operation, 0, ops.TillOpened(till="2002-1", holder="1002", balance_qapik=0))

    def closed(operation: str) -> Noted:
        body = ops.TillClosed(
            till="2002-1", holder="1002", pieces={}, counted_qapik=0, expected_qapik=5, difference_qapik=-5
        )
        return Noted(operation, 0, body)

    day = [opened("o1"), bill("a", 0, 5), closed("c1"), opened("o2"), bill("b", 0, 7), closed("c2")]
    found = shifts(day)
    assert [close for _, close, _ in found] == ["c1", "c2"]
    assert [[note.operation for note in records] for _, _, records in found] == [["o1", "a"], ["o2", "b"]]
