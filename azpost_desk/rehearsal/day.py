"""Plays a working day through the real windows: by keys and scans only, waiting on what a person would see.

This module knows no service and no table: all it has are windows, a clock for the scanner's ear and the
steps. Every key and scan must change something a person can see: one that does not would be pointless, and
one that was left out is missed.
"""

from __future__ import annotations

import json
import re
from collections import deque
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QTableView, QWidget

from azpost_desk.gui.kit.paper_view import PaperView
from azpost_desk.gui.kit.signature_pad import SignaturePad
from azpost_desk.gui.kit.words import language
from azpost_desk.gui.work.runner import Runner
from azpost_desk.gui.work.timers import HandClock, Repeating
from azpost_desk.rehearsal import steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

LOOK_EVERY_MS: Final = 5
# A look costs the processor as much as the window it looks at: what has not come at once is looked for
# less often.
LOOK_LATER_EVERY_MS: Final = 40
SOON_MS: Final = 250
PATIENCE_MS: Final = 12_000
# A day that leaves a line out is meant to stand still: its windows are waited for no longer than they need.
WITHOUT_PATIENCE_MS: Final = 4_000
# A machine with other work needs longer for what a key began; a window that never ends is a fault.
BUSY_PATIENCE_MS: Final = 60_000
# Nothing is lost in a PNG: of Qt's 100 steps this takes two thirds of the time of the usual one, and a
# twelfth more room.
PICTURE_QUALITY: Final = 80
HAND_MS: Final = 250
SCANNER_MS: Final = 4
# The Azerbaijani and Russian layouts turn these US keys of a scanner into other letters (facts on scanners).
_LAYOUTS: Final[dict[str, dict[int, int]]] = {
    "az": str.maketrans("WI]", "Üİğ"),
    "ru": str.maketrans("QWERTYUIOPASDFGHJKLZXCVBNM", "ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ"),
}


_NAMES: Final = {"Enter": "Return", "Del": "Delete", "Esc": "Escape"}
# By its object name: the time is nothing that a step waits for.
_CLOCK: Final = frozenset({"clock"})
# What changes without anybody's doing: that one of them did is no answer to a key.
_BY_ITSELF: Final = _CLOCK | {"line_pill", "books_lamp"}
_HELD: Final = {
    "Ctrl": Qt.KeyboardModifier.ControlModifier,
    "Shift": Qt.KeyboardModifier.ShiftModifier,
    "Alt": Qt.KeyboardModifier.AltModifier,
}


class DayFailed(Exception):
    """A step that a person would have seen fail."""


@dataclass(slots=True)
class Part:
    """A chapter as the summary tells it."""

    name: str
    ok: bool = False
    ms: int = 0


@dataclass(slots=True)
class Played:
    """What the day left behind.

    Attributes:
        input: every key and scan in order.
        pictures: files written.
        failure: the sentence of the step that failed, "" when every step held.
    """

    parts: list[Part] = field(default_factory=list)
    input: list[dict[str, object]] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    failure: str = ""


class Day(QObject):
    """Drives the windows step by step from the application's own event loop.

    Args:
        windows: by desk number.
        hand: the clock of the scanner's ear, moved here and nowhere else.
        set_time: moves the day's clock to HH:MM.
        outside: what may happen outside, by name.
        without: leave this line of the input out (1 is the first), to prove that every line counts.
    """

    def __init__(
        self,
        windows: Mapping[int, QWidget],
        script: Sequence[steps.Instruction],
        hand: HandClock,
        set_time: Callable[[str], None],
        outside: Mapping[str, Callable[[], object]],
        folder: Path,
        without: int = 0,
    ) -> None:
        super().__init__()
        self._windows, self._hand, self._set_time, self._outside = windows, hand, set_time, outside
        self._folder, self._without = folder, without
        self._script = deque(_one_by_one(script))
        self._known: dict[str, str] = {}
        self._window = next(iter(windows.values()))
        self._desk = next(iter(windows))
        self._since = QElapsedTimer()
        self._step_since = QElapsedTimer()
        self._idle_since = QElapsedTimer()
        self._looked_since = QElapsedTimer()
        self._ticker = Repeating(self, LOOK_EVERY_MS, self._look)
        # How long the step in hand has waited while nothing was under way: work by itself adds nothing.
        self._idle_ms = 0
        self._settled = False
        self._pressed = ""
        self._seen_before: list[str] = []
        self.played = Played()

    def begin(self) -> None:
        """Start; the application's loop does the rest and is quit at the end."""
        (self._folder / "pictures").mkdir(parents=True, exist_ok=True)
        self._since.start()
        self._step_since.start()
        self._idle_since.start()
        self._looked_since.start()
        self._ticker.start()

    def _look(self) -> None:
        """One look at the screens; take every step whose time has come."""
        waits_long = self._step_since.elapsed() > SOON_MS
        if waits_long and self._looked_since.elapsed() < LOOK_LATER_EVERY_MS:
            return
        self._looked_since.restart()
        try:
            while self._script and self._is_quiet() and self._is_answered() and self._take(self._script[0]):
                self._script.popleft()
                self._step_since.restart()
                self._idle_since.restart()
                self._idle_ms = 0
            if self._script and self._is_in_vain():
                raise DayFailed(f"{self._vain()} · on the screen: {self._seen()[:1500]}")
        except DayFailed as failed:
            self.played.failure = str(failed)
            self._script.clear()
            self._photograph(self._window, "failed")
        except Exception as fault:
            # The day ends with it: a look that only raised would be taken again for ever.
            self.played.failure = f"{type(fault).__name__}: {fault}"
            self._end()
            raise
        if not self._script:
            self._end()

    def _end(self) -> None:
        self._script.clear()
        self._end_part(not self.played.failure)
        self._ticker.stop()
        QApplication.quit()

    def _is_in_vain(self) -> bool:
        """Whether a step has waited long enough: for a window that works longer than for an idle one."""
        passed_ms = self._idle_since.restart()
        if self._is_quiet():
            self._idle_ms += passed_ms
        patience_ms = WITHOUT_PATIENCE_MS if self._has_left_out() else PATIENCE_MS
        return self._idle_ms > patience_ms or self._step_since.elapsed() > BUSY_PATIENCE_MS

    def _has_left_out(self) -> bool:
        return 0 < self._without <= len(self.played.input)

    def _vain(self) -> str:
        if not self._is_quiet():
            return "the window is still at work"
        return f"{self._pressed} changed nothing" if self._pressed else f"in vain: {self._script[0]}"

    def _is_quiet(self) -> bool:
        """Nothing is under way: a person waits for the screen before pressing the next key."""
        return Runner.current().under_way == 0

    def _is_answered(self) -> bool:
        """The last key or scan has changed something on the screen."""
        # The walk ends at the first thing that differs: mostly it is the first, where the focus is.
        if self._pressed and any(
            now != before for now, before in zip_longest(self._look_around(), self._seen_before)
        ):
            self._pressed = ""
        return not self._pressed

    def _take(self, step: steps.Instruction) -> bool:
        """Do one step; False = not yet."""
        match step:
            case steps.Keys() | steps.Type() | steps.Scan():
                self._by_hand(step)
            case steps.See(text):
                return self._filled(text) in self._seen()
            case steps.Gone(text):
                return self._filled(text) not in self._seen()
            case steps.Remember(name, pattern):
                return self._remember(name, pattern)
            case steps.AtDesk(number):
                return self._sit_down(number)
            case steps.Picture(name):
                return self._picture(name)
            case steps.Sign():
                return self._sign()
            case _:
                self._note_step(step)
        return True

    def _by_hand(self, step: steps.Keys | steps.Type | steps.Scan) -> None:
        self._seen_before = list(self._look_around())
        match step:
            case steps.Keys(names):
                self._pressed = " ".join(names)
                for name in names:
                    self._press(name)
            case steps.Type(text):
                self._type(self._filled(text))
            case steps.Scan(code, layout):
                self._pressed = self._filled(code)
                self._scan(self._pressed, layout)

    def _note_step(self, step: steps.Instruction) -> None:
        match step:
            case steps.Chapter(name):
                self._end_part(True)
                self.played.parts.append(Part(name))
                self._since.restart()
            case steps.At(time):
                self._set_time(time)
            case steps.Outside(what):
                self._outside[what]()
            case _:
                raise DayFailed(f"no such step: {step}")

    def _end_part(self, ok: bool) -> None:
        if self.played.parts and not self.played.parts[-1].ms:
            self.played.parts[-1].ok = ok
            self.played.parts[-1].ms = max(1, self._since.elapsed())

    # --- hands --------------------------------------------------------------------------------------------

    def _sit_down(self, number: int) -> bool:
        window = self._windows[number]
        if self._window is not window:
            self._window.hide()
        if not window.isVisible():
            window.show()
        window.activateWindow()
        window.raise_()
        self._window, self._desk = window, number
        return window.isActiveWindow() and QApplication.focusWidget() is not None

    def _note(self, kind: str, value: str) -> bool:
        """Write the line of input; False when this is the one to leave out."""
        self.played.input.append({"desk": self._desk, "kind": kind, "value": value})
        return len(self.played.input) != self._without

    def _target(self) -> QWidget:
        focus = QApplication.focusWidget()
        return focus if focus is not None and self._window.isAncestorOf(focus) else self._window

    def _press(self, name: str) -> None:
        if not self._note("key", name):
            return
        self._hand.advance(HAND_MS)
        if len(name) == 1:
            self._send(name)
        else:
            key, modifiers = _combination(name)
            QTest.keyClick(self._target(), key, modifiers)
        self._hand.advance(HAND_MS)

    def _type(self, text: str) -> None:
        for letter in text:
            if self._note("key", letter):
                self._hand.advance(HAND_MS)
                self._send(letter)
                self._hand.advance(HAND_MS)
            before, self._seen_before = self._seen_before, list(self._look_around())
            if self._seen_before == before:
                raise DayFailed(f"the {letter!r} of {text!r} did not appear")

    def _scan(self, code: str, layout: str) -> None:
        if not self._note("scan", code):
            return
        self._hand.advance(HAND_MS)
        for letter in code.translate(_LAYOUTS[layout]) if layout else code:
            self._hand.advance(SCANNER_MS)
            self._send(letter)
        self._hand.advance(SCANNER_MS)
        QTest.keyClick(self._target(), Qt.Key.Key_Return)
        self._hand.advance(HAND_MS)

    def _sign(self) -> bool:
        """A stroke with the mouse on the place for it; no key, for it is another's hand."""
        pads = [one for one in self._window.findChildren(SignaturePad) if one.isVisible()]
        for pad in pads:
            left = Qt.MouseButton.LeftButton
            QTest.mousePress(pad, left, pos=QPoint(20, 40))
            QTest.mouseRelease(pad, left, pos=QPoint(180, 90))
        return bool(pads)

    def _send(self, letter: str) -> None:
        """One character, whatever the alphabet: QTest knows only ASCII."""
        plain = letter.isascii() and letter.isalnum()
        key = ord(letter.upper()) if plain else 0
        target = self._target()
        if plain and letter in "0123456789":
            QTest.keyClick(target, Qt.Key(key))
            return
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(target, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, letter))

    # --- eyes ---------------------------------------------------------------------------------------------

    def _seen(self) -> str:
        """Every text that stands on the screen now."""
        return "\n".join(
            text for widget in _in_sight(self._window, _CLOCK) for text in _texts_of(widget) if text
        )

    def _look_around(self) -> Iterator[str]:
        """Where the focus, the caret and the chosen row are, and what is seen."""
        focus = QApplication.focusWidget()
        yield f"focus {id(focus)}"
        if isinstance(focus, QLineEdit):
            yield f"caret {focus.cursorPosition()} {focus.selectedText()}"
        for widget in _in_sight(self._window, _BY_ITSELF):
            if isinstance(widget, QTableView):
                yield str(widget.currentIndex().row())
            yield from filter(None, _texts_of(widget))

    def _remember(self, name: str, pattern: str) -> bool:
        found = re.search(pattern, self._seen())
        if found is None:
            return False
        self._known[name] = found.group(1).replace(" ", "").replace("\u00a0", "")
        return True

    def _filled(self, text: str) -> str:
        return text.format_map(self._known) if "{" in text else text

    def _picture(self, name: str) -> bool:
        """One look later than asked: by then every layout has had its turn, as before a person's eyes."""
        if not all(one.is_drawn() for one in self._window.findChildren(PaperView) if one.isVisible()):
            return False
        self._settled = not self._settled
        if not self._settled:
            self._photograph(self._window, name)
        return not self._settled

    def _photograph(self, window: QWidget, name: str) -> None:
        if self._without and name != "failed":
            # A day that leaves a line out is played for its end.
            return
        number = len(self.played.pictures) + 1
        file = self._folder / "pictures" / f"{number:02}-{name}-{language().code}.png"
        window.grab().save(str(file), "PNG", PICTURE_QUALITY)
        self.played.pictures.append(str(file.relative_to(self._folder)))


def _one_by_one(script: Sequence[steps.Instruction]) -> list[steps.Instruction]:
    """The same steps with every key a step of its own: a person looks up after each."""
    return [
        one
        for step in script
        for one in ([steps.Keys((name,)) for name in step.names] if isinstance(step, steps.Keys) else [step])
    ]


def _combination(name: str) -> tuple[Qt.Key, Qt.KeyboardModifier]:
    """``Ctrl+Shift+Q`` as key and modifiers."""
    *held, last = name.split("+")
    modifiers = Qt.KeyboardModifier.NoModifier
    for one in held:
        modifiers |= _HELD[one]
    return Qt.Key[f"Key_{_NAMES.get(last, last)}"], modifiers


def _in_sight(widget: QWidget, besides: frozenset[str]) -> Iterator[QWidget]:
    """What stands in `widget`, in order; a page behind the one in sight is not even walked through."""
    for child in widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if child.isVisible() and child.objectName() not in besides:
            yield child
            # Words and buttons hold nothing: to ask half of all widgets for it is half the walk.
            if not isinstance(child, QLabel | QAbstractButton):
                yield from _in_sight(child, besides)


def _texts_of(widget: QWidget) -> list[str]:
    if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
        return [widget.text()]
    if isinstance(widget, QComboBox):
        return [widget.currentText()]
    if not isinstance(widget, QTableView):
        return []
    model = widget.model()
    rows = (
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(min(model.rowCount(), 60))
    )
    return [" · ".join(str(cell) for cell in cells if cell) for cells in rows]


def write_input(played: Played, folder: Path) -> None:
    """`input.jsonl`: a line for every key and scan, in order."""
    lines = (json.dumps({"n": n, **one}, ensure_ascii=False) for n, one in enumerate(played.input, start=1))
    (folder / "input.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
