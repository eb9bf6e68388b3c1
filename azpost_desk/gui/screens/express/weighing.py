"""A field of weight with the scale beside it: asked when the clerk comes there, typed where it says nothing.

In: grams of the scale, or keys. Out: what was understood stands below the field; a typed weight is marked
where there is a scale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.fields import TextField
from azpost_desk.gui.kit.look_ups import LookUp
from azpost_desk.gui.kit.words import phrase, refusal
from azpost_desk.gui.screens.express import actions
from azpost_desk.gui.screens.express import form as decide
from azpost_desk.gui.work.guards import guarded
from azpost_desk.gui.work.runner import Lane, Operation
from azpost_desk.services.weights import read_weight

if TYPE_CHECKING:
    from azpost_desk.domain.refusals import Refused, Trouble
    from azpost_desk.gui.kit.screens import Session

_LABEL_PX = 21
_ECHOES: Final = {
    "hint": "express.screen.weight_hint",
    "weighed": "express.screen.weight_weighed",
    "echo": "express.screen.weight_echo",
}


class Weighed(QWidget):
    """The weight of an item.

    Signals:
        weighed(): the scale has said it.
    """

    weighed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session, self._said = session, ""
        self.field = TextField(
            "express.screen.weight", name="weight", hint="express.screen.weight_hint",
            check=read_weight, max_length=8,
        )  # fmt: skip
        self.field.example = "express.screen.weight_hint"
        self.scale = Button("express.screen.weigh", actions.WEIGH_KEY, bind=False)
        if session.weigh is None:
            self.scale.hide()
        beside = QVBoxLayout()
        beside.addSpacing(_LABEL_PX)
        beside.addWidget(self.scale)
        beside.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.field, 1)
        row.addLayout(beside)
        self.scale.clicked.connect(self.weigh)
        self.field.changed.connect(self._echo)
        self.field.editor.installEventFilter(self)

    def grams(self) -> int:
        """What stands there; 0 while it is no weight."""
        return decide.understood(self.field.text(), "", None)[1]

    @property
    def is_typed(self) -> bool:
        """Whether what stands there is not what the scale said."""
        return self.field.text() != self._said

    def clear(self) -> None:
        """For the next item, which is weighed anew."""
        self._said = ""
        self._echo()

    def weigh(self) -> None:
        """Ask the scale; what it says stands in the field and may be typed over."""
        weigh = self._session.weigh
        if weigh is None:
            return
        since = LookUp([self.field])

        def said(grams: int) -> None:
            if since.is_theirs(self.field):
                return
            self._said = str(grams)
            self.field.fill(self._said)
            self._echo()
            self.weighed.emit()

        Operation(self.scale, weigh).succeeded(said).trouble(self._silent).refused(self._silent).start(
            Lane.NETWORK
        )

    def _silent(self, error: Trouble | Refused) -> None:
        self.field.set_hint(refusal(error), "warn")
        self._session.notice(refusal(error), "warn", error.code)

    def _echo(self) -> None:
        how, grams = decide.understood(self.field.text(), self._said, None)
        is_typed = how == "echo" and self._session.weigh is not None
        key = "express.abroad.weight_typed" if is_typed else _ECHOES[how]
        tone = "warn" if is_typed else "good" if how == "weighed" else ""
        self.field.set_hint(phrase(key, count=grams), tone)

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The item lies on the scale when the clerk comes to its weight."""
        if watched is self.field.editor and event.type() is QEvent.Type.FocusIn and self.field.is_empty():
            self.weigh()
        return super().eventFilter(watched, event)
