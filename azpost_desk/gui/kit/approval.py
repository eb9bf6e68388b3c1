"""A second person consents to one operation: picks their name, types their PIN, and the first one goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.domain.money import Money
from azpost_desk.domain.staff import PERMISSIONS, Permission, Role
from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.cards import Candidate, NameList, Sheet
from azpost_desk.gui.kit.centre_consent import CentreConsentBox
from azpost_desk.gui.kit.fields import PinField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.theme import GAP
from azpost_desk.gui.kit.words import phrase, plain, refusal
from azpost_desk.gui.work.runner import Lane, Operation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.domain.refusals import Refused
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.services.counter import Approval
    from azpost_desk.services.views import OfficerAtDesk


# The challenge, what is read out and both fields of the answer fit beside each other.
_WIDTH_PX: Final = 560


class ApprovalSheet(Sheet):
    """Asks a second person for their consent to `operation`; `words` say what they consent to.

    Only those who may approve (or have the `permission` asked for) are offered, never the one who asks. The
    consent is for this one operation. Where nobody else is at the branch the centre is offered: `subject` (a
    word of ``approvals.subject``) and `amount` are what its person hears. `ask` opens it; Esc or the consent
    closes it.

    Signals:
        approved(object): services.counter.Approval.
    """

    approved = Signal(object)

    def __init__(
        self,
        over: QWidget,
        session: Session,
        operation: str,
        words: Say,
        subject: str = "other",
        amount: Money | None = None,
        *,
        title: Say = "kit.approval.title",
        permission: Permission = Permission.APPROVE,
    ) -> None:
        super().__init__(over, title, width_px=_WIDTH_PX)
        self._session, self._operation, self._permission = session, operation, permission
        self._approver: OfficerAtDesk | None = None
        self.people = NameList("kit.approval.nobody")
        self.people.picked.connect(self._on_picked)
        self.pin = PinField("kit.approval.pin")
        self.main = PrimaryButton("kit.approval.consent", hint=plain("Enter"))
        self.main.clicked.connect(self._on_consent)
        self.form = Form(self.main)
        self.form.add(self.pin)
        self.form.escaped.connect(lambda _dirty: self.close_sheet())
        self._trouble = Label("", "body", wrap=True)
        self._trouble.hide()
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.pin)
        column.addWidget(self._trouble)
        column.addWidget(self.main)
        self.form.hide()
        self.centre = CentreConsentBox(session, operation, subject, amount or Money(0))
        self.centre.given.connect(self._on_approved)
        self.centre.grown.connect(self._grow)
        self.centre.form.escaped.connect(lambda _dirty: self.close_sheet())
        self.centre.hide()
        self.closed.connect(self.centre.stop)
        self.body.addWidget(Label(words, "body", wrap=True))
        self.body.addWidget(self.people)
        self.body.addWidget(self.form)
        self.body.addWidget(self.centre)

    def ask(self) -> None:
        """Open, offering everybody else who may approve; a single one is picked at once."""
        services, by = self._session.services, self._session.by
        Operation(self, lambda: (services.staff.officers(), services.approvals.is_offered(by))).succeeded(
            self._offer
        ).start()

    def _offer(self, found: tuple[Sequence[OfficerAtDesk], bool]) -> None:
        officers, centre = found
        # The centre consents; it holds no till.
        centre = centre and self._permission is not Permission.HOLD_TILL
        asker = self._session.by.officer
        others = [
            one
            for one in officers
            if one.officer != asker and self._permission in PERMISSIONS[Role(one.role)]
        ]
        self.people.offer([Candidate(plain(one.name), f"staff.role.{one.role}", one) for one in others])
        self.people.setVisible(bool(others) or not centre)
        self.centre.setVisible(centre)
        if centre and not others:
            self.say("kit.approval.nobody_here")
        self.open()
        if len(others) == 1:
            self.people.pick(0)

    def _grow(self) -> None:
        self.body.activate()
        self._place_panel()

    def _on_picked(self, officer: OfficerAtDesk) -> None:
        self._approver = officer
        self.say(phrase("kit.approval.by", name=officer.name))
        self.form.show()
        self._place_panel()
        self.pin.clear()
        self.pin.setFocus(Qt.FocusReason.TabFocusReason)

    def _on_consent(self) -> None:
        approver = self._approver
        if approver is None or not self.form.verify():
            return
        self._trouble.hide()
        staff, by, operation = self._session.services.staff, self._session.by, self._operation
        pin, permission = self.pin.take(), self._permission

        def sign() -> Approval:
            if permission is Permission.APPROVE:
                return staff.approve(by, approver.officer, pin, operation)
            return staff.co_sign(by, approver.officer, pin, operation, permission)

        Operation(self.main, sign).holding(self).succeeded(self._on_approved).refused(self._on_refused).start(
            Lane.NETWORK
        )

    def _on_approved(self, approval: Approval) -> None:
        self.close_sheet()
        self.approved.emit(approval)

    def _on_refused(self, error: Refused) -> None:
        if not self.form.show_refusal(error):
            self._trouble.say(refusal(error), "bad")
            self._trouble.show()
        self.pin.setFocus(Qt.FocusReason.TabFocusReason)
