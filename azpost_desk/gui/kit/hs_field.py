"""The likeliest customs codes of a good in a column: chosen by a digit, by arrows and Enter, by touch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from azpost_desk.domain.digits import is_digits
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.fields import Field
from azpost_desk.gui.kit.words import follow, phrase, plain, say, translated
from azpost_desk.gui.work.guards import guarded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent

    from azpost_desk.domain.mail.goods import HsFound
    from azpost_desk.gui.kit.words import Say

_SHOWN_CHARACTERS = 64


class HsField(Field):
    """At most five codes to choose from; 0 takes none of them.

    Signals:
        picked(object): the `HsFound` that was chosen, or None for none of them.
    """

    picked = Signal(object)

    def __init__(self) -> None:
        super().__init__("express.abroad.hs_found", name="declared.found", optional=True)
        self._list = _Found()
        self._list.picked.connect(self.picked)
        self._frame(self._list)
        self.hide()

    def offer(self, found: Sequence[HsFound]) -> None:
        """Show these; nothing shown means that nothing is asked."""
        self._list.offer(found)
        self.setVisible(bool(found))

    def offered(self) -> tuple[HsFound, ...]:
        """What is offered now."""
        return tuple(self._list.found)

    def text(self) -> str:
        """Nothing stands here by itself: what is chosen goes into the code."""
        return ""

    def put(self, text: str) -> None:
        """See `Field.put`: the offer is over."""
        self.offer(())


class _Found(QWidget):
    picked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.found: list[HsFound] = []
        self._rows: list[Button] = []
        self._at = 0
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        follow(self, lambda: self.setAccessibleName(say("express.abroad.hs_found")))

    def offer(self, found: Sequence[HsFound]) -> None:
        for old in self._rows:
            old.hide()
            old.deleteLater()
        self.found, self._rows, self._at = list(found), [], 0
        for number, one in enumerate(self.found, start=1):
            row = Button(_line_of(number, one), hint=plain(f"{one.code[:4]} {one.code[4:]}"), role="rail")
            row.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.setCheckable(True)
            # The words of a heading are as long as a law: what does not fit ends early.
            row.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            row.clicked.connect(lambda _checked=False, at=number - 1: self._pick(at))
            self._column.addWidget(row)
            row.show()
            self._rows.append(row)
        self._mark()

    def _pick(self, at: int) -> None:
        if 0 <= at < len(self.found):
            self.picked.emit(self.found[at])

    def _mark(self) -> None:
        for at, row in enumerate(self._rows):
            row.setChecked(at == self._at)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, last = event.key(), len(self._rows) - 1
        if event.text() == "0":
            self.picked.emit(None)
        elif is_digits(event.text()):
            self._pick(int(event.text()) - 1)
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._at = min(max(self._at + (1 if key == Qt.Key.Key_Down else -1), 0), last)
            self._mark()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self._pick(self._at)
        else:
            super().keyPressEvent(event)


def _line_of(number: int, one: HsFound) -> Say:
    text = one.text if len(one.text) <= _SHOWN_CHARACTERS else f"{one.text[: _SHOWN_CHARACTERS - 1]}…"
    named = translated(one.names, text) if one.names else plain(text)
    chapter = one.chapter_text[:1].upper() + one.chapter_text[1:]
    title = phrase("express.abroad.hs_line", name=named, chapter=plain(chapter))
    return phrase("kit.candidate", number=number, title=title)
