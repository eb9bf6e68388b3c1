"""A counter at work behind every screen's test: real books, real services, real lanes, a clerk signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.gui.kit.screens import Session
from azpost_desk.gui.kit.words import plain
from azpost_desk.gui.shell.frame import Frame
from azpost_desk.gui.shell.register import screens
from azpost_desk.gui.work.runner import Runner
from azpost_desk.services.counter import Counter
from azpost_desk.services.desk import desk_services
from tests.fakes.line import FakeLine
from tests.services.counters import (
    CLERK,
    MANAGER,
    MORNING_MS,
    PlainHasher,
    Stand,
    ended,
    press,
    stand_at_work,
)
from tests.storage.desks import FakeClock, first_news, new_desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Tone


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[Runner]:
    """The lanes; every answer has come and every thread has ended when the test is over."""
    made = Runner()
    yield made
    made.close()


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    """A desk whose day and till are open, 200 manat and some goods in the drawer."""
    made = stand_at_work(tmp_path / "desk")
    yield made
    ended(made)


@pytest.fixture
def tones() -> list[Tone]:
    """What the loudspeaker was asked to sound, in order."""
    return []


@pytest.fixture
def session(stand: Stand, runner: Runner, tones: list[Tone]) -> Session:
    """The clerk who holds the till is signed in; there is no scale until a test gives one."""
    made = Session(stand.desk, tones.append)
    made.officer = CLERK
    return made


@pytest.fixture
def whole(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Frame:
    """The frame with every screen, the manager at it, in front of everything else."""
    session.officer = MANAGER
    made = Frame(session, screens(), stand.line, lambda _paper, _sort: None, plain("Sumqayıt 2"), True)
    made.resize(1366, 768)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


@pytest.fixture
def branch_of_two(tmp_path: Path) -> Iterator[Stand]:
    """Desk 1 of a branch with two desks, before its day."""
    clock = FakeClock(now_ms=MORNING_MS)
    books = new_desk(tmp_path / "one-of-two", clock, told=False)
    books.store_news(first_news(desk_numbers=(1, 2)), 1)
    line = FakeLine(clock)
    yield Stand(books, clock, line, desk_services(Counter(books, clock, line), PlainHasher(), press))
    books.close()
