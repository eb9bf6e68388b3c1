"""What `desk.toml` or a file to enrol by says: read once, checked whole, or refused with its line."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeVar

import msgspec

from azpost_desk.domain.refusals import Trouble
from azpost_desk.files import SMALL_BYTES_MAX, content_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

S = TypeVar("S", bound=msgspec.Struct)
FILE: Final = "desk.toml"
# 1 to 65535: a port beyond is a slip that would show only when somebody prints.
_PORT: Final = r"([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
_PLACE: Final = rf"[^:\s]+:{_PORT}"
_TCP: Final = rf"tcp:{_PLACE}"
# A port of this machine, and how fast it speaks where that is not 9600.
_SERIAL: Final = r"^(serial:[^@\s]+(@(1200|2400|4800|9600|19200|38400|57600|115200))?)?$"
_LINE: Final = re.compile(r"line ([0-9]+)")
_NAMED: Final = re.compile(r"\$\.(?:\w+\.)*(\w+)|unknown field `([^`]*)`")
_BACKSLASH: Final = "in double quotes \\ is written twice; or put the path into single quotes"


class DeskSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every line of the file, with what holds where it is missing.

    Attributes:
        receipts: the roll printer; "" prints receipts as pages.
        receipts_answer: "none" for a printer that takes bytes and never says a word.
        label: the printer of 100 x 150 mm labels; "" prints labels as pages.
        label_dpi: how fine its dots are.
        label_answer: as `receipts_answer`.
        terminal: the card terminal; one that speaks ZVT with its id, eight figures: no other's word counts.
        terminal_password: ZVT, six figures: what the terminal asks a merchant for.
        terminal_dialect: ZVT: "goods" for a terminal that waits to hear whether the goods were issued.
        pages: "folder" (PDF files in ``papers/``) or CUPS.
        customer: "window" shows the customer's basket on a second screen.
        scanner: a scanner on a serial port, beside any that is a keyboard.
        scale: the counter's scale, on a serial port.
        scanner_gap_ms: the longest pause between two keys of the scanner, 0 for the usual one. Slower hands
            than the bound would be taken for a scanner.
    """

    receipts: Annotated[str, msgspec.Meta(pattern=rf"^({_TCP}|file:.+)?$")] = ""
    receipts_answer: Literal["status", "none"] = "status"
    pages: Annotated[str, msgspec.Meta(pattern=r"^(folder|lp(:.*)?)$")] = "folder"
    label: Annotated[str, msgspec.Meta(pattern=rf"^(zpl:({_PLACE}|file:.+))?$")] = ""
    label_dpi: Literal[203, 300] = 203
    label_answer: Literal["status", "none"] = "status"
    terminal: Annotated[str, msgspec.Meta(pattern=rf"^({_TCP}|zvt:{_PLACE}#[0-9]{{8}})?$")] = ""
    terminal_password: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}$")] = "000000"
    terminal_dialect: Literal["final", "goods"] = "final"
    signing: Annotated[str, msgspec.Meta(pattern=r"^((card|file):.+)?$")] = ""
    centre_certificates: str = ""
    scanner: Annotated[str, msgspec.Meta(pattern=_SERIAL)] = ""
    scale: Annotated[str, msgspec.Meta(pattern=_SERIAL)] = ""
    scanner_gap_ms: Annotated[int, msgspec.Meta(ge=10, le=150)] = 0
    customer: Literal["", "window"] = ""
    backups: str = ""
    second_copy: str = ""


def settings_of(folder: Path) -> DeskSettings:
    """The settings of the desk in `folder`; the usual ones without a file.

    A certificate that lies in the folder is named without it, so that the folder can be moved.

    Raises:
        Trouble: G-080 with the line, when the file says something else than a desk understands.
    """
    try:
        said = read_settings(folder / FILE, DeskSettings)
    except FileNotFoundError:
        return DeskSettings()
    if not said.centre_certificates:
        return said
    trusted = folder.absolute() / said.centre_certificates
    return msgspec.structs.replace(said, centre_certificates=str(trusted))


def read_settings(path: Path, kind: type[S]) -> S:
    """What the file at `path` says, as a `kind`.

    Raises:
        FileNotFoundError: there is none. Trouble: G-080 with the line, when it says something else than a
            `kind` can hold.
    """
    try:
        content = content_of(path, SMALL_BYTES_MAX)
    except FileNotFoundError:
        raise
    except OSError as unreadable:
        raise Trouble("G-080", file=str(path), line=0, why=str(unreadable.strerror)) from unreadable
    try:
        # Notepad begins a file with a mark that is no part of what it says.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as strange:
        line = content[: strange.start].count(b"\n") + 1
        raise Trouble("G-080", file=str(path), line=line, why="this is no UTF-8") from strange
    lines = text.splitlines()
    try:
        said = tomllib.loads(text)
    except (ValueError, RecursionError) as wrong:
        # Not only what is no TOML: a number of 5,000 figures, or brackets without end.
        at = _LINE.search(str(wrong))
        line = int(at[1]) if at else len(lines)
        has_path = 0 < line <= len(lines) and "\\" in lines[line - 1]
        raise Trouble(
            "G-080", file=str(path), line=line, why=_BACKSLASH if has_path else str(wrong)
        ) from wrong
    for name, value in _values(said):
        # "D:\\b..." is a backspace to TOML, and no path that anybody meant.
        if isinstance(value, str) and not value.isprintable():
            raise Trouble("G-080", file=str(path), line=_line_of(name, lines), why=_BACKSLASH)
    return _checked(said, path, lines, kind)


def wrong_line(path: Path, name: str, why: str) -> Trouble:
    """G-080 at the line of `name`, for what only two lines together show."""
    lines = content_of(path, SMALL_BYTES_MAX).decode("utf-8-sig").splitlines()
    return Trouble("G-080", file=str(path), line=_line_of(name, lines), why=why)


def _values(said: dict[str, Any]) -> Iterator[tuple[str, object]]:
    """Every line with its value, also those inside a table of the file."""
    for name, value in said.items():
        if isinstance(value, dict):
            yield from value.items()
        else:
            yield name, value


def _checked(said: dict[str, Any], path: Path, lines: list[str], kind: type[S]) -> S:
    try:
        return msgspec.convert(said, kind)
    except (msgspec.ValidationError, UnicodeDecodeError) as wrong:
        named = _NAMED.search(str(wrong))
        name = (named[1] or named[2]) if named else ""
        raise Trouble("G-080", file=str(path), line=_line_of(name, lines), why=str(wrong)) from wrong


def _line_of(name: str, lines: list[str]) -> int:
    key = re.compile(rf"""\s*["'\[]?{re.escape(name)}\b""")
    return next((number for number, line in enumerate(lines, 1) if key.match(line)), 0)
