"""Printers: receipts and the drawer over a line of bytes, pages into a folder or to the print service."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import tempfile
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from azpost_desk import files
from azpost_desk.devices.byte_lines import ByteLine, Deadline, Visit
from azpost_desk.devices.ports import DeviceState
from azpost_desk.documents import escpos
from azpost_desk.domain.refusals import Trouble

if TYPE_CHECKING:
    from pathlib import Path

# A receipt of sixty lines is a metre of paper, ten seconds for a slow printer.
RECEIPT_TIMEOUT_MS: Final = 15_000
# A printer that can talk answers real-time questions within a tenth of this, also while it prints.
ANSWER_TIMEOUT_MS: Final = 2_000
PAGE_TIMEOUT_MS: Final = 20_000
_AS_BYTES: Final = getattr(os, "O_BINARY", 0)
# [design] Until the next day at the latest.
TRAY_HOURS: Final = 24

_NAME_CHARS: Final = re.compile(r"[^\w.-]+")
_NAME_CHARS_MAX: Final = 80


class EscPosPrinter:
    """A receipt printer that understands ESC/POS. Keeps the promises of `ports.ReceiptPrinter`.

    It is asked for paper before printing, and once more behind the last byte: that answer comes in order, so
    it proves that everything before it was taken, and says whether the roll lasted. A printer that cannot
    answer (`answers=False`) proves nothing: what its line accepted is sent, and that is all.
    """

    def __init__(self, line: ByteLine, timeout_ms: int = RECEIPT_TIMEOUT_MS, answers: bool = True) -> None:
        self._line = line
        self._timeout_ms = timeout_ms
        self._answers = answers

    @property
    def proves(self) -> bool:
        """See `ports.ReceiptPrinter.proves`."""
        return self._answers

    def print_raster(self, data: bytes) -> str:
        """See `ports.ReceiptPrinter.print_raster`."""
        begun = False
        try:
            with self._line.open(Deadline(self._timeout_ms)) as visit:
                self._ask_ready(visit)
                begun = True
                visit.write(data)
                if self._answers:
                    told = visit.ask(escpos.ASK_IN_ORDER, self._timeout_ms, escpos.answer_in)
                    if told & escpos.ROLL_END:
                        # The roll lasted to somewhere in this paper: nobody knows how far.
                        raise Trouble("D-002", place=self._line.place)
        except OSError as failure:
            raise Trouble("D-002" if begun else "D-001", place=self._line.place) from failure
        return self._line.place

    def state(self) -> DeviceState:
        """See `ports.Device.state`."""
        try:
            with self._line.open(Deadline(min(self._timeout_ms, ANSWER_TIMEOUT_MS))) as visit:
                self._ask_ready(visit)
        except OSError:
            return DeviceState(self._line.place, "D-001")
        except Trouble as trouble:
            return DeviceState(self._line.place, trouble.code)
        return DeviceState(self._line.place)

    def _ask_ready(self, visit: Visit) -> None:
        if not self._answers:
            return
        if visit.ask(escpos.ASK_PAPER, ANSWER_TIMEOUT_MS, escpos.answer_in) & escpos.PAPER_END:
            raise Trouble("D-003", place=self._line.place)
        if visit.ask(escpos.ASK_ONLINE, ANSWER_TIMEOUT_MS, escpos.answer_in) & escpos.OFFLINE:
            raise Trouble("D-004", place=self._line.place)


class EscPosDrawer:
    """The drawer on the receipt printer's socket. Keeps the promises of `ports.CashDrawer`."""

    def __init__(self, line: ByteLine, timeout_ms: int = ANSWER_TIMEOUT_MS, answers: bool = True) -> None:
        self._line = line
        self._timeout_ms = timeout_ms
        self._answers = answers

    def open(self) -> None:
        """See `ports.CashDrawer.open`."""
        try:
            with self._line.open(Deadline(self._timeout_ms)) as visit:
                visit.write(escpos.DRAWER_KICK)
                if self._answers:
                    visit.ask(escpos.ASK_IN_ORDER, self._timeout_ms, escpos.answer_in)
        except OSError as failure:
            raise Trouble("D-007", place=self._line.place) from failure

    def state(self) -> DeviceState:
        """See `ports.Device.state`; a drawer is as reachable as its printer."""
        try:
            with self._line.open(Deadline(self._timeout_ms)) as visit:
                if self._answers:
                    visit.ask(escpos.ASK_ONLINE, self._timeout_ms, escpos.answer_in)
        except OSError:
            return DeviceState(self._line.place, "D-007")
        return DeviceState(self._line.place)


class FolderPrinter:
    """Lays every document into a folder as a file: the tray of a desk without printer, and of the played day.

    Keeps the promises of `ports.PagePrinter`. A name that is taken gets a number; nothing is overwritten.
    What lies in the tray is in clear, with names in it: it is the owner's alone, and taken out again after
    `kept_hours` (None: never); every paper can be drawn anew from the books, where all is encrypted and
    erased by rule.
    """

    def __init__(self, folder: Path, kept_hours: int | None = TRAY_HOURS) -> None:
        self._folder = folder
        self._kept_hours = kept_hours
        self.empty()

    @property
    def proves(self) -> bool:
        """See `ports.PagePrinter.proves`; the file lies there."""
        return True

    @property
    def saves(self) -> bool:
        """See `ports.PagePrinter.saves`."""
        return True

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return self._folder

    def find(self, title: str) -> list[Path]:
        """The files of papers called `title`, the newest first."""
        name = re.escape(_file_name(title))
        is_it = re.compile(rf"{name}(-[0-9]+)?\.pdf")
        return [path for path in self.papers() if is_it.fullmatch(path.name)]

    def papers(self) -> list[Path]:
        """All that lie there, the newest first: files only, a link would lead out of the tray."""
        laid: list[tuple[int, Path]] = []
        with suppress(OSError):
            for path in self._folder.glob("*.pdf"):
                with suppress(OSError):
                    known = path.lstat()
                    if stat.S_ISREG(known.st_mode):
                        laid.append((known.st_mtime_ns, path))
        return [path for _, path in sorted(laid, reverse=True)]

    def empty(self) -> None:
        """Take out what has lain long enough, by a clock that may have been set either way."""
        if self._kept_hours is None or not self._folder.is_dir():
            return
        with suppress(OSError):
            # Files tell their age by the clock of the disk they lie on.
            with tempfile.NamedTemporaryFile(dir=self._folder) as probe:
                now_s = os.fstat(probe.fileno()).st_mtime
            for paper in self._folder.glob("*.pdf"):
                # One that cannot be taken out keeps none of the others in the tray.
                with suppress(OSError):
                    if abs(now_s - paper.lstat().st_mtime) > self._kept_hours * 3600:
                        paper.unlink()

    def print_pdf(self, pdf: bytes, title: str) -> str:
        """See `ports.PagePrinter.print_pdf`."""
        name = _file_name(title)
        try:
            self.empty()
            files.make_private(self._folder)
            return self._write_new(name, pdf)
        except OSError as failure:
            raise Trouble("D-005", place=str(self._folder)) from failure

    def state(self) -> DeviceState:
        """See `ports.Device.state`."""
        nearest = self._folder
        while not nearest.exists() and nearest != nearest.parent:
            nearest = nearest.parent
        writable = nearest.is_dir() and os.access(nearest, os.W_OK)
        return DeviceState(str(self._folder), None if writable else "D-005")

    def _write_new(self, name: str, pdf: bytes) -> str:
        number = 1
        while True:
            path = self._folder / f"{name}{f'-{number}' if number > 1 else ''}.pdf"
            try:
                # The owner's from its first byte on, or the group's that shares the desk.
                mode = files.private_mode(self._folder)
                made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _AS_BYTES, mode)
                with os.fdopen(made, "wb") as file:
                    file.write(pdf)
                return path.name
            except FileExistsError:
                number += 1


def _file_name(title: str) -> str:
    return _NAME_CHARS.sub("-", title).strip("-.")[:_NAME_CHARS_MAX] or "paper"


class LpPrinter:
    """A printer of the system's print service, through ``lp``. Keeps the promises of `ports.PagePrinter`.

    Attributes:
        name: the queue's name; None is the system's default printer.
    """

    def __init__(
        self, name: str | None = None, timeout_ms: int = PAGE_TIMEOUT_MS, program: str = "lp"
    ) -> None:
        self.name = name
        self._timeout_ms = timeout_ms
        self._program = program

    @property
    def proves(self) -> bool:
        """See `ports.PagePrinter.proves`; the print service takes it, and says no more of it."""
        return False

    @property
    def saves(self) -> bool:
        """See `ports.PagePrinter.saves`."""
        return False

    def print_pdf(self, pdf: bytes, title: str) -> str:
        """See `ports.PagePrinter.print_pdf`."""
        queue = ["-d", self.name] if self.name else []
        self._run([self._program, *queue, "-t", title, "-"], pdf)
        return self.name or ""

    def state(self) -> DeviceState:
        """See `ports.Device.state`."""
        queue = ["-p", self.name] if self.name else ["-d"]
        place = self.name or self._program
        try:
            self._run(["lpstat", *queue], b"")
        except Trouble as trouble:
            return DeviceState(place, trouble.code)
        return DeviceState(place)

    def _run(self, command: list[str], standard_input: bytes) -> None:
        place = self.name or self._program
        try:
            subprocess.run(
                command,
                input=standard_input,
                capture_output=True,
                timeout=self._timeout_ms / 1000,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as failure:
            raise Trouble("D-006", place=place) from failure
