"""Bench `start`: process start to sign-in painted to usable, against a bare Qt window in a fresh process."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central.clock import SystemClock
from azpost_desk.domain.catalogue import Branch, Officer, Offices, Settings, Staff
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.protocol.messages import Enrolled, News
from azpost_desk.protocol.news import Reference
from azpost_desk.rehearsal.town import GOODS, PLAYERS, TARIFFS, billers
from azpost_desk.storage.books import DeskBooks

if TYPE_CHECKING:
    from azpost_desk.domain.catalogue import Document

PAINTED_RATIO_MAX: Final = 3.0
USABLE_MS_MAX: Final = 900
RSS_MB_MAX: Final = 160
RUNS: Final = 9
# A window of nothing but Qt: says when it was painted and ends.
_BARE: Final = """
import sys, time
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication, QWidget
class Window(QWidget):
    def paintEvent(self, event):
        print(time.monotonic_ns() - int(sys.argv[1]), flush=True)
        QTimer.singleShot(0, app.quit)
app = QApplication([])
window = Window()
window.show()
app.exec()
"""


def start(runs: int = RUNS) -> dict[str, object]:
    """Measure pair by pair, warm; the first pair of each warms the page cache and is not counted."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        enrolled_desk(folder)
        pairs = [(_ours(folder), _bare()) for _ in range(runs + 1)][1:]
    painted = [ours["painted_ms"] for ours, _ in pairs]
    usable = [ours["usable_ms"] for ours, _ in pairs]
    rss = max(ours["rss_mb"] for ours, _ in pairs)
    limit = statistics.median(bare for _, bare in pairs)
    ratio = statistics.median(painted) / limit
    usable_p50 = statistics.median(usable)
    return {
        "bench": "start",
        "unit": "ms",
        "p50": round(statistics.median(painted), 1),
        "p99": round(max(painted), 1),
        "limit_name": "bare Qt window painted by a fresh process",
        "limit_p50": round(limit, 1),
        "ratio": round(ratio, 2),
        "runs": len(pairs),
        "budget": f"painted ≤ {PAINTED_RATIO_MAX:g} × limit, usable ≤ {USABLE_MS_MAX} ms, {RSS_MB_MAX} MB",
        "met": ratio <= PAINTED_RATIO_MAX and usable_p50 <= USABLE_MS_MAX and rss <= RSS_MB_MAX,
        "machine": f"{sys.platform}, {os.cpu_count()} cores",
        "usable_p50": round(usable_p50, 1),
        "rss_mb": round(rss, 1),
    }


def _surroundings() -> dict[str, str]:
    return {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}


def _ours(folder: Path) -> dict[str, float]:
    """One start of the real program up to the sign-in that can be used."""
    program = [sys.executable, "-m", "azpost_desk", "desk", "--data", str(folder), "--centre"]
    command = [*program, "http://127.0.0.1:9", "--measure-start", str(time.monotonic_ns())]
    done = subprocess.run(
        command, env=_surroundings(), capture_output=True, text=True, check=True, timeout=60
    )
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _bare() -> float:
    command = [sys.executable, "-c", _BARE, str(time.monotonic_ns())]
    done = subprocess.run(
        command, env=_surroundings(), capture_output=True, text=True, check=True, timeout=60
    )
    return int(done.stdout.splitlines()[0]) / 1_000_000


def enrolled_desk(folder: Path) -> None:
    """A desk with the demo branch's reference data, as it stands on any morning."""
    clock = SystemClock()
    key = SigningKey.new()
    who = Enrolled(
        desk="2002-1",
        number=1,
        branch="2002",
        branch_name="Gəncə 2",
        epoch=1,
        centre_epoch=1,
        centre_key=SigningKey.new().public(),
        grants_key=SigningKey.new().public(),
        time_ms=clock.utc_ms(),
        receipt_series=1,
        receipt_next=1,
        day_next=1,
    )
    officers = tuple(
        Officer(officer=one.officer, name=one.name, role=one.role, pin_hash="-") for one in PLAYERS
    )
    documents: list[tuple[str, Document]] = [
        ("branch", Branch(code="2002", name="Gəncə 2", address="", postcode="AZ2002")),
        ("offices", Offices()),
        ("staff", Staff(officers=officers)),
        ("tariffs", TARIFFS),
        ("goods", GOODS),
        ("billers", billers()),
        ("settings", Settings()),
    ]
    books = DeskBooks.create(folder, who, key, clock)
    news = [
        News(position, "reference", _reference(name, document))
        for position, (name, document) in enumerate(documents, start=1)
    ]
    books.store_news(news, 1)
    books.close()


def _reference(name: str, document: Document) -> bytes:
    content = msgspec.Raw(msgspec.json.encode(document))
    return msgspec.json.encode(Reference(name=name, version=1, valid_from="0001-01-01", content=content))
