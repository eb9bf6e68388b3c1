"""What every paper begins and ends with: its sentences, its head, people, which print, lines to sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from datetime import date

    from azpost_desk.domain.money import Money

CopyKind = Literal["original", "copy", "duplicate"]


@dataclass(frozen=True, slots=True)
class Say:
    """A sentence by its key in the catalogues, written in the paper's language only when it is drawn.

    Attributes:
        key: dotted key such as ``papers.notice.code_secret``.
        facts: named values of the placeholders; `Money` and `date` are written as the language writes them.
    """

    key: str
    facts: tuple[tuple[str, str | int | Money | date], ...] = ()


# A plain string is a name or other datum and stands on the paper as it is; a `Say` is a sentence of ours.
Words = Say | str


@dataclass(frozen=True, slots=True)
class PaperHead:
    """What stands at the top of every paper.

    Attributes:
        office: name of the office, e.g. ``Bakı 10 poçt şöbəsi``.
        address: its address, one line.
        voen: tax number of the post, 10 digits.
        desk: number of the desk as people say it.
        business_day: the day of the books the paper belongs to.
        recorded_at: moment of the record, UTC in milliseconds; also the document's own time.
        clerk: short name of who did it, e.g. ``Məmmədova A.``.
        demo: true until the tariffs are approved; the paper then bears DEMO.
    """

    office: str
    address: str
    voen: str
    desk: str
    business_day: date
    recorded_at: int
    clerk: str
    demo: bool


@dataclass(frozen=True, slots=True)
class CopyState:
    """Which print this is: the original, copy n, or duplicate n of one that never came out of the printer."""

    kind: CopyKind = "original"
    number: int = 0


ORIGINAL: Final = CopyState()


@dataclass(frozen=True, slots=True)
class PaperPerson:
    """A customer as a paper names them; every field but `name` may be empty.

    Attributes:
        name: surname, given name and patronymic in that order.
        document: kind, series and number, e.g. ``Şəxsiyyət vəsiqəsi AA 1234567``.
        fin: personal identification number.
        phone: as shown to people.
        address: one line.
    """

    name: str
    document: Words = ""
    fin: str = ""
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """A line to sign: in which capacity, and the name printed under it."""

    role: Words
    name: str
