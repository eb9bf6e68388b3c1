"""A payment code (AZQR): takes its text, gives its fields as typed values, or the rule that it breaks.

The text is a row of fields: two digits of tag, two of length, the value. The length counts characters, the
CRC at the end the bytes before it. Templates hold rows of their own. Tags that are unknown here are kept:
a newer code stays readable. Layout: the payment system's specification as a public implementation has it
(EMV's merchant codes with two fields before them).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Never

from azpost_desk.domain.crc import crc16
from azpost_desk.domain.days import BAKU_OFFSET_MS
from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.names import seen
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Fields = Mapping[str, str | Mapping[str, str]]

# Stable words for a program, codes for a person's sentence.
REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "form": "Q-001", "length": "Q-002", "crc": "Q-003", "doubled": "Q-004", "version": "Q-005",
        "missing": "Q-006", "value": "Q-007", "amount": "Q-008", "currency": "Q-009", "excluded": "Q-010",
    }
)  # fmt: skip
MANAT: Final = "944"
_CRC: Final = "63"
_CRC_HEAD: Final = "6304"
_TEMPLATES: Final = frozenset({"26", "27", "36", "37", "38", "62", "64"})
# Tags in the order in which a code is written; what is not named comes behind, by its number.
_ORDER: Final = (
    "39", "40", "00", "01", "26", "27", "28", "36", "37", "38", "52", "53", "54", "55", "56", "57", "58",
    "59", "60", "61", "62", "64",
)  # fmt: skip
_MERCHANT: Final = "MPV002"
_MUST: Final = ("39", "40", "00", "01")
_MUST_OF_MERCHANT: Final = ("52", "53", "58", "59", "60")
_AMOUNT: Final = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,2}))?")
_TIME: Final = "([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})"
_BIC: Final = "[A-Z0-9]{8}(?:[A-Z0-9]{3})?"
_IBAN: Final = re.compile("AZ[0-9]{2}[A-Z]{4}[A-Z0-9]{20}")


def _printed(most: int) -> str:
    return rf"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{{1,{most}}}"


# What a value may be, by tag, in a template by both; sums and the currency have reasons of their own.
_BOUNDS: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        tag: re.compile(pattern)
        for tag, pattern in {
            "39": "[MC]PV002", "40": "[0-9a-fA-F]{32}", "00": "01", "01": "1[12]",
            "26.00": "[0-9]{2}", "26.03": _printed(32), "26.04": "[0-9]{2}", "26.06": _TIME, "26.07": _TIME,
            "27.00": "0[1-7]", "27.01": _printed(35), "27.02": _BIC, "27.03": _printed(99),
            "28": "[0-9]{16}",
            "36.00": _BIC, "36.01": _printed(99), "36.02": "[0-9]{3}",
            "36.03": _printed(99), "36.04": _printed(99), "36.05": _printed(99),
            "37.07": _printed(99), "37.10": _printed(7), "37.11": "RT",
            "38.00": _printed(6), "38.01": _printed(99), "38.02": _printed(99),
            "38.03": _printed(99), "38.04": _printed(99),
            "52": "[0-9]{4}", "55": "0[1-3]", "57": r"[0-9]{1,2}(?:\.[0-9]{1,2})?",
            "58": "AZ", "59": _printed(25), "60": _printed(15), "61": "(?:AZ)?[0-9]{4}",
            "62.03": _printed(25), "62.08": _printed(35), "62.09": "[ABE]{1,3}",
            "62.10": "[0-9]{10}", "62.11": "[0-9]{3}",
            "64.00": "[a-zA-Z]{2}", "64.01": _printed(25), "64.02": _printed(15),
        }.items()
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Looked:
    """A code that was looked at.

    Attributes:
        fields: value by tag in the order of the code, a template's by its own tags; None when the row of
            fields itself is broken.
        reason: the first rule that is broken, a word of `REASONS`; None when it is good.
        tag: where it is broken, ``38.02`` in a template; "" when that says nothing.
    """

    fields: Fields | None = None
    reason: str | None = None
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Billing:
    """Whose bill a code is, as its biller numbers them; "" where it does not say."""

    organisation: str
    invoice: str
    payer: str


@dataclass(frozen=True, slots=True)
class Azqr:
    """A good code. `fields` hold all of it; the names beside them what a counter asks of it.

    Attributes:
        payee, city: who is paid, as it can be read; "" in a code that a payer shows.
        amount_qapik: the sum; None where the payer names it.
        reference: what the payment is known by: the number of the invoice, else the code's own; "" for none.
        expires_ms: until when it may be paid, UTC in milliseconds; None when it does not say.
    """

    fields: Fields
    is_dynamic: bool
    is_merchant: bool
    payee: str
    city: str
    amount_qapik: int | None
    reference: str
    expires_ms: int | None
    billing: Billing | None

    def is_over(self, now_ms: int) -> bool:
        """Whether nobody may pay it any more; it may be until the very second that it names."""
        return self.expires_ms is not None and now_ms > self.expires_ms


class _Broken(Exception):
    def __init__(self, reason: str, tag: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.tag = tag


def look(payload: str) -> Looked:
    """Look at a text without a clock; never raises."""
    try:
        fields = dict(_parsed(payload))
    except _Broken as broken:
        return Looked(None, broken.reason, broken.tag)
    try:
        _check_crc(payload, fields)
        _check(fields)
    except _Broken as broken:
        return Looked(fields, broken.reason, broken.tag)
    return Looked(fields)


def is_whole(payload: str) -> bool:
    """Whether `payload` is an AZQR code that came whole: row and CRC; its values are not looked at."""
    try:
        fields = dict(_parsed(payload))
        _check_crc(payload, fields)
    except _Broken:
        return False
    return next(iter(fields)) == "39" and bool(_BOUNDS["39"].fullmatch(str(fields["39"])))


def read_azqr(payload: str) -> Azqr:
    """The code as typed values.

    Raises:
        Refused: a code of `REASONS`, with the fact `tag`.
    """
    looked = look(payload)
    if looked.fields is None or looked.reason is not None:
        _refuse(looked.reason or "form", looked.tag)
    return _typed(looked.fields)


def write_azqr(fields: Fields) -> str:
    """The text of a code from its fields, in the specification's order; a CRC among them is made anew.

    Raises:
        Refused: a code of `REASONS`, with the fact `tag`.
    """
    try:
        row = "".join(_written(tag, fields[tag]) for tag in sorted(fields, key=_rank) if tag != _CRC)
    except _Broken as broken:
        _refuse(broken.reason, broken.tag)
    payload = f"{row}{_CRC_HEAD}"
    payload += f"{crc16(payload):04X}"
    looked = look(payload)
    if looked.reason is not None:
        _refuse(looked.reason, looked.tag)
    return payload


def _refuse(reason: str, tag: str) -> Never:
    raise Refused(REASONS[reason], tag=tag)


def _rank(tag: str) -> tuple[int, str]:
    return (_ORDER.index(tag) if tag in _ORDER else len(_ORDER), tag)


def _written(tag: str, value: str | Mapping[str, str], inside: str = "") -> str:
    where = f"{inside}.{tag}" if inside else tag
    if not inside and (tag in _TEMPLATES) is isinstance(value, str):
        raise _Broken("value", where)
    text = value if isinstance(value, str) else "".join(_written(t, value[t], tag) for t in sorted(value))
    if len(tag) != 2 or not is_digits(tag) or not 1 <= len(text) <= 99:
        raise _Broken("value", where)
    return f"{tag}{len(text):02}{text}"


# --- reading ------------------------------------------------------------------------------------------------


def _parsed(payload: str) -> Iterator[tuple[str, str | Mapping[str, str]]]:
    for tag, value in _row(payload):
        yield tag, MappingProxyType(dict(_row(value, tag))) if tag in _TEMPLATES else value


def _row(text: str, inside: str = "") -> Iterator[tuple[str, str]]:
    """Tags and values of a row. Never a search for the CRC's tag: it may stand inside a value."""
    met: set[str] = set()
    at = 0
    if not text:
        raise _Broken("form", inside)
    while at < len(text):
        tag, length = text[at : at + 2], text[at + 2 : at + 4]
        if len(length) != 2 or not is_digits(tag + length) or length == "00":
            raise _Broken("form", inside)
        where = f"{inside}.{tag}" if inside else tag
        end = at + 4 + int(length)
        if end > len(text):
            raise _Broken("length", where)
        if tag in met:
            raise _Broken("doubled", where)
        met.add(tag)
        yield tag, text[at + 4 : end]
        at = end


def _check_crc(payload: str, fields: Fields) -> None:
    # The last field of the walk is the last of the text, so its value is the text's end.
    is_last = next(reversed(list(fields))) == _CRC
    if not is_last or payload[-8:-4] != _CRC_HEAD or payload[-4:] != f"{crc16(payload[:-4]):04X}":
        raise _Broken("crc", _CRC)


def _check(fields: Fields) -> None:
    if next(iter(fields)) != "39" or not _BOUNDS["39"].fullmatch(str(fields["39"])):
        raise _Broken("version", "39")
    must = _MUST + (_MUST_OF_MERCHANT if fields["39"] == _MERCHANT else ())
    _require(fields, must)
    if fields.get("53", MANAT) != MANAT:
        raise _Broken("currency", "53")
    for tag, value in _flat(fields):
        bounds = _BOUNDS.get(tag)
        if bounds is not None and not bounds.fullmatch(value):
            raise _Broken("value", tag)
    for tag in ("54", "56"):
        if tag in fields and not _qapik(str(fields[tag])):
            raise _Broken("amount", tag)
    for tag in ("26.06", "26.07"):
        if (moment := _at(fields, tag)) and _utc_ms(moment) is None:
            raise _Broken("value", tag)
    _check_together(fields)


def _check_together(fields: Fields) -> None:
    """What fields ask of one another."""
    if fields["01"] == "12":
        _require(fields, ("26.03",))
    if _at(fields, "26.04") in {"02", "03", "04", "05", "06"}:
        _require(fields, ("37.07",))
    if "27" in fields:
        _require(fields, ("27.00", "27.01"))
    if _at(fields, "27.00") == "04":
        _require(fields, ("27.02",))
        if not _IBAN.fullmatch(_at(fields, "27.01")):
            raise _Broken("value", "27.01")
    if "38" in fields:
        _require(fields, ("38.00",))
    if _at(fields, "37.10") and _at(fields, "37.11"):
        raise _Broken("excluded", "37.11")
    for tag, tip in (("56", "02"), ("57", "03")):
        if tag in fields and fields.get("55") != tip:
            raise _Broken("excluded", tag)
        if fields.get("55") == tip:
            _require(fields, (tag,))


def _require(fields: Fields, tags: tuple[str, ...]) -> None:
    for tag in tags:
        if not _at(fields, tag):
            raise _Broken("missing", tag)


def _flat(fields: Fields) -> Iterator[tuple[str, str]]:
    for tag, value in fields.items():
        if isinstance(value, str):
            yield tag, value
        else:
            yield from ((f"{tag}.{inner}", text) for inner, text in value.items())


def _at(fields: Fields, path: str) -> str:
    """The value of a tag, ``38.02`` in a template; "" when it is not there."""
    tag, _, inner = path.partition(".")
    value = fields.get(tag, "")
    if isinstance(value, str):
        return "" if inner else value
    return value.get(inner, "")


def _shown(fields: Fields, path: str) -> str:
    """A value as people read it: without what writes nothing or turns the order of letters round."""
    return " ".join(seen(_at(fields, path)).split())


def _qapik(text: str) -> int | None:
    """A sum in qəpik; None for what is none, also for nothing at all."""
    match = _AMOUNT.fullmatch(text)
    return (int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))) or None if match else None


def _utc_ms(moment: str) -> int | None:
    """A time of Baku, ``YYYYMMDDhhmmss``, as UTC in milliseconds; None when the calendar has none."""
    match = re.fullmatch(_TIME, moment)
    if match is None:
        return None
    year, month, day, hour, minute, second = map(int, match.groups())
    try:
        found = dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC)
    except ValueError:
        return None
    return int(found.timestamp()) * 1000 - BAKU_OFFSET_MS


def _typed(fields: Fields) -> Azqr:
    billing = None
    if "38" in fields:
        billing = Billing(*(_shown(fields, f"38.{tag}") for tag in ("00", "02", "04")))
    return Azqr(
        fields,
        is_dynamic=fields["01"] == "12",
        is_merchant=fields["39"] == _MERCHANT,
        payee=_shown(fields, "59"),
        city=_shown(fields, "60"),
        amount_qapik=_qapik(_at(fields, "54")),
        reference=_shown(fields, "38.02") or _shown(fields, "26.03"),
        expires_ms=_utc_ms(_at(fields, "26.07")),
        billing=billing,
    )
