"""The fields of a person with a document: found by anything that is typed first, filled when known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from azpost_desk.domain.identifiers import (
    DOCUMENT_EXAMPLES,
    DOCUMENT_KINDS,
    EXAMPLES,
    require,
    require_document,
)
from azpost_desk.gui.kit.cards import Candidate, NameList, Sheet
from azpost_desk.gui.kit.fields import ChoiceField, DateField, Field, PhoneField, TextField, choices_of
from azpost_desk.gui.kit.look_ups import SEVERAL, LookUp, is_awaited_by
from azpost_desk.gui.kit.persons import IDENTITY_CARD, document_kind, place_of
from azpost_desk.gui.kit.screens import Screen
from azpost_desk.gui.kit.theme import GAP, GAP_WIDE
from azpost_desk.gui.kit.words import phrase, plain
from azpost_desk.gui.work.runner import Operation
from azpost_desk.gui.work.timers import soon

if TYPE_CHECKING:
    from azpost_desk.gui.kit.labels import StatePill
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.customers import Opened
    from azpost_desk.services.views import Customer

_PARTS_PX_MIN: Final = 160


class PersonFields(QWidget):
    """FİN, document, name and phone of `who` (``sender``, ``receiver``), named as refusals name them.

    The first field takes a FİN, a document, a phone or a name: whoever is known by it is opened (which is
    recorded as a look for `purpose`), else the text goes to the field it belongs to. `pill` (of the card
    they stand on) says which.

    Signals:
        opened(Opened): a known customer was filled in.
        placed(): nobody is known; the text stands where it belongs.
        ended(): a file was opened or not, and whoever was to be filled in is.
    """

    opened = Signal(object)
    placed = Signal()
    ended = Signal()

    def __init__(
        self, session: Session, who: str, purpose: str, pill: StatePill, *, with_phone: bool = True
    ) -> None:
        super().__init__()
        self._session, self._purpose = session, purpose
        self._several: Sheet | None = None
        key = "transfers.screen.person."
        self.pill = pill
        self.fin = TextField(f"{key}fin", name=f"{who}.fin", placeholder=f"{key}fin_place")
        self.fin.example = plain(EXAMPLES["fin"])
        # Leaving it looks for somebody: only at the end must it be what it is called.
        self.fin.last_check = lambda typed: require("fin", typed, self.fin.name)
        self.kind = ChoiceField(
            f"{key}kind", choices_of(DOCUMENT_KINDS, f"{key}kind."), name=f"{who}.document_kind"
        )
        self.document = TextField(
            f"{key}document",
            name=f"{who}.document",
            placeholder=f"{key}document_place",
            check=self._require_document,
            max_length=24,
        )
        self.valid_to = DateField(f"{key}valid_to", name=f"{who}.document_valid_to", optional=True)
        self.full_name = TextField(f"{key}name", name=f"{who}.name")
        self.phone = PhoneField(f"{key}phone", name=f"{who}.phone", optional=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(_row((self.fin, 4), (self.kind, 7), (self.document, 4), (self.valid_to, 4)))
        column.addLayout(_row((self.full_name, 9), (self.phone, 4)))
        if not with_phone:
            self.phone.hide()
        self.fin.left.connect(self.look_up)
        self.fin.edited.connect(lambda: session.take_back(SEVERAL))
        self.kind.changed.connect(self._on_kind)
        self.reset()

    @property
    def fields(self) -> list[Field]:
        """In reading order."""
        return [self.fin, self.kind, self.document, self.valid_to, self.full_name, self.phone]

    def reset(self) -> None:
        """Empty but for the usual document."""
        self._session.take_back(SEVERAL)
        for field in self.fields:
            field.clear()
        self.kind.fill(IDENTITY_CARD)
        self.pill.show_state("", "neutral")

    def look_up(self) -> None:
        """Find who is meant by what stands in the first field."""
        typed, customers = self.fin.text(), self._session.services.customers
        if not typed:
            return
        since = LookUp(self.fields)

        def answered(found: list[Customer]) -> None:
            if self.fin.text() == typed:
                self._on_found(typed, found, since)

        Operation(self, lambda: customers.find(typed)).succeeded(answered).start()

    def open_customer(self, customer: Customer, since: LookUp | None = None) -> None:
        """Open a known customer's file and fill in what nobody has typed `since` (else from now on)."""
        began = since or LookUp(self.fields)
        customers, by, purpose = self._session.services.customers, self._session.by, self._purpose
        Operation(self, lambda: customers.view(customer, by, purpose)).succeeded(
            lambda opened: self._on_opened(opened, began)
        ).ended(self.ended.emit).start()

    def _on_found(self, typed: str, found: list[Customer], since: LookUp) -> None:
        if len(found) == 1:
            self.open_customer(found[0], since)
        elif found and is_awaited_by(self.fin):
            self._offer(typed, found, since)
        elif found:
            offered = phrase(SEVERAL, typed=typed)
            self._session.offer(offered, "kit.several.choose", lambda: self._offer(typed, found, since))
        else:
            self._place(typed)

    def _place(self, typed: str) -> None:
        part, kind = place_of(typed)
        targets = {"document": self.document, "phone": self.phone, "name": self.full_name}
        target = targets.get(part, self.fin)
        if target is not self.fin:
            self.fin.clear()
            if target.is_empty() and not target.isHidden():
                target.fill(typed)
        if kind:
            self.kind.fill(kind)
        self.pill.show_state("transfers.screen.person.new", "neutral")
        self.placed.emit()

    def _offer(self, typed: str, found: list[Customer], since: LookUp) -> None:
        sheet = Sheet(screen_of(self), "transfers.screen.person.several")
        names = NameList()
        names.offer(
            [
                Candidate(plain(one.name), plain(f"{one.fin or one.document}  {one.phone}".strip()), one)
                for one in found
            ]
        )

        def picked(customer: object) -> None:
            sheet.close_sheet()
            self.open_customer(customer, since)  # type: ignore[arg-type]

        names.picked.connect(picked)
        # Esc: none of these, so it is somebody new.
        sheet.escaped.connect(lambda: self._place(typed))
        sheet.body.addWidget(names)
        sheet.closed.connect(sheet.deleteLater)
        self._several = sheet
        sheet.open(names)

    def _on_opened(self, opened: Opened, since: LookUp) -> None:
        one = opened.customer
        kind = document_kind(one.document)
        values = {
            self.kind: kind,
            self.fin: one.fin,
            self.document: one.document,
            self.full_name: one.name,
            self.phone: one.phone,
        }
        for field, value in values.items():
            if value:
                since.fill(field, value)
        if not one.fin and not since.is_theirs(self.fin):
            # What was typed to find them is no FİN; only an identity card needs one.
            self.fin.put("")
            self.fin.filled = bool(one.document) and kind != IDENTITY_CARD
        # What the file does not hold was not needed before either: Enter passes it by.
        self.valid_to.filled = self.phone.filled = True
        self.fin.set_ok(bool(one.fin))
        self.pill.show_state(phrase("transfers.screen.person.known", last_ms=one.last_seen_ms), "good")
        self.opened.emit(opened)

    def _on_kind(self) -> None:
        # Only the identity card of the Republic carries a FİN.
        self.fin.optional = self.kind.text() != IDENTITY_CARD
        self.document.example = plain(DOCUMENT_EXAMPLES.get(self.kind.text(), ""))

    def _require_document(self, typed: str) -> None:
        """Each kind of document has numbers of its own; without a kind there is nothing to hold it to."""
        if self.kind.text():
            require_document(typed, self.kind.text(), self.document.name)


def _row(*parts: tuple[Field, int]) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(GAP_WIDE)
    for field, stretch in parts:
        line.addWidget(field, stretch, Qt.AlignmentFlag.AlignTop)
    return line


def screen_of(widget: QWidget) -> QWidget:
    """The screen a widget stands on: sheets lie over it, so that they are locked away with it."""
    above = widget.parentWidget()
    return widget if isinstance(widget, Screen) or above is None else screen_of(above)


class _InSight(QScrollArea):
    """Keeps the field that has the keyboard in sight, with what is said beneath it."""

    def __init__(self) -> None:
        super().__init__()
        if isinstance(app := QApplication.instance(), QApplication):
            app.focusChanged.connect(self._follow)
        # The page has become higher or lower: what is wrong with a field has appeared, and moved it.
        self.verticalScrollBar().rangeChanged.connect(self._follow_soon)

    def _follow_soon(self, _least: int, _most: int) -> None:
        """Once everything stands where it will."""
        soon(self, self._follow)

    def _follow(self, *_: object) -> None:
        at, page = QApplication.focusWidget(), self.widget()
        while at is not None and not isinstance(at, Field):
            at = at.parentWidget()
        if at is not None and page is not None and page.isAncestorOf(at):
            self.ensureWidgetVisible(at, 0, GAP)


def scrolled(page: QWidget) -> QScrollArea:
    """`page` with a scroll bar when the window is too low for it; the field in hand stays in sight."""
    area = _InSight()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    page.setProperty("role", "scrolled")
    area.setWidget(page)
    return area


def giving_way(parts: QWidget) -> QScrollArea:
    """`parts` scrolled, and what stands below takes its room from here: a price stays in sight."""
    area = scrolled(parts)
    area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
    area.setMinimumHeight(_PARTS_PX_MIN)
    return area
