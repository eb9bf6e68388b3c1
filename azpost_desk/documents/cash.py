"""Papers about the cash itself: the count sheet of a till on A4, the slip of moved cash on the 80-mm roll."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.documents.electronic import share_words
from azpost_desk.documents.receipts import close_roll, open_roll
from azpost_desk.documents.roll import BODY, HUGE, SMALL, Roll
from azpost_desk.documents.sheet import GREY, INK, MARGIN, RED, ROOM, Column, Sheet
from azpost_desk.documents.typeface import say
from azpost_desk.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.domain.papers import CashMovePaper, CountedPieces, TillClosePaper
    from azpost_desk.texts import Texts


def till_close_pdf(paper: TillClosePaper, texts: Texts) -> bytes:
    """The count sheet: pieces by denomination, count beside expected and difference, lines to sign."""
    title = f"{texts.t('papers.till_close.title')} · {say(texts, paper.till)}"
    mark = f"{texts.t('papers.record_mark')} {paper.record_mark}"
    sheet = Sheet(texts, paper.head, f"{title} {paper.number}", mark)
    top = sheet.y
    sheet.text(title, 16, bold=True, room=ROOM * 0.75)
    sheet.put(texts.t("papers.number", number=paper.number), MARGIN + ROOM, top - 16, 12, True, align="right")
    day = f"{texts.t('papers.business_day')}: {texts.date(paper.head.business_day)}"
    clerk = f"{texts.t('papers.clerk')}: {paper.head.clerk}"
    sheet.text(f"{day} · {clerk}", 9, colour=GREY)
    sheet.gap(8)
    sheet.copy_state(paper.copy)
    sheet.heading(texts.t("papers.till_close.counts"))
    columns = [
        Column(texts.t("papers.till_close.denomination"), 1, "right"),
        Column(texts.t("papers.till_close.pieces"), 1, "right"),
        Column(texts.t("papers.amount"), 1, "right"),
    ]
    rows = [
        (texts.money(row.denomination), texts.number(row.pieces), texts.money(row.amount))
        for row in paper.counts
    ]
    last = (texts.t("papers.total"), texts.number(_pieces(paper.counts)), texts.money(paper.counted))
    sheet.table(columns, rows, last)
    sheet.heading(texts.t("papers.till_close.balance"))
    _balance(sheet, paper, texts)
    if paper.electronic is not None:
        for words in share_words(paper.electronic, texts):
            sheet.text(words, 9, colour=GREY)
    if paper.reason:
        sheet.gap(4)
        sheet.text(f"{texts.t('papers.till_close.reason')}: {paper.reason}")
    sheet.signatures(paper.signatures, electronic=True)
    return sheet.finish()


def cash_move_pdf(paper: CashMovePaper, texts: Texts) -> bytes:
    """The slip as a PDF 80 mm wide."""
    return _slip(paper, texts).pdf(f"{say(texts, paper.title)} {paper.number}", paper.head.recorded_at)


def cash_move_raster(paper: CashMovePaper, texts: Texts) -> bytes:
    """The slip as ESC/POS bytes with the cut."""
    return _slip(paper, texts).raster()


def _balance(sheet: Sheet, paper: TillClosePaper, texts: Texts) -> None:
    rows = (
        ("opening", paper.opening),
        ("in", paper.money_in),
        ("out", -paper.money_out),
        ("expected", paper.expected),
        ("counted", paper.counted),
    )
    for name, amount in rows:
        sheet.gap(14)
        sheet.put(texts.t(f"papers.report.{name}"), MARGIN + 3, sheet.y, 9.5)
        sheet.put(texts.money(amount), MARGIN + ROOM - 3, sheet.y, 9.5, align="right")
    sheet.gap(6)
    sheet.rule(INK, 0.9)
    sheet.gap(18)
    difference = paper.difference
    key = "surplus" if difference.minor > 0 else "shortage" if difference.minor < 0 else "exact"
    colour = RED if difference else INK
    sheet.put(texts.t(f"papers.till_close.{key}"), MARGIN + 3, sheet.y, 13, True, colour)
    amount = Money(abs(difference.minor), difference.currency)
    sheet.put(texts.money(amount), MARGIN + ROOM - 3, sheet.y, 13, True, colour, "right")
    sheet.gap(8)


def _slip(paper: CashMovePaper, texts: Texts) -> Roll:
    roll = open_roll(paper.head, texts, say(texts, paper.title), paper.number, paper.copy)
    roll.rule()
    roll.pair(texts.t("papers.cash_move.from"), say(texts, paper.source), bold=True)
    roll.pair(texts.t("papers.cash_move.to"), say(texts, paper.target), bold=True)
    roll.rule()
    for row in paper.counts:
        roll.pair(f"{texts.money(row.denomination)} × {texts.number(row.pieces)}", texts.money(row.amount))
    roll.rule()
    roll.pair(texts.t("papers.cash_move.moved"), texts.money(paper.amount), HUGE, bold=True)
    roll.text(texts.amount_in_words(paper.amount), BODY)
    for line in paper.signatures:
        roll.gap(30)
        roll.rule()
        roll.pair(say(texts, line.role), line.name, SMALL)
    return close_roll(roll, paper.head, texts, paper.record_mark)


def _pieces(counts: Sequence[CountedPieces]) -> int:
    return sum(row.pieces for row in counts)
