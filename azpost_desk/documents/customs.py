"""The customs form of an item, CN 22 or CN 23, on A4: each copy with its number, English and Azerbaijani."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from reportlab.lib.units import mm

from azpost_desk.documents import bars
from azpost_desk.documents.beside import Beside
from azpost_desk.documents.sheet import BLUE, BODY, GREY, INK, LINE, MARGIN, ROOM, Column, Sheet
from azpost_desk.documents.typeface import grouped_item
from azpost_desk.domain.mail.forms import CN23
from azpost_desk.domain.money import Money
from azpost_desk.domain.papers import SignatureLine
from azpost_desk.domain.papers_mail import insured_words
from azpost_desk.texts import Texts
from azpost_desk.texts.sentences import local

if TYPE_CHECKING:
    from azpost_desk.domain.mail.advance import ItemAttributes, Party
    from azpost_desk.domain.papers_mail import CustomsPaper

_GAP: Final = 18.0
_LABEL: Final = 96.0
# Three dots of 203 dpi, as on the label: a scanner reads both alike.
_MODULE: Final = 3 * 72 / 203
_BAR_HEIGHT: Final = 14 * mm


def customs_pdf(paper: CustomsPaper, texts: Texts) -> bytes:
    """Every copy of the form; it speaks English and Azerbaijani, its frame as `texts`."""
    both = Beside(Texts("en"))
    sheet = Sheet(texts, paper.head, f"{paper.form} {paper.item}", grouped_item(paper.item))
    for number in range(1, paper.copies + 1):
        if number > 1:
            sheet.next_page()
        _Form(sheet, both, paper).draw(number)
    return sheet.finish()


class _Form:
    """One copy."""

    def __init__(self, sheet: Sheet, both: Beside, paper: CustomsPaper) -> None:
        self._sheet = sheet
        self._both = both
        self._paper = paper
        self._declared: ItemAttributes = paper.declared

    def draw(self, number: int) -> None:
        sheet, paper = self._sheet, self._paper
        self._title(number)
        if number == 1:
            sheet.copy_state(paper.copy)
        if paper.form == CN23:
            self._parties()
        self._contents()
        self._goods()
        if paper.form == CN23:
            self._posted()
        self._extras()
        sheet.gap(8)
        sheet.text(self._both.own("papers.customs.signed"), 8.5)
        sheet.text(Texts("az").t("papers.customs.signed"), 8.5, colour=GREY)
        signer = SignatureLine(self._both.t("papers.customs.sign"), self._declared.signer)
        clerk = SignatureLine(self._both.t("papers.sign.clerk"), paper.head.clerk)
        sheet.signatures((signer, clerk))

    def _title(self, number: int) -> None:
        sheet, paper, top = self._sheet, self._paper, self._sheet.y
        form = paper.form.replace("CN", "CN ")
        room = ROOM - 78 * mm
        sheet.text(self._both.own("papers.customs.title", form=form), 15, bold=True, room=room)
        sheet.text(Texts("az").t("papers.customs.title", form=form), BODY, colour=GREY, room=room)
        sheet.text(self._both.t("papers.customs.destination"), 8, colour=GREY, room=room, lead=2)
        sheet.text(paper.country, 13, bold=True, room=room)
        if paper.version > 1:
            # Another form of the same item lies about somewhere: which one holds has to be seen at once.
            of = self._both.date(local(paper.amended_ms).date())
            words = self._both.t("papers.customs.version", version=paper.version, date=of)
            sheet.text(words, BODY, bold=True, room=room, lead=1.7)
        if paper.copies > 1:
            # Customs and carrier part the copies: each says which one it is.
            copy = self._both.t("papers.customs.copy", number=number, copies=paper.copies)
            sheet.text(copy, BODY, bold=True, room=room, lead=1.7)
        self._bars(top)
        sheet.y = min(sheet.y, top - _BAR_HEIGHT - 26)
        sheet.gap(10)

    def _bars(self, top: float) -> None:
        canvas, made = self._sheet.canvas, bars.modules(self._paper.item)
        wide = len(made) * _MODULE
        x = left = MARGIN + ROOM - wide
        canvas.setFillColor(INK)
        for is_dark, run in groupby(made):
            step = len(list(run)) * _MODULE
            if is_dark:
                canvas.rect(x, top - 4 - _BAR_HEIGHT, step, _BAR_HEIGHT, stroke=0, fill=1)
            x += step
        text = grouped_item(self._paper.item)
        self._sheet.put(text, left + wide / 2, top - _BAR_HEIGHT - 18, 11, True, align="centre")

    def _parties(self) -> None:
        sheet, room, top = self._sheet, (ROOM - _GAP) / 2, self._sheet.y
        lowest = top
        for column, (key, party) in enumerate(
            (("from", self._declared.sender), ("to", self._declared.addressee))
        ):
            x = MARGIN + column * (room + _GAP)
            sheet.y = top
            self._party(x, room, key, party)
            lowest = min(lowest, sheet.y)
        sheet.y = lowest
        sheet.gap(4)

    def _party(self, x: float, room: float, key: str, party: Party) -> None:
        sheet = self._sheet
        sheet.text(self._both.t(f"papers.customs.{key}"), 10.5, bold=True, colour=BLUE, x=x, room=room)
        sheet.canvas.setStrokeColor(LINE)
        sheet.canvas.line(x, sheet.y - 2, x + room, sheet.y - 2)
        sheet.gap(5)
        sheet.text(party.name, 11, bold=True, x=x, room=room)
        country = self._paper.country if key == "to" else "AZERBAIJAN"
        place = " ".join(filter(None, (party.postcode, party.city)))
        for line in (party.business, party.street, place, country):
            if line:
                sheet.text(line, BODY, x=x, room=room)
        sheet.gap(2)
        rows = [("phone", party.phone), ("mail", party.mail), ("reference", party.reference)]
        named = [(self._both.t(f"papers.customs.{name}"), value) for name, value in rows]
        sheet.pairs(named, x, room, label=_LABEL)

    def _contents(self) -> None:
        declared, both = self._declared, self._both
        category = both.t(f"papers.customs.category.{declared.category}")
        said = ": ".join(filter(None, (category, declared.explanation)))
        self._sheet.pairs([(both.t("papers.customs.category"), said)], label=_LABEL + 70)
        self._sheet.gap(4)

    def _goods(self) -> None:
        declared, both = self._declared, self._both
        columns = (
            Column(both.t("papers.customs.goods"), 36),
            Column(both.t("papers.customs.quantity"), 12, "right"),
            Column(both.t("papers.customs.net"), 17, "right"),
            Column(both.t("papers.customs.value"), 20, "right"),
            # Between figures on the right and words on the left stands some air.
            Column("", 3),
            Column(both.t("papers.customs.hs"), 16),
            Column(both.t("papers.customs.origin"), 21),
        )
        rows = [
            (
                one.description,
                str(one.quantity),
                both.kilograms(one.net_grams),
                self._value(one.value_minor),
                "",
                one.hs,
                origin,
            )
            for one, origin in zip(declared.lines, self._paper.origins, strict=True)
        ]
        net = both.kilograms(sum(one.net_grams for one in declared.lines))
        total = (both.t("papers.customs.total"), "", net, self._value(declared.total_minor), "", "", "")
        self._sheet.table(columns, rows, total)
        self._sheet.gap(3)
        gross = both.kilograms(declared.gross_grams)
        self._sheet.pairs([(both.t("papers.customs.gross"), gross)], label=_LABEL + 70)

    def _posted(self) -> None:
        declared, both, head = self._declared, self._both, self._paper.head
        postage = self._money(declared.postage_qapik, "AZN")
        office = f"{head.office}, {both.date(head.business_day)}"
        rows = [("postage", postage), ("office", office)]
        rows += [(name, getattr(declared.papers, name)) for name in ("licence", "certificate", "invoice")]
        named = [(both.t(f"papers.customs.{name}"), value) for name, value in rows]
        self._sheet.pairs(named, label=_LABEL + 70)

    def _extras(self) -> None:
        """What every post on the way has to know of it; nothing where it is an item as any other."""
        paper, both = self._paper, self._both
        rows = []
        if self._declared.insured_qapik:
            sum_ = insured_words(self._declared.insured_qapik, paper.insured_sdr_hundredths)
            rows.append((both.t("papers.customs.insured"), sum_))
        marks = (("in_person", paper.in_person), ("advice", paper.advice))
        said = ", ".join(both.t(f"papers.customs.{name}") for name, is_so in marks if is_so)
        if said:
            rows.append((both.t("papers.customs.extras"), said))
        if rows:
            self._sheet.pairs(rows, label=_LABEL + 70)

    def _value(self, minor: int) -> str:
        return self._money(minor, self._declared.currency)

    def _money(self, minor: int, currency: str) -> str:
        # The code of the currency: ₼ is read nowhere else.
        return f"{self._both.money(Money(minor, currency), sign=False)} {currency}"
