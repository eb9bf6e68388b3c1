"""A post office in miniature on this machine: centre, sandbox billers, two enrolled desks, temporary data.

With a screen the counter's window opens on it. `--headless --out DIR` plays a whole working day through the
real widgets and leaves pictures, papers, the input and a summary.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from azpost_desk.domain.days import calendar_day, day_start_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from azpost_desk.central.app import Centre
    from azpost_desk.central.gateways.connectors import Connector
    from azpost_desk.domain.scans import Scan
    from azpost_desk.gui.shell.window import Window
    from azpost_desk.programs.desk import OpenCounter
    from azpost_desk.rehearsal.day import Played
    from azpost_desk.rehearsal.faults import FaultyLine
    from azpost_desk.rehearsal.instant_rail import SandboxRail
    from azpost_desk.rehearsal.partners import SandboxPartner
    from azpost_desk.rehearsal.providers import SandboxProvider
    from azpost_desk.rehearsal.terminals import SandboxTerminal

VERSION: Final = 1
SEED: Final = 2026
_SCREEN: Final = {
    "synchronousWindowSystemEvents": False,
    "windowFrameMargins": True,
    "screens": [
        {"name": "counter", "x": 0, "y": 0, "width": 1366, "height": 768, "logicalDpi": 96,
         "logicalBaseDpi": 96, "dpr": 1}
    ],
}  # fmt: skip


class PlayClock:
    """The clock of the played day, shared by desks and centre: real time, set forward by the script only."""

    def __init__(self) -> None:
        self._ahead_ms = 0

    def utc_ms(self) -> int:
        """See services.ports.Clock."""
        return time.time_ns() // 1_000_000 + self._ahead_ms

    def monotonic_ms(self) -> int:
        """See services.ports.Clock."""
        return time.monotonic_ns() // 1_000_000

    def start_tomorrow_at(self, hours: int) -> None:
        """Begin at this hour of the next day, so that the clock only ever goes forward."""
        start = day_start_ms(calendar_day(self.utc_ms())) + (24 + hours) * 3_600_000
        self._ahead_ms += start - self.utc_ms()

    def set_time(self, hh_mm: str) -> None:
        """Go forward to this time of the day in Azerbaijan; a time already past changes nothing."""
        hours, minutes = hh_mm.split(":")
        at_ms = day_start_ms(calendar_day(self.utc_ms())) + (int(hours) * 60 + int(minutes)) * 60_000
        self._ahead_ms += max(0, at_ms - self.utc_ms())


# The manager's signature: a file in place of a card; its password is the manager's PIN.
CARD = "manager.p12"


@dataclass(frozen=True, slots=True)
class Town:
    """What stands: centre, sandboxes; per desk its folder, its breakable line and its card terminal."""

    folder: Path
    dsn: str
    centre: Centre
    provider: SandboxProvider
    partners: dict[str, SandboxPartner]
    rail: SandboxRail
    lines: dict[int, FaultyLine]
    folders: dict[int, Path]
    terminals: dict[int, SandboxTerminal]


def _billers(
    stack: ExitStack, clock: Any, sold: list[dict[str, Any]]
) -> tuple[SandboxProvider, dict[str, Connector]]:
    """The sandboxes of billers and of the state portal, and the centre's connectors to both."""
    from azpost_desk.central.gateways.osmp import OsmpBiller
    from azpost_desk.rehearsal import notice_town
    from azpost_desk.rehearsal.portals import SandboxPortal
    from azpost_desk.rehearsal.providers import SandboxProvider

    provider = stack.enter_context(SandboxProvider(sold))
    billers = {
        str(one["id"]): OsmpBiller(provider.url, now_ms=clock.utc_ms, prv_id=str(one["id"])) for one in sold
    }
    state = stack.enter_context(SandboxPortal(notice_town.notices()))
    return provider, billers | notice_town.reached(state, clock.utc_ms)


def _enrol(folder: Path, url: str, code: str, clock: Any) -> None:
    """A desk of play; the keyring is a real counter's, and nobody would take play's keys out of it again."""
    from azpost_desk.programs.desk import enrol_desk
    from azpost_desk.storage import vault

    vault.keep_beside(folder)
    enrol_desk(folder, url, code, clock)


@contextmanager
def town(folder: Path, clock: Any, more: Sequence[dict[str, Any]] = ()) -> Iterator[Town]:
    """Build the post office below `folder` and take it down again; `more`: billers beside the usual four."""
    from azpost_desk.central.app import Centre
    from azpost_desk.central.book import Book
    from azpost_desk.central.registry.reference import publish
    from azpost_desk.central.storage.embedded import EmbeddedServer
    from azpost_desk.domain.catalogue import Signing
    from azpost_desk.protocol.keys import SigningKey
    from azpost_desk.rehearsal import abroad_town, instant_town, mail_town
    from azpost_desk.rehearsal.cards import demo_card
    from azpost_desk.rehearsal.faults import FaultyLine
    from azpost_desk.rehearsal.providers import DEMO_BILLERS
    from azpost_desk.rehearsal.terminals import SandboxTerminal
    from azpost_desk.rehearsal.town import BRANCH, PLAYERS, found_town, supply_desk
    from azpost_desk.rehearsal.town import billers as catalogue

    with ExitStack() as stack:
        server = EmbeddedServer(folder / "centre")
        stack.callback(server.stop)
        sold = [*DEMO_BILLERS, *more]
        provider, billers = _billers(stack, clock, sold)
        dsn = server.dsn()
        key = SigningKey.new()
        partners = {name: stack.enter_context(one) for name, one in abroad_town.sandboxes(key).items()}
        abroad_town.keep_books(partners, clock)
        reached = abroad_town.reached(partners, key)
        rail = stack.enter_context(instant_town.sandbox(key, clock.utc_ms))
        at_rail = instant_town.reached(rail, key)
        centre = Centre(dsn, clock=clock, billers=billers, partners=reached, rail=at_rail)
        centre.start()
        stack.callback(centre.stop)
        with centre.database.transaction() as conn:
            codes = found_town(conn, clock.utc_ms(), qr_minutes=instant_town.QR_MINUTES)
            publish(conn, catalogue(sold), clock.utc_ms())
            manager = next(one for one in PLAYERS if one.role == "manager")
            issuer = demo_card(folder / CARD, manager.name, manager.pin, clock.utc_ms())
            publish(conn, Signing(issuers=(issuer,)), clock.utc_ms())
            book = stack.enter_context(closing(Book(dsn, clock)))
            abroad_town.agree(conn, book, (BRANCH,), clock.utc_ms())
            mail_town.sell_mail_abroad(conn, clock.utc_ms())
        # Not before its ways are agreed on: what comes by none of them is nobody's.
        abroad_town.send_here(partners, clock)
        lines: dict[int, FaultyLine] = {}
        folders: dict[int, Path] = {}
        terminals: dict[int, SandboxTerminal] = {}
        for number, (desk, code) in enumerate(sorted(codes.items()), start=1):
            lines[number] = stack.enter_context(FaultyLine(centre.url))
            folders[number] = folder / f"desk-{number}"
            terminals[number] = stack.enter_context(SandboxTerminal())
            _enrol(folders[number], lines[number].url, code, clock)
            host, port = terminals[number].address
            setting = json.dumps(f"file:{folder / CARD}", ensure_ascii=False)
            (folders[number] / "desk.toml").write_text(
                f'terminal = "tcp:{host}:{port}"\nsigning = {setting}\n', encoding="utf-8"
            )
            with centre.database.transaction() as conn:
                supply_desk(conn, desk, clock.utc_ms())
        centre.settle()
        yield Town(folder, dsn, centre, provider, partners, rail, lines, folders, terminals)


def main(argv: list[str]) -> int:
    """0 when the window was closed or every step of the day held and both sides' books are sound."""
    parser = argparse.ArgumentParser(prog="azpost-desk demo", description=__doc__)
    parser.add_argument("--headless", action="store_true", help="play a working day without a screen")
    parser.add_argument("--out", type=Path, help="where the played day leaves its pictures and papers")
    parser.add_argument(
        "--keep", type=Path, help="keep the demo's data in this folder instead of a temporary one"
    )
    parser.add_argument("--lang", choices=("az", "ru", "en"), default=os.environ.get("AZPOST_LANG", "az"))
    parser.add_argument(
        "--without", type=int, default=0, metavar="N", help="leave out line N of the played input"
    )
    wanted = parser.parse_args(argv)
    if wanted.headless and wanted.out is None:
        parser.error("--headless needs --out DIR")
    folder = wanted.keep or Path(tempfile.mkdtemp(prefix="azpost-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if wanted.headless:
            return _headless(folder, wanted.out.absolute(), wanted.without)
        return _window(folder, wanted.lang)
    finally:
        if wanted.keep is None:
            shutil.rmtree(folder, ignore_errors=True)


def _window(folder: Path, language: str) -> int:
    from azpost_desk.domain.money import azn
    from azpost_desk.programs.desk import SystemClock, run_window
    from azpost_desk.rehearsal import notice_town
    from azpost_desk.rehearsal.abroad_town import COMING
    from azpost_desk.rehearsal.many_billers import many_billers
    from azpost_desk.rehearsal.town import PLAYERS
    from azpost_desk.texts import Texts

    with town(folder, SystemClock(), many_billers()) as here:
        texts = Texts(language)
        rows = [f"{one.name} · {texts.t(f'staff.role.{one.role}')} · PIN {one.pin}" for one in PLAYERS]
        coming = [
            f"{one.number} · {texts.money(one.amount)} · {one.sender} → {one.receiver}" for one in COMING
        ]
        due = [
            f"{one.number} · {texts.money(azn(one.amount_qapik))} · {one.payer}"
            for one in notice_town.notices()
        ]
        rows += ["", texts.t("codes.demo.payer"), here.rail.url]
        rows += ["", texts.t("abroad.demo.coming"), *coming, "", texts.t("notices.demo.due"), *due]
        print("\n".join(rows), flush=True)
        return run_window(here.folders[1], here.lines[1].url, language, card="\n".join(["DEMO", *rows]))


def _headless(folder: Path, out: Path, without: int) -> int:
    out.mkdir(parents=True, exist_ok=True)
    screen = folder / "screen.json"
    screen.write_text(json.dumps(_SCREEN), encoding="utf-8")
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={screen}"
    clock = PlayClock()
    clock.start_tomorrow_at(8)
    began = time.monotonic()
    with town(folder, clock) as here:
        played, counters, offline_seconds = play(here, clock, out, without)
        # The partners' statements of the day come the morning after: only then it is held against them.
        clock.start_tomorrow_at(8)
        here.centre.settle()
        summary = summarise(here, counters, played, out)
        summary["abroad"] = _with_partners(here.dsn, clock.utc_ms())
        summary["sync"]["offline_seconds"] = offline_seconds
        for counter in counters.values():
            counter.close()
    summary["seconds"] = round(time.monotonic() - began, 1)
    (out / "summary.json").write_text(
        json.dumps(summary, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    good = not played.failure and summary["checks"] == {"desks": True, "centre": True}
    if not good:
        print(played.failure or "the books are not sound", file=sys.stderr)
    print(json.dumps({"ok": good, "seconds": summary["seconds"], "pictures": len(played.pictures)}))
    return 0 if good else 1


class Outage:
    """Takes the line of one desk down and up again, and knows how long it was gone by the day's clock."""

    def __init__(self, line: FaultyLine, clock: PlayClock) -> None:
        self._line, self._clock = line, clock
        self._since_ms = 0
        self.seconds = 0

    def begin(self) -> None:
        """The line is gone."""
        self._line.down()
        self._since_ms = self._clock.utc_ms()

    def end(self) -> None:
        """The line is back."""
        self._line.up()
        self.seconds += (self._clock.utc_ms() - self._since_ms) // 1000


def play(here: Town, clock: PlayClock, out: Path, without: int) -> tuple[Played, dict[int, OpenCounter], int]:
    """Open both counters' windows and play the script through them."""
    from azpost_desk.domain.scans import read_scan
    from azpost_desk.gui.kit.scanner import ScannerFilter
    from azpost_desk.gui.work.garbage import GarbageOnMainThread
    from azpost_desk.gui.work.runner import Runner
    from azpost_desk.gui.work.timers import HandClock
    from azpost_desk.programs.desk import application
    from azpost_desk.rehearsal.day import Day, write_input
    from azpost_desk.rehearsal.script import script

    app = application("az")
    garbage = GarbageOnMainThread(app)
    runner = Runner()
    hand = HandClock()
    scanner = ScannerFilter(app, read_scan, clock=hand)
    opened = {number: _open_window(here, number, clock, out) for number in here.folders}
    windows = {number: window for number, (window, _) in opened.items()}
    counters = {number: counter for number, (_, counter) in opened.items()}

    def heard(scan: Scan, raw: str, doubled: bool) -> None:
        for window in windows.values():
            if window.isActiveWindow():
                window.heard(scan, raw, doubled)

    def set_time(hh_mm: str) -> None:
        clock.set_time(hh_mm)
        for window in windows.values():
            window.tick()

    scanner.bus.scanned.connect(heard)
    outage = Outage(here.lines[1], clock)
    day = Day(windows, script(), hand, set_time, _outside(here, counters, outage), out, without)
    day.begin()
    app.exec()
    write_input(day.played, out)
    scanner.remove()
    for window in windows.values():
        window.close()
    runner.close()
    garbage.stop()
    return day.played, counters, outage.seconds


def _open_window(here: Town, number: int, clock: PlayClock, out: Path) -> tuple[Window, OpenCounter]:
    """The window of one desk over its own books; its pages go to `out`."""
    from azpost_desk.devices.card_terminals import EcrTerminal
    from azpost_desk.devices.printers import FolderPrinter
    from azpost_desk.devices.stand_ins import RecordedScale, RecordedSound
    from azpost_desk.gui.kit.words import Language
    from azpost_desk.gui.shell.window import Window
    from azpost_desk.programs.desk import Devices, make_ready, open_counter, signer_of

    devices = Devices(
        pages=FolderPrinter(out / "papers", kept_hours=None),
        sound=RecordedSound(),
        scale=RecordedScale(1_240),
        terminal=EcrTerminal(*here.terminals[number].address, purchase_ms=2_000, query_ms=2_000),
        signer=signer_of(f"file:{here.folder / CARD}"),
    )
    counter = open_counter(
        here.folders[number], here.lines[number].url, clock, devices, lambda: Language.current().code
    )
    wait_until(lambda: _supplied(counter), 30)
    window = Window()
    make_ready(window, counter)
    return window, counter


def _outside(here: Town, counters: dict[int, OpenCounter], outage: Outage) -> dict[str, Callable[[], object]]:
    """What may happen outside the windows, by the name the script gives it."""
    return {
        "line_1_down": outage.begin,
        "line_1_up": outage.end,
        "wake_1": counters[1].line.wake,
        "wake_2": counters[2].line.wake,
        "settle": here.centre.settle,
        "biller_refuses": lambda: here.provider.fail_next("result", code=5),
        "card_answer_lost": lambda: here.terminals[1].plan(["charge_silent"]),
        "partner_refuses": lambda: here.partners["tbilisi"].fail_next("reject", code="AC04"),
        "payer_pays": lambda: here.rail.pay(here.rail.open_requests()[-1].id),
        "biller_loses_answer": lambda: here.provider.fail_next("answer_lost"),
    }


def wait_until(holds: Any, seconds: float) -> None:
    """Wait on a condition of another thread. Raises TimeoutError."""
    import threading

    end = time.monotonic() + seconds
    pause = threading.Event()
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError("the demo's desk was not supplied in time")
        pause.wait(0.02)


def _supplied(counter: OpenCounter) -> bool:
    """Reference data, codes and numbers have come from the centre."""
    with counter.books.reading() as books:
        return books.codes_left() > 0 and books.item_numbers_left() > 0 and bool(books.officers())


def summarise(here: Town, counters: dict[int, OpenCounter], played: Played, out: Path) -> dict[str, Any]:
    """`summary.json` as interfaces.md writes it, from the books themselves; both sides are checked."""
    from msgspec import to_builtins

    from azpost_desk.central.checking import check as check_centre
    from azpost_desk.domain import operations as ops
    from azpost_desk.domain.reports import differences, together
    from azpost_desk.services.reports import day_figures

    kinds: Counter[str] = Counter()
    money = {"in": 0, "out": 0, "fees": 0, "cash_expected": 0, "cash_counted": 0, "difference": 0}
    sums, records, acknowledged = 0, 0, 0
    by_ledger, by_bodies = [], []
    for counter in counters.values():
        with counter.books.reading() as books:
            number = next((day.number for day in books.days() if day.state == "closed"), books.day().number)
            first, second, entries = day_figures(books, number)
            by_ledger.append(first)
            by_bodies.append(second)
            kinds.update(entry.recorded.kind for entry in entries)
            sums += sum(posting.amount.minor for _, posting in books.postings())
            records += books.head()[1]
        money["in"] += sum(row.in_qapik for row in first.services.values())
        money["out"] += sum(row.out_qapik for row in first.services.values())
        money["fees"] += sum(row.income_qapik for row in first.services.values())
        for entry in entries:
            if isinstance(entry.body, ops.TillClosed):
                money["cash_expected"] += entry.body.expected_qapik
                money["cash_counted"] += entry.body.counted_qapik
                money["difference"] += entry.body.difference_qapik
        last = counter.books.last_ack()
        acknowledged += last.sequence if last is not None else 0
    return {
        "version": VERSION,
        "seed": SEED,
        "steps": [{"name": p.name, "ok": p.ok, "seconds": round(p.ms / 1000, 2)} for p in played.parts],
        "operations": sum(kinds.values()),
        "by_kind": dict(sorted(kinds.items())),
        "money": {"AZN": money},
        "postings_sum": {"AZN": sums},
        "sync": {
            "records": records,
            "acknowledged": acknowledged,
            "bytes_up": sum(line.bytes_up for line in here.lines.values()),
            "bytes_down": sum(line.bytes_down for line in here.lines.values()),
        },
        "report": {
            "routine_a": to_builtins(together(by_ledger)),
            "routine_b": to_builtins(together(by_bodies)),
            "equal": not any(differences(a, b) for a, b in zip(by_ledger, by_bodies, strict=True)),
        },
        "checks": {
            "desks": all(map(_is_sound, here.folders.values())),
            "centre": all(one.ok for one in check_centre(here.dsn)),
        },
        "pictures": played.pictures,
        "papers": sorted(str(path.relative_to(out)) for path in (out / "papers").glob("*.pdf")),
        "failure": played.failure,
    }


def _with_partners(dsn: str, now_ms: int) -> dict[str, dict[str, Any]]:
    """Our account with each partner abroad: our book, its last statement, what stands between them."""
    from azpost_desk.central.checking import reconciled

    return {
        one.partner: {
            "currency": one.currency,
            "ledger": one.ledger,
            "statement": one.statement,
            "statements": one.statement_number,
            "open_items": len(one.items),
            "unexplained": one.unexplained,
        }
        for one in reconciled(dsn, now_ms)
    }


def _is_sound(folder: Path) -> bool:
    """Whether every invariant holds over the books of one desk and no page of them is damaged."""
    from azpost_desk.storage.checking import check_folder

    verdicts, damaged = check_folder(folder)
    return not damaged and all(verdict.ok for verdict in verdicts)
