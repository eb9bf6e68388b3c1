"""The counter's window: paints the sign-in page with Qt alone, then opens the books behind it."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from azpost_desk import places

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication

    from azpost_desk.devices.ports import PagePrinter, ReceiptPrinter, Scale, Signer, Sound
    from azpost_desk.domain.papers import Paper
    from azpost_desk.domain.refusals import Trouble
    from azpost_desk.domain.signatures import Stamp
    from azpost_desk.gui.kit.scanner import ScannerFilter
    from azpost_desk.gui.shell.window import Window
    from azpost_desk.gui.work.timers import Clock as HandsClock
    from azpost_desk.services.desk import DeskServices
    from azpost_desk.services.papers import Printer
    from azpost_desk.services.ports import CardTerminal, Clock
    from azpost_desk.services.reports import DayReport, Press
    from azpost_desk.services.signatures import Draw
    from azpost_desk.storage.books import DeskBooks
    from azpost_desk.sync.line import CentreLine

SOFTWARE = "azpost-desk 0.1.0"
_LOG = logging.getLogger(__name__)


class SystemClock:
    """The PC's own clock; the only place of the desk that asks for it."""

    def utc_ms(self) -> int:
        """See services.ports.Clock."""
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        """See services.ports.Clock."""
        return time.monotonic_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Devices:
    """The parts a desk has; each behind its port, so that a rehearsal can hand in stand-ins.

    Attributes:
        receipts: a printer of the roll, None where receipts go to `pages` as PDF.
        pages: forms, labels and reports.
        terminal: the card terminal, None where this counter takes no cards.
        certificates: file with the certificates the centre may show, "" for the system's own.
        signer: the card or file that signs papers, None where they are signed by hand.
    """

    pages: PagePrinter
    sound: Sound
    receipts: ReceiptPrinter | None = None
    scale: Scale | None = None
    terminal: CardTerminal | None = None
    certificates: str = ""
    signer: Signer | None = None


@dataclass(frozen=True, slots=True)
class OpenCounter:
    """A desk ready to work: books open, line running, use cases wired."""

    books: DeskBooks
    line: CentreLine
    services: DeskServices
    printer: Printer
    devices: Devices

    def close(self) -> None:
        """End the line, then close the books."""
        self.line.stop()
        self.books.close()


def open_counter(
    folder: Path, url: str, clock: Clock, devices: Devices, language: Callable[[], str]
) -> OpenCounter:
    """Open the books of an enrolled desk and start its line.

    Raises:
        Trouble: G-062 to G-070, as DeskBooks.open.
    """
    from azpost_desk.devices.signatures import NoSigner
    from azpost_desk.services.counter import Counter
    from azpost_desk.services.desk import desk_services
    from azpost_desk.storage.books import DeskBooks
    from azpost_desk.sync.line import CentreLine

    books = DeskBooks.open(folder, clock)
    line = CentreLine(books, url, clock, verify=devices.certificates or True)
    services = desk_services(
        Counter(books, clock, line, devices.terminal),
        Argon2(),
        report_press(language),
        devices.signer or NoSigner(),
        paper_drawer(language),
        Around(books, devices),
    )
    if not books.stopped():
        services.recovery.note_start()
    line.start()
    return OpenCounter(books, line, services, paper_printer(devices, language), devices)


@dataclass(frozen=True, slots=True)
class Around:
    """The machine this desk stands on; implements services.ports.Surroundings."""

    books: DeskBooks
    devices: Devices

    def free_bytes(self) -> int:
        """See services.ports.Surroundings."""
        import shutil

        return shutil.disk_usage(self.books.folder).free

    def key_protection(self) -> str:
        """See services.ports.Surroundings."""
        return self.books.protection()

    def backup_ms(self) -> int | None:
        """See services.ports.Surroundings."""
        return None

    def printer(self) -> str:
        """See services.ports.Surroundings; where there is no roll, receipts go to the pages."""
        device = self.devices.receipts or self.devices.pages
        return device.state().trouble or ""


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

        return report_pdf(report_paper(report), Texts(language()))

    return press


def paper_drawer(language: Callable[[], str]) -> Draw:
    """Draws an act as PDF, to be signed electronically, in the language of the office."""

    def draw(paper: Paper) -> bytes:
        from azpost_desk.documents import press
        from azpost_desk.texts import Texts

        return press.pdf(paper, Texts(language()))

    return draw


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


def paper_printer(devices: Devices, language: Callable[[], str]) -> Printer:
    """Sends each sort of paper to the device that prints it; customers' paper in their language."""

    def print_paper(paper: Paper | bytes, sort: str) -> None:
        from azpost_desk.documents import press
        from azpost_desk.domain.papers import CertificatePaper, ReceiptPaper
        from azpost_desk.domain.papers_slips import SlipPaper
        from azpost_desk.texts import Texts

        if isinstance(paper, bytes):
            devices.pages.print_pdf(paper, sort)
            return
        texts = Texts(paper.language if isinstance(paper, ReceiptPaper) else language())
        if isinstance(paper, ReceiptPaper | SlipPaper | CertificatePaper) and devices.receipts is not None:
            devices.receipts.print_raster(press.raster(paper, texts))
            return
        devices.pages.print_pdf(press.pdf(paper, texts), paper_title(paper, sort))

    return print_paper


def paper_title(paper: Paper, sort: str) -> str:
    """What a document is called in the printer's queue or as a file."""
    number = getattr(paper, "item", "") or getattr(paper, "number", "")
    return f"{sort}-{number}" if number else sort


def enrol_desk(folder: Path, url: str, code: str, clock: Clock) -> None:
    """Introduce this desk to the centre and begin its chain.

    Raises:
        Refused: L-014 the code. Trouble: L-001 and others, G-062.
    """
    from azpost_desk.protocol.keys import SigningKey
    from azpost_desk.storage.books import DeskBooks
    from azpost_desk.sync.enrolling import enrol

    key = SigningKey.new()
    enrolled = enrol(url, code, key, SOFTWARE, devices_of(folder).certificates or True)
    DeskBooks.create(folder, enrolled, key, clock, software=SOFTWARE).close()
    (folder / "centre.url").write_text(url + "\n", encoding="utf-8")


def devices_of(folder: Path) -> Devices:
    """The devices this desk is configured for; without a file papers go to ``papers/`` in the data folder.

    ``desk.toml``: receipts = "tcp:HOST:PORT" or "file:PATH", pages = "lp[:QUEUE]" or "folder",
    terminal = "tcp:HOST:PORT", centre_certificates = "PATH",
    signing = "card:LIBRARY[#TOKEN]" or "file:PATH".
    """
    import tomllib

    from azpost_desk.devices.byte_lines import FileLine, TcpLine
    from azpost_desk.devices.printers import EscPosPrinter, FolderPrinter, LpPrinter
    from azpost_desk.devices.sounds import sound_here

    path = folder / "desk.toml"
    settings = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    pages: PagePrinter = FolderPrinter(folder / "papers")
    kind, _, queue = str(settings.get("pages", "folder")).partition(":")
    if kind == "lp":
        pages = LpPrinter(queue or None)
    receipts: ReceiptPrinter | None = None
    kind, _, place = str(settings.get("receipts", "")).partition(":")
    if kind == "tcp":
        host, _, port = place.rpartition(":")
        receipts = EscPosPrinter(TcpLine(host, int(port)))
    elif kind == "file":
        receipts = EscPosPrinter(FileLine(Path(place)))
    terminal: CardTerminal | None = None
    kind, _, place = str(settings.get("terminal", "")).partition(":")
    if kind == "tcp":
        from azpost_desk.devices.card_terminals import EcrTerminal

        host, _, port = place.rpartition(":")
        terminal = EcrTerminal(host, int(port))
    certificates = str(settings.get("centre_certificates", ""))
    return Devices(
        pages=pages,
        sound=sound_here(),
        receipts=receipts,
        terminal=terminal,
        certificates=certificates,
        signer=signer_of(str(settings.get("signing", ""))),
    )


def application(language: str, theme: str = "light") -> QApplication:
    """The Qt application, dressed and speaking."""
    from PySide6.QtWidgets import QApplication

    from azpost_desk.gui.kit.qt_words import QtWords
    from azpost_desk.gui.kit.theme import Theme
    from azpost_desk.gui.kit.words import language as words

    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setApplicationName("azpost-desk")
    Theme.apply(app, theme)
    words().choose(language)
    QtWords.install(app)
    return app


def listen(app: QApplication, window: Window, clock: HandsClock | None = None) -> ScannerFilter:
    """Hear the scanner in the whole program and hand scans to the window."""
    from azpost_desk.domain.scans import read_scan
    from azpost_desk.gui.kit.scanner import ScannerFilter

    scanner = ScannerFilter(app, read_scan, clock=clock)
    scanner.bus.scanned.connect(window.heard)
    return scanner


def make_ready(window: Window, counter: OpenCounter) -> None:
    """Hand an open counter to the window: who may sign in, where this is, what the line does."""
    from azpost_desk.domain.catalogue import Branch, Settings, Tariffs
    from azpost_desk.gui.kit.screens import Session

    session = Session(
        counter.services,
        counter.devices.sound.play,
        counter.devices.scale.grams if counter.devices.scale is not None else None,
        parent=window,
    )
    with counter.books.reading() as books:
        date = books.day().date or counter.services.counter.today()
        branch, number = books.document(Branch, date), books.desk().number
        settings, tariffs = books.document(Settings, date), books.document(Tariffs, date)
    if counter.books.protection() == "file":
        window.sign_in.warn("frame.sign_in.file_key")
    if counter.books.stopped():
        window.sign_in.warn(f"refusal.G-060.{counter.books.stopped()}")
    window.ready(
        session,
        counter.printer,
        (branch.name, number),
        counter.services.staff.officers(),
        settings.idle_lock_seconds,
        not tariffs.approved,
    )


def main(argv: list[str]) -> int:
    """Run the counter's window until it is closed."""
    parser = argparse.ArgumentParser(prog="azpost-desk desk", description="The counter's window.")
    parser.add_argument("--data", type=Path, default=None, help="data folder (AZPOST_DATA)")
    parser.add_argument("--centre", default=None, help="the centre's address (AZPOST_CENTRE)")
    parser.add_argument(
        "--lang", choices=("az", "ru", "en"), default=None, help="first language (AZPOST_LANG)"
    )
    parser.add_argument("--theme", choices=("light", "dark", "contrast"), default="light")
    # For `bench start`: say on stdout how long painting and readiness took since this moment, and end.
    parser.add_argument("--measure-start", type=int, default=0, help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    return run_window(
        arguments.data or places.data(),
        arguments.centre,
        arguments.lang,
        arguments.theme,
        started_ns=arguments.measure_start,
    )


def run_window(
    folder: Path,
    url: str | None,
    language: str | None,
    theme: str = "light",
    card: str = "",
    started_ns: int = 0,
) -> int:
    """Show the window on a data folder; `card` is a note under the sign-in (the demo's officers and PINs)."""
    import os

    app = application(language or os.environ.get("AZPOST_LANG", "az"), theme)

    from azpost_desk.gui.shell.window import Window
    from azpost_desk.gui.work.garbage import GarbageOnMainThread
    from azpost_desk.gui.work.runner import Runner

    runner = Runner()
    window = Window()
    scanner = listen(app, window)
    garbage = GarbageOnMainThread(app)
    running = _Running(folder, url or os.environ.get("AZPOST_CENTRE", ""), window)
    if card:
        window.sign_in.show_card(card)
    if started_ns:
        _measure(window, app, started_ns)
    window.painted.connect(running.load)
    window.showFullScreen() if app.platformName() not in ("offscreen", "minimal") else window.show()
    code = app.exec()
    scanner.remove()
    runner.close()
    running.close()
    garbage.stop()
    return code


def _measure(window: Window, app: QApplication, started_ns: int) -> None:
    """Print one JSON line when somebody could sign in, then end: for the benchmark."""
    import json

    marks: dict[str, float] = {}

    def painted() -> None:
        marks["painted_ms"] = (time.monotonic_ns() - started_ns) / 1_000_000

    def usable() -> None:
        marks["usable_ms"] = (time.monotonic_ns() - started_ns) / 1_000_000
        status = Path("/proc/self/status")
        if status.exists():
            resident = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
            marks["rss_mb"] = int(resident.split()[1]) / 1024
        print(json.dumps(marks), flush=True)
        app.quit()

    window.painted.connect(painted)
    window.usable.connect(usable)


class _Running:
    """What happens behind the painted sign-in page: books, line, second starts."""

    def __init__(self, folder: Path, url: str, window: Window) -> None:
        self._folder, self._url, self._window = folder, url, window
        self._clock = SystemClock()
        self._counter: OpenCounter | None = None
        self._is_ready = False

    def load(self) -> None:
        """Open the books off the main thread, or ask to enrol first."""
        from azpost_desk.gui.work.runner import Operation

        Operation(self._window, self._open).succeeded(self._opened).trouble(self._stopped).start()

    def _open(self) -> OpenCounter | None:
        from azpost_desk.gui.kit.words import Language
        from azpost_desk.storage.books import DeskBooks

        if not DeskBooks.exists(self._folder):
            return None
        url = self._url
        if not url:
            url = (self._folder / "centre.url").read_text(encoding="utf-8").strip()
        return open_counter(
            self._folder, url, self._clock, devices_of(self._folder), lambda: Language.current().code
        )

    def _opened(self, counter: OpenCounter | None) -> None:
        if counter is None:
            self._window.ask_to_enrol(
                lambda url, code: enrol_desk(self._folder, url, code, self._clock), self._url, self.load
            )
            return
        if self._counter is None:
            from azpost_desk.gui.work.doorbell import Doorbell

            self._counter = counter
            self._doorbell = Doorbell(self._window.come_up, self._window)
            counter.books.announce(self._doorbell.port)
            counter.services.counter.line.on_change(self._window.line_moved.emit)
            self._window.line_moved.connect(self._try_ready)
        self._try_ready()

    def _try_ready(self) -> None:
        """A newly enrolled desk waits for its reference data; the line tells when they have come."""
        from azpost_desk.domain.refusals import Trouble

        counter = self._counter
        if counter is None or self._is_ready:
            return
        try:
            make_ready(self._window, counter)
        except Trouble as trouble:
            if trouble.code != "G-050":
                self._stopped(trouble)
            return
        self._is_ready = True

    def _stopped(self, trouble: Trouble) -> None:
        from azpost_desk.gui.kit.words import refusal
        from azpost_desk.gui.work.doorbell import ring

        port = trouble.facts.get("port", 0)
        if trouble.code == "G-062" and isinstance(port, int) and ring(port):
            # The first window has come up; this one has nothing to do.
            self._window.close()
            return

        _LOG.error("the desk cannot open: %s", trouble)
        self._window.sign_in.stopped(refusal(trouble))

    def close(self) -> None:
        """Close what was opened."""
        if self._counter is not None:
            self._counter.close()
