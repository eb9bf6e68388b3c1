"""What was declared of an item for abroad, amended: addressee and goods by the fields of its acceptance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from azpost_desk.domain.item_numbers import printed_item_number
from azpost_desk.domain.mail.declaration import CATEGORIES, OTHER
from azpost_desk.domain.money import CURRENCIES
from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit import abroad_values as decide
from azpost_desk.gui.kit.abroad_party import AddresseeAbroad
from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.cards import Card, Sheet
from azpost_desk.gui.kit.fields import ChoiceField, TextField, choice, choices_of
from azpost_desk.gui.kit.goods import BACK_KEY, GoodsCard
from azpost_desk.gui.kit.goods_form import GoodsForm
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.person import scrolled
from azpost_desk.gui.kit.theme import GAP
from azpost_desk.gui.kit.words import phrase, refusal
from azpost_desk.gui.work.guards import guarded
from azpost_desk.gui.work.runner import Operation
from azpost_desk.services.country_names import country_name
from azpost_desk.services.declarations import Amend

if TYPE_CHECKING:
    from azpost_desk.domain.mail.declaration import DeclaredLine
    from azpost_desk.domain.refusals import Trouble
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.declarations import Standing
    from azpost_desk.services.mail_abroad import Judged
    from azpost_desk.services.views import Recorded

_WIDTH_PX: Final = 960
_PARTS_HEIGHT_MIN: Final = 420


class AmendSheet(Sheet):
    """Everything that may be another in the next version of what stands; weight and country stay.

    Signals:
        amended(): the next version is on the disk.
    """

    amended = Signal()

    def __init__(self, over: QWidget, session: Session, found: Standing) -> None:
        super().__init__(over, "tracking.screen.amend.title", side="right", width_px=_WIDTH_PX)
        self._session, self._found = session, found
        self._editors: list[QWidget] = []
        key = "express.abroad."
        self.to_whom = AddresseeAbroad(found.parcel.country)
        self.category = ChoiceField(
            f"{key}category", choices_of(CATEGORIES, f"{key}category."), name="category"
        )
        self.explanation = TextField(f"{key}explanation", name="explanation")
        self.currency = ChoiceField(
            f"{key}currency", [choice(one, one) for one in CURRENCIES], name="currency"
        )
        self.goods = GoodsCard()
        self.licence = TextField(f"{key}licence", name="papers.licence", optional=True)
        self.save = PrimaryButton("tracking.screen.amend.save", hint="tracking.screen.enter")
        self._trouble = Label("", "strong", wrap=True)
        self._trouble.hide()
        self.form = GoodsForm(self.goods, self.save)
        self.form.add(*self.to_whom.fields, self.category, self.explanation, self.currency)
        self.form.add(*self.goods.fields, self.licence)
        self._build()
        self._editors = [one.editor for one in self.form.fields]
        for editor in self._editors:
            editor.installEventFilter(self)
        self._show()
        self.category.changed.connect(self._on_category)
        self.currency.changed.connect(self._weigh)
        self.goods.changed.connect(self._on_lines)
        self.form.whole.connect(self._on_line)
        self.form.escaped.connect(lambda _dirty: self.close_sheet())
        self.save.clicked.connect(self._on_save)

    def _build(self) -> None:
        item = Card("express.screen.card.item")
        item.row(self.category, self.explanation, self.currency, stretches=(4, 5, 3))
        self.goods.row(self.licence)
        parts = QWidget()
        stack = QVBoxLayout(parts)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(GAP)
        for card in (self.to_whom, item, self.goods):
            stack.addWidget(card)
        stack.addStretch()
        area = scrolled(parts)
        area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        area.setMinimumHeight(_PARTS_HEIGHT_MIN)
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        found = self._found
        number, country = printed_item_number(found.number), found.parcel.country
        where = phrase(
            "tracking.screen.amend.about",
            number=number,
            country=country_name(country, self._session.by.language),
            version=found.version,
        )
        column.addWidget(Label(where, "strong", wrap=True))
        column.addWidget(area, 1)
        column.addWidget(self._trouble)
        column.addWidget(self.save)
        self.body.addWidget(self.form)

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The key that takes a line back does so from every field, which would take it for itself."""
        is_press = isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress
        if is_press and watched in self._editors and _is_back(event):
            self.goods.back.click()
            return True
        return super().eventFilter(watched, event)

    def _show(self) -> None:
        found = self._found
        self.to_whom.show_addressee(found.addressee)
        self.category.fill(found.declared.category)
        self.currency.fill(found.declared.currency)
        self.explanation.fill(found.declared.explanation)
        self.licence.fill(found.papers.licence)
        self._weigh()
        self.goods.show_declared(found.declared.lines)
        self._on_category()
        self._on_lines()
        self.form.mark_clean()

    def _on_category(self) -> None:
        is_other = self.category.text() == OTHER
        self.explanation.setVisible(is_other)
        if not is_other:
            self.explanation.clear()
        self._weigh()

    def _on_lines(self) -> None:
        # The values of the lines are in it: another one would make other values of them.
        self.currency.setEnabled(not self.goods.lines)

    def _weigh(self) -> None:
        is_trade = self.category.text() in decide.TRADE
        gross_grams = self._found.parcel.weight_grams
        self.goods.weigh_against(gross_grams, self.currency.text(), is_trade=is_trade)

    # --- goods -------------------------------------------------------------------------------------------

    def _on_line(self, line: DeclaredLine) -> None:
        """The line in hand is whole: checked with those before it, then taken."""
        declarations, parcel = self._session.services.declarations, self._found.parcel
        lines = (*self.goods.lines, line)
        declared = decide.declaration(self.form.values(), lines, parcel.weight_grams)
        self.form.hold()
        Operation(self, lambda: declarations.judge(parcel, declared)).succeeded(
            lambda told: self._on_checked(line, told)
        ).refused(self._not_taken).trouble(self._not_taken).start()

    def _on_checked(self, line: DeclaredLine, told: Judged) -> None:
        try:
            self.goods.require(len(self.goods.lines), told, self._session.by.language)
        except Refused as no:
            self._not_taken(no)
            return
        self.goods.take(line)
        if self.form.follows():
            self.form.lead(self.goods.words)

    def _not_taken(self, error: Refused | Trouble) -> None:
        self._on_refused(error)
        self.form.release()

    # --- the next version --------------------------------------------------------------------------------

    def _on_save(self) -> None:
        self._trouble.hide()
        if not self.form.verify():
            return
        if not self.goods.words.is_empty():
            self.form.finish_line()
            return
        found, values = self._found, self.form.values()
        parts = {part: values[f"addressee.{part}"] for part in decide.PARTS}
        wanted = Amend(
            found.number,
            found.message,
            replace(found.addressee, **parts),
            decide.declaration(values, self.goods.lines, found.parcel.weight_grams),
            replace(found.papers, licence=values["papers.licence"]),
            frozenset(self.goods.looked_at),
        )
        declarations, by = self._session.services.declarations, self._session.by
        Operation(self.save, lambda: declarations.amend(wanted, by)).holding(self).changes(
            "journal", "paper"
        ).succeeded(self._on_amended).refused(self._on_refused).trouble(self._on_refused).start()

    def _on_amended(self, _recorded: Recorded) -> None:
        self.close_sheet()
        self.amended.emit()

    def _on_refused(self, error: Refused | Trouble) -> None:
        if isinstance(error, Refused):
            here = self.goods.named_here(error)
            if self.form.show_refusal(here):
                return
        self._trouble.say(refusal(error), "bad")
        self._trouble.show()


def _is_back(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and QKeySequence(event.keyCombination()) == QKeySequence(BACK_KEY)
