"""The agreement on a transfer abroad, on A4: each sentence in the customer's language and in Azerbaijani."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.documents.beside import Beside
from azpost_desk.documents.sheet import BODY, GREY, INK, MARGIN, PALE, ROOM, Sheet
from azpost_desk.documents.transfers import figures, people, title_of
from azpost_desk.documents.typeface import say
from azpost_desk.domain.papers import Say, SignatureLine

if TYPE_CHECKING:
    from azpost_desk.domain.papers import AbroadPaper, Words
    from azpost_desk.texts import Texts

_LABEL: Final = 262.0
_SENTENCE: Final = 8.0


def abroad_pdf(paper: AbroadPaper, texts: Texts) -> bytes:
    """The agreement the sender reads and signs; same value, same bytes."""
    both = Beside(texts)
    title = texts.t("papers.abroad.title")
    number = texts.t("papers.number", number=paper.number)
    sheet = Sheet(texts, paper.head, f"{title} {paper.number}", number)
    title_of(sheet, texts, paper.head, title, number)
    if official := both.sentences(Say("papers.abroad.title"))[1]:
        sheet.put(official, MARGIN + ROOM, sheet.y + 13, BODY, colour=GREY, align="right")
    sheet.copy_state(paper.copy)
    people(sheet, both, ("papers.sender", paper.sender), ("papers.receiver", paper.receiver))
    sheet.gap(4)
    rows = [
        (both.t("papers.abroad.country"), both.name(paper.country)),
        (both.t("papers.abroad.partner"), both.name(paper.partner)),
        (both.t("papers.application.purpose"), say(both, paper.purpose)),
    ]
    sheet.pairs([*rows, *((both.name(name), value) for name, value in paper.asked)], label=_LABEL)
    sheet.gap(4)
    amounts = [(both.t("papers.abroad.amount"), paper.amount)]
    amounts += [(say(both, name), fee) for name, fee in paper.fees]
    if paper.tax.minor:
        amounts.append((both.t("papers.abroad.tax"), paper.tax))
    figures(sheet, both, [*amounts, (both.t("papers.total"), paper.total)], paper.total)
    sheet.gap(4)
    _arrives(sheet, both, paper)
    sheet.gap(4)
    sheet.pairs(_rates(both, paper), label=_LABEL)
    sheet.gap(4)
    _terms(sheet, both, paper)
    # Beside each other: with both languages on it there is no room for one below the other and a stamp.
    clerk = SignatureLine(Say("papers.sign.clerk"), paper.head.clerk)
    sheet.signatures((SignatureLine(Say("papers.sign.sender"), paper.sender.name), clerk))
    return sheet.finish()


def _arrives(sheet: Sheet, both: Beside, paper: AbroadPaper) -> None:
    """What the receiver gets, as large as what is paid; what is no promise is called an estimate."""
    height = 28.0 if paper.is_exact else 44.0
    sheet.need(height)
    sheet.canvas.setFillColor(PALE)
    sheet.canvas.roundRect(MARGIN, sheet.y - height, ROOM, height, 5, stroke=0, fill=1)
    right = MARGIN + ROOM - 12
    name = both.t("papers.abroad.arrives" if paper.is_exact else "papers.abroad.arrives_about")
    sheet.put(name, MARGIN + 12, sheet.y - 19, 11, True)
    sheet.put(both.money(paper.arrives), right, sheet.y - 20, 16, True, INK, "right")
    if not paper.is_exact:
        sheet.put(both.t("papers.abroad.least"), MARGIN + 12, sheet.y - 37, BODY)
        sheet.put(both.money(paper.least), right, sheet.y - 37, BODY + 1, align="right")
    sheet.gap(height)


def _rates(both: Beside, paper: AbroadPaper) -> list[tuple[str, str]]:
    currency = paper.arrives.currency
    # A figure of one's own language is enough: only its decimal mark would differ.
    source = both.own(
        "papers.abroad.source_value",
        currency=currency,
        rate=paper.base_rate,
        source=paper.rate_source,
        since_ms=paper.rate_ms,
    )
    rate = both.own("papers.abroad.rate_value", currency=currency, rate=paper.rate)
    return [
        (both.t("papers.abroad.rate"), rate),
        (both.t("papers.abroad.source"), source),
        (both.t("papers.abroad.spread"), both.money(paper.spread)),
        (both.t("papers.abroad.collected"), both.moment(paper.collected_by_ms)),
    ]


def _terms(sheet: Sheet, both: Beside, paper: AbroadPaper) -> None:
    """What was agreed on beside the figures: a paragraph in each language, then what is signed."""
    said: list[Words] = [Say("papers.abroad.number_follows")] if paper.number_follows else []
    said.append(Say("papers.abroad.cancel", (("until_ms", paper.cancelled_until_ms),)))
    said += [*paper.refund, Say("papers.abroad.refund_where"), Say("papers.abroad.enquiry")]
    for part, bold in ((said, False), ([Say("papers.abroad.agreed")], True)):
        for words, colour in zip(zip(*map(both.sentences, part), strict=True), (INK, GREY), strict=True):
            if text := " ".join(filter(None, words)):
                sheet.text(text, _SENTENCE, bold, colour)
        sheet.gap(3)
