"""`tool label`: an item as a line of JSON makes its label as PDF or ZPL, a file named by its number.

It belongs to no books, so it says DEMO like every paper without approved tariffs.
"""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Annotated

import msgspec

from azpost_desk.domain.item_numbers import read_item_number
from azpost_desk.domain.lengths import require_lengths
from azpost_desk.domain.papers import AddressBlock, LabelPaper
from azpost_desk.domain.papers_head import PaperHead
from azpost_desk.domain.refusals import Refused
from azpost_desk.texts.sentences import local

if TYPE_CHECKING:
    from pathlib import Path

    from azpost_desk.documents.dots import Dpi


class _Party(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    address: str
    postcode: str = ""
    settlement: str = ""
    country: str = ""
    phone: str = ""


class _Item(msgspec.Struct, frozen=True, kw_only=True):
    """`date` is today where it is missing, `office` then stays empty; the weight has six figures at most."""

    number: str
    service: str
    weight_g: Annotated[int, msgspec.Meta(ge=1, le=999_999)]
    sender: _Party
    addressee: _Party
    office: str = ""
    date: dt.date | None = None


def label_file(line: str, kind: str, folder: Path, dpi: Dpi) -> dict[str, object]:
    """Write the label of the item in `line` as `kind` (``pdf`` or ``zpl``) into `folder`, which is made.

    Returns:
        number, bytes and pages of the file. Where no label can be made all three are None and `reason` says
        why: ``form`` (no JSON object, or a field is missing, of another kind or out of its bounds),
        ``length`` (a text is longer than the counter lets anybody type) or what `tool item` says.

    Raises:
        OSError: the file cannot be written.
    """
    from azpost_desk.documents import express
    from azpost_desk.texts import Texts

    nothing: dict[str, object] = {"number": None, "bytes": None, "pages": None}
    try:
        item = msgspec.json.decode(line, type=_Item)
        require_lengths(item)
    except (msgspec.MsgspecError, UnicodeError):
        return {**nothing, "reason": "form"}
    except Refused:
        return {**nothing, "reason": "length"}
    # A number that is one has letters and figures only: it names no other folder.
    read = read_item_number(item.number)
    if not read.valid or read.number is None:
        return {**nothing, "reason": read.reason}
    texts, paper = Texts("az"), _paper(item, read.number)
    draw = express.label_pdf if kind == "pdf" else express.label_zpl
    content = draw(paper, texts, dpi)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{read.number}.{kind}").write_bytes(content)
    return {"number": read.number, "bytes": len(content), "pages": 1}


def _paper(item: _Item, number: str) -> LabelPaper:
    day = item.date or local(time.time_ns() // 1_000_000).date()
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC)
    head = PaperHead(
        office=item.office,
        address="",
        voen="",
        desk="",
        business_day=day,
        recorded_at=int(midnight.timestamp()) * 1000,
        clerk="",
        demo=True,
    )
    return LabelPaper(
        head=head,
        item=number,
        sender=_block(item.sender),
        addressee=_block(item.addressee),
        weight_grams=item.weight_g,
        service=item.service,
    )


def _block(party: _Party) -> AddressBlock:
    return AddressBlock(
        party.name, party.address, party.postcode, party.settlement, party.country, party.phone
    )
