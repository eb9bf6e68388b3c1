"""The window: the sign-in page first, painted before anything heavy is loaded; then the frame; lock over
it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QInputEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QStackedWidget

from azpost_desk.gui.kit.theme import Theme
from azpost_desk.gui.kit.words import Say, language, phrase, plain, refusal, say
from azpost_desk.gui.shell.officer_menu import OfficerMenu, PinSheet
from azpost_desk.gui.shell.register import FRAME_KEYS, screens
from azpost_desk.gui.shell.sign_in import SignIn, where_words
from azpost_desk.gui.work.guards import guarded
from azpost_desk.gui.work.runner import Notice, Operation, Runner
from azpost_desk.gui.work.timers import Repeating
from azpost_desk.services.looks import Looks, look_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QCloseEvent, QKeyEvent

    from azpost_desk.domain.scans import Scan
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.shell.customer_window import CustomerWindow
    from azpost_desk.gui.shell.frame import Frame
    from azpost_desk.services.counter import Officer
    from azpost_desk.services.papers import Printer
    from azpost_desk.services.views import Day, OfficerAtDesk

_INPUT = (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin)


class Window(QStackedWidget):
    """Sign-in, frame, lock.

    Signals:
        painted(): the sign-in page has been painted for the first time.
        line_moved(): the line changed state, told from another thread.
        usable(): officers are offered; somebody can sign in.
    """

    painted = Signal()
    line_moved = Signal()
    usable = Signal()

    def __init__(self, looks: Looks | None = None) -> None:
        super().__init__()
        self._looks = looks or Looks()
        self._is_dressing = False
        self._session: Session | None = None
        self._printer: Printer | None = None
        self._idle_ms_max = 0
        self._last_input_ms = 0
        self._was_painted = False
        self._where: Say = ""
        self._demo = False
        self._officers: list[OfficerAtDesk] = []
        self._day: Day | None = None
        self._left_open = ""
        self.sign_in = SignIn()
        self.frame: Frame | None = None
        self.customer: CustomerWindow | None = None
        self.addWidget(self.sign_in)
        Theme.current().clothe(self)
        self.resize(1366, 768)
        self.sign_in.signed_in.connect(self._on_signed_in)
        self.sign_in.unlocked.connect(self._on_unlocked)
        self.sign_in.menu.clicked.connect(self.open_menu)
        QShortcut(QKeySequence(FRAME_KEYS["frame.keys.menu"]), self, self.open_menu)
        self.line_moved.connect(self._on_line)
        language().changed.connect(self._retitle)
        language().changed.connect(self._keep_look)
        Theme.current().changed.connect(self._keep_look)
        self._retitle()

    def ready(
        self,
        session: Session,
        printer: Printer,
        where: tuple[str, int],
        officers: list[OfficerAtDesk],
        idle_seconds: int,
        demo: bool,
    ) -> None:
        """The books are open: offer who may sign in, listen for idle time and the line."""
        self._session, self._printer, self._demo = session, printer, demo
        self._where, self._officers = where_words(*where), officers
        self._idle_ms_max = idle_seconds * 1000
        session.services.counter.line.on_change(self.line_moved.emit)
        Runner.current().changed.connect(self._on_changed)
        Runner.current().noticed.connect(self._on_noticed)
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)
        self._note_input()
        self._ticker = Repeating(self, 1000, self.tick)
        self._ticker.start()
        for name, act in (("frame.keys.lock", self.lock), ("frame.keys.sign_out", self.sign_out)):
            QShortcut(QKeySequence(FRAME_KEYS[name]), self, act)
        self._offer()
        self._look_at_day()
        self.usable.emit()

    def come_up(self) -> None:
        """Somebody started the program a second time: this is the window they meant."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()

    def ask_to_enrol(self, enrol: Callable[[str, str], None], url: str, then: Callable[[], None]) -> None:
        """The first start: this folder has no desk yet."""
        from azpost_desk.gui.shell.enrol_page import EnrolPage

        page = EnrolPage(enrol, url)
        self.addWidget(page)
        self.setCurrentWidget(page)

        def done() -> None:
            self.removeWidget(page)
            page.deleteLater()
            self.setCurrentWidget(self.sign_in)
            then()

        page.enrolled.connect(done)

    def heard(self, scan: Scan, raw: str, doubled: bool) -> None:
        """A scan; while nobody is signed in, or the screen is locked, only that nobody hears it is said."""
        if self.frame is not None and self.currentWidget() is self.frame:
            self.frame.heard(scan, raw, doubled)
        else:
            self.not_heard("kit.scan.nobody")

    def not_heard(self, why: Say) -> None:
        """Keys that were taken for a scanner's went nowhere: say so where the person is looking."""
        if self.frame is not None and self.currentWidget() is self.frame:
            self.frame.notices.show_notice(why, "warn")
        elif self.currentWidget() is self.sign_in:
            self.sign_in.not_taken(why)

    def lock(self) -> None:
        """Lock now; the basket and what was typed stay as they are."""
        session = self._session
        if session is None or session.officer is None or self.currentWidget() is not self.frame:
            return
        officer = next(one for one in self._officers if one.officer == session.by.officer)
        staff, by = session.services.staff, session.by
        self.setCurrentWidget(self.sign_in)
        self.sign_in.lock(officer, lambda pin: staff.unlock(by, pin), staff.choose_pin)

    def sign_out(self) -> None:
        """Sign out; refused while the basket holds lines (it would be nobody's) or a form something typed."""
        self._part(park=False)

    def change_officer(self) -> None:
        """Another officer shall work here: what stands in the basket is set aside for who put it there.

        From a locked screen nothing of the absent one is touched: it is refused while they have lines.
        """
        self._part(park=self.currentWidget() is self.frame)

    def _part(self, *, park: bool) -> None:
        session, frame = self._session, self.frame
        if session is None or session.officer is None or frame is None:
            return
        if frame.is_dirty():
            self._tell("frame.sign_out.typed")
            return
        services, by = session.services, session.by

        def free() -> bool:
            """Whether the basket is, or was made, free of lines."""
            basket = services.baskets.current()
            if park and basket is not None and basket.lines and basket.officer == by.officer:
                services.parking.park(by, basket.basket)
                return True
            return basket is None

        def answered(is_free: bool) -> None:
            if not is_free:
                self._tell("frame.sign_out.basket")
                return
            session.officer = None
            session.officer_changed.emit()
            self._drop_frame()
            self._offer()

        Operation(frame, free).succeeded(answered).refused(lambda no: self._tell(refusal(no))).start()

    def _tell(self, words: Say) -> None:
        """Said where somebody is looking."""
        if self.frame is not None and self.currentWidget() is self.frame:
            self.frame.notices.show_notice(words, "warn")
        else:
            self.sign_in.not_taken(words)

    def open_menu(self) -> OfficerMenu | None:
        """The officer's menu over what is in sight; none over the first start, where there is nobody yet."""
        over = self.currentWidget()
        if over not in (self.sign_in, self.frame) or over is None:
            return None
        for shown in over.findChildren(OfficerMenu):
            if shown.isVisible():
                return shown
        menu = OfficerMenu(over, self._session, at_work=over is self.frame)
        menu.change_wanted.connect(self.change_officer)
        menu.sign_out_wanted.connect(self.sign_out)
        menu.pin_wanted.connect(self._ask_pin)
        menu.quit_wanted.connect(self.close)
        menu.ask()
        return menu

    def _ask_pin(self) -> None:
        if self.frame is None or self._session is None:
            return
        sheet = PinSheet(self.frame, self._session)
        frame = self.frame
        sheet.changed.connect(lambda: frame.notices.show_notice("frame.menu.pin_done", "good"))
        sheet.ask()

    def _offer(self) -> None:
        session = self._session
        if session is None:
            return
        staff = session.services.staff
        self.sign_in.offer(self._where, self._officers, staff.sign_in, staff.choose_pin)
        self.setCurrentWidget(self.sign_in)

    def show_customer(self) -> bool:
        """Open the customer's window on the other screen, once; False where there is none."""
        if self.customer is not None:
            return True
        from azpost_desk.gui.shell.customer_window import CustomerWindow

        customer = CustomerWindow()
        if not customer.open_beside(self):
            return False
        self.customer = customer
        if self.frame is not None and self._session is not None:
            customer.follow(self.frame, self._session)
        return True

    def _on_signed_in(self, officer: Officer) -> None:
        session, printer = self._session, self._printer
        if session is None or printer is None:
            return
        from azpost_desk.gui.shell.frame import Frame

        session.officer = officer
        self._drop_frame()
        self._dress_for(officer)
        frame = Frame(session, screens(), session.services.counter.line, printer, self._where, self._demo)
        frame.strip.lock.clicked.connect(self.lock)
        frame.who.clicked.connect(self.open_menu)
        frame.menu.clicked.connect(self.open_menu)
        self.frame = frame
        if self.customer is not None:
            self.customer.follow(frame, session)
        self.addWidget(frame)
        self.setCurrentWidget(frame)
        session.officer_changed.emit()
        self._show_who()
        self._say_day_left()
        frame.strip.refresh()
        frame.first_screen()
        frame.print_waiting()
        frame.numbers.look()
        frame.labels.look()
        frame.lamp.watch()

    def _dress_for(self, officer: Officer) -> None:
        """The language and the theme this officer chose here; else the language the centre knows of."""
        look, app = self._looks.of(officer.officer), QApplication.instance()
        self._is_dressing = True
        language().choose(look.language or officer.language)
        if isinstance(app, QApplication) and look.theme and look.theme != Theme.current().name:
            Theme.apply(app, look.theme)
        self._is_dressing = False
        self._keep_look(chosen=False)

    def _keep_look(self, chosen: bool = True) -> None:
        """What somebody chose comes back at their next sign-in, and on the sign-in page of the next start."""
        if self._is_dressing:
            return
        look = look_of(language().code, Theme.current().name)
        if chosen and self._session is not None and self._session.officer is not None:
            self._looks.choose(self._session.officer.officer, look)
        else:
            self._looks.wear(look)

    def _drop_frame(self) -> None:
        if self.frame is not None:
            self.removeWidget(self.frame)
            self.frame.deleteLater()
            self.frame = None

    def _show_who(self) -> None:
        session, frame = self._session, self.frame
        if session is None or frame is None or session.officer is None:
            return
        by = session.by

        def show(day: Day) -> None:
            words = (
                phrase("frame.day.open", date=day.date) if day.state == "open" else phrase("frame.day.closed")
            )
            role = phrase(f"staff.role.{by.role.value}")
            frame.show_who(phrase("frame.who", name=plain(by.name), role=role, day=words))

        Operation(frame, session.services.days.current).succeeded(show).start()

    def _look_at_day(self) -> None:
        """Read which day is open, so that every tick can say whether it was left open past midnight."""
        session = self._session
        if session is None:
            return

        def show(day: Day) -> None:
            self._day = day
            self._see_midnight()

        Operation(self, session.services.days.current).succeeded(show).start()

    def _see_midnight(self) -> None:
        session, day = self._session, self._day
        if session is None or day is None:
            return
        left = day.date if session.services.days.is_left_open(day) else ""
        if left != self._left_open:
            self._left_open = left
            self._say_day_left()

    def _say_day_left(self) -> None:
        date = self._left_open
        words = phrase("frame.day.left_open", date=date) if date else ""
        self.sign_in.day_left.stand(words)
        if self.frame is not None:
            self.frame.day_left.stand(words)

    def _on_unlocked(self) -> None:
        if self.frame is not None:
            self.setCurrentWidget(self.frame)
        self._note_input()

    def _on_changed(self, topics: frozenset[str]) -> None:
        if "day" in topics:
            self._show_who()
            self._look_at_day()

    def _on_noticed(self, notice: Notice) -> None:
        """A fault while nobody is signed in, or the screen is locked: the frame tells the others."""
        if notice.kind == "incident" and self.currentWidget() is self.sign_in:
            self.sign_in.warn(phrase("frame.incident", number=notice.code))

    def _on_line(self) -> None:
        """The line moved, or brought news: the screen in hand reads again what may have changed."""
        if self.frame is not None:
            self.frame.line_changed()
            runner = Runner.if_any()
            # A last word of the line may come while the program ends.
            if runner is not None:
                runner.announce("line", "news")

    def tick(self) -> None:
        """Show the time; say a day left open; lock when nobody has touched anything for too long."""
        if self._session is None:
            return
        clock = self._session.services.counter.clock
        if self.frame is not None:
            self.frame.strip.tick(clock.utc_ms())
        self._see_midnight()
        if self._idle_ms_max and clock.monotonic_ms() - self._last_input_ms > self._idle_ms_max:
            self.lock()

    def _note_input(self) -> None:
        if self._session is not None:
            self._last_input_ms = self._session.services.counter.clock.monotonic_ms()

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Somebody is here: keys, touch and mouse put the idle lock off."""
        # Every event of the program comes by here, and to ask for its type costs the most.
        if isinstance(event, QInputEvent) and event.type() in _INPUT:
            self._note_input()
        return False

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """With the focus nowhere a key comes here, and is the frame's."""
        if (
            QApplication.focusWidget() is None
            and self.frame is not None
            and self.currentWidget() is self.frame
        ):
            self.frame.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    @guarded
    def event(self, event: QEvent) -> bool:
        """Say when the first picture stands."""
        done = super().event(event)
        if event.type() is QEvent.Type.Paint and not self._was_painted:
            self._was_painted = True
            self.painted.emit()
        return done

    def _retitle(self) -> None:
        self.setWindowTitle(say("frame.brand"))
        self._show_who()

    @guarded
    def closeEvent(self, event: QCloseEvent) -> None:
        """Nothing is lost by closing: the basket is stored, nothing commits by itself.

        Whoever presses the window's own button is asked what the menu asks; a session of the system that ends
        is never held up.
        """
        app = QApplication.instance()
        ends = isinstance(app, QGuiApplication) and app.isSavingSession()
        if event.spontaneous() and not ends and self._session is not None:
            menu = self.open_menu()
            if menu is not None:
                event.ignore()
                menu.quit.click()
                return
        if app is not None:
            app.removeEventFilter(self)
        super().closeEvent(event)
