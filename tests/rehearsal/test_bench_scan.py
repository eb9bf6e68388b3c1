"""The bench of scans measures what a clerk waits for, on a real desk, and says what it found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.rehearsal.bench_scan import scan

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


def test_a_line_of_figures_that_hang_together(qapp: QApplication) -> None:
    told = scan(qapp, paced=12, burst=20)
    assert (told["bench"], told["runs"]) == ("scan", 12)
    assert 0 < told["limit_p50"] < told["p50"] <= told["p99"]
    assert told["per_second"] > 0
    assert told["met"] == (told["p99"] <= 20 and told["per_second"] >= 120)
