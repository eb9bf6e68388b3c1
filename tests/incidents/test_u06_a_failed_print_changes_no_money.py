"""U-06: the print failed, and the sale was stuck."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.papers import ReceiptPaper
from azpost_desk.domain.refusals import Trouble
from azpost_desk.programs.desk_parts import devices_of, paper_printer
from azpost_desk.services.goods import SellGoods
from azpost_desk.texts import LANGUAGES, Texts
from tests.services.counters import CLERK, Stand

if TYPE_CHECKING:
    from pathlib import Path

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


@pytest.mark.parametrize("answers", [True, False])
def test_a_printer_that_never_answers_has_been_sent_to_and_is_never_said_to_have_printed(
    stand: Stand, tmp_path: Path, answers: bool
) -> None:
    papers = stand.desk.papers
    while papers.print_next(lambda paper, sort: None):
        pass
    roll = tmp_path / "lp0"
    roll.touch()
    said = f'receipts = "file:{roll.as_posix()}"\nreceipts_answer = "none"\n'
    (tmp_path / "desk.toml").write_text("" if answers else said, "utf-8")
    stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    receipt = stand.pay(120).receipt
    while papers.print_next(paper_printer(devices_of(tmp_path), lambda: "az")):
        pass
    assert bool(roll.read_bytes()) is not answers
    with stand.books.reading() as books:
        [job] = [one for one in books.print_jobs() if one.key == receipt]
    assert (job.state, job.tries, papers.waiting()) == ("printed" if answers else "sent", 1, [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_screen_has_its_own_word_for_what_was_only_sent(language: str) -> None:
    texts = Texts(language)
    words = {texts.t(f"history.screen.print.{state}") for state in ("sent", "printed", "waiting")}
    assert len(words) == 3
