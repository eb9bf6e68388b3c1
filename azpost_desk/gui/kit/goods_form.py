"""Enter among goods: through the line in hand, from its last field to the next line, past an empty one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from azpost_desk.gui.kit.forms import Form

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractButton

    from azpost_desk.gui.kit.fields import Field
    from azpost_desk.gui.kit.goods import GoodsCard


class GoodsForm(Form):
    """A form with lines of goods in it.

    Signals:
        whole(DeclaredLine): the line in hand is whole; it is to be checked and taken.
    """

    whole = Signal(object)

    def __init__(self, goods: GoodsCard, main: QAbstractButton) -> None:
        super().__init__(main)
        self._goods = goods
        goods.found.connect(self._on_found)
        goods.picked.connect(self._on_picked)

    def first_waiting(self, otherwise: Field | None = None) -> Field:
        """The first field that is not optional and waits; the line of goods when none does."""
        waits = (one for one in self.fields if one.is_empty() and not one.is_skipped() and not one.optional)
        if otherwise is not None and not self.dirty:
            return otherwise
        return next(waits, self._goods.words)

    def advance(self) -> None:
        """See `Form`."""
        here = self._goods.here()
        if here is None or self._goods.words.is_empty():
            super().advance()
            return
        if not here.leave():
            return
        if self._goods.is_searching:
            # What is typed meanwhile waits for the codes that are found.
            self.hold()
            return
        ahead = self._goods.next_waiting(here) or self._goods.next_waiting()
        if ahead is not None:
            self.lead(ahead)
        else:
            self.finish_line()

    def finish_line(self) -> None:
        """The line in hand is handed on, or what it still needs is shown."""
        line = self._goods.in_hand()
        if line is not None:
            self.whole.emit(line)

    def _on_found(self) -> None:
        if self.follows(self._goods.words):
            self.lead(self._goods.next_waiting(self._goods.words) or self._goods.quantity)

    def _on_picked(self) -> None:
        self.lead(self._goods.next_waiting(self._goods.words) or self._goods.quantity)
