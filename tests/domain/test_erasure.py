"""Terms, holds and the fold over what is gone: each can say no."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Retention, Term
from azpost_desk.domain.days import day_start_ms
from azpost_desk.domain.erasure import Erasures, Holds, Kept, due_before, due_from_ms, kept_until

pytestmark = pytest.mark.fast

MS = 1_795_410_000_000


@given(st.dates(dt.date(2024, 1, 1), dt.date(2035, 12, 31)), st.integers(1, 15))
def test_a_record_is_due_on_the_day_it_was_promised_and_not_before(day: dt.date, years: int) -> None:
    recorded_ms = day_start_ms(day.isoformat()) + 3_600_000  # type: ignore[arg-type]
    terms = Retention(terms=(Term(group="account", years=years, basis="x"),))
    until = dt.date.fromisoformat(kept_until(recorded_ms, years))
    eve = (until - dt.timedelta(days=1)).isoformat()
    assert recorded_ms < due_from_ms(terms, until.isoformat())["account"]
    assert recorded_ms >= due_from_ms(terms, eve)["account"] or day.day == 29
    assert (until - day).days >= 365 * years


def test_the_leap_day_is_kept_no_shorter() -> None:
    assert due_before("2028-02-29", 5) == "2023-02-28"
    assert kept_until(day_start_ms("2024-02-29"), 5) == "2029-03-01"  # type: ignore[arg-type]


def test_identification_is_kept_five_years_and_what_no_law_names_longest() -> None:
    terms = Retention()
    assert {group: terms.of(group).years for group in ("parties", "receiver", "customer")} == {
        "parties": 5,
        "receiver": 5,
        "customer": 5,
    }
    assert not terms.of("parties").demo
    assert terms.of("never heard of").years == max(term.years for term in terms.terms)
    assert Retention(terms=()).of("parties").years == 10


def test_no_document_makes_a_term_shorter_than_the_law() -> None:
    """A slip of the pen, or a centre that was broken into: years 0 for everything."""
    slips = Retention(terms=tuple(Term(group=group, years=0, basis="x") for group in ("parties", "*")))
    assert {group: slips.of(group).years for group in ("parties", "receiver", "account")} == {
        "parties": 5,
        "receiver": 5,
        "account": 1,
    }
    today = due_from_ms(slips, "2031-06-15")
    assert today["receiver"] == today["parties"] == day_start_ms("2026-06-15")  # type: ignore[arg-type]
    assert today["*"] == day_start_ms("2030-06-15")  # type: ignore[arg-type]


def hold(kind: str, operation: str, reason: str = "x") -> str:
    body = ops.HoldPlaced if kind == "hold.placed" else ops.HoldLifted
    return ops.encode(body(operation=operation, reason=reason)).decode()


def test_a_matter_holds_what_it_names_until_a_later_hold_is_lifted() -> None:
    case = ops.encode(ops.CaseRaised(case="C", reason="r", about="1/17")).decode()
    holds = Holds.of([(1, "case.raised", case), (2, "dispute.raised", '{"operations":["op-a"]}')])
    assert holds.stop({"op-a"}, "1/5")
    assert holds.stop({"op-b"}, "1/17")
    assert not holds.stop({"op-b"}, "1/170")
    assert not holds.stop({"op-b"}, "11/17")
    lifted = Holds.of(
        [(2, "dispute.raised", '{"operations":["op-a"]}'), (3, "hold.lifted", hold("hold.lifted", "op-a"))]
    )
    assert not lifted.stop({"op-a"}, "1/5")
    again = Holds.of(
        [(3, "hold.lifted", hold("hold.lifted", "op-a")), (4, "hold.placed", hold("hold.placed", "op-a"))]
    )
    assert again.stop({"op-a"}, "1/5")


VIEWED = ops.CustomerViewed(customer="c" * 64, purpose="p")


def kept(sequence: int, body: ops.Body, proved: bool = True, **attached: str | None) -> Kept:
    slots = {f"op{sequence}:{group}": value for group, value in attached.items()}
    return Kept("2002-1", 1, sequence, f"op{sequence}", ops.encode(body), body, slots, proved)


def erased(*entries: tuple[int, int, str, str], desk: str = "2002-1") -> Kept:
    body = ops.AttachmentsErased(
        desk=desk, group="customer", basis="x", years=5, before="2020-01-01", erased=entries
    )
    return kept(9, body)


def verdict(*records: Kept) -> tuple[list[str], int]:
    fold = Erasures()
    for one in records:
        fold.take(one)
    said = fold.end()
    return [one.why.split(" ", 1)[1] for one in said.broken], said.erased


def test_what_is_gone_is_erased_by_rule_or_missing() -> None:
    gone = kept(1, VIEWED, customer=None)
    named = erased((1, 1, "op1:customer", "c" * 64))
    missing = ["is missing and no record of erasure names it"]
    assert verdict(kept(1, VIEWED, customer="c" * 64)) == ([], 0)
    assert verdict(gone, named) == ([], 1)
    assert verdict(kept(1, VIEWED), named) == ([], 1), "the whole row may be gone at the other holder"
    assert verdict(gone) == (missing, 0)
    assert verdict(gone, erased((1, 1, "op1:customer", "d" * 64))) == (missing, 0)
    assert verdict(gone, erased((1, 2, "op1:customer", "c" * 64))) == (missing, 0)
    assert verdict(gone, erased((1, 1, "op1:customer", "c" * 64), desk="2002-2")) == (missing, 0)
    assert verdict(kept(1, VIEWED, customer="d" * 64))[0] == ["is not what the record commits to"]
    unproved = kept(1, VIEWED, proved=False, customer=None)
    assert verdict(unproved, named)[0] == ["was erased before the centre had it"]
