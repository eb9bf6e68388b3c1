"""A customer as a file: opened from the one box; Enter begins again what they did before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.people import Person
from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.cards import heading
from azpost_desk.gui.kit.flow import Flow
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.screens import Action, Screen, Session
from azpost_desk.gui.kit.tables import Table
from azpost_desk.gui.kit.theme import GAP, GAP_WIDE
from azpost_desk.gui.kit.words import phrase, plain
from azpost_desk.gui.screens.customers import actions
from azpost_desk.gui.screens.customers.side import CustomerPanel, NoteSheet
from azpost_desk.gui.screens.customers.table import past_columns
from azpost_desk.gui.work.guards import guarded
from azpost_desk.gui.work.runner import Operation
from azpost_desk.services.customers import Again
from azpost_desk.services.views import Found

if TYPE_CHECKING:
    from azpost_desk.services.customers import File, Past
    from azpost_desk.services.views import KnownReceiver

_ACTING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class CustomerScreen(Screen):
    """Every opening is a recorded look; with the next customer the file before is off the screen."""

    name = "customers"
    place = 130
    opens = ("customer",)
    words = "customers.screen.name"
    permission = Permission.SELL

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.file: File | None = None
        self.sheet: NoteSheet | None = None
        self._asked = ""
        head, self._title, self._who = heading("customers.screen.name", "customers.screen.none")
        self.done: Table[Past] = Table(
            past_columns(), name="customers.screen.done", empty="customers.screen.done.empty"
        )
        self.send = Button("customers.screen.send", actions.SEND_KEY, bind=False)
        self.item = Button("customers.screen.item", actions.ITEM_KEY, bind=False)
        self.panel = CustomerPanel(self)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GAP_WIDE)
        whole.addWidget(head)
        whole.addWidget(Flow((self.send, self.item), GAP))
        whole.addWidget(self.done, 1)
        whole.addWidget(Label("customers.screen.hint", "hint", wrap=True))
        self.send.clicked.connect(self.begin_transfer)
        self.item.clicked.connect(self.begin_item)
        self.panel.note.clicked.connect(self.begin_note)
        self.panel.known.picked.connect(self._send_to)
        self.done.chosen.connect(self._again)
        self.done.view.installEventFilter(self)
        self._show(None)

    # --- the frame's side ------------------------------------------------------------------------------

    def actions_here(self) -> list[Action]:
        """See `Screen`."""
        return actions.actions(self.begin_transfer, self.begin_item, self.begin_note)

    def side(self) -> QWidget:
        """See `Screen`."""
        return self.panel

    def enter(self, argument: object = None) -> None:
        """Open the file of whoever was found; without anybody the file before is put away."""
        self._asked = argument.key if isinstance(argument, Found) else ""
        self._show(None)
        if not self._asked:
            return
        customers, by, asked = self.session.services.customers, self.session.by, self._asked

        def opened(file: File | None) -> None:
            if self._asked == asked:
                self._show(file)

        Operation(self, lambda: customers.file(asked, by)).succeeded(opened).start()

    def is_dirty(self) -> bool:
        """See `Screen`."""
        return self.sheet is not None and self.sheet.form.dirty

    # --- showing ---------------------------------------------------------------------------------------

    def _show(self, file: File | None) -> None:
        self.file = file
        for button in (self.send, self.item, self.panel.note):
            button.setEnabled(file is not None)
        if file is None:
            self._title.say("customers.screen.name")
            self._who.say("customers.screen.none")
            self.done.show_records(())
            self.panel.show_file((), ())
            return
        one = file.customer
        known = (one.document, one.fin, one.phone, one.address)
        told = " · ".join(filter(None, known))
        self._title.say(plain(one.name))
        self._who.say(phrase("customers.screen.who", who=plain(told), seen_ms=one.last_seen_ms))
        self.done.show_records(file.done)
        self.panel.show_file(file.receivers, file.notes)
        if file.done:
            self.done.view.selectRow(0)
            self.done.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.send.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- once more -------------------------------------------------------------------------------------

    def begin_transfer(self) -> None:
        """Money from this customer to somebody."""
        self._open_for("transfers")

    def begin_item(self) -> None:
        """An item from this customer."""
        self._open_for("express")

    def _open_for(self, screen: str) -> None:
        if self.file is not None:
            one = self.file.customer
            self.session.open(screen, Found("customer", one.customer, one.name, one.phone))

    def _again(self, past: object) -> None:
        again: Again | None = getattr(past, "again", None)
        if again is None:
            self.session.notice("customers.screen.no_again", "warn")
        elif again.kind == "bill":
            self.session.open("payments", Found("bill", again.bill, again.bill, ""))
        else:
            self.session.open("transfers" if again.kind == "transfer" else "express", again)

    def _send_to(self, receiver: object) -> None:
        known: KnownReceiver = receiver  # type: ignore[assignment]
        if self.file is not None:
            to = Person(name=known.name, phone=known.phone)
            self.session.open("transfers", Again("transfer", self.file.customer.customer, to))

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """On the list a digit picks a receiver, as it does in the form."""
        if (
            watched is self.done.view
            and event.type() is QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and not event.modifiers() & _ACTING
            and is_digits(event.text())
        ):
            self.panel.known.pick(int(event.text()) - 1)
            return True
        return super().eventFilter(watched, event)

    # --- remarks ---------------------------------------------------------------------------------------

    def begin_note(self) -> None:
        """Ask for a remark."""
        if self.file is None:
            return
        self.sheet = NoteSheet(self, self.session, self.file.customer.customer)
        self.sheet.noted.connect(self._on_noted)
        self.sheet.closed.connect(self._on_sheet_closed)
        self.sheet.open(self.sheet.remark.line)

    def _on_noted(self) -> None:
        self.session.notice("customers.note.done", "good")
        file, customers = self.file, self.session.services.customers
        if file is not None:
            whose = file.customer.customer
            Operation(self, lambda: customers.notes(whose)).succeeded(self.panel.show_notes).start()

    def _on_sheet_closed(self) -> None:
        sheet, self.sheet = self.sheet, None
        if sheet is not None:
            sheet.deleteLater()
