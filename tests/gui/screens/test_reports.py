"""The reports screen: the same figures as the paper, who still has to close, closing once, stored bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.papers import DailyReportPaper
from azpost_desk.gui.kit.screens import Session
from azpost_desk.gui.kit.words import language
from azpost_desk.gui.screens.reports import form
from azpost_desk.gui.screens.reports.screen import ReportsScreen
from azpost_desk.gui.screens.reports.supplementing import SupplementBar
from azpost_desk.gui.shell.register import FRAME_KEYS, screens
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.mail_today import MailLine
from tests.gui.screens.hands import Hands
from tests.gui.screens.walking import hold_enter, nameless
from tests.services.counters import CLERK, MANAGER, SUPERVISOR, Stand, new_stand
from tests.services.test_labels import accepted
from tests.services.test_supplements import bill_refused_after_the_close
from tests.storage.desks import DATE

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.work.runner import Runner

LINES = ("accepted", "delivered", "rounds_out", "labels", "due_back", "bags_late", "charge_cod")
CTRL = Qt.KeyboardModifier.ControlModifier


class Office(Hands):
    """The manager at the day's report; `printed` is what went to the frame's printer."""

    def __init__(
        self, qtbot: QtBot, runner: Runner, session: Session, stand: Stand, kind: type[ReportsScreen]
    ) -> None:
        self.printed: list[object] = []
        session.print_asked.connect(self.printed.append)
        super().__init__(qtbot, runner, session, stand, kind)

    @property
    def screen(self) -> ReportsScreen:
        screen = self.frame.current()
        assert isinstance(screen, ReportsScreen)
        return screen

    def words(self) -> str:
        """Everything that can be read in the middle and at the right."""
        labels = self.frame.findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisible())

    def again(self) -> None:
        """Enter the screen once more."""
        self.frame.show_screen("reports")
        self.settle()


@pytest.fixture
def office(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Office:
    stand.desk.shop.sell(SellGoods("ST-60", 10), CLERK)
    stand.pay(1_000)
    session.officer = MANAGER
    return Office(qtbot, runner, session, stand, ReportsScreen)


def counted(stand: Stand) -> None:
    stand.desk.tills.close(CLERK, {1_000: 20, 500: 1, 100: 1})


def test_the_screen_shows_what_the_paper_says(office: Office, stand: Stand) -> None:
    picture = form.look(stand.desk, MANAGER)
    rows = office.screen.services.rows.records
    assert [row.title for row in rows[:-1]] == [row.title for row in picture.paper.services]
    assert rows[-1].is_total
    assert (rows[-1].count, rows[-1].net) == (1, azn(600))
    read = office.words()
    texts = language().texts
    assert texts.money(azn(20_600)) in read
    assert texts.t("reports.screen.at", time=texts.time(stand.clock.utc_ms())) in read
    assert texts.t("reports.screen.open_tills", count=2) in read
    # Two desks, and the other one has not closed: the chart says whose hours it lacks.
    assert texts.t("reports.screen.chart_without", desks="2") in read


def test_each_line_of_mail_opens_the_screen_where_it_is_dealt_with(office: Office, stand: Stand) -> None:
    """Keys: the line by an arrow, Enter."""
    assert office.screen.mail.rows.records == []
    accepted(stand)
    office.again()
    office.settle()
    mail = office.screen.mail
    shown = [(one.count, one.place) for one in mail.rows.records]
    assert shown == [(1, "express"), (1, "express")]
    opened: list[str] = []
    office.screen.session.opened.connect(lambda name, _argument: opened.append(name))
    mail.setFocus()
    office.press(Qt.Key.Key_Down)
    office.press(Qt.Key.Key_Return)
    assert opened == ["express"]
    assert {MailLine(name, 1).place for name in LINES} <= {one.name for one in screens()}


def test_an_open_till_keeps_the_day_open_and_says_so(office: Office, stand: Stand) -> None:
    assert language().texts.refusal("C-031") in office.words()
    office.press(Qt.Key.Key_E, CTRL)
    assert stand.desk.days.current().state == "open"


def test_closing_the_day_is_a_key_and_enter_once(office: Office, stand: Stand) -> None:
    counted(stand)
    office.again()
    office.press(Qt.Key.Key_E, CTRL)
    assert stand.desk.days.current().state == "open"
    hold_enter(office.frame)
    office.settle()
    assert stand.desk.days.current().state == "closed"
    assert len(stand.bodies(ops.DayClosed)) == 1
    assert language().texts.t("reports.screen.already") in office.words()
    with stand.books.reading() as books:
        assert [job.paper for job in books.print_jobs() if job.paper == "report"] == ["report"]


def test_leaving_the_question_closes_nothing(office: Office, stand: Stand) -> None:
    counted(stand)
    office.again()
    before = stand.records()
    office.press(Qt.Key.Key_E, CTRL)
    office.press(Qt.Key.Key_Escape)
    assert stand.records() == before


def test_the_interim_report_goes_to_the_printer(office: Office) -> None:
    office.press(Qt.Key.Key_P, CTRL)
    assert len(office.printed) == 1
    paper = office.printed[0]
    assert isinstance(paper, DailyReportPaper)
    assert paper.stage == "interim"


def test_a_past_day_is_shown_and_printed_as_it_was_stored(office: Office, stand: Stand) -> None:
    counted(stand)
    stand.desk.reports.close_day(MANAGER, stand.desk.press)
    stored = stand.desk.reports.stored(MANAGER, DATE)
    office.again()
    office.press(Qt.Key.Key_O, CTRL)
    office.type("23112026\n")
    office.press(Qt.Key.Key_P, CTRL)
    assert office.printed == [stored]


def test_a_day_without_a_report_is_refused_beside_the_date(office: Office) -> None:
    office.press(Qt.Key.Key_O, CTRL)
    office.type("01.11.2026\n")
    assert office.screen.panel.date.error_text() == language().texts.refusal("R-003", date="2026-11-01")


def test_a_desk_never_heard_of_makes_it_provisional(
    qtbot: QtBot, runner: Runner, branch_of_two: Stand
) -> None:
    branch_of_two.desk.days.open(MANAGER, DATE)
    session = Session(branch_of_two.desk, lambda _tone: None)
    session.officer = MANAGER
    read = Office(qtbot, runner, session, branch_of_two, ReportsScreen).words()
    assert language().texts.t("report.missing.never", desk=2) in read
    assert language().texts.t("reports.screen.standing.silent") in read


def test_a_supervisor_looks_but_does_not_close(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    session.officer = SUPERVISOR
    office = Office(qtbot, runner, session, stand, ReportsScreen)
    assert not office.screen.panel.close_day.isVisible()
    assert "reports.screen.close" not in [action.name for action in office.screen.actions_here()]


def test_before_the_first_day_it_says_so(qtbot: QtBot, runner: Runner, tmp_path: Path) -> None:
    stand = new_stand(tmp_path / "new")
    session = Session(stand.desk, lambda _tone: None)
    session.officer = MANAGER
    office = Office(qtbot, runner, session, stand, ReportsScreen)
    assert language().texts.refusal("R-001") in office.words()
    stand.books.close()


def test_every_widget_that_takes_the_keyboard_has_a_name(office: Office) -> None:
    assert nameless(office.frame) == []


def test_keys_are_one_each_and_none_is_the_frames(office: Office) -> None:
    keys = [action.key for action in office.screen.actions_here()]
    assert len(keys) == len(set(keys))
    assert not set(keys) & set(FRAME_KEYS.values())


def test_what_came_after_the_close_is_shown_and_made_a_supplement(office: Office, stand: Stand) -> None:
    bill_refused_after_the_close(stand)
    office.again()
    office.press(Qt.Key.Key_O, CTRL)
    office.type("23112026\n")
    [bar] = office.frame.findChildren(SupplementBar)
    assert bar.issue.isEnabled()
    office.press(Qt.Key.Key_N, CTRL)
    assert stand.desk.supplements.made(MANAGER, DATE) == (1,)
    assert not bar.issue.isEnabled()
    bar.document.fill("1")
    office.settle()
    office.press(Qt.Key.Key_P, CTRL)
    assert office.printed == [stand.desk.supplements.stored(MANAGER, DATE, 1)]


def test_a_figure_of_the_day_is_disputed_and_stands_on_the_report(office: Office, stand: Stand) -> None:
    office.press(Qt.Key.Key_D, CTRL)
    office.type("Bu rəqəm düz deyil\n")
    [dispute] = stand.desk.reports.interim(MANAGER).disputes
    assert (dispute.figure, dispute.date, dispute.unit) == ("report.opening", DATE, "qapik")


def test_a_surprise_count_stands_among_what_the_day_leaves_open(
    qtbot: QtBot, runner: Runner, stand: Stand
) -> None:
    stand.desk.counts.surprise(SUPERVISOR, {1_000: 19})
    session = Session(stand.desk, lambda _tone: None)
    session.officer = MANAGER
    read = Office(qtbot, runner, session, stand, ReportsScreen)
    [matter] = read.screen.matters.rows.records
    assert (matter.kind, matter.amount) == ("count", azn(-1_000))
