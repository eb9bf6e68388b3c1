"""A consent from the centre, inside the approval sheet: asked for on line, or by challenge and response."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from azpost_desk.gui.kit.buttons import Button, PrimaryButton
from azpost_desk.gui.kit.cards import pair
from azpost_desk.gui.kit.fields import TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label, StatePill
from azpost_desk.gui.kit.theme import GAP, GAP_WIDE
from azpost_desk.gui.kit.words import language, phrase, plain, refusal, written
from azpost_desk.gui.work.runner import Lane, Operation
from azpost_desk.gui.work.timers import Repeating

if TYPE_CHECKING:
    from azpost_desk.domain.money import Money
    from azpost_desk.domain.refusals import Refused, Trouble
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.services.counter import Approval
    from azpost_desk.services.views_slips import CentreConsent

# [design] Somebody stands at the counter and waits; one question is under 300 bytes.
LOOK_EVERY_MS: Final = 2_000
ONLINE_KEY: Final = "Ctrl+1"
TELEPHONE_KEY: Final = "Ctrl+2"
_LOCKED: Final = "S-064"


class CentreConsentBox(QWidget):
    """Two ways to a second person at the centre; both may be tried, the first answer counts.

    Signals:
        given(object): services.counter.Approval; it stands in the journal.
        grown(): it needs more or less room than before.
    """

    given = Signal(object)
    grown = Signal()

    def __init__(self, session: Session, operation: str, subject: str, amount: Money) -> None:
        super().__init__()
        self._session, self._operation = session, operation
        self._subject, self._amount = subject, amount
        self._waiting = ""
        self._asked: CentreConsent | None = None
        self._looking = False
        self.online = Button("kit.approval.online", ONLINE_KEY, bind=False)
        self.telephone = Button("kit.approval.telephone", TELEPHONE_KEY, bind=False)
        self.online.clicked.connect(self._on_online)
        self.telephone.clicked.connect(self._on_telephone)
        self.state = StatePill()
        self.said = Label("", "body", wrap=True)
        self.said.hide()
        ways = QHBoxLayout()
        ways.setSpacing(GAP)
        ways.addWidget(self.online)
        ways.addWidget(self.telephone)
        ways.addStretch()
        self._build_telephone()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(ways)
        column.addWidget(self.state, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.form)
        column.addWidget(self.said)
        self._look = Repeating(self, LOOK_EVERY_MS, self.look)

    def _build_telephone(self) -> None:
        self.challenge = Label("", "huge")
        self.facts = QGridLayout()
        self.facts.setHorizontalSpacing(GAP_WIDE)
        self.facts.setVerticalSpacing(0)
        self.approver = TextField("kit.approval.approver", name="approver", max_length=20)
        self.response = TextField("kit.approval.response", name="response", max_length=12)
        self.main = PrimaryButton("kit.approval.consent", hint=plain("Enter"))
        self.main.clicked.connect(self._on_response)
        self.form = Form(self.main)
        self.form.add(self.approver, self.response)
        fields = QHBoxLayout()
        fields.setSpacing(GAP)
        fields.addWidget(self.approver, 1, Qt.AlignmentFlag.AlignTop)
        fields.addWidget(self.response, 1, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(Label("kit.approval.read_out", "label"))
        column.addWidget(self.challenge)
        column.addLayout(self.facts)
        column.addLayout(fields)
        column.addWidget(self.main)
        self.form.hide()

    def stop(self) -> None:
        """Ask no more; what was asked stays on record."""
        self._look.stop()

    # --- on line ----------------------------------------------------------------------------------------

    def _on_online(self) -> None:
        approvals, by, operation = self._session.services.approvals, self._session.by, self._operation
        subject, amount = self._subject, self._amount
        self._say_nothing()
        Operation(self.online, lambda: approvals.ask(by, operation, subject, amount)).succeeded(
            self._on_asked
        ).refused(self._on_refused).start()

    def _on_asked(self, asked: CentreConsent) -> None:
        self._waiting = asked.request
        self.state.show_state("kit.approval.sending", "neutral")
        self.grown.emit()
        self._look.start()
        # Enter must not leave while the question is under way.
        self.telephone.setFocus(Qt.FocusReason.OtherFocusReason)
        self.look()

    def look(self) -> None:
        """Ask what became of the question, one at a time."""
        if self._looking or not self._waiting:
            return
        self._looking = True
        approvals, by, request = self._session.services.approvals, self._session.by, self._waiting
        Operation(self, lambda: approvals.look(request, by)).succeeded(self._on_answer).refused(
            self._on_no
        ).trouble(self._on_trouble).ended(self._looked).start(Lane.NETWORK)

    def _looked(self) -> None:
        self._looking = False

    def _on_answer(self, approval: Approval | None) -> None:
        if approval is not None:
            self._on_given(approval)
            return
        clock = self._session.services.counter.clock
        time = language().texts.time(clock.utc_ms())
        self.state.show_state(phrase("kit.approval.waiting", time=time), "warn")
        self.grown.emit()

    def _on_no(self, error: Refused) -> None:
        self._waiting = ""
        self._look.stop()
        self.state.show_state("", "neutral")
        self._on_refused(error)

    def _on_trouble(self, error: Trouble) -> None:
        """The line is down: the question waits, and the telephone is there."""
        self.state.show_state("kit.approval.no_line", "bad")
        self.said.say(refusal(error), "bad")
        self.said.show()
        self.grown.emit()

    # --- by telephone -----------------------------------------------------------------------------------

    def _on_telephone(self) -> None:
        approvals, by, operation = self._session.services.approvals, self._session.by, self._operation
        subject, amount = self._subject, self._amount
        self._say_nothing()
        Operation(self.telephone, lambda: approvals.challenge(by, operation, subject, amount)).succeeded(
            self._on_challenge
        ).refused(self._on_refused).trouble(self._on_refused).start()

    def _on_challenge(self, asked: CentreConsent) -> None:
        self._asked = asked
        self.challenge.say(plain(f"{asked.challenge[:5]} {asked.challenge[5:]}"))
        while (item := self.facts.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        # As it is read out: the centre types the desk by its id.
        told: tuple[tuple[Say, Say], ...] = (
            ("kit.approval.desk", plain(asked.desk)),
            ("kit.approval.subject", f"approvals.subject.{asked.subject}"),
            ("kit.approval.amount", written("money", self._amount)),
            ("kit.approval.asker", plain(asked.asker)),
        )
        for at, (name, value) in enumerate(told):
            self.facts.addWidget(pair(name, value), at // 2, at % 2)
        self.telephone.say("kit.approval.telephone")
        self.response.clear()
        self.form.show()
        self.grown.emit()
        self.form.focus_first()

    def _on_response(self) -> None:
        asked = self._asked
        if asked is None or not self.form.verify():
            return
        self._say_nothing()
        approvals, by = self._session.services.approvals, self._session.by
        approver, response = self.approver.text(), self.response.text()
        Operation(self.main, lambda: approvals.respond(by, asked.request, approver, response)).succeeded(
            self._on_given
        ).refused(self._on_refused).trouble(self._on_refused).start()

    # --- both -------------------------------------------------------------------------------------------

    def _on_given(self, approval: Approval) -> None:
        self._look.stop()
        self.given.emit(approval)

    def _on_refused(self, error: Refused | Trouble) -> None:
        if error.code == _LOCKED:
            self.telephone.say("kit.approval.new_challenge")
        if getattr(error, "field", "") and self.form.show_refusal(error):  # type: ignore[arg-type]
            self.grown.emit()
            return
        self.said.say(refusal(error), "bad")
        self.said.show()
        self.grown.emit()

    def _say_nothing(self) -> None:
        self.said.hide()
