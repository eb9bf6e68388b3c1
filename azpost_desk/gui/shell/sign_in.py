"""The sign-in page, also over a locked screen: a name picked by digit or arrows, then its PIN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from azpost_desk.gui.kit.buttons import Button, PrimaryButton
from azpost_desk.gui.kit.cards import Candidate, NameList
from azpost_desk.gui.kit.fields import PinField
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.standing import StandingNotice
from azpost_desk.gui.kit.words import Say, follow, language, phrase, plain
from azpost_desk.gui.shell.own_pin import OwnPin
from azpost_desk.gui.shell.register import FRAME_KEYS
from azpost_desk.gui.work.guards import guarded
from azpost_desk.gui.work.runner import Lane, Operation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QKeyEvent

    from azpost_desk.domain.refusals import Refused
    from azpost_desk.services.counter import Officer
    from azpost_desk.services.views import OfficerAtDesk

LANGUAGES = (("az", "AZ"), ("ru", "RU"), ("en", "EN"))


class PinPad(QWidget):
    """Digits for a touch screen; the keyboard works as well and is never needed less."""

    pressed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        for at, digit in enumerate("123456789←0"):
            button = Button(plain(digit))
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setMinimumHeight(44)
            button.clicked.connect(lambda _checked=False, key=digit: self.pressed.emit(key))
            grid.addWidget(button, at // 3, at % 3)


class SignIn(QWidget):
    """The sign-in page. It paints before anything heavy is loaded: officers come when they are known.

    Signals:
        signed_in(object): services.counter.Officer.
        unlocked(): the right PIN for the officer who locked the screen.
    """

    signed_in = Signal(object)
    unlocked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._prove: Callable[[str, str], Officer] | None = None
        self._unlock: Callable[[str], None] | None = None
        self._chosen: OfficerAtDesk | None = None
        self.languages: dict[str, Button] = {}
        self._title = Label("frame.sign_in.title", "title")
        self._where = Label("frame.sign_in.starting", "muted", wrap=True)
        self._names = NameList("frame.sign_in.nobody")
        self._names.picked.connect(self._on_picked)
        self._who = Label("", "strong")
        self._pin = PinField("frame.sign_in.pin", max_length=12)
        self._pin.line.returnPressed.connect(self._on_enter)
        self._pad = PinPad()
        self._pad.pressed.connect(self._on_pad)
        self._enter = PrimaryButton("frame.sign_in.enter", hint=plain("Enter"))
        self._enter.clicked.connect(self._on_enter)
        self._other = Button("frame.sign_in.other", hint=plain("Esc"), role="quiet")
        self._other.clicked.connect(self._on_other)
        self._card = Label("", "muted", wrap=True)
        self._warning = Label("", "hint", wrap=True)
        self._warning.hide()
        self._lack = Label("", "hint", wrap=True)
        self._lack.hide()
        self.day_left = StandingNotice(self)
        self._lost = Label("", "hint", wrap=True, parent=self)
        self._lost.hide()
        self.menu = Button("frame.menu.title", FRAME_KEYS["frame.keys.menu"], role="quiet", bind=False)
        self._second = QWidget()
        self._choose: Callable[[str, str, str], None] | None = None
        self._given = ""
        self._own = OwnPin()
        self._own.chosen.connect(self._on_own)
        self._own.hide()
        self._build()
        self._show_names()

    def _build(self) -> None:
        second = QVBoxLayout(self._second)
        second.setContentsMargins(0, 0, 0, 0)
        second.setSpacing(12)
        for widget in (self._who, self._pin, self._pad, self._enter, self._other):
            second.addWidget(widget)
        panel = QFrame()
        panel.setProperty("role", "card")
        panel.setFixedWidth(420)
        column = QVBoxLayout(panel)
        column.setContentsMargins(32, 28, 32, 28)
        column.setSpacing(12)
        column.addWidget(Label("frame.brand", "brand"))
        column.addWidget(self._title)
        column.addWidget(self._where)
        column.addWidget(self.day_left)
        column.addWidget(self._names)
        column.addWidget(self._second)
        column.addWidget(self._own)
        column.addWidget(self._warning)
        column.addWidget(self._lack)
        column.addWidget(self._lost)
        languages = QHBoxLayout()
        languages.addWidget(self.menu)
        languages.addStretch()
        for code, shown in LANGUAGES:
            button = Button(plain(shown), role="quiet")
            button.setCheckable(True)
            button.clicked.connect(lambda _checked=False, chosen=code: self._speak(chosen))
            self.languages[code] = button
            languages.addWidget(button)
        follow(self, self._mark_language)
        column.addLayout(languages)
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        whole = QVBoxLayout(inside)
        whole.addStretch()
        # Between stretches, not aligned: an aligned panel is not asked how high its wrapped words make it.
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(panel)
        # Beside the panel: below it a longer panel (the PIN, a notice) would push the card out of sight.
        beside = QWidget()
        room = QVBoxLayout(beside)
        room.setContentsMargins(24, 0, 8, 0)
        room.addWidget(self._card)
        middle.addWidget(beside, 1)
        whole.addLayout(middle)
        self._card.hide()
        whole.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(scroll)

    def _speak(self, code: str) -> None:
        language().choose(code)
        self._mark_language()

    def _mark_language(self) -> None:
        """The language in force, also when it was pressed again."""
        for code, button in self.languages.items():
            button.setChecked(code == language().code)

    def offer(
        self,
        where: Say,
        officers: Sequence[OfficerAtDesk],
        prove: Callable[[str, str], Officer],
        choose: Callable[[str, str, str], None] | None = None,
    ) -> None:
        """The desk is ready: who may sign in here. `prove(officer, pin)` signs in, off the main thread.

        `choose(officer, given, own)` takes an own PIN from whom somebody else gave one (S-006).
        """
        self._prove, self._unlock, self._choose = prove, None, choose
        self._title.say("frame.sign_in.title")
        self._where.say(where)
        self._names.offer([Candidate(plain(one.name), f"staff.role.{one.role}", one) for one in officers])
        self._show_names()

    def lock(
        self,
        officer: OfficerAtDesk,
        unlock: Callable[[str], None],
        choose: Callable[[str, str, str], None] | None = None,
    ) -> None:
        """The screen is locked: only `officer` gets back in; the basket waits behind.

        `choose` as in `offer`.
        """
        self._unlock, self._choose = unlock, choose
        self._title.say("frame.lock.title")
        self._where.say("frame.lock.kept")
        self._on_picked(officer)
        self._other.hide()

    def stopped(self, words: Say) -> None:
        """The desk cannot be used; says why and what to do."""
        self._where.say(words, "bad")
        self._names.hide()

    def waits_for(self, words: Say) -> None:
        """Nobody can sign in yet: says what has not come and who can send it."""
        self._where.say(words, "warn")
        self._names.hide()

    def not_taken(self, why: Say) -> None:
        """Keys went nowhere: said beside the PIN where somebody is typing one, else below the names."""
        if self._second.isVisible():
            self._pin.set_error(why)
        else:
            self._lost.say(why, "warn")
            self._lost.show()

    def warn(self, words: Say) -> None:
        """Something about this computer that everybody who signs in should know."""
        self._warning.say(words, "warn")
        self._warning.show()

    def lack(self, words: Say) -> None:
        """Something that has not come from the centre yet; "" when it is there."""
        self._lack.say(words, "warn")
        self._lack.setVisible(bool(words))

    def show_card(self, text: str) -> None:
        """A note beside the panel: the demo's officers and their PINs."""
        self._card.say(plain(text))
        self._card.show()

    def _show_names(self) -> None:
        self._second.hide()
        self._leave_own()
        self._names.show()
        self._names.setFocus()

    def _on_picked(self, officer: OfficerAtDesk) -> None:
        self._chosen = officer
        self._lost.hide()
        self._who.say(plain(officer.name))
        self._pin.clear()
        self._names.hide()
        self._leave_own()
        self._other.show()
        self._second.show()
        self._pin.setFocus()

    def _on_other(self) -> None:
        self._chosen = None
        self._show_names()

    def _on_pad(self, key: str) -> None:
        line = self._pin.line
        line.setText(line.text()[:-1] if key == "←" else line.text() + key)
        self._pin.clear_error()
        line.setFocus()

    def _on_enter(self) -> None:
        if self._chosen is None or self._pin.is_empty() or not self._enter.isEnabled():
            return
        pin = self._pin.take()

        def refused(error: Refused) -> None:
            if error.code == "S-006" and self._choose is not None:
                self._ask_own(pin)
            else:
                self._on_refused(error)

        self._let_in(self._enter, pin, lambda: None, refused)

    def _let_in(
        self, at: QWidget, pin: str, first: Callable[[], None], refused: Callable[[Refused], None]
    ) -> None:
        """Do `first`, then sign in or unlock with `pin`."""
        if self._chosen is None:
            return
        officer, prove, unlock = self._chosen.officer, self._prove, self._unlock

        def get_back() -> None:
            first()
            if unlock is not None:
                unlock(pin)

        def get_in() -> Officer | None:
            first()
            return prove(officer, pin) if prove is not None else None

        if unlock is not None:
            Operation(at, get_back).succeeded(self._on_unlocked).refused(refused).start(Lane.NETWORK)
        elif prove is not None:
            Operation(at, get_in).succeeded(self._on_signed_in).refused(refused).start(Lane.NETWORK)

    def _on_unlocked(self, _done: object) -> None:
        self._leave_own()
        self.unlocked.emit()

    def _on_signed_in(self, officer: Officer | None) -> None:
        self._leave_own()
        self.signed_in.emit(officer)

    def _ask_own(self, given: str) -> None:
        self._given = given
        self._second.hide()
        self._own.start()

    def _leave_own(self) -> None:
        self._given = ""
        self._own.hide()

    def _on_own(self, own: str) -> None:
        choose, given, chosen = self._choose, self._given, self._chosen
        if choose is None or chosen is None:
            return
        officer = chosen.officer
        self._let_in(self._own.main, own, lambda: choose(officer, given, own), self._on_own_refused)

    def _on_own_refused(self, error: Refused) -> None:
        if error.code in ("S-004", "S-007", "S-009"):
            self._own.refuse(error)
            return
        # The given PIN is none any more: back to where one is typed.
        self._leave_own()
        self._second.show()
        self._on_refused(error)

    def _on_refused(self, error: Refused) -> None:
        self._pin.set_error(error)
        self._pin.setFocus()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back to the names."""
        if event.key() == Qt.Key.Key_Escape and self._unlock is None:
            self._on_other()
        else:
            super().keyPressEvent(event)


def where_words(branch: str, number: int) -> Say:
    """Which desk this is, under the title."""
    return phrase("frame.where", branch=branch, number=number)
