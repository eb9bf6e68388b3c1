"""A scan or typed text: its kind and value, whatever the keyboard layout made of the scanner's keys.

A scanner that acts as a keyboard sends the keys of a US layout; the layout that happens to be active decides
which characters arrive. The text is first read as it came. Only if that is nothing, and the text with one
layout undone is something whose check passes, the undone text counts (vectors: tests/data/postal).

Codes that we print ourselves hold capitals and digits only, so that every layout can be undone:

- ``AZR`` desk number (4 to 6 digits) receipt (6 digits) check digit
- ``AZB`` biller (4 digits) account (4 to 16 digits) check digit
- ``AZG`` and twelve digits of an inland mail bag, the last a check digit
- ``AZT`` and the ten digits of a transfer code; the ten digits alone are one too
- ``AZC`` (certificate of a shift), ``AZM`` (remittance) or ``AZD`` (a desk's close), capitals and digits,
  CRC-16 in four hex digits
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from azpost_desk.domain.azqr import is_whole
from azpost_desk.domain.crc import crc16
from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.item_numbers import read_despatch, read_item_number, read_receptacle
from azpost_desk.domain.mail.bags import read_bag_number
from azpost_desk.domain.transfer_codes import (
    check_transfer_code,
    is_checked,
    is_receipt_number,
    with_check_digit,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Unread = Literal["check_digit", "two_numbers", "form"]
KINDS: Final = (
    "item", "receptacle", "despatch", "transfer", "receipt", "bill", "azqr", "certificate", "remittance",
    "close", "mail_bag", "unknown",
)  # fmt: skip
SLIPS: Final[Mapping[str, str]] = MappingProxyType(
    {"AZC": "certificate", "AZM": "remittance", "AZD": "close"}
)

# AIM identifier that many scanners put before the data: ]C0 is Code 128, ]Q1 a QR code. Where the bracket is
# a letter (ğ, ъ), Caps Lock makes the other one of it.
_AIM: Final = re.compile(r"[\]}][A-Za-z][0-9A-Za-z]")
# Code 39 begins and ends with asterisks, which some scanners send too.
_STARRED: Final = re.compile(r"\*([^*]+)\*")
_DASHED_ITEM: Final = re.compile(r"([A-Z]{2})-?([0-9]{8})-?([0-9])-?([A-Z]{2})")
# Its colon is an I under az; Caps Lock makes ; of it and > of a dot where those keys write letters.
_ADDRESS: Final = re.compile(r"(?:HTTPS?[:;I]//|WWW[.>])\S+")
_ITEM_INSIDE: Final = re.compile(r"(?<![0-9A-Z])[A-Z]{2}[0-9]{9}[A-Z]{2}(?![0-9A-Z])")
_UPPER: Final = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_RECEIPT: Final = re.compile(r"AZR([0-9]{4,6})([0-9]{6})([0-9])")
# What is printed by us under a check digit: a receipt, a bill, a transfer's code.
_OWN: Final = re.compile(r"AZR[0-9]{11,13}|AZB[0-9]{9,21}|AZT[0-9]{10}|AZG[0-9]{12}")
_BILL: Final = re.compile(r"AZB([0-9]{4})([0-9]{4,16})([0-9])")
_SLIP: Final = re.compile(r"(AZ[CMD])([0-9A-Z]+)([0-9A-F]{4})")
# Only to tell what a code was meant to be that did not come whole.
_AZQR: Final = re.compile(r"3906[MC]PV002.*6304[0-9A-F]{4}", re.DOTALL)


def _undo(us_keys: str, received: str) -> dict[int, str]:
    return {ord(char): key for char, key in zip(received, us_keys, strict=True)}


# Layout → received character → the US character the scanner meant. Derived from xkb-data: az is AZS 495-2010,
# ru is winkeys. Both cases stand here because Caps Lock swaps them. Two of az are read as the letter that
# matters: I also comes from a colon, and ı is the i of Turkish layouts (under az it would be a semicolon).
LAYOUTS: Final[Mapping[str, dict[int, str]]] = MappingProxyType(
    {
        "az": _undo("@#$^&wWI[{]}i'\",<.>/?|", '"Ⅶ;:?üÜİöÖğĞıəƏçÇşŞ.,/'),
        "ru": _undo(
            "qwertyuiop[]asdfghjkl;'zxcvbnm,.`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~/?|@#$^&",
            'йцукенгшщзхъфывапролджэячсмитьбюёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ.,/"№;:?',
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan understood.

    Attributes:
        kind: one of `KINDS`.
        value: capitals without spaces or AIM identifier; a receipt as its number ``0042-000123``; an AZQR
            payload as it was scanned, because its spaces and small letters count; None when unknown.
        repaired: the layout that had to be undone (``az`` or ``ru``), None when the text came right.
    """

    kind: str
    value: str | None = None
    repaired: str | None = None


@dataclass(frozen=True, slots=True)
class BillCode:
    """What a bill's barcode holds: the biller's four digits and the subscriber's account."""

    biller: str
    account: str


def read_scan(raw: str) -> Scan:
    """Understand a scan, or what was typed into the one box; never raises."""
    text = "".join(char for char in raw if unicodedata.category(char) != "Cc")
    reading = _read(text)
    if reading is not None:
        return Scan(*reading)
    for layout, table in LAYOUTS.items():
        undone = text.translate(table)
        reading = _read(undone) if undone != text else None
        if reading is not None:
            return Scan(*reading, repaired=layout)
    return Scan("unknown")


def why_unread(raw: str) -> Unread:
    """Why `read_scan` finds nothing in `raw`; the first that holds, in any layout."""
    text = "".join(char for char in raw if unicodedata.category(char) != "Cc")
    codes = [_code(_payload(one)) for one in (text, *(text.translate(table) for table in LAYOUTS.values()))]
    if any(len(_items_of(code)) > 1 for code in codes):
        return "two_numbers"
    return "check_digit" if any(_is_miscounted(code) for code in codes) else "form"


def receipt_code(number: str) -> str:
    """The barcode of a receipt from its number ``0042-000123``."""
    return "AZR" + with_check_digit(number.replace("-", ""))


def bill_code(biller: str, account: str) -> str:
    """The barcode of a bill.

    Raises:
        ValueError: `biller` is not four digits, or `account` not four to sixteen.
    """
    code = "AZB" + with_check_digit(biller + account) if is_digits(biller + account) else ""
    if len(biller) != 4 or not _BILL.fullmatch(code):
        raise ValueError("a bill code holds a biller of 4 digits and an account of 4 to 16")
    return code


def read_bill_code(code: str) -> BillCode | None:
    """Biller and account of a bill's barcode, as `Scan.value` has it; None when it is none."""
    match = _BILL.fullmatch(code)
    return BillCode(match[1], match[2]) if match and is_checked(code[3:]) else None


def slip_code(prefix: str, body: str) -> str:
    """The code of a slip: `prefix` of `SLIPS`, a body of capitals and digits (base 32), its CRC.

    Raises:
        ValueError: the prefix is unknown, or the body holds anything else.
    """
    code = f"{prefix}{body}{crc16(prefix + body):04X}"
    if prefix not in SLIPS or not _SLIP.fullmatch(code):
        raise ValueError("a slip's code is capitals and digits after a known prefix")
    return code


def _read(text: str) -> tuple[str, str] | None:
    """Kind and value of a text in the right layout, in either case (Caps Lock swaps it), or None."""
    payload = _payload(text)
    for spelling in (payload, payload.swapcase()):
        if is_whole(spelling):
            return "azqr", spelling
    code = _code(payload)
    for kind, read in _READERS.items():
        value = read(code)
        if value is not None:
            return kind, value
    return None


def _payload(text: str) -> str:
    """The text without what a scanner puts around it."""
    payload = text.strip()
    if payload[:1] in ("]", "}"):
        payload = _AIM.sub("", payload, count=1)
    if starred := _STARRED.fullmatch(payload):
        payload = starred[1].strip()
    return payload


def _code(payload: str) -> str:
    return "".join(payload.split()).translate(_UPPER)


def _items_of(address: str) -> set[str]:
    """The items whose numbers stand in the address of a page; none in what is no address."""
    inside = _ITEM_INSIDE.findall(address) if _ADDRESS.fullmatch(address) else []
    return {found for one in inside if (found := _item(one))}


def _is_miscounted(code: str) -> bool:
    """Whether a code has the form of one of ours or of an item and only its check is wrong."""
    inside = _ITEM_INSIDE.findall(code) if _ADDRESS.fullmatch(code) else [code.replace("-", "")]
    if any(read_item_number(one).reason == "check_digit" for one in inside):
        return True
    return bool(_OWN.fullmatch(code) or _SLIP.fullmatch(code) or _AZQR.fullmatch(code))


def _item(code: str) -> str | None:
    # Only as it came: read_item_number forgives the Turkic i, which here tells the layout.
    if not code.isascii():
        return None
    if _ADDRESS.fullmatch(code):
        # A tracking page's address holds the number of its item; two numbers are two items, that is none.
        inside = _items_of(code)
        return inside.pop() if len(inside) == 1 else None
    if dashed := _DASHED_ITEM.fullmatch(code):
        code = "".join(dashed.groups())
    item = read_item_number(code)
    return item.number if item and item.valid else None


def _receptacle(code: str) -> str | None:
    receptacle = read_receptacle(code)
    return receptacle.identifier if receptacle else None


def _despatch(code: str) -> str | None:
    despatch = read_despatch(code)
    return despatch.identifier if despatch else None


def _transfer(code: str) -> str | None:
    return check_transfer_code(code.removeprefix("AZT")).value


def _receipt(code: str) -> str | None:
    match = _RECEIPT.fullmatch(code)
    if match and is_checked(code[3:]):
        return f"{match[1]}-{match[2]}"
    return code if is_receipt_number(code) else None


def _bill(code: str) -> str | None:
    return code if read_bill_code(code) else None


def _mail_bag(code: str) -> str | None:
    # Only as it came: another layout is undone first.
    return read_bag_number(code) if code.isascii() else None


def _slip(prefix: str) -> Callable[[str], str | None]:
    def read(code: str) -> str | None:
        match = _SLIP.fullmatch(code)
        good = match is not None and match[1] == prefix and f"{crc16(code[:-4]):04X}" == match[3]
        return code if good else None

    return read


_READERS: Final[Mapping[str, Callable[[str], str | None]]] = MappingProxyType(
    {
        "item": _item,
        "receptacle": _receptacle,
        "despatch": _despatch,
        "transfer": _transfer,
        "receipt": _receipt,
        "bill": _bill,
        "mail_bag": _mail_bag,
        **{kind: _slip(prefix) for prefix, kind in SLIPS.items()},
    }
)
