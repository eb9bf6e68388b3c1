"""The customer's receipt on the 80-mm roll, drawn from the committed record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.documents.roll import BODY, HUGE, LARGE, SMALL, Roll
from azpost_desk.documents.typeface import grouped_code, say
from azpost_desk.domain.money import Money

if TYPE_CHECKING:
    from azpost_desk.domain.papers import CopyState, PaperHead, ReceiptLine, ReceiptPaper
    from azpost_desk.texts import Texts


def receipt_pdf(paper: ReceiptPaper, texts: Texts) -> bytes:
    """The receipt as a PDF 80 mm wide and as long as it needs; same value, same bytes."""
    return _receipt(paper, texts).pdf(
        f"{texts.t('papers.receipt.title')} {paper.number}", paper.head.recorded_at
    )


def receipt_raster(paper: ReceiptPaper, texts: Texts) -> bytes:
    """The receipt as ESC/POS bytes with the cut; the drawer's pulse is apart (`escpos.DRAWER_KICK`)."""
    return _receipt(paper, texts).raster()


def open_roll(head: PaperHead, texts: Texts, title: str, number: str, copy: CopyState) -> Roll:
    """The upper part that every slip shares: DEMO, office, title, number, copy, when, where, who."""
    roll = Roll()
    if head.demo:
        roll.band(texts.t("papers.demo"), HUGE)
        roll.text(texts.t("papers.demo.why"), SMALL, align="centre")
        roll.gap()
    roll.text(head.office, LARGE, bold=True, align="centre")
    roll.text(head.address, SMALL, align="centre")
    if head.voen:
        roll.text(texts.t("papers.voen", voen=head.voen), SMALL, align="centre")
    roll.rule()
    roll.pair(title, number, LARGE, bold=True)
    if copy.kind != "original":
        roll.gap(2)
        roll.band(texts.t(f"papers.{copy.kind}", number=copy.number), BODY + 1, filled=False)
    roll.pair(texts.t("papers.business_day"), texts.date(head.business_day))
    roll.pair(texts.t("papers.recorded"), texts.moment(head.recorded_at))
    roll.pair(texts.t("papers.desk"), head.desk)
    roll.pair(texts.t("papers.clerk"), head.clerk)
    return roll


def close_roll(roll: Roll, head: PaperHead, texts: Texts, record_mark: str) -> Roll:
    """The foot: the record's mark, and DEMO once more so that a torn-off half shows it too."""
    roll.gap()
    roll.pair(texts.t("papers.record_mark"), record_mark, SMALL)
    if head.demo:
        roll.band(texts.t("papers.demo"), BODY)
    return roll


def _receipt(paper: ReceiptPaper, texts: Texts) -> Roll:
    title = texts.t("papers.receipt.reversal" if paper.reversal_of else "papers.receipt.title")
    roll = open_roll(paper.head, texts, title, paper.number, paper.copy)
    if paper.reversal_of:
        roll.gap(2)
        roll.band(texts.t("papers.receipt.reversal_of", number=paper.reversal_of), BODY, filled=False)
    roll.rule()
    for line in paper.lines:
        _line(roll, line, texts)
    roll.rule()
    _money(roll, paper, texts)
    if paper.notices:
        roll.rule()
        for notice in paper.notices:
            roll.text(say(texts, notice), BODY, bold=True)
            roll.gap(2)
    return close_roll(roll, paper.head, texts, paper.record_mark)


def _line(roll: Roll, line: ReceiptLine, texts: Texts) -> None:
    roll.pair(say(texts, line.title), texts.money(line.amount), BODY, bold=True)
    for detail in line.details:
        roll.text(say(texts, detail), SMALL + 0.5, indent=6)
    if line.fee is not None:
        roll.pair(texts.t("papers.fee"), texts.money(line.fee), BODY, indent=6)
    if line.code is not None:
        roll.gap(2)
        roll.text(texts.t("papers.transfer_code"), SMALL, align="centre")
        roll.text(grouped_code(line.code), HUGE + 2, bold=True, align="centre")
    if line.state is not None:
        roll.gap(3)
        roll.band(say(texts, line.state), BODY, filled=False)
    roll.gap(3)


def _money(roll: Roll, paper: ReceiptPaper, texts: Texts) -> None:
    due = paper.total_due
    key = (
        "papers.receipt.paid" if due.minor > 0 else "papers.receipt.got" if due.minor < 0 else "papers.total"
    )
    roll.pair(texts.t(key), texts.money(Money(abs(due.minor), due.currency)), HUGE, bold=True)
    roll.gap(2)
    for tender in paper.tenders:
        name = texts.t(f"papers.tender.{tender.kind}")
        roll.pair(f"{name} {tender.label}".rstrip(), texts.money(tender.amount))
    if paper.cash_given is not None:
        roll.pair(texts.t("papers.receipt.given"), texts.money(paper.cash_given))
    if paper.change is not None:
        roll.pair(texts.t("papers.receipt.change"), texts.money(paper.change), BODY, bold=True)
