"""The two journeys through real windows by keys and scans: to İstanbul in a bag, from Türkiye to ink."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication

from azpost_desk.central.mail import charges
from azpost_desk.domain.item_numbers import printed_item_number
from azpost_desk.domain.scans import read_scan
from azpost_desk.gui.kit.scanner import ScannerFilter
from azpost_desk.gui.kit.screens import Session
from azpost_desk.gui.kit.words import plain
from azpost_desk.gui.shell.frame import Frame
from azpost_desk.gui.shell.register import screens
from azpost_desk.gui.work.timers import HandClock
from azpost_desk.rehearsal.day import Day
from azpost_desk.rehearsal.mail_town import sell_mail_abroad
from azpost_desk.rehearsal.script_mail import bag_closed, bag_filled, bag_handed_over, sent_to_istanbul
from azpost_desk.rehearsal.steps import (
    AtDesk,
    Instruction,
    Outside,
    Picture,
    Remember,
    Scan,
    See,
    Sign,
    Type,
    keys,
)
from tests.gui.conftest import dressed as dressed
from tests.gui.conftest import qtbot as qtbot
from tests.gui.screens.conftest import runner as runner
from tests.stories.test_express import accept, becomes, events, states
from tests.stories.test_mail_bags import minute, tasks
from tests.stories.town import BAKU, GANJA

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.work.runner import Runner
    from tests.stories.town import Seat, Town

S9 = "AZBAKATRISTAAEN60001001010045"
FROM_TURKEY = "RR123456785TR"
GRAMS = 1_240
# Where an event stands in the list of an office, or of a hub; beyond nine by the arrow.
AT_OFFICE = {"EMG": "2", "EMI": "7"}
AT_HUB = {
    "EMD": "1", "EMF": "2", "EMC": "4", "EXA": "7", "EXC": "8",
    "EDB": "9 Down Down Down", "EDC": "9 Down Down Down Down", "EME": "9 Down Down Down Down Down",
}  # fmt: skip


class Hall:
    """The counters of both offices with their windows, and the one person who plays at them."""

    def __init__(self, bot: QtBot, runner: Runner, place: Town, seats: dict[int, Seat], folder: Path) -> None:
        self._runner, self._place, self._folder = runner, place, folder
        self._hand = HandClock()
        self._outside: dict[str, Callable[[], object]] = {"minute": self._minute, "sync": self._sync}
        for number, seat in seats.items():
            self._outside[f"line_{number}_down"] = seat.go_offline
            self._outside[f"line_{number}_up"] = seat.go_online
        self._frames = {number: self._frame(bot, seat) for number, seat in seats.items()}

    def _frame(self, bot: QtBot, seat: Seat) -> Frame:
        session = Session(seat.services, lambda _tone: None)
        session.officer, session.weigh = seat.clerk, lambda: GRAMS
        made = Frame(session, screens(), seat.line, lambda _paper, _sort: None, plain("Gəncə 2"), True)
        made.resize(1366, 768)
        bot.addWidget(made)
        return made

    def _minute(self) -> None:
        # For the books, and for the scanner's ear: a label scanned again is not one scan heard twice.
        minute(self._place)
        self._hand.advance(60_000)

    def _sync(self) -> None:
        # What one desk says becomes another one's news a round later.
        for _ in range(2):
            self._place.sync()
        self._runner.announce("line", "news")

    def play(self, *script: Instruction) -> None:
        """Every step holds, as on the played day."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        scanner = ScannerFilter(app, read_scan, clock=self._hand)

        def heard(scan: object, raw: str, doubled: bool) -> None:
            for frame in self._frames.values():
                if frame.isActiveWindow():
                    frame.heard(scan, raw, doubled)  # type: ignore[arg-type]

        scanner.bus.scanned.connect(heard)
        steps = [one for one in script if not isinstance(one, Picture)]
        day = Day(self._frames, steps, self._hand, lambda _time: None, self._outside, self._folder)
        day.begin()
        try:
            app.exec()
        finally:
            scanner.remove()
        assert not day.played.failure, day.played.failure


@pytest.fixture
def hub(place: Town, ganja: Seat, baku: Seat) -> Seat:
    """Bakı is the office of exchange here; everybody knows what goes abroad."""
    with place.centre.database.transaction() as conn:
        sell_mail_abroad(conn, place.clock.utc_ms())
    becomes(place, baku, BAKU, "exchange", "sorting")
    place.sync()
    return baku


@pytest.fixture
def hall(qtbot: QtBot, runner: Runner, place: Town, ganja: Seat, hub: Seat, tmp_path: Path) -> Hall:
    return Hall(qtbot, runner, place, {1: ganja, 2: hub}, tmp_path / "played")


def chosen(event: str, known: dict[str, str], come: str = "Ctrl+E") -> list[Instruction]:
    """The event by its place in the list; `come`: the keys that lead to the list from where one stands."""
    return [Outside("minute"), keys(f"{come} {known[event]} Enter")]


def scanned(event: str, item: str, known: dict[str, str], come: str = "Ctrl+E") -> list[Instruction]:
    """An event that asks nothing."""
    return [*chosen(event, known, come), Scan(item), See("Qeyd edildi")]


def sold_and_bagged() -> list[Instruction]:
    """In Gəncə off line, from the sale to the driver who has the bag."""
    return [
        AtDesk(1),
        Outside("line_1_down"),
        *sent_to_istanbul("0501234567"),
        Remember("item", r"(EE \d{3} \d{3} \d{3} AZ)"),
        Scan("{item}"),
        See("yarlıq yerindədir"),
        *chosen("EMG", AT_OFFICE, "F5"),
        Scan("{item}"),
        See("başqa"),
        Outside("minute"),
        keys("Ctrl+F5"),
        See("Poçt kisələri"),
        *bag_filled("1010", "Bakı 10", "{item}"),
        Remember("bag", r"(AZG \d{4} \d{4} \d{4})"),
        *bag_closed(1, "AZP-0012346"),
        *bag_handed_over("Rzayev Kamal"),
        Outside("minute"),
    ]


def opened_at_the_hub() -> list[Instruction]:
    """In Bakı, where nobody has heard of the bag yet."""
    return [
        AtDesk(2),
        keys("Ctrl+F5"),
        See("Poçt kisələri"),
        Scan("{bag}"),
        See("Kisə xəbərindən tez gəldi"),
        Outside("minute"),
        Scan("{bag}"),
        See("Siyahısı hələ yoxdur"),
        keys("Enter"),
        See("Kisədəki göndərişləri oxudun"),
        Outside("minute"),
        Scan("{item}"),
        See("AZ · tapılıb"),
        keys("Enter"),
        See("hamısı yerindədir"),
    ]


def test_from_gence_to_istanbul(place: Town, ganja: Seat, hub: Seat, hall: Hall) -> None:
    """Sold off line, its label scanned back, bagged, opened at the hub unheard of, shown to customs, gone."""
    before = accept(ganja, 400)
    ganja.services.labels.scan_back(before, ganja.clerk)
    hall.play(
        *sold_and_bagged(),
        *opened_at_the_hub(),
        Outside("line_1_up"),
        Outside("sync"),
        Outside("line_2_down"),
    )
    [(number,)] = place.ask("select number from items where number <> %s", before)
    assert tasks(place) == []
    assert states(place, number, ganja, hub) == {("outward", "desk")}
    hall.play(
        AtDesk(2),
        *scanned("EXA", number, AT_HUB, "F5 Ctrl+E"),
        *chosen("EXC", AT_HUB),
        Scan(number),
        See("Esc"),
        keys("1 Enter Enter"),
        See("Qeyd edildi"),
        *chosen("EMC", AT_HUB),
        Scan(number),
        Scan(S9),
        See(S9),
        Type("Quliyev Rauf"),
        keys("Enter Enter"),
        See("Qeyd edildi"),
        Outside("line_2_up"),
        Outside("sync"),
    )
    assert states(place, number, ganja, hub) == {("left", "other_post")}
    story = [("EMA", GANJA), ("EMB", BAKU), ("EXA", BAKU), ("EXC", BAKU), ("EMC", BAKU)]
    for seat in (ganja, hub):
        assert [one for one in events(seat, number) if one[0] not in ("bagged", "unbagged")] == story
    assert place.ask("select state from mail_bags") == [("done",)]


def through_customs() -> list[Instruction]:
    """At the hub: customs ask for the invoice, then for 12.50."""
    return [
        AtDesk(2),
        *scanned("EMD", FROM_TURKEY, AT_HUB, "F5"),
        *scanned("EDB", FROM_TURKEY, AT_HUB),
        *chosen("EME", AT_HUB),
        Scan(FROM_TURKEY),
        See("Esc"),
        keys("7 Enter Enter"),
        See("Qeyd edildi"),
        *chosen("EDC", AT_HUB),
        Scan(FROM_TURKEY),
        See("Esc"),
        keys("1 Enter"),
        Type("12,50"),
        keys("Enter Enter"),
        See("Qeyd edildi"),
        *chosen("EMF", AT_HUB),
        Scan(FROM_TURKEY),
        See("Esc"),
        Type("BAG-000123"),
        keys("Enter"),
        Type("Rauf"),
        keys("Enter Enter"),
        See("Qeyd edildi"),
        Outside("sync"),
    ]


def tried_in_vain() -> list[Instruction]:
    """Off line: a courier signs for it, finds nobody with the money, and brings it back."""
    return [
        Outside("line_1_down"),
        keys("Shift+F5 2 Enter"),
        See("Elvin"),
        Outside("minute"),
        Scan(FROM_TURKEY),
        See(printed_item_number(FROM_TURKEY)),
        Sign(),
        Type("1"),
        keys("Enter"),
        See("yola salındı"),
        Outside("minute"),
        keys("2 Enter"),
        Scan(FROM_TURKEY),
        See("necə oldu"),
        # Nobody brought the money: it is not delivered, it was tried.
        keys("Enter"),
        See("Əvvəlcə 12,50"),
        Outside("minute"),
        Scan(FROM_TURKEY),
        See("necə oldu"),
        Type("81"),
        Sign(),
        Type("1"),
        keys("Enter"),
        See("qəbul edildi"),
    ]


def paid_and_signed() -> list[Instruction]:
    """At the counter: what is due first, then the hand-over."""
    return [
        *chosen("EMI", AT_OFFICE, "F5 Ctrl+E"),
        Scan(FROM_TURKEY),
        See("Esc"),
        Type("AA1234567"),
        keys("Enter"),
        Type("Məmmədova Leyla"),
        Sign(),
        keys("Enter"),
        See("Əvvəlcə 12,50"),
        keys("Ctrl+D"),
        See("Səbətdədir"),
        keys("F10"),
        See("Müştəri nə qədər verdi?"),
        Type("20"),
        keys("Enter"),
        See("Qəbz"),
        Outside("minute"),
        Scan(FROM_TURKEY),
        See("Esc"),
        Type("AA1234567"),
        keys("Enter"),
        Type("Məmmədova Leyla"),
        Sign(),
        keys("Enter"),
        See("Qeyd edildi"),
    ]


def test_from_turkey_to_a_signature_in_gence(place: Town, ganja: Seat, hub: Seat, hall: Hall) -> None:
    """Customs want 12.50; a courier comes in vain; paid off line and signed for at the counter."""
    hall.play(
        *through_customs(),
        AtDesk(1),
        *scanned("EMG", FROM_TURKEY, AT_OFFICE, "F5"),
        Outside("sync"),
        *tried_in_vain(),
        *paid_and_signed(),
        Outside("line_1_up"),
        Outside("sync"),
    )
    assert states(place, FROM_TURKEY, ganja, hub) == {("delivered", "person")}
    with place.centre.database.transaction() as conn:
        [due] = charges.waiting(conn, "duty")
    assert (due.number, due.amount_qapik, due.office) == (FROM_TURKEY, 1_250, GANJA)
    assert place.ask("select reason from exceptions where ended_ms = 0") == []
