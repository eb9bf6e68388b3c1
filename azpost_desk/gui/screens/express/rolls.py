"""The label printed beforehand that an item bears: scanned from its roll, shown above the form.

In: a scanned number. Out: whether it lies on a roll of this desk; then it is the next acceptance's number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain.item_numbers import printed_item_number
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.words import phrase, plain, refusal
from azpost_desk.gui.work.runner import Operation

if TYPE_CHECKING:
    from azpost_desk.domain.refusals import Refused
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.rolls import Known


class RollLabel(Label):
    """The label in hand; `number` is "" while the desk gives the number itself."""

    def __init__(self, session: Session) -> None:
        super().__init__("", "strong")
        self._session = session
        self._known: tuple[Known, ...] = ()
        self.number = ""
        self.hide()

    def load(self) -> None:
        """Which rolls lie here, and what of them is used."""
        Operation(self, self._session.services.express.rolls).succeeded(self._on_known).start()

    def heard(self, number: str, doubled: bool) -> bool:
        """A scan of an item: taken when it is a label of a roll that nothing was accepted with."""
        if not any(one.offers(number) for one in self._known):
            return False
        if number == self.number:
            if not doubled:
                # The wrong roll, or the item goes without: its second scan takes it off again.
                self._forget()
            return True
        express = self._session.services.express
        Operation(self, lambda: express.require_label(number)).succeeded(
            lambda _nothing: self._show(number)
        ).refused(self._refused).start()
        return True

    def begin(self) -> None:
        """For the next item."""
        self._forget()
        self.load()

    def _forget(self) -> None:
        self.number = ""
        self.hide()

    def _on_known(self, known: tuple[Known, ...]) -> None:
        self._known = known

    def _show(self, number: str) -> None:
        self.number = number
        self.say(phrase("express.screen.roll_label", number=plain(printed_item_number(number))))
        self.show()
        self._session.tone("good")

    def _refused(self, no: Refused) -> None:
        self._session.tone("refused")
        self._session.notice(refusal(no), "bad", no.code)
