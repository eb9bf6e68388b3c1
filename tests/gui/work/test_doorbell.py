"""U-04: a second start brings the first window up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.gui.work.doorbell import Doorbell, ring

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def test_a_second_start_rings_and_the_first_hears_it(qtbot: QtBot) -> None:
    rung: list[bool] = []
    bell = Doorbell(lambda: rung.append(True))
    assert ring(bell.port)
    qtbot.waitUntil(lambda: rung == [True])
    bell.close()


def test_nobody_opens_where_nobody_listens(qtbot: QtBot) -> None:
    bell = Doorbell(lambda: None)
    port = bell.port
    bell.close()
    assert not ring(port)
    assert not ring(0)
