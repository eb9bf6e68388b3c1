"""Scans are heard in the whole program, whatever has the focus, and never become typing.

A scanner is a keyboard that types very fast. Every printable key is held back until the gap behind it shows
whose it was: longer than `GAP_MS` and it was a hand's, delivered as if nothing had happened; a burst that
ends in Enter, Tab or ETX was a scanner's, and goes to the bus instead. A hand waits at most one gap.

Four kinds of widgets are guarded, by the property ``scans`` of the widget or of the nearest one around it:

- ``never`` (amounts, counts): four keys within single gaps are no hand's there, Enter behind them or not.
- ``secret`` (PINs): a short burst is a quick hand's, a long one is refused and never shown to anybody.
- ``alone`` (where one key pays): only a key with `ALONE_MS` of silence behind it acts. A slow scanner, or one
  that stalls, sends its next key sooner.
- ``pays`` (an amount where Enter pays): as ``never``, and over longer gaps too. Keys that follow each other
  within `ALONE_MS` are one run. A run of eight, a sign of no amount, an Enter within a single gap, and
  what comes within `TORN_MS` of any of them are a scanner's: nothing of it stays, and its Enter pays nothing.

What is not taken is always said: nothing that was typed vanishes without a word.

Scanners that put STX before the code and ETX behind it (the way to set them up) are heard without guessing.
Source of both modes and of the figures: facts collected on keyboard scanners; the limits below are ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QInputEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from azpost_desk.gui.work.guards import guarded
from azpost_desk.gui.work.timers import Clock, DeskClock

if TYPE_CHECKING:
    from azpost_desk.domain.scans import Scan

STX, ETX = "\x02", "\x03"

GAP_MS: Final = 35
"""The longest pause between two keys of a scanner, unless ``desk.toml`` says more (scanner_gap_ms)."""
SCAN_MIN: Final = 8
"""Fewer characters are typing: no code we read is shorter."""
GUARDED_MIN: Final = 4
"""In an amount or a PIN four keys within single gaps and an Enter are no hand's, either."""
ALONE_MS: Final = 200
"""A key that pays must be followed by as much silence, or by twice the gap of a slower scanner."""
TORN_MS: Final = 500
"""So soon after a burst without its Enter, keys in a guarded place are the rest of the same scan."""
PREFIX_GAP_MS: Final = 250
"""After STX a pause this long means that no scanner is speaking (a person pressed Ctrl B)."""
PREFIX_MAX_MS: Final = 5_000
"""After STX a scan must have ended by then."""
DOUBLED_MS: Final = 1_500
"""The same code again within this time is the same sweep over the label."""
SUFFIX_LATE_MS: Final = 120
"""Some scanners pause before their Enter: it must not press the main button."""
_LATE_MS: Final = 10

ReadScan = Callable[[str], "Scan"]
"""Turns received characters into a scan, repairing a wrong keyboard layout by the check digit."""


class ScanBus(QObject):
    """Where scans are announced.

    Signals:
        scanned(Scan, str, bool): what was read, the characters as received, and whether the same code was
            read less than 1.5 s ago.
        broken(): a scan began and did not end; scan again.
        refused(): keys came as a scanner's where only a hand's are taken; type them again, slower.
    """

    scanned = Signal(object, str, bool)
    broken = Signal()
    refused = Signal()


_AMOUNT_SIGNS: Final = frozenset("0123456789.,- ")


@dataclass(slots=True)
class _Run:
    """Keys that reached an amount where Enter pays, one soon after the other."""

    line: QWidget
    text: str = ""
    last_ms: int = 0


@dataclass(slots=True)
class _Held:
    """Keys held back, with the widget they were meant for, its guard, and whether a torn scan came before."""

    keys: list[tuple[QWidget, QKeyEvent]] = field(default_factory=list)
    text: str = ""
    last_ms: int = 0
    guard: str = ""
    torn: bool = False


class ScannerFilter(QObject):
    """The event filter on the application. Keep a reference; `remove` takes it off again.

    Only key presses on widgets count: the window has seen them first, and a parent sees again what a widget
    let pass. Printable keys are always held here, so none of them is ever seen twice.
    """

    def __init__(
        self,
        app: QApplication,
        read_scan: ReadScan,
        bus: ScanBus | None = None,
        clock: Clock | None = None,
        gap_ms: int = GAP_MS,
    ) -> None:
        super().__init__(app)
        self.bus = bus or ScanBus(self)
        self._read_scan = read_scan
        self._clock = clock or DeskClock()
        self._gap_ms = gap_ms
        self._held = _Held()
        self._gap_shot = self._clock.shot(self, self._on_gap)
        self._gap_due_ms = 0
        self._waited_again = False
        self._prefixed: _Held | None = None
        self._prefix_slow = False
        self._prefix_shot = self._clock.shot(self, self._on_prefix_silence)
        self._prefix_from_ms = 0
        self._replaying = False
        self._last: tuple[str, int] | None = None
        self._suffix_until_ms = -1
        self._torn_until_ms = -1
        self._run: _Run | None = None
        self._run_shot = self._clock.shot(self, self._end_run)
        self._app = app
        app.installEventFilter(self)

    def hear(self, raw: str) -> None:
        """A code that came whole from a scanner which is no keyboard; "" when it could not be read."""
        if raw:
            self._emit(raw)
        else:
            self.bus.broken.emit()

    def remove(self) -> None:
        """Deliver what is held and stop listening."""
        self.flush()
        self._app.removeEventFilter(self)

    def flush(self) -> None:
        """What is held was typed: deliver it now, in order, with its own text, or say that it was not."""
        self._gap_shot.stop()
        held, self._held = self._held, _Held()
        if held.text and not self._is_a_hands(held):
            self._strike()
            self.bus.refused.emit()
            return
        self._deliver(held.keys)

    def _strike(self) -> None:
        """The keys of this moment are a scanner's: what got through goes again, what follows is not taken."""
        self._torn_until_ms = self._clock.monotonic_ms() + TORN_MS
        self._run_shot.stop()
        run, self._run = self._run, None
        if run is not None and shiboken6.isValid(run.line) and isinstance(run.line, QLineEdit):
            # Not `clear`: Ctrl Z would bring it back.
            run.line.setText("")

    def _is_a_hands(self, held: _Held) -> bool:
        """Whether a short burst may be typing where it went."""
        if held.guard == "alone":
            return len(held.text) == 1 and not held.torn
        if held.guard == "pays" and (held.torn or not _AMOUNT_SIGNS.issuperset(held.text)):
            return False
        return held.guard not in _AMOUNTS or len(held.text) < GUARDED_MIN

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt. True means that the event goes no further."""
        # Every event of the program comes by here, and to ask for its type costs the most.
        if not isinstance(event, QInputEvent) or self._replaying or not isinstance(watched, QWidget):
            return False
        kind = event.type()
        if kind is QEvent.Type.MouseButtonPress:
            self.flush()
        if not isinstance(event, QKeyEvent):
            return False
        if kind is QEvent.Type.ShortcutOverride:
            return self._override(event)
        if kind is QEvent.Type.KeyPress:
            return self._pressed(watched, event)
        if (
            kind is QEvent.Type.KeyRelease
            and self._held.keys
            and event.text() in self._held.text
            and event.text()
        ):
            # A release must not overtake its press.
            self._held.keys.append((watched, _copy(event)))
            return True
        return False

    def _override(self, event: QKeyEvent) -> bool:
        """No shortcut may take a scanner's key: Ctrl B, Ctrl C or what stands between."""
        if self._prefixed is not None or _is(event, STX):
            event.accept()
            return True
        return False

    def _pressed(self, widget: QWidget, event: QKeyEvent) -> bool:
        now_ms = self._clock.monotonic_ms()
        if _is(event, STX):
            self.flush()
            self._begin_prefix(now_ms)
            return True
        if self._prefixed is not None:
            return self._pressed_in_frame(self._prefixed, widget, event, now_ms)
        at_ms = _moment(event, now_ms)
        if self._held.keys and at_ms - self._held.last_ms > self._silence_ms():
            self._end_burst()
        if event.key() in _MODIFIERS:
            if self._held.keys:
                # Slow scanners need a whole gap for Shift down, letter, Shift up.
                self._wait_on(at_ms)
            return False
        if _is_suffix(event):
            return self._suffix(widget, at_ms, now_ms)
        if _printable(event) and not event.isAutoRepeat():
            self._hold(widget, event, at_ms)
            return True
        self.flush()
        return False

    def _hold(self, widget: QWidget, event: QKeyEvent, at_ms: int) -> None:
        self._suffix_until_ms = -1
        if not self._held.text:
            self._held.guard = _guard(widget)
            self._held.torn = self._clock.monotonic_ms() <= self._torn_until_ms
        self._held.keys.append((widget, _copy(event)))
        self._held.text += event.text()
        if self._held.guard == "pays":
            self._run_on(widget, event.text(), at_ms)
        self._wait_on(at_ms)

    def _run_on(self, line: QWidget, text: str, at_ms: int) -> None:
        run = self._run
        if run is None or run.line is not line or at_ms - run.last_ms > self._alone_ms():
            run = self._run = _Run(line)
        run.text += text
        run.last_ms = at_ms
        self._run_shot.start(self._alone_ms() + 1)

    def _end_run(self) -> None:
        """A pause: as many keys as a code has, one soon after the other, leave nothing in an amount."""
        if self._run is not None and len(self._run.text) >= SCAN_MIN:
            self._strike()
            self.bus.refused.emit()
        self._run = None

    def _alone_ms(self) -> int:
        return max(ALONE_MS, 2 * self._gap_ms)

    def _wait_on(self, at_ms: int) -> None:
        self._held.last_ms = at_ms
        self._waited_again = False
        wait_ms = self._silence_ms() + 1
        self._gap_due_ms = self._clock.monotonic_ms() + wait_ms
        self._gap_shot.start(wait_ms)

    def _silence_ms(self) -> int:
        """A pause longer than this ends what is held."""
        return self._alone_ms() if self._held.guard == "alone" else self._gap_ms

    def _suffix(self, widget: QWidget, at_ms: int, now_ms: int) -> bool:
        """Enter, Tab or ETX: the end of a scan, or a key like any other."""
        held = self._held
        if len(held.text) >= self._least():
            self._emit(self._take(), held.guard)
            return True
        if _guard(widget) == "pays" and self._is_a_scanners_enter(at_ms, now_ms):
            self._take()
            self._strike()
            self.bus.refused.emit()
            return True
        if held.text and (held.guard == "alone" or (held.guard and held.torn)):
            # A key and an Enter at once, or the tail of a scan that stalled: no hand's, and it would pay.
            self._take()
            self.bus.refused.emit()
            return True
        self.flush()
        late = now_ms <= self._suffix_until_ms
        self._suffix_until_ms = -1
        return late

    def _is_a_scanners_enter(self, at_ms: int, now_ms: int) -> bool:
        """Where Enter pays: whether this one belongs to the keys before it."""
        if self._held.text or now_ms <= self._torn_until_ms:
            return True
        run = self._run
        return run is not None and len(run.text) >= SCAN_MIN and at_ms - run.last_ms <= self._alone_ms()

    def _least(self) -> int:
        return GUARDED_MIN if self._held.guard in _AMOUNTS else SCAN_MIN

    def _on_gap(self) -> None:
        # The window was busy and keys may be waiting in the queue behind this timer: look once more, or the
        # beginning of a scan would be taken for typing.
        if not self._waited_again and self._clock.monotonic_ms() - self._gap_due_ms > _LATE_MS:
            self._waited_again = True
            self._gap_shot.start(2)
            return
        self._end_burst()

    def _end_burst(self) -> None:
        """A pause: eight keys within single gaps are a scanner without suffix, anything else was typed."""
        held = self._held
        if len(held.text) >= SCAN_MIN:
            self._emit(self._take(), held.guard)
            now_ms = self._clock.monotonic_ms()
            self._suffix_until_ms, self._torn_until_ms = now_ms + SUFFIX_LATE_MS, now_ms + TORN_MS
        else:
            self.flush()

    def _take(self) -> str:
        self._gap_shot.stop()
        text, self._held = self._held.text, _Held()
        return text

    def _begin_prefix(self, now_ms: int) -> None:
        self._prefixed = _Held(last_ms=now_ms)
        self._prefix_slow = False
        self._prefix_from_ms = now_ms
        self._prefix_shot.start(PREFIX_GAP_MS)

    def _pressed_in_frame(self, frame: _Held, widget: QWidget, event: QKeyEvent, now_ms: int) -> bool:
        if event.key() in _MODIFIERS:
            return True
        if _is_suffix(event):
            self._end_frame()
            if frame.text:
                self._emit(frame.text)
                return True
            # Ctrl B and then Enter is a hand's.
            return _is(event, ETX)
        if event.text():
            self._prefix_slow |= now_ms - frame.last_ms > GAP_MS
            frame.keys.append((widget, _copy(event)))
            frame.text += event.text()
            frame.last_ms = now_ms
            left_ms = PREFIX_MAX_MS - (now_ms - self._prefix_from_ms)
            self._prefix_shot.start(max(0, min(PREFIX_GAP_MS, left_ms)))
            return True
        # Arrows and function keys are in no code: a hand is at work.
        self._on_prefix_silence()
        return False

    def _on_prefix_silence(self) -> None:
        """STX without an end: keys typed slowly were a hand's and are given back, a torn scan is not."""
        frame = self._prefixed
        self._end_frame()
        if frame is None or not frame.keys:
            return
        if self._prefix_slow or len(frame.text) == 1:
            self._deliver(frame.keys)
        else:
            self.bus.broken.emit()

    def _end_frame(self) -> None:
        self._prefixed = None
        self._prefix_shot.stop()

    def _emit(self, raw: str, guard: str = "") -> None:
        if guard == "pays":
            self._strike()
        scan = self._read_scan(raw)
        if guard == "secret" and scan.kind == "unknown":
            # It may be the PIN of somebody quick: it is looked up nowhere and stands in no notice.
            self.bus.refused.emit()
            return
        now_ms = self._clock.monotonic_ms()
        doubled = self._last is not None and self._last[0] == raw and now_ms - self._last[1] <= DOUBLED_MS
        self._last = (raw, now_ms)
        self.bus.scanned.emit(scan, raw, doubled)

    def _deliver(self, keys: list[tuple[QWidget, QKeyEvent]]) -> None:
        self._replaying = True
        try:
            for widget, event in keys:
                target = widget if shiboken6.isValid(widget) else QApplication.focusWidget()
                if target is not None:
                    QApplication.sendEvent(target, event)
        finally:
            self._replaying = False


_AMOUNTS: Final = ("never", "pays")
_MODIFIERS: Final = frozenset({
    Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta,
    Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock, Qt.Key.Key_Mode_switch,
})  # fmt: skip
_ENTER_TAB: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)


def _guard(widget: QWidget) -> str:
    """The property ``scans`` of the widget or of the nearest one around it that has one, else nothing."""
    at: QWidget | None = widget
    while at is not None:
        guard = at.property("scans")
        if isinstance(guard, str):
            return guard
        at = at.parentWidget()
    return ""


def _is(event: QKeyEvent, control: str) -> bool:
    """Whether the key is STX (Ctrl B) or ETX (Ctrl C), as a character or as the keys that make it."""
    letter = {STX: Qt.Key.Key_B, ETX: Qt.Key.Key_C}[control]
    by_keys = event.key() == letter and event.modifiers() == Qt.KeyboardModifier.ControlModifier
    return event.text() == control or by_keys


def _is_suffix(event: QKeyEvent) -> bool:
    plain_key = event.key() in _ENTER_TAB and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return plain_key or _is(event, ETX)


def _printable(event: QKeyEvent) -> bool:
    """A key that writes something. AltGr is Ctrl and Alt together on Windows; either alone commands."""
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
    return bool(event.text()) and event.text().isprintable() and control == alt


def _moment(event: QKeyEvent, now_ms: int) -> int:
    """When the key was pressed: the platform's time stamp where there is one, else now.

    While the window was busy keys queue up; by arrival a fast hand's would look like a scanner's.
    """
    return event.timestamp() or now_ms


def _copy(event: QKeyEvent) -> QKeyEvent:
    """The same key once more; the original dies with its delivery."""
    return QKeyEvent(
        event.type(),
        event.key(),
        event.modifiers(),
        event.nativeScanCode(),
        event.nativeVirtualKey(),
        event.nativeModifiers(),
        event.text(),
        event.isAutoRepeat(),
        event.count(),
    )
