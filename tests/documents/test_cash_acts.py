"""Every act about cash on paper: drawn from its record, both people named, in three languages."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from azpost_desk.documents import press, reports
from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.papers import CashActPaper
from azpost_desk.domain.people import Person
from azpost_desk.services.cash_bags import Seal
from azpost_desk.services.cash_counts import Ending, MakeGood
from azpost_desk.services.cash_notes import Suspect
from azpost_desk.services.counter import Approval
from azpost_desk.services.report_papers import report_paper
from azpost_desk.texts import LANGUAGES, Texts
from tests.services.counters import (
    CLERK,
    MANAGER,
    OTHER_CLERK,
    SENDER,
    SUPERVISOR,
    Stand,
    approval,
    ended,
    stand_at_work,
)  # fmt: skip
from tests.services.test_cash_bags import announce

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WITH_PAPER = (
    ops.BagSealed, ops.BagHandedOver, ops.BagReceived, ops.BagDiffered, ops.TillHandedOver, ops.TillCounted,
    ops.DifferenceMadeGood, ops.NoteSuspected,
)  # fmt: skip


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    """A desk where each act was done once."""
    made = stand_at_work(tmp_path / "desk")
    desk = made.desk
    desk.notes.suspect(CLERK, Suspect(azn(5_000), "AB1234567", SENDER, ("watermark",)))
    desk.bags.seal(MANAGER, Seal("PL-1", "cash", azn(10_000), {10_000: 1}))
    desk.bags.hand_over(MANAGER, "PL-1", Person(name="Rzayev Kamal", document="INK-4411"))
    announce(made, 300)
    announce(made, 301, bag="b2", number="PL-8")
    desk.bags.receive(MANAGER, "PL-7", {10_000: 80})
    operation = desk.counter.new_id()
    desk.bags.receive_short(MANAGER, "PL-8", {10_000: 79}, operation, approval(operation))
    desk.counts.surprise(SUPERVISOR, {1_000: 20})
    operation = desk.counter.new_id()
    taker = Approval(OTHER_CLERK.officer, OTHER_CLERK.role, operation)
    desk.counts.hand_over(CLERK, Ending(operation, {1_000: 19, 100: 8}), taker)
    close = operation
    desk.tills.close(OTHER_CLERK, {1_000: 19, 100: 8})
    desk.tills.open(CLERK)
    operation = desk.counter.new_id()
    command = MakeGood(close, {100: 2}, "wrong_change", "Qalığı səhv verdim.")
    desk.counts.make_good(CLERK, command, operation, approval(operation))
    yield made
    ended(made)


def read(pdf: bytes) -> str:
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    return " ".join("\n".join(pages).replace("\u00a0", " ").split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_act_has_its_paper_with_both_names(stand: Stand, language: str) -> None:
    texts = Texts(language)
    with stand.books.reading() as books:
        jobs = [job for job in books.print_jobs() if job.paper == "cash_act"]
        kinds = {type(books.entry(job.key).body) for job in jobs}  # type: ignore[union-attr]
    assert kinds == set(WITH_PAPER)
    for job in jobs:
        paper = stand.desk.papers.of_job(job)
        assert isinstance(paper, CashActPaper)
        read_back = read(press.pdf(paper, texts))
        assert texts.t(paper.title.key) in read_back  # type: ignore[union-attr]
        assert paper.number in read_back
        assert len(paper.signatures) == 2
        for line in paper.signatures:
            assert line.name in read_back


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_lists_every_count_with_what_was_made_good(stand: Stand, language: str) -> None:
    texts = Texts(language)
    paper = report_paper(stand.desk.reports.interim(MANAGER))
    assert [row.counted_by for row in paper.counts] == [SUPERVISOR.name, CLERK.name, OTHER_CLERK.name]
    assert [row.made_good for row in paper.counts] == [azn(0), azn(200), azn(0)]
    read_back = read(reports.report_pdf(paper, texts))
    assert texts.t("papers.report.counts") in read_back
    for sort in ("surprise", "handed_over", "closed"):
        assert texts.t(f"report.count.{sort}") in read_back
