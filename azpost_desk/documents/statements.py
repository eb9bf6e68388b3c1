"""The statement of a paid notice on the 80-mm roll: the portal's number, the budget's code, the sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.documents.receipts import close_roll, open_roll
from azpost_desk.documents.roll import BODY, HUGE, SMALL, Roll
from azpost_desk.domain.catalogue import name_in

if TYPE_CHECKING:
    from azpost_desk.domain.papers_notices import StatementPaper
    from azpost_desk.texts import Texts


def statement_pdf(paper: StatementPaper, texts: Texts) -> bytes:
    """The statement as a PDF 80 mm wide; same value, same bytes."""
    title = texts.t("papers.statement.title")
    return _statement(paper, texts).pdf(f"{title} {paper.number}", paper.head.recorded_at)


def statement_raster(paper: StatementPaper, texts: Texts) -> bytes:
    """The statement as ESC/POS bytes with the cut."""
    return _statement(paper, texts).raster()


def _statement(paper: StatementPaper, texts: Texts) -> Roll:
    title = texts.t("papers.statement.title")
    roll = open_roll(paper.head, texts, title, paper.number, paper.copy)
    roll.rule()
    roll.text(texts.t("papers.statement.central_number"), BODY, align="centre")
    roll.text(paper.central_number, BODY, bold=True, align="centre")
    roll.rule()
    for key, value in (
        ("portal", name_in(paper.portal, texts.language)),
        ("notice", paper.notice),
        ("payer", paper.payer),
        ("authority", name_in(paper.authority, texts.language)),
        ("purpose", name_in(paper.purpose, texts.language)),
        ("budget_code", paper.budget_code),
        ("centre", paper.head.office),
        ("confirmed", texts.moment(paper.confirmed_ms)),
    ):
        if value:
            roll.pair(texts.t(f"papers.statement.{key}"), value)
    roll.rule()
    roll.text(texts.t("papers.statement.paid"), BODY, align="centre")
    roll.text(texts.money(paper.amount), HUGE, bold=True, align="centre")
    if paper.fee:
        roll.pair(texts.t("papers.statement.fee"), texts.money(paper.fee))
    roll.gap()
    roll.text(texts.t("papers.statement.again"), SMALL, align="centre")
    return close_roll(roll, paper.head, texts, paper.record_mark)
