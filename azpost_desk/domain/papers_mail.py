"""What papers say of mail: an item's customs form, the labels of bags, the lines of the day's report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from azpost_desk.domain.papers_head import ORIGINAL, CopyState, PaperHead

if TYPE_CHECKING:
    from azpost_desk.domain.mail.advance import ItemAttributes
    from azpost_desk.domain.money import Money
    from azpost_desk.domain.papers_head import Words


def insured_words(insured_qapik: int, sdr_hundredths: int) -> str:
    """An insured sum as any post reads it, after the letter of such items: ``V 500.00 AZN = 221.08 SDR``."""
    return f"V {_figures(insured_qapik)} AZN = {_figures(sdr_hundredths)} SDR"


def _figures(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}"


@dataclass(frozen=True, slots=True)
class CustomsPaper:
    """The customs form of an item, signed by its sender.

    Attributes:
        form: of `mail.forms.FORMS`.
        declared: what the customs get as data, word for word.
        country: where it goes, in English and capitals; `origins`: each line's origin so.
        copies: how many are drawn, each with its number.
        insured_sdr_hundredths: its insured sum in SDR, 0 = none; `in_person`, `advice`: of delivery, too.
        version: 1 of the sale; an amended one says so, and when (`amended_ms`, UTC).
    """

    head: PaperHead
    form: str
    declared: ItemAttributes
    country: str
    origins: tuple[str, ...]
    copies: int = 1
    copy: CopyState = ORIGINAL
    version: int = 1
    amended_ms: int = 0
    insured_sdr_hundredths: int = 0
    in_person: bool = False
    advice: bool = False

    @property
    def item(self) -> str:
        """The item's number, after which the paper is called."""
        return self.declared.item


@dataclass(frozen=True, slots=True)
class BagLabelPaper:
    """The label of a closed inland bag.

    Attributes:
        number: of the bag, which is in its bars too; `version` is 1 until it is opened again.
        to_office: where it goes, by name; `to_code` is that office's code.
        grams: gross weight; `weight_typed`: not by the scale.
        items: how many are in it.
    """

    head: PaperHead
    number: str
    version: int
    to_office: str
    to_code: str
    grams: int
    weight_typed: bool
    items: int
    seal: str
    copy: CopyState = ORIGINAL


@dataclass(frozen=True, slots=True)
class ReceptacleLabelPaper:
    """The label of a sealed receptacle of a despatch abroad.

    Attributes:
        s9: what its bars hold; all that an S9 says is read from it, for one label says one thing.
        year: of the despatch, in full.
        version: 1 until it is opened again.
        to_office: the office of exchange that gets it, by name; "" when its code is all that is known.
        transport, unloading: as planned, "" when nobody said.
        grams: gross weight, which the S9 has in tenths only; `weight_typed`: not by the scale.
        items: how many are in it.
    """

    head: PaperHead
    s9: str
    year: int
    version: int
    to_office: str
    grams: int
    weight_typed: bool
    items: int
    seal: str
    transport: str = ""
    unloading: str = ""
    copy: CopyState = ORIGINAL

    @property
    def number(self) -> str:
        """What its file and its place in the printer's queue are called after."""
        return self.s9


MailPaper = CustomsPaper | BagLabelPaper | ReceptacleLabelPaper


@dataclass(frozen=True, slots=True)
class ReportMail:
    """A line of the day's mail: how many, how much was taken, the screen where it is dealt with."""

    title: Words
    count: int
    amount: Money
    place: str
    is_late: bool = False
