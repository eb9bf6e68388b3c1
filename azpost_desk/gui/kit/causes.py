"""The likely causes of a difference as a list, each with the record it opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.tables import Column, Table
from azpost_desk.gui.kit.theme import GAP
from azpost_desk.gui.kit.words import Say, language, phrase
from azpost_desk.services.views import Found

if TYPE_CHECKING:
    from azpost_desk.gui.kit.labels import State
    from azpost_desk.services.explaining import Explained, Likely

_ROWS_SHOWN: Final = 6
_STATES: Final[dict[str, State]] = {"most": "warn", "may": "neutral", "less": "neutral"}


class Causes(QWidget):
    """What explains a recorded count, the likeliest first; Enter opens the record.

    Signals:
        opened(object): services.views.Found of the record, for the history.
    """

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table: Table[Likely] = Table(columns(), name="explain.title", empty="explain.none", card=False)
        self.table.chosen.connect(self._on_chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(Label("explain.title", "section"))
        column.addWidget(Label("explain.hint", "hint"))
        column.addWidget(self.table)
        self.hide()

    def show_explained(self, explained: Explained) -> None:
        """Show the causes of one count; nothing for a count that agreed."""
        self.setVisible(bool(explained.closed.difference_qapik))
        self.table.show_records(explained.likely)
        self.table.fit_height(_ROWS_SHOWN)

    def _on_chosen(self, likely: Likely) -> None:
        done = likely.done
        if done is not None:
            key = done.receipt or done.operation
            self.opened.emit(Found("receipt", key, key, ""))


def columns() -> list[Column[Likely]]:
    """What may have happened, the record that it opens, how much of all that fits."""
    return [
        Column("explain.column.cause", _sentence),
        Column("explain.column.record", _record, 176),
        Column("explain.column.share", _strength, 150, state=lambda one: _STATES[_level(one)]),
    ]


def _level(one: Likely) -> str:
    """A share of what fits is no probability: it is said in words, not in per cent."""
    return "most" if one.share_ppm >= 500_000 else "may" if one.share_ppm >= 100_000 else "less"


def _strength(one: Likely) -> Say:
    return phrase(f"explain.strength.{_level(one)}")


def _sentence(one: Likely) -> Say:
    return phrase(f"explain.reason.{one.reason}", **one.facts)


def _record(one: Likely) -> str:
    if one.done is None:
        return "–"
    time = language().texts.time(one.done.at_ms)
    return f"{one.done.receipt} · {time}" if one.done.receipt else time
