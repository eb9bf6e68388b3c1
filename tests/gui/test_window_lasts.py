"""The window stays up: what Qt's methods hand back must not use up Python's constants."""

from __future__ import annotations

import subprocess
import sys

import pytest

WEAR = """
from PySide6.QtCore import QObject, Signal
import azpost_desk.gui

class Bell(QObject):
    rang = Signal()

bell = Bell()
for _ in range({times}):
    bell.rang.emit()
    bell.setObjectName("bell")
    bell.parent()
print("still here")
"""


@pytest.mark.parametrize("times", [200_000])
def test_hundreds_of_thousands_of_calls_do_not_end_the_program(times: int) -> None:
    """Goal: PySide6 6.12.0 on Python 3.11 dies of some ten thousand calls; the window's room says why."""
    worn = subprocess.run(
        [sys.executable, "-c", WEAR.format(times=times)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (worn.returncode, worn.stdout.strip()) == (0, "still here"), worn.stderr
