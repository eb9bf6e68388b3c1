"""A desk whose transfer or item numbers run out says so before the last one, and counts down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.gui.kit.screens import Session
from azpost_desk.gui.kit.words import Language, say
from azpost_desk.gui.shell.status_strip import StatusStrip
from azpost_desk.gui.work.runner import Runner
from tests.services.counters import CLERK, Stand, ended, new_stand, working

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    made = working(new_stand(tmp_path / "desk"))
    yield made
    ended(made)


def test_the_last_numbers_are_counted_down(
    qtbot: QtBot, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    Language.current().choose("en")
    runner = Runner()
    session = Session(stand.desk, lambda tone: None)
    session.officer = CLERK
    said: list[str] = []
    monkeypatch.setattr(session, "notice", lambda words, *_: said.append(say(words)))
    strip = StatusStrip(session)
    qtbot.addWidget(strip)
    reads = 0

    def told(codes: int = 0, items: int = 0) -> list[str]:
        """What is said once so many numbers more have been used."""
        nonlocal reads
        with stand.books.writing() as books:
            for _ in range(codes):
                reads += 1
                books.take_transfer_code(f"t{reads}")
            for _ in range(items):
                reads += 1
                books.take_item_number(f"i{reads}", "EE")
        said.clear()
        strip.refresh()
        qtbot.waitUntil(lambda: runner.under_way == 0 and strip._limit.text() != "")
        return list(said)

    with stand.books.reading() as books:
        codes, items = books.codes_left(), books.item_numbers_left()
    assert told(codes - 11, items - 11) == []
    few = "{} numbers are running out, left: {}. New ones come when the line to the centre is back."
    assert told(1, 1) == [few.format("Transfer", 10), few.format("Item", 10)]
    # Said once for each number that is used, not at every look.
    assert told() == []
    assert told(codes=9) == [few.format("Transfer", 1)]
    assert told(codes=1) == [
        "The last transfer number is used: no transfer can be sent until the line to the centre is back."
    ]
    assert told() == []
    runner.close()
