"""Cash in bags and in counts: balanced, seen alike by both report routines, frozen for ever."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain import operations_cash, reports, reports_bodies, reports_ledger
from azpost_desk.domain.ledger import balances, sums
from azpost_desk.domain.postings import postings
from azpost_desk.domain.soundness import is_sound

pytestmark = pytest.mark.fast

# Released rules never change: the digest of one example of each, as it was on the day of its release.
FROZEN: dict[tuple[str, int], tuple[ops.Body, str]] = {
    ("bag.sealed", 1): (
        ops.BagSealed(bag="b", number="PL-1", sort="cash", pieces={"100": 1}, amount_qapik=100),
        "04ecd3e8b2f1dc1acb99afb1cbf3fdb1",
    ),
    ("bag.received", 1): (
        ops.BagReceived(bag="b", number="PL-1", pieces={"100": 1}, amount_qapik=100),
        "e8906d5b068e878368959cdf0e790e04",
    ),
    ("bag.differed", 1): (
        ops.BagDiffered(
            bag="b", number="PL-1", act="A", announced={"100": 2}, announced_qapik=200, pieces={"100": 1},
            amount_qapik=100, approved_by="1004",
        ),
        "e8906d5b068e878368959cdf0e790e04",
    ),
    ("till.handed_over", 1): (
        ops.TillHandedOver(
            till="d", holder="1002", taker="1003", pieces={"100": 1}, counted_qapik=100, expected_qapik=105,
            difference_qapik=-5, approved_by="1003",
        ),
        "03d584ca978dacb0d13ba2d809a5a2c1",
    ),
    ("difference.made_good", 1): (
        ops.DifferenceMadeGood(
            close="c", till="d", officer="1002", pieces={"1": 5}, amount_qapik=5, cause="lost", words="",
            warning="w", approved_by="1004",
        ),
        "7d66f61ba08d5246eda7ad90c859a16f",
    ),
    ("bag.dispatched", 1): (
        ops.BagDispatched(
            bag="b", number="PL-1", to_desk="d", sort="cash", pieces={"100": 1}, amount_qapik=100
        ),
        "c60cd02096d8fec1801c341b3263c94b",
    ),
    ("bag.taken_in", 1): (
        ops.BagTakenIn(
            bag="b", number="PL-1", from_desk="d", announced_qapik=200, pieces={"100": 1},
            amount_qapik=100,
        ),
        "78e374927ed2cf2a524baa883687095b",
    ),
    ("bag.resolved", 1): (
        ops.BagResolved(
            bag="b", number="PL-1", outcome="lost", missing_qapik=100, reason="r", first_person="a",
            second_person="b",
        ),
        "5effa4b277154f1dbaa71e0cc4a11812",
    ),
}  # fmt: skip
_COUNT = st.integers(0, 10**6)


@given(_COUNT, _COUNT)
def test_a_hand_over_makes_the_count_the_balance_in_both_routines(counted: int, expected: int) -> None:
    body = ops.TillHandedOver(
        till="d", holder="1002", taker="1003", pieces={"1": counted}, counted_qapik=counted,
        expected_qapik=expected, difference_qapik=counted - expected, approved_by="1003",
    )  # fmt: skip
    ledger = postings("d", "o", "till.handed_over", 1, body)
    assert balances(ledger).get((chart.TILL, "d", "AZN"), 0) == counted - expected
    assert _agree(body, "till.handed_over", expected) == []


@pytest.mark.parametrize("rule", sorted(FROZEN))
def test_every_cash_body_balances_and_is_reported_alike(rule: tuple[str, int]) -> None:
    body, _ = FROZEN[rule]
    ledger = postings("d", "o", *rule, body)
    assert ledger
    assert not any(sums(ledger).values())
    if rule[0] not in operations_cash.CENTRE_KINDS:
        assert _agree(body, rule[0], 1_000) == []


def _agree(body: ops.Body, kind: str, opening_qapik: int) -> list[str]:
    ledger = [(kind, posting) for posting in postings("d", "o", kind, 1, body)]
    first = reports_ledger.figures("d", ledger, opening_qapik, 0)
    return reports.differences(first, reports_bodies.figures([body], opening_qapik))


@pytest.mark.parametrize(
    "rule", sorted(kind for kind in FROZEN if kind[0] not in operations_cash.CENTRE_KINDS)
)
def test_a_planted_wrong_posting_makes_the_routines_disagree(rule: tuple[str, int]) -> None:
    body, _ = FROZEN[rule]
    turned = [(rule[0], replace(p, amount=-p.amount)) for p in postings("d", "o", *rule, body)]
    first = reports_ledger.figures("d", turned, 1_000, 0)
    assert reports.differences(first, reports_bodies.figures([body], 1_000)) != []


def test_a_bags_whole_life_comes_to_zero_in_transit() -> None:
    """Sealed with 2, one found at the cash centre, one lost: the safe gave 2, centre and post bear 1 each."""
    life = (
        ("branch", ops.BagSealed(bag="b", number="PL-1", sort="cash", pieces={"100": 2}, amount_qapik=200)),
        ("centre", FROZEN["bag.taken_in", 1][0]),
        ("centre", FROZEN["bag.resolved", 1][0]),
    )
    posted = [p for desk, body in life for p in postings(desk, "o", *ops.kind_of(body), body)]
    assert {key[0]: net for key, net in balances(posted).items() if net} == {
        chart.SAFE: -200,
        chart.HEADQUARTERS: 100,
        chart.BAG_DIFFERENCES: 100,
    }


def test_what_was_made_good_does_not_make_the_shortage_smaller() -> None:
    short = ops.TillClosed(
        till="d", holder="1002", pieces={"1": 95}, counted_qapik=95, expected_qapik=100, difference_qapik=-5
    )
    paid = FROZEN["difference.made_good", 1][0]
    ledger = [
        (kind, posting)
        for kind, body in (("till.closed", short), ("difference.made_good", paid))
        for posting in postings("d", "o", kind, 1, body)
    ]
    first = reports_ledger.figures("d", ledger, 100, 0)
    second = reports_bodies.figures([short, paid], 100)
    assert first == second
    assert (first.shortage_qapik, first.made_good_qapik, first.till_closing_qapik) == (5, 5, 100)


@pytest.mark.parametrize(
    "body",
    [
        ops.BagSealed(bag="b", number="n", sort="cash", pieces={"100": 2}, amount_qapik=100),
        ops.BagSealed(bag="b", number="n", sort="gold", pieces={"100": 1}, amount_qapik=100),
        ops.BagSealed(bag="b", number="n", sort="suspect", pieces={}, amount_qapik=0),
        ops.BagSealed(bag="b", number="n", sort="cash", pieces={}, amount_qapik=0),
        ops.BagReceived(bag="b", number="n", pieces={"100": -1}, amount_qapik=-100),
        ops.TillCounted(
            till="d", holder="h", pieces={"1": 1}, counted_qapik=1, expected_qapik=1, difference_qapik=5
        ),
        ops.DifferenceMadeGood(
            close="c", till="d", officer="1002", pieces={"1": 5}, amount_qapik=5, cause="lost", words="",
            warning="w", approved_by="1002",
        ),
        ops.TillHandedOver(
            till="d", holder="1002", taker="1002", pieces={"1": 1}, counted_qapik=1, expected_qapik=1,
            difference_qapik=0, approved_by="1002",
        ),
        ops.NoteSuspected(report="S", denomination_qapik=7, series="A", presenter=""),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_true_is_no_sound_one(body: ops.Body) -> None:
    assert not is_sound(body)
