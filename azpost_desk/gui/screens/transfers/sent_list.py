"""Transfers that were sent, as a list: searched as it is typed, one opened by Enter, money given back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from azpost_desk.gui.kit.fields import TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.person import screen_of
from azpost_desk.gui.kit.tables import Table
from azpost_desk.gui.screens.transfers.refunding import Owed, RefundSheet
from azpost_desk.gui.work.runner import Operation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from azpost_desk.gui.kit.buttons import Button
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.kit.tables import Column

R = TypeVar("R")


class SentList(QWidget, Generic[R]):
    """A mode of the screen; who derives from it says what is read, what is found and what Enter opens.

    Signals:
        added(): a refund has gone into the basket.
    """

    added = Signal()

    def __init__(
        self, session: Session, columns: list[Column[R]], *, name: str, empty: str, hint: str
    ) -> None:
        super().__init__()
        self._session = session
        self._sent: list[R] = []
        self.search = TextField("transfers.screen.search", name="search", hint=hint, optional=True)
        self.table: Table[R] = Table(columns, name=name, empty=empty)
        self.refund: RefundSheet | None = None
        self.form = Form()
        self.form.add(self.search)
        self._acts = QHBoxLayout()
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        column.addLayout(self._acts)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.form)
        self.search.changed.connect(self._filter)
        self.search.line.returnPressed.connect(self._on_search)
        self.table.chosen.connect(self.open_one)

    def focus(self) -> None:
        """To the search."""
        self.search.setFocus()

    def refresh(self) -> None:
        """Read what was sent."""
        Operation(self, self._read()).succeeded(self._show).start()

    def open_one(self, one: R) -> None:
        """What Enter does with one of them."""
        raise NotImplementedError

    def _read(self) -> Callable[[], list[R]]:
        """What reads the list, off the main thread."""
        raise NotImplementedError

    def _found(self, sent: Sequence[R], typed: str) -> list[R]:
        """Those that `typed` means."""
        raise NotImplementedError

    def _look_elsewhere(self, typed: str) -> None:
        """What is in no row may be known in another place."""
        raise NotImplementedError

    def _add_acts(self, *acts: Button) -> None:
        for act in acts:
            self._acts.addWidget(act)
        self._acts.addStretch()

    def _selected(self) -> R | None:
        """The selected one, or the only one that is shown; without one it is asked which."""
        shown = self.table.rows.records
        one = self.table.current() or (shown[0] if len(shown) == 1 else None)
        if one is None:
            self._session.notice("transfers.screen.change.which", "neutral")
            self.table.setFocus()
        return one

    def _open_refund(self, owed: Owed) -> None:
        self.refund = RefundSheet(self._session, screen_of(self), owed)
        self.refund.added.connect(self._on_added)
        self.refund.open(self.refund.person.fin.editor)

    def _show(self, found: list[R]) -> None:
        self._sent = found
        self._filter()

    def _filter(self) -> None:
        self.table.show_records(self._found(self._sent, self.search.text()))

    def _on_search(self) -> None:
        """Enter: the one that is left opens."""
        shown = self.table.rows.records
        if len(shown) == 1:
            self.open_one(shown[0])
        elif shown:
            self.table.setFocus()
            self.table.view.selectRow(0)
        else:
            self._look_elsewhere(self.search.text())

    def _on_added(self) -> None:
        self.search.clear()
        self.refresh()
        self.added.emit()
