"""A count that ends the holder's time at the till: counted again, signed, consented to, then recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.approval import ApprovalSheet
from azpost_desk.gui.kit.words import phrase
from azpost_desk.gui.screens.tills import form
from azpost_desk.gui.work.runner import Operation, Runner
from azpost_desk.services.cash_counts import Ending

if TYPE_CHECKING:
    from azpost_desk.domain.refusals import NeedsConfirmation
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.screens.tills.sheets import ActSheet
    from azpost_desk.services.cash_counts import Counted
    from azpost_desk.services.counter import Approval


class EndingCount(QObject):
    """Follows one sheet with a blind count from its button to the record.

    Whoever takes the till signs first; above the limit the count is made again; then a manager is asked. The
    expected sum is shown nowhere on this way.

    Signals:
        ended(object): services.cash_counts.Counted; the record is on the disk.
    """

    ended = Signal(object)

    def __init__(self, sheet: ActSheet, session: Session) -> None:
        super().__init__(sheet)
        self._sheet, self._session = sheet, session
        # Made before anybody is asked: one consent, one operation.
        self._operation = session.services.counter.new_id()
        self._taker: Approval | None = None
        self._manager: Approval | None = None
        self.approval: ApprovalSheet | None = None
        sheet.asked.connect(self._ask)

    def _ask(self) -> None:
        if self._sheet.act == form.HAND_OVER and self._taker is None:
            self.approval = ApprovalSheet(
                self._sheet,
                self._session,
                self._operation,
                "tills.screen.taker.words",
                title="tills.screen.taker.title",
                permission=Permission.HOLD_TILL,
            )
            self.approval.approved.connect(self._on_taker)
            self.approval.ask()
        else:
            self._record()

    def _on_taker(self, taker: Approval) -> None:
        self._taker = taker
        self._record()

    def _on_manager(self, manager: Approval) -> None:
        self._manager = manager
        self._record()

    def _record(self) -> None:
        services, by, taker = self._session.services, self._session.by, self._taker
        ending = Ending(self._operation, self._sheet.pieces(), self._manager)
        self._manager = None

        def work() -> Counted:
            if taker is not None:
                return services.counts.hand_over(by, ending, taker)
            return services.tills.close(by, ending.pieces, ending.operation, ending.manager)

        Operation(self._sheet.main, work).holding(self._sheet).refused(self._sheet.show_refusal).confirm(
            self._on_confirm
        ).changes("day", "till", "paper").succeeded(self.ended.emit).start()

    def _on_confirm(self, asked: NeedsConfirmation) -> None:
        # The count that was not enough is in the journal.
        Runner.current().announce("till")
        again = asked.code == "C-060"
        self._sheet.ask_again(phrase(f"refusal.{asked.code}", **asked.facts), clear=again)
        if not again:
            words = phrase("tills.screen.manager.words", **asked.facts)
            by_manager = self._session.may(Permission.CONSENT_DIFFERENCE)
            permission = Permission.APPROVE if by_manager else Permission.CONSENT_DIFFERENCE
            self.approval = ApprovalSheet(
                self._sheet, self._session, self._operation, words, "difference", permission=permission
            )
            self.approval.approved.connect(self._on_manager)
            self.approval.ask()
