"""Change a transfer that was sent here: its receiver, its office, or back to its sender."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.transfer_codes import shown_transfer_code
from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.cards import Sheet
from azpost_desk.gui.kit.fields import ChoiceField, PhoneField, TextField, choices_of
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label, StatePill
from azpost_desk.gui.kit.person import PersonFields
from azpost_desk.gui.kit.theme import GAP, GAP_WIDE
from azpost_desk.gui.kit.words import phrase, plain, refusal
from azpost_desk.gui.screens.transfers import form as decide
from azpost_desk.gui.work.runner import Lane, Operation
from azpost_desk.services.transfer_changes import OFFICE, RECEIVER, SORTS

if TYPE_CHECKING:
    from azpost_desk.domain.catalogue import Offices
    from azpost_desk.gui.kit.fields import Field
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.views import Recorded, Transfer


class ChangeSheet(Sheet):
    """The sender's document, what is to change, one Enter that asks the centre and writes it down.

    Signals:
        changed(): the transfer is changed.
    """

    changed = Signal()

    def __init__(self, session: Session, over: QWidget, transfer: Transfer, offices: Offices) -> None:
        key = "transfers.screen.change."
        super().__init__(over, f"{key}title", width_px=786)
        self._session, self._transfer, self._offices = session, transfer, offices
        facts = Label(
            phrase(
                f"{key}facts",
                code=plain(shown_transfer_code(transfer.code)),
                name=plain(transfer.receiver),
                amount=transfer.amount,
                sent_ms=transfer.sent_ms,
            ),
            "muted",
            wrap=True,
        )
        pill = StatePill(parent=self)
        self.person = PersonFields(session, "sender", "change", pill, with_phone=False)
        self.person.full_name.fill(transfer.sender)
        self.sort = ChoiceField(f"{key}sort", choices_of(SORTS, f"{key}sort."), name="sort")
        self.receiver = TextField("transfers.screen.receiver", name="receiver.name")
        self.mobile = PhoneField("transfers.screen.mobile", name="receiver.phone", optional=True)
        self.office = TextField(
            "transfers.screen.office", name="office", optional=True, placeholder="transfers.screen.office_any"
        )
        self.recalled = Label(f"{key}recalled", "muted", wrap=True)
        self.go = PrimaryButton(f"{key}go", hint="transfers.screen.enter")
        self.form = Form(self.go)
        self.form.add(*self.person.fields, self.sort, self.receiver, self.mobile, self.office)
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(facts)
        column.addWidget(pill)
        column.addWidget(self.person)
        column.addLayout(_side_by_side(self.sort, self.receiver, self.mobile, self.office))
        column.addWidget(self.recalled)
        acts = QHBoxLayout()
        acts.addWidget(self.go)
        acts.addStretch()
        column.addLayout(acts)
        self.wrong = Label("", "body", wrap=True)
        column.addWidget(self.wrong)
        self.body.addWidget(self.form)
        self.sort.changed.connect(self._on_sort)
        self.person.opened.connect(lambda _opened: self.form.go_on(self.person.fin))
        self.form.escaped.connect(lambda _dirty: self.close_sheet())
        self.go.clicked.connect(self._on_go)
        self.closed.connect(self.deleteLater)
        self._on_sort()

    def _on_sort(self) -> None:
        sort = self.sort.text()
        for field in (self.receiver, self.mobile):
            field.setVisible(sort == RECEIVER)
        self.office.setVisible(sort == OFFICE)
        self.recalled.setVisible(bool(sort) and sort not in (RECEIVER, OFFICE))

    def _on_go(self) -> None:
        if not self.form.verify():
            return
        changes, by = self._session.services.changes, self._session.by
        self.wrong.say("")
        try:
            command = decide.change_command(self.form.values(), self._transfer.transfer, self._offices)
        except Refused as no:
            self._refused(no)
            return
        Operation(self.go, lambda: changes.change(command, by)).changes("transfers").succeeded(
            self._on_changed
        ).refused(self._refused).trouble(self._refused).start(Lane.NETWORK)

    def _on_changed(self, _recorded: Recorded) -> None:
        self._session.notice("transfers.screen.change.done", "good")
        self.changed.emit()
        self.close_sheet()

    def _refused(self, no: Refused | Trouble) -> None:
        if isinstance(no, Trouble) or not self.form.show_refusal(no):
            self.wrong.say(refusal(no), "bad")


def _side_by_side(*fields: Field) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(GAP_WIDE)
    for field in fields:
        line.addWidget(field, 1)
    return line
