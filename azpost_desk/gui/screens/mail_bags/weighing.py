"""The weight of a bag: the scale is asked when the clerk comes to the field; what is typed is marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject

from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit.fields import TextField
from azpost_desk.gui.kit.look_ups import LookUp
from azpost_desk.gui.kit.words import phrase, refusal
from azpost_desk.gui.work.guards import guarded
from azpost_desk.gui.work.runner import Lane, Operation
from azpost_desk.services.weights import read_weight

if TYPE_CHECKING:
    from azpost_desk.domain.refusals import Trouble
    from azpost_desk.gui.kit.screens import Session


class BagWeight(TextField):
    """Grams, or kilograms with a mark, as everywhere at the counter."""

    def __init__(
        self, session: Session, *, name: str = "grams", asks: bool = True, optional: bool = False
    ) -> None:
        self._session, self._said, self._asks = session, "", asks
        super().__init__(
            "mail_bags.screen.weight", name=name, check=read_weight, max_length=9, optional=optional
        )
        self.example = "express.screen.weight_hint"
        self.changed.connect(self._echo)

    def grams(self) -> int:
        """What stands there; 0 while it is no weight."""
        try:
            return read_weight(self.text())
        except Refused:
            return 0

    @property
    def is_typed(self) -> bool:
        """Whether what stands there is not what the scale said."""
        return self.text() != self._said

    def clear(self) -> None:
        """For the next bag, which is weighed anew."""
        self._said = ""
        super().clear()

    def weigh(self) -> None:
        """Ask the scale; what it says stands in the field and may be typed over."""
        weigh = self._session.weigh
        if weigh is None or self.awaited:
            return
        since, self.awaited = LookUp([self]), True

        def said(grams: int) -> None:
            if not since.is_theirs(self):
                self._said = str(grams)
                self.fill(self._said)
                self._echo()

        def ended() -> None:
            self.awaited = False

        Operation(self, weigh).succeeded(said).trouble(self._silent).refused(self._silent).ended(ended).start(
            Lane.NETWORK
        )

    def _silent(self, error: Trouble | Refused) -> None:
        self.set_hint(refusal(error), "warn")

    def _echo(self) -> None:
        grams = self.grams()
        if not grams:
            self.set_hint("")
        elif self.is_typed and self._asks:
            self.set_hint(phrase("mail_bags.screen.weight_typed", item_grams=grams), "warn")
        else:
            self.set_hint(phrase("mail_bags.screen.weight_is", item_grams=grams), "good")

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The bag lies on the scale when the clerk comes to its weight."""
        came = watched is self.line and event.type() is QEvent.Type.FocusIn
        if came and self._asks and self.is_empty():
            self.weigh()
        return super().eventFilter(watched, event)
