"""The main window once somebody is signed in: rail, one box, work, basket, status strip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from azpost_desk.gui.kit.acts import acts, begun
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.field_frame import writes
from azpost_desk.gui.kit.labels import DataLabel, Label, State
from azpost_desk.gui.kit.lost_keys import put_where_it_belongs
from azpost_desk.gui.kit.notices import NoticeStrip
from azpost_desk.gui.kit.preflight import PreflightSheet
from azpost_desk.gui.kit.screens import Action
from azpost_desk.gui.kit.standing import StandingNotice
from azpost_desk.gui.kit.words import Say, follow, language, phrase, say
from azpost_desk.gui.shell.asking import Asking
from azpost_desk.gui.shell.basket_panel import BasketPanel
from azpost_desk.gui.shell.break_watch import BreakWatch
from azpost_desk.gui.shell.first_place import first_place
from azpost_desk.gui.shell.help_sheet import HelpSheet
from azpost_desk.gui.shell.label_watch import TOPICS as LABEL_TOPICS
from azpost_desk.gui.shell.label_watch import LabelWatch
from azpost_desk.gui.shell.lamp import BooksLamp, BooksSheet
from azpost_desk.gui.shell.lesson_strip import LessonStrip
from azpost_desk.gui.shell.line_panel import LinePill, QueueSheet
from azpost_desk.gui.shell.number_watch import TOPICS as NUMBER_TOPICS
from azpost_desk.gui.shell.number_watch import NumberWatch
from azpost_desk.gui.shell.officer_menu import WhoLabel, next_language, next_theme
from azpost_desk.gui.shell.one_box import Answers, OneBox
from azpost_desk.gui.shell.printing import Printing
from azpost_desk.gui.shell.rail import Rail
from azpost_desk.gui.shell.register import FRAME_KEYS
from azpost_desk.gui.shell.side_drawer import SideDrawer
from azpost_desk.gui.shell.status_strip import StatusStrip
from azpost_desk.gui.work.guards import guarded
from azpost_desk.gui.work.runner import Notice, Operation, Runner

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from azpost_desk.domain.scans import Scan
    from azpost_desk.gui.kit.screens import Screen, Session
    from azpost_desk.gui.shell.papers_drawer import PapersDrawer
    from azpost_desk.services.licences import Permitted
    from azpost_desk.services.papers import Printer
    from azpost_desk.services.ports import Line
    from azpost_desk.services.views import Basket, PrintJob


_WIDE_PX: Final = 1200
_STATES: Final[dict[str, State]] = {"good": "good", "warn": "warn", "bad": "bad"}


class Frame(QWidget):
    """The frame around the screens. One per signed-in officer; locking hides it, the basket stays.

    Signals are the session's; the window owns sign-in and lock.
    """

    def __init__(
        self,
        session: Session,
        screens: list[type[Screen]],
        line: Line,
        printer: Printer,
        where: Say,
        demo: bool,
    ) -> None:
        super().__init__()
        self.setProperty("role", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session, self._line = session, line
        self._kinds = screens
        self._made: dict[str, Screen] = {}
        self._pages: dict[str, QScrollArea] = {}
        self._current: Screen | None = None
        self._papers: PapersDrawer | None = None
        self._brand = Label("frame.brand", "brand")
        self._rail = Rail([kind for kind in screens if kind.key and session.may(kind.permission)])
        self.box = OneBox()
        self.pill = LinePill(line)
        self.lamp = BooksLamp(session)
        self.who = WhoLabel()
        self.menu = Button("frame.menu.title", FRAME_KEYS["frame.keys.menu"], role="quiet", bind=False)
        follow(self.menu, lambda: self.menu.setAccessibleName(say("frame.keys.menu")))
        self.strip = StatusStrip(session)
        self.notices = NoticeStrip(follows_acts=True)
        self.day_left = StandingNotice(self)
        self.numbers = NumberWatch(self, session)
        self.labels = LabelWatch(self, session)
        self.basket = BasketPanel(session)
        self._work = QStackedWidget()
        self._drawer = SideDrawer(self, self._rail)
        self._side = self._drawer.panels
        self._side.addWidget(self.basket)
        self._build(where, demo)
        self.answers = Answers(self)
        places = (self.box, self.answers, self.notices)
        self.asking = Asking(self, session, screens, places, self.current)
        self.queue = QueueSheet(self, line)
        self.books = BooksSheet(self, self.lamp)
        self.help = HelpSheet(self)
        self._printing = Printing(self, session, printer)
        self._watch = BreakWatch(self, session, line, self.notices)
        self._connect()
        self._keys()
        self.load_basket()

    def _build(self, where: Say, demo: bool) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._top(where))
        lessons = self._session.lessons
        self.lesson = LessonStrip(lessons) if lessons is not None else None
        if self.lesson is not None:
            whole.addWidget(self.lesson)
        elif demo:
            whole.addWidget(_demo_strip())
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._rail)
        centre = QVBoxLayout()
        centre.setContentsMargins(24, 16, 24, 16)
        centre.setSpacing(8)
        centre.addWidget(self.day_left)
        centre.addWidget(self.numbers)
        centre.addWidget(self.labels)
        centre.addWidget(self.notices)
        centre.addWidget(self._work, 1)
        middle.addLayout(centre, 1)
        self._drawer.stand_in(middle)
        whole.addLayout(middle, 1)
        whole.addWidget(self.strip)

    def _top(self, where: Say) -> QWidget:
        top = QFrame()
        top.setProperty("role", "topbar")
        top.setFixedHeight(52)
        row = self._row = QHBoxLayout(top)
        row.setContentsMargins(16, 0, 16, 0)
        self._brand.setFixedWidth(168)
        row.addWidget(self._brand)
        self.box.setMaximumWidth(520)
        row.addWidget(self.box, 3)
        row.addStretch()
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addStretch()
        names.addWidget(DataLabel(where, "body"), 0, Qt.AlignmentFlag.AlignRight)
        names.addWidget(self.who, 0, Qt.AlignmentFlag.AlignRight)
        names.addStretch()
        row.addLayout(names)
        row.addWidget(self.menu)
        row.addWidget(self._drawer.handle)
        row.addWidget(self.lamp)
        row.addWidget(self.pill)
        return top

    def _connect(self) -> None:
        session, runner = self._session, Runner.current()
        self._rail.asked.connect(self.show_screen)
        session.opened.connect(self.show_screen)
        session.noticed.connect(self._on_noticed)
        session.taken_back.connect(self.notices.end)
        session.offered.connect(self.asking.offer)
        session.basket_changed.connect(self._on_basket)
        session.paper_waits.connect(self.print_waiting)
        session.print_asked.connect(self._printing.print_once)
        session.counting.connect(self.strip.keep_blind)
        runner.noticed.connect(self._on_outcome)
        runner.changed.connect(self._on_changed)
        # What the books put into words is read again; sentences of the kit have changed by themselves.
        language().changed.connect(self._on_language)
        self.basket.paid.connect(self._on_paid)
        self.box.left.connect(self._back_to_work)
        self.answers.left.connect(self._back_to_work)
        self.pill.clicked.connect(self.open_queue)
        self.lamp.clicked.connect(self.books.show_found)
        self.queue.reprint.clicked.connect(self._on_reprint)
        self.strip.help.clicked.connect(self.open_help)
        self.strip.papers.clicked.connect(self.open_papers)

    def _keys(self) -> None:
        keys: dict[str, Callable[[], object]] = {
            "frame.keys.help": self.open_help,
            "frame.keys.basket": self._show_lines,
            "frame.keys.pay": self._pay,
            "frame.keys.box": self._on_box,
            "frame.keys.language": self._next_language,
            "frame.keys.theme": next_theme,
            "frame.keys.queue": self.open_queue,
            "frame.keys.books": self.books.show_found,
            "frame.keys.papers": self.open_papers,
            "frame.keys.open_scan": self.asking.do_offered,
            "recovery.tray.park": self.basket.tray.park,
            "recovery.tray.title": self.basket.tray.open_tray,
            "preflight.look": lambda: PreflightSheet(self, self._session).ask(),
        }
        for name, act in keys.items():
            QShortcut(QKeySequence(FRAME_KEYS[name]), self, act if name in _NO_ACTS else begun(act))

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        """On a narrow screen (a large scale) the rail keeps icons and keys, the work gets the room."""
        super().resizeEvent(event)
        narrow = self.width() < _WIDE_PX
        self._rail.fit(narrow)
        self._brand.setVisible(not narrow)
        self._row.setSpacing(8 if narrow else 16)
        self.menu.say("" if narrow else "frame.menu.title")
        self.box.setMinimumWidth(150 if narrow else 200)
        self.strip.fit(narrow)
        self._drawer.fit(narrow)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A letter that nobody took goes to the field that waits for it, or is said."""
        if not writes(event):
            super().keyPressEvent(event)
            return
        page, focus = self._current, QApplication.focusWidget()
        in_hand = page is not None and (focus is None or focus.isAncestorOf(page) or page.isAncestorOf(focus))
        if page is None or not in_hand or not put_where_it_belongs(event, page):
            self.notices.show_notice(phrase("kit.key.lost", text=event.text()), "neutral")

    # --- screens -----------------------------------------------------------------------------------------

    def show_screen(self, name: str, argument: object = None) -> None:
        """Show a screen; what was typed on the one before stays there."""
        screen = self._made.get(name) or self._make(name)
        if screen is None:
            return
        self._current = screen
        self._work.setCurrentWidget(self._pages[name])
        side = screen.side()
        if side is not None and self._side.indexOf(side) < 0:
            self._side.addWidget(side)
        self._side.setCurrentWidget(side or self.basket)
        self._rail.show_current(name)
        self.notices.clear()
        screen.enter(argument)

    def current(self) -> Screen | None:
        """The screen in hand."""
        return self._current

    def is_dirty(self) -> bool:
        """Whether something typed on any screen is neither in the basket nor on the disk yet."""
        return any(screen.is_dirty() for screen in self._made.values())

    def first_screen(self) -> None:
        """Where a day begins (see `first_place`)."""
        session, rail = self._session, tuple(self._rail.buttons)
        Operation(self, lambda: first_place(session, rail)).succeeded(self.show_screen).start()

    def _make(self, name: str) -> Screen | None:
        kind = next((one for one in self._kinds if one.name == name), None)
        if kind is None or not self._session.may(kind.permission):
            return None
        screen = kind(self._session)
        for action in screen.actions_here():
            if action.act is not None and self._session.may(action.permission):
                shortcut = QShortcut(QKeySequence(action.key), screen, begun(action.act))
                shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        self._made[name] = screen
        # On a small screen a tall page scrolls instead of pushing the strip out of sight.
        page = QScrollArea()
        page.setWidgetResizable(True)
        page.setFrameShape(QFrame.Shape.NoFrame)
        page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page.setProperty("role", "scrolled")
        screen.setProperty("role", "scrolled")
        page.setWidget(screen)
        self._pages[name] = page
        self._work.addWidget(page)
        return screen

    # --- scans and the one box ---------------------------------------------------------------------------

    def heard(self, scan: Scan, raw: str, doubled: bool) -> None:
        """A scan from anywhere in the program: the screen first, then the one box finds what it is."""
        acts().began.emit(None)
        self._session.scanned_ms = self._session.services.counter.clock.utc_ms()
        current = self._current
        taken = current is not None and (current.heard(scan, doubled) or current.claimed(raw, doubled))
        if not doubled:
            grams = current.weighed_grams() if current is not None else 0
            self.labels.heard(scan, taken, lambda: self.asking.ask(raw, from_scan=scan), grams)

    def _on_box(self) -> None:
        self.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.box.selectAll()

    def _back_to_work(self) -> None:
        if self._current is not None:
            self._current.setFocus()
            self._current.focusNextChild()

    # --- basket, paper, notices ----------------------------------------------------------------------------

    def load_basket(self) -> None:
        """Show the basket that is stored: it survives lock, restart and power cut."""
        baskets = self._session.services.baskets
        Operation(self.basket, baskets.current).succeeded(self._session.basket_changed.emit).start()

    def _on_paid(self, _paid: object) -> None:
        """The next customer starts where this one ended."""
        self.print_waiting()
        if self._current is not None:
            self._current.enter()

    def _show_lines(self) -> None:
        own = self._current.side() if self._current is not None else None
        if own is not None and self._drawer.closed:
            # On a narrow screen the first press shows what belongs to the work, the next one the basket.
            self._side.setCurrentWidget(own)
            self._drawer.show_open(True)
            return
        self._drawer.toggle()
        self._side.setCurrentWidget(self.basket)
        self.basket.focus_lines()

    def _pay(self) -> None:
        """F10 from any screen: the basket comes to the side first, so that nothing is paid unseen."""
        if self._current is None or self.basket.cash.isVisible():
            self._pay_basket()
        else:
            self._current.finish(self._pay_basket)

    def _pay_basket(self) -> None:
        self._drawer.show_open(True)
        self._side.setCurrentWidget(self.basket)
        self.basket.pay()

    def _on_basket(self, basket: Basket | None) -> None:
        if self._current is not None and self._current.side() is None:
            self._side.setCurrentWidget(self.basket)
        self._drawer.show_basket(basket)
        self.strip.refresh()

    def print_waiting(self) -> None:
        """Print what is owed."""
        self._printing.print_waiting()

    def open_papers(self) -> None:
        """What this desk made today."""
        if self._papers is None:
            # It shows pages: loaded only once somebody looks.
            from azpost_desk.gui.shell.papers_drawer import PapersDrawer

            self._papers = PapersDrawer(self, self._session)
            self._papers.queued.connect(self._on_queued_again)
        self._papers.ask()

    def _on_queued_again(self) -> None:
        if self._papers is not None:
            self._papers.close_sheet()
        self.print_waiting()

    def _on_reprint(self) -> None:
        papers, by = self._session.services.papers, self._session.by

        def again() -> None:
            for job in papers.waiting():
                if job.state != "waiting":
                    papers.retry(job, by)

        Operation(self.queue.reprint, again).succeeded(lambda _none: self._reprinted()).start()

    def _reprinted(self) -> None:
        self.queue.close_sheet()
        self.print_waiting()

    def open_queue(self) -> None:
        """The queue behind the pill."""
        papers, clock = self._session.services.papers, self._session.services.counter.clock

        def show(jobs: list[PrintJob]) -> None:
            self.queue.refresh(jobs, clock.utc_ms())
            self.queue.open(self.queue.retry)

        Operation(self.pill, papers.waiting).succeeded(show).start()

    def open_help(self) -> None:
        """The keys that work here, and what this branch may sell."""
        here = self._current.actions_here() if self._current else []
        rail = [Action(k.name, k.words, k.key) for k in self._kinds if k.name in self._rail.buttons]
        everywhere = [Action(name, name, key) for name, key in FRAME_KEYS.items()]

        def show(licences: list[Permitted]) -> None:
            self.help.refresh(here, rail + everywhere, licences)
            self.help.open()

        Operation(self.strip, self._session.services.licences.today).succeeded(show).start()

    def _on_noticed(self, words: Say, state: str, code: str) -> None:
        self.notices.show_notice(words, _STATES.get(state, "neutral"), code)

    def _on_outcome(self, notice: Notice) -> None:
        """What no screen asked to show: a refusal or a trouble by its sentence, a fault by its number."""
        if notice.kind == "incident":
            self.notices.show_notice(phrase("frame.incident", number=notice.code), "bad", notice.code)
        else:
            key = phrase(f"refusal.{notice.code}", **notice.facts)
            self.notices.show_notice(key, "bad" if notice.kind != "confirm" else "warn", notice.code)

    def _on_changed(self, topics: frozenset[str]) -> None:
        self.strip.refresh()
        self.line_changed()
        if topics & NUMBER_TOPICS:
            self.numbers.look()
        if topics & LABEL_TOPICS:
            self.labels.look()
        # What the centre said may owe a paper: the statement of a notice.
        if topics & {"paper", "news"}:
            self.print_waiting()
        if "day" in topics:
            self.lamp.day_changed()

    def line_changed(self) -> None:
        """The line or the queue moved."""
        self.pill.refresh()
        self._watch.look()

    def show_who(self, words: Say) -> None:
        """Who is signed in and which business day it is."""
        self.who.say(words)

    # --- looks ---------------------------------------------------------------------------------------------

    def _next_language(self) -> None:
        language().choose(next_language(language().code))

    def _on_language(self) -> None:
        Runner.current().announce("language")


# These change how the screen looks, and that is all.
_NO_ACTS: Final = frozenset({"frame.keys.language", "frame.keys.theme", "frame.keys.open_scan"})


def _demo_strip() -> QWidget:
    strip = QFrame()
    strip.setProperty("role", "demo")
    row = QHBoxLayout(strip)
    row.setContentsMargins(16, 2, 16, 2)
    row.addWidget(Label("frame.demo"), 0, Qt.AlignmentFlag.AlignCenter)
    return strip
