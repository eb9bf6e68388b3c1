"""A biller's register as a file becomes one checked value, or a refusal that names the place in the file.

In: CSV (a head, a line for each payment, a foot with the totals; commas or semicolons) or JSON when it begins
with a brace; UTF-8, sums as ``38.45``. Out: `domain.registers.Register`, whose totals foot. `write_csv` and
`write_json` write the same forms, as a biller does.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from azpost_desk.central.json_once import decoded
from azpost_desk.central.registry.files import WrongFile
from azpost_desk.domain.days import BusinessDay, business_day
from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.money import MINOR_MAX, azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.registers import Register, RegisterRow
from azpost_desk.domain.typed import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HEAD: Final = ("txn_id", "account", "sum", "provider_reference", "commission")
_FIRST: Final = "register"
_LAST: Final = "total"
_FOOT_FIELDS: Final = 4
_SUM: Final = re.compile(r"([0-9]{1,13})\.([0-9]{2})")
_BILLER: Final = re.compile(r"[0-9A-Za-z._-]{1,32}")
_TXN_END: Final = 2**63
_VERSION_MAX: Final = 9_999
_ACCOUNT_CHARACTERS_MAX: Final = 200
_REFERENCE_CHARACTERS_MAX: Final = 64
_SHOWN_CHARACTERS_MAX: Final = 60


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    txn_id: str
    account: str
    sum: str
    provider_reference: str = ""
    commission: str = "0.00"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What either form says, every figure still text; `count` and the sums are its totals."""

    register: Literal[1]
    biller: str
    date: str
    version: int
    count: int
    total: str
    commission: str
    payments: tuple[_Row, ...]


def read(name: str, content: bytes) -> Register:
    """The register that the file `name` holds.

    Raises:
        WrongFile: X-140 no register, X-141 a value that breaks its rule, at its place, X-142 totals that
            are not its rows', X-143 a payment that it has twice.
    """
    try:
        text = content.decode("utf-8-sig")
        is_json = text.lstrip().startswith("{")
        said = decoded(text.strip(), _File) if is_json else _csv(text)
    except (msgspec.DecodeError, csv.Error, ValueError, RecursionError) as fault:
        raise WrongFile("X-140", file=name, why=_shown(str(fault))) from fault
    return _checked(name, said)


def _csv(text: str) -> _File:
    separator = ";" if text.startswith(f"{_FIRST};") else ","
    lines = [line for line in csv.reader(io.StringIO(text, ""), delimiter=separator, strict=True) if line]
    if len(lines) < 3 or len(lines[0]) != 4 or lines[0][0] != _FIRST:
        raise ValueError("line 1: register,biller,date,version")
    if tuple(lines[1]) != HEAD:
        raise ValueError(f"line 2: {','.join(HEAD)}")
    foot = lines[-1]
    if len(foot) != _FOOT_FIELDS or foot[0] != _LAST:
        raise ValueError("last line: total,count,sum,commission")
    for at, line in enumerate(lines[2:-1], start=3):
        if len(line) != len(HEAD):
            raise ValueError(f"line {at}: {len(line)} fields instead of {len(HEAD)}")
    return _File(
        register=1,
        biller=lines[0][1],
        date=lines[0][2],
        version=_whole(lines[0][3]),
        count=_whole(foot[1]),
        total=foot[2],
        commission=foot[3],
        payments=tuple(_Row(*line) for line in lines[2:-1]),
    )


def _whole(text: str) -> int:
    if not is_digits(text.strip()) or len(text) > 9:
        raise ValueError(f"{text!r:.20} is no number")
    return int(text)


def _checked(name: str, said: _File) -> Register:
    def wrong(place: str, value: str) -> WrongFile:
        return WrongFile("X-141", file=name, place=place, value=_shown(value))

    biller = said.biller.strip()
    if _BILLER.fullmatch(biller) is None:
        raise wrong("biller", said.biller)
    if not 1 <= said.version <= _VERSION_MAX:
        raise wrong("version", str(said.version))
    register = Register(
        biller=biller,
        day=_day(said.date.strip(), wrong),
        version=said.version,
        rows=tuple(_row(at, row, wrong) for at, row in enumerate(said.payments, start=1)),
    )
    seen: set[int] = set()
    for row in register.rows:
        if row.txn_id in seen:
            raise WrongFile("X-143", file=name, payment=row.txn_id)
        seen.add(row.txn_id)
    total, commission = (
        _qapik(text, place, wrong) for text, place in ((said.total, "total"), (said.commission, "commission"))
    )
    for place, stands, adds in (
        ("count", said.count, len(register.rows)),
        ("total", total, register.amount_qapik),
        ("commission", commission, register.commission_qapik),
    ):
        if stands != adds:
            shown = (str, _written)[place != "count"]
            raise WrongFile("X-142", file=name, place=place, said=shown(stands), found=shown(adds))
    return register


def _day(text: str, wrong: Callable[[str, str], WrongFile]) -> BusinessDay:
    try:
        return business_day(text)
    except Refused:
        raise wrong("date", text) from None


def _row(at: int, said: _Row, wrong: Callable[[str, str], WrongFile]) -> RegisterRow:
    place = f"payments[{at}]"
    txn = said.txn_id.strip()
    if not is_digits(txn) or len(txn) > 20 or not 0 < int(txn) < _TXN_END:
        raise wrong(f"{place}.txn_id", said.txn_id)
    account = "".join(one_line(said.account).split())
    if not account or len(account) > _ACCOUNT_CHARACTERS_MAX or not account.isprintable():
        raise wrong(f"{place}.account", said.account)
    reference = one_line(said.provider_reference).strip()
    if len(reference) > _REFERENCE_CHARACTERS_MAX or not reference.isprintable():
        raise wrong(f"{place}.provider_reference", said.provider_reference)
    amount = _qapik(said.sum, f"{place}.sum", wrong)
    commission = _qapik(said.commission, f"{place}.commission", wrong)
    if not amount:
        raise wrong(f"{place}.sum", said.sum)
    if commission > amount:
        raise wrong(f"{place}.commission", said.commission)
    return RegisterRow(
        txn_id=int(txn),
        account=account,
        amount_qapik=amount,
        reference=reference,
        commission_qapik=commission,
    )


def _qapik(text: str, place: str, wrong: Callable[[str, str], WrongFile]) -> int:
    found = _SUM.fullmatch(text.strip())
    qapik = int(found[1] + found[2]) if found else MINOR_MAX + 1
    if qapik > MINOR_MAX:
        raise wrong(place, text)
    return qapik


def _shown(text: str) -> str:
    plain = "".join(letter if letter.isprintable() else "?" for letter in text)
    return plain if len(plain) <= _SHOWN_CHARACTERS_MAX else f"{plain[: _SHOWN_CHARACTERS_MAX - 1]}…"


def write_csv(register: Register) -> bytes:
    """The register as CSV."""
    written = io.StringIO()
    lines: list[Sequence[object]] = [(_FIRST, register.biller, register.day, register.version), HEAD]
    lines += [_fields(row) for row in register.rows]
    totals = (_written(register.amount_qapik), _written(register.commission_qapik))
    lines.append((_LAST, len(register.rows), *totals))
    csv.writer(written, lineterminator="\n").writerows(lines)
    return written.getvalue().encode()


def write_json(register: Register) -> bytes:
    """The register as JSON."""
    said = _File(
        register=1,
        biller=register.biller,
        date=register.day,
        version=register.version,
        count=len(register.rows),
        total=_written(register.amount_qapik),
        commission=_written(register.commission_qapik),
        payments=tuple(_Row(*_fields(row)) for row in register.rows),
    )
    return msgspec.json.encode(said)


def _fields(row: RegisterRow) -> tuple[str, str, str, str, str]:
    sums = (_written(row.amount_qapik), _written(row.commission_qapik))
    return str(row.txn_id), row.account, sums[0], row.reference, sums[1]


def _written(qapik: int) -> str:
    return f"{azn(qapik).decimal():.2f}"
