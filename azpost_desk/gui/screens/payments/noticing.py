"""A state portal's notice at the counter: looked for by what is handed over, taken at the portal's sum."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.domain.money import azn
from azpost_desk.domain.notices import NEEDS_DOCUMENT, OPEN
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.tariffs import fee
from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.cards import Card
from azpost_desk.gui.kit.fields import AmountField, Choice, ChoiceField, TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import BigAmount, Label
from azpost_desk.gui.kit.person import PersonFields
from azpost_desk.gui.kit.persons import person_of
from azpost_desk.gui.kit.rows import filled, left_row
from azpost_desk.gui.kit.tables import Column, Table
from azpost_desk.gui.kit.words import Say, language, phrase, plain, refusal, translated
from azpost_desk.gui.screens.payments import form as decide
from azpost_desk.gui.screens.payments.contact import Contact
from azpost_desk.gui.work.runner import Lane, Operation
from azpost_desk.services.notices import PayNotice

if TYPE_CHECKING:
    from azpost_desk.domain.catalogue import Biller
    from azpost_desk.domain.notices import Notice
    from azpost_desk.gui.kit.labels import State
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.notices import Found
    from azpost_desk.services.views import Basket

_LOOKS: dict[str, State] = {OPEN: "good", "paid": "neutral", "withdrawn": "neutral", "being_paid": "warn"}
_ROWS_MAX = 6


class NoticeForm(QWidget):
    """The third mode: the number and who may ask by it, below it the notices found, below them the one taken.

    Signals:
        added(): a notice has gone into the basket.
    """

    added = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._portals: tuple[Biller, ...] = ()
        self._source = "keys"
        self.found: Found | None = None
        self.notice: Notice | None = None
        key = "notices.screen."
        self.number = TextField(f"{key}number", name="number", hint=f"{key}number_hint", max_length=40)
        self.portal = ChoiceField(f"{key}portal", name="portal")
        self.ask = PrimaryButton(f"{key}ask", hint="payments.screen.enter")
        self.question = Form(self.ask)
        self._card = Card(f"{key}card.number")
        self.payer = PersonFields(session, "payer", "notices", self._card.pill, with_phone=False)
        self.question.add(self.number, self.portal, *self.payer.fields)
        self.table: Table[Notice] = Table(_columns(), name=f"{key}found", empty=f"{key}none")
        self._listed = Card(f"{key}found")
        self._more = Label("notices.screen.more", "hint", wrap=True)
        self.due = BigAmount(f"{key}due")
        self._purpose = Label("", "section", wrap=True)
        self._about = Label("", "muted", wrap=True)
        self._total = Label("", "body", wrap=True)
        self.amount = AmountField(f"{key}part", name="amount")
        self.contact = Contact()
        self.add = PrimaryButton("payments.screen.add", hint="payments.screen.enter")
        self.taking = Form(self.add)
        self.taking.add(self.amount, self.contact)
        self._build()
        self._connect()
        self._show_found(None)

    def _build(self) -> None:
        self._card.row(self.number, self.portal, stretches=(5, 4))
        self._card.row(self.payer)
        self._card.row(left_row(self.ask))
        filled(self.question, self._card)
        self._listed.row(self.table)
        self._listed.row(self._more)
        taken = Card("notices.screen.card.notice")
        taken.row(self.due)
        taken.row(self._purpose)
        taken.row(self._about)
        taken.row(self._total)
        taken.row(self.amount, self.contact, QWidget(), stretches=(4, 5, 4))
        taken.row(left_row(self.add))
        filled(self.taking, taken)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for part in (self.question, self._listed, self.taking):
            column.addWidget(part)
        column.addStretch()

    def _connect(self) -> None:
        self.ask.clicked.connect(self._on_ask)
        self.number.edited.connect(self._on_number)
        self.portal.changed.connect(self._on_number)
        self.payer.opened.connect(lambda _opened: self.question.go_on(self.payer.fin))
        self.payer.placed.connect(lambda: self.question.go_on(self.payer.fin))
        self.table.chosen.connect(self.take)
        self.amount.changed.connect(self._show_total)
        self.add.clicked.connect(self._on_add)

    # --- what the screen tells the form --------------------------------------------------------------------

    @property
    def dirty(self) -> bool:
        """Whether something is typed, or a notice stands here that is not in the basket."""
        return self.question.dirty or self.notice is not None

    def show_portals(self, portals: tuple[Biller, ...], is_allowed: bool) -> None:
        """The portals of the day; without the right to take bills the acts are off."""
        self._portals = portals
        self.ask.setEnabled(is_allowed and bool(portals))
        self.add.setEnabled(is_allowed)
        # What was found stays: the day's facts are read anew while a customer looks at it.
        if self.found is None:
            self._show_way()

    def focus(self) -> None:
        """To what waits: the notice shown, the list, the number."""
        if self.notice is not None:
            self.add.setFocus() if self.amount.isHidden() else self.taking.focus_first()
        elif self.found is not None:
            self.table.view.setFocus()
        else:
            self.question.focus_first()

    def clear(self) -> None:
        """For the next customer."""
        self.question.clear()
        self.payer.reset()
        self.question.mark_clean()
        self._source = "keys"
        self._show_found(None)
        self._on_number()

    def search(self, portal: str, number: str, source: str) -> bool:
        """A number was scanned or found: ask at once. False when typed work would have to give way."""
        if self.dirty:
            return False
        self.clear()
        self._source = source
        self.number.fill(number)
        self._on_number()
        if not self.portal.isHidden():
            self.portal.fill(portal)
        self._on_ask()
        return True

    # --- asking --------------------------------------------------------------------------------------------

    def _on_number(self) -> None:
        """By its form: which portals know what was typed, and whether a person's document is needed."""
        self._show_found(None)
        self._show_way()

    def _show_way(self) -> None:
        fitting = decide.portals_for(self._portals, self.number.text())
        is_open = len(fitting) > 1
        if is_open and self.portal.isHidden():
            self.portal.set_choices([Choice(one.biller, translated(one.names)) for one in fitting])
        if not is_open:
            self.portal.clear()
        self.portal.setVisible(is_open)
        way = decide.way_of(self._portal(), self.number.text())
        needs = way in NEEDS_DOCUMENT
        self._ask_document(needs)
        self.number.set_hint(f"notices.screen.way.{way}" if way else "notices.screen.number_hint")
        if needs and way == "fin" and self.payer.fin.is_empty():
            self.payer.fin.fill(self.number.text())

    def _ask_document(self, needs: bool) -> None:
        """A form passes by what is hidden field by field."""
        self.payer.setVisible(needs)
        for field in self.payer.fields:
            field.setVisible(needs and field is not self.payer.phone)

    def _portal(self) -> Biller | None:
        fitting = decide.portals_for(self._portals, self.number.text())
        if len(fitting) > 1:
            return next((one for one in fitting if one.biller == self.portal.text()), None)
        return next(iter(fitting), next(iter(self._portals), None))

    def _on_ask(self) -> None:
        portal = self._portal()
        if not self.question.verify() or portal is None:
            return
        notices, by = self._session.services.state_notices, self._session.by
        typed, source = self.number.text(), self._source
        # By what is asked, not by what is seen: the fields give way to the notices, the person stays.
        needs = decide.way_of(portal, typed) in NEEDS_DOCUMENT
        shown = person_of(self.question.values(), "payer") if needs else None
        work = partial(notices.find, portal.biller, typed, by, shown, source)

        def told(found: Found) -> None:
            if self.number.text() == typed:
                self._show_found(found)
                self.focus()

        Operation(self, work).holding(self.ask).succeeded(told).refused(self._refused).trouble(
            self._no_answer
        ).start(Lane.NETWORK)

    def _refused(self, no: Refused) -> None:
        form = self.question if self.notice is None else self.taking
        if not form.show_refusal(no):
            self._session.notice(refusal(no), "bad", no.code)

    def _no_answer(self, trouble: Trouble) -> None:
        self._session.notice("notices.screen.no_answer", "warn", trouble.code)

    # --- what was found ------------------------------------------------------------------------------------

    def _show_found(self, found: Found | None) -> None:
        self.found = found
        listed = found.notices if found else ()
        self._more.setVisible(found is not None and found.more)
        if found is not None:
            # Who asked is recorded; the room is for what was found.
            self._ask_document(False)
        self.ask.setVisible(found is None)
        self.table.show_records(listed)
        self.table.fit_height(_ROWS_MAX)
        self._show_notice(None)
        if len(listed) == 1:
            self.take(listed[0])
        elif listed:
            first = next((at for at, one in enumerate(listed) if one.state == OPEN), 0)
            self.table.view.selectRow(first)

    def take(self, notice: Notice) -> None:
        """Show one notice; what is not open is told and not taken."""
        if notice.state != OPEN:
            no = Refused("P-061", reason=notice.state)
            self._session.notice(refusal(no), "warn", no.code)
            return
        self._show_notice(notice)
        self.focus()

    def _show_notice(self, notice: Notice | None) -> None:
        self.notice = notice
        self.taking.setVisible(notice is not None)
        listed = self.found.notices if self.found else ()
        # Beside the one in hand there is no room for the others; they are back once it is in the basket.
        self._listed.setVisible(notice is None and len(listed) > 1)
        self.amount.clear()
        if notice is None:
            return
        self.due.show_amount(azn(notice.amount_qapik))
        self._purpose.say(translated(notice.purpose))
        self._about.say(_about(notice))
        self.amount.setVisible(bool(notice.least_qapik))
        if notice.least_qapik:
            self.amount.set_money(azn(notice.amount_qapik))
            self.amount.set_hint(phrase("notices.screen.part_hint", least=azn(notice.least_qapik)))
        self._show_total()
        self.taking.mark_clean()

    def _show_total(self) -> None:
        """What the customer hands over: the sum, or the part of it, and the post's fee."""
        found, notice = self.found, self.notice
        if found is None or notice is None:
            return
        part = None if self.amount.isHidden() else self.amount.money()
        try:
            charge = fee(found.portal.fees, part or azn(notice.amount_qapik))
        except Refused as no:
            self._total.say(refusal(no))
            return
        total = (part or azn(notice.amount_qapik)) + charge
        with_fee = phrase("notices.screen.with_fee", fee=charge, total=total)
        self._total.say(with_fee if charge else "notices.screen.no_fee")

    # --- adding --------------------------------------------------------------------------------------------

    def _on_add(self) -> None:
        found, notice = self.found, self.notice
        if found is None or notice is None or not self.taking.verify():
            return
        notices, by = self._session.services.state_notices, self._session.by
        part = None if self.amount.isHidden() else self.amount.money()
        command = PayNotice(found, notice, part, self.contact.text().strip(), self._source)
        Operation(self.add, lambda: notices.pay(command, by)).changes("basket").succeeded(
            self._on_added
        ).refused(self._on_not_added).start()

    def _on_not_added(self, no: Refused) -> None:
        if no.code == "P-068":
            # The customer took their time: the portal is asked again, and its word of now is shown.
            self._on_ask()
        self._refused(no)

    def _on_added(self, basket: Basket) -> None:
        self._session.basket_changed.emit(basket)
        left = [one for one in self.found.notices if one is not self.notice] if self.found else []
        if any(one.state == OPEN for one in left) and self.found is not None:
            # The same person's next one, without asking the portal again while its word stands.
            self._show_notice(None)
            self.focus()
        else:
            self.clear()
            self.focus()
        self.added.emit()


def _about(notice: Notice) -> Say:
    due = phrase("notices.screen.until", due=plain(_due_day(notice))) if notice.due else ""
    return phrase(
        "notices.screen.about",
        authority=translated(notice.authority),
        number=plain(notice.number),
        payer=plain(notice.payer or "–"),
        due=due,
    )


def _due_day(notice: Notice) -> str:
    """A day as it is written here; another word of the portal as it is."""
    try:
        return language().texts.date(notice.due)
    except ValueError:
        return notice.due


def _columns() -> list[Column[Notice]]:
    return [
        Column("notices.screen.column.number", lambda one: one.number, 150),
        Column("notices.screen.column.purpose", lambda one: language().say(translated(one.purpose))),
        Column("notices.screen.column.due", _due_day, 96),
        Column(
            "payments.screen.amount",
            lambda one: language().texts.money(azn(one.amount_qapik)),
            104,
            "right",
        ),
        Column(
            "payments.screen.state",
            lambda one: language().say(f"notices.screen.state.{decide.notice_state(one)}"),
            150,
            state=lambda one: _LOOKS.get(one.state, "neutral"),
        ),
    ]
