"""Surfaces: a section's card, the sheet over a screen, candidates picked by a digit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from azpost_desk.domain.digits import is_digits
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.field_frame import writes
from azpost_desk.gui.kit.labels import Label, StatePill
from azpost_desk.gui.kit.lost_keys import put_where_it_belongs
from azpost_desk.gui.kit.theme import GAP, GAP_WIDE
from azpost_desk.gui.kit.words import Say, follow, phrase, plain, say
from azpost_desk.gui.work.guards import guarded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

# Help and lock work everywhere.
_FRAME_KEYS: Final = (Qt.Key.Key_F1, Qt.Key.Key_F12)


class Card(QFrame):
    """A section of a screen on its own surface: a heading, perhaps a pill, and a grid to put things on.

    Attributes:
        grid: where the content goes.
        pill: state beside the heading; hidden without words.
    """

    def __init__(self, words: Say = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._heading = Label(words, "section", parent=self)
        self._heading.setVisible(bool(words))
        self.pill = StatePill(parent=self)
        # As high as the pill, so that headings of cards side by side stand on one line.
        self._heading.setMinimumHeight(24)
        head = QHBoxLayout()
        head.addWidget(self._heading)
        head.addWidget(self.pill)
        head.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP_WIDE, 12, GAP_WIDE, 12)
        column.setSpacing(GAP)
        if words:
            column.addLayout(head)
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(GAP_WIDE)
        self.grid.setVerticalSpacing(GAP)
        column.addLayout(self.grid)

    def row(self, *widgets: QWidget, stretches: Sequence[int] = ()) -> None:
        """Put widgets side by side in a new row; `stretches` are their shares of the width (1 each)."""
        line = QHBoxLayout()
        line.setSpacing(GAP_WIDE)
        for at, widget in enumerate(widgets):
            line.addWidget(widget, stretches[at] if at < len(stretches) else 1, Qt.AlignmentFlag.AlignTop)
        self.grid.addLayout(line, self.grid.rowCount(), 0)

    def say(self, words: Say) -> None:
        """Change the heading."""
        self._heading.say(words)
        self._heading.setVisible(bool(words))


class Sheet(QFrame):
    """A panel over its parent instead of a modal box: the screen beneath waits, veiled, and stays visible.

    `side` puts it at the right edge, full height (a count, a queue); ``centre`` in the middle (a reason, a
    second person). Put the content on `body`: a `Form` if Enter shall work as in a screen. While it is open
    the keys of its own buttons count, those of the screen beneath do not; F1 and F12 reach the frame.

    Signals:
        closed(): it has gone; the focus is back where it was.
        escaped(): Esc was pressed; unless `keep_on_escape` it closes by itself.
    """

    closed = Signal()
    escaped = Signal()

    def __init__(
        self,
        over: QWidget,
        words: Say,
        *,
        side: Literal["right", "centre"] = "centre",
        width_px: int = 480,
        keep_on_escape: bool = False,
        leave: Say = "kit.sheet.close",
    ) -> None:
        super().__init__(over)
        self.setProperty("role", "veil")
        self._over, self._host, self._side = over, over, side
        self._width_px, self._keep = width_px, keep_on_escape
        self._back: QWidget | None = None
        self._waits = False
        self._panel = QFrame(self)
        self._panel.setProperty("role", "sheet")
        self._heading = Label(words, "title", wrap=True)
        self._esc = Button(leave, hint=plain("Esc"), role="quiet")
        self._esc.clicked.connect(self._on_escape)
        head = QHBoxLayout()
        head.addWidget(self._heading, 1)
        head.addWidget(self._esc)
        column = QVBoxLayout(self._panel)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(GAP_WIDE)
        self._lost = Label("", "hint", wrap=True)
        self._lost.hide()
        column.addLayout(head)
        column.addWidget(self._lost)
        self.body = QVBoxLayout()
        self.body.setSpacing(GAP)
        column.addLayout(self.body, 1)
        follow(self, lambda: self._panel.setAccessibleName(say(self._heading.words)))
        over.installEventFilter(self)
        self._panel.installEventFilter(self)
        self.hide()

    def open(self, focus: QWidget | None = None) -> None:
        """Show it and put the focus on `focus` (or the first thing that takes it)."""
        self._back = self._over.window().focusWidget()
        host = self._over
        while (parent := host.parentWidget()) is not None and parent is not self._over.window():
            host = parent
        if host is not self._host:
            # The whole frame waits, not only the middle of it.
            self._host = host
            self.setParent(host)
            host.installEventFilter(self)
        self._place()
        self.show()
        self.raise_()
        target = focus or next(
            (w for w in self._panel.findChildren(QWidget) if _takes_focus(w) and w is not self._esc),
            self._esc,
        )
        target.setFocus(Qt.FocusReason.TabFocusReason)

    def close_sheet(self) -> None:
        """Take it away and give the focus back."""
        if self.isHidden():
            return
        self.hide()
        if self._back is not None and self._back.isVisible():
            self._back.setFocus(Qt.FocusReason.OtherFocusReason)
        self.closed.emit()

    def say(self, words: Say) -> None:
        """Change the heading."""
        self._heading.say(words)

    @guarded
    def event(self, event: QEvent) -> bool:
        """No shortcut of the screen beneath fires while the focus is in the sheet."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() not in _FRAME_KEYS:
                event.accept()
            return True
        return super().event(event)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes, a button's key presses it; no key reaches the screen beneath."""
        event.accept()
        if event.key() == Qt.Key.Key_Escape:
            self._on_escape()
            return
        pressed = QKeySequence(event.keyCombination())
        for button in self._panel.findChildren(Button):
            if (
                button.key
                and button.isEnabled()
                and button.isVisible()
                and pressed == QKeySequence(button.key)
            ):
                button.click()
                return
        self._take_letter(event)

    def _take_letter(self, event: QKeyEvent) -> None:
        if writes(event):
            lost = not put_where_it_belongs(event, self._panel)
            self._lost.say(phrase("kit.key.lost", text=event.text()) if lost else "", "warn")
            self._lost.setVisible(lost)

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the parent whatever its size, hold what it shows; come and go with its screen."""
        if watched is self._panel:
            if event.type() is QEvent.Type.LayoutRequest and not self.isHidden():
                self._place_panel()
            return super().eventFilter(watched, event)
        if watched is self._host and event.type() is QEvent.Type.Resize and not self.isHidden():
            self._place()
        if watched is self._over and self._over is not self._host:
            self._follow_screen(event.type())
        return super().eventFilter(watched, event)

    def _follow_screen(self, event: QEvent.Type) -> None:
        if event is QEvent.Type.Hide and self.isVisible():
            self._waits = True
            self.hide()
        elif event is QEvent.Type.Show and self._waits:
            self._waits = False
            self._place()
            self.show()
            self.raise_()

    @guarded
    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays inside the sheet."""
        inside = [w for w in self._panel.findChildren(QWidget) if _takes_focus(w)]
        if not inside:
            return False
        here = inside.index(w) if (w := self.window().focusWidget()) in inside else -1
        inside[(here + (1 if forward else -1)) % len(inside)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the panel in its place."""
        super().resizeEvent(event)
        self._place_panel()

    def _on_escape(self) -> None:
        self.escaped.emit()
        if not self._keep:
            self.close_sheet()

    def _place(self) -> None:
        self.setGeometry(self._host.rect())
        self._place_panel()

    def _place_panel(self) -> None:
        width = min(self._width_px, self.width())
        if self._side == "right":
            self._panel.setGeometry(self.width() - width, 0, width, self.height())
            return
        wanted = max(self._panel.sizeHint().height(), self._panel.heightForWidth(width))
        height = min(wanted, self.height() - 2 * GAP)
        self._panel.setGeometry(
            (self.width() - width) // 2, max(GAP, (self.height() - height) // 3), width, height
        )


def _takes_focus(widget: QWidget) -> bool:
    by_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return by_tab and widget.isVisible() and widget.isEnabled() and widget.focusProxy() is None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One line to pick, below the name of its `group`: who, what tells them apart; `value` is handed back."""

    title: Say
    detail: Say = ""
    value: object = None
    group: Say = ""


class NameList(QWidget):
    """Candidates picked by a digit 1-9, by arrows and Enter, or by touch.

    Signals:
        picked(object): the `value` of the candidate.
    """

    picked = Signal(object)

    def __init__(self, empty: Say = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._candidates: list[Candidate] = []
        self._rows: list[Button] = []
        self._groups: list[Label] = []
        self._empty = Label(empty, "muted", wrap=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP // 2)
        self._column.addWidget(self._empty)
        follow(self, lambda: self.setAccessibleName(say("kit.candidates")))

    def offer(self, candidates: Sequence[Candidate]) -> None:
        """Show these, at most nine."""
        for old in (*self._rows, *self._groups):
            old.hide()
            old.deleteLater()
        self._candidates = list(candidates)[:9]
        self._rows, self._groups = [], []
        group: Say = ""
        for number, candidate in enumerate(self._candidates, start=1):
            if candidate.group != group:
                group = candidate.group
                self._groups.append(Label(group, "hint"))
                self._column.addWidget(self._groups[-1])
                self._groups[-1].show()
            row = Button(self._line_of(number, candidate), hint=candidate.detail, role="rail")
            row.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.clicked.connect(lambda _checked=False, at=number - 1: self.pick(at))
            self._column.addWidget(row)
            # Else it is shown, and takes the focus, only once the layout gets its turn.
            row.show()
            self._rows.append(row)
        self._empty.setVisible(not self._candidates)
        if self._rows:
            self.setFocusProxy(self._rows[0])

    @property
    def candidates(self) -> list[Candidate]:
        """What is offered."""
        return list(self._candidates)

    def pick(self, at: int) -> None:
        """Pick the candidate at position `at`, counted from 0; nothing happens beyond the last."""
        if 0 <= at < len(self._candidates):
            self.picked.emit(self._candidates[at].value)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits pick, arrows move."""
        if is_digits(event.text()) and event.text() != "0":
            self.pick(int(event.text()) - 1)
        elif event.key() == Qt.Key.Key_Down:
            self.focusNextChild()
        elif event.key() == Qt.Key.Key_Up:
            self.focusPreviousChild()
        else:
            super().keyPressEvent(event)

    @staticmethod
    def _line_of(number: int, candidate: Candidate) -> Say:
        title = phrase(candidate.title) if isinstance(candidate.title, str) else candidate.title
        return phrase("kit.candidate", number=number, title=title)


def heading(title: Say, subtitle: Say = "") -> tuple[QWidget, Label, Label]:
    """The head of a screen: title and a muted line below; returns the widget and both labels."""
    top, below = Label(title, "title", wrap=True), Label(subtitle, "muted", wrap=True)
    widget = QWidget()
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(top)
    column.addWidget(below)
    below.setVisible(bool(subtitle))
    return widget, top, below


def pair(name: Say, value: Say, tone: Literal["", "good", "warn", "bad"] = "") -> QWidget:
    """A name on the left, a value on the right: a line of a side card."""
    widget = QWidget()
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 4, 0, 4)
    left: QLabel = Label(name, "muted", wrap=True)
    right = Label(value, "strong")
    right.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    if tone:
        right.say(value, tone)
    row.addWidget(left, 1)
    row.addWidget(right)
    return widget
