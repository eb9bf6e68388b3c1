"""Sent here: the day's transfers with their state; given back to their sender, or changed, under a grant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain.catalogue import Offices
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.transfer_codes import check_transfer_code, shown_transfer_code
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.person import screen_of
from azpost_desk.gui.kit.words import phrase, plain
from azpost_desk.gui.screens.transfers import form as decide
from azpost_desk.gui.screens.transfers.actions import CHANGE_KEY
from azpost_desk.gui.screens.transfers.changing import ChangeSheet
from azpost_desk.gui.screens.transfers.refunding import Owed
from azpost_desk.gui.screens.transfers.sent_list import SentList
from azpost_desk.gui.screens.transfers.table import columns
from azpost_desk.gui.work.runner import Operation
from azpost_desk.services.views import Transfer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from azpost_desk.domain.people import Person
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.views import Basket


class SentHere(SentList[Transfer]):
    """The third mode: Enter gives back."""

    def __init__(self, session: Session) -> None:
        super().__init__(
            session,
            columns(),
            name="transfers.screen.mode.sent_here",
            empty="transfers.screen.sent.empty",
            hint="transfers.screen.search_hint",
        )
        self.change: ChangeSheet | None = None
        self.change_it = Button("transfers.screen.change.open", CHANGE_KEY)
        self._offices = Offices()
        self._add_acts(self.change_it)
        self.change_it.clicked.connect(self.open_change)

    def open_one(self, one: Transfer) -> None:
        """Who sent it takes the money back, with the same document."""
        transfers, by = self._session.services.transfers, self._session.by
        facts = phrase(
            "transfers.screen.refund.facts",
            code=plain(shown_transfer_code(one.code)),
            name=plain(one.receiver),
            sent_ms=one.sent_ms,
        )

        def plan(sender: Person) -> Basket:
            # A grant that is held already is shown again, so a wrong name can be mended and tried again.
            return transfers.plan_refund(transfers.claim_refund(one.transfer, by).grant, sender, by)

        self._open_refund(Owed(one.amount, facts, one.sender, plan))

    def show_offices(self, offices: Offices) -> None:
        """Where a transfer can be sent on to."""
        self._offices = offices

    def open_change(self) -> None:
        """The selected one, or the only one that is shown, is changed by its sender."""
        transfer = self._selected()
        if transfer is None:
            return
        self.change = ChangeSheet(self._session, screen_of(self), transfer, self._offices)
        self.change.changed.connect(self._on_added)
        self.change.open(self.change.person.fin.editor)

    def _read(self) -> Callable[[], list[Transfer]]:
        return self._session.services.transfers.sent_today

    def _found(self, sent: Sequence[Transfer], typed: str) -> list[Transfer]:
        return decide.sent_here(sent, typed)

    def _look_elsewhere(self, typed: str) -> None:
        """A whole code is looked for among older days too."""
        code = check_transfer_code(typed).value
        if code is None:
            return
        transfers = self._session.services.transfers

        def found(one: Transfer | None) -> None:
            if one is None or not one.receipt:
                self.search.set_error(Refused("T-023"))
            else:
                self.open_one(one)

        Operation(self, lambda: transfers.find(code)).succeeded(found).start()
