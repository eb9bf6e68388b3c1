"""A file for the centre becomes one checked value, or a refusal that names the place in the file.

It is TOML, or JSON when it begins with a brace. Nothing is passed over: a word that is not known is a slip of
whoever wrote it, and would be a price or a person that is missing at a counter.
"""

from __future__ import annotations

import datetime as dt
import errno
import tomllib
import types
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar, Union, get_args, get_origin

import msgspec

from azpost_desk.central.json_once import decoded
from azpost_desk.domain.refusals import Refused
from azpost_desk.files import content_of

if TYPE_CHECKING:
    from pathlib import Path

K = TypeVar("K")
# What every number of ours fits into, as the database and the desks keep it.
_NUMBER_END: Final = 2**63
# A country's tariffs, offices and billers are a tenth of it; more is another file, or a device without end.
FILE_BYTES_MAX: Final = 16 * 1024 * 1024
_SHOWN_CHARACTERS_MAX: Final = 60
_KINDS: Final[dict[type, str]] = {str: "text", int: "number", bool: "truth", dt.date: "date"}


class WrongFile(Refused):
    """The file is not what it should be: nothing of it was done; its programs end with 2."""


def read(path: Path, kind: type[K]) -> K:
    """The value of `kind` that the file holds.

    Raises:
        WrongFile: X-100 neither TOML nor JSON, X-110 too large, and as `checked`. OSError: it cannot be read.
    """
    try:
        content = content_of(path, FILE_BYTES_MAX)
    except OSError as fault:
        if fault.errno != errno.EFBIG:
            raise
        megabytes = FILE_BYTES_MAX // 1024**2
        raise WrongFile("X-110", file=path.name, megabytes=megabytes) from fault
    try:
        text = content.decode("utf-8-sig")
        data = decoded(text, object) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (msgspec.DecodeError, ValueError, RecursionError) as fault:
        raise WrongFile("X-100", file=path.name, why=str(fault)) from fault
    return checked(data, kind, path.name)


def checked(data: object, kind: type[K], file: str, place: str = "") -> K:
    """`data`, which stands at `place`, as a value of `kind`, every part of it known, there and of its type.

    Raises:
        WrongFile: X-101 a word that is not known, X-102 one that is missing, X-103 of another type.
    """
    _check(data, kind, file, place)
    return msgspec.convert(data, kind)


def wrong(file: str, place: str, reason: str, value: object = "") -> WrongFile:
    """X-104: the value at this place of the file breaks the rule that `reason` names."""
    return WrongFile("X-104", file=file, place=place, reason=reason, value=_shown(value))


def _check(data: object, kind: Any, file: str, place: str) -> None:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        kind = next(one for one in inner if one is not type(None))
        origin, inner = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        _check_table(data, kind, file, place)
    elif origin is tuple:
        if not isinstance(data, list):
            raise _other_type(file, place, "list", data)
        for number, one in enumerate(data, start=1):
            _check(one, inner[0], file, f"{place}[{number}]")
    elif origin is dict:
        if not isinstance(data, Mapping):
            raise _other_type(file, place, "table", data)
        for name, one in data.items():
            _check(name, str, file, place)
            if inner[1] is Any:
                # Whoever asked for it looks at it.
                continue
            _check(one, inner[1], file, f"{place}.{name}")
    else:
        _check_value(data, kind, file, place)


def _check_table(data: object, kind: type[msgspec.Struct], file: str, place: str) -> None:
    if not isinstance(data, Mapping):
        raise _other_type(file, place, "table", data)
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    for name in data:
        if name not in fields:
            raise WrongFile("X-101", file=file, place=_shown(f"{place}.{name}".lstrip(".")))
    for name, field in fields.items():
        at = f"{place}.{name}".lstrip(".")
        if name in data:
            _check(data[name], field.type, file, at)
        elif field.required:
            raise WrongFile("X-102", file=file, place=at)


def _check_value(data: object, kind: Any, file: str, place: str) -> None:
    try:
        value = msgspec.convert(data, kind)
    except (msgspec.ValidationError, UnicodeDecodeError):
        raise _other_type(file, place, _KINDS.get(kind, "text"), data) from None
    is_number = isinstance(value, int)
    if (isinstance(value, str) and "\0" in value) or (is_number and not 0 <= value < _NUMBER_END):
        raise _other_type(file, place, "number" if is_number else "text", data)


def _other_type(file: str, place: str, wanted: str, data: object) -> WrongFile:
    return WrongFile("X-103", file=file, place=place or "-", wanted=wanted, value=_shown(data))


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else str(value)
    plain = "".join(letter if letter.isprintable() else "?" for letter in text)
    return plain if len(plain) <= _SHOWN_CHARACTERS_MAX else f"{plain[: _SHOWN_CHARACTERS_MAX - 1]}…"
