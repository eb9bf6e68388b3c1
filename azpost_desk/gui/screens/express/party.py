"""Sender and addressee: found by telephone, FİN or document, else typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from azpost_desk.domain.identifiers import EXAMPLES
from azpost_desk.gui.kit.cards import Candidate, NameList, Sheet
from azpost_desk.gui.kit.fields import Field, PhoneField, TextField
from azpost_desk.gui.kit.look_ups import SEVERAL, LookUp, is_awaited_by
from azpost_desk.gui.kit.theme import GAP, GAP_WIDE
from azpost_desk.gui.kit.words import phrase, plain
from azpost_desk.gui.screens.express import form as decide
from azpost_desk.gui.work.runner import Operation

if TYPE_CHECKING:
    from azpost_desk.domain.people import Person
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.customers import Opened
    from azpost_desk.services.views import Customer


class Party(QWidget):
    """What sender and addressee have in common: telephone, name, address, and being known already.

    Signals:
        placed(): what was looked for has been found, or has been put where it belongs.
        ended(): a file was opened or not, and whoever was to be filled in is.
    """

    placed = Signal()
    ended = Signal()

    def __init__(self, session: Session, who: str) -> None:
        super().__init__()
        self._session, self._who = session, who
        self.customer: Customer | None = None
        self._several: Sheet | None = None
        key = "express.screen."
        self.phone = PhoneField(f"{key}phone", name=f"{who}.phone", optional=who == decide.ADDRESSEE)
        self.full_name = TextField(f"{key}name", name=f"{who}.name")
        self.address = TextField(f"{key}address", name=f"{who}.address", max_length=160)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(GAP)
        self.phone.edited.connect(lambda: session.take_back(SEVERAL))
        self.phone.left.connect(lambda: self.look_up(self.phone))
        self.full_name.edited.connect(self._forget)

    @property
    def fields(self) -> list[Field]:
        """In reading order."""
        return [self.phone, self.full_name, self.address]

    def clear(self) -> None:
        """Nobody stands here."""
        self._session.take_back(SEVERAL)
        self.customer = None
        for field in self.fields:
            field.clear()
            field.set_hint("")

    def _forget(self) -> None:
        # Another name is another person: the file found before is not theirs.
        self.customer = None
        self.full_name.set_hint("")

    def look_up(self, asked: Field) -> None:
        """Who is known by what stands in this field?"""
        typed, customers = asked.text(), self._session.services.customers
        if not typed:
            return
        since = LookUp(self.fields)

        def answered(found: list[Customer]) -> None:
            if asked.text() != typed:
                return
            if len(found) == 1:
                self.open_customer(found[0], since)
            elif found and is_awaited_by(asked):
                self._offer(found, since)
            elif found:
                offered = phrase(SEVERAL, typed=typed)
                self._session.offer(offered, "kit.several.choose", lambda: self._offer(found, since))
            else:
                self._unknown(asked)

        Operation(self, lambda: customers.find(typed)).succeeded(answered).start()

    def open_customer(self, customer: Customer, since: LookUp | None = None) -> None:
        """Open a known customer's file, which is recorded; what was typed `since` (or from now on) stays."""
        began = since or LookUp(self.fields)
        customers, by, purpose = self._session.services.customers, self._session.by, f"express.{self._who}"
        Operation(self, lambda: customers.view(customer, by, purpose)).succeeded(
            lambda opened: self._on_opened(opened, began)
        ).ended(self.ended.emit).start()

    def _on_opened(self, opened: Opened, since: LookUp) -> None:
        one = opened.customer
        if since.is_theirs(self.full_name) and self.full_name.text() != one.name:
            # Another name was written meanwhile: that is another person.
            self.placed.emit()
            return
        self.customer = one
        for field, value in (
            (self.phone, one.phone),
            (self.full_name, one.name),
            (self.address, one.address),
        ):
            if value:
                since.fill(field, value)
        self.full_name.set_hint(phrase("express.screen.known", last_ms=one.last_seen_ms), "good")
        self.placed.emit()

    def _unknown(self, asked: Field) -> None:
        self.full_name.set_hint("express.screen.new")
        self.placed.emit()

    def _offer(self, found: list[Customer], since: LookUp) -> None:
        sheet = Sheet(self, "express.screen.several")
        names = NameList()
        names.offer([Candidate(plain(one.name), plain(one.address or one.phone), one) for one in found])

        def picked(customer: Customer) -> None:
            sheet.close_sheet()
            self.open_customer(customer, since)

        names.picked.connect(picked)
        sheet.body.addWidget(names)
        sheet.closed.connect(sheet.deleteLater)
        self._several = sheet
        sheet.open(names)


class Sender(Party):
    """Found by anything one is known by."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, decide.SENDER)
        self.search = TextField(
            "express.screen.find", name="sender.find", optional=True, placeholder="express.screen.find_place"
        )
        self.search.edited.connect(lambda: session.take_back(SEVERAL))
        self.search.left.connect(lambda: self.look_up(self.search))
        self._place()

    def _place(self) -> None:
        self.column.addLayout(line((self.search, 4), (self.phone, 5)))
        self.column.addWidget(self.full_name)
        self.column.addWidget(self.address)

    @property
    def fields(self) -> list[Field]:
        """See `Party`."""
        return [self.search, self.phone, self.full_name, self.address]

    def _unknown(self, asked: Field) -> None:
        target = {"phone": self.phone, "name": self.full_name}.get(decide.place_of(asked.text()))
        if asked is self.search and target is not None and target.is_empty():
            target.fill(asked.text())
            asked.clear()
        super()._unknown(asked)


class SenderAbroad(Sender):
    """As `Sender`, with the place they live in: a form for abroad asks for it apart."""

    def __init__(self, session: Session) -> None:
        self.settlement = TextField("express.abroad.settlement", name="sender.settlement")
        super().__init__(session)

    def _place(self) -> None:
        self.column.addLayout(line((self.search, 4), (self.phone, 4), (self.full_name, 6)))
        self.column.addLayout(line((self.address, 8), (self.settlement, 6)))

    @property
    def fields(self) -> list[Field]:
        """See `Party`."""
        return [*super().fields, self.settlement]


class Addressee(Party):
    """Found by telephone; the postcode names the office that delivers."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, decide.ADDRESSEE)
        self.postcode = TextField(
            "express.screen.postcode",
            name="addressee.postcode",
            placeholder="express.screen.postcode_place",
            check=decide.require_postcode,
            max_length=24,
        )
        self.postcode.example = plain(EXAMPLES["postcode"])
        self.column.addWidget(self.phone)
        self.column.addWidget(self.full_name)
        self.column.addLayout(line((self.address, 8), (self.postcode, 5)))

    def show_person(self, one: Person) -> None:
        """Fill in whoever is meant: Enter passes by what is known."""
        known = {
            self.phone: one.phone,
            self.full_name: one.name,
            self.address: one.address,
            self.postcode: one.postcode,
        }
        for field, value in known.items():
            field.fill(value)

    @property
    def fields(self) -> list[Field]:
        """See `Party`."""
        return [*super().fields, self.postcode]


def line(*parts: tuple[QWidget, int]) -> QHBoxLayout:
    """Widgets side by side with their shares of the width."""
    row = QHBoxLayout()
    row.setSpacing(GAP_WIDE)
    for widget, stretch in parts:
        row.addWidget(widget, stretch, Qt.AlignmentFlag.AlignTop)
    return row
