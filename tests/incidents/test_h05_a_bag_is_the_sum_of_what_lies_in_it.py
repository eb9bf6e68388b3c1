"""H-05: a bag of two lines recorded one; the receipt showed what was meant, not what was stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azpost_desk.domain import operations as ops
from azpost_desk.domain.cash import DENOMINATIONS_QAPIK
from azpost_desk.domain.money import azn
from azpost_desk.domain.papers import CashActPaper
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.soundness import is_sound
from azpost_desk.services.cash_bags import Seal
from tests.services.counters import MANAGER, Stand

if TYPE_CHECKING:
    from azpost_desk.services.views import PrintJob

TWO_LINES = {10_000: 3, 5_000: 4}


def test_a_bag_of_two_lines_records_two_and_the_paper_is_drawn_from_the_record(stand: Stand) -> None:
    stand.desk.bags.seal(MANAGER, Seal("PL-1", "cash", azn(50_000), TWO_LINES))
    [body] = stand.bodies(ops.BagSealed)
    assert isinstance(body, ops.BagSealed)
    assert (body.pieces, body.amount_qapik) == ({"10000": 3, "5000": 4}, 50_000)
    paper = stand.desk.papers.of_job(_job(stand, body.bag))
    assert isinstance(paper, CashActPaper)
    assert [(row.denomination.minor, row.counted) for row in paper.counts] == [(10_000, 3), (5_000, 4)]
    assert paper.amount == azn(50_000)
    with stand.books.reading() as books:
        assert books.balance("1030", body.bag) == azn(50_000)


def _job(stand: Stand, key: str) -> PrintJob:
    with stand.books.reading() as books:
        return next(job for job in books.print_jobs() if job.key == key)


@pytest.mark.parametrize("total", [0, 30_000, 20_000, 49_999, 50_001, -50_000])
def test_a_label_that_is_not_the_sum_is_refused_and_nothing_is_written(stand: Stand, total: int) -> None:
    before = (stand.records(), stand.desk.baskets.safe_balance())
    with pytest.raises(Refused, match="C-042"):
        stand.desk.bags.seal(MANAGER, Seal("PL-1", "cash", azn(total), TWO_LINES))
    assert (stand.records(), stand.desk.baskets.safe_balance()) == before


@settings(max_examples=60)
@given(
    st.dictionaries(st.sampled_from(DENOMINATIONS_QAPIK), st.integers(1, 500), min_size=1),
    st.integers(-50, 50),
)
def test_no_bag_with_a_sum_that_is_not_its_lines_is_ever_taken_for_true(
    pieces: dict[int, int], off: int
) -> None:
    """Neither written at a desk nor accepted by the centre: both ask the same question of the body."""
    total = sum(value * number for value, number in pieces.items())
    sheet = {str(value): number for value, number in pieces.items()}
    body = ops.BagSealed(bag="b", number="PL-1", sort="cash", pieces=sheet, amount_qapik=total)
    assert is_sound(body)
    wrong = msgspec.structs.replace(body, amount_qapik=total + off)
    assert is_sound(wrong) == (off == 0)
    # One of the lines left out: the sum tells it.
    if len(sheet) > 1:
        fewer = dict(list(sheet.items())[1:])
        assert not is_sound(msgspec.structs.replace(body, pieces=fewer))
