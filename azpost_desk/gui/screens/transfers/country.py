"""The country field of a send: the country chosen puts its form below, at home or one way abroad."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from azpost_desk.gui.kit.fields import Choice, ChoiceField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.words import phrase, translated
from azpost_desk.gui.screens.transfers.sending_abroad import AbroadForm

if TYPE_CHECKING:
    from azpost_desk.domain.abroad.corridors import Corridor
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.gui.screens.transfers.sending import SendForm
    from azpost_desk.services.transfers_today import TransfersToday

HOME: Final = "AZ"


class SendPage(QWidget):
    """The country and the form it asks for; every form keeps its draft while another is shown.

    Signals:
        escaped(bool), edited(): of the form shown, as `Form` tells them.
    """

    escaped = Signal(bool)
    edited = Signal()

    def __init__(self, session: Session, home: SendForm) -> None:
        super().__init__()
        self._session, self.home = session, home
        self.forms: dict[str, AbroadForm] = {}
        self._corridors: tuple[Corridor, ...] = ()
        self.country = ChoiceField("abroad.screen.country", [_at_home()], name="country")
        self.choose = Form()
        self.choose.add(self.country)
        top = QHBoxLayout(self.choose)
        top.setContentsMargins(0, 0, 0, 0)
        top.addWidget(self.country, 1)
        top.addStretch(1)
        self._stack = QStackedWidget()
        self._stack.addWidget(home)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.choose)
        column.addWidget(self._stack, 1)
        self.country.fill(HOME)
        self.choose.hide()
        self.country.changed.connect(self._show)
        self.country.edited.connect(self.focus)
        self._follow(home.form)

    @property
    def shown(self) -> SendForm | AbroadForm:
        """The form that the country asks for."""
        return self.forms.get(self.country.text(), self.home)

    def show_facts(self, facts: TransfersToday) -> None:
        """What the day sells: without a way abroad there is no country to choose."""
        self.home.show_facts(facts)
        if facts.corridors != self._corridors:
            self._offer(facts.corridors)
        self.choose.setVisible(bool(facts.corridors))
        for form in self.forms.values():
            form.allow(facts.blocked is None)

    def is_dirty(self) -> bool:
        """Whether something is being typed for any country."""
        return self.home.form.dirty or any(form.form.dirty for form in self.forms.values())

    def choose_country(self) -> None:
        """To the country; its first letter or its digit opens its form."""
        if not self.choose.isHidden():
            self.country.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def go_home(self) -> None:
        """Show the form of transfers within the country."""
        self.country.fill(HOME)

    def focus(self) -> None:
        """To the first field that waits."""
        self.shown.focus()

    def clear(self) -> None:
        """For the next customer, whose money most likely stays in the country."""
        self.shown.clear()
        self.go_home()
        self.focus()

    def bring(self, customer: str) -> None:
        """Fill in this customer as the sender (the id of their file)."""
        self.shown.bring(customer)

    def _offer(self, corridors: tuple[Corridor, ...]) -> None:
        kept = {way.corridor for way in corridors if way in self._corridors}
        for corridor in [one for one in self.forms if one not in kept]:
            gone = self.forms.pop(corridor)
            self._stack.removeWidget(gone)
            gone.deleteLater()
        self._corridors = corridors
        chosen = self.country.text()
        self.country.set_choices(
            [_at_home(), *(Choice(one.corridor, _called(one, corridors)) for one in corridors)]
        )
        if self.country.text() != chosen:
            self.go_home()
        self._show()

    def _show(self) -> None:
        chosen = self.country.text()
        way = next((one for one in self._corridors if one.corridor == chosen), None)
        if way is not None and chosen not in self.forms:
            form = AbroadForm(self._session, way)
            self.forms[chosen] = form
            self._stack.addWidget(form)
            form.added.connect(self._on_added)
            self._follow(form.form)
        self._stack.setCurrentWidget(self.shown)

    def _on_added(self) -> None:
        self.go_home()
        self.focus()

    def _follow(self, form: Form) -> None:
        form.escaped.connect(self.escaped)
        form.edited.connect(self.edited)


def _at_home() -> Choice:
    return Choice(HOME, "abroad.screen.home")


def _called(one: Corridor, corridors: tuple[Corridor, ...]) -> Say:
    """The country; with the partner where several ways lead there."""
    country = translated(one.country_names, one.country)
    if sum(other.country == one.country for other in corridors) == 1:
        return country
    partner = translated(one.partner_names, one.partner)
    return phrase("abroad.screen.way", country=country, partner=partner)
