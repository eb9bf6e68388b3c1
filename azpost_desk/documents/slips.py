"""Signed slips on the 80-mm roll: what a person reads, and below it the code that the other desk scans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.documents import qr
from azpost_desk.documents.receipts import close_roll, open_roll
from azpost_desk.documents.roll import BODY, HUGE, SMALL, Roll
from azpost_desk.documents.typeface import say

if TYPE_CHECKING:
    from azpost_desk.domain.papers_slips import SlipPaper
    from azpost_desk.texts import Texts


def slip_pdf(paper: SlipPaper, texts: Texts) -> bytes:
    """The slip as a PDF 80 mm wide; same value, same bytes."""
    return _slip(paper, texts).pdf(f"{say(texts, paper.title)} {paper.number}", paper.head.recorded_at)


def slip_raster(paper: SlipPaper, texts: Texts) -> bytes:
    """The slip as ESC/POS bytes with the cut."""
    return _slip(paper, texts).raster()


def _slip(paper: SlipPaper, texts: Texts) -> Roll:
    roll = open_roll(paper.head, texts, say(texts, paper.title), paper.number, paper.copy)
    roll.rule()
    roll.pair(texts.t("papers.cash_move.from"), say(texts, paper.source), bold=True)
    roll.pair(texts.t("papers.cash_move.to"), say(texts, paper.target), bold=True)
    roll.rule()
    for row in paper.counts:
        roll.pair(f"{texts.money(row.denomination)} × {texts.number(row.pieces)}", texts.money(row.amount))
    if paper.counts:
        roll.rule()
    roll.pair(say(texts, paper.amount_title), texts.money(paper.amount), HUGE, bold=True)
    roll.text(texts.amount_in_words(paper.amount), BODY)
    roll.squares(qr.matrix(paper.code), qr.QUIET)
    roll.text(say(texts, paper.hint), SMALL, align="centre")
    for line in paper.signatures:
        roll.gap(30)
        roll.rule()
        roll.pair(say(texts, line.role), line.name, SMALL)
    return close_roll(roll, paper.head, texts, paper.record_mark)
