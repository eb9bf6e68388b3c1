"""Acts about cash on A4: what, how much by denomination, and lines for both people to sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.documents.sheet import GREY, INK, MARGIN, ROOM, Column, Sheet
from azpost_desk.documents.typeface import say

if TYPE_CHECKING:
    from azpost_desk.domain.papers import CashActPaper
    from azpost_desk.texts import Texts


def cash_act_pdf(paper: CashActPaper, texts: Texts) -> bytes:
    """The act; where something was announced, it stands beside what was counted with the difference."""
    title = say(texts, paper.title)
    mark = f"{texts.t('papers.record_mark')} {paper.record_mark}"
    sheet = Sheet(texts, paper.head, f"{title} {paper.number}", mark)
    top = sheet.y
    sheet.text(title, 16, bold=True, room=ROOM * 0.7)
    sheet.put(texts.t("papers.number", number=paper.number), MARGIN + ROOM, top - 16, 12, True, align="right")
    day = f"{texts.t('papers.business_day')}: {texts.date(paper.head.business_day)}"
    clerk = f"{texts.t('papers.clerk')}: {paper.head.clerk}"
    sheet.text(f"{day} · {clerk}", 9, colour=GREY)
    sheet.gap(8)
    sheet.copy_state(paper.copy)
    if paper.notice:
        sheet.tag(say(texts, paper.notice), INK, filled=False)
    sheet.gap(4)
    sheet.pairs([(say(texts, name), say(texts, value)) for name, value in paper.facts], label=190)
    if paper.counts:
        _counts(sheet, paper, texts)
    if paper.amount is not None:
        sheet.gap(4)
        sheet.text(texts.amount_in_words(paper.amount))
    sheet.signatures(paper.signatures)
    return sheet.finish()


def _counts(sheet: Sheet, paper: CashActPaper, texts: Texts) -> None:
    sheet.heading(texts.t("papers.till_close.counts"))
    compared = any(row.announced is not None for row in paper.counts)
    columns = [Column(texts.t("papers.till_close.denomination"), 1, "right")]
    if compared:
        columns += [
            Column(texts.t(f"papers.cash_act.{name}"), 1, "right")
            for name in ("announced", "counted", "missing")
        ]
    else:
        columns.append(Column(texts.t("papers.till_close.pieces"), 1, "right"))
    columns.append(Column(texts.t("papers.amount"), 1, "right"))
    rows = []
    for row in paper.counts:
        cells = [texts.money(row.denomination)]
        if compared:
            cells += [texts.number(row.announced or 0), texts.number(row.counted)]
            cells.append(texts.number((row.announced or 0) - row.counted))
        else:
            cells.append(texts.number(row.counted))
        rows.append((*cells, texts.money(row.denomination * row.counted)))
    blank = [""] * (len(columns) - 2)
    total = [texts.t("papers.total"), *blank, texts.money(paper.amount)] if paper.amount is not None else []
    sheet.table(columns, rows, total)
