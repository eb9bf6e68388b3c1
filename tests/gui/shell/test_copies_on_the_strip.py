"""The strip says how old the copies are, and in other words when somebody has to look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.gui.kit.screens import Session
from azpost_desk.gui.kit.words import Language
from azpost_desk.gui.shell.status_strip import StatusStrip
from azpost_desk.gui.work.runner import Runner
from azpost_desk.services.copies import BACKUP_AGE_MAX_MS, Copies
from azpost_desk.services.desk import desk_services
from tests.services.counters import CLERK, PlainHasher, Stand, ended, press, stand_at_work

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

HOUR_MS = 3_600_000


class Source:
    """A copy that is as it is told to be."""

    def __init__(self) -> None:
        self.told = (0, "")

    def state(self) -> tuple[int, str]:
        return self.told


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    made = stand_at_work(tmp_path / "desk")
    yield made
    ended(made)


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[Runner]:
    made = Runner()
    yield made
    made.close()


@pytest.fixture
def sources() -> tuple[Source, Source]:
    return Source(), Source()


@pytest.fixture
def strip(qtbot: QtBot, stand: Stand, runner: Runner, sources: tuple[Source, Source]) -> StatusStrip:
    at = stand.desk.counter
    session = Session(
        desk_services(at, PlainHasher(), press, copies=Copies(at.line, *sources)), lambda tone: None
    )
    session.officer = CLERK
    made = StatusStrip(session)
    qtbot.addWidget(made)
    made.resize(1366, 28)
    made.show()
    return made


def shown(qtbot: QtBot, strip: StatusStrip, runner: Runner) -> tuple[str, str]:
    strip.refresh()
    qtbot.waitUntil(lambda: runner.under_way == 0 and strip._limit.text() != "")
    return strip._backup.text(), strip._second.text()


def test_a_fresh_copy_is_told_with_its_time_and_an_old_one_in_other_words(
    qtbot: QtBot, strip: StatusStrip, runner: Runner, stand: Stand, sources: tuple[Source, Source]
) -> None:
    Language.current().choose("en")
    backups, second = sources
    now_ms = stand.clock.utc_ms()
    assert shown(qtbot, strip, runner) == ("No backup yet", "No second disk")
    backups.told, second.told = (now_ms, ""), (now_ms, "")
    backup, other = shown(qtbot, strip, runner)
    assert backup.startswith("Backup ")
    assert other.startswith("Second disk ")
    assert strip._backup.property("tone") != "bad"
    backups.told = (now_ms - BACKUP_AGE_MAX_MS - HOUR_MS, "")
    second.told = (now_ms, "no space left")
    backup, other = shown(qtbot, strip, runner)
    assert backup.startswith("No backup since ")
    assert other.startswith("Second disk silent since ")
    assert [label.property("tone") for label in (strip._backup, strip._second)] == ["bad", "bad"]


@pytest.mark.parametrize("language", ["az", "ru", "en"])
def test_the_longest_words_fit_on_a_narrow_screen(
    qtbot: QtBot,
    strip: StatusStrip,
    runner: Runner,
    stand: Stand,
    sources: tuple[Source, Source],
    language: str,
) -> None:
    Language.current().choose(language)
    old_ms = stand.clock.utc_ms() - 3 * BACKUP_AGE_MAX_MS
    sources[0].told, sources[1].told = (old_ms, "x"), (old_ms, "x")
    shown(qtbot, strip, runner)
    assert strip.minimumSizeHint().width() <= 1366


@pytest.fixture
def bare(qtbot: QtBot, stand: Stand, runner: Runner) -> StatusStrip:
    """The strip of a desk for which no copies are set up."""
    session = Session(stand.desk, lambda tone: None)
    session.officer = CLERK
    made = StatusStrip(session)
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_desk_without_copies_says_nothing_of_them(qtbot: QtBot, bare: StatusStrip, runner: Runner) -> None:
    assert shown(qtbot, bare, runner) == ("", "")
    assert not bare._backup.isVisible()
