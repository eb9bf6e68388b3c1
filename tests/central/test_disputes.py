"""Disputes at the centre: listed by their clock, answered with words, never closed from here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.central import disputes
from azpost_desk.domain import operations as ops
from azpost_desk.domain.delivery_moves import AGREED, DECLINED
from azpost_desk.domain.operations_disputes import Evidence
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.app import Centre
    from tests.central.desks import ManualClock, SimDesk

EVIDENCE = Evidence(
    epoch=1,
    sequence=1,
    head="ab" * 32,
    records=(),
    day_records=1,
    day_digest="",
    report="",
    software="test",
    online=True,
    line_since_ms=0,
    waiting=0,
    clock_off_ms=0,
)


def raised(number: str, due: str) -> ops.DisputeRaised:
    return ops.DisputeRaised(
        dispute=number,
        figure="till.difference",
        about="op",
        date="2026-11-23",
        value=-500,
        unit="qapik",
        words="",
        due=due,
        evidence=EVIDENCE,
    )


def listed(centre: Centre, *, every: bool = False) -> list[tuple[str, str]]:
    with centre.database.transaction() as conn:
        return [(one.dispute, one.state) for one in disputes.listed(conn, every=every)]


def answered(centre: Centre, clock: ManualClock, number: str, judged: str, words: str = "Baxdıq.") -> None:
    with centre.database.transaction() as conn:
        disputes.answer(conn, "2002-1", number, judged, words, "Maliyyə", clock.utc_ms())


def test_the_one_due_first_stands_on_top_and_an_answer_reaches_its_desk(
    centre: Centre, enrolled: Callable[[str], SimDesk], clock: ManualClock
) -> None:
    desk, other = enrolled("2002-1"), enrolled("2002-2")
    desk.append(raised("D2026-000001-7", "2026-12-09"))
    desk.append(raised("D2026-000002-5", "2026-12-03"))
    desk.exchange()
    centre.settle()
    assert listed(centre) == [("D2026-000002-5", "open"), ("D2026-000001-7", "open")]
    answered(centre, clock, "D2026-000002-5", "more")
    clock.now_ms += 1_000
    answered(centre, clock, "D2026-000002-5", "upheld", "Bağlama tapıldı.")
    centre.settle()
    for one in (desk, other):
        while one.exchange().more:
            pass
    told = [(one["dispute"], one["answer"], one["words"]) for one in desk.told("dispute.answer")]
    assert told == [
        ("D2026-000002-5", "more", "Baxdıq."),
        ("D2026-000002-5", "upheld", "Bağlama tapıldı."),
    ]
    assert other.told("dispute.answer") == []
    # Only the desk's own record ends it.
    assert ("D2026-000002-5", "answered") in listed(centre)
    desk.append(ops.DisputeClosed(dispute="D2026-000002-5", outcome="settled", words=""))
    desk.exchange()
    centre.settle()
    assert listed(centre) == [("D2026-000001-7", "open")]
    assert ("D2026-000002-5", "closed") in listed(centre, every=True)
    with pytest.raises(Refused, match="D-105"):
        answered(centre, clock, "D2026-000002-5", "rejected")


def test_an_answer_needs_a_dispute_a_verdict_and_words(centre: Centre, clock: ManualClock) -> None:
    for number, judged, words, code in (
        ("D2026-000009-1", "upheld", "Bəli", "D-104"),
        ("D2026-000009-1", "perhaps", "Bəli", "D-107"),
        ("D2026-000009-1", "upheld", "  ", "D-102"),
        # Two people's word, given elsewhere.
        *(("D2026-000009-1", judged, "Bəli", "D-107") for judged in (AGREED, DECLINED)),
    ):
        with pytest.raises(Refused, match=code):
            answered(centre, clock, number, judged, words)
