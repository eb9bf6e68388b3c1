"""Papers a customer signs for a transfer, on A4: the sender's application, the receiver's voucher."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.documents.sheet import BLUE, BODY, GREY, INK, LINE, MARGIN, PALE, ROOM, Sheet
from azpost_desk.documents.typeface import grouped_code, say, width, wrap
from azpost_desk.domain.papers import (
    ApplicationPaper,
    PaperHead,
    PaperPerson,
    Say,
    SignatureLine,
    VoucherPaper,
)

if TYPE_CHECKING:
    from azpost_desk.domain.money import Money
    from azpost_desk.texts import Texts

_COLUMN_GAP = 16.0


def application_pdf(paper: ApplicationPaper, texts: Texts) -> bytes:
    """The application the sender reads and signs before paying. The transfer's code is not on it."""
    title = texts.t("papers.application.title")
    number = texts.t("papers.number", number=paper.number)
    sheet = Sheet(texts, paper.head, f"{title} {paper.number}", number)
    title_of(sheet, texts, paper.head, title, number)
    sheet.copy_state(paper.copy)
    people(sheet, texts, ("papers.sender", paper.sender), ("papers.receiver", paper.receiver))
    _representative(sheet, texts, paper.representative)
    sheet.gap(8)
    sheet.pairs(
        [
            (texts.t("papers.application.payout"), say(texts, paper.payout)),
            (texts.t("papers.application.purpose"), say(texts, paper.purpose)),
            (
                texts.t("papers.application.paid_from"),
                texts.moment(paper.paid_from_ms) if paper.paid_from_ms else "",
            ),
        ]
    )
    sheet.gap(8)
    rows = [(texts.t("papers.amount"), paper.amount), (texts.t("papers.fee"), paper.fee)]
    rows += [(say(texts, name), price) for name, price in paper.extras]
    figures(sheet, texts, [*rows, (texts.t("papers.total"), paper.total)], paper.total)
    sheet.gap(14)
    sheet.text(texts.t("papers.application.declaration"), BODY)
    role = Say("papers.sign.representative" if paper.representative else "papers.sign.sender")
    signer = paper.representative or paper.sender
    _sign(sheet, paper.head, role, signer)
    return sheet.finish()


def voucher_pdf(paper: VoucherPaper, texts: Texts) -> bytes:
    """The voucher by which the receiver confirms the money: amount in words, document, signature."""
    title = texts.t("papers.voucher.refund" if paper.refund else "papers.voucher.title")
    number = texts.t("papers.number", number=paper.number)
    mark = f"{texts.t('papers.record_mark')} {paper.record_mark}"
    sheet = Sheet(texts, paper.head, f"{title} {paper.number}", mark)
    title_of(sheet, texts, paper.head, title, number)
    sheet.copy_state(paper.copy)
    sheet.pairs(
        [
            (texts.t("papers.transfer_code"), grouped_code(paper.code)),
            (texts.t("papers.voucher.sent_at"), paper.sent_at),
        ]
    )
    sheet.gap(8)
    people(sheet, texts, ("papers.receiver", paper.receiver), ("papers.sender", paper.sender))
    _representative(sheet, texts, paper.representative)
    sheet.gap(12)
    figures(sheet, texts, [(texts.t("papers.amount"), paper.amount)], paper.amount)
    sheet.gap(14)
    sheet.text(texts.t("papers.voucher.declaration"), BODY + 1)
    role = Say("papers.sign.representative" if paper.representative else "papers.sign.receiver")
    _sign(sheet, paper.head, role, paper.representative or paper.receiver)
    return sheet.finish()


def title_of(sheet: Sheet, texts: Texts, head: PaperHead, title: str, number: str) -> None:
    """What the paper is, its number beside it, and its day of the books."""
    top = sheet.y
    sheet.text(title, 16, bold=True, room=ROOM - width(number, 12, True) - 12)
    sheet.put(number, MARGIN + ROOM, top - 16, 12, True, align="right")
    sheet.text(f"{texts.t('papers.business_day')}: {texts.date(head.business_day)}", BODY, colour=GREY)
    sheet.gap(10)


def people(sheet: Sheet, texts: Texts, *people: tuple[str, PaperPerson]) -> None:
    """Two people beside each other, each with what is known of them."""
    room = (ROOM - _COLUMN_GAP * (len(people) - 1)) / len(people)
    top = lowest = sheet.y
    for column, (key, person) in enumerate(people):
        x = MARGIN + column * (room + _COLUMN_GAP)
        sheet.y = top
        sheet.text(texts.t(key), 10.5, bold=True, colour=BLUE, x=x, room=room)
        sheet.canvas.setStrokeColor(LINE)
        sheet.canvas.line(x, sheet.y - 2, x + room, sheet.y - 2)
        sheet.gap(5)
        sheet.text(person.name, 11, bold=True, x=x, room=room)
        sheet.gap(2)
        rows = [
            ("document", say(texts, person.document)),
            ("fin", person.fin),
            ("phone", person.phone),
            ("address", person.address),
        ]
        named = [(texts.t(f"papers.person.{name}"), value) for name, value in rows]
        sheet.pairs(named, x, room, label=62)
        lowest = min(lowest, sheet.y)
    sheet.y = lowest


def _representative(sheet: Sheet, texts: Texts, person: PaperPerson | None) -> None:
    if person is not None:
        sheet.gap(8)
        people(sheet, texts, ("papers.representative", person))


def figures(sheet: Sheet, texts: Texts, rows: list[tuple[str, Money]], spelled: Money) -> None:
    """The figures in a pale box, the last one large, and that one in words below."""
    words = texts.amount_in_words(spelled)
    # Capital first letter by our own hand: str.capitalize() would make I of i.
    words = ("İ" if words[0] == "i" and texts.language == "az" else words[0].upper()) + words[1:]
    spelled_out = f"{texts.t('papers.amount_in_words')}: {words}"
    lines = wrap(spelled_out, BODY, ROOM - 24)
    height = 12 + 17 * (len(rows) - 1) + 30 + 13 * len(lines)
    sheet.need(height)
    canvas = sheet.canvas
    canvas.setFillColor(PALE)
    canvas.roundRect(MARGIN, sheet.y - height, ROOM, height, 5, stroke=0, fill=1)
    bottom = sheet.y - height
    y = sheet.y - 20
    for name, amount in rows[:-1]:
        sheet.put(name, MARGIN + 12, y, BODY + 1)
        sheet.put(texts.money(amount), MARGIN + ROOM - 12, y, BODY + 1, align="right")
        y -= 17
    name, amount = rows[-1]
    y -= 4
    sheet.put(name, MARGIN + 12, y, 13, True)
    sheet.put(texts.money(amount), MARGIN + ROOM - 12, y, 16, True, INK, "right")
    sheet.y = y - 9
    sheet.text(spelled_out, BODY, x=MARGIN + 12, room=ROOM - 24)
    sheet.y = min(bottom, sheet.y)


def _sign(sheet: Sheet, head: PaperHead, role: Say, signer: PaperPerson) -> None:
    lines = (SignatureLine(role, signer.name), SignatureLine(Say("papers.sign.clerk"), head.clerk))
    sheet.signatures(lines, stamp=True)
