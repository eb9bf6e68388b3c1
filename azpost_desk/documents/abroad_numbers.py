"""Slips of a transfer abroad on the 80-mm roll: the number its receiver has to say, an enquiry about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.documents.receipts import close_roll, open_roll
from azpost_desk.documents.roll import BODY, HUGE, SMALL, Roll
from azpost_desk.documents.typeface import say

if TYPE_CHECKING:
    from azpost_desk.domain.papers_abroad import EnquiryPaper, NumberPaper
    from azpost_desk.texts import Texts


def number_pdf(paper: NumberPaper, texts: Texts) -> bytes:
    """The slip as a PDF 80 mm wide; same value, same bytes."""
    title = texts.t("papers.abroad_number.title")
    return _slip(paper, texts).pdf(f"{title} {paper.number}", paper.head.recorded_at)


def number_raster(paper: NumberPaper, texts: Texts) -> bytes:
    """The slip as ESC/POS bytes with the cut."""
    return _slip(paper, texts).raster()


def _slip(paper: NumberPaper, texts: Texts) -> Roll:
    title = texts.t("papers.abroad_number.title")
    roll = open_roll(paper.head, texts, title, paper.number, paper.copy)
    roll.rule()
    roll.pair(texts.t("papers.receiver"), paper.receiver, bold=True)
    roll.pair(texts.t("papers.abroad.country"), paper.country.get(texts.language) or paper.country["az"])
    arrives = texts.t("papers.abroad.arrives" if paper.is_exact else "papers.abroad.arrives_about")
    roll.pair(arrives, texts.money(paper.arrives))
    roll.rule()
    roll.text(texts.t("papers.abroad_number.number"), BODY, align="centre")
    roll.text(paper.secret, HUGE, bold=True, align="centre")
    roll.gap()
    roll.text(texts.t("papers.abroad_number.secret"), BODY, bold=True, align="centre")
    roll.text(texts.t("papers.abroad_number.hint"), SMALL, align="centre")
    return close_roll(roll, paper.head, texts, paper.record_mark)


def enquiry_pdf(paper: EnquiryPaper, texts: Texts) -> bytes:
    """The customer's copy of an enquiry as a PDF 80 mm wide; same value, same bytes."""
    title = say(texts, paper.title)
    return _enquiry(paper, texts).pdf(f"{title} {paper.number}", paper.head.recorded_at)


def enquiry_raster(paper: EnquiryPaper, texts: Texts) -> bytes:
    """The same as ESC/POS bytes with the cut."""
    return _enquiry(paper, texts).raster()


def _enquiry(paper: EnquiryPaper, texts: Texts) -> Roll:
    roll = open_roll(paper.head, texts, say(texts, paper.title), paper.number, paper.copy)
    roll.rule()
    if paper.receipt:
        roll.pair(texts.t("papers.abroad_enquiry.receipt"), paper.receipt)
    word, name = paper.person
    if name:
        roll.pair(say(texts, word), name, bold=True)
    if country := paper.country.get(texts.language) or paper.country.get("az"):
        roll.pair(
            texts.t("papers.abroad.country" if paper.receipt else "papers.abroad_enquiry.from"), country
        )
    if paper.amount is not None:
        roll.pair(texts.t("papers.abroad.amount"), texts.money(paper.amount))
    roll.rule()
    if paper.answer is None:
        roll.text(texts.t("papers.abroad_enquiry.due"), BODY, align="centre")
        roll.text(texts.date(paper.due.isoformat()), HUGE, bold=True, align="centre")
    else:
        answer, words = paper.answer
        roll.text(texts.t("papers.abroad_enquiry.answer"), BODY, align="centre")
        roll.text(say(texts, answer), BODY, bold=True, align="centre")
        if words:
            roll.text(words, BODY)
    roll.gap()
    if paper.answer is None:
        roll.text(texts.t("papers.abroad_enquiry.hint"), SMALL, align="centre")
    return close_roll(roll, paper.head, texts, paper.record_mark)
