"""The officer's menu: opened by a key or a click on the name, it does what whoever is at the desk wants.

It changes officer, language and theme, the papers of this customer, the own PIN, and ends the program. On the
sign-in page and over a locked screen it has what makes sense there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QVBoxLayout

from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit.buttons import Button, PrimaryButton
from azpost_desk.gui.kit.cards import Sheet
from azpost_desk.gui.kit.fields import PinField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import DataLabel, Label
from azpost_desk.gui.kit.theme import GAP, THEMES, Theme
from azpost_desk.gui.kit.words import follow, language, phrase, plain
from azpost_desk.gui.shell.register import FRAME_KEYS
from azpost_desk.gui.work.guards import guarded
from azpost_desk.gui.work.runner import Lane, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent, QMouseEvent
    from PySide6.QtWidgets import QWidget

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.kit.words import Phrase, Say
    from azpost_desk.services.standing import LeftOpen
    from azpost_desk.services.views import Basket

# Each is called as its own people call it: who cannot read the screen finds theirs.
LANGUAGE_NAMES: Final = {"az": "Azərbaycanca", "ru": "Русский", "en": "English"}
_WIDTH_PX: Final = 560


def language_name(code: str) -> Phrase:
    """What a language is called; "" is the one on the screen."""
    return plain(LANGUAGE_NAMES[code]) if code else phrase("frame.menu.as_screen")


def next_language(code: str) -> str:
    """The one after `code`."""
    codes = list(LANGUAGE_NAMES)
    return codes[(codes.index(code) + 1) % len(codes)]


def next_theme() -> None:
    """Dress the program in the theme after this one."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        Theme.apply(app, THEMES[(THEMES.index(Theme.current().name) + 1) % len(THEMES)])


class WhoLabel(DataLabel):
    """Who is signed in; a click opens the menu, the key is for everybody else.

    Signals:
        clicked(): somebody clicked the name.
    """

    clicked = Signal()

    def __init__(self) -> None:
        super().__init__("", "hint")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @guarded
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click, where the mouse has not moved away."""
        super().mouseReleaseEvent(event)
        if self.rect().contains(event.position().toPoint()):
            self.clicked.emit()


class OfficerMenu(Sheet):
    """A line for each thing, pressed by its digit, by arrows and Enter, or by touch; Esc closes.

    Signals:
        change_wanted(): another officer shall work here; what is in the basket is set aside.
        sign_out_wanted(): the officer leaves.
        pin_wanted(): they want another PIN.
        quit_wanted(): the program shall end, and what is open was said.
    """

    change_wanted = Signal()
    sign_out_wanted = Signal()
    pin_wanted = Signal()
    quit_wanted = Signal()

    def __init__(self, over: QWidget, session: Session | None, *, at_work: bool) -> None:
        super().__init__(over, "frame.menu.title", width_px=_WIDTH_PX, leave="kit.words.close")
        self._session = session
        self._basket: Basket | None = None
        signed_in = session is not None and session.officer is not None
        self.rows: list[Button] = []
        self._words: list[Say] = []
        if signed_in:
            self._row("frame.sign_in.other", lambda: self._leave(self.change_wanted.emit))
        if at_work:
            self._row("frame.keys.sign_out", lambda: self._leave(self.sign_out_wanted.emit))
        self.language = self._row("frame.keys.language", self._on_language)
        self.theme = self._row("frame.keys.theme", self._on_theme)
        self.papers: Button | None = None
        if at_work:
            self.papers = self._row("frame.basket.papers", self._on_papers)
            self._row("frame.menu.pin", lambda: self._leave(self.pin_wanted.emit))
        self.quit = self._row("frame.menu.quit", self._on_quit)
        self.warning = Label("", "body", wrap=True)
        self.anyway = Button("frame.menu.quit_anyway", "Shift+F12", role="danger", bind=False)
        self.anyway.clicked.connect(lambda: self._leave(self.quit_wanted.emit))
        for late in (self.warning, self.anyway):
            self.body.addWidget(late)
            late.hide()
        self.closed.connect(self.deleteLater)
        follow(self, self._name_rows)

    def ask(self) -> None:
        """Open; whether a customer's papers can be chosen depends on the basket."""
        self._name_rows()
        self.open(self.rows[0])
        if self.papers is not None and self._session is not None:
            Operation(self, self._session.services.baskets.current).succeeded(self._on_basket).start()

    def _row(self, words: Say, act: Callable[[], object]) -> Button:
        """A line of the menu; one that has a key of the frame shows it, and it works here as well."""
        key = FRAME_KEYS.get(words, "") if isinstance(words, str) else ""
        row = Button("", key, role="rail", bind=False)
        row.clicked.connect(act)
        self.rows.append(row)
        self._words.append(words)
        self.body.addWidget(row)
        return row

    def _name_rows(self) -> None:
        """Each with its digit; what can be chosen with what is chosen now."""
        named: dict[Button, Say] = {
            self.language: phrase("frame.menu.language", name=language_name(language().code)),
            self.theme: phrase("frame.menu.theme", name=phrase(f"frame.theme.{Theme.current().name}")),
        }
        if self.papers is not None:
            chosen = language_name(self._basket.language if self._basket else "")
            named[self.papers] = phrase("frame.basket.papers", name=chosen)
            self.papers.setEnabled(self._basket is not None)
        for number, (row, words) in enumerate(zip(self.rows, self._words, strict=True), start=1):
            said = named.get(row, words)
            title = phrase(said) if isinstance(said, str) else said
            row.say(phrase("kit.candidate", number=number, title=title))

    def _leave(self, then: Callable[[], object]) -> None:
        self.close_sheet()
        then()

    def _on_language(self) -> None:
        language().choose(next_language(language().code))

    def _on_theme(self) -> None:
        next_theme()
        self._name_rows()

    def _on_basket(self, basket: Basket | None) -> None:
        self._basket = basket if basket is not None and basket.lines else None
        self._name_rows()

    def _on_papers(self) -> None:
        """As the screen, then each language, then as the screen again."""
        if self._basket is None or self._session is None or self.papers is None:
            return
        codes = ["", *LANGUAGE_NAMES]
        wanted = codes[(codes.index(self._basket.language) + 1) % len(codes)]
        session, by = self._session, self._session.by

        def chosen(basket: Basket | None) -> None:
            self._on_basket(basket)
            session.basket_changed.emit(basket)

        def choose() -> Basket | None:
            session.services.baskets.set_language(by, wanted)
            return session.services.baskets.current()

        Operation(self.papers, choose).succeeded(chosen).start()

    def _on_quit(self) -> None:
        """At once where nothing is open; else it is said, and another key ends the program all the same."""
        session = self._session
        if session is None:
            self._leave(self.quit_wanted.emit)
            return

        Operation(self, session.services.standing.left_open).succeeded(self._on_open_things).start()

    def _on_open_things(self, found: LeftOpen) -> None:
        if found.basket is None and not found.till:
            self._leave(self.quit_wanted.emit)
            return
        both = found.basket is not None and found.till
        key = "both" if both else "till" if found.till else "basket"
        self.warning.say(f"frame.menu.open.{key}", "warn")
        self.warning.show()
        self.anyway.show()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits press, arrows move; everything else as in every sheet."""
        if is_digits(event.text()) and 0 < int(event.text()) <= len(self.rows):
            row = self.rows[int(event.text()) - 1]
            # Enter does once more what was pressed, never what stands first.
            row.setFocus(Qt.FocusReason.ShortcutFocusReason)
            row.click()
        elif event.key() == Qt.Key.Key_Down:
            self.focusNextPrevChild(True)
        elif event.key() == Qt.Key.Key_Up:
            self.focusNextPrevChild(False)
        else:
            super().keyPressEvent(event)


class PinSheet(Sheet):
    """Another PIN for whoever is signed in: the old one, the new one twice.

    A wrong old PIN counts as one at the sign-in. `changed()` tells that it is on the disk.
    """

    changed = Signal()

    def __init__(self, over: QWidget, session: Session) -> None:
        super().__init__(over, "frame.menu.pin", width_px=_WIDTH_PX)
        self._session = session
        self.old = PinField("frame.menu.pin_old", name="old", max_length=12)
        self.first = PinField("frame.sign_in.own", name="pin", hint="frame.sign_in.own_hint", max_length=12)
        self.again = PinField("frame.sign_in.again", name="again", max_length=12)
        self.main = PrimaryButton("frame.menu.pin", hint=plain("Enter"))
        self.main.clicked.connect(self._on_main)
        self.form = Form(self.main)
        self.form.add(self.old, self.first, self.again)
        self.form.escaped.connect(lambda _dirty: self.close_sheet())
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        for widget in (self.old, self.first, self.again, self.main):
            column.addWidget(widget)
        self.body.addWidget(self.form)
        self.closed.connect(self.deleteLater)

    def ask(self) -> None:
        """Open at the old PIN."""
        self.open(self.old.line)

    def _on_main(self) -> None:
        first, second = self.first.take(), self.again.take()
        if not first or first != second:
            self._refused(Refused("S-005", field="pin"))
            return
        old = self.old.text()
        staff, officer = self._session.services.staff, self._session.by.officer
        Operation(self.main, lambda: staff.choose_pin(officer, old, first)).changes("staff").succeeded(
            lambda _none: self._on_changed()
        ).refused(self._refused).start(Lane.NETWORK)

    def _on_changed(self) -> None:
        self.close_sheet()
        self.changed.emit()

    def _refused(self, error: Refused) -> None:
        """What is wrong with the new one stands there; everything else is about the old one."""
        is_new = error.code in _ABOUT_THE_NEW
        field = self.first if is_new else self.old
        field.clear()
        field.set_error(error)
        field.setFocus()


_ABOUT_THE_NEW: Final = frozenset({"S-004", "S-005", "S-007", "S-009"})
