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
from azpost_desk.programs import complain
from azpost_desk.programs.desk_log import kept_log
from azpost_desk.programs.desk_parts import Argon2 as Argon2
from azpost_desk.programs.desk_parts import Devices as Devices
from azpost_desk.programs.desk_parts import centre_of as centre_of
from azpost_desk.programs.desk_parts import copies_of as copies_of
from azpost_desk.programs.desk_parts import customer_of as customer_of
from azpost_desk.programs.desk_parts import devices_of as devices_of
from azpost_desk.programs.desk_parts import looks_of as looks_of
from azpost_desk.programs.desk_parts import paper_drawer as paper_drawer
from azpost_desk.programs.desk_parts import paper_printer as paper_printer
from azpost_desk.programs.desk_parts import paper_title as paper_title
from azpost_desk.programs.desk_parts import report_press as report_press
from azpost_desk.programs.desk_parts import scanner_gap_of as scanner_gap_of
from azpost_desk.programs.desk_parts import scanner_of as scanner_of
from azpost_desk.programs.desk_parts import signer_of as signer_of
from azpost_desk.programs.desk_parts import stamp_drawer as stamp_drawer
from azpost_desk.programs.desk_parts import tray_of as tray_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication

    from azpost_desk.domain.refusals import Trouble
    from azpost_desk.gui.kit.scanner import ScannerFilter
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.gui.shell.window import Window
    from azpost_desk.gui.work.timers import Clock as HandsClock
    from azpost_desk.services.desk import DeskServices
    from azpost_desk.services.lessons import Lessons
    from azpost_desk.services.papers import Printer
    from azpost_desk.services.ports import Clock
    from azpost_desk.storage.backups import BackupRounds
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
class OpenCounter:
    """A desk ready to work: books open, line running, use cases wired."""

    books: DeskBooks
    line: CentreLine
    services: DeskServices
    printer: Printer
    devices: Devices
    backups: BackupRounds | None = None

    def close(self) -> None:
        """End the line and the backups, then close the books."""
        self.line.stop()
        if self.backups is not None:
            self.backups.stop()
        self.books.close()


def open_counter(
    folder: Path, url: str, clock: Clock, devices: Devices, language: Callable[[], str]
) -> OpenCounter:
    """Open the books of an enrolled desk and start its line.

    Raises:
        Trouble: G-062 to G-070, as DeskBooks.open.
    """
    from azpost_desk.devices.signatures import NoSigner
    from azpost_desk.services.copies import Copies
    from azpost_desk.services.counter import Counter
    from azpost_desk.services.desk import desk_services
    from azpost_desk.storage.backups import BackupRounds
    from azpost_desk.storage.books import DeskBooks
    from azpost_desk.storage.second_copy import SecondCopy
    from azpost_desk.sync.line import CentreLine

    books = DeskBooks.open(folder, clock)
    line = CentreLine(books, url, clock, verify=devices.certificates or True)
    backups_folder, second_folder = copies_of(folder)
    who = books.identity()
    if second_folder is not None and who.recovery_key:
        books.copy_to(SecondCopy(second_folder, (who.desk, who.epoch), who.recovery_key, clock))
    rounds = BackupRounds(folder, backups_folder, clock, books)
    books.day_closed = rounds.want
    services = desk_services(
        Counter(books, clock, line, devices.terminal),
        Argon2(),
        report_press(language),
        devices.signer or NoSigner(),
        paper_drawer(language),
        Around(books, devices, rounds),
        Copies(line, rounds, books.second),
        tray_of(devices),
    )
    if not books.stopped():
        services.recovery.note_start()
    line.start()
    rounds.start()
    printer = paper_printer(devices, language, services.counter.today)
    return OpenCounter(books, line, services, printer, devices, rounds)


@dataclass(frozen=True, slots=True)
class Around:
    """The machine this desk stands on; implements services.ports.Surroundings."""

    books: DeskBooks
    devices: Devices
    backups: BackupRounds

    def free_bytes(self) -> int:
        """See services.ports.Surroundings."""
        import shutil

        return shutil.disk_usage(self.books.folder).free

    def key_protection(self) -> str:
        """See services.ports.Surroundings."""
        return self.books.protection()

    def refolded(self) -> tuple[str, ...]:
        """See services.ports.Surroundings."""
        return self.books.refolded()

    def backup_ms(self) -> int | None:
        """See services.ports.Surroundings."""
        good_ms, _trouble = self.backups.state()
        return good_ms or None

    def printer(self) -> str:
        """See services.ports.Surroundings; where there is no roll, receipts go to the pages."""
        device = self.devices.receipts or self.devices.pages
        label = self.devices.label
        return device.state().trouble or (label.state().trouble if label else None) or ""


def enrol_desk(folder: Path, url: str, code: str, clock: Clock) -> None:
    """Introduce this desk to the centre and begin its chain; a desk that had a machine before gets its past.

    Raises:
        Refused: L-014 the code. Trouble: L-001 and others, G-062.
    """
    from azpost_desk.programs.restore import restore_desk
    from azpost_desk.storage import vault
    from azpost_desk.storage.backups import newest_proven

    base, secret = None, vault.of(folder).get(vault.DATABASE)
    if secret:
        # Enrolled again: the file itself may be damaged, the newest whole backup stands in for it.
        path = newest_proven(copies_of(folder)[0], bytes.fromhex(secret))
        base = (path, bytes.fromhex(secret)) if path else None
    verify = devices_of(folder).certificates or True
    restore_desk(folder, url, code, clock, software=SOFTWARE, base=base, verify=verify)


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


def listen(
    app: QApplication, window: Window, clock: HandsClock | None = None, gap_ms: int = 0
) -> ScannerFilter:
    """Hear the scanner in the whole program and hand scans to the window; `gap_ms` is for a slow one."""
    from azpost_desk.domain.scans import read_scan
    from azpost_desk.gui.kit.scanner import GAP_MS, ScannerFilter

    scanner = ScannerFilter(app, read_scan, clock=clock, gap_ms=gap_ms or GAP_MS)
    scanner.bus.scanned.connect(window.heard)
    scanner.bus.broken.connect(lambda: window.not_heard("kit.scan.broken"))
    scanner.bus.refused.connect(lambda: window.not_heard("kit.scan.refused"))
    return scanner


def make_ready(window: Window, counter: OpenCounter, lessons: Lessons | None = None) -> None:
    """Hand an open counter to the window: who may sign in, where this is, what the line does, what is taught.

    Raises:
        Trouble: G-050 the centre has not sent what nobody can work without (`name`).
    """
    from azpost_desk.domain.catalogue import Branch, Settings, Tariffs
    from azpost_desk.domain.refusals import Trouble
    from azpost_desk.gui.kit.screens import Session

    session = Session(
        counter.services,
        counter.devices.sound.play,
        counter.devices.scale.grams if counter.devices.scale is not None else None,
        parent=window,
    )
    session.lessons = lessons
    with counter.books.reading() as books:
        date = books.day().date or counter.services.counter.today()
        branch, number = books.document(Branch, date), books.desk().number
        settings, tariffs = books.document(Settings, date), books.document(Tariffs, date)
    officers = counter.services.staff.officers()
    if not officers:
        raise Trouble("G-050", name="staff")
    if counter.books.stopped():
        window.sign_in.warn(f"refusal.G-060.{counter.books.stopped()}")
    elif counter.books.ended():
        window.sign_in.warn(f"refusal.{counter.books.ended()}")
    window.ready(
        session,
        counter.printer,
        (branch.name, number),
        officers,
        settings.idle_lock_seconds,
        not tariffs.approved,
    )


def _missing(counter: OpenCounter, name: str) -> Say:
    """Why nobody can sign in yet: the line, the first data on its way, or what the centre does not have."""
    state = counter.line.state()
    if not state.online and state.last_error in ("L-001", "L-002"):
        return "frame.sign_in.no_line"
    if not state.online:
        return f"refusal.{state.last_error}" if state.last_error else "frame.sign_in.wait"
    return f"frame.sign_in.missing.{name}"


def main(argv: list[str]) -> int:
    """Run the counter's window until it is closed; 2 when desk.toml cannot be understood."""
    parser = argparse.ArgumentParser(prog="azpost-desk desk", description="The counter's window.")
    parser.add_argument("--data", type=Path, default=None, help="data folder (AZPOST_DATA)")
    parser.add_argument("--centre", default=None, help="the centre's address (AZPOST_CENTRE)")
    parser.add_argument(
        "--lang", choices=("az", "ru", "en"), default=None, help="first language (AZPOST_LANG)"
    )
    parser.add_argument("--theme", choices=("light", "dark", "contrast"), default=None)
    parser.add_argument(
        "--enrol", action="store_true", help="enrol again: the desk was stopped, or its file is damaged"
    )
    # For `bench start`: say on stdout how long painting and readiness took since this moment, and end.
    parser.add_argument("--measure-start", type=int, default=0, help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    folder = arguments.data or places.data()
    if (folder / "desk.toml").exists() and not _is_understood(folder):
        return 2
    with kept_log(folder):
        _LOG.info(SOFTWARE + " starts")
        code = run_window(
            folder,
            arguments.centre,
            arguments.lang,
            arguments.theme,
            started_ns=arguments.measure_start,
            enrol_again=arguments.enrol,
        )
        _LOG.info(SOFTWARE + " ends")
    return code


def _is_understood(folder: Path) -> bool:
    """Whether desk.toml can be understood; said on stderr when not. Loaded only when there is one."""
    from azpost_desk.domain.refusals import Trouble
    from azpost_desk.programs.desk_settings import settings_of

    try:
        settings_of(folder)
    except Trouble as trouble:
        complain(trouble)
        return False
    return True


def run_window(
    folder: Path,
    url: str | None,
    language: str | None,
    theme: str | None = None,
    card: str = "",
    started_ns: int = 0,
    enrol_again: bool = False,
    teach: Callable[[DeskBooks], Lessons] | None = None,
) -> int:
    """Show the window on a data folder; `card` is a note under the sign-in (the demo's officers and PINs).

    `teach` makes the course of a training out of the books, once they are open.
    """
    import os

    looks = looks_of(folder)
    spoken = language or looks.last.language or os.environ.get("AZPOST_LANG", "az")
    app = application(spoken, theme or looks.last.theme or "light")

    from azpost_desk.gui.shell.window import Window
    from azpost_desk.gui.work.garbage import GarbageOnMainThread
    from azpost_desk.gui.work.guards import Incidents
    from azpost_desk.gui.work.runner import Runner
    from azpost_desk.gui.work.serial_listener import SerialListener

    incidents = Incidents()
    runner = Runner()
    window = Window(looks)
    scanner = listen(app, window, gap_ms=scanner_gap_of(folder))
    wired = scanner_of(folder)
    listener = SerialListener(wired.listen, window) if wired else None
    if listener:
        listener.heard.connect(scanner.hear)
        listener.start()
    garbage = GarbageOnMainThread(app)
    running = _Running(folder, url or os.environ.get("AZPOST_CENTRE", ""), window, enrol_again, teach)
    if card:
        window.sign_in.show_card(card)
    if customer_of(folder):
        # After the counter's own window has its screen.
        window.usable.connect(window.show_customer)
    if started_ns:
        _measure(window, app, started_ns)
    window.painted.connect(running.load)
    window.showFullScreen() if app.platformName() not in ("offscreen", "minimal") else window.show()
    code = app.exec()
    if listener:
        listener.stop()
    scanner.remove()
    runner.close()
    running.close()
    garbage.stop()
    incidents.stop()
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

    def __init__(
        self,
        folder: Path,
        url: str,
        window: Window,
        enrol_again: bool = False,
        teach: Callable[[DeskBooks], Lessons] | None = None,
    ) -> None:
        self._folder, self._url, self._window = folder, url, window
        self._enrol_again, self._teach = enrol_again, teach
        self._clock = SystemClock()
        self._counter: OpenCounter | None = None
        self._is_ready = False
        self._lacks_codes = False

    def load(self) -> None:
        """Open the books off the main thread, or ask to enrol first."""
        from azpost_desk.gui.work.runner import Operation

        Operation(self._window, self._open).succeeded(self._opened).trouble(self._stopped).start()

    def _open(self) -> OpenCounter | None:
        from azpost_desk.gui.kit.words import Language
        from azpost_desk.storage.books import DeskBooks

        if self._enrol_again or not DeskBooks.exists(self._folder):
            return None
        url = self._url or centre_of(self._folder)
        return open_counter(
            self._folder, url, self._clock, devices_of(self._folder), lambda: Language.current().code
        )

    def _enrol(self, url: str, code: str) -> None:
        enrol_desk(self._folder, url, code, self._clock)
        self._enrol_again = False

    def _opened(self, counter: OpenCounter | None) -> None:
        if counter is None:
            self._window.ask_to_enrol(self._enrol, self._url, self.load)
            return
        if self._counter is None:
            from azpost_desk.gui.work.doorbell import Doorbell

            self._counter = counter
            self._doorbell = Doorbell(self._window.come_up, self._window)
            counter.books.announce(self._doorbell.port)
            counter.services.counter.line.on_change(self._window.line_moved.emit)
            # Holds on to this object as long as somebody may still call it: a word of the line may be queued
            # when everything here was closed.
            self._window.line_moved.connect(lambda: self._try_ready())
        self._try_ready()

    def _try_ready(self) -> None:
        """A newly enrolled desk waits for its reference data; the line tells when they have come."""
        from azpost_desk.domain.refusals import Trouble

        counter = self._counter
        if counter is not None and self._is_ready and self._lacks_codes:
            self._look_for_codes(counter)
        if counter is None or self._is_ready:
            return
        try:
            make_ready(self._window, counter, self._teach(counter.books) if self._teach else None)
        except Trouble as trouble:
            if trouble.code != "G-050":
                self._stopped(trouble)
            else:
                self._window.sign_in.waits_for(_missing(counter, str(trouble.facts["name"])))
            return
        self._is_ready = True
        self._look_for_codes(counter)

    def _look_for_codes(self, counter: OpenCounter) -> None:
        """Said until they have come; who may not send transfers misses none."""
        from azpost_desk.domain.catalogue import Licences
        from azpost_desk.domain.refusals import Refused, Trouble

        date = counter.services.counter.today()
        with counter.books.reading() as books:
            self._lacks_codes = books.codes_left() == 0
            try:
                books.document(Licences, date).require("transfers", date)
            except (Refused, Trouble):
                self._lacks_codes = False
        self._window.sign_in.lack("frame.sign_in.no_codes" if self._lacks_codes else "")

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
