"""What desk.toml says of the scanner is taken when it makes sense, and never keeps a counter closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.programs.desk import scanner_gap_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.fast


def test_without_a_file_or_a_line_the_gap_is_the_usual_one(tmp_path: Path) -> None:
    assert scanner_gap_of(tmp_path) == 0
    (tmp_path / "desk.toml").write_text('pages = "folder"\n', encoding="utf-8")
    assert scanner_gap_of(tmp_path) == 0


@pytest.mark.parametrize(
    ("said", "gap_ms"),
    [("60", 60), ("10", 10), ("150", 150), ("9", 0), ("1000", 0), ('"60"', 0), ("true", 0)],
)
def test_a_slow_scanner_is_told_of_within_bounds(
    tmp_path: Path, said: str, gap_ms: int, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "desk.toml").write_text(f"scanner_gap_ms = {said}\n", encoding="utf-8")
    assert scanner_gap_of(tmp_path) == gap_ms
    assert bool(gap_ms) != ("scanner_gap_ms must be 10 to 150" in caplog.text)
