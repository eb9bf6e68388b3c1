"""What every test relies on: a PostgreSQL of its own, a counter's screen, a guard against leftovers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from azpost_desk import places
from azpost_desk.central.storage.database import migrations

if TYPE_CHECKING:
    import pytest
    from pytestqt.qtbot import QtBot

pytest_plugins = ["pytester"]


def test_every_test_has_an_empty_database_of_its_own(postgres: str) -> None:
    with psycopg.connect(postgres) as connection:
        # Of the newest schema, and nobody has worked in it.
        assert connection.execute("SELECT max(number) FROM schema_number").fetchone() == (max(migrations()),)
        assert connection.execute("SELECT count(*) FROM centre").fetchone() == (0,)
        assert connection.execute("SELECT to_regclass('left_over')").fetchone() == (None,)
        connection.execute("CREATE TABLE left_over (number int)")


def test_the_next_test_sees_nothing_of_it(postgres: str) -> None:
    test_every_test_has_an_empty_database_of_its_own(postgres)


def test_the_screen_is_a_counters_screen(qtbot: QtBot) -> None:
    from PySide6.QtGui import QGuiApplication

    size = QGuiApplication.primaryScreen().size()
    assert (size.width(), size.height()) == (1366, 768)


def test_no_test_reaches_the_persons_own_data() -> None:
    assert places.data().is_relative_to(os.environ["AZPOST_TEST_RUN"])


def test_what_is_compiled_is_kept_for_the_next_worker_and_program() -> None:
    """Also for whoever wants none of it beside the sources; where it lies already, there it stays."""
    assert sys.dont_write_bytecode is False
    asked = "import sys; print(sys.dont_write_bytecode, sys.pycache_prefix)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", str(sys.pycache_prefix)]


def test_a_forgotten_window_or_thread_fails_its_test(pytester: pytest.Pytester) -> None:
    pytester.makeconftest((Path(__file__).parents[1] / "conftest.py").read_text("utf-8"))
    pytester.makepyfile(
        """
        import threading
        from PySide6.QtWidgets import QWidget

        kept = []

        def test_window(qtbot):
            kept.append(QWidget())

        def test_thread(qtbot):
            ended = threading.Event()
            kept.append(ended)
            threading.Thread(target=ended.wait, daemon=True).start()

        def test_clean(qtbot):
            widget = QWidget()
            qtbot.addWidget(widget)
            widget.show()
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=3, errors=2)
