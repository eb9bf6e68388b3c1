"""U-06: the print failed, and the sale was stuck."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain import operations as ops
from azpost_desk.domain.papers import ReceiptPaper
from azpost_desk.domain.refusals import Trouble
from azpost_desk.services.goods import SellGoods
from tests.services.counters import CLERK, Stand

if TYPE_CHECKING:
    from azpost_desk.domain.papers import Paper


def out_of_paper(paper: Paper | bytes, sort: str) -> None:
    raise Trouble("D-003")


def test_out_of_paper_the_sale_stands_the_queue_says_why_and_reprints_are_counted(stand: Stand) -> None:
    papers = stand.desk.papers
    while papers.print_next(lambda paper, sort: None):
        pass
    stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    receipt = stand.pay(120).receipt
    till = stand.till_qapik()
    papers.print_next(out_of_paper)
    [job] = papers.waiting()
    assert (job.key, job.state, job.trouble, job.tries) == (receipt, "failed", "D-003", 1)
    stand.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
    stand.pay(60)
    printed: list[ReceiptPaper] = []

    def works(paper: Paper | bytes, sort: str) -> None:
        assert isinstance(paper, ReceiptPaper)
        printed.append(paper)

    papers.retry(job, CLERK)
    papers.copy(receipt, CLERK)
    papers.copy(receipt, CLERK)
    while papers.print_next(works):
        pass
    marks = [(one.copy.kind, one.copy.number) for one in printed if one.number == receipt]
    assert marks[0] == ("duplicate", 1)
    assert {kind for kind, _ in marks[1:]} == {"copy"}
    said = [
        (one.sort, one.count)
        for one in stand.bodies(ops.PaperReprinted)
        if isinstance(one, ops.PaperReprinted)
    ]
    assert said == [("duplicate", 1), ("copy", 1), ("copy", 2)]
    assert stand.till_qapik() == till + 60
    assert len(stand.bodies(ops.Settlement)) == 2
