"""The parts of a desk's program: its devices as the settings name them, who draws and prints its papers."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    from azpost_desk.devices.byte_lines import ByteLine
    from azpost_desk.devices.ports import LabelPrinter, PagePrinter, ReceiptPrinter, Scale, Signer, Sound
    from azpost_desk.devices.printers import FolderPrinter
    from azpost_desk.devices.serial_scanners import SerialScanner
    from azpost_desk.domain.papers import Paper
    from azpost_desk.domain.signatures import Stamp
    from azpost_desk.programs.desk_settings import DeskSettings
    from azpost_desk.services.looks import Looks
    from azpost_desk.services.papers import Printer
    from azpost_desk.services.ports import CardTerminal
    from azpost_desk.services.print_jobs import Came
    from azpost_desk.services.reports import DayReport, Press
    from azpost_desk.services.signatures import Draw


@dataclass(frozen=True, slots=True)
class Devices:
    """The parts a desk has; each behind its port, so that a rehearsal can hand in stand-ins.

    Attributes:
        receipts: a printer of the roll, None where receipts go to `pages` as PDF.
        pages: forms and reports.
        label: a printer of labels, None where they go to `pages` as PDF.
        terminal: the card terminal, None where this counter takes no cards.
        certificates: file with the certificates the centre may show, "" for the system's own.
        signer: the card or file that signs papers, None where they are signed by hand.
    """

    pages: PagePrinter
    sound: Sound
    receipts: ReceiptPrinter | None = None
    label: LabelPrinter | None = None
    scale: Scale | None = None
    terminal: CardTerminal | None = None
    certificates: str = ""
    signer: Signer | None = None


class Argon2:
    """PIN hashing with argon2id; about 150 ms, so never on the main thread."""

    def hash(self, pin: str) -> str:
        """See services.ports.Hasher."""
        from argon2 import PasswordHasher

        return PasswordHasher().hash(pin)

    def verify(self, pin_hash: str, pin: str) -> bool:
        """See services.ports.Hasher."""
        from argon2 import PasswordHasher
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            return PasswordHasher().verify(pin_hash, pin)
        except (VerificationError, InvalidHashError):
            return False


def report_press(language: Callable[[], str]) -> Press:
    """Draws a day's report in the language of the office."""

    def press(report: DayReport) -> bytes:
        from azpost_desk.documents.reports import report_pdf
        from azpost_desk.services.report_papers import report_paper
        from azpost_desk.texts import Texts

        return report_pdf(report_paper(report, language()), Texts(language()))

    return press


def paper_drawer(language: Callable[[], str]) -> Draw:
    """Draws a paper as PDF, to be looked at or signed electronically: a customer's in their language."""

    def draw(paper: Paper) -> bytes:
        from azpost_desk.documents import press
        from azpost_desk.texts import Texts

        return press.pdf(paper, Texts(_spoken(paper) or language()))

    return draw


def _spoken(paper: Paper) -> str:
    """A customer's paper says in which language it is; the office's own are in the one on the screen."""
    return str(getattr(paper, "language", ""))


def stamp_drawer(stamp: Stamp) -> bytes:
    """Draws the visible stamp of an electronic signature: in Azerbaijani, whatever the office speaks."""
    from azpost_desk.documents.stamps import stamp_pdf
    from azpost_desk.texts import Texts

    return stamp_pdf(stamp, Texts("az"))


def signer_of(setting: str) -> Signer | None:
    """The signer that ``desk.toml`` names: ``card:LIBRARY[#TOKEN]`` (PKCS#11) or ``file:PATH`` (PKCS#12)."""
    from azpost_desk.devices.signatures import CardSigner, FileSigner

    kind, _, place = setting.partition(":")
    if kind == "card":
        library, _, label = place.partition("#")
        return CardSigner(Path(library), stamp_drawer, label)
    return FileSigner(Path(place), stamp_drawer) if kind == "file" else None


def paper_printer(
    devices: Devices, language: Callable[[], str], today: Callable[[], str] = lambda: ""
) -> Printer:
    """Sends each sort of paper to the device that prints it; customers' paper in their language.

    `today` (ISO) stands in the name of what is stored bytes; every other paper knows its day.
    """

    def print_paper(paper: Paper | bytes, sort: str) -> Came:
        from azpost_desk.documents import press
        from azpost_desk.domain.papers import (
            CertificatePaper,
            EnquiryPaper,
            LabelPaper,
            NumberPaper,
            ReceiptPaper,
            StatementPaper,
        )
        from azpost_desk.domain.papers_mail import BagLabelPaper, ReceptacleLabelPaper
        from azpost_desk.domain.papers_slips import SlipPaper
        from azpost_desk.services.print_jobs import Came
        from azpost_desk.texts import Texts

        pages = devices.pages
        way: Literal["printed", "sent", "saved"] = "saved" if pages.saves else "printed"
        if isinstance(paper, bytes):
            place = pages.print_pdf(paper, _titled(today(), sort))
            return Came(way if pages.proves else "sent", place)
        texts = Texts(_spoken(paper) or language())
        if devices.receipts is not None and isinstance(
            paper,
            ReceiptPaper | SlipPaper | CertificatePaper | NumberPaper | EnquiryPaper | StatementPaper,
        ):
            place = devices.receipts.print_raster(press.raster(paper, texts))
            return Came("printed" if devices.receipts.proves else "sent", place)
        if devices.label is not None and isinstance(paper, LabelPaper | BagLabelPaper | ReceptacleLabelPaper):
            place = devices.label.print_label(press.label(paper, texts, devices.label.dpi))
            return Came("printed" if devices.label.proves else "sent", place)
        place = pages.print_pdf(press.pdf(paper, texts), paper_title(paper, sort, today()))
        return Came(way if pages.proves else "sent", place)

    return print_paper


def paper_title(paper: Paper, sort: str, today: str = "") -> str:
    """What a document is called in the printer's queue or as a file: its day first, so that they sort.

    What is stored bytes knows no day of its own and is called by `today`, when it is printed again.
    """
    from azpost_desk.domain.papers import StoredPaper

    if isinstance(paper, StoredPaper):
        return _titled(today, f"{sort}-{paper.copy.kind}-{paper.copy.number}")
    number = getattr(paper, "item", "") or getattr(paper, "number", "")
    copy = getattr(paper, "copy", None)
    again = f"{copy.kind}-{copy.number}" if copy is not None and copy.kind != "original" else ""
    name = "-".join(filter(None, (sort, number, again)))
    return _titled(paper.head.business_day.isoformat(), name)


def _titled(day: str, name: str) -> str:
    return "_".join(filter(None, (day, name)))


@dataclass(frozen=True, slots=True)
class PaperTray:
    """The tray of a desk whose papers become files; implements services.ports.Tray."""

    printer: FolderPrinter

    def folder(self) -> str:
        """See services.ports.Tray."""
        return str(self.printer.folder)

    def find(self, paper: Paper | bytes, sort: str) -> str:
        """See services.ports.Tray; stored bytes are known by what they say, and so are copies of them."""
        from azpost_desk.domain.papers import StoredPaper

        if isinstance(paper, bytes):
            paths = [path for path in self.printer.papers() if sort in path.name and _is(path, paper)]
        elif isinstance(paper, StoredPaper):
            name = paper_title(paper, sort)
            paths = [one for one in self.printer.papers() if _keeps(one, name, paper.content)]
        else:
            paths = self.printer.find(paper_title(paper, sort))
        return str(paths[0]) if paths else ""


def _is(path: Path, content: bytes) -> bool:
    """Whether this file says it; one that somebody took away meanwhile says nothing."""
    with suppress(OSError):
        return path.stat().st_size == len(content) and path.read_bytes() == content
    return False


def _keeps(path: Path, name: str, content: bytes) -> bool:
    """Whether this file is the copy of that name: the bytes it was made of stand at its beginning."""
    if not re.fullmatch(rf"(.*_)?{re.escape(name)}(-[0-9]+)?", path.stem):
        return False
    with suppress(OSError):
        return path.read_bytes().startswith(content)
    return False


def tray_of(devices: Devices) -> PaperTray | None:
    """The tray, where this desk has one."""
    from azpost_desk.devices.printers import FolderPrinter

    return PaperTray(devices.pages) if isinstance(devices.pages, FolderPrinter) else None


def customer_of(folder: Path) -> bool:
    """Whether the customer has a screen of their own here; as the usual where desk.toml says nothing.

    Raises:
        Trouble: G-080 as settings_of.
    """
    from azpost_desk.programs.desk_settings import settings_of

    return settings_of(folder).customer == "window"


def devices_of(folder: Path) -> Devices:
    """The devices this desk is configured for; without a file papers go to ``papers/`` in the data folder.

    Raises:
        Trouble: G-080 as settings_of.
    """
    from azpost_desk.devices.label_printers import ZplPrinter
    from azpost_desk.devices.printers import EscPosPrinter, FolderPrinter, LpPrinter
    from azpost_desk.devices.scales import SerialScale
    from azpost_desk.devices.sounds import sound_here
    from azpost_desk.programs.desk_settings import settings_of

    said = settings_of(folder)
    kind, _, queue = said.pages.partition(":")
    pages: PagePrinter = LpPrinter(queue or None) if kind == "lp" else FolderPrinter(folder / "papers")
    receipts: ReceiptPrinter | None = None
    if said.receipts:
        receipts = EscPosPrinter(_way_to(said.receipts), answers=said.receipts_answer != "none")
    label: LabelPrinter | None = None
    if said.label:
        way = _way_to(said.label.removeprefix("zpl:"))
        label = ZplPrinter(way, said.label_dpi, answers=said.label_answer != "none")
    return Devices(
        pages=pages,
        sound=sound_here(),
        receipts=receipts,
        label=label,
        scale=SerialScale(*serial_of(said.scale)) if said.scale else None,
        terminal=_terminal_of(said, folder),
        certificates=said.centre_certificates,
        signer=signer_of(said.signing),
    )


def _way_to(place: str) -> ByteLine:
    """The line to ``file:PATH``, ``tcp:HOST:PORT`` or ``HOST:PORT``."""
    from azpost_desk.devices.byte_lines import FileLine, TcpLine

    kind, _, path = place.partition(":")
    return FileLine(Path(path)) if kind == "file" else TcpLine(*_host_port(place.removeprefix("tcp:")))


def _terminal_of(said: DeskSettings, folder: Path) -> CardTerminal | None:
    """The card terminal; what was asked of one that speaks ZVT is noted in the data folder."""
    kind, _, place = said.terminal.partition(":")
    if kind == "tcp":
        from azpost_desk.devices.card_terminals import EcrTerminal

        return EcrTerminal(*_host_port(place))
    if kind != "zvt":
        return None
    from azpost_desk.devices.zvt import ZvtDialect, ZvtTerminal
    from azpost_desk.devices.zvt_memory import FILE, ZvtMemory

    place, _, terminal = place.partition("#")
    dialect = ZvtDialect(terminal, said.terminal_password, said.terminal_dialect == "goods")
    memory = ZvtMemory(folder / FILE)
    return ZvtTerminal(_host_port(place), dialect, memory, lambda: time.time_ns() // 1_000_000)


def _host_port(place: str) -> tuple[str, int]:
    host, _, port = place.rpartition(":")
    return host, int(port)


def looks_of(folder: Path) -> Looks:
    """The looks kept in the data folder `folder`; a file that is not whole is never in its place."""
    from azpost_desk.files import SMALL_BYTES_MAX, content_of
    from azpost_desk.services.looks import FILE, Looks

    path = folder / FILE

    def write(content: bytes) -> None:
        beside = path.with_name(f"{path.name}.part")
        beside.write_bytes(content)
        beside.replace(path)

    return Looks(lambda: content_of(path, SMALL_BYTES_MAX) if path.exists() else b"", write)


def serial_of(said: str) -> tuple[str, int]:
    """Port and speed of ``serial:PORT@BAUD``."""
    port, _, baud = said.removeprefix("serial:").partition("@")
    return port, int(baud or 9600)


def scanner_of(folder: Path) -> SerialScanner | None:
    """The scanner on a serial port of this desk, where it has one.

    Raises:
        Trouble: G-080 as settings_of.
    """
    from azpost_desk.programs.desk_settings import settings_of

    said = settings_of(folder).scanner
    if not said:
        return None
    from azpost_desk.devices.serial_scanners import SerialScanner

    return SerialScanner(*serial_of(said))


def scanner_gap_of(folder: Path) -> int:
    """The longest pause (ms) between two keys of this desk's scanner, 0 for the usual one.

    Raises:
        Trouble: G-080 as settings_of.
    """
    from azpost_desk.programs.desk_settings import settings_of

    return settings_of(folder).scanner_gap_ms


def copies_of(folder: Path) -> tuple[Path, Path | None]:
    """Where backups go, and where the second copy of unsent records does (None: nowhere).

    Raises:
        Trouble: G-080 as settings_of.
    """
    from azpost_desk.programs.desk_settings import settings_of

    said = settings_of(folder)
    backups = Path(said.backups) if said.backups else folder / "backups"
    return backups, Path(said.second_copy) if said.second_copy else None


def centre_of(folder: Path) -> str:
    """The centre's address as the enrolment noted it.

    Raises:
        Trouble: G-097 it cannot be read.
    """
    from azpost_desk.domain.refusals import Trouble
    from azpost_desk.files import SMALL_BYTES_MAX, content_of

    try:
        return content_of(folder / "centre.url", SMALL_BYTES_MAX).decode("utf-8").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise Trouble("G-097", why=str(fault)) from fault
