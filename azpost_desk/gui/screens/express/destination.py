"""The country an item goes to, asked first: below it the form of our own country, or that of another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from azpost_desk.domain.item_numbers import OWN_COUNTRY
from azpost_desk.domain.mail.prices import MailAbroad
from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.cards import heading
from azpost_desk.gui.kit.country import CountryField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.words import language
from azpost_desk.gui.screens.express.abroad import AbroadForm
from azpost_desk.gui.screens.express.actions import COUNTRY_KEY
from azpost_desk.gui.work.guards import guarded
from azpost_desk.gui.work.runner import Lane, Operation
from azpost_desk.services.country_names import country_name
from azpost_desk.services.hs_list import hs_index

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.screens.express.rolls import RollLabel

_COUNTRY_PX: Final = 260
_LABEL_PX: Final = 21


class Destination(QWidget):
    """The country and the form it asks for; every form keeps its draft while another is shown.

    Signals:
        chosen(): another form stands there.
        escaped(bool), edited(): of the form shown abroad, as `Form` tells them.
    """

    chosen = Signal()
    escaped = Signal(bool)
    edited = Signal()

    def __init__(self, session: Session, home: QWidget, home_form: Form, roll: RollLabel) -> None:
        super().__init__()
        self._roll = roll
        self._session, self._home, self._home_form = session, home, home_form
        self._sold = MailAbroad()
        self._asked_for: tuple[str, int] | None = None
        self.forms: dict[str, AbroadForm] = {}
        self.country = CountryField("express.abroad.country", name="country")
        self.choose = _CountryForm(self.country)
        self._alt = Button("express.abroad.country_key", COUNTRY_KEY, role="quiet", bind=False)
        self._alt.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._stack = QStackedWidget()
        self._stack.addWidget(home)
        self._build()
        self.country.left.connect(self._show)
        self.choose.passed.connect(self._on_passed)
        self._alt.clicked.connect(self.ask)
        self.go_home()
        self.choose.hide()

    def _build(self) -> None:
        place = QHBoxLayout(self.choose)
        place.setContentsMargins(0, 0, 0, 0)
        self.country.setFixedWidth(_COUNTRY_PX)
        # Beside the editor, also when a sentence stands below it.
        beside = QVBoxLayout()
        beside.addSpacing(_LABEL_PX)
        beside.addWidget(self._alt)
        beside.addStretch()
        place.addLayout(beside)
        place.addWidget(self.country)
        top = QHBoxLayout()
        top.addWidget(heading("express.screen.title")[0], 1)
        top.addWidget(self.choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(top)
        column.addWidget(self._roll)
        column.addWidget(self._stack, 1)

    @property
    def abroad(self) -> AbroadForm | None:
        """The form shown, when it is one for abroad."""
        shown = self._stack.currentWidget()
        return shown if isinstance(shown, AbroadForm) else None

    def load(self) -> None:
        """What is sold abroad today: where nothing is, no country is asked for."""
        Operation(self, self._session.services.post_abroad.sold).succeeded(self._on_sold).start()

    def ask(self) -> None:
        """To the country."""
        if not self.choose.isHidden():
            self.country.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def go_home(self) -> None:
        """Show the form for items within the country."""
        self.country.show_country(OWN_COUNTRY)
        self._show()

    def go_to(self, country: str, weight_grams: int) -> None:
        """Show the form for a country, as soon as it is known what is sold there; a weight typed stays."""
        self._asked_for = (country, weight_grams)
        if self._sold.products:
            self._go()

    def _go(self) -> None:
        if self._asked_for is None:
            return
        (country, weight_grams), self._asked_for = self._asked_for, None
        self.country.show_country(country)
        self._show()
        if self.abroad is not None:
            if self.abroad.weight.field.is_empty():
                self.abroad.weight.field.fill(str(weight_grams))
            self.abroad.focus()

    def is_dirty(self) -> bool:
        """Whether something is being typed for any country abroad."""
        return any(one.form.dirty for one in self.forms.values())

    def _on_sold(self, sold: MailAbroad) -> None:
        if sold == self._sold:
            return
        shown = self.abroad
        self._sold = sold
        self.choose.setVisible(bool(sold.products))
        for country in [one for one, form in self.forms.items() if not form.form.dirty]:
            gone = self.forms.pop(country)
            self._stack.removeWidget(gone)
            gone.deleteLater()
        if shown is not None and shown.country not in self.forms:
            self.go_home()
        self._go()

    def _show(self) -> None:
        code = self.country.code()
        products = self._sold.sold_to(code)
        if code != OWN_COUNTRY and code not in self.forms and not products:
            name = country_name(code, language().code)
            self.country.set_error(Refused("E-090", "country", country=name))
            return
        if code != OWN_COUNTRY and code not in self.forms:
            self.forms[code] = self._made(code)
        self._stack.setCurrentWidget(self.forms.get(code, self._home))
        self.chosen.emit()

    def _made(self, code: str) -> AbroadForm:
        form = AbroadForm(self._session, code, self._sold.sold_to(code), self._roll)
        self._stack.addWidget(form)
        form.added.connect(self._on_added)
        form.form.escaped.connect(self.escaped)
        form.form.edited.connect(self.edited)
        # Half a second of reading, behind whatever is typed until the first goods.
        Operation(form, hs_index).start(Lane.NETWORK)
        return form

    def _on_passed(self) -> None:
        if self.abroad is not None:
            self.abroad.focus()
        else:
            self._home_form.focus_first()

    def _on_added(self) -> None:
        # The next customer's item most likely stays in the country.
        self.go_home()
        self._home_form.focus_first()

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        """The country is read, and reached by Tab, before what it asks for."""
        super().showEvent(event)
        QWidget.setTabOrder(self.country.editor, self._home_form.fields[0].editor)


class _CountryForm(Form):
    """Enter in the country goes to the form that it asks for.

    Signals:
        passed(): the country is in order.
    """

    passed = Signal()

    def __init__(self, country: CountryField) -> None:
        super().__init__()
        self._country = country
        self.add(country)

    def advance(self) -> None:
        """See `Form`."""
        if self._country.is_empty():
            self._country.set_error("kit.required", with_example=True)
        elif self._country.leave() and not self._country.error_text():
            self.passed.emit()
